"""How a plan turned out, in words: how late, how many, and where to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.reports.wording import figure

if TYPE_CHECKING:
    from collections.abc import Mapping


def turned_out(row: Mapping[str, Any]) -> str:
    """Return how a plan turned out against what was announced: `9 days early; 385 of 400 (15 fewer); to fra-tcd as announced`."""
    return "; ".join(filter(None, (slip_text(row), quantity_text(row), side_text(row))))


def slip_text(row: Mapping[str, Any]) -> str:
    """Return how late a plan was; of one that is overdue nothing, which says so itself."""
    low, high = row["slip_low"], row["slip_high"]
    if (low, high) == (None, None) or row["state"] == "overdue":
        return ""
    if row["state"] == "superseded":
        return f"its date moved: {_range(low, high, 'day', 'later', 'earlier', 'the same day')}"
    return _range(low, high, "day", "late", "early", "on its last day")


def _range(low: int | None, high: int | None, unit: str, more: str, less: str, same: str) -> str:
    """Return a difference: `9 days early`, `3..9 days late`, `at least 12 days late`, `3 days early to 5 days late`."""
    if low is None or high is None:
        known = low if low is not None else high or 0
        if not known:
            return f"{same} or {more if high is None else less}"
        word = "at least" if (low is not None) == (known > 0) else "at most"
        return f"{word} {_one(known, unit, more, less, same)}"
    if low == high:
        return _one(low, unit, more, less, same)
    if low >= 0 or high <= 0:
        least, most = sorted((abs(low), abs(high)))
        return f"{least:,}..{most:,}{f' {unit}s' if unit else ''} {more if low >= 0 else less}"
    return f"{_one(low, unit, more, less, same)} to {_one(high, unit, more, less, same)}"


def _one(number: int, unit: str, more: str, less: str, same: str) -> str:
    if not number:
        return same
    named = f" {unit}{'' if abs(number) == 1 else 's'}" if unit else ""
    return f"{abs(number):,}{named} {more if number > 0 else less}"


def quantity_text(row: Mapping[str, Any]) -> str:
    """Return how many were moved of those announced: `385 of 400 (15 fewer)`."""
    if (row["actual_low"], row["actual_high"]) == (None, None):
        return ""
    actual = figure(row["actual_low"], None, row["actual_high"])
    if (row["difference_low"], row["difference_high"]) == (None, None):
        return f"{actual} carried out"
    more = _range(row["difference_low"], row["difference_high"], "", "more", "fewer", "as announced")
    return f"{actual} of {figure(row['low'], None, row['high'])} ({more})"


def side_text(row: Mapping[str, Any]) -> str:
    """Return where they went to, or came from, against what was announced: `to fra-tcd, not deu-ner`."""
    word = "to" if row["kind"] == "decrease" else "from"
    actual = ", ".join(row["actual_others"])
    if row["other_side"] == "as_announced":
        return f"{word} {actual} as announced"
    if row["other_side"] == "other":
        return f"{word} {actual}, not {row['announced_other']}"
    if actual:
        return f"{word} {actual}, of which nothing was announced"
    return f"announced {word} {row['announced_other']}" if row["announced_other"] else ""
