"""A series for a terminal: each line with its course as a sparkline, then period by period."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.screen import fill, wrap
from posture.cli.sparkline import marks_for, middle, sparkline
from posture.cli.tables import bold, heading, notes, table
from posture.domain.codes import visible
from posture.reports.named import ask
from posture.reports.wording import marks, source_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.reports.report import Report

GAP = "  "
LABEL = 8
"""Columns before a sparkline: what it is of."""
TITLES = ("PERIOD", "HOW MANY", "SOURCE", "FLAGS")


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print a figure period by period."""
    asked = ask("series", given, session.settings)
    answer(session, asked.given, asked.compute, lines)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the report for a terminal of `width` columns."""
    from posture.reports.series import address

    yield from heading(report, width, styled=styled, about=about)
    for about_whom, rows in groupby(report.rows, key=address):
        yield ""
        yield from (bold(text, styled=styled) for text in wrap(visible(about_whom), width))
        of_line = list(rows)
        yield from _course(of_line, width)
        titles, cells = _table(of_line)
        right = [title == "HOW MANY" for title in titles]
        yield from (GAP + text for text in table(titles, cells, width - len(GAP), right=right))
    yield from notes(report, width)


def _course(rows: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    """Yield the sparklines of a line: of its best or middle figure and, where they differ, of its least and most."""
    bounds = [(row["low"], row["best"], row["high"]) for row in rows]
    most = max((number for three in bounds for number in three if number is not None), default=0)
    drawn = [("best", [middle(*three) for three in bounds])]
    if any(three[0] != three[2] for three in bounds):
        drawn += [("most", [three[2] for three in bounds]), ("least", [three[0] for three in bounds])]
    size = max(width - LABEL - len(GAP) - 2, 10)
    written = marks_for(sys.stdout.encoding if sys.stdout is not None else None)
    for start in range(0, len(rows), size):
        for name, figures in drawn:
            course = sparkline(figures[start : start + size], most, marks=written)
            yield f"{GAP}{fill(name, LABEL)}|{course}|"
    said = f"{rows[0]['period']} to {rows[-1]['period']}, drawn from 0 to {most:,}; a gap is not known"
    yield from (GAP + text for text in wrap(said, width - len(GAP)))


def _table(rows: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], list[list[str]]]:
    """Return titles and cells: a row for each run of periods that say the same."""
    from posture.reports.series import figure_text

    cells: list[list[str]] = []
    for said, run in groupby(rows, key=_said):
        same = list(run)
        name = same[0]["period"] + (f" to {same[-1]['period']}" if len(same) > 1 else "")
        so_far = f" (to {same[-1]['as_of']})" if same[-1]["so_far"] else ""
        cells.append([name + so_far, figure_text(same[0]) + marks(same[0]), visible(said[4]), said[5]])
    kept = [number for number in range(len(TITLES)) if any(row[number] for row in cells)]
    return [TITLES[number] for number in kept], [[row[number] for number in kept] for row in cells]


def _said(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["low"], row["best"], row["high"], marks(row), source_text(row), ", ".join(row["flags"]))
