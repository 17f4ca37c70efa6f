"""The timeline on a terminal: day by day what was claimed, what it did to the figures, what was planned, what happened."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.cli.question import answer
from posture.cli.screen import fill, wrap
from posture.cli.tables import bold, dim, heading, notes
from posture.domain.codes import visible
from posture.domain.dates import read_day
from posture.reports.named import ask
from posture.reports.timeline import EVENT, effect_text, ends_text, named, place_of, plan_became
from posture.reports.wording import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the story of a deployment, of a line, or of all that the filters name."""
    asked = ask("timeline", given, session.settings)
    today = clock.today()
    since, until = (read_day(given[name], today=today) if given.get(name) else None for name in ("since", "until"))
    days = " ".join((f"from {since}" if since else "", f"until {until}" if until else "")).strip()

    def draw(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
        return lines(report, width, styled=styled, about=given.get("line") or about, days=days)

    answer(session, asked.given, asked.compute, draw)


def lines(report: Report, width: int, *, styled: bool, about: str = "", days: str = "") -> Iterator[str]:
    """Yield the timeline for a terminal of `width` columns; `days` says in words which it is of."""
    yield from heading(report, width, styled=styled, about=about, title=f"timeline {days}," if days else "")
    number = max((len(named(row)) for row in report.rows), default=0)
    for day, rows in groupby(report.rows, key=lambda row: str(row["on"])):
        yield ""
        yield bold(day, styled=styled)
        for row in rows:
            yield from _row(row, day, number, width, styled=styled)
    yield from notes(report, width)


def _row(row: Mapping[str, Any], day: str, number: int, width: int, *, styled: bool) -> Iterator[str]:
    """Yield one claim or event: what it says, what that did, and who says so."""
    indent = 2 + number + 2
    gone = row["retracted_by_entry"] is not None
    first, *more = wrap(visible(_said(row, day)), width - indent)
    yield f"  {fill(named(row), number)}  {_struck(first, gone=gone, styled=styled)}"
    yield from (" " * indent + _struck(line, gone=gone, styled=styled) for line in more)
    for text in (effect_text(row), plan_became(row), ends_text(row)):
        yield from _indented(text, width, indent)
    yield from (dim(line, styled=styled) for line in _indented(_source(row), width, indent))


def _said(row: Mapping[str, Any], day: str) -> str:
    """Return what a row says, and of what; when, where that is not just its day."""
    place = place_of(row)
    if row["what"] == EVENT:
        said = f"{row['kind']}: {row['says']}" + (f" ({', '.join(row['actors'])})" if row["actors"] else "")
        said = f"{place}: {said}" if place else said
    else:
        said = f"{place}: {row['says']}" + (f", {row['modality']}" if _is_words(row) else "")
    when = f", {row['when']}" if row["when"] != day and row["what"] != "plan" else ""
    return f"{said}{when}{marks(row)}"


def _is_words(row: Mapping[str, Any]) -> bool:
    """Return whether a row shows the words of an announcement, which do not say whether it is so."""
    wordless = f"{row['modality']} announcement"
    return bool(row["kind"] == "announcement" and row["modality"] != "actual" and row["says"] != wordless)


def _struck(text: str, *, gone: bool, styled: bool) -> str:
    """Return text struck through where it was retracted and the terminal may show it."""
    return f"\x1b[9m{text}\x1b[0m" if gone and styled else text


def _source(row: Mapping[str, Any]) -> str:
    repeats = f" (repeats {row['repeats']})" if row["repeats"] else ""
    said = f", said {row['stated_on']}" if row["what"] == "claim" and row["stated_on"] != row["on"] else ""
    return f"{row['grade'] or ''} {row['source']}{repeats}{said}".strip()


def _indented(text: str, width: int, indent: int) -> Iterator[str]:
    if text:
        yield from (" " * indent + line for line in wrap(visible(text), width - indent))
