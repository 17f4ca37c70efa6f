"""The rows of the projection: what the rules say of lines and plans as of a day, with all that is known.

It computes; `posture.ledger.current` keeps. The counting basis of a line's row is present, a plan's share is of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.vocabulary import Axis
from posture.reports.as_of import Question, resolve_known_at
from posture.reports.evaluation import evaluate
from posture.reports.posture import spoken_by, status_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed
    from posture.reports.evaluation import Evaluation
    from posture.store.connection import Database, Row

BATCH = 2000
PRESENT = "present"


def current_rows(
    db: Database, as_of: date, lines: Collection[int] | None, plans: Collection[int] | None
) -> tuple[dict[int, Row], dict[int, Row]]:
    """Return what the rules give for these lines and these plans, by id; for all lines and all plans where both are None.

    A line of which nothing is known, and a plan that was not stated yet, have no row.
    """
    of_lines: dict[int, Row] = {}
    of_plans: dict[int, Row] = {}
    with db.read(), without_collection():
        places = _places(db, plans)
        known = resolve_known_at(db, None)
        for basis in sorted({PRESENT, *places}):
            here = places.get(basis, {})
            shown = frozenset(lines or ()) if basis == PRESENT else frozenset()
            asked = None if lines is None else shown.union(line for _, line in here.values() if line is not None)
            if asked is None or asked or here:
                found = evaluate(db, Question(as_of=as_of, basis=basis), known, asked)
                of_plans.update(_plan_rows(found, here, everything=plans is None))
                if basis == PRESENT:
                    of_lines = {
                        line: _line_row(reading, found.agreed[line])
                        for line in found.scope.shown
                        if (lines is None or line in shown) and not (reading := found.readings[line]).is_empty()
                    }
    return of_lines, of_plans


def _line_row(reading: Reading, agreed: Agreed) -> Row:
    """Return a line's row, of the same figures as the posture report's."""
    claim, said = spoken_by(reading), reading.base or reading.lapsed
    low, best, high = agreed.value
    stated_low, stated_best, stated_high = reading.stated
    statuses = status_of(reading.status)
    return {
        "is_known": True,
        "low": low,
        "best": best,
        "high": high,
        "stated_low": stated_low,
        "stated_best": stated_best,
        "stated_high": stated_high,
        "quantity_text": said.text if said else None,
        **{str(axis): " ".join(one["code"] for one in statuses.get(axis, ())) or None for axis in Axis},
        "status": _canonical(statuses),
        "since": claim.on if claim else None,
        "base_id": reading.base.id if reading.base else None,
        "source_id": claim.source if claim else None,
        "grade": claim.grade if claim else None,
        "origins": len(reading.origins),
        "flags": " ".join(sorted({*reading.flags, *agreed.flags})),
    }


def _places(db: Database, plans: Collection[int] | None) -> dict[str, dict[int, tuple[int, int | None]]]:
    """Return what plans are about, by counting basis: plan to deployment and line."""
    places: dict[str, dict[int, tuple[int, int | None]]] = {}
    for where in _batches(plans):
        for number, deployment, line, basis in db.tuples(
            "select id, deployment_id, asset_id, counting_basis from status_change"
            f" where modality in ('planned', 'possible', 'demanded', 'negotiating'){where}"
        ):
            places.setdefault(basis, {})[number] = (deployment, line)
    return places


def _plan_rows(
    found: Evaluation, places: dict[int, tuple[int, int | None]], *, everything: bool
) -> Iterator[tuple[int, Row]]:
    """Yield the rows of plans that count on the question's basis."""
    if not places:
        return
    from posture.reports.plans import bounds
    from posture.reports.projection import states

    values = {line: agreed.value for line, agreed in found.agreed.items()}
    for plan in states(found, None if everything else sorted({site for site, _ in places.values()})).values():
        for claim in (plan.claim, *plan.told_too):
            if claim.id in places:
                low, high = bounds(claim, values)
                outcomes = [{"relation": str(relation), "claim": outcome.id} for relation, outcome in plan.outcomes]
                yield (
                    claim.id,
                    {
                        "speaker_id": plan.claim.id,
                        "state": str(plan.state),
                        "overdue_days": plan.overdue_days,
                        "low": low,
                        "high": high,
                        "outcomes": _canonical(outcomes),
                    },
                )


def _canonical(value: Any) -> str:
    """Return a value as JSON, the same text on both engines."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _batches(ids: Collection[int] | None) -> Iterable[str]:
    """Yield further conditions that name all of these ids, so many at a time; nothing to name where None."""
    if ids is None:
        yield ""
        return
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield f" and id in ({', '.join(map(str, ordered[start : start + BATCH]))})"
