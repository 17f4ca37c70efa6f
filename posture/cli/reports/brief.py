"""The page on an actor or a place: Markdown, on a screen wrapped to its width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import question as read_question
from posture.cli.screen import wrap
from posture.cli.tables import bold
from posture.domain.codes import visible
from posture.reports.named import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the page."""
    from posture.cli.output import print_report

    asked = ask("brief", given, session.settings)
    with session.database(readonly=True) as db, db.read():
        question = read_question(session, db, asked.given)
        print_report(session, given, asked.compute(db, question), lines)


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
