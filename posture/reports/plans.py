"""The plans that had been stated by a day, and what had become of each: with its outcomes and its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.claim import NEVER, end
from posture.domain.fold import share_of
from posture.reports.as_of import Statements
from posture.reports.evaluation import Evaluation, evaluate, without_collection
from posture.reports.posture import Names, known_at, why_empty
from posture.reports.projection import states
from posture.reports.report import Report
from posture.reports.restated import restated_since

if TYPE_CHECKING:
    from posture.domain.claim import Claim
    from posture.domain.fold import Value
    from posture.domain.plans import Plan
    from posture.reports.as_of import Question
    from posture.store.connection import Database

COLUMNS = (
    "plan_id",
    "deployment",
    "actor",
    "location",
    "asset",
    "asset_type",
    "kind",
    "status",
    "quantity_text",
    "low",
    "high",
    "modality",
    "stated_on",
    "effective",
    "due",
    "state",
    "outcomes",
    "overdue_days",
    "source",
    "grade",
    "origins",
    "also_reported_as",
    "excerpt",
)
"""The keys of a row, in order."""


def plans(db: Database, question: Question) -> Report:
    """Return the plans report; raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things."""
    with db.read(), without_collection():
        return _report(db, question)


def _report(db: Database, question: Question) -> Report:
    known = known_at(db, question)
    found = evaluate(db, question, known)
    values = {line: agreed.value for line, agreed in found.agreed.items()}
    shown, sites = set(found.scope.shown), set(found.scope.sites_shown)
    chosen = [
        plan
        for plan in states(found, None if found.scope.everything else found.scope.sites_shown).values()
        if (plan.claim.line in shown if plan.claim.line is not None else question.asset_type is None)
        and plan.claim.deployment in sites
        and plan.claim.basis == question.basis
    ]
    chosen.sort(key=lambda plan: (end(plan.claim), plan.claim.stated_on, plan.claim.id))
    rows = _rows(db, found, chosen, values)
    return Report(
        name="plans",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else why_empty(found.asking, "was planned by"),
        sql=Statements(found.asking.statements),
        notes=restated_since(db, known.seq),
    )


def _rows(db: Database, found: Evaluation, chosen: list[Plan], values: dict[int, Value]) -> list[dict[str, Any]]:
    """Return a row for each plan."""
    names, scope = Names(db, found), found.scope
    words: dict[int, tuple[str, str, str]] = {}
    for start in range(0, len(chosen), 2000):
        ids = ", ".join(str(plan.claim.id) for plan in chosen[start : start + 2000])
        for number, *said in db.tuples(
            "select c.id, s.code, c.excerpt, c.effective_edtf from status_change c join source s on s.id = c.source_id"
            f" where c.id in ({ids})"
        ):
            words[number] = (said[0], said[1], said[2])
    rows = []
    for plan in chosen:
        claim = plan.claim
        site = scope.sites[claim.deployment]
        low, high = bounds(claim, values)
        source, excerpt, effective = words[claim.id]
        rows.append(
            {
                "plan_id": claim.id,
                "deployment": site.code,
                "actor": names.actor[site.actor],
                "location": names.location[site.location],
                "asset": scope.codes[claim.line] if claim.line is not None else None,
                "asset_type": names.asset_type[scope.lines[claim.line].asset_type] if claim.line is not None else None,
                "kind": claim.kind,
                "status": claim.status,
                "quantity_text": claim.text,
                "low": low,
                "high": high,
                "modality": claim.modality,
                "stated_on": claim.stated_on,
                "effective": effective,
                "due": None if end(claim) == NEVER else end(claim),
                "state": str(plan.state),
                "outcomes": [{"relation": relation, "claim": outcome.id} for relation, outcome in plan.outcomes],
                "overdue_days": plan.overdue_days,
                "source": source,
                "grade": claim.grade,
                "origins": len({claim.origin, *(other.origin for other in plan.told_too)}),
                "also_reported_as": [other.id for other in plan.told_too],
                "excerpt": excerpt,
            }
        )
    return rows


def bounds(claim: Claim, values: dict[int, Value]) -> tuple[int | None, int | None]:
    """Return how many a plan is about; a share is of what is there."""
    if claim.form == "share" and claim.line in values:
        part = share_of(claim, values[claim.line])
        return part.low, part.high
    return claim.low, claim.high
