"""SQLite: a snapshot of the question, real tables with keys and a data dictionary, readable for good without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.errors import UsageMistake

if TYPE_CHECKING:
    from posture.exports.content import Content


def check(content: Content) -> None:
    """Raise UsageMistake for a content that answers no question about a posture, as a feed of changes."""
    if content.snapshot is None:
        raise UsageMistake(f"{content.name} has no SQLite form: a snapshot is of a question; choose jsonl or parquet")


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no spreadsheet reads it
    """Write the snapshot of the question behind a content, and return how many rows it has.

    Raises UsageMistake for a content that answers no question about a posture, as a feed of changes.
    """
    check(content)
    assert content.snapshot is not None  # noqa: S101 - it was just checked
    return content.snapshot(path)
