"""Brings plans and what is said to have become of them, as known at a moment; links follow replacements.

A link belongs to the claim that made it. A plan keeps its links whatever stands in its place; the claim that settles it
keeps them through corrections and when it is recorded again, but what a correction added is gone once it is undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.domain.plans import Link, is_plan
from posture.reports.as_of import STATUSES
from posture.reports.references import follow_corrections, follow_replacements, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.reports.as_of import Asking

_PLAN = "c.modality in ('planned', 'possible', 'demanded', 'negotiating')"
BATCH = 2000


def plan_claims(asking: Asking, deployments: Sequence[int] | None) -> dict[int, Claim]:
    """Return every visible plan about these deployments, or all, and every claim that is linked to one, by id.

    Plans of others that `same_as` joins to one of them come along: together they are one plan.
    """
    plans = _plans(asking, "c.deployment_id", deployments)
    if deployments is not None:
        plans.update(_plans(asking, "c.id", sorted(_joined_elsewhere(asking, plans))))
    # A link names the plan as it was then; a corrected plan is found by the ones that it replaced.
    wanted: set[int] = set()
    for old in (*plans, *_replaced_by(asking, plans)):
        wanted.add(old)
    ids = {row[0] for row in _link_rows(asking, wanted)}
    stands = follow_corrections(asking, ids, plans)
    outcomes: dict[int, Claim] = {}
    for where in _batches("c.id", sorted({stands[claim] for claim in ids} - plans.keys())):
        sql = f"select {STATUSES} from status_change c where {asking.visible}{where}"
        outcomes.update((claim.id, claim) for claim in asking.claims(sql))
    return {claim.id: claim for claim in resolve(asking, [*plans.values(), *outcomes.values()])}


def _plans(asking: Asking, column: str, ids: Sequence[int] | None) -> dict[int, Claim]:
    """Return the visible plans whose column is one of these, by id; all plans where None."""
    found: dict[int, Claim] = {}
    for where in _batches(column, ids):
        sql = f"select {STATUSES} from status_change c where {_PLAN} and c.stated_on <= :as_of and {asking.visible}{where}"
        found.update((claim.id, claim) for claim in asking.claims(sql))
    return found


def _joined_elsewhere(asking: Asking, plans: Iterable[int]) -> set[int]:
    """Return the claims that `same_as` may join to these plans, in either direction and however far."""
    here = set(plans)
    seen: set[int] = set()
    waiting = set(here)
    while waiting:
        seen |= waiting
        rows: list[tuple[int]] = []
        for where in _batches("c.id", sorted(waiting)):
            rows += asking.tuples(f"select c.same_as_id from status_change c where c.same_as_id is not null{where}")
        for where in _batches("c.same_as_id", sorted(waiting | _replaced_by(asking, waiting))):
            rows += asking.tuples(f"select c.id from status_change c where c.same_as_id is not null{where}")
        waiting = set(follow_replacements(asking, {row[0] for row in rows}, ()).values()) - seen
    return seen - here


def links_of(asking: Asking, claims: Mapping[int, Claim]) -> list[Link]:
    """Return what the claims are said to have done to the plans among them, by what stands in their places now."""
    plans = {number for number, claim in claims.items() if is_plan(claim)}
    rows = _link_rows(asking, {*plans, *_replaced_by(asking, plans)})
    settling = follow_corrections(asking, {row[0] for row in rows}, claims)
    settled = follow_replacements(asking, {row[1] for row in rows}, claims)
    return [Link(settling[claim], settled[plan], relation) for claim, plan, relation in rows]


def _replaced_by(asking: Asking, claims: Iterable[int]) -> set[int]:
    """Return all earlier claims in whose place these stand: corrected, or withdrawn and restated."""
    found: set[int] = set()
    waiting = set(claims)
    while waiting:
        rows: list[tuple[int]] = []
        for where in _batches("r.replacement_id", sorted(waiting)):
            rows += asking.tuples(
                f"select r.status_change_id from retraction r where r.seq <= :known and r.status_change_id is not null{where}"
            )
        for where in _batches("c.id", sorted(waiting)):
            rows += asking.tuples(f"select c.restates_id from status_change c where c.restates_id is not null{where}")
        waiting = {row[0] for row in rows} - found
        found |= waiting
    return found


def _link_rows(asking: Asking, plans: Iterable[int]) -> list[tuple[int, int, str]]:
    """Return claim, plan and relation of the links to plans, in the order they were recorded."""
    return [
        (row[0], row[1], row[2])
        for where in _batches("l.plan_id", sorted(plans))
        for row in asking.tuples(
            f"select l.claim_id, l.plan_id, l.relation from plan_link l where l.seq <= :known{where} order by l.seq, l.ordinal"
        )
    ]


def _batches(column: str, ids: Sequence[int] | None) -> Iterable[str]:
    """Yield further conditions that name all of these ids; nothing to name where None."""
    if ids is None:
        yield ""
        return
    for start in range(0, len(ids), BATCH):
        yield f" and {column} in ({', '.join(map(str, ids[start : start + BATCH]))})"
