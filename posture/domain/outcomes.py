"""How plans turned out: how late, how many, and where to, against what was announced.

Days and numbers are ranges wherever what was said leaves them open; nothing is compared with what was never said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import FLOWS, NEVER, Claim, days_between, end, order
from posture.domain.fold import INFLOW, NOTHING_KNOWN, Step, Value, fold
from posture.domain.happening import Flow, speakers
from posture.domain.plans import Plan, is_plan, reached
from posture.domain.vocabulary import PlanState, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable


class Slippage(NamedTuple):
    """By how many days a plan's latest date was missed; less than 0: it was early."""

    low: int | None
    """At least; None is open."""
    high: int | None
    """At most; None is open: it is not over yet, or nobody said when."""
    claim: Claim | None
    """The claim whose date it is: what fulfilled the plan, or superseded it; None where only time has passed."""


class Range(NamedTuple):
    """A number or a difference, as far as it is known."""

    low: int | None
    """At least; None is open."""
    high: int | None
    """At most; None is open."""


def completed(claim: Claim) -> tuple[str | None, str | None]:
    """Return the first and the last day on which what a claim tells of may have been complete.

    A movement over a period is complete on the last day that was said; a state, or a number, when it began to hold.
    """
    if claim.kind in FLOWS and claim.until is not None:
        return claim.until, claim.until
    return claim.start, claim.by


def fulfilment(plan: Plan, value: Value = NOTHING_KNOWN) -> Claim | None:
    """Return the claim with which a plan was fulfilled: the earliest that says so, else the part that made it enough.

    `value` is the agreed figure of the plan's line.
    """
    whole = [claim for relation, claim in plan.outcomes if relation == Relation.FULFILS]
    if whole:
        return min(whole, key=_when)
    parts = sorted((claim for relation, claim in plan.outcomes if relation == Relation.PARTLY_FULFILS), key=_when)
    return next((part for number, part in enumerate(parts, 1) if reached(plan.claim, parts[:number], value)), None)


def _when(claim: Claim) -> tuple[str, str, int]:
    first, last = completed(claim)
    return last or NEVER, first or "", claim.id


def superseder(plan: Plan) -> Claim | None:
    """Return the claim that took a plan's place, the first in the order of claims."""
    return max((claim for relation, claim in plan.outcomes if relation == Relation.SUPERSEDES), key=order, default=None)


def slippage(plan: Plan, as_of: str, value: Value = NOTHING_KNOWN) -> Slippage | None:
    """Return how late a plan was, as of a day: None where it has no latest date, was cancelled, or is not due yet.

    Fulfilled: from its latest date to the day it was complete. Superseded: to the latest date of the plan in its place, or
    the day of what came instead. Neither, and past its date: so many days at least.
    """
    due = end(plan.claim)
    if due == NEVER:
        return None
    claim: Claim | None = None
    first: str | None = None
    last: str | None = None
    if plan.state == PlanState.FULFILLED:
        claim = fulfilment(plan, value)
        first, last = completed(claim) if claim else (None, None)
    elif plan.state == PlanState.SUPERSEDED:
        claim = superseder(plan)
        if claim is not None:
            first, last = (end(claim), end(claim)) if is_plan(claim) else completed(claim)
    elif plan.state in (PlanState.OVERDUE, PlanState.PARTLY_FULFILLED) and due < as_of:
        first = as_of
    if first in (None, NEVER) and last in (None, NEVER):
        return None
    return Slippage(_days(due, first), _days(due, last), claim)


def _days(due: str, day: str | None) -> int | None:
    return None if day is None or day == NEVER else days_between(due, day)


def carried_out(plan: Plan) -> Range | None:
    """Return how many were moved, or are there, by the claims that fulfil a plan; None where none of them says a number.

    Reports of one happening count once, and what may be one counts as in any figure. A part without a number leaves it open
    how many more there were.
    """
    done = [
        claim
        for relation, claim in plan.outcomes
        if relation in (Relation.FULFILS, Relation.PARTLY_FULFILS) and claim.kind == plan.claim.kind
    ]
    numbers = [claim for claim in done if claim.form == "number"]
    if not numbers:
        return None
    if plan.claim.kind not in FLOWS:
        count = max(numbers, key=order)
        return Range(count.low, count.high)
    total = _added(numbers)
    return Range(total.low, None if len(numbers) < len(done) else total.high)


def _added(flows: Iterable[Claim]) -> Value:
    """Return what flows of one direction add up to: as arrivals where nothing was."""
    spoken = speakers([Flow(flow._replace(kind="increase")) for flow in flows])
    steps = [Step(flow.claim.on, INFLOW, flow.claim, True, spoken.cluster.get(flow.claim.id)) for flow in spoken.flows]
    steps.sort(key=Step.key)
    return fold(Value(0, 0, 0), steps, base_on="", pairs=spoken.pairs).value


def difference(plan: Plan) -> Range | None:
    """Return by how many more, or fewer, a plan was carried out than was announced; None where either is no number."""
    actual = carried_out(plan)
    if plan.claim.form != "number" or actual is None:
        return None
    low, high = plan.claim.low, plan.claim.high
    found = Range(
        actual.low - high if actual.low is not None and high is not None else None,
        actual.high - low if actual.high is not None and low is not None else None,
    )
    return None if found == (None, None) else found


def other_sides(plan: Plan) -> list[int]:
    """Return the deployments on the other side of what was carried out: where they went to, or came from."""
    return list(
        dict.fromkeys(
            claim.other
            for relation, claim in plan.outcomes
            if relation in (Relation.FULFILS, Relation.PARTLY_FULFILS)
            and claim.kind == plan.claim.kind
            and claim.other is not None
        )
    )
