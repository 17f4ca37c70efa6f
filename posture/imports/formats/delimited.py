"""CSV and TSV: vectorised where that is exact, record by record where it is not, with exact line numbers always."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from posture.domain.codes import shortened
from posture.errors import UsageMistake
from posture.imports.formats.decoding import Piece, count_lines, decoded, encoding_of, whole_lines
from posture.imports.formats.exact import Record, Records, refusal
from posture.imports.table import LINE, Chunk, Table, UnreadableFile, frame_of, name_columns, sliced, without_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.imports.formats.source import Source
    from posture.imports.table import Limits, RefusedRow

DELIMITERS = (",", ";", "\t", "|")
"""What parts fields, where nothing else is said; the first wins a tie."""

_SPARE = [bytes([byte]) for byte in (1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17)]
"""Control characters that may stand in for line ends within quotes, where the text itself does not hold them."""

_SEEN = 64 << 10
"""Bytes at the front of a file that a guess is made from."""


def open_delimited(source: Source, form: str, *, encoding: str | None, delimiter: str | None, rejecting: bool) -> Table:
    """Return a CSV or TSV file as a table; raises :class:`UnreadableFile` where it has no header that can be read."""
    limits, name = source.limits, source.name
    declared = encoding_of(source.begins(4), encoding)
    pieces = whole_lines(decoded(source.blocks(), declared, name, rejecting=rejecting), name, limits)
    reading = _Reading(pieces, name, limits, declared[0])
    if delimiter is not None or form == "tsv":
        reading.delimiter = read_delimiter(delimiter or "\t")
    header = reading.header()
    named = name_columns(header, name, limits)
    reading.columns = named[0]
    return Table(source, form, named, reading.chunks, delimiter=reading.delimiter)


def read_delimiter(text: str) -> str:
    r"""Return the delimiter that `text` names: one ASCII sign, or `tab` or `\t`; raises :class:`UsageMistake`."""
    sign = "\t" if text in {"tab", r"\t"} else text
    if len(sign) != 1 or not sign.isascii() or sign in '"\r\n\0' or sign.isalnum():
        raise UsageMistake(f'no delimiter can be "{shortened(text)}"; give one sign, such as ";", or "tab"')
    return sign


def guess_delimiter(text: str) -> str:
    """Return what parts the fields of a CSV text: what gives its first records as many fields as the header has.

    Of several the one with the most fields; the comma where nothing tells.
    """
    best, most = DELIMITERS[0], (0.0, 1)
    for delimiter in DELIMITERS:
        widths = []
        for record in Records(delimiter).read(text, 1, final=False):
            widths.append(len(record.fields))
            if len(widths) == 100:
                break
        if widths and widths[0] > 1:
            alike = sum(width == widths[0] for width in widths) / len(widths)
            if (alike, widths[0]) > most:
                best, most = delimiter, (alike, widths[0])
    return best


class _Reading:
    """One pass over the text of a file."""

    def __init__(self, pieces: Iterator[Piece], name: str, limits: Limits, encoding: str) -> None:
        self._pieces, self._name, self._limits, self._encoding = pieces, name, limits, encoding
        self.delimiter: str | None = None
        self.columns: tuple[str, ...] = ()
        self._rest = Piece(b"")
        self._line = 1

    # --- the header ------------------------------------------------------------------------------------------------

    def header(self) -> list[str]:
        """Return the fields of the first record, and leave what follows it to be read."""
        while True:
            piece = next(self._pieces, None)
            final = piece is None
            held = self._join(self._rest, piece)
            self._rest = held
            record = self._first(held.data.decode("utf-8", "surrogateescape"), final=final)
            if record is not None:
                break
            if final:
                what = "is empty" if not held.data else "holds no header: its lines are empty"
                raise UnreadableFile(self._name, f"{what}; the first line must name the columns")
        fault = refusal(record, record.fields, self._limits, self._encoding)
        if fault is not None:
            raise UnreadableFile(self._name, f"the header cannot be read: {fault.reason}", line=record.line)
        text = held.data.decode("utf-8", "surrogateescape")
        self._line += count_lines(text[: record.end].encode("utf-8", "surrogateescape"))
        self._rest = Piece(text[record.end :].encode("utf-8", "surrogateescape"), held.broken)
        return record.fields

    def _first(self, text: str, *, final: bool) -> Record | None:
        """Return the header, once it is there whole; a line `sep=;`, which spreadsheets write above it, is obeyed."""
        skipped = 0
        if (said := re.match("sep=(.)(?:\r\n|\r|\n)", text)) is not None:
            self.delimiter = self.delimiter or read_delimiter(said[1])
            skipped = said.end()
        if self.delimiter is None:
            if not text:
                return None
            self.delimiter = guess_delimiter(text[:_SEEN])
        record = next(Records(self.delimiter).read(text[skipped:], 2 if skipped else 1, final=final), None)
        if record is not None:
            record.end += skipped
        return record

    # --- the rows --------------------------------------------------------------------------------------------------

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """The rows after the header."""
        while True:
            piece = next(self._pieces, None)
            final = piece is None
            held = self._join(self._rest, piece)
            if held.data:
                frame, refused = self._read(held, final=final)
                yield from sliced(frame, refused, rows)
            if final:
                return
            if len(self._rest.data) > self._limits.record_bytes:
                raise UnreadableFile(
                    self._name,
                    f"a quote that opens in the record here is not closed within {self._limits.record_bytes:,} bytes",
                    line=self._line,
                )

    @staticmethod
    def _join(rest: Piece, piece: Piece | None) -> Piece:
        if piece is None or not rest.data:
            return piece or rest
        return Piece(rest.data + piece.data, rest.broken or piece.broken)

    def _read(self, held: Piece, *, final: bool) -> tuple[pl.DataFrame, list[RefusedRow]]:
        """Return the whole records of a text, and keep what is left of it."""
        if not held.broken:
            whole = _Whole(held.data, self.delimiter or ",", final=final)
            frame = whole.frame(self.columns, self._line, self._limits) if whole.exact else None
            if frame is not None:
                self._rest = Piece(held.data[whole.end :])
                self._line += whole.lines
                return frame, []
        return self._record_by_record(held, final=final)

    def _record_by_record(self, held: Piece, *, final: bool) -> tuple[pl.DataFrame, list[RefusedRow]]:
        text = held.data.decode("utf-8", "surrogateescape")
        good: list[list[str]] = []
        lines: list[int] = []
        refused: list[RefusedRow] = []
        width, longest = len(self.columns), self._limits.field_characters
        clean = not held.broken and "\0" not in text
        end = 0
        for record in Records(self.delimiter or ",").read(text, self._line, final=final):
            sound = clean and record.fault is None and len(record.fields) == width and record.end - end <= longest
            fault = None if sound else refusal(record, self.columns, self._limits, self._encoding)
            if fault is None:
                good.append(record.fields)
                lines.append(record.line)
            else:
                refused.append(fault)
            end = record.end
        passed = text[:end].encode("utf-8", "surrogateescape")
        self._line += count_lines(passed)
        self._rest = Piece(held.data[len(passed) :], held.broken)
        return frame_of(self.columns, good, lines), refused


class _Whole:
    """Lines of well-formed records, told apart by counting: quotes, delimiters and line ends, never a field alone.

    Split at its quotes, the text lies by turns outside and inside of them, if every quote opens a field, closes one,
    or stands beside another: that is checked, and anything else is left to the reader that goes record by record.
    """

    def __init__(self, data: bytes, delimiter: str, *, final: bool) -> None:
        self._mark = delimiter.encode()
        self._marked = b'"' in data
        self._parts = data.split(b'"') if self._marked else [data]
        self.end = len(data)
        if not final and len(self._parts) % 2 == 0:
            self._leave_the_open_record()
        self.exact = self._well_formed(data)
        self.lines = 0

    def _leave_the_open_record(self) -> None:
        """Leave off the record that a quote holds open at the end: it goes on in the next block."""
        for place in range(len(self._parts) - 2, -1, -2):
            cut = self._parts[place].rfind(b"\n") + 1
            if cut:
                dropped = sum(map(len, self._parts[place:])) + len(self._parts) - 1 - place
                self.end -= dropped - cut
                self._parts = [*self._parts[:place], self._parts[place][:cut]]
                return
        self.end, self._parts = 0, []

    def _well_formed(self, data: bytes) -> bool:
        if len(self._parts) % 2 == 0 or b"\0" in data or _looks_packed(data):
            return False
        self._outside = b'"'.join(self._parts[::2])
        returns = self._outside.count(b"\r")
        if returns != self._outside.count(b"\r\n"):
            return False
        if returns:
            self._outside = self._outside.replace(b"\r\n", b"\n")
        if self._outside.startswith(b"\n") or b"\n\n" in self._outside:
            return False
        if not self._marked:
            return True
        after = {part[:1] for part in self._parts[2::2]} - {b"", b"\n", self._mark}
        before = {part[-1:] for part in self._parts[:-1:2]} - {b"", b"\n", self._mark}
        return after <= {b"\r"} and not before

    def frame(self, columns: tuple[str, ...], line: int, limits: Limits) -> pl.DataFrame | None:
        """Return the records as rows; None where one of them has too many or too few fields, or too long a one."""
        records = self._outside.count(b"\n") + (not self._outside.endswith(b"\n"))
        if self._outside.count(self._mark) != (len(columns) - 1) * records:
            return None
        inner = b'"'.join(self._parts[1::2])
        broken_lines = b"\n" in inner or b"\r" in inner
        stand_in = self._stand_in() if broken_lines else None
        if broken_lines and stand_in is None:
            return None
        frame = self._parse(stand_in, columns)
        if frame is None or frame.height != records or _has_long_field(frame, limits):
            return None
        if stand_in is None:
            self.lines = records
            numbers = pl.int_range(line, line + records, dtype=pl.Int64, eager=True)
        else:
            frame, more = _with_line_ends(frame, stand_in)
            self.lines = records + int(more.sum())
            numbers = line + pl.int_range(records, dtype=pl.Int64, eager=True) + more.cum_sum() - more
        if self._marked:
            frame = without_empty(frame)
        return frame.with_columns(numbers.alias(LINE))

    def _stand_in(self) -> tuple[bytes, bytes] | None:
        r"""Return two characters that stand in for `\n` and `\r` within quotes; None where all of them are taken."""
        text = b"".join(self._parts)
        free = [sign for sign in _SPARE if sign not in text]
        return (free[0], free[1]) if len(free) > 1 else None

    def _parse(self, stand_in: tuple[bytes, bytes] | None, columns: tuple[str, ...]) -> pl.DataFrame | None:
        parts = self._parts
        if stand_in is not None:
            line_feed, carriage_return = stand_in
            inside = [part.replace(b"\n", line_feed).replace(b"\r", carriage_return) for part in parts[1::2]]
            parts = [*parts]
            parts[1::2] = inside
        parts[::2] = [part.replace(b"\r\n", b"\n") for part in parts[::2]]
        try:
            return pl.read_csv(
                b'"'.join(parts),
                has_header=False,
                schema=dict.fromkeys(columns, pl.String),
                separator=self._mark.decode(),
                quote_char='"' if self._marked else None,
            )
        except pl.exceptions.PolarsError:
            return None  # the reader that goes record by record says what is wrong, and where


def _looks_packed(data: bytes) -> bool:
    """True for text that begins as compressed data or a byte order mark does, which polars would act on."""
    return data.startswith((b"\xef\xbb\xbf", b"x\x01", b"x\x5e", b"x\x9c", b"x\xda"))


def _has_long_field(frame: pl.DataFrame, limits: Limits) -> bool:
    longest = frame.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
    return (longest or 0) > limits.field_characters


def _with_line_ends(frame: pl.DataFrame, stand_in: tuple[bytes, bytes]) -> tuple[pl.DataFrame, pl.Series]:
    """Return the frame with its line ends back in its texts, and how many of them each row has."""
    line_feed, carriage_return = (sign.decode() for sign in stand_in)
    every = pl.all()
    ends = [
        every.str.count_matches(line_feed, literal=True),
        every.str.count_matches(carriage_return, literal=True),
        -every.str.count_matches(carriage_return + line_feed, literal=True).cast(pl.Int64),
    ]
    counted = [frame.select(end.cast(pl.Int64).fill_null(0)).sum_horizontal() for end in ends]
    more = (counted[0] + counted[1] + counted[2]).cast(pl.Int64)
    back = every.str.replace_all(line_feed, "\n", literal=True).str.replace_all(carriage_return, "\r", literal=True)
    return frame.with_columns(back), more
