"""One happening counts once: which of several reports of a flow speaks, and which flows could be the same (rule 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim, order, overlap, statement

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
    """Return whether two flows cannot be one happening without `same_as`: one entry's claims, other sides, directions, days."""
    return (
        one.kind != other.kind
        or one.modality != other.modality
        or statement(one) == statement(other)
        or (one.other is not None and other.other is not None and one.other != other.other)
        or not overlap(one, other)
    )


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


def _told_once(flows: Sequence[Flow], nested: Nested, silent: dict[int, list[Claim]]) -> list[Flow]:
    """Return the flows with the repeats of one origin silenced: the outermost line speaks, then the larger."""

    def loudness(flow: Flow) -> tuple[object, ...]:
        claim = flow.claim
        size = claim.low if claim.best is None else claim.best
        return (-flow.depth, claim.form != "share", size or 0, claim.high is None, claim.high or 0, order(claim))

    spoken: list[Flow] = []
    for flow in sorted(flows, key=loudness, reverse=True):
        speaker = next(
            (
                other
                for other in spoken
                if other.claim.origin == flow.claim.origin
                and not never_one(other.claim, flow.claim)
                and nested(other.claim.line, flow.claim.line)
            ),
            None,
        )
        if speaker is None:
            spoken.append(flow)
        else:
            silent.setdefault(speaker.claim.id, []).append(flow.claim)
            silent[speaker.claim.id].extend(silent.pop(flow.claim.id, ()))
    return spoken


def _could_be_one(flows: Sequence[Flow], nested: Nested) -> tuple[dict[int, int], frozenset[tuple[int, int]]]:
    """Return the clusters of flows of different origins that could be one, and the pairs that make them."""
    pairs = [
        (one.claim.id, other.claim.id)
        for index, one in enumerate(flows)
        for other in flows[index + 1 :]
        if one.claim.origin != other.claim.origin
        and not never_one(one.claim, other.claim)
        and nested(one.claim.line, other.claim.line)
    ]
    cluster: dict[int, int] = {}
    for one_id, other_id in pairs:
        kept, gone = cluster.setdefault(one_id, one_id), cluster.setdefault(other_id, other_id)
        if kept != gone:
            cluster.update({claim: kept for claim, number in cluster.items() if number == gone})
    return cluster, frozenset(pairs)


def speakers(flows: Sequence[Flow], nested: Nested = same_line) -> Spoken:
    """Return which flows count, of all that a line feels after its base."""
    silent: dict[int, list[Claim]] = {}
    if len(flows) < 2:
        return Spoken(list(flows), silent, {}, frozenset())
    spoken = _joined(flows, silent) if any(flow.claim.same_as is not None for flow in flows) else list(flows)
    spoken = _told_once(spoken, nested, silent)
    cluster, pairs = _could_be_one(spoken, nested)
    return Spoken(spoken, silent, cluster, pairs)


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
