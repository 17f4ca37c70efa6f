"""A report in the form that was asked for, on standard output or in a file."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, Any, Protocol

from posture.cli import tables
from posture.cli.filed import FILED, write_filed
from posture.cli.screen import may_style, terminal_width
from posture.cli.session import say, write
from posture.domain.codes import visible
from posture.errors import UnknownWord
from posture.exports.formats import FORMATS, iter_csv
from posture.reports.wording import clocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report

TABLE = "table"
WITH_NOTES = (TABLE, "json", "md")
"""Forms that hold the notes: what stands on the screen once is not said a second time beside it."""
ROWS_ALONE = ("csv", "jsonl")
"""Forms that hold rows and nothing else; of a file in them the clocks are told."""
WITH_TWO_CLOCKS = ("posture", "totals", "stale", "sources", "plans", "diff", "series", "movements")
"""Reports whose rows depend on both clocks."""


class Draws(Protocol):
    """Draws a report as a table for a terminal of so many columns."""

    def __call__(self, report: Report, width: int, *, styled: bool) -> Iterable[str]:
        """Return the lines."""


def print_report(
    session: Session, given: Mapping[str, Any], report: Report, draw: Draws = tables.lines, *, noted: bool = True
) -> None:
    """Print a report in the form that was asked for, or with `--sql` the statements behind it.

    `noted`: what `draw` draws holds the notes.
    """
    output = given.get("output")
    raw = bool(given.get("raw"))
    wanted = (given.get("format") or TABLE).strip().lower()
    if given.get("sql"):
        write(_shown(_statements(report), output), output)
    elif wanted in FORMATS:
        lines = iter_csv(report, raw=True) if raw and wanted == "csv" else FORMATS[wanted](report)
        write(_shown(lines, output), output)
        if output and wanted in ROWS_ALONE and report.name in WITH_TWO_CLOCKS:
            say(f"{output}: {report.name} {clocks(report)}")
    elif wanted == TABLE:
        styled = not output and may_style(no_color=session.no_color)
        write(draw(report, terminal_width(), styled=styled), output)
    elif wanted in FILED:
        write_filed(session.opened, report, wanted, output, raw=raw)
    else:
        allowed = (TABLE, *FORMATS, *FILED)
        raise UnknownWord("format", wanted, allowed, difflib.get_close_matches(wanted, allowed, 1))
    if output or given.get("sql") or not noted or wanted not in WITH_NOTES:
        for note in report.notes:
            say(f"mind: {note}")


def _statements(report: Report) -> Iterator[str]:
    """Yield the statements behind a report, and what they are: a figure is no column of theirs."""
    yield "-- What was read for this answer. It brings the claims; the figures are computed from them by the reading rules."
    yield from (statement.rstrip().rstrip(";") + ";\n" for statement in report.sql)


def _shown(lines: Iterable[str], output: str | None) -> Iterable[str]:
    """Return lines as they may be written: exact in a file or a pipe, harmless on a terminal."""
    if output not in (None, "-") or sys.stdout is None or not sys.stdout.isatty():
        return lines
    return (visible(line, keep_lines=True) for line in lines)
