"""Parquet: every column as the text that a person would write, numbers in decimal, dates by ISO 8601.

A structure gives columns `outer.inner`; a list becomes its JSON text; bytes that are no text are written in hex.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from posture.domain.codes import shortened
from posture.imports.formats.exact import fault_of_text
from posture.imports.formats.json_rows import decimal_text
from posture.imports.table import (
    LINE,
    Chunk,
    RefusedRow,
    Table,
    UnreadableFile,
    name_columns,
    without_empty,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.imports.formats.source import Source
    from posture.imports.table import Limits

_POINTLESS = r"\.0+$"


def open_parquet(source: Source) -> Table:
    """Return a Parquet file as a table; a damaged one raises :class:`UnreadableFile`."""
    frame = pl.scan_parquet(source.path(), glob=False, hive_partitioning=False)
    try:
        with _without_stderr():
            schema = frame.collect_schema()
            rows = frame.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _damaged(source, error) from None
    if rows > source.limits.rows:
        raise UnreadableFile(source.name, f"{rows:,} rows; at most {source.limits.rows:,} are read")
    leaves = [leaf for name, dtype in schema.items() for leaf in _leaves(name, pl.col(name), dtype)]
    if not leaves:
        raise UnreadableFile(source.name, "has no columns")
    named = name_columns([name for name, _, _ in leaves], source.name, source.limits)
    wanted = [expression.alias(name) for name, (_, expression, _) in zip(named[0], leaves, strict=True)]
    types = {name: dtype for name, (_, _, dtype) in zip(named[0], leaves, strict=True)}

    def read(count: int) -> Iterator[Chunk]:
        start = 1
        try:
            for batch in frame.select(wanted).collect_batches(chunk_size=count, maintain_order=True):
                for part in batch.iter_slices(count):
                    yield _chunk(part, types, start, source.limits)
                    start += part.height
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise _damaged(source, error) from None

    return Table(source, "parquet", named, read)


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Keep the library's own account of a file that it cannot read, pages long, from the error of one line."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _damaged(source: Source, error: Exception) -> UnreadableFile:
    why = shortened(str(error).split("\n", 1)[0], 160)
    return UnreadableFile(
        source.name, f"cannot be read as Parquet ({why}); is it whole? Bring odd types into text first"
    )


def _leaves(name: str, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr, pl.DataType]]:
    """The columns of a column: itself, or those of a structure, to any depth."""
    if isinstance(dtype, pl.Struct) and dtype.fields:
        for part in dtype.fields:
            kind = part.dtype if isinstance(part.dtype, pl.DataType) else part.dtype()
            yield from _leaves(f"{name}.{part.name}", column.struct.field(part.name), kind)
    else:
        yield name, column, dtype


def _chunk(frame: pl.DataFrame, types: dict[str, pl.DataType], start: int, limits: Limits) -> Chunk:
    """Return rows as text; those with a NUL or an endless text are refused."""
    text = without_empty(pl.DataFrame([_text(frame[name], dtype) for name, dtype in types.items()]))
    text = text.with_columns(pl.int_range(start, start + frame.height, dtype=pl.Int64, eager=True).alias(LINE))
    strings = pl.col(list(types))
    fault = pl.any_horizontal(
        strings.str.contains("\0", literal=True), strings.str.len_bytes() > limits.field_characters
    ).fill_null(value=False)
    suspect = text.filter(fault)
    if not suspect.height:
        return Chunk(text)
    refused = [row for row in (_refusal(cells, limits) for cells in suspect.iter_rows(named=True)) if row is not None]
    return Chunk(text.filter(~pl.col(LINE).is_in([row.line for row in refused])), refused)


def _refusal(cells: dict[str, Any], limits: Limits) -> RefusedRow | None:
    line = cells.pop(LINE)
    for column, value in cells.items():
        if value is not None and (why := fault_of_text(value, limits, "")) is not None:
            return RefusedRow(line, column, value, why, tuple(value or "" for value in cells.values()))
    return None


def _text(series: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return a column as text."""
    if dtype.is_nested():
        return _mapped(series, lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))
    if isinstance(dtype, (pl.Float32, pl.Float64, pl.Decimal)):
        text = series.cast(pl.String).str.replace(_POINTLESS, "")
        powers = text.str.contains("e", literal=True).fill_null(value=False)
        return _mapped(text, decimal_text) if powers.any() or isinstance(dtype, pl.Decimal) else text
    if isinstance(dtype, pl.Datetime):
        return _instants(series, dtype)
    if isinstance(dtype, pl.Time):
        return series.dt.to_string("%H:%M:%S%.f")
    if isinstance(dtype, pl.Duration):
        return _mapped(series, str)
    if isinstance(dtype, pl.Binary):
        return _mapped(series, _text_of_bytes)
    return series.cast(pl.String)


def _instants(series: pl.Series, dtype: pl.Datetime) -> pl.Series:
    """Return dates with a time by ISO 8601; a day alone where a time without a zone is midnight, as programs store days."""
    if dtype.time_zone is not None:
        return series.dt.to_string("%Y-%m-%dT%H:%M:%S%.f%:z")
    return series.dt.to_string("%Y-%m-%dT%H:%M:%S%.f").str.replace(r"T00:00:00$", "")


def _text_of_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()


def _mapped(series: pl.Series, write: Any) -> pl.Series:
    """Return what `write` makes of each value, called once for each that differs where they can be told apart."""
    written = (
        {value: write(value) for value in series.unique() if value is not None} if series.dtype == pl.String else None
    )
    values = series.to_list()
    texts = [None if value is None else written[value] if written else write(value) for value in values]
    return pl.Series(series.name, texts, dtype=pl.String)
