"""The rows of a chunk that cannot be recorded, each with the first thing that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from posture.imports.decoding_words import WHY
from posture.imports.table import LINE, RefusedRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.imports.mapping import Value

ROW, CELL = "__row", "__cell"


class Refusals:
    """Collects what is wrong with the rows of one chunk."""

    def __init__(self, fields: Mapping[str, Value], *found: pl.DataFrame) -> None:
        """`found` are refused rows already: row, cell, field, value, reason."""
        self._fields = fields
        self._bad = list(found)

    def note(self, frame: pl.DataFrame, why: pl.Series, name: str) -> None:
        """Keep the rows for which there is a reason to refuse them."""
        if why.null_count() == why.len():
            return
        value = pl.col(name) if name in frame.columns else pl.lit(None, pl.String)
        self._bad.append(
            frame.with_columns(why.alias(WHY)).filter(pl.col(WHY).is_not_null()).select(
                ROW, CELL, pl.lit(name).alias("field"), value.cast(pl.String).alias("value"), WHY
            )
        )  # fmt: skip

    def told(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the refused rows, each once, with the first thing that is wrong."""
        texts = dict.fromkeys((CELL, "field", "value", WHY), pl.String)
        none = pl.DataFrame(schema={ROW: pl.Int64, **texts})
        first = pl.concat([none, *self._bad]).unique(ROW, keep="first", maintain_order=True)
        columns = {name: ", ".join(value.columns) or None for name, value in self._fields.items()}
        at = (
            pl.when((pl.col("field") == "quantity") & pl.col(CELL).is_not_null())
            .then(pl.col(CELL))
            .otherwise(
                pl.col("field").replace_strict(
                    list(columns), list(columns.values()), default=None, return_dtype=pl.String
                )
            )
        )
        reason = (
            pl.when(at.is_null())
            .then(pl.col("field").str.replace_all("_", " ") + ": " + pl.col(WHY))
            .otherwise(pl.col(WHY))
        )
        # A word that was looked up is not what stands in the file.
        looked_up = {
            name: value.columns[0]
            for name, value in self._fields.items()
            if value.lookup and len(value.columns) == 1 and value.columns[0] in frame.columns
        }
        lines = frame.select(ROW, LINE, *(pl.col(column).alias(f"__{name}") for name, column in looked_up.items()))
        stands = [pl.when(pl.col("field") == name).then(pl.col(f"__{name}")) for name in looked_up]
        return (
            first.join(lines, on=ROW, how="left")
            .select(ROW, at.alias("column"), pl.coalesce(*stands, "value").alias("value"), reason.alias("reason"), LINE)
            .sort(ROW)
        )


def refused_rows(frame: pl.DataFrame, refused: pl.DataFrame) -> Iterator[RefusedRow]:
    """Yield the refused rows with their fields as they stand in the file."""
    for row, column, value, reason, line in refused.iter_rows():
        yield RefusedRow(line, column, value, reason, tuple(text or "" for text in frame.row(row)))
