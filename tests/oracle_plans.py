"""What has become of each plan, as an oracle reads the page ("Plans", after the reading rules)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.oracle_happening import least_together, speaking

if TYPE_CHECKING:
    from tests.ledger_records import Ref
    from tests.oracle_claims import Claims
    from tests.oracle_fold import Folds
    from tests.oracle_record import Claim

PLANS = ("planned", "possible", "demanded", "negotiating")


def has_happened(claim: Claim, day: date) -> bool:
    """True where an outcome is there on a day: an actual claim has begun, words have been said."""
    return (claim.on if claim.text.modality == "actual" else claim.text.stated_on) <= day


def telling(claims: Claims, plan: Claim) -> list[Claim]:
    """Return all claims that are one plan with this one, by `same_as`; the first in the order of claims, which speaks, first."""
    one = [
        other
        for other in claims.visible
        if other.text.modality in PLANS and other.text.stated_on <= claims.question.as_of
        if (other.kind, other.text.basis) == (plan.kind, plan.text.basis)
        if claims.joined(other) == claims.joined(plan)
    ]
    return sorted(one, key=lambda claim: claim.order)


def outcomes(claims: Claims, plan: Claim) -> list[tuple[str, Claim]]:
    """Return the outcomes of a plan, whichever report of it they name: relation and claim, references followed."""
    found = []
    itself = {claim.ref for claim in telling(claims, plan)}
    for claim in claims.record.claims.values():
        for relation, target in claim.text.links:
            if claims.record.now(target, claims.known) in itself:
                meant = claims.record.now(claim.ref, claims.known) if claim.ref.entry <= claims.known else None
                if meant is None or meant in itself:
                    continue
                if has_happened(claims.record.claims[meant], claims.question.as_of):
                    found.append((relation, claims.record.claims[meant]))
    return sorted(
        {(relation, claim.ref): (relation, claim) for relation, claim in found}.values(),
        key=lambda pair: (pair[1].ref, pair[0]),
    )


def reached(folds: Folds, plan: Claim, parts: list[Claim]) -> bool:
    """True where the parts reach the plan's low; a happening told twice is one part, one the other way is none.

    A planned share is of what the line would hold without the parts.
    """
    claims = folds.claims
    low = plan.size.low
    if plan.size.is_share:
        line = claims.lines[str(plan.text.line)]
        without = [claim for claim in claims.of_line(line) if claim.ref not in {part.ref for part in parts}]
        low = plan.size.least_of(folds.stated_from(line, without, claims.question.as_of).value.low or 0)
    flows = [part for part in parts if part.kind == plan.kind and part.text.line]
    if low is None or not flows:
        return False
    heard, _ = speaking(claims, flows)
    return least_together(claims, [(happening, happening.speaker.size.low or 0) for happening in heard]) >= low


def state_of(folds: Folds, plan: Claim) -> str:
    """Return the state of a plan on the day asked for."""
    found = outcomes(folds.claims, plan)
    relations = {relation for relation, _ in found}
    parts = [claim for relation, claim in found if relation == "partly_fulfils"]
    if "fulfils" in relations or (parts and reached(folds, plan, parts)):
        return "fulfilled"
    ended = [(claim.order, relation) for relation, claim in found if relation in ("cancels", "supersedes")]
    if ended:
        return {"cancels": "cancelled", "supersedes": "superseded"}[min(ended)[1]]
    if parts:
        return "partly_fulfilled"
    return "overdue" if plan.span.end < folds.claims.question.as_of else "open"


def plan_states(folds: Folds) -> dict[Ref, str]:
    """Return all plans on the basis asked for that exist on the day asked for, by the claim that speaks, with their states."""
    question = folds.claims.question
    return {
        claim.ref: state_of(folds, claim)
        for claim in folds.claims.visible
        if claim.text.modality in PLANS and claim.text.basis == question.basis
        if claim.text.stated_on <= question.as_of and telling(folds.claims, claim)[0] == claim
    }


def projected(folds: Folds) -> list[Claim]:
    """Return the open planned changes as claims on the days after the one asked for, one day each, in date order.

    On one day targets come before flows and inflows before outflows. Flows of a target's own statement and line are in it.
    """
    claims, states = folds.claims, plan_states(folds)
    plans = [
        claim
        for claim in claims.visible
        if claim.text.modality == "planned"
        and claim.text.basis == claims.question.basis
        and states.get(claim.ref) in ("open", "overdue")
        if claim.kind in ("count", "increase", "decrease", "status")
    ]
    told = {plan.ref: {(one.statement, one.text.line) for one in telling(claims, plan)} for plan in plans}
    targets = {said for plan in plans if plan.kind == "count" and plan.size.bounds for said in told[plan.ref]}
    plans = [plan for plan in plans if plan.kind not in ("increase", "decrease") or not told[plan.ref] & targets]
    kinds = ("count", "status", "increase", "decrease")
    plans.sort(key=lambda plan: (plan.on, kinds.index(plan.kind), plan.ref))
    moved = []
    for number, plan in enumerate(plans, 1):
        day = claims.question.as_of + timedelta(days=number)
        span = replace(plan.span, start=day, by=day, until=None, at=None)
        moved.append(replace(plan, span=span, when=plan.span, marker="planned"))
    return moved
