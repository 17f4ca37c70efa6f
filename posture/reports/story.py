"""What belongs into the story of some lines: their claims, what other lines' claims did to them, their plans, and events.

Brings it all, and works out the figures of the lines as of the day of each claim.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.domain.claim import Claim, latest_start
from posture.domain.plans import is_plan
from posture.domain.standing import DECIDES_FIGURE, Role, Standing, Standings, felt
from posture.domain.vocabulary import PLAN_MODALITIES
from posture.reports.as_of import STATUSES
from posture.reports.days import Days
from posture.reports.references import follow_replacements, resolve
from posture.reports.scope import narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.domain.fold import Value
    from posture.reports.as_of import Asking
    from posture.reports.evaluation import Evaluation
    from posture.store.connection import Database

BATCH = 2000
_PLANS = ", ".join(f"'{modality}'" for modality in sorted(PLAN_MODALITIES))
MOVING = ("count", "increase", "decrease")


class Period(NamedTuple):
    """The days of a story, both included; None is open."""

    since: str | None
    until: str


class Gone(NamedTuple):
    """How a claim was withdrawn from the record, and what stands in its place."""

    seq: int
    replaced_by: int | None


class Effect(NamedTuple):
    """What a claim did to a line: the agreed figure as of the claim's day."""

    line: int
    on: str
    """The day: of a withdrawal the latest on which it may have been, for as a count it is dated so."""
    standing: Standing
    value: Value
    flags: tuple[str, ...]


@dataclass(slots=True)
class Told:
    """One claim of the story."""

    claim: Claim
    day: str
    """Where it stands in the line of time: when it was so, or, of a plan, when it was said."""
    effects: list[Effect] = field(default_factory=list)
    gone: Gone | None = None


def claims_of(found: Evaluation, period: Period, chosen: Iterable[int], *, whole: bool, retracted: bool) -> list[Told]:
    """Return the claims of the story in the order of time; `chosen` are the lines, `whole` adds what is said of deployments.

    Claims of other lines are among them where they moved one of the chosen lines.
    """
    asking, scope = found.asking, found.scope
    lines = set(chosen)
    sites = set(scope.sites_shown)
    brought = resolve(asking, _bring(found, period))
    gone = _gone(asking, brought)
    told, others = [], []
    for claim in brought:
        own = claim.line in lines if claim.line is not None else whole and claim.deployment in sites
        withdrawn = gone.get(claim.id)
        if withdrawn is not None and not (retracted and own):
            continue
        entry = Told(claim, claim.stated_on if is_plan(claim) else claim.on, gone=withdrawn)
        if own:
            told.append(entry)
        elif claim.modality == "actual" and (claim.kind in MOVING or claim.kind == "status"):
            others.append(entry)
    reached = _effects(found, [one for one in (*told, *others) if one.gone is None], lines)
    for one in (*told, *others):
        one.effects = reached.get(one.claim.id, [])
    moved = [one for one in others if any(_moves(effect.standing.role) for effect in one.effects)]
    return sorted([*told, *moved], key=lambda one: (one.day, one.claim.seq, one.claim.ordinal))


def _moves(role: Role) -> bool:
    return role in DECIDES_FIGURE or role in (Role.PART_MOVED, Role.PART_COUNTED, Role.CAPPED)


def _bring(found: Evaluation, period: Period) -> list[Claim]:
    """Return all claims of the period about the lines and deployments needed, and about the machines elsewhere.

    Sought among those alone that were recorded late enough; a denial may be of days to come.
    """
    asking, scope = found.asking, found.scope
    lines = sorted({*scope.lines, *(line for lines in scope.machines.values() for line in lines)})
    was, said = _within("c.effective_on", period), _within("c.stated_on", period)
    recorded = "c.seq >= :recorded and c.seq <= :known"
    told = f"{recorded} and ((c.modality = 'actual' and {was}) or (c.modality in ({_PLANS}) and {said}))"
    denied = f"c.seq <= :known and c.modality = 'denied' and {was}"
    more: dict[str, Any] = {"since": period.since, "until": period.until}
    more["recorded"] = asking.recorded_since(period.since) if period.since else 0
    claims: dict[int, Claim] = {}
    for thing, about, ids in (
        ("asset a", "c.deployment_id = a.deployment_id and c.asset_id = a.id", lines),
        ("deployment a", "c.deployment_id = a.id and c.asset_id is null", sorted(scope.sites)),
    ):
        for start in range(0, len(ids), BATCH):
            listed = ", ".join(map(str, ids[start : start + BATCH]))
            for condition in (told, denied):
                for claim in asking.claims(
                    # A cross join: SQLite keeps the order, and seeks once for each.
                    f"select {STATUSES} from {thing} cross join status_change c where a.id in ({listed}) and {about}"
                    f" and {condition}",
                    **more,
                ):
                    claims[claim.id] = claim
    return list(claims.values())


def _within(column: str, period: Period) -> str:
    return f"{column} <= :until" + (f" and {column} >= :since" if period.since else "")


def _gone(asking: Asking, claims: Sequence[Claim]) -> dict[int, Gone]:
    """Return those of the claims that are withdrawn, as known then."""
    ids = [claim.id for claim in claims]
    seqs: dict[int, int] = {}
    for start in range(0, len(ids), BATCH):
        listed = ", ".join(map(str, ids[start : start + BATCH]))
        seqs.update(
            asking.tuples(
                "select r.status_change_id, r.seq from retraction r"
                f" where r.status_change_id in ({listed}) and r.seq <= :known"
            )
        )
    stands = follow_replacements(asking, seqs, ()) if seqs else {}
    return {claim: Gone(seq, stands[claim] if stands[claim] != claim else None) for claim, seq in seqs.items()}


def _effects(found: Evaluation, told: Iterable[Told], lines: set[int]) -> dict[int, list[Effect]]:
    """Return for each claim what it did to each of the chosen lines that it can reach, as of its day."""
    days: dict[str, list[tuple[Claim, list[int]]]] = {}
    reach = _Reach(found, lines)
    for one in told:
        if one.claim.modality in ("actual", "denied") and one.claim.kind != "announcement":
            reached = reach.of(one.claim)
            day = latest_start(one.claim) if one.claim.status == "withdrawn" else one.day
            if reached and day <= found.asking.as_of:
                days.setdefault(day, []).append((one.claim, reached))
    effects: dict[int, list[Effect]] = {}
    many = _days(found, days, {line for claims in days.values() for _, reached in claims for line in reached})
    for day, claims in sorted(days.items()):
        then = Figures(many.at(date.fromisoformat(day), {line for _, reached in claims for line in reached}))
        for claim, reached in claims:
            for line in reached:
                effect = then.effect(claim, line)
                if effect is not None:
                    effects.setdefault(claim.id, []).append(effect)
    return effects


class _Reach:
    """Says which of the chosen lines a claim can reach."""

    def __init__(self, found: Evaluation, lines: set[int]) -> None:
        self.scope, self.lines = found.scope, lines
        self.machines = {line: machine for machine, held in self.scope.machines.items() for line in held}

    def of(self, claim: Claim) -> list[int]:
        nesting, line = self.scope.nesting, claim.line
        if line is None:
            if claim.status != "withdrawn":
                return []
            return sorted(
                number for number in self.lines if nesting.holds(claim.deployment, self.scope.lines[number].deployment)
            )
        others: set[int] = set()
        if claim.modality == "actual" and claim.kind in MOVING:
            # A part's counts and flows move the whole; of a whole only counts limit its parts.
            others.update(nesting.containers.get(line, ()))
            others.update(nesting.parts.get(line, ()) if claim.kind == "count" else ())
        same = self.scope.machines.get(self.machines[line], ()) if line in self.machines else ()
        return sorted(self.lines & {line, *others, *same})


class Figures:
    """The figures of some lines as of one day."""

    def __init__(self, found: Evaluation) -> None:
        """`found` is the evaluation as of the day."""
        self.found = found
        self._standings: dict[int, Standings] = {}
        self._felt: dict[int, Mapping[int, Standing]] = {}

    def effect(self, claim: Claim, line: int) -> Effect | None:
        """Return what a claim did to a line as of the day; None where it is another line's and did nothing."""
        found = self.found
        reading, agreed = found.readings[line], found.agreed[line]
        if line not in self._standings:
            self._standings[line] = Standings(reading, found.asking.as_of, found.asking.question.basis)
            told = felt(line, agreed, found.readings, found.scope.nesting)
            self._felt[line] = {one.claim.id: one for one in told}
        standing = self._felt[line].get(claim.id)
        if standing is None:
            standing = self._standings[line].of(claim)
            if claim.line != line and standing.role not in DECIDES_FIGURE:
                return None
        flags = tuple(sorted({*reading.flags, *agreed.flags}))
        return Effect(line, found.asking.as_of, standing, agreed.value, flags)


def _days(found: Evaluation, days: Iterable[str], lines: set[int]) -> Days:
    """Return what reads some lines as of these days, by the same knowledge and basis as an evaluation."""
    asking, scope = found.asking, found.scope
    asked = [date.fromisoformat(day) for day in days]
    if lines <= set(scope.shown):
        many = Days(asking.db, asking.question, asking.known, asked, scope=narrowed(scope, lines))
    else:
        unfiltered = replace(asking.question, actor=None, location=None, asset_type=None, deployment=None)
        many = Days(asking.db, unfiltered, asking.known, asked, frozenset(lines))
    asking.statements.extend(many.statements)
    return many


def events_of(db: Database, found: Evaluation, period: Period, *, retracted: bool) -> Iterator[dict[str, Any]]:
    """Yield the events of the period at the places of the deployments asked about, or with their actors and no place.

    A place counts with all that lies in it and that it lies in; an actor with its parts and what it is part of.
    """
    shown = [found.scope.sites[number] for number in found.scope.sites_shown]
    places = _related(db, "location", {site.location for site in shown})
    actors = _related(db, "actor", {site.actor for site in shown})
    if not places:
        return
    roles = "select a.code, ea.role from event_actor ea join actor a on a.id = ea.actor_id where ea.event_id = :event"
    rows = found.asking.tuples(
        "select e.id, e.code, e.kind, e.title, e.effective_edtf, e.effective_from, e.effective_by, e.effective_on,"
        " l.code, s.code, s.id, e.excerpt, e.locator,"
        " (select min(r.seq) from retraction r where r.event_id = e.id and r.seq <= :known)"
        " from event e join source s on s.id = e.source_id left join location l on l.id = e.location_id"
        f" where {_within('e.effective_on', period)} and (e.location_id in ({_ids(places)}) or (e.location_id is null"
        f" and e.id in (select ea.event_id from event_actor ea where ea.actor_id in ({_ids(actors)}))))"
        " and not exists (select 1 from catalogue_revision v where v.table_name = 'event' and v.row_id = e.id"
        " and v.before is null and v.seq > :known) order by e.effective_on, e.code",
        since=period.since,
        until=period.until,
    )
    for row in rows:
        gone = row[13]
        if gone is None or retracted:
            yield {
                "event": row[1],
                "kind": row[2],
                "title": row[3],
                "effective": row[4],
                "from": row[5],
                "by": row[6],
                "on": row[7],
                "location": row[8],
                "source": row[9],
                "source_id": row[10],
                "excerpt": row[11],
                "locator": row[12],
                "retracted_by_entry": gone,
                "actors": [f"{code}: {role}" for code, role in db.tuples(f"{roles} order by 1, 2", {"event": row[0]})],
            }


def _related(db: Database, noun: str, ids: Iterable[int]) -> set[int]:
    """Return rows of a tree with all below them and above them."""
    from posture.store import lookup

    found: set[int] = set()
    for number in ids:
        found |= {number, *lookup.descendants(db, noun, number), *lookup.ancestors(db, noun, number)}
    return found


def _ids(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "null"
