"""How far a figure has changed, as an interval that holds whichever figures within the two were true.

A change is at least what it takes to come from the highest that there can have been to the lowest that there can be now, and
at most the reverse. Bounds that both figures owe to the same doubt do not cancel: nobody has said that they do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from posture.domain.fold import Value


class Change(NamedTuple):
    """By how much a figure rose; a fall is negative. Unlike that of a figure, its low may be unknown."""

    low: int | None
    """It rose at least so much; None: without bound."""
    best: int | None
    """The one number, where both figures have one."""
    high: int | None
    """It rose at most so much; None: without bound."""

    def is_none(self) -> bool:
        """Return whether nothing certainly changed."""
        return self.low == self.high == 0


def difference(before: Value, after: Value) -> Change:
    """Return how far the figure rose from `before` to `after`."""
    return Change(
        None if before.high is None else after.low - before.high,
        None if before.best is None or after.best is None else after.best - before.best,
        None if after.high is None else after.high - before.low,
    )
