"""Movements for a terminal: what happened, day by day; then what it comes to for each line and place, and what is unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.flag_words import meaning
from posture.cli.question import answer
from posture.cli.screen import fill, wrap
from posture.cli.tables import bold, dim, heading, notes, table
from posture.domain.codes import visible
from posture.reports.named import ask
from posture.reports.wording import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.reports.report import Report

GAP = "  "
LABEL = 8


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print what moved in a period."""
    asked = ask("movements", given, session.settings)
    answer(session, asked.given, asked.compute, lines)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the report for a terminal of `width` columns."""
    yield from heading(report, width, styled=styled, about=about)
    happened, balances, places = ([row for row in report.rows if row["kind"] == kind] for kind in KINDS)
    if happened:
        yield ""
        for row in happened:
            yield from _movement(row, width)
    if balances:
        yield ""
        yield bold("Line by line", styled=styled)
        for row in balances:
            yield from _balance(row, width)
    if places:
        yield ""
        yield bold("Place by place, moves within it left out", styled=styled)
        yield from _places(places, width)
    yield from _legend(report.rows, width, styled=styled)
    yield from notes(report, width)


def _legend(rows: Sequence[Mapping[str, Any]], width: int, *, styled: bool) -> Iterator[str]:
    """Yield what the flags mean, after a blank line."""
    flags = sorted({flag for row in rows for flag in row["flags"]})
    label = max(map(len, flags), default=0) + len(GAP)
    for number, flag in enumerate(flags):
        first, *more = wrap(meaning(flag), max(width - label, 12))
        yield from (*([] if number else [""]), dim(f"{flag:<{label}}{first}", styled=styled))
        yield from (dim(" " * label + text, styled=styled) for text in more)


KINDS = ("movement", "balance", "place")


def _movement(row: Mapping[str, Any], width: int) -> Iterator[str]:
    from posture.reports.movement_words import beside, quantity, way

    first, *more = wrap(visible(f"{row['effective']}  {way(row)}  {row['asset']}: {quantity(row)}{marks(row)}"), width)
    yield first
    yield from (GAP * 2 + text for text in more)
    by = ", ".join(f"c{claim}" for claim in row["claims"][:4]) + (" ..." if len(row["claims"]) > 4 else "")
    said = "; ".join(filter(None, (f"{by} {row['grade']} {row['source']}", beside(row))))
    yield from (GAP * 2 + text for text in wrap(visible(said), width - 4))


def _balance(row: Mapping[str, Any], width: int) -> Iterator[str]:
    from posture.reports.movement_words import bounds, counted, flowed, residual_text

    parts: Sequence[tuple[str, str]] = (
        ("was", bounds(row, "start")),
        ("moved", flowed(row) + (f" ({', '.join(row['flags'])})" if row["flags"] else "")),
        ("is", bounds(row, "end")),
        ("counts", counted(row)),
        ("so", residual_text(row)),
    )
    yield from (GAP + text for text in wrap(visible(f"{row['deployment']}/{row['asset']}{marks(row)}"), width - 2))
    for name, said in parts:
        if said:
            first, *more = wrap(visible(said), width - LABEL - 4)
            yield f"{GAP * 2}{fill(name, LABEL)}{first}"
            yield from (" " * (LABEL + 4) + text for text in more)


def _places(rows: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    from posture.reports.movement_words import bounds

    cells = [
        [visible(row["location"]) + marks(row), visible(row["asset_type"]), bounds(row, "in"), bounds(row, "out")]
        for row in rows
    ]
    found = table(["PLACE", "OF WHAT", "IN", "OUT"], cells, width - len(GAP), right=(False, False, True, True))
    yield from (GAP + text for text in found)
