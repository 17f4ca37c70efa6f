"""Mappings: what the columns of a file mean, as text that a person can read and keep beside the file.

A mapping is a TOML file. Every field of a claim is a constant (`kind = "count"`), or a table that says which column it
comes from (`actor = { column = "Country" }`). `docs/schema/import-mapping.json` is the format, made from the records
below; `docs/import.md` walks through it.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from posture import clock
from posture.domain.codes import fold
from posture.domain.dates import read_day
from posture.domain.text_files import line_of
from posture.errors import UnreadableDate, UsageMistake
from posture.ledger.nouns import NOUNS

_STRICT: dict[str, Any] = {"extra": "forbid", "coerce_numbers_to_str": True, "use_attribute_docstrings": True}
"""How pydantic reads the records: an unknown key is an error; a number stands for its text; docstrings describe."""

MISSING = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")
"""Words that mean, unless a mapping says otherwise, that nothing is reported: never zero."""
MADE = ("actor", "location", "asset_type", "platform", "source", "deployment", "asset")
"""The nouns of which an import may make rows, in the order in which they are made."""
IN_BRACES = re.compile(r"\{([^{}]+)\}")
"""A column in a template: `{Country}`."""


class MappingMistake(UsageMistake):
    """A mapping says something that cannot be read, or that does not fit together or to the file."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")


@dataclass(frozen=True, kw_only=True)
class Value:
    """Where one field of a claim comes from: a constant, a column, or several columns put together."""

    __pydantic_config__: ClassVar = _STRICT

    value: str | None = None
    """The same for every row."""
    column: str | tuple[str, ...] | None = None
    """The column; of several, the first in which something stands."""
    template: str | None = None
    """A text with columns in braces, such as `{month} {year}`; missing where one of them is."""
    missing: tuple[str, ...] | None = None
    """Words that mean that nothing is reported here; those of the whole mapping by default."""
    lookup: dict[str, str] | str | None = None
    """What words of the file mean (`"T-72B3" = "tank"`), or a CSV file of two columns that says so."""
    otherwise: str | None = None
    """What a word means that `lookup` does not list; without it, the word stands for itself."""
    default: str | None = None
    """What stands where nothing is reported."""
    format: str | None = None
    """How dates are written, such as `%d/%m/%Y`: where `03/04/2023` could be two days, this tells."""
    cumulative: bool = False
    """The figures are running totals: each is recorded as its difference from the one before."""
    signed: bool = False
    """A figure below zero takes back what was reported before: it is recorded as a flow the other way, and zero as nothing."""
    thousands: Literal["."] | None = None
    """What parts the thousands of the figures, where that is a dot: `1.500` could be a decimal, this tells. Other marks need no word."""
    since: str | None = None
    """Of running totals: the day from which they count; without it, when the first part happened is left open."""
    new: dict[str, str] = field(default_factory=dict)
    """Fields of the catalogue row that is made where there is none, with columns in braces: `name = "{Country}"`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        if self.template is not None:
            return tuple(IN_BRACES.findall(self.template))
        return (self.column,) if isinstance(self.column, str) else self.column or ()

    @property
    def new_columns(self) -> tuple[str, ...]:
        """The columns that new catalogue rows are filled from."""
        return tuple(name for text in self.new.values() for name in IN_BRACES.findall(text))


def _spelled_out(given: Any) -> Any:
    """Return a constant as the table that it stands for."""
    if isinstance(given, bool):
        return {"value": str(given).lower()}
    return {"value": str(given)} if isinstance(given, (str, int, float)) else given


Given = Annotated[Value, BeforeValidator(_spelled_out, json_schema_input_type=str | bool | Value)]
"""A constant, or a table."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a row claims, field by field."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Given = Value(value="count")
    """count, increase, decrease, status or announcement."""
    deployment: Given | None = None
    """The deployment; or say actor and location."""
    actor: Given | None = None
    """Whose forces."""
    location: Given | None = None
    """Where they are."""
    operation: Given | None = None
    """The operation that they serve, where there is one."""
    asset: Given | None = None
    """The line of the deployment by its own code."""
    asset_type: Given | None = None
    """What is counted; finds the line of this type."""
    date: Given | None = None
    """When it was so in the world; the source's date by default."""
    stated_on: Given | None = None
    """The day it was said; the source's date by default."""
    quantity: Given | None = None
    """How many, in any words that the program reads."""
    status: Given | None = None
    """Code of the status, for kind status."""
    source: Given | None = None
    """The source; the file itself by default."""
    url: Given | None = None
    """Address of the source, instead of its code: one source for each address."""
    grade: Given | None = None
    """Reliability and credibility, such as B2; the source's reliability with credibility 6 by default."""
    excerpt: Given | None = None
    """The passage that says so."""
    locator: Given | None = None
    """Where in the source: page, table, row."""
    note: Given | None = None
    """A remark."""
    modality: Given = Value(value="actual")
    """actual, planned, possible, demanded, negotiating or denied."""
    basis: Given = Value(value="present")
    """present, authorised or assigned."""
    complete: Given = Value(value="false")
    """true where the source says that the parts it lists are all there are."""
    reason: Given | None = None
    """Why the quantity changed: arrival, loss..."""

    def given(self) -> dict[str, Value]:
        """Return the fields that are given, by name."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) is not None}


LINE_FIELDS = ("deployment", "actor", "location", "operation", "asset", "asset_type")
"""The fields that say which line a claim is about."""
ABOUT = (*LINE_FIELDS, "date", "source", "url", "kind", "modality", "basis")
"""The fields that say what a row is about: a row that has them alike and differs in others has changed."""


@dataclass(frozen=True, kw_only=True)
class Wide:
    """A wide table: a row makes a claim for each of several columns, whose cells are the quantities."""

    __pydantic_config__: ClassVar = _STRICT

    columns: dict[str, str | dict[str, str]]
    """What each column stands for: the value of the field that `means` names, or a table of fields of the claim."""
    means: str | None = None
    """The field of the claim that the columns stand for: actor, asset_type, deployment..."""

    def constants(self, column: str) -> dict[str, str]:
        """Return the fields of the claims that a column makes."""
        told = self.columns[column]
        return {str(self.means): told} if isinstance(told, str) else told


@dataclass(frozen=True, kw_only=True)
class Row:
    """A file of catalogue rows: each becomes one, such as a base with its coordinates."""

    __pydantic_config__: ClassVar = _STRICT

    noun: Literal["actor", "location", "asset_type", "platform", "source"]
    """What the rows are."""
    fields: dict[str, Given]
    """Their fields, as for `posture NOUN add`: code, name, kind, parent, latitude..."""


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What the columns of a file mean."""

    __pydantic_config__: ClassVar = _STRICT

    claim: Claim = field(default_factory=Claim)
    """What a row claims."""
    row: Row | None = None
    """For a file that tells of the catalogue, instead of claims."""
    name: str | None = None
    """What the file is known by in the database, whatever it is called; its name by default."""
    missing: tuple[str, ...] = MISSING
    """Words that mean that nothing is reported, which is not zero."""
    create: bool | tuple[Literal[*MADE], ...] = False  # type: ignore[valid-type]
    """Of which nouns missing rows are made on the way; true: of all."""
    duplicates: Literal["refuse", "first", "last", "keep"] | None = None
    """What to do with rows that are about the same: refuse them (by default, of counts), take the first or the last, or keep all."""
    key: tuple[str, ...] = ()
    """Columns that say what a row is about, such as its number; by default, the line, the date and the source."""
    wide: Wide | None = None
    """For a table that has a column for each service, or class of equipment."""
    origin: dict[str, str] = field(default_factory=dict)
    """Fields of the file itself as a source: title, publisher, url, published_on, reliability..."""
    catalogue: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)
    """Catalogue rows that the claims need, made where they are missing: `[[catalogue.actor]]`."""

    def given(self) -> dict[str, Value]:
        """Return the fields that are given, of the claims or of the catalogue rows."""
        return self.claim.given() if self.row is None else self.row.fields


@dataclass(frozen=True)
class Sheet:
    """A mapping as it was read: with its place, for errors, and its digest."""

    mapping: Mapping
    path: Path
    text: str
    sha256: str
    """Of the mapping and of the files that it looks words up in."""
    lookups: dict[str, dict[str, str]]
    """By field: what words, folded, mean."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it looks words up in."""
        values = self.mapping.given().values()
        return tuple(self.path.parent / value.lookup for value in values if isinstance(value.lookup, str))

    def mistake(self, steps: tuple[str | int, ...], what: str) -> MappingMistake:
        """Return the error about one key, with the line on which it stands."""
        return _mistake(self.path, self.text, steps, what)


def read_mapping(path: str | Path) -> Sheet:
    """Return the mapping of a file; raises `MappingMistake` that names line and key for the first thing that is wrong."""
    place = Path(path)
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingMistake(place.name, f"not UTF-8 text: byte {error.start} is no part of a character") from None
    try:
        raw = _plain(tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        raise MappingMistake(place.name, f"not TOML: {error}") from None
    try:
        mapping: Mapping = TypeAdapter(Mapping).validate_python(raw)
    except ValidationError as error:
        raise _misfit(place, text, error) from None
    digest = hashlib.sha256(text.encode())
    sheet = Sheet(mapping, place, text, "", {})
    _validate(sheet)
    lookups = {name: _lookup(sheet, name, value, digest) for name, value in mapping.given().items() if value.lookup}
    return Sheet(mapping, place, text, digest.hexdigest(), lookups)


def _validate(sheet: Sheet) -> None:
    """Raise `MappingMistake` where the parts of a mapping do not fit together."""
    mapping, claim = sheet.mapping, sheet.mapping.claim
    if mapping.row is not None:
        _validate_row(sheet, mapping.row)
        return
    for name, value in claim.given().items():
        _validate_value(sheet, name, value)
    said = {*claim.given(), *_validate_wide(sheet)}
    if "deployment" not in said and not {"actor", "location"} <= said:
        raise sheet.mistake(("claim",), "whose forces, and where? say deployment, or actor and location")
    if claim.source is not None and claim.url is not None:
        raise sheet.mistake(("claim", "url"), "a source is found by its code or by its url; say one of source and url")
    for noun in mapping.catalogue:
        if noun not in MADE:
            raise sheet.mistake(("catalogue", noun), f'no noun "{noun}"{_near(noun, MADE)}')


def _validate_row(sheet: Sheet, row: Row) -> None:
    """Raise `MappingMistake` where a catalogue row has no such field."""
    known = ("code", *NOUNS[row.noun].fields)
    for name, value in row.fields.items():
        if name not in known:
            raise sheet.mistake(("row", "fields", name), f'a {row.noun} has no field "{name}"{_near(name, known)}')
        if sum(way is not None for way in (value.value, value.column, value.template)) != 1:
            raise sheet.mistake(("row", "fields", name), f"{name} says one of value, column and template")


def _validate_value(sheet: Sheet, name: str, value: Value) -> None:
    """Raise `MappingMistake` where a field says more than one thing, or nothing."""
    ways = [way for way in ("value", "column", "template") if getattr(value, way) is not None]
    if len(ways) != 1 and not (name == "quantity" and sheet.mapping.wide is not None and not ways):
        what = "says " + " and ".join(ways) if ways else "says neither value nor column nor template"
        raise sheet.mistake(("claim", name), f"{name} {what}; one of them")
    for word, said in (
        ("be cumulative", value.cumulative),
        ("be signed", value.signed),
        ("have thousands", value.thousands),
    ):
        if said and name != "quantity":
            raise sheet.mistake(("claim", name), f"only a quantity can {word}")
    if value.cumulative and value.signed:
        raise sheet.mistake(
            ("claim", name), "cumulative and signed exclude each other: a running total is never below zero"
        )
    if value.since is not None:
        try:
            read_day(value.since, today=clock.today())
        except UnreadableDate as error:
            raise sheet.mistake(("claim", name, "since"), str(error)) from None


def _validate_wide(sheet: Sheet) -> set[str]:
    """Return the fields that the columns of a wide table say; raises `MappingMistake` for what is no field."""
    wide, told = sheet.mapping.wide, set[str]()
    if wide is None:
        return told
    if not wide.columns:
        raise sheet.mistake(("wide", "columns"), "a wide table needs at least one column")
    known = {item.name for item in fields(Claim)}
    for column, constants in wide.columns.items():
        if isinstance(constants, str) and wide.means is None:
            raise sheet.mistake(("wide", "columns", column), 'say what the columns stand for: means = "actor"')
        for name in wide.constants(column):
            if name not in known or name == "quantity":
                raise sheet.mistake(("wide", "columns", column), f'no field of a claim "{name}"{_near(name, known)}')
            told.add(name)
    quantity = sheet.mapping.claim.quantity
    if quantity is not None and quantity.columns:
        raise sheet.mistake(("claim", "quantity"), "the quantities of a wide table are its cells; take this away")
    return told


def _lookup(sheet: Sheet, name: str, value: Value, digest: Any) -> dict[str, str]:
    """Return what words mean, by their folded form."""
    if isinstance(value.lookup, dict):
        return {fold(word): meaning for word, meaning in value.lookup.items()}
    import csv

    place = sheet.path.parent / str(value.lookup)
    try:
        raw = place.read_bytes()
        rows = [row for row in csv.reader(raw.decode("utf-8-sig").splitlines()) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise sheet.mistake(
            ("claim" if sheet.mapping.row is None else "row", name, "lookup"), f"cannot read {value.lookup}: {why}"
        ) from None
    digest.update(raw)
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            raise MappingMistake(f"{place.name}:{number}", "a lookup has two columns: the word, and what it means")
    return {fold(word): meaning for word, meaning in rows}


def _misfit(place: Path, text: str, error: ValidationError) -> MappingMistake:
    """Return the first thing in which a mapping is not of the format."""
    first = error.errors(include_url=False, include_input=True)[0]
    steps = tuple(first["loc"])
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return _mistake(place, text, steps, f'unknown key "{steps[-1]}"{_near(str(steps[-1]), _known(steps))}')
    if first["type"] in ("missing", "missing_keyword_only_argument"):
        return _mistake(place, text, steps[:-1], f'"{steps[-1]}" is missing')
    what = f"{first['msg'][0].lower()}{first['msg'][1:]}, not {first['input']!r}"
    return _mistake(place, text, steps, f"{steps[-1] if steps else 'mapping'}: {what}")


def _mistake(place: Path, text: str, steps: tuple[str | int, ...], what: str) -> MappingMistake:
    return MappingMistake(f"{place.name}:{line_of(text, steps)}", what)


def _known(steps: tuple[str | int, ...]) -> list[str]:
    """Return the keys that could stand where an unknown one does."""
    depth = {("claim",): Claim, ("wide",): Wide, (): Mapping}
    record: Any = depth.get(tuple(str(step) for step in steps[:-1]), Value)
    return [item.name for item in fields(record)]


def _near(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, sorted(known), 1)
    return f'; did you mean "{near[0]}"?' if near else f"; use one of {', '.join(known)}"


def _plain(value: Any) -> Any:
    """Return a TOML value with its dates as text, so that a person may quote them or not."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def schema_text() -> str:
    """Return the JSON Schema of a mapping as the text of its file."""
    from posture.domain.schemas import DIALECT
    from posture.domain.schemas import schema_text as as_text

    schema = TypeAdapter(Mapping).json_schema(mode="validation")
    for owner in (schema, *schema.get("$defs", {}).values()):
        for item in owner.get("properties", {}).values():
            item.pop("title", None)
    return as_text({"$schema": DIALECT, **schema})


if __name__ == "__main__":
    Path("docs/schema/import-mapping.json").write_text(schema_text(), encoding="utf-8")
