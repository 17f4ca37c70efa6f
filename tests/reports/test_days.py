"""What is brought once for many days reads on each of them as what is brought for that day alone; on random ledgers too.

`RANDOM_LEDGERS=1000` asks for more of them than the ordinary few.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.domain import reading
from posture.domain.backing import decided_by, reports_of
from posture.reports import as_of, evaluation
from posture.reports.days import Days
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.posture import known_at
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_writing import write_ledger, write_question
from tests.random_ledgers import START, ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from posture.store.connection import Database

MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
OFFSETS = st.lists(st.integers(0, 50), min_size=2, max_size=4, unique=True)
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def told(found: Evaluation, line: int) -> dict[str, Any]:
    """Return all that a report can say of a line."""
    said, agreed = found.readings[line], found.agreed[line]
    base = said.base or said.lapsed
    return {
        "agreed": agreed.value,
        "stated": said.stated,
        "flags": {flag: sorted(claims) for flag, claims in sorted({**said.flags, **agreed.flags}.items())},
        "base": base and base.id,
        "used": [claim.id for claim in said.used],
        "silent": {speaker: sorted(claim.id for claim in claims) for speaker, claims in said.silent.items()},
        "origins": {origin: sorted(claims) for origin, claims in sorted(said.origins.items())},
        "status": said.status,
        "felt": sorted(agreed.felt),
        "claims": sorted(decided_by(said, agreed)),
        "reports": reports_of(said),
        "empty": said.is_empty(),
    }


def wrong(db: Database, question: as_of.Question, days: Sequence[date]) -> list[str]:
    """Return where a day of many says other than the day alone."""
    found = []
    with db.read():
        known = known_at(db, question)
        many = Days(db, question, known, days)
        for day in days:
            alone = evaluate(db, replace(question, as_of=day), known)
            whole = many.at(day)
            for line in alone.scope.shown:
                wanted = told(alone, line)
                for said in (told(whole, line), told(many.at(day, [line]), line)):
                    found += [
                        f"{alone.scope.codes[line]} on {day}: {key} is {said[key]}, alone {value}"
                        for key, value in wanted.items()
                        if said[key] != value
                    ]
    return found


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and read it as of some days, together and each alone."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [data.draw(questions(ledger)) for _ in range(2)]
    with open_database(make_url(engine)) as db, pytest.MonkeyPatch.context() as patch:
        patch.setattr(as_of.Asking, "few_known", lambda _asking, _lines: False)
        for module in (evaluation, reading):  # the days around a base would take in the whole of so short a history
            patch.setattr(module, "NEAR", 1)
        driven = Driven(db, ledger)
        for one in asked:
            note(write_question(one))
            question = driven.asked(one)
            days = sorted(START + timedelta(days=offset) for offset in data.draw(OFFSETS))
            note(f"days {days}")
            assert wrong(db, question, days) == []


@settings(QUIET, max_examples=MANY or 40)
@given(data=st.data())
def test_many_days_are_read_as_each_alone_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 8)
@given(data=st.data())
def test_many_days_are_read_as_each_alone_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
