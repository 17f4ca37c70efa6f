"""One question as of many days: the claims that can matter to any of them are brought once, and each day is read from them.

Reading gives the same answer from any superset of the deciding claims. What is brought reaches back to the base that each line
had on the first day among the counts that hold through the last one: the base of no day in between can be an older one, but
for a better count that ends within the days; and what ends within them is brought as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from posture.domain.claim import Claim, as_none, has_lapsed, latest_start
from posture.domain.reconcile import reconcile
from posture.domain.track import class_of
from posture.reports import evaluation
from posture.reports.as_of import BEGINNING, Asking
from posture.reports.evaluation import Brought, Evaluation, in_force
from posture.reports.references import resolve
from posture.reports.scope import Scope, narrowed, read_filter, read_scope
from posture.reports.statuses import LINES, SITES, deciding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from posture.reports.as_of import KnownAt, Question
    from posture.store.connection import Database


class Days:
    """A question, ready to be read as of any day from a first to a last, as known at one moment."""

    def __init__(
        self,
        db: Database,
        question: Question,
        known: KnownAt,
        days: Collection[date],
        lines: frozenset[int] | None = None,
        *,
        scope: Scope | None = None,
    ) -> None:
        """Bring what can matter between the first and the last of `days`; with `lines`, asked about these alone."""
        self.db, self.question, self.known = db, question, known
        self.scope = scope or read_scope(db, read_filter(db, question)._replace(lines=lines))
        self.statements: list[tuple[str, dict[str, Any]]] = []
        """The statements that were run."""
        self._brought = self._bring(min(days), max(days)) if days else Brought()

    def at(self, day: date, lines: Collection[int] | None = None) -> Evaluation:
        """Return the evaluation as of a day; with `lines`, of these alone."""
        asking = Asking(self.db, replace(self.question, as_of=day), self.known, self.statements)
        scope = self.scope if lines is None else narrowed(self.scope, lines)
        brought = self._brought
        readings = evaluation.read(asking, scope, brought)
        agreed = reconcile(readings, scope.nesting, asking.as_of, scope.agreed)
        phases = {site: in_force(brought.deployments.get(site, ()), asking) for site in scope.sites_shown}
        return Evaluation(asking, scope, readings, agreed, phases)

    # What is brought

    def _bring(self, first: date, last: date) -> Brought:
        scope, brought = self.scope, Brought()
        if not scope.lines and not scope.sites:
            return brought
        asking = Asking(self.db, replace(self.question, as_of=last), self.known, self.statements)
        with self.db.roomy():
            few = asking.few_known(len(scope.lines))
            found = evaluation.all_known(asking, scope) if few else self._sought(asking, str(first))
        brought.add(resolve(asking, found))
        brought.place_machines(scope)
        return brought

    def _sought(self, last: Asking, first: str) -> list[Claim]:
        """Return the claims that can matter on any day, found by seeks; `last` asks as of the last one."""
        scope = self.scope
        lines = None if scope.everything else sorted(scope.lines)
        sites = None if scope.everything else sorted(scope.sites)
        within = self._within(last, first)
        withdrawals = last.withdrawals(sites)
        ending = last.lapsed_since(dict.fromkeys(scope.lines, first))
        through = _Through(self.db, last.question, self.known, self.statements, first=first)
        through.ending = _by_line(ending, _gone(withdrawals, scope, first, last.as_of))
        lasting = {
            claim.id: claim
            for claim in withdrawals
            if latest_start(claim) <= str(through.params["horizon"]) and not has_lapsed(claim, last.as_of)
        }
        bases = {claim.line: claim for claim in through.bases(lines) if claim.line is not None}
        since = evaluation.days_needed(through, scope, bases, lasting)
        through.bases_as_of({line: day for line, day in since.items() if line in through.replaced and day > BEGINNING})
        found = {claim.id: claim for claim in (*withdrawals, *ending, *through.kept)}
        if scope.machines:
            evaluation.keep(found, within.whereabouts(evaluation.machines_since(scope, since)))
        evaluation.keep(found, within.counts_since(since))
        states = deciding(within, LINES, since, through)
        states += deciding(within, SITES, evaluation.sites_since(scope, since), through)
        since.update(
            (claim.line, BEGINNING) for claim in found.values() if claim.start is None and claim.line is not None
        )
        evaluation.bring_flows(within, since, found)
        evaluation.keep(found, last.lapsed_since(since))
        evaluation.keep(found, states)
        evaluation.keep(found, last.denials(evaluation.denied(scope, found.values())))
        return list(found.values())

    def _within(self, last: Asking, first: str) -> Asking:
        """Return what asks for all that holds on the first day or later and has come to be so by the last one."""
        within = Asking(self.db, last.question, self.known, self.statements)
        within.params |= {"as_of": first}
        return within


@dataclass
class _Through(Asking):
    """Asks as of the first day for what holds through the last one: no day in between has an older base.

    Unless a count of a better class ends within the days: then that one stands for it, as the older.
    """

    first: str = BEGINNING
    """The first day."""
    ending: Mapping[int, Sequence[Claim]] = field(default_factory=dict)
    """Line to the counts that end within the days, oldest first."""
    kept: list[Claim] = field(default_factory=list)
    """The bases that were found."""
    replaced: set[int] = field(default_factory=set)
    """The lines for whose base an older count stands."""

    def __post_init__(self) -> None:
        """Ask as of the first day."""
        super().__post_init__()
        self.params["horizon"] = min(self.first, str(self.params["horizon"]))

    def bases(self, lines: Sequence[int] | None) -> list[Claim]:
        """Return for each line the oldest count that can be its base on a day."""
        return [self._oldest(claim, claim.on) for claim in super().bases(lines)]

    def bases_as_of(self, days: Mapping[int, str]) -> list[Claim]:
        """Return for each line the oldest count that can have been its base on a day of its own."""
        return [self._oldest(claim, days[claim.line or 0]) for claim in super().bases_as_of(days)]

    def _oldest(self, base: Claim, day: str) -> Claim:
        self.kept.append(base)
        for claim in self.ending.get(base.line or 0, ()):
            if claim.on >= min(base.on, day):
                break
            if class_of(claim) < class_of(base):
                self.replaced.add(claim.line or 0)
                return base._replace(on=claim.on)
        return base


def _by_line(*found: Iterable[Claim]) -> dict[int, list[Claim]]:
    """Return claims by line, oldest first."""
    lines: dict[int, list[Claim]] = {}
    for claim in sorted((claim for claims in found for claim in claims), key=lambda claim: claim.on):
        lines.setdefault(claim.line or 0, []).append(claim)
    return lines


def _gone(withdrawals: Iterable[Claim], scope: Scope, first: str, last: str) -> Iterator[Claim]:
    """Yield the withdrawals that end within the days, as the counts of none that they are, for each line that they reach."""
    for claim in withdrawals:
        if has_lapsed(claim, last) and not has_lapsed(claim, first):
            for line in scope.lines.values():
                if scope.nesting.holds(claim.deployment, line.deployment):
                    yield as_none(claim)._replace(line=line.id)
