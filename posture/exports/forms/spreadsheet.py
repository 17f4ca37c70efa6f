"""XLSX: numbers, days and instants as such, a frozen header, and a sheet of notes with both clocks and the sources.

Written in constant memory, and with the instant of the last entry known as the time of writing, so that the same content gives
the same bytes.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from posture.errors import Refused
from posture.exports.formats import flat, guarded
from posture.exports.forms.libraries import needed
from posture.reports.wording import moments, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posture.exports.content import Content
    from posture.exports.fields import Field

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""
LONGEST_TEXT = 32_767
"""Characters that a cell holds."""
LARGEST_INTEGER = 999_999_999_999_999
"""A spreadsheet rounds what has more digits."""
FIRST_YEAR = "1901"
"""Spreadsheets do not agree about the days before, and know none before 1900."""
NEVER = datetime(1980, 1, 1)  # noqa: DTZ001 - a time without a place is what the format holds
"""The time of writing of what knows no entry."""
WIDTHS = {"text": 24, "integer": 11, "real": 11, "flag": 8, "day": 12, "instant": 20, "list": 24, "object": 32}


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - the format has its own mark
    """Write a content as a workbook, and return how many rows it has; raises Refused for more than a sheet holds."""
    xlsxwriter = needed("xlsxwriter")
    with open(path, "xb") as file, tempfile.TemporaryDirectory() as folder:
        sink = _Sink(file)
        book = xlsxwriter.Workbook(sink, {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        try:
            clocks = moments(content.as_of, content.known_seq, content.known_at)
            title = titled(content.about, content.name, clocks) if content.about else f"{content.name} {clocks}"
            book.set_properties({"title": title, "created": _instant(content.known_at) or NEVER})
            sheet = _Sheet(book, book.add_worksheet(content.name[:31]), raw=raw)
            count = sheet.table(content)
            _Sheet(book, book.add_worksheet("notes"), raw=raw).notes(content, sheet.cut)
            book.close()
        except BaseException as error:
            sink.error = sink.error or OSError("given up")
            # It holds files open until it is closed, into a sink that takes in silence now.
            for close in (book.close, *(each._opt_close for each in book.worksheets())):  # noqa: SLF001
                with suppress(Exception):
                    close()
            if isinstance(error, xlsxwriter.exceptions.FileCreateError):
                (cause,) = error.args  # the system's own error, in the library's clothes
                raise cause from None
            raise
    return count


class _Sink:
    """A file that, once it could not be written, takes in silence what the archive that was begun still wants to say."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write data, unless that failed before."""
        if self.error is not None:
            return len(data)
        try:
            return self.file.write(data)
        except OSError as error:
            self.error = error
            raise

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        return 0 if self.error else self.file.seek(place, whence)

    def tell(self) -> int:
        """Return the place that is written next."""
        return 0 if self.error else self.file.tell()

    def flush(self) -> None:
        """Hand on what was written."""
        if self.error is None:
            self.file.flush()


class _Sheet:
    """A sheet that is being written, row by row."""

    def __init__(self, book: Any, sheet: Any, *, raw: bool) -> None:
        self.sheet, self.raw = sheet, raw
        self.cut = 0
        """How many texts are longer than a cell holds."""
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.thousands = book.add_format({"num_format": "#,##0"})

    def table(self, content: Content) -> int:
        """Write the rows below a header that stays in sight, and return how many there are."""
        for number, field in enumerate(content.fields):
            self.sheet.set_column(number, number, max(WIDTHS[field.kind], len(field.name) + 3))
        self.sheet.freeze_panes(1, 0)
        for number, field in enumerate(content.fields):
            self.sheet.write_string(0, number, field.name, self.bold)
        writers = [self._writer(field) for field in content.fields]
        count = 0
        for row in content.rows():
            count += 1
            if count > MOST_ROWS:
                raise Refused(f"{content.name} has more rows than a sheet holds ({MOST_ROWS:,}); choose csv or parquet")
            for number, (value, put) in enumerate(zip(row, writers, strict=True)):
                if value is not None:
                    put(count, number, value)
        self.sheet.autofilter(0, 0, count, len(content.fields) - 1)
        return count

    def _writer(self, field: Field) -> Callable[[int, int, Any], object]:
        """Return what puts a value of a field into a cell."""
        writers: dict[str, Callable[[int, int, Any], object]] = {
            "integer": self._integer,
            "real": self.sheet.write_number,
            "flag": lambda row, column, value: self.sheet.write_boolean(row, column, bool(value)),
            "day": self._day,
            "instant": self._instant,
        }
        return writers.get(field.kind, self._text)

    def _text(self, row: int, column: int, value: Any) -> None:
        text = flat(value)
        if not text:  # an empty cell and an empty text look the same, and are told apart by whoever counts them
            return
        if not self.raw:
            text = guarded(text)
        short = _shortened(text)
        if short is not text:
            self.cut += 1
        self.sheet.write_string(row, column, short)

    def _integer(self, row: int, column: int, value: int) -> None:
        if abs(value) > LARGEST_INTEGER:
            self.sheet.write_string(row, column, str(value))
        else:
            self.sheet.write_number(row, column, value)

    def _day(self, row: int, column: int, value: str) -> None:
        if value >= FIRST_YEAR:
            self.sheet.write_datetime(row, column, date.fromisoformat(value), self.day)
        else:
            self.sheet.write_string(row, column, value)

    def _instant(self, row: int, column: int, value: str) -> None:
        at = _instant(value)
        if at is not None and value >= FIRST_YEAR:
            self.sheet.write_datetime(row, column, at, self.instant)
        else:
            self.sheet.write_string(row, column, value)

    def notes(self, content: Content, cut: int) -> None:
        """Write what the sheet before is, as of when and as known when, what its columns say, and the sources."""
        self.sheet.set_column(0, 0, 24)
        self.sheet.set_column(1, 1, 28)
        self.sheet.set_column(2, 2, 100)
        for row, (heading, *cells) in enumerate(_notes(content, cut)):
            if heading:
                self.sheet.write_string(row, 0, heading, self.bold)
            for column, value in enumerate(cells, start=1):
                self._text(row, column, value)


def _shortened(text: str) -> str:
    """Return a text as long as a cell can be: what a spreadsheet counts are the units of UTF-16, of which some letters have two."""
    if len(text) <= LONGEST_TEXT // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 3)].decode("utf-16-le", "ignore") + "..."


def _notes(content: Content, cut: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sheet of notes."""
    yield ("What", content.name)
    if content.about:
        yield ("About", content.about)
    yield ("As of", content.as_of or "no day of the world")
    yield ("As known at", f"#{content.known_seq}", content.known_at or "nothing was recorded")
    if content.database_id:
        yield ("Ledger", content.database_id)
    yield ("Empty cell", "", "Not known, which is not zero. Instants are in UTC.")
    for note in content.notes:
        yield ("Mind", "", note)
    if cut:
        are = "1 text is" if cut == 1 else f"{cut:,} texts are"
        yield (
            "Mind",
            "",
            f"{are} longer than a cell holds and cut, ending in ...; csv, json and parquet have all of it.",
        )
    yield ("",)
    yield ("Column", "Name", "What it says")
    for field in content.fields:
        yield ("", field.name, field.meaning)
    sources = content.sources()
    if sources:
        yield ("",)
        yield ("Source", "Code", "What it is")
        for source in sources:
            yield ("", source.source, source.text)


def _instant(text: str | None) -> datetime | None:
    """Return an instant as a spreadsheet holds it: in UTC, and without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
