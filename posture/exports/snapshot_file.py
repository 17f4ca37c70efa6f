"""The file of a snapshot: written beside its name and put in its place when it is whole, the same bytes for the same rows."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from posture.errors import IntegrityBroken, PostureError, Refused, UsageMistake
from posture.exports.snapshot_tables import SNAPSHOT_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from posture.exports.snapshot_tables import Table

_HEADER = b"SQLite format 3\x00"


class SnapshotFile:
    """A snapshot that is being written."""

    def __init__(self, path: str) -> None:
        """Make the file at `path`, which must not be there, with all tables empty."""
        self.connection = sqlite3.connect(path, isolation_level=None)
        # It is written beside its name: until it is whole nobody reads it, and if it never is, it goes.
        for pragma in ("page_size = 4096", "encoding = 'UTF-8'", "journal_mode = OFF", "synchronous = OFF"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute(f"PRAGMA user_version = {SNAPSHOT_VERSION}")
        self.connection.execute("BEGIN")
        for table in TABLES:
            self.connection.execute(table.statement())

    def put(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows; what a row does not say is NULL, and what the table does not have is left out."""
        places = ", ".join("?" * len(table.columns))
        self.connection.executemany(
            f'INSERT INTO "{table.name}" VALUES ({places})', ([row.get(name) for name in table.names] for row in rows)
        )

    def finish(self) -> dict[str, int]:
        """Make the indexes, check every reference, and return how many rows each table has."""
        for table in TABLES:
            for statement in table.index_statements():
                self.connection.execute(statement)
        broken = self.connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise IntegrityBroken(f"the snapshot does not hold together: {broken[0]} refers to a {broken[2]} it lacks")
        self.connection.execute("COMMIT")
        self.connection.execute("ANALYZE")
        return {
            table.name: int(self.connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])
            for table in TABLES
        }


@contextmanager
def put_in_place(path: str) -> Iterator[str]:
    """Give the name of a file beside `path` to write; it takes its place at the end of the block, or goes."""
    beside = f"{path}.{os.getpid()}.part"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        yield beside
        with open(beside, "rb") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise PostureError(f"cannot write {path}: {error.strerror}; what was there before is untouched") from error
    except sqlite3.Error as error:
        raise PostureError(f"cannot write {path}: {error}; what was there before is untouched") from error
    finally:
        with suppress(OSError):
            os.unlink(beside)


def refuse_to_replace(path: str, *, force: bool) -> None:
    """Raise Refused where there is something already, without `force`; and always where that is a ledger."""
    if os.path.isdir(path):
        raise UsageMistake(f"{path} is a folder; name a file in it")
    if not os.path.lexists(path):
        return
    if _is_ledger(path):
        raise Refused(f"{path} is a posture database, which is not replaced so; choose another name")
    if not force:
        raise Refused(f"{path} exists; choose another name, or --force to replace it")


def _is_ledger(path: str) -> bool:
    """Return whether a file is a database that holds a ledger, or may hold one."""
    from posture.store.connection import sqlite_uri

    try:
        with open(path, "rb") as file:
            if file.read(16) != _HEADER:
                return False
        connection = sqlite3.connect(sqlite_uri(path, "ro"), uri=True)
    except (OSError, sqlite3.Error):
        return False
    try:
        return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger_entry'").fetchone())
    except sqlite3.Error:
        return False
    finally:
        connection.close()
