"""A report in the form that was asked for, on standard output or in a file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from posture.cli.nouns import NOUNS
from posture.cli.screen import may_style, terminal_width
from posture.cli.session import write
from posture.errors import UnknownWord
from posture.exports.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report
    from posture.store.connection import Database

TABLE = "table"
SHOWN = ("claim", "entry", *(noun.table for noun in NOUNS))
"""Reports of one thing, shown as one record."""


def print_report(
    session: Session,
    given: Mapping[str, Any],
    report: Report,
    *,
    db: Database | None = None,
    columns: tuple[str, ...] = (),
) -> None:
    """Print a report, or with `--sql` the statements behind it.

    With a database at hand, codes get their names; `columns` are those that a table shows, where it does not show all.
    """
    output = given.get("output")
    if given.get("sql"):
        write((statement.rstrip().rstrip(";") + ";\n" for statement in report.sql), output)
        return
    write(_lines(session, given, report, db, columns, to_file=bool(output)), output)


def _lines(
    session: Session,
    given: Mapping[str, Any],
    report: Report,
    db: Database | None,
    shown: tuple[str, ...],
    *,
    to_file: bool,
) -> Iterable[str]:
    wanted = (given.get("format") or TABLE).strip().lower()
    if wanted in FORMATS:
        return FORMATS[wanted](report)
    if wanted != TABLE:
        allowed = (TABLE, *FORMATS)
        raise UnknownWord("format", wanted, allowed, difflib.get_close_matches(wanted, allowed, 1))
    from posture.cli import history_table, plans_table, posture_table, tables

    styled = not to_file and may_style(no_color=session.no_color)
    width = terminal_width()
    if report.name == "posture":
        return posture_table.lines(report, width, styled=styled, names=posture_table.names(db) if db else {})
    if report.name == "plans":
        return plans_table.lines(report, width, styled=styled)
    if report.name == "history":
        return history_table.lines(report, width, styled=styled)
    if report.name in SHOWN:
        return tables.record(report, width, styled=styled)
    return tables.lines(report, width, shown=shown or report.columns, styled=styled)
