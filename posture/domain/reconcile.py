"""How lines agree with each other: flows and newer counts of a part are felt by the whole, a whole's bases cap its parts.

Rules 7 to 9. Agreed values are computed from the innermost line outwards, one fold each by date; caps use bases, never agreed
values, so the order is enough. A line that neither contains another nor lies in one agrees with itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from posture.domain.claim import Claim, end
from posture.domain.evidence import lapses_with
from posture.domain.fold import NOTHING_KNOWN, Value
from posture.domain.happening import Flow
from posture.domain.reading import Reading, ordered_by_link
from posture.domain.track import (
    Followed,
    Material,
    PartCount,
    PartHeld,
    bases_of,
    follow,
    follow_until,
    value_of,
)


@dataclass(slots=True)
class Nesting:
    """Which lines and deployments contain which; both relations closed and without cycles."""

    containers: Mapping[int, Sequence[int]]
    """Line to the lines that contain it."""
    parts: Mapping[int, Sequence[int]]
    """Line to the lines that it contains."""
    inside: Mapping[int, frozenset[int]]
    """Deployment to the deployments that it contains."""

    def nested(self, one: int | None, other: int | None) -> bool:
        """Return whether two lines are the same, or one contains the other."""
        if one is None or other is None:
            return one == other
        return one == other or one in self.containers.get(other, ()) or other in self.containers.get(one, ())

    def holds(self, outer: int, inner: int | None) -> bool:
        """Return whether a deployment is, or contains, another."""
        return inner is not None and (outer == inner or inner in self.inside.get(outer, ()))


class Counted(NamedTuple):
    """A base of a line, with what the line held just before it."""

    claim: Claim
    """The base."""
    before: Value | None
    """The agreed value just before; None at a first count."""


@dataclass(slots=True)
class Agreed:
    """One line's figure after all lines agree, and what made it differ from what was stated."""

    value: Value
    """The figure."""
    flags: dict[str, list[int]] = field(default_factory=dict)
    """Flags met on the way, with the claims that caused them."""
    felt: list[int] = field(default_factory=list)
    """Claims of other lines that moved it: flows and counts of parts, bases of containers."""
    flows: list[Flow] = field(default_factory=list)
    """The line's own flows that spoke, with what it held just before each."""
    counted: list[Counted] = field(default_factory=list)
    """The line's bases since the earliest base that a container needs."""
    floors: list[PartHeld] = field(default_factory=list)
    """What the line held at least, day by day, since then."""


def needed_since(readings: Mapping[int, Reading], nesting: Nesting) -> dict[int, str]:
    """Return for each line the day from which its containers need to know how it moved; absent where none does.

    A container needs its parts since its own base; where its own container needs it from earlier on, since the base that it
    had then. An empty text is: since ever.
    """
    since: dict[int, str] = {}
    first: dict[int, str] = {}
    for line in sorted(readings, key=lambda line: len(nesting.containers.get(line, ()))):
        wanted = [first[outer] for outer in nesting.containers.get(line, ()) if outer in first]
        bases = readings[line].bases
        day = bases[-1].on if bases else ""
        if wanted:
            since[line] = min(wanted)
            if day > since[line]:
                day = max((base.on for base in bases if base.on <= since[line]), default="")
        first[line] = "" if any(base.on == day and base.start is None for base in bases) else day
    return since


def _reach(base: Claim) -> str:
    """Return the first day on which a flow may lie after a base: any day, where its start is open."""
    return "" if base.start is None else base.on


def reconcile(
    readings: Mapping[int, Reading], nesting: Nesting, as_of: str, wanted: Collection[int] | None = None
) -> dict[int, Agreed]:
    """Return every line's agreed figure as of the day, from what was stated about all of them.

    With `wanted`, only for these lines, which must have all their parts among them; the others serve as containers.
    """
    chosen = readings if wanted is None else {line: readings[line] for line in wanted}
    since = needed_since(chosen, nesting)
    agreed: dict[int, Agreed] = {}
    for line in sorted(chosen, key=lambda line: (-len(nesting.containers.get(line, ())), line)):
        agreed[line] = agree(line, readings, nesting, agreed, as_of, since.get(line))
    return agreed


def agree(
    line: int,
    readings: Mapping[int, Reading],
    nesting: Nesting,
    agreed: Mapping[int, Agreed],
    as_of: str,
    since: str | None,
) -> Agreed:
    """Return one line's agreed figure; its parts are agreed already. `since` is the day from which containers need it."""
    reading = readings[line]
    bases = bases_of(reading.evidence.counts)
    base = bases[-1] if bases else None
    first = len(bases) - 1
    if since is not None:
        first = max((index for index, earlier in enumerate(bases) if earlier.on <= since), default=-1)
    reach = _reach(bases[first]) if first >= 0 else ""
    caps = [
        cap
        for outer in nesting.containers.get(line, ())
        if outer in readings
        for cap in readings[outer].bases
        if cap.on > reach and cap.admissible and cap.high is not None
    ]
    felt = _Felt(reading, bases[first].on if first >= 0 else "", reach)
    for inner, covered in _nearest(line, readings, nesting, agreed):
        felt.add(agreed[inner], covered, nesting)
    depth = len(nesting.containers.get(line, ()))
    own = [Flow(flow.claim, depth=depth) for flow in reading.material.flows]
    if not caps and felt.is_nothing():
        material, followed, known = replace(reading.material, flows=own), reading.followed, {}
        result = Agreed(reading.stated)
    else:
        material = replace(
            reading.material,
            flows=own + felt.every_flow(),
            caps=caps,
            counted=felt.counted,
            floors=felt.floors,
            nested=nesting.nested,
        )
        known = ordered_by_link(reading.evidence.counts, [flow.claim for flow in material.flows])
        followed = follow(base, material, as_of, known)
        result = Agreed(followed.folded.value, followed.folded.flags)
        causes = {claim for claims in result.flags.values() for claim in claims}
        causes |= {flow.claim.id for flow in followed.spoken.flows if flow.held is not None}
        mine = {claim.id for claim in (*reading.evidence.counts, *reading.evidence.flows)}
        result.felt = sorted(causes - mine)
    if since is not None:
        known = known or ordered_by_link(reading.evidence.counts, reading.evidence.flows)
        _tell(result, bases[first:] if first >= 0 else [None, *bases], material, followed, known)
    return result


def _nearest(
    line: int, readings: Mapping[int, Reading], nesting: Nesting, agreed: Mapping[int, Agreed]
) -> list[tuple[int, str]]:
    """Return the parts of a line, each with the date of the latest base of a part between them (empty: there is none)."""
    parts = [inner for inner in nesting.parts.get(line, ()) if inner in agreed]
    based = {inner: base.on for inner in parts if (base := readings[inner].base) is not None}
    return [
        (inner, max((based[between] for between in nesting.containers.get(inner, ()) if between in based), default=""))
        for inner in parts
    ]


class _Felt:
    """What a line feels of its parts: their flows (rule 7) and their newer counts (rule 8)."""

    def __init__(self, reading: Reading, base_on: str, reach: str) -> None:
        """`base_on` is the day of the earliest base from which the line is followed, `reach` how far back flows matter."""
        self.reading, self.base_on, self.reach = reading, base_on, reach
        self.flows: list[Flow] = []
        self.counted: list[PartCount] = []
        self.floors: list[list[PartHeld]] = []
        self._earlier: list[Flow] = []

    def is_nothing(self) -> bool:
        """Return whether nothing is felt."""
        return not (self.counted or self.floors or self.every_flow())

    def every_flow(self) -> list[Flow]:
        """Return the flows of parts; those before the base too, where claims are joined: one of them may speak for another."""
        if not self._earlier:
            return self.flows
        every = (*self.reading.material.flows, *self.flows, *self._earlier)
        return self.flows + self._earlier if any(flow.claim.same_as is not None for flow in every) else self.flows

    def add(self, part: Agreed, covered: str, nesting: Nesting) -> None:
        """Add what a part tells; its counts up to the day `covered` are within a count of a part between."""
        reading, rest = self.reading, self.reading.rest_decides
        for flow in part.flows:
            claim = flow.claim
            if (
                (claim.admissible or rest)
                and not nesting.holds(reading.line.deployment, claim.other)
                and not (reading.evidence.lapsed and lapses_with(claim, reading.evidence))
            ):
                (self.flows if end(claim) >= self.reach else self._earlier).append(flow)
        start = max(covered, self.base_on)
        self.counted += [
            implied(count, before) for count, before in part.counted if count.on > start and (count.admissible or rest)
        ]
        floors = [held for held in part.floors if held.claim.on > start and (held.claim.admissible or rest)]
        if floors:
            self.floors.append(floors)


def _tell(
    result: Agreed, bases: Sequence[Claim | None], material: Material, last: Followed, known: Mapping[int, Claim]
) -> None:
    """Note what containers feel, from the first of these bases on: what was held before each flow and base, and by day."""
    segments = [(base, follow_until(base, material, later, known), later) for base, later in pairwise(bases) if later]
    held: dict[int, Value] = {}
    flows = {flow.claim.id: flow.claim for flow in material.flows}
    for base, segment, later in (*segments, (bases[-1], last, None)):
        for claim, value in _held_then(base, segment, material, known).items():
            said = flows[claim]
            if claim not in held or base is None or base.on < said.on or said.form == "share":
                held[claim] = value
        result.counted += [Counted(count, before) for count, before in segment.became]
        if later is not None:
            first_count = base is None and not segment.became
            result.counted.append(Counted(later, None if first_count else segment.folded.value))
        result.floors += [floor for floor in segment.floors if later is None or floor.on < later.on]
    result.flows = [
        Flow(flow.claim, True, held.get(flow.claim.id, NOTHING_KNOWN), flow.depth)
        for flow in material.flows
        if flow.held is None
    ]


def _held_then(
    base: Claim | None, segment: Followed, material: Material, known: Mapping[int, Claim]
) -> dict[int, Value]:
    """Return what the line held just before each of its flows, as of that flow's day: others may not have been complete."""
    held = segment.held
    if not held:
        return held
    lasting = [(flow.claim.on, end(flow.claim)) for flow in material.flows if end(flow.claim) != flow.claim.on]
    if not lasting:
        return held
    then = dict(held)
    for flow in segment.spoken.flows:
        on = flow.claim.on
        if flow.claim.id not in held or not _is_limited(flow.claim, held[flow.claim.id]):
            continue
        if any(begun <= on < ended for begun, ended in lasting):
            as_of_then = follow(base, material, on, known)
            then[flow.claim.id] = as_of_then.held.get(flow.claim.id, held[flow.claim.id])
    return then


def _is_limited(claim: Claim, held: Value) -> bool:
    """Return whether a departure may be felt as less than was said: no more can leave than was there."""
    if claim.form == "share" or claim.kind != "decrease":
        return False
    return claim.high is None or (held.high is not None and claim.high > held.high)


def implied(count: Claim, before: Value | None) -> PartCount:
    """Return the change that a part's count implies for the whole: its value less what the part held just before."""
    if before is None:
        return PartCount(count, 0, 0)
    value = value_of(count)
    down = None if before.high is None else max(0, before.high - value.low)
    up = None if value.high is None else max(0, value.high - before.low)
    return PartCount(count, down, up)
