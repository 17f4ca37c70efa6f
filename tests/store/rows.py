"""Rows as the writer would make them, with just enough in them to be accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posture.store.connection import Database

DIGEST = "0" * 64
NOW = "2023-09-06T18:20:00.000000Z"


def entry(seq: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a ledger entry."""
    return {
        "seq": seq,
        "txid": f"tx-{seq}",
        "recorded_at": NOW,
        "clock_at": NOW,
        "recorded_by": "analyst",
        "action": "log",
        "reason": None,
        "tool_version": "0",
        "content_hash": DIGEST,
        "prev_hash": None if seq == 1 else f"{seq - 1:064x}",
        "entry_hash": f"{seq:064x}",
        **changes,
    }


def claim(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a claim: about 1500 on the line that :func:`catalogue` makes, graded B2."""
    return {
        "id": number,
        "seq": 1,
        "ordinal": number,
        "deployment_id": 1,
        "asset_id": 1,
        "kind": "count",
        "quantity_low": 1350,
        "quantity_best": 1500,
        "quantity_high": 1650,
        "share_low_open": False,
        "quantity_form": "number",
        "quantity_text": "about 1500",
        "counting_basis": "present",
        "complete": False,
        "modality": "actual",
        "stated_on": "2023-09-06",
        "effective_text": "2023-09",
        "effective_edtf": "2023-09",
        "effective_from": "2023-09-01",
        "effective_by": "2023-09-30",
        "effective_on": "2023-09-01",
        "source_id": 1,
        "reliability": "B",
        "credibility": "2",
        "admissible": True,
        "grade_rank": 7,
        "own_words": True,
        **changes,
    }


def catalogue(db: Database) -> None:
    """Put France in Niger into the catalogue, with one line and one source, and the first ledger entry."""
    db.insert("actor", {"id": 1, "code": "fra", "name": "France", "kind": "state", "iso_alpha3": "FRA"})
    db.insert("location", {"id": 1, "code": "ner", "name": "Niger", "kind": "country", "iso_alpha3": "NER"})
    db.insert("location", {"id": 2, "code": "nga", "name": "Nigeria", "kind": "country", "iso_alpha3": "NGA"})
    db.insert(
        "deployment", {"id": 1, "code": "fra-ner", "name": "French forces in Niger", "actor_id": 1, "location_id": 1}
    )
    drone = db.value("SELECT id FROM asset_type WHERE code = 'drone'")
    db.insert("asset", {"id": 1, "deployment_id": 1, "code": "drones", "asset_type_id": drone})
    db.insert("source", {"id": 1, "code": "afp", "title": "A report", "text_kind": "none"})
    db.insert("ledger_entry", entry())


def full_record(db: Database) -> None:
    """Put one row into every append-only table."""
    catalogue(db)
    db.insert("status_change", claim(1))
    db.insert("status_change", claim(2, modality="planned"))
    db.insert("plan_link", {"id": 1, "seq": 1, "ordinal": 1, "claim_id": 1, "plan_id": 2, "relation": "fulfils"})
    db.insert("retraction", {"id": 1, "seq": 1, "ordinal": 1, "status_change_id": 1, "reason": "withdrawn"})
    db.insert("source_origin", {"id": 1, "seq": 1, "ordinal": 1, "source_id": 1, "origin_id": None})
    db.insert(
        "catalogue_revision", {"id": 1, "seq": 1, "ordinal": 1, "table_name": "actor", "row_id": 1, "after": "{}"}
    )
