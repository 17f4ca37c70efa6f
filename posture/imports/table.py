"""A table as it was read from a file: its columns, its rows in chunks, and the records that cannot be rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posture.errors import UsageMistake

try:
    import polars as pl
except ImportError:  # pragma: no cover - the extra is not installed
    from posture.errors import PostureError

    raise PostureError('reading files needs one more part: pip install "force-posture[import]"') from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    from posture.imports.formats.source import Source

LINE = "__line"
"""The column that says where in the file a row starts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be at most; reached while it is read, so that no file takes memory or time without end."""

    bytes: int = 64 << 30
    """Bytes of the file, and of what it holds unpacked: 1e7 rows of 52 columns are 2 GB, so this is an accident or an attack."""
    rows: int = 100_000_000
    """Records: ten times the largest import that is measured."""
    columns: int = 4096
    """Columns: a wide table of services by year has hundreds, a table turned on its side has more than a row can mean."""
    field_characters: int = 1_000_000
    """Characters of one field: a long article has 100,000; a quote that is never closed has the rest of the file."""
    record_bytes: int = 32 << 20
    """Bytes of one record, which is held in memory whole."""
    ratio: int = 250
    """Times that a compressed file may grow: tables of short rows grow 5 to 50 times, a bomb 1,000 and more."""
    ratio_from_bytes: int = 64 << 20
    """Unpacked bytes from which the ratio counts: smaller than this, a file that repeats itself does no harm."""
    cells: int = 16_000_000
    """Cells of a sheet of XLSX, empty ones within its corners included: the sheet is held in memory whole (1 GB)."""
    part_bytes: int = 1 << 30
    """Unpacked bytes of one part of an XLSX file: the XML of as many cells takes two thirds of this."""


DEFAULT_LIMITS = Limits()


class UnreadableFile(UsageMistake):
    """A file cannot be read as a table: what, where, how to mend."""

    def __init__(self, name: str, what: str, *, line: int | None = None) -> None:
        self.name, self.line = name, line
        super().__init__(f"{name}{'' if line is None else f':{line}'}: {what}")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A record that cannot be a row, or a row that cannot be recorded."""

    line: int
    """Where it starts: the line in the file; the number of the row or item in XLSX, Parquet and a JSON array."""
    column: str | None
    """The column at fault, where it is one."""
    value: str | None
    """What stands there."""
    reason: str
    """Why it is refused, and how to mend it."""
    row: tuple[str, ...] = ()
    """The fields of the record as far as they could be told apart."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table and the records refused among them."""

    frame: pl.DataFrame
    """One String column for each column of the table (null: empty or missing) and `__line` (Int64)."""
    refused: list[RefusedRow] = field(default_factory=list)


class Table:
    """A file read as a table; read once, from front to back, and closed at the end."""

    def __init__(
        self,
        source: Source,
        form: str,
        header: tuple[tuple[str, ...], tuple[str, ...]],
        read: Callable[[int], Iterator[Chunk]],
        *,
        delimiter: str | None = None,
        sheet: str | None = None,
    ) -> None:
        self.name = source.name
        """What the file is called in messages."""
        self.format = form
        """csv, tsv, json, jsonl, parquet or xlsx."""
        self.columns, self.notes = header
        """The names of the columns, each once; and what is odd about them (see :func:`name_columns`)."""
        self.delimiter, self.sheet = delimiter, sheet
        """What parts the fields of CSV and TSV; the sheet that was read of XLSX."""
        self.accepted = self.refused = 0
        """Rows handed out, records refused so far."""
        self._source, self._read = source, read

    @property
    def records(self) -> int:
        """Records read so far: every one was handed out or refused."""
        return self.accepted + self.refused

    @property
    def bytes_read(self) -> int:
        """Bytes of the file that were read so far."""
        return self._source.bytes_read

    @property
    def total_bytes(self) -> int | None:
        """Bytes of the file; None where that shows only at its end (standard input)."""
        return self._source.total_bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes, as they lie on the disk; known when all chunks were read."""
        return self._source.sha256

    def chunks(self, rows: int = 65_536) -> Iterator[Chunk]:
        """The rows in the order of the file, at most `rows` at a time; raises :class:`UnreadableFile`."""
        for chunk in self._read(rows):
            self.accepted += chunk.frame.height
            self.refused += len(chunk.refused)
            if self.records > self._source.limits.rows:
                raise UnreadableFile(
                    self.name, f"more than {self._source.limits.rows:,} records; split the file, or allow more"
                )
            yield chunk
        self._source.drain()

    def close(self) -> None:
        """Close the file and remove what was unpacked beside it."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def name_columns(header: Sequence[str], name: str, limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the columns, each once, and notes on those that could not keep the name in the header.

    A name that stands twice names neither column: each takes its place into its name (`date (column 3)`), so that a
    mapping which says `date` is told to choose. So does one that is empty, or begins with two underscores, which are
    the program's own. A header that is too wide raises :class:`UnreadableFile`.
    """
    if len(header) > limits.columns:
        raise UnreadableFile(name, f"{len(header):,} columns; at most {limits.columns:,} are read", line=None)
    bare = [_one_line(text) for text in header]
    names: list[str] = []
    notes: list[str] = []
    for place, text in enumerate(bare, 1):
        why = ""
        if not text:
            why = "has no name"
        elif bare.count(text) > 1:
            why = f'shares the name "{text}" with another'
        elif text.startswith("__"):
            why = f'has the name "{text}", which is reserved'
        called = f"{text} (column {place})".strip() if why else text
        while called in names or (why and called in bare):
            called += "*"
        if why:
            notes.append(f'column {place} {why}; it is called "{called}"')
        names.append(called)
    return tuple(names), tuple(notes)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def sliced(frame: pl.DataFrame, refused: list[RefusedRow], rows: int) -> Iterator[Chunk]:
    """The rows of a frame in chunks of at most `rows`; the refused records go with the first."""
    if frame.height <= rows:
        if frame.height or refused:
            yield Chunk(frame, refused)
        return
    for start in range(0, frame.height, rows):
        yield Chunk(frame.slice(start, rows), refused if not start else [])


def frame_of(columns: Sequence[str], rows: Sequence[Sequence[str | None]], lines: Iterable[int]) -> pl.DataFrame:
    """Return rows of text as a frame, with the line of each; what is empty is null."""
    fields = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    series = [pl.Series(name, values, dtype=pl.String) for name, values in zip(columns, fields, strict=True)]
    frame = pl.DataFrame([*series, pl.Series(LINE, list(lines), dtype=pl.Int64)])
    return without_empty(frame)


def without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with null where a text is empty."""
    return frame.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
