"""What every report costs for one actor as history grows, and the world's posture beside DuckDB's search for the same rules.

    python -m benchmarks.reports --sizes 1e5,1e6

The aims: each report for one actor grows at most 1.5 times per tenfold history, and where the answer itself grows more than that
(a story of ten times the claims), the time for a row of it grows no more; the posture of all lines, with everything
agreed, takes at most 4 times as long as DuckDB takes to find what the rules ask for (`benchmarks/reference/rules.sql`) at a million
claims, and no longer at ten; a late day with early knowledge costs at most twice the ordinary case; the current posture of one
actor is read by SQL within ten milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks import as_of
from benchmarks.timing import Finding, print_table, ratio
from posture.domain.periods import Step
from posture.ledger.current import refresh
from posture.reports.as_of import Question
from posture.reports.brief import Brief, brief
from posture.reports.conflicts import conflicts
from posture.reports.current import current_rows
from posture.reports.diff import diff
from posture.reports.evidence import evidence
from posture.reports.movements import movements
from posture.reports.plans import plans
from posture.reports.posture import posture
from posture.reports.search import Searching, search
from posture.reports.series import Asked, series
from posture.reports.sources import sources
from posture.reports.stale import stale
from posture.reports.timeline import timeline
from posture.reports.totals import totals
from posture.store.connection import open_database

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.as_of import Corner, Ledger
    from posture.reports.report import Report
    from posture.store.connection import Database

GROWTH = 1.5
"""A report for one actor may take at most so many times longer where the history is ten times longer."""
CORNER = 2.0
"""So many times the ordinary case, where the day is late and little was known."""
WORLD = {1_000_000: 4.0, 10_000_000: 1.0}
"""The posture of all lines, in times of the reference, at so many claims."""
SQL_SECONDS = 0.010
"""The current posture of one actor, read by SQL."""
ROWS = "rows of "
"""Before the name of a report: how many rows its answer has."""
RUNS = 3
REFERENCE = as_of.REFERENCE.with_name("rules.sql")


def actor_of(db: Database) -> str:
    """Return the actor in the middle when all are ordered by how many lines they have."""
    rows = db.tuples(
        "select ac.code, count(*) from asset a join deployment d on d.id = a.deployment_id"
        " join actor ac on ac.id = d.actor_id group by ac.code order by 2, 1"
    )
    return str(rows[len(rows) // 2][0])


def reports(db: Database, corner: Corner) -> dict[str, Callable[[], Report]]:
    """Return every report for one actor, ready to be asked."""
    actor, day = actor_of(db), date.fromisoformat(corner.as_of)
    question = Question(as_of=day, known_seq=corner.known, actor=actor)
    earlier = day - timedelta(days=30)
    line = str(
        db.value(
            "select d.code || '/' || a.code from asset a join deployment d on d.id = a.deployment_id"
            " join actor ac on ac.id = d.actor_id where ac.code = :actor order by a.id limit 1",
            {"actor": actor},
        )
    )
    return {
        "posture": lambda: posture(db, question),
        "totals": lambda: totals(db, question, ("location", "asset_type")),
        "timeline": lambda: timeline(db, question, since=earlier),
        "diff": lambda: diff(db, question, since=earlier),
        "series, 12 months": lambda: series(db, question, Asked(by=Step.MONTH, since=day - timedelta(days=330))),
        "movements": lambda: movements(db, question, earlier),
        "plans": lambda: plans(db, question),
        "conflicts": lambda: conflicts(db, question),
        "stale": lambda: stale(db, question),
        "sources": lambda: sources(db, question),
        "evidence of one line": lambda: evidence(db, question, line),
        "search": lambda: search(db, question, Searching(words="withdrawn")),
        "brief": lambda: brief(db, question, Brief()),
    }


def measure(ledger: Ledger, lines: int, *, actor_only: bool = False) -> dict[tuple[str, str], float]:
    """Return the seconds of each report and corner, of the world's posture, of its reference, and of the view.

    And, as `rows of NAME`, how many rows the answer has. With `actor_only` nothing of the world.
    """
    taken: dict[tuple[str, str], float] = {}
    for corner in ledger.corners(lines):
        for name, report in reports(ledger.db, corner).items():
            taken[name, corner.name] = _median(report)
            taken[f"{ROWS}{name}", corner.name] = len(report().rows)
        if actor_only:
            continue
        values = {"as_of": corner.as_of, "known": corner.known}
        statement = REFERENCE.read_text(encoding="utf-8")
        taken["reference", corner.name] = _median(lambda: ledger.duck.execute(statement, values).fetchall())  # noqa: B023
        world = Question(as_of=date.fromisoformat(corner.as_of), known_seq=corner.known)
        taken["world", corner.name] = _median(lambda: posture(ledger.db, world), runs=1)  # noqa: B023
    if actor_only:
        return taken
    with open_database(ledger.db.url) as db:
        db.keeper = current_rows
        refresh(db)
    view = "select * from report_posture where actor_code = :actor"
    actor = {"actor": actor_of(ledger.db)}
    taken["report_posture", "now"] = _median(lambda: ledger.db.tuples(view, actor), runs=20)
    return taken


def _median(ask: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median processor seconds of a question after one to warm up, for other work shares the machine."""
    ask()
    taken = []
    for _ in range(runs):
        begin = time.process_time()
        ask()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def findings(measured: list[tuple[Ledger, dict[tuple[str, str], float]]]) -> list[Finding]:
    """Return every figure beside what it is measured against."""
    found = []
    for (smaller, before), (larger, after) in pairwise(measured):
        if smaller.engine == larger.engine:
            tenfolds = as_of.tenfolds(smaller.claims, larger.claims)
            for (name, corner), seconds in after.items():
                if name in ("reference", "world", "report_posture") or name.startswith(ROWS):
                    continue
                what, smaller_size = (
                    f"{larger.engine}: {name}, {corner}, {larger.claims:.0e}",
                    f"at {smaller.claims:.0e}",
                )
                aim, earlier = GROWTH**tenfolds, before[name, corner]
                found.append(ratio(what, seconds, earlier, aim, smaller_size))
                rows, fewer = after[f"{ROWS}{name}", corner], before[f"{ROWS}{name}", corner]
                if fewer and rows > aim * fewer:
                    each = f"{what}: a row of {rows:.0f}"
                    found.append(ratio(each, seconds / rows, earlier / fewer, aim, f"of {fewer:.0f} {smaller_size}"))
    for ledger, taken in measured:
        found += _beside(ledger, taken)
    return found


def _beside(ledger: Ledger, taken: dict[tuple[str, str], float]) -> list[Finding]:
    where = f"{ledger.engine}, {ledger.claims:.0e}"
    found = [
        ratio(f"{where}: posture of all lines, {corner}", seconds, taken["reference", corner],
              WORLD.get(ledger.claims) if ledger.engine == "sqlite" else None, "DuckDB's search")
        for (name, corner), seconds in taken.items()
        if name == "world"
    ]  # fmt: skip
    late = "late day, early knowledge"
    found += [
        ratio(f"{where}: {name}, {late}", seconds, taken[name, "now"], CORNER, "now")
        for (name, corner), seconds in taken.items()
        if corner == late and name != "reference" and not name.startswith(ROWS)
    ]
    view = taken.get(("report_posture", "now"))
    if view is None:
        return found
    return [*found, ratio(f"{where}: report_posture of one actor, by SQL", view, SQL_SECONDS, 1.0, "10 ms")]


def run(chosen: argparse.Namespace) -> None:
    """Measure and print the table."""
    only = getattr(chosen, "actor_only", False)
    measured = [(ledger, measure(ledger, chosen.lines, actor_only=only)) for ledger in as_of.ledgers(chosen)]
    print_table("Every report for one actor, and the world's posture (processor time)", findings(measured))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="What every report costs for one actor as history grows.")
    as_of.add_arguments(parser)
    parser.add_argument("--actor-only", action="store_true", help="the reports for one actor, nothing of the world")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
