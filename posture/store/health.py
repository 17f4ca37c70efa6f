"""What a database holds, and whether anything about it is out of order. Everything is returned; nothing is printed."""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError
from posture.store.address import read_address
from posture.store.connection import SCHEMA_REVISION, WAL_IS_SOUND, Database, connect
from posture.store.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_APPEND_ONLY = ("ledger_entry", "status_change", "plan_link", "retraction", "source_origin", "catalogue_revision")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs", "vboxsf"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a database holds."""

    place: str
    """The file, or the URL without its password."""
    engine: str
    """sqlite or postgresql."""
    engine_version: str
    """Version of SQLite or of the server."""
    schema: str
    """Revision of the schema."""
    database_id: str
    """Which database this is."""
    created_at: str
    """When it was made."""
    size: int
    """Bytes on disk, indexes included."""
    head_seq: int
    """The last ledger entry; 0 where there is none."""
    head_at: str | None
    """When that was recorded."""
    head_hash: str | None
    """Its hash, which stands for all entries up to it."""
    rows: dict[str, int]
    """Rows per table, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What was looked at, in a word or two."""
    state: str
    """ok, warning or error."""
    detail: str
    """What was found, and how to mend it."""


def stats(database: Database) -> Stats:
    """Return what a database holds, all of it from one snapshot."""
    with database.read():
        identity: dict[str, Any] = database.one("SELECT database_id, created_at FROM database_identity") or {}
        head = database.one("SELECT seq, recorded_at, entry_hash FROM ledger_entry ORDER BY seq DESC LIMIT 1") or {}
        return Stats(
            place=database.url,
            engine=database.engine,
            engine_version=_version(database),
            schema=database.revision() or "none",
            database_id=str(identity.get("database_id", "")),
            created_at=str(identity.get("created_at", "")),
            size=_size(database),
            head_seq=int(head.get("seq", 0)),
            head_at=head.get("recorded_at"),
            head_hash=head.get("entry_hash"),
            rows={name: int(database.value(f"SELECT count(*) FROM {quoted(name)}")) for name in _tables(database)},
        )


def _version(database: Database) -> str:
    return sqlite3.sqlite_version if database.engine == "sqlite" else str(database.value("SHOW server_version"))


def _size(database: Database) -> int:
    if database.engine == "sqlite":
        return int(database.value("PRAGMA page_count")) * int(database.value("PRAGMA page_size"))
    return int(database.value("SELECT pg_database_size(current_database())"))


def _tables(database: Database) -> list[str]:
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        if database.engine == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    return [name for (name,) in database.tuples(names) if not name.startswith(("alembic_version", "passage_index"))]


def doctor(url: str, *, timeout: float = 30.0) -> list[Finding]:
    """Return what was looked at in a database, sound or not; never raises for what is wrong with it.

    `timeout` (seconds) is how long to wait for a writer.
    """
    try:
        with connect(url, readonly=True, timeout=timeout) as database:
            return list(_sqlite(database) if database.engine == "sqlite" else _postgresql(database))
    except PostureError as error:
        return [Finding(check="open", state="error", detail=str(error))]


def _found(check: str, problem: str | None, fine: str, *, state: str = "error") -> Finding:
    return Finding(check=check, state=state if problem else "ok", detail=problem or fine)


def _sqlite(database: Database) -> Iterator[Finding]:
    path = read_address(database.url).path
    yield from _version_and_journal(database)
    yield _file_mode(path)
    yield _file_system(path)
    yield _schema(database)
    yield _triggers(
        database, {f"{table}_no_{what}" for table in _APPEND_ONLY for what in ("update", "delete", "replace")}
    )
    yield _definitions(database)
    whole = " ".join(str(database.value("PRAGMA integrity_check")).split())
    yield _found(
        "integrity", None if whole == "ok" else f"damaged: {whole[:200]}; restore a backup", "the file is whole"
    )
    loose = len(database.tuples("PRAGMA foreign_key_check"))
    yield _found(
        "references",
        f"{loose} rows refer to rows that are not there; restore a backup" if loose else None,
        "all rows refer to rows that are there",
    )


def _version_and_journal(database: Database) -> Iterator[Finding]:
    journal, version = str(database.value("PRAGMA journal_mode")), sqlite3.sqlite_version
    sound = sqlite3.sqlite_version_info >= WAL_IS_SOUND
    at_risk = journal == "wal" and not sound
    yield _found(
        "journal",
        f"the file is in WAL mode, which SQLite {version} can, rarely, corrupt; close every program that has it open, then run any posture command that writes"
        if at_risk
        else None,
        f"SQLite {version}, journal {journal}" + ("" if sound else " (WAL is sound from 3.51.3 on)"),
    )


def _file_mode(path: str) -> Finding:
    mode = stat.S_IMODE(os.stat(path).st_mode)
    return _found(
        "permissions",
        f'others may open the file (mode {mode:03o}); run: chmod 600 "{path}"' if mode & 0o077 else None,
        "only its owner may open the file",
    )


def _file_system(path: str) -> Finding:
    kind = file_system(path)
    return _found(
        "file system",
        f"the file is on a network file system ({kind}), where locks may not hold; move it to a local disk"
        if kind in _NETWORK
        else None,
        f"local ({kind})" if kind else "not known to be a network's",
        state="warning",
    )


def file_system(path: str, mounts: str = "/proc/self/mounts") -> str | None:
    """Return the kind of file system that a path lies on, where the system tells."""
    try:
        with open(mounts, encoding="utf-8", errors="replace") as file:
            lines = [line.split() for line in file]
    except OSError:
        return None
    real = os.path.realpath(path)
    around = [
        (len(place), kind)
        for _, written, kind, *_ in lines
        if real.startswith((place := written.replace("\\040", " ")).rstrip("/") + "/")
    ]
    return max(around, key=lambda found: found[0])[1] if around else None


def _schema(database: Database) -> Finding:
    found = database.revision()
    return _found(
        "schema",
        None
        if found == SCHEMA_REVISION
        else f'the schema is at {found or "nothing"}, this program works with {SCHEMA_REVISION}; run "posture db upgrade"',
        f"the schema is at {found}",
    )


def _triggers(database: Database, wanted: set[str]) -> Finding:
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.engine == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    )
    missing = sorted(wanted - {name for (name,) in database.tuples(names)})
    return _found(
        "append-only",
        f"the record is not protected: {len(missing)} triggers are missing, the first is {missing[0]}; restore a backup"
        if missing
        else None,
        "the database itself refuses to change what is recorded",
    )


def _definitions(database: Database) -> Finding:
    """Compare the text of tables, indexes, triggers, views and functions with what the migrations make."""
    from posture.store import schema

    if database.revision() != SCHEMA_REVISION:
        return Finding(check="definitions", state="warning", detail="not compared: the schema is not this program's")
    try:
        wrong = schema.differences(schema.described(database), schema.expected(database))
    except PostureError as error:
        return Finding(check="definitions", state="warning", detail=f"not compared: {error}")
    more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return _found(
        "definitions",
        f"the schema is not what the migrations make: {', '.join(wrong[:3])}{more}; restore a backup"
        if wrong
        else None,
        "tables, indexes, triggers and views are as the migrations make them",
    )


def _postgresql(database: Database) -> Iterator[Finding]:
    yield Finding(check="server", state="ok", detail=f"PostgreSQL {_version(database)}")
    encoding = str(database.value("SHOW server_encoding"))
    yield _found("encoding", None if encoding == "UTF8" else f"the database is in {encoding}; make it in UTF8", "UTF8")
    durable = {name: str(database.value(f"SHOW {name}")) for name in ("fsync", "full_page_writes")}
    off = [name for name, value in durable.items() if value == "off"]
    yield _found(
        "durability",
        f"{' and '.join(off)} off: a crash of the server can lose or damage the ledger" if off else None,
        "on",
        state="warning",
    )
    yield _schema(database)
    yield _triggers(database, {f"{table}_append_only" for table in _APPEND_ONLY})
    yield _definitions(database)
    loose = [
        name for (name,) in database.tuples("SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY conname")
    ]
    yield _found(
        "references",
        f"constraints that were never checked: {', '.join(loose)}" if loose else None,
        "all constraints are checked",
    )
