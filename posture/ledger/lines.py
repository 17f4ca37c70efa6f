"""Finds the line that a claim is about, and, where asked to, makes it on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.errors import NotFound, UnknownCode, UsageMistake
from posture.ledger.catalogue import add_row
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.ledger.entry import Entry
    from posture.store.connection import Database


def find_or_make_line(entry: Entry, address: str) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """Return the deployment and, where the address names one, the asset; both made if missing and asked for.

    An address is `fra-ner` or `fra-ner/drones`. Raises `UnknownCode` where something is missing and `--create` was not
    given, or cannot be made from the words.
    """
    word, slash, asset_word = address.partition("/")
    if slash and not asset_word:
        raise UsageMistake(f'"{address}" ends with a slash: write DEPLOYMENT or DEPLOYMENT/ASSET')
    create = entry.writing.create
    deployment = _deployment(entry, word) if create else lookup.get_code(entry.db, "deployment", word)
    if not slash:
        return deployment, None
    whole = f"{deployment['code']}/{asset_word}"
    if not create:
        return deployment, lookup.get_line(entry.db, whole)
    return deployment, lookup.find_line(entry.db, whole) or _make_asset(entry, deployment["code"], asset_word)


def _deployment(entry: Entry, code: str) -> Mapping[str, Any]:
    """Find the deployment, or add the one that a code such as `fra-ner` spells: an actor, a hyphen, a location."""
    found = _found(entry.db, "deployment", code)
    if found is not None:
        return found
    parts = code.lower().split("-")
    missing: list[str] = []
    for cut in range(1, len(parts)):
        who, where = "-".join(parts[:cut]), "-".join(parts[cut:])
        actor, location = _found(entry.db, "actor", who), _found(entry.db, "location", where)
        if actor and location:
            row = add_row(
                entry, "deployment", {"code": code.lower(), "actor": actor["code"], "location": location["code"]}
            )
            entry.say(f"deployment {row['code']} added: {actor['name']} in {location['name']}")
            return row
        if actor or location:
            noun, word = ("location", where) if actor else ("actor", who)
            missing.append(f'there is no {noun} "{word}"; add it with "posture {noun} add {word}"')
    why = missing[0] if len(missing) == 1 else "no actor and location are called so; add them"
    raise NotFound(
        f'cannot make the deployment "{code}": {why}, or "posture deployment add CODE --actor ACTOR --location LOCATION"'
    )


def _make_asset(entry: Entry, deployment: str, word: str) -> Mapping[str, Any]:
    """Add an asset line named by its type, in the singular or the plural, or by a platform."""
    platform = _found(entry.db, "platform", word)
    if platform:
        row = add_row(
            entry, "asset", {"code": platform["code"], "deployment": deployment, "platform": platform["code"]}
        )
    else:
        kind = asset_type_called(entry.db, word)
        if kind is None:
            lookup.get_code(entry.db, "asset_type", word)
            raise UnknownCode("asset_type", word)
        row = add_row(entry, "asset", {"code": word.lower(), "deployment": deployment, "asset_type": kind["code"]})
    entry.say(f"asset {deployment}/{row['code']} added")
    return lookup.get_line(entry.db, f"{deployment}/{row['code']}")


def asset_type_called(db: Database, word: str) -> Mapping[str, Any] | None:
    """Return the asset type that a word names, also in the plural (`drones`), or None."""
    found = _found(db, "asset_type", word)
    if found is None and word.lower().endswith("s"):
        found = _found(db, "asset_type", word[:-1])
    return found


def _found(db: Database, noun: str, word: str) -> Mapping[str, Any] | None:
    return lookup.find_code(db, noun, word)
