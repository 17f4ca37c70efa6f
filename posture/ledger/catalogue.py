"""Adding, editing, removing and naming what the catalogue describes; every change is itself recorded.

A noun's fields are its columns; references to other rows are given by code. Every touched row leaves a
`catalogue_revision` with its state before and after, so that the catalogue's whole history stands in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.codes import fold, make_code, read_code
from posture.domain.vocabulary import EventRole
from posture.errors import Refused, UnknownWord, UsageMistake
from posture.ledger import containment
from posture.ledger.entry import Entry, Writing, Written, append
from posture.ledger.fields import read_event, read_place, read_source, read_word
from posture.ledger.nouns import DEFAULTS, NOUNS, REACHES_CONTAINMENT, Noun
from posture.ledger.origins import repeats
from posture.ledger.revisions import revise, snapshot
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database

__all__ = ["add", "add_row", "alias", "alias_row", "edit", "remove", "remove_row", "repeats"]


def add(db: Database, noun: str, fields: Mapping[str, Any], writing: Writing | None = None) -> Written:
    """Add a row of the catalogue; its `code` is in `fields`, or is made from its name.

    Raises `UsageMistake` for a field that is missing or not the noun's, `UnknownCode` for a reference that does not
    resolve, `Refused` for a code that is taken.
    """
    return append(
        db, writing or Writing(action="add"), lambda entry: _say_added(entry, noun, add_row(entry, noun, fields))
    )


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
        raise UsageMistake(
            f"{noun.replace('_', '-')} {code} needs {' and '.join('--' + m.replace('_', '-') for m in missing)}"
        )
    values, actors = _resolved(entry, noun, code, given)
    _refuse_taken(entry, noun, code, values)
    row = entry.insert(spec.table, {"code": code, **values})
    for actor, role in actors:
        entry.db.insert("event_actor", {"event_id": row["id"], "actor_id": actor, "role": role})
    revise(entry, spec.table, row["id"], None, snapshot(entry.db, spec.table, row["id"]))
    if noun == "deployment":
        entry.moved |= containment.extend(entry.db, row["id"])
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
        for name in sorted(cleared & {*spec.required, *spec.filled, "code"}):
            raise UsageMistake(f"--{name.replace('_', '-')} cannot be empty: every {noun.replace('_', '-')} has one")
        before = snapshot(entry.db, spec.table, found["id"])
        values, actors = _resolved(
            entry, noun, found["code"], {k: v for k, v in given.items() if k not in cleared}, before
        )
        columns = {field: column for field, column, _ in spec.references}
        values.update({columns.get(name, name): None for name in cleared - {"actors"}})
        no_actors = "actors" in cleared and bool(before["actors"])
        if changes.get("code"):
            values["code"] = read_code(str(changes["code"]))
        values = {
            name: value for name, value in values.items() if before.get(name) != value or name in ("text", "excerpt")
        }
        if not values and not actors and not no_actors:
            raise Refused(f"{noun.replace('_', '-')} {found['code']} is already so: nothing to change")
        refuse_loop(entry.db, spec.table, found["id"], values)
        _refuse_lost_excerpts(entry, found, values.get("text"))
        if values:
            entry.db.update(spec.table, found["id"], values)
        if actors or no_actors:
            entry.db.execute("delete from event_actor where event_id = :id", {"id": found["id"]})
            for actor, role in actors:
                entry.db.insert("event_actor", {"event_id": found["id"], "actor_id": actor, "role": role})
        revise(entry, spec.table, found["id"], before, snapshot(entry.db, spec.table, found["id"]))
        if any(column in values for column in REACHES_CONTAINMENT.get(noun, ())):
            entry.moved |= containment.rebuild(entry.db)
        for name in values:
            entry.say(f"{noun.replace('_', '-')} {found['code']}: {name.removesuffix('_id').replace('_', ' ')} changed")

    return append(db, writing or Writing(action="edit"), compose)


def _refuse_lost_excerpts(entry: Entry, source: Mapping[str, Any], text: str | None) -> None:
    """Raise `Refused` where a claim or an event that stands quotes words that a source's new text does not hold.

    Only a source has a text.
    """
    from posture.domain.excerpts import find_excerpt

    if not text or entry.writing.force:
        return
    for table, what in (("status_change", "claim"), ("event", "event")):
        for row in entry.db.all(
            f"select id, excerpt from {table} where source_id = :id and excerpt is not null and not exists"
            f" (select 1 from retraction where {table}_id = {table}.id) order by id",
            {"id": source["id"]},
        ):
            if find_excerpt(text, row["excerpt"]) is None:
                raise Refused(
                    f"{what} {row['id']} quotes words that the new text of {source['code']} does not hold;"
                    " give the text that it quotes, or --force"
                )


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
    users = users_of(entry.db, noun, row_id)
    if users:
        raise Refused(
            f"{noun.replace('_', '-')} {before['code']} is in use by {', '.join(users)}; remove or retract those first"
        )
    for alias_row in entry.db.all(f"select id from alias where {spec.table}_id = :id order by id", {"id": row_id}):
        delete_unused_row(entry, "alias", alias_row["id"])
    if noun == "event":
        entry.db.execute("delete from event_actor where event_id = :id", {"id": row_id})
    if noun == "deployment":
        containment.forget(entry.db, row_id)
    entry.db.delete(spec.table, row_id)
    if before.get("part_of_id") is not None:
        entry.moved |= containment.rebuild(entry.db)  # what reached its whole only through it is no longer contained
    revise(entry, spec.table, row_id, before, None)


def alias(
    db: Database, noun: str, code: str, name: str, language: str | None = None, writing: Writing | None = None
) -> Written:
    """Give a catalogue row another name by which an analyst's word finds it; an asset's is used after its deployment."""

    def compose(entry: Entry) -> None:
        row = lookup.get_line(entry.db, code) if noun == "asset" else lookup.get_code(entry.db, noun, code)
        alias_row(entry, noun, row["id"], name, language)
        within = f"{lookup.get_row(entry.db, 'deployment', row['deployment_id'])['code']}/" if noun == "asset" else ""
        entry.say(f'{noun.replace("_", "-")} {within}{row["code"]} is also found as "{within}{name}"')

    return append(db, writing or Writing(action="alias"), compose)


def alias_row(entry: Entry, noun: str, row_id: int, name: str, language: str | None = None) -> None:
    """Insert an alias within an entry; raises `Refused` where the row has it already."""
    column = f"{NOUNS[noun].table}_id"
    folded = fold(name)
    if not folded:
        raise UsageMistake("an alias cannot be empty")
    there = entry.db.value(
        f"select 1 from alias where {column} = :id and name_folded = :folded",
        {"id": row_id, "folded": folded},
    )
    if there:
        raise Refused(f'it is already found as "{name}"')
    empty = {f"{other.table}_id": None for other in NOUNS.values()}
    row = entry.insert("alias", {**empty, column: row_id, "name": name, "name_folded": folded, "language": language})
    revise(entry, "alias", row["id"], None, snapshot(entry.db, "alias", row["id"]))


def delete_unused_row(entry: Entry, table: str, row_id: int) -> None:
    """Delete a row of a table to whose rows nothing refers, with its revision."""
    before = snapshot(entry.db, table, row_id)
    entry.db.delete(table, row_id)
    revise(entry, table, row_id, before, None)


def _code_of(noun: str, given: dict[str, Any]) -> str:
    code = given.pop("code", None)
    if code:
        return read_code(str(code))
    if noun == "deployment" and "actor" in given and "location" in given:
        parts = [given["actor"], given["location"], *([given["operation"]] if given.get("operation") else [])]
        return make_code("-".join(str(part) for part in parts))
    words = (
        given.get("name")
        or given.get("title")
        or given.get("designation")
        or given.get("platform")
        or given.get("asset_type")
    )
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
        name: value
        for name, value in given.items()
        if name not in ("actors", "on", "code") and name not in {f for f, _, _ in spec.references}
    }
    for name, vocabulary in spec.words:
        if name in values:
            values[name] = read_word(
                f"{noun.replace('_', '-')} {name.replace('_', ' ')}", str(values[name]), vocabulary
            )
    for name, column, target in spec.references:
        if name in given:
            values[column] = lookup.get_code(entry.db, target, str(given[name]))["id"]
    if noun == "source":
        read_source(values, before)
    if noun == "location":
        read_place(values)
    actors: list[tuple[int, str]] = []
    if noun == "event":
        read_event(entry, values, given, before)
        for word, role in given.get("actors", ()):
            actors.append((lookup.get_code(entry.db, "actor", word)["id"], read_word("event role", role, EventRole)))
    if noun == "deployment" and before is None:
        where = lookup.get_row(entry.db, "location", values["location_id"])["name"] if "location_id" in values else code
        who = lookup.get_row(entry.db, "actor", values["actor_id"])["name"] if "actor_id" in values else code
        under = f" ({values['operation']})" if values.get("operation") else ""
        values.setdefault("name", f"{who} in {where}{under}")
    return values, actors


def _refuse_taken(entry: Entry, noun: str, code: str, values: Mapping[str, Any]) -> None:
    spec = NOUNS[noun]
    if noun == "asset":
        there = entry.db.all(
            "select code, asset_type_id, platform_id from asset where deployment_id = :id",
            {"id": values["deployment_id"]},
        )
        for row in there:
            same = (
                row["platform_id"] == values["platform_id"]
                if values.get("platform_id")
                else row["platform_id"] is None and row["asset_type_id"] == values["asset_type_id"]
            )
            if row["code"] == code or same:
                raise Refused(f"the deployment has this asset already, as {row['code']}")
        return
    if entry.db.value(f"select 1 from {spec.table} where code = :code", {"code": code}):
        raise Refused(
            f'{noun.replace("_", "-")} {code} is there already; see "posture {noun.replace("_", "-")} show {code}"'
        )
    if noun == "deployment":
        other = entry.db.value(
            "select code from deployment where actor_id = :actor_id and location_id = :location_id"
            " and coalesce(operation, '') = :operation",
            {
                "actor_id": values["actor_id"],
                "location_id": values["location_id"],
                "operation": values.get("operation") or "",
            },
        )
        if other:
            raise Refused(
                f"deployment {other} is of that actor at that location already: write {other},"
                " or add another with an --operation that tells them apart"
            )


def refuse_loop(db: Database, table: str, row_id: int, values: Mapping[str, Any]) -> None:
    """Raise `Refused` where a row's new parent lies below the row itself."""
    parent = values.get("parent_id")
    if parent is not None and row_id in ({parent} | lookup.ancestors(db, table, parent)):
        raise Refused("a parent cannot lie below its own child")


def users_of(db: Database, noun: str, row_id: int) -> list[str]:
    """Return what refers to a row: `3 claims`, `1 deployment (fra-ner)`."""
    called = {
        "status_change": "claim",
        "source_origin": "statement of origin",
        "event_actor": "event",
        "retraction": "retraction",
    }
    users: dict[str, int] = {}
    example: dict[str, str] = {}
    for table, column in NOUNS[noun].used_by:
        count = db.value(f"select count(*) from {table} where {column} = :id", {"id": row_id})
        if count:
            name = called.get(table, table.replace("_", " "))
            users[name] = users.get(name, 0) + count
            if table in NOUNS and name not in example:
                example[name] = db.value(f"select code from {table} where {column} = :id order by code", {"id": row_id})
    return [
        f"{n} {name}{'s' if n > 1 else ''}{f' ({example[name]})' if name in example else ''}"
        for name, n in users.items()
    ]
