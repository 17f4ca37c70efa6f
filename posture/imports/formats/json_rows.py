"""JSON and JSON Lines: an object is a row, its keys are the columns, an object within it gives columns `outer.inner`.

The file is read twice, first for the keys that any of its objects has; numbers keep the digits that they are written
with, however many. A list becomes its JSON text. An empty text and null are both empty.
"""

from __future__ import annotations

import itertools
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from posture.cycles import without_collection
from posture.domain.codes import shortened
from posture.imports.formats.decoding import Piece, decoded, encoding_of, whole_lines
from posture.imports.formats.exact import fault_of_text
from posture.imports.table import LINE, Chunk, RefusedRow, Table, UnreadableFile, frame_of, name_columns, without_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from posture.imports.formats.source import Source
    from posture.imports.table import Limits

Item = tuple[int, Any]
"""The line or number of an item, and what it holds; a :class:`_Fault` where it cannot be read."""

_BLANK = re.compile(r"[ \t\r\n]*")


class _Fault:
    """Why an item is no row."""

    def __init__(self, reason: str, column: str | None = None, value: str | None = None) -> None:
        self.reason, self.column, self.value = reason, column, value


class _Unreadable(ValueError):
    """A value that JSON does not have, or an object that says a thing twice."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


class _Number(str):
    """A number, as the text that it is written with."""

    __slots__ = ()


_TEXTS = {str, _Number, type(None)}

_FEW = 1024
"""Items that are looked at again where one of many is no row."""


def open_json(source: Source, form: str, *, encoding: str | None, rejecting: bool) -> Table:
    """Return a JSON file (an array of objects, or one under the key `rows`) or a JSON Lines file as a table."""
    declared = encoding_of(source.begins(4), encoding)
    name, limits = source.name, source.limits

    def items(blocks: Iterator[bytes]) -> Iterator[Item]:
        pieces = decoded(blocks, declared, name, rejecting=rejecting)
        if form == "jsonl":
            return _lines(whole_lines(pieces, name, limits))
        return _Array(pieces, name, limits).items()

    keys: dict[str, None] = {}
    for _, item in items(source.twice()):
        if isinstance(item, dict) and not (item.keys() <= keys.keys() and _is_flat(item)):
            keys.update(dict.fromkeys(key for key, _ in _pairs(item)))
            if len(keys) > limits.columns:
                break  # which the naming of columns refuses
    if not keys:
        raise UnreadableFile(name, "holds no objects, so no columns; a table in JSON is an array of objects")
    named = name_columns(list(keys), name, limits)
    source.again()
    rows = _Rows(dict(zip(keys, named[0], strict=True)), limits, declared[0])
    return Table(source, form, named, lambda count: rows.chunks(items(source.blocks()), count))


class _Rows:
    """Items as rows of `columns` (by key): many at once, one by one where that cannot be."""

    def __init__(self, columns: dict[str, str], limits: Limits, encoding: str) -> None:
        self._columns, self._limits, self._encoding = columns, limits, encoding

    def chunks(self, items: Iterator[Item], rows: int) -> Iterator[Chunk]:
        """The items in chunks of at most `rows`."""
        while True:
            with without_collection():
                batch = list(itertools.islice(items, rows))
                frame = self._at_once(batch)
            if not batch:
                return
            if frame is not None:
                yield Chunk(frame)
                continue
            for start in range(0, len(batch), _FEW):
                few = batch[start : start + _FEW]
                frame = self._at_once(few)
                yield self._one_by_one(few) if frame is None else Chunk(frame)

    def _at_once(self, batch: list[Item]) -> pl.DataFrame | None:
        """Return the rows of many items; None where one of them is none."""
        rows: list[dict[str, Any]] = []
        for _, item in batch:
            if item.__class__ is not dict:
                return None
            if _is_flat(item):
                rows.append(item)
                continue
            pairs = list(_nested(item))
            rows.append(dict(pairs))
            if len(rows[-1]) != len(pairs):
                return None
        series = []
        try:
            for key, name in self._columns.items():
                values = [row.get(key) for row in rows]
                if not set(map(type, values)) <= _TEXTS:
                    values = [_text(value) for value in values]
                series.append(pl.Series(name, values, dtype=pl.String))
        except (RecursionError, UnicodeEncodeError):
            return None
        frame = pl.DataFrame(series)
        every = pl.all()
        odd = every.str.contains("\0", literal=True) | (every.str.len_bytes() > self._limits.field_characters)
        if frame.select(pl.any_horizontal(odd.any())).item():
            return None
        return without_empty(frame.with_columns(pl.Series(LINE, [line for line, _ in batch], dtype=pl.Int64)))

    def _one_by_one(self, batch: list[Item]) -> Chunk:
        good: list[list[str | None]] = []
        lines: list[int] = []
        refused: list[RefusedRow] = []
        for line, item in batch:
            fault, row = _row(item, self._limits, self._encoding)
            if fault is None:
                good.append([row.get(key) for key in self._columns])
                lines.append(line)
            else:
                column = None if fault.column is None else self._columns.get(fault.column, fault.column)
                shown = tuple(row.get(key) or "" for key in self._columns) if row else ()
                refused.append(RefusedRow(line, column, fault.value, fault.reason, shown))
        return Chunk(frame_of(tuple(self._columns.values()), good, lines), refused)


def _row(item: Any, limits: Limits, encoding: str) -> tuple[_Fault | None, dict[str, str | None]]:
    """Return the cells of an item by key, and why they are no row, where they are none."""
    if isinstance(item, _Fault):
        return item, {}
    if not isinstance(item, dict):
        return _Fault("no object; a row is an object, such as {...}", value=shortened(_text(item) or "null")), {}
    cells: dict[str, str | None] = {}
    fault = None
    for key, value in _pairs(item):
        try:
            text = _text(value)
        except RecursionError:
            return _Fault("nested too deep", key), cells
        if key in cells:
            fault = fault or _Fault(f'the key "{shortened(key)}" stands twice, once within an object', key, text)
        cells[key] = text
        if text is not None and fault is None and (why := fault_of_text(text, limits, encoding)) is not None:
            fault = _Fault(why, key, text)
    return fault, cells


def _is_flat(item: dict[str, Any]) -> bool:
    """True for an object without objects within it that say anything."""
    return not any(value.__class__ is dict and value for value in item.values())


def _pairs(item: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The keys and values of an object, and of the objects within it as `outer.inner`."""
    return item.items() if _is_flat(item) else _nested(item)


def _nested(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    waiting = [("", iter(item.items()))]
    while waiting:
        before, pairs = waiting[-1]
        for key, value in pairs:
            if isinstance(value, dict) and value:
                waiting.append((f"{before}{key}.", iter(value.items())))
                break
            yield before + key, value
        else:
            waiting.pop()


def _text(value: Any) -> str | None:
    """Return what a cell says; None where it says nothing."""
    if value is None or isinstance(value, str):
        return str(value) if value else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return _written(value) if value else None


def _written(value: Any) -> str:
    """Return a value as JSON again, its numbers with the digits they had."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(key)}:{_written(part)}" for key, part in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


# --- values ------------------------------------------------------------------------------------------------------


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise _Unreadable(f'the key "{shortened(twice)}" stands twice in one object', twice)
    return found


def _constant(word: str) -> Any:
    raise _Unreadable(f"{word} is no number of JSON; write null for what is not known")


def decimal_text(text: str) -> str:
    """Return a number as its shortest decimal text: `1.50` as 1.5, `1e3` as 1000; as it stands where that is long."""
    if not re.search("[.eE]", text):
        return text
    try:
        number = Decimal(text)
    except ArithmeticError:  # an exponent beyond all that is counted
        return text
    if not -30 < number.adjusted() < 30:
        return text
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_Number,
    parse_float=lambda text: _Number(decimal_text(text)),
    parse_constant=_constant,
)
_RULELESS = json.JSONDecoder(object_pairs_hook=dict, parse_int=_Number, parse_float=_Number, parse_constant=str)
"""Finds where an item ends that breaks a rule."""


# --- items -------------------------------------------------------------------------------------------------------


def _lines(pieces: Iterator[Piece]) -> Iterator[Item]:
    """The items of JSON Lines: one to a line, each with its line."""
    line = 0
    for piece in pieces:
        for text in re.split("\r\n|\n|\r", _ended(piece.data.decode("utf-8", "surrogateescape"))):
            line += 1
            if text.strip(" \t"):
                yield line, _item(text)


def _ended(text: str) -> str:
    """Return whole lines without the end of the last, after which no line begins."""
    return text[:-2] if text.endswith("\r\n") else text[:-1] if text.endswith(("\n", "\r")) else text


def _item(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except _Unreadable as error:
        return _Fault(error.reason, error.column, shortened(text))
    except json.JSONDecodeError as error:
        return _Fault(f"no JSON: {error.msg}, at character {error.colno}", value=shortened(text))
    except RecursionError:
        return _Fault("nested too deep", value=shortened(text))


class _Array:
    """The items of an array of JSON, or of the array under the key `rows` of an object, read piece by piece."""

    def __init__(self, pieces: Iterator[Piece], name: str, limits: Limits) -> None:
        self._pieces, self._name, self._limits = pieces, name, limits
        self._text, self._at, self._final, self._lines = "", 0, False, 1

    def items(self) -> Iterator[Item]:
        """The items, each with its number, from 1."""
        within = self._next("[{") == "{"
        if within:
            self._find_rows()
            self._next("[")
        number = 0
        sign = self._peek()
        while sign != "]":
            number += 1
            yield number, self._value()
            sign = self._next(",]")
            if sign == "," and self._peek() == "]":
                raise self._fault("a comma without an item after it")
        if not number:
            self._next("]")
        if within:
            self._end_object()
        self._end_file()

    def _find_rows(self) -> None:
        """Go to the value of the key `rows`, past what an object says before it."""
        seen: list[str] = []
        while self._peek() == '"':
            key = self._value()
            self._next(":")
            if key == "rows":
                return
            seen.append(str(key))
            self._value()
            if self._next(",}") == "}":
                break
        has = ", ".join(f'"{shortened(key, 20)}"' for key in seen[:8]) or "none"
        raise UnreadableFile(
            self._name, f'an object without the key "rows" (its keys: {has}); a table is an array of objects'
        )

    def _end_object(self) -> None:
        """Go to the end of the object that holds the rows, past what else it says."""
        while self._next(",}") == ",":
            if self._value() == "rows":
                raise self._fault('the key "rows" stands twice')
            self._next(":")
            self._value()

    def _end_file(self) -> None:
        """Read to the end: a second array behind the first would be rows that nobody counts."""
        while True:
            self._at = len(self._text) - len(self._text[self._at :].lstrip(" \t\r\n"))
            if self._at < len(self._text):
                raise self._fault(
                    "after the end of the table there is more; several tables are several files, or JSON Lines"
                )
            if not self._more():
                return

    def _more(self) -> bool:
        """Take in another piece; False at the end of the file."""
        piece = next(self._pieces, None)
        if piece is None:
            self._final = True
            return False
        self._lines += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + piece.data.decode("utf-8", "surrogateescape")
        self._at = 0
        return True

    def _peek(self) -> str:
        """Return the next sign that is no blank, without taking it."""
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise self._fault("it ends in the middle: was it cut short?")

    def _next(self, signs: str) -> str:
        """Take the next sign, which must be one of `signs`."""
        sign = self._peek()
        if sign not in signs:
            raise self._fault(f"{' or '.join(signs)} should stand where {shortened(sign)!r} does")
        self._at += 1
        return sign

    def _value(self) -> Any:
        """Take a whole value, reading on until it is there; a :class:`_Fault` where it breaks a rule."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except _Unreadable as error:
                end = self._skipped()
                value = _Fault(error.reason, error.column, shortened(self._text[self._at : end]))
            except RecursionError:
                raise self._fault("nested too deep") from None
            except json.JSONDecodeError as error:
                self._grow_or_fail(error)
                continue
            if end < len(self._text) or self._final or not self._more():
                self._at = end
                return value

    def _skipped(self) -> int:
        """Return where the value ends that breaks a rule; the whole of it must be there."""
        while True:
            try:
                return _RULELESS.raw_decode(self._text, self._at)[1]
            except json.JSONDecodeError as error:
                self._grow_or_fail(error)

    def _grow_or_fail(self, error: json.JSONDecodeError) -> None:
        """Read on where a value may only not be there whole yet; anything else that is wrong with it is said."""
        cut = error.msg.startswith("Unterminated string") or error.pos > len(self._text) - 16
        if not cut or self._final or not self._grown():
            self._at = error.pos
            raise self._fault(error.msg) from None

    def _grown(self) -> bool:
        """Take in as much again as there is, so that a long value is not read from its start too often."""
        wanted = 2 * (len(self._text) - self._at)
        if wanted > 2 * self._limits.record_bytes:
            raise self._fault(f"an item of more than {self._limits.record_bytes:,} bytes")
        grew = False
        while len(self._text) - self._at < wanted and self._more():
            grew = True
        return grew

    def _fault(self, what: str) -> UnreadableFile:
        line = self._lines + self._text.count("\n", 0, self._at)
        return UnreadableFile(self._name, f"no JSON: {what}", line=line)
