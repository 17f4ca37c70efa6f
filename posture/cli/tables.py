"""Tables for a terminal of any width: columns that wrap, and below what columns can bear, one record under the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.screen import columns, fill, wrap
from posture.domain.codes import visible
from posture.exports.formats import flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posture.reports.report import Report

GAP = 2
NARROWEST_COLUMN = 8
_NUMBERS = ("id", "seq", "entry", "claim")
"""Columns whose numbers are names, and so take no thousands separators."""


def lines(report: Report, width: int, *, styled: bool = False) -> Iterator[str]:
    """Yield a report as a plain table, or why it is empty."""
    if not report.rows:
        yield from wrap(visible(report.empty_because or "nothing to show"), width)
        return
    shown = [column for column in report.columns if any(row.get(column) not in (None, "", [], {}) for row in report.rows)]
    cells = [[_cell(column, row.get(column)) for column in shown] for row in report.rows]
    right = [all(isinstance(row.get(column), int) for row in report.rows if row.get(column) is not None) for column in shown]
    yield from table([column.replace("_", " ").upper() for column in shown], cells, width, right=right, styled=styled)


def _cell(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int) and column not in _NUMBERS:
        return f"{value:,}"
    return visible(flat(value))


def table(titles: Sequence[str], cells: Sequence[Sequence[str]], width: int, *, right: Sequence[bool], styled: bool = False) -> Iterator[str]:
    """Yield rows under their titles, wrapped into `width` columns; nothing is cut off."""
    natural = [max(columns(row[number]) for row in (titles, *cells)) for number in range(len(titles))]
    widths = _fitted(natural, [columns(title) for title in titles], width)
    if widths is None:
        yield from _records(titles, cells, width, styled=styled)
        return
    yield bold(_row(titles, widths, right)[0], styled=styled)
    for row in cells:
        yield from _row(row, widths, right)


def _fitted(natural: list[int], titles: list[int], width: int) -> list[int] | None:
    """Return column widths that fit: the widest give way first; None where none can."""
    widths = list(natural)
    least = [max(min(size, NARROWEST_COLUMN), title) for size, title in zip(natural, titles, strict=True)]
    room = width - GAP * (len(widths) - 1)
    while sum(widths) > room:
        slack = [size - low for size, low in zip(widths, least, strict=True)]
        candidates = [number for number, spare in enumerate(slack) if spare > 0]
        if not candidates:
            return None
        widest = max(candidates, key=lambda number: widths[number])
        widths[widest] -= 1
    return widths


def _row(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    wrapped = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
    found = []
    for number in range(max(map(len, wrapped))):
        parts = [
            fill(cell[number] if number < len(cell) else "", size, right=to_right)
            for cell, size, to_right in zip(wrapped, widths, right, strict=True)
        ]
        found.append((" " * GAP).join(parts).rstrip())
    return found


def _records(titles: Sequence[str], cells: Sequence[Sequence[str]], width: int, *, styled: bool) -> Iterator[str]:
    """Yield each row as lines of `title  value`, with a blank line between rows."""
    label = min(max(map(len, titles)), width // 3)
    for number, row in enumerate(cells):
        if number:
            yield ""
        for title, cell in zip(titles, row, strict=True):
            if cell:
                first, *more = wrap(cell, width - label - GAP)
                yield bold(fill(title.lower(), label), styled=styled) + " " * GAP + first
                yield from (" " * (label + GAP) + line for line in more)


def bold(text: str, *, styled: bool) -> str:
    """Return text in bold type where the terminal may show it."""
    return f"\x1b[1m{text}\x1b[0m" if styled else text


def dim(text: str, *, styled: bool) -> str:
    """Return text dimmed where the terminal may show it."""
    return f"\x1b[2m{text}\x1b[0m" if styled else text


def instant(text: str | None) -> str:
    """Return a stored instant for a person: `2023-12-22 18:00Z`."""
    return f"{text[:10]} {text[11:16]}Z" if text else ""


def clocks(report: Report) -> str:
    """Return both clocks of a report: `as of 2023-12-23, as known at #31 (2023-12-22 18:00Z)`."""
    known = f"#{report.known_seq}" + (f" ({instant(report.known_at)})" if report.known_at else "") if report.known_seq else "the start: nothing was recorded"
    return f"as of {report.as_of}, as known at {known}"
