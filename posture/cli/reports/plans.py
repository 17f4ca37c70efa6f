"""The plans for a terminal: what was said to come, by when, who said so, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.screen import columns, fill, wrap
from posture.cli.tables import bold, notes
from posture.domain.codes import visible
from posture.reports.named import ask
from posture.reports.plan_wording import turned_out
from posture.reports.wording import clocks, figure, marks, outcome_text, plan_text, source_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report

STATES = ("overdue", "open", "partly_fulfilled", "fulfilled", "superseded", "cancelled")
"""The order in which plans are shown: first what may still come."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the plans and what became of them."""
    asked = ask("plans", given, session.settings)
    answer(session, asked.given, asked.compute, lines)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the plans report for a terminal of `width` columns."""
    title = f"{about}: plans {clocks(report)}" if about else f"Plans {clocks(report)}"
    yield from (bold(line, styled=styled) for line in wrap(visible(title), width))
    if not report.rows:
        yield from ("", *wrap(visible(report.empty_because or "nothing to show"), width))
        yield from notes(report, width)
        return
    number = max(len(str(row["plan_id"])) for row in report.rows) + 1
    for state in STATES:
        rows = [row for row in report.rows if row["state"] == state]
        if rows:
            yield ""
            yield bold(state.replace("_", " ").capitalize(), styled=styled)
        for row in rows:
            yield from _plan(row, number, width)
    yield from notes(report, width)


def _plan(row: Mapping[str, Any], number: int, width: int) -> Iterator[str]:
    head = "  " + fill(f"c{row['plan_id']}", number) + "  "
    indent = " " * columns(head)
    first, *more = wrap(visible(_what(row)), width - len(indent))
    yield head + first
    yield from (indent + line for line in more)
    for text in (_who(row), outcome_text(row), turned_out(row)):
        yield from (indent + line for line in (wrap(visible(text), width - len(indent)) if text else ()))


def _what(row: Mapping[str, Any]) -> str:
    """Return what is planned, and by when: `fra-ner/drones: decrease most, planned; due 2023-12-31`."""
    line = f"{row['deployment']}/{row['asset']}" if row["asset"] else row["deployment"]
    many = figure(row["low"], None, row["high"]) if _needs_figure(row) else ""
    due = f"; due {row['due']}" if row["due"] else ""
    days = row["overdue_days"]
    late = f", {days} {'day' if days == 1 else 'days'} ago" if days else ""
    return f"{line}: {plan_text(row, many=many)}{due}{late}"


def _needs_figure(row: Mapping[str, Any]) -> bool:
    """Return whether the words leave open how many are meant, and something is known of it."""
    text = (row["quantity_text"] or "").replace(",", "")
    return (
        bool(text) and not text.isdecimal() and row["state"] in STATES[:3] and (row["low"], row["high"]) != (None, None)
    )


def _who(row: Mapping[str, Any]) -> str:
    return f"said {row['stated_on']}, {row['grade']} {source_text(row)}{marks(row)}"
