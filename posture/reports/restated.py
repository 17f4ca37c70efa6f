"""What has restated the past: the catalogue has one clock, so that a change of its trees changes old answers too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posture.store.connection import Database

PLACES_A_ROW = ("parent_id", "actor_id", "location_id", "operation", "part_of_id", "asset_type_id")
"""The columns that decide what is contained in what."""
TABLES = ("actor", "location", "asset_type", "deployment", "asset")
MOST = 5
"""Changes named one by one; of more, only how many."""


def restated_since(db: Database, known_seq: int) -> tuple[str, ...]:
    """Return a line for each row of the catalogue that was moved in its tree after an entry.

    An answer as known then is computed with the trees as they are now.
    """
    told = [
        f"{table.replace('_', '-')} {code} was moved by entry #{seq}, after #{known_seq}: the catalogue is read as it is now"
        for seq, table, _, code in moves(db, known_seq)
    ]
    more = [f"and {len(told) - MOST} more such changes"] if len(told) > MOST else []
    return (*told[:MOST], *more)


def moves(db: Database, known_seq: int, until: int | None = None) -> list[tuple[int, str, int, str]]:
    """Return entry, table, id and code of each row that was moved in its tree after an entry, up to another if one is given."""
    among = ", ".join(f"'{table}'" for table in TABLES)
    found = []
    for row in db.all(
        f"select seq, table_name, row_id, before, after from catalogue_revision where seq > :known and seq <= :until"
        f" and table_name in ({among}) and before is not null and after is not null order by seq, ordinal",
        {"known": known_seq, "until": 2**62 if until is None else until},
    ):
        before, after = json.loads(row["before"]), json.loads(row["after"])
        if any(before.get(column) != after.get(column) for column in PLACES_A_ROW):
            found.append((row["seq"], row["table_name"], row["row_id"], after["code"]))
    return found
