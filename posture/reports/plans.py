"""The plans that had been stated by a day, and what had become of each: with its outcomes and its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.claim import NEVER, end
from posture.domain.fold import NOTHING_KNOWN, share_of
from posture.domain.outcomes import carried_out, completed, difference, fulfilment, other_sides, slippage
from posture.domain.vocabulary import PlanState
from posture.reports.as_of import Statements
from posture.reports.plan_wording import turned_out
from posture.reports.posture import Names, known_at, why_empty
from posture.reports.projection import plans_alone
from posture.reports.report import Column, Report
from posture.reports.restated import restated_since
from posture.reports.scope import read_filter, read_scope
from posture.reports.wording import outcome_text, plan_text, source_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.domain.fold import Value
    from posture.domain.plans import Plan
    from posture.reports.as_of import Question
    from posture.reports.evaluation import Evaluation
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
    "done_from",
    "done_by",
    "slip_low",
    "slip_high",
    "slip_claim",
    "actual_low",
    "actual_high",
    "difference_low",
    "difference_high",
    "announced_other",
    "actual_others",
    "other_side",
    "source",
    "grade",
    "origins",
    "also_reported_as",
    "excerpt",
    "note",
)
"""The keys of a row, in order."""


def plans(db: Database, question: Question) -> Report:
    """Return the plans report; raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things."""
    with db.read(), without_collection():
        return _report(db, question)


def _report(db: Database, question: Question) -> Report:
    known = known_at(db, question)
    found, every = plans_alone(db, question, known, read_scope(db, read_filter(db, question)))
    values = {line: agreed.value for line, agreed in found.agreed.items()}
    shown, sites = set(found.scope.shown), set(found.scope.sites_shown)
    chosen = [
        plan
        for plan in every.values()
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
        shown=SHOWN,
    )


def _rows(db: Database, found: Evaluation, chosen: list[Plan], values: dict[int, Value]) -> list[dict[str, Any]]:
    """Return a row for each plan."""
    names, scope = Names(db, found), found.scope
    words: dict[int, tuple[str, str | None, str | None, str]] = {}
    for start in range(0, len(chosen), 2000):
        ids = ", ".join(str(plan.claim.id) for plan in chosen[start : start + 2000])
        for number, *said in db.tuples(
            "select c.id, s.code, c.excerpt, c.note, c.effective_edtf from status_change c join source s on s.id = c.source_id"
            f" where c.id in ({ids})"
        ):
            words[number] = (said[0], said[1], said[2], said[3])
    sides = _sides(db, chosen)
    rows = []
    for plan in chosen:
        claim = plan.claim
        site = scope.sites[claim.deployment]
        low, high = bounds(claim, values)
        source, excerpt, note, effective = words[claim.id]
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
                **_turned_out(found, plan, values, sides),
                "source": source,
                "grade": claim.grade,
                "origins": len({claim.origin, *(other.origin for other in plan.told_too)}),
                "reports": len({claim.source, *(other.source for other in plan.told_too)}),
                "also_reported_as": [other.id for other in plan.told_too],
                "excerpt": excerpt,
                "note": note,
                "claims": [claim.id, *(one.id for one in (*plan.told_too, *(outcome for _, outcome in plan.outcomes)))],
            }
        )
    return rows


def _sides(db: Database, chosen: list[Plan]) -> dict[int, str]:
    """Return the codes of the deployments on the other side of plans and of what fulfilled them."""
    wanted = {plan.claim.other for plan in chosen} | {side for plan in chosen for side in other_sides(plan)}
    ordered = sorted(side for side in wanted if side is not None)
    found: dict[int, str] = {}
    for start in range(0, len(ordered), 2000):
        listed = ", ".join(map(str, ordered[start : start + 2000]))
        found.update(db.tuples(f"select id, code from deployment where id in ({listed})"))
    return found


def _turned_out(found: Evaluation, plan: Plan, values: Mapping[int, Value], sides: Mapping[int, str]) -> dict[str, Any]:
    """Return how a plan turned out: when, how late, how many and where to, against what was announced."""
    value = values.get(plan.claim.line or 0, NOTHING_KNOWN)
    late = slippage(plan, found.asking.as_of, value)
    done = fulfilment(plan, value) if plan.state == PlanState.FULFILLED else None
    first, last = completed(done) if done else (None, None)
    many, more = carried_out(plan), difference(plan)
    announced, actual = plan.claim.other, other_sides(plan)
    return {
        "done_from": first,
        "done_by": last,
        "slip_low": late.low if late else None,
        "slip_high": late.high if late else None,
        "slip_claim": late.claim.id if late and late.claim else None,
        "actual_low": many.low if many else None,
        "actual_high": many.high if many else None,
        "difference_low": more.low if more else None,
        "difference_high": more.high if more else None,
        "announced_other": sides.get(announced) if announced is not None else None,
        "actual_others": [sides[side] for side in actual],
        "other_side": _other_side(found, announced, actual),
    }


def _other_side(found: Evaluation, announced: int | None, actual: Sequence[int]) -> str | None:
    """Return whether what was carried out went where it was announced, or inside of it; None where either is not said."""
    if announced is None or not actual:
        return None
    inside = found.scope.nesting.inside.get(announced, frozenset())
    return "as_announced" if all(side == announced or side in inside for side in actual) else "other"


def bounds(claim: Claim, values: dict[int, Value]) -> tuple[int | None, int | None]:
    """Return how many a plan is about; a share is of what is there."""
    if claim.form == "share" and claim.line in values:
        part = share_of(claim, values[claim.line])
        return part.low, part.high
    return claim.low, claim.high


SHOWN = (
    Column("Plan", lambda row: f"c{row['plan_id']}", right=True),
    Column("Line", lambda row: "/".join(filter(None, (row["deployment"], row["asset"])))),
    Column("What", plan_text, figure=True),
    Column("Stated", lambda row: row["stated_on"]),
    Column("Due", lambda row: row["due"] or ""),
    Column("State", lambda row: row["state"].replace("_", " ")),
    Column("Outcome", outcome_text),
    Column("Against what was announced", turned_out),
    Column("Grade", lambda row: row["grade"]),
    Column("Source", source_text),
)
"""The table that people read."""
