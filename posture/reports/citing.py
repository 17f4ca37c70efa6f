"""Puts the sources behind each figure of a report beside it: `--cite`.

A row says by its key `claims` which claims decided its figures; from them come the sources, numbered in the order in which
the report first needs them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.reports.report import Footnote, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.store.connection import Database

BATCH = 2000


def cite(db: Database, report: Report) -> Report:
    """Return the report with `cite` (numbers of footnotes) and `cited` (codes of sources) in each row, and the footnotes."""
    source_of, sources = _sources(db, {claim for row in report.rows for claim in row.get("claims") or ()})
    numbers: dict[int, int] = {}
    rows = []
    for row in report.rows:
        said = dict.fromkeys(source_of[claim] for claim in row.get("claims") or () if claim in source_of)
        for source in said:
            numbers.setdefault(source, len(numbers) + 1)
        rows.append(
            {
                **row,
                "cite": [numbers[source] for source in said],
                "cited": [str(sources[source]["code"]) for source in said],
            }
        )
    footnotes = [
        Footnote(number, sources[source]["code"], described(sources[source])) for source, number in numbers.items()
    ]
    return replace(report, rows=rows, columns=(*report.columns, "cited"), footnotes=footnotes)


def described(source: Mapping[str, Any]) -> str:
    """Return a source for a person: `France orders its soldiers home, AFP, 2023-09-24, https://...`."""
    parts = (source["title"] or source["code"], source["publisher"], source["published_on"], source["url"])
    return ", ".join(str(part) for part in parts if part)


def _sources(db: Database, claims: Iterable[int]) -> tuple[dict[int, int], dict[int, Any]]:
    """Return the source of each claim, and each source's row."""
    ordered = sorted(claims)
    source_of: dict[int, int] = {}
    for listed in _listed(ordered):
        source_of.update(db.tuples(f"select id, source_id from status_change where id in ({listed})"))
    sources: dict[int, Any] = {}
    for listed in _listed(sorted(set(source_of.values()))):
        for row in db.all(f"select id, code, title, publisher, published_on, url from source where id in ({listed})"):
            sources[row["id"]] = row
    return source_of, sources


def _listed(ids: list[int]) -> Iterable[str]:
    for start in range(0, len(ids), BATCH):
        yield ", ".join(map(str, ids[start : start + BATCH]))
