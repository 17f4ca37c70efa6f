"""The evaluation behind every report on posture: scope, deciding claims, what was stated, what the lines agree on.

Reports of figures, of plans and of totals start from the same result, so that they cannot disagree.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posture.domain.agreement import NEAR
from posture.domain.claim import Claim, days_after, has_lapsed, latest_start
from posture.domain.reading import Reading, read_line
from posture.domain.reconcile import Agreed, reconcile
from posture.domain.track import class_of
from posture.reports.as_of import BEGINNING, Asking
from posture.reports.references import follow_replacements, resolve
from posture.reports.scope import Scope, read_filter, read_scope
from posture.reports.statuses import LINES, SITES, deciding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from posture.reports.as_of import KnownAt, Question
    from posture.store.connection import Database


@dataclass(slots=True)
class Evaluation:
    """All that was found out for a question."""

    asking: Asking
    """The question, and the statements that were run."""
    scope: Scope
    """The lines."""
    readings: dict[int, Reading]
    """What was stated about each line needed."""
    agreed: dict[int, Agreed]
    """What the lines asked about, and their parts, agree on."""
    phases: dict[int, list[Claim]]
    """Deployment to the states in force of it as a whole."""


@dataclass(slots=True)
class Brought:
    """The claims that were brought, by what they are about."""

    lines: dict[int, list[Claim]] = field(default_factory=dict)
    deployments: dict[int, list[Claim]] = field(default_factory=dict)
    withdrawals: dict[int, list[Claim]] = field(default_factory=dict)
    elsewhere: dict[int, list[Claim]] = field(default_factory=dict)

    def add(self, claims: Iterable[Claim]) -> None:
        """Sort claims in, each once."""
        for claim in claims:
            line = claim.line
            if line is not None:
                self.lines.setdefault(line, []).append(claim)
            else:
                self.deployments.setdefault(claim.deployment, []).append(claim)
                if claim.status == "withdrawn":
                    self.withdrawals.setdefault(claim.deployment, []).append(claim)

    def place_machines(self, scope: Scope) -> None:
        """Sort what was brought of single machines by the machine, wherever it was."""
        for platform, lines in scope.machines.items():
            self.elsewhere[platform] = [claim for line in lines for claim in self.lines.get(line, ())]


def evaluate(
    db: Database,
    question: Question,
    known: KnownAt,
    lines: frozenset[int] | None = None,
    *,
    scope: Scope | None = None,
) -> Evaluation:
    """Return the evaluation of a question, in one consistent snapshot; with `lines`, asked about these alone.

    A question that is asked again in the same snapshot, of another day or moment, has the `scope` that it had before.
    """
    remembered = _REMEMBERED.get()
    if scope is None:
        if remembered is not None and (question, known, lines) in remembered:
            return remembered[question, known, lines]
        scope = read_scope(db, read_filter(db, question)._replace(lines=lines))
        if remembered is not None:
            remembered[question, known, lines] = evaluate(db, question, known, scope=scope)
            return remembered[question, known, lines]
    asking = Asking(db, question, known)
    brought = _bring(asking, scope)
    readings = read(asking, scope, brought)
    agreed = reconcile(readings, scope.nesting, asking.as_of, scope.agreed)
    phases = {site: in_force(brought.deployments.get(site, ()), asking) for site in scope.sites_shown}
    return Evaluation(asking, scope, readings, agreed, phases)


def in_force(claims: Iterable[Claim], asking: Asking) -> list[Claim]:
    """Return the states among what was said of a deployment as a whole that have begun by the day and not lapsed."""
    return [
        claim
        for claim in claims
        if claim.modality == "actual"
        and claim.kind == "status"
        and claim.basis == asking.question.basis
        and claim.on <= asking.as_of
        and not has_lapsed(claim, asking.as_of)
    ]


_REMEMBERED: ContextVar[dict[tuple[Question, KnownAt, frozenset[int] | None], Evaluation] | None] = ContextVar(
    "remembered", default=None
)


@contextmanager
def remembering() -> Iterator[None]:
    """Let each question that is asked again within the block have the answer that it had: the block is one snapshot."""
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def _bring(asking: Asking, scope: Scope) -> Brought:
    """Bring the deciding claims of all lines needed."""
    if not scope.lines and not scope.sites:
        return Brought()
    with asking.db.roomy():
        found = all_known(asking, scope) if asking.few_known(len(scope.lines)) else _sought(asking, scope)
    brought = Brought()
    brought.add(resolve(asking, found))
    brought.place_machines(scope)
    return brought


def all_known(asking: Asking, scope: Scope) -> list[Claim]:
    """Return everything known about the lines needed, where that is little."""
    lines = set(scope.lines) | {line for lines in scope.machines.values() for line in lines}
    return [
        claim
        for claim in asking.all_known()
        if (claim.line in lines if claim.line is not None else claim.deployment in scope.sites)
    ]


def _sought(asking: Asking, scope: Scope) -> list[Claim]:
    """Return the claims that can matter to the lines needed, found by seeks."""
    lines = None if scope.everything else sorted(scope.lines)
    sites = None if scope.everything else sorted(scope.sites)
    withdrawals = asking.withdrawals(sites)
    found = {claim.id: claim for claim in withdrawals}
    bases: dict[int, Claim] = {}
    for claim in asking.bases(lines):
        if claim.line is not None:
            bases[claim.line] = found[claim.id] = claim
    since = days_needed(asking, scope, bases, found)
    if scope.machines:
        keep(found, asking.whereabouts(machines_since(scope, since)))
    keep(found, asking.counts_since(since))
    states = [*deciding(asking, LINES, since), *deciding(asking, SITES, sites_since(scope, since))]
    # A count whose start is open may lie before any flow.
    since.update((claim.line, BEGINNING) for claim in found.values() if claim.start is None and claim.line is not None)
    bring_flows(asking, since, found)
    keep(found, asking.lapsed_since(since))
    keep(found, states)
    keep(found, asking.denials(denied(scope, found.values())))
    return list(found.values())


def keep(found: dict[int, Claim], claims: Iterable[Claim]) -> None:
    """Add claims to those that were found, each once."""
    for claim in claims:
        found[claim.id] = claim


def bring_flows(asking: Asking, since: Mapping[int, str], found: dict[int, Claim]) -> None:
    """Add the flows since each line's day, and those that `same_as` makes one with them, whenever they were."""
    keep(found, with_joined(asking, asking.flows_since(since)))


def with_joined(asking: Asking, flows: Iterable[Claim]) -> list[Claim]:
    """Return flows with all that `same_as` makes one with them, whenever they were."""
    found = {claim.id: claim for claim in flows}
    waiting = set(found)
    while waiting:
        targets = {claim.same_as for claim in found.values() if claim.id in waiting and claim.same_as is not None}
        targets -= found.keys()
        stand = set(follow_replacements(asking, targets, found).values()) - found.keys() if targets else set()
        joined = asking.joined(sorted(stand), sorted(waiting))
        waiting = {claim.id for claim in joined} - found.keys()
        found.update((claim.id, claim) for claim in joined)
    return list(found.values())


def days_needed(asking: Asking, scope: Scope, bases: Mapping[int, Claim], found: dict[int, Claim]) -> dict[int, str]:
    """Return for each line the day from which its claims can matter: the days before its base, and what others need.

    A part is needed since its containers' bases, a container since the bases of its parts. The bases that they had then are
    added to what was found.
    """
    nesting = scope.nesting
    none_left = _last_none_left(scope, found.values(), asking.as_of)
    first: dict[int, str] = {}
    waiting: dict[int, dict[int, str]] = {}
    since: dict[int, str] = {}
    machines = {line.id: str(asking.params["horizon"]) for line in scope.lines.values() if line.platform is not None}
    placed = asking.last_placed(machines) if machines else {}
    for line in scope.lines.values():
        gone = max(none_left.get(line.deployment, ""), placed.get(line.id, "")) or None
        day = _base_day(bases.get(line.id), gone, line.platform is not None)
        first[line.id] = since[line.id] = day
        waiting.setdefault(len(nesting.containers.get(line.id, ())), {})[line.id] = day
    for depth in sorted(waiting):
        earlier: dict[int, str] = {}
        for number, day in waiting[depth].items() if depth else ():
            needed = min([first[whole] for whole in nesting.containers[number] if whole in scope.agreed], default=day)
            if day > needed:
                earlier[number] = needed
        asked = {line: day for line, day in earlier.items() if day}
        then = asking.bases_as_of(asked) if asked else []
        had = {claim.line: claim for claim in then}
        moved = {line: day for line, day in asked.items() if line in machines}
        placed = asking.last_placed(moved) if moved else {}
        for number in earlier:
            first[number] = _base_day(had.get(number), placed.get(number), number in machines)
            since[number] = min(since[number], first[number])
        keep(found, then)
    for number in scope.lines.keys() & nesting.parts.keys():
        held = [first[part] for part in nesting.parts[number] if part in scope.agreed]
        since[number] = min([since[number], *held])
    _bases_before(asking, scope, since, bases, found)
    return {line: days_after(day, -NEAR) if day > BEGINNING else BEGINNING for line, day in since.items()}


def _base_day(base: Claim | None, marked: str | None, machine: bool) -> str:
    """Return a day on or before the line's base, as near as is known: what is marked on a day may be it, rather than a count.

    A withdrawal marks a line, and where a machine is; what is said of it on other lines may be its base otherwise.
    """
    if base is None or (machine and class_of(base)):
        return marked or ""
    if marked is None:
        return base.on
    return max(base.on, marked) if class_of(base) == 0 else min(base.on, marked)


def machines_since(scope: Scope, since: Mapping[int, str]) -> dict[int, str]:
    """Return for every line of each machine, wherever it is, the first day that matters to any of them."""
    return {
        line: min(since[each] for each in lines if each in since) for lines in scope.machines.values() for line in lines
    }


def sites_since(scope: Scope, since: Mapping[int, str]) -> dict[int, str]:
    """Return for each deployment the first day that matters to any of its lines."""
    days: dict[int, str] = {}
    for line, day in since.items():
        site = scope.lines[line].deployment
        days[site] = min(days.get(site, day), day)
    return {site: days.get(site, BEGINNING) for site in scope.sites}


def _bases_before(
    asking: Asking, scope: Scope, since: Mapping[int, str], bases: Mapping[int, Claim], found: dict[int, Claim]
) -> None:
    """Add the base that a container had on the first day that is needed of it: what came later may not have displaced it."""
    wanted = {
        line: day
        for line, day in since.items()
        if day and line in scope.nesting.parts and line in bases and day < bases[line].on
    }
    if wanted:
        keep(found, asking.bases_as_of(wanted))


def _last_none_left(scope: Scope, found: Iterable[Claim], as_of: str) -> dict[int, str]:
    """Return for each deployment the day of the last admissible withdrawal that reaches it."""
    last: dict[int, str] = {}
    for claim in found:
        if claim.status != "withdrawn" or not claim.admissible or claim.form is not None:
            continue
        day = latest_start(claim)
        if day <= as_of and not has_lapsed(claim, as_of):
            for site in (claim.deployment, *scope.nesting.inside.get(claim.deployment, ())):
                last[site] = max(last.get(site, ""), day)
    return last


def denied(scope: Scope, found: Iterable[Claim]) -> dict[int, tuple[int, str, str]]:
    """Return for each line the days in which a denial matters: around every count that may be its base."""
    days: dict[int, list[str]] = {}
    held: dict[int, list[int]] = {}
    for line in scope.lines.values():
        held.setdefault(line.deployment, []).append(line.id)
    for claim in found:
        if claim.line is not None:
            if claim.kind == "count" or claim.axis in ("presence", "lifecycle"):
                days.setdefault(claim.line, []).append(claim.on)
        elif claim.status == "withdrawn" and claim.by:
            for site in (claim.deployment, *scope.nesting.inside.get(claim.deployment, ())):
                for number in held.get(site, ()):
                    days.setdefault(number, []).append(claim.by)
    return {
        number: (scope.lines[number].deployment, days_after(min(near), -NEAR), days_after(max(near), NEAR))
        for number, near in days.items()
        if number in scope.lines
    }


def read(asking: Asking, scope: Scope, brought: Brought) -> dict[int, Reading]:
    """Return what was stated about every line needed."""
    as_of, basis, stale_after = asking.as_of, asking.question.basis, asking.question.stale_after
    outer: dict[int, list[Claim]] = {}
    for site, withdrawals in brought.withdrawals.items():
        for inner in scope.nesting.inside.get(site, ()):
            outer.setdefault(inner, []).extend(withdrawals)
    readings = {}
    for line in scope.lines.values():
        claims = brought.lines.get(line.id, [])
        of_deployment = brought.deployments.get(line.deployment)
        if of_deployment:
            claims = claims + of_deployment
        if line.deployment in outer:
            claims = claims + outer[line.deployment]
        elsewhere: list[Claim] = []
        if line.platform is not None:
            elsewhere = [claim for claim in brought.elsewhere.get(line.platform, ()) if claim.line != line.id]
        readings[line.id] = read_line(line, claims, as_of, basis=basis, stale_after=stale_after, elsewhere=elsewhere)
    return readings
