"""The track records of sources, origins or publishers, for a terminal."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.tables import folded_table, heading, notes
from posture.errors import UnknownWord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.as_of import Question
    from posture.reports.report import Report
    from posture.store.connection import Database


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print what each source, origin or publisher has said, and how it turned out."""
    from posture.reports.sources import WAYS, sources

    by = (given.get("by") or "source").strip().lower()
    if by not in WAYS:
        raise UnknownWord("way to group sources by", by, WAYS, difflib.get_close_matches(by, WAYS, 1))

    def compute(db: Database, question: Question) -> Report:
        return sources(db, question, by)

    def draw(report: Report, width: int, *, styled: bool, about: str) -> Iterator[str]:
        yield from heading(report, width, styled=styled, about=about, title=f"{by}s")
        if report.rows:
            yield from ("", *folded_table(report, width, first=len(report.shown) - 2, styled=styled))
        yield from notes(report, width)

    answer(session, given, compute, draw)
