r"""What an import costs, whole processes: beside ready rows put straight into the same table, and beside sqlite-utils.

    python -m benchmarks.importing --sizes 1e5,1e6

A CSV file of counts, one row in a thousand of which cannot be read, is imported by `posture import --rejects`: reading,
validation, codes found in the catalogue, rejects, the hash, the state of the import and the projection are all in the figure, the
start of the program too. The references, over the very rows that the import recorded:

- SQLite: `sqlite3.executemany` of ready tuples into `status_change`, with its triggers, indexes and checks, in one transaction;
  no foreign keys, as Python's sqlite3 has it. Making the tuples is not in its figure.
- PostgreSQL: `psql \\copy` of a ready text file into `status_change`, or psycopg's COPY of it where there is no psql.
- `sqlite-utils insert --csv` of the same file into a table of its own, without any check.

Beside them the seconds of `posture db verify`, those of `posture undo`, and the peak of the import's memory.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.as_of import SHARED_BUFFERS
from benchmarks.make_ledger import number
from benchmarks.timing import Finding, print_table, program, ratio
from posture.ledger.entry import Entry, Writing, append
from posture.ledger.revisions import canonical, snapshot
from posture.store.connection import open_database
from posture.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from posture.store.connection import Database

OF_THE_FLOOR = 1 / 0.8
"""An import may take at most so many times what the ready rows take."""
OF_SQLITE_UTILS = 1 / 3
GIGABYTES = 1.0
LINES, SOURCES = 1_000, 200
UNREADABLE = 1_000
"""One row in so many cannot be read."""
AT_ONCE = 50_000
LARGEST_FOR_SQLITE_UTILS = 1_000_000
MAPPING = """\
key = ["row"]

[claim]
kind = "count"
quantity = { column = "count" }
deployment = { column = "deployment" }
asset = { column = "asset" }
date = { column = "date" }
source = { column = "source" }
grade = { column = "grade" }
locator = { template = "row {row}" }
"""


@dataclass
class Spent:
    """What a process took."""

    seconds: float
    processor: float
    """Seconds of all processors, its own and the system's for it."""
    peak: int
    """Bytes of memory at most."""


@dataclass
class Case:
    """An import of one size on one engine."""

    engine: str
    rows: int
    ours: dict[str, Spent] = field(default_factory=dict)
    theirs: dict[str, Spent] = field(default_factory=dict)


def no_server() -> float:
    """Return the processor seconds of a server that is not there."""
    return 0.0


def run_whole(words: tuple[str, ...], server: Callable[[], float] = no_server) -> Spent:
    """Run a program and return what it took, with what its server took for it; raises if it fails."""
    with tempfile.TemporaryFile() as said:
        elsewhere, begin = server(), time.perf_counter()
        process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(words)} failed: {said.read().decode(errors='replace').strip()[:2000]}")
    processor = usage.ru_utime + usage.ru_stime + server() - elsewhere
    return Spent(seconds, processor, usage.ru_maxrss * 1024)


def processor_of(folder: Path) -> float:
    """Return the processor seconds of a PostgreSQL server's sessions so far, those that have ended."""
    time.sleep(0.2)  # until the last one has
    main = (folder / "data" / "postmaster.pid").read_text().split()[0]
    spent = Path(f"/proc/{main}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[13]) + int(spent[14])) / os.sysconf("SC_CLK_TCK")


def make_file(path: Path, rows: int, lines: int, seed: int = 1) -> None:
    """Write a file of counts."""
    draw = random.Random(seed)
    days = [(date(2010, 1, 1) + timedelta(days=each)).isoformat() for each in range(5_000)]
    with path.open("w", encoding="utf-8") as file:
        file.write("row,date,deployment,asset,count,source,grade\n")
        for row in range(1, rows + 1):
            count = "about" if row % UNREADABLE == 0 else str(draw.randrange(5_000))
            file.write(
                f"{row},{draw.choice(days)},usa-{draw.randrange(lines)},personnel,{count},s-{draw.randrange(SOURCES)},B2\n"
            )


def make_catalogue(url: str, lines: int) -> None:
    """Make a database with the deployments, lines and sources that the file names."""

    def compose(entry: Entry) -> None:
        def put(table: str, **values: Any) -> int:
            row = entry.insert(table, values)
            after = canonical(snapshot(entry.db, table, row["id"]))
            entry.add("catalogue_revision", {"table_name": table, "row_id": row["id"], "before": None, "after": after})
            return int(row["id"])

        actor = put("actor", code="usa", name="United States", kind="state")
        for each in range(lines):
            place = put("location", code=f"base-{each}", name=f"Base {each}", kind="base")
            held = put("deployment", code=f"usa-{each}", name=f"At base {each}", actor_id=actor, location_id=place)
            put("asset", deployment_id=held, code="personnel", asset_type_id=1)
        for each in range(SOURCES):
            put("source", code=f"s-{each}", title=f"Source {each}", text_kind="none")

    with open_database(url, create=True) as db:
        append(db, Writing(action="add", recorded_by="benchmark"), compose)
    run_whole(program("posture", "--db", url, "db", "refresh"))


def measure(engine: str, rows: int, lines: int, folder: Path) -> Case:
    """Import a file, check and undo the import, and put the same rows into the table by the reference."""
    case = Case(engine, rows)
    file, mapping, rejects = folder / "counts.csv", folder / "counts.toml", folder / "rejects.csv"
    make_file(file, rows, lines)
    mapping.write_text(MAPPING)
    with _databases(engine, folder) as (url, other, server):
        make_catalogue(url, lines)
        before = _copy_of(url, other, folder)
        told = ("import", str(file), "--map", str(mapping), "--rejects", str(rejects), "--quiet")

        def posture(*words: str) -> Spent:
            return run_whole(program("posture", "--db", url, *words), server)

        case.ours["import"] = posture(*told)
        with open_database(url) as db:
            recorded = int(db.value("select count(*) from status_change"))
            if recorded != rows - rows // UNREADABLE:
                raise RuntimeError(f"{recorded:,} of {rows:,} rows were imported")
        case.theirs["ready rows"] = _ready_rows(engine, url, before, folder, server)
        if engine == "sqlite" and rows <= LARGEST_FOR_SQLITE_UTILS:
            words = program("sqlite-utils", "insert", str(folder / "plain.db"), "counts", str(file), "--csv")
            case.theirs["sqlite-utils"] = run_whole(words)
        case.ours["refresh"] = posture("db", "refresh")
        case.ours["verify"] = posture("db", "verify")
        case.ours["again"] = posture(*told)
        case.ours["undo"] = posture("undo", "2")
    return case


@contextmanager
def _databases(engine: str, folder: Path) -> Iterator[tuple[str, str, Callable[[], float]]]:
    """Give the places of two databases that are not there yet, and what tells their server's processor seconds."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'ours.db'}", f"sqlite:///{folder / 'theirs.db'}", no_server
        return
    import psycopg

    from tests import postgresql

    server = postgresql.start(shared_buffers=SHARED_BUFFERS)
    try:
        front, _, query = server.url.partition("?")
        with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("create database ours")
        place, own = front.rsplit("/", 1)[0], server.folder
        yield (
            f"{place}/ours?{query}",
            f"{place}/theirs?{query}",
            no_server if own is None else lambda: processor_of(own),
        )
    finally:
        server.stop()


def _copy_of(url: str, other: str, folder: Path) -> str:
    """Copy a database as it is now, and return where."""
    if url.startswith("sqlite"):
        shutil.copy(folder / "ours.db", folder / "theirs.db")
        return other
    import psycopg

    maintenance = url.replace("+psycopg", "").replace("/ours?", "/postgres?")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute("create database theirs template ours")
    return other


def _ready_rows(engine: str, url: str, before: str, folder: Path, server: Callable[[], float]) -> Spent:
    """Put the imported rows into the table as it was before; return what that took alone."""
    with open_database(url) as ours:
        entry = ours.one("select * from ledger_entry where seq = 2")
        assert entry is not None
        with open_database(before) as theirs:
            theirs.insert("ledger_entry", entry)
        columns = [column.name for column in metadata.tables["status_change"].columns]
        if engine == "sqlite":
            return _executemany(ours, folder / "theirs.db", columns)
        return _copy(url, before, columns, folder, server)


def _executemany(ours: Database, path: Path, columns: list[str]) -> Spent:
    statement = f"insert into status_change ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"
    spent = Spent(0, 0, 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as theirs, ours.read():
        theirs.execute("begin immediate")
        for rows in ours.batches(f"select {', '.join(columns)} from status_change order by id", None, AT_ONCE):
            begin, worked = time.perf_counter(), time.process_time()
            theirs.executemany(statement, rows)
            spent.seconds += time.perf_counter() - begin
            spent.processor += time.process_time() - worked
        begin, worked = time.perf_counter(), time.process_time()
        theirs.execute("commit")
        spent.seconds += time.perf_counter() - begin
        spent.processor += time.process_time() - worked
    return spent


def _copy(url: str, before: str, columns: list[str], folder: Path, server: Callable[[], float]) -> Spent:
    import psycopg

    ready, names = folder / "ready.txt", ", ".join(columns)
    with psycopg.connect(url.replace("+psycopg", "")) as ours, ready.open("wb") as file:
        sql = f"copy (select {names} from status_change order by id) to stdout"
        with ours.cursor() as cursor, cursor.copy(sql) as text:
            for part in text:
                file.write(part)
    target = before.replace("+psycopg", "")
    psql = shutil.which("psql")
    if psql is not None:
        words = (psql, "-X", "-q", "-d", target, "-c", f"\\copy status_change ({names}) from '{ready}'")
        return run_whole(words, server)
    elsewhere, begin = server(), time.perf_counter()
    sql = f"copy status_change ({names}) from stdin"
    with psycopg.connect(target) as theirs, ready.open("rb") as file, theirs.cursor().copy(sql) as text:
        while part := file.read(1 << 20):
            text.write(part)
    seconds = time.perf_counter() - begin
    return Spent(seconds, server() - elsewhere, 0)


def findings(case: Case) -> list[Finding]:
    """Return the figures of one case, each beside what it is measured against."""
    ours, theirs, rows = case.ours, case.theirs, f"{case.rows:,} rows"
    imported, ready = ours["import"], theirs["ready rows"]
    floor = "`sqlite3.executemany`" if case.engine == "sqlite" else "`psql \\copy`"
    found = [
        ratio(f"import, {rows}", imported.seconds, ready.seconds, OF_THE_FLOOR, floor),
        ratio("import, processor time", imported.processor, ready.processor, OF_THE_FLOOR, floor),
    ]
    if "sqlite-utils" in theirs:
        other, name = theirs["sqlite-utils"], "`sqlite-utils insert --csv`"
        found.append(ratio("import", imported.seconds, other.seconds, OF_SQLITE_UTILS, name))
        found.append(ratio("import, processor time", imported.processor, other.processor, OF_SQLITE_UTILS, name))
    found += [
        ratio("`posture db verify`", ours["verify"].seconds, imported.seconds, 1.0, "import"),
        ratio("the same file again", ours["again"].seconds, imported.seconds, None, "import"),
        ratio("`posture undo`", ours["undo"].seconds, imported.seconds, None, "import"),
        Finding("memory of the import", f"{imported.peak / 1e6:.0f} MB", "", imported.peak / 1e9, " GB", GIGABYTES),
    ]
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen beside sizes and engines."""
    parser.add_argument("--import-lines", type=number, default=LINES, help="lines that the rows are about")
    parser.add_argument("--folder", type=Path, help="where the files are made (1e7 rows: 10 GB)")


def run(chosen: argparse.Namespace) -> None:
    """Measure and print the tables."""
    for engine in chosen.engines.split(","):
        for size in chosen.sizes.split(","):
            with tempfile.TemporaryDirectory(prefix="posture-import-", dir=chosen.folder) as folder:
                case = measure(engine, number(size), chosen.import_lines, Path(folder))
            print_table(f"Importing {case.rows:,} rows about {chosen.import_lines:,} lines, {engine}", findings(case))


def main() -> None:
    """Measure imports alone."""
    parser = argparse.ArgumentParser(description="What an import costs, beside ready rows put into the same table.")
    parser.add_argument("--sizes", default="1e5,1e6", help="rows of each file")
    parser.add_argument("--engines", default="sqlite,postgresql", help="sqlite, postgresql")
    add_arguments(parser)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
