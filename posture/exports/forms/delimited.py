"""CSV: UTF-8, a header, an empty cell for what is not known, text guarded against being run by a spreadsheet.

A report is written as a terminal gets it. Any other content goes through the C writer a batch at a time, and only what can
need a change is looked at: codes and fixed words never begin with a sign that a spreadsheet would act on.
"""

from __future__ import annotations

import csv
import io
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from posture.exports.formats import FORMULA_STARTS, cell, csv_lines, iter_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from posture.exports.content import Content, Row
    from posture.exports.fields import Field

_STARTS = frozenset(FORMULA_STARTS)
_PLAIN = ("integer", "real", "day", "instant")
"""Kinds that need no change."""
_WORDS = {1: "true", 0: "false", None: ""}


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:
    """Write a content as CSV, and return how many rows it has."""
    with open(path, "x", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        if content.report is not None:
            file.writelines(line + "\n" for line in iter_csv(content.report, raw=raw))
            return len(content.report.rows)
        file.writelines(line + "\n" for line in csv_lines([[field.name for field in content.fields]]))
        shape = _Shape(content.fields, raw=raw)
        count = 0
        for rows in content.batches():
            count += len(rows)
            _write(file, shape.cells(rows))
    return count


def _write(file: TextIO, rows: Sequence[Sequence[Any]]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    text = buffer.getvalue()
    if "\r" in text:  # which the writer quotes only where it is told that lines end so
        file.writelines(line + "\n" for line in csv_lines(rows))
    else:
        file.write(text)


class _Shape:
    """Which columns of a content need a look, and what kind of look."""

    def __init__(self, fields: Iterable[Field], *, raw: bool) -> None:
        numbered = list(enumerate(fields))
        self.raw = raw
        self.flags = [number for number, field in numbered if field.kind == "flag"]
        self.texts = [number for number, field in numbered if field.kind == "text" and not field.closed and not raw]
        self.others = [number for number, field in numbered if field.kind not in ("text", "flag", *_PLAIN)]

    def cells(self, rows: list[Row]) -> Sequence[Sequence[Any]]:
        """Return rows as cells."""
        guarded = [number for number in self.texts if _may_run(map(itemgetter(number), rows))]
        if not (guarded or self.flags or self.others):
            return rows
        changed = [list(row) for row in rows]
        for number in self.flags:
            for row in changed:
                row[number] = _WORDS[row[number]]
        for number in (*guarded, *self.others):
            for row in changed:
                row[number] = cell(row[number], raw=self.raw)
        return changed


def _may_run(texts: Iterable[str | None]) -> bool:
    """Return whether any of these texts begins as a formula does."""
    return not _STARTS.isdisjoint({text[0] for text in texts if text})
