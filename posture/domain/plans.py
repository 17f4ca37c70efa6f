"""What has become of plans, and what posture would be if the open ones came true.

A plan is a claim whose modality is planned, possible, demanded or negotiating; it exists from the day it was stated. Its
outcome is only ever what a link says. Plans joined by `same_as` are one: the first in the order of claims speaks, and what
is said to have become of any of them has become of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import FLOWS, Claim, as_none, days_after, days_between, end, order, statement
from posture.domain.evidence import Evidence, markers
from posture.domain.fold import NOTHING_KNOWN, Value, share_of
from posture.domain.happening import Flow, speakers
from posture.domain.reading import Reading, read_evidence
from posture.domain.reconcile import Agreed, reconcile
from posture.domain.vocabulary import PLAN_MODALITIES, Modality, PlanState, Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from posture.domain.reconcile import Nesting

UNFINISHED = frozenset({PlanState.OPEN, PlanState.OVERDUE})
"""The states in which a plan is still to come, whole."""


class Link(NamedTuple):
    """A claim is the outcome of a plan."""

    claim: int
    """The claim."""
    plan: int
    """The plan."""
    relation: str
    """fulfils, partly_fulfils, cancels or supersedes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and what has become of it, as of a day."""

    claim: Claim
    """The plan; of several that are one, the first in the order of claims."""
    state: PlanState
    """What has become of it."""
    outcomes: tuple[tuple[str, Claim], ...]
    """Relation and claim of every outcome in force, in the order they were recorded."""
    overdue_days: int | None
    """Days past its latest date, where it is overdue."""
    told_too: tuple[Claim, ...] = ()
    """The other claims that are this plan, in the order they were recorded."""


def is_plan(claim: Claim) -> bool:
    """Return whether a claim is a plan."""
    return claim.modality in PLAN_MODALITIES


def in_force(claim: Claim, as_of: str) -> bool:
    """Return whether a claim can be a plan's outcome by a day: it had happened, or, being words, been said."""
    return (claim.on if claim.modality == "actual" else claim.stated_on) <= as_of


def plans_as_of(
    claims: Iterable[Claim], links: Iterable[Link], as_of: str, values: Mapping[int, Value] | None = None
) -> dict[int, Plan]:
    """Return every plan that exists as of a day, by the id of the claim that speaks; `claims` are visible, outcomes too.

    `values` are the agreed figures of the lines: how many a planned share is of.
    """
    known = {claim.id: claim for claim in claims}
    told = _told_together(known, as_of)
    speaker = {claim.id: first.id for first, *others in told for claim in (first, *others)}
    outcomes: dict[int, list[tuple[str, Claim]]] = {}
    for link in links:
        claim, plan_id = known.get(link.claim), speaker.get(link.plan)
        if claim is None or plan_id is None or not in_force(claim, as_of) or speaker.get(claim.id) == plan_id:
            continue  # what is the plan itself is not its outcome
        if (link.relation, claim) not in outcomes.get(plan_id, []):
            outcomes.setdefault(plan_id, []).append((link.relation, claim))
    found = {}
    for plan, *others in told:
        results = outcomes.get(plan.id, [])
        state = _state(plan, results, as_of, (values or {}).get(plan.line or 0, NOTHING_KNOWN))
        late = days_between(end(plan), as_of) if state is PlanState.OVERDUE else None
        found[plan.id] = Plan(plan, state, tuple(results), late, tuple(others))
    return found


def _told_together(known: Mapping[int, Claim], as_of: str) -> list[list[Claim]]:
    """Return the plans that exist, those of one kind and basis that `same_as` joins together; the one that speaks first."""
    links = {claim.id: claim.same_as for claim in known.values() if claim.same_as is not None}
    groups: dict[tuple[int, str, str | None], list[Claim]] = {}
    for claim in known.values():
        if is_plan(claim) and claim.stated_on <= as_of:
            groups.setdefault((_joined(claim.id, links), claim.kind, claim.basis), []).append(claim)
    told = []
    for group in groups.values():
        first = max(group, key=order)
        told.append([first, *sorted((claim for claim in group if claim is not first), key=lambda one: one.id)])
    return told


def _joined(number: int, links: Mapping[int, int]) -> int:
    """Return one number for all claims that links join: the end of the chain, or the least of a circle."""
    seen: list[int] = []
    while number in links and number not in seen:
        seen.append(number)
        number = links[number]
    return min(seen[seen.index(number) :]) if number in seen else number


def _state(plan: Claim, outcomes: Sequence[tuple[str, Claim]], as_of: str, value: Value) -> PlanState:
    """Return what has become of a plan: fulfilled, else what ended it last, else how far it is."""
    partly = [claim for relation, claim in outcomes if relation == Relation.PARTLY_FULFILS]
    if any(relation == Relation.FULFILS for relation, _ in outcomes) or reached(plan, partly, value):
        return PlanState.FULFILLED
    ended = [
        (order(claim), relation) for relation, claim in outcomes if relation in (Relation.CANCELS, Relation.SUPERSEDES)
    ]
    if ended:
        return PlanState.CANCELLED if max(ended)[1] == Relation.CANCELS else PlanState.SUPERSEDED
    if partly:
        return PlanState.PARTLY_FULFILLED
    return PlanState.OVERDUE if end(plan) < as_of else PlanState.OPEN


def reached(plan: Claim, partly: Sequence[Claim], value: Value) -> bool:
    """Return whether the parts of a plan that came true reach its low; a share is of what was there before them."""
    if plan.kind == "count":
        return plan.low is not None and any(
            part.kind == "count"
            and part.low is not None
            and part.low >= plan.low
            and (plan.high is None or (part.high is not None and part.high <= plan.high))
            for part in partly
        )
    flows = [Flow(part) for part in partly if part.kind == plan.kind and part.form == "number"]
    if plan.kind not in FLOWS or not flows:
        return False
    done = sum(flow.claim.low or 0 for flow in speakers(flows).flows)
    needed = plan.low
    if plan.form == "share":
        before = value.low + done if plan.kind == "decrease" else max(0, value.low - done)
        needed = share_of(plan, Value(before)).low
    return bool(needed) and done >= (needed or 0)


def changes(plans: Iterable[Plan], as_of: str, basis: str = "present") -> list[Claim]:
    """Return the open planned changes as if done after the day, one a day, in date order, whatever their date.

    On one day targets come before statuses, inflows and outflows. A planned count is the target: flows of the same statement
    about the same line are in it.
    """
    open_plans = [
        plan
        for plan in plans
        if plan.state in UNFINISHED
        and plan.claim.modality == Modality.PLANNED
        and plan.claim.basis == basis
        and plan.claim.kind != "announcement"
    ]
    targets = {
        said
        for plan in open_plans
        if plan.claim.kind == "count" and (plan.claim.low is not None or plan.claim.high is not None)
        for said in _said_in(plan)
    }
    coming = [plan.claim for plan in open_plans if plan.claim.kind not in FLOWS or not _said_in(plan) & targets]
    kinds = ("count", "status", "increase", "decrease")
    coming.sort(key=lambda claim: (claim.on, kinds.index(claim.kind), claim.seq, claim.ordinal))
    moved = []
    for number, claim in enumerate(coming, 1):
        day = days_after(as_of, number)
        said = (claim.start or "", end(claim))
        moved.append(claim._replace(on=day, start=day, by=day, until=None, at=None, after=None, when=said))
    return moved


def _said_in(plan: Plan) -> set[tuple[int, int | None]]:
    """Return the statements in which a plan is told, each with the line that it is told of."""
    return {(statement(claim), claim.line) for claim in (plan.claim, *plan.told_too)}


def project(
    readings: Mapping[int, Reading], coming: Sequence[Claim], nesting: Nesting, as_of: str, wanted: Collection[int]
) -> tuple[dict[int, Reading], dict[int, Agreed]]:
    """Return what would be read of the lines, and agreed, if the changes that :func:`changes` gives came true."""
    horizon = days_after(as_of, len(coming))
    machines: dict[int, list[Claim]] = {}
    lines = {reading.line.id: reading.line for reading in readings.values()}
    for claim in coming:
        line = lines.get(claim.line or 0)
        if line is not None and line.platform is not None:
            machines.setdefault(line.platform, []).append(claim)
    projected = {}
    for number, reading in readings.items():
        evidence = _with(reading, coming, machines, nesting, horizon)
        projected[number] = reading if evidence is reading.evidence else read_evidence(evidence, horizon)
    return projected, reconcile(projected, nesting, horizon, wanted)


def _with(
    reading: Reading, coming: Sequence[Claim], machines: Mapping[int, list[Claim]], nesting: Nesting, horizon: str
) -> Evidence:
    """Return a line's evidence with the planned changes that reach it."""
    line, now = reading.line, reading.evidence
    own = [claim for claim in coming if claim.line == line.id]
    gone = [
        as_none(claim)
        for claim in coming
        if claim.line is None
        and claim.status == "withdrawn"
        and claim.form is None
        and nesting.holds(claim.deployment, line.deployment)
    ]
    elsewhere = [claim for claim in machines.get(line.platform or 0, ()) if claim.line != line.id]
    if not own and not gone and not elsewhere:
        return now
    counts = [*now.counts, *gone, *(c for c in own if c.kind == "count" and (c.low is not None or c.high is not None))]
    if line.platform is not None:
        statuses = [claim for claim in own if claim.kind == "status"]
        counts += markers(statuses, elsewhere, horizon, "present")
    return replace(now, counts=counts, flows=[*now.flows, *(claim for claim in own if claim.kind in FLOWS)])
