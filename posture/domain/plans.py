"""What has become of plans, and what posture would be if the open ones came true.

A plan is a claim whose modality is planned, possible, demanded or negotiating; it exists from the day it was stated. Its
outcome is only ever what a link says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import FLOWS, Claim, as_none, days_between, end, order, statement
from posture.domain.fold import CAP, INFLOW, NOTHING_KNOWN, OUTFLOW, PART_COUNTED, TARGET, Step, Value, fold, share_of
from posture.domain.happening import Flow, speakers
from posture.domain.reading import PartCount
from posture.domain.reconcile import implied
from posture.domain.vocabulary import PLAN_MODALITIES, PlanState, Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from posture.domain.reading import Line
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


@dataclass(slots=True)
class Projected:
    """A line's figure if the open planned changes came true."""

    value: Value
    """The figure."""
    applied: list[int] = field(default_factory=list)
    """The plans that were applied to the line itself."""
    flags: dict[str, list[int]] = field(default_factory=dict)
    """Flags met on the way, with the plans that caused them."""
    flows: list[Flow] = field(default_factory=list)
    counted: list[PartCount] = field(default_factory=list)


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


def project(
    claims: Collection[Claim],
    links: Iterable[Link],
    lines: Iterable[Line],
    values: Mapping[int, Value],
    nesting: Nesting,
    as_of: str,
    basis: str = "present",
) -> dict[int, Projected]:
    """Return every line's figure if all open `planned` changes came true, in date order, whatever their date.

    A planned count is the target, and flows of its own entry are in it. Flows of parts are felt by the whole and a
    whole's target caps its parts, as in agreement.
    """
    states = plans_as_of(claims, links, as_of, values)
    coming = [plan.claim for plan in states.values() if plan.state in UNFINISHED and plan.claim.modality == "planned"]
    lines = list(lines)
    targets = {line.id: _targets(line, coming, nesting, basis) for line in lines}
    flows: dict[int, list[Claim]] = {}
    for claim in coming:
        if claim.kind in FLOWS and claim.basis == basis and claim.line is not None:
            flows.setdefault(claim.line, []).append(claim)
    done: dict[int, Projected] = {}
    for line in sorted(lines, key=lambda line: (-len(nesting.containers.get(line.id, ())), line.id)):
        done[line.id] = _project_line(line, targets, flows.get(line.id, ()), values, nesting, done)
    return done


def _targets(line: Line, coming: Iterable[Claim], nesting: Nesting, basis: str) -> list[Claim]:
    """Return the planned counts of a line, planned withdrawals of what holds it among them."""
    found = []
    for claim in coming:
        if (
            claim.line == line.id
            and claim.kind == "count"
            and claim.basis == basis
            and (claim.low is not None or claim.high is not None)
        ):
            found.append(claim)
        elif (
            claim.line is None
            and claim.status == "withdrawn"
            and claim.form is None
            and basis == "present"
            and nesting.holds(claim.deployment, line.deployment)
        ):
            found.append(as_none(claim))
    return found


def _project_line(
    line: Line,
    targets: Mapping[int, Sequence[Claim]],
    own: Sequence[Claim],
    values: Mapping[int, Value],
    nesting: Nesting,
    done: Mapping[int, Projected],
) -> Projected:
    """Return one line's projected figure; its parts are projected already."""
    aims = targets[line.id]
    depth = len(nesting.containers.get(line.id, ()))
    within = {statement(aim) for aim in aims}
    felt = [Flow(claim, depth=depth) for claim in own]
    parts = [done[inner] for inner in nesting.parts.get(line.id, ()) if inner in done]
    felt += [flow for part in parts for flow in part.flows if not nesting.holds(line.deployment, flow.claim.other)]
    start = values.get(line.id, NOTHING_KNOWN)
    spoken = speakers([flow for flow in felt if statement(flow.claim) not in within], nesting.nested)
    steps = [
        Step(
            flow.claim.on,
            INFLOW if flow.claim.kind == "increase" else OUTFLOW,
            flow.claim,
            True,
            spoken.cluster.get(flow.claim.id),
            flow.held,
        )
        for flow in spoken.flows
    ]
    steps += [Step(aim.on, TARGET, aim) for aim in aims]
    above = [aim for outer in nesting.containers.get(line.id, ()) for aim in targets.get(outer, ())]
    steps += [
        Step(aim.on, CAP, aim) for aim in above if aim.high is not None and aim.id not in {own.id for own in aims}
    ]
    latest = max((aim.on for aim in aims), default="")
    counted = [
        count
        for part in parts
        for count in part.counted
        if count.claim.on > latest and statement(count.claim) not in within
    ]
    steps += [Step(count.claim.on, PART_COUNTED, count.claim, down=count.down, up=count.up) for count in counted]
    folded = fold(start, steps, base_on="", platform=line.platform is not None, pairs=spoken.pairs)
    result = Projected(folded.value, sorted(claim.id for claim in folded.used), folded.flags)
    result.flows = [
        flow._replace(held=folded.held[flow.claim.id])
        for flow in felt
        if flow.held is None and flow.claim.id in folded.held
    ]
    result.counted = [implied(aim, folded.held.get(aim.id)) for aim in aims]
    return result
