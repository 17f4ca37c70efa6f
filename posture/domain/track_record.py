"""How the claims of one line stood up to those of other origins: which were confirmed, which were contradicted.

A count is compared with every admissible count of another origin within 30 days of it, brought to the same day by what moved
the line between the two, as rule 6 does with a base; and with admissible denials of those days. A flow is compared with
other origins' reports of the same happening, which `same_as` joins. What nobody else spoke of is not compared.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.agreement import NEAR, agree, overlap
from posture.domain.claim import days_after
from posture.domain.happening import Flow
from posture.domain.reading import ordered_by_link
from posture.domain.track import Material, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posture.domain.claim import Claim
    from posture.domain.evidence import Evidence


class Compared(NamedTuple):
    """A claim, and what other origins' claims say to it."""

    claim: Claim
    """The claim."""
    confirmed_by: tuple[int, ...]
    """Claims that agree with it."""
    contradicted_by: tuple[int, ...]
    """Claims that it cannot be squared with."""


def compared(found: Evidence) -> list[Compared]:
    """Return the counts and flows of a line that another origin's admissible claims can be held against."""
    counts = [claim for claim in (*found.counts, *found.lapsed) if not claim.marker and _has_number(claim)]
    counts.sort(key=_on)
    denials = sorted(found.denials, key=_on)
    material = Material(flows=[Flow(claim) for claim in found.flows if claim.admissible])
    known = ordered_by_link(counts, found.flows)
    weighed = []
    for count in counts:
        confirmed: list[int] = []
        contradicted: list[int] = []
        for peer in _near(count, counts):
            (confirmed if agree(count, peer, material, known) else contradicted).append(peer.id)
        contradicted += [denial.id for denial in _near(count, denials)]
        if confirmed or contradicted:
            weighed.append(Compared(count, tuple(confirmed), tuple(contradicted)))
    return weighed + list(_flows_compared(found.flows))


_on = attrgetter("on")


def _has_number(claim: Claim) -> bool:
    return claim.low is not None or claim.high is not None


def _near(count: Claim, others: Sequence[Claim]) -> list[Claim]:
    """Return the admissible claims of other origins within thirty days of a count; `others` are in the order of their dates."""
    first = bisect_left(others, days_after(count.on, -NEAR), key=_on)
    last = bisect_right(others, days_after(count.on, NEAR), first, key=_on)
    return [one for one in others[first:last] if one.admissible and one.origin != count.origin]


def _flows_compared(flows: Sequence[Claim]) -> Iterable[Compared]:
    """Yield the flows that another origin reports too, by `same_as`; two numbers must overlap to agree."""
    happenings: dict[int, list[Claim]] = {}
    if any(flow.same_as is not None for flow in flows):
        for flow in flows:
            happenings.setdefault(flow.same_as if flow.same_as is not None else flow.id, []).append(flow)
    for told in happenings.values():
        for flow in told:
            others = [other for other in told if other.admissible and other.origin != flow.origin]
            agreeing = tuple(other.id for other in others if _same_size(flow, other))
            if others:
                yield Compared(flow, agreeing, tuple(other.id for other in others if other.id not in agreeing))


def _same_size(one: Claim, other: Claim) -> bool:
    """Return whether two reports of a happening give sizes that overlap; one without a number contradicts none."""
    return one.form != "number" or other.form != "number" or overlap(value_of(one), value_of(other))
