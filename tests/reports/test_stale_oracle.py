"""The newest day of each line is the oracle's: of the claims that it folds, and of all claims about the line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.reports.stale import stale
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.oracle_claims import has_lapsed
from tests.oracle_record import AXES
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Ledger, Line, Question

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def newest_of_any_kind(oracle: Oracle, line: Line) -> str | None:
    """Return the day of the newest count, flow or status in force that is said of the line itself."""
    day, basis = oracle.question.as_of, oracle.question.basis
    found = [
        claim.on
        for claim in oracle.claims.visible
        if claim.text.line == line.name
        and claim.on <= day
        and (claim.text.modality, claim.text.basis) == ("actual", basis)
        and (claim.kind in ("count", "increase", "decrease") or (claim.axis in AXES and not has_lapsed(claim, day)))
    ]
    return max(found).isoformat() if found else None


def differences(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return where the report and the oracle differ, each as a line to read."""
    oracle = Oracle(ledger, question)
    names = {(line.deployment, line.asset): line for line in driven.lines.values()}
    found = []
    for row in stale(driven.db, driven.asked(question)).rows:
        line = names[row["deployment"], row["asset"]]
        folded = oracle.folds.fold(line, question.as_of, stated=True)
        days = [claim.on for claim in folded.folded]
        used = max(days).isoformat() if days else None
        any_kind = max(filter(None, (used, newest_of_any_kind(oracle, line))), default=None)
        flags = oracle.line(line.name).flags
        told = (row["newest_used_on"], row["newest_on"], bool(row["over_days"]))
        stale_now = "stale" in flags and row["high"] != 0
        if told != (used, any_kind, stale_now):
            found.append(f"{line.name} is {told}, the oracle says {(used, any_kind, stale_now)}")
        if days and (row["rests_on"] == "doubted") is folded.only_admissible:
            found.append(f"{line.name} rests on {row['rests_on']} claims")
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_the_oracles_newest_day(path: Path, db: Database) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    for asked in example.asked:
        assert differences(example.ledger, asked.question, driven) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare the ages for a few questions about it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [data.draw(questions(ledger)) for _ in range(3)]
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for question in asked:
            note(write_question(question))
            assert differences(ledger, question, driven) == []


@settings(QUIET, max_examples=40)
@given(data=st.data())
def test_random_ledgers_have_the_oracles_newest_day_on_sqlite(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=8)
@given(data=st.data())
def test_random_ledgers_have_the_oracles_newest_day_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "postgresql", data)
