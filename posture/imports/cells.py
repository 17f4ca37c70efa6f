"""The words of a file's cells, as a mapping gives them to the fields of a claim; nothing is read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from posture.domain.codes import fold
from posture.imports.mapping import ABOUT, IN_BRACES, LINE_FIELDS, Sheet, Value
from posture.imports.refusals import CELL, ROW
from posture.imports.table import LINE

if TYPE_CHECKING:
    from collections.abc import Mapping

FINGERPRINT, KEY = "__fingerprint", "__key"
_FIELDS = (*LINE_FIELDS, "kind", "date", "stated_on", "quantity", "status", "source", "url", "grade", "excerpt", "locator", "note", "modality", "basis", "complete", "reason")  # fmt: skip


class Cells:
    """Gives the words of each field, row by row, and by what a row is known again."""

    def __init__(self, sheet: Sheet, fields: Mapping[str, Value]) -> None:
        self._sheet, self._mapping, self._fields = sheet, sheet.mapping, fields
        about = [name for name in ABOUT if name in fields]
        self._about = list(self._mapping.key) or _columns_of(fields[name] for name in about)
        self._said = list(dict.fromkeys([*self._about, *_columns_of(fields.values())]))

    def word(self, name: str, value: Value) -> pl.Expr:
        """Return the words of a field: null where nothing is reported."""
        missing = list(self._mapping.missing if value.missing is None else value.missing)

        def reported(column: str) -> pl.Expr:
            text = pl.col(column).str.strip_chars()
            return pl.when((text != "") & ~text.is_in(missing)).then(text)

        if value.value is not None:
            word = pl.lit(value.value, pl.String)
        elif value.template is not None:
            word = pl.concat_str(
                [reported(part[1:-1]) if part.startswith("{") else pl.lit(part) for part in _parts(value.template)]
            )
        else:
            word = pl.coalesce([reported(column) for column in value.columns])
        if value.default is not None:
            word = word.fill_null(value.default)
        return word.alias(name)

    def looked_up(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Replace the words that a lookup lists by what they mean."""
        for name, listed in self._sheet.lookups.items():
            if name not in frame.columns:
                continue
            otherwise = self._fields[name].otherwise
            distinct = frame[name].drop_nulls().unique().to_list()
            meant = [listed.get(fold(word), word if otherwise is None else otherwise) for word in distinct]
            frame = frame.with_columns(
                pl.col(name).replace_strict(distinct, meant, default=None, return_dtype=pl.String)
            )
        return frame

    def words(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the words of each field of a frame, and of the rows to be made for them, and nothing more."""
        new = [
            _filled(text).alias(f"{name}:{part}")
            for name, value in self._fields.items()
            for part, text in value.new.items()
        ]
        words = frame.select(*(self.word(name, value) for name, value in self._fields.items()), *new)
        if words.height < frame.height:  # constants alone
            words = pl.concat([words] * frame.height)
        return self.looked_up(words)

    def of_column(self, frame: pl.DataFrame, column: str | None, constants: Mapping[str, Value]) -> pl.DataFrame:
        """Return the words of the claims that one column of a wide table makes; of a long table, those of all rows."""
        values = {**self._fields, **constants}
        if column is not None:
            like = self._fields.get("quantity") or Value(column=column)
            values["quantity"] = Value(column=column, missing=like.missing, default=like.default)
        new = [
            _filled(text).alias(f"{name}:{part}")
            for name, value in self._fields.items()
            for part, text in value.new.items()
        ]
        cells = [*self._said, *([column] if column is not None else [])]
        about = [pl.lit(column or "", pl.String), *(pl.col(name) for name in self._about)]
        words = [
            self.word(name, values[name]) if name in values else pl.lit(None, pl.String).alias(name) for name in _FIELDS
        ]
        return frame.select(
            pl.col(ROW, LINE),
            pl.lit(column, pl.String).alias(CELL),
            *words,
            *new,
            _joined([pl.lit(column or "", pl.String), *(pl.col(name) for name in dict.fromkeys(cells))]).alias(
                FINGERPRINT
            ),
            _joined(about).alias(KEY),
        )


def _joined(cells: list[pl.Expr]) -> pl.Expr:
    """Return cells as one text that no other cells give: each behind its length, missing ones as a minus sign."""
    told = [pl.concat_str([cell.str.len_bytes().cast(pl.String), pl.lit(":"), cell]).fill_null("-") for cell in cells]
    return pl.concat_str(told)


def _parts(template: str) -> list[str]:
    return [part for part in IN_BRACES.sub(lambda found: f"\0{found[0]}\0", template).split("\0") if part]


def _filled(template: str) -> pl.Expr:
    """Return a template filled in; what is missing is empty."""
    return pl.concat_str(
        [pl.col(part[1:-1]).fill_null("") if part.startswith("{") else pl.lit(part) for part in _parts(template)]
    )


def _columns_of(values: Any) -> list[str]:
    return list(dict.fromkeys(column for value in values for column in value.columns))
