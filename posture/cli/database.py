"""`posture db ...`: make, check, back up and describe the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.session import say, write
from posture.errors import IntegrityBroken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session

MOST_FINDINGS = 20


def upgrade(session: Session, given: Mapping[str, Any]) -> None:
    """Make the database, or bring its schema up to date."""
    from posture.store import migrate

    before, after = migrate.upgrade(session.settings.database_url, given.get("revision") or "head")
    place = _place(session)
    if before == after:
        say(f"{place} is at schema {after} already: nothing changed")
    else:
        say(f"{place} is at schema {after} now" + (f", from {before}" if before else ", newly made"))


def downgrade(session: Session, given: Mapping[str, Any]) -> None:
    """Take the schema back."""
    from posture.store import migrate

    before, after = migrate.downgrade(session.settings.database_url, given["revision"])
    say(f"{_place(session)} is at schema {after or 'none'} now, from {before or 'none'}")


def current(session: Session, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - every command gets what was typed
    """Print the schema of the database and the newest one."""
    from posture.store import migrate
    from posture.store.connection import SCHEMA_REVISION

    found = migrate.current(session.settings.database_url)
    write([found or "none"])
    if found != SCHEMA_REVISION:
        say(f'this program works with {SCHEMA_REVISION}; run "posture db upgrade"')


def verify(session: Session, given: Mapping[str, Any]) -> None:
    """Recompute what can be recomputed; raises `IntegrityBroken` that names the first entry that does not match."""
    from posture.ledger.verify import verify as check
    from posture.reports.catalogue import head

    with session.database(readonly=True) as db, db.read():
        findings = check(db)
        seq, _ = head(db)
    if given.get("as_json"):
        import json

        write(
            [
                json.dumps(
                    {"entries": seq, "findings": [{"seq": finding.seq, "what": finding.what} for finding in findings]},
                    ensure_ascii=False,
                )
            ]
        )
    else:
        write(finding.what for finding in findings[:MOST_FINDINGS])
    if findings:
        first = next((finding.seq for finding in findings if finding.seq is not None), None)
        where = f"; the first is entry #{first}" if first is not None else ""
        raise IntegrityBroken(
            f"{len(findings)} {'thing is' if len(findings) == 1 else 'things are'} not as recorded{where}; restore a backup that verifies"
        )
    if not given.get("as_json"):
        write([f"all of {seq} {'entry matches' if seq == 1 else 'entries match'} what was recorded"])


def backup(session: Session, given: Mapping[str, Any]) -> None:
    """Write a complete copy."""
    from posture.store.backup import backup as copy

    made = copy(session.settings.database_url, given["file"], force=bool(given.get("force")))
    say(f"{made.path} is a complete copy of {_place(session)}: up to entry #{made.seq}, {made.size:,} bytes")


def restore(session: Session, given: Mapping[str, Any]) -> None:
    """Make this database from a backup."""
    from posture.store.backup import restore as take_back

    put = take_back(given["file"], session.settings.database_url, force=bool(given.get("force")))
    say(f"{put.path} is what {given['file']} was: up to entry #{put.seq}")


def stats(session: Session, given: Mapping[str, Any]) -> None:
    """Count what the database holds."""
    from posture.cli.output import print_report
    from posture.reports.catalogue import counts

    with session.database(readonly=True) as db, db.read():
        print_report(session, given, counts(db))


def doctor(session: Session, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - every command gets what was typed
    """Check the installation, the settings and the database; exit 1 where something is wrong."""
    from posture.errors import PostureError

    bad = 0
    for fine, line in _checks(session):
        bad += not fine
        write([("ok    " if fine else "wrong ") + line])
    if bad:
        raise PostureError(
            f"{bad} {'check' if bad == 1 else 'checks'} failed; each line above that begins with wrong says how to mend it"
        )


def _checks(session: Session) -> Iterator[tuple[bool, str]]:
    """Yield each check with whether it is fine; one that cannot be made is not."""
    import platform
    import sqlite3

    from posture import __version__
    from posture.errors import PostureError

    yield True, f"posture {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    try:
        settings = session.settings
        found = settings.find("database_url")
        settings.find("recorded_by"), settings.find("stale_after"), settings.find("busy_timeout")
    except PostureError as error:
        yield False, f"settings: {error}"
        return
    yield True, f"database {_place(session)} (from {found.origin})"
    try:
        with session.database(readonly=True) as db, db.read():
            yield True, f"schema is the one this program works with; {db.engine}"
            yield from _database_checks(db)
    except PostureError as error:
        yield False, f"database: {error}"


def _database_checks(db: Any) -> Iterator[tuple[bool, str]]:
    import os

    from posture.ledger.verify import verify as check
    from posture.store.address import read_address

    if db.engine == "sqlite":
        path = read_address(db.url).path
        mode = os.stat(path).st_mode & 0o777
        private = not mode & 0o077
        yield (
            private,
            "only you can read the file"
            if private
            else f'others can read the file (mode {mode:o}); "chmod 600 {path}"',
        )
        yield _journal(db.value("pragma journal_mode"))
        state = db.value("pragma quick_check")
        yield state == "ok", "SQLite finds the file whole" if state == "ok" else f"SQLite: {state}; restore a backup"
    findings = check(db)
    yield not findings, "every hash matches" if not findings else f'{len(findings)} findings; see "posture db verify"'


def _journal(mode: str) -> tuple[bool, str]:
    """Return whether the journal is one that this version of SQLite keeps safely."""
    import sqlite3

    from posture.store.connection import WAL_IS_SOUND

    if mode == "wal" and sqlite3.sqlite_version_info < WAL_IS_SOUND:
        return (
            False,
            "the journal is WAL, which this SQLite does not keep safely; write once while nobody else is connected",
        )
    return True, f"the journal is {mode}"


def _place(session: Session) -> str:
    from posture.store.address import read_address

    return read_address(session.settings.database_url).shown
