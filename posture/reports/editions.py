"""Editions as they are asked for: by name, with their clocks, and only while the record that they rest on is still the same."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from posture.errors import IntegrityBroken, UnknownCode
from posture.reports.as_of import KnownAt
from posture.reports.catalogue import head
from posture.reports.report import Column, Report

if TYPE_CHECKING:
    from posture.store.connection import Database, Row

COLUMNS = ("code", "name", "as_of", "known_seq", "known_at", "head_hash", "recorded_at", "recorded_by", "entry", "note")
_SELECT = """
select n.code, n.name, n.as_of, n.known_seq, k.recorded_at as known_at, n.head_hash, e.recorded_at, e.recorded_by,
  e.seq as entry, n.note
from edition n join ledger_entry k on k.seq = n.known_seq
join ledger_entry e on e.seq = (select max(r.seq) from catalogue_revision r
  where r.table_name = 'edition' and r.row_id = n.id and r.before is null)
"""
LAST = "@last"
"""Stands for the edition that was made last, wherever one is asked for; no code can be this."""
SHOWN = (
    Column("Edition", lambda row: row["code"]),
    Column("As of", lambda row: row["as_of"]),
    Column("Known at", lambda row: f"#{row['known_seq']} ({str(row['known_at'])[:10]})"),
    Column("Recorded", lambda row: str(row["recorded_at"])[:10]),
    Column("Name", lambda row: "" if row["name"] == row["code"] else row["name"]),
)


@dataclass(frozen=True)
class Edition:
    """A pair of clocks with a name."""

    code: str
    name: str
    as_of: date
    known: KnownAt


def get_edition(db: Database, word: str) -> Edition:
    """Return the edition of a name, or the one made last for `@last`.

    Raises UnknownCode, or IntegrityBroken where the entry that it rests on is not the one that it named.
    """
    row = _found(db, word)
    found = db.one("select entry_hash, recorded_at from ledger_entry where seq = :seq", {"seq": row["known_seq"]})
    if found is None or found["entry_hash"] != row["head_hash"]:
        raise IntegrityBroken(
            f"edition {row['code']} rests on entry #{row['known_seq']}, which is not the one that it was made of;"
            ' run "posture db verify"'
        )
    known = KnownAt(row["known_seq"], found["recorded_at"])
    return Edition(row["code"], row["name"], date.fromisoformat(row["as_of"]), known)


def _found(db: Database, word: str) -> Row:
    """Return the row of an edition; raises UnknownCode with those that are near."""
    if word.strip() == LAST:
        row = db.one("select * from edition order by id desc limit 1")
    else:
        row = db.one("select * from edition where code = :code", {"code": word.strip().lower()})
    if row is None:
        codes = [each for (each,) in db.tuples("select code from edition order by code")]
        raise UnknownCode("edition", word, difflib.get_close_matches(word.strip().lower(), codes, 3, 0.6))
    return row


def editions(db: Database, code: str | None = None) -> Report:
    """Return all editions in the order in which they were made, or the one of a name; raises UnknownCode."""
    with db.read():
        such = "" if code is None else "where n.id = :id "
        params = {} if code is None else {"id": _found(db, code)["id"]}
        sql = f"{_SELECT}{such}order by n.id"
        rows = [{name: row[name] for name in COLUMNS} for row in db.all(sql, params)]
        known_seq, known_at = head(db)
    return Report(
        name="editions",
        as_of="",
        known_seq=known_seq,
        known_at=known_at,
        rows=rows,
        columns=COLUMNS,
        shown=SHOWN,
        empty_because='there is no edition yet; make one with "posture edition create NAME"',
        sql=[sql],
    )
