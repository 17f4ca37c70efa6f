"""Which source repeats which: stated in the ledger, so that ten papers that quote one official count as one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.errors import Refused
from posture.ledger.entry import Entry, Writing, Written, append
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    refuse_circle(entry, source, origin)
    if repeated_by(entry.db, source["id"], entry.of("source_origin")) == (origin["id"] if origin else None):
        raise Refused(f"{source['code']} is already {'a repeat of ' + origin['code'] if origin else 'its own origin'}")
    entry.add("source_origin", {"source_id": source["id"], "origin_id": origin["id"] if origin else None})
    entry.say(f"{source['code']} repeats {origin['code']}" if origin else f"{source['code']} speaks for itself")


def refuse_circle(entry: Entry, source: Mapping[str, Any], origin: Mapping[str, Any] | None) -> None:
    """Raise `Refused` where the origin of a source would, through others, repeat that source."""
    if origin is None:
        return
    chain = origin_chain(entry.db, origin["id"], entry.of("source_origin"))
    if source["id"] in (origin["id"], *chain):
        raise Refused(f"{source['code']} cannot repeat {origin['code']}: {origin['code']} would then repeat itself")


def repeated_by(db: Database, source_id: int, composed: Sequence[Mapping[str, Any]] = ()) -> int | None:
    """Return the id of the source that a source repeats, as known now; None where it speaks for itself.

    `composed` are the rows that the entry being composed has so far: they are newer than all that are recorded.
    """
    for row in reversed(composed):
        if row["source_id"] == source_id:
            return row["origin_id"]  # type: ignore[no-any-return]
    known = db.value(
        "select origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1",
        {"id": source_id},
    )
    return None if known is None else int(known)


def origin_of(db: Database, source_id: int, composed: Sequence[Mapping[str, Any]] = ()) -> int:
    """Return the id of the source that a source's words go back to, as known now: itself where it repeats none."""
    chain = origin_chain(db, source_id, composed)
    return chain[-1] if chain else source_id


def origin_chain(db: Database, source_id: int, composed: Sequence[Mapping[str, Any]] = ()) -> list[int]:
    """Return the ids of the sources that a source repeats, nearest first, the origin last, as known now."""
    chain: list[int] = []
    while (origin := repeated_by(db, chain[-1] if chain else source_id, composed)) is not None:
        if origin == source_id or origin in chain:
            break  # a circle, which nothing here records: the walk ends all the same
        chain.append(origin)
    return chain
