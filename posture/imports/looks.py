"""What the columns of a table look like: dates, quantities, addresses, words of the catalogue. Guesses, each with its grounds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from posture.domain.codes import fold
from posture.domain.dates import read_date
from posture.domain.quantity import read_quantity
from posture.errors import AmbiguousCode, PostureError
from posture.imports.figures import GROUPED, ungrouped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import polars as pl

    from posture.store.connection import Database

PLACEHOLDERS = frozenset(
    [
        "NA",
        "N/A",
        "n/a",
        "na",
        "N.A.",
        "n.a.",
        "n.d.",
        "NaN",
        "nan",
        "NULL",
        "null",
        "Null",
        "-",
        "--",
        "\u2013",
        "\u2014",
        ".",
        "..",
        "...",
        "?",
        "#N/A",
        "#VALUE!",
        "#REF!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "tbd",
        "TBD",
    ]
) | {"no data", "No data", "not reported", "Not reported", "not available", "Not available"}
"""Words that stand where nothing is reported. `none` is not among them: it is a quantity, zero; nor is `unknown`."""

FORMATS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%b-%y",
    "%d-%b-%Y", "%d %b %y", "%b-%y", "%b-%Y", "%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M",
)  # fmt: skip
"""How dates are written that the program does not read by itself, or reads as one of two days."""

MOST_WORDS = 2000
"""Distinct words of a column that are looked at."""
ENOUGH = 0.95
"""Share of the words that must look alike: a file has slips of the pen, and the rest is refused with its line."""
RESOLVED = 0.5
"""Share of the words that must name rows of the catalogue: what is new in a file is why it is imported."""
BY_NAME = 0.5
"""The same share, where the column's name says what it holds, or where its other words are one or two that are no figures."""
_LOOKED_UP = 200
"""Distinct words of a column that are looked up in the database."""


@dataclass(slots=True)
class Looks:
    """What one column looks like."""

    name: str
    words: list[str] = field(default_factory=list)
    """Its distinct words, but for those that mean that nothing is reported, in their order in the file."""
    filled: int = 0
    """Rows in which it says something."""
    missing: Counter[str] = field(default_factory=Counter)
    """Words of it that mean that nothing is reported."""
    dates: bool = False
    """True where its words are dates."""
    unread: list[str] = field(default_factory=list)
    """Words that cannot be read as what the others are: dates, quantities."""
    formats: tuple[str, ...] = ()
    """How its dates are written, where that has to be said; of several, each reads every word."""
    quantities: bool = False
    """True where its words are quantities."""
    dots: bool = False
    """True where dots part the thousands of its figures."""

    @property
    def hint(self) -> frozenset[str]:
        """The words of its name."""
        apart = re.sub("(?<=[a-z])(?=[A-Z])", " ", self.name)
        return frozenset(re.findall(r"[^\W\d_]+|\d+", fold(apart)))

    def hints(self, *words: str) -> bool:
        """True where its name has one of these words."""
        return bool(self.hint & set(words))

    @property
    def addresses(self) -> bool:
        """True where its words are addresses of the web."""
        return _share(self.words, lambda word: bool(re.match("https?://", word, re.IGNORECASE))) >= ENOUGH

    @property
    def grades(self) -> bool:
        """True where its words are grades of the Admiralty code."""
        return _share(self.words, lambda word: bool(re.fullmatch("[A-Fa-f][1-6]", word))) >= ENOUGH

    @property
    def numbers(self) -> list[float]:
        """Its words that are plain numbers."""
        return [float(word) for word in self.words if re.fullmatch(r"[-+]?\d{1,15}([.]\d+)?", word)]

    @property
    def years(self) -> bool:
        """True where its words are years."""
        return bool(self.words) and all(re.fullmatch("(18|19|20)[0-9]{2}", word) for word in self.words)

    @property
    def labels(self) -> bool:
        """True where its numbers name things, or place them, and count nothing."""
        named = self.hints("id", "code", "ccode", "cow", "no", "nr", "row", "index", "key")
        counted = self.numbers if self.hints("number") else []
        in_turn = len(counted) > 1 and counted == [counted[0] + step for step in range(len(self.words))]
        return (
            named
            or in_turn
            or self.hints(
                "lat", "latitude", "lon", "long", "lng", "longitude", "year", "month", "quarter", "day", "week"
            )
        )


def look_at(frame: pl.DataFrame, columns: Sequence[str], today: date) -> list[Looks]:
    """Return what each column of some rows looks like."""
    return [_look(name, frame[name].str.strip_chars(), today) for name in columns]


def _look(name: str, series: pl.Series, today: date) -> Looks:
    found = Looks(name)
    said = series.filter(series.is_not_null() & (series != ""))
    counts = dict(said.alias("word").value_counts(name="count").iter_rows())
    distinct = said.unique(maintain_order=True).to_list()
    found.missing.update({word: counts[word] for word in distinct if word in PLACEHOLDERS})
    found.filled = said.len() - found.missing.total()
    found.words = [word for word in distinct if word not in PLACEHOLDERS][:MOST_WORDS]
    if not found.words:
        return found
    _look_for_dates(found, today)
    pointed = [word for word in found.words if "." in word]
    # Two figures at least, or one among whole numbers: a lone 1.500 could be anything.
    found.dots = len(found.words) > 1 and bool(pointed) and all(map(GROUPED.search, pointed)) and not found.labels
    figures = [ungrouped(word) if found.dots else word for word in found.words]
    if not found.dates and not found.years:
        found.unread = [word for word, figure in zip(found.words, figures, strict=True) if not _is_quantity(figure)]
        share = 1 - len(found.unread) / len(found.words)
        # Figures with a footnote among them are figures; of words with a number in them most are none.
        slips = share >= BY_NAME and not found.labels and all(re.search("[0-9]", word) for word in found.unread)
        found.quantities = share >= ENOUGH or slips
        found.unread = found.unread if found.quantities else []
    if not (found.quantities or found.dates or found.years):
        _look_for_gaps(found, counts)
    return found


def _look_for_gaps(found: Looks, counts: Mapping[str, int]) -> None:
    """Note whether a column holds quantities but for a word or two, which then mean that nothing is reported (`k.A.`)."""
    gaps = [word for word in found.words if not _is_quantity(word)]
    if len(gaps) > 2 or any(re.search("[0-9]", word) for word in gaps):
        return
    silent = sum(counts[word] for word in gaps)
    if len(found.words) > len(gaps) and silent <= BY_NAME * found.filled:
        found.quantities = True
        found.words = [word for word in found.words if word not in gaps]
        found.filled -= silent
        found.missing.update({word: counts[word] for word in gaps})


def _look_for_dates(found: Looks, today: date) -> None:
    """Note whether a column holds dates, and how they are written where that has to be said."""
    plain = all(re.fullmatch("[0-9]+", word) for word in found.words)
    stamps = plain and all(re.fullmatch("(19|20)[0-9]{6}", word) for word in found.words)
    if plain and not stamps and not (found.years and found.hints("date", "year", "when", "as")):
        return
    found.unread = [word for word in found.words if not _reads(partial(read_date, word, today=today))]
    share = 1 - len(found.unread) / len(found.words)
    fits = [form for form in FORMATS if _share(found.words, partial(_is_written, form)) >= ENOUGH]
    if share >= ENOUGH:
        found.dates = True
    elif fits:
        found.dates, found.unread = True, []
        best = fits[0]
        differ = [form for form in fits[1:] if any(_day(word, form) != _day(word, best) for word in found.words)]
        found.formats = (best, *differ)
    elif share >= BY_NAME and found.hints("date", "datum", "fecha"):
        found.dates = True


def _is_written(form: str, word: str) -> bool:
    return _day(word, form) is not None


def _day(word: str, form: str) -> datetime | None:
    try:
        return _by(word, form)
    except ValueError:
        return None


def _by(word: str, form: str) -> datetime:
    return datetime.strptime(word, form)  # noqa: DTZ007 - a day, which has no zone


def _is_quantity(word: str) -> bool:
    """True for what reads as a quantity, and for a whole number below zero: a correction of a running total."""
    return _reads(lambda: read_quantity(re.sub(r"^-(?=\d)|[.]0+$", "", word)))


def _reads(read: Callable[[], object]) -> bool:
    try:
        read()
    except (PostureError, ValueError):
        return False
    return True


def _share(words: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, words)) / len(words) if words else 0.0


# --- words of the catalogue ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """How far the words of a column name rows of the catalogue."""

    share: float
    """Of the words that were looked up, those that name a row, or a country that the catalogue does not have yet."""
    unknown: list[str]
    """Words that name nothing."""
    new: bool
    """True where some name countries that the catalogue does not have yet."""


def names_of(db: Database | None, noun: str, words: Sequence[str]) -> Named:
    """Return how far words name rows of a noun: in the database, or for places and states among the world's countries."""
    looked = list(words[:_LOOKED_UP])
    unknown, new = [], False
    for word in looked:
        if db is not None and _is_known(db, noun, word):
            continue
        if noun in {"location", "actor"} and _is_country(word):
            new = True
        else:
            unknown.append(word)
    return Named(1 - len(unknown) / len(looked) if looked else 0.0, unknown, new)


def _is_known(db: Database, noun: str, word: str) -> bool:
    from posture.store.lookup import find_code

    try:
        return find_code(db, noun, word) is not None
    except AmbiguousCode:
        return True


def _is_country(word: str) -> bool:
    from posture.imports import reference

    return reference.country(word) is not None


# --- running totals --------------------------------------------------------------------------------------------------


def rises(frame: pl.DataFrame, column: str, about: Sequence[str]) -> tuple[int, int, int]:
    """Return how often the figures of a column rise, stay and fall from row to row of what has the same `about`."""
    import polars as pl

    figures = frame.select(
        *about, pl.col(column).str.strip_chars().str.replace_all("[, ]", "").cast(pl.Float64, strict=False).alias("__n")
    ).drop_nulls("__n")
    step = pl.col("__n").diff().over(about) if about else pl.col("__n").diff()
    steps = figures.select(step.alias("__s"))["__s"].drop_nulls()
    return int((steps > 0).sum()), int((steps == 0).sum()), int((steps < 0).sum())


def is_running_total(up: int, same: int, down: int) -> bool:
    """True for figures that rise at least every third time and fall once in twenty at most: corrections."""
    count = up + same + down
    return count >= 6 and up >= count / 3 and down <= count / 20
