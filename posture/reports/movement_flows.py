"""Brings the flows of a period, and those since the counts before it, with what there was just before the open ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from posture.domain.claim import Claim, end, has_lapsed
from posture.domain.evidence import Evidence, gather, lapses_with
from posture.domain.fold import NOTHING_KNOWN, Value
from posture.domain.happening import Flow
from posture.domain.movement import Span, lies_within
from posture.domain.track import bases_of
from posture.reports.as_of import APPLIES, BEGINNING, FIGURES, VISIBLE
from posture.reports.days import Days
from posture.reports.evaluation import with_joined
from posture.reports.point import Point
from posture.reports.references import resolve
from posture.reports.scope import read_filter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.domain.reading import Reading
    from posture.store.connection import Database

MOST_DAYS = 50
"""Days on which it is worked out what there was, of which some or a share left; beyond these, the size stays open."""


@dataclass(slots=True)
class Flows:
    """The flows of the lines asked about, and of their parts."""

    period: Span
    before: Point
    """All that could be said on the eve of the period."""
    after: Point
    """All that can be said as of its last day."""
    starts: dict[int, Claim] = field(default_factory=dict)
    """Line to the count before the period that still stands at its end."""
    of_line: dict[int, list[Claim]] = field(default_factory=dict)
    """Line to its flows that count, since the count before the period."""
    doubted: list[Claim] = field(default_factory=list)
    """Flows of the period that are not admissible, and decide nothing."""
    elsewhere: list[Claim] = field(default_factory=list)
    """Flows of the period of other lines, from or to a deployment asked about."""
    evidence: dict[int, Evidence] = field(default_factory=dict)
    """Line to its flows and to the counts that have lapsed."""
    held: dict[int, Value] = field(default_factory=dict)
    """Flow to what there was just before, where its size depends on that."""
    left_open: int = 0
    """Days on which that was not worked out, being too many."""

    def own(self, line: int) -> list[Flow]:
        """Return a line's own flows."""
        depth = len(self.after.found.scope.nesting.containers.get(line, ()))
        return [Flow(claim, True, self.held.get(claim.id), depth) for claim in self.of_line.get(line, ())]

    def of_parts(self, line: int) -> list[Flow]:
        """Return the flows of a line's parts that enter or leave the line too (rule 7)."""
        found = self.after.found
        nesting, reading = found.scope.nesting, found.readings[line]
        return [
            flow._replace(held=self.held.get(flow.claim.id, NOTHING_KNOWN if flow.claim.form == "share" else None))
            for part in nesting.parts.get(line, ())
            for flow in self.own(part)
            if (flow.claim.admissible or reading.rest_decides)
            and not nesting.holds(reading.line.deployment, flow.claim.other)
        ]

    def explaining(self, line: int) -> list[Flow]:
        """Return the flows that can explain what two counts of a line differ by: those that lapsed with a surge cannot."""
        own = {claim.id for claim in self.evidence[line].flows} if line in self.evidence else set()
        kept = [flow._replace(held=None) for flow in self.own(line) if flow.claim.id in own]
        for flow in self.of_parts(line):
            part = self.evidence.get(flow.claim.line or 0)
            stands = part is None or any(claim.id == flow.claim.id for claim in part.flows)
            if stands and not lapses_with(flow.claim, self.evidence[line]):
                kept.append(flow)
        return kept


def bring(db: Database, before: Point, after: Point, period: Span) -> Flows:
    """Return the flows between two points."""
    found = Flows(period, before, after)
    asking, scope = after.found.asking, after.found.scope
    unsettled = _find_starts(found)
    days = _days(found)
    moved = with_joined(asking, asking.flows_since(days))
    lapsed = asking.lapsed_since(days)
    sites = sorted({scope.lines[line].deployment for line in scope.agreed} | _containing(found))
    withdrawn = asking.withdrawals(sites) if sites else []
    foreign = _elsewhere(db, found)
    claims = resolve(asking, list({claim.id: claim for claim in (*moved, *lapsed, *withdrawn, *foreign)}.values()))
    _sort(found, claims, {claim.id for claim in foreign})
    _settle(found, unsettled)
    _find_held(db, found)
    return found


def _find_starts(found: Flows) -> list[int]:
    """Find the count of each line before the period; return the lines whose count has lapsed since: an earlier one may stand."""
    before, after = found.before.found, found.after.found
    again: dict[int, str] = {}
    for line in after.scope.agreed:
        counted = before.readings[line].counted
        if counted and not has_lapsed(counted[-1], found.period.last):
            found.starts[line] = counted[-1]
        elif counted:
            again[line] = before.asking.as_of
    for claim in after.asking.bases_as_of(again) if again else ():
        if claim.line is not None:
            found.starts[claim.line] = claim
    return sorted(again)


def _settle(found: Flows, lines: Iterable[int]) -> None:
    """Settle which count stands where one lapsed: among the earlier ones may be a withdrawal of the whole deployment."""
    eve_of_period = found.before.found.asking.as_of
    for line in lines:
        counts = [count for count in found.evidence[line].counts if count.on <= eve_of_period and count.line is None]
        counts += [found.starts[line]] if line in found.starts else []
        if counts:
            found.starts[line] = bases_of(counts)[-1]


def _days(found: Flows) -> dict[int, str]:
    """Return the day of each line since which its flows matter: to itself, and to the lines that contain it."""
    scope = found.after.found.scope

    def own(line: int) -> str:
        start = found.starts.get(line)
        if start is None:
            return found.period.first
        return BEGINNING if start.start is None else min(start.on, found.period.first)

    return {
        line: min(
            [own(line), *(own(outer) for outer in scope.nesting.containers.get(line, ()) if outer in scope.agreed)]
        )
        for line in scope.agreed
    }


def _containing(found: Flows) -> set[int]:
    """Return the deployments that contain those of the lines."""
    scope = found.after.found.scope
    held = {scope.lines[line].deployment for line in scope.agreed}
    return {outer for outer, inside in scope.nesting.inside.items() if outer in scope.sites and inside & held}


def _elsewhere(db: Database, found: Flows) -> list[Claim]:
    """Return the flows of other lines from or to the deployments asked about, whose side of it nobody may have reported."""
    scope, asking = found.after.found.scope, found.after.found.asking
    if scope.everything or not scope.sites_shown:
        return []
    types = read_filter(db, found.after.question).asset_type
    of_type = ""
    if types is not None:
        listed = ", ".join(map(str, sorted(types)))
        of_type = f" and c.asset_id in (select a.id from asset a where a.asset_type_id in ({listed}))"
    return asking.claims(
        f"select {FIGURES} from status_change c where c.other_deployment_id in ({', '.join(map(str, scope.sites_shown))})"
        " and c.kind in ('increase', 'decrease') and c.modality = 'actual' and c.counting_basis = :basis"
        f" and coalesce(c.effective_until, c.effective_by, :as_of) >= :first and {APPLIES} and {VISIBLE}{of_type}",
        first=found.period.first,
    )


def _sort(found: Flows, claims: Iterable[Claim], foreign: set[int]) -> None:
    """Sort the claims by what they are to the lines."""
    evaluation = found.after.found
    scope, basis = evaluation.scope, found.after.question.basis
    of_line: dict[int, list[Claim]] = {}
    phases: list[Claim] = []
    for claim in claims:
        if claim.line is None:
            phases.append(claim)
        elif claim.line in scope.agreed:
            of_line.setdefault(claim.line, []).append(claim)
        elif claim.id in foreign and lies_within(claim, found.period) is not False and claim.admissible:
            found.elsewhere.append(claim)
    for line in scope.agreed:
        own = of_line.get(line, [])
        reach = [one for one in phases if scope.nesting.holds(one.deployment, scope.lines[line].deployment)]
        found.evidence[line] = gather(scope.lines[line], [*own, *reach], found.period.last, basis)
        flows = [claim for claim in own if claim.kind in ("increase", "decrease")]
        rest = evaluation.readings[line].rest_decides
        found.of_line[line] = [claim for claim in flows if claim.admissible or rest]
        found.doubted += [
            claim for claim in flows if not (claim.admissible or rest) and lies_within(claim, found.period) is not False
        ]
    told = {claim.transfer for flows in found.of_line.values() for claim in flows if claim.transfer is not None}
    found.elsewhere = [claim for claim in found.elsewhere if claim.transfer is None or claim.transfer not in told]


def _find_held(db: Database, found: Flows) -> None:
    """Find what was stated to be there just before each flow of the period whose size depends on it."""
    days: dict[str, list[Claim]] = {}
    for flows in found.of_line.values():
        for claim in flows:
            is_open = claim.form == "share" or (claim.kind == "decrease" and claim.high is None)
            if is_open and lies_within(claim, found.period) is not False:
                days.setdefault(claim.on, []).append(claim)
    found.left_open = max(0, len(days) - MOST_DAYS)
    if not days:
        return
    told = sorted(days.items())[:MOST_DAYS]
    every = frozenset(claim.line for _, claims in told for claim in claims if claim.line is not None)
    asked = [day for text, _ in told for day in (eve(date.fromisoformat(text)), date.fromisoformat(text))]
    many = Days(db, found.after.question, found.after.known, asked, every)
    for text, claims in told:
        day = date.fromisoformat(text)
        lines = frozenset(claim.line for claim in claims if claim.line is not None)
        then = many.at(day, lines).readings
        held = {claim.id: then[claim.line or 0].followed.held().get(claim.id) for claim in claims}
        earlier: Mapping[int, Reading] = {}
        if None in held.values():  # it lies before a count of its day, or another report of it speaks
            earlier = many.at(eve(day), lines).readings
        for claim in claims:
            value = held[claim.id] or (earlier[claim.line or 0].stated if earlier else None)
            if value is not None:
                found.held[claim.id] = value


def eve(day: date) -> date:
    """Return the day before, within the calendar."""
    return day if day == date.min else day - timedelta(days=1)


def last_day(claim: Claim) -> str | None:
    """Return the last day of a happening, or None where it has none."""
    from posture.domain.claim import NEVER

    return None if end(claim) == NEVER else end(claim)
