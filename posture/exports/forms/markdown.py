"""Markdown: a heading with both clocks, a table to paste, and the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.exports.formats import cell, flat, iter_markdown
from posture.exports.forms.lines import Objects
from posture.reports.wording import markdown, moments, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.exports.content import Content


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no spreadsheet reads it
    """Write a content as Markdown, and return how many rows it has."""
    count = 0
    with open(path, "x", encoding="utf-8", newline="") as file:
        if content.report is not None:
            file.writelines(line + "\n" for line in iter_markdown(content.report))
            return len(content.report.rows)
        file.writelines(line + "\n" for line in _head(content))
        for row in Objects(content):
            file.write("| " + " | ".join(markdown(flat(cell(value, raw=True))) for value in row.values()) + " |\n")
            count += 1
        file.writelines(f"\n{markdown(note)}\n" for note in content.notes)
    return count


def _head(content: Content) -> Iterator[str]:
    numbers = ("integer", "real")
    clocks = moments(content.as_of, content.known_seq, content.known_at)
    yield f"**{titled(markdown(content.about), content.name.replace('_', ' '), clocks)}**"
    yield ""
    yield "| " + " | ".join(field.name.replace("_", " ").capitalize() for field in content.fields) + " |"
    yield "| " + " | ".join("---:" if field.kind in numbers else "---" for field in content.fields) + " |"
