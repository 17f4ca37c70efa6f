"""A small catalogue that the ledger's tests write upon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from posture.domain.draft import ClaimDraft
from posture.ledger import catalogue

if TYPE_CHECKING:
    from posture.store.connection import Database


@pytest.fixture
def niger(db: Database) -> Database:
    """France in Niger and Chad, with one base, three lines and three sources."""
    for noun, fields in (
        ("actor", {"code": "fra", "name": "France", "kind": "state"}),
        ("location", {"code": "ner", "name": "Niger", "kind": "country", "iso_alpha3": "NER"}),
        ("location", {"code": "tcd", "name": "Chad", "kind": "country", "iso_alpha3": "TCD"}),
        ("location", {"code": "niamey", "name": "Niamey", "kind": "city", "parent": "ner"}),
        ("source", {"code": "rfi", "title": "Radio", "published_on": "2023-09-05", "reliability": "B"}),
        ("source", {"code": "voa", "title": "Broadcaster", "published_on": "2023-10-19", "reliability": "B"}),
        (
            "source",
            {
                "code": "paper",
                "title": "Paper",
                "published_on": "2023-10-20",
                "reliability": "C",
                "text": "The paper says that\nabout 1,500 soldiers were there.",
            },
        ),
        ("deployment", {"code": "fra-ner", "actor": "fra", "location": "ner"}),
        ("deployment", {"code": "fra-tcd", "actor": "fra", "location": "tcd"}),
        ("deployment", {"code": "fra-niamey", "actor": "fra", "location": "niamey"}),
        ("asset", {"code": "personnel", "deployment": "fra-ner", "asset_type": "personnel"}),
        ("asset", {"code": "drones", "deployment": "fra-ner", "asset_type": "drone"}),
        ("asset", {"code": "personnel", "deployment": "fra-tcd", "asset_type": "personnel"}),
    ):
        catalogue.add(db, noun, fields)
    return db


def claim(
    line: str = "fra-ner/personnel", kind: str = "count", quantity: str | None = "1500", **words: Any
) -> ClaimDraft:
    """Return a draft with what a test does not care about filled in."""
    return ClaimDraft(
        **{
            "line": line,
            "kind": kind,
            "quantity": quantity,
            "source": "rfi",
            "on": "2023-09-05",
            "grade": "B2",
            **words,
        }
    )
