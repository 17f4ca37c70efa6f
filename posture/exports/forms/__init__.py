"""The forms of a file: each writes a content as a format, the same bytes for the same content.

A form is found by its word (`csv`, `parquet`); its module, and the library that this needs, is imported when it first writes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from posture.exports.content import Content


class Form(NamedTuple):
    """A format, and what writes it."""

    name: str
    """Its word: csv, json, jsonl, md, parquet, xlsx, geojson, kml, atom, sqlite."""
    suffix: str
    """The end of the name of its files, with the dot."""
    media_type: str
    """What it is on the web."""
    module: str
    """The module here whose `write_file` writes it."""
    binary: bool = False
    """Whether a terminal could not show it."""

    def check(self, content: Content) -> None:
        """Raise what `write` would refuse a content with for what it is, before any row of it is read."""
        check = getattr(import_module(f"posture.exports.forms.{self.module}"), "check", None)
        if check is not None:
            check(content)

    def write(self, content: Content, path: str, *, raw: bool = False, bom: bool = False) -> int:
        """Write a content to a new file at `path`, and return how many rows it has.

        With `raw`, text that a spreadsheet would run is left as it is; with `bom`, a CSV file begins with a byte order mark.
        The file is closed but not synced. Raises Refused where the content has nothing that the form shows (a map of what is in
        no place), PostureError where a library is missing; a file that was begun may be left then, for the caller to remove.
        """
        writer = import_module(f"posture.exports.forms.{self.module}")
        rows: int = writer.write_file(content, path, raw=raw, bom=bom)
        return rows


FORMS = {
    form.name: form
    for form in (
        Form("csv", ".csv", "text/csv", "delimited"),
        Form("json", ".json", "application/json", "objects"),
        Form("jsonl", ".jsonl", "application/x-ndjson", "lines"),
        Form("md", ".md", "text/markdown", "markdown"),
        Form("parquet", ".parquet", "application/vnd.apache.parquet", "columnar", binary=True),
        Form(
            "xlsx",
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "spreadsheet",
            binary=True,
        ),
        Form("geojson", ".geojson", "application/geo+json", "geojson"),
        Form("kml", ".kml", "application/vnd.google-earth.kml+xml", "kml"),
        Form("atom", ".atom", "application/atom+xml", "atom"),
        Form("sqlite", ".sqlite", "application/vnd.sqlite3", "database", binary=True),
    )
}
"""Every form, by its word."""
