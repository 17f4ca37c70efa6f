"""One happening counts once: which of several reports of a flow speaks, and which flows could be the same (rule 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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


Sift = Callable[[Flow], Flow | None]
"""How a flow is felt, or None where it is not."""


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


def are_joined(flows: Iterable[Flow]) -> bool:
    """Return whether any of these flows is said to be the same as another."""
    for flow in flows:  # noqa: SIM110 (a generator takes twice the time, and this is asked of every line)
        if flow.claim.same_as is not None:
            return True
    return False


class _Group(NamedTuple):
    """Claims that `same_as` makes one."""

    flow: Flow
    """The one that speaks."""
    members: tuple[Claim, ...]
    """All of them."""


def _joined(flows: Sequence[Flow]) -> list[_Group]:
    """Return the flows with those joined by `same_as` made one: the first in the order speaks."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while parent.setdefault(number, number) != number:
            number = parent[number]
        return number

    for flow in flows:
        if flow.claim.same_as is not None:
            parent[root(flow.claim.id)] = root(flow.claim.same_as)
    groups: dict[tuple[int, str, str], list[Flow]] = {}
    for flow in flows:
        groups.setdefault((root(flow.claim.id), flow.claim.kind, flow.claim.modality), []).append(flow)
    return [
        _Group(max(group, key=lambda flow: order(flow.claim)), tuple(flow.claim for flow in group))
        for group in groups.values()
    ]


class _Meeting(NamedTuple):
    """Two groups that could be one happening, by their places."""

    one: int
    other: int
    same: bool
    """One origin tells both: they are one."""
    maybe: bool
    """Different origins may be telling the same."""


def _never_one(one: Claim, other: Claim) -> bool:
    """Return whether two flows cannot be one happening without `same_as`: one statement's, or with different other sides."""
    return (
        one.kind != other.kind
        or one.modality != other.modality
        or statement(one) == statement(other)
        or (one.other is not None and other.other is not None and one.other != other.other)
    )


def _meet(one: _Group, other: _Group, nested: Nested) -> tuple[bool, bool]:
    """Return whether two groups are one happening, and whether they may be; what is one with a member is one with all."""
    same = maybe = False
    for claim in one.members:
        first, last = span(claim)
        for met in other.members:
            if _never_one(claim, met):
                return False, False
            begun, ended = span(met)
            if begun <= last and first <= ended and nested(claim.line, met.line):
                same = same or claim.origin == met.origin
                maybe = maybe or claim.origin != met.origin
    return same, maybe


def _meetings(groups: Sequence[_Group], nested: Nested) -> list[_Meeting]:
    """Return all pairs of groups that are one happening or may be.

    In order of their first days, so that each is compared with those alone that may still have gone on.
    """
    meetings: list[_Meeting] = []
    going: list[tuple[str, int]] = []
    spans = []
    for place, group in enumerate(groups):
        every = [span(claim) for claim in group.members]
        spans.append((min(first for first, _ in every), max(last for _, last in every), place))
    for first, last, place in sorted(spans):
        going = [(until, other) for until, other in going if until >= first]
        for _, other in going:
            same, maybe = _meet(groups[other], groups[place], nested)
            if same or maybe:
                meetings.append(_Meeting(other, place, same, maybe))
        going.append((last, place))
    return meetings


def _loudness(flow: Flow) -> tuple[object, ...]:
    """Return the key by which the loudest of one happening's reports speaks: the outermost line's, then the larger."""
    claim = flow.claim
    if claim.form == "share":  # `all` is more than `most`, of however many
        size, most = claim.share_low, claim.share_high
    else:
        size, most = claim.low if claim.best is None else claim.best, claim.high
    return (-flow.depth, claim.form != "share", size or 0, most is None, most or 0, order(claim))


def _told_once(groups: Sequence[_Group], meetings: Sequence[_Meeting]) -> dict[int, int]:
    """Return the groups that are silent, each with the one that speaks for it: repeats by one origin of what was said louder."""
    same: dict[int, list[int]] = {}
    for meeting in meetings:
        if meeting.same:
            same.setdefault(meeting.one, []).append(meeting.other)
            same.setdefault(meeting.other, []).append(meeting.one)
    heard: set[int] = set()
    silent: dict[int, int] = {}
    for place in sorted(same, key=lambda place: _loudness(groups[place].flow), reverse=True):
        speaker = next((other for other in same[place] if other in heard), None)
        if speaker is None:
            heard.add(place)
        else:
            silent[place] = speaker
    return silent


def _as_it_is(flow: Flow) -> Flow:
    return flow


NO_PAIRS: frozenset[tuple[int, int]] = frozenset()
NOBODY = Spoken([], {}, {}, NO_PAIRS)


def speakers(flows: Sequence[Flow], nested: Nested = same_line, sifted: Sift | None = None) -> Spoken:
    """Return which flows count, of all that a line feels.

    What `same_as` joins is made one first; `sifted` then says of the one that speaks how it is felt after the base, or that
    it is not; only those that are felt are compared further.
    """
    sifted = sifted or _as_it_is
    if are_joined(flows):
        groups = [group._replace(flow=felt) for group in _joined(flows) if (felt := sifted(group.flow)) is not None]
    else:
        alone = [felt for flow in flows if (felt := sifted(flow)) is not None]
        if len(alone) < 2:
            return Spoken(alone, {}, {}, NO_PAIRS) if alone else NOBODY
        groups = [_Group(flow, (flow.claim,)) for flow in alone]
    meetings = _meetings(groups, nested) if len(groups) > 1 else []
    silent = _told_once(groups, meetings) if meetings else {}
    repeats: dict[int, list[Claim]] = {}
    for place, group in enumerate(groups):
        speaker = groups[silent.get(place, place)].flow.claim
        others = [claim for claim in group.members if claim is not speaker]
        if others:
            repeats.setdefault(speaker.id, []).extend(others)
    spoken = [group.flow for place, group in enumerate(groups) if place not in silent]
    if not meetings:
        return Spoken(spoken, repeats, {}, NO_PAIRS)
    cluster, pairs = _could_be_one(
        groups, [m for m in meetings if m.maybe and m.one not in silent and m.other not in silent]
    )
    return Spoken(spoken, repeats, cluster, pairs)


def _could_be_one(
    groups: Sequence[_Group], meetings: Sequence[_Meeting]
) -> tuple[dict[int, int], frozenset[tuple[int, int]]]:
    """Return the clusters of flows of different origins that could be one, and the pairs that make them."""
    pairs = [(groups[meeting.one].flow.claim.id, groups[meeting.other].flow.claim.id) for meeting in meetings]
    cluster: dict[int, int] = {}
    for one_id, other_id in pairs:
        kept, gone = cluster.setdefault(one_id, one_id), cluster.setdefault(other_id, other_id)
        if kept != gone:
            cluster.update({claim: kept for claim, number in cluster.items() if number == gone})
    return cluster, frozenset(pairs)


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
