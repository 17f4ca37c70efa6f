"""Which lines wait for news, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import answer, whole_number
from posture.cli.tables import folded_table, heading, notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.as_of import Question
    from posture.reports.report import Report
    from posture.store.connection import Database


CORE = 6
"""Columns that stand beside each other on a narrow screen: line, figure, newest, days, limit, over."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the lines by the age of their newest evidence, against the limits of the settings or the one given."""
    limit = whole_number("--limit", given.get("limit"))

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.stale import Limits, stale

        kept = (
            {code: int(found.value) for code, found in session.settings.stale_limits().items()} if limit is None else {}
        )
        limits = Limits(default=question.stale_after, by_code=kept, all=limit)
        return stale(db, question, limits, only_over=bool(given.get("over")))

    def draw(report: Report, width: int, *, styled: bool, about: str) -> Iterator[str]:
        title = "stale evidence" if given.get("over") else "age of evidence"
        yield from heading(report, width, styled=styled, about=about, title=title)
        if report.rows:
            yield from ("", *folded_table(report, width, first=CORE, styled=styled))
        yield from notes(report, width)

    answer(session, given, compute, draw)
