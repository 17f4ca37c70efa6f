"""What was stated about one line: its base, what came after, its statuses, and what speaks against it (rules 1 to 6).

Pure: it gets the claims that are visible and answers as of a day. Any superset of the deciding claims gives the same answer,
so a report may bring only those that can matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.agreement import NEAR, agree
from posture.domain.claim import Claim, days_after, order
from posture.domain.evidence import Evidence, Line, gather
from posture.domain.fold import Value, share_of
from posture.domain.happening import Flow
from posture.domain.track import Followed, Material, bases_of, follow, follow_until, half_open, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

STALE_AFTER = 90
"""Days after which the newest claim used is flagged `stale`, by default."""


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
class Reading:
    """What was stated about one line, as of the day."""

    line: Line
    evidence: Evidence
    counted: list[Claim]
    """Every base that its counts alone have given, in date order."""
    bases: list[Claim]
    """The same, with the half-open counts that became the base between them; the last one decides."""
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
    material: Material
    """What the line's own claims can do to it."""
    followed: Followed
    """The line as it was followed from its last base."""

    def deciding(self) -> list[Claim]:
        """Return the claims that the figure comes from: the base and those folded after it."""
        return self.used if self.base is None else [self.base, *self.used]

    def is_empty(self) -> bool:
        """Return whether nothing is known of the line as of the day; the phase of its deployment says nothing of it."""
        own = any(axis != "phase" for axis in self.status)
        return not (self.base or self.used or self.lapsed or self.evidence.unbounded or own or self.flags)


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
    known = ordered_by_link(found.counts, found.flows)
    bases = counted = bases_of(found.counts)
    base = bases[-1] if bases else None
    rest_decides = _rest_decides(base, found, known)
    material = own_material(found, rest_decides=rest_decides)
    followed = follow(base, material, as_of, known)
    if followed.earlier or (len(bases) > 1 and any(half.claim.high is not None for half in material.halves)):
        bases = _with_half_open(bases, material, followed, known)
    reading = Reading(
        line=found.line,
        evidence=found,
        counted=counted,
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
        material=material,
        followed=followed,
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
        every.append(base)
        if material.halves_between(base, later.on, before=True):
            every += (count for count, _ in follow_until(base, material, later, known).became())
    return [*every, *bases[-1:], *(count for count, _ in last.became())]


def ordered_by_link(*groups: Sequence[Claim]) -> dict[int, Claim]:
    """Return the claims by id if any of them is said to have happened after another, else nothing: nothing will be asked."""
    for group in groups:
        for claim in group:
            if claim.after is not None:
                return {claim.id: claim for group in groups for claim in group}
    return {}


def own_material(found: Evidence, *, rest_decides: bool) -> Material:
    """Return what a line's own claims can do to it."""
    return Material(
        halves=half_open(found.counts if rest_decides else [count for count in found.counts if count.admissible]),
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
    return {axis: _of_axis(said, value) for axis, said in sorted(axes.items())}


def _of_axis(said: list[Claim], value: Value) -> list[StatusFigure]:
    """Return the statuses of one axis."""
    claims = [claim for claim in said if claim.admissible] or said
    if len(claims) > 1:
        claims = sorted(claims, key=order, reverse=True)
    figures: dict[str, StatusFigure] = {}
    for claim in claims:
        code = claim.status or ""
        if claim.form is None:
            return [*figures.values(), StatusFigure(code, None, None, None, claim.id)]
        if code not in figures:
            part = share_of(claim, value) if claim.form == "share" else Value(claim.low or 0, claim.best, claim.high)
            low = claim.low if claim.form != "share" else part.low
            figures[code] = StatusFigure(code, low, part.best, part.high, claim.id)
    return list(figures.values())


def _weigh(reading: Reading, known: Mapping[int, Claim]) -> None:
    """Find the origins behind the figure, and what other origins say against it (rule 6)."""
    base, found = reading.base, reading.evidence
    origins = reading.origins
    for claim in reading.deciding():
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
        if agree(count, base, reading.material, known):
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
    rest = [claim for claim in said if not claim.admissible]
    if rest and (not reading.rest_decides or (base is None and len(rest) < len(said))):
        doubts = [claim.id for claim in rest if claim is not base and claim not in reading.used and claim.on >= since]
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
    deciding = reading.deciding()
    newest = max([claim.on for claim in deciding], default=as_of)
    if newest < days_after(as_of, -stale_after):
        flags["stale"] = [claim.id for claim in deciding if claim.on == newest]


def _doubt_statuses(statuses: Iterable[Claim], since: str, flags: dict[str, list[int]]) -> None:
    """Flag the statuses that an admissible one on their axis keeps from deciding, dated on or after the base."""
    doubtful = [claim for claim in statuses if not claim.admissible and claim.on >= since]
    if doubtful:
        decided = {claim.axis for claim in statuses if claim.admissible}
        doubts = [claim.id for claim in doubtful if claim.axis in decided]
        if doubts:
            flags.setdefault("doubted", []).extend(doubts)
