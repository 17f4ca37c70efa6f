"""The track records of sources, origins or publishers, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.tables import folded_table, heading, notes
from posture.reports.named import ask, sources_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print what each source, origin or publisher has said, and how it turned out."""
    asked = ask("sources", given, session.settings)
    by = sources_by(given.get("by"))

    def draw(report: Report, width: int, *, styled: bool, about: str) -> Iterator[str]:
        yield from heading(report, width, styled=styled, about=about, title=f"{by}s")
        if report.rows:
            yield from ("", *folded_table(report, width, first=len(report.shown) - 2, styled=styled))
        yield from notes(report, width)

    answer(session, asked.given, asked.compute, draw)
