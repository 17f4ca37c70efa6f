"""From the rows of a file to claims, by a mapping: whole columns at a time, each distinct word read once.

What comes out has the columns of `status_change` with their final values, but for the ids of line and source, which are
numbers of the `Finder` until the rows that are missing are made. A row of which any part is refused is refused whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from posture.domain.codes import visible
from posture.domain.dates import read_date
from posture.domain.excerpts import find_excerpt
from posture.domain.grade import Grade
from posture.domain.quantity import Quantity
from posture.domain.vocabulary import Axis, Kind, Modality
from posture.errors import AmbiguousCode, PostureError, UnknownCode, UsageMistake
from posture.imports.cells import FINGERPRINT, KEY, Cells
from posture.imports.decoding_words import WHY, Words
from posture.imports.field_readers import BELOW_ZERO, GRADE, PLAIN_FIGURE, QUANTITY, TIME, FieldReaders
from posture.imports.finding import NoSuchRow
from posture.imports.mapping import LINE_FIELDS, Sheet, Value
from posture.imports.refusals import CELL, ROW, Refusals, refused_rows
from posture.imports.running_totals import MINUS, RunningTotals, turned
from posture.imports.table import LINE, RefusedRow
from posture.ledger.reading_words import (
    ONE_DAY,
    default_time,
    grade_columns,
    refuse_contradiction,
    refuse_wordless,
    time_columns,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.imports.finding import Finder
    from posture.imports.table import Chunk

PLACE, SOURCE = "__place", "__source"
DERIVED = "__derived"
"""Column of the claims: true of the one that a count "since" a day makes of the day it was said."""
LONGEST_PLAIN = 64
"""Characters up to which a fingerprint is the cells themselves; a longer one is their SHA-256."""

_BELOW = 'only a flow can be below zero: say kind = "decrease", or "increase", and it is recorded the other way'

_KEPT = (
    "kind", "status_id", *QUANTITY, "counting_basis", "complete", "reason", "modality", "stated_on", *TIME,
    "excerpt", "excerpt_start", "excerpt_end", "locator", *GRADE, "note",
)  # fmt: skip

_STATED = (*_KEPT, PLACE, SOURCE, LINE, ROW, CELL, DERIVED, FINGERPRINT, KEY)


@dataclass(frozen=True)
class Translated:
    """What a chunk of rows says."""

    claims: pl.DataFrame
    """A claim a row, in the order of the file; running totals as they stand there, for `flows`."""
    refused: list[RefusedRow]
    """The rows that cannot be recorded."""
    silent: int
    """Cells in which nothing is reported."""


class Translator:
    """Translates the chunks of one file."""

    def __init__(self, sheet: Sheet, finder: Finder, statuses: Mapping[str, tuple[int, str]], today: date, *, file: str, columns: tuple[str, ...], force: bool = False) -> None:  # fmt: skip
        """`statuses` are id and axis by code; raises `MappingMistake` where the mapping names a column that is not there."""
        self._sheet, self._mapping, self._finder = sheet, sheet.mapping, finder
        self._today = today
        self._fields = self._mapping.given()
        self._constants: dict[str | None, dict[str, Value]] = {None: {}}
        if self._mapping.wide is not None:
            self._constants = {
                column: {name: Value(value=text) for name, text in self._mapping.wide.constants(column).items()}
                for column in self._mapping.wide.columns
            }
        self._check_columns(file, columns)
        self._columns = columns
        self.origin: int | None = None
        """The number of the file itself as a source."""
        self._cells = Cells(sheet, self._fields)
        self._readers = FieldReaders(self._fields, statuses, today, force=force).all()
        self._places: dict[tuple[Any, ...], tuple[int | None, bool, str | None]] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        quantity = self._fields.get("quantity")
        self._signed = bool(quantity and quantity.signed)
        self.totals = RunningTotals(quantity.since) if quantity and quantity.cumulative else None
        """Running totals, where the figures are such: what :meth:`translate` returns then goes through :meth:`flows`."""

    def _check_columns(self, file: str, columns: tuple[str, ...]) -> None:
        import difflib

        wanted: list[tuple[tuple[str, ...], str]] = [
            (("claim", name), column)
            for name, value in self._fields.items()
            for column in (*value.columns, *value.new_columns)
        ]
        wanted += [(("wide", "columns", column), column) for column in self._constants if column is not None]
        wanted += [(("key",), column) for column in self._mapping.key]
        for steps, column in wanted:
            if column not in columns:
                near = difflib.get_close_matches(column, columns, 1)
                mend = f'did you mean "{near[0]}"?' if near else "it has " + ", ".join(columns[:12])
                raise self._sheet.mistake(steps, f'no column "{visible(column)}" in {file}; {visible(mend)}')

    def words(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the words of each field of a frame, and of the rows to be made for them, and nothing more."""
        return self._cells.words(frame)

    def translate(self, chunk: Chunk) -> Translated:
        """Return the claims of a chunk and the rows of it that are refused."""
        frame = chunk.frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW))
        columns = self._constants.items()
        read = pl.concat([self._cells.of_column(frame, column, constants) for column, constants in columns])
        if len(columns) > 1:
            read = read.sort(ROW, maintain_order=True)
        read = self._cells.looked_up(read)
        bad = Refusals(self._fields)
        for name, reader in self._readers.items():
            read = self._decoded(read, name, reader, bad)
        flows = read["kind"].is_in([Kind.COUNT, Kind.INCREASE, Kind.DECREASE])
        nothing = flows & read["quantity"].is_null()
        silent = int(nothing.sum())
        read = read.filter(~nothing.fill_null(value=False))
        if self._signed:
            below = pl.when(pl.col(MINUS) & ~pl.col("kind").is_in([Kind.INCREASE, Kind.DECREASE])).then(pl.lit(_BELOW))
            bad.note(read, read.select(below.alias(WHY)).to_series(), "quantity")
            read = turned(read)
        read = self._sourced(read, bad)
        read = self._placed(read, bad)
        read = self._dated(read, bad)
        read = self._checked(read, bad)
        read = self._quoted(read, bad)
        refused = bad.told(frame)
        read = read.filter(~pl.col(ROW).is_in(refused[ROW].implode()))
        read = read.with_columns(pl.lit(value=False).alias(DERIVED))
        claims = read.select(*_STATED) if self.totals is not None else _claims(self._twice(read))
        return Translated(claims, [*chunk.refused, *refused_rows(frame.select(self._columns), refused)], silent)

    def flows(self, stated: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the claims that running totals make, and row, line, column, value and reason of the rows that are refused.

        Apart from `translate`, because a row that is left out for another must be left out before the differences are taken.
        """
        if self.totals is None:
            raise ValueError("the mapping says nothing of running totals")
        read, backward = self.totals.flows(stated)
        refused = Refusals(self._fields, backward).told(stated.select(ROW, LINE).unique(ROW, maintain_order=True))
        return _claims(read), refused

    def _decoded(self, frame: pl.DataFrame, name: str, reader: Words, bad: Refusals) -> pl.DataFrame:
        words = frame[name]
        if name == "quantity":
            if self._signed:
                minus = words.str.contains(BELOW_ZERO).fill_null(value=False)
                frame = frame.with_columns(minus.alias(MINUS))
                words = pl.select(pl.when(minus).then(words.str.replace(BELOW_ZERO, "$1")).otherwise(words)).to_series()
            plain = words.str.contains(PLAIN_FIGURE).fill_null(value=False)
            values = reader.of(pl.select(pl.when(~plain).then(words)).to_series())
            figure = pl.select(pl.when(plain).then(words)).to_series().cast(pl.Int64)
            values = values.with_columns(
                *(pl.coalesce(figure, pl.col(column)).alias(column) for column in ("quantity_low", "quantity_best", "quantity_high")),
                pl.when(plain).then(pl.lit("number")).otherwise(pl.col("quantity_form")).alias("quantity_form"),
                pl.when(plain).then(words).otherwise(pl.col("quantity_text")).alias("quantity_text"),
                pl.col("share_low_open").fill_null(value=False),
            )  # fmt: skip
        else:
            values = reader.of(words)
        bad.note(frame, values[WHY], name)
        replaced = [column for column in values.columns if column in frame.columns]
        return (
            frame.drop(replaced).hstack(values.drop(WHY))
            if name not in replaced
            else frame.drop([column for column in replaced if column != name])
            .with_columns(values[name])
            .hstack(values.drop(WHY, name))
        )

    def _sourced(self, frame: pl.DataFrame, bad: Refusals) -> pl.DataFrame:
        """Add the number of each claim's source."""
        name = "source" if "source" in self._fields else "url" if "url" in self._fields else None
        if name is None:
            return frame.with_columns(pl.lit(self.origin, pl.Int64).alias(SOURCE))
        new = [column for column in frame.columns if column.startswith(f"{name}:")]
        distinct = frame.select(name, *new).unique(name, maintain_order=True)
        numbers: list[tuple[str | None, int | None, str | None]] = []
        for word, *filled in distinct.iter_rows():
            numbers.append((word, *self._source_of(name, word, dict(zip(new, filled, strict=True)))))
        told = pl.DataFrame(numbers, schema={name: pl.String, SOURCE: pl.Int64, WHY: pl.String}, orient="row")
        joined = frame.join(told, on=name, how="left", nulls_equal=True, maintain_order="left")
        bad.note(frame, joined[WHY], name)
        return joined.drop(WHY)

    def _source_of(self, name: str, word: str | None, new: Mapping[str, str | None]) -> tuple[int | None, str | None]:
        if word is None:
            return (
                (self.origin, None)
                if self.origin is not None
                else (None, f"no {name} is given: every claim needs a source")
            )
        fields = {column.partition(":")[2]: text for column, text in new.items() if text}
        try:
            return (self._finder.source if name == "source" else self._finder.source_at)(word, fields), None
        except PostureError as error:
            return None, str(error)

    def _placed(self, frame: pl.DataFrame, bad: Refusals) -> pl.DataFrame:
        """Add the number of each claim's line."""
        new = [column for column in frame.columns if column.partition(":")[0] in LINE_FIELDS and ":" in column]
        distinct = frame.select(*LINE_FIELDS, *new).unique(list(LINE_FIELDS), maintain_order=True)
        found = [self._place_of(words[:6], dict(zip(new, words[6:], strict=True))) for words in distinct.iter_rows()]
        schema = {
            PLACE: pl.Int64,
            "__has_asset": pl.Boolean,
            "__platform": pl.Boolean,
            "__field": pl.String,
            WHY: pl.String,
        }
        told = distinct.select(LINE_FIELDS).hstack(pl.DataFrame(found, schema=schema, orient="row"))
        joined = frame.join(told, on=list(LINE_FIELDS), how="left", nulls_equal=True, maintain_order="left")
        for name in LINE_FIELDS:
            bad.note(joined, pl.select(pl.when(joined["__field"] == name).then(joined[WHY])).to_series(), name)
        return joined.drop(WHY, "__field")

    def _place_of(self, words: tuple[str | None, ...], new: Mapping[str, str | None]) -> tuple[Any, ...]:
        said = dict(zip(LINE_FIELDS, words, strict=True))
        fields: dict[str, dict[str, str]] = {}
        for column, text in new.items():
            name, _, part = column.partition(":")
            if text:
                fields.setdefault(name, {})[part] = text
        try:
            number = self._finder.line(said, fields)
        except PostureError as error:
            noun = error.noun if isinstance(error, (UnknownCode, AmbiguousCode, NoSuchRow)) else ""
            needed = ("deployment",) if said.get("deployment") else ("location", "actor")
            at = noun if said.get(noun) else next((name for name in needed if not said.get(name)), needed[0])
            return None, False, False, at, str(error)
        return number, self._finder.lines[number][1] is not None, self._finder.is_platform(number), None, None

    def _dated(self, frame: pl.DataFrame, bad: Refusals) -> pl.DataFrame:
        """Fill in when it was said, and where no date is given when it was so, from the source."""
        numbers = frame[SOURCE].drop_nulls().unique().to_list()
        for number in numbers:
            if number not in self._facts:
                self._facts[number] = self._finder.source_facts(number)
        facts = [self._facts[number] for number in numbers]
        published = [fact.get("published_on") or self._today.isoformat() for fact in facts]
        grades = [grade_columns(Grade(fact.get("reliability") or "F", "6")) for fact in facts]
        told = pl.DataFrame(
            {SOURCE: pl.Series(numbers, dtype=pl.Int64), "__published": pl.Series(published, dtype=pl.String)}
            | {f"__{name}": pl.Series([grade[name] for grade in grades], dtype=kind) for name, kind in GRADE.items()}
        )
        frame = frame.join(told, on=SOURCE, how="left", maintain_order="left")
        frame = frame.with_columns(
            pl.col("stated_on").fill_null(pl.col("__published")),
            *(pl.col(name).fill_null(pl.col(f"__{name}")) for name in GRADE),
        )
        if "date" in self._fields:
            why = pl.when(pl.col("date").is_null()).then(pl.lit("no date is given: when was it so?"))
            bad.note(frame, frame.select(why.alias(WHY)).to_series(), "date")
            return frame
        day = Words(lambda word: time_columns(default_time(Modality.ACTUAL, date.fromisoformat(word))), TIME)
        open_day = Words(lambda word: time_columns(default_time(Modality.PLANNED, date.fromisoformat(word))), TIME)
        planned = frame["modality"].is_in(
            [Modality.PLANNED, Modality.POSSIBLE, Modality.DEMANDED, Modality.NEGOTIATING]
        )
        one, other = day.of(frame["stated_on"]), open_day.of(frame["stated_on"])
        return frame.with_columns(pl.when(planned).then(other[name]).otherwise(one[name]).alias(name) for name in TIME)

    def _checked(self, frame: pl.DataFrame, bad: Refusals) -> pl.DataFrame:
        """Note what can be read, and is not what the ledger takes: each distinct combination is asked about once."""
        parts = ["kind", "status", "__axis", "quantity_form", "__has_asset", "modality"]
        said = pl.any_horizontal(pl.col("excerpt", "note").is_not_null()).alias("__said")
        distinct = frame.select(*parts, said).unique(maintain_order=True)
        found = [_contradiction(row) for row in distinct.iter_rows(named=True)]
        told = distinct.hstack(pl.DataFrame(found, schema={"__field": pl.String, WHY: pl.String}, orient="row"))
        joined = frame.with_columns(said).join(
            told, on=[*parts, "__said"], how="left", nulls_equal=True, maintain_order="left"
        )
        for name in told["__field"].drop_nulls().unique(maintain_order=True):
            bad.note(joined, pl.select(pl.when(joined["__field"] == name).then(joined[WHY])).to_series(), name)
        latest = (self._today + ONE_DAY).isoformat()
        late = pl.when((pl.col("modality") == Modality.ACTUAL) & (pl.col("effective_on") > latest)).then(
            pl.lit("it is in the future: what has not happened is a plan; give it a modality such as planned")
        )
        unsaid = pl.when(pl.col("stated_on") > latest).then(pl.lit("in the future: nobody has said it yet"))
        crowd = pl.when(pl.col("__platform") & (pl.col("quantity_low") > 1)).then(
            pl.lit("the line is one platform: it is there or it is not; a count of 1 or none")
        )
        for check, name in ((late, "date"), (unsaid, "stated_on"), (crowd, "quantity")):
            bad.note(joined, joined.select(check.alias(WHY)).to_series(), name)
        return joined.drop(WHY, "__field")

    def _quoted(self, frame: pl.DataFrame, bad: Refusals) -> pl.DataFrame:
        """Add where each excerpt stands in the text of its source, where that is stored."""
        nowhere = frame.with_columns(
            pl.lit(None, pl.Int64).alias("excerpt_start"), pl.lit(None, pl.Int64).alias("excerpt_end")
        )
        if "excerpt" not in self._fields or not any(fact.get("text") for fact in self._facts.values()):
            return nowhere
        distinct = frame.select(SOURCE, "excerpt").drop_nulls().unique(maintain_order=True)
        found = [self._excerpt_of(*row) for row in distinct.iter_rows()]
        told = distinct.hstack(
            pl.DataFrame(
                found, schema={"excerpt_start": pl.Int64, "excerpt_end": pl.Int64, WHY: pl.String}, orient="row"
            )
        )
        joined = frame.join(told, on=[SOURCE, "excerpt"], how="left", maintain_order="left")
        bad.note(frame, joined[WHY], "excerpt")
        return joined.drop(WHY)

    def _excerpt_of(self, source: int, excerpt: str) -> tuple[int | None, int | None, str | None]:
        text = self._facts[source].get("text")
        if not text:
            return None, None, None
        span = find_excerpt(text, excerpt)
        if span is None:
            return None, None, "the excerpt does not occur in the stored text of its source; quote it exactly"
        return *span, None

    def _twice(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the claims with those added that a count "since" a day makes of the day it was said."""
        since = (
            (pl.col("kind") == Kind.COUNT)
            & (pl.col("modality") == Modality.ACTUAL)
            & pl.col("effective_edtf").str.ends_with("/..")
            & (pl.col("stated_on") > pl.col("effective_on"))
        )
        held = frame.filter(since)
        if held.is_empty():
            return frame
        days = Words(lambda word: time_columns(read_date(word, today=self._today)), TIME).of(held["stated_on"])
        again = held.with_columns(
            *(days[name] for name in TIME if name != "effective_text"),
            pl.col(FINGERPRINT) + "+",
            pl.col(KEY) + "+",
            pl.lit(value=True).alias(DERIVED),
        )
        return pl.concat([frame, again]).sort(ROW, maintain_order=True)


def _claims(frame: pl.DataFrame) -> pl.DataFrame:
    """Return only what is recorded, and by what it is known again; long fingerprints shortened."""
    kept = frame.select(*_KEPT, PLACE, SOURCE, LINE, ROW, DERIVED, FINGERPRINT, KEY)
    return kept.with_columns(_short(kept[FINGERPRINT]), _short(kept[KEY]))


def _short(texts: pl.Series) -> pl.Series:
    long = texts.str.len_chars() > LONGEST_PLAIN
    if not long.any():
        return texts
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts.filter(long).to_list()]
    return texts.scatter(long.arg_true(), digests) if digests else texts


def _contradiction(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the field at fault, and why kind, status, quantity and line do not fit together; nothing where they do."""
    kind, status, form = row["kind"], row["status"], row["quantity_form"]
    if kind is None or row["__has_asset"] is None:
        return None, None
    counted = kind in (Kind.COUNT, Kind.INCREASE, Kind.DECREASE)
    if counted and not status and not row["__has_asset"]:
        return "asset_type", "what is counted? no asset type is given"
    if kind == Kind.COUNT and not status and form == "share":
        return "quantity", "it is a share, and a count is a number; only an increase or a decrease can be by a share"
    at = "status" if status or kind == Kind.STATUS else "kind"
    try:
        refuse_contradiction(kind, status, Quantity("it", form) if form else None, has_asset=row["__has_asset"])
        refuse_wordless(kind, row["modality"] or "", form, row["__said"])
    except UsageMistake as error:
        return at, str(error)
    if row["__axis"] is not None and (row["__axis"] == Axis.PHASE) == row["__has_asset"]:
        return at, f"{status} is a status of {'a whole deployment' if row['__has_asset'] else 'an asset'}, not of this"
    return None, None
