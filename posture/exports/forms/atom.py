"""Atom (RFC 4287): an entry for each row that the ledger recorded, to be followed by a feed reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, UUID, uuid5

from posture.errors import UsageMistake
from posture.exports.formats import flat
from posture.exports.forms.xml import element
from posture.reports.wording import moments, titled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.exports.content import Content

NEEDS = ("seq", "recorded_at")
"""Fields without which a row is no entry of a feed."""
NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries was last changed."""
_TITLES = ("title", "what", "line")
"""Fields that say in a few words what an entry is about, the first that does so counting."""
_NOT_TOLD = ("database_id", "ordinal", "of")
"""Fields by which rows are told apart, which is of no interest to a reader."""


def check(content: Content) -> None:
    """Raise UsageMistake for a content whose rows no entry of the ledger brought."""
    if not {*NEEDS} <= {field.name for field in content.fields}:
        raise UsageMistake(f"{content.name} is no feed: its rows have no entry of the ledger; atom is for changes")


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no spreadsheet reads it
    """Write a content as an Atom feed, and return how many rows it has; raises UsageMistake for what has no entries."""
    check(content)
    count = 0
    with open(path, "x", encoding="utf-8", newline="") as file:
        file.writelines(line + "\n" for line in _head(content))
        for row in content.mappings():
            count += 1
            file.writelines(line + "\n" for line in _entry(content, row, count))
        file.write("</feed>\n")
    return count


def identity(content: Content, *names: Any) -> str:
    """Return what a thing of a ledger is called for good: always the same for the same ledger and names."""
    try:
        ledger = UUID(str(content.database_id))
    except ValueError:
        ledger = uuid5(NAMESPACE_OID, str(content.database_id))
    return f"urn:uuid:{uuid5(ledger, '/'.join(map(str, names)))}"


def _head(content: Content) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield element("id", identity(content, content.name))
    yield element("title", titled(content.about, content.name.replace("_", " "), "").rstrip())
    yield element("subtitle", moments(content.as_of, content.known_seq, content.known_at))
    yield element("updated", content.known_at or NEVER)
    yield f"<author>{element('name', 'posture')}</author>"


def _entry(content: Content, row: Mapping[str, Any], count: int) -> Iterator[str]:
    yield "<entry>"
    yield element("id", identity(content, content.name, row["seq"], _place(content, row, count)))
    yield element("title", _title(row))
    yield element("updated", row["recorded_at"])
    if row.get("recorded_by"):
        yield f"<author>{element('name', row['recorded_by'])}</author>"
    said = "\n".join(f"{name}: {text}" for name, text in _told(row))
    yield element("content", said, type="text")
    yield "</entry>"


def _place(content: Content, row: Mapping[str, Any], count: int) -> Any:
    """Return what tells a row from the others of its entry, for good: not where it stands among those that are left."""
    if row.get("ordinal") is not None:
        return row["ordinal"]
    return "/".join(str(row[name]) for name in content.key) if content.key else count


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what an entry says to a person: the row as it was recorded is for machines, but for the words in it."""
    for name, value in row.items():
        if name == "row" and isinstance(value, dict):
            yield from ((each, flat(value[each])) for each in ("excerpt", "note") if value.get(each))
        elif value not in (None, "", [], {}) and name not in _NOT_TOLD:
            yield name, flat(value)


def _title(row: Mapping[str, Any]) -> str:
    """Return number and subject of an entry: what it is about is named unless what it says names that."""
    told = next((flat(row[name]) for name in _TITLES if row.get(name)), "")
    about = flat(row.get("about") or "")
    named = about in told or about == f"#{row['seq']}"
    return f"#{row['seq']} " + ": ".join(filter(None, ("" if named else about, told)))
