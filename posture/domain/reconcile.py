"""How lines agree with each other: flows and newer counts of a part are felt by the whole, a whole's bases cap its parts.

Rules 7 to 9. Agreed values are computed from the innermost line outwards, one fold each by date; caps use bases, never agreed
values, so the order is enough. A line that neither contains another nor lies in one agrees with itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from posture.domain.claim import Claim, end
from posture.domain.evidence import lapses_with
from posture.domain.fold import CAP, NOTHING_KNOWN, PART_COUNTED, Step, Value
from posture.domain.happening import Flow
from posture.domain.reading import Reading, ordered_by_link
from posture.domain.track import Followed, Material, PartHeld, follow, follow_until, value_of

_on = attrgetter("on")


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

    def depth(self, line: int) -> int:
        """Return how many lines contain a line."""
        return len(self.containers.get(line, ()))

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
    for line in sorted(readings, key=nesting.depth):
        wanted = [first[outer] for outer in nesting.containers.get(line, ()) if outer in first]
        bases = readings[line].bases
        base = bases[-1] if bases else None
        if wanted:
            since[line] = min(wanted)
            if base is not None and base.on > since[line]:
                base = base_by(bases, since[line])
        first[line] = "" if base is None else _reach(base)
    return since


def base_by(bases: Sequence[Claim], day: str) -> Claim | None:
    """Return the base by a day, of bases in date order."""
    place = bisect_right(bases, day, key=_on)
    return bases[place - 1] if place else None


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
    lines = _Lines(readings, nesting, as_of)
    for line in sorted(chosen, key=lambda line: (-nesting.depth(line), line)):
        lines.agreed[line] = agree(line, lines, since.get(line))
    return lines.agreed


@dataclass(slots=True)
class _Lines:
    """The lines that are to agree, and how far that has come."""

    readings: Mapping[int, Reading]
    """What was stated about each."""
    nesting: Nesting
    """Which contain which."""
    as_of: str
    """The day."""
    agreed: dict[int, Agreed] = field(default_factory=dict)
    """The lines that agree already: all parts of a line do before it."""
    caps: dict[int, list[Step]] = field(default_factory=dict)
    """A container to the caps that its bases are; made once for all its parts."""

    def caps_from(self, outer: int, reach: str) -> list[Step]:
        """Return the caps on the parts of a container after a day, in order (rule 9)."""
        caps = self.caps.get(outer)
        if caps is None:
            bases = self.readings[outer].bases if outer in self.readings else ()
            caps = [Step(cap.on, CAP, cap) for cap in bases if cap.admissible and cap.high is not None]
            self.caps[outer] = caps
        return caps[bisect_right(caps, reach, key=_on) :]


def agree(line: int, lines: _Lines, since: str | None) -> Agreed:
    """Return one line's agreed figure; its parts are agreed already. `since` is the day from which containers need it."""
    reading, nesting = lines.readings[line], lines.nesting
    bases, evidence = reading.counted, reading.evidence
    first = (len(bases) if since is None else bisect_right(bases, since, key=_on)) - 1
    reach = _reach(bases[first]) if first >= 0 else ""
    base = bases[-1] if bases else None
    material = _material(line, lines, bases[first:] if first >= 0 else (), reach)
    known = ordered_by_link(evidence.counts, [flow.claim for flow in material.flows]) if material.flows else {}
    if material is reading.material:
        result, followed = Agreed(reading.stated), reading.followed
    else:
        followed = follow(base, material, lines.as_of, known)
        result = Agreed(followed.folded.value, followed.folded.flags, _felt_of_others(followed, reading))
    if since is not None:
        _tell(result, bases[first:] if first >= 0 else [None, *bases], material, followed, known, nesting.depth(line))
    return result


def _material(line: int, lines: _Lines, bases: Sequence[Claim], reach: str) -> Material:
    """Return all that can move a line, from the first of these bases on: its own claims alone, where no other line can."""
    containers, parts = lines.nesting.containers.get(line, ()), lines.nesting.parts.get(line, ())
    own = lines.readings[line].material
    others = [cap for outer in containers for cap in lines.caps_from(outer, reach)]
    if others and not parts and (most := _at_most(own, bases)) is not None:
        others = [cap for cap in others if (cap.claim.high or 0) < most]
    flows: Sequence[Flow] = ()
    floors: Sequence[Sequence[PartHeld]] = ()
    if parts:
        felt = _Felt(lines.readings[line], bases[0].on if bases else "", reach)
        for inner, covered in _nearest(parts, lines):
            felt.add(lines.agreed[inner], covered, lines.nesting)
        flows, floors = felt.every_flow(), felt.floors
        others += felt.counted
    if not (others or flows or floors):
        return own
    if len(containers) + len(parts) > 1:
        others.sort(key=Step.key)
    mine = [flow._replace(depth=len(containers)) for flow in own.flows] if containers and flows else own.flows
    return Material(own.halves, [*mine, *flows], others, floors, lines.nesting.nested, own.platform)


def _at_most(own: Material, bases: Sequence[Claim]) -> int | None:
    """Return as many as a line without parts can ever hold from the first of these bases on; a cap of so many never bites.

    None where nothing is said of a greatest number, or it is one machine.
    """
    if not bases or own.halves or own.platform:
        return None
    most = came = 0
    for base in bases:
        if base.high is None:
            return None
        most = max(most, base.high)
    for flow in own.flows:
        if flow.claim.kind == "increase":
            if flow.claim.high is None:
                return None
            came += flow.claim.high
    return most + came


def _felt_of_others(followed: Followed, reading: Reading) -> list[int]:
    """Return the claims of other lines that moved a line."""
    causes = {claim for claims in followed.folded.flags.values() for claim in claims}
    causes.update(flow.claim.id for flow in followed.spoken.flows if flow.held is not None)
    if not causes:
        return []
    causes.difference_update(claim.id for claim in reading.evidence.counts)
    causes.difference_update(claim.id for claim in reading.evidence.flows)
    return sorted(causes)


def _nearest(parts: Sequence[int], lines: _Lines) -> list[tuple[int, str]]:
    """Return the parts of a line, each with the date of the latest base of a part between them (empty: there is none)."""
    parts = [inner for inner in parts if inner in lines.agreed]
    based = {inner: base.on for inner in parts if (base := lines.readings[inner].base) is not None}
    return [
        (inner, max([based[between] for between in lines.nesting.containers[inner] if between in based], default=""))
        for inner in parts
    ]


class _Felt:
    """What a line feels of its parts: their flows (rule 7) and their newer counts (rule 8)."""

    def __init__(self, reading: Reading, base_on: str, reach: str) -> None:
        """`base_on` is the day of the earliest base from which the line is followed, `reach` how far back flows matter."""
        self.reading, self.base_on, self.reach = reading, base_on, reach
        self.flows: list[Flow] = []
        self.counted: list[Step] = []
        self.floors: list[list[PartHeld]] = []
        self._earlier: list[Flow] = []

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
                and not (claim.other is not None and nesting.holds(reading.line.deployment, claim.other))
                and not (reading.evidence.lapsed and lapses_with(claim, reading.evidence))
            ):
                (self.flows if end(claim) >= self.reach else self._earlier).append(flow)
        start = max(covered, self.base_on)
        if not part.floors or part.floors[-1].claim.on <= start:
            return  # nor was the part counted later: what it held begins anew with each count
        self.counted += [
            implied(count, before) for count, before in part.counted if count.on > start and (count.admissible or rest)
        ]
        floors = [held for held in part.floors if held.claim.on > start and (held.claim.admissible or rest)]
        if floors:
            self.floors.append(floors)


def _tell(
    result: Agreed,
    bases: Sequence[Claim | None],
    material: Material,
    last: Followed,
    known: Mapping[int, Claim],
    depth: int,
) -> None:
    """Note what containers feel, from the first of these bases on: what was held before each flow and base, and by day."""
    segments = [(base, follow_until(base, material, later, known), later) for base, later in pairwise(bases) if later]
    held: dict[int, Value] = {}
    flows = {flow.claim.id: flow.claim for flow in material.flows}
    for base, segment, later in (*segments, (bases[-1], last, None)):
        for claim, value in _held_then(base, segment, material, known).items() if flows else ():
            said = flows[claim]
            if claim not in held or base is None or base.on < said.on or said.form == "share":
                held[claim] = value
        if segment.earlier:
            result.counted += [Counted(count, before) for count, before in segment.became()]
        if later is not None:
            first_count = base is None and not segment.earlier
            result.counted.append(Counted(later, None if first_count else segment.folded.value))
        floors = segment.floors()
        if later is not None and floors and floors[-1].on >= later.on:
            floors = [floor for floor in floors if floor.on < later.on]
        result.floors += floors
    if flows:
        result.flows = [
            Flow(flow.claim, True, held.get(flow.claim.id, NOTHING_KNOWN), depth)
            for flow in material.flows
            if flow.held is None
        ]


def _held_then(
    base: Claim | None, segment: Followed, material: Material, known: Mapping[int, Claim]
) -> Mapping[int, Value]:
    """Return what the line held just before each of its flows, as of that flow's day: others may not have been complete."""
    held = segment.held()
    limited = [
        flow for flow in segment.spoken.flows if flow.claim.id in held and _is_limited(flow.claim, held[flow.claim.id])
    ]
    if not limited:
        return held
    lasting = [(flow.claim.on, end(flow.claim)) for flow in material.flows if end(flow.claim) != flow.claim.on]
    then = dict(held)
    for flow in limited:
        on = flow.claim.on
        if any(begun <= on < ended for begun, ended in lasting):
            as_of_then = follow(base, material, on, known)
            then[flow.claim.id] = as_of_then.held().get(flow.claim.id, held[flow.claim.id])
    return then


def _is_limited(claim: Claim, held: Value) -> bool:
    """Return whether a departure may be felt as less than was said: no more can leave than was there."""
    if claim.form == "share" or claim.kind != "decrease":
        return False
    return claim.high is None or (held.high is not None and claim.high > held.high)


def implied(count: Claim, before: Value | None) -> Step:
    """Return the change that a part's count implies for the whole: its value less what the part held just before."""
    if before is None:
        return Step(count.on, PART_COUNTED, count)
    value = value_of(count)
    down = None if before.high is None else max(0, before.high - value.low)
    up = None if value.high is None else max(0, value.high - before.low)
    return Step(count.on, PART_COUNTED, count, down=down, up=up)
