"""Scenarios: a story told as text that a person can read, from which a database is seeded.

A scenario is one folder in `fixtures/` with a `scenario.toml`: the catalogue first, then what was published, in that
order. Each `[[entry]]` becomes one entry of the ledger. `docs/schema/scenario.json` is the format, made from the records
below; `posture.imports.seeding` writes a scenario into a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from posture.domain.text_files import fixtures_folder
from posture.domain.vocabulary import (
    ActorKind,
    Attribution,
    CountingBasis,
    EventKind,
    EventRole,
    Kind,
    LocationKind,
    Modality,
    Precision,
    Reason,
    SiteClass,
    TextKind,
)
from posture.errors import NotFound, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posture.imports.seeding import SeedResult
    from posture.store.connection import Database

FILE = "scenario.toml"
_STRICT: dict[str, Any] = {"extra": "forbid", "coerce_numbers_to_str": True, "use_attribute_docstrings": True}
"""How pydantic reads the records: an unknown field is an error; a number stands for its text; docstrings describe."""


class UnknownScenario(NotFound):
    """No scenario has this name."""

    def __init__(self, name: str, there: Sequence[str]) -> None:
        import difflib

        near = difflib.get_close_matches(name, there, 1)
        mend = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(there)}"
        super().__init__(f'no scenario "{name}"; {mend}')


class ScenarioMistake(UsageMistake):
    """A scenario's file says something that cannot be read, or that does not fit together."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whose forces, or who takes part in events."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab, such as `fra`."""
    name: str
    """Name in English."""
    kind: ActorKind
    """What the actor is."""
    parent: str | None = None
    """Code of the actor that this one is part of."""
    iso_alpha3: str | None = None
    """ISO 3166-1 alpha-3 code of a state."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where forces are."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab, such as `ner`."""
    name: str
    """Name in English."""
    kind: LocationKind
    """What the location is."""
    parent: str | None = None
    """Code of the location that this one lies in."""
    iso_alpha3: str | None = None
    """ISO 3166-1 alpha-3 code of a country."""
    icao_code: str | None = None
    """ICAO code of an airfield, such as DRRN."""
    latitude: float | None = None
    """Degrees north, WGS 84."""
    longitude: float | None = None
    """Degrees east, WGS 84."""
    precision: Precision | None = None
    """How exactly the coordinates are known."""
    site_class: SiteClass | None = None
    """Kind of foreign military site, where known."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class AssetType:
    """A kind of asset, below the tree that every database has."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab, such as `mq-9`."""
    name: str
    """Name in English."""
    parent: str | None = None
    """Code of the wider type."""
    icao_designator: str | None = None
    """ICAO aircraft type designator, such as Q9."""
    sidc: str | None = None
    """Symbol identification code."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Forces of an actor at a location."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab, such as `fra-ner`."""
    actor: str
    """Code of the actor."""
    location: str
    """Code of the location."""
    name: str | None = None
    """Name in English."""
    operation: str | None = None
    """Name of the operation, where there is one."""
    mission: str | None = None
    """What they are there for."""
    part_of: str | None = None
    """Code of the multinational deployment that this contingent is part of."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One machine."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab."""
    designation: str
    """Registration, tail or hull number."""
    asset_type: str
    """Code of what kind of machine it is."""
    actor: str | None = None
    """Code of whose it is."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A line of a deployment, addressed `deployment/code`."""

    __pydantic_config__: ClassVar = _STRICT

    deployment: str
    """Code of the deployment."""
    code: str
    """Second half of the address, such as `drones`."""
    asset_type: str | None = None
    """Code of what it is."""
    platform: str | None = None
    """Code of the one machine that it is."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Alias:
    """Another name of a catalogue row."""

    __pydantic_config__: ClassVar = _STRICT

    of: str
    """actor, location, asset_type or deployment."""
    code: str
    """Code of the row."""
    name: str
    """The other name."""
    language: str | None = None
    """Language tag of the name."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What was published, with a summary in our own words."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab."""
    title: str
    """Title."""
    publisher: str | None = None
    """Who published it."""
    url: str | None = None
    """Where it was published."""
    published_on: str | None = None
    """Day of publication."""
    published_at: str | None = None
    """Instant of publication (UTC), where known."""
    retrieved_at: str | None = None
    """Instant at which it was read."""
    language: str | None = None
    """Language tag."""
    attribution: Attribution | None = None
    """Who or what stands behind it."""
    reliability: str | None = None
    """Admiralty reliability A to F."""
    content_sha256: str | None = None
    """SHA-256 of the document itself."""
    text_kind: TextKind | None = None
    """What `text` is."""
    text: str | None = None
    """The text in which every excerpt must occur."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Participant:
    """The part of an actor in an event."""

    __pydantic_config__: ClassVar = _STRICT

    actor: str
    """Code of the actor."""
    role: EventRole
    """The part it has."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Dated context that the entry's source tells of."""

    __pydantic_config__: ClassVar = _STRICT

    code: str
    """Short name, lower-case kebab."""
    kind: EventKind
    """What kind of happening it is."""
    title: str
    """What happened, in a few words."""
    on: str | None = None
    """When, as people write it; the source's date by default."""
    location: str | None = None
    """Code of the location."""
    excerpt: str | None = None
    """The passage that says so."""
    locator: str | None = None
    """Where in the source."""
    actors: tuple[Participant, ...] = ()
    """Who had which part."""
    note: str | None = None
    """Remark of the analyst."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim of the entry's source: the fields of a claim draft, with names in place of claim numbers."""

    __pydantic_config__: ClassVar = _STRICT

    line: str
    """What it is about: `fra-ner/drones`, or `fra-ner` for the deployment itself."""
    kind: Kind
    """What it claims."""
    name: str | None = None
    """What later claims of the scenario call it."""
    on: str | None = None
    """When it was so in the world, as people write it; the source's date by default."""
    quantity: str | None = None
    """The quantity in words."""
    status: str | None = None
    """Code of the status."""
    grade: str | None = None
    """Reliability and credibility, such as B2; the entry's by default."""
    excerpt: str | None = None
    """The passage that says so."""
    locator: str | None = None
    """Where in the source."""
    stated_on: str | None = None
    """The day it was said; the source's date by default."""
    modality: Modality = Modality.ACTUAL
    """Whether it is so, or only said to come, wished, discussed or denied."""
    basis: CountingBasis = CountingBasis.PRESENT
    """What the figure counts."""
    complete: bool = False
    """The source says that the parts it lists are all there are."""
    reason: Reason | None = None
    """Why the quantity changed."""
    note: str | None = None
    """Remark of the analyst."""
    transfer: str | None = None
    """Joins the two sides of a move."""
    other: str | None = None
    """Code of the deployment on the other side of a move."""
    own_words: bool | None = None
    """False where the source repeats another's words; the entry's by default."""
    same_as: str | None = None
    """Name of an earlier claim that reports the same happening."""
    after: str | None = None
    """Name of an earlier claim of the same day that this one happened after."""
    fulfils: tuple[str, ...] = ()
    """Names of plans that this claim fulfils."""
    partly_fulfils: tuple[str, ...] = ()
    """Names of plans that this claim fulfils in part."""
    cancels: tuple[str, ...] = ()
    """Names of plans that this claim cancels."""
    supersedes: tuple[str, ...] = ()
    """Names of plans that this claim supersedes."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What becomes one entry of the ledger: a source, what it tells, and what it repeats."""

    __pydantic_config__: ClassVar = _STRICT

    name: str
    """Short name, lower-case kebab; never changed, because a second seeding knows the entry by it."""
    at: str
    """Publication instant in UTC, or the day, which stands for its noon."""
    reason: str | None = None
    """Why it is recorded, in the ledger's words."""
    source: Source | None = None
    """The source that this entry adds."""
    known_source: str | None = None
    """Code of a source of an earlier entry, where this entry adds none."""
    include: str | None = None
    """Name of an entry of an included scenario, which takes its place here; seeding both records it once."""
    same: dict[str, str] | None = None
    """With `include`: claims of that entry which report the same happening as claims of this scenario, by name."""
    repeats: dict[str, str] | None = None
    """Sources that repeat another, by code: which one, and the one it repeats."""
    grade: str | None = None
    """The grade of the claims that give none themselves."""
    own_words: bool | None = None
    """Whether the source speaks in its own words, for the claims that do not say."""
    event: tuple[Event, ...] = ()
    """Events that the source tells of."""
    claim: tuple[Claim, ...] = ()
    """What the source claims."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A story as a person wrote it down."""

    __pydantic_config__: ClassVar = _STRICT

    title: str
    """What it is about, in one line."""
    about: str
    """What it shows."""
    dates: str
    """The convention for publication instants of which only the day is known."""
    includes: tuple[str, ...] = ()
    """Scenarios whose catalogue this one builds on, and whose entries it may include."""
    actor: tuple[Actor, ...] = ()
    """Actors, parents first."""
    location: tuple[Location, ...] = ()
    """Locations, parents first."""
    asset_type: tuple[AssetType, ...] = ()
    """Asset types, parents first."""
    deployment: tuple[Deployment, ...] = ()
    """Deployments."""
    platform: tuple[Platform, ...] = ()
    """Single machines."""
    asset: tuple[Asset, ...] = ()
    """What the deployments hold."""
    alias: tuple[Alias, ...] = ()
    """Other names."""
    entry: tuple[Entry, ...] = ()
    """What was published, in that order."""


def list_scenarios(folder: Path | None = None) -> list[str]:
    """Return the names of all scenarios, in order."""
    return sorted(path.parent.name for path in (folder or fixtures_folder()).glob(f"*/{FILE}"))


def load_scenario(name: str, folder: Path | None = None, within: Sequence[str] = ()) -> Scenario:
    """Return a scenario that reads well and fits together; `within` are those that include it.

    Raises `UnknownScenario`, or `ScenarioMistake` that names the file, the line, the entry and the field.
    """
    from posture.imports.scenario_reading import read_scenario

    place = folder or fixtures_folder()
    if name not in list_scenarios(place):  # a name, never a path
        raise UnknownScenario(name, list_scenarios(place))
    if name in within:
        raise ScenarioMistake(f"{within[-1]}/{FILE}", f'"{name}" cannot be included: it includes this scenario')
    return read_scenario(place / name / FILE, lambda wider: load_scenario(wider, place, (*within, name)))


def seed(db: Database, name: str, *, recorded_by: str | None = None, folder: Path | None = None) -> SeedResult:
    """Write a scenario into a database, replayed where the database is empty; a second time changes nothing."""
    from posture.imports.seeding import seed_scenario

    place = folder or fixtures_folder()
    return seed_scenario(db, name, load_scenario(name, place), lambda wider: load_scenario(wider, place), recorded_by)


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario's file."""
    from pydantic import TypeAdapter

    from posture.domain.schemas import DIALECT

    return {"$schema": DIALECT, **TypeAdapter(Scenario).json_schema()}


def write_schema(folder: str | Path) -> Path:
    """Write `scenario.json` into a folder, beside the schemas of the domain's records, and return its path."""
    from posture.domain.schemas import schema_text

    path = Path(folder) / "scenario.json"
    path.write_text(schema_text(scenario_schema()), encoding="utf-8")
    return path
