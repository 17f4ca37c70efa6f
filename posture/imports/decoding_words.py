"""Reading the words of a column: each distinct word once, by the domain's own reader, joined back to all its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from posture.errors import PostureError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WHY = "__why"
"""Column of the reason why a word could not be read; null where it could."""
REMEMBERED = 200_000
"""Distinct words whose reading is kept from one chunk to the next."""


class Words:
    """The words of one field, as far as they were met."""

    def __init__(self, read: Callable[[str], Mapping[str, Any]], types: Mapping[str, Any]) -> None:
        """`read` returns the values of a word, or raises `PostureError` with what is wrong; `types` are their columns."""
        self._read, self._types = read, dict(types)
        self._known: dict[str, tuple[Any, ...]] = {}

    def of(self, words: pl.Series) -> pl.DataFrame:
        """Return the values of each word, with `__why`; null where there is no word."""
        distinct = words.drop_nulls().unique()
        if len(self._known) > REMEMBERED:
            self._known.clear()
        rows = [(word, *self._values(word)) for word in distinct.to_list()]
        schema = {"__word": pl.String, **self._types, WHY: pl.String}
        told = pl.DataFrame(rows, schema=schema, orient="row")
        if distinct.len() == 1 and not words.null_count():
            alone = told.drop("__word")
            return alone.select(pl.all().repeat_by(words.len()).explode()) if words.len() > 1 else alone
        return (
            words.alias("__word").to_frame().join(told, on="__word", how="left", maintain_order="left").drop("__word")
        )

    def _values(self, word: str) -> tuple[Any, ...]:
        values = self._known.get(word)
        if values is None:
            try:
                read = self._read(word)
                values = (*(read.get(name) for name in self._types), None)
            except PostureError as error:
                values = (*(None for _ in self._types), str(error))
            self._known[word] = values
        return values
