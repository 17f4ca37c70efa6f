"""The posture as a table: lines under their deployment, figures as an analyst writes them, and the flags explained."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.cli.flag_words import meaning
from posture.cli.screen import columns, fill, wrap
from posture.cli.tables import bold, clocks, dim
from posture.domain.codes import visible
from posture.exports.formats import figure, flat, source_text, stated, status_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.reports.report import Report
    from posture.store.connection import Database

GAP = "  "
ROOM_FOR_NOTES = 28
"""Columns beside the table from which on remarks stand there and not below."""
NOTE_INDENT = 4


def names(db: Database) -> dict[str, str]:
    """Return the name of every actor, location and deployment by its code, as `actor:fra`."""
    found = {}
    for noun in ("actor", "location", "deployment"):
        for row in db.all(f"select code, name from {noun}"):
            found[f"{noun}:{row['code']}"] = row["name"] or ""
    return found


def lines(report: Report, width: int, *, styled: bool, names: Mapping[str, str], about: str = "") -> Iterator[str]:
    """Yield the posture report for a terminal of `width` columns."""
    title = f"{about}: posture {clocks(report)}" if about else f"Posture {clocks(report)}"
    yield from (bold(line, styled=styled) for line in wrap(visible(title), width))
    if not report.rows:
        yield from ("", *wrap(visible(report.empty_because or "nothing to show"), width))
        return
    shape = _Shape(report.rows, width)
    yield ""
    yield from (dim(line, styled=styled) for line in shape.titles())
    for number, (deployment, rows) in enumerate(groupby(report.rows, key=lambda row: row["deployment"])):
        if number:
            yield ""
        yield from _heading(deployment, names, width, styled=styled)
        for row in rows:
            yield from shape.row(row)
    yield from _legend(report.rows, width, styled=styled)


def _heading(deployment: str | None, names: Mapping[str, str], width: int, *, styled: bool) -> Iterator[str]:
    if deployment is None:
        yield bold("Totals", styled=styled)
        return
    name = names.get(f"deployment:{deployment}", "")
    shown = f"{deployment}{GAP}{name}" if name and name != deployment else deployment
    first, *more = wrap(visible(shown), width)
    yield first.replace(deployment, bold(deployment, styled=styled), 1)
    yield from more


def _legend(rows: Sequence[Mapping[str, Any]], width: int, *, styled: bool) -> Iterator[str]:
    flags = sorted({flag for row in rows for flag in row["flags"]})
    if not flags:
        return
    yield ""
    widest = max(map(len, flags)) + len(GAP)
    for flag in flags:
        first, *more = wrap(meaning(flag), max(width - widest, 12))
        yield dim(f"{flag:<{widest}}{first}", styled=styled)
        yield from (dim(" " * widest + line, styled=styled) for line in more)


TITLES = ("", "HOW MANY", "SINCE", "GRADE")


class _Shape:
    """How rows are laid out in the width there is: the same for all of them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], width: int) -> None:
        self.width = width
        lines = [_cells(row) for row in rows if not _is_deployment(row)]
        self.sizes = [max(columns(cells[number]) for cells in (TITLES, *lines)) for number in range(4)]
        table = 2 + sum(self.sizes) + len(GAP) * 3
        sources = max(columns(visible(source_text(row))) for row in rows)
        self.stacked = table > width
        self.with_source = not self.stacked and table + len(GAP) + sources <= width
        self.table = table + (len(GAP) + sources if self.with_source else 0)
        self.beside = self.with_source and width - self.table - len(GAP) >= ROOM_FOR_NOTES
        self.sources = sources

    def titles(self) -> Iterator[str]:
        """Yield the line above the columns, where there are columns."""
        if not self.stacked:
            named = [*TITLES, *(["SOURCE"] if self.with_source else [])]
            parts = [
                fill(title, size, right=number == 1)
                for number, (title, size) in enumerate(zip(named, (*self.sizes, 6), strict=False))
            ]
            yield (GAP + GAP.join(parts)).rstrip()

    def row(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Yield one row with its remarks."""
        if _is_deployment(row):
            yield from _indented(_phase(row), self.width, len(GAP))
            return
        cells = _cells(row)
        notes = _notes(row, with_source=not self.with_source)
        if self.stacked:
            yield from _indented(GAP.join(filter(None, cells[:2])), self.width, 2)
            yield from _indented(", ".join(filter(None, (*cells[2:], notes))), self.width, NOTE_INDENT)
            return
        parts = [
            fill(cell, size, right=number == 1)
            for number, (cell, size) in enumerate(zip(cells, self.sizes, strict=True))
        ]
        if self.with_source:
            parts.append(fill(visible(source_text(row)), self.sources))
        line = GAP + GAP.join(parts)
        if not self.beside:
            yield line.rstrip()
            yield from _indented(notes, self.width, NOTE_INDENT)
            return
        first, *more = wrap(notes, self.width - self.table - len(GAP))
        yield (line + GAP + first).rstrip()
        yield from (" " * (self.table + len(GAP)) + text for text in more)


def _indented(text: str, width: int, indent: int) -> Iterator[str]:
    if text:
        yield from (" " * indent + line for line in wrap(text, width - indent))


def _is_deployment(row: Mapping[str, Any]) -> bool:
    """Return whether a row is about a deployment as a whole: it has a state, and no figure."""
    return row.get("asset") is None and row["deployment"] is not None


def _phase(row: Mapping[str, Any]) -> str:
    """Return the state of a deployment: `phase drawing down since 2023-10-05 (A2 fra-president-2023-09-24)`."""
    state = visible(status_text(row)) or "no state recorded"
    since = f" since {row['since']}" if row["since"] else ""
    by = " ".join(filter(None, (flat(row["grade"]), visible(source_text(row)))))
    flags = f"; {', '.join(row['flags'])}" if row["flags"] else ""
    return f"{state}{since}{f' ({by})' if by else ''}{flags}"


def _cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return what a row is about, how many, since when, and the grade."""
    about = row.get("asset")
    if about is None:
        place = " in ".join(filter(None, (flat(row.get("actor")), flat(row.get("location")))))
        about = f"{place}: {flat(row.get('asset_type')) or 'everything'}"
    return visible(flat(about)), figure(row["low"], row["best"], row["high"]), flat(row["since"]), flat(row["grade"])


def _notes(row: Mapping[str, Any], *, with_source: bool) -> str:
    """Return the remarks on a row: where it comes from, what was stated, its statuses and flags."""
    said = stated(row)
    parts = [
        visible(source_text(row)) if with_source else "",
        f"stated {said}" if said else "",
        visible(status_text(row)),
        ", ".join(row["flags"]),
    ]
    return "; ".join(filter(None, parts))
