"""A line followed from its base to a day: which count is the base, what lies after it, and what the fold makes of it.

Rules 1 and 2, and the joining of rule 3. Used for what was stated about a line, from its own claims alone, and for what it
agrees to, with what is felt of its parts and containers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim, end, latest_start, order
from posture.domain.fold import (
    HALF_OPEN,
    INFLOW,
    NOTHING_KNOWN,
    OUTFLOW,
    Folded,
    Step,
    Value,
    fold,
    raised,
)
from posture.domain.happening import NOBODY, Flow, Nested, Spoken, are_joined, following, same_line, speakers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PartHeld(NamedTuple):
    """What a part held at the end of a day, after a base of its own."""

    claim: Claim
    """The base."""
    on: str
    """The day."""
    low: int
    """What it held at least."""


@dataclass(slots=True)
class Material:
    """All that can move one line: its own claims and, for agreement, what comes from its parts and containers."""

    halves: Sequence[Step] = ()
    """Half-open counts of the line, in order."""
    flows: Sequence[Flow] = ()
    """Flows of the line and of its parts; kept in the order of their dates."""
    others: Sequence[Step] = ()
    """Caps, by the bases of the lines that contain it, and counts of its parts; in order."""
    floors: Sequence[Sequence[PartHeld]] = ()
    """What each of its nearest parts held, day by day."""
    nested: Nested = same_line
    """Whether two lines are the same or nested."""
    platform: bool = False
    """The line is one machine."""
    joined: bool = False
    """Some flows are joined by `same_as`."""
    ended: Sequence[str] = ()
    """By which day each flow, and all before it, may have ended."""

    def __post_init__(self) -> None:
        """Put the flows in order, so that a fold finds those that it may feel without looking at all."""
        if self.flows:
            self.flows = sorted(self.flows, key=_begun)
            self.ended = list(accumulate([end(flow.claim) for flow in self.flows], max))
            self.joined = are_joined(self.flows)

    def halves_between(self, base: Claim | None, last: str, *, before: bool = False) -> list[Step]:
        """Return the half-open counts since the base and up to a day, or `before` it, that are not the base itself."""
        first = bisect_left(self.halves, base.on, key=_on) if base else 0
        beyond = (bisect_left if before else bisect_right)(self.halves, last, first, key=_on)
        return [half for half in self.halves[first:beyond] if half.claim is not base]

    def others_between(self, base: Claim | None, last: str) -> Sequence[Step]:
        """Return the caps and counts of parts after the base's day and up to a day."""
        first = bisect_right(self.others, base.on, key=_on) if base else 0
        return self.others[first : bisect_right(self.others, last, first, key=_on)]

    def flows_between(self, base: Claim | None, last: str) -> Sequence[Flow]:
        """Return the flows that may lie after the base and had begun by a day; earlier ones too, where claims are joined."""
        first = 0
        if base is not None and base.start is not None and not self.joined:
            first = bisect_left(self.ended, base.start)
        return self.flows[first : bisect_right(self.flows, last, first, key=_begun)]


_on = attrgetter("on")
_begun = attrgetter("claim.on")


@dataclass(slots=True)
class Followed:
    """A line followed from a base to a day."""

    base: Claim | None
    """The base in the end: the first one, or the half-open count that became it."""
    folded: Folded
    """Where the fold ended."""
    spoken: Spoken
    """Which flows spoke."""
    earlier: Sequence[tuple[Claim | None, Folded]] = ()
    """The bases and folds before, each up to a half-open count that became the base."""

    def became(self) -> list[tuple[Claim, Value]]:
        """Return the half-open counts that became the base, with the figure just before."""
        return [(folded.conflict, folded.value) for _, folded in self.earlier if folded.conflict is not None]

    def held(self) -> Mapping[int, Value]:
        """Return what the line held just before each of its flows: one or the other, where it was folded more than once."""
        if not self.earlier:
            return self.folded.held
        held: dict[int, Value] = {}
        for folded in (*(folded for _, folded in self.earlier), self.folded):
            held |= {claim: either(held.get(claim, value), value) for claim, value in folded.held.items()}
        return held

    def floors(self) -> list[PartHeld]:
        """Return what the line held at least, at each base and at the end of each day on which that changed."""
        floors = []
        for base, folded in (*self.earlier, (self.base, self.folded)):
            if base is not None:
                floors.append(PartHeld(base, base.on, base.low or 0))
                for on, low in folded.days:
                    floors.append(PartHeld(base, max(on, base.on), low))
        return floors


def value_of(count: Claim | None) -> Value:
    """Return the figure that a count states; no count states nothing."""
    return NOTHING_KNOWN if count is None else Value(count.low or 0, count.best, count.high)


def half_open(counts: Iterable[Claim]) -> list[Step]:
    """Return the half-open ones of these counts, as the steps that they are, in order."""
    steps = [Step(count.on, HALF_OPEN, count) for count in counts if count.low is None or count.high is None]
    return sorted(steps, key=Step.key) if len(steps) > 1 else steps


def class_of(count: Claim) -> int:
    """Return how well a count serves as a base, 0 best: admissible before the rest, two bounds before one."""
    return (0 if count.admissible else 2) + (count.low is None or count.high is None)


def bases_of(counts: Iterable[Claim]) -> list[Claim]:
    """Return every base that these counts have given over time, in date order (rule 1)."""
    counts = list(counts)
    if len(counts) < 2:
        return counts
    bases: list[Claim] = []
    last, on = 3, ""
    for count in sorted(counts, key=_on):
        serves = class_of(count)
        if serves > last:
            continue
        if count.on == on:  # of one day the first in the order
            if serves == last and order(count) < order(bases[-1]):
                continue
            bases.pop()
        bases.append(count)
        last, on = serves, count.on
    return bases


def placed(flow: Claim, base: Claim | None, claims: Mapping[int, Claim]) -> bool | None:
    """Return True where a flow certainly lies after the base, False where it certainly does not, None where it may."""
    if base is None:
        return True
    if base.start is not None and end(flow) < base.start:
        return False
    if flow.start is not None and flow.start > latest_start(base):
        return True
    if flow.after is not None and following(flow, base, claims):
        return True
    if base.after is not None and following(base, flow, claims):
        return False
    if flow.at is not None and base.at is not None and flow.at != base.at:
        return flow.at > base.at
    return None


def follow(
    base: Claim | None, material: Material, as_of: str, claims: Mapping[int, Claim], *, just_before: bool = False
) -> Followed:
    """Return the line followed from its base to the day; a half-open count that cannot be squared becomes the base.

    With `just_before`, to just before a count of that day: its flows included, its half-open counts not.
    """
    earlier: list[tuple[Claim | None, Folded]] = []
    while True:
        folded, spoken = _fold_from(base, material, as_of, claims, just_before=just_before)
        if folded.conflict is None:
            break
        earlier.append((base, folded))
        base = folded.conflict
    followed = Followed(base, folded, spoken, earlier)
    for count, _ in followed.became() if earlier else ():
        folded.flag("contested", count)
    return followed


def follow_until(base: Claim | None, material: Material, later: Claim, claims: Mapping[int, Claim]) -> Followed:
    """Return the line followed from an earlier base to just before a later one, that day's flows included."""
    return follow(base, material, later.on, claims, just_before=True)


def either(one: Value, other: Value) -> Value:
    """Return the figure that is one or the other."""
    high = None if one.high is None or other.high is None else max(one.high, other.high)
    return Value(min(one.low, other.low), one.best if one.best == other.best else None, high)


def _fold_from(
    base: Claim | None, material: Material, as_of: str, claims: Mapping[int, Claim], *, just_before: bool
) -> tuple[Folded, Spoken]:
    spoken = _speaking(base, material, as_of, claims) if material.flows else NOBODY
    steps = _steps(base, material, spoken, as_of, just_before=just_before)
    base_on = base.on if base else ""
    folded = fold(value_of(base), steps, base_on=base_on, platform=material.platform, pairs=spoken.pairs)
    if material.floors and folded.conflict is None:
        _rest_on(folded, material.floors, base_on, as_of)
    return folded, spoken


def _speaking(base: Claim | None, material: Material, as_of: str, claims: Mapping[int, Claim]) -> Spoken:
    """Return which of the flows that may lie after the base speak, and how each is felt."""
    between = material.flows_between(base, as_of)
    if not between:
        return NOBODY

    def felt(flow: Flow) -> Flow | None:
        after = placed(flow.claim, base, claims)
        if after is False:
            return None
        sure = after is True and end(flow.claim) <= as_of
        return flow if sure is flow.sure else flow._replace(sure=sure)

    return speakers(between, material.nested, felt)


def _steps(base: Claim | None, material: Material, spoken: Spoken, as_of: str, *, just_before: bool) -> Sequence[Step]:
    """Return all that moves a line from its base on, in order."""
    others = material.others_between(base, as_of) if material.others else ()
    if not spoken.flows and not material.halves:
        return others
    steps = [
        Step(
            flow.claim.on,
            INFLOW if flow.claim.kind == "increase" else OUTFLOW,
            flow.claim,
            flow.sure,
            spoken.cluster.get(flow.claim.id),
            flow.held,
        )
        for flow in spoken.flows
    ]
    if material.halves:
        steps += material.halves_between(base, as_of, before=just_before)
    return sorted((*steps, *others), key=Step.key)


def _rest_on(folded: Folded, floors: Iterable[Sequence[PartHeld]], base_on: str, as_of: str) -> None:
    """Keep the figure, as of the day, from lying below what a newer part holds then (rule 8)."""
    for part in floors:
        last = next((held for held in reversed(part) if held.on <= as_of), None)
        if last is not None and base_on < last.claim.on and last.low > folded.value.low:
            folded.value = raised(folded.value, last.low)
            folded.flag("parts_newer", last.claim)
