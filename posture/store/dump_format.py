"""What a dump of a database is: one line of JSON a row, the same bytes from either engine.

The first line is a header, the last one counts the rows and bears the SHA-256 of all lines before it. Lines are plain ASCII
without blanks (`json.dumps` with `ensure_ascii` and the separators `,` and `:`), keys in the order of the tables' columns, a
missing value as null: nothing depends on a locale, on an engine, or on which letters a version of Python knows. Tables come
in an order in which each refers only to those before it, rows by their key. What is derived is not in a dump, nor the words
that come with the schema.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from posture.store import tables
from posture.store.columns import Flag, Key, Share
from posture.store.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = "posture-dump-1"
_ABOUT_THE_RECORD = ("edition",)
NAMES = (
    "database_identity",
    *(name for name in tables.CATALOGUE if name not in _ABOUT_THE_RECORD),
    *tables.RECORD,
    *_ABOUT_THE_RECORD,
    *tables.IMPORTED,
)
"""The tables of a dump, in its order."""
DERIVED = ("containment", *tables.PROJECTED)
"""Tables that are computed anew when a dump is loaded."""
KEPT_BACK = tables.LOCAL
"""Tables that tell what this database alone has done: another one has not."""
GIVEN = ("status",)
"""Tables that are the same in every database of a schema."""
TABLE = "table"
"""The key under which a line says which table's row it is; no column is called so."""
_LONG_TEXTS = {"source": 50, "event": 500, "catalogue_revision": 50}
"""Rows read at a time where each may hold a whole document."""
_AT_ONCE = 2000

_BROKEN = re.compile("[\\0\\ud800-\\udfff]")
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class DumpTable:
    """One table of a dump."""

    name: str
    columns: tuple[str, ...]
    types: tuple[type, ...]
    """What a value is in JSON: int, str, bool or float."""
    required: tuple[bool, ...]
    """Whether a column may not be null."""
    key: tuple[str, ...]
    """The columns that tell rows apart, by which they are ordered."""
    refers_to_itself: bool
    """Whether a row may refer to one that comes later, and that is checked as soon as a statement ends."""

    @property
    def at_once(self) -> int:
        """How many rows are held in memory at a time."""
        return _LONG_TEXTS.get(self.name, _AT_ONCE)

    def select(self, engine: str) -> str:
        """Return the statement of all rows in the order of the dump, which no locale of the server changes."""
        bytewise = ' COLLATE "C"' if engine == "postgresql" else ""
        order = ", ".join(
            quoted(name) + (bytewise if self.types[self.columns.index(name)] is str else "") for name in self.key
        )
        return f"SELECT {', '.join(map(quoted, self.columns))} FROM {quoted(self.name)} ORDER BY {order}"

    def lines(self, rows: Sequence[Sequence[Any]]) -> str:
        """Return the lines of rows as they come from either engine."""
        flags = [place for place, kind in enumerate(self.types) if kind is bool]
        keys, written = (TABLE, *self.columns), []
        for row in rows:
            values = [self.name, *row]
            for place in flags:
                if row[place] is not None:
                    values[place + 1] = bool(row[place])
            written.append(_encode(dict(zip(keys, values, strict=True))))
        return "\n".join(written) + "\n" if written else ""

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Return the values of a line that was read; raises `ValueError` that says what is off."""
        if tuple(row) != (TABLE, *self.columns):
            raise ValueError(f"not the columns of {self.name}")
        values = list(row.values())[1:]
        for name, value, kind, required in zip(self.columns, values, self.types, self.required, strict=True):
            if value is None:
                if required:
                    raise ValueError(f"{name} is missing")
            elif type(value) is not kind or not _can_be_kept(value):
                raise ValueError(f"{name} is not what the column holds")
        return values

    def rows(self, lines: Sequence[bytes]) -> list[tuple[Any, ...]]:
        """Return the values of many lines that were read; raises `ValueError` where `values` would for one of them.

        They are looked at column by column, in a fraction of the time.
        """
        read = json.loads(b"[" + b",".join(lines) + b"]")
        if len(read) != len(lines) or {tuple(row) for row in read} != {(TABLE, *self.columns)}:
            raise ValueError(f"not the columns of {self.name}")
        rows = [tuple(row.values())[1:] for row in read]
        for values, kind, required in zip(zip(*rows, strict=True), self.types, self.required, strict=True):
            found = set(map(type, values))
            if not found <= ({kind} if required else {kind, type(None)}):
                raise ValueError("not what the column holds")
            if kind in found and not _all_can_be_kept(kind, values):
                raise ValueError("not what the column holds")
        return rows


def _all_can_be_kept(kind: type, values: Sequence[Any]) -> bool:
    """Return whether `_can_be_kept` holds for each value that is not missing; one at least is not."""
    if kind is str:
        return not _BROKEN.search("".join(value for value in values if value is not None))
    if kind is not int:
        return True
    numbers = [value for value in values if value is not None]
    return _can_be_kept(min(numbers)) and _can_be_kept(max(numbers))


def _can_be_kept(value: object) -> bool:
    """Return whether both engines can keep a value: no NUL and no half of a character, no number of more than 64 bits."""
    if isinstance(value, str):
        return not _BROKEN.search(value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@cache
def dump_tables() -> tuple[DumpTable, ...]:
    """Return the tables of a dump, in its order."""
    return tuple(_of(name) for name in NAMES)


def _of(name: str) -> DumpTable:
    table = tables.metadata.tables[name]
    columns = list(table.columns)
    return DumpTable(
        name=name,
        columns=tuple(column.name for column in columns),
        types=tuple(_JSON_TYPES.get(id(column.type), str) for column in columns),
        required=tuple(not column.nullable for column in columns),
        key=tuple(column.name for column in table.primary_key.columns),
        refers_to_itself=any(
            each.column.table is table and not (each.constraint is not None and each.constraint.deferrable)
            for column in columns
            for each in column.foreign_keys
        ),
    )


_JSON_TYPES: dict[int, type] = {id(Key): int, id(Flag): bool, id(Share): float}


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: which database it is, and how far its ledger goes."""

    schema: str
    database_id: str
    seq: int
    """The newest entry; 0 where there is none."""
    head: str | None
    """The hash of that entry."""

    def line(self) -> str:
        """Return the line, as it stands in a dump."""
        said = {"format": FORMAT, "schema": self.schema, "database_id": self.database_id}
        return _encode({**said, "head": {"seq": self.seq, "hash": self.head}}) + "\n"


def read_header(line: bytes) -> tuple[str, Header]:
    """Return format and header of a first line; raises `ValueError` where it is none."""
    said = json.loads(line)
    if not isinstance(said, dict) or not str(said.get("format")).startswith("posture-dump-"):
        raise ValueError("no header")
    if said["format"] != FORMAT:
        return str(said["format"])[:40], Header("", "", 0, None)
    try:
        header = Header(said["schema"], said["database_id"], said["head"]["seq"], said["head"]["hash"])
    except (KeyError, TypeError):
        raise ValueError("not a whole header") from None
    if header.line().encode() != line or not isinstance(header.schema, str) or type(header.seq) is not int:
        raise ValueError("not as it was written")
    return FORMAT, header


END = b'{"end":'
"""How the last line begins."""


def end_line(rows: Mapping[str, int], digest: str) -> str:
    """Return the last line: how many rows each table has, and the SHA-256 of the lines before."""
    return _encode({"end": {"rows": {name: rows.get(name, 0) for name in NAMES}, "sha256": digest}}) + "\n"
