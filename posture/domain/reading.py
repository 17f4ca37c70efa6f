"""What was stated about one line: its base, what came after, its statuses, and what speaks against it (rules 1 to 6).

Pure: it gets the claims that are visible and answers as of a day. Any superset of the deciding claims gives the same answer,
so a report may bring only those that can matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import (
    FLOWS,
    Claim,
    as_none,
    days_after,
    days_between,
    end,
    has_lapsed,
    latest_start,
    order,
)
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
    share_of,
)
from posture.domain.happening import Flow, Nested, Spoken, following, same_line, speakers
from posture.domain.vocabulary import ENDS_A_PLATFORM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NEAR = 30
"""Days around a base within which another origin's count confirms or contests it."""

STALE_AFTER = 90
"""Days after which the newest claim used is flagged `stale`, by default."""

ONE, NONE = Value(1, 1, 1), Value(0, 0, 0)


class Line(NamedTuple):
    """An asset of a deployment: what a figure is about."""

    id: int
    """Number of the asset."""
    deployment: int
    """Its deployment."""
    asset_type: int = 0
    """Its type."""
    platform: int | None = None
    """The one machine that it is, if it is one."""


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
    line: int | None = None
    """The part."""


class StatusFigure(NamedTuple):
    """One status on an axis, of the whole line or of part of it."""

    code: str
    """The status."""
    low: int | None
    """Least number in that status; None where it is the whole line's."""
    best: int | None
    """The number said."""
    high: int | None
    """Greatest number in that status."""
    claim: int
    """The claim that says so."""


@dataclass(slots=True)
class Evidence:
    """One line's claims that apply as of the day, sorted into what the rules ask of them."""

    line: Line
    counts: list[Claim] = field(default_factory=list)
    """Counts with a bound, withdrawn phases and platform markers among them."""
    flows: list[Claim] = field(default_factory=list)
    """Increases and decreases, without those that lapsed with a count."""
    unbounded: list[Claim] = field(default_factory=list)
    """Counts that say no number: unknown, withheld."""
    lapsed: list[Claim] = field(default_factory=list)
    """Counts whose period ended before the day."""
    statuses: list[Claim] = field(default_factory=list)
    """Statuses of the line, and the phases of its deployment."""
    denials: list[Claim] = field(default_factory=list)
    """Denials of the line or its deployment."""


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
    floors: Sequence[PartHeld] = ()
    """What its nearest parts held, day by day."""
    nested: Nested = same_line
    """Whether two lines are the same or nested."""
    platform: bool = False
    """The line is one machine."""


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


@dataclass(slots=True)
class Reading:
    """What was stated about one line, as of the day."""

    line: Line
    evidence: Evidence
    bases: list[Claim]
    """Every base that the line has had among the claims given, in date order; the last one decides."""
    base: Claim | None
    """The count that decides."""
    stated: Value
    """The figure."""
    used: list[Claim]
    """The claims folded after the base."""
    silent: dict[int, list[Claim]]
    """Folded claim to the other reports of the same happening."""
    flags: dict[str, list[int]]
    """Flag to the claims that caused it."""
    origins: dict[int, list[int]]
    """Origin to the claims that it supplied."""
    lapsed: Claim | None
    """The lapsed count that is shown, uncounted, where there is nothing else."""
    status: dict[str, list[StatusFigure]]
    """Axis to statuses."""
    rest_decides: bool
    """Nothing admissible exists, so the rest decides."""

    def is_empty(self) -> bool:
        """Return whether nothing is known of the line as of the day; the phase of its deployment says nothing of it."""
        own = any(axis != "phase" for axis in self.status)
        return not (self.base or self.used or self.lapsed or self.evidence.unbounded or own or self.flags)


def value_of(count: Claim | None) -> Value:
    """Return the figure that a count states; no count states nothing."""
    return NOTHING_KNOWN if count is None else Value(count.low or 0, count.best, count.high)


def class_of(count: Claim) -> int:
    """Return how well a count serves as a base, 0 best: admissible before the rest, two bounds before one."""
    return (0 if count.admissible else 2) + (count.low is None or count.high is None)


def bases_of(counts: Iterable[Claim]) -> list[Claim]:
    """Return every base that these counts have given over time, in date order (rule 1)."""
    bases: list[Claim] = []
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
    flows = []
    for flow in material.flows:
        if flow.claim.on <= as_of:
            after = placed(flow.claim, base, claims)
            if after is not False:
                flows.append(flow._replace(sure=after is True and end(flow.claim) <= as_of))
    spoken = speakers(flows, material.nested)
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


def _rest_on(folded: Folded, floors: Iterable[PartHeld], base_on: str, as_of: str) -> None:
    """Keep the figure, as of the day, from lying below what a newer part holds then (rule 8)."""
    held: dict[int | None, PartHeld] = {}
    for part in floors:
        if base_on < part.claim.on and part.on <= as_of and (part.line not in held or held[part.line].on <= part.on):
            held[part.line] = part
    for part in held.values():
        value = raised(folded.value, part.low)
        if value != folded.value:
            folded.value = value
            folded.flag("parts_newer", part.claim)


def gather(line: Line, claims: Iterable[Claim], as_of: str, basis: str, elsewhere: Iterable[Claim] = ()) -> Evidence:
    """Return a line's claims that apply as of the day, sorted; `elsewhere` is said of the same platform on other lines."""
    found = Evidence(line)
    for claim in claims:
        if claim.basis != basis:
            continue
        if claim.line is None:
            _gather_deployment(found, claim, as_of)
        elif claim.on <= as_of:
            _gather_line(found, claim, as_of)
    if line.platform is not None:
        found.counts += markers(found.statuses, elsewhere, as_of, basis)
    if found.lapsed:
        found.flows = [flow for flow in found.flows if not lapses_with(flow, found)]
    return found


def _gather_line(found: Evidence, claim: Claim, as_of: str) -> None:
    """Sort a claim about the line itself."""
    if claim.modality == "denied":
        found.denials.append(claim)
    elif claim.modality != "actual":
        return
    elif claim.kind in FLOWS:
        found.flows.append(claim)
    elif claim.kind == "count":
        if has_lapsed(claim, as_of):
            found.lapsed.append(claim)
        else:
            (found.unbounded if claim.low is None and claim.high is None else found.counts).append(claim)
    elif claim.kind == "status" and not has_lapsed(claim, as_of):
        found.statuses.append(claim)


def _gather_deployment(found: Evidence, claim: Claim, as_of: str) -> None:
    """Sort a claim about a deployment: the line's own, or one that contains it."""
    own = claim.deployment == found.line.deployment
    if claim.modality == "denied":
        if own and claim.on <= as_of:
            found.denials.append(claim)
    elif claim.modality == "actual" and claim.kind == "status":
        lapsed = has_lapsed(claim, as_of)
        if (
            claim.status == "withdrawn"
            and claim.form is None
            and claim.basis == "present"
            and latest_start(claim) <= as_of
        ):
            (found.lapsed if lapsed else found.counts).append(as_none(claim))
        if own and claim.on <= as_of and claim.axis == "phase" and not lapsed:
            found.statuses.append(claim)


def lapses_with(flow: Claim, found: Evidence) -> bool:
    """Return whether a flow certainly lies within a lapsed count's period."""
    return any(
        flow.start is not None
        and flow.start >= latest_start(count)
        and end(flow) <= (count.until or "")
        and (count.admissible or not flow.admissible)
        for count in found.lapsed
    )


def markers(own: Iterable[Claim], elsewhere: Iterable[Claim], as_of: str, basis: str) -> list[Claim]:
    """Return where a platform is and is no longer, as counts of one and of none (rule 5)."""
    if basis != "present":
        return []
    markers = []
    for claim in own:
        if claim.form is None:
            if claim.status == "present":
                markers.append(_marker(claim, ONE))
            elif claim.status == "departed" or claim.status in ENDS_A_PLATFORM:
                markers.append(_marker(claim, NONE))
    for claim in elsewhere:
        if claim.on > as_of or claim.modality != "actual" or has_lapsed(claim, as_of):
            continue
        if claim.kind == "status" and claim.form is None:
            ends = claim.status == "present" or claim.status in ENDS_A_PLATFORM
        else:
            ends = claim.kind == "count" and claim.basis == basis and bool(claim.low)
        if ends:
            markers.append(_marker(claim, NONE))
    return markers


def _marker(claim: Claim, value: Value) -> Claim:
    return claim._replace(kind="count", low=value.low, best=value.best, high=value.high, form="number", marker=True)


def read_line(
    line: Line,
    claims: Iterable[Claim],
    as_of: str,
    *,
    basis: str = "present",
    stale_after: int = STALE_AFTER,
    elsewhere: Iterable[Claim] = (),
) -> Reading:
    """Return what was stated about a line as of a day, by rules 1 to 6, from claims that are all visible.

    `claims` are the line's own, those about its deployment, and the withdrawals of deployments that contain it;
    `elsewhere` is what was said of the same platform on other lines.
    """
    return read_evidence(gather(line, claims, as_of, basis, elsewhere), as_of, stale_after=stale_after)


def read_evidence(found: Evidence, as_of: str, *, stale_after: int = STALE_AFTER) -> Reading:
    """Return what was stated about a line, from its claims that apply."""
    known = {claim.id: claim for group in (found.counts, found.flows) for claim in group}
    bases = bases_of(found.counts)
    base = bases[-1] if bases else None
    rest_decides = _rest_decides(base, found, known)
    material = own_material(found, rest_decides=rest_decides)
    followed = follow(base, material, as_of, known)
    if followed.became or (material.halves and len(bases) > 1):
        bases = _with_half_open(bases, material, followed, known)
    reading = Reading(
        line=found.line,
        evidence=found,
        bases=bases,
        base=followed.base,
        stated=followed.folded.value,
        used=followed.folded.used,
        silent=followed.spoken.silent,
        flags=followed.folded.flags,
        origins={},
        lapsed=None,
        status={},
        rest_decides=rest_decides,
    )
    if reading.base is None and not reading.used and found.lapsed:
        reading.lapsed = max(found.lapsed, key=order)
    reading.status = statuses_of(found.statuses, reading.stated)
    _weigh(reading, known)
    _flag(reading, as_of, stale_after)
    return reading


def _with_half_open(bases: list[Claim], material: Material, last: Followed, known: Mapping[int, Claim]) -> list[Claim]:
    """Return the bases with the half-open counts that became one between them."""
    every: list[Claim] = []
    for base, later in pairwise(bases):
        every += [base, *(count for count, _ in follow_until(base, material, later, known).became)]
    return [*every, *bases[-1:], *(count for count, _ in last.became)]


def own_material(found: Evidence, *, rest_decides: bool) -> Material:
    """Return what a line's own claims can do to it."""
    return Material(
        halves=[c for c in found.counts if (c.low is None or c.high is None) and (c.admissible or rest_decides)],
        flows=[Flow(flow) for flow in found.flows if flow.admissible or rest_decides],
        platform=found.line.platform is not None,
    )


def _rest_decides(base: Claim | None, found: Evidence, known: Mapping[int, Claim]) -> bool:
    """Return whether nothing admissible exists: no admissible base, and no admissible flow after it."""
    if base is not None and base.admissible:
        return False
    return not any(flow.admissible and placed(flow, base, known) is not False for flow in found.flows)


def statuses_of(statuses: Iterable[Claim], value: Value) -> dict[str, list[StatusFigure]]:
    """Return the statuses per axis: the first whole one, and before it the partial ones, one per status (rule 4)."""
    axes: dict[str, list[Claim]] = {}
    for claim in statuses:
        axes.setdefault(claim.axis or "", []).append(claim)
    found: dict[str, list[StatusFigure]] = {}
    for axis, said in sorted(axes.items()):
        claims = [claim for claim in said if claim.admissible] or said
        figures: dict[str, StatusFigure] = {}
        whole = None
        for claim in sorted(claims, key=order, reverse=True):
            if claim.form is None:
                whole = StatusFigure(claim.status or "", None, None, None, claim.id)
                break
            if claim.status not in figures:
                part = (
                    share_of(claim, value) if claim.form == "share" else Value(claim.low or 0, claim.best, claim.high)
                )
                low = claim.low if claim.form != "share" else part.low
                figures[claim.status or ""] = StatusFigure(claim.status or "", low, part.best, part.high, claim.id)
        found[axis] = [*figures.values(), *([whole] if whole else [])]
    return found


def _overlaps(one: Value, other: Value) -> bool:
    return (one.high is None or other.low <= one.high) and (other.high is None or one.low <= other.high)


def _brought(count: Claim, base: Claim, reading: Reading, known: Mapping[int, Claim]) -> Value:
    """Return an earlier count brought to the base's day: moved by what certainly, or possibly, lies between the two."""
    flows = []
    for flow in reading.evidence.flows:
        if not flow.admissible and not reading.rest_decides:
            continue
        since, past = placed(flow, count, known), placed(flow, base, known)
        if since is not False and past is not True and flow.on <= base.on:
            flows.append(Flow(flow, sure=since is True and past is False))
    spoken = speakers(flows)
    steps = [
        Step(
            flow.claim.on,
            INFLOW if flow.claim.kind == "increase" else OUTFLOW,
            flow.claim,
            flow.sure,
            spoken.cluster.get(flow.claim.id),
        )
        for flow in spoken.flows
    ]
    return fold(value_of(count), steps, base_on=count.on, pairs=spoken.pairs).value


def _weigh(reading: Reading, known: Mapping[int, Claim]) -> None:
    """Find the origins behind the figure, and what other origins say against it (rule 6)."""
    base, found = reading.base, reading.evidence
    origins = reading.origins
    for claim in ([base] if base else []) + reading.used:
        origins.setdefault(claim.origin, []).append(claim.id)
        for repeat in reading.silent.get(claim.id, ()):
            origins.setdefault(repeat.origin, []).append(repeat.id)
    if base is None:
        return
    if not base.marker and len(found.counts) > 1:
        _compare(reading, base, known)
    for denial in found.denials:
        if denial.origin != base.origin and days_after(base.on, -NEAR) <= denial.on <= days_after(base.on, NEAR):
            reading.flags.setdefault("contested", []).append(denial.id)


def _compare(reading: Reading, base: Claim, known: Mapping[int, Claim]) -> None:
    """Compare the base with the counts of the days before it: they confirm it, or another origin's contests it."""
    earliest = days_after(base.on, -NEAR)
    for count in reading.evidence.counts:
        if count is base or count.marker or not count.admissible or not earliest <= count.on <= base.on:
            continue
        if _overlaps(_brought(count, base, reading, known), value_of(base)):
            reading.origins.setdefault(count.origin, []).append(count.id)
        elif count.origin != base.origin:
            reading.flags.setdefault("contested", []).append(count.id)


def _flag(reading: Reading, as_of: str, stale_after: int) -> None:
    """Set the flags that need the whole reading: overdrawn is contested; doubted, withheld, lapsed, stale."""
    base, found, flags = reading.base, reading.evidence, reading.flags
    if "overdrawn" in flags:
        flags.setdefault("contested", []).extend(flags["overdrawn"])
    since = base.on if base else ""
    said = [*found.counts, *found.flows, *found.unbounded]
    if not reading.rest_decides or (base is None and any(claim.admissible for claim in said)):
        doubts = [c.id for c in said if not c.admissible and c is not base and c not in reading.used and c.on >= since]
        if doubts:
            flags["doubted"] = doubts
    _doubt_statuses(found.statuses, since, flags)
    withheld = [
        c.id
        for c in found.unbounded
        if c.form == "withheld" and c.on > since and (c.admissible or reading.rest_decides)
    ]
    if withheld:
        flags["withheld"] = withheld
    if reading.lapsed:
        flags["lapsed"] = [reading.lapsed.id]
    newest = max((claim.on for claim in ([base] if base else []) + reading.used), default=None)
    if newest is not None and days_between(newest, as_of) > stale_after:
        flags["stale"] = [claim.id for claim in ([base] if base else []) + reading.used if claim.on == newest]


def _doubt_statuses(statuses: Iterable[Claim], since: str, flags: dict[str, list[int]]) -> None:
    """Flag the statuses that an admissible one on their axis keeps from deciding, dated on or after the base."""
    decided = {claim.axis for claim in statuses if claim.admissible}
    doubts = [claim.id for claim in statuses if not claim.admissible and claim.axis in decided and claim.on >= since]
    if doubts:
        flags.setdefault("doubted", []).extend(doubts)
