"""What an XLSX file is made of, looked at before it is read: its sheets, how large they are, what a reader would lose.

The reader takes a sheet into memory whole, from its first cell to its last, so a file of 10 KB could ask for all
memory there is. Here the parts are only streamed. Cells that hold an error (`#N/A`), which the reader gives as empty,
and formulas whose result is not in the file are found as well.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO
from xml.etree import ElementTree as ET

from posture.imports.table import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.imports.table import Limits

_BLOCK = 1 << 20
_SMALL = 4 << 20
"""Bytes of the parts that are read whole: the list of sheets."""

_CELL = re.compile(rb"<(?:\w+:)?c(?:\s([^>]*))?>")
_WHOLE_CELL = re.compile(rb"<((?:\w+:)?)c\s([^>]*[^/>])>(.*?)</\1c\s*>", re.DOTALL)
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*\s)?r\s*=\s*["']([0-9]{1,7})["']""")
_KIND = re.compile(rb"""(?:^|\s)t\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@dataclass(slots=True)
class Contents:
    """What a look at a sheet shows; rows and columns count from 0."""

    cells: int = 0
    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that hold an error, and which."""
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    """Cells whose formula was never computed by the program that wrote the file."""


class Workbook:
    """The parts of an XLSX file."""

    def __init__(self, handle: BinaryIO, name: str, limits: Limits) -> None:
        self._handle, self._name, self._limits = handle, name, limits
        try:
            entries = zipfile.ZipFile(handle).infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableFile(name, f"cannot be read as XLSX ({error}); is it whole?") from None
        self._entries = {entry.filename: entry for entry in entries}
        if "xl/workbook.xml" not in self._entries:
            raise UnreadableFile(name, "a ZIP archive that is no XLSX workbook; unpack it first")
        if len(self._entries) != len(entries):
            raise UnreadableFile(name, "a workbook with two parts of one name; save it anew in a spreadsheet program")
        self.sheets = self._sheets()
        """The visible sheets with cells, each with the part it is in."""

    def _sheets(self) -> dict[str, str]:
        targets = {
            part.get("Id", ""): part.get("Target", "") for part in self._tree("xl/_rels/workbook.xml.rels").iter()
        }
        found = {}
        for part in self._tree("xl/workbook.xml").iter():
            if part.tag.rpartition("}")[2] != "sheet" or part.get("state", "visible") != "visible":
                continue
            link = next((value for key, value in part.attrib.items() if key.rpartition("}")[2] == "id"), "")
            path = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
            if path in self._entries and "chartsheet" not in path:
                found[part.get("name", "")] = path
        return found

    def _tree(self, path: str) -> ET.Element:
        data = b"".join(self._part(path, _SMALL))
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise UnreadableFile(
                self._name, "a workbook that defines entities of its own, as none written by a program"
            )
        try:
            return ET.fromstring(data)  # noqa: S314 - small, and without entities
        except ET.ParseError as error:
            raise UnreadableFile(self._name, f"cannot be read as XLSX ({path}: {error}); is it whole?") from None

    def check(self, sheet: str) -> Contents:
        """Return what the sheet holds; a part that is too large raises :class:`UnreadableFile`."""
        for path in ("xl/sharedStrings.xml", "xl/styles.xml"):
            if path in self._entries:
                for _ in self._part(path, self._limits.part_bytes):
                    pass
        found = Contents()
        rest = b""
        for block in self._part(self.sheets[sheet], self._limits.part_bytes):
            data = rest + block
            end = max(data.rfind(b"</c>"), data.rfind(b":c>")) + 4
            if end < 4:
                end = data.rfind(b">") + 1 if len(data) > self._limits.record_bytes else 0
            self._look(data[:end], found)
            rest = data[end:]
        self._look(rest, found)
        return found

    def _look(self, data: bytes, found: Contents) -> None:
        """Count the cells of some XML and note what a reader would lose of them."""
        for attributes in _CELL.findall(data):
            if attributes.endswith(b"/"):
                continue  # formatted, but empty
            found.cells += 1
            if (place := _PLACE.search(attributes)) is not None:
                row, column = _place(place)
                found.rows, found.columns = max(found.rows, row + 1), max(found.columns, column + 1)
        for row in _ROW.findall(data):
            found.rows = max(found.rows, int(row)) if found.cells else found.rows
        if max(found.cells, found.rows * found.columns) > self._limits.cells:
            raise UnreadableFile(
                self._name,
                f"a sheet of more than {self._limits.cells:,} cells from its first to its last ({found.rows:,} rows, "
                f"{found.columns:,} columns); save it as CSV, or clear cells far out",
            )
        if _FORMULA.search(data) or b'"e"' in data or b"'e'" in data:
            self._look_closely(data, found)

    @staticmethod
    def _look_closely(data: bytes, found: Contents) -> None:
        for _, attributes, inner in _WHOLE_CELL.findall(data):
            kind = _KIND.search(attributes)
            place = _PLACE.search(attributes)
            if place is None:
                continue
            value = _VALUE.search(inner)
            if kind is not None and kind[1] == b"e":
                found.errors[_place(place)] = value[1].decode("utf-8", "replace") if value else "#ERROR"
            elif value is None and _FORMULA.search(inner) and not (kind is not None and kind[1] == b"str"):
                found.uncomputed.add(_place(place))

    def _part(self, path: str, most: int) -> Iterator[bytes]:
        """The unpacked bytes of a part, whatever size it claims to have."""
        entry = self._entries.get(path)
        if entry is None:
            raise UnreadableFile(self._name, f"a workbook without its part {path}; is it whole?")
        if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableFile(self._name, "an encrypted or oddly packed workbook; save it anew without a password")
        count = 0
        for block in self._unpacked(entry):
            count += len(block)
            swollen = count > self._limits.ratio_from_bytes and count > self._limits.ratio * entry.compress_size
            if count > most or swollen:
                raise UnreadableFile(
                    self._name,
                    f"its part {path} unpacks from {entry.compress_size:,} to more than {count:,} bytes; "
                    "if it is no bomb, save the sheet as CSV",
                )
            yield block
        if count != entry.file_size:
            raise UnreadableFile(self._name, f"its part {path} is not of the size it claims; is the file whole?")

    def _unpacked(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        self._handle.seek(entry.header_offset)
        header = self._handle.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise UnreadableFile(self._name, f"its part {entry.filename} is not where it should be; is the file whole?")
        named, extra = struct.unpack("<HH", header[26:30])
        position, left = entry.header_offset + 30 + named + extra, entry.compress_size
        inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0:
            self._handle.seek(position)  # others may have read elsewhere in the file meanwhile
            data = self._handle.read(min(left, 1 << 16))
            if not data:
                raise UnreadableFile(self._name, f"ends within its part {entry.filename}: was it cut short on the way?")
            position, left = position + len(data), left - len(data)
            if inflate is None:
                yield data
                continue
            while data:
                try:
                    yield inflate.decompress(data, _BLOCK)
                except zlib.error as error:
                    raise UnreadableFile(self._name, f"its part {entry.filename} is damaged: {error}") from None
                data = inflate.unconsumed_tail
        while inflate is not None and not inflate.eof and (block := inflate.decompress(b"", _BLOCK)):
            yield block


def _place(found: re.Match[bytes]) -> tuple[int, int]:
    """Return the row and column, from 0, of a reference such as `AB12`."""
    column = 0
    for letter in found[1].upper():
        column = column * 26 + letter - 64
    return max(0, int(found[2]) - 1), column - 1
