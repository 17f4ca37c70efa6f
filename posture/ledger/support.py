"""Whether an independent origin supports a claim that is graded "confirmed by other sources"."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from posture.errors import Refused
from posture.ledger.origins import origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.ledger.entry import Entry

WINDOW = timedelta(days=30)
"""How far apart two claims may be and still speak of the same state."""
CONFIRMED = "1"


def refuse_unsupported_confirmation(entry: Entry, row: Mapping[str, Any], but: int | None = None) -> None:
    """Raise `Refused` where credibility 1 is given and no other origin's standing claim agrees, unless forced.

    Another claim agrees when it is about the same line, of the same kind, modality, basis and status, within thirty
    days, and its quantity overlaps. `but` is the claim that this one corrects: it goes, and supports nothing.
    """
    if row["credibility"] != CONFIRMED or entry.writing.force:
        return
    composed = entry.of("source_origin")
    own = origin_of(entry.db, row["source_id"], composed)
    on = date.fromisoformat(row["effective_on"])
    nearby = entry.db.all(
        "select * from status_change where deployment_id = :deployment_id and coalesce(asset_id, 0) = :asset_id and kind = :kind"
        " and modality = :modality and counting_basis = :basis and coalesce(status_id, 0) = :status_id and effective_on between :earliest and :latest"
        " and not exists (select 1 from retraction where status_change_id = status_change.id)",
        {
            "deployment_id": row["deployment_id"],
            "asset_id": row["asset_id"] or 0,
            "kind": row["kind"],
            "modality": row["modality"],
            "basis": row["counting_basis"],
            "status_id": row["status_id"] or 0,
            "earliest": (on - WINDOW).isoformat(),
            "latest": (on + WINDOW).isoformat(),
        },
    )
    others = (other for other in nearby if other["id"] != but)
    if not any(origin_of(entry.db, other["source_id"], composed) != own and _overlap(row, other) for other in others):
        raise Refused(
            'credibility 1 means "confirmed by other sources", and no independent source here supports the claim; '
            "grade it 2, log the other source first, or --force"
        )


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Two quantities agree where their ranges overlap; what is unknown or withheld agrees with nothing but itself."""
    forms = {one["quantity_form"], other["quantity_form"]}
    if len(forms) > 1 and forms & {"unknown", "withheld"}:
        return False
    if forms != {"number"}:
        return True
    highest_low = max(one["quantity_low"] or 0, other["quantity_low"] or 0)
    highs = [row["quantity_high"] for row in (one, other) if row["quantity_high"] is not None]
    return not highs or highest_low <= min(highs)
