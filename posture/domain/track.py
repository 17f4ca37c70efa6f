"""A line followed from its base to a day: which count is the base, what lies after it, and what the fold makes of it.

Rules 1 and 2, and the joining of rule 3. Used for what was stated about a line, from its own claims alone, and for what it
agrees to, with what is felt of its parts and containers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim, end, latest_start, order
from posture.domain.fold import (
    CAP,
    HALF_OPEN,
    INFLOW,
    NOTHING_KNOWN,
    OUTFLOW,
    PART_COUNTED,
    Folded,
    Step,
    Value,
    fold,
    raised,
)
from posture.domain.happening import NOBODY, Flow, Nested, Spoken, following, same_line, speakers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PartCount(NamedTuple):
    """A part's newer count, as the whole feels it."""

    claim: Claim
    """The count."""
    down: int | None
    """How far it may lower the whole (None: without bound)."""
    up: int | None
    """How far it may raise the whole (None: without bound)."""


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

    halves: Sequence[Claim] = ()
    """Half-open counts of the line."""
    flows: Sequence[Flow] = ()
    """Flows of the line and of its parts."""
    caps: Sequence[Claim] = ()
    """Admissible bases of the lines that contain it."""
    counted: Sequence[PartCount] = ()
    """Counts of its parts."""
    floors: Sequence[Sequence[PartHeld]] = ()
    """What each of its nearest parts held, day by day."""
    nested: Nested = same_line
    """Whether two lines are the same or nested."""
    platform: bool = False
    """The line is one machine."""

    def is_empty(self) -> bool:
        """Return whether nothing can move the line."""
        return not (self.flows or self.halves or self.caps or self.counted or self.floors)


@dataclass(slots=True)
class Followed:
    """A line followed from a base to a day."""

    base: Claim | None
    """The base in the end: the first one, or the half-open count that became it."""
    folded: Folded
    """Where the fold ended."""
    spoken: Spoken
    """Which flows spoke."""
    became: list[tuple[Claim, Value]] = field(default_factory=list)
    """The half-open counts that became the base, with the figure just before."""
    held: dict[int, Value] = field(default_factory=dict)
    """What the line held just before each of its flows."""
    floors: list[PartHeld] = field(default_factory=list)
    """What the line held at least, at its base and at the end of each day on which something moved it."""


def value_of(count: Claim | None) -> Value:
    """Return the figure that a count states; no count states nothing."""
    return NOTHING_KNOWN if count is None else Value(count.low or 0, count.best, count.high)


def class_of(count: Claim) -> int:
    """Return how well a count serves as a base, 0 best: admissible before the rest, two bounds before one."""
    return (0 if count.admissible else 2) + (count.low is None or count.high is None)


def bases_of(counts: Iterable[Claim]) -> list[Claim]:
    """Return every base that these counts have given over time, in date order (rule 1)."""
    bases: list[Claim] = []
    counts = list(counts)
    if len(counts) < 2:
        return counts
    for count in sorted(counts, key=lambda count: (count.on, -class_of(count), order(count))):
        if bases and class_of(count) > class_of(bases[-1]):
            continue
        if bases and bases[-1].on == count.on:
            bases.pop()
        bases.append(count)
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


def follow(base: Claim | None, material: Material, as_of: str, claims: Mapping[int, Claim]) -> Followed:
    """Return the line followed from its base to the day; a half-open count that cannot be squared becomes the base."""
    became: list[tuple[Claim, Value]] = []
    held: dict[int, Value] = {}
    floors: list[PartHeld] = []
    while True:
        folded, spoken = _fold_from(base, material, as_of, claims)
        if base is not None:
            floors.append(PartHeld(base, base.on, base.low or 0))
            floors += [PartHeld(base, max(on, base.on), low) for on, low in folded.days]
        for claim, value in folded.held.items():
            known = held.get(claim)
            held[claim] = value if known is None else either(known, value)
        if folded.conflict is None:
            for count, _ in became:
                folded.flag("contested", count)
            return Followed(base, folded, spoken, became, held, floors)
        base = folded.conflict
        became.append((base, folded.value))


def follow_until(base: Claim | None, material: Material, later: Claim, claims: Mapping[int, Claim]) -> Followed:
    """Return the line followed from an earlier base to just before a later one, that day's flows included."""
    halves = [half for half in material.halves if half.on < later.on]
    return follow(base, replace(material, halves=halves), later.on, claims)


def either(one: Value, other: Value) -> Value:
    """Return the figure that is one or the other."""
    high = None if one.high is None or other.high is None else max(one.high, other.high)
    return Value(min(one.low, other.low), one.best if one.best == other.best else None, high)


def _fold_from(
    base: Claim | None, material: Material, as_of: str, claims: Mapping[int, Claim]
) -> tuple[Folded, Spoken]:
    base_on, start = base.on if base else "", value_of(base)
    if material.is_empty():
        return fold(start, (), base_on=base_on, platform=material.platform), NOBODY

    def felt(flow: Flow) -> Flow | None:
        after = placed(flow.claim, base, claims)
        if after is False:
            return None
        return Flow(flow.claim, after is True and end(flow.claim) <= as_of, flow.held, flow.depth)

    spoken = speakers([flow for flow in material.flows if flow.claim.on <= as_of], material.nested, felt)
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
    steps += [
        Step(half.on, HALF_OPEN, half) for half in material.halves if base_on <= half.on <= as_of and half is not base
    ]
    steps += [Step(cap.on, CAP, cap) for cap in material.caps if base_on < cap.on <= as_of]
    steps += [
        Step(part.claim.on, PART_COUNTED, part.claim, down=part.down, up=part.up)
        for part in material.counted
        if base_on < part.claim.on <= as_of
    ]
    folded = fold(start, steps, base_on=base_on, platform=material.platform, pairs=spoken.pairs)
    if material.floors and folded.conflict is None:
        _rest_on(folded, material.floors, base_on, as_of)
    return folded, spoken


def _rest_on(folded: Folded, floors: Iterable[Sequence[PartHeld]], base_on: str, as_of: str) -> None:
    """Keep the figure, as of the day, from lying below what a newer part holds then (rule 8)."""
    for part in floors:
        last = next((held for held in reversed(part) if held.on <= as_of), None)
        if last is not None and base_on < last.claim.on and last.low > folded.value.low:
            folded.value = raised(folded.value, last.low)
            folded.flag("parts_newer", last.claim)
