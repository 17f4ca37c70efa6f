"""Totals in words: what a node is called, what its figure rests on, and which counts cannot all be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.totals import Node
from posture.reports.report import Column
from posture.reports.wording import agreed, figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def code(row: Mapping[str, Any], noun: str) -> str:
    """Return the code of a row's node in a tree, or a word for all of it."""
    return str(row[noun] or {"actor": "all actors", "location": "everywhere"}[noun])


def label(row: Mapping[str, Any], noun: str) -> str:
    """Return what a row's node is called in a tree: `Niger (ner)`, `everywhere`."""
    called, name = code(row, noun), row[f"{noun}_name"]
    if not name:
        return called
    return str(name) if name.casefold().replace(" ", "-") == called else f"{name} ({called})"


def rests_on(row: Mapping[str, Any]) -> str:
    """Return what a total rests on, in words: `own count of 2023-10-09`, `2 parts`."""
    own = "own figure"
    if row["own_claim"]:
        on = row["own_on"] or "some day"
        own = f"planned for {on}" if row["own_planned"] else f"own count of {on}"
    count = len(row["parts"])
    parts = row["parts"][0] if count == 1 else f"{count} parts"
    if row["rests_on"] == "own_and_parts":
        return f"{own}, which leaves {parts} no more" if "capped" in row["flags"] else f"{own}, its low from {parts}"
    said = {"own": own, "parts": parts, "complete_parts": f"{parts}, said to be all"}[row["rests_on"]]
    return f"{said}, limited by a newer whole" if "capped" in row["flags"] else said


def older_text(row: Mapping[str, Any], most: int = 3) -> str:
    """Return which parts are older than the whole: `older: fra-ouallam/personnel`."""
    older = row["older_parts"]
    if not older:
        return ""
    more = f" and {len(older) - most} more" if len(older) > most else ""
    return f"older: {', '.join(older[:most])}{more}"


def conflict_text(row: Mapping[str, Any], conflict: Mapping[str, Any]) -> str:
    """Return a conflict in words, both claims and the gap among them."""
    whole, parts = _numbered(conflict["whole_claims"]), _numbered(conflict["parts_claims"])
    several = len(conflict["parts"]) > 1
    by = conflict["parts_by"].replace("_", " ")
    return (
        f"{conflict['whole']} is {figure(row['low'], row['best'], row['high'])}{whole}, but by {by}"
        f" {', '.join(conflict['parts'])}{parts} {'add up to' if several else 'is'} at least {conflict['parts_low']:,}:"
        f" {conflict['gap']:,} too many"
    )


def _numbered(claims: Sequence[int]) -> str:
    return f" ({', '.join(f'c{claim}' for claim in claims)})" if claims else ""


def shown_columns(by: Sequence[str]) -> tuple[Column, ...]:
    """Return the table that people read, as long rows: what is not asked by comes last."""
    others = [noun for noun in Node._fields if noun not in by]
    first, *second = by

    return (
        Column(first.replace("_", " ").capitalize(), lambda row: "· " * row["level"] + label(row, first)),
        *(_titled(noun) for noun in (*second, *others)),
        Column("How many", agreed, right=True, figure=True),
        Column("Rests on", rests_on),
        Column("Older than the whole", lambda row: ", ".join(row["older_parts"])),
        Column("Conflict", lambda row: "; ".join(conflict_text(row, one) for one in row["conflicts"])),
    )


def _titled(noun: str) -> Column:
    return Column(noun.replace("_", " ").capitalize(), lambda row: label(row, noun))
