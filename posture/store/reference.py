"""The text of `docs/tables.md`, the reference of every table, made from the definitions of the tables themselves.

`make docs` writes the page; a test fails where it is not this text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.url import URL
from sqlalchemy.schema import CreateIndex

from posture.store import (
    indexes,  # noqa: F401 - adds the indexes to the tables
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIALECT = URL.create("postgresql").get_dialect()()

_INTRODUCTION = """\
# Tables

This page is generated from the definitions (`make docs`). Types are PostgreSQL's; on SQLite a day is the text `2023-09-06`, an instant the text `2023-09-06T18:20:00.000000Z`, yes and no are
1 and 0, and the tables are strict. Every constraint has a name, which an error names.

The catalogue may be edited, and every edit is recorded. The record ({record}) only grows: triggers refuse to
update, delete or replace any of its rows, on both engines.
"""


def markdown() -> str:
    """Return the page."""
    record = ", ".join(f"`{name}`" for name in tables.RECORD)
    listed = sorted(tables.metadata.tables.values(), key=lambda table: (table.name in tables.RECORD, _place(table)))
    return "\n".join([_INTRODUCTION.format(record=record), *(line for table in listed for line in _table(table))])


def _place(table: sa.Table) -> int:
    return list(tables.metadata.tables).index(table.name)


def _table(table: sa.Table) -> Iterator[str]:
    yield f"## {table.name}\n\n{table.comment}.\n"
    yield "| column | type | | meaning |"
    yield "|---|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {_type(column)} | {_form(column)} | {column.comment} |"
    checks = sorted((each for each in table.constraints if isinstance(each, sa.CheckConstraint)), key=_name)
    common = [each for each in checks if not _name(each).endswith("_form")]
    if common:
        yield "\nRules:\n"
        yield from (f"- `{_name(each)}`: `{each.sqltext}`" for each in common)
    keyed = sorted((each for each in table.constraints if isinstance(each, sa.UniqueConstraint)), key=_name)
    if keyed or table.indexes:
        yield "\nKeys and indexes:\n"
        yield from (
            f"- `{_name(each)}`: unique ({', '.join(column.name for column in each.columns)})" for each in keyed
        )
        yield from (_index(each) for each in sorted(table.indexes, key=_name))
    yield ""


def _name(named: Any) -> str:
    return str(named.name)


def _type(column: sa.Column[Any]) -> str:
    return str(column.type.compile(dialect=_DIALECT)).lower()


def _form(column: sa.Column[Any]) -> str:
    parts = ["key"] if column.primary_key else []
    parts += [f"→ `{key.column.table.name}`" for key in sorted(column.foreign_keys, key=lambda key: str(key.column))]
    return ", ".join([*parts, *(["may be NULL"] if column.nullable else [])])


def _index(index: sa.Index) -> str:
    text = str(CreateIndex(index).compile(dialect=_DIALECT))
    return f"- `{index.name}`: {'unique ' if index.unique else ''}`{text.split(' ON ', 1)[1]}`"
