"""JSON: one object that states both clocks, and its rows, a line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.exports.formats import iter_json, json_head, json_object
from posture.exports.forms.lines import Objects

if TYPE_CHECKING:
    from posture.exports.content import Content


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no program runs JSON
    """Write a content as JSON, and return how many rows it has."""
    with open(path, "x", encoding="utf-8", newline="") as file:
        if content.report is not None:
            file.writelines(line + "\n" for line in iter_json(content.report))
            return len(content.report.rows)
        rows = Objects(content)
        file.writelines(line + "\n" for line in json_object(head_of(content), rows))
        return rows.count


def head_of(content: Content) -> dict[str, Any]:
    """Return what stands before the rows: what it is, both clocks, and what a reader must know."""
    head = json_head(content.name, content.as_of, content.known_seq, content.known_at)
    if content.notes:
        head["notes"] = list(content.notes)
    return head
