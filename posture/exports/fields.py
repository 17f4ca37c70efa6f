"""The fields of a content: what each is called, of what kind it is, and what it says.

Of a report they come from the record that documents its rows (`posture.domain.schemas`), so that a file has the same types
whether or not any row is in it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from posture.reports.report import Report

KINDS = ("text", "integer", "real", "flag", "day", "instant", "list", "object")
"""What a value may be: text; whole number; number with a fraction; true or false (1 or 0 from a database); a day as
`2023-09-06`; an instant as `2023-09-06T18:20:00.000000Z`; a list; an object with keys. None is unknown in each of them."""

_DAYS = frozenset({"since", "on", "stated_on", "due", "first", "last", "as_of", "done_from", "done_by"})
_NO_DAYS = frozenset({"rests_on"})
_INSTANTS = frozenset({"recorded_at", "known_at"})
_OF_TYPES = {"integer": "integer", "number": "real", "boolean": "flag", "array": "list", "object": "object"}


class Field(NamedTuple):
    """One column."""

    name: str
    """Its name: `low`, `effective_from`."""
    kind: str
    """One of `KINDS`."""
    meaning: str = ""
    """What it says, in a sentence; nothing where no record documents it."""
    closed: bool = False
    """Whether its texts are codes or words of a fixed list: such a text never begins with a sign."""
    items: str = ""
    """Of a list whose members are all text, or all whole numbers: text or integer."""


ADDED = {"cited": Field("cited", "list", "Codes of the sources that the figures go back to", items="text")}
"""Columns that any report may have beside its own."""


def fields_of(report: Report) -> tuple[Field, ...]:
    """Return the fields of a report, in the order of its columns."""
    documented = _documented(report.name)
    return tuple(
        documented.get(name) or ADDED.get(name) or Field(name, _guessed(report, name)) for name in report.columns
    )


@cache
def _documented(name: str) -> dict[str, Field]:
    """Return the fields of the record that documents the rows of a report; none where no record does."""
    from posture.domain.schemas import schemas

    schema: dict[str, Any] = schemas().get(f"{name}-report", {})
    rows = schema.get("properties", {}).get("rows", {}).get("items", {}).get("$ref", "")
    record = schema.get("$defs", {}).get(rows.rpartition("/")[2], {})
    return {
        key: Field(key, _kind(key, value), value.get("description", ""), items=_items(value))
        for key, value in record.get("properties", {}).items()
    }


def _kind(name: str, value: dict[str, Any]) -> str:
    said = value.get("type", [one.get("type", "object") for one in value.get("anyOf", [])])
    types = [one for one in ([said] if isinstance(said, str) else said) if one != "null"]
    if types in (["integer", "number"], ["number", "integer"]):
        return "real"
    kind = _OF_TYPES.get(types[0], "text") if len(types) == 1 else "object"
    return _kind_of_text(name) if kind == "text" else kind


def _items(value: dict[str, Any]) -> str:
    """Return of what kind the members of a list are, where that is one that a column can have."""
    return {"string": "text", "integer": "integer"}.get(value.get("items", {}).get("type"), "")


def _kind_of_text(name: str) -> str:
    if name in _INSTANTS:
        return "instant"
    if name in _DAYS or (name.endswith(("_on", "_since")) and name not in _NO_DAYS):
        return "day"
    return "text"


def _guessed(report: Report, name: str) -> str:
    """Return the kind that all values of a column have, where no record documents it."""
    kinds = {type(row.get(name)) for row in report.rows} - {type(None)}
    for python, kind in ((bool, "flag"), (int, "integer"), (float, "real"), (list, "list"), (dict, "object")):
        if kinds == {python}:
            return kind
    if kinds == {int, float}:
        return "real"
    return _kind_of_text(name) if name in _INSTANTS else "text"
