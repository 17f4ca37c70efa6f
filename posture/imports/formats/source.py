"""The bytes of a file: counted and hashed as they lie on the disk, unpacked from gzip and zstd while they stream."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from posture.errors import PostureError, UsageMistake
from posture.imports.table import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.imports.table import Limits

BLOCK = 4 << 20
"""Bytes read at a time: some 100,000 short rows, enough to keep a vectorised reader busy, little to hold in memory."""

_PACKED = 1 << 16
"""Compressed bytes handed to gzip at a time."""

_PACKED_ZSTD = 1 << 10
"""Compressed bytes handed to zstd at a time: its shortest block, 4 bytes, unpacks to 128 KB, so that is 32 MB at most."""

_ZSTD_WINDOW = 1 << 27
"""Bytes that a zstd frame may ask to be kept in memory; `zstd --long` asks for this much."""

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
ZIP = b"PK\x03\x04"

_FOREIGN = {
    b"BZh": "a bzip2 archive; unpack it first",
    b"\xfd7zXZ\x00": "an xz archive; unpack it first",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!\x1a\x07": "a RAR archive; unpack it first",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Office document; save it as XLSX without a password, or as CSV",
    b"%PDF": "a PDF document; what it shows as a table has to be brought into CSV first",
    b"SQLite format 3\x00": "an SQLite database; export the table as CSV",
    b"PAR1": "",
    ZIP: "",
}
"""How other files begin, and what to do with them; the last two are read, by readers of their own."""


class Source:
    """The bytes of a file or stream, unpacked; `begins` is seen before anything is read."""

    def __init__(self, place: str | os.PathLike[str] | BinaryIO, limits: Limits) -> None:
        self.limits = limits
        self.bytes_read = 0
        self.total_bytes: int | None = None
        self._hash = hashlib.sha256()
        self._hashed = 0
        self._exhausted = False
        self._unpacked: str | None = None
        self._compressed = False
        self._ours = False
        self.name, self._handle = self._open(place)
        self._pieces = self._unpack()
        self._held = b""

    def _open(self, place: str | os.PathLike[str] | BinaryIO) -> tuple[str, BinaryIO]:
        if not isinstance(place, (str, os.PathLike)):
            return str(getattr(place, "name", "the stream")), place
        path = os.fspath(place)
        if path == "-":
            try:
                return "standard input", open(0, "rb", closefd=False)
            except OSError as error:
                raise UsageMistake("there is no standard input to read") from error
        if os.path.isdir(path):
            raise UsageMistake(f"{path} is a folder; name a file")
        try:
            handle = open(path, "rb")  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise PostureError(f"cannot read {path}: {error.strerror}") from error
        self._ours = True
        if os.path.isfile(path):
            self.total_bytes = os.fstat(handle.fileno()).st_size
        return path, handle

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes of the file; a mistake of the program before they were all read."""
        if not self._exhausted:
            raise RuntimeError("the hash of a file is known when all of it was read")
        return self._hash.hexdigest()

    def begins(self, size: int = 64) -> bytes:
        """Return the first unpacked bytes, which stay to be read."""
        while len(self._held) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._held += piece
        return self._held[:size]

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes, in pieces of one block at most."""
        held, self._held = self._held, b""
        for start in range(0, len(held), BLOCK):
            yield held[start : start + BLOCK]
        yield from self._pieces

    def drain(self) -> None:
        """Read what nobody asked for, so that the hash is that of the whole file."""
        for _ in self.blocks():
            pass

    def again(self) -> None:
        """Make the bytes readable from the front once more: the file's own, or those kept by :meth:`keep`."""
        self.drain()
        if self._unpacked is not None:
            self._pieces = self._copied(self._unpacked)
        else:
            self._handle.seek(0)
            self.bytes_read = 0
            self._pieces = self._unpack()

    def twice(self) -> Iterator[bytes]:
        """The unpacked bytes, as :meth:`blocks`; :meth:`again` gives them once more, from a copy where it must be."""
        return self.blocks() if self.total_bytes is not None else self._copying()

    def path(self) -> str:
        """Return the path of a file with the unpacked bytes, for readers that jump about in it."""
        if self.total_bytes is not None and not self._compressed:
            self.drain()
            return self.name
        for _ in self._copying():
            pass
        return self._unpacked or self.name

    def _copying(self) -> Iterator[bytes]:
        number, self._unpacked = tempfile.mkstemp(prefix="posture-")  # readable for its owner alone
        with os.fdopen(number, "wb") as copy:
            for block in self.blocks():
                copy.write(block)
                yield block

    def _copied(self, path: str) -> Iterator[bytes]:
        with open(path, "rb") as copy:
            while block := copy.read(BLOCK):
                yield block

    def close(self) -> None:
        """Close the file, remove the copy."""
        if self._ours:
            self._handle.close()
        if self._unpacked is not None and os.path.exists(self._unpacked):
            os.unlink(self._unpacked)

    # --- from the disk to unpacked bytes ---------------------------------------------------------------------------

    def _raw(self, size: int) -> bytes:
        """Return the next bytes as they lie on the disk, counted and hashed."""
        try:
            data = self._handle.read(size)
        except OSError as error:
            raise PostureError(f"cannot read {self.name}: {error.strerror}") from error
        if not data:
            self._exhausted = True
            return b""
        self.bytes_read += len(data)
        if self.bytes_read > self._hashed:  # a second reading is not hashed again
            self._hash.update(data)
            self._hashed = self.bytes_read
        self._within(self.bytes_read)
        return data

    def _within(self, count: int) -> None:
        if count > self.limits.bytes:
            raise UnreadableFile(self.name, f"more than {self.limits.bytes:,} bytes; split the file, or allow more")

    def _unpack(self) -> Iterator[bytes]:
        first = self._raw(BLOCK)
        while 0 < len(first) < 4 and (more := self._raw(BLOCK)):
            first += more
        self._compressed = first.startswith((GZIP, ZSTD)) or _skippable(first)
        if not self._compressed:
            self._refuse_foreign(first)
            while first:
                yield first
                first = self._raw(BLOCK)
            return
        pieces = self._gunzip(first) if first.startswith(GZIP) else self._unzstd(first)
        count = 0
        for piece in pieces:
            if not count:
                self._refuse_nested(piece)
            count += len(piece)
            self._within(count)
            if count > self.limits.ratio_from_bytes and count > self.limits.ratio * self.bytes_read:
                raise UnreadableFile(
                    self.name,
                    f"unpacks to more than {self.limits.ratio} times its size ({count:,} bytes from "
                    f"{self.bytes_read:,}); if it is no bomb, unpack it first",
                )
            yield piece

    def _gunzip(self, data: bytes) -> Iterator[bytes]:
        """The bytes of one gzip member after the other, checked against their checksums."""
        member = zlib.decompressobj(wbits=31)
        while True:
            try:
                piece = member.decompress(data, BLOCK)
            except zlib.error as error:
                raise self._damaged("gzip", str(error)) from error
            if piece:
                yield piece
            if member.eof:
                data = member.unused_data.lstrip(b"\0")  # padding, as tapes have it
                while not data and (more := self._raw(_PACKED)):
                    data = more.lstrip(b"\0")
                if not data:
                    return
                if not GZIP.startswith(data[:2]):
                    raise self._damaged("gzip", "after its end there is something else")
                member = zlib.decompressobj(wbits=31)
                continue
            data = member.unconsumed_tail or self._raw(_PACKED)
            if not data and not piece:
                raise self._damaged("gzip", "it ends in the middle: was it cut short on the way?")

    def _unzstd(self, data: bytes) -> Iterator[bytes]:
        """The bytes of one zstd frame after the other."""
        import zstandard

        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        frame = None
        view = memoryview(data)
        while view or (view := memoryview(self._raw(_PACKED))):
            frame = frame or unpacker.decompressobj()
            part = view[:_PACKED_ZSTD]
            try:
                piece = frame.decompress(part)
            except zstandard.ZstdError as error:
                raise self._damaged("zstd", str(error)) from error
            if piece:
                yield piece
            view = view[len(part) - len(frame.unused_data) :]
            if frame.eof:
                frame = None
        if frame is not None:
            raise self._damaged("zstd", "it ends in the middle: was it cut short on the way?")

    def _damaged(self, kind: str, why: str) -> UnreadableFile:
        return UnreadableFile(self.name, f"the {kind} data is damaged near byte {self.bytes_read:,}: {why}")

    def _refuse_foreign(self, first: bytes) -> None:
        for magic, mend in _FOREIGN.items():
            if mend and first.startswith(magic):
                raise UnreadableFile(self.name, mend)

    def _refuse_nested(self, first: bytes) -> None:
        if first.startswith((GZIP, ZSTD)):
            raise UnreadableFile(self.name, "an archive within an archive; unpack it first")
        self._refuse_foreign(first)


def _skippable(first: bytes) -> bool:
    """True where a zstd file begins with a frame that says something about the others."""
    return len(first) >= 4 and first[1:4] == b"\x2a\x4d\x18" and 0x50 <= first[0] <= 0x5F
