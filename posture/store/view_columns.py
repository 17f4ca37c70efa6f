"""What views are made of: columns, each with what it is and how either engine gives it as the same text or number."""

from __future__ import annotations

from typing import NamedTuple


class ViewColumn(NamedTuple):
    """One column of a view."""

    name: str
    kind: str
    """text, integer, real, flag (1 or 0), day (`2023-09-06`) or instant (`2023-09-06T18:20:00.000000Z`)."""
    sql: str
    """The expression, the same on both engines but for what the kind adds."""
    meaning: str

    @property
    def type(self) -> str:
        """The type of its values in SQL, the same on both engines: TEXT, INTEGER or REAL."""
        return {"integer": "INTEGER", "flag": "INTEGER", "real": "REAL"}.get(self.kind, "TEXT")

    def expression(self, engine: str) -> str:
        """Return the expression on one engine; SQLite keeps days and instants as this text already."""
        if engine == "sqlite":
            return self.sql
        if self.kind == "day":
            return f"to_char({self.sql}, 'YYYY-MM-DD')"
        if self.kind == "instant":
            return f"""to_char({self.sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        if self.kind in ("integer", "flag"):
            return f"CAST({self.sql} AS {'BIGINT' if self.kind == 'integer' else 'INTEGER'})"
        return self.sql


class Example(NamedTuple):
    """A question, and the query that answers it."""

    question: str
    query: str


class View(NamedTuple):
    """One view."""

    name: str
    grain: str
    """What one row is."""
    columns: tuple[ViewColumn, ...]
    source: str
    """The tables that it reads, from FROM on."""
    example: Example
    key: tuple[str, ...]
    """The columns that tell one row from every other."""


def text(name: str, sql: str, meaning: str) -> ViewColumn:
    """Return a column of words."""
    return ViewColumn(name, "text", sql, meaning)


def integer(name: str, sql: str, meaning: str) -> ViewColumn:
    """Return a column of whole numbers."""
    return ViewColumn(name, "integer", sql, meaning)


def real(name: str, sql: str, meaning: str) -> ViewColumn:
    """Return a column of numbers with a fraction."""
    return ViewColumn(name, "real", sql, meaning)


def flag(name: str, sql: str, meaning: str) -> ViewColumn:
    """Return a column of yes and no, as 1 and 0."""
    return ViewColumn(name, "flag", sql, meaning)


def day(name: str, sql: str, meaning: str) -> ViewColumn:
    """Return a column of days."""
    return ViewColumn(name, "day", sql, meaning)


def instant(name: str, sql: str, meaning: str) -> ViewColumn:
    """Return a column of instants."""
    return ViewColumn(name, "instant", sql, meaning)


def about_deployment() -> tuple[ViewColumn, ...]:
    """Return the columns about a deployment `d`, its actor `ac` and its location `lo`."""
    return (
        text("deployment_code", "d.code", "The deployment"),
        text("deployment_name", "d.name", "Its name"),
        text("actor_code", "ac.code", "Whose forces"),
        text("actor_name", "ac.name", "Their name"),
        text("location_code", "lo.code", "Where they are"),
        text("location_name", "lo.name", "Its name"),
        real("latitude", "lo.latitude", "Degrees north of the location, WGS 84"),
        real("longitude", "lo.longitude", "Degrees east of the location, WGS 84"),
    )


def about_asset_type() -> tuple[ViewColumn, ...]:
    """Return the columns about an asset type `t`."""
    return (
        text("asset_type_code", "t.code", "What it is: drone, mq-9, personnel..."),
        text("asset_type_name", "t.name", "Its name"),
    )


def about_line() -> tuple[ViewColumn, ...]:
    """Return the columns about a line: an asset `a` of type `t` in a deployment `d`."""
    return (
        text("line", "d.code || '/' || a.code", "Address of the line: fra-ner/drones"),
        *about_deployment(),
        text("asset_code", "a.code", "The line within its deployment"),
        *about_asset_type(),
    )


def about_claim() -> tuple[ViewColumn, ...]:
    """Return the columns about what a claim is about: a line, or a deployment alone (then the asset's are NULL)."""
    return (
        text(
            "line", "d.code || coalesce('/' || a.code, '')", "What it is about: fra-ner/drones, or fra-ner as a whole"
        ),
        *about_deployment(),
        text("asset_code", "a.code", "The line within its deployment; NULL: the deployment itself"),
        *about_asset_type(),
    )


def about_source() -> tuple[ViewColumn, ...]:
    """Return the columns about a source `s`."""
    return (
        text("source_code", "s.code", "The source that says so"),
        text("source_title", "s.title", "Its title"),
    )


LINES = """FROM asset a
JOIN deployment d ON d.id = a.deployment_id
JOIN asset_type t ON t.id = a.asset_type_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id"""
"""The tables of a line, and what it is in."""
REPEATS = (
    "(SELECT o.origin_id FROM source_origin o WHERE o.source_id = s.id ORDER BY o.seq DESC, o.ordinal DESC LIMIT 1)"
)
"""The source that a source `s` repeats, as stated last."""
