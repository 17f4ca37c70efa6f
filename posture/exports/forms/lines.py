"""JSON Lines: each row an object on a line of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.exports.formats import iter_jsonl, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.exports.content import Content


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no program runs JSON
    """Write a content as JSON Lines, and return how many rows it has."""
    with open(path, "x", encoding="utf-8", newline="") as file:
        if content.report is not None:
            file.writelines(line + "\n" for line in iter_jsonl(content.report))
            return len(content.report.rows)
        rows = Objects(content)
        file.writelines(json_text(row) + "\n" for row in rows)
        return rows.count


class Objects:
    """The rows of a content by the names of its fields, flags as true and false; `count` is how many were given so far."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self.count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        flags = [field.name for field in self._content.fields if field.kind == "flag"]
        for row in self._content.mappings():
            for name in flags:
                if row[name] is not None:
                    row[name] = bool(row[name])
            self.count += 1
            yield row
