"""Inserting the rows of a data frame: as fast as each engine takes them, past none of its checks.

Values that are the same in all rows are told once: on SQLite they stand in the statement, so that only what differs is bound;
on PostgreSQL NULLs are left out of the COPY.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError
from posture.store.statements import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from posture.store.connection import Database

ROWS = 50_000
"""Rows that a statement takes at a time."""
SHORT = 100
"""Characters of a text that may stand in a statement."""


@contextmanager
def in_bulk(db: Database, table: str) -> Iterator[None]:
    """Insert very many rows into a table within the block, which is within a write.

    On SQLite the trigger that keeps a row from being replaced rests meanwhile: having it makes SQLite copy every row once more, and
    the insertions of this module are none that replace. It comes back with the block, or with the transaction that is taken back.
    """
    name = f"{table}_no_replace"
    found = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"
    trigger = db.value(found, {"name": name}) if db.engine == "sqlite" else None
    if trigger is None:
        yield
        return
    db.execute(f"DROP TRIGGER {quoted(name)}")
    try:
        yield
    except BaseException:
        # The database may have taken everything back already, on a full disk for one; then it is there.
        with suppress(PostureError):
            db.execute(trigger)
        raise
    db.execute(trigger)


def insert_frame(db: Database, table: str, frame: pl.DataFrame, same: Mapping[str, Any]) -> None:
    """Insert the rows of `frame`, each with the values of `same`: true or false, whole numbers and texts among them.

    Raises `ConstraintBroken` for a row that the table does not take; then nothing of the transaction may be kept.
    """
    if db.engine == "sqlite":
        _insert_sqlite(db, table, frame, same)
    else:
        _copy_postgresql(db, table, frame, same)


def _insert_sqlite(db: Database, table: str, frame: pl.DataFrame, same: Mapping[str, Any]) -> None:
    told = {name: _literal(value) for name, value in same.items() if value is not None}
    for rows in frame.iter_slices(ROWS):
        carried, meant = _carried(rows)
        insert_rows(db, table, carried.columns, carried.rows(), {**meant, **told})


def insert_rows(
    db: Database,
    table: str,
    carried: Sequence[str],
    rows: Sequence[Sequence[Any]],
    meant: Mapping[str, str] | None = None,
) -> None:
    """Insert rows into a table of SQLite; `meant` are its columns as expressions of those carried, without it they are those.

    They go into a table of this connection first, which asks nothing, and from there over in one statement: what a CHECK, a
    trigger and an index need for a statement is then made once, and not for each row. That takes half the time. The table
    stays, emptied: it could not be dropped while the program reads with the same connection.
    """
    names = ", ".join(map(quoted, meant or carried))
    values = ", ".join(meant.values() if meant else map(quoted, carried))
    arriving = "temp." + quoted(f"arriving {' '.join(carried)}")
    db.execute(f"CREATE TABLE IF NOT EXISTS {arriving} ({', '.join(map(quoted, carried))})")
    db.executemany(f"INSERT INTO {arriving} VALUES ({', '.join('?' * len(carried))})", rows)  # type: ignore[arg-type]
    db.execute(f"INSERT INTO {quoted(table)} ({names}) SELECT {values} FROM {arriving} ORDER BY rowid")
    db.execute(f"DELETE FROM {arriving}")


def told_once(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[Any], dict[str, str]]:
    """Return the columns in which rows differ, the rows of them alone, and the expression of each column for `insert_rows`."""
    carried, kept, meant = [], [], {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        first = values[0]
        short = first is None or isinstance(first, int) or (isinstance(first, str) and len(first) <= SHORT)
        if short and values.count(first) == len(values):
            meant[name] = "NULL" if first is None else _literal(first)
        else:
            meant[name] = quoted(name)
            carried.append(name)
            kept.append(values)
    if not carried:  # a row has to have a column
        return [names[0]], [(row[0],) for row in rows], meant
    return carried, list(zip(*kept, strict=True)), meant


def _carried(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the columns that say something of their own, and the expression that gives each column.

    Numbers that count the rows, and what another column says already, as a day does five times, need not be carried over one by one.
    """
    import polars as pl

    carried: list[pl.Series] = []
    meant: dict[str, str] = {}
    for column in frame.get_columns():
        if column.dtype == pl.Int64 and not column.null_count():
            first = int(column[0])
            if (column == pl.int_range(first, first + frame.height, eager=True)).all():
                meant[column.name] = f"rowid + {first - 1}"
                continue
        like = next((each for each in carried if _equal(each, column)), None)
        if like is None:
            carried.append(column)
        meant[column.name] = quoted(column.name if like is None else like.name)
    if not carried:  # a row has to have a column
        carried.append(frame.get_columns()[0])
    return pl.DataFrame(carried), meant


def _equal(one: pl.Series, other: pl.Series) -> bool:
    return one.dtype == other.dtype and one.head(8).equals(other.head(8)) and one.equals(other)


def _literal(value: Any) -> str:
    """Return a value as SQLite reads it; it keeps no booleans."""
    return literal(int(value) if isinstance(value, bool) else value)


def _copy_postgresql(db: Database, table: str, frame: pl.DataFrame, same: Mapping[str, Any]) -> None:
    import polars as pl

    told = frame.with_columns(pl.lit(value).alias(name) for name, value in same.items() if value is not None)
    names = ", ".join(map(quoted, told.columns))
    # A text is always quoted, so that an empty one, or one that reads \N, is not taken for NULL.
    text = told.write_csv(include_header=False, null_value="\\N", quote_style="non_numeric")
    sql = f"COPY {quoted(table)} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')"
    db.copy(sql, [text.encode()])  # type: ignore[attr-defined]
