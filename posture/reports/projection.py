"""Plans as they stand as of a day, and the posture if the open planned ones came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.domain.plans import Plan, changes, plans_as_of, project
from posture.reports.plan_claims import links_of, plan_claims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed
    from posture.reports.evaluation import Evaluation


def states(found: Evaluation, deployments: Sequence[int] | None) -> dict[int, Plan]:
    """Return the plans about these deployments, or all, and what has become of each."""
    asking = found.asking
    claims = plan_claims(asking, deployments)
    values = {line: agreed.value for line, agreed in found.agreed.items()}
    return plans_as_of(claims.values(), links_of(asking, claims), asking.as_of, values)


def projection(found: Evaluation) -> tuple[dict[int, Reading], dict[int, Agreed]]:
    """Return what would be read and agreed if all open planned changes came true, whatever their date."""
    scope, asking = found.scope, found.asking
    plans = states(found, None if scope.everything else sorted(scope.sites))
    coming = changes(plans.values(), asking.as_of, asking.question.basis)
    if not coming:
        return found.readings, found.agreed
    return project(found.readings, coming, scope.nesting, asking.as_of, scope.agreed)
