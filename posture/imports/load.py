"""Makes a database from a dump: the same ledger with the same hashes, on either engine, all of it or nothing.

A dump goes only into an empty database, for it is the same database as the one that was dumped. Before anything is kept,
the file's own SHA-256, every hash of the ledger and its head are checked; what is derived is computed anew.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from posture.domain.vocabulary import ASSET_TYPES
from posture.errors import ConstraintBroken, IntegrityBroken, PostureError, Refused, UsageMistake
from posture.ledger import containment, current
from posture.ledger.verify import head_of, verify
from posture.reports.current import current_rows
from posture.store import migrate, passages
from posture.store.address import read_address
from posture.store.alongside import Alongside
from posture.store.connection import SCHEMA_REVISION, connect, open_database
from posture.store.dump_format import END, FORMAT, NAMES, TABLE, DumpTable, Header, dump_tables, end_line, read_header
from posture.store.frames import in_bulk, insert_rows, told_once
from posture.store.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from posture.store.connection import Database

LONGEST = 256 << 20
"""Bytes of a line: a row with a document in it. Longer ones are no row, and are not held in memory."""
AT_ONCE = 8 << 20
"""Bytes of lines that are held in memory at a time."""
COMPUTED = 100_000
"""Claims of which the current posture is computed while loading; of more it takes memory by the claim, and time."""
_ZSTD_WINDOW = 1 << 27
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True)
class Loaded:
    """A dump that was loaded, and checked."""

    header: Header
    rows: Mapping[str, int]
    """How many rows of each table."""
    computed: bool
    """Whether the current posture and plans are computed; else "posture db refresh" does it."""


class Rows(NamedTuple):
    """Rows that were read from a dump."""

    values: list[tuple[Any, ...]]
    first: int
    """The line of the first of them."""
    last: int
    """The line of the last of them."""


class DumpFile:
    """A dump that is being read; `header` is what its first line says."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """Read the header. Raises IntegrityBroken where there is none, PostureError where a newer posture wrote it."""
        self.name = name
        self.rows: dict[str, int] = {}
        self._stream = unpacked(stream, name)
        self._digest = hashlib.sha256()
        self.number = 0
        """The line at hand."""
        self._line = self._next()
        try:
            form, self.header = read_header(self._line)
        except (ValueError, RecursionError):
            raise IntegrityBroken(
                f"{name} does not begin as a dump of posture: it is none, or its beginning was cut off or altered"
            ) from None
        if form != FORMAT:
            raise PostureError(
                f"{name} is a dump in the form {form}, this program reads {FORMAT}; install a newer posture"
            )
        self._refuse_other_schema()
        self._digest.update(self._line)
        self._line = self._next()

    def _refuse_other_schema(self) -> None:
        found = self.header.schema
        if found > SCHEMA_REVISION:
            raise PostureError(
                f"{self.name} is of schema {found}, this program knows only {SCHEMA_REVISION}; install a newer posture"
            )
        if found != SCHEMA_REVISION:
            raise PostureError(
                f"{self.name} is of schema {found}, this program loads only {SCHEMA_REVISION}: load it with the posture "
                'that wrote it, bring that database up by "posture db upgrade" of this one, and dump it anew'
            )

    def batches(self, table: DumpTable) -> Iterator[Rows]:
        """Yield the rows of a table that come next, so many at a time. Raises IntegrityBroken for what is no row."""
        begins = b'{"%s":"%s",' % (TABLE.encode(), table.name.encode())
        lines: list[bytes] = []
        size, self.rows[table.name] = 0, 0
        while self._line.startswith(begins) or self._is_of(table):
            lines.append(self._line)
            size += len(self._line)
            self._line = self._next()
            if len(lines) >= table.at_once or size >= AT_ONCE:
                yield self._read_rows(table, lines)
                lines, size = [], 0
        if lines:
            yield self._read_rows(table, lines)

    def _is_of(self, table: DumpTable) -> bool:
        """Whether the line at hand is a row of this table, however it is written."""
        if self._line.startswith(END):
            return False
        try:
            row = json.loads(self._line)
            name = row.get(TABLE) if isinstance(row, dict) else None
            if name not in NAMES:
                raise ValueError("it is no row of a table")
        except (ValueError, RecursionError) as error:
            raise self._altered(self.number, error) from None
        return bool(name == table.name)

    def _read_rows(self, table: DumpTable, lines: list[bytes]) -> Rows:
        """Return the values of lines, the last of which is the one before that at hand."""
        self._digest.update(b"".join(lines))
        self.rows[table.name] += len(lines)
        first = self.number - len(lines)
        try:
            values = table.rows(lines)
        except (ValueError, RecursionError):  # which of them is it?
            values = [self._values(table, line, number) for number, line in enumerate(lines, first)]
        return Rows(values, first, self.number - 1)

    def _values(self, table: DumpTable, line: bytes, number: int) -> tuple[Any, ...]:
        """Return the values of one line."""
        try:
            return tuple(table.values(json.loads(line)))
        except (ValueError, RecursionError) as error:
            raise self._altered(number, error) from None

    def _altered(self, number: int, error: Exception) -> IntegrityBroken:
        what = "it is no JSON" if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)) else str(error)
        return self.broken(f"line {number} was altered: {what}")

    def finish(self) -> None:
        """Check that the dump ends here, with as many rows as it had and the bytes that were written."""
        if not self._line.startswith(END):
            raise self.broken(f"line {self.number} was altered: a row of that table cannot stand there")
        if self._line != end_line(self.rows, self._digest.hexdigest()).encode():
            raise self.broken("its last line is not that of the lines before: it was altered")
        if self._read():
            raise self.broken("something follows its last line")

    def _next(self) -> bytes:
        line = self._read()
        self.number += 1
        if len(line) > LONGEST:
            raise self.broken(f"line {self.number} is longer than any row")
        if not line.endswith(b"\n") and (line or self.number > 1):
            raise self.broken(f"it ends in the middle, at line {self.number}: was it cut short on the way?")
        return line

    def _read(self) -> bytes:
        try:
            return self._stream.readline(LONGEST + 1)
        except EOFError:
            raise self.broken("it ends in the middle: was it cut short on the way?") from None
        except (zlib.error, gzip.BadGzipFile) as error:
            raise self.broken(f"its packed data is damaged ({error})") from None
        except OSError as error:
            raise PostureError(f"cannot read {self.name}: {error.strerror}") from None
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            raise self.broken(f"its packed data is damaged ({error})") from None

    def broken(self, what: str) -> IntegrityBroken:
        """Return the error that says what is wrong with the dump."""
        return IntegrityBroken(f"{self.name}: {what}; nothing was loaded")


@contextmanager
def dump_file(path: str) -> Iterator[DumpFile]:
    """Open the dump at a path, packed by gzip or zstd or not."""
    if os.path.isdir(path):
        raise UsageMistake(f"{path} is a folder; name the dump in it")
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise PostureError(f"cannot read {path}: {error.strerror}") from None
    with file:
        yield DumpFile(file, path)


def unpacked(stream: BinaryIO, name: str) -> BinaryIO:
    """Return the stream of what is packed in another; the first bytes tell, not the name."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    begins = buffered.peek(4)[:4]
    if begins.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered, mode="rb"))
    if begins.startswith(_ZSTD):
        try:
            import zstandard
        except ImportError:
            raise PostureError(
                f'{name} is packed by zstd, which needs one more part: pip install "force-posture[import]"'
            ) from None
        reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(
            buffered, read_across_frames=True
        )
        return io.BufferedReader(cast("io.RawIOBase", reader))
    return buffered


# --- the database that is made ---------------------------------------------------------------------------------------


@contextmanager
def destination(url: str, *, timeout: float = 30.0) -> Iterator[Database]:
    """Give the database that a dump is to be loaded into; what was made for it goes again where that fails."""
    address = read_address(url)
    missing = address.engine == "sqlite" and not os.path.exists(address.path)
    bare = missing
    if not missing:
        with connect(url, readonly=True, timeout=timeout) as found:
            bare = found.revision() is None
    if bare:
        migrate.upgrade(url, timeout=timeout)
    try:
        with open_database(url, timeout=timeout) as database:
            database.keeper = current_rows
            yield database
    except BaseException:
        if bare:
            _take_away(url, address.path if missing else None, timeout)
        raise


def _take_away(url: str, path: str | None, timeout: float) -> None:
    """Remove a database that was just made, unless somebody has recorded something in it since."""
    with suppress(PostureError):
        migrate.downgrade(url, "base", timeout=timeout)
        if path is not None:
            for rest in ("", "-journal", "-wal", "-shm"):
                with suppress(OSError):
                    os.unlink(path + rest)


def load(db: Database, file: DumpFile, tell: Callable[[str], None] = lambda _: None) -> Loaded:
    """Load a dump into an empty database, all of it or nothing.

    Raises Refused where the database is not empty, IntegrityBroken where the dump was cut or altered, or its ledger does
    not verify.
    """
    try:
        with db.roomy(), db.write():
            _refuse_used(db)
            try:
                _load(db, file, tell)
            except (Refused, UsageMistake) as error:
                raise IntegrityBroken(
                    f"{file.name} is not what a database held: {_said(error)}; nothing was loaded"
                ) from None
    except ConstraintBroken as error:  # what is checked only at the end
        raise IntegrityBroken(f"{file.name} is not what a database held: {_said(error)}; nothing was loaded") from None
    return Loaded(file.header, file.rows, file.rows["status_change"] <= COMPUTED)


def _load(db: Database, file: DumpFile, tell: Callable[[str], None]) -> None:
    for name in ("asset_type", "database_identity"):
        db.execute(f"DELETE FROM {name}")
    if db.engine == "sqlite":
        db.execute("PRAGMA defer_foreign_keys = ON")  # until the end of the transaction
    for table in dump_tables():
        tell(f"loading {table.name}")
        _put(db, table, file)
    file.finish()
    _check_references(db, file)
    tell("computing what is derived")
    containment.rebuild(db)
    passages.rebuild(db)
    if db.engine == "postgresql":
        db.execute(f"ANALYZE {', '.join(quoted(table.name) for table in dump_tables())}")
    tell("checking every hash")
    _check_ledger(db, file)
    if file.rows["status_change"] > COMPUTED:
        current.outdate(db)
        return
    tell("computing the current posture")
    current.refresh(db)


def _refuse_used(db: Database) -> None:
    """Raise Refused where a database holds anything but what every database begins with."""
    if held := what_it_holds(db):
        raise Refused(f"{db.url} holds {held}; a dump is a whole database and is loaded only into a new or empty one")


def what_it_holds(db: Database) -> str:
    """Return what a database holds beside what every database begins with, in words; nothing where it is empty."""
    seq, _ = head_of(db)
    if seq:
        return f"{seq:,} {'entry' if seq == 1 else 'entries'}"
    given = {"asset_type": len(ASSET_TYPES), "database_identity": 1}
    counted = ((table.name, db.value(f"SELECT count(*) FROM {table.name}")) for table in dump_tables())
    return ", ".join(f"rows of {name}" for name, count in counted if count != given.get(name, 0))


def _put(db: Database, table: DumpTable, file: DumpFile) -> None:
    """Insert the rows of one table, past none of its checks, while those that follow are read."""
    if db.engine == "postgresql" and table.refers_to_itself:
        # One statement, at whose end a row may refer to one that came after it.
        first = file.number
        with _told(file, table, lambda: (first, file.number - 1)):
            _copy(db, table, (rows.values for rows in file.batches(table)))
        return
    with in_bulk(db, table.name), Alongside(db) as alongside:
        for rows in file.batches(table):
            alongside.do(partial(_insert, db, table, file, rows))


def _insert(db: Database, table: DumpTable, file: DumpFile, rows: Rows) -> None:
    with _told(file, table, lambda: (rows.first, rows.last)):
        if db.engine == "sqlite":
            insert_rows(db, table.name, *told_once(table.columns, rows.values))
        else:  # several statements, lest the server keep all references in memory
            _copy(db, table, [rows.values])


def _copy(db: Database, table: DumpTable, parts: Iterable[list[tuple[Any, ...]]]) -> None:
    copy = f"COPY {quoted(table.name)} ({', '.join(map(quoted, table.columns))}) FROM STDIN"
    db.copy(copy, map(_copied, parts))  # type: ignore[attr-defined]


@contextmanager
def _told(file: DumpFile, table: DumpTable, lines: Callable[[], tuple[int, int]]) -> Iterator[None]:
    """Name the lines, one of which the table does not take."""
    try:
        yield
    except (ConstraintBroken, UsageMistake) as error:
        first, last = lines()
        raise file.broken(f"one of lines {first} to {last} cannot be a row of {table.name}: {_said(error)}") from None


_COPIED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copied(rows: list[tuple[Any, ...]]) -> bytes:
    """Return rows as COPY reads them."""
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows).encode()


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_COPIED)
    return ("t" if value else "f") if isinstance(value, bool) else repr(value)


def _check_references(db: Database, file: DumpFile) -> None:
    """See to it that the trees have no row whose parent is not there; PostgreSQL has seen to it by now."""
    if db.engine != "sqlite":
        return
    for table in dump_tables():
        if table.refers_to_itself and db.tuples(f"PRAGMA foreign_key_check({table.name})"):
            raise file.broken(f"a row of {table.name} refers to a row that is not there")


def _check_ledger(db: Database, file: DumpFile) -> None:
    """Compare the ledger with what the header says of it, and every hash with what it is of."""
    header = file.header
    if head_of(db) != (header.seq, header.head):
        raise file.broken(f"its ledger does not end with the entry that its first line names, #{header.seq}")
    if db.value("SELECT database_id FROM database_identity") != header.database_id:
        raise file.broken("it is not of the database that its first line names")
    keeper, db.keeper = db.keeper, None  # what is kept for SQL is computed anew after this
    try:
        findings = verify(db)
    finally:
        db.keeper = keeper
    if findings:
        more = f", and {len(findings) - 1:,} more" if len(findings) > 1 else ""
        raise file.broken(f"its ledger is not as it was recorded ({findings[0].what}{more})")


def _said(error: PostureError) -> str:
    return str(error).removesuffix("; nothing was written")
