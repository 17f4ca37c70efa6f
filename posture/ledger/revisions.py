"""The history of catalogue rows: each change leaves the state before and after in the ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.ledger.entry import Entry
    from posture.store.connection import Database

LONG_TEXTS = {"source": ("text",), "event": ("excerpt",)}
"""Texts that may have to be erased by law: a revision holds their SHA-256 only."""


def snapshot(db: Database, table: str, row_id: int) -> dict[str, Any]:
    """Return a catalogue row as a revision keeps it: long texts by their SHA-256, an event with its actors."""
    row = db.one(f"select * from {table} where id = :id", {"id": row_id})
    if row is None:
        return {}
    state = {name: row[name] for name in row if name not in LONG_TEXTS.get(table, ())}
    if table == "event":
        state["actors"] = [
            [item["actor_id"], item["role"]]
            for item in db.all(
                "select actor_id, role from event_actor where event_id = :id order by actor_id, role", {"id": row_id}
            )
        ]
    return state


def revise(
    entry: Entry, table: str, row_id: int, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    """Add the revision of a catalogue row to an entry."""
    entry.add(
        "catalogue_revision",
        {"table_name": table, "row_id": row_id, "before": canonical(before), "after": canonical(after)},
    )


def canonical(state: Mapping[str, Any] | None) -> str | None:
    """Return a row's state as JSON that is the same on every engine: sorted keys, no blanks."""
    return None if state is None else json.dumps(state, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
