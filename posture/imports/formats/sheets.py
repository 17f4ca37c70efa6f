"""XLSX: one sheet as a table, its first row the header; the values that the file holds, nothing computed.

A number comes as its shortest decimal text and not as it is formatted (30 % is 0.3); a date by ISO 8601; a formula as
the result that the file keeps for it. Rows without a value are no records.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.domain.codes import shortened
from posture.errors import UnknownWord
from posture.imports.formats.exact import fault_of_text
from posture.imports.formats.json_rows import decimal_text
from posture.imports.formats.workbook import Contents, Workbook
from posture.imports.table import Chunk, RefusedRow, Table, UnreadableFile, frame_of, name_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineSheet

    from posture.imports.formats.source import Source

_UNCOMPUTED = "a formula whose result is not in the file; open and save the file in a spreadsheet program"


class Row(NamedTuple):
    """A row of a sheet: its number there, its cells, and which of them is a formula that was never computed."""

    line: int
    cells: list[str | None]
    uncomputed: int | None


def open_sheet(source: Source, sheet: str | None) -> Table:
    """Return a sheet of an XLSX file as a table; raises :class:`UnreadableFile`, or where none has the name said."""
    path = source.path()
    with open(path, "rb") as handle:
        book = Workbook(handle, source.name, source.limits)
        name, contents = _chosen(book, sheet, source.name)
    rows = _rows(_loaded(path, name, source.name), contents)
    first = next(rows, None)
    if first is None:
        raise UnreadableFile(
            source.name, f'its sheet "{shortened(name)}" is empty; the first row must name the columns'
        )
    if first.uncomputed is not None:
        raise UnreadableFile(source.name, f"the name of a column is {_UNCOMPUTED}", line=first.line)
    named = name_columns([text or "" for text in first.cells], source.name, source.limits)

    def read(count: int) -> Iterator[Chunk]:
        return _chunks(rows, named[0], source, count)

    return Table(source, "xlsx", named, read, sheet=name)


def _chosen(book: Workbook, said: str | None, name: str) -> tuple[str, Contents]:
    """Return the sheet to read and what is in it: the one said, by name or number, or the only one with cells."""
    names = list(book.sheets)
    if said is not None:
        found = [sheet for sheet in names if sheet == said] or [
            sheet for sheet in names if sheet.casefold() == said.casefold()
        ]
        if not found and said.isdecimal() and 0 < int(said) <= len(names):
            found = [names[int(said) - 1]]
        if len(found) != 1:
            raise UnknownWord("sheet", said, names)
        return found[0], book.check(found[0])
    filled = {sheet: contents for sheet in names if (contents := book.check(sheet)).cells}
    if len(filled) > 1:
        listed = ", ".join(f'"{shortened(sheet, 30)}"' for sheet in filled)
        raise UnreadableFile(name, f"has {len(filled)} sheets: {listed}; name one with --sheet")
    if not filled:
        raise UnreadableFile(name, "has no sheet with cells; the first row of one must name the columns")
    return next(iter(filled.items()))


def _loaded(path: str, sheet: str, name: str) -> CalamineSheet:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(os.fspath(path)).get_sheet_by_name(sheet)
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(name, f"cannot be read as XLSX ({shortened(str(error), 160)}); is it whole?") from None


def _rows(sheet: CalamineSheet, contents: Contents) -> Iterator[Row]:
    """The rows that hold something."""
    left = (
        sheet.start[1] if sheet.start else 0
    )  # rows are given from the first of the sheet, columns from the first filled
    errors: dict[int, list[tuple[int, str]]] = {}
    for (row, column), error in contents.errors.items():
        errors.setdefault(row, []).append((column - left, error))
    uncomputed = {row: column - left for row, column in contents.uncomputed}
    for number, values in enumerate(sheet.iter_rows()):
        cells = [_text(value) for value in values]
        for column, error in errors.get(number, ()):
            if 0 <= column < len(cells):
                cells[column] = error
        if number in uncomputed or any(cells):
            yield Row(number + 1, cells, uncomputed.get(number))


def _chunks(rows: Iterator[Row], columns: tuple[str, ...], source: Source, count: int) -> Iterator[Chunk]:
    good: list[list[str | None]] = []
    lines: list[int] = []
    refused: list[RefusedRow] = []
    for row in rows:
        fault = _fault(row, columns, source)
        if fault is None:
            good.append(row.cells)
            lines.append(row.line)
        else:
            refused.append(fault)
        if len(good) >= count or len(refused) >= count:
            yield Chunk(frame_of(columns, good, lines), refused)
            good, lines, refused = [], [], []
    if good or refused:
        yield Chunk(frame_of(columns, good, lines), refused)


def _fault(row: Row, columns: tuple[str, ...], source: Source) -> RefusedRow | None:
    """Return why a row of a sheet cannot be a row of the table; None where it can."""
    shown = tuple(text or "" for text in row.cells)
    if row.uncomputed is not None:
        column = columns[row.uncomputed] if 0 <= row.uncomputed < len(columns) else None
        return RefusedRow(row.line, column, None, _UNCOMPUTED, shown)
    for column, text in zip(columns, row.cells, strict=True):
        if text is not None and (why := fault_of_text(text, source.limits, "")) is not None:
            return RefusedRow(row.line, column, text, why, shown)
    return None


def _text(value: Any) -> str | None:
    """Return what a cell says; None where it says nothing."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else decimal_text(repr(value))
    if isinstance(value, dt.datetime):
        return value.isoformat() if value.time() != dt.time.min else value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{'-' if seconds < 0 else ''}{abs(seconds) // 3600:02d}:{abs(seconds) // 60 % 60:02d}:{abs(seconds) % 60:02d}"
    return str(value)
