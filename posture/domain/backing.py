"""What stands behind a line's figure: the claims that decided it, and how many reports they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.domain.claim import Claim
    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed


def decided_by(reading: Reading, agreed: Agreed) -> set[int]:
    """Return the claims that decided a line's figure and flags: its own, those that it counts as repeats, those it felt."""
    first = reading.base or reading.lapsed
    found = {claim.id for claim in (*([first] if first else []), *reading.used)}
    for claim in reading.used:
        found.update(other.id for other in reading.silent.get(claim.id, ()))
    for flags in (reading.flags, agreed.flags):
        found.update(claim for claims in flags.values() for claim in claims)
    found.update(agreed.felt)
    found.update(claim for claims in reading.origins.values() for claim in claims)
    return found


def reports_of(reading: Reading) -> int:
    """Return how many sources stand behind what was stated of a line: ten papers that quote one official are ten reports."""
    named = {claim for claims in reading.origins.values() for claim in claims}
    return len({claim.source for claim in _of(reading) if claim.id in named})


def _of(reading: Reading) -> Iterator[Claim]:
    if reading.base is not None:
        yield reading.base
    yield from reading.used
    for repeats in reading.silent.values():
        yield from repeats
    yield from reading.evidence.counts
