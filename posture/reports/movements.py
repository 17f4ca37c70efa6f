"""Flows from where to where in a period: each happening once, their sums for each line and place, and what they leave open.

Three kinds of rows: a `movement` is one happening; a `balance` is what came to and left one line, beside its figures on the eve of
the period and on its last day, and what two counts differ by beyond that; a `place` is what came to and left a location.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.claim import Claim
from posture.domain.containment import with_ancestors
from posture.domain.fold import Value, size
from posture.domain.happening import Flow, Spoken
from posture.domain.movement import Span, added, moved, residual
from posture.domain.reading import ordered_by_link
from posture.errors import UsageMistake
from posture.reports.as_of import Statements
from posture.reports.claim_rows import claim_rows, grade
from posture.reports.movement_flows import MOST_DAYS, Flows, bring, eve, last_day
from posture.reports.movement_words import SHOWN
from posture.reports.point import points, statements_of
from posture.reports.posture import Names, why_empty
from posture.reports.report import Report, Since
from posture.reports.restated import restated_since
from posture.reports.scope import read_filter
from posture.reports.totals import read_trees

if TYPE_CHECKING:
    from datetime import date

    from posture.reports.as_of import Question
    from posture.store.connection import Database

_BOUNDS = ("low", "best", "high")
COLUMNS = (
    "kind",
    "actor",
    "from_deployment",
    "from_location",
    "to_deployment",
    "to_location",
    "deployment",
    "location",
    "asset",
    "asset_type",
    *_BOUNDS,
    "quantity_text",
    "effective",
    "first",
    "last",
    "certainty",
    "reason",
    "source",
    "grade",
    "origins",
    "reports",
    "flags",
    *(f"start_{key}" for key in _BOUNDS),
    "start_flags",
    *(f"in_{key}" for key in _BOUNDS),
    *(f"out_{key}" for key in _BOUNDS),
    *(f"end_{key}" for key in _BOUNDS),
    "end_flags",
    "counted_before_on",
    *(f"counted_before_{key}" for key in _BOUNDS),
    "counted_on",
    *(f"counted_{key}" for key in _BOUNDS),
    *(f"expected_{key}" for key in _BOUNDS),
    "residual_low",
    "residual_high",
)
"""The keys of a row, in order."""
MOVEMENT, BALANCE, PLACE = "movement", "balance", "place"
BATCH = 500


def movements(db: Database, question: Question, since: date) -> Report:
    """Return what moved from a day to the question's day, both in the period.

    Raises UsageMistake for a period that ends before it begins, UnknownCode or AmbiguousCode for a filter.
    """
    with db.read(), without_collection():
        return _report(db, question, since)


def _report(db: Database, question: Question, since: date) -> Report:
    if since > question.as_of:
        raise UsageMistake(f"the period ends ({question.as_of}) before it begins ({since}); give the earlier day first")
    before, after = points(db, question, (eve(since), question.as_of))
    flows = bring(db, before, after, Span(str(since), str(question.as_of)))
    making = _Making(db, flows)
    rows = [*making.movements(), *making.balances(), *making.places()]
    notes = [f"what was there is read at the end of {eve(since)}, the eve of the period"] if rows else []
    if flows.left_open:
        notes.append(
            f"shares and open departures of more than {MOST_DAYS} days: the size of the later ones is left open"
        )
    return Report(
        name="movements",
        as_of=str(question.as_of),
        known_seq=after.known.seq,
        known_at=after.known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else _empty(flows),
        sql=Statements(statements_of(before, after)),
        notes=(*notes, *restated_since(db, after.known.seq)),
        shown=SHOWN,
        since=Since(str(since), after.known.seq, after.known.at),
    )


def _empty(flows: Flows) -> str:
    if flows.after.lines:
        return f"nothing is known to have moved from {flows.period.first} to {flows.period.last}"
    return why_empty(flows.after.found.asking, "moved up to")


@dataclass(frozen=True)
class _Move:
    """One happening: one side of it, or both sides of a move."""

    out: Flow | None
    into: Flow | None
    told: Sequence[Claim]
    """Every claim that tells it."""
    doubted: bool = False

    @property
    def flow(self) -> Flow:
        """The side that speaks for it: the departure, if it was reported."""
        flow = self.out or self.into
        if flow is None:
            raise ValueError("a move has a side")
        return flow


class _Making:
    """Makes rows of the flows."""

    def __init__(self, db: Database, flows: Flows) -> None:
        self.db, self.flows = db, flows
        self.found = flows.after.found
        self.scope, self.nesting = self.found.scope, self.found.scope.nesting
        self.names = Names(db, self.found)
        self.spoken = self._spoken(sorted(self.scope.agreed))
        self.moves = self._moves()
        self._read_sides()

    def _spoken(self, lines: Iterable[int]) -> Spoken:
        own = [flow for line in lines for flow in self.flows.own(line)]
        return moved(own, self.flows.period, self.nesting.nested)

    # One row for each happening

    def _moves(self) -> list[_Move]:
        """Return the happenings of the period, the two sides of a move made one."""
        arrivals: dict[tuple[str, int], list[Flow]] = {}
        for flow in self.spoken.flows:
            if flow.claim.kind == "increase" and flow.claim.transfer is not None:
                arrivals.setdefault((flow.claim.transfer, self._type(flow.claim)), []).append(flow)
        found, met = [], set()
        for flow in self.spoken.flows:
            if flow.claim.kind != "decrease":
                continue
            waiting = arrivals.get((flow.claim.transfer or "", self._type(flow.claim)), [])
            other = next((one for one in waiting if one.claim.deployment != flow.claim.deployment), None)
            if other is not None:
                waiting.remove(other)
                met.add(other.claim.id)
            found.append(_Move(flow, other, [*self._told(flow), *(self._told(other) if other else ())]))
        found += [
            _Move(None, flow, self._told(flow))
            for flow in self.spoken.flows
            if flow.claim.kind == "increase" and flow.claim.id not in met
        ]
        for claims, doubted in ((self.flows.elsewhere, False), (self.flows.doubted, True)):
            for flow in moved([Flow(claim) for claim in claims], self.flows.period).flows:
                out = flow.claim.kind == "decrease"
                found.append(_Move(flow if out else None, None if out else flow, [flow.claim], doubted))
        return sorted(found, key=lambda one: (one.flow.claim.on, one.flow.claim.id))

    def _type(self, claim: Claim) -> int:
        line = self.scope.lines.get(claim.line or 0)
        return line.asset_type if line else 0

    def _told(self, flow: Flow) -> list[Claim]:
        return [flow.claim, *self.spoken.silent.get(flow.claim.id, ())]

    def _read_sides(self) -> None:
        """Read the codes and places of the deployments on both sides, and what the claims say in words."""
        claims = sorted({claim.id for move in self.moves for claim in move.told})
        self.said: dict[int, Mapping[str, Any]] = {}
        for start in range(0, len(claims), BATCH):
            listed = ", ".join(map(str, claims[start : start + BATCH]))
            self.said.update((row["id"], row) for row in claim_rows(self.db, f"c.id in ({listed})", {}))
        every = [claim for flows in self.flows.of_line.values() for claim in flows]
        every += [claim for move in self.moves for claim in move.told]
        sites = {number for claim in every for number in (claim.deployment, claim.other) if number is not None}
        listed = ", ".join(map(str, sorted(sites)))
        self.sites: dict[int, tuple[str, str, int, str]] = {}
        if listed:
            for number, *site in self.db.tuples(
                "select d.id, d.code, l.code, l.id, a.code from deployment d join location l on l.id = d.location_id"
                f" join actor a on a.id = d.actor_id where d.id in ({listed})"
            ):
                self.sites[number] = (site[0], site[1], site[2], site[3])

    def movements(self) -> list[dict[str, Any]]:
        """Return a row for each happening."""
        return [self._movement(move) for move in self.moves]

    def _movement(self, move: _Move) -> dict[str, Any]:
        claim, said = move.flow.claim, self.said[move.flow.claim.id]
        source, target = (claim.deployment, claim.other) if move.out else (claim.other, claim.deployment)
        if move.out and move.into:
            target = move.into.claim.deployment
        sites = [self.sites[number] if number is not None else (None, None, None, None) for number in (source, target)]
        low, best, high, flags = self._size(move)
        return dict.fromkeys(COLUMNS) | {
            "kind": MOVEMENT,
            "actor": self.sites[claim.deployment][3],
            "from_deployment": sites[0][0],
            "from_location": sites[0][1],
            "to_deployment": sites[1][0],
            "to_location": sites[1][1],
            "asset": said["asset"],
            "asset_type": self.names.asset_type.get(self._type(claim)),
            "low": low,
            "best": best,
            "high": high,
            "quantity_text": claim.text,
            "effective": said["effective_edtf"],
            "first": claim.start,
            "last": last_day(claim),
            "certainty": "certain" if all(one.sure for one in (move.out, move.into) if one) else "possible",
            "reason": said["reason"],
            "source": said["source"],
            "grade": grade(said),
            "origins": len({one.origin for one in move.told}),
            "reports": len({one.source for one in move.told}),
            "flags": sorted(flags),
            "claims": [one.id for one in move.told],
        }

    def _size(self, move: _Move) -> tuple[int, int | None, int | None, set[str]]:
        """Return how many moved: what both sides allow, where both were reported; either, where they cannot both be so."""
        sides = [one for one in (move.out, move.into) if one is not None]
        sizes = [size(one.claim, one.held) for one in sides]
        flags = {"doubted"} if move.doubted else set()
        flags |= {"maybe_same"} if any(one.claim.id in self.spoken.cluster for one in sides) else set()
        flags |= {"unquantified"} if all(one.high is None for one in sizes) else set()
        if len(sizes) == 1:
            return (*sizes[0], flags)
        out, into = sizes
        highs = [one.high for one in sizes if one.high is not None]
        low, high = max(out.low, into.low), min(highs, default=None)
        if high is not None and low > high:
            low, high = min(out.low, into.low), None if None in (out.high, into.high) else max(highs)
            return low, None, high, flags | {"sides_differ"}
        return low, out.best if out.best == into.best else (low if low == high else None), high, flags

    # One row for each line

    def balances(self) -> list[dict[str, Any]]:
        """Return a row for each line asked about to or from which something moved, or that was counted in the period."""
        rows = []
        for line in self.scope.shown:
            felt = [*self.flows.own(line), *self.flows.of_parts(line)]
            spoken = moved(felt, self.flows.period, self.nesting.nested)
            counts = self._counts(line)
            if spoken.flows or counts:
                rows.append(self._balance(line, spoken, counts))
        return sorted(rows, key=lambda row: (row["deployment"], row["asset"]))

    def _counts(self, line: int) -> tuple[Claim, Claim] | None:
        """Return the counts of a line before the period and, the last one, in it, where there are both; a machine has none."""
        counted = self.found.readings[line].counted
        start = self.flows.starts.get(line)
        if start is None or not counted or self.scope.lines[line].platform is not None:
            return None
        last = counted[-1]
        return (start, last) if last.on >= self.flows.period.first and last.id != start.id else None

    def _balance(self, line: int, spoken: Spoken, counts: tuple[Claim, Claim] | None) -> dict[str, Any]:
        site = self.scope.sites[self.scope.lines[line].deployment]
        row: dict[str, Any] = dict.fromkeys(COLUMNS) | {
            "kind": BALANCE,
            "actor": self.names.actor[site.actor],
            "deployment": site.code,
            "location": self.names.location[site.location],
            "asset": self.scope.codes[line],
            "asset_type": self.names.asset_type[self.scope.lines[line].asset_type],
            "flags": ["maybe_same"] if spoken.pairs else [],
        }
        claims = {flow.claim.id for flow in spoken.flows}
        for name, at in (("start", self.flows.before), ("end", self.flows.after)):
            standing = at.lines.get(line)
            row |= _bounds(name, standing.value if standing else None)
            row[f"{name}_flags"] = list(standing.flags) if standing else []
        row |= _bounds("in", added(spoken, "increase")) | _bounds("out", added(spoken, "decrease"))
        if counts is not None:
            left = self._residual(line, *counts)
            row |= left | {"flags": [*row["flags"], *left["flags"]]}
            claims |= {count.id for count in counts}
        return row | {"claims": sorted(claims)}

    def _residual(self, line: int, start: Claim, last: Claim) -> dict[str, Any]:
        """Return what two counts differ by beyond what is known to have moved between them."""
        flows = self.flows.explaining(line)
        known = ordered_by_link([start, last], [flow.claim for flow in flows])
        left = residual(start, last, flows, self.nesting.nested, known)
        return {
            "counted_before_on": start.on,
            **_bounds("counted_before", _said(start)),
            "counted_on": last.on,
            **_bounds("counted", _said(last)),
            **_bounds("expected", left.expected),
            "residual_low": left.low,
            "residual_high": left.high,
            "flags": ["overdrawn"] if left.overdrawn else [],
        }

    # One row for each place and kind of thing

    def places(self) -> list[dict[str, Any]]:
        """Return what came to and left each location, and those in which several of them lie; moves within it are neither."""
        trees = read_trees(self.db)
        wanted = read_filter(self.db, self.flows.after.question).location
        moving: dict[int, dict[int, list[int]]] = {}
        for line in self.scope.agreed:
            if moved(self.flows.own(line), self.flows.period).flows:
                kind = with_ancestors(self.scope.lines[line].asset_type, trees.asset_type)[-1]
                at = self.scope.sites[self.scope.lines[line].deployment].location
                moving.setdefault(kind, {}).setdefault(at, []).append(line)
        return [
            self._place(place, kind, [line for at in here for line in lines[at]], trees.location)
            for kind, lines in sorted(moving.items(), key=lambda item: self.names.asset_type[item[0]])
            for place, here in _meeting(lines, trees.location)
            if wanted is None or place in wanted
        ]

    def _place(self, place: int, kind: int, lines: Sequence[int], parents: Mapping[int, int | None]) -> dict[str, Any]:
        def leaves(flow: Flow) -> bool:
            other = self.sites[flow.claim.other][2] if flow.claim.other in self.sites else None
            return other is None or place not in with_ancestors(other, parents)

        flows = [flow for line in lines for flow in self.flows.own(line) if leaves(flow)]
        spoken = moved(flows, self.flows.period, self.nesting.nested)
        row = dict.fromkeys(COLUMNS) | {
            "kind": PLACE,
            "location": self.db.value("select code from location where id = :id", {"id": place}),
            "asset_type": self.names.asset_type[kind],
            "flags": ["maybe_same"] if spoken.pairs else [],
        }
        row |= _bounds("in", added(spoken, "increase")) | _bounds("out", added(spoken, "decrease"))
        return row | {"claims": sorted(flow.claim.id for flow in spoken.flows)}


def _meeting(places: Iterable[int], parents: Mapping[int, int | None]) -> list[tuple[int, list[int]]]:
    """Return the places themselves and those at which several of them meet, each with the places in it; outermost first."""
    below: dict[int, list[int]] = {}
    children: dict[int, set[int]] = {}
    for place in places:
        path = with_ancestors(place, parents)
        for inner, outer in zip([place, *path], path, strict=False):
            below.setdefault(outer, []).append(place)
            children.setdefault(outer, set()).add(inner if inner != outer else -1)
    kept = [place for place in below if len(children[place]) > 1 or -1 in children[place]]
    return [(place, below[place]) for place in sorted(kept, key=lambda place: (-len(below[place]), place))]


def _said(count: Claim) -> Value:
    return Value(count.low or 0, count.best, count.high)


def _bounds(name: str, value: Value | None) -> dict[str, int | None]:
    low, best, high = value or (None, None, None)
    return {f"{name}_low": low, f"{name}_best": best, f"{name}_high": high}
