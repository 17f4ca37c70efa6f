"""Movements, sums and residuals are what a naive computation makes of the oracle's record; on examples and random ledgers.

`RANDOM_LEDGERS=1000` asks for more of them than the ordinary few.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.reports import as_of
from posture.reports.movements import movements
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_records import Question, Value
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.oracle_claims import FLOWS, has_lapsed
from tests.oracle_fold import NO, Amounts, Fold, Folding, exactly, start_value
from tests.oracle_happening import least_together, may_be_one, speaking
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Ledger, Line, Ref
    from tests.oracle_record import Claim

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
DAY = timedelta(days=1)


class Naive:
    """What moved in a period, from the oracle's record alone."""

    def __init__(self, ledger: Ledger, question: Question, first: date) -> None:
        self.ledger, self.question, self.first, self.last = ledger, question, first, question.as_of
        self.now, self.eve = Oracle(ledger, question), self._at(first - DAY)
        self.claims = self.now.claims
        self._held: dict[Any, Value | None] = {}

    def _at(self, day: date) -> Oracle:
        return Oracle(self.ledger, Question(day, self.question.known, self.question.basis))

    def rest_decides(self, line: Line) -> bool:
        return not self.now.folds.fold(line, self.last, stated=True).only_admissible

    def said(self, line: Line) -> list[Claim]:
        """Return a line's flows, done by the last day, that count."""
        flows = [c for c in self.claims.visible if self.claims.counts(c) and c.kind in FLOWS]
        flows = [c for c in flows if c.text.line == line.name and c.on <= self.last]
        return [c for c in flows if c.admissible or self.rest_decides(line)]

    def felt(self, line: Line) -> list[Claim]:
        """Return the flows of a line's parts that enter or leave it."""
        return [
            flow
            for part in self.claims.parts_of(line)
            for flow in self.said(part)
            if flow.admissible or self.rest_decides(line)
            if not any(self.claims.inside(side, line.deployment) for side in self.claims.sides(flow))
        ]

    def within(self, flow: Claim) -> str:
        """Return whether a flow lies in the period: certainly, maybe, or not."""
        begun, ended = flow.dates.start or date.min, flow.dates.end
        if begun > self.last or ended < self.first:
            return NO
        return "whole" if self.first <= begun and ended <= self.last else "maybe"

    def held(self, flow: Claim) -> Value | None:
        """Return what was stated to be there just before a flow of the period, or on its eve."""
        if self.within(flow) == NO:
            return None
        if flow.ref not in self._held:
            line = self.claims.lines[str(flow.text.line)]
            there, eve = self._at(flow.on), flow.on - DAY
            before = there.folds.fold(line, flow.on, stated=True).just_before
            known, folded = flow.ref in before, list(before)
            sooner = folded[: folded.index(flow.ref)] if known else []
            rivals = [ref for ref in self._rivals(there, line, flow) if ref in sooner]
            values = [before[ref] for ref in (flow.ref, *rivals) if ref in before]
            self._held[flow.ref] = _hull(values) if known else self._at(eve).folds.fold(line, eve, stated=True).value
        return self._held[flow.ref]

    def _rivals(self, there: Oracle, line: Line, flow: Claim) -> list[Ref]:
        """Return the flows that may be one with a flow: it may be of what was there before them."""
        flows = [claim for claim in there.claims.of_line(line) if claim.kind in FLOWS]
        heard, _ = speaking(there.claims, flows)
        mine = [one for one in heard if one.speaker.ref == flow.ref]
        return [other.speaker.ref for other in heard for one in mine if may_be_one(there.claims, one, other)]

    def amounts(self, flow: Claim) -> Amounts:
        """Return the size of a flow."""
        size = flow.size
        if size.is_share:
            held = self.held(flow) or Value(0, None, None)
            most = None if held.high is None else size.most_of(held.high)
            amounts = Amounts(size.least_of(held.low or 0), exactly(size, held), most)
        else:
            amounts = Amounts(size.low or 0, size.best, size.high)
        if flow.kind == "decrease" and size.high is None and (held_open := self.held(flow)) is not None:
            top = held_open.high
            if top is not None:
                most = top if amounts.most is None else min(top, amounts.most)
                best = None if amounts.best is None else min(amounts.best, top)
                amounts = Amounts(min(amounts.least, top), best, most)
        return amounts

    def sums(self, flows: list[Claim]) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
        """Return low and high of what came and of what went."""
        heard, _ = speaking(self.claims, flows, lambda flow: self.within(flow) != NO)
        found = []
        for kind in FLOWS:
            sized, most = [], 0
            unbounded = False
            for happening in heard:
                if happening.speaker.kind == kind:
                    amounts = self.amounts(happening.speaker)
                    certain = self.within(happening.speaker) == "whole"
                    sized.append((happening, amounts.least if certain else 0))
                    unbounded = unbounded or amounts.most is None
                    most += amounts.most or 0
            found.append((least_together(self.claims, sized), None if unbounded else most))
        return found[0], found[1]

    def residual(self, line: Line) -> tuple[Value, int | None, int | None] | None:
        """Return what is expected at the last count in the period, and how far it differs."""
        if line.platform:
            return None
        start = self.eve.claims.base_from(self.eve.claims.of_line(line))
        if start is not None and has_lapsed(start, self.last):
            start = self.claims.base_from([c for c in self.claims.of_line(line) if c.on < self.first])
        last = self.claims.base_from(self.claims.of_line(line))
        if start is None or last is None or last.on < self.first or last.ref == start.ref:
            return None
        stands = {c.ref for one in (line, *self.claims.parts_of(line)) for c in self.claims.of_line(one)}
        gone = self.claims.lapsed(line)
        flows = [c for c in self.said(line) if c.ref in stands]
        flows += [c for c in self.felt(line) if c.ref in stands and not self.claims.lapses_with(c, gone)]
        expected = Explained(self, line, start, last, [c for c in flows if c.on <= last.on]).run()
        assert isinstance(expected, Fold)
        value, counted = expected.value, last.size
        low = None if value.high is None else (counted.low or 0) - value.high
        return value, low, None if counted.high is None else counted.high - (value.low or 0)


def _hull(values: list[Value]) -> Value:
    """Return the least and the most of figures; the best where it is one."""
    highs = [value.high for value in values]
    bests = {value.best for value in values}
    return Value(
        min(value.low or 0 for value in values),
        bests.pop() if len(bests) == 1 else None,
        None if None in highs else max(high or 0 for high in highs),
    )


class Explained(Folding):
    """A count moved to a later one by flows alone."""

    def __init__(self, naive: Naive, line: Line, start: Claim, last: Claim, flows: list[Claim]) -> None:
        self.naive, self.folds, self.claims = naive, naive.now.folds, naive.claims
        self.line, self.base, self.day, self.ends_at = line, start, last.on, last
        self.stated, self.only_admissible, self.halves = True, False, []
        self.since, self.done = start.on, []
        self.result = Fold(start, start_value(line, start))
        self.happenings, self.silent = speaking(self.claims, flows, lambda flow: self.place_of(flow) != NO)

    def _amounts(self, flow: Claim, value: Value) -> Amounts:
        if flow.text.line == self.line.name:
            return super()._amounts(flow, value)
        return self.naive.amounts(flow)


def wrong(driven: Driven, question: Question, first: date) -> list[str]:
    """Return where the report says other than the naive computation."""
    naive, rows = Naive(driven.ledger, question, first), _rows(driven, question, first)
    found = _of_movements(driven, naive, [row for row in rows if row["kind"] == "movement"])
    balances = {(row["deployment"], row["asset"]): row for row in rows if row["kind"] == "balance"}
    for line in driven.lines.values():
        flows = [*naive.said(line), *naive.felt(line)]
        left = naive.residual(line)
        row = balances.get((line.deployment, line.asset))
        moving = any(naive.within(happening.speaker) != NO for happening in speaking(naive.claims, flows)[0])
        if row is None:
            found += [f"{line.name} has no balance"] if moving or left else []
            continue
        told = tuple((row[f"{side}_low"], row[f"{side}_high"]) for side in ("in", "out"))
        if told != (sums := naive.sums(flows)):
            found.append(f"{line.name}: in and out {told}, not {sums}")
        figures = Value(row["expected_low"], row["expected_best"], row["expected_high"])
        residual = (figures, row["residual_low"], row["residual_high"]) if row["counted_on"] else None
        if residual != left:
            found.append(f"{line.name}: residual {residual}, not {left}")
        for side, oracle in (("start", naive.eve), ("end", naive.now)):
            value = Value(*(row[f"{side}_{key}"] for key in ("low", "best", "high")))
            wanted = oracle.line(line.name).value if value.low is not None else value
            found += [f"{line.name}: {side} {value}, not {wanted}"] if value != wanted else []
    return found


def _of_movements(driven: Driven, naive: Naive, rows: list[dict[str, Any]]) -> list[str]:
    """Return where the happenings that are told are other ones, or others tell them."""
    every = [claim for line in driven.lines.values() for claim in naive.said(line)]
    heard, silent = speaking(naive.claims, every, lambda flow: naive.within(flow) != NO)
    wanted = sorted(
        sorted({str(one.ref) for one in (*happening.members, *silent.get(happening.speaker.ref, ()))})
        for happening in heard
    )
    told = []
    for row in rows:
        if "doubted" in row["flags"]:
            continue
        claims = [driven.refs[claim] for claim in row["claims"]]
        kinds = {naive.claims.record.claims[ref].kind for ref in claims}
        told += [
            sorted(str(ref) for ref in claims if naive.claims.record.claims[ref].kind == kind) for kind in sorted(kinds)
        ]
    return [f"the movements are {sorted(told)}, not {wanted}"] if sorted(told) != wanted else []


def _rows(driven: Driven, question: Question, first: date) -> list[dict[str, Any]]:
    known = driven.seqs[len(driven.ledger.entries) if question.known is None else question.known]
    asked = as_of.Question(as_of=question.as_of, known_seq=known, basis=question.basis)
    return movements(driven.db, asked, first).rows


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_moved_in_an_example_is_as_the_record_has_it(db: Database, path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven, last = Driven(db, example.ledger), max(asked.question.as_of for asked in example.asked)
    for days in (0, 3, 20, 90):
        assert wrong(driven, Question(last), last - timedelta(days=days)) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and ask what moved in two periods of it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for _ in range(2):
            question = data.draw(questions(ledger))
            question = Question(question.as_of, question.known, question.basis)
            first = question.as_of - timedelta(days=data.draw(st.sampled_from([0, 4, 9, 15, 30, 60])))
            note(f"{write_question(question)} since {first}")
            assert wrong(driven, question, first) == []


@settings(QUIET, max_examples=MANY or 50)
@given(data=st.data())
def test_what_moved_is_as_the_record_has_it_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 6)
@given(data=st.data())
def test_what_moved_is_as_the_record_has_it_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
