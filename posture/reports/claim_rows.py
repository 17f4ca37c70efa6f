"""Claims as rows with codes in place of ids, and as one line each: for showing one, and for lists of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database

_SELECT = """
select c.*, d.code as deployment, a.code as asset, s.code as status, s.axis as axis, src.code as source, od.code as other_deployment,
       e.recorded_at, e.recorded_by, e.action, e.reason as entry_reason,
       (select min(r.seq) from retraction r where r.status_change_id = c.id) as retracted_by_entry,
       (select min(r.replacement_id) from retraction r where r.status_change_id = c.id) as replaced_by
from status_change c
join deployment d on d.id = c.deployment_id
join ledger_entry e on e.seq = c.seq
join source src on src.id = c.source_id
left join asset a on a.id = c.asset_id
left join status s on s.id = c.status_id
left join deployment od on od.id = c.other_deployment_id
"""
MOST = 50
"""Claims listed around one thing; all of them are in its reports."""


def claim_rows(
    db: Database, where: str, params: Mapping[str, Any], *, order: str = "c.seq, c.ordinal", most: int | None = None
) -> list[dict[str, Any]]:
    """Return claims with the codes of what they refer to; `where` speaks of the claim as `c`."""
    limit = f" limit {int(most)}" if most is not None else ""
    return [dict(row) for row in db.all(f"{_SELECT} where {where} order by {order}{limit}", params)]


def claim_lines(db: Database, where: str, params: Mapping[str, Any], *, most: int = MOST) -> list[str]:
    """Return claims as a line each, the latest in the world first, and how many more there are."""
    rows = claim_rows(db, where, params, order="c.effective_on desc, c.seq desc, c.ordinal desc", most=most + 1)
    lines = [claim_line(row) for row in rows[:most]]
    if len(rows) > most:
        count = db.value(f"select count(*) from status_change c where {where}", params)
        lines.append(f"and {count - most} more")
    return lines


def address(row: Mapping[str, Any]) -> str:
    """Return the line of a claim: `fra-ner/drones`, or `fra-ner`."""
    return f"{row['deployment']}/{row['asset']}" if row["asset"] else str(row["deployment"])


def what(row: Mapping[str, Any]) -> str:
    """Return what a claim says in a few words: `planned decrease most fra-ner/drones`."""
    words = [
        row["modality"] if row["modality"] != "actual" else "",
        row["kind"],
        (row["status"] or "").replace("_", " "),
        row["quantity_text"] or "",
        address(row),
    ]
    return " ".join(word for word in words if word)


def grade(row: Mapping[str, Any]) -> str:
    """Return the grade of a claim: `B2`."""
    return f"{row['reliability']}{row['credibility']}"


def claim_line(row: Mapping[str, Any]) -> str:
    """Return a claim as one line: `c12 decrease 97 fra-ner/personnel, 2023-10-10, B2 africanews-2023-10-11`."""
    gone = ""
    if row["retracted_by_entry"]:
        gone = f" (retracted by #{row['retracted_by_entry']}" + (
            f", now c{row['replaced_by']})" if row["replaced_by"] else ")"
        )
    return f"c{row['id']} {what(row)}, {row['effective_edtf']}, {grade(row)} {row['source']}{gone}"
