"""Conflicts on a terminal: two claims side by side, how far they are apart, and who says each."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.screen import fill, wrap
from posture.cli.tables import bold, heading, notes
from posture.domain.codes import visible
from posture.reports.conflicts import KINDS, gap_text, line_of, side_figure, side_source, side_text
from posture.reports.named import ask
from posture.reports.wording import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report

BESIDE = 64
"""Columns from which on the two sides stand beside each other."""
BETWEEN = " | "


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the claims that cannot both be true."""
    asked = ask("conflicts", given, session.settings)
    answer(session, asked.given, asked.compute, lines)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the conflicts report for a terminal of `width` columns."""
    yield from heading(report, width, styled=styled, about=about)
    for row in report.rows:
        yield ""
        yield from _conflict(row, width, styled=styled)
    yield from notes(report, width)


def _conflict(row: Mapping[str, Any], width: int, *, styled: bool) -> Iterator[str]:
    """Yield one conflict: the line, of what kind, how large; and its two sides."""
    gap = f"; {gap_text(row)}" if row["gap"] is not None else ""
    title = f"{line_of(row)}: {KINDS[row['kind']]}{gap}{marks(row)}"
    yield from (bold(line, styled=styled) for line in wrap(visible(title), width))
    if width < BESIDE:
        for side in ("", "other_"):
            yield from (f"  {line}" for line in _side(row, side, width - 2))
        return
    room = (width - 2 - len(BETWEEN)) // 2
    for left, right in zip_longest(_side(row, "", room), _side(row, "other_", room), fillvalue=""):
        yield f"  {fill(left, room)}{BETWEEN}{right}".rstrip()


def _side(row: Mapping[str, Any], other: str, width: int) -> Iterator[str]:
    """Yield what one side says, its figure, its passage, and who says so."""
    excerpt = row[f"{other}excerpt"]
    for text in (
        side_text(row, other),
        side_figure(row, other),
        f'"{excerpt}"' if excerpt else "",
        f"{side_source(row, other)}: {row[f'{other}grade_words']}",
    ):
        if text:
            yield from wrap(visible(text), width)
