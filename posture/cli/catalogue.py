"""`posture NOUN add | list | show | edit | remove | alias`: one function for each verb, for every noun."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.cli.nouns import BY_TABLE, Noun
from posture.cli.session import say
from posture.cli.written import print_written
from posture.errors import NotFound, PostureError, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.cli.session import Session
    from posture.ledger.entry import Entry
    from posture.reports.report import Report
    from posture.store.connection import Database

LARGEST_DOCUMENT = 50_000_000
"""Bytes of a document that is taken in; more is a mistake in the file's name."""


def add(session: Session, given: Mapping[str, Any]) -> None:
    """Add a row; of a country, a state or an airfield the reference data know the rest, the country around it too."""
    from posture.ledger.catalogue import add_row
    from posture.ledger.entry import append
    from posture.ledger.origins import origin_row
    from posture.store import lookup

    noun = BY_TABLE[given["noun"]]
    db = session.database()
    rows = _rows_to_add(db, noun, given)
    origin = lookup.get_code(db, "source", given["repeats"]) if given.get("repeats") else None

    def compose(entry: Entry) -> None:
        for fields in rows:
            row = add_row(entry, noun.table, fields)
            entry.say(_added(noun, row, fields))
        if origin is not None:
            origin_row(entry, row, origin)

    print_written(session, given, append(db, session.writing(given, "add"), compose))


def _rows_to_add(db: Database, noun: Noun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of the row that was typed, after those of a country that has to be there first."""
    fields = _fields(noun, given)
    if noun.table == "source":
        fields |= _document(given)
    elif noun.table == "asset":
        fields |= _address(given["code"])
        _type_from_code(db, fields)
    elif given.get("code"):
        fields["code"] = given["code"]
    if noun.table == "deployment":
        _split_code(db, fields)
    if noun.table in ("actor", "location") and not (fields.get("name") and fields.get("kind")):
        return _with_reference(db, noun, fields)
    return [fields]


def _with_reference(db: Database, noun: Noun, typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a country, a state or an airfield as the reference data know it, with what was typed over it."""
    from posture.imports import reference
    from posture.store import lookup

    word = typed.get("icao_code") or typed.get("iso_alpha3") or typed["code"]
    known = reference.state(word) if noun.table == "actor" else reference.airfield(word) or reference.country(word)
    if known is None:
        candidates = reference.country_candidates(word)
        if candidates:
            raise NotFound(f'"{word}" could be {" or ".join(candidates[:4])}; say which, or give --name and --kind')
        return [typed]
    own_code = {} if word == typed["code"] else {"code": typed["code"]}
    fields = {**known, **{name: value for name, value in typed.items() if name != "code"}, **own_code}
    parent = known.get("parent")
    if parent and fields["parent"] == parent and lookup.find_code(db, "location", parent) is None:
        around = reference.country(parent)
        return [around, fields] if around else [fields]
    return [fields]


def _added(noun: Noun, row: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    """Return what was added, in a line: `location drrn added: Diori Hamani, airfield in ner, 13.48, 2.18`."""
    said = (
        f"{noun.name} {fields['deployment']}/{row['code']}" if noun.table == "asset" else f"{noun.name} {row['code']}"
    )
    name = row.get("name") or row.get("title") or row.get("designation") or ""
    kind = str(row.get("kind") or "").replace("_", " ")
    within = f"in {fields['parent']}" if fields.get("parent") else ""
    place = f"{row['latitude']:g}, {row['longitude']:g}" if row.get("latitude") is not None else ""
    known = ", ".join(filter(None, (name, f"{kind} {within}".strip(), place)))
    return f"{said} added" + (f": {known}" if known and name != row["code"] else "")


def list_rows(session: Session, given: Mapping[str, Any]) -> None:
    """List the rows."""
    from posture.cli import tables
    from posture.cli.output import print_report
    from posture.reports.catalogue import list_rows as read

    noun = BY_TABLE[given["noun"]]
    with session.database(readonly=True) as db, db.read():

        def draw(report: Report, width: int, *, styled: bool) -> Iterable[str]:
            return tables.lines(_listed(report), width, shown=noun.listed, styled=styled)

        print_report(session, given, read(db, noun.table, given.get("match")), draw)


def _listed(report: Report) -> Report:
    """Return a list as a table shows it: whose words a source repeats beside its title, for few repeat any."""
    return replace(
        report,
        rows=[
            {**row, "title": f"{row['title']} (repeats {row['repeats']})"} if row.get("repeats") else row
            for row in report.rows
        ],
    )


def show(session: Session, given: Mapping[str, Any]) -> None:
    """Show one row and what stands around it."""
    from posture.cli import tables
    from posture.cli.output import print_report
    from posture.reports.catalogue import show as read

    with session.database(readonly=True) as db, db.read():
        print_report(session, given, read(db, given["noun"], given["code"]), tables.record)


def edit(session: Session, given: Mapping[str, Any]) -> None:
    """Change a row."""
    from posture.ledger import catalogue

    noun = BY_TABLE[given["noun"]]
    changes = _fields(noun, given)
    if given.get("new_code"):
        changes["code"] = given["new_code"]
    if not changes:
        raise UsageMistake(f'nothing to change: say what, such as --note TEXT (see "posture {noun.name} edit --help")')
    print_written(
        session,
        given,
        catalogue.edit(session.database(), noun.table, given["code"], changes, session.writing(given, "edit")),
    )


def remove(session: Session, given: Mapping[str, Any]) -> None:
    """Remove a row that nothing uses."""
    from posture.ledger import catalogue

    print_written(
        session,
        given,
        catalogue.remove(session.database(), given["noun"], given["code"], session.writing(given, "remove")),
    )


def alias(session: Session, given: Mapping[str, Any]) -> None:
    """Give a row another name."""
    from posture.ledger import catalogue

    writing = session.writing(given, "alias")
    print_written(
        session,
        given,
        catalogue.alias(
            session.database(), given["noun"], given["code"], given["name"], given.get("language"), writing
        ),
    )


def repeats(session: Session, given: Mapping[str, Any]) -> None:
    """Record whose words a source repeats."""
    from posture.ledger import origins

    if bool(given.get("origin")) == bool(given.get("own")):
        raise UsageMistake(f"say either the source that {given['code']} repeats, or --own")
    writing = session.writing(given, "repeats")
    print_written(session, given, origins.repeats(session.database(), given["code"], given.get("origin"), writing))


def _fields(noun: Noun, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that were typed, by column; an event's actors as pairs."""
    fields = {
        field.column: given[field.column]
        for field in noun.fields
        if given.get(field.column) is not None and field.reads != "many"
    }
    for field in noun.fields:
        if field.reads == "many" and given.get(field.column):
            fields[field.column] = [_actor_and_role(word) for word in given[field.column]]
    return fields


def _actor_and_role(word: str) -> tuple[str, str]:
    actor, colon, role = word.partition(":")
    if not colon:
        raise UsageMistake(f'say the role of "{word}" too: {word}:agent, or target, participant, host, mediator')
    return actor, role


def _address(text: str) -> dict[str, Any]:
    deployment, slash, code = text.partition("/")
    if not slash or not deployment or not code:
        raise UsageMistake(f'"{text}" is no address of an asset; write DEPLOYMENT/CODE, such as fra-ner/drones')
    return {"deployment": deployment, "code": code}


def _type_from_code(db: Database, fields: dict[str, Any]) -> None:
    """Take the second half of an address for the type, where no type is given and it names one."""
    if fields.get("asset_type") or fields.get("platform"):
        return
    from posture.store import lookup

    code = fields["code"]
    for word in (code, code.removesuffix("s")):
        found = lookup.find_code(db, "asset_type", word)
        if found is not None:
            fields["asset_type"] = found["code"]
            return
    raise UsageMistake(f'what is "{code}"? Say --type CODE (see "posture asset-type list"), or --platform CODE')


def _split_code(db: Database, fields: dict[str, Any]) -> None:
    """Read actor and location from a code such as fra-ner, where they are not given and both are known."""
    if fields.get("actor") or fields.get("location") or not fields.get("code"):
        return
    from posture.store import lookup

    parts = fields["code"].lower().split("-")
    halves = [("-".join(parts[:middle]), "-".join(parts[middle:])) for middle in range(1, len(parts))]
    for one, other in halves:
        actor, location = lookup.find_code(db, "actor", one), lookup.find_code(db, "location", other)
        if actor and location:
            fields |= {"actor": actor["code"], "location": location["code"]}
            return
    for one, other in halves:
        if lookup.find_code(db, "actor", one):
            lookup.get_code(db, "location", other)  # raises, with what is near
        if lookup.find_code(db, "location", other):
            lookup.get_code(db, "actor", one)


def _document(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the code and the text of a source from its file; a lone argument that is a file is the file."""
    code, path = given.get("code"), given.get("file") or given.get("path")
    if code and not path and (code == "-" or os.path.isfile(code)):
        code, path = None, code
    if given.get("file") and given.get("path"):
        raise UsageMistake("name the document once: as the second word or with --file")
    fields: dict[str, Any] = {"text": given["text"]} if given.get("text") is not None else {}
    if path:
        if fields:
            raise UsageMistake("give either a file or --text, not both")
        fields |= _read_document(path)
    if not code:
        stem = os.path.splitext(os.path.basename(path))[0] if path and path != "-" else given.get("title") or ""
        from posture.domain.codes import make_code

        code = make_code(stem)
    if not code:
        raise UsageMistake("a source needs a code: posture source add CODE [FILE]")
    fields["code"] = code
    if not given.get("title"):
        fields["title"] = os.path.basename(path) if path and path != "-" else code
    return fields


def _read_document(path: str) -> dict[str, Any]:
    """Return the hash of a document and, where it is text, the text itself."""
    from hashlib import sha256

    if path == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageMistake(
                "- reads the document from standard input, and nothing is coming: posture source add CODE - < FILE"
            )
        content = sys.stdin.buffer.read(LARGEST_DOCUMENT + 1)
    else:
        try:
            with open(path, "rb") as file:
                content = file.read(LARGEST_DOCUMENT + 1)
        except OSError as error:
            raise PostureError(f"cannot read {path}: {error.strerror}") from error
    if len(content) > LARGEST_DOCUMENT:
        raise UsageMistake(f"{path} has more than {LARGEST_DOCUMENT:,} bytes; that is no document")
    fields: dict[str, Any] = {"content_sha256": sha256(content).hexdigest()}
    named = "the document on standard input" if path == "-" else path
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        say(f"{named} is not UTF-8 text: its hash is kept, its text is not")
        return fields
    if "\0" in text:
        say(f"{named} has a NUL character, so it is no text: its hash is kept, its text is not")
    elif not text:
        say(f"{named} is empty: its hash is kept, and there is no text")
    else:
        fields["text"] = text
    return fields
