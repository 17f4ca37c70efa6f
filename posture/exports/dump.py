"""Writes a whole database as lines of JSON, from which `posture load` makes the same database on either engine.

The form is `posture.store.dump_format`'s. Rows are read in one transaction and written as they come: memory stays bounded.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from posture.errors import PostureError, UsageMistake
from posture.exports.snapshot_file import put_in_place, refuse_to_replace
from posture.ledger.verify import head_of
from posture.store.dump_format import Header, dump_tables, end_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posture.store.connection import Database

GZIP = (".gz",)
ZSTD = (".zst", ".zstd")


@dataclass(frozen=True)
class Dumped:
    """A dump that was written."""

    header: Header
    rows: Mapping[str, int]
    """How many rows of each table."""
    sha256: str
    """Of all lines but the last, which bears it."""


def dump(db: Database, out: BinaryIO, tell: Callable[[str], None] = lambda _: None) -> Dumped:
    """Write the dump of a database to a stream, as of one moment: others may write meanwhile."""
    digest = hashlib.sha256()

    def put(text: str) -> None:
        data = text.encode("ascii")
        digest.update(data)
        out.write(data)

    rows: dict[str, int] = {}
    with db.read():
        seq, head = head_of(db)
        identity = db.value("SELECT database_id FROM database_identity")
        header = Header(str(db.revision()), str(identity), seq, head)
        put(header.line())
        for table in dump_tables():
            tell(f"writing {table.name}")
            rows[table.name] = 0
            for batch in db.batches(table.select(db.engine), None, table.at_once):
                put(table.lines(batch))
                rows[table.name] += len(batch)
        out.write(end_line(rows, digest.hexdigest()).encode("ascii"))
    return Dumped(header, rows, digest.hexdigest())


def dump_file(db: Database, path: str, *, force: bool = False, tell: Callable[[str], None] = lambda _: None) -> Dumped:
    """Write the dump to a file that only its owner can read, all of it or none; packed where its name ends in .gz or .zst.

    Raises Refused if there is a file already and `force` is not given, or if it is a ledger.
    """
    target = os.path.realpath(os.path.expanduser(path))
    if path.endswith("/") or (os.path.lexists(target) and not os.path.isfile(target)):
        raise UsageMistake(f"{path} is no file; name one, or - for standard output")
    refuse_to_replace(target, force=force)
    with put_in_place(target) as beside:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file, packed(file, target) as out:
            return dump(db, out, tell)


@contextmanager
def packed(file: BinaryIO, path: str) -> Iterator[BinaryIO]:
    """Give a stream that packs what is written as the name says: the same bytes for the same rows."""
    if path.endswith(GZIP):
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield cast("BinaryIO", packed)
    elif path.endswith(ZSTD):
        with _zstandard().ZstdCompressor(level=3).stream_writer(file, closefd=False) as packed:
            yield packed
    else:
        yield file


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise PostureError(
            'zstd needs one more part: pip install "force-posture[import]"; .gz works without it'
        ) from None
    return zstandard
