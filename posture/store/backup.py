"""Copies of a database that are whole: checked before they get their name, readable by their owner alone.

A live file is never copied byte by byte: SQLite's own backup gives a consistent copy while others write, and a
PostgreSQL database is copied by PostgreSQL's own programs.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.errors import IntegrityBroken, PostureError, Refused, UsageMistake
from posture.store import faults
from posture.store.address import Address, read_address
from posture.store.connection import SCHEMA_REVISION, Database, connect, sqlite_uri

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_HEADER = b"SQLite format 3\x00"
"""How a SQLite file begins."""
_ARCHIVE = b"PGDMP"
"""How an archive of pg_dump begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A backup that was made or restored, and checked."""

    path: str
    """Where the copy is."""
    size: int
    """Its size in bytes."""
    seq: int
    """The last ledger entry in it; 0 where there is none."""


# --- backup and restore ------------------------------------------------------------------------------------------


def backup(url: str, path: str, *, force: bool = False, timeout: float = 30.0) -> Copied:
    """Write a consistent copy of the database to `path`, readable by its owner alone, while others may go on writing.

    The copy is checked and only then given its name. Raises Refused if `path` exists and `force` is not given.
    """
    target = os.path.abspath(os.path.expanduser(path))
    if os.path.isdir(target):
        raise UsageMistake(f"{target} is a folder; name a file in it")
    if os.path.exists(target) and not force:
        raise Refused(f"{target} exists; choose another name, or --force to replace it")
    with connect(url, timeout=timeout) as database:
        if database.revision() is None:
            raise PostureError(f"{database.url} holds no posture database; nothing to back up")
        if database.engine == "sqlite" and _same_file(database.address.path, target):
            raise UsageMistake("a backup needs a file of its own, not the database itself")
        staged = _staged_beside(target)
        try:
            seq = _copy_sqlite(database, staged) if database.engine == "sqlite" else _dumped(database, staged)
            os.replace(staged, target)
        except OSError as error:
            raise _disk(error, target) from None
        finally:
            _remove(staged)
    _sync_folder(target)
    return Copied(path=target, size=os.path.getsize(target), seq=seq)


def restore(path: str, url: str, *, force: bool = False, timeout: float = 30.0) -> Copied:
    """Put a backup in the place of the database; refuses to replace one that is there without `force`.

    The backup is checked first: it has to be a posture database, whole, of a schema that this program knows. Whoever is
    writing is waited for, `timeout` seconds at most.
    """
    origin = os.path.abspath(os.path.expanduser(path))
    address = read_address(url)
    kind = _kind_of(origin)
    if kind != address.engine:
        raise UsageMistake(
            f"{origin} is a backup of a {kind} database and cannot be restored into {address.shown};"
            ' "posture dump" and "posture load" go from one engine to the other'
        )
    if kind == "postgresql":
        from posture.store import archive

        return Copied(path=address.shown, size=os.path.getsize(origin), seq=archive.load(address, origin, force=force))
    if _same_file(address.path, origin):
        raise UsageMistake("the backup and the database are the same file")
    if os.path.exists(address.path) and not force:
        raise Refused(f"{address.path} exists, and restoring would replace it; back it up first, then --force")
    with connect(origin, readonly=True) as source:
        _check_whole(source)
        staged = _staged_beside(address.path)
        try:
            seq = _copy_sqlite(source, staged)
            with _shut_out(address, timeout):
                for rest in ("-journal", "-wal", "-shm"):
                    _remove(address.path + rest)
                os.replace(staged, address.path)
        except OSError as error:
            raise _disk(error, address.path) from None
        finally:
            _remove(staged)
    _sync_folder(address.path)
    return Copied(path=address.path, size=os.path.getsize(address.path), seq=seq)


def _dumped(database: Database, staged: str) -> int:
    from posture.store import archive

    return archive.dump(database, staged)


def _copy_sqlite(database: Database, staged: str) -> int:
    """Copy a SQLite database with its own backup, check the copy, and return its last seq."""
    try:
        copy = sqlite3.connect(sqlite_uri(staged, "rw"), uri=True, isolation_level=None)
        try:
            database.connection.backup(copy)  # type: ignore[attr-defined]
            copy.execute("PRAGMA journal_mode = DELETE")  # a copy is one file
        finally:
            copy.close()
    except sqlite3.Error as error:
        raise faults.from_sqlite(error, staged, database.timeout) from None
    with connect(staged, readonly=True) as copied:
        return _check_whole(copied)


def _check_whole(database: Database) -> int:
    """Return the last seq of a database that is whole; raises IntegrityBroken, or PostureError where it is no ledger."""
    found = database.value("PRAGMA integrity_check")
    if found != "ok":
        raise IntegrityBroken(f"{database.url} is damaged: {' '.join(str(found).split())[:200]}")
    revision = database.revision()
    if revision is None or database.value("SELECT count(*) FROM sqlite_master WHERE name = 'ledger_entry'") != 1:
        raise PostureError(f"{database.url} is a SQLite database, but not of posture")
    if revision > SCHEMA_REVISION:
        raise PostureError(f"{database.url} was made by a newer posture (schema {revision}); install that first")
    if database.tuples("PRAGMA foreign_key_check"):
        raise IntegrityBroken(f"{database.url} is damaged: rows refer to rows that are not there")
    return _last_seq(database)


def _last_seq(database: Database) -> int:
    return int(database.value("SELECT max(seq) FROM ledger_entry") or 0)


@contextmanager
def _shut_out(address: Address, timeout: float) -> Iterator[None]:
    """Hold the write lock of the database that is about to be replaced, so that nobody is in the middle of a write."""
    if not os.path.exists(address.path):
        yield
        return
    connection: Any = sqlite3.connect(address.path, isolation_level=None, timeout=timeout)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            # What is damaged, or is no database, may be replaced; what is in use may not.
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in {5, 6}:
                raise faults.from_sqlite(error, address.path, timeout) from None
        yield
    finally:
        connection.close()


# --- files -------------------------------------------------------------------------------------------------------


def _kind_of(path: str) -> str:
    """Return which engine's backup a file is; raises what keeps it from being one."""
    if os.path.isdir(path):
        raise UsageMistake(f"{path} is a folder; name the backup file in it")
    try:
        with open(path, "rb") as file:
            start = file.read(16)
    except OSError as error:
        raise PostureError(f"cannot read {path}: {error.strerror or type(error).__name__}") from None
    if start == _HEADER:
        return "sqlite"
    if start.startswith(_ARCHIVE):
        return "postgresql"
    raise PostureError(f"{path} is no backup of a posture database")


def _staged_beside(target: str) -> str:
    """Make an empty file in the folder of `target`, readable by its owner alone, and return its path."""
    folder = os.path.dirname(target)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, staged = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=folder)
    except OSError as error:
        raise _disk(error, target) from None
    os.close(handle)
    return staged


def _disk(error: OSError, path: str) -> PostureError:
    return PostureError(f"cannot write {path}: {error.strerror or type(error).__name__}")


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def _same_file(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _sync_folder(path: str) -> None:
    """Make the new name last: a rename is only on disk when its folder is."""
    with suppress(OSError):
        handle = os.open(os.path.dirname(path), os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
