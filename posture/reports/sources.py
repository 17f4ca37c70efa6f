"""What each source, origin or publisher has said, and how it turned out: confirmed, contradicted, retracted, fulfilled.

Every claim counts once, however often it was corrected: the claim that stands, or the one that was taken back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.cycles import without_collection
from posture.domain.evidence import gather
from posture.domain.track_record import compared
from posture.domain.vocabulary import PlanState
from posture.reports.as_of import FIGURES, VISIBLE, Statements
from posture.reports.compared import comparable
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.projection import states
from posture.reports.references import origins_of, resolve
from posture.reports.report import Column, Report
from posture.reports.restated import restated_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.reports.as_of import Question
    from posture.store.connection import Database

WAYS = ("source", "origin", "publisher")
"""What a track record can be kept of."""

COLUMNS = (
    "by",
    "code",
    "title",
    "publisher",
    "sources",
    "made",
    "own_words",
    "repeated",
    "decides",
    "compared",
    "confirmed",
    "contradicted",
    "share_confirmed",
    "share_contradicted",
    "corrected",
    "retracted",
    "share_retracted",
    "plans",
    *(f"plans_{state}" for state in PlanState),
)
"""The keys of a row, in order."""
BATCH = 500


class Said(NamedTuple):
    """A claim that was made, as far as a track record counts it."""

    source: int
    """Its source."""
    own_words: bool
    """It is no repeat."""


@dataclass(slots=True)
class Record:
    """The track record of a source, or of several."""

    sources: set[int] = field(default_factory=set)
    """The sources."""
    own_words: int = 0
    """Claims in its own words, taken back ones among them."""
    repeated: int = 0
    """Claims that repeat another source."""
    decides: set[int] = field(default_factory=set)
    """Claims that decide a figure now."""
    compared: set[int] = field(default_factory=set)
    """Claims that another origin's could be held against."""
    confirmed: set[int] = field(default_factory=set)
    """Those with which another origin agrees."""
    contradicted: set[int] = field(default_factory=set)
    """Those that cannot be squared with another origin's."""
    corrected: int = 0
    """Claims that stand in a corrected form."""
    retracted: int = 0
    """Claims in whose place nothing stands."""
    plans: dict[int, PlanState] = field(default_factory=dict)
    """Plans, and what became of each."""

    def add(self, said: Said, times: int = 1) -> None:
        """Count claims that were made."""
        self.own_words += times if said.own_words else 0
        self.repeated += 0 if said.own_words else times


def sources(db: Database, question: Question, by: str = "source") -> Report:
    """Return the track records of sources, origins or publishers, those with the most claims first.

    Raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things.
    """
    with db.read(), without_collection():
        return _report(db, question, by)


def _report(db: Database, question: Question, by: str) -> Report:
    from posture.reports.posture import known_at, why_empty

    known = known_at(db, question)
    found = evaluate(db, question, known)
    records = _Records(found)
    records.count_standing()
    records.count_mended()
    records.count_deciding()
    records.compare()
    records.count_plans()
    rows = _rows(db, found, records.found, by)
    return Report(
        name="sources",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else why_empty(found.asking, "was said by"),
        sql=Statements(found.asking.statements),
        notes=restated_since(db, known.seq),
        shown=_shown(by),
    )


class _Records:
    """Counts, source by source, the claims that a question is about: said by its day, recorded by its entry."""

    def __init__(self, found: Evaluation) -> None:
        self.evaluation, self.asking, self.scope = found, found.asking, found.scope
        self.found: dict[int, Record] = {}
        self.of_types = found.asking.question.asset_type is not None
        self.shown, self.sites = set(self.scope.shown), set(self.scope.sites_shown)

    def of(self, source: int) -> Record:
        """Return the record of a source."""
        return self.found.setdefault(source, Record({source}))

    def _about(self) -> Iterator[str]:
        """Yield the conditions that name the claims asked about, so many lines or deployments in each."""
        if self.scope.everything:
            yield ""
            return
        column, ids = ("c.asset_id", self.shown) if self.of_types else ("c.deployment_id", self.sites)
        for listed in _batches(sorted(ids)):
            yield f" and {column} in ({listed})"

    def _is_asked(self, deployment: int, line: int | None) -> bool:
        return line in self.shown if self.of_types else deployment in self.sites

    def count_standing(self) -> None:
        """Count the claims that stand."""
        for about in self._about():
            for source, own_words, times in self.asking.tuples(
                f"select c.source_id, c.own_words, count(*) from status_change c where c.stated_on <= :as_of and {VISIBLE}"
                f"{about} group by c.source_id, c.own_words"
            ):
                self.of(source).add(Said(source, bool(own_words)), times)

    def count_mended(self) -> None:
        """Count what was corrected, and what was taken back."""
        withdrawn: list[int] = []
        for about in self._about():
            withdrawn += (
                row[0]
                for row in self.asking.tuples(
                    "select c.id from status_change c join retraction r on r.status_change_id = c.id"
                    f" where c.seq <= :known and r.seq <= :known{about}"
                )
            )
        for chain in _chains(self.asking, withdrawn):
            standing = [one for one in chain.values() if not one.withdrawn]
            last = max(standing or chain.values(), key=lambda one: one.id)
            if not self._is_asked(last.deployment, last.line) or str(last.stated_on) > self.asking.as_of:
                continue
            record = self.of(last.source)
            if standing:
                record.corrected += last.is_corrected(chain)
            else:
                record.retracted += 1
                record.add(Said(last.source, last.own_words))

    def count_deciding(self) -> None:
        """Find the claims that decide the figures of the lines now."""
        for line in self.scope.shown:
            reading = self.evaluation.readings[line]
            for claim in ([reading.base] if reading.base else []) + reading.used:
                if self._is_asked(claim.deployment, claim.line) and claim.stated_on <= self.asking.as_of:
                    self.of(claim.source).decides.add(claim.id)

    def compare(self) -> None:
        """Hold the claims of each line against those of other origins."""
        denials = list(self._denials())
        told: dict[int, list[Claim]] = {}
        for claim in resolve(self.asking, comparable(self.asking, sorted(self.shown), denials)):
            told.setdefault(claim.line or 0, []).append(claim)
        for line, said in told.items():
            self._compare(line, said, denials)

    def _compare(self, line: int, said: list[Claim], denials: Sequence[Claim]) -> None:
        thing = self.scope.lines[line]
        against = [
            denial
            for denial in denials
            if denial.line == line or (denial.line is None and denial.deployment == thing.deployment)
        ]
        if len({claim.origin for claim in (*said, *against)}) < 2:
            return
        for basis in {claim.basis or "" for claim in said}:
            for one in compared(gather(thing, [*said, *against], self.asking.as_of, basis)):
                record = self.of(one.claim.source)
                record.compared.add(one.claim.id)
                if one.confirmed_by:
                    record.confirmed.add(one.claim.id)
                if one.contradicted_by:
                    record.contradicted.add(one.claim.id)

    def _denials(self) -> Iterator[Claim]:
        denied = f"c.modality = 'denied' and c.effective_on <= :as_of and c.stated_on <= :as_of and {VISIBLE}"
        for thing, about, ids in (
            ("asset a", "c.deployment_id = a.deployment_id and c.asset_id = a.id", self.shown),
            ("deployment a", "c.deployment_id = a.id and c.asset_id is null", self.sites),
        ):
            for listed in _batches(sorted(ids)):
                yield from resolve(
                    self.asking,
                    self.asking.claims(
                        # A cross join: SQLite keeps the order, and seeks once for each.
                        f"select {FIGURES} from {thing} cross join status_change c where a.id in ({listed})"
                        f" and {about} and {denied}"
                    ),
                )

    def count_plans(self) -> None:
        """Find the plans on the basis asked for, and what became of them; told by several sources, a plan is each one's."""
        basis = self.asking.question.basis
        for plan in states(self.evaluation, None if self.scope.everything else self.scope.sites_shown).values():
            for claim in (plan.claim, *plan.told_too) if plan.claim.basis == basis else ():
                if self._is_asked(claim.deployment, claim.line):
                    self.of(claim.source).plans[plan.claim.id] = plan.state


class _Link(NamedTuple):
    """A claim in a chain of corrections and restatements."""

    id: int
    source: int
    own_words: bool
    deployment: int
    line: int | None
    stated_on: Any
    restates: int | None
    corrects: int | None
    withdrawn: bool

    def is_corrected(self, chain: Mapping[int, _Link]) -> bool:
        """Return whether, on the way back to the first of the chain, a correction was made."""
        at: _Link | None = self
        seen: set[int] = set()
        while at is not None and at.id not in seen:
            seen.add(at.id)
            if at.restates is None and at.corrects is not None:
                return True
            at = chain.get(at.restates or 0)
        return False


def _chains(asking: Any, withdrawn: Iterable[int]) -> list[dict[int, _Link]]:
    """Return the chains that withdrawn claims are in: each claim with what it mends and what mends it."""
    links: dict[int, _Link] = {}
    waiting = set(withdrawn)
    while waiting:
        found = set()
        for listed in _batches(sorted(waiting)):
            for row in asking.tuples(
                "select c.id, c.source_id, c.own_words, c.deployment_id, c.asset_id, c.stated_on, c.restates_id,"
                " (select max(m.status_change_id) from retraction m where m.replacement_id = c.id and m.seq <= :known),"
                " exists (select 1 from retraction r where r.status_change_id = c.id and r.seq <= :known)"
                f" from status_change c where c.id in ({listed}) and c.seq <= :known"
            ):
                link = _Link._make(row)
                links[link.id] = link
                found |= {number for number in (link.restates, link.corrects) if number is not None}
            found |= {
                row[0]
                for row in asking.tuples(
                    f"select r.replacement_id from retraction r where r.status_change_id in ({listed})"
                    " and r.seq <= :known and r.replacement_id is not null"
                )
            }
            found |= {
                row[0]
                for row in asking.tuples(
                    f"select c.id from status_change c where c.restates_id in ({listed}) and c.seq <= :known"
                )
            }
        waiting = found - links.keys()
    return _joined(links)


def _joined(links: Mapping[int, _Link]) -> list[dict[int, _Link]]:
    """Return claims grouped by what they mend, through any number of steps."""
    first: dict[int, int] = {}
    for number in sorted(links):
        link = links[number]
        mended = [old for old in (link.restates, link.corrects) if old in first]
        first[number] = first[mended[0]] if mended else number
    chains: dict[int, dict[int, _Link]] = {}
    for number, root in first.items():
        chains.setdefault(root, {})[number] = links[number]
    return list(chains.values())


def _batches(ids: Sequence[int]) -> Iterator[str]:
    """Yield ids as they are listed in a statement, so many at a time."""
    for start in range(0, len(ids), BATCH):
        yield ", ".join(map(str, ids[start : start + BATCH]))


def _rows(db: Database, found: Evaluation, records: Mapping[int, Record], by: str) -> list[dict[str, Any]]:
    """Return a row for each source, origin or publisher."""
    origin = origins_of(found.asking, set(records)) if by == "origin" else {}
    wanted = set(records) | set(origin.values())
    told: dict[int, Any] = {}
    for listed in _batches(sorted(wanted)):
        for row in db.all(f"select id, code, title, publisher from source where id in ({listed})"):
            told[row["id"]] = row
    grouped: dict[Any, Record] = {}
    for source, record in records.items():
        key = told[source]["publisher"] if by == "publisher" else origin.get(source, source)
        grouped[key] = _together(grouped[key], record) if key in grouped else record
    rows = [_row(by, key, record, told) for key, record in grouped.items()]
    return sorted(rows, key=lambda row: (-row["made"], row["code"] or ""))


def _together(one: Record, other: Record) -> Record:
    """Return the record of two."""
    return Record(
        one.sources | other.sources,
        one.own_words + other.own_words,
        one.repeated + other.repeated,
        one.decides | other.decides,
        one.compared | other.compared,
        one.confirmed | other.confirmed,
        one.contradicted | other.contradicted,
        one.corrected + other.corrected,
        one.retracted + other.retracted,
        one.plans | other.plans,
    )


def _row(by: str, key: Any, record: Record, told: Mapping[int, Any]) -> dict[str, Any]:
    made = record.own_words + record.repeated
    fates = Counter(record.plans.values())
    shown = told[key] if by != "publisher" else {"code": key, "title": None, "publisher": key}
    return {
        "by": by,
        "code": shown["code"],
        "title": shown["title"],
        "publisher": shown["publisher"],
        "sources": len(record.sources),
        "made": made,
        "own_words": record.own_words,
        "repeated": record.repeated,
        "decides": len(record.decides),
        "compared": len(record.compared),
        "confirmed": len(record.confirmed),
        "contradicted": len(record.contradicted),
        "share_confirmed": _share(len(record.confirmed), len(record.compared)),
        "share_contradicted": _share(len(record.contradicted), len(record.compared)),
        "corrected": record.corrected,
        "retracted": record.retracted,
        "share_retracted": _share(record.retracted, made),
        "plans": len(record.plans),
        **{f"plans_{state}": fates[state] for state in PlanState},
        "claims": sorted(record.decides | record.compared),
    }


def _share(some: int, of: int) -> float | None:
    """Return which part some are of all; None where there are none to be a part of."""
    return round(some / of, 4) if of else None


def share_text(some: int, of: int) -> str:
    """Return a count beside its share: `3 of 12, 25%`; nothing of nothing."""
    return f"{some} of {of}, {100 * some / of:.0f}%" if of else ""


def said_text(row: Mapping[str, Any]) -> str:
    """Return how many claims were made, and how many of them repeat others: `7`, `7 (5 repeat others)`."""
    repeats = f" ({row['repeated']} repeat)" if row["repeated"] else ""
    return f"{row['made']:,}{repeats}"


def mended_text(row: Mapping[str, Any]) -> str:
    """Return what was corrected and what was taken back."""
    parts = [f"{row[key]} {key}" for key in ("corrected", "retracted") if row[key]]
    return ", ".join(parts)


def plans_text(row: Mapping[str, Any]) -> str:
    """Return what became of the plans: `3 plans: 2 fulfilled, 1 overdue`."""
    fates = [f"{row[f'plans_{state}']} {state.replace('_', ' ')}" for state in PlanState if row[f"plans_{state}"]]
    return f"{row['plans']} plan{'' if row['plans'] == 1 else 's'}: {', '.join(fates)}" if fates else ""


def _shown(by: str) -> tuple[Column, ...]:
    """Return the table that people read."""
    title = by.capitalize()
    return (
        Column(title, lambda row: row["code"] or "no publisher named", figure=True),
        *((Column("Sources", lambda row: f"{row['sources']}", right=True),) if by != "source" else ()),
        Column("Claims", said_text, right=True),
        Column("Decide", lambda row: f"{row['decides']}", right=True),
        Column("Confirmed", lambda row: share_text(row["confirmed"], row["compared"]), right=True),
        Column("Contradicted", lambda row: share_text(row["contradicted"], row["compared"]), right=True),
        Column("Mended", mended_text),
        Column("Plans", plans_text),
    )
