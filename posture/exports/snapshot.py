"""Writes the reports of one question into a file of real tables: as of one day, as known at one moment.

Figures are the reports' own. What they rest on comes with them: the claims that stood then, their sources, the events, and
as much of the catalogue as any of these names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from posture import __version__
from posture.domain.vocabulary import Axis
from posture.exports import snapshot_tables as tables
from posture.exports.snapshot_file import SnapshotFile, put_in_place, refuse_to_replace
from posture.reports.as_of import Asking
from posture.reports.evaluation import Evaluation
from posture.reports.plans import plans
from posture.reports.posture import known_at, posture
from posture.reports.references import origins_of
from posture.reports.scope import read_filter, read_scope
from posture.reports.story import Period, events_of
from posture.reports.totals import totals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from posture.exports.snapshot_tables import Table
    from posture.reports.as_of import KnownAt, Question
    from posture.reports.scope import Scope
    from posture.store.connection import Database, Row

BATCH = 5000
LAST_DAY = "9999-12-31"
_STANDS = "v.seq <= :known and (v.retracted_seq is null or v.retracted_seq > :known)"
"""A row of report_claim that was recorded by then and not withdrawn by then."""
_EVENTS = (
    "select e.code from event e where not exists (select 1 from catalogue_revision v where v.table_name = 'event'"
    " and v.row_id = e.id and v.before is null and v.seq > :known)"
    " and not exists (select 1 from retraction r where r.event_id = e.id and r.seq <= :known)"
)
_CATALOGUE = (tables.ACTOR, tables.LOCATION, tables.ASSET_TYPE, tables.DEPLOYMENT, tables.PLATFORM)
_PARENT = {"actor": "parent_code", "location": "parent_code", "asset_type": "parent_code", "deployment": "part_of_code"}


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that was written."""

    path: str
    """Where it is."""
    as_of: str
    """The day of the world that its figures are about."""
    known_seq: int
    """The last entry that it knows."""
    known_at: str | None
    """When that was recorded."""
    rows: Mapping[str, int]
    """How many rows each table has."""
    size: int
    """Bytes."""


def snapshot(db: Database, question: Question, path: str, *, force: bool = False) -> Snapshot:
    """Write the snapshot of a question to a file, all of it or none.

    Raises Refused if there is a file already and `force` is not given, or if it is a ledger; UnknownCode or AmbiguousCode
    for a filter that names nothing, or several things.
    """
    target = os.path.realpath(os.path.expanduser(path))
    refuse_to_replace(target, force=force)
    with db.read():
        known = known_at(db, question)
        with put_in_place(target) as beside:
            file = SnapshotFile(beside)
            try:
                _Gathering(db, question, known, file).write()
                rows = file.finish()
            finally:
                file.connection.close()
    return Snapshot(target, str(question.as_of), known.seq, known.at, rows, os.path.getsize(target))


@dataclass
class _Named:
    """What is named by what was written, and so has to be there: codes by table."""

    codes: dict[str, set[str]] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)

    def add(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in what rows refer to."""
        rows = list(rows)
        for one in table.references:
            if len(one.columns) == 1 and one.table in (
                "actor",
                "location",
                "asset_type",
                "source",
                "deployment",
                "platform",
            ):
                names = self.codes.setdefault(one.table, set())
                names.update(row[one.columns[0]] for row in rows if row.get(one.columns[0]) is not None)
            elif one.table == "asset":
                self.lines.update(
                    f"{row['deployment_code']}/{row['asset_code']}" for row in rows if row.get("asset_code")
                )


class _Gathering:
    """Brings together what belongs into a snapshot."""

    def __init__(self, db: Database, question: Question, known: KnownAt, file: SnapshotFile) -> None:
        self.db, self.question, self.known, self.file = db, question, known, file
        self.scope = read_scope(db, read_filter(db, question))
        self.lines_shown = _lines_of(self.scope)
        self.asking = Asking(db, question, known)
        self.named = _Named()
        self.claims: set[int] = set()
        self.notes: Sequence[str] = ()

    def write(self) -> None:
        """Write every table."""
        places = {row["deployment_code"]: row for row in self._view(tables.DEPLOYMENT)}
        figures = posture(self.db, self.question)
        self.notes = figures.notes
        lines = [_posture_row(row, places[row["deployment"]]) for row in figures.rows]
        found = [_plan_row(row, places[row["deployment"]]) for row in plans(self.db, self.question).rows]
        self._put(tables.POSTURE, lines)
        self._put(tables.PLAN, found)
        self._claims({row["claim_id"] for row in lines if row["claim_id"] is not None})
        self._plan_links()
        self._totals()
        self._events()
        self._assets()
        self._sources()
        self._catalogue()
        self._containment()
        self.file.put(tables.DICTIONARY, tables.dictionary_rows())
        self.file.put(tables.SNAPSHOT, [self._itself()])

    def _put(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows in the order of their key, and remember what they name."""
        ordered = sorted(rows, key=lambda row: tuple(row[name] for name in table.key))
        self.file.put(table, ordered)
        self.named.add(table, ordered)

    def _view(self, table: Table, where: str = "", **values: Any) -> list[Row]:
        """Return rows of the view that a table is like."""
        wanted = ", ".join(name for name in table.names if name != "origin_code")
        return self.db.all(f"select {wanted} from report_{table.name}{where}", values or None)

    # What was claimed

    def _claims(self, needed: set[int]) -> None:
        """Write the claims that stood, those asked about and those that figures start from."""
        for rows in self._claim_batches():
            self._put_claims(row for row in rows if self._is_asked_about(row))
        missing = needed - self.claims
        for listed in _listed(missing):
            self._put_claims(self._claim_rows(f"v.claim_id in ({listed})"))

    def _put_claims(self, rows: Iterable[Row]) -> None:
        kept = [{**row, "applies": int(row["effective_on"] <= str(self.question.as_of))} for row in rows]
        self.claims.update(row["claim_id"] for row in kept)
        self._put(tables.CLAIM, kept)

    def _claim_batches(self) -> Iterator[list[Row]]:
        """Yield claims, so many at a time, in order."""
        last = int(self.db.value("select max(id) from status_change") or 0)
        if self.scope.everything:
            for start in range(0, last, BATCH):
                yield self._claim_rows(f"v.claim_id > {start} and v.claim_id <= {start + BATCH}")
            return
        for listed in _listed(self.scope.sites_shown):
            yield self._claim_rows(f"c.deployment_id in ({listed})")

    def _claim_rows(self, condition: str) -> list[Row]:
        there = ("applies", "excerpt", "locator")
        wanted = ", ".join(f"v.{name}" for name in tables.CLAIM.names if name not in there)
        return self.db.all(
            f"select {wanted}, c.excerpt, c.locator from report_claim v join status_change c on c.id = v.claim_id"
            f" where {condition} and {_STANDS} order by v.claim_id",
            {"known": self.known.seq},
        )

    def _is_asked_about(self, row: Row) -> bool:
        if self.scope.everything:
            return True
        if row["asset_code"] is None:
            return self.question.asset_type is None
        return row["line"] in self.lines_shown

    def _plan_links(self) -> None:
        rows = self._view(tables.PLAN_LINK, " where seq <= :known", known=self.known.seq)
        self._put(tables.PLAN_LINK, (row for row in rows if {row["plan_id"], row["claim_id"]} <= self.claims))

    def _totals(self) -> None:
        found = totals(self.db, self.question, ("actor", "location"))
        places = {row["location_code"]: row for row in self._view(tables.LOCATION)}
        self._put(tables.TOTAL, (_total_row(number, row, places) for number, row in enumerate(found.rows, start=1)))

    def _events(self) -> None:
        """Write the events that stood: all of them, or those of the places and actors asked about."""
        if self.scope.everything:
            codes = {row[0] for row in self.db.tuples(_EVENTS, {"known": self.known.seq})}
        else:
            found = Evaluation(self.asking, self.scope, {}, {}, {})
            codes = {row["event"] for row in events_of(self.db, found, Period(None, LAST_DAY), retracted=False)}
        self._put(tables.EVENT, (row for row in self._view(tables.EVENT) if row["event_code"] in codes))
        self._put(tables.EVENT_ACTOR, (row for row in self._view(tables.EVENT_ACTOR) if row["event_code"] in codes))

    # What is named

    def _assets(self) -> None:
        """Write the lines asked about, and those that claims name."""
        wanted = self.named.lines | self.lines_shown
        self._put(tables.ASSET, (row for row in self._view(tables.ASSET) if row["line"] in wanted))
        self.named.codes.setdefault("deployment", set()).update(
            self.scope.sites[number].code for number in self.scope.sites_shown
        )

    def _sources(self) -> None:
        """Write the sources named, with whom they repeat as known then, and those they go back to."""
        codes: dict[int, str] = dict(self.db.tuples("select id, code from source"))
        numbers = {code: number for number, code in codes.items()}
        said: dict[int, int | None] = dict(
            self.db.tuples(
                "select source_id, origin_id from source_origin where seq <= :known order by seq, ordinal",
                {"known": self.known.seq},
            )
        )
        wanted = {numbers[code] for code in self.named.codes.get("source", ())}
        waiting = set(wanted)
        while waiting:
            waiting = {origin for number in waiting if (origin := said.get(number)) is not None} - wanted
            wanted |= waiting
        origins = origins_of(self.asking, wanted)
        rows = []
        for row in self._view(tables.SOURCE):
            number = numbers[row["source_code"]]
            if number in wanted:
                repeated, origin = said.get(number), origins.get(number, number)
                rows.append(
                    {
                        **row,
                        "repeats_code": codes[repeated] if repeated is not None else None,
                        "origin_code": codes[origin],
                    }
                )
        self._put(tables.SOURCE, rows)

    def _catalogue(self) -> None:
        """Write what is named of the catalogue with all that it lies in, from what names to what is named."""
        for table in reversed(_CATALOGUE):
            rows = {row[table.key[0]]: row for row in self._view(table)}
            wanted = self.named.codes.get(table.name, set())
            parent = _PARENT.get(table.name)
            waiting = set(wanted)
            while parent and waiting:
                waiting = {rows[code][parent] for code in waiting if rows[code][parent] is not None} - wanted
                wanted = wanted | waiting
            self._put(table, (rows[code] for code in wanted))

    def _containment(self) -> None:
        there = {row[0] for row in self.file.connection.execute("SELECT deployment_code FROM deployment")}
        rows = self._view(tables.CONTAINMENT)
        self._put(tables.CONTAINMENT, (row for row in rows if {row["container_code"], row["part_code"]} <= there))

    def _itself(self) -> dict[str, Any]:
        question = self.question
        return {
            "id": 1,
            "as_of": str(question.as_of),
            "known_seq": self.known.seq,
            "known_at": self.known.at,
            "counting_basis": question.basis,
            "stale_after": question.stale_after,
            **{name: getattr(question, name) for name in ("actor", "location", "asset_type", "deployment")},
            "notes": "\n".join(self.notes) or None,
            "database_id": self.db.value("select database_id from database_identity"),
            "database_schema": self.db.revision(),
            "tool": "posture",
            "tool_version": __version__,
            "snapshot_version": tables.SNAPSHOT_VERSION,
        }


# --- rows of reports as rows of tables -----------------------------------------------------------------------------------


def _posture_row(row: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    statuses = row["status"] or {}
    return {
        **row,
        **_about(row, place),
        **{str(axis): " ".join(one["code"] for one in statuses.get(axis, ())) or None for axis in Axis},
        "status": _canonical(statuses),
        "source_code": row["source"],
        "flags": " ".join(row["flags"]),
        "claim_id": row["change_id"],
    }


def _plan_row(row: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        **_about(row, place),
        "status_code": row["status"],
        "effective_edtf": row["effective"],
        "due_on": row["due"],
        "outcomes": _canonical(row["outcomes"]),
        "source_code": row["source"],
    }


def _total_row(number: int, row: Mapping[str, Any], places: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    place = places.get(row["location"], {})
    return {
        **row,
        "total_id": number,
        "actor_code": row["actor"],
        "location_code": row["location"],
        "asset_type_code": row["asset_type"],
        "latitude": place.get("latitude"),
        "longitude": place.get("longitude"),
        "conflicts": _canonical(row["conflicts"]),
        "flags": " ".join(row["flags"]),
    }


def _about(row: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row is about: a line, or a deployment alone."""
    return {
        "line": "/".join(filter(None, (row["deployment"], row["asset"]))),
        "deployment_code": row["deployment"],
        "actor_code": row["actor"],
        "location_code": row["location"],
        "latitude": place["latitude"],
        "longitude": place["longitude"],
        "asset_code": row["asset"],
        "asset_type_code": row["asset_type"],
    }


def _canonical(value: Any) -> str:
    """Return a value as JSON, always the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _lines_of(scope: Scope) -> set[str]:
    """Return the addresses of the lines that are asked about."""
    return {f"{scope.sites[scope.lines[number].deployment].code}/{scope.codes[number]}" for number in scope.shown}


def _listed(ids: Collection[int]) -> Iterator[str]:
    """Yield ids as SQL lists them, so many at a time."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ", ".join(map(str, ordered[start : start + BATCH]))
