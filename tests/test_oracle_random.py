"""On random ledgers the reports say what the oracle says: every figure, flag, origin, status, plan and total.

`RANDOM_LEDGERS=20000` asks for more of them than the ordinary few.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import LineAnswer, Oracle
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger_records import Ledger, Question

MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def differences(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return all in which reports and oracle differ, each as a line to read."""
    oracle, reported = Oracle(ledger, question), driven.lines_of(question)
    found = []
    for line in ledger.lines:
        wanted = oracle.line(line.name)
        if line.name not in reported:
            found += [f"{line.name} is not reported"] if oracle.says_something(line) else []
            continue
        found += [f"{line.name}: {difference}" for difference in _of_line(reported[line.name], wanted)]
    plans = {str(ref): state for ref, state in oracle.plans().items()}
    if (told := driven.plans(question)) != plans:
        found.append(f"plans are {told}, the oracle says {plans}")
    for node in sorted({driven.node_of(line) for line in ledger.lines}):
        told_total, total = driven.find_total(question, *node), oracle.total(*node)
        if told_total is not None and told_total != total:
            found.append(f"total of {' '.join(node)} is {told_total}, the oracle says {total}")
    return found


def _of_line(found: LineAnswer, wanted: LineAnswer) -> list[str]:
    pairs = (
        ("value", found.value, wanted.value),
        ("stated", found.stated, wanted.stated),
        ("flags", sorted(found.flags), sorted(wanted.flags)),
        ("origins", found.origins, wanted.origins),
        ("base", found.base, wanted.base),
        ("statuses", found.statuses, wanted.statuses),
    )
    return [f"{name} is {told}, the oracle says {said}" for name, told, said in pairs if told != said]


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare the answers to a few questions about it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [data.draw(questions(ledger)) for _ in range(3)]
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for question in asked:
            note(write_question(question))
            assert differences(ledger, question, driven) == []


@settings(QUIET, max_examples=MANY or 60)
@given(data=st.data())
def test_the_reports_agree_with_the_oracle_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 10)
@given(data=st.data())
def test_the_reports_agree_with_the_oracle_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)


@settings(QUIET, max_examples=MANY or 40)
@given(ledger=ledgers())
def test_a_random_ledger_can_be_written_as_text_and_read_back(ledger: Ledger) -> None:
    assert read_example(write_ledger(ledger)).ledger.entries == ledger.entries


@settings(QUIET, max_examples=MANY or 60)
@given(data=st.data())
def test_the_oracle_never_puts_the_low_above_the_high(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    question = data.draw(questions(ledger))
    note(write_question(question))
    oracle = Oracle(ledger, question)
    for line in ledger.lines:
        answer = oracle.line(line.name)
        for value in (answer.value, answer.stated):
            known = [bound for bound in (value.low, value.best, value.high) if bound is not None]
            assert known == sorted(known), f"{line.name} is {value}"
            assert all(bound >= 0 for bound in known)
