"""A row of figures as little columns of a terminal: how it went, at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-~=+*#"
"""The same, where blocks cannot be written."""
UNKNOWN = " "
"""A gap: what is not known is not none."""


def sparkline(figures: Sequence[int | None], most: int, *, marks: str = BLOCKS) -> str:
    """Return a mark for each figure, 0 the lowest and `most` the highest; a gap for what is not known."""
    return "".join(UNKNOWN if figure is None else marks[_height(figure, most, len(marks))] for figure in figures)


def _height(figure: int, most: int, levels: int) -> int:
    """Return the level of a figure: 0 alone is at the bottom, and what is not 0 is never drawn as if it were."""
    if figure <= 0 or most <= 0:
        return 0
    return min(levels - 1, max(1, (2 * figure * (levels - 1) + most) // (2 * most)))


def middle(low: int | None, best: int | None, high: int | None) -> int | None:
    """Return the figure that stands for an interval: the best, else its middle; None where it is open or not known."""
    if best is not None:
        return best
    return None if low is None or high is None else (low + high) // 2


def marks_for(encoding: str | None) -> str:
    """Return the marks that can be written in an encoding."""
    try:
        BLOCKS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return BLOCKS
