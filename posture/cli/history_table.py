"""The ledger's entries for a terminal: a line that says who, when and why, and below it what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.cli.screen import wrap
from posture.cli.tables import bold
from posture.domain.codes import visible
from posture.reports.wording import instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.reports.report import Report


def lines(report: Report, width: int, *, styled: bool) -> Iterator[str]:
    """Yield the history for a terminal of `width` columns."""
    if not report.rows:
        yield from wrap(visible(report.empty_because or "nothing to show"), width)
        return
    number = max(len(str(row["entry"])) for row in report.rows) + 1
    indent = " " * (number + 2)
    for row in report.rows:
        about = f"{instant(row['recorded_at'])}  {visible(row['action'])} by {visible(row['recorded_by'])}"
        head = f"{about}: {visible(row['reason'])}" if row["reason"] else about
        first, *more = wrap(head, width - len(indent))
        yield bold(f"#{row['entry']}".rjust(number), styled=styled) + "  " + first
        yield from (indent + line for line in more)
        for said in row["what"]:
            first, *more = wrap(visible(said), width - len(indent) - 2)
            yield indent + "- " + first
            yield from (indent + "  " + line for line in more)
