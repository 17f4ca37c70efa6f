"""Whether two counts of a line agree: each is brought to the other's day by what moved the line between them (rule 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.domain.fold import INFLOW, OUTFLOW, Step, Value, fold
from posture.domain.happening import Flow, speakers
from posture.domain.track import placed, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.domain.claim import Claim
    from posture.domain.track import Material

NEAR = 30
"""Days around a count within which another origin's confirms or contests it."""


def agree(one: Claim, other: Claim, material: Material, known: Mapping[int, Claim]) -> bool:
    """Return whether two counts of a line overlap once the earlier is brought to the later one's day by the line's flows.

    Of one day their order is open: what happened that day may lie between them either way.
    """
    earlier, later = sorted((one, other), key=lambda claim: claim.on)
    if overlap(brought(earlier, later, material, known), value_of(later)):
        return True
    return earlier.on == later.on and overlap(brought(later, earlier, material, known), value_of(earlier))


def brought(earlier: Claim, later: Claim, material: Material, known: Mapping[int, Claim]) -> Value:
    """Return an earlier count brought to a later one's day: moved by what certainly, or possibly, lies between the two."""
    flows = material.flows_between(earlier, later.on)
    if not flows:
        return value_of(earlier)

    def between(flow: Flow) -> Flow | None:
        since, past = placed(flow.claim, earlier, known), placed(flow.claim, later, known)
        return None if since is False or past is True else Flow(flow.claim, sure=since is True and past is False)

    spoken = speakers(flows, sifted=between)
    steps = [
        Step(
            flow.claim.on,
            INFLOW if flow.claim.kind == "increase" else OUTFLOW,
            flow.claim,
            flow.sure,
            spoken.cluster.get(flow.claim.id),
        )
        for flow in spoken.flows
    ]
    steps.sort(key=Step.key)
    return fold(value_of(earlier), steps, base_on=earlier.on, pairs=spoken.pairs).value


def overlap(one: Value, other: Value) -> bool:
    """Return whether two figures can be the same."""
    return (one.high is None or other.low <= one.high) and (other.high is None or one.low <= other.high)
