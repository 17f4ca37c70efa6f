"""Importing rows of the catalogue: bases with their coordinates, a list of sources. A row that is there is left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.codes import make_code, read_code
from posture.errors import NotFound, PostureError
from posture.imports.table import LINE, RefusedRow
from posture.ledger.fields import read_place, read_source, read_word
from posture.ledger.nouns import NOUNS
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from posture.imports.finding import Finder
    from posture.imports.mapping import Sheet
    from posture.store.connection import Database

_NAMES = ("code", "name", "title", "designation")
"""The fields that a row is called by; the code before the others."""


class CatalogueRows:
    """Judges the rows of a file as rows of one noun."""

    def __init__(self, db: Database, sheet: Sheet, finder: Finder) -> None:
        row = sheet.mapping.row
        if row is None:
            raise ValueError("the mapping is not of the catalogue")
        self._db, self._finder, self._noun = db, finder, row.noun
        self._spec = NOUNS[row.noun]
        self._references = {name: target for name, _, target in self._spec.references}
        self._columns = {name: ", ".join(value.columns) or None for name, value in row.fields.items()}
        self.same = self.changed = 0

    def judge(self, words: pl.DataFrame, raw: pl.DataFrame) -> Iterator[RefusedRow]:
        """Plan the rows of a chunk, given the words of their fields; yield those that are refused."""
        names = [name for name in words.columns if ":" not in name]
        for number, cells in enumerate(words.iter_rows(named=True)):
            fields = {name: cells[name] for name in names if cells[name] is not None}
            new = {name: text for name, text in cells.items() if ":" in name and text}
            at = None
            try:
                for at, word in fields.items():
                    fields[at] = self._read(at, word, new)
                at = next((name for name in _NAMES if name in fields), None)
                if at is None:
                    at = next((name for name in _NAMES if name in cells), None)
                    raise NotFound("nothing names it: a row needs a name, or a code")
                self._plan(fields)
            except PostureError as error:
                value = cells[at] if at else None
                row = tuple(text or "" for text in raw.drop(LINE).row(number))
                yield RefusedRow(raw[LINE][number], self._columns.get(at or ""), value, str(error), row)

    def _read(self, name: str, word: str, new: Mapping[str, str]) -> str:
        """Return the value of one field: a code, a word of a vocabulary, or the text itself."""
        if name == "code":
            return read_code(make_code(word))
        if name in self._references:
            told = {column.partition(":")[2]: text for column, text in new.items() if column.startswith(f"{name}:")}
            return self._finder.code(self._references[name], word, told)
        for field, vocabulary in self._spec.words:
            if field == name:
                return read_word(f"{self._noun} {name}", word, vocabulary)
        if self._noun == "location":
            read_place({name: word})
        return word

    def _plan(self, fields: dict[str, Any]) -> None:
        named = next((fields[name] for name in _NAMES[1:] if fields.get(name)), "")
        code = fields.pop("code", None) or make_code(named)
        there = lookup.find_code(self._db, self._noun, code) if code else None
        if there is None:
            self._finder.plan_row(self._noun, code, fields, named)
            return
        if self._says_otherwise(there, fields):
            self.changed += 1
        else:
            self.same += 1

    def _says_otherwise(self, there: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
        """Whether a row that is there says otherwise than the file."""
        values = {name: text for name, text in fields.items() if name not in self._references}
        if self._noun == "location":
            read_place(values)
        if self._noun == "source":
            read_source(values, there)
        for name, column, target in self._spec.references:
            if name in fields:
                row = lookup.find_code(self._db, target, fields[name])
                values[column] = row["id"] if row else None
        return any(there[name] != value for name, value in values.items())
