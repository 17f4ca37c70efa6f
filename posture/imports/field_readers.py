"""The reader of each field of a claim: from a word to the values of its columns, by the domain's own rules."""

from __future__ import annotations

import difflib
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from posture.domain.codes import fold, shortened, visible
from posture.domain.dates import read_date, read_day
from posture.domain.grade import read_grade
from posture.domain.quantity import read_quantity
from posture.domain.vocabulary import CountingBasis, Kind, Modality, Reason
from posture.errors import Refused, UnknownWord, UnreadableDate, UnreadableQuantity, UsageMistake
from posture.imports.decoding_words import Words
from posture.imports.figures import GROUPED, ungrouped
from posture.ledger.fields import read_word
from posture.ledger.reading_words import grade_columns, quantity_columns, time_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posture.imports.mapping import Value

_T = TypeVar("_T")

PLAIN_FIGURE = r"^[0-9]{1,9}$"
"""Figures that are read without asking the reader of quantities, which says the same of them."""

TIME: dict[str, Any] = dict.fromkeys(
    (
        "effective_text",
        "effective_edtf",
        "effective_from",
        "effective_by",
        "effective_until",
        "effective_on",
        "effective_at",
    ),
    pl.String,
)
QUANTITY: dict[str, Any] = {
    **dict.fromkeys(("quantity_low", "quantity_best", "quantity_high"), pl.Int64),
    **dict.fromkeys(("share_low", "share_high"), pl.Float64),
    "share_low_open": pl.Boolean,
    "quantity_form": pl.String,
    "quantity_text": pl.String,
}
GRADE: dict[str, Any] = {
    "reliability": pl.String,
    "credibility": pl.String,
    "admissible": pl.Boolean,
    "grade_rank": pl.Int64,
}


class FieldReaders:
    """Reads the words of the fields that a mapping gives."""

    def __init__(
        self, fields: Mapping[str, Value], statuses: Mapping[str, tuple[int, str]], today: date, *, force: bool
    ) -> None:
        """`statuses` are id and axis by code; `force` takes a grade that a file cannot show."""
        self._fields, self._statuses, self._today, self._force = fields, statuses, today, force

    def all(self) -> dict[str, Words]:
        """Return the reader of each field."""
        dates = self._fields.get("date")
        stated = self._fields.get("stated_on")
        return {
            "kind": Words(lambda word: {"kind": read_word("kind of claim", word, Kind)}, {"kind": pl.String}),
            "modality": Words(lambda word: {"modality": read_word("modality", word, Modality)}, {"modality": pl.String}),
            "basis": Words(lambda word: {"counting_basis": read_word("counting basis", word, CountingBasis)}, {"counting_basis": pl.String}),
            "reason": Words(lambda word: {"reason": read_word("reason", word, Reason)}, {"reason": pl.String}),
            "complete": Words(_read_yes, {"complete": pl.Boolean}),
            "date": Words(lambda word: time_columns(self._read_date(word, dates)), TIME),
            "stated_on": Words(lambda word: {"stated_on": self._read_stated(word, stated)}, {"stated_on": pl.String}),
            "quantity": Words(self._read_quantity, QUANTITY),
            "grade": Words(self._read_grade, GRADE),
            "status": Words(self._read_status, {"status_id": pl.Int64, "__axis": pl.String}),
        }  # fmt: skip

    def _read_quantity(self, word: str) -> dict[str, Any]:
        value = self._fields.get("quantity")
        return _read_quantity(ungrouped(word) if value is not None and value.thousands else word)

    def _read_date(self, word: str, value: Value | None) -> Any:
        return _written_in_file(word, value, lambda text: read_date(text, today=self._today))

    def _read_stated(self, word: str, value: Value | None) -> str:
        return _written_in_file(word, value, lambda text: read_day(text, today=self._today)).isoformat()

    def _read_grade(self, word: str) -> dict[str, Any]:
        grade = read_grade(word)
        if grade.credibility == "1" and not self._force:
            raise Refused(
                'credibility 1 means "confirmed by other sources", which a file alone cannot show; grade it 2, or --force'
            )
        return grade_columns(grade)

    def _read_status(self, word: str) -> dict[str, Any]:
        wanted = fold(word).replace(" ", "_")
        if wanted not in self._statuses:
            near = difflib.get_close_matches(wanted, list(self._statuses), 2)
            raise UnknownWord("status", word, list(self._statuses), near)
        number, axis = self._statuses[wanted]
        return {"status_id": number, "__axis": axis}


BELOW_ZERO = r"^[-\u2212]\s*([0-9])"
"""How a figure below zero begins."""


def _read_quantity(word: str) -> dict[str, Any]:
    if re.match(BELOW_ZERO, word):
        raise UsageMistake(
            f'"{shortened(word)}" is below zero; where the file takes back so what it had reported before, say in the mapping:'
            " quantity = { ..., signed = true }"
        )
    if _TWO_LINES.search(word):
        raise UsageMistake(
            f'"{shortened(visible(word))}" stands on two lines: is it two figures? Give each a row of its own'
        )
    try:
        return quantity_columns(read_quantity(_whole(word)))
    except UnreadableQuantity as error:
        if GROUPED.search(word) is not None:
            mend = 'where a dot parts the thousands, say in the mapping: quantity = { ..., thousands = "." }'
        elif not re.search("[0-9]", word):
            mend = "where it means that nothing is reported, add it to missing in the mapping"
        elif _MARKED.search(word):
            mend = "a mark of a footnote or a remark is no part of a figure: take it out of the file"
        else:
            raise
        why = error.why.partition(";")[0]
        raise UsageMistake(f'cannot read the quantity "{shortened(word)}"{why and ": " + why}; {mend}') from None


_TWO_LINES = re.compile(r"[0-9]\s*[\r\n]\s*[0-9]")
"""Figures on two lines of one cell, which are not one whose thousands are parted."""
_MARKED = re.compile(r"[0-9](?:[*\u2020\u2021\u00b9\u00b2\u00b3\u2070-\u2079]|\s?[(\[])")
"""A figure with a mark or a remark behind it."""


def _whole(word: str) -> str:
    """Return a figure without the decimals that a spreadsheet puts behind whole numbers: 1500.0 is 1500, 1.000 may be a thousand."""
    digits, point, rest = word.partition(".")
    bare = point and digits.isdecimal() and rest and not rest.strip("0")
    return digits if bare and not GROUPED.fullmatch(word) else word


def _read_yes(word: str) -> dict[str, Any]:
    said = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(word.lower())
    if said is None:
        raise UnknownWord("yes or no", word, ("true", "false"))
    return {"complete": said}


_TWO_WAYS = re.compile("(?:0?[1-9]|1[0-2])([./-])(?:0?[1-9]|1[0-2])[./-][0-9]{4}")
"""A date in which the day may come first, or the month."""


def _written_in_file(word: str, value: Value | None, read: Callable[[str], _T]) -> _T:
    """Return what `read` makes of a date as the file writes it; a person can mend one date, a mapping mends all of them."""
    if value is not None and value.format is not None:
        return read(_by_format(word, value.format))
    if _WITHOUT_ZONE.fullmatch(word):
        raise UsageMistake(
            f'cannot read the date "{word}": it has a time and no zone; for the day alone, say in the mapping:'
            f' format = "%Y-%m-%d{word[10]}{"%H:%M:%S" if len(word) > 16 else "%H:%M"}"'
        )
    try:
        return read(word)
    except UnreadableDate as error:
        written = _TWO_WAYS.fullmatch(word.strip())
        if written is None:
            raise
        ways = " or ".join(f'format = "{written[1].join(way)}"' for way in (("%d", "%m", "%Y"), ("%m", "%d", "%Y")))
        why = error.why.partition(";")[0]
        raise UsageMistake(
            f'cannot read the date "{error.text}": {why}; say in the mapping how its dates are written: {ways}'
        ) from None


_WITHOUT_ZONE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
"""A day with a time of nowhere, as spreadsheets keep both."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""What the date cells of a spreadsheet come as, whatever format the words among them have."""


def _by_format(word: str, pattern: str) -> str:
    """Return a date written by a pattern as ISO: a day, a month or a year, no finer than the pattern; an ISO day is one."""
    try:
        day = datetime.strptime(word, pattern).date()  # noqa: DTZ007 - a day of the world has no zone
    except ValueError:
        if _DAY.fullmatch(word) and ("%d" in pattern or word.endswith("-01")):
            return word if "%d" in pattern else word[:7]  # a spreadsheet keeps a month as its first day
        raise UnreadableDate(visible(word), f"it is not written as {pattern}, or there is no such day") from None
    if "%d" in pattern or "%j" in pattern:
        return day.isoformat()
    return day.isoformat()[: 7 if "%m" in pattern or "%b" in pattern or "%B" in pattern else 4]
