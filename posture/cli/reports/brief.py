"""The page on an actor or a place: Markdown, on a screen wrapped to its width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import about as about_whom
from posture.cli.question import question as read_question
from posture.cli.question import whole_number
from posture.cli.screen import wrap
from posture.cli.tables import bold
from posture.domain.codes import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report

DAYS = 30
"""How far back changes are told unless told otherwise."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the page."""
    from posture.cli.output import print_report
    from posture.reports.brief import Brief, brief

    days = whole_number("--days", given.get("days"), least=1)
    with session.database(readonly=True) as db, db.read():
        question = read_question(session, db, given)
        wanted = Brief(days=DAYS if days is None else days, weekly=bool(given.get("week")), about=about_whom(db, given))
        print_report(session, given, brief(db, question, wanted), lines)


def lines(report: Report, width: int, *, styled: bool) -> Iterator[str]:
    """Yield the page for a terminal of `width` columns: still Markdown, its items wrapped under themselves."""
    for line in report.page:
        text = visible(line)
        if text.startswith("#"):
            yield from (bold(part, styled=styled) for part in wrap(text, width))
            continue
        inside = len(text) - len(text.lstrip(" "))
        hang = inside + 2 if text[inside:].startswith("- ") else 4 if text.startswith("[^") else inside
        first, *more = wrap(text[inside:], width - hang) if text.strip() else [""]
        yield " " * inside + first
        yield from (" " * hang + part for part in more)
