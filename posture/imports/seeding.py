"""Writing a scenario into a database: replayed into an empty one, recorded now in one that is in use.

Each step of a scenario is one ledger entry with a txid of its own, so that seeding twice writes nothing, a seeding that was
interrupted goes on where it stopped, and an entry that two scenarios share is recorded once. Where no claim of a scenario
stands any more, all its entries having been taken back, seeding loads it anew, under txids that end with `~2`; while any
stands, what was taken back stays so, and is named.
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

AGAIN = "~"
"""Parts the txid of a step from how often the scenario was loaded, from the second time on."""
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
    taken_back: tuple[tuple[int, int], ...] = ()
    """Entries of which no claim stands any more, each with the entry that took the last of it back."""

    def told(self) -> str:
        """Return what happened, in a sentence for a person."""
        said = self._wrote()
        if self.taken_back:
            gone = ", ".join(f"#{seq} (by #{by})" for seq, by in self.taken_back)
            first = self.taken_back[0][1]
            said += f"; taken back since, and left so: {gone}; to bring one back: posture undo {first}"
        return said

    def _wrote(self) -> str:
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
    steps, recorded, taken_back = _what_is_left(db, steps)
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
    return SeedResult(name, replayed, entries, written_claims, already, last, taken_back)


def _what_is_left(
    db: Database, steps: Sequence[Step]
) -> tuple[list[Step], dict[str, int], tuple[tuple[int, int], ...]]:
    """Return the steps by the txid under which each is recorded or is to be, those that are, and what was taken back.

    Where all that is recorded was taken back, the steps are to be recorded once more.
    """
    newest: dict[str, tuple[int, int]] = {}
    for row in db.all("select txid, seq from ledger_entry where txid like 'seed:%' order by seq"):
        txid, _, time = row["txid"].partition(AGAIN)
        newest[txid] = (int(time or 1), row["seq"])
    found = [(step, *newest[step.txid]) for step in steps if step.txid in newest]
    claiming = [(step, time, seq) for step, time, seq in found if step.entry is not None and step.entry.claim]
    gone = {seq: by for _, _, seq in claiming if (by := _taken_back_by(db, seq)) is not None}
    now = max((time for _, time, _ in found), default=1)
    if claiming and len(gone) == len(claiming):
        now += 1
    times = {step.txid: now if seq in gone and time < now else time for step, time, seq in found}
    if now > 1:  # with the claims goes what was recorded beside them
        times |= {step.txid: now for step, _, _ in found if step.entry is None or not step.entry.claim}
    named = [replace(step, txid=_txid(step.txid, times.get(step.txid, now))) for step in steps]
    recorded = {_txid(txid, time): seq for txid, (time, seq) in newest.items()}
    wanted = {recorded[step.txid] for step in named if step.txid in recorded}
    return named, recorded, tuple((seq, by) for seq, by in gone.items() if seq in wanted)


def _txid(txid: str, time: int) -> str:
    return txid if time == 1 else f"{txid}{AGAIN}{time}"


def _taken_back_by(db: Database, seq: int) -> int | None:
    """Return the entry that took back the last claim of an entry; None while any stands, be it corrected."""
    taken = 0
    for row in db.all("select id from status_change where seq = :seq order by ordinal", {"seq": seq}):
        by = _ended_by(db, row["id"])
        if by is None:
            return None
        taken = max(taken, by)
    return taken or None


def _ended_by(db: Database, claim: int) -> int | None:
    """Return the entry that withdrew a claim or the last that stood in its place; None while one stands."""
    gone = db.one("select seq, replacement_id from retraction where status_change_id = :id", {"id": claim})
    if gone is None:
        return None
    again = db.value("select id from status_change where restates_id = :id", {"id": claim})
    ends = [_ended_by(db, heir) for heir in (gone["replacement_id"], again) if heir is not None]
    return None if None in ends else max([gone["seq"], *(end for end in ends if end is not None)])


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
            speaker, first = (lookup.get_code(entry.db, "source", code) for code in (source, origin))
            if origins.repeated_by(entry.db, speaker["id"], entry.of("source_origin")) != first["id"]:
                origins.origin_row(entry, speaker, first)
        source_code = told.source.code if told.source else told.known_source or ""
        for event in told.event:
            if (code := _free_code(entry.db, event.code)) is not None:
                actors = [(part.actor, part.role) for part in event.actors]
                fields = {**_given(event), "code": code, "actors": actors, "source": source_code}
                catalogue.add_row(entry, "event", fields)
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


def _free_code(db: Database, code: str) -> str | None:
    """Return the code under which an event is to be recorded; None where it stands. A retracted one keeps its code."""
    wanted, number = code, 1
    while (event := db.value("select id from event where code = :code", {"code": wanted})) is not None:
        if db.value("select 1 from retraction where event_id = :id", {"id": event}) is None:
            return None
        number += 1
        wanted = f"{code}-{number}"
    return wanted


def _is_named(db: Database, noun: str, code: str, name: str) -> bool:
    statement = f"select 1 from alias join {noun} on {noun}.id = alias.{noun}_id where {noun}.code = :code and name_folded = :folded"
    return db.value(statement, {"code": code, "folded": fold(name)}) is not None


def _given(row: Any) -> dict[str, Any]:
    """Return the fields of a scenario's record that say something."""
    return {name: value for name, value in asdict(row).items() if value is not None and value != ()}


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
