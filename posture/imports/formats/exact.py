"""CSV records one by one: where each starts, what its fields are, and what is wrong with it.

The vectorised reader hands over what it does not read exactly: records with too few or too many fields, quotes where
none belong, NULs, bytes that did not decode, lines that end in a lone carriage return.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.imports.table import RefusedRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posture.imports.table import Limits


@dataclass(slots=True)
class Record:
    """One record: the line it starts on, its fields, and why it cannot be read as it stands."""

    line: int
    fields: list[str]
    end: int
    """Where in the text it ends, its line end included."""
    fault: str | None = None
    place: int | None = None
    """Which of the fields is at fault, from 0."""
    plain: bool = False
    """True where it holds no quote and no line end."""


class Records:
    """The records of a text, by the rules that spreadsheet programs and RFC 4180 share.

    A quote opens a field only at its very beginning; within quotes `""` is a quote, and line ends and delimiters are
    text. What follows a closing quote before the delimiter is a fault. Empty lines are no records.
    """

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter)
        quoted = r'"((?:[^"]++|"")*+)"([^' + mark + r"\r\n]*+)"
        self._field = re.compile(rf"(?:{quoted}|([^{mark}\r\n]*+))({mark}|\r\n|\r|\n|\Z)")
        self._delimiter = delimiter

    def read(self, text: str, line: int, *, final: bool) -> Iterator[Record]:
        """The records of `text`, whose first line is `line`.

        Unless `final`, the text goes on: a record that a quote holds open at its end is not given.
        """
        start = 0
        while start < len(text):
            record = self._plain(text, start, line) or self._record(text, start, line)
            if record.end < 0:
                if final:
                    record.end = len(text)
                    yield record
                return
            if record.fault is not None or record.fields != [""] or text[start] == '"':
                yield record
            line += 1 if record.plain else _line_ends(text[start : record.end])
            start = record.end

    def _plain(self, text: str, start: int, line: int) -> Record | None:
        """Return the record on one line without quotes, which is only split; None where the line is of another kind."""
        end = text.find("\n", start)
        if end < 0:
            return None
        whole = text[start : end - 1] if text.startswith("\r", end - 1) and end > start else text[start:end]
        if '"' in whole or "\r" in whole:
            return None
        return Record(line, whole.split(self._delimiter), end + 1, plain=True)

    def _record(self, text: str, start: int, line: int) -> Record:
        """Return the record that starts at `start`; one that never ends has the end -1."""
        record, at = Record(line, [], -1), start
        while True:
            found = self._field.match(text, at)
            if found is None or (found[3] is not None and found[3].startswith('"')):
                opened = line + _line_ends(text[start:at])
                record.fields.append(text[at + 1 :])
                record.fault = f"the quote that opens on line {opened} is never closed: is the file cut short?"
                record.place = len(record.fields) - 1
                return record
            quoted, tail, plain, ended = found.groups()
            if quoted is None:
                record.fields.append(plain)
            else:
                record.fields.append(quoted.replace('""', '"') + tail)
                if tail and record.fault is None:
                    record.place = len(record.fields) - 1
                    record.fault = "text follows the closing quote of a field; a quote within quotes is written twice"
            at = found.end()
            if ended != self._delimiter:
                record.end = at
                return record


def _line_ends(text: str) -> int:
    ends = text.count("\n")
    return ends if "\r" not in text else ends + text.count("\r") - text.count("\r\n")


def refusal(record: Record, columns: Sequence[str], limits: Limits, encoding: str) -> RefusedRow | None:
    """Return why a record cannot be a row of these columns; None where it can."""
    reason, place = record.fault, record.place
    if reason is None:
        reason, place = _fault_of_fields(record.fields, len(columns), limits, encoding)
    if reason is None:
        return None
    known = place is not None and place < len(columns)
    return RefusedRow(
        record.line,
        columns[place] if known and place is not None else None,
        record.fields[place] if place is not None else None,
        reason,
        tuple(record.fields),
    )


def _fault_of_fields(fields: Sequence[str], width: int, limits: Limits, encoding: str) -> tuple[str | None, int | None]:
    """Return what is wrong with a record's fields, and which is at fault."""
    for place, text in enumerate(fields):
        if (fault := fault_of_text(text, limits, encoding)) is not None:
            return fault, place
    if len(fields) != width:
        more = "more" if len(fields) > width else "fewer"
        return (
            f"{len(fields)} fields, {more} than the {width} of the header; quote a field that holds the delimiter",
            None,
        )
    return None, None


def fault_of_text(text: str, limits: Limits, encoding: str) -> str | None:
    """Return why no field can hold a text; None where one can."""
    if len(text) > limits.field_characters:
        return f"a field of {len(text):,} characters; at most {limits.field_characters:,} are read"
    if "\0" in text:
        return "a NUL character, which no database keeps: is the file of another encoding (--encoding utf-16)?"
    if not text.isascii() and (broken := re.search("[\ud800-\udfff]", text)) is not None:
        point = ord(broken[0])
        if encoding and 0xDC80 <= point <= 0xDCFF:
            return f"byte 0x{point - 0xDC00:02x} is not {encoding.upper()}; name the encoding with --encoding"
        return "half a character, which no database keeps"
    return None
