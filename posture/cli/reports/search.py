"""What was found, on a screen: each hit with its passage below it, the words that were sought in bold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.screen import columns, wrap
from posture.cli.tables import bold, notes
from posture.domain.codes import visible
from posture.reports.named import ask
from posture.reports.wording import clocks, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.reports.report import Report


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the passages in which words occur."""
    asked = ask("search", given, session.settings)
    answer(session, asked.given, asked.compute, lines)


def lines(report: Report, width: int, *, styled: bool, about: str = "") -> Iterator[str]:
    """Yield the hits for a terminal of `width` columns."""
    known = clocks(report).partition(", ")[2]  # the day of the world decides nothing here
    title = f"{about}: search, {known}" if about else f"Search, {known}"
    yield from (bold(line, styled=styled) for line in wrap(visible(title), width))
    if not report.rows:
        yield from ("", *wrap(visible(report.empty_because or "nothing to show"), width))
    label = len(str(len(report.rows)))
    for row in report.rows:
        yield ""
        indent = " " * (label + 2)
        head = f"{row['kind']} {row['what']}" + (" (retracted)" if row["retracted"] else "")
        said = [head, row["date"] or "", _who(row) + marks(row)]
        first, *more = wrap(visible(", ".join(filter(None, said))), width - label - 2)
        yield f"{row['rank']:>{label}}  " + first
        yield from (indent + line for line in more)
        if row["kind"] == "source" and row["title"] and row["title"] != row["passage"]:
            yield from (indent + line for line in wrap(visible(row["title"]), width - label - 2))
        yield from (indent + "  " + line for line in _passage(row, width - label - 4, styled=styled))
    yield from notes(report, width)


def _who(row: Mapping[str, Any]) -> str:
    if row["kind"] == "source":
        return ""
    return " ".join(filter(None, (row["grade"], row["source"])))


def _passage(row: Mapping[str, Any], width: int, *, styled: bool) -> Iterator[str]:
    """Yield the passage, what was sought in bold where the terminal may show it."""
    text = visible(row["passage"])
    wrapped = wrap(text, width)
    if not styled or text != row["passage"]:
        yield from wrapped
        return
    words = {row["passage"][start:end] for start, end in row["matches"]}
    found = re.compile("|".join(re.escape(word) for word in sorted(words, key=columns, reverse=True)))
    for line in wrapped:
        yield found.sub(lambda match: bold(match[0], styled=True), line)
