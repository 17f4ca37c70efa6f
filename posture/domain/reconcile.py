"""How lines agree with each other: flows and newer counts of a part are felt by the whole, a whole's bases cap its parts.

Rules 7 to 9. Agreed values are computed from the innermost line outwards, one fold each by date; caps use bases, never agreed
values, so the order is enough. A line that neither contains another nor lies in one agrees with itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from posture.domain.claim import Claim, end
from posture.domain.evidence import lapses_with
from posture.domain.fold import Value
from posture.domain.happening import Flow
from posture.domain.reading import Reading, own_material
from posture.domain.track import (
    Followed,
    Material,
    PartCount,
    PartHeld,
    bases_of,
    either,
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
        first[line] = day
    return since


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
    containers = [outer for outer in nesting.containers.get(line, ()) if outer in readings]
    parts = [inner for inner in nesting.parts.get(line, ()) if inner in agreed]
    if not containers and not parts:
        return Agreed(reading.stated)
    material = own_material(reading.evidence, rest_decides=reading.rest_decides)
    depth = len(nesting.containers.get(line, ()))
    material.flows = [flow._replace(depth=depth) for flow in material.flows]
    material.nested = nesting.nested
    material.caps = [
        base for outer in containers for base in readings[outer].bases if base.admissible and base.high is not None
    ]
    _feel_parts(material, reading, parts, readings, nesting, agreed)
    known = {claim.id: claim for group in (reading.evidence.counts, reading.evidence.flows) for claim in group}
    known.update((flow.claim.id, flow.claim) for flow in material.flows)

    bases = bases_of(reading.evidence.counts)
    base = bases[-1] if bases else None
    followed = follow(base, material, as_of, known)
    result = Agreed(followed.folded.value, followed.folded.flags)
    own = {flow.claim.id: flow for flow in material.flows if flow.claim.line == line}
    causes = {claim for claims in result.flags.values() for claim in claims}
    causes |= {flow.claim.id for flow in followed.spoken.flows if flow.held is not None}
    result.felt = sorted(causes - {claim.id for claim in known.values() if claim.line == line})
    if since is not None:
        _tell(result, bases, material, followed, since, known)
        result.flows = [own[flow.claim.id]._replace(held=flow.held) for flow in result.flows if flow.claim.id in own]
        result.floors = [held._replace(line=line) for held in result.floors]
    return result


def _tell(
    result: Agreed,
    bases: Sequence[Claim],
    material: Material,
    last: Followed,
    since: str,
    known: Mapping[int, Claim],
) -> None:
    """Note what containers feel: what the line held before each flow and each base since a day, and day by day."""
    first = max((index for index, base in enumerate(bases) if base.on <= since), default=-1)
    segments: list[tuple[Claim | None, Followed, Claim | None]] = []
    for index in range(first, len(bases) - 1):
        base, later = (bases[index] if index >= 0 else None), bases[index + 1]
        segments.append((base, follow_until(base, material, later, known), later))
    segments.append((bases[-1] if bases else None, last, None))
    held: dict[int, Value] = {}
    for start, segment, after in segments:
        for claim, value in _held_then(start, segment, material, known).items():
            held[claim] = value if claim not in held else either(held[claim], value)
        result.counted += [Counted(count, before) for count, before in segment.became]
        if after is not None:
            result.counted.append(Counted(after, segment.folded.value if start or segment.became else None))
        result.floors += [floor for floor in segment.floors if after is None or floor.on < after.on]
    result.flows = [flow._replace(held=held[flow.claim.id]) for flow in material.flows if flow.claim.id in held]


def _held_then(
    base: Claim | None, segment: Followed, material: Material, known: Mapping[int, Claim]
) -> dict[int, Value]:
    """Return what the line held just before each of its flows, as of that flow's day: others may not have been complete."""
    if all(end(flow.claim) == flow.claim.on for flow in material.flows):
        return segment.held
    held = {}
    for number in segment.held:
        then = follow(base, material, known[number].on, known)
        held[number] = then.held.get(number, segment.held[number])
    return held


def _covered(inner: int, count: Claim, based: Mapping[int, Claim], nesting: Nesting) -> bool:
    """Return whether a part between has a base as late as this count."""
    return any(between in based and based[between].on >= count.on for between in nesting.containers.get(inner, ()))


def _feel_parts(
    material: Material,
    reading: Reading,
    parts: Sequence[int],
    readings: Mapping[int, Reading],
    nesting: Nesting,
    agreed: Mapping[int, Agreed],
) -> None:
    """Add what the line feels of its parts: their flows (rule 7) and their newer counts (rule 8)."""
    based = {inner: base for inner in parts if (base := readings[inner].base) is not None}
    flows, counted = list(material.flows), []
    for inner in parts:
        for flow in agreed[inner].flows:
            claim = flow.claim
            moved_within = nesting.holds(reading.line.deployment, claim.other)
            lapsed = bool(reading.evidence.lapsed) and lapses_with(claim, reading.evidence)
            if not moved_within and not lapsed and (claim.admissible or reading.rest_decides):
                flows.append(flow)
        for count, before in agreed[inner].counted:
            if (count.admissible or reading.rest_decides) and not _covered(inner, count, based, nesting):
                counted.append(implied(count, before))
        material.floors = [
            *material.floors,
            *(
                floor
                for floor in agreed[inner].floors
                if (floor.claim.admissible or reading.rest_decides) and not _covered(inner, floor.claim, based, nesting)
            ),
        ]
    material.flows, material.counted = flows, counted


def implied(count: Claim, before: Value | None) -> PartCount:
    """Return the change that a part's count implies for the whole: its value less what the part held just before."""
    if before is None:
        return PartCount(count, 0, 0)
    value = value_of(count)
    down = None if before.high is None else max(0, before.high - value.low)
    up = None if value.high is None else max(0, value.high - before.low)
    return PartCount(count, down, up)
