"""Adding, editing, removing and naming what the catalogue describes; every change is itself recorded.

A noun's fields are its columns; references to other rows are given by code. Every touched row leaves a
`catalogue_revision` with its state before and after, so that the catalogue's whole history stands in the ledger.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.domain.codes import fold, make_code, read_code
from posture.domain.vocabulary import (
    ActorKind,
    Attribution,
    EventKind,
    EventRole,
    LocationKind,
    Precision,
    SiteClass,
    TextKind,
)
from posture.errors import Refused, UnknownWord, UsageMistake
from posture.ledger import containment
from posture.ledger.entry import Entry, Writing, Written, append
from posture.ledger.hashing import sha256
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from posture.store.connection import Database


@dataclass(frozen=True, kw_only=True)
class Noun:
    """How one catalogue table is written."""

    table: str
    fields: tuple[str, ...]
    """What a person may give, references by their short name (`parent`, `actor`...)."""
    required: tuple[str, ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()
    """Field, column and noun of each reference."""
    words: tuple[tuple[str, type[StrEnum]], ...] = ()
    """Fields that take one of a closed vocabulary."""
    used_by: tuple[tuple[str, str], ...] = ()
    """Table and column of everything that may refer to a row."""


NOUNS: dict[str, Noun] = {
    "actor": Noun(
        table="actor",
        fields=("name", "kind", "parent", "iso_alpha3", "note"),
        required=("name", "kind"),
        references=(("parent", "parent_id", "actor"),),
        words=(("kind", ActorKind),),
        used_by=(("actor", "parent_id"), ("deployment", "actor_id"), ("platform", "actor_id"), ("event_actor", "actor_id")),
    ),
    "location": Noun(
        table="location",
        fields=(
            "name", "kind", "parent", "iso_alpha3", "icao_code", "latitude", "longitude", "precision", "site_class", "note",
        ),
        required=("name", "kind"),
        references=(("parent", "parent_id", "location"),),
        words=(("kind", LocationKind), ("precision", Precision), ("site_class", SiteClass)),
        used_by=(("location", "parent_id"), ("deployment", "location_id"), ("event", "location_id")),
    ),
    "asset_type": Noun(
        table="asset_type",
        fields=("name", "parent", "icao_designator", "sidc", "note"),
        required=("name",),
        references=(("parent", "parent_id", "asset_type"),),
        used_by=(("asset_type", "parent_id"), ("asset", "asset_type_id"), ("platform", "asset_type_id")),
    ),
    "source": Noun(
        table="source",
        fields=(
            "title", "publisher", "url", "published_on", "published_at", "retrieved_at", "language", "attribution",
            "reliability", "content_sha256", "text_kind", "text", "note",
        ),
        required=("title",),
        words=(("attribution", Attribution), ("text_kind", TextKind)),
        used_by=(
            ("status_change", "source_id"), ("event", "source_id"), ("source_origin", "source_id"), ("source_origin", "origin_id"),
        ),
    ),
    "deployment": Noun(
        table="deployment",
        fields=("name", "actor", "location", "operation", "mission", "part_of", "note"),
        required=("actor", "location"),
        references=(("actor", "actor_id", "actor"), ("location", "location_id", "location"), ("part_of", "part_of_id", "deployment")),
        used_by=(
            ("deployment", "part_of_id"), ("asset", "deployment_id"), ("status_change", "deployment_id"),
            ("status_change", "other_deployment_id"),
        ),
    ),
    "platform": Noun(
        table="platform",
        fields=("designation", "asset_type", "actor", "note"),
        required=("designation", "asset_type"),
        references=(("asset_type", "asset_type_id", "asset_type"), ("actor", "actor_id", "actor")),
        used_by=(("asset", "platform_id"),),
    ),
    "asset": Noun(
        table="asset",
        fields=("deployment", "asset_type", "platform", "note"),
        required=("deployment",),
        references=(
            ("deployment", "deployment_id", "deployment"), ("asset_type", "asset_type_id", "asset_type"),
            ("platform", "platform_id", "platform"),
        ),
        used_by=(("status_change", "asset_id"),),
    ),
    "event": Noun(
        table="event",
        fields=("kind", "title", "on", "location", "source", "excerpt", "locator", "note", "actors"),
        required=("kind", "title", "source"),
        references=(("location", "location_id", "location"), ("source", "source_id", "source")),
        words=(("kind", EventKind),),
        used_by=(("retraction", "event_id"), ("retraction", "replacement_event_id")),
    ),
}
"""Every noun of the catalogue and how it is written: the one table that commands and scenarios follow."""

NAMED_BY_ALIAS = ("actor", "location", "asset_type", "deployment")
DEFAULTS: dict[str, dict[str, Any]] = {"source": {"attribution": "named", "reliability": "F", "text_kind": "none"}}
_LONG_TEXTS = {"source": ("text",), "event": ("excerpt",)}
_REACHES_CONTAINMENT = {
    "actor": ("parent_id",),
    "location": ("parent_id",),
    "deployment": ("actor_id", "location_id", "operation", "part_of_id"),
}


def add(db: Database, noun: str, fields: Mapping[str, Any], writing: Writing | None = None) -> Written:
    """Add a row of the catalogue; its `code` is in `fields`, or is made from its name.

    Raises `UsageMistake` for a field that is missing or not the noun's, `UnknownCode` for a reference that does not
    resolve, `Refused` for a code that is taken.
    """
    return append(db, writing or Writing(action="add"), lambda entry: _say_added(entry, noun, add_row(entry, noun, fields)))


def _say_added(entry: Entry, noun: str, row: Mapping[str, Any]) -> None:
    entry.say(f"{noun.replace('_', '-')} {row['code']} added")


def add_row(entry: Entry, noun: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Insert a catalogue row within an entry that is being composed, with its revision; return the row."""
    spec = NOUNS[noun]
    given = {**DEFAULTS.get(noun, {}), **{name: value for name, value in fields.items() if value is not None}}
    code = _code_of(noun, given)
    _refuse_unknown_fields(noun, spec, given)
    if noun == "asset":
        given = _asset_with_type(entry, given)
    missing = [name for name in spec.required if given.get(name) in (None, "")]
    if missing:
        raise UsageMistake(f"{noun.replace('_', '-')} {code} needs {' and '.join('--' + m.replace('_', '-') for m in missing)}")
    values, actors = _resolved(entry, noun, code, given)
    _refuse_taken(entry, noun, code, values)
    row = entry.insert(spec.table, {"code": code, **values})
    for actor, role in actors:
        entry.db.insert("event_actor", {"event_id": row["id"], "actor_id": actor, "role": role})
    revise(entry, spec.table, row["id"], None, snapshot(entry.db, spec.table, row["id"]))
    if noun == "deployment":
        containment.extend(entry.db, row["id"])
    return row


def edit(db: Database, noun: str, code: str, changes: Mapping[str, Any], writing: Writing | None = None) -> Written:
    """Change fields of a catalogue row; an empty text clears an optional field.

    Raises `Refused` where a parent would become its own descendant, or a deployment would contain its container.
    """

    def compose(entry: Entry) -> None:
        spec = NOUNS[noun]
        found = lookup.get_line(entry.db, code) if noun == "asset" else lookup.get_code(entry.db, noun, code)
        given = {name: value for name, value in changes.items() if value is not None}
        _refuse_unknown_fields(noun, spec, given)
        cleared = {name for name, value in given.items() if value == ""}
        for name in cleared & set(spec.required):
            raise UsageMistake(f"--{name.replace('_', '-')} cannot be empty: every {noun.replace('_', '-')} has one")
        before = snapshot(entry.db, spec.table, found["id"])
        values, actors = _resolved(entry, noun, found["code"], {k: v for k, v in given.items() if k not in cleared}, before)
        columns = {field: column for field, column, _ in spec.references}
        values.update({columns.get(name, name): None for name in cleared})
        if "code" in changes and changes["code"]:
            values["code"] = read_code(str(changes["code"]))
        values = {name: value for name, value in values.items() if before.get(name) != value or name in ("text", "excerpt")}
        if not values and not actors:
            raise Refused(f"{noun.replace('_', '-')} {found['code']} is already so: nothing to change")
        _refuse_loop(entry.db, spec, found["id"], values)
        if values:
            entry.db.update(spec.table, found["id"], values)
        if actors:
            entry.db.execute("delete from event_actor where event_id = :id", {"id": found["id"]})
            for actor, role in actors:
                entry.db.insert("event_actor", {"event_id": found["id"], "actor_id": actor, "role": role})
        revise(entry, spec.table, found["id"], before, snapshot(entry.db, spec.table, found["id"]))
        if any(column in values for column in _REACHES_CONTAINMENT.get(noun, ())):
            containment.rebuild(entry.db)
        for name in values:
            entry.say(f"{noun.replace('_', '-')} {found['code']}: {name} changed")

    return append(db, writing or Writing(action="edit"), compose)


def remove(db: Database, noun: str, code: str, writing: Writing | None = None) -> Written:
    """Remove a catalogue row that nothing refers to; raises `Refused` that says what does."""

    def compose(entry: Entry) -> None:
        row = lookup.get_line(entry.db, code) if noun == "asset" else lookup.get_code(entry.db, noun, code)
        remove_row(entry, noun, row["id"])
        entry.say(f"{noun.replace('_', '-')} {row['code']} removed")

    return append(db, writing or Writing(action="remove"), compose)


def remove_row(entry: Entry, noun: str, row_id: int) -> None:
    """Delete a catalogue row within an entry, with its aliases and revision; raises `Refused` where it is in use."""
    spec = NOUNS[noun]
    before = snapshot(entry.db, spec.table, row_id)
    users = _users(entry.db, noun, row_id)
    if users:
        raise Refused(f"{noun.replace('_', '-')} {before['code']} is in use by {', '.join(users)}; remove or retract those first")
    if noun in NAMED_BY_ALIAS:
        for alias_row in entry.db.all(f"select id from alias where {spec.table}_id = :id", {"id": row_id}):  # noqa: S608
            _delete_alias(entry, alias_row["id"])
    if noun == "event":
        entry.db.execute("delete from event_actor where event_id = :id", {"id": row_id})
    if noun == "deployment":
        containment.forget(entry.db, row_id)
    entry.db.delete(spec.table, row_id)
    if before.get("part_of_id") is not None:
        containment.rebuild(entry.db)  # what reached its whole only through it is no longer contained
    revise(entry, spec.table, row_id, before, None)


def alias(
    db: Database, noun: str, code: str, name: str, language: str | None = None, writing: Writing | None = None
) -> Written:
    """Give a catalogue row another name by which an analyst's word finds it."""

    def compose(entry: Entry) -> None:
        row = lookup.get_code(entry.db, noun, code)
        alias_row(entry, noun, row["id"], name, language)
        entry.say(f'{noun.replace("_", "-")} {row["code"]} is also found as "{name}"')

    return append(db, writing or Writing(action="alias"), compose)


def alias_row(entry: Entry, noun: str, row_id: int, name: str, language: str | None = None) -> None:
    """Insert an alias within an entry; raises `Refused` where the row has it already."""
    if noun not in NAMED_BY_ALIAS:
        raise UsageMistake(f"a {noun.replace('_', '-')} takes no alias; {', '.join(n.replace('_', '-') for n in NAMED_BY_ALIAS)} do")
    column = f"{NOUNS[noun].table}_id"
    folded = fold(name)
    if not folded:
        raise UsageMistake("an alias cannot be empty")
    there = entry.db.value(
        f"select 1 from alias where {column} = :id and name_folded = :folded",  # noqa: S608 - own column
        {"id": row_id, "folded": folded},
    )
    if there:
        raise Refused(f'it is already found as "{name}"')
    empty = {f"{NOUNS[other].table}_id": None for other in NAMED_BY_ALIAS}
    row = entry.insert("alias", {**empty, column: row_id, "name": name, "name_folded": folded, "language": language})
    revise(entry, "alias", row["id"], None, snapshot(entry.db, "alias", row["id"]))


def _delete_alias(entry: Entry, row_id: int) -> None:
    before = snapshot(entry.db, "alias", row_id)
    entry.db.delete("alias", row_id)
    revise(entry, "alias", row_id, before, None)


def repeats(db: Database, source: str, origin: str | None, writing: Writing | None = None) -> Written:
    """Record which source another repeats; with no origin, that it speaks for itself.

    Claims keep their source; from this entry on they count as the origin's. Raises `Refused` for a circle.
    """

    def compose(entry: Entry) -> None:
        row = lookup.get_code(entry.db, "source", source)
        target = lookup.get_code(entry.db, "source", origin) if origin else None
        origin_row(entry, row, target)

    return append(db, writing or Writing(action="repeats"), compose)


def origin_row(entry: Entry, source: Mapping[str, Any], origin: Mapping[str, Any] | None) -> None:
    """Add the `source_origin` of a source within an entry."""
    if origin is not None and source["id"] in (origin["id"], *origin_chain(entry.db, origin["id"])):
        raise Refused(f"{source['code']} cannot repeat {origin['code']}: {origin['code']} would then repeat itself")
    known = entry.db.one(
        "select origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1", {"id": source["id"]}
    )
    if (known["origin_id"] if known else None) == (origin["id"] if origin else None):
        raise Refused(f"{source['code']} is already {'a repeat of ' + origin['code'] if origin else 'its own origin'}")
    entry.add("source_origin", {"source_id": source["id"], "origin_id": origin["id"] if origin else None})
    entry.say(f"{source['code']} repeats {origin['code']}" if origin else f"{source['code']} speaks for itself")


def origin_chain(db: Database, source_id: int) -> list[int]:
    """Return the ids of the sources that a source repeats, nearest first, the origin last, as known now."""
    chain: list[int] = []
    while True:
        row = db.one(
            "select origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1",
            {"id": chain[-1] if chain else source_id},
        )
        if row is None or row["origin_id"] is None:
            return chain
        chain.append(row["origin_id"])


def snapshot(db: Database, table: str, row_id: int) -> dict[str, Any]:
    """Return a catalogue row as a revision keeps it: long texts by their SHA-256, an event with its actors."""
    row = db.one(f"select * from {table} where id = :id", {"id": row_id})  # noqa: S608 - own table
    if row is None:
        return {}
    state = {name: row[name] for name in row.keys() if name not in _LONG_TEXTS.get(table, ())}  # noqa: SIM118
    if table == "event":
        state["actors"] = [
            [item["actor_id"], item["role"]]
            for item in db.all("select actor_id, role from event_actor where event_id = :id order by actor_id, role", {"id": row_id})
        ]
    return state


def revise(entry: Entry, table: str, row_id: int, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
    """Add the revision of a catalogue row to an entry."""
    entry.add(
        "catalogue_revision",
        {"table_name": table, "row_id": row_id, "before": canonical(before), "after": canonical(after)},
    )


def canonical(state: Mapping[str, Any] | None) -> str | None:
    """Return a row's state as JSON that is the same on every engine: sorted keys, no blanks."""
    return None if state is None else json.dumps(state, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _code_of(noun: str, given: dict[str, Any]) -> str:
    code = given.pop("code", None)
    if code:
        return read_code(str(code))
    if noun == "deployment" and "actor" in given and "location" in given:
        parts = [given["actor"], given["location"], *([given["operation"]] if given.get("operation") else [])]
        return make_code("-".join(str(part) for part in parts))
    words = given.get("name") or given.get("title") or given.get("designation") or given.get("platform") or given.get("asset_type")
    if not words:
        raise UsageMistake(f"a {noun.replace('_', '-')} needs a code")
    return make_code(str(words))


def _refuse_unknown_fields(noun: str, spec: Noun, given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in spec.fields and name != "code":
            raise UnknownWord(f"{noun.replace('_', '-')} field", name, spec.fields, ())


def _asset_with_type(entry: Entry, given: dict[str, Any]) -> dict[str, Any]:
    """A platform's line has the platform's type, unless the line says which."""
    if given.get("platform") and not given.get("asset_type"):
        platform = lookup.get_code(entry.db, "platform", str(given["platform"]))
        code = entry.db.value("select code from asset_type where id = :id", {"id": platform["asset_type_id"]})
        return {**given, "asset_type": code}
    if not given.get("asset_type"):
        raise UsageMistake("an asset needs --asset-type, or --platform")
    return given


def _resolved(
    entry: Entry, noun: str, code: str, given: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """Return the columns that the given fields mean, and an event's actors."""
    spec = NOUNS[noun]
    values: dict[str, Any] = {
        name: value for name, value in given.items() if name not in ("actors", "on", "code") and name not in {f for f, _, _ in spec.references}
    }
    for name, vocabulary in spec.words:
        if name in values:
            values[name] = read_word(f"{noun.replace('_', '-')} {name.replace('_', ' ')}", str(values[name]), vocabulary)
    for name, column, target in spec.references:
        if name in given:
            values[column] = lookup.get_code(entry.db, target, str(given[name]))["id"]
    if noun == "source":
        _read_source(values, before)
    if noun == "location":
        _read_place(values)
    actors: list[tuple[int, str]] = []
    if noun == "event":
        _read_event(entry, values, given, before)
        for word, role in given.get("actors", ()):
            actors.append((lookup.get_code(entry.db, "actor", word)["id"], read_word("event role", role, EventRole)))
    if noun == "deployment" and before is None:
        values.setdefault("name", code)
    return values, actors


def read_word(what: str, word: str, vocabulary: type[StrEnum]) -> str:
    """Return the member of a closed vocabulary that a word means, without regard to case, hyphens or underscores."""
    import difflib

    wanted = word.strip().lower().replace("-", "_").replace(" ", "_")
    allowed = [str(member) for member in vocabulary]
    if wanted in allowed:
        return wanted
    raise UnknownWord(what, word, allowed, difflib.get_close_matches(wanted, allowed, 2))


def _read_source(values: dict[str, Any], before: Mapping[str, Any] | None) -> None:
    from posture.domain.dates import read_day, read_instant

    if values.get("published_on"):
        values["published_on"] = read_day(str(values["published_on"]), today=clock.today()).isoformat()
    for name in ("published_at", "retrieved_at"):
        if values.get(name):
            values[name] = clock.to_text(read_instant(str(values[name])))
    if values.get("published_at") and not values.get("published_on") and not (before or {}).get("published_on"):
        values["published_on"] = values["published_at"][:10]
    if values.get("reliability"):
        letter = str(values["reliability"]).strip().upper()
        if letter not in tuple("ABCDEF"):
            raise UnknownWord("reliability", str(values["reliability"]), tuple("ABCDEF"))
        values["reliability"] = letter
    if values.get("text"):
        values["text_sha256"] = sha256(values["text"])
        if values.get("text_kind", "none") == "none":
            values["text_kind"] = "full"
    elif values.get("text_kind", "none") != "none" and not (before or {}).get("text_sha256"):
        raise UsageMistake(f"text kind {values['text_kind']} without a text; give the text, or text kind none")


def _read_place(values: dict[str, Any]) -> None:
    for name, limit in (("latitude", 90.0), ("longitude", 180.0)):
        if values.get(name) is None:
            continue
        try:
            degrees = float(values[name])
        except ValueError:
            degrees = limit + 1
        if not -limit <= degrees <= limit:
            raise UsageMistake(f"{name} {values[name]} is not a number of degrees from {-limit:g} to {limit:g}")
        values[name] = degrees
    for name in ("iso_alpha3", "icao_code"):
        if values.get(name):
            values[name] = str(values[name]).upper()


def _read_event(entry: Entry, values: dict[str, Any], given: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    from posture.domain.dates import read_date

    source_id = values.get("source_id") or (before or {}).get("source_id")
    source = entry.db.one("select * from source where id = :id", {"id": source_id}) if source_id else None
    if "on" in given or before is None:
        words = given.get("on") or (source["published_on"] if source else None) or "today"
        when = read_date(str(words), today=clock.today())
        values.update(
            effective_edtf=when.edtf,
            effective_from=when.start.isoformat() if when.start else None,
            effective_by=when.by.isoformat() if when.by else None,
            effective_until=when.until.isoformat() if when.until else None,
            effective_on=when.on.isoformat(),
        )
        entry.say(when.described())
    if values.get("excerpt"):
        from posture.domain.excerpts import find_excerpt

        if source and source["text"] and find_excerpt(source["text"], values["excerpt"]) is None:
            raise Refused(f"the excerpt does not occur in the stored text of {source['code']}; quote it exactly")
        values["excerpt_sha256"] = sha256(values["excerpt"])


def _refuse_taken(entry: Entry, noun: str, code: str, values: Mapping[str, Any]) -> None:
    spec = NOUNS[noun]
    if noun == "asset":
        there = entry.db.all("select code, asset_type_id, platform_id from asset where deployment_id = :id", {"id": values["deployment_id"]})
        for row in there:
            same = (
                row["platform_id"] == values["platform_id"]
                if values.get("platform_id")
                else row["platform_id"] is None and row["asset_type_id"] == values["asset_type_id"]
            )
            if row["code"] == code or same:
                raise Refused(f"the deployment has this asset already, as {row['code']}")
        return
    if entry.db.value(f"select 1 from {spec.table} where code = :code", {"code": code}):  # noqa: S608 - own table
        raise Refused(f'{noun.replace("_", "-")} {code} is there already; see "posture {noun.replace("_", "-")} show {code}"')
    if noun == "deployment":
        other = entry.db.value(
            "select code from deployment where actor_id = :actor_id and location_id = :location_id"
            " and coalesce(operation, '') = :operation",
            {"actor_id": values["actor_id"], "location_id": values["location_id"], "operation": values.get("operation") or ""},
        )
        if other:
            raise Refused(f"deployment {other} is of that actor at that location already; name an --operation to tell them apart")


def _refuse_loop(db: Database, spec: Noun, row_id: int, values: Mapping[str, Any]) -> None:
    parent = values.get("parent_id")
    if parent is not None and row_id in ({parent} | lookup.ancestors(db, spec.table, parent)):
        raise Refused("a parent cannot lie below its own child")


def _users(db: Database, noun: str, row_id: int) -> list[str]:
    """Return what refers to a row: `3 claims`, `1 deployment (fra-ner)`."""
    called = {"status_change": "claim", "source_origin": "statement of origin", "event_actor": "event", "retraction": "retraction"}
    users: dict[str, int] = {}
    example: dict[str, str] = {}
    for table, column in NOUNS[noun].used_by:
        count = db.value(f"select count(*) from {table} where {column} = :id", {"id": row_id})  # noqa: S608 - own names
        if count:
            name = called.get(table, table.replace("_", " "))
            users[name] = users.get(name, 0) + count
            if table in NOUNS and name not in example:
                example[name] = db.value(f"select code from {table} where {column} = :id order by code", {"id": row_id})  # noqa: S608
    return [f"{n} {name}{'s' if n > 1 else ''}{f' ({example[name]})' if name in example else ''}" for name, n in users.items()]
