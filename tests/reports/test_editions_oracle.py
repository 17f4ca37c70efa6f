"""The marks between two editions are what the oracle says, asked at three points by itself: then as known then, then as known
now, and now; on the examples and on random ledgers. `RANDOM_LEDGERS=1000` asks for more than the ordinary few.

The catalogue of these ledgers does not change, so nothing is ever redefined here.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.ledger.editions import Draft, create
from posture.reports import as_of
from posture.reports.diff import diff
from posture.reports.editions import get_edition
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_records import Question
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Example, Ledger

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def wrong(ledger: Ledger, driven: Driven, first: Question, last: Question, number: int) -> list[str]:
    """Return where the marks of lines are other than what the oracle says at the three points."""
    before, then, after = (Oracle(ledger, one) for one in (first, replace(first, known=last.known), last))
    found = []
    for name, marks in _marked(driven, first, last, number).items():
        steps = [_answer(oracle, name) for oracle in (before, then, after)]
        wanted = ["corrected"] if steps[0] is not None and steps[0] != steps[1] else []
        if steps[1] != steps[2] or not wanted:
            wanted.append("new")
        if not wanted[1:] and "new" in marks and "corrected" in marks:
            wanted.append("new")  # flags or evidence besides, of which the oracle is not asked
        if marks != wanted:
            found.append(f"{name} is marked {marks}, the oracle says {wanted}")
    return found


def _answer(oracle: Oracle, name: str) -> object:
    """Return what can be said of a line: its figure and its own statuses; None where nothing is known."""
    if not oracle.says_something(oracle.claims.lines[name]):
        return None
    line = oracle.line(name)
    return line.value, {axis: said for axis, said in line.statuses.items() if axis != "phase"}


def _marked(driven: Driven, first: Question, last: Question, number: int) -> dict[str, list[str]]:
    """Make both editions, ask what changed, and return the marks of the lines that did."""
    names = {(line.deployment, line.asset): line.name for line in driven.lines.values()}
    db, clocks = driven.db, []
    for word, point in (("a", first), ("b", last)):
        seq = driven.seqs[len(driven.ledger.entries) if point.known is None else point.known]
        create(db, Draft(code=f"{word}{number}", as_of=point.as_of, known_seq=seq))
        clocks.append(get_edition(db, f"{word}{number}"))
    since, until = clocks
    asked = as_of.Question(as_of=until.as_of, known_seq=until.known.seq, basis=last.basis, stale_after=last.stale_after)
    rows = diff(db, asked, since=since.as_of, known=since.known, marking=True).rows
    return {
        names[row["deployment"], row["asset"]]: row["marks"]
        for row in rows
        if row["plan_id"] is None and row["asset"] is not None
    }


def _points(example: Example) -> list[Question]:
    every = len(example.ledger.entries)
    found = [asked.question for asked in example.asked if not asked.question.projected]
    points = [Question(one.as_of, every if one.known is None else one.known, one.basis) for one in found]
    return [*points, *(Question(one.as_of, max(0, every - 1), one.basis) for one in points[-1:])]


def _in_order(one: Question, other: Question) -> tuple[Question, Question]:
    """Return two points so that neither clock runs backwards, and something is known at the first."""
    days, known = sorted((one.as_of, other.as_of)), sorted((one.known or 0, other.known or 0))
    return (
        Question(days[0], known[0], one.basis, stale_after=one.stale_after),
        Question(days[1], known[1], one.basis, stale_after=one.stale_after),
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_marks_of_an_example_are_as_the_oracle_has_them(db: Database, path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven, points = Driven(db, example.ledger), _points(example)
    pairs = [_in_order(one, other) for one, other in combinations(points, 2) if one.basis == other.basis]
    for number, (first, last) in enumerate(pairs[:3]):
        assert wrong(example.ledger, driven, first, last, number) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare two editions of it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for number in range(2):
            first, last = _in_order(data.draw(questions(ledger)), data.draw(questions(ledger)))
            note(f"{write_question(first)} against {write_question(last)}")
            assert wrong(ledger, driven, first, last, number) == []


@settings(QUIET, max_examples=MANY or 40)
@given(data=st.data())
def test_the_marks_are_as_the_oracle_has_them_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 6)
@given(data=st.data())
def test_the_marks_are_as_the_oracle_has_them_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
