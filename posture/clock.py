"""The only place that knows what time it is.

Everything that needs "now" asks :func:`now`, so that a test or a replay can hold the clock still.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_held: list[datetime] = []


def now() -> datetime:
    """Return the current instant, in UTC, to the microsecond."""
    return _held[-1] if _held else datetime.now(UTC)


def today() -> date:
    """Return the current UTC day."""
    return now().date()


@contextmanager
def held_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at `instant` (aware) for the length of the block."""
    _held.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.pop()


def to_text(instant: datetime) -> str:
    """Return a UTC instant as the text that the database keeps: `2023-09-06T18:20:00.000000Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """Return the instant that :func:`to_text` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def end_of_day(day: date) -> datetime:
    """Return the last microsecond of a UTC day: what "known at" a date means."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)
