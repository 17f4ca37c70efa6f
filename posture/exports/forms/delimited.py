"""CSV: UTF-8, a header, an empty cell for what is not known, text guarded against being run by a spreadsheet.

A report is written as a terminal gets it. Any other content goes through the C writer a batch at a time, and only what can
need a change is looked at: codes and fixed words never begin with a sign that a spreadsheet would act on.
"""

from __future__ import annotations

import csv
import io
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.exports.formats import FORMULA_STARTS, cell, csv_lines, guarded, iter_csv, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TextIO

    from posture.exports.coded import Coded, Part, Row
    from posture.exports.content import Content
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
        with without_collection():
            return _coded(file, content.coded(), raw=raw) if content.coded else _plain(file, content, raw=raw)


def _plain(file: TextIO, content: Content, *, raw: bool) -> int:
    """Write rows of values, and return how many there are."""
    shape = _Shape(content.fields, raw=raw)
    count = 0
    for rows in content.batches():
        count += len(rows)
        _write(file, shape.cells(rows))
    return count


def _coded(file: TextIO, coded: Coded, *, raw: bool) -> int:
    """Write rows that come as numbers and ready runs, and return how many there are."""
    spell = [_speller(part, raw=raw) for part in coded.parts]
    count = 0
    for columns in coded.columns():
        count += len(columns[0])
        cells = [each(column) for each, column in zip(spell, columns, strict=True)]
        file.write("\n".join(map(",".join, zip(*cells, strict=True))))
        file.write("\n")
    return count


def _speller(part: Part, *, raw: bool) -> Callable[[Sequence[Any]], Sequence[str]]:
    """Return what makes cells of a column of a part."""
    if part.is_run:
        return lambda texts: texts
    if part.table is not None:
        spelled = _Spelled(part.table, raw=raw)
        return lambda numbers: list(map(spelled.__getitem__, numbers))
    if part.fields[0].kind == "real":
        return lambda numbers: ["" if number is None else repr(number) for number in numbers]
    return lambda texts: _free(texts, raw=raw)


class _Spelled(dict[str, str]):
    """What each number of a table stands for, as cells; found when it is first met."""

    def __init__(self, table: Mapping[Any, Row], *, raw: bool) -> None:
        super().__init__()
        self._table, self._raw = table, raw

    def __missing__(self, number: str) -> str:
        row = self._table[int(number) if number else None]
        self[number] = ",".join(quoted(str(cell(value, raw=self._raw))) for value in row)
        return self[number]


def _free(texts: Sequence[str], *, raw: bool) -> Sequence[str]:
    """Return texts as cells; most columns hold none that has to be guarded or quoted, which is seen at once."""
    if not any(texts):
        return texts
    run = not raw and _may_run(texts)
    if run:
        texts = [guarded(text) for text in texts]
    whole = "\n".join(texts)
    if '"' in whole or "," in whole or "\r" in whole or whole.count("\n") >= len(texts):
        return [quoted(text) for text in texts]
    return texts


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
