"""Which source repeats which: stated in the ledger, so that ten papers that quote one official count as one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.errors import Refused
from posture.ledger.entry import Entry, Writing, Written, append
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database


def repeats(db: Database, source: str, origin: str | None, writing: Writing | None = None) -> Written:
    """Record which source another repeats; with no origin, that it speaks for itself.

    Claims keep their source; from this entry on they count as the origin's. Raises `Refused` for a circle.
    """

    def compose(entry: Entry) -> None:
        row = lookup.get_code(entry.db, "source", source)
        target = lookup.get_code(entry.db, "source", origin) if origin else None
        origin_row(entry, row, target)

    return append(db, writing or Writing(action="repeats"), compose)


def origin_row(entry: Entry, source: Mapping[str, Any], origin: Mapping[str, Any] | None) -> None:
    """Add the `source_origin` of a source within an entry."""
    if origin is not None and source["id"] in (origin["id"], *origin_chain(entry.db, origin["id"])):
        raise Refused(f"{source['code']} cannot repeat {origin['code']}: {origin['code']} would then repeat itself")
    known = entry.db.one(
        "select origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1",
        {"id": source["id"]},
    )
    if (known["origin_id"] if known else None) == (origin["id"] if origin else None):
        raise Refused(f"{source['code']} is already {'a repeat of ' + origin['code'] if origin else 'its own origin'}")
    entry.add("source_origin", {"source_id": source["id"], "origin_id": origin["id"] if origin else None})
    entry.say(f"{source['code']} repeats {origin['code']}" if origin else f"{source['code']} speaks for itself")


def origin_of(db: Database, source_id: int) -> int:
    """Return the id of the source that a source's words go back to, as known now: itself where it repeats none."""
    chain = origin_chain(db, source_id)
    return chain[-1] if chain else source_id


def origin_chain(db: Database, source_id: int) -> list[int]:
    """Return the ids of the sources that a source repeats, nearest first, the origin last, as known now."""
    chain: list[int] = []
    while True:
        row = db.one(
            "select origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1",
            {"id": chain[-1] if chain else source_id},
        )
        if row is None or row["origin_id"] is None:
            return chain
        chain.append(row["origin_id"])
