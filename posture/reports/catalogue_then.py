"""The lines and their nesting as the catalogue had them at an earlier entry.

The catalogue has one clock, and reports read it as it is now. What an edition told was computed with the catalogue of its
own time; to say what a later change of a tree or of a type made of it, that catalogue is put together again from the
revisions, in memory, and nothing else is asked of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture.domain.containment import Deployment, closure
from posture.domain.evidence import Line
from posture.reports.scope import Scope, Site, nest

if TYPE_CHECKING:
    from posture.store.connection import Database

_COLUMNS = {
    "actor": ("id", "parent_id"),
    "location": ("id", "parent_id"),
    "asset_type": ("id", "parent_id"),
    "deployment": ("id", "code", "actor_id", "location_id", "operation", "part_of_id"),
    "asset": ("id", "deployment_id", "asset_type_id", "platform_id", "code"),
}


def rows_then(db: Database, table: str, seq: int) -> dict[int, dict[str, Any]]:
    """Return the rows of a table of the catalogue as they were after an entry, by number: what came since is taken back."""
    names = _COLUMNS[table]
    rows = {row["id"]: row for row in db.all(f"select {', '.join(names)} from {table}")}
    since = db.tuples(
        "select row_id, before from catalogue_revision where table_name = :table and seq > :seq"
        " order by seq desc, ordinal desc",
        {"table": table, "seq": seq},
    )
    for number, before in since:
        if before is None:
            rows.pop(number, None)
        else:
            state = json.loads(before)
            rows[number] = {name: state.get(name) for name in names}
    return rows


def scope_then(db: Database, seq: int) -> Scope:
    """Return all lines, and which contains which, as the catalogue had them after an entry."""
    tables = {table: rows_then(db, table, seq) for table in _COLUMNS}
    deployments = sorted(tables["deployment"].values(), key=lambda row: str(row["code"]))
    pairs = closure(
        [
            Deployment(row["id"], row["actor_id"], row["location_id"], row["operation"], row["part_of_id"])
            for row in deployments
        ],
        {row["id"]: row["parent_id"] for row in tables["actor"].values()},
        {row["id"]: row["parent_id"] for row in tables["location"].values()},
    )
    inside: dict[int, set[int]] = {}
    for whole, part in pairs:
        inside.setdefault(whole, set()).add(part)
    assets = sorted(tables["asset"].values(), key=lambda row: (row["deployment_id"], str(row["code"])))
    lines = {
        row["id"]: Line(row["id"], row["deployment_id"], row["asset_type_id"], row["platform_id"]) for row in assets
    }
    machines: dict[int, list[int]] = {}
    for line in sorted(lines):
        platform = lines[line].platform
        if platform is not None:
            machines.setdefault(platform, []).append(line)
    return Scope(
        lines=lines,
        codes={row["id"]: row["code"] for row in assets},
        shown=list(lines),
        agreed=set(lines),
        sites={
            row["id"]: Site(row["id"], row["code"], row["actor_id"], row["location_id"], row["operation"])
            for row in deployments
        },
        sites_shown=[row["id"] for row in deployments],
        nesting=nest(
            lines.values(),
            {whole: frozenset(held) for whole, held in inside.items()},
            {row["id"]: row["parent_id"] for row in tables["asset_type"].values()},
        ),
        machines=machines,
        everything=True,
    )
