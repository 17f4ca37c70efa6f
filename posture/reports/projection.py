"""The posture if the open planned changes came true: all of them, whatever their date, in date order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.plans import Plan, plans_as_of, project
from posture.reports.plan_claims import links_of, plan_claims

if TYPE_CHECKING:
    from posture.domain.fold import Value
    from posture.reports.evaluation import Evaluation


def apply_plans(found: Evaluation, rows: dict[int, dict[str, Any]]) -> None:
    """Change the figures of rows to what they would be, and flag those that a plan touched as `projected`."""
    asking, scope = found.asking, found.scope
    claims = plan_claims(asking, None if scope.everything else sorted(scope.sites))
    links = links_of(asking, claims)
    values = {line: agreed.value for line, agreed in found.agreed.items()}
    lines = [scope.lines[line] for line in found.agreed]
    done = project(claims.values(), links, lines, values, scope.nesting, asking.as_of, asking.question.basis)
    for line, row in rows.items():
        projected = done[line]
        if projected.value != found.agreed[line].value or projected.applied:
            row["low"], row["best"], row["high"] = projected.value
            row["flags"] = sorted({*row["flags"], *projected.flags, "projected"})


def states(found: Evaluation, values: dict[int, Value]) -> dict[int, Plan]:
    """Return the plans about what a question asks for, and what has become of each."""
    asking, scope = found.asking, found.scope
    claims = plan_claims(asking, None if scope.everything else scope.sites_shown)
    return plans_as_of(claims.values(), links_of(asking, claims), asking.as_of, values)
