"""The posture as a table: lines under their deployment, figures as an analyst writes them, and the flags explained."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.cli.flag_words import meaning
from posture.cli.question import cited
from posture.cli.question import question as read_question
from posture.cli.screen import columns, fill, wrap
from posture.cli.tables import bold, dim, notes
from posture.domain.codes import visible
from posture.exports.formats import flat
from posture.reports.asked import about as about_whom
from posture.reports.wording import agreed, clocks, marks, source_text, stated, status_text, total_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.reports.report import Report
    from posture.store.connection import Database

GAP = "  "
ROOM_FOR_NOTES = 20
"""Columns beside the table from which on remarks stand there and not below."""
NOTE_INDENT = 4
BATCH = 500


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the posture as of a day and as known at a moment."""
    from posture.cli.output import print_report
    from posture.reports.posture import posture as compute

    with session.database(readonly=True) as db, db.read():
        question = read_question(session, db, given)
        found = compute(db, question)
        altered = (
            _altered(found, compute(db, replace(question, projected=False))) if question.projected else frozenset()
        )
        if question.projected and found.rows and not altered:
            found = replace(found, notes=(*found.notes, "no open planned change alters these figures"))

        def draw(report: Report, width: int, *, styled: bool) -> Iterable[str]:
            named = names(db, report)
            if question.projected:
                report = _flagged_where(report, altered)
            return lines(report, width, styled=styled, names=named, about=report.about, projected=question.projected)

        print_report(session, given, replace(cited(db, given, found), about=about_whom(db, given)), draw)


def _altered(ahead: Report, now: Report) -> frozenset[tuple[Any, Any]]:
    """Return the lines whose figures are others in a projected posture than in that of the day."""
    figures = {_line(row): _figures(row) for row in now.rows}
    return frozenset(_line(row) for row in ahead.rows if row["deployment"] and _figures(row) != figures.get(_line(row)))


def _flagged_where(report: Report, altered: frozenset[tuple[Any, Any]]) -> Report:
    """Return a projected posture as a screen shows it: the heading says what it is, the flag where it makes a difference."""
    return replace(
        report,
        rows=[
            row if _line(row) in altered else {**row, "flags": [flag for flag in row["flags"] if flag != "projected"]}
            for row in report.rows
        ],
    )


def _line(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["deployment"], row["asset"]


def _figures(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return row["low"], row["best"], row["high"]


def names(db: Database, report: Report) -> dict[str, str]:
    """Return the name of every deployment of a report by its code."""
    codes = sorted({row["deployment"] for row in report.rows if row["deployment"] is not None})
    found: dict[str, str] = {}
    for start in range(0, len(codes), BATCH):
        values = {f"code{number}": code for number, code in enumerate(codes[start : start + BATCH])}
        listed = ", ".join(f":{name}" for name in values)
        found |= dict(db.tuples(f"select code, name from deployment where code in ({listed})", values))
    return found


def lines(
    report: Report,
    width: int,
    *,
    styled: bool,
    names: Mapping[str, str],
    about: str = "",
    projected: bool = False,
) -> Iterator[str]:
    """Yield the posture report for a terminal of `width` columns."""
    kind = "projected posture" if projected else "posture"
    title = f"{about}: {kind} {clocks(report)}" if about else f"{kind.capitalize()} {clocks(report)}"
    yield from (bold(line, styled=styled) for line in wrap(visible(title), width))
    if not report.rows:
        yield from ("", *wrap(visible(report.empty_because or "nothing to show"), width))
        yield from notes(report, width)
        return
    held = [row for row in report.rows if row["deployment"] is not None]
    if held:
        shape = _Shape(held, width)
        yield from (dim(line, styled=styled) for line in shape.titles())
        for deployment, rows in groupby(held, key=lambda row: str(row["deployment"])):
            yield from _deployment(deployment, list(rows), shape, names, styled=styled)
    yield from _totals([row for row in report.rows if row["deployment"] is None], width, styled=styled)
    yield from _legend(report.rows, width, styled=styled)
    yield from notes(report, width)


def _deployment(
    code: str, rows: Sequence[Mapping[str, Any]], shape: _Shape, names: Mapping[str, str], *, styled: bool
) -> Iterator[str]:
    """Yield a deployment: its name and phase, and a line for each thing that it holds."""
    name = names.get(code, "")
    phase = ", ".join(str(item["code"]).replace("_", " ") for item in (rows[0].get("status") or {}).get("phase", ()))
    shown = code + (f"{GAP}{name}" if name and name != code else "") + (f" ({phase})" if phase else "")
    first, *more = wrap(visible(shown), shape.width)
    yield ""
    yield first.replace(code, bold(code, styled=styled), 1)
    yield from more
    for row in rows:
        yield from shape.row(row)


def _totals(rows: Sequence[Mapping[str, Any]], width: int, *, styled: bool) -> Iterator[str]:
    """Yield the totals: whose, where, of what, and how many."""
    if not rows:
        return
    yield ""
    yield from (bold(line, styled=styled) for line in wrap("Totals, what overlaps counted once", width))
    labels = [visible(_total(row)) for row in rows]
    label = max(map(columns, labels))
    figures = [f"{agreed(row)}{marks(row)}{GAP}{', '.join(row['flags'])}".rstrip() for row in rows]
    beside = all(len(GAP) + label + len(GAP) + columns(said) <= width for said in figures)
    for text, said in zip(labels, figures, strict=True):
        yield from _indented(f"{fill(text, label)}{GAP}{said}" if beside else f"{text}: {said}", width, len(GAP))


def _total(row: Mapping[str, Any]) -> str:
    return f"{total_place(row)}, {flat(row.get('asset_type')) or 'everything'}"


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
        sources = max(columns(visible(source_text(row))) for row in rows if not _is_deployment(row)) if lines else 0
        self.stacked = table > width
        self.with_source = not self.stacked and table + len(GAP) + sources <= width
        self.table = table + (len(GAP) + sources if self.with_source else 0)
        self.beside = self.with_source and width - self.table - len(GAP) >= ROOM_FOR_NOTES
        self.sources = sources

    def titles(self) -> Iterator[str]:
        """Yield the line above the columns, where there are columns."""
        if not self.stacked and any(self.sizes[1:]):
            yield ""
            named = [*TITLES, *(["SOURCE"] if self.with_source else [])]
            parts = [
                fill(title, size, right=number == 1)
                for number, (title, size) in enumerate(zip(named, (*self.sizes, 6), strict=False))
            ]
            yield (GAP + GAP.join(parts)).rstrip()

    def row(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Yield one row with its remarks."""
        if _is_deployment(row):
            yield from _indented(_state(row), self.width, len(GAP))
            return
        cells = _cells(row)
        remarks = _remarks(row, with_source=not self.with_source)
        if self.stacked:
            yield from _indented(GAP.join(filter(None, cells[:2])), self.width, 2)
            yield from _indented(", ".join(filter(None, (*cells[2:], remarks))), self.width, NOTE_INDENT)
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
            yield from _indented(remarks, self.width, NOTE_INDENT)
            return
        first, *more = wrap(remarks, self.width - self.table - len(GAP))
        yield (line + GAP + first).rstrip()
        yield from (" " * (self.table + len(GAP)) + text for text in more)


def _indented(text: str, width: int, indent: int) -> Iterator[str]:
    if text:
        yield from (" " * indent + line for line in wrap(text, width - indent))


def _is_deployment(row: Mapping[str, Any]) -> bool:
    """Return whether a row is about a deployment as a whole: it has a state, and no figure."""
    return row.get("asset") is None and row["deployment"] is not None


def _state(row: Mapping[str, Any]) -> str:
    """Return what is known of a deployment of which no line is known: `since 2023-10-05, A2 fra-president-2023-09-24`."""
    since = f"since {row['since']}" if row["since"] else ""
    by = " ".join(filter(None, (flat(row["grade"]), visible(source_text(row)))))
    return "; ".join(filter(None, (", ".join(filter(None, (since, by))), ", ".join(row["flags"])))) or "no figure"


def _cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return what a row is about, how many, since when, and the grade."""
    return visible(flat(row["asset"])), agreed(row) + marks(row), flat(row["since"]), flat(row["grade"])


def _remarks(row: Mapping[str, Any], *, with_source: bool) -> str:
    """Return the remarks on a row: where it comes from, what was stated, its statuses and flags."""
    said = visible(stated(row))
    names_source = bool(said) and "capped" in row["flags"]
    parts = [
        visible(source_text(row)) if with_source and not names_source else "",
        f"stated {said}" if said else "",
        visible(status_text(row, without="phase")),
        ", ".join(row["flags"]),
        f"it was {visible(row['quantity_text'])}" if "lapsed" in row["flags"] and row["quantity_text"] else "",
    ]
    return "; ".join(filter(None, parts))
