"""The evidence for a figure on a terminal: the figure, what to beware of, and claim by claim why it is what it is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.cli.flag_words import meaning
from posture.cli.question import answer
from posture.cli.screen import fill, wrap
from posture.cli.tables import bold, dim, heading, notes
from posture.domain.codes import visible
from posture.reports.evidence import figure_of, line_of, says
from posture.reports.named import ask
from posture.reports.wording import figure, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.reports.report import Report

TITLES = {
    "decided": "What decided it",
    "confirmed": "What confirms it",
    "set_aside": "What was set aside",
    "retracted": "What was retracted",
}
"""The heading of each group of claims."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print why the figure of a line is what it is."""
    asked = ask("evidence", given, session.settings)
    answer(session, asked.given, asked.compute, lines)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the evidence report for a terminal of `width` columns."""
    yield from heading(report, width, styled=styled, about=about)
    for _, rows in groupby(report.rows, key=line_of):
        yield ""
        yield from _line(list(rows), width, styled=styled)
    yield from notes(report, width)


def _line(rows: Sequence[Mapping[str, Any]], width: int, *, styled: bool) -> Iterator[str]:
    """Yield all about one line."""
    yield bold(visible(line_of(rows[0])), styled=styled)
    yield from _indented(_head(rows[0]), width, 2)
    yield from _flags(rows, width, styled=styled)
    number = max(len(str(row["claim"])) for row in rows) + 1
    for group, members in groupby(rows, key=lambda row: str(row["group"])):
        yield f"  {TITLES[group]}"
        for row in members:
            yield from _claim(row, number, width, styled=styled)


def _head(row: Mapping[str, Any]) -> str:
    """Return the figure, what was stated, and how many reports of how many origins are behind it."""
    stated = figure(row["stated_low"], row["stated_best"], row["stated_high"]) if row["asset"] else ""
    agreed = figure_of(row)
    parts = [
        f"{agreed} (stated: {stated})" if stated != agreed else agreed,
        _counted(row["reports"], "report"),
        _counted(row["origins"], "origin") if row["reports"] else "",
    ]
    return "; ".join(filter(None, (parts[0], ", ".join(filter(None, parts[1:])))))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _flags(rows: Sequence[Mapping[str, Any]], width: int, *, styled: bool) -> Iterator[str]:
    """Yield each flag of the line, what it means, and the claims that caused it."""
    flags = rows[0]["line_flags"]
    widest = max((len(flag) for flag in flags), default=0)
    for flag in flags:
        claims = ", ".join(f"c{row['claim']}" for row in rows if flag in row["flags"])
        text = meaning(flag) + (f": {claims}" if claims else "")
        first, *more = wrap(text, max(width - widest - 4, 12))
        yield dim(f"  {fill(flag, widest)}  {first}", styled=styled)
        yield from (dim(" " * (widest + 4) + line, styled=styled) for line in more)


def _claim(row: Mapping[str, Any], number: int, width: int, *, styled: bool) -> Iterator[str]:
    """Yield a claim: what it says, what that is to the figure, the passage, and who says so."""
    indent = 4 + number + 2
    first, *more = wrap(visible(f"{_says(row)}, {row['when']}{marks(row)}"), width - indent)
    yield f"    {fill('c' + str(row['claim']), number)}  {bold(first, styled=styled)}"
    yield from (" " * indent + bold(line, styled=styled) for line in more)
    yield from _indented(row["why"], width, indent)
    if row["excerpt"]:
        where = f" ({row['locator']})" if row["locator"] else ""
        yield from _indented(f'"{row["excerpt"]}"{where}', width, indent)
    yield from _indented(_source(row), width, indent)


def _says(row: Mapping[str, Any]) -> str:
    """Return what a claim says; of what, where that is not the line itself."""
    said = says(row)
    return said.removesuffix(f" {line_of(row)}") if row["about"] == line_of(row) else said


def _source(row: Mapping[str, Any]) -> str:
    """Return who says so: the source, what it repeats, and the grade spelled out."""
    repeats = f" (repeats {row['repeats']})" if row["repeats"] else ""
    return f"{row['source']}{repeats}: {row['title']}; {row['grade']}, {row['grade_words']}"


def _indented(text: str, width: int, indent: int) -> Iterator[str]:
    if text:
        yield from (" " * indent + line for line in wrap(visible(text), width - indent))
