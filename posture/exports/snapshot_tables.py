"""The tables of a snapshot: their columns with type, unit and meaning, keys, and what refers to what.

Columns that a view has too are the view's own, so that a query over the views reads the same words in a snapshot.
"""

from __future__ import annotations

from typing import NamedTuple

from posture.store.view_columns import ViewColumn, day, flag, instant, integer, real, text
from posture.store.views import VIEWS

SNAPSHOT_VERSION = 1
"""Version of this form; rises when a column changes its meaning or goes."""

_VIEWS = {view.name: {column.name: column for column in view.columns} for view in VIEWS}
_UNITS = {
    "latitude": "degrees north, WGS 84",
    "longitude": "degrees east, WGS 84",
    "overdue_days": "days",
    "share_low": "part of 1",
    "share_high": "part of 1",
}
_OF_KINDS = {"day": "day, YYYY-MM-DD", "instant": "instant, UTC, ISO 8601", "flag": "1 yes, 0 no"}
_FIGURES = ("low", "best", "high", "stated_low", "stated_best", "stated_high", "parts_low")


class Reference(NamedTuple):
    """Columns that name a row of another table."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


class Table(NamedTuple):
    """A table of a snapshot."""

    name: str
    grain: str
    """What one row is."""
    columns: tuple[ViewColumn, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)

    def statement(self) -> str:
        """Return the statement that makes it."""
        lines = [f'"{column.name}" {column.type}{self._form(column.name)}' for column in self.columns]
        if len(self.key) > 1:
            lines.append(f"PRIMARY KEY ({_listed(self.key)})")
        lines += [f"UNIQUE ({_listed(columns)})" for columns in self.unique]
        lines += [
            f'FOREIGN KEY ({_listed(one.columns)}) REFERENCES "{one.table}" ({_listed(one.to)})'
            for one in self.references
        ]
        return f'CREATE TABLE "{self.name}" (\n  ' + ",\n  ".join(lines) + "\n)"

    def _form(self, name: str) -> str:
        return " PRIMARY KEY" if self.key == (name,) else (" NOT NULL" if name in self.key else "")

    def index_statements(self) -> list[str]:
        """Return the statements that make its indexes: of what it refers by, and of what is asked for."""
        wanted = dict.fromkeys((*(one.columns for one in self.references), *self.indexes))
        return [
            f'CREATE INDEX "{self.name}_{"_".join(columns)}" ON "{self.name}" ({_listed(columns)})'
            for columns in wanted
            if columns != self.key[: len(columns)]
        ]


def unit_of(table: str, column: ViewColumn) -> str | None:
    """Return in what a column's values are given, where that is more than a word or a number."""
    if column.name in _UNITS:
        return _UNITS[column.name]
    if column.name in _FIGURES and table in ("posture", "plan", "claim", "total"):
        return "how many"
    return _OF_KINDS.get(column.kind)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _of(view: str, names: str) -> tuple[ViewColumn, ...]:
    """Return columns of a view."""
    return tuple(_VIEWS[view][name] for name in names.split())


def _code(column: str, table: str) -> Reference:
    """Return the reference of a column of codes to a table that has them as its key."""
    return Reference((column,), table, (f"{table}_code",))


_ABOUT = "deployment_code actor_code location_code latitude longitude asset_code asset_type_code"
_SITE = (_code("deployment_code", "deployment"), _code("actor_code", "actor"), _code("location_code", "location"))
_LINE = (
    *_SITE,
    _code("asset_type_code", "asset_type"),
    Reference(("deployment_code", "asset_code"), "asset", ("deployment_code", "asset_code")),
)

SNAPSHOT = Table(
    "snapshot",
    "The one row that says what this file is: the answer to which question, of which ledger",
    (
        integer("id", "", "Always 1"),
        day("as_of", "", "The day of the world that the figures are about"),
        integer("known_seq", "", "The last ledger entry that was known; 0: none"),
        instant("known_at", "", "When that entry was recorded"),
        text("counting_basis", "", "What the figures count: present, authorised or assigned"),
        integer("stale_after", "", "Days after which the newest claim behind a figure is flagged as stale"),
        text("actor", "", "Only forces of this actor and its parts; NULL: of all"),
        text("location", "", "Only at this location or inside it; NULL: everywhere"),
        text("asset_type", "", "Only of this type or a kind of it; NULL: of all"),
        text("deployment", "", "Only this deployment; NULL: all"),
        text("notes", "", "What a reader must know, a line each; NULL: nothing"),
        text("database_id", "", "Which ledger it was made from"),
        text("database_schema", "", "Schema of that ledger"),
        text("tool", "", "What made the file"),
        text("tool_version", "", "Its version"),
        integer("snapshot_version", "", "Version of the form of this file"),
    ),
    ("id",),
)
DICTIONARY = Table(
    "data_dictionary",
    "One row per column of every table in this file",
    (
        text("table_name", "", "The table"),
        text("column_name", "", "The column"),
        integer("position", "", "Its place in the table, from 1"),
        text("type", "", "text, integer, real, flag (1 or 0), day or instant"),
        text("unit", "", "In what it is given, where that is more than a word or a number"),
        text("meaning", "", "What it says"),
        flag("is_key", "", "It tells one row from every other, alone or with others"),
        text("refers_to", "", "The table and column whose rows it names"),
    ),
    ("table_name", "column_name"),
)
ACTOR = Table(
    "actor",
    "One row per actor that something here refers to, and what it is part of",
    _of("report_actor", "actor_code actor_name kind parent_code iso_alpha3 note"),
    ("actor_code",),
    (Reference(("parent_code",), "actor", ("actor_code",)),),
)
LOCATION = Table(
    "location",
    "One row per location that something here refers to, and what it lies in",
    _of(
        "report_location",
        "location_code location_name kind parent_code iso_alpha3 icao_code latitude longitude precision site_class note",
    ),
    ("location_code",),
    (Reference(("parent_code",), "location", ("location_code",)),),
)
ASSET_TYPE = Table(
    "asset_type",
    "One row per asset type that something here refers to, and what it is a kind of",
    _of("report_asset_type", "asset_type_code asset_type_name parent_code icao_designator sidc note"),
    ("asset_type_code",),
    (Reference(("parent_code",), "asset_type", ("asset_type_code",)),),
)
SOURCE = Table(
    "source",
    "One row per source that a claim or an event here rests on, and those that they repeat",
    (
        *_of(
            "report_source",
            "source_code source_title publisher url published_on published_at retrieved_at language attribution reliability"
            " text_kind content_sha256",
        ),
        text("repeats_code", "", "The source whose words it repeats, as known then"),
        text("origin_code", "", "Where the story goes back to, chains of repeats followed to their end, as known then"),
        *_of("report_source", "note"),
    ),
    ("source_code",),
    (
        Reference(("repeats_code",), "source", ("source_code",)),
        Reference(("origin_code",), "source", ("source_code",)),
    ),
    indexes=(("published_on",),),
)
DEPLOYMENT = Table(
    "deployment",
    "One row per deployment: forces of an actor at a location, under an optional operation",
    _of(
        "report_deployment",
        "deployment_code deployment_name actor_code location_code latitude longitude operation mission part_of_code note",
    ),
    ("deployment_code",),
    (*_SITE[1:], Reference(("part_of_code",), "deployment", ("deployment_code",))),
)
CONTAINMENT = Table(
    "containment",
    "One row per pair of deployments here of which one contains the other; never add up the figures of both",
    _of("report_containment", "container_code part_code"),
    ("container_code", "part_code"),
    (
        Reference(("container_code",), "deployment", ("deployment_code",)),
        Reference(("part_code",), "deployment", ("deployment_code",)),
    ),
)
PLATFORM = Table(
    "platform",
    "One row per machine that is a line here",
    _of("report_platform", "platform_code platform_designation asset_type_code actor_code note"),
    ("platform_code",),
    (_code("asset_type_code", "asset_type"), _code("actor_code", "actor")),
)
ASSET = Table(
    "asset",
    "One row per line: an asset of a deployment, whether or not anything is known of it",
    _of("report_asset", "line deployment_code asset_code asset_type_code platform_code note"),
    ("line",),
    (
        _code("deployment_code", "deployment"),
        _code("asset_type_code", "asset_type"),
        _code("platform_code", "platform"),
    ),
    unique=(("deployment_code", "asset_code"),),
)
CLAIM = Table(
    "claim",
    "One row per claim that stood then: recorded by then and not withdrawn by then, whatever day it is about",
    (
        *_of("report_claim", f"claim_id seq recorded_at line {_ABOUT}"),
        *_of("report_claim", "kind modality status_code status_axis quantity_text quantity_form low best high"),
        *_of("report_claim", "share_low share_high counting_basis is_complete reason stated_on"),
        *_of("report_claim", "effective_edtf effective_from effective_by effective_until effective_on effective_at"),
        flag("applies", "", "The day that orders it is not after the day of this snapshot"),
        *_of("report_claim", "source_code reliability credibility grade is_admissible is_own_words"),
        *_of("report_evidence", "excerpt locator"),
        *_of("report_claim", "transfer_id other_deployment_code same_as_id after_id restates_id note"),
    ),
    ("claim_id",),
    (*_LINE, _code("source_code", "source")),
    indexes=(("line", "effective_on"), ("effective_on",), ("recorded_at",)),
)
PLAN_LINK = Table(
    "plan_link",
    "One row per statement of what a claim did to a plan, recorded by then, where both stood",
    _of("report_plan_link", "seq ordinal plan_id claim_id relation recorded_at"),
    ("seq", "ordinal"),
    (Reference(("plan_id",), "claim", ("claim_id",)), Reference(("claim_id",), "claim", ("claim_id",))),
)
EVENT = Table(
    "event",
    "One row per event that stood then",
    _of(
        "report_event",
        "event_code kind title effective_edtf effective_from effective_by effective_until effective_on location_code"
        " latitude longitude source_code excerpt locator note",
    ),
    ("event_code",),
    (_code("location_code", "location"), _code("source_code", "source")),
    indexes=(("effective_on",),),
)
EVENT_ACTOR = Table(
    "event_actor",
    "One row per part that an actor had in an event",
    _of("report_event_actor", "event_code actor_code role"),
    ("event_code", "actor_code", "role"),
    (_code("event_code", "event"), _code("actor_code", "actor")),
)
POSTURE = Table(
    "posture",
    "One row per line of which anything was known, and per deployment of which only its phase was: its posture by the"
    " reading rules, by both clocks of this snapshot",
    (
        text("line", "", "Address of the line, fra-ner/drones; or the deployment alone"),
        *_of("report_posture", f"{_ABOUT} low best high stated_low stated_best stated_high quantity_text"),
        *_of("report_posture", "phase presence activity condition lifecycle status since source_code grade"),
        *_of("report_posture", "origins flags claim_id"),
    ),
    ("line",),
    (*_LINE, _code("source_code", "source"), Reference(("claim_id",), "claim", ("claim_id",))),
)
PLAN = Table(
    "plan",
    "One row per plan that had been stated: its state by the reading rules, by both clocks of this snapshot",
    (
        *_of("report_plan", f"plan_id line {_ABOUT} modality kind status_code quantity_text low high"),
        *_of("report_plan", "stated_on effective_edtf due_on state overdue_days outcomes source_code grade"),
        integer("origins", "", "Distinct origins that state it"),
        *_of("report_plan", "excerpt"),
    ),
    ("plan_id",),
    (Reference(("plan_id",), "claim", ("claim_id",)), *_LINE, _code("source_code", "source")),
    indexes=(("state",), ("due_on",)),
)
TOTAL = Table(
    "total",
    "One row per actor, location and top type of asset, each with all below it: never a sum of what overlaps,"
    " and never to be added up, for a row holds those below it",
    (
        integer("total_id", "", "Number of the row"),
        text("actor_code", "", "Whose forces, all its parts with it; NULL: everybody's"),
        text("location_code", "", "Where, all that lies in it with it; NULL: everywhere"),
        text("asset_type_code", "", "Of what, all its kinds with it"),
        real("latitude", "", "Degrees north of the location, WGS 84"),
        real("longitude", "", "Degrees east of the location, WGS 84"),
        integer("low", "", "At least so many"),
        integer("best", "", "Most likely so many; NULL: not known"),
        integer("high", "", "At most so many; NULL: not known"),
        text("rests_on", "", "own: a count of the whole; parts: what its parts add up to; own_and_parts: both"),
        text("own", "", "The line that is the whole itself"),
        integer("parts_low", "", "What the parts add up to at least"),
        text("conflicts", "", "Where parts exceed the whole, as JSON"),
        integer("lines", "", "How many lines it holds"),
        text("flags", "", "What a reader must know, parted by blanks"),
    ),
    ("total_id",),
    (_code("actor_code", "actor"), _code("location_code", "location"), _code("asset_type_code", "asset_type")),
)

TABLES = (
    SNAPSHOT,
    DICTIONARY,
    ACTOR,
    LOCATION,
    ASSET_TYPE,
    SOURCE,
    DEPLOYMENT,
    CONTAINMENT,
    PLATFORM,
    ASSET,
    CLAIM,
    PLAN_LINK,
    EVENT,
    EVENT_ACTOR,
    POSTURE,
    PLAN,
    TOTAL,
)
"""Every table, in an order in which each refers only to itself and to those before it."""


def dictionary_rows() -> list[dict[str, object]]:
    """Return the rows of the data dictionary."""
    return [
        {
            "table_name": table.name,
            "column_name": column.name,
            "position": position,
            "type": column.kind,
            "unit": unit_of(table.name, column),
            "meaning": column.meaning,
            "is_key": int(column.name in table.key),
            "refers_to": _refers_to(table, column.name),
        }
        for table in TABLES
        for position, column in enumerate(table.columns, start=1)
    ]


def _refers_to(table: Table, column: str) -> str | None:
    for one in table.references:
        if column in one.columns:
            return f"{one.table}.{one.to[one.columns.index(column)]}"
    return None
