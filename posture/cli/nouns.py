"""The nouns of the catalogue and their fields: one table from which every `add`, `edit` and `show` is made."""

from __future__ import annotations


class Field:
    """One field of a noun: its column, its option, its help, and how its word is read."""

    __slots__ = ("about", "column", "completes", "metavar", "reads", "spelling")

    def __init__(
        self, column: str, metavar: str, about: str, *, spelling: str = "", reads: str = "text", completes: str = ""
    ) -> None:
        self.column = column
        """Name under which the ledger takes it."""
        self.metavar = metavar
        self.about = about
        self.spelling = spelling or "--" + column.replace("_", "-")
        self.reads = reads
        """`text`, `number` or `many`."""
        self.completes = completes


class Noun:
    """A kind of thing in the catalogue."""

    __slots__ = ("about", "code_about", "examples", "fields", "listed", "name", "plural", "table")

    def __init__(
        self,
        name: str,
        plural: str,
        about: str,
        code_about: str,
        fields: tuple[Field, ...],
        *,
        listed: tuple[str, ...],
        examples: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        """As it is typed: `asset-type`."""
        self.table = name.replace("-", "_")
        self.plural = plural
        self.about = about
        self.code_about = code_about
        self.fields = fields
        self.listed = listed
        """The columns of `list`."""
        self.examples = examples
        """Arguments of `add` that work as they stand."""

    @property
    def article(self) -> str:
        """The noun with its article: `an actor`."""
        return f"{'an' if self.name[0] in 'ae' else 'a'} {self.name.replace('-', ' ')}"


NAME = Field("name", "TEXT", "Its name, as people write it.")
NOTE = Field("note", "TEXT", "Your own remark.")

ACTOR = Noun(
    "actor",
    "actors",
    "Whose forces: states, armed forces, alliances, others.",
    "Short code, such as fra.",
    (
        NAME,
        Field("kind", "WORD", "What it is.", completes="vocabulary:ActorKind"),
        Field("parent", "CODE", "The actor it belongs to.", completes="actor"),
        Field("iso_alpha3", "ABC", "ISO 3166 code of a state.", spelling="--iso"),
        NOTE,
    ),
    listed=("code", "name", "kind", "parent"),
    examples=("actor add fra", "actor add usmc --name 'US Marine Corps' --kind armed_force --parent usa"),
)
LOCATION = Noun(
    "location",
    "locations",
    "Where: countries, regions, cities, bases, airfields, ports, seas.",
    "Short code; an ISO country code or an ICAO airfield code fills in the rest.",
    (
        NAME,
        Field("kind", "WORD", "What it is.", completes="vocabulary:LocationKind"),
        Field("parent", "CODE", "The location it lies in.", completes="location"),
        Field("iso_alpha3", "ABC", "ISO 3166 code of a country.", spelling="--iso"),
        Field("icao_code", "ABCD", "ICAO code of an airfield.", spelling="--icao"),
        Field("latitude", "DEGREES", "North of the equator, in decimal degrees.", reads="number"),
        Field("longitude", "DEGREES", "East of Greenwich, in decimal degrees.", reads="number"),
        Field("precision", "WORD", "How exactly the place is known.", completes="vocabulary:Precision"),
        Field("site_class", "WORD", "The kind of foreign military site.", completes="vocabulary:SiteClass"),
        NOTE,
    ),
    listed=("code", "name", "kind", "parent", "latitude", "longitude"),
    examples=("location add ner", "location add drrn", "location add ouallam --name Ouallam --kind base --parent ner"),
)
ASSET_TYPE = Noun(
    "asset-type",
    "asset types",
    "What kind of thing: personnel, drones, helicopters, models.",
    "Short code, such as mq-9.",
    (
        NAME,
        Field("parent", "CODE", "The type that it is a kind of.", completes="asset_type"),
        Field("icao_designator", "CODE", "ICAO aircraft type designator.", spelling="--icao"),
        Field("sidc", "CODE", "Symbol identification code (APP-6)."),
        NOTE,
    ),
    listed=("code", "name", "parent"),
    examples=("asset-type add mq-9 --name 'MQ-9 Reaper' --parent drone",),
)
SOURCE = Noun(
    "source",
    "sources",
    "Who says so: documents and statements, with their text.",
    "Short code, such as rfi-2023-09-05.",
    (
        Field("title", "TEXT", "Its title."),
        Field("publisher", "TEXT", "Who published it."),
        Field("url", "URL", "Where it was published."),
        Field("published_on", "DATE", "The day it was published."),
        Field("published_at", "INSTANT", "The instant it was published, if known."),
        Field("retrieved_at", "INSTANT", "When you fetched it."),
        Field("language", "CODE", "Its language, such as fr."),
        Field("attribution", "WORD", "Who or what stands behind it.", completes="vocabulary:Attribution"),
        Field(
            "reliability",
            "A-F",
            "How reliable it usually is; the default of its claims' grades.",
            completes="=A B C D E F",
        ),
        Field("text_kind", "WORD", "What the stored text is.", completes="vocabulary:TextKind"),
        NOTE,
    ),
    listed=("code", "published_on", "reliability", "title"),
    examples=("source add rfi-2023-09-05 report.txt --publisher RFI --published-on 2023-09-05 --reliability B",),
)
DEPLOYMENT = Noun(
    "deployment",
    "deployments",
    "Forces of an actor at a location, perhaps under an operation.",
    "Short code; ACTOR-LOCATION by default, such as fra-ner.",
    (
        NAME,
        Field("actor", "CODE", "Whose forces.", completes="actor"),
        Field("location", "CODE", "Where.", completes="location"),
        Field("operation", "TEXT", "Under which operation."),
        Field("mission", "TEXT", "What they are there for."),
        Field("part_of", "CODE", "The multinational force that they belong to.", completes="deployment"),
        NOTE,
    ),
    listed=("code", "name", "actor", "location", "operation", "part_of"),
    examples=("deployment add fra-ner --actor fra --location ner",),
)
ASSET = Noun(
    "asset",
    "assets",
    "The lines of a deployment: personnel, a type, or one platform.",
    "Address: fra-ner/drones.",
    (
        Field(
            "asset_type",
            "CODE",
            "What kind of thing it is; the second half of the address by default.",
            spelling="--type",
            completes="asset_type",
        ),
        Field("platform", "CODE", "The one machine that it is.", completes="platform"),
        NOTE,
    ),
    listed=("address", "asset_type", "platform"),
    examples=("asset add fra-ner/drones --type drone",),
)
PLATFORM = Noun(
    "platform",
    "platforms",
    "Single machines, found again wherever they go.",
    "Short code, such as mq-9-104.",
    (
        Field("designation", "TEXT", "Registration, tail or hull number."),
        Field("asset_type", "CODE", "What kind of thing it is.", spelling="--type", completes="asset_type"),
        Field("actor", "CODE", "Whose it is.", completes="actor"),
        NOTE,
    ),
    listed=("code", "designation", "asset_type", "actor"),
    examples=("platform add reaper-104 --designation 104 --type mq-9 --actor fra",),
)
EVENT = Noun(
    "event",
    "events",
    "Dated context: coups, demands, talks, agreements, attacks.",
    "Short code, such as niger-coup.",
    (
        Field("kind", "WORD", "What kind of event.", completes="vocabulary:EventKind"),
        Field("title", "TEXT", "One line that says what happened."),
        Field("on", "DATE", "When; written as for claims."),
        Field("location", "CODE", "Where.", completes="location"),
        Field(
            "actors",
            "CODE:ROLE",
            "Who took part, and as what (agent, target, participant, host, mediator).",
            spelling="--actor",
            reads="many",
            completes="actor",
        ),
        Field("source", "CODE", "The source that says so.", completes="source"),
        Field("excerpt", "TEXT", "The passage that says so."),
        Field("locator", "TEXT", "Where in the source."),
        NOTE,
    ),
    listed=("code", "retracted_by_entry", "on", "kind", "location", "title", "source"),
    examples=(
        "event add niger-coup --kind coup --on 2023-07-26 --location ner --source SOURCE --title 'Coup in Niamey'",
    ),
)

NOUNS = (ACTOR, LOCATION, ASSET_TYPE, SOURCE, DEPLOYMENT, ASSET, PLATFORM, EVENT)
"""In the order of the help."""


BY_TABLE = {noun.table: noun for noun in NOUNS}
"""Each noun by the name of its table, as the command tree names it."""
