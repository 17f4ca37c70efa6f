"""Parquet: real types, a row group at a time, the clocks and the meaning of each column in the file itself.

Neither a time of writing nor the order of threads shows in the file: the same content gives the same bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture.exports.formats import json_text
from posture.exports.forms.libraries import needed
from posture.exports.forms.objects import head_of
from posture.reports.evaluation import without_collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from posture.exports.coded import Part
    from posture.exports.content import Content
    from posture.exports.fields import Field

ROW_GROUP = 100_000
"""Rows of a group: what a reader skips or reads as one."""
COMPRESSION = "zstd"


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no spreadsheet reads it
    """Write a content as Parquet, and return how many rows it has."""
    pa, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    schema = schema_of(content)
    count = 0
    with (
        open(path, "xb") as file,
        parquet.ParquetWriter(file, schema, compression=COMPRESSION) as writer,
        without_collection(),
    ):
        waiting: list[Any] = []
        held = 0
        for batch in _batches(content, schema):
            count += batch.num_rows
            held += batch.num_rows
            waiting.append(batch)
            if held >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema), row_group_size=held)
                waiting, held = [], 0
        if waiting or not count:
            writer.write_table(pa.Table.from_batches(waiting, schema), row_group_size=max(held, 1))
    return count


def _batches(content: Content, schema: Any) -> Iterator[Any]:
    """Yield the rows as Arrow batches."""
    pa = needed("pyarrow")
    if content.coded is None:
        for rows in content.batches():
            columns = zip(*rows, strict=True)
            yield pa.record_batch(list(map(_column, columns, content.fields, schema)), schema=schema)
        return
    coded = content.coded()
    makers = [_maker(part, schema) for part in coded.parts]
    for rows in coded.values():
        given = iter(list(zip(*rows, strict=True)))
        yield pa.record_batch([array for make in makers for array in make(given)], schema=schema)


def _maker(part: Part, schema: Any) -> Callable[[Iterator[Sequence[Any]]], list[Any]]:
    """Return what takes the next columns of a batch of rows, and makes the arrays of a part of them."""
    pa = needed("pyarrow")
    columns = [schema.field(field.name) for field in part.fields]
    if part.table is None:
        return lambda given: [
            _column(next(given), field, column) for field, column in zip(part.fields, columns, strict=True)
        ]
    places = {number: place for place, number in enumerate(part.table)}
    told = zip(*part.table.values(), strict=True)
    tables = [_column(*each) for each in zip(told, part.fields, columns, strict=True)]

    def make(given: Iterator[Sequence[Any]]) -> list[Any]:
        indices = pa.array(list(map(places.__getitem__, next(given))), pa.int32())
        return [table.take(indices) for table in tables]

    return make


def schema_of(content: Content) -> Any:
    """Return the Arrow schema of a content, with what its columns mean and both clocks."""
    pa = needed("pyarrow")
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "instant": pa.timestamp("us", tz="UTC"),
    }

    def type_of(field: Field) -> Any:
        if field.kind == "list" and field.items:
            return pa.list_(types[field.items])
        return types.get(field.kind, pa.string())

    columns = [
        pa.field(field.name, type_of(field), metadata={"description": field.meaning} if field.meaning else None)
        for field in content.fields
    ]
    head = {**head_of(content), "database_id": content.database_id, "key": list(content.key)}
    return pa.schema(columns, metadata={"posture": json.dumps(head, sort_keys=True)})


def _column(values: Sequence[Any], field: Field, column: Any) -> Any:
    """Return the values of a field as an Arrow array."""
    pa = needed("pyarrow")
    if field.kind in ("day", "instant"):
        return pa.array(values, pa.string()).cast(column.type)
    if field.kind == "flag":
        return pa.array([None if value is None else bool(value) for value in values], column.type)
    if field.kind == "object" or (field.kind == "list" and not field.items):
        return pa.array([None if value is None else json_text(value) for value in values], column.type)
    return pa.array(values, column.type)
