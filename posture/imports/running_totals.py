"""Differences made into what they mean: of running totals, each figure less the one before, on the same line, is a flow.

A total that falls was corrected: the difference is a flow the other way, with a note that says so. A total that stays
says nothing new, and is `IDLE`: a claim only in the place of another that the file made before. The first total happened at some time since the day from which the file counts, or before its date.
Where a file gives the differences themselves, one below zero takes back what was reported before, in the same way.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import polars as pl

from posture import clock
from posture.domain.dates import read_date, read_day
from posture.ledger.reading_words import time_columns

_OPPOSITE = {"increase": "decrease", "decrease": "increase"}
_NOTE = "the running total was corrected from {before} to {now}"


IDLE = (pl.col("kind").is_in(list(_OPPOSITE)) & (pl.col("quantity_high") == 0)).fill_null(value=False)
"""True of a flow that moves nothing: recorded only where the file said before that it moved something."""
MINUS = "__minus"
"""Column of a frame: the figure stood below zero in the file."""
_TAKEN_BACK = "the file says -{}: it takes back what was reported before"


def turned(frame: pl.DataFrame) -> pl.DataFrame:
    """Return flows with those below zero turned the other way."""
    flow, minus, note = pl.col("kind").is_in(list(_OPPOSITE)), pl.col(MINUS), pl.col("note")
    said = pl.format(_TAKEN_BACK, pl.col("quantity_text"))
    return frame.with_columns(
        pl.when(minus & flow).then(pl.col("kind").replace(_OPPOSITE)).otherwise(pl.col("kind")).alias("kind"),
        pl.when(minus & flow).then(pl.lit("other")).otherwise(pl.col("reason")).alias("reason"),
        pl.when(~(minus & flow)).then(note).when(note.is_null()).then(said).otherwise(pl.format("{}; {}", note, said)).alias("note"),
    )  # fmt: skip


class RunningTotals:
    """The last total of each line."""

    def __init__(self, since: str | None) -> None:
        self._since = None if since is None else read_day(since, today=clock.today()).isoformat()
        self._last: dict[tuple[Any, ...], tuple[int, str]] = {}

    def flows(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the claims as flows, and the rows that are refused: totals that are no number, or go back in time."""
        kept: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        for _, cells in itertools.groupby(frame.iter_rows(named=True), key=lambda cell: cell["__row"]):
            row = list(cells)
            before = {key: self._last.get(key) for key in map(self._key, row)}
            told, bad = self._flows_of(row)
            if bad:  # a row is refused whole: what its other totals add is in the next difference of their lines
                self._last.update({key: last for key, last in before.items() if last is not None})
                for key in [key for key, last in before.items() if last is None]:
                    self._last.pop(key, None)
            kept += [] if bad else told
            refused += bad
        schema = {"__row": pl.Int64, "__cell": pl.String, "field": pl.String, "value": pl.String, "__why": pl.String}
        return pl.DataFrame(kept, schema=frame.schema, orient="row"), pl.DataFrame(refused, schema=schema, orient="row")

    def _flows_of(self, row: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the flows of one row of the file, and what is wrong with it."""
        kept: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for cell in row:
            if (why := self._why_not(cell)) is None:
                kept.append(self._flow(cell))
            else:
                place = {"__row": cell["__row"], "__cell": cell["__cell"]}
                bad.append({**place, "field": why[0], "value": why[1], "__why": why[2]})
        return kept, bad

    def _key(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return row["__place"], row["kind"], row["modality"], row["counting_basis"]

    def _why_not(self, row: dict[str, Any]) -> tuple[str, str, str] | None:
        if row["kind"] not in _OPPOSITE:
            return "kind", row["kind"], 'running totals are of increases or decreases: say kind = "decrease" for losses'
        if row["quantity_low"] is None or row["quantity_low"] != row["quantity_high"]:
            return "quantity", row["quantity_text"], "a running total is one number; this is none"
        if row["effective_from"] is None or row["effective_from"] != row["effective_by"]:
            return "date", row["effective_text"], "a running total is of one day; this is none"
        before = self._last.get(self._key(row))
        if before is None and self._since is not None and row["effective_on"] < self._since:
            why = f"the totals count from {self._since}, as the mapping says, and this is before"
            return "date", row["effective_text"], why
        if before is not None and row["effective_on"] < before[1]:
            return (
                "date",
                row["effective_text"],
                f"running totals go from day to day, and the one before is of {before[1]}; sort the file by date",
            )
        return None

    def _flow(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the claim of what was added since the last total."""
        key, now, day = self._key(row), row["quantity_low"], row["effective_on"]
        before = self._last.get(key)
        self._last[key] = (now, day)
        more = now - (before[0] if before else 0)
        told = {
            **row,
            **dict.fromkeys(("quantity_low", "quantity_best", "quantity_high"), abs(more)),
            "quantity_text": str(abs(more)),
        }
        told["__fingerprint"] += f"<{before[0] if before else ''}"
        when = self._when(before[1] if before else None, day)
        told.update({**time_columns(read_date(when, today=date.fromisoformat(day))), "effective_text": when})
        if more < 0 and before:
            told["kind"], told["reason"] = _OPPOSITE[row["kind"]], "other"
            correction = _NOTE.format(before=before[0], now=now)
            told["note"] = f"{row['note']}; {correction}" if row["note"] else correction
        return told

    def _when(self, before: str | None, day: str) -> str:
        """Return on which days the difference came about."""
        if before is None:
            return f"[..{day}]" if self._since is None else f"[{self._since}..{day}]"
        first = min((date.fromisoformat(before) + timedelta(days=1)).isoformat(), day)
        return day if first == day else f"[{first}..{day}]"
