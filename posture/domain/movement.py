"""What moved in a period, and what the counts before and after it leave unexplained.

Each happening counts once (rule 3). One that certainly lies within the period is counted with its whole size, one whose dates
only overlap it with anything from nothing to its size. All sums are intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim, span
from posture.domain.fold import INFLOW, NOTHING_KNOWN, OUTFLOW, Step, Value, certain_of, fold, size
from posture.domain.happening import Flow, Nested, Spoken, same_line, speakers
from posture.domain.track import placed, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Span(NamedTuple):
    """A period: both days are in it."""

    first: str
    """Its first day."""
    last: str
    """Its last day."""


class Residual(NamedTuple):
    """What two counts of a line and what is known to have moved between them do not explain."""

    expected: Value
    """What there should have been at the later count."""
    low: int | None
    """The later count has at least so many more than expected (fewer, if negative); None: without bound."""
    high: int | None
    """It has at most so many more; None: without bound."""
    overdrawn: bool = False
    """More was said to leave than there was: what is expected is none, and not less."""


def lies_within(claim: Claim, period: Span) -> bool | None:
    """Return True where a happening certainly lies within a period, False where it certainly does not, None where it may."""
    begun, ended = span(claim)
    if begun > period.last or ended < period.first:
        return False
    return True if period.first <= begun and ended <= period.last else None


def moved(flows: Sequence[Flow], period: Span, nested: Nested = same_line) -> Spoken:
    """Return the flows of a period, each happening once; `sure` says that it certainly lies within."""

    def felt(flow: Flow) -> Flow | None:
        within = lies_within(flow.claim, period)
        return None if within is False else flow._replace(sure=within is True)

    return speakers(flows, nested, felt)


def added(spoken: Spoken, kind: str) -> Value:
    """Return the sum of what came (`increase`) or went (`decrease`): the low of flows that could be one is that of the largest."""
    steps = [_step(flow, spoken) for flow in spoken.flows if flow.claim.kind == kind]
    sizes = {step.claim.id: size(step.claim, step.held) for step in steps}
    clusters: dict[int, list[Step]] = {}
    for step in steps:
        if step.cluster is not None:
            clusters.setdefault(step.cluster, []).append(step)
    certain = {step.claim.id for step in steps if step.sure and step.cluster is None}
    for rivals in clusters.values():
        certain |= {step.claim.id for step in rivals if step.sure} & certain_of(rivals, NOTHING_KNOWN, spoken.pairs)
    bests = [sizes[step.claim.id].best for step in steps if step.sure and step.cluster is None]
    highs = [found.high for found in sizes.values()]
    return Value(
        sum(sizes[claim].low for claim in certain),
        None if len(bests) < len(steps) or None in bests else sum(number or 0 for number in bests),
        None if None in highs else sum(number or 0 for number in highs),
    )


def _step(flow: Flow, spoken: Spoken) -> Step:
    kind = INFLOW if flow.claim.kind == "increase" else OUTFLOW
    return Step(flow.claim.on, kind, flow.claim, flow.sure, spoken.cluster.get(flow.claim.id), flow.held)


def residual(
    before: Claim, after: Claim, flows: Iterable[Flow], nested: Nested, known: Mapping[int, Claim] | None = None
) -> Residual:
    """Return what a later count differs by from an earlier one, moved by the flows that lie between the two.

    A flow that may lie before the one or after the other, as on the day of a count, counts as anything up to its size. `known`
    are the claims to follow `after` links through. A flow's `held` is what its part held, where it is a part's.
    """
    links = known or {}

    def between(flow: Flow) -> Flow | None:
        since, past = placed(flow.claim, before, links), placed(flow.claim, after, links)
        if since is False or past is True:
            return None
        return flow._replace(sure=since is True and past is False)

    spoken = speakers([flow for flow in flows if flow.claim.on <= after.on], nested, between)
    steps = sorted((_step(flow, spoken) for flow in spoken.flows), key=Step.key)
    folded = fold(value_of(before), steps, base_on=before.on, pairs=spoken.pairs)
    expected = folded.value
    counted = value_of(after)
    return Residual(
        expected,
        None if expected.high is None else counted.low - expected.high,
        None if counted.high is None else counted.high - expected.low,
        "overdrawn" in folded.flags,
    )
