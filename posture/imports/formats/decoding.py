"""Text out of bytes: whatever the encoding, UTF-8 comes out, in whole characters and then in whole lines."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.domain.codes import shortened, visible
from posture.errors import UsageMistake
from posture.imports.formats.source import BLOCK
from posture.imports.table import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from posture.imports.table import Limits

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""How a file says its encoding in its first bytes; the longer of two that begin alike comes first."""

_NO_FILE = {"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"}
"""Codecs that Python counts among the encodings of text, and no file is written in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of UTF-8; where `broken`, bytes that could not be decoded still stand in them."""

    data: bytes
    broken: bool = False


def read_encoding(name: str | None) -> str:
    """Return Python's name of an encoding, UTF-8 where none is named; raises :class:`UsageMistake`."""
    try:
        found = codecs.lookup(name or "utf-8")
    except (LookupError, ValueError, TypeError):
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True) or found.name in _NO_FILE:
        raise UsageMistake(
            f'no encoding "{shortened(name or "")}"; write for instance utf-8, cp1252, latin-1, cp1251 or utf-16'
        )
    return "utf-8" if found.name == "utf-8-sig" else found.name


def encoding_of(begins: bytes, name: str | None) -> tuple[str, int]:
    """Return the encoding that a file's first bytes declare, else the one named, else UTF-8; and its mark's length."""
    named = read_encoding(name)
    for mark, encoding in _MARKS.items():
        if begins.startswith(mark):
            return encoding, len(mark)
    if named in {
        "utf-16",
        "utf-32",
    }:  # without a mark, the zeros of the first letter tell which of its bytes comes first
        return f"{named}-{'be' if begins.startswith(bytes(1)) else 'le'}", 0
    return named, 0


def decoded(
    blocks: Iterable[bytes], encoding: tuple[str, int], file: str, *, rejecting: bool = False
) -> Iterator[Piece]:
    """The text of a file in UTF-8, cut between characters.

    A byte that does not decode raises :class:`UnreadableFile` with its offset and line; where `rejecting`, it stays in
    a piece that is marked `broken`, so that the record it stands in can be refused.
    """
    name, skip = encoding
    reader = (
        _Utf8(file, skip, rejecting=rejecting) if name == "utf-8" else _Other(name, file, skip, rejecting=rejecting)
    )
    for block in _gathered(blocks):
        data, skip = block[skip:], max(0, skip - len(block))
        yield from reader.read(data, final=False)
    yield from reader.read(b"", final=True)


def _gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Bytes in blocks of at least the usual size: an archive gives them in crumbs."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


class _Lines:
    r"""How many lines have passed, although a `\r\n` may be cut in two."""

    def __init__(self) -> None:
        self._passed, self._after_return = 0, False

    def line(self, data: bytes) -> int:
        """Return the number of the line that the end of `data` stands on."""
        return 1 + self._passed + count_lines(data) - (self._after_return and data.startswith(b"\n"))

    def pass_by(self, data: bytes) -> None:
        """Leave `data` behind."""
        if data:
            self._passed, self._after_return = self.line(data) - 1, data.endswith(b"\r")


class _Utf8:
    """Checks that bytes are UTF-8, and holds back half a character at the end of a block."""

    def __init__(self, file: str, offset: int, *, rejecting: bool) -> None:
        self._file, self._offset, self._rejecting = file, offset, rejecting
        self._lines = _Lines()
        self._held = b""

    def read(self, data: bytes, *, final: bool) -> Iterator[Piece]:
        data, broken = self._held + data, False
        end = len(data)
        if not data.isascii():
            try:
                end = codecs.utf_8_decode(data, "strict", final)[1]
            except UnicodeDecodeError as error:
                if not self._rejecting:
                    raise self._fault(data, error.start) from None
                broken = True
                end = codecs.utf_8_decode(data, "surrogateescape", final)[1]
        self._held = data[end:]
        self._offset += end
        self._lines.pass_by(data[:end])
        if end:
            yield Piece(data[:end], broken)

    def _fault(self, data: bytes, at: int) -> UnreadableFile:
        return undecodable(self._file, "utf-8", data, at, self._offset + at, self._lines.line(data[:at]))


class _Other:
    """Brings any other encoding into UTF-8."""

    def __init__(self, encoding: str, file: str, offset: int, *, rejecting: bool) -> None:
        self._encoding, self._file, self._rejecting = encoding, file, rejecting
        self._lines, self._fed = _Lines(), offset
        self._decoder = codecs.getincrementaldecoder(encoding)(_KEEP if rejecting else "strict")

    def read(self, data: bytes, *, final: bool) -> Iterator[Piece]:
        start = self._fed - len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(self._encoding, "replace")
            line = self._lines.line(before.encode("utf-8", "replace"))
            raise undecodable(
                self._file, self._encoding, error.object, error.start, start + error.start, line
            ) from None
        self._fed += len(data)
        try:
            piece, broken = text.encode(), False
        except UnicodeEncodeError:
            piece, broken = text.encode("utf-8", "surrogateescape"), True
        self._lines.pass_by(piece)
        if piece:
            yield Piece(piece, broken)


_KEEP = "posture-keep"


def _keep(error: UnicodeError) -> tuple[str, int]:
    """Stand in for each byte that does not decode by half a character, which no file holds."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC80 | byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_KEEP, _keep)


def undecodable(file: str, encoding: str, data: bytes, at: int, offset: int, line: int) -> UnreadableFile:
    """Return the error for the byte at `data[at]`, which is byte `offset` of the file."""
    byte = data[at]
    what = f"byte 0x{byte:02x} at offset {offset:,} is not {encoding.upper()}"
    near = visible(data[max(0, at - 12) : at + 12].decode("cp1252", "replace"))
    mend = f'in cp1252 it would read "{near}"; name the encoding it is in, such as --encoding cp1252'
    if encoding != "utf-8":
        mend = "name the encoding it is in with --encoding, or leave the option away for UTF-8"
    return UnreadableFile(file, f"{what}; {mend}", line=line)


def count_lines(data: bytes) -> int:
    r"""Return how many lines end in `data`: at `\n`, at `\r\n` and at a `\r` of its own."""
    ends = data.count(b"\n")
    return ends if b"\r" not in data else ends + data.count(b"\r") - data.count(b"\r\n")


def whole_lines(pieces: Iterable[Piece], file: str, limits: Limits) -> Iterator[Piece]:
    """The same text, cut after line ends."""
    held, broken = b"", False
    for piece in pieces:
        data = held + piece.data
        broken = broken or piece.broken
        end = data.rfind(b"\n") + 1 or _after_return(data)
        if end:
            yield Piece(data[:end], broken)
            broken = broken and piece.broken
        held = data[end:]
        if len(held) > limits.record_bytes:
            raise UnreadableFile(file, f"a line of more than {limits.record_bytes:,} bytes: is it a table at all?")
    if held:
        yield Piece(held, broken)


def _after_return(data: bytes) -> int:
    r"""Return where the last line ends that ends in a lone `\r`; the very last byte may be half of a `\r\n`."""
    return data.rfind(b"\r", 0, len(data) - 1) + 1
