"""Why a figure of a later edition is another one: it is new, the earlier one is corrected, or its meaning was redefined.

The way from one edition to the other is taken in three steps, each of which changes one thing alone:

1. the first edition as it was told, with the catalogue of its own time, and as it is told now: `redefined`;
2. its day, as known then and as known by the second edition: `corrected`, where what it said is no longer held;
3. that day and the day of the second edition, with the knowledge of the second: `new`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.reports.catalogue_then import scope_then
from posture.reports.evaluation import evaluate
from posture.reports.point import Point, point, standing_of
from posture.reports.restated import moves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posture.domain.plans import Plan
    from posture.reports.point import Standing
    from posture.store.connection import Database

MARKS = {
    "redefined": "the catalogue has changed what the figure is of",
    "corrected": "what was said of that day is no longer held",
    "new": "the world moved, or there is new evidence",
}
"""The marks of a changed figure, in the order of the steps."""
_OTHER = {"figure", "status", "vanished", "appeared"}
"""Differences that take back what was said; another flag or one report more does not."""


class Marks:
    """Marks what differs between two editions."""

    def __init__(self, db: Database, before: Point, after: Point, kinds: Callable[..., list[str]]) -> None:
        """`before` and `after` are what the two editions say now; `kinds` says in what two answers differ."""
        self._kinds, self._now, self._after = kinds, before, after
        self.told = _as_told(db, before)
        """What the first edition said when it was made."""
        self._then = point(db, after.question, as_of=before.question.as_of)
        self._plans_then = _by_claim(self._then.plans())

    def line(self, number: int) -> list[str]:
        """Return the marks of a line."""
        return self._marks(*(at.lines.get(number) for at in (self.told, self._now, self._then, self._after)))

    def site(self, number: int) -> list[str]:
        """Return the marks of a deployment as a whole."""
        return self._marks(*(at.sites.get(number) for at in (self.told, self._now, self._then, self._after)))

    def _marks(
        self, told: Standing | None, now: Standing | None, then: Standing | None, after: Standing | None
    ) -> list[str]:
        found = []
        if _OTHER.intersection(self._between(told, now)):
            found.append("redefined")
        if now is not None and _OTHER.intersection(self._between(now, then)):
            found.append("corrected")
        if self._between(then, after) or not found:
            found.append("new")
        return found

    def _between(self, one: Standing | None, other: Standing | None) -> list[str]:
        return self._kinds(one, other) if one or other else []

    def plan(self, before: Plan | None, after: Plan | None, stands: Mapping[int, int]) -> list[str]:
        """Return the marks of a plan; `stands` names the claim that stands for each of those that told it."""
        if before is None:
            return ["new"]
        claims = [stands.get(claim.id, claim.id) for claim in (before.claim, *before.told_too)]
        then = next((self._plans_then[claim] for claim in claims if claim in self._plans_then), None)
        found = ["corrected"] if then is None or then.state != before.state else []
        if not found or (then is not None and (after is None or then.state != after.state)):
            found.append("new")
        return found


def _by_claim(plans: Mapping[int, Plan]) -> dict[int, Plan]:
    return {claim.id: plan for plan in plans.values() for claim in (plan.claim, *plan.told_too)}


def _as_told(db: Database, now: Point) -> Point:
    """Return what an edition said with the catalogue of its own time; the same point where that has not changed since."""
    if not moves(db, now.known.seq):
        return now
    found = evaluate(db, now.question, now.known, scope=scope_then(db, now.known.seq))
    lines = {
        line: standing_of(found, line)
        for line in now.found.scope.shown
        if line in found.scope.lines and not found.readings[line].is_empty()
    }
    return Point(now.question, now.known, now.found, lines, now.sites)
