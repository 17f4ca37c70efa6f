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
    among = ", ".join(f"'{table}'" for table in TABLES)
    told = []
    for row in db.all(
        f"select seq, table_name, before, after from catalogue_revision where seq > :known and table_name in ({among})"
        " and before is not null and after is not null order by seq, ordinal",
        {"known": known_seq},
    ):
        before, after = json.loads(row["before"]), json.loads(row["after"])
        if any(before.get(column) != after.get(column) for column in PLACES_A_ROW):
            told.append(
                f"{row['table_name'].replace('_', '-')} {after['code']} was moved by entry #{row['seq']}, after"
                f" #{known_seq}: the catalogue is read as it is now"
            )
    more = [f"and {len(told) - MOST} more such changes"] if len(told) > MOST else []
    return (*told[:MOST], *more)
