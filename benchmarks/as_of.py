"""The cost of an as-of question as history grows, on 50,000 lines, beside DuckDB on the same claims.

    python -m benchmarks.as_of --sizes 1e5,1e6

Three questions at every size: the base of every line, the whole posture of every line, the posture of one deployment.
Each as of now, as of some years ago, and in the corner where most of the history is not known yet (late day, early
knowledge). The reference for the first is `benchmarks/reference/bases.sql` in DuckDB: the answers must be equal, line by
line, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.make_ledger import LINES, make_ledger, number
from benchmarks.timing import Finding, medians, print_table, ratio
from posture.reports.as_of import Asking, Question, base_seek, resolve_known_at
from posture.reports.posture import posture
from posture.store.connection import SCHEMA_REVISION, Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW, YEARS_AGO = "2023-12-31", "2012-06-30"
GROWTH = 2.0
"""A question may take at most so many times longer where the history is ten times longer."""
SMALLEST_SECONDS = 0.005
"""Below this a growth says more about the clock than about the question, and has no verdict."""
RUNS = 5
DEPLOYMENTS = 25
"""Deployments asked about one by one, for the cost of one."""
SLOW_SECONDS = 5.0
LARGEST_ON_POSTGRESQL = 1_000_000
SHARED_BUFFERS = "1GB"
"""Memory of a PostgreSQL server that is measured, as a team's has it; the tests' own is for many small databases."""
AT_LEAST_FOR_REFERENCE = 10_000_000
"""From here on the search for bases has to be no slower than the reference."""
REFERENCE = Path(__file__).parent / "reference" / "bases.sql"


class DifferentAnswers(Exception):
    """The search for bases and the reference disagree."""


@dataclass(frozen=True)
class Corner:
    """A day, and what was known."""

    name: str
    as_of: str
    known: int
    """Number of the last entry that is known."""


@dataclass
class Ledger:
    """A synthetic ledger, its reference, and the seconds that each question took on it."""

    engine: str
    claims: int
    db: Database
    duck: duckdb.DuckDBPyConnection
    taken: dict[tuple[str, str], float] = field(default_factory=dict)
    """Question and corner to seconds."""
    reference: dict[str, float] = field(default_factory=dict)
    """Corner to the seconds of the reference."""

    def corners(self, lines: int) -> list[Corner]:
        """Return the corners. Every line has been counted once by the earliest, so that all are in every answer."""
        head = int(self.db.value("select max(seq) from ledger_entry"))
        early = int(self.db.value("select seq from status_change where id = :id", {"id": lines + lines // 5}))
        return [
            Corner("now", NOW, head),
            Corner("years ago", YEARS_AGO, head),
            Corner("late day, early knowledge", NOW, early),
        ]


def asking(ledger: Ledger, corner: Corner) -> Asking:
    """Return the question about all lines, as the reports put it."""
    question = Question(as_of=date.fromisoformat(corner.as_of), known_seq=corner.known)
    return Asking(ledger.db, question, resolve_known_at(ledger.db, f"#{corner.known}"))


def search(ledger: Ledger, corner: Corner) -> dict[int, int]:
    """Return the base of each line that has one, found as the reports find it."""
    with ledger.db.read():  # PostgreSQL's settings for a question last as long as its snapshot
        asked = asking(ledger, corner)
        found = asked.tuples(f"select a.id, {base_seek('a.id', ':horizon')} from asset a")
    return {line: base for line, base in found if base is not None}


def reference(ledger: Ledger, corner: Corner) -> dict[int, int]:
    """Return the same from the reference."""
    values = {"as_of": corner.as_of, "known": corner.known}
    return dict(ledger.duck.execute(REFERENCE.read_text(), values).fetchall())


def ask(ledger: Ledger, corner: Corner, deployment: str | None = None) -> int:
    """Ask for the posture of all lines, or of one deployment; return how many rows the answer has."""
    day = date.fromisoformat(corner.as_of)
    return len(posture(ledger.db, Question(as_of=day, known_seq=corner.known, deployment=deployment)).rows)


def some_deployments(db: Database) -> list[str]:
    """Return the codes of deployments at bases, from the busiest to the quietest: the first lines are reported on most."""
    codes = [
        row[0]
        for row in db.tuples(
            "select d.code from deployment d join location l on l.id = d.location_id where l.kind = 'base' order by d.id"
        )
    ]
    return codes[:: max(1, len(codes) // DEPLOYMENTS)]


def measure(ledger: Ledger, lines: int, runs: int, *, bases_only: bool = False) -> None:
    """Measure every question in every corner."""
    codes = some_deployments(ledger.db)
    for corner in ledger.corners(lines):
        ours, theirs = search(ledger, corner), reference(ledger, corner)
        if ours != theirs:
            wrong = [line for line in ours.keys() | theirs.keys() if ours.get(line) != theirs.get(line)]
            raise DifferentAnswers(
                f"{len(wrong)} lines differ at {ledger.claims} claims, {corner.name}; line {wrong[0]}:"
                f" {ours.get(wrong[0])}, not {theirs.get(wrong[0])}"
            )
        taken = medians({"bases": lambda: search(ledger, corner), "duck": lambda: reference(ledger, corner)}, runs)  # noqa: B023
        ledger.taken["bases of all lines", corner.name] = taken["bases"]
        ledger.reference[corner.name] = taken["duck"]
        if not bases_only:
            ledger.taken["posture of all lines", corner.name] = _seconds(ledger, lambda: ask(ledger, corner), runs)  # noqa: B023
            each = _seconds(ledger, lambda: [ask(ledger, corner, code) for code in codes], runs)  # noqa: B023
            ledger.taken["posture of one deployment", corner.name] = each / len(codes)


def _seconds(ledger: Ledger, question: Callable[[], object], runs: int) -> float:
    """Return the median seconds of a question after one to warm up; a slow one is asked just once more.

    Processor seconds on SQLite, for other work may share the machine; on a server's, those on the clock.
    """
    now = time.process_time if ledger.engine == "sqlite" else time.perf_counter
    begin = now()
    question()
    slow = now() - begin > SLOW_SECONDS
    taken = []
    for _ in range(1 if slow else runs):
        begin = now()
        question()
        taken.append(now() - begin)
    return statistics.median(taken)


@contextmanager
def opened(engine: str, claims: int, lines: int, folder: Path, *, at_once: bool, keep: bool) -> Iterator[Ledger]:
    """Give a ledger of so many claims, made now or found in `folder`; removed after use unless it is to be kept."""
    name = f"{engine}-{SCHEMA_REVISION}-{claims}-{lines}{'-at-once' if at_once else ''}"
    file, duck_file = folder / f"{name}.db", folder / f"{name}.duckdb"
    with _place(engine, file) as url:
        try:
            done = folder / f"{name}.done"
            if not (engine == "sqlite" and done.exists()):
                for each in (file, duck_file, done):
                    each.unlink(missing_ok=True)
                make_ledger(url, duck_file, claims=claims, lines=lines, at_once=at_once)
                done.touch()
            with (
                open_database(url, readonly=True) as db,
                closing(duckdb.connect(str(duck_file), read_only=True)) as duck,
            ):
                yield Ledger(engine, claims, db, duck)
        finally:
            if not keep or engine != "sqlite":
                for each in (file, duck_file, done):
                    each.unlink(missing_ok=True)


@contextmanager
def _place(engine: str, file: Path) -> Iterator[str]:
    """Give the URL for a new database: a file, or a database on a server of its own."""
    if engine == "sqlite":
        yield str(file)
        return
    from tests import postgresql

    server = postgresql.start(shared_buffers=SHARED_BUFFERS)
    try:
        if server.process is not None:
            yield server.url
            return
        import psycopg

        name = f"posture_benchmark_{os.getpid()}"  # someone else's server: a database of our own, dropped afterwards
        front, _, query = server.url.partition("?")
        with closing(psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True)) as connection:
            connection.execute(f"create database {name}")
            try:
                yield front.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
            finally:
                connection.execute(f"drop database {name}")
    finally:
        server.stop()


def findings(measured: list[Ledger]) -> list[Finding]:
    """Return the growth of each question from each size to the next, and the search beside the reference."""
    found = []
    for smaller, larger in pairwise(measured):
        if smaller.engine != larger.engine:
            continue
        for (question, corner), seconds in larger.taken.items():
            before = smaller.taken[question, corner]
            # Sizes need not be ten times apart: the aim is scaled to the distance.
            aim = GROWTH ** tenfolds(smaller.claims, larger.claims)
            target = aim if seconds >= SMALLEST_SECONDS else None
            what = f"{larger.engine}: {question}, {corner}, {larger.claims:.0e}"
            found.append(ratio(what, seconds, before, target, f"at {smaller.claims:.0e}"))
    return found


def tenfolds(smaller: int, larger: int) -> float:
    """Return how many times ten times as long a history is as another."""
    return math.log10(larger / smaller)


def beside_reference(measured: list[Ledger]) -> list[Finding]:
    """Return the search for bases beside DuckDB at each size."""
    return [
        ratio(
            f"{ledger.engine}: bases of all lines, {corner}, {ledger.claims:.0e}",
            ledger.taken["bases of all lines", corner],
            seconds,
            1.0 if ledger.engine == "sqlite" and ledger.claims >= AT_LEAST_FOR_REFERENCE else None,
            "DuckDB",
        )
        for ledger in measured
        for corner, seconds in ledger.reference.items()
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen."""
    parser.add_argument("--sizes", default="1e5,1e6", help="claims of each ledger, smallest first")
    parser.add_argument("--engines", default="sqlite,postgresql", help="sqlite, postgresql")
    parser.add_argument("--lines", type=number, default=LINES)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--at-once", action="store_true", help="all recorded in one week, as an imported backlog is")
    parser.add_argument("--bases-only", action="store_true", help="the search for bases and its reference, no reports")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="keep the SQLite ledgers in this folder, and use those that are there (1e7 claims: 5 GB)",
    )


def ledgers(chosen: argparse.Namespace) -> Iterator[Ledger]:
    """Yield a ledger of each engine and size in turn, open until the next is asked for."""
    sizes = sorted(number(text) for text in chosen.sizes.split(","))
    with tempfile.TemporaryDirectory(prefix="posture-as-of-") as temporary:
        folder = chosen.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for engine in chosen.engines.split(","):
            for claims in sizes:
                if engine == "postgresql" and claims > max(LARGEST_ON_POSTGRESQL, sizes[0]):
                    continue
                kept: dict[str, Any] = {"at_once": chosen.at_once, "keep": chosen.keep is not None}
                with opened(engine, claims, chosen.lines, folder, **kept) as ledger:
                    yield ledger


def run(chosen: argparse.Namespace) -> None:
    """Measure and print the tables."""
    measured: list[Ledger] = []
    for ledger in ledgers(chosen):
        measure(ledger, chosen.lines, chosen.runs, bases_only=chosen.bases_only)
        measured.append(ledger)
    print_table(
        f"The same bases, found by seeks and by DuckDB in one pass ({chosen.lines:,} lines)", beside_reference(measured)
    )
    print_table("Growth with the length of history", findings(measured))


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description="The cost of an as-of question as history grows, beside DuckDB.")
    add_arguments(parser)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
