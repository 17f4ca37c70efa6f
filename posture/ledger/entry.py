"""The one function that appends to the ledger.

An entry is one command: all its rows or none. Its number is the last one plus one; its instant never goes back. What
depends on the state of the database is checked inside the write section, with no prompt and no network in it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from posture import __version__, clock
from posture.errors import Refused
from posture.ledger import current
from posture.ledger.hashing import HASHED, hash_entry, hash_lines, in_hash_order, line_of
from posture.store import passages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from posture.ledger.many import Many
    from posture.store.connection import Database

FAR_BEHIND = timedelta(hours=1)
"""A clock this far before the last entry's clock is refused: it would misdate what is recorded."""
FAR_AHEAD = timedelta(days=2 * 366)
"""A clock this far after the last entry's clock is refused: no later entry could be dated rightly again."""

AGAIN = 10_000
"""Claims of an entry that are looked at when its command comes a second time."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Who writes, why, and how: what every writing command has in common."""

    action: str = "log"
    """The kind of command: log, correct, retract, undo, add, edit, remove, alias, repeats, replay, seed, import."""
    reason: str | None = None
    """Why it is written, in the writer's words."""
    txid: str | None = None
    """The client's identifier of this very command, so that a retry cannot write twice."""
    recorded_by: str | None = None
    """Who writes; the account's name by default."""
    force: bool = False
    """Write although a rule that allows it advises against."""
    create: bool = False
    """Make a missing deployment or asset line on the way."""
    dry_run: bool = False
    """Compose the rows, write none."""
    recorded_at: datetime | None = None
    """For a replay only: the instant at which it would have been recorded."""


@dataclass
class Written:
    """What an entry wrote, or, in a dry run, would have written."""

    seq: int | None = None
    """Number of the entry; None in a dry run."""
    claims: list[dict[str, Any]] = field(default_factory=list)
    """The rows of `status_change`."""
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Every row of every table, in the order of writing; not those that were written in bulk."""
    many: dict[str, int] = field(default_factory=dict)
    """How many rows of each table were written in bulk."""
    understood: list[str] = field(default_factory=list)
    """How the words were read, a line each, for a person."""
    repeated: bool = False
    """The same txid was there before: nothing was written now."""


class Entry:
    """An entry that is being composed inside its write section."""

    def __init__(self, db: Database, writing: Writing, seq: int, recorded_at: datetime) -> None:
        self.db, self.writing, self.seq, self.recorded_at = db, writing, seq, recorded_at
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.many: list[Many] = []
        """Rows by the thousand, which are not kept in memory."""
        self.understood: list[str] = []
        self.moved: set[int] = set()
        """Deployments that contain, or lie within, others than before."""
        self._next_id: dict[str, int] = {}
        self._ordinal: dict[str, int] = {}

    def next_id(self, table: str, many: int = 1) -> int:
        """Return a new id of a table: the largest that ever was plus one, the same on every engine. Or the first of many.

        What was removed keeps its number: the history speaks of it by that.
        """
        if table not in self._next_id:
            largest = self.db.value(f"select max(id) from {table}") or 0
            if table not in HASHED:
                statement = "select max(row_id) from catalogue_revision where table_name = :name"
                largest = max(largest, self.db.value(statement, {"name": table}) or 0)
            self._next_id[table] = largest + 1
        taken = self._next_id[table]
        self._next_id[table] = taken + many
        return taken

    def next_ordinal(self, table: str, many: int = 1) -> int:
        """Return the number of the next row of a ledger table within the entry. Or of the first of many."""
        taken = self._ordinal.get(table, 0) + 1
        self._ordinal[table] = taken + many - 1
        return taken

    def add(self, table: str, values: dict[str, Any]) -> dict[str, Any]:
        """Add a row of a ledger table, numbered within the entry; return it whole.

        It is inserted after the entry itself, whose hash covers it.
        """
        row = {**values, "id": self.next_id(table), "seq": self.seq, "ordinal": self.next_ordinal(table)}
        self.rows.append((table, row))
        return row

    def insert(self, table: str, values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row of a catalogue table at once, so that what follows in the entry can refer to it."""
        row = {**values, "id": self.next_id(table)}
        self.db.insert(table, row)
        self.rows.append((table, row))
        return row

    def say(self, line: str) -> None:
        """Tell the person one thing about how the command was understood."""
        self.understood.append(line)

    def of(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of one table that this entry has so far."""
        return [row for name, row in self.rows if name == table]

    def lines(self) -> Iterator[str]:
        """Yield what the content hash covers, table by table.

        Rows in bulk may first be read now, and rows of tables that come later be added on the way.
        """
        for table in HASHED:
            rows = iter(self.of(table))
            row = next(rows, None)
            for many in sorted((each for each in self.many if each.table == table), key=lambda each: each.ordinal):
                while row is not None and row["ordinal"] < many.ordinal:
                    yield line_of(table, row)
                    row = next(rows, None)
                yield from many.lines()
            while row is not None:
                yield line_of(table, row)
                row = next(rows, None)


def append(
    db: Database,
    writing: Writing,
    compose: Callable[[Entry], None],
    is_this: Callable[[list[dict[str, Any]]], bool] = lambda _: True,
) -> Written:
    """Append one entry whose rows `compose` adds; return what was written.

    Where the txid is there already, nothing is written: `is_this` says whether the claims recorded under it are those of
    this command. A `compose` that raises leaves the database as it was. Raises `Refused` for an implausible clock, for a
    txid that was another command's, and whatever `compose` refuses.
    """
    try:
        with db.write():
            if writing.txid is not None:
                before = db.value("select seq from ledger_entry where txid = :txid", {"txid": writing.txid})
                if before is not None:
                    return _again(db, before, writing, is_this)
            entry = _compose(db, writing, compose)
            if writing.dry_run:
                raise _DryRunEnds
    except _DryRunEnds:
        return Written(None, entry.of("status_change"), entry.rows, _counted(entry), entry.understood)
    return Written(entry.seq, entry.of("status_change"), entry.rows, _counted(entry), entry.understood)


def _counted(entry: Entry) -> dict[str, int]:
    return {many.table: many.count for many in entry.many}


class _DryRunEnds(Exception):
    """Takes a dry run's rows back."""


def _compose(db: Database, writing: Writing, compose: Callable[[Entry], None]) -> Entry:
    """Check the clock, write the entry's rows, then the entry itself over the hash of them."""
    last = db.one("select seq, recorded_at, clock_at, entry_hash from ledger_entry order by seq desc limit 1")
    now = clock.now()
    recorded_at = _instant(now, last, writing)
    entry = Entry(db, writing, last["seq"] + 1 if last else 1, recorded_at)
    row: dict[str, Any] = {
        "seq": entry.seq,
        "txid": writing.txid or os.urandom(16).hex(),
        "recorded_at": clock.to_text(recorded_at),
        "clock_at": clock.to_text(now),
        "recorded_by": writing.recorded_by or os.environ.get("USER") or os.environ.get("LOGNAME") or "unknown",
        "action": writing.action,
        "reason": writing.reason,
        "tool_version": __version__,
        "prev_hash": last["entry_hash"] if last else None,
    }
    compose(entry)
    row["content_hash"] = hash_lines(entry.lines())
    row["entry_hash"] = hash_entry(row)
    db.insert("ledger_entry", row)
    for table, values in in_hash_order(entry.rows):
        db.insert(table, values)
    passages.keep(db, _searched(entry))
    for many in entry.many:
        many.write(db)
        if many.table == "status_change":
            passages.keep_claims(db, many.first, many.first + many.count - 1)
    entry.rows.append(("ledger_entry", row))
    if not writing.dry_run:
        current.keep(entry)
    return entry


def _searched(entry: Entry) -> list[tuple[str, int]]:
    """Return the rows of an entry that full-text search may have to find: claims with words, and the catalogue's."""
    claims = [claim["id"] for claim in entry.of("status_change") if claim["excerpt"] or claim["note"]]
    revised = {(row["table_name"], row["row_id"]) for row in entry.of("catalogue_revision")}
    return [*(("status_change", claim) for claim in claims), *sorted(revised)]


def _instant(now: datetime, last: Mapping[str, Any] | None, writing: Writing) -> datetime:
    """Return when the entry is recorded: the clock, or just after the last entry where the clock is not later."""
    wanted = now
    if writing.recorded_at is not None:
        if writing.recorded_at > now:
            raise Refused(
                f"a replay cannot record in the future: {clock.to_text(writing.recorded_at)} is after the clock"
            )
        wanted = writing.recorded_at
    if last is None:
        return wanted
    clock_before = clock.from_text(last["clock_at"])
    if not writing.force and now < clock_before - FAR_BEHIND:
        raise Refused(
            f"the clock says {now:%Y-%m-%d %H:%M}Z, far behind entry #{last['seq']} of "
            f"{clock_before:%Y-%m-%d %H:%M}Z; set the clock right, or --force"
        )
    if not writing.force and now > clock_before + FAR_AHEAD:
        raise Refused(
            f"the clock says {now:%Y-%m-%d %H:%M}Z, implausibly far ahead of entry #{last['seq']} of "
            f"{clock_before:%Y-%m-%d %H:%M}Z; set the clock right, or --force"
        )
    return max(wanted, clock.from_text(last["recorded_at"]) + timedelta(microseconds=1))


def _again(db: Database, seq: int, writing: Writing, is_this: Callable[[list[dict[str, Any]]], bool]) -> Written:
    """Return what the entry with this number wrote, when the same command comes a second time."""
    claims = db.all(
        "select * from status_change where seq = :seq order by ordinal limit :most", {"seq": seq, "most": AGAIN}
    )
    action = db.value("select action from ledger_entry where seq = :seq", {"seq": seq})
    if action != writing.action or not is_this(claims):
        raise Refused(
            f"txid {writing.txid} is that of entry #{seq}, which says something else; a new command takes a new txid"
        )
    return Written(
        seq, claims, understood=[f"already recorded as entry #{seq}: nothing was written now"], repeated=True
    )
