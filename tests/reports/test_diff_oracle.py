"""What the difference says of each point is what the oracle says, asked at each by itself; on examples and random ledgers.

`RANDOM_LEDGERS=1000` asks for more of them than the ordinary few.
"""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.reports import as_of
from posture.reports.as_of import KnownAt
from posture.reports.diff import diff
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_records import Question, Value
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Example, Ledger
    from tests.oracle import LineAnswer

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
MOST_PAIRS = 4


def wrong(ledger: Ledger, driven: Driven, first: Question, last: Question) -> list[str]:
    """Return where the difference between two points says other than the oracle at each of them."""
    before, after = Oracle(ledger, first), Oracle(ledger, last)
    rows = _lines(driven, first, last, every=True)
    found = [
        f"{name} is {told}, the oracle says {said}"
        for name in driven.lines
        if (told := _told(rows.get(name))) != (said := _said(before, after, name))
        and not (told == (None, None) and not _speaks(before, after, name))
    ]
    changed = {name for name, row in rows.items() if row["kinds"]}
    shown = set(_lines(driven, first, last, every=False))
    found += [f"{shown} are shown, {changed} have changed"] if shown != changed else []
    for name, row in rows.items():
        found += [f"{name}: {word}" for word in _of_row(row, before.line(name), after.line(name))]
    return found + _of_plans(driven, before, after, first, last)


def _report(driven: Driven, first: Question, last: Question, *, every: bool) -> list[dict[str, Any]]:
    known = driven.seqs[len(driven.ledger.entries) if first.known is None else first.known]
    asked = as_of.Question(
        as_of=last.as_of,
        known_seq=driven.seqs[len(driven.ledger.entries) if last.known is None else last.known],
        basis=last.basis,
        stale_after=last.stale_after,
    )
    return diff(driven.db, asked, since=first.as_of, known=KnownAt(known, None), every=every).rows


def _lines(driven: Driven, first: Question, last: Question, *, every: bool) -> dict[str, dict[str, Any]]:
    names = {(line.deployment, line.asset): line.name for line in driven.lines.values()}
    rows = _report(driven, first, last, every=every)
    return {
        names[row["deployment"], row["asset"]]: row
        for row in rows
        if row["plan_id"] is None and row["asset"] is not None
    }


def _told(row: dict[str, Any] | None) -> tuple[Value | None, Value | None]:
    if row is None:
        return None, None
    sides = []
    for side in ("before", "after"):
        there = {"appeared": "after", "vanished": "before"}.get("".join(row["kinds"]), side) == side
        figures = (row[f"{side}_{key}"] for key in ("low", "best", "high"))
        sides.append(Value(*figures) if there else None)
    return sides[0], sides[1]


def _said(before: Oracle, after: Oracle, name: str) -> tuple[Value | None, Value | None]:
    one, other = (
        oracle.line(name).value if oracle.says_something(oracle.claims.lines[name]) else None
        for oracle in (before, after)
    )
    return one, other


def _speaks(before: Oracle, after: Oracle, name: str) -> bool:
    return any(oracle.says_something(oracle.claims.lines[name]) for oracle in (before, after))


def _of_row(row: dict[str, Any], before: LineAnswer, after: LineAnswer) -> list[str]:
    """Return what is wrong with the kinds and the change of a line that is there at both points."""
    if row["kinds"] in (["appeared"], ["vanished"]):
        return []
    found = []
    own = [{axis: said for axis, said in one.statuses.items() if axis != "phase"} for one in (before, after)]
    for kind, differs in (
        ("figure", before.value != after.value),
        ("flags", before.flags != after.flags),
        ("status", own[0] != own[1]),
    ):
        if (kind in row["kinds"]) != differs:
            found.append(f"{kind} is {'not ' if differs else ''}told to differ")
    if before.value != after.value:
        low = None if before.value.high is None else (after.value.low or 0) - before.value.high
        high = None if after.value.high is None else after.value.high - (before.value.low or 0)
        told = (row["change_low"], row["change_high"])
        found += [f"the change is {told}, not {(low, high)}"] if told != (low, high) else []
    return found


def _of_plans(driven: Driven, before: Oracle, after: Oracle, first: Question, last: Question) -> list[str]:
    """Return where plans that changed their state are other ones than the oracle's."""
    then, now = before.plans(), after.plans()
    wanted = {
        str(ref): (then.get(ref), now.get(ref))
        for ref in {*then, *now}
        if then.get(ref) != now.get(ref) and ref in now and (ref in then or not _mends(after, then, ref))
    }
    told = {
        str(driven.refs[row["plan_id"]]): (row["before_state"], row["after_state"])
        for row in _report(driven, first, last, every=False)
        if row["plan_id"] is not None and row["after_state"] is not None
    }
    told = {ref: states for ref, states in told.items() if ref in wanted}
    return [f"plans changed {told}, the oracle says {wanted}"] if told != wanted else []


def _mends(after: Oracle, then: dict[Any, str], ref: Any) -> bool:
    """Return whether a plan stands in the place of one that was there before: it is not new, and its state may be the same."""
    record, known = after.claims.record, after.claims.known
    return any(record.now(old, known) == ref for old in then) or any(
        after.claims.joined(record.claims[old]) == after.claims.joined(record.claims[ref]) for old in then
    )


def _points(example: Example) -> list[Question]:
    """Return the points of time at which an example is asked, and its beginning."""
    every = len(example.ledger.entries)
    found = [asked.question for asked in example.asked if not asked.question.projected]
    points = [Question(one.as_of, every if one.known is None else one.known, one.basis) for one in found]
    return [*points, *(Question(one.as_of, max(0, every - 1), one.basis) for one in points[-1:])]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_point_of_an_example_is_as_the_oracle_has_it(db: Database, path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven, points = Driven(db, example.ledger), _points(example)
    pairs = [*combinations(points, 2), *((point, point) for point in points)]
    pairs = [(one, other) for one, other in pairs if one.basis == other.basis]
    for one, other in pairs[:MOST_PAIRS]:
        assert wrong(example.ledger, driven, *_in_order(one, other)) == []


def _in_order(one: Question, other: Question) -> tuple[Question, Question]:
    """Return two points so that neither clock runs backwards."""
    days, known = sorted((one.as_of, other.as_of)), sorted((one.known or 0, other.known or 0))
    return (
        Question(days[0], known[0], one.basis, stale_after=one.stale_after),
        Question(days[1], known[1], one.basis, stale_after=one.stale_after),
    )


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare two points of it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for _ in range(2):
            first, last = _in_order(data.draw(questions(ledger)), data.draw(questions(ledger)))
            note(f"{write_question(first)} against {write_question(last)}")
            assert wrong(ledger, driven, first, last) == []


@settings(QUIET, max_examples=MANY or 40)
@given(data=st.data())
def test_each_point_is_as_the_oracle_has_it_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 6)
@given(data=st.data())
def test_each_point_is_as_the_oracle_has_it_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
