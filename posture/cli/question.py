"""The question of a report as typed: both clocks, what to show, and the words for what is asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.reports.asked import about, read_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from posture.cli.output import Draws
    from posture.cli.session import Session
    from posture.reports.as_of import Question
    from posture.reports.report import Report
    from posture.store.connection import Database


def answer(
    session: Session,
    given: Mapping[str, Any],
    compute: Callable[[Database, Question], Report],
    draw: Callable[..., Iterable[str]] | None = None,
) -> Report:
    """Compute a report for the question that was typed, print it in the form that was asked for, and return it.

    `draw` gets the report, the width, `styled` and `about`; without it the report's own table is printed.
    """
    from posture.cli.output import print_report
    from posture.cli.tables import sheet

    with session.database(readonly=True) as db, db.read():
        report = cited(db, given, compute(db, question(session, db, given)))
        whom = about(db, given)
        report = replace(report, about=report.about or whom)

        def drawn(report: Report, width: int, *, styled: bool) -> Iterable[str]:
            return (draw or sheet)(report, width, styled=styled, about=whom)

        drawing: Draws = drawn
        print_report(session, given, report, drawing)
        return report


def cited(db: Database, given: Mapping[str, Any], report: Report) -> Report:
    """Return the report with its sources beside its figures, where `--cite` asks for them."""
    if not given.get("cite"):
        return report
    from posture.reports.citing import cite

    return cite(db, report)


def question(session: Session, db: Database, given: Mapping[str, Any]) -> Question:
    """Return the question that the words mean; raises the readers' own errors for words that cannot be read."""
    return read_question(db, given, stale_after=session.settings.number("stale_after"))
