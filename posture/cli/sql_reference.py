"""Writes `docs/sql.md`, the page of the views that SQL users read, from their definitions.

Run `python -m posture.cli.sql_reference docs/sql.md`; a test fails where the file is not what this writes. Each view's
example is run on a scenario that travels with the program, and what stands below it is what came back.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.cli.session import write
from posture.store.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.store.connection import Database
    from posture.store.views import View

SCENARIO = "niger-2023-ledger"
SEEDED = datetime(2024, 1, 15, 12, tzinfo=UTC)
"""When the scenario is seeded for the page: after the last of its reports."""
SHOWN = datetime(2023, 10, 15, 12, tzinfo=UTC)
"""The day that the page shows: midway through the withdrawal, when there is something to see."""
ROWS = 12
"""Rows of a result that are shown."""

_INTRODUCTION = f"""\
# SQL

This page is generated from the definitions of the views (`make docs`). The tables beneath them ([tables](tables.md)) are private and
change with the program; the views are what to build on. A column is only ever added, at the end of a view, or removed with a note in `CHANGELOG.md`.

## What holds for every view

**Both engines alike.** SQLite and PostgreSQL have the same views with the same columns in the same order, and give the same values. A day is the text
`2023-09-06`, an instant `2023-09-06T18:20:00.000000Z` (both sort as time runs), yes and no are `1` and `0`. On PostgreSQL every view and column carries its comment.

**One grain.** Each view says what one row is; the columns of its key are marked. `*_code` is what to filter and join by, `*_name` is for people.

**Unknown is NULL, never 0.** `low` and `high` bound a figure, `best` is there only where it is known. Never add up figures of lines of which one lies within the
other (`report_containment`): `posture report totals` does that right.

**Figures are a projection.** The reading rules are not SQL's. `report_posture` and `report_plan` hold what the rules gave as of the day in `as_of`, with the
ledger known up to `known_seq`; each write computes the lines and plans that it touches, in its own transaction, and `posture db refresh` computes all of them as of
today. `is_current` is 0 where a program wrote that could not compute them. `posture db verify` computes every row anew and names what differs. Counting basis: present; a line is
`stale` after 90 days. Any other day, basis or moment of knowledge: `posture report`, or `posture db snapshot`.

The examples below are run on `posture seed {SCENARIO}`, its projection as of {SHOWN:%d %B %Y}; a result's first {ROWS} rows are shown.
"""


def markdown() -> str:
    """Return the page."""
    with tempfile.TemporaryDirectory(prefix="posture-sql-") as folder, _seeded(Path(folder) / "example.db") as db:
        return "\n".join([_INTRODUCTION, _contents(), *(line for view in VIEWS for line in _view(db, view))])


def _seeded(path: Path) -> Database:
    """Return a database with the scenario, its projection as of the day that the page shows."""
    from posture.imports import scenario
    from posture.ledger import editions
    from posture.ledger.current import refresh
    from posture.ledger.export_runs import Run, record_run
    from posture.reports.current import current_rows
    from posture.store.connection import open_database

    with clock.held_at(SEEDED):
        db = open_database(str(path), create=True)
        scenario.seed(db, SCENARIO)
    db.keeper = current_rows
    with clock.held_at(SHOWN):
        refresh(db)
    with clock.held_at(SEEDED):
        quarter = editions.Draft(code="2023-q4", as_of=date(2023, 12, 31), name="Posture, fourth quarter of 2023")
        editions.create(db, quarter)
        ended = Run(
            job="daily",
            destination="published/posture",
            started_at=SEEDED,
            ended_at=SEEDED,
            outcome="published",
            duration=0.4,
            rows=12,
        )
        record_run(db, ended)
    return db


def _contents() -> str:
    rows = "\n".join(f"| [`{view.name}`](#{view.name}) | {view.grain} |" for view in VIEWS)
    return f"## The views\n\n| view | grain |\n|---|---|\n{rows}\n"


def _view(db: Database, view: View) -> Iterator[str]:
    yield f"## {view.name}\n\n{view.grain}.\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in view.columns:
        mark = " (key)" if column.name in view.key else ""
        yield f"| `{column.name}` | {column.kind}{mark} | {_cell(column.meaning)} |"
    yield f"\n{view.example.question}\n\n```sql\n{view.example.query};\n```\n"
    rows = db.all(view.example.query)
    yield from _result(rows) if rows else ["No row in this scenario."]
    yield ""


def _result(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = tuple(rows[0])
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows[:ROWS]:
        yield f"| {' | '.join(_cell(row[name]) for name in names)} |"
    if len(rows) > ROWS:
        yield f"\n{len(rows) - ROWS} more rows."


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", r"\|").replace("\n", " ")


if __name__ == "__main__":
    write([markdown().rstrip("\n")], sys.argv[1] if len(sys.argv) > 1 else None)
