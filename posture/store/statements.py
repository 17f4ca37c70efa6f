"""SQL text written once for both engines: `:name` stands for a value."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TOKEN = re.compile(
    r"""
      '(?:[^']|'')*'           # a string
    | "(?:[^"]|"")*"           # a quoted name
    | --[^\n]* | /\*.*?\*/     # a comment
    | \$(\w*)\$.*?\$\1\$       # a dollar-quoted string
    | ::                       # a cast
    | (?<![\w:]):(?P<name>[A-Za-z_]\w*)
    | %
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=512)
def for_psycopg(sql: str) -> str:
    """Return the statement with `:name` written as psycopg wants it, and nothing else changed in meaning."""

    def rewritten(found: re.Match[str]) -> str:
        name = found["name"]
        return f"%({name})s" if name else found[0].replace("%", "%%")

    return _TOKEN.sub(rewritten, sql)


def spelled_out(sql: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the statement with its values written in: runnable as it stands, on either engine."""

    def rewritten(found: re.Match[str]) -> str:
        name = found["name"]
        return literal((params or {})[name]) if name else found[0]

    return _TOKEN.sub(rewritten, sql)


def literal(value: Any) -> str:
    """Return a value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Return a table's or column's name, quoted."""
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=256)
def insert_text(table: str, names: tuple[str, ...]) -> str:
    """Return the INSERT of one row with these columns."""
    columns = ", ".join(map(quoted, names))
    values = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {quoted(table)} ({columns}) VALUES ({values})"


def update_text(table: str, names: Iterable[str]) -> str:
    """Return the UPDATE of these columns of the row `:id`."""
    changes = ", ".join(f"{quoted(name)} = :{name}" for name in names)
    return f"UPDATE {quoted(table)} SET {changes} WHERE id = :id"
