"""`posture db ...`: make, check, back up and describe the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from posture.cli.session import say, write
from posture.errors import IntegrityBroken, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from posture.cli.session import Session

MOST_FINDINGS = 20
_HASH = re.compile("[0-9a-f]{12,64}")


def upgrade(session: Session, given: Mapping[str, Any]) -> None:
    """Make the database, or bring its schema up to date."""
    from posture.store import migrate
    from posture.store.connection import SCHEMA_REVISION

    before, after = migrate.upgrade(
        session.settings.database_url, given.get("revision") or "head", timeout=session.timeout
    )
    if before is not None and before != after == SCHEMA_REVISION:
        from posture.ledger.current import refresh as compute

        with session.database() as db:
            compute(db, _telling())
    place = _place(session)
    if before == after:
        say(f"{place} is at schema {after} already: nothing changed")
    else:
        say(f"{place} is at schema {after} now" + (f", from {before}" if before else ", newly made"))


def downgrade(session: Session, given: Mapping[str, Any]) -> None:
    """Take the schema back."""
    from posture.store import migrate

    before, after = migrate.downgrade(session.settings.database_url, given["revision"], timeout=session.timeout)
    say(f"{_place(session)} is at schema {after or 'none'} now, from {before or 'none'}")


def current(session: Session, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - every command gets what was typed
    """Print the schema of the database and the newest one."""
    from posture.store import migrate
    from posture.store.connection import SCHEMA_REVISION

    found = migrate.current(session.settings.database_url, timeout=session.timeout)
    write([found or "none"])
    if found != SCHEMA_REVISION:
        say(f'this program works with {SCHEMA_REVISION}; run "posture db upgrade"')


def verify(session: Session, given: Mapping[str, Any]) -> None:
    """Recompute what can be recomputed; raises `IntegrityBroken` that names the first entry that does not match.

    With `--mend`, what is derived is first computed anew.
    """
    from posture.ledger.verify import head_of, mend, not_as_kept
    from posture.ledger.verify import verify as check

    kept = _kept(given.get("expect"))
    if given.get("mend"):
        with session.database() as db:
            mended = mend(db)
        say(
            f"{' and '.join(mended)} {'was' if len(mended) == 1 else 'were'} computed anew from what is recorded"
            if mended
            else "all that is derived follows from what is recorded: nothing to mend"
        )
    with session.database(readonly=True) as db, db.read():
        findings = check(db)
        if kept is not None:
            findings += not_as_kept(db, *kept)
        seq, digest = head_of(db)
    head = f"{seq}:{digest}" if digest else None
    if given.get("as_json"):
        import json

        write(
            [
                json.dumps(
                    {
                        "entries": seq,
                        "head": head,
                        "findings": [{"seq": finding.seq, "what": finding.what} for finding in findings],
                    },
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
            f"{len(findings)} {'thing is' if len(findings) == 1 else 'things are'} not as recorded{where};"
            f" {_remedy([finding.what for finding in findings])}"
        )
    if not given.get("as_json"):
        write([f"all of {seq} {'entry matches' if seq == 1 else 'entries match'} what was recorded"])
        write([f"head {head}"] if head else [])
        if kept is not None and not given.get("quiet"):
            say(f"entry #{kept[0]} is the one that was kept: nothing up to it is lost or replaced")


def _remedy(found: Sequence[str]) -> str:
    """Return what to run: what computes anew what is derived, where nothing else is off; in the order to run it in."""
    commands = ("posture db verify --mend", "posture db refresh")
    if not all(any(command in what for command in commands) for what in found):
        return "restore a backup that verifies"
    return "run " + ", then ".join(f'"{command}"' for command in commands if any(command in what for what in found))


def _kept(word: str | None) -> tuple[int, str] | None:
    """Return number and hash of an entry, as `db verify` printed its head then; the hash may be its first digits."""
    if word is None:
        return None
    seq, _, digest = word.strip().removeprefix("#").lower().partition(":")
    if not (seq.isascii() and seq.isdecimal() and len(seq) < 19 and int(seq) and _HASH.fullmatch(digest)):
        raise UsageMistake(
            f'cannot read --expect "{word[:80]}"; write SEQ:HASH as "posture db verify" prints it, at least 12 digits of the hash'
        )
    return int(seq), digest


def refresh(session: Session, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - every command gets what was typed
    """Compute every line's posture and every plan's state anew, as of today, for those who read by SQL."""
    from posture.ledger.current import refresh as compute

    with session.database() as db:
        changed = compute(db, _telling())
        counted = [db.value(f"select count(*) from {table}") for table in ("current_posture", "current_plan")]
    say(
        f"the posture of {counted[0]:,} lines and the state of {counted[1]:,} plans are as of today:"
        f" {changed:,} {'row' if changed == 1 else 'rows'} changed"
    )


def _telling() -> Callable[[str], None]:
    """Return what shows how far a long command is: a line on a terminal, and nothing anywhere else."""
    import sys

    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _: None
    return lambda line: say(f"{line}...")


def backup(session: Session, given: Mapping[str, Any]) -> None:
    """Write a complete copy."""
    from posture.store.backup import backup as copy

    url, force = session.settings.database_url, bool(given.get("force"))
    made = copy(url, given["file"], force=force, timeout=session.timeout)
    say(f"{made.path} is a complete copy of {_place(session)}: up to entry #{made.seq}, {made.size:,} bytes")


def restore(session: Session, given: Mapping[str, Any]) -> None:
    """Make this database from a backup."""
    from posture.store.backup import restore as take_back

    url, force = session.settings.database_url, bool(given.get("force"))
    put = take_back(given["file"], url, force=force, timeout=session.timeout)
    say(f"{put.path} is what {given['file']} was: up to entry #{put.seq}")


def stats(session: Session, given: Mapping[str, Any]) -> None:
    """Say what the database is and count what it holds."""
    from posture import clock
    from posture.cli.output import print_report
    from posture.reports.report import Report
    from posture.store import health

    with session.database(readonly=True) as db:
        found = health.stats(db)
    say(f"{found.place}: {found.engine} {found.engine_version}, schema {found.schema}, {found.size:,} bytes")
    say(f"database {found.database_id} of {found.created_at[:10]}")
    if found.head_hash:
        say(f"head {found.head_seq}:{found.head_hash}")
    rows = [{"table": table, "rows": count} for table, count in found.rows.items()]
    print_report(
        session,
        given,
        Report(
            name="stats",
            as_of=clock.today().isoformat(),
            known_seq=found.head_seq,
            known_at=found.head_at,
            rows=rows,
            columns=("table", "rows"),
            empty_because=None,
            sql=[],
        ),
    )


def doctor(session: Session, given: Mapping[str, Any]) -> None:  # noqa: ARG001 - every command gets what was typed
    """Check the installation, the settings and the database; exit 1 where something is wrong."""
    from posture.errors import PostureError

    bad = 0
    for state, line in _checks(session):
        bad += state == "error"
        write([f"{_SHOWN[state]:5} {line}"])
    if bad:
        raise PostureError(
            f"{bad} {'check' if bad == 1 else 'checks'} failed; each line above that begins with wrong says how to mend it"
        )


_SHOWN = {"ok": "ok", "warning": "mind", "error": "wrong"}


def _checks(session: Session) -> Iterator[tuple[str, str]]:
    """Yield the state of each check (ok, warning or error) and what was found."""
    import platform
    import sqlite3

    from posture import __version__
    from posture.errors import PostureError
    from posture.ledger.verify import verify as check
    from posture.store import health

    yield "ok", f"posture {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    try:
        found = session.settings.find("database_url")
        for name in ("recorded_by", "stale_after", "busy_timeout"):
            session.settings.find(name)
    except PostureError as error:
        yield "error", f"settings: {error}"
        return
    yield "ok", f"database {_place(session)} (from {found.origin})"
    examined = health.doctor(session.settings.database_url, timeout=session.timeout)
    for finding in examined:
        yield finding.state, f"{finding.check}: {finding.detail}"
    if any(finding.state == "error" for finding in examined):
        return
    with session.database(readonly=True) as db:
        findings = check(db)
    yield (
        "error" if findings else "ok",
        f'hashes: {len(findings)} findings; see "posture db verify"' if findings else "hashes: every hash matches",
    )


def _place(session: Session) -> str:
    from posture.store.address import read_address

    return read_address(session.settings.database_url).shown
