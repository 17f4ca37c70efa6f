"""Movements, balances and residuals in words, for every form of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.reports.report import Column
from posture.reports.wording import agreed, change, figure, support

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def bounds(row: Mapping[str, Any], name: str = "") -> str:
    """Return a figure of a row: the movement's own, or that of a name such as `in`."""
    figures = {key: row[f"{name}_{key}" if name else key] for key in ("low", "best", "high")}
    return "nothing known" if figures["low"] is None else agreed({**figures, "flags": row.get(f"{name}_flags") or ()})


def way(row: Mapping[str, Any]) -> str:
    """Return from where to where: `fra-ouallam -> fra-tcd`; a side that nobody has told is `not said`."""
    return f"{row['from_deployment'] or 'not said'} -> {row['to_deployment'] or 'not said'}"


def what(row: Mapping[str, Any]) -> str:
    """Return what a row is about, and its day if it is a movement."""
    if row["kind"] == "movement":
        return f"{row['effective']}: {way(row)}, {row['asset']}"
    if row["kind"] == "balance":
        return f"{row['deployment']}/{row['asset']}"
    return f"{row['location']}, {row['asset_type']}"


def quantity(row: Mapping[str, Any]) -> str:
    """Return how many moved, with the source's word where it says more than the number: `at least 1 (some)`."""
    said, text = bounds(row), (row["quantity_text"] or "").strip()
    plain = text.replace(",", "").replace(" ", "")
    return said if not text or plain.isdecimal() or text == said else f"{said} ({text})"


def beside(row: Mapping[str, Any]) -> str:
    """Return what else is to be said of a movement: certainty, reason, support, flags."""
    parts = (
        "possibly in the period" if row["certainty"] == "possible" else "",
        (row["reason"] or "").replace("_", " "),
        support(row),
        ", ".join(row["flags"]),
    )
    return "; ".join(part for part in parts if part)


def flowed(row: Mapping[str, Any]) -> str:
    """Return what came and what left: `in 0, out 97`."""
    return f"in {bounds(row, 'in')}, out {bounds(row, 'out')}"


def residual_text(row: Mapping[str, Any]) -> str:
    """Return what two counts leave unexplained: `197 left unexplained`; whether it may be nothing."""
    if row["counted_on"] is None:
        return ""
    beyond = "; more is said to have left than there was" if "overdrawn" in row["flags"] else ""
    return _unexplained(row["residual_low"], row["residual_high"]) + beyond


def _unexplained(low: int | None, high: int | None) -> str:
    if low == high == 0:
        return "nothing unexplained"
    if low is not None and low > 0:
        return f"{figure(low, None, high)} more than explained"
    if high is not None and high < 0:
        return f"{figure(-high, None, None if low is None else -low)} left unexplained"
    return f"all may be explained ({change(low, None, high)})"


def counted(row: Mapping[str, Any]) -> str:
    """Return the two counts and what was to be expected: `counted 1,400 on 2023-10-09, then 157 on 2023-12-13; expected 54`."""
    if row["counted_on"] is None:
        return ""
    return (
        f"counted {bounds(row, 'counted_before')} on {row['counted_before_on']}, then {bounds(row, 'counted')} on"
        f" {row['counted_on']}; expected {bounds(row, 'expected')}"
    )


def _how_many(row: Mapping[str, Any]) -> str:
    return quantity(row) if row["kind"] == "movement" else flowed(row)


def _remarks(row: Mapping[str, Any]) -> str:
    if row["kind"] == "movement":
        return beside(row)
    return "; ".join(filter(None, (counted(row), residual_text(row), ", ".join(row["flags"]))))


SHOWN: Sequence[Column] = (
    Column("What", lambda row: f"{row['kind']}: {what(row)}"),
    Column("How many", _how_many, right=True, figure=True),
    Column("Start", lambda row: bounds(row, "start") if row["kind"] == "balance" else "", right=True),
    Column("End", lambda row: bounds(row, "end") if row["kind"] == "balance" else "", right=True),
    Column("Remarks", _remarks),
    Column("Source", lambda row: " ".join(filter(None, (row["grade"], row["source"])))),
)
"""The table for people, in Markdown; the terminal draws the three kinds of rows each in its own way."""
