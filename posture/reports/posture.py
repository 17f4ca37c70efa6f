"""The posture: what is where, how many and in what state, as of a day and as known at a moment.

One row for each line of which anything is known. The phase of a deployment stands among the statuses of its lines; a
deployment of which something is known but none of its lines has one row without an asset and without figures.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.backing import decided_by, reports_of
from posture.domain.claim import Claim, order
from posture.reports.as_of import KnownAt, Statements, resolve_known_at
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.report import Report
from posture.reports.restated import restated_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.domain.reading import Reading, StatusFigure
    from posture.domain.reconcile import Agreed
    from posture.reports.as_of import Asking, Question
    from posture.store.connection import Database

COLUMNS = (
    "deployment",
    "actor",
    "location",
    "asset",
    "asset_type",
    "low",
    "best",
    "high",
    "stated_low",
    "stated_best",
    "stated_high",
    "quantity_text",
    "status",
    "since",
    "source",
    "grade",
    "origins",
    "flags",
    "change_id",
)
"""The keys of a row, in order."""


def posture(db: Database, question: Question) -> Report:
    """Return the posture report; raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things."""
    with db.read(), without_collection():
        return _report(db, question)


def _report(db: Database, question: Question) -> Report:
    known = known_at(db, question)
    found = evaluate(db, question, known)
    readings, agreed = found.readings, found.agreed
    if question.projected:
        from posture.reports.projection import projection

        readings, agreed = projection(found)
    rows = _Rows(db, found, readings)
    shown = rows.lines()
    if question.projected:
        _show_projected(shown, agreed)
    ordered = sorted(shown.values(), key=itemgetter("deployment", "asset"))
    ordered = _with_deployments(ordered, rows.deployments({row["deployment"] for row in ordered}))
    if question.totals:
        from posture.reports.totals import total_rows

        ordered += total_rows(db, found, readings, shown, rows.names)
    return Report(
        name="posture",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=ordered,
        columns=COLUMNS,
        empty_because=None if ordered else why_empty(found.asking, "applies as of"),
        sql=Statements(found.asking.statements),
        notes=(*_restricted(question), *restated_since(db, known.seq)),
    )


def _restricted(question: Question) -> list[str]:
    """Return what a reader must know of a posture that leaves claims out."""
    return [f"only claims graded {question.min_grade} or better were read"] if question.min_grade else []


def _show_projected(rows: dict[int, dict[str, Any]], agreed: Mapping[int, Agreed]) -> None:
    """Put in the figures that would be, beside what was stated, and say so on every row."""
    for line, row in rows.items():
        row["low"], row["best"], row["high"] = agreed[line].value
        row["flags"] = sorted({*row["flags"], "projected"})


def known_at(db: Database, question: Question) -> KnownAt:
    """Return the moment of knowledge of a question."""
    if question.known_seq is None:
        return resolve_known_at(db, None)
    row = db.one(
        "select seq, recorded_at from ledger_entry where seq <= :seq order by seq desc limit 1",
        {"seq": question.known_seq},
    )
    return KnownAt(row["seq"], row["recorded_at"]) if row else KnownAt(0, None)


def why_empty(asking: Asking, applies: str) -> str:
    """Return why an answer has no rows, in a line for a person."""
    question, db = asking.question, asking.db
    if db.value("select id from status_change limit 1") is None:
        return 'nothing is recorded yet; log a claim with "posture log", or load a story with "posture seed"'
    if db.value("select id from status_change where seq <= :known limit 1", {"known": asking.known.seq}) is None:
        return f"nothing was known by #{asking.known.seq}; leave --known-at out for what is known now"
    named = [
        f"--{name.replace('_', '-')} {getattr(question, name)}"
        for name in ("actor", "location", "asset_type", "deployment")
        if getattr(question, name) is not None
    ]
    if question.basis != "present":
        named.append(f"--basis {question.basis}")
    if question.min_grade is not None:
        named.append(f"--min-grade {question.min_grade}")
    if named:
        return f"nothing {applies} {asking.as_of} for {' '.join(named)}"
    return f"nothing known by #{asking.known.seq} {applies} {asking.as_of}"


class Names:
    """The codes that rows show, by id."""

    def __init__(self, db: Database, found: Evaluation) -> None:
        everything = found.scope.everything
        sites = found.scope.sites.values()
        self.actor = _codes(db, "actor", None if everything else {site.actor for site in sites})
        self.location = _codes(db, "location", None if everything else {site.location for site in sites})
        self.asset_type = dict(db.tuples("select id, code from asset_type"))


def _codes(db: Database, table: str, ids: Iterable[int] | None) -> dict[int, str]:
    """Return the codes of rows by id; of all rows where None."""
    if ids is None:
        return dict(db.tuples(f"select id, code from {table}"))
    ordered = sorted(ids)
    found: dict[int, str] = {}
    for start in range(0, len(ordered), 5000):
        listed = ", ".join(map(str, ordered[start : start + 5000]))
        found.update(db.tuples(f"select id, code from {table} where id in ({listed})"))
    return found


class _Rows:
    """Makes rows of an evaluation."""

    def __init__(self, db: Database, found: Evaluation, readings: Mapping[int, Reading]) -> None:
        """`readings` are what is asked about: as they are, or as projected; what a row states is as it is."""
        self.db, self.found = db, found
        self.names = Names(db, found)
        self.shown = {line: found.readings[line] for line in found.scope.shown if not readings[line].is_empty()}
        self.said = {line: spoken_by(reading) for line, reading in self.shown.items()}
        sources = {claim.source for claim in self.said.values() if claim is not None}
        sources |= {claim.source for claims in found.phases.values() for claim in claims}
        self.source = _codes(db, "source", sources)

    def lines(self) -> dict[int, dict[str, Any]]:
        """Return a row for each line of which anything is known."""
        return {line: self._line(line, reading) for line, reading in self.shown.items()}

    def _line(self, number: int, reading: Reading) -> dict[str, Any]:
        scope, agreed = self.found.scope, self.found.agreed[number]
        site = scope.sites[reading.line.deployment]
        claim = self.said[number]
        said = reading.base or reading.lapsed
        low, best, high = agreed.value
        stated_low, stated_best, stated_high = reading.stated
        return {
            "deployment": site.code,
            "actor": self.names.actor[site.actor],
            "location": self.names.location[site.location],
            "asset": scope.codes[number],
            "asset_type": self.names.asset_type[reading.line.asset_type],
            "low": low,
            "best": best,
            "high": high,
            "stated_low": stated_low,
            "stated_best": stated_best,
            "stated_high": stated_high,
            "quantity_text": said.text if said else None,
            "status": status_of(reading.status),
            "since": claim.on if claim else None,
            "source": self.source[claim.source] if claim else None,
            "grade": claim.grade if claim else None,
            "origins": len(reading.origins),
            "flags": sorted(reading.flags | agreed.flags),
            "change_id": reading.base.id if reading.base else None,
            "reports": reports_of(reading),
            "claims": sorted(decided_by(reading, agreed)),
        }

    def deployments(self, shown: set[str]) -> list[dict[str, Any]]:
        """Return a row for each deployment of which something is known, but none of its lines has a row."""
        if self.found.asking.question.asset_type is not None:
            return []
        sites = [
            site
            for number in self.found.scope.sites_shown
            if (site := self.found.scope.sites[number]).code not in shown
        ]
        if not sites:
            return []
        words = self.found.asking.announced([site.id for site in sites])
        rows = []
        for site in sites:
            phases = self.found.phases.get(site.id, ())
            figures = whole_statuses(phases)
            claim = max(phases, key=order, default=None) or words.get(site.id)
            if claim is None:
                continue
            if claim.source not in self.source:
                self.source.update(_codes(self.db, "source", {claim.source}))
            row: dict[str, Any] = dict.fromkeys(COLUMNS)
            row |= {
                "deployment": site.code,
                "actor": self.names.actor[site.actor],
                "location": self.names.location[site.location],
                "status": status_of(figures),
                "since": claim.on,
                "source": self.source[claim.source],
                "grade": claim.grade,
                "origins": 1,
                "flags": [],
                "reports": 1,
                "claims": sorted({claim.id, *(one.claim for said in figures.values() for one in said)}),
            }
            rows.append(row)
        return rows


def spoken_by(reading: Reading) -> Claim | None:
    """Return the claim whose source and grade a row shows: the base, the lapsed count, else the newest claim used."""
    if reading.base is not None or reading.lapsed is not None:
        return reading.base or reading.lapsed
    return max(reading.used or reading.evidence.unbounded, key=order, default=None)


def whole_statuses(claims: Iterable[Claim]) -> dict[str, list[StatusFigure]]:
    """Return the statuses of a deployment, per axis."""
    from posture.domain.fold import NOTHING_KNOWN
    from posture.domain.reading import statuses_of

    return statuses_of(claims, NOTHING_KNOWN)


def status_of(status: Mapping[str, Iterable[StatusFigure]]) -> dict[str, list[dict[str, Any]]]:
    """Return statuses as rows show them: axis to a list of code, low, best and high."""
    return {
        axis: [{"code": code, "low": low, "best": best, "high": high} for code, low, best, high, _ in figures]
        for axis, figures in status.items()
    }


def _with_deployments(lines: list[dict[str, Any]], sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of lines and of deployments, by deployment."""
    return sorted(lines + sites, key=lambda row: (row["deployment"], row["asset"] or "")) if sites else lines
