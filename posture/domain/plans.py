"""What has become of plans, and what posture would be if the open ones came true.

A plan is a claim whose modality is planned, possible, demanded or negotiating; it exists from the day it was stated. Its
outcome is only ever what a link says.
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
    """The plan."""
    state: PlanState
    """What has become of it."""
    outcomes: tuple[tuple[str, Claim], ...]
    """Relation and claim of every outcome in force, in the order they were recorded."""
    overdue_days: int | None
    """Days past its latest date, where it is overdue."""


def is_plan(claim: Claim) -> bool:
    """Return whether a claim is a plan."""
    return claim.modality in PLAN_MODALITIES


def in_force(claim: Claim, as_of: str) -> bool:
    """Return whether a claim can be a plan's outcome by a day: it had happened, or, being words, been said."""
    return (claim.on if claim.modality == "actual" else claim.stated_on) <= as_of


def plans_as_of(
    claims: Iterable[Claim], links: Iterable[Link], as_of: str, values: Mapping[int, Value] | None = None
) -> dict[int, Plan]:
    """Return every plan that exists as of a day, by its claim's id; `claims` are visible, outcomes among them.

    `values` are the agreed figures of the lines: how many a planned share is of.
    """
    known = {claim.id: claim for claim in claims}
    outcomes: dict[int, list[tuple[str, Claim]]] = {}
    for link in links:
        claim = known.get(link.claim)
        if claim is not None and in_force(claim, as_of) and (link.relation, claim) not in outcomes.get(link.plan, []):
            outcomes.setdefault(link.plan, []).append((link.relation, claim))
    found = {}
    for plan in known.values():
        if is_plan(plan) and plan.stated_on <= as_of:
            results = outcomes.get(plan.id, [])
            state = _state(plan, results, as_of, (values or {}).get(plan.line or 0, NOTHING_KNOWN))
            late = days_between(end(plan), as_of) if state is PlanState.OVERDUE else None
            found[plan.id] = Plan(plan, state, tuple(results), late)
    return found


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
    coming = [
        plan.claim
        for plan in plans
        if plan.state in UNFINISHED
        and plan.claim.modality == Modality.PLANNED
        and plan.claim.basis == basis
        and plan.claim.kind != "announcement"
    ]
    targets = {
        (statement(claim), claim.line)
        for claim in coming
        if claim.kind == "count" and (claim.low is not None or claim.high is not None)
    }
    coming = [claim for claim in coming if claim.kind not in FLOWS or (statement(claim), claim.line) not in targets]
    kinds = ("count", "status", "increase", "decrease")
    coming.sort(key=lambda claim: (claim.on, kinds.index(claim.kind), claim.seq, claim.ordinal))
    moved = []
    for number, claim in enumerate(coming, 1):
        day = days_after(as_of, number)
        said = (claim.start or "", end(claim))
        moved.append(claim._replace(on=day, start=day, by=day, until=None, at=None, after=None, when=said))
    return moved


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
