"""The open database: one connection, the same words on SQLite and on PostgreSQL.

Transactions are begun here and nowhere else, in the drivers' own words: a read is one snapshot; a write waits its turn
and then is alone, so that the order of entries is the order of commits.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from posture.domain.codes import refuse_broken
from posture.errors import DatabaseMissing, PostureError, SchemaTooNew, SchemaTooOld
from posture.store import faults
from posture.store.address import Address, read_address
from posture.store.statements import insert_text, quoted, update_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import date
    from types import TracebackType
    from typing import Self

SCHEMA_REVISION = "0005"
"""The schema that this program works with: the newest of `migrations/`; a test compares."""
WRITE_LOCK = 0x706F7374757265
"""PostgreSQL's advisory lock that makes writers take turns ("posture" in ASCII)."""
ROOM = 256 * 1024
"""KiB of a SQLite file that a bulk write keeps in memory; the ordinary 2 MB would be read and written over and over."""
WAL_IS_SOUND = (3, 51, 3)
"""Before this version of SQLite, several connections can, rarely, corrupt a database that is in WAL mode."""

SERIALIZED = 3
"""SQLite's level of thread safety at which threads may share a connection."""

BATCH = 20_000
"""Rows at a time where there may be very many."""
Row = dict[str, Any]
"""A row: its values by column name."""
Keeper: TypeAlias = (
    "Callable[[Database, date, Collection[int] | None, Collection[int] | None], tuple[dict[int, Row], dict[int, Row]]]"
)
"""Returns the rows of these lines and of these plans as of a day, by id; of all lines and plans where None."""


def open_database(url: str, *, create: bool = False, readonly: bool = False, timeout: float = 30.0) -> Database:
    """Return the open database at a path or URL.

    With `create`, a missing or empty database is made and brought to this program's schema. Raises DatabaseMissing,
    SchemaTooOld, SchemaTooNew, or what keeps it from being opened. `timeout` (seconds) is how long a writer waits.
    """
    address = read_address(url)
    if create and address.engine == "sqlite" and not os.path.exists(address.path):
        _upgrade(url)
    database = connect(url, readonly=readonly, timeout=timeout)
    try:
        found = database.revision()
        if found is None and create:
            database.close()
            _upgrade(url)
            database = connect(url, readonly=readonly, timeout=timeout)
            found = database.revision()
        if found is not None and found > SCHEMA_REVISION:
            raise SchemaTooNew(found, SCHEMA_REVISION)
        if found != SCHEMA_REVISION:
            raise SchemaTooOld(found, SCHEMA_REVISION)
    except BaseException:
        database.close()
        raise
    return database


def _upgrade(url: str) -> None:
    from posture.store.migrate import upgrade

    upgrade(url)


def connect(url: str, *, readonly: bool = False, timeout: float = 30.0) -> Database:
    """Return a connection to a database that exists, whatever its schema: for migrations, backups and checks."""
    address = read_address(url)
    if address.engine == "sqlite":
        return SQLiteDatabase(address, readonly=readonly, timeout=timeout)
    from posture.store.postgresql import PostgreSQLDatabase

    return PostgreSQLDatabase(address, readonly=readonly, timeout=timeout)


class Database:
    """One connection to a database. A context manager; closed at the end of the block."""

    engine: str
    """sqlite or postgresql."""
    shared = True
    """Whether threads may share the connection, as a bulk write does; it lets in one at a time."""
    keeper: Keeper | None = None
    """What computes the rows of the projection, handed in by whoever opens the database for a person. Without one, what a
    write touches is marked as out of date."""

    def __init__(self, address: Address, *, readonly: bool, timeout: float) -> None:
        self.address, self.readonly, self.timeout = address, readonly, timeout
        self._mode: str | None = None
        self._depth = 0

    @property
    def url(self) -> str:
        """The place of the database, without its password."""
        return self.address.shown

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # What each engine does in its own way.

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        raise NotImplementedError

    def _cursor(self, sql: str, params: Mapping[str, Any] | None) -> Any:
        raise NotImplementedError

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of values."""
        raise NotImplementedError

    def batches(self, sql: str, params: Mapping[str, Any] | None = None, size: int = BATCH) -> Iterator[list[Any]]:
        """Yield the rows of a statement as tuples, so many at a time, within a transaction: memory stays bounded."""
        raise NotImplementedError

    def revision(self) -> str | None:
        """Return the revision of the schema; None where there is none."""
        raise NotImplementedError

    def _begin_read(self) -> None:
        raise NotImplementedError

    def _begin_write(self) -> None:
        raise NotImplementedError

    # What is the same on both.

    def all(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """Return all rows, each by column name."""
        cursor = self._cursor(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in self._fetch(cursor)]

    def one(self, sql: str, params: Mapping[str, Any] | None = None) -> Row | None:
        """Return the first row, or None."""
        rows = self.all(sql, params)
        return rows[0] if rows else None

    def value(self, sql: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return the first column of the first row, or None."""
        rows = self.tuples(sql, params)
        return rows[0][0] if rows else None

    def tuples(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return all rows as tuples: the quickest way to many."""
        return self._fetch(self._cursor(sql, params))

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Run a statement and return how many rows it touched."""
        return int(self._cursor(sql, params).rowcount)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert a row; raises UsageMistake for a text that cannot be kept."""
        _refuse_broken_texts(row)
        self.execute(insert_text(table, tuple(row)), row)

    def update(self, table: str, id: int, changes: Mapping[str, Any]) -> int:
        """Change columns of the row with this id, and return how many rows there were."""
        _refuse_broken_texts(changes)
        return self.execute(update_text(table, changes), {**changes, "id": id}) if changes else 0

    def delete(self, table: str, id: int) -> int:
        """Remove the row with this id, and return how many rows there were."""
        return self.execute(f"DELETE FROM {quoted(table)} WHERE id = :id", {"id": id})

    def _fetch(self, cursor: Any) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    @contextmanager
    def roomy(self) -> Iterator[None]:
        """Read or write very many rows within the block."""
        yield

    @contextmanager
    def read(self) -> Iterator[Self]:
        """Read one consistent snapshot within the block. Re-entrant; within a write it is that write's own view."""
        if self._mode is not None:
            yield self
            return
        self._begin_read()
        self._mode = "read"
        try:
            yield self
        finally:
            self._end("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[Self]:
        """Be the only writer within the block: commit at its end, or roll back if it raises.

        Raises Busy if another writer does not let go in time. A write within a write is a part of it that can fail alone.
        """
        if self._mode == "read":
            raise RuntimeError("a write cannot begin within a read: what was read may be out of date")
        if self._mode == "write":
            with self._savepoint():
                yield self
            return
        self._begin_write()
        self._mode = "write"
        try:
            yield self
            self._cursor("COMMIT", None)
            self._mode = None
        finally:
            if self._mode is not None:
                self._end("ROLLBACK")

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        self._depth += 1
        name = f"part_{self._depth}"
        self._cursor(f"SAVEPOINT {name}", None)
        try:
            yield
            self._cursor(f"RELEASE SAVEPOINT {name}", None)
        except BaseException:
            # The database may have rolled everything back already, on a full disk for one.
            with suppress(PostureError):
                self._cursor(f"ROLLBACK TO SAVEPOINT {name}", None)
                self._cursor(f"RELEASE SAVEPOINT {name}", None)
            raise
        finally:
            self._depth -= 1

    def _end(self, word: str) -> None:
        self._mode = None
        with suppress(PostureError):
            self._cursor(word, None)


def _refuse_broken_texts(row: Mapping[str, Any]) -> None:
    """Refuse on both engines what one of them cannot keep."""
    for value in row.values():
        if isinstance(value, str) and ("\0" in value or not value.isascii()):
            refuse_broken(value)


class SQLiteDatabase(Database):
    """A connection to a SQLite file."""

    engine = "sqlite"
    shared = sqlite3.threadsafety >= SERIALIZED

    def __init__(self, address: Address, *, readonly: bool, timeout: float) -> None:
        super().__init__(address, readonly=readonly, timeout=timeout)
        if not os.path.exists(address.path):
            raise DatabaseMissing(address.shown)
        if os.path.isdir(address.path):
            raise PostureError(f"{address.shown} is a folder; name the database file in it")
        try:
            # Read-only too is opened for writing, and then held to reading: what a crash left half done is first rolled
            # back by whoever comes next, and a connection that may not write could not even read then.
            self.connection = sqlite3.connect(
                sqlite_uri(address.path, "rw"),
                uri=True,
                isolation_level=None,
                timeout=timeout,
                check_same_thread=not self.shared,
            )
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, address.shown, timeout) from None
        try:
            self._cursor("PRAGMA foreign_keys = ON", None)
            self._cursor("PRAGMA synchronous = FULL", None)
            self._cursor("PRAGMA trusted_schema = OFF", None)
            # An index made for one statement reads the whole history first; a seek per line in one of ours does not.
            self._cursor("PRAGMA automatic_index = OFF", None)
            self._settle_journal()
            if readonly:
                self._cursor("PRAGMA query_only = ON", None)
        except BaseException:
            self.connection.close()
            raise

    def _settle_journal(self) -> None:
        """See to it that the journal is the one that is sound with this version of SQLite."""
        wanted = "wal" if sqlite3.sqlite_version_info >= WAL_IS_SOUND else "delete"
        if self.value("PRAGMA journal_mode") != wanted and not self.readonly:
            # Refused while others are connected, and then the next to come does it; `db doctor` tells.
            with suppress(PostureError):
                self._cursor(f"PRAGMA journal_mode = {wanted}", None)

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self.connection.close()

    def _cursor(self, sql: str, params: Mapping[str, Any] | None) -> sqlite3.Cursor:
        try:
            return self.connection.execute(sql, params or ())
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.url, self.timeout) from None
        except (OverflowError, UnicodeEncodeError) as error:
            raise faults.from_value(error) from None

    def _fetch(self, cursor: sqlite3.Cursor) -> list[tuple[Any, ...]]:
        try:
            return cursor.fetchall()
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.url, self.timeout) from None

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any] | tuple[Any, ...]]) -> None:
        """Run a statement once for each row of values; tuples are for a statement with question marks."""
        try:
            self.connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.url, self.timeout) from None
        except (OverflowError, UnicodeEncodeError) as error:
            raise faults.from_value(error) from None

    def batches(self, sql: str, params: Mapping[str, Any] | None = None, size: int = BATCH) -> Iterator[list[Any]]:
        """Yield the rows of a statement as tuples, so many at a time, within a transaction: memory stays bounded."""
        cursor = self._cursor(sql, params)
        try:
            while rows := cursor.fetchmany(size):
                yield rows
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.url, self.timeout) from None
        finally:
            cursor.close()

    @contextmanager
    def roomy(self) -> Iterator[None]:
        """Keep more of the file in memory within the block: rows that scatter over large indexes need it."""
        before = self.value("PRAGMA cache_size")
        self._cursor(f"PRAGMA cache_size = -{ROOM}", None)
        try:
            yield
        finally:
            with suppress(PostureError):
                self._cursor(f"PRAGMA cache_size = {before}", None)

    def revision(self) -> str | None:
        """Return the revision of the schema; None where there is none."""
        try:
            row = self.connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise faults.from_sqlite(error, self.url, self.timeout) from None
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.url, self.timeout) from None
        return str(row[0]) if row else None

    def _begin_read(self) -> None:
        self._cursor("BEGIN", None)

    def _begin_write(self) -> None:
        self._cursor("BEGIN IMMEDIATE", None)


def sqlite_uri(path: str, mode: str) -> str:
    """Return the URI by which SQLite opens a file; mode is ro, rw or rwc."""
    safe = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if not safe.isascii():  # also a name that is no text: its bytes, written out
        safe = "".join(chr(byte) if byte < 0x80 else f"%{byte:02x}" for byte in os.fsencode(safe))
    no_host = "//"  # lest a path that begins with two slashes be taken for a host's
    return f"file:{no_host}{safe}?mode={mode}"


def create_file(path: str) -> None:
    """Make an empty database file that its owner alone can read, and the folder it lies in."""
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise PostureError(f"cannot make {path}: {error.strerror or type(error).__name__}") from None
    with suppress(OSError):
        os.fchmod(handle, 0o600)
    os.close(handle)
