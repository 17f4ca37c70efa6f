"""Which old exports are kept, and which may go."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from posture.exports.jobs import Keep
    from posture.exports.manifest import Manifest


class Kept(NamedTuple):
    """An export that stands somewhere."""

    day: str
    """The day that it counts for."""
    seq: int
    """The last entry that it knows."""
    parts: tuple[str, ...]
    """Where it is."""


class Shelf(Protocol):
    """A place with exports in it."""

    def published(self) -> Iterator[tuple[str, ...]]:
        """Yield where exports could be."""

    def manifest(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest there, if there is one."""

    def is_sound(self, parts: Sequence[str]) -> bool:
        """Return whether the export there is whole."""

    def remove(self, parts: Sequence[str]) -> None:
        """Remove it."""


def _month(day: str) -> str:
    return day[:7]


def _week(day: str) -> str:
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-{week}"


def dispensable(found: Sequence[Kept], keep: Keep) -> list[Kept]:
    """Return the exports that no rule keeps, the oldest first; none where there is no rule."""
    ordered = sorted(found, reverse=True)
    rules: tuple[tuple[int | None, Callable[[str], str] | None], ...] = (
        (keep.last, None),
        (keep.daily, lambda day: day),
        (keep.weekly, _week),
        (keep.monthly, _month),
    )
    if all(many is None for many, _ in rules):
        return []
    kept: set[Kept] = set()
    for many, period in rules:
        if many is None:
            continue
        seen: set[str] = set()
        for number, each in enumerate(ordered):
            which = str(number) if period is None else period(each.day)
            if which not in seen and len(seen) < many:
                seen.add(which)
                kept.add(each)
    return [each for each in reversed(ordered) if each not in kept]


def remove_old(shelf: Shelf, job: str, database_id: str, keep: Keep) -> list[tuple[str, ...]]:
    """Remove the exports of a job that no rule keeps, and return where they were; never the newest that is whole.

    Only what bears a manifest of this job and of this ledger is ever removed; whatever else lies there is somebody else's.
    """
    found = [
        Kept(manifest.day, manifest.known_seq, parts)
        for parts in shelf.published()
        if (manifest := shelf.manifest(parts)) is not None
        and manifest.job == job
        and manifest.told.get("database_id") == database_id
        and manifest.day
    ]
    going = dispensable(found, keep)
    if going:
        newest = next((each for each in sorted(found, reverse=True) if shelf.is_sound(each.parts)), None)
        going = [each for each in going if each != newest]
    for each in going:
        shelf.remove(each.parts)
    return [each.parts for each in going]
