"""A report in the form that was asked for, on standard output or in a file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Protocol

from posture.cli import tables
from posture.cli.screen import may_style, terminal_width
from posture.cli.session import write
from posture.errors import UnknownWord
from posture.exports.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report

TABLE = "table"


class Draws(Protocol):
    """Draws a report as a table for a terminal of so many columns."""

    def __call__(self, report: Report, width: int, *, styled: bool) -> Iterable[str]:
        """Return the lines."""


def print_report(session: Session, given: Mapping[str, Any], report: Report, draw: Draws = tables.lines) -> None:
    """Print a report in the form that was asked for, or with `--sql` the statements behind it."""
    output = given.get("output")
    wanted = (given.get("format") or TABLE).strip().lower()
    if given.get("sql"):
        write((statement.rstrip().rstrip(";") + ";\n" for statement in report.sql), output)
    elif wanted in FORMATS:
        write(FORMATS[wanted](report), output)
    elif wanted == TABLE:
        styled = not output and may_style(no_color=session.no_color)
        write(draw(report, terminal_width(), styled=styled), output)
    else:
        allowed = (TABLE, *FORMATS)
        raise UnknownWord("format", wanted, allowed, difflib.get_close_matches(wanted, allowed, 1))
