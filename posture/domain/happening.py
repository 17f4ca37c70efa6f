"""One happening counts once: which of several reports of a flow speaks, and which flows could be the same (rule 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim, order, span, statement

if TYPE_CHECKING:
    from posture.domain.fold import Value

Nested = Callable[[int | None, int | None], bool]
"""Whether two lines are the same, or one contains the other."""


class Flow(NamedTuple):
    """A flow as one line feels it."""

    claim: Claim
    """The claim."""
    sure: bool = True
    """It certainly lies after the line's base and was certainly complete."""
    held: Value | None = None
    """What the part held just before, where it is a part's flow."""
    depth: int = 0
    """How many lines contain the line it was said of: the outermost line has the fewest."""


class Spoken(NamedTuple):
    """The flows that count, each once, and what is known about their being the same."""

    flows: list[Flow]
    """The flows that speak."""
    silent: dict[int, list[Claim]]
    """Speaking claim to the other reports of the same happening."""
    cluster: dict[int, int]
    """Claim to the number of its cluster: flows of different origins that could be one."""
    pairs: frozenset[tuple[int, int]]
    """The pairs that could be one, by claim id."""


def same_line(one: int | None, other: int | None) -> bool:
    """Return whether two lines are the same: the nesting of a line read for itself."""
    return one == other


def never_one(one: Claim, other: Claim) -> bool:
    """Return whether two flows cannot be one happening without `same_as`: one statement's, or with different other sides."""
    return (
        one.kind != other.kind
        or one.modality != other.modality
        or statement(one) == statement(other)
        or (one.other is not None and other.other is not None and one.other != other.other)
    )


def _meeting(flows: Sequence[Flow], nested: Nested) -> list[tuple[int, int]]:
    """Return the places of all pairs of flows that could be one happening: dates that overlap, lines the same or nested.

    In order of their first days, so that a flow is compared with those alone that may still have gone on.
    """
    pairs: list[tuple[int, int]] = []
    going: list[tuple[str, int]] = []
    for first, last, place in sorted((*span(flow.claim), place) for place, flow in enumerate(flows)):
        going = [(until, other) for until, other in going if until >= first]
        claim = flows[place].claim
        for _, other in going:
            met = flows[other].claim
            if not never_one(met, claim) and nested(met.line, claim.line):
                pairs.append((other, place))
        going.append((last, place))
    return pairs


def _joined(flows: Sequence[Flow], silent: dict[int, list[Claim]]) -> list[Flow]:
    """Return the flows with those joined by `same_as` made one: the first in the order speaks."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while parent.setdefault(number, number) != number:
            number = parent[number]
        return number

    for flow in flows:
        if flow.claim.same_as is not None:
            parent[root(flow.claim.id)] = root(flow.claim.same_as)
    groups: dict[tuple[int, str], list[Flow]] = {}
    for flow in flows:
        groups.setdefault((root(flow.claim.id), flow.claim.kind), []).append(flow)
    spoken: list[Flow] = []
    for group in groups.values():
        first = max(group, key=lambda flow: order(flow.claim))
        spoken.append(first)
        if len(group) > 1:
            silent[first.claim.id] = [flow.claim for flow in group if flow is not first]
    return spoken


def _loudness(flow: Flow) -> tuple[object, ...]:
    """Return the key by which the loudest of one happening's reports speaks: the outermost line's, then the larger."""
    claim = flow.claim
    size = claim.low if claim.best is None else claim.best
    return (-flow.depth, claim.form != "share", size or 0, claim.high is None, claim.high or 0, order(claim))


def _told_once(
    flows: Sequence[Flow], meeting: Sequence[tuple[int, int]], silent: dict[int, list[Claim]]
) -> tuple[list[int], set[int]]:
    """Return the places of the flows that speak, and of those silenced: repeats by one origin of what a louder one said."""
    same: dict[int, list[int]] = {}
    for one, other in meeting:
        if flows[one].claim.origin == flows[other].claim.origin:
            same.setdefault(one, []).append(other)
            same.setdefault(other, []).append(one)
    spoken = [place for place in range(len(flows)) if place not in same]
    heard: set[int] = set()
    for place in sorted(same, key=lambda place: _loudness(flows[place]), reverse=True):
        speaker = next((other for other in same[place] if other in heard), None)
        if speaker is None:
            heard.add(place)
            spoken.append(place)
        else:
            told = silent.setdefault(flows[speaker].claim.id, [])
            told += [flows[place].claim, *silent.pop(flows[place].claim.id, ())]
    return spoken, same.keys() - heard


def _could_be_one(
    flows: Sequence[Flow], meeting: Sequence[tuple[int, int]], silenced: set[int]
) -> tuple[dict[int, int], frozenset[tuple[int, int]]]:
    """Return the clusters of flows of different origins that could be one, and the pairs that make them."""
    pairs = [
        (flows[one].claim.id, flows[other].claim.id)
        for one, other in meeting
        if one not in silenced and other not in silenced and flows[one].claim.origin != flows[other].claim.origin
    ]
    cluster: dict[int, int] = {}
    for one_id, other_id in pairs:
        kept, gone = cluster.setdefault(one_id, one_id), cluster.setdefault(other_id, other_id)
        if kept != gone:
            cluster.update({claim: kept for claim, number in cluster.items() if number == gone})
    return cluster, frozenset(pairs)


NO_PAIRS: frozenset[tuple[int, int]] = frozenset()


def speakers(flows: Sequence[Flow], nested: Nested = same_line) -> Spoken:
    """Return which flows count, of all that a line feels after its base."""
    silent: dict[int, list[Claim]] = {}
    if len(flows) < 2:
        return Spoken(list(flows), silent, {}, NO_PAIRS)
    joined = _joined(flows, silent) if any(flow.claim.same_as is not None for flow in flows) else flows
    meeting = _meeting(joined, nested)
    if not meeting:
        return Spoken(list(joined), silent, {}, NO_PAIRS)
    spoken, silenced = _told_once(joined, meeting, silent)
    cluster, pairs = _could_be_one(joined, meeting, silenced)
    return Spoken([joined[place] for place in spoken], silent, cluster, pairs)


def following(flow: Claim, base: Claim, claims: Mapping[int, Claim]) -> bool:
    """Return whether `after` links lead from one claim back to the other."""
    seen: set[int] = set()
    number = flow.after
    while number is not None and number not in seen:
        if number == base.id:
            return True
        seen.add(number)
        known = claims.get(number)
        number = known.after if known else None
    return False
