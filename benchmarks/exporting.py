r"""What an export of all claims costs, whole processes: beside the `sqlite3` shell's own CSV, and beside polars writing Parquet.

    python -m benchmarks.exporting --sizes 1e5,1e6

The query brings every claim that stands now, with the codes of all that it names (46 columns). The references:

- CSV: `sqlite3 -csv -header` of the same query on the same file (Debian's package `sqlite3`; left out where it is not there).
- Parquet: polars reads the same query from the same file (`read_database`) and writes the frame (`write_parquet`, zstd). Beside
  that, the writing alone: what ours takes beyond bringing the rows, and what polars takes to write the frame that it has. Ours then
  begins with rows as a database hands them over, polars with columns that are ready.

Memory is the peak of each process; it should not grow with the rows.

The feed of changes is measured beside a plain dump and its load, of a ledger with imported claims and entries of one claim each:
`posture feed write` and `feed apply`, which computes every hash before it commits, as `load` does.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from posture.exports.content import claims_content
from posture.exports.forms import FORMS
from posture.exports.forms.libraries import needed
from posture.exports.snapshot_tables import CLAIM
from posture.reports.as_of import Asking, Question
from posture.reports.posture import known_at
from posture.store.connection import open_database
from posture.store.statements import spelled_out
from posture.store.views_of_record import REPORT_CLAIM, REPORT_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.importing import Spent
    from benchmarks.timing import Finding

RUNS = 3
AIMED_AT = 1_000_000
"""Claims from which on the aims hold; with fewer it is the start of the program that is measured."""
OF_THE_SHELL, OF_POLARS, OF_MEMORY = 1.2, 1.5, 1.1
"""CSV, Parquet: at most so many times the reference; ten times the rows: at most so many times the memory."""
QUESTION = Question(as_of=date(2030, 1, 1))
ENTRIES = 1_000
"""Entries of one claim each, beside those that one import made, in the ledger whose feed is measured."""


def write(form: str, url: str, path: str) -> None:
    """Write all claims in a form."""
    with open_database(url, readonly=True) as db, db.read():
        FORMS[form].write(claims_content(db, QUESTION), path)


def bring(_: str, url: str, __: str) -> None:
    """Bring all claims as Parquet is written of them, and write nothing; what writes them is loaded all the same."""
    needed("pyarrow.parquet")
    needed("pyarrow.csv")
    with open_database(url, readonly=True) as db, db.read():
        coded = claims_content(db, QUESTION).coded
        assert coded is not None
        for _batch in coded().lines():
            pass


def polars(query: str, url: str, path: str) -> None:
    """Let polars read a query and write it; says how long the writing took."""
    import sqlite3

    import polars as pl

    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        frame = pl.read_database(Path(query).read_text(), connection, infer_schema_length=None)
    begin, worked = time.perf_counter(), time.process_time()
    frame.write_parquet(path, compression="zstd")
    Path(f"{path}.seconds").write_text(f"{time.perf_counter() - begin} {time.process_time() - worked}")


def peak() -> int:
    """Return the bytes of memory that this process had at most; not those of the one that started it, as the kernel counts them."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


CHILDREN: Mapping[str, Callable[[str, str, str], None]] = {"write": write, "bring": bring, "polars": polars}
"""What runs in a process of its own."""


def statement(url: str) -> str:
    """Return the query: every claim that stands, with the names of all that it refers to."""
    viewed = {column.name: column for view in (REPORT_EVIDENCE, REPORT_CLAIM) for column in view.columns}
    wanted = ", ".join(f"{viewed[each.name].sql} AS {each.name}" for each in CLAIM.columns if each.name in viewed)
    tables = REPORT_CLAIM.source.replace("\nLEFT JOIN retraction r ON r.status_change_id = c.id", "")
    with open_database(url, readonly=True) as db, db.read():
        asking = Asking(db, QUESTION, known_at(db, QUESTION))
        where = f"{asking.visible} and (c.effective_on <= :horizon or c.stated_on <= :as_of)"
        return spelled_out(f"SELECT {wanted} {tables} WHERE {where} ORDER BY c.id", asking.params)


def measure(url: str, folder: Path, runs: int) -> tuple[dict[str, Spent], dict[str, float]]:
    """Return what each process took at the median, and the seconds in which polars writes a frame."""
    from benchmarks.importing import run_whole

    query = folder / "query.sql"
    query.write_text(statement(url))
    out = folder / "out"
    child = (sys.executable, "-m", "benchmarks.exporting", "--child")
    cases: dict[str, tuple[str, ...]] = {
        "csv": (*child, "write", "csv", url, str(out)),
        "parquet": (*child, "write", "parquet", url, str(out)),
        "bring": (*child, "bring", "", url, str(out)),
        "polars": (*child, "polars", str(query), url, str(out)),
    }
    if shutil.which("sqlite3"):
        path = url.removeprefix("sqlite:///")
        script = f".headers on\n.mode csv\n.once {out}\n{query.read_text()};\n"
        (folder / "script.sql").write_text(script)
        cases["shell"] = ("sqlite3", "-readonly", "-init", str(folder / "script.sql"), path, "")
    spent: dict[str, list[Spent]] = {name: [] for name in cases}
    written: list[tuple[float, float]] = []
    for turn in range(runs + 1):
        for name, words in cases.items():
            out.unlink(missing_ok=True)
            took = run_whole(words)
            with suppress(FileNotFoundError):
                took.peak = int((folder / "out.peak").read_text())
            if turn:
                spent[name].append(took)
        wall, processor = map(float, (folder / "out.seconds").read_text().split())
        written.append((wall, processor))
    alone = {
        "seconds": statistics.median(wall for wall, _ in written),
        "processor": statistics.median(processor for _, processor in written),
    }
    return {name: _median(each) for name, each in spent.items()}, alone


def _median(spent: list[Spent]) -> Spent:
    return replace(
        spent[0],
        seconds=statistics.median(each.seconds for each in spent),
        processor=statistics.median(each.processor for each in spent),
        peak=max(each.peak for each in spent),
    )


def findings(rows: int, spent: Mapping[str, Spent], alone: Mapping[str, float]) -> list[Finding]:
    """Return the figures of one size, each beside what it is measured against."""
    from benchmarks.timing import Finding, ratio

    csv, parquet, other = spent["csv"], spent["parquet"], spent["polars"]
    shells, polars_own = (OF_THE_SHELL, OF_POLARS) if rows >= AIMED_AT else (None, None)
    found = []
    if "shell" in spent:
        shell = spent["shell"]
        found += [
            ratio(f"CSV of {rows:,} claims", csv.seconds, shell.seconds, shells, "`sqlite3 -csv`"),
            ratio("the same, processor time", csv.processor, shell.processor, shells, "`sqlite3 -csv`"),
        ]
    both = "polars reading and writing"
    beyond = parquet.seconds - spent["bring"].seconds, parquet.processor - spent["bring"].processor
    return [
        *found,
        ratio("Parquet of them", parquet.seconds, other.seconds, polars_own, both),
        ratio("the same, processor time", parquet.processor, other.processor, polars_own, both),
        ratio("beyond bringing the rows", beyond[0], alone["seconds"], polars_own, "polars writing a frame"),
        ratio("the same, processor time", beyond[1], alone["processor"], None, "polars writing a frame"),
        Finding("memory, CSV", f"{csv.peak / 1e6:.0f} MB", "", csv.peak / 1e6, " MB", None),
        Finding("memory, Parquet", f"{parquet.peak / 1e6:.0f} MB", f"{other.peak / 1e6:.0f} MB polars",
                parquet.peak / other.peak, "x", None),
    ]  # fmt: skip


def feed(folder: Path, rows: int, runs: int) -> list[Finding]:
    """Return what it takes to hand a whole ledger on as a feed and to apply it, beside dumping and loading it."""
    from benchmarks.importing import LINES, MAPPING, make_catalogue, make_file, run_whole
    from benchmarks.timing import Finding, medians, program, ratio
    from posture.domain.draft import ClaimDraft
    from posture.ledger.claims import log

    url, copy = f"sqlite:///{folder / 'feed.db'}", folder / "copy.db"
    make_catalogue(url, LINES)
    make_file(folder / "counts.csv", rows, LINES)
    (folder / "counts.toml").write_text(MAPPING)

    def posture(*words: str, db: str = url) -> None:
        run_whole(program("posture", "--db", db, *words))

    given = (str(folder / "counts.csv"), "--map", str(folder / "counts.toml"))
    posture("import", *given, "--rejects", str(folder / "rejects.csv"), "--quiet")
    with open_database(url) as db:
        for each in range(ENTRIES):
            log(
                db,
                [ClaimDraft(kind="count", line="usa-1/personnel", quantity=str(each), on="2024-01-01", source="s-1")],
            )

    def anew(*words: str) -> None:
        copy.unlink(missing_ok=True)
        posture(*words, db=f"sqlite:///{copy}")

    changes, dumped = folder / "changes.jsonl", folder / "ledger.jsonl"
    taken = medians(
        {
            "write": lambda: posture("feed", "write", str(changes), "--force"),
            "dump": lambda: posture("dump", str(dumped), "--force"),
            "apply": lambda: anew("feed", "apply", str(changes)),
            "load": lambda: anew("load", str(dumped)),
        },
        runs,
    )
    with changes.open("rb") as file:
        count = sum(1 for _ in file)
    each = {name: f"{count / taken[name]:,.0f}" for name in ("write", "apply")}
    return [
        ratio(f"feed write, {count:,} changes", taken["write"], taken["dump"], None, "`posture dump`"),
        ratio("feed apply of them", taken["apply"], taken["load"], None, "`posture load`"),
        Finding("changes a second, written", each["write"], "", count / taken["write"], " a second", None),
        Finding("changes a second, applied", each["apply"], "", count / taken["apply"], " a second", None),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen."""
    parser.add_argument("--export-sizes", default="1e5,1e6", help="claims of each ledger that is exported")
    parser.add_argument("--feed-size", default="1e5", help="claims of the ledger whose feed is written and applied")
    parser.add_argument("--export-runs", type=int, default=RUNS, help="runs of each export, after one that warms up")


def run(chosen: argparse.Namespace) -> None:
    """Measure and print the tables."""
    from benchmarks.make_ledger import make_ledger, number
    from benchmarks.timing import Finding, print_table

    peaks: dict[str, list[int]] = {"csv": [], "parquet": []}
    for size in chosen.export_sizes.split(","):
        with tempfile.TemporaryDirectory(prefix="posture-export-") as folder:
            url = f"sqlite:///{folder}/big.db"
            make_ledger(url, Path(folder) / "big.duckdb", claims=number(size))
            spent, alone = measure(url, Path(folder), chosen.export_runs)
        for form, seen in peaks.items():
            seen.append(spent[form].peak)
        print_table(
            f"Exporting {number(size):,} claims, medians of {chosen.export_runs}", findings(number(size), spent, alone)
        )
    grown = [
        Finding(
            f"memory, {form}", f"{seen[-1] / 1e6:.0f} MB", f"{seen[0] / 1e6:.0f} MB", seen[-1] / seen[0], "x", OF_MEMORY
        )
        for form, seen in peaks.items()
    ]
    with tempfile.TemporaryDirectory(prefix="posture-feed-") as folder:
        size = number(chosen.feed_size)
        print_table(f"The feed of {size:,} claims", feed(Path(folder), size, chosen.export_runs))
    print_table(f"Memory, from {chosen.export_sizes.replace(',', ' to ')} claims", grown)


def main() -> None:
    """Measure exports alone, or do what a process of its own is for."""
    if sys.argv[1:2] == ["--child"]:
        CHILDREN[sys.argv[2]](*sys.argv[3:6])
        Path(f"{sys.argv[5]}.peak").write_text(str(peak()))
        return
    parser = argparse.ArgumentParser(description="What an export of all claims costs.")
    add_arguments(parser)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
