"""Parquet: real types, a row group at a time, the clocks and the meaning of each column in the file itself.

Neither a time of writing nor the order of threads shows in the file: the same content gives the same bytes.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.exports.formats import json_text
from posture.exports.forms.libraries import needed
from posture.exports.forms.objects import head_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from posture.exports.coded import Coded, Row
    from posture.exports.content import Content
    from posture.exports.fields import Field

ROW_GROUP = 100_000
"""Rows of a group: what a reader skips or reads as one."""
COMPRESSION = "zstd"


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no spreadsheet reads it
    """Write a content as Parquet, and return how many rows it has."""
    schema = schema_of(content)
    make, items = _way(content, schema)
    with (
        open(path, "xb") as file,
        needed("pyarrow.parquet").ParquetWriter(file, schema, compression=COMPRESSION) as writer,
        without_collection(),
    ):
        groups = _Groups(writer, schema)
        with ThreadPoolExecutor(1) as beside:
            # The database brings the next rows while Arrow, which needs no Python for it, writes these.
            before: Future[None] | None = None
            for item in items:
                if before is not None:
                    before.result()
                before = beside.submit(lambda taken: groups.take(make(taken)), item)
            if before is not None:
                before.result()
        return groups.finish()


def _way(content: Content, schema: Any) -> tuple[Callable[[Any], Any], Iterator[Any]]:
    """Return what makes Arrow batches, and what it makes them of, as the rows come quickest."""
    if content.coded is None:
        return _of_rows(content, schema), content.batches()
    coded = content.coded()
    return _of_coded(coded, schema), coded.lines()


class _Groups:
    """The row groups of a file that is being written."""

    def __init__(self, writer: Any, schema: Any) -> None:
        self.writer, self.schema = writer, schema
        self.count = 0
        self.waiting: list[Any] = []
        self.held = 0

    def take(self, batch: Any) -> None:
        """Take a batch of rows in, and write a group when there are enough of them."""
        self.waiting.append(batch)
        self.held += batch.num_rows
        if self.held >= ROW_GROUP:
            self._write()

    def finish(self) -> int:
        """Write what is left, and return how many rows there are."""
        if self.waiting or not self.count:
            self._write()
        return self.count

    def _write(self) -> None:
        table = needed("pyarrow").Table.from_batches(self.waiting, self.schema)
        self.writer.write_table(table, row_group_size=max(self.held, 1))
        self.count += self.held
        self.waiting, self.held = [], 0


def _of_rows(content: Content, schema: Any) -> Callable[[Sequence[Row]], Any]:
    """Return what makes an Arrow batch of rows."""
    pa = needed("pyarrow")

    def make(rows: Sequence[Row]) -> Any:
        columns = zip(*rows, strict=True)
        return pa.record_batch(list(map(_column, columns, content.fields, schema)), schema=schema)

    return make


def _of_coded(coded: Coded, schema: Any) -> Callable[[tuple[str, Sequence[Sequence[Any]]]], Any]:
    """Return what makes an Arrow batch of lines that the database wrote, most of whose values Arrow itself reads."""
    pa, csv = needed("pyarrow"), needed("pyarrow.csv")
    names = [[f"{place}"] if part.table is not None else list(part.names) for place, part in enumerate(coded.parts)]
    types = {name: pa.int32() for part, (name, *_) in zip(coded.parts, names, strict=True) if part.table is not None}
    types |= {name: schema.field(name).type for part in coded.parts if part.is_run for name in part.names}
    read = csv.ReadOptions(
        column_names=[name for part, said in zip(coded.parts, names, strict=True) if part.is_joined for name in said]
    )
    parse = csv.ParseOptions(quote_char=False)
    convert = csv.ConvertOptions(
        column_types=types, null_values=[""], strings_can_be_null=True, true_values=["true"], false_values=["false"]
    )
    tables = [None if part.table is None else _Numbered(part.fields, part.table, schema) for part in coded.parts]

    def make(batch: tuple[str, Sequence[Sequence[Any]]]) -> Any:
        text, columns = batch
        told = csv.read_csv(pa.py_buffer(text.encode("ascii")), read, parse, convert).combine_chunks()
        free = iter(columns)
        arrays: list[Any] = []
        for part, said, table in zip(coded.parts, names, tables, strict=True):
            if table is not None:
                arrays += table.arrays(told.column(said[0]).combine_chunks())
            elif part.is_run:
                arrays += [told.column(name).combine_chunks() for name in said]
            else:
                arrays += [_column(next(free), field, schema.field(field.name)) for field in part.fields]
        return pa.record_batch(arrays, schema=schema)

    return make


class _Numbered:
    """What numbers of the catalogue stand for, as Arrow arrays."""

    def __init__(self, fields: Sequence[Field], table: Mapping[Any, Row], schema: Any) -> None:
        pa = needed("pyarrow")
        numbers = [number for number in table if number is not None]
        self.numbers = pa.array(numbers, pa.int32())
        told = zip(*(table[number] for number in numbers), strict=True) if numbers else [()] * len(fields)
        self.columns = [
            _column(values, field, schema.field(field.name)) for values, field in zip(told, fields, strict=True)
        ]

    def arrays(self, numbers: Any) -> list[Any]:
        """Return what these numbers stand for, an array for each field; what is no number is unknown."""
        places = needed("pyarrow.compute").index_in(numbers, self.numbers)
        return [column.take(places) for column in self.columns]


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
