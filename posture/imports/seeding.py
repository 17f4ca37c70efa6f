"""Writing a scenario into a database: replayed into an empty one, recorded now in one that is in use.

Each step of a scenario is one ledger entry with a txid of its own, so that seeding twice writes nothing, a seeding that was
interrupted goes on where it stopped, and an entry that two scenarios share is recorded once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from posture.domain.codes import fold
from posture.imports.scenario import Entry as ScenarioEntry
from posture.imports.scenario import Scenario
from posture.imports.scenario_reading import draft_of, published_at
from posture.ledger import catalogue, claims, origins, reading_words
from posture.ledger.entry import Writing, append
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from posture.ledger.entry import Entry
    from posture.store.connection import Database

_NOUNS = ("actor", "location", "asset_type", "deployment", "platform", "asset")


@dataclass(frozen=True)
class SeedResult:
    """What seeding a scenario did."""

    scenario: str
    """Name of the scenario."""
    replayed: bool
    """Recorded as of each report's publication; otherwise recorded now."""
    entries: int
    """Ledger entries written."""
    claims: int
    """Claims written."""
    already: int
    """Entries that were there before."""
    last_seq: int | None
    """Number of the last entry of the scenario."""

    def told(self) -> str:
        """Return what happened, in a sentence for a person."""
        if not self.entries:
            return f"{self.scenario} is in this database already: nothing changed"
        wrote = f"{self.scenario}: {_counted(self.entries, 'entry', 'entries')} with {_counted(self.claims, 'claim', 'claims')}"
        before = f"; {_counted(self.already, 'entry was', 'entries were')} there before" if self.already else ""
        how = (
            "replayed, each as of its publication"
            if self.replayed
            else "recorded as of now, because the database was in use: --known-at cannot go back to the reports' own days"
        )
        return f"{wrote}, {how}{before}"


@dataclass(frozen=True)
class Step:
    """One ledger entry that a scenario makes."""

    txid: str
    """By which a second seeding knows it."""
    at: datetime
    """When it is recorded in a replay."""
    reason: str | None
    """Why, for the ledger."""
    scenario: Scenario
    """Whose catalogue or entry it is."""
    entry: ScenarioEntry | None
    """The entry; None for the scenario's catalogue."""


def seed_scenario(
    db: Database, name: str, scenario: Scenario, load: Callable[[str], Scenario], recorded_by: str | None = None
) -> SeedResult:
    """Write what is not there yet of a scenario; `load` brings those that it includes."""
    steps = plan_steps(name, scenario, load)
    recorded = {
        row["txid"]: row["seq"]
        for row in db.all("select txid, seq from ledger_entry where txid like 'seed:%' order by seq")
    }
    replayed = _is_only(db, steps, recorded)
    story = _Story(joined=_joined(scenario))
    for step in steps:  # all of them first: an entry that stands later in the story may have been recorded before
        if step.txid in recorded:
            rows = db.all(
                "select id from status_change where seq = :seq order by ordinal", {"seq": recorded[step.txid]}
            )
            story.remember(step, rows)
    entries = written_claims = already = 0
    last = None
    for step in steps:
        if step.txid in recorded:
            last, already = recorded[step.txid], already + 1
            continue
        if step.entry is None and not _missing(db, step.scenario):
            continue
        written = append(
            db,
            Writing(
                action="replay" if replayed else "seed",
                reason=step.reason,
                txid=step.txid,
                recorded_by=recorded_by,
                recorded_at=step.at if replayed else None,
            ),
            lambda entry, step=step: story.compose(entry, step),  # type: ignore[misc]
        )
        last = written.seq
        story.remember(step, written.claims)
        if written.repeated:  # another process seeds the same scenario just now
            already += 1
        else:
            entries, written_claims = entries + 1, written_claims + len(written.claims)
    return SeedResult(name, replayed, entries, written_claims, already, last)


def plan_steps(name: str, scenario: Scenario, load: Callable[[str], Scenario]) -> list[Step]:
    """Return the ledger entries that a scenario makes, in order."""
    begins = published_at(scenario.entry[0].at)
    wider = {other: load(other) for other in scenario.includes}
    steps = [
        Step(f"seed:{other}:catalogue", begins, f"Catalogue of the scenario {other}", each, None)
        for other, each in (*wider.items(), (name, scenario))
    ]
    for entry in scenario.entry:
        whose, told, entry_of = name, entry, scenario
        if entry.include is not None:
            whose, entry_of, told = next(
                (other, each, one) for other, each in wider.items() for one in each.entry if one.name == entry.include
            )
        steps.append(Step(f"seed:{whose}:{told.name}", published_at(entry.at), told.reason, entry_of, told))
    return steps


def _is_only(db: Database, steps: Sequence[Step], recorded: Mapping[str, int]) -> bool:
    """Return whether the database holds nothing but the first steps of this scenario's replay, or nothing at all."""
    there = db.all("select txid, action from ledger_entry order by seq limit :most", {"most": len(steps) + 1})
    wanted = [step.txid for step in steps][: len(there)]
    return (
        [row["txid"] for row in there] == wanted
        and all(row["action"] == "replay" for row in there)
        and len(there) >= len(recorded)
    )


def _joined(scenario: Scenario) -> dict[str, list[str]]:
    """Return, for each claim, those that report the same happening, in both directions.

    Whichever of two is recorded second says that it is the same: an included entry may have been seeded long before.
    """
    pairs = [pair for entry in scenario.entry for pair in (entry.same or {}).items()]
    joined: dict[str, list[str]] = {}
    for one, other in pairs:
        joined.setdefault(one, []).append(other)
        joined.setdefault(other, []).append(one)
    return joined


class _Story:
    """What has been told so far: which claim each name means."""

    def __init__(self, joined: Mapping[str, Sequence[str]]) -> None:
        self.joined = joined
        self.numbers: dict[str, int] = {}

    def remember(self, step: Step, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the numbers of an entry's claims; every claim of a scenario is one row."""
        for claim, row in zip(step.entry.claim if step.entry else (), rows, strict=True):
            if claim.name:
                self.numbers[claim.name] = row["id"]

    def compose(self, entry: Entry, step: Step) -> None:
        """Add the rows of a step to an entry that is being composed."""
        if step.entry is None:
            _add_catalogue(entry, step.scenario)
            return
        told = step.entry
        if told.source is not None and not _is_there(entry.db, "source", told.source.code):
            catalogue.add_row(entry, "source", _given(told.source))
        for source, origin in (told.repeats or {}).items():
            ends = (lookup.get_code(entry.db, "source", code) for code in (source, origin))
            origins.origin_row(entry, *ends)
        source_code = told.source.code if told.source else told.known_source or ""
        for event in told.event:
            if not _is_there(entry.db, "event", event.code):
                actors = [(part.actor, part.role) for part in event.actors]
                catalogue.add_row(entry, "event", {**_given(event), "actors": actors, "source": source_code})
        self._add_claims(entry, told, source_code)

    def _add_claims(self, entry: Entry, told: ScenarioEntry, source: str) -> None:
        ids: list[int] = []
        numbers = dict(self.numbers)
        for position, claim in enumerate(told.claim, 1):
            draft = draft_of(claim, told, source, numbers)
            if draft.same_as is None and claim.name is not None and claim.name in self.joined:
                twin = next((self.numbers[name] for name in self.joined[claim.name] if name in self.numbers), None)
                draft = replace(draft, same_as=twin)
            ids.append(claims.add_claim(entry, reading_words.read(draft), ids))
            if claim.name:
                numbers[claim.name] = -position


def _add_catalogue(entry: Entry, scenario: Scenario) -> None:
    for noun, row in _missing(entry.db, scenario):
        if noun == "alias":
            target = lookup.get_code(entry.db, row["of"], row["code"])
            catalogue.alias_row(entry, row["of"], target["id"], row["name"], row["language"])
        else:
            catalogue.add_row(entry, noun, row)


def _missing(db: Database, scenario: Scenario) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a scenario's catalogue that the database does not have; a row that is there stays as it is."""
    rows = [
        (noun, _given(row))
        for noun in _NOUNS
        for row in getattr(scenario, noun)
        if not _is_there(db, noun, row.code, getattr(row, "deployment", None))
    ]
    return rows + [("alias", asdict(row)) for row in scenario.alias if not _is_named(db, row.of, row.code, row.name)]


def _is_there(db: Database, noun: str, code: str, deployment: str | None = None) -> bool:
    if noun == "asset":
        statement = "select 1 from asset join deployment on deployment.id = deployment_id where asset.code = :code and deployment.code = :deployment"
        return db.value(statement, {"code": code, "deployment": deployment}) is not None
    return db.value(f"select 1 from {noun} where code = :code", {"code": code}) is not None


def _is_named(db: Database, noun: str, code: str, name: str) -> bool:
    statement = f"select 1 from alias join {noun} on {noun}.id = alias.{noun}_id where {noun}.code = :code and name_folded = :folded"
    return db.value(statement, {"code": code, "folded": fold(name)}) is not None


def _given(row: Any) -> dict[str, Any]:
    """Return the fields of a scenario's record that say something."""
    return {name: value for name, value in asdict(row).items() if value is not None and value != ()}


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
