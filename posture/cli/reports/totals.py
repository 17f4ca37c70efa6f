"""Totals for a terminal: a tree with its figures, or two trees crossed, and below them which counts cannot all be true."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.cli.question import answer
from posture.cli.screen import columns, fill, wrap
from posture.cli.tables import bold, dim, heading, notes, table
from posture.domain.codes import visible
from posture.reports.named import ask, totals_by
from posture.reports.totals_wording import code, conflict_text, label, older_text, rests_on
from posture.reports.wording import agreed, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.reports.report import Report

GAP = "  "


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Print the totals along one tree, or two crossed."""
    asked = ask("totals", given, session.settings)
    by = totals_by(given.get("by") or ())

    def draw(report: Report, width: int, *, styled: bool, about: str) -> Iterator[str]:
        return lines(report, width, styled=styled, about=about, by=by)

    answer(session, asked.given, asked.compute, draw)


def lines(report: Report, width: int, *, styled: bool, about: str, by: Sequence[str]) -> Iterator[str]:
    """Yield the totals for a terminal of `width` columns."""
    projected = any("projected" in row["flags"] for row in report.rows)
    ways = " and ".join(word.replace("_", " ") for word in by)
    title = f"{'projected ' if projected else ''}totals by {ways}"
    yield from heading(report, width, styled=styled, about=about, title=title)
    for kind, rows in groupby(report.rows, key=lambda row: _kind(row, by, about)):
        yield ""
        yield from (bold(line, styled=styled) for line in wrap(visible(kind), width) if kind)
        if len(by) > 1:
            yield from _crossed(list(rows), width, by, styled=styled)
        else:
            yield from _tree(list(rows), width, by[0], styled=styled)
    yield from notes(report, width)


def _kind(row: Mapping[str, Any], by: Sequence[str], about: str) -> str:
    """Return what a table of totals is of, beside what the heading says: `Personnel, France (fra)`."""
    words = [label(row, noun) for noun in ("asset_type", "actor", "location") if noun not in by]
    return ", ".join(word for word in words if word.split(" (")[0] not in about.split(", "))


def _tree(rows: Sequence[Mapping[str, Any]], width: int, noun: str, *, styled: bool) -> Iterator[str]:
    """Yield one tree: each node under its parent, so that one sees that parts do not add up to more."""
    titles = ["", "", "HOW MANY", "RESTS ON"]
    cells = [
        [
            GAP * row["level"] + visible(code(row, noun)),
            visible(row[f"{noun}_name"] or ""),
            agreed(row) + marks(row),
            visible(rests_on(row)),
        ]
        for row in rows
    ]
    sizes = [max(columns(line[number]) for line in (titles, *cells)) for number in range(4)]
    for kept in ((0, 1, 2, 3), (0, 2, 3), (0, 2), ()):
        if sum(sizes[number] + len(GAP) for number in kept) - len(GAP) <= width:
            break

    def drawn(line: Sequence[str]) -> str:
        return GAP.join(fill(line[number], sizes[number], right=number == 2) for number in kept).rstrip()

    if kept:
        yield dim(drawn(titles), styled=styled)
    for row, line in zip(rows, cells, strict=True):
        indent = len(GAP) * (row["level"] + 1)
        if kept:
            yield drawn(line)
        else:
            yield from _indented(line[0].strip(), width, indent - len(GAP))
            yield from _indented(line[2], width, indent)
        yield from _indented("; ".join(filter(None, ("" if 3 in kept else line[3], older_text(row)))), width, indent)
        for conflict in row["conflicts"]:
            yield from _indented(f"conflict: {conflict_text(row, conflict)}", width, indent)


def _crossed(rows: Sequence[Mapping[str, Any]], width: int, by: Sequence[str], *, styled: bool) -> Iterator[str]:
    """Yield two trees crossed: the first one down, the second one across."""
    down, across = by
    cells = {(row[down], row[across]): row for row in rows}
    titles = list(dict.fromkeys(row[across] for row in sorted(rows, key=lambda row: row["across"])))
    named = {row[across]: row for row in rows}
    shown = []
    for node, (first, *_) in ((node, list(found)) for node, found in groupby(rows, key=lambda row: row[down])):
        found = [cells.get((node, title)) for title in titles]
        shown.append(["·" * first["level"] + visible(code(first, down)), *(_cell(row) if row else "" for row in found)])
    yield from table(
        [down.replace("_", " ").upper(), *(visible(code(named[title], across)) for title in titles)],
        shown,
        width,
        right=[False, *(True for _ in titles)],
        styled=styled,
    )
    conflicts = [conflict_text(row, one) for row in rows for one in row["conflicts"]]
    if conflicts:
        yield ""
        for text in dict.fromkeys(conflicts):
            begun, *more = wrap(f"conflict: {visible(text)}", width - len(GAP))
            yield from (begun, *(GAP + line for line in more))


def _cell(row: Mapping[str, Any]) -> str:
    return agreed(row) + marks(row) + (" (conflict)" if row["conflicts"] else "")


def _indented(text: str, width: int, indent: int) -> Iterator[str]:
    if text:
        yield from (" " * indent + line for line in wrap(visible(text), width - indent))
