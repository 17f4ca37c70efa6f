"""What the reports that show single claims say of each: its words, passage, source, grade and origin, spelled out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.grade import grade_in_words
from posture.reports.citing import described
from posture.reports.date_words import date_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posture.domain.claim import Claim
    from posture.reports.evaluation import Evaluation
    from posture.store.connection import Database

BATCH = 2000


class ClaimWords:
    """The words of claims that a report shows, read at once."""

    def __init__(self, db: Database, claims: Iterable[Claim]) -> None:
        """`claims` know their origins, as known then."""
        listed = {claim.id: claim for claim in claims}
        self._said: dict[int, dict[str, Any]] = {}
        self._sources: dict[int, dict[str, Any]] = {}
        for ids in _listed(listed):
            for row in db.all(
                "select c.id, c.effective_edtf, c.effective_from, c.effective_by, c.effective_on, c.excerpt, c.note,"
                " c.locator, s.code as status, d.code as deployment, a.code as asset from status_change c"
                " join deployment d on d.id = c.deployment_id left join asset a on a.id = c.asset_id"
                " left join status s on s.id = c.status_id"
                f" where c.id in ({ids})"
            ):
                self._said[row["id"]] = dict(row)
        needed = {source for claim in listed.values() for source in (claim.source, claim.origin)}
        for ids in _listed(needed):
            for row in db.all(f"select id, code, title, publisher, published_on, url from source where id in ({ids})"):
                self._sources[row["id"]] = dict(row)

    def row(self, claim: Claim) -> dict[str, Any]:
        """Return what a row says of a claim, whatever the report."""
        said, source = self._said[claim.id], self._sources[claim.source]
        repeats = self._sources[claim.origin]["code"] if claim.origin != claim.source else None
        return {
            "claim": claim.id,
            "kind": "status" if said["status"] else claim.kind,
            "status": said["status"],
            "quantity_text": claim.text,
            "modality": claim.modality,
            "effective": said["effective_edtf"],
            "when": date_words(*(said[f"effective_{name}"] for name in ("edtf", "from", "by"))),
            "on": said["effective_on"],
            "stated_on": claim.stated_on,
            "source": source["code"],
            "title": source["title"],
            "source_text": described(source),
            "repeats": repeats,
            "grade": claim.grade,
            "grade_words": grade_in_words(claim.grade),
            "excerpt": said["excerpt"],
            "locator": said["locator"],
        }

    def note(self, claim: Claim) -> str | None:
        """Return the remark of who recorded a claim."""
        note: str | None = self._said[claim.id]["note"]
        return note

    def about(self, claim: Claim) -> str:
        """Return the address of what a claim is about, wherever it is: a line, or a deployment."""
        said = self._said[claim.id]
        return f"{said['deployment']}/{said['asset']}" if said["asset"] else str(said["deployment"])

    def origin(self, claim: Claim) -> str:
        """Return the code of the source that a claim goes back to."""
        return str(self._sources[claim.origin]["code"])


def address(found: Evaluation, line: int) -> str:
    """Return the address of a line: `fra-ner/drones`."""
    scope = found.scope
    return f"{scope.sites[scope.lines[line].deployment].code}/{scope.codes[line]}"


def _listed(ids: Iterable[int]) -> Iterable[str]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ", ".join(map(str, ordered[start : start + BATCH]))
