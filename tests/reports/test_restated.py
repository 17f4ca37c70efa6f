"""A report as known earlier says where the catalogue has been changed since; on both engines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from posture.domain.draft import ClaimDraft
from posture.ledger import catalogue
from posture.ledger.claims import log
from posture.reports.as_of import Question
from posture.reports.plans import plans
from posture.reports.posture import posture

if TYPE_CHECKING:
    from posture.store.connection import Database


def test_a_place_that_was_moved_since_is_named(db: Database) -> None:
    for noun, fields in (
        ("actor", {"code": "fra", "name": "France", "kind": "state"}),
        ("location", {"code": "ner", "name": "Niger", "kind": "country"}),
        ("location", {"code": "tcd", "name": "Chad", "kind": "country"}),
        ("location", {"code": "niamey", "name": "Niamey", "kind": "city", "parent": "ner"}),
        ("source", {"code": "rfi", "title": "RFI", "published_on": "2023-09-05"}),
        ("deployment", {"code": "fra-niamey", "actor": "fra", "location": "niamey"}),
        ("asset", {"code": "personnel", "deployment": "fra-niamey", "asset_type": "personnel"}),
    ):
        catalogue.add(db, noun, fields)
    known = log(db, [ClaimDraft(line="fra-niamey/personnel", kind="count", quantity="400", source="rfi")]).seq
    asked = Question(as_of=date(2023, 10, 1), known_seq=known)
    assert posture(db, asked).notes == ()
    catalogue.edit(db, "location", "niamey", {"name": "Niamey city"})
    assert posture(db, asked).notes == (), "a name moves nothing"
    moved = catalogue.edit(db, "location", "niamey", {"parent": "tcd"}).seq
    for report in (posture(db, asked), plans(db, asked)):
        assert report.notes == (
            f"location niamey was moved by entry #{moved}, after #{known}: the catalogue is read as it is now",
        )
    assert posture(db, Question(as_of=date(2023, 10, 1))).notes == ()
