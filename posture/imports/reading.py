"""Opening a file as a table: what it is, whatever it is called, and a reader for it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, BinaryIO

from posture.errors import UnknownWord, UsageMistake
from posture.imports.formats.source import ZIP, Source
from posture.imports.table import DEFAULT_LIMITS, LINE, Chunk, Limits, RefusedRow, Table, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("csv", "tsv", "json", "jsonl", "parquet", "xlsx")

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "LINE",
    "Chunk",
    "Limits",
    "RefusedRow",
    "Table",
    "UnreadableFile",
    "open_table",
]


def open_table(
    place: str | os.PathLike[str] | BinaryIO,
    *,
    format: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    rejecting: bool = False,
) -> Table:
    """Return a file, a stream or standard input (`-`) as a table, to be closed after use.

    Compressed by gzip or zstd or not; `format` is one of :data:`FORMATS`, or told by the first bytes and the name.
    Bytes that do not decode raise :class:`UnreadableFile`; where `rejecting`, they refuse the record they stand in.
    """
    if format is not None and format not in FORMATS:
        raise UnknownWord("format", format, FORMATS)
    source = Source(place, limits)
    try:
        form = _format(source, format)
        if sheet is not None and form != "xlsx":
            raise UsageMistake(f"{source.name} has no sheets: it is {form.upper()}, not XLSX; leave --sheet away")
        return _opener(form, encoding, sheet, delimiter, rejecting=rejecting)(source)
    except BaseException:
        source.close()
        raise


def _format(source: Source, said: str | None) -> str:
    """Return the format of a file: by its first bytes where they tell, then as said, then by its name."""
    begins = source.begins(1024)
    found = "parquet" if begins.startswith(b"PAR1") else "xlsx" if begins.startswith(ZIP) else None
    if said is not None and found != said and (found is not None or said in {"parquet", "xlsx"}):
        looks = f"it looks like {found.upper()}" if found else "its first bytes are another format's"
        raise UnreadableFile(source.name, f"is no {said.upper()}: {looks}; leave --format away, or name the right one")
    return said or found or _named(source, begins) or _guessed(begins)


def _named(source: Source, begins: bytes) -> str | None:
    name = re.sub(r"\.(gz|zst|zstd)$", "", source.name.lower())
    form = _SUFFIXES.get(os.path.splitext(name)[1])
    if form in {"parquet", "xlsx"}:
        what = "is empty" if not begins else f"is called {form.upper()} but does not begin as one"
        raise UnreadableFile(source.name, f"{what}; if it is text, say so with --format csv")
    return form


def _guessed(begins: bytes) -> str:
    """Return what a text without a telling name is: JSON begins with a bracket, an object a line is JSON Lines."""
    text = begins.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if re.match(r"\[\s*[{\]]", text):
        return "json"
    if re.match(r'\{\s*["}]', text):
        return "jsonl" if re.match(r"\{[^\r\n]*\}\s*[\r\n]+\s*\{", text) else "json"
    return "tsv" if "\t" in (first := text.split("\n", 1)[0]) and "," not in first else "csv"


def _opener(
    form: str, encoding: str | None, sheet: str | None, delimiter: str | None, *, rejecting: bool
) -> Callable[[Source], Table]:
    if form in {"csv", "tsv"}:
        from posture.imports.formats.delimited import open_delimited

        return lambda source: open_delimited(source, form, encoding=encoding, delimiter=delimiter, rejecting=rejecting)
    if form in {"json", "jsonl"}:
        from posture.imports.formats.json_rows import open_json

        return lambda source: open_json(source, form, encoding=encoding, rejecting=rejecting)
    if form == "parquet":
        from posture.imports.formats.parquet import open_parquet

        return open_parquet
    from posture.imports.formats.sheets import open_sheet

    return lambda source: open_sheet(source, sheet)
