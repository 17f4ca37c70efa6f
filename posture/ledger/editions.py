"""Editions: a name for a pair of clocks, with the hash of the record that they rest on, so that a report can be cited.

An edition is a row of the catalogue: recorded by an entry of its own, hashed, dumped and undone like any other. What it names
was recorded before it and never changes; so its clocks cannot be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from posture.domain.codes import read_code
from posture.errors import IntegrityBroken, Refused
from posture.ledger.entry import Entry, Writing, Written, append
from posture.ledger.revisions import revise, snapshot

if TYPE_CHECKING:
    from posture.store.connection import Database


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An edition that is to be made."""

    code: str
    as_of: date
    """The day of the world."""
    known_seq: int | None = None
    """The last entry that it knows; None: the newest there is when it is recorded."""
    name: str | None = None
    """Its title; the code, where there is none."""
    note: str | None = None


def create(db: Database, draft: Draft, writing: Writing | None = None) -> Written:
    """Record an edition.

    Raises `UsageMistake` for a code that cannot be one, `Refused` where the code is taken or nothing is recorded yet.
    """
    code = read_code(draft.code)

    def compose(entry: Entry) -> None:
        there = entry.db.value("select 1 from edition where code = :code", {"code": code})
        if there:
            raise Refused(
                f'edition {code} is there already, and what it names never changes; see "posture edition show {code}"'
            )
        seq = entry.seq - 1 if draft.known_seq is None else draft.known_seq
        if seq < 1:
            raise Refused("nothing was recorded by then: an edition rests on what is recorded")
        head = entry.db.value("select entry_hash from ledger_entry where seq = :seq", {"seq": seq})
        if head is None:
            raise IntegrityBroken(f'entry #{seq} is missing; run "posture db verify"')
        row = entry.insert(
            "edition",
            {
                "code": code,
                "name": draft.name or code,
                "as_of": draft.as_of.isoformat(),
                "known_seq": seq,
                "head_hash": head,
                "note": draft.note,
            },
        )
        revise(entry, "edition", row["id"], None, snapshot(entry.db, "edition", row["id"]))
        entry.say(f"edition {code}: as of {draft.as_of}, as known at #{seq}")

    return append(db, writing or Writing(action="edition"), compose)
