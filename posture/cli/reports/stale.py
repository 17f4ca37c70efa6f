"""Which lines wait for news, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.tables import folded_table, heading, notes
from posture.reports.named import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report


CORE = 6
"""Columns that stand beside each other on a narrow screen: line, figure, newest, days, limit, over."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the lines by the age of their newest evidence, against the limits of the settings or the one given."""
    asked = ask("stale", given, session.settings)

    def draw(report: Report, width: int, *, styled: bool, about: str) -> Iterator[str]:
        title = "stale evidence" if given.get("over") else "age of evidence"
        yield from heading(report, width, styled=styled, about=about, title=title)
        if report.rows:
            yield from ("", *folded_table(report, width, first=CORE, styled=styled))
        yield from notes(report, width)

    answer(session, asked.given, asked.compute, draw)
