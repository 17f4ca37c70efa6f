"""The plans as a table: what was said to come, by when, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.cli import tables
from posture.cli.screen import wrap
from posture.cli.tables import bold, clocks
from posture.domain.codes import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.reports.report import Report


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the plans report for a terminal of `width` columns."""
    yield from (
        bold(line, styled=styled)
        for line in wrap(visible(f"{about}: plans {clocks(report)}" if about else f"Plans {clocks(report)}"), width)
    )
    yield ""
    yield from tables.lines(report, width, styled=styled)
