"""What Datasette is told about a snapshot: titles, the meaning of columns, and queries with their parameters.

One file serves both lines of Datasette: `--metadata` in 0.65, and in 1.0 `--metadata` and `--config` together.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.exports.snapshot_file import put_in_place, refuse_to_replace
from posture.exports.snapshot_tables import TABLES

if TYPE_CHECKING:
    from posture.exports.snapshot import Snapshot
    from posture.exports.snapshot_tables import Table

UNITS = {"latitude": "degree", "longitude": "degree", "overdue_days": "day"}
"""What Datasette 0.65 writes behind a number."""
_DAY = "coalesce(nullif(:as_of, ''), (SELECT as_of FROM snapshot))"
"""The day that was asked for, or the snapshot's own."""
_KNOWN = (
    "recorded_at <= coalesce(nullif(:known_at, ''), '9999') || CASE WHEN length(:known_at) = 10 THEN 'T99' ELSE '' END"
)
"""Recorded by then: a day means its end."""
_CLOCKS = (
    "<p><b>as_of</b>: a day of the world, 2023-10-15; empty: the day of this snapshot. <b>known_at</b>: a day (its end, UTC) or"
    " an instant of record time; empty: all that this snapshot knows. A snapshot holds one pair of clocks: both can only be set"
    " earlier than its own, what had been withdrawn by its own moment is in no answer, and figures by the reading rules are"
    " there for its own clocks alone, in the table posture. For other figures make another snapshot.</p>"
)


class Canned(NamedTuple):
    """A query that is there to be called by its name."""

    name: str
    title: str
    about: str
    sql: str


QUERIES = (
    Canned(
        "posture_with_sources",
        "Posture with its sources",
        "The figures of this snapshot by the reading rules, and the source of the claim that each goes by.",
        "SELECT p.line, a.actor_name, l.location_name, p.low, p.best, p.high, p.phase, p.activity, p.since, p.grade, p.origins,"
        " p.flags,\n  s.source_title, s.publisher, s.url, c.excerpt\nFROM posture p JOIN actor a USING (actor_code)"
        " JOIN location l USING (location_code)\nLEFT JOIN source s ON s.source_code = p.source_code"
        " LEFT JOIN claim c ON c.claim_id = p.claim_id\nORDER BY p.line",
    ),
    Canned(
        "claims_as_of",
        "Claims that apply as of a day, recorded by a moment",
        "Every claim that it is so (not plans, not denials) whose day is not after as_of and that was recorded by known_at,"
        f" newest first.{_CLOCKS}",
        "SELECT claim_id, line, kind, status_code, quantity_text, low, best, high, effective_edtf, effective_on, grade,"
        " source_code, excerpt, recorded_at\n"
        f"FROM claim\nWHERE modality = 'actual' AND effective_on <= {_DAY}\n  AND {_KNOWN}\n"
        "ORDER BY effective_on DESC, claim_id DESC",
    ),
    Canned(
        "counts_as_of",
        "The last count of each line as of a day, recorded by a moment",
        "What was last counted on each line, by admissible claims: the newest by its day, of equal ones the better graded. It is"
        f" what one source said, not the posture by the reading rules, which also weighs what came in and went.{_CLOCKS}",
        "SELECT line, quantity_text, low, best, high, effective_on, grade, source_code, recorded_at FROM (\n"
        "  SELECT *, row_number() OVER (PARTITION BY line ORDER BY effective_on DESC,\n"
        "    instr('123645', credibility), instr('ABCFDE', reliability), claim_id DESC) AS place\n"
        "  FROM claim\n  WHERE kind = 'count' AND modality = 'actual' AND is_admissible = 1\n"
        "    AND counting_basis = (SELECT counting_basis FROM snapshot)\n"
        f"    AND effective_on <= {_DAY}\n    AND (effective_until IS NULL OR effective_until >= {_DAY})\n    AND {_KNOWN}\n"
        ") WHERE place = 1 ORDER BY line",
    ),
    Canned(
        "claims_about",
        "What is claimed about a line, a deployment or a place",
        "Every claim about what holds the text, plans and denials too, by the day that it is about; with its source.",
        "SELECT claim_id, line, location_code, kind, modality, status_code, quantity_text, effective_edtf, grade, source_code,"
        " excerpt\nFROM claim WHERE line LIKE '%' || :about || '%' OR location_code = :about\nORDER BY effective_on, claim_id",
    ),
    Canned(
        "open_plans",
        "Plans that are open or late",
        "Plans that nothing has settled by the clocks of this snapshot; late ones first.",
        "SELECT plan_id, line, modality, kind, quantity_text, stated_on, due_on, state, overdue_days, grade, source_code, excerpt\n"
        "FROM plan WHERE state IN ('open', 'partly_fulfilled', 'overdue')\n"
        "ORDER BY state <> 'overdue', due_on IS NULL, due_on, plan_id",
    ),
    Canned(
        "sources_by_origin",
        "Sources by where their story comes from",
        "How many papers tell the same story: ten that quote one official are one origin.",
        "SELECT o.source_code AS origin, o.source_title AS title, o.publisher, count(DISTINCT s.source_code) AS sources,"
        " count(c.claim_id) AS claims\nFROM source s JOIN source o ON o.source_code = s.origin_code\n"
        "LEFT JOIN claim c ON c.source_code = s.source_code\nGROUP BY o.source_code ORDER BY claims DESC, origin",
    ),
)
"""The queries, each of which answers as it stands."""


def metadata_path(path: str) -> str:
    """Return where the description of a snapshot goes: beside it, under its name."""
    return os.path.splitext(path)[0] + "-metadata.json"


def write_metadata(made: Snapshot, *, force: bool = False) -> str:
    """Write the description of a snapshot beside it and return where; raises Refused where something is there already."""
    path = metadata_path(made.path)
    refuse_to_replace(path, force=force)
    with put_in_place(path) as beside, open(beside, "w", encoding="utf-8") as file:
        file.write(json.dumps(metadata(made), ensure_ascii=False, indent=2) + "\n")
    return path


def metadata(made: Snapshot) -> dict[str, Any]:
    """Return the description of a snapshot."""
    known = f"#{made.known_seq}" + (f" ({made.known_at[:10]})" if made.known_at else "")
    said = (
        f"Force posture as of {made.as_of}, as known at entry {known}. Every figure is a reading of sourced claims, never a fact:"
        " the tables posture, plan and total hold the figures, claim and source what they rest on, data_dictionary the meaning"
        " of every column."
    )
    name = os.path.splitext(os.path.basename(made.path))[0]
    return {
        "title": f"Force posture as of {made.as_of}",
        "description": said,
        "databases": {
            name: {
                "description": said,
                "queries": {
                    one.name: {"sql": one.sql, "title": one.title, "description_html": one.about} for one in QUERIES
                },
                "tables": {table.name: _table(table) for table in TABLES},
            }
        },
    }


def _table(table: Table) -> dict[str, Any]:
    """Return what is said of a table: what a row is, what its columns mean and in what unit, how it is first shown."""
    said: dict[str, Any] = {
        "description": table.grain,
        "columns": {column.name: column.meaning for column in table.columns},
        "units": {name: unit for name, unit in UNITS.items() if name in table.names},
    }
    if table.name in _FIRST:
        said |= _FIRST[table.name]
    return said


_FIRST: dict[str, dict[str, Any]] = {
    "posture": {"facets": ["actor_code", "location_code", "asset_type_code"]},
    "claim": {"facets": ["kind", "modality", "source_code"], "sort_desc": "effective_on"},
    "plan": {"facets": ["state", "modality"], "sort": "due_on"},
    "event": {"facets": ["kind"], "sort_desc": "effective_on"},
    "actor": {"label_column": "actor_name"},
    "location": {"label_column": "location_name"},
    "asset_type": {"label_column": "asset_type_name"},
    "source": {"label_column": "source_title", "sort_desc": "published_on"},
    "deployment": {"label_column": "deployment_name"},
    "data_dictionary": {"facets": ["table_name"]},
}
"""How Datasette first shows a table."""
