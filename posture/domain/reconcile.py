"""How lines agree with each other: flows and newer counts of a part are felt by the whole, a whole's bases cap its parts.

Rules 7 to 9. Agreed values are computed from the innermost line outwards, one fold each by date; caps use bases, never agreed
values, so the order is enough. A line that neither contains another nor lies in one agrees with itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim
from posture.domain.fold import Value, raised
from posture.domain.happening import Flow
from posture.domain.reading import Material, PartCount, Reading, bases_of, follow, follow_until, own_material, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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


def reconcile(readings: Mapping[int, Reading], nesting: Nesting, as_of: str) -> dict[int, Agreed]:
    """Return every line's agreed figure as of the day, from what was stated about all of them."""
    since = needed_since(readings, nesting)
    agreed: dict[int, Agreed] = {}
    for line in sorted(readings, key=lambda line: (-len(nesting.containers.get(line, ())), line)):
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

    result = Agreed(reading.stated)
    bases = bases_of(reading.evidence.counts)
    held: dict[int, Value] = {}
    if since is not None:
        _earlier(result, held, bases, material, since, known)
    base = bases[-1] if bases else None
    followed = follow(base, material, as_of, known)
    result.counted += [Counted(count, before) for count, before in followed.became]
    held.update(followed.held)
    result.value = followed.folded.value
    result.flags = followed.folded.flags
    last = followed.base.on if followed.base else ""
    for inner, count in _newest(parts, readings, nesting):
        if count.on > last and (count.admissible or reading.rest_decides):
            value = raised(result.value, agreed[inner].value.low)
            if value != result.value:
                result.flags.setdefault("parts_newer", []).append(count.id)
                result.value = value
    own = {flow.claim.id: flow for flow in material.flows if flow.claim.line == line}
    result.flows = [own[number]._replace(held=value) for number, value in held.items() if number in own]
    mine = {claim.id for claim in known.values() if claim.line == line}
    causes = {claim for claims in result.flags.values() for claim in claims}
    causes |= {flow.claim.id for flow in followed.spoken.flows if flow.held is not None}
    result.felt = sorted(causes - mine)
    return result


def _earlier(
    result: Agreed,
    held: dict[int, Value],
    bases: Sequence[Claim],
    material: Material,
    since: str,
    known: Mapping[int, Claim],
) -> None:
    """Follow the line from the base it had on a day to its latest base, noting what it held before each flow and each base."""
    start = 0
    for index, base in enumerate(bases):
        if base.on <= since:
            start = index
    if not bases:
        return
    if bases[start].on <= since:
        result.counted.append(Counted(bases[start], None))
    else:
        before = follow_until(None, material, bases[start], known)
        held.update(before.held)
        result.counted += [Counted(count, value) for count, value in before.became]
        result.counted.append(Counted(bases[start], None))
    for base, following in zip(bases[start:], bases[start + 1 :], strict=False):
        segment = follow_until(base, material, following, known)
        held.update(segment.held)
        result.counted += [Counted(count, value) for count, value in segment.became]
        result.counted.append(Counted(following, segment.folded.value))


def _newest(parts: Sequence[int], readings: Mapping[int, Reading], nesting: Nesting) -> list[tuple[int, Claim]]:
    """Return the nearest parts with their bases: not those that lie in another part with a base as late (rule 8)."""
    based = {inner: base for inner in parts if (base := readings[inner].base) is not None}
    return [(inner, base) for inner, base in based.items() if not _covered(inner, base, based, nesting)]


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
            if not moved_within and (claim.admissible or reading.rest_decides):
                flows.append(flow)
        for count, before in agreed[inner].counted:
            if count.marker or not (count.admissible or reading.rest_decides) or _covered(inner, count, based, nesting):
                continue
            counted.append(implied(count, before))
    material.flows, material.counted = flows, counted


def implied(count: Claim, before: Value | None) -> PartCount:
    """Return the change that a part's count implies for the whole: its value less what the part held just before."""
    if before is None:
        return PartCount(count, 0, 0)
    value = value_of(count)
    down = None if before.high is None else max(0, before.high - value.low)
    up = None if value.high is None else max(0, value.high - before.low)
    return PartCount(count, down, up)
