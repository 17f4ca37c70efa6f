"""Makes a large synthetic ledger on SQLite or PostgreSQL, and the same claims in a DuckDB file for the reference.

    python -m benchmarks.make_ledger big.db --claims 1e6
    python -m benchmarks.make_ledger postgresql+psycopg://USER@HOST/NAME --claims 1e6

The schema is the real one, brought up by the migrations. The rows go straight into the tables, past the writing rules,
the triggers and the hash chain (`posture db verify` would say so): it is for measuring, not for keeping.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.synthetic.catalogue import Catalogue, make_catalogue
from posture.domain.vocabulary import ASSET_TYPES
from posture.store import migrate
from posture.store.address import read_address

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 50_000
SOURCES = 2_000
DRAWN = ("ledger_entry", "status_change", "retraction", "plan_link")
"""The tables that DuckDB draws, in the order in which they are loaded."""
CATALOGUE = (
    "actor", "location", "asset_type", "source", "deployment", "platform", "asset", "containment", "source_origin",
)  # fmt: skip
"""The tables that the catalogue gives. Foreign keys are not checked while loading."""
BATCH = 20_000


def make_ledger(
    url: str,
    reference: Path,
    *,
    claims: int,
    lines: int = LINES,
    sources: int = SOURCES,
    seed: int = 1,
    at_once: bool = False,
) -> None:
    """Fill an empty database at `url` with a ledger of so many claims, and the DuckDB file `reference` with the same."""
    catalogue = make_catalogue(lines=lines, sources=sources, seed=seed)
    draw(reference, catalogue, claims=claims, lines=lines, sources=sources, seed=seed, at_once=at_once)
    load(url, reference, catalogue)


def draw(
    reference: Path, catalogue: Catalogue, *, claims: int, lines: int, sources: int, seed: int, at_once: bool
) -> None:
    """Draw the claims into the DuckDB file."""
    chosen = {"claims": claims, "lines": lines, "sources": sources, "seed": seed, "at_once": at_once}
    with closing(duckdb.connect(str(reference))) as duck:
        duck.execute("set preserve_insertion_order = true")
        duck.execute(
            "create table line (number bigint, asset_id bigint, deployment_id bigint, of_platform boolean, scale bigint)"
        )
        personnel = [code for code, _, _ in ASSET_TYPES].index("personnel") + 1
        rows = [
            [number, row["id"], row["deployment_id"], row["platform_id"] is not None,
             200 + number * 37 % 5000 if row["asset_type_id"] == personnel else 4 + number * 13 % 60]
            for number, row in enumerate(catalogue.tables["asset"])
        ]  # fmt: skip
        duck.execute(
            "insert into line select unnest(r.n), unnest(r.a), unnest(r.d), unnest(r.p), unnest(r.s) from (select ?::"
            "struct(n bigint[], a bigint[], d bigint[], p boolean[], s bigint[]) as r)",
            [dict(zip("nadps", map(list, zip(*rows, strict=True)), strict=True))],
        )
        text = re.sub(r"--[^\n]*", "", (Path(__file__).parent / "synthetic" / "claims.sql").read_text())
        for statement in text.split(";\n"):
            if statement.strip():
                used = {name: value for name, value in chosen.items() if f"${name}" in statement}
                duck.execute(statement, used or None)


def load(url: str, reference: Path, catalogue: Catalogue) -> None:
    """Copy what was drawn, and the catalogue, into a new database."""
    migrate.upgrade(url)
    address = read_address(url)
    with closing(duckdb.connect(str(reference), read_only=True)) as duck:
        if address.engine == "sqlite":
            _load_sqlite(address.path, duck, catalogue)
        else:
            _load_postgresql(url, duck, catalogue)


def _columns(duck: duckdb.DuckDBPyConnection, table: str) -> tuple[list[str], str]:
    """Return the columns that a drawn table has, and the SELECT that gives them as the ledger stores them."""
    described = duck.execute(f"select column_name, column_type from (describe {table})").fetchall()
    names = [name for name, _ in described if (table, name) != ("ledger_entry", "recorded_on")]
    shown = [f"{name}::varchar" if kind == "DATE" and name in names else name for name, kind in described]
    wanted = [text for text, (name, _) in zip(shown, described, strict=True) if name in names]
    if table == "ledger_entry":
        names, wanted = [*names, "clock_at"], [*wanted, "recorded_at"]
    return names, f"select {', '.join(wanted)} from {table}"


def _batches(duck: duckdb.DuckDBPyConnection, select: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = duck.execute(select)
    while rows := cursor.fetchmany(BATCH):
        yield rows


def _load_sqlite(path: str, duck: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for setting in ("journal_mode = off", "synchronous = off", "foreign_keys = off",
                        "ignore_check_constraints = on", "cache_size = -500000", "temp_store = memory"):  # fmt: skip
            db.execute(f"pragma {setting}")
        # Kept aside while loading: a sort at the end is far quicker than an insertion at a time.
        aside = [
            (kind, name, text)
            for kind, name, text in db.execute(
                "select type, name, sql from sqlite_master where sql is not null and tbl_name not like 'alembic%'"
            )
            if kind in ("trigger", "index")
        ]
        db.execute("begin")
        for kind, name, _ in aside:
            db.execute(f"drop {kind} {name}")
        for table in CATALOGUE:
            rows = catalogue.tables.get(table, [])
            if rows:
                known = len(ASSET_TYPES) if table == "asset_type" else 0  # the migration puts these there
                db.executemany(_insert(table, list(rows[0])), (tuple(row.values()) for row in rows[known:]))
        for table in DRAWN:
            names, select = _columns(duck, table)
            for batch in _batches(duck, select):
                db.executemany(_insert(table, names), batch)
        for kind in ("index", "trigger"):
            for _, _, text in (each for each in aside if each[0] == kind):
                db.execute(text)
        db.execute("commit")
        db.execute("pragma journal_mode = delete")


def _insert(table: str, names: list[str]) -> str:
    return f"insert into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})"


def _load_postgresql(url: str, duck: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    import psycopg

    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as db:
        with db.transaction():
            db.execute("set session_replication_role = replica")  # neither triggers nor foreign keys while loading
            flags = {"boolean": ("f", "t")}
            kinds = {
                (table, column): kind
                for table, column, kind in db.execute(
                    "select table_name, column_name, data_type from information_schema.columns"
                    " where table_schema = current_schema()"
                ).fetchall()
            }
            for table in CATALOGUE:
                rows = catalogue.tables.get(table, [])
                known = len(ASSET_TYPES) if table == "asset_type" else 0
                if rows[known:]:
                    _copy(db, table, list(rows[0]), [[tuple(row.values()) for row in rows[known:]]], {})
            for table in DRAWN:
                names, select = _columns(duck, table)
                words = {n: flags["boolean"] for n, name in enumerate(names) if kinds[table, name] == "boolean"}
                _copy(db, table, names, _batches(duck, select), words)
        db.execute("vacuum analyze")


def _copy(db: Any, table: str, names: list[str], batches: Any, flags: dict[int, tuple[str, str]]) -> None:
    """Copy batches of rows into a table as CSV; an unquoted empty field is NULL, and no text here is empty."""
    with db.cursor() as cursor, cursor.copy(f"copy {table} ({', '.join(names)}) from stdin (format csv)") as copy:
        for batch in batches:
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerows(
                [flags[n][value] if n in flags else value for n, value in enumerate(row)] if flags else row
                for row in batch
            )
            copy.write(text.getvalue())


def number(text: str) -> int:
    """Return a size that may be written as 1e6 or 100_000."""
    return int(float(text))


def main() -> None:
    """Make one ledger and say how long it took."""
    parser = argparse.ArgumentParser(
        description="Make a large synthetic ledger, and a DuckDB file with the same claims."
    )
    parser.add_argument("url", help="path of a new SQLite file, or URL of an empty PostgreSQL database")
    parser.add_argument("--reference", type=Path, help="the DuckDB file (default: beside it, or claims.duckdb)")
    parser.add_argument("--claims", type=number, default=1_000_000)
    parser.add_argument("--lines", type=number, default=LINES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", action="store_true", help="all recorded in one week, as an imported backlog is")
    chosen = parser.parse_args()
    address = read_address(chosen.url)
    reference = chosen.reference or Path(address.path or "claims").with_suffix(".duckdb")
    begin = time.perf_counter()
    make_ledger(
        chosen.url, reference, claims=chosen.claims, lines=chosen.lines, seed=chosen.seed, at_once=chosen.at_once
    )
    print(json.dumps({"claims": chosen.claims, "seconds": round(time.perf_counter() - begin, 1)}))


if __name__ == "__main__":
    main()
