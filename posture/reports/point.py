"""What can be said at one point of both clocks: of each line, of each deployment as a whole, of each plan.

Reports that set points of time side by side ask for them here, and for nothing of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.domain.backing import decided_by, reports_of
from posture.domain.claim import order
from posture.reports.as_of import KnownAt, Question
from posture.reports.days import Days
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.posture import known_at, spoken_by, whole_statuses
from posture.reports.projection import states

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from posture.domain.claim import Claim
    from posture.domain.fold import Value
    from posture.domain.plans import Plan
    from posture.domain.reading import Reading, StatusFigure
    from posture.domain.reconcile import Agreed
    from posture.reports.scope import Scope
    from posture.store.connection import Database

Status = dict[str, tuple[tuple[str, int | None, int | None, int | None], ...]]
"""Axis to statuses: code, low, best, high."""


class Standing(NamedTuple):
    """What can be said of one line, or of a deployment as a whole, at a point of both clocks."""

    value: Value | None
    """The agreed figure; None for a deployment as a whole."""
    status: Status
    """Statuses by axis; the phase stands with the deployment alone."""
    flags: tuple[str, ...]
    """What to beware of."""
    origins: int
    """How many distinct origins stand behind it."""
    reports: int
    """How many sources tell it."""
    claim: Claim | None
    """The claim whose source and grade speak for it."""
    claims: frozenset[int]
    """Every claim that decided it."""


@dataclass(slots=True)
class Point:
    """Everything asked about, at one point of both clocks."""

    question: Question
    """The question, with this point's clocks."""
    known: KnownAt
    """What was known."""
    found: Evaluation
    """The evaluation."""
    lines: dict[int, Standing] = field(default_factory=dict)
    """Every line of which anything is known."""
    sites: dict[int, Standing] = field(default_factory=dict)
    """Every deployment of which a phase is known."""

    def plans(self) -> dict[int, Plan]:
        """Return the plans about what is asked about, by the claim that speaks."""
        scope, shown = self.found.scope, set(self.found.scope.shown)
        return {
            number: plan
            for number, plan in states(self.found, None if scope.everything else scope.sites_shown).items()
            if (plan.claim.line in shown if plan.claim.line is not None else self.question.asset_type is None)
            and plan.claim.basis == self.question.basis
        }


def point(db: Database, question: Question, *, as_of: date | None = None, known_seq: int | None = None) -> Point:
    """Return what can be said as of a day, as known at a moment: those of the question, unless others are given."""
    asked = replace(
        question,
        as_of=as_of or question.as_of,
        known_seq=question.known_seq if known_seq is None else known_seq,
    )
    known = known_at(db, asked)
    return _point(asked, known, evaluate(db, asked, known))


def points(db: Database, question: Question, days: Sequence[date], scope: Scope | None = None) -> Iterator[Point]:
    """Yield what can be said as of each of these days, as known at the question's moment; what it takes is brought once."""
    known = known_at(db, question)
    many = Days(db, question, known, days, scope=scope)
    for day in days:
        yield _point(replace(question, as_of=day), known, many.at(day))


def _point(asked: Question, known: KnownAt, found: Evaluation) -> Point:
    """Return what an evaluation says of each line and deployment of which anything is known."""
    here = Point(asked, known, found)
    for line in found.scope.shown:
        if not found.readings[line].is_empty():
            here.lines[line] = standing_of(found, line)
    if asked.asset_type is None:
        for site in found.scope.sites_shown:
            phases = found.phases.get(site, ())
            if phases:
                here.sites[site] = _of_site(phases)
    return here


def statements_of(*points: Point) -> list[tuple[str, dict[str, Any]]]:
    """Return the statements behind some points, those that were run for several of them once."""
    lists = {id(here.found.asking.statements): here.found.asking.statements for here in points}
    return [statement for statements in lists.values() for statement in statements]


def standing_of(found: Evaluation, line: int) -> Standing:
    """Return what an evaluation says of a line of which something is known."""
    return _of_line(found.readings[line], found.agreed[line])


def _of_line(reading: Reading, agreed: Agreed) -> Standing:
    own = {axis: said for axis, said in reading.status.items() if axis != "phase"}
    return Standing(
        agreed.value,
        _status(own),
        tuple(sorted({*reading.flags, *agreed.flags})),
        len(reading.origins),
        reports_of(reading),
        spoken_by(reading),
        frozenset(decided_by(reading, agreed)) | {one.claim for said in own.values() for one in said},
    )


def _of_site(phases: Iterable[Claim]) -> Standing:
    said = whole_statuses(phases)
    first = max(phases, key=order)
    return Standing(None, _status(said), (), 1, 1, first, frozenset(one.claim for few in said.values() for one in few))


def _status(figures: Mapping[str, Iterable[StatusFigure]]) -> Status:
    return {axis: tuple((one.code, one.low, one.best, one.high) for one in said) for axis, said in figures.items()}


def shown_status(status: Status) -> dict[str, list[dict[str, object]]]:
    """Return statuses as rows show them: axis to a list of code, low, best and high."""
    return {
        axis: [{"code": code, "low": low, "best": best, "high": high} for code, low, best, high in said]
        for axis, said in status.items()
    }
