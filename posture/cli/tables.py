"""Tables for a terminal of any width: columns that wrap, and below what columns can bear, one record under the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.screen import columns, fill, pieces, wrap
from posture.domain.codes import visible
from posture.exports.formats import flat
from posture.reports.wording import clocks, instant, marks, titled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.reports.report import Report

GAP = 2
SHORT = 8
"""Characters below which the items of a list, such as claims, share a line."""
_NUMBERS = ("id", "seq", "entry", "claim")
"""Columns whose numbers are names, and so take no thousands separators."""

_TITLES = {"retracted_by_entry": "retracted", "published_on": "published", "reliability": "rel."}
"""Shorter titles for columns whose names would be wider than what stands in them."""


def lines(report: Report, width: int, *, shown: Sequence[str] = (), styled: bool = False) -> Iterator[str]:
    """Yield a report as a plain table of the columns `shown` (all, if none are named), or why it is empty."""
    if not report.rows:
        yield from wrap(visible(report.empty_because or "nothing to show"), width)
        return
    shown = [
        column
        for column in shown or report.columns
        if any(row.get(column) not in (None, "", [], {}) for row in report.rows)
    ]
    cells = [[cell(column, row.get(column)) for column in shown] for row in report.rows]
    right = [
        all(isinstance(row.get(column), (int, float)) for row in report.rows if row.get(column) is not None)
        for column in shown
    ]
    yield from table(
        [_TITLES.get(column, column).replace("_", " ").upper() for column in shown],
        cells,
        width,
        right=right,
        styled=styled,
    )


def record(report: Report, width: int, *, styled: bool = False) -> Iterator[str]:
    """Yield the one row of a report as lines of `title  value`, the items of a list each on a line of their own."""
    (row,) = report.rows
    shown = [column for column in report.columns if row.get(column) not in (None, "", [], {})]
    label = max(map(len, shown))
    beside = label + GAP <= width // 2
    indent = label + GAP if beside else GAP
    for column in shown:
        value = row[column]
        texts = [line for item in _items(value) for line in wrap(cell(column, item), width - indent)]
        title = column.replace("_", " ")
        yield bold(fill(title, indent - GAP), styled=styled) + (" " * GAP + texts.pop(0) if beside else "")
        yield from (" " * indent + text for text in texts)


def _items(value: Any) -> list[Any]:
    """Return what stands on lines of its own: the lines of a text, the items of a list; short ones share a line."""
    if isinstance(value, str):
        return value.rstrip("\n").split("\n")
    if isinstance(value, list):
        return [", ".join(value)] if all(isinstance(item, str) and len(item) < SHORT for item in value) else value
    return [value]


def cell(column: str, value: Any) -> str:
    """Return a value as a cell: numbers with separators, instants to the minute, whatever acts on a terminal written out."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if column == "retracted_by_entry" and value is not None:
        return f"#{value}"
    if isinstance(value, int) and column not in _NUMBERS:
        return f"{value:,}"
    if column.endswith("_at") and isinstance(value, str):
        return instant(value)
    return visible(flat(value))


def table(
    titles: Sequence[str], cells: Sequence[Sequence[str]], width: int, *, right: Sequence[bool], styled: bool = False
) -> Iterator[str]:
    """Yield rows under their titles, wrapped into `width` columns; nothing is cut off."""
    widths = _fitted((titles, *cells), width)
    if widths is None:
        yield from _records(titles, cells, width, styled=styled)
        return
    yield from (bold(line, styled=styled) for line in _row(titles, widths, right))
    for row in cells:
        yield from _row(row, widths, right)


def _fitted(cells: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return column widths that fit, the widest giving way first; words stay whole if they can, else codes break.

    None where even that is too wide.
    """
    natural = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    room = width - GAP * (len(natural) - 1)
    for parts in (_word, pieces):
        least = [
            max(columns(part) for text in column for word in text.split(" ") for part in parts(word))
            for column in zip(*cells, strict=True)
        ]
        if sum(least) <= room:
            return _shrunk(natural, least, room)
    return None


def _word(word: str) -> list[str]:
    return [word]


def _shrunk(widths: list[int], least: list[int], room: int) -> list[int]:
    while sum(widths) > room:
        spare = [number for number, size in enumerate(widths) if size > least[number]]
        widths[max(spare, key=lambda number: widths[number])] -= 1
    return widths


def _row(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    wrapped = [wrap(text, size) for text, size in zip(row, widths, strict=True)]
    found = []
    for number in range(max(map(len, wrapped))):
        parts = [
            fill(text[number] if number < len(text) else "", size, right=to_right)
            for text, size, to_right in zip(wrapped, widths, right, strict=True)
        ]
        found.append((" " * GAP).join(parts).rstrip())
    return found


def _records(titles: Sequence[str], cells: Sequence[Sequence[str]], width: int, *, styled: bool) -> Iterator[str]:
    """Yield each row as lines of `title  value`, with a blank line between rows."""
    label = min(max(map(len, titles)), width // 3)
    for number, row in enumerate(cells):
        if number:
            yield ""
        for title, text in zip(titles, row, strict=True):
            if text:
                first, *more = wrap(text, width - label - GAP)
                yield bold(fill(title.lower(), label), styled=styled) + " " * GAP + first
                yield from (" " * (label + GAP) + line for line in more)


def bold(text: str, *, styled: bool) -> str:
    """Return text in bold type where the terminal may show it."""
    return f"\x1b[1m{text}\x1b[0m" if styled else text


def dim(text: str, *, styled: bool) -> str:
    """Return text dimmed where the terminal may show it."""
    return f"\x1b[2m{text}\x1b[0m" if styled else text


def sheet(report: Report, width: int, *, styled: bool, about: str = "", title: str = "") -> Iterator[str]:
    """Yield a report as people read it: what it is about and both clocks, its table, what to mind, and the sources."""
    yield from heading(report, width, styled=styled, about=about, title=title)
    if report.rows:
        yield from ("", *shown_table(report, width, styled=styled))
    yield from notes(report, width)


def heading(report: Report, width: int, *, styled: bool, about: str = "", title: str = "") -> Iterator[str]:
    """Yield what a report is about and both clocks; and why it is empty, where it is."""
    name = title or report.name.replace("_", " ")
    text = titled(about, name, clocks(report))
    yield from (bold(line, styled=styled) for line in wrap(visible(text), width))
    if not report.rows:
        yield from ("", *wrap(visible(report.empty_because or "nothing to show"), width))


def shown_table(
    report: Report, width: int, *, rows: Sequence[Mapping[str, Any]] | None = None, styled: bool = False
) -> Iterator[str]:
    """Yield the table that people read, of all rows or some; a column in which no row has a word is left out."""
    chosen = report.rows if rows is None else rows
    cells = [
        [visible(column.text(row) + (marks(row) if column.figure else "")) for column in report.shown] for row in chosen
    ]
    kept = [number for number in range(len(report.shown)) if any(row[number] for row in cells)]
    yield from table(
        [report.shown[number].title.upper() for number in kept],
        [[row[number] for number in kept] for row in cells],
        width,
        right=[report.shown[number].right for number in kept],
        styled=styled,
    )


def folded_table(report: Report, width: int, *, first: int, styled: bool = False) -> Iterator[str]:
    """Yield the table that people read, a line for each row; where that is too wide, columns after `first` or less go below."""
    cells = [
        [visible(column.text(row) + (marks(row) if column.figure else "")) for column in report.shown]
        for row in report.rows
    ]
    kept = [number for number in range(len(report.shown)) if any(row[number] for row in cells)]
    titles = [column.title.upper() for column in report.shown]
    sizes = [max(columns(row[number]) for row in (titles, *cells)) for number in range(len(titles))]

    def room(numbers: Sequence[int]) -> int:
        return sum(sizes[number] + GAP for number in numbers) - GAP

    choices = [kept, *([number for number in kept if number < last] for last in range(first, 1, -1))]
    beside = next((numbers for numbers in choices if room(numbers) <= width), None)
    if beside is None:
        yield from shown_table(report, width, styled=styled)
        return

    def drawn(row: Sequence[str]) -> str:
        parts = [fill(row[number], sizes[number], right=report.shown[number].right) for number in beside]
        return (" " * GAP).join(parts).rstrip()

    yield bold(drawn(titles), styled=styled)
    for row in cells:
        yield drawn(row)
        below = "; ".join(
            f"{report.shown[number].title.lower()} {row[number]}" if number < first else row[number]
            for number in kept
            if number not in beside and row[number]
        )
        yield from (" " * 2 * GAP + line for line in wrap(below, width - 2 * GAP) if below)


def notes(report: Report, width: int) -> Iterator[str]:
    """Yield what a reader must know beside the rows, after a blank line, and the sources cited."""
    for number, note in enumerate(report.notes):
        yield from (*([] if number else [""]), *wrap(visible(note), width))
    if report.footnotes:
        yield from ("", "Sources")
        label = max(len(str(note.number)) for note in report.footnotes) + 2
        for footnote in report.footnotes:
            first, *more = wrap(visible(footnote.text), width - label - 1)
            yield f"{fill(f'[{footnote.number}]', label)} {first}"
            yield from (" " * (label + 1) + line for line in more)
