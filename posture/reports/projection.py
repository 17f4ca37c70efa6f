"""Plans as they stand as of a day, and the posture if the open planned ones came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.domain.plans import Plan, changes, is_plan, plans_as_of, project
from posture.reports.as_of import Asking
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.plan_claims import links_of, plan_claims
from posture.reports.scope import narrowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed
    from posture.reports.as_of import KnownAt, Question
    from posture.reports.scope import Scope
    from posture.store.connection import Database


def states(found: Evaluation, deployments: Sequence[int] | None) -> dict[int, Plan]:
    """Return the plans about these deployments, or all, and what has become of each."""
    asking = found.asking
    claims = plan_claims(asking, deployments)
    values = {line: agreed.value for line, agreed in found.agreed.items()}
    return plans_as_of(claims.values(), links_of(asking, claims), asking.as_of, values)


def plans_alone(db: Database, question: Question, known: KnownAt, scope: Scope) -> tuple[Evaluation, dict[int, Plan]]:
    """Return the plans about what is asked about, and an evaluation of the lines alone whose figure decides what a plan is.

    A planned share is of what is there; what has become of any other plan depends on its outcomes alone.
    """
    asking = Asking(db, question, known)
    claims = plan_claims(asking, None if scope.everything else scope.sites_shown)
    shares = {claim.line for claim in claims.values() if is_plan(claim) and claim.form == "share"}
    found = Evaluation(asking, scope, {}, {}, {})
    wanted = [line for line in scope.shown if line in shares]
    if wanted:
        few = evaluate(db, question, known, scope=narrowed(scope, wanted))
        asking.statements.extend(few.asking.statements)
        found.readings, found.agreed = few.readings, few.agreed
    values = {line: agreed.value for line, agreed in found.agreed.items()}
    return found, plans_as_of(claims.values(), links_of(asking, claims), asking.as_of, values)


def projection(found: Evaluation) -> tuple[dict[int, Reading], dict[int, Agreed]]:
    """Return what would be read and agreed if all open planned changes came true, whatever their date."""
    scope, asking = found.scope, found.asking
    plans = states(found, None if scope.everything else sorted(scope.sites))
    coming = changes(plans.values(), asking.as_of, asking.question.basis)
    if not coming:
        return found.readings, found.agreed
    return project(found.readings, coming, scope.nesting, asking.as_of, scope.agreed)
