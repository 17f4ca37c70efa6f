"""One line's claims that apply as of a day, sorted into what the rules ask of them: counts, flows, statuses, denials.

What applies, what has lapsed, and how the statuses of a single machine become counts (rule 5) is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import FLOWS, Claim, as_none, end, has_lapsed, latest_start
from posture.domain.fold import Value
from posture.domain.vocabulary import ENDS_A_PLATFORM

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    kind = claim.kind
    if claim.modality != "actual":
        if claim.modality == "denied":
            found.denials.append(claim)
    elif kind == "count":
        if has_lapsed(claim, as_of):
            found.lapsed.append(claim)
        elif claim.low is None and claim.high is None:
            found.unbounded.append(claim)
        else:
            found.counts.append(claim)
    elif kind in FLOWS:
        found.flows.append(claim)
    elif kind == "status" and not has_lapsed(claim, as_of):
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
    if flow.start is None:
        return False
    for count in found.lapsed:
        if (
            flow.start >= latest_start(count)
            and end(flow) <= (count.until or "")
            and (count.admissible or not flow.admissible)
        ):
            return True
    return False


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
