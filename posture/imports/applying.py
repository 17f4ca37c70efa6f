"""Keeps a copy of a ledger by its feed: begun empty or from a dump, and brought further by the files that come.

Entries go in whole, in order, and only once their hashes are those of the ledger that wrote them. What is here already is
passed over, so that files may come twice, overlap, or be cut off on the way: apply them again. Where the feed and the copy
tell of different histories nothing is kept.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from posture.errors import ConstraintBroken, IntegrityBroken, PostureError, UsageMistake
from posture.imports.load import AT_ONCE as BYTES_AT_ONCE
from posture.imports.load import LONGEST, unpacked, what_it_holds
from posture.ledger.applied import Entries
from posture.ledger.current import AT_ONCE as LINES_AT_ONCE
from posture.ledger.current import catch_up
from posture.ledger.verify import head_of
from posture.store.connection import SCHEMA_REVISION
from posture.store.dump_format import TABLE
from posture.store.feed_format import COLUMNS, DATABASE, ENTRY, FORMAT, TABLE_OF, TEXTS, Cursor, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from posture.store.connection import Database

AT_ONCE = 5_000
"""Rows of whole entries that are kept by one commit; a longer entry is read while it is written."""
COMPUTED = 100_000
"""Claims up to which the current posture of many lines is computed at once; of more it takes memory by the claim."""
BATCH_OF_FEED = ("changes-", ".jsonl", ".jsonl.gz", ".jsonl.zst")
"""How the files of a feed's folder are called: what is applied where a folder is named."""
_NAMES = tuple(said.name for said in COLUMNS)


@dataclass(frozen=True)
class Applied:
    """What was applied."""

    entries: int
    """Entries that were put in."""
    known: int
    """Entries that were here already."""
    rows: int
    """Rows of the entries that were put in."""
    head: Cursor
    """How far the copy goes now: the cursor that a further feed follows."""
    computed: bool
    """Whether the current posture and plans are computed; else "posture db refresh" does it."""


class _Line(NamedTuple):
    """One row of the feed, as it was read."""

    place: str
    """The file and the line, for a message."""
    database_id: str
    seq: int
    ordinal: int
    of: int
    kind: str
    row: dict[str, Any]
    size: int
    """Bytes of the line."""


class _Entry(NamedTuple):
    """An entry of the feed: its first row, and those that follow, which may still have to be read."""

    first: _Line
    rest: Iterable[_Line]


def apply(
    db: Database, files: Sequence[str | tuple[BinaryIO, str]], tell: Callable[[str], None] = lambda _: None
) -> Applied:
    """Bring a database further by the files of a feed, in their order; a file is a path, or a stream with its name.

    Each commit keeps whole entries. Raises IntegrityBroken, and keeps nothing more, where a file was cut or altered, where it
    does not follow what is here, or tells of another history; what was kept until then stays, and is a part of the ledger.
    """
    done = _Done(db)
    try:
        for entries in _together(_entries(chain.from_iterable(map(_lines, files)))):
            done.keep(entries)
            tell(f"applied up to entry #{entries[-1].first.seq}")
    except IntegrityBroken as error:
        seq, _ = head_of(db)
        stands = f"the copy ends with entry #{seq}" if seq else "the copy is empty"
        raise IntegrityBroken(f"{error}; nothing more was kept: {stands}") from None
    tell("computing the current posture")
    few = done.entries == 0 or int(db.value("select count(*) from status_change") or 0) <= COMPUTED
    computed = catch_up(db, LINES_AT_ONCE if not few else 2**62)
    return Applied(done.entries, done.known, done.rows, Cursor(*head_of(db)), computed)


def _together(entries: Iterator[_Entry]) -> Iterator[list[_Entry]]:
    """Yield entries as one commit keeps them: read before the write begins, but for those that are too long."""
    waiting: list[_Entry] = []
    rows = size = 0
    try:
        for entry in entries:
            if entry.first.of > AT_ONCE:
                if waiting:
                    yield waiting
                waiting, rows, size = [], 0, 0
                yield [entry]
                continue
            rest = list(entry.rest)
            waiting.append(_Entry(entry.first, rest))
            rows += entry.first.of
            size += entry.first.size + sum(line.size for line in rest)
            if rows >= AT_ONCE or size >= BYTES_AT_ONCE:
                yield waiting
                waiting, rows, size = [], 0, 0
    except _Cut:
        if waiting:  # they are whole
            yield waiting
        raise
    if waiting:
        yield waiting


class _Placed(IntegrityBroken):
    """Something is not as it was recorded, and the message says where it stands."""


class _Cut(_Placed):
    """A file ends, or breaks off, where it should go on: what came before it is whole."""


class _Done:
    """What was applied so far."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.entries = self.known = self.rows = 0

    def keep(self, entries: Sequence[_Entry]) -> None:
        """Put entries in by one write, those that are here already passed over."""
        place = entries[0].first.place
        try:
            with self._db.roomy(), self._db.write():
                entered, known, rows = self._put(entries)
        except (ConstraintBroken, UsageMistake) as error:
            said = str(error).removesuffix("; nothing was written")
            raise _Placed(f"{place} and on: that is not what a database held ({said})") from None
        self.entries, self.known, self.rows = self.entries + entered, self.known + known, self.rows + rows

    def _put(self, entries: Sequence[_Entry]) -> tuple[int, int, int]:
        """Put entries in; return how many were put in, how many were here, and the rows of those that were put in."""
        into = Entries(self._db)
        before, known, rows = into.seq, 0, 0
        here = self._identity()
        for first, rest in entries:
            line = first
            try:
                if first.kind == DATABASE:
                    self._be(first, here, empty=before == 0)
                    here = self._identity()
                    continue
                self._refuse_other(first, here, into.seq)
                if first.seq <= into.seq:
                    self._refuse_different(first)
                    known += 1
                    continue
                for line in chain((first,), rest):
                    into.put(*_row(line))
                    rows += 1
            except _Placed:
                raise
            except IntegrityBroken as error:
                raise _Placed(f"{line.place}: {error}") from None
        try:
            if rows:
                into.close()
        except IntegrityBroken as error:
            raise _Placed(f"{entries[0].first.place} and on: {error}") from None
        return into.seq - before, known, rows

    def _identity(self) -> str:
        return str(self._db.value("select database_id from database_identity"))

    def _be(self, line: _Line, here: str, *, empty: bool) -> None:
        """Take an empty database for the one that the feed is of; raises IntegrityBroken where it is another."""
        about = line.row
        if about.get("format") != FORMAT:
            raise PostureError(
                f"{line.place}: a feed in the form {str(about.get('format'))[:40]}, this program reads {FORMAT};"
                " install a newer posture"
            )
        if str(about.get("schema")) > SCHEMA_REVISION:
            raise PostureError(
                f"{line.place}: a feed of schema {about['schema']}, this program knows only {SCHEMA_REVISION}; install a"
                " newer posture"
            )
        if not empty:
            self._refuse_other(line, here, before=1)
            return
        if held := what_it_holds(self._db):
            raise IntegrityBroken(f"{self._db.url} holds {held}: a feed begins in an empty database, or after a dump")
        identity = {name: about.get(name) for name in ("database_id", "created_at")}
        if not all(isinstance(value, str) for value in identity.values()):
            raise IntegrityBroken("it does not say which database it is of")
        self._db.update("database_identity", 1, identity)

    def _refuse_other(self, line: _Line, here: str, before: int) -> None:
        """Raise IntegrityBroken where the feed is of another ledger, or begins later than this copy ends."""
        if line.database_id != here:
            if before == 0:
                raise IntegrityBroken(
                    f"it begins with entry #{line.seq}, and {self._db.url} is empty: begin with the first file of the"
                    " feed, or load a dump"
                )
            raise IntegrityBroken(
                f"it is of the database {line.database_id[:36]}, and {self._db.url} is a copy of {here}"
            )
        if line.seq > before + 1:
            raise IntegrityBroken(
                f"it begins with entry #{line.seq}, and {self._db.url} ends with entry #{before}: apply what lies between"
                " first"
            )

    def _refuse_different(self, line: _Line) -> None:
        """Raise IntegrityBroken where an entry that is here is not the one that the feed tells of."""
        here = self._db.value("select entry_hash from ledger_entry where seq = :seq", {"seq": line.seq})
        if here != line.row.get("entry_hash"):
            raise IntegrityBroken(
                f"entry #{line.seq} is another one here: its hash begins with {str(here)[:12]}, not"
                f" {str(line.row.get('entry_hash'))[:12]}; was one of the two restored, or written on?"
            )


def _row(line: _Line) -> tuple[str, dict[str, Any], Mapping[str, str]]:
    """Return the table of a line, its row, and the long texts beside it; raises IntegrityBroken for what is no row."""
    table = tables()[TABLE_OF[line.kind]]
    row = dict(line.row)
    texts = {name: row.pop(name) for name, _ in TEXTS.values() if table.name == "catalogue_revision" and name in row}
    try:
        if row.keys() != set(table.columns):
            raise ValueError(f"not the columns of {table.name}")
        if any(not isinstance(text, str) for text in texts.values()):
            raise ValueError("a long text is none")
        values = table.values({TABLE: table.name, **{name: row[name] for name in table.columns}})
    except ValueError as error:
        raise IntegrityBroken(f"it was altered: {error}") from None
    return table.name, dict(zip(table.columns, values, strict=True)), texts


# --- the files -----------------------------------------------------------------------------------------------------------


def _entries(lines: Iterator[_Line]) -> Iterator[_Entry]:
    """Yield the entries of the feed; raises IntegrityBroken where one is not whole."""
    for first in lines:
        if first.ordinal != 1 or first.kind != (ENTRY if first.seq else DATABASE):
            raise _Cut(f"{first.place}: entry #{first.seq} has no beginning: was the file cut?")
        rest = _rest(lines, first)
        yield _Entry(first, rest)
        for _ in rest:  # what was not asked for, lest the next entry begin in the middle of this one
            pass


def _rest(lines: Iterator[_Line], first: _Line) -> Iterator[_Line]:
    """Yield the rows of an entry after its first; raises IntegrityBroken where one is missing."""
    for ordinal in range(2, first.of + 1):
        line = next(lines, None)
        if line is None:
            raise _Cut(
                f"{first.place.rpartition(', ')[0]} ends in the middle of entry #{first.seq}: was it cut short on the way?"
            )
        if line[1:5] != (first.database_id, first.seq, ordinal, first.of) or line.kind in (ENTRY, DATABASE):
            raise _Cut(f"{line.place}: row {ordinal} of entry #{first.seq} is missing there")
        yield line


def files_of(paths: Sequence[str]) -> list[str]:
    """Return the files that paths name: a folder stands for the batches of a feed in it, in their order.

    Raises UsageMistake for a folder without any.
    """
    found: list[str] = []
    for path in paths:
        if not os.path.isdir(path):
            found.append(path)
            continue
        begins, *ends = BATCH_OF_FEED
        names = sorted(name for name in os.listdir(path) if name.startswith(begins) and name.endswith(tuple(ends)))
        if not names:
            raise UsageMistake(f"no batch of a feed in {path}: they are called changes-0000000001-0000000016.jsonl")
        found += [os.path.join(path, name) for name in names]
    return found


def _lines(file: str | tuple[BinaryIO, str]) -> Iterator[_Line]:
    """Yield the rows of one file."""
    with _opened(file) as (stream, name):
        number = 0
        while line := _read(stream, name, number + 1):
            number += 1
            yield _parsed(line, f"{name}, line {number}")


@contextmanager
def _opened(file: str | tuple[BinaryIO, str]) -> Iterator[tuple[BinaryIO, str]]:
    if not isinstance(file, str):
        yield unpacked(*file), file[1]
        return
    try:
        opened = open(file, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise PostureError(f"cannot read {file}: {error.strerror}") from None
    with opened:
        yield unpacked(opened, file), file


def _read(stream: BinaryIO, name: str, number: int) -> bytes:
    """Return the next line, nothing at the end; raises IntegrityBroken where it is not whole."""
    cut = f"{name} ends in the middle, at line {number}: was it cut short on the way?"
    try:
        line = stream.readline(LONGEST + 1)
    except EOFError:
        raise _Cut(cut) from None
    except (zlib.error, gzip.BadGzipFile) as error:
        raise _Cut(f"{name}: its packed data is damaged ({error})") from None
    except OSError as error:
        raise PostureError(f"cannot read {name}: {error.strerror or error}") from None
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        raise _Cut(f"{name}: its packed data is damaged ({error})") from None
    if len(line) > LONGEST:
        raise _Cut(f"{name}: line {number} is longer than any row")
    if line and not line.endswith(b"\n"):
        raise _Cut(cut)
    return line


def _parsed(line: bytes, place: str) -> _Line:
    """Return what a line says; raises IntegrityBroken where it is no row of a feed."""
    try:
        said = json.loads(line)
        if not isinstance(said, dict) or not said.keys() >= set(_NAMES):
            raise ValueError("it is no row of a feed")
        values = [said[name] for name in ("database_id", "seq", "ordinal", "of", "kind", "row")]
        found = _Line._make((place, *values, len(line)))
        if (
            any(type(number) is not int or not 0 <= number < 2**63 for number in found[2:5])
            or not isinstance(found.database_id, str)
            or not isinstance(found.row, dict)
        ):
            raise ValueError("it is no row of a feed")
        if not isinstance(found.kind, str) or found.kind not in (*TABLE_OF, DATABASE):
            raise ValueError(f"this program knows no {str(found.kind)[:40]}")
    except (ValueError, RecursionError) as error:
        what = "it is no JSON" if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)) else str(error)
        raise _Cut(f"{place}: {what}: is it a feed as JSON Lines?") from None
    return found
