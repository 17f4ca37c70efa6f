"""What changed, for a terminal: before and after side by side, by how much, and below it which claims made it so."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.screen import columns, fill, wrap
from posture.cli.tables import bold, heading, notes
from posture.domain.codes import visible
from posture.reports.named import ask
from posture.reports.wording import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.reports.report import Report

GAP = "  "
DIFFERENCES = 1
"""The exit code of `--exit-code` where something changed, as git's."""
MOST_REASONS = 8
"""Claims named below a line; more of them are in the other forms."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print what changed between two points of either clock."""
    asked = ask("diff", given, session.settings)
    found = answer(session, asked.given, asked.compute, lines)
    if given.get("exit_code") and any(row["kinds"] for row in found.rows):
        from typer import Exit

        raise Exit(DIFFERENCES)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the report for a terminal of `width` columns."""
    yield from heading(report, width, styled=styled, about=about, title="what changed")
    for _, rows in groupby(report.rows, key=lambda row: str(row["deployment"])):
        yield ""
        for row in rows:
            yield from _row(row, width, styled=styled)
    yield from notes(report, width)


def _row(row: Mapping[str, Any], width: int, *, styled: bool) -> Iterator[str]:
    """Yield what changed of one line: its address, before and after, and how; below it the reasons."""
    from posture.reports.diff import address, change_words, remarks, side_text

    about = visible(address(row))
    if row["kinds"]:
        said = visible(f"{side_text(row, 'before')} -> {side_text(row, 'after')}{marks(row)}")
        if change := change_words(row):
            said += f"  ({change})"
        if row.get("marks"):
            said += f"  [{', '.join(row['marks'])}]"
    else:
        said = visible(f"{side_text(row, 'after')}{marks(row)}, as before")
    beside = columns(about) + len(GAP) + columns(said) <= width
    first, *more = wrap(about, width)
    yield bold(first, styled=styled) + (f"{GAP}{said}" if beside else "")
    yield from (bold(text, styled=styled) for text in more)
    if not beside:
        yield from (GAP + text for text in wrap(said, width - len(GAP)))
    for remark in remarks(row) if row["kinds"] else ():
        yield from (GAP + text for text in wrap(visible(remark), width - len(GAP)))
    yield from _reasons(row, width)


def _reasons(row: Mapping[str, Any], width: int) -> Iterator[str]:
    from posture.reports.diff import cause_text

    if not row["kinds"]:
        return
    why: Sequence[Mapping[str, Any]] = row["why"]
    if not why:
        yield from (GAP * 2 + text for text in wrap("nothing came in: time has passed", width - 4))
    label = max((len(cause["mark"]) for cause in why[:MOST_REASONS]), default=0)
    for cause in why[:MOST_REASONS]:
        mark, rest = cause_text(cause).split(" ", 1)
        indent = len(GAP) * 2 + label + 1
        first, *more = wrap(visible(rest), width - indent)
        yield f"{GAP * 2}{fill(mark, label)} {first}"
        yield from (" " * indent + text for text in more)
    if len(why) > MOST_REASONS:
        yield f"{GAP * 2}and {len(why) - MOST_REASONS} more"
