"""The oracle's own reading of quantities, dates and grades, written from the design page.

Exact arithmetic throughout (whole numbers and fractions). Nothing here is shared with the package under test.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
AT_LEAST = {"some": 1, "several": 3, "dozens": 24, "hundreds": 200, "thousands": 2000}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "21": 3, "22": 6, "23": 9}
CREDIBILITY = "123645"
RELIABILITY = "ABCFDE"


@dataclass(frozen=True)
class Size:
    """What a quantity's words mean: bounds, or a share, or nothing that can be counted with."""

    text: str
    low: int | None = None
    best: int | None = None
    high: int | None = None
    share_low: Fraction | None = None
    share_high: Fraction | None = None
    more_than_share_low: bool = False
    withheld: bool = False

    @property
    def is_share(self) -> bool:
        """True where the words give a share of what was there."""
        return self.share_high is not None

    @property
    def bounds(self) -> int:
        """How many of the two bounds are known, as a number of things."""
        return (self.low is not None) + (self.high is not None)

    def least_of(self, whole: int) -> int:
        """Return the smallest number of things that this share of `whole` can be."""
        assert self.share_low is not None
        exact = self.share_low * whole
        least = exact.numerator // exact.denominator
        return min(whole, least + 1) if self.more_than_share_low else least

    def most_of(self, whole: int) -> int:
        """Return the largest number of things that this share of `whole` can be."""
        assert self.share_high is not None
        exact = self.share_high * whole
        return -((-exact.numerator) // exact.denominator)


def read_size(text: str) -> Size:
    """Return what a quantity's words mean, by the list in section 3 of the page."""
    words = text.strip().lower().replace(",", "")
    if words in ("unknown", "withheld"):
        return Size(text, withheld=words == "withheld")
    if words == "none":
        return Size(text, 0, 0, 0)
    if words in AT_LEAST:
        return Size(text, AT_LEAST[words])
    if words == "most":
        return Size(text, share_low=Fraction(1, 2), share_high=Fraction(1), more_than_share_low=True)
    if words in ("half", "all"):
        share = Fraction(1, 2) if words == "half" else Fraction(1)
        return Size(text, share_low=share, share_high=share)
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", words):
        share = Fraction(found[1]) / 100
        return Size(text, share_low=share, share_high=share)
    if words.isdigit():
        return Size(text, int(words), int(words), int(words))
    return _read_range(text, words)


def _read_range(text: str, words: str) -> Size:
    """Return what `about 1500`, `1400..1500`, `>1000`, `1000+` and `<50` mean."""
    if found := re.fullmatch(r"(?:~|about )\s*(\d+)", words):
        number = int(found[1])
        return Size(text, number * 9 // 10, number, -(-number * 11 // 10))
    if found := re.fullmatch(r"(\d+)\.\.(\d+)", words):
        return Size(text, int(found[1]), None, int(found[2]))
    if found := re.fullmatch(r">\s*(\d+)", words):
        return Size(text, int(found[1]) + 1)
    if found := re.fullmatch(r"(\d+)\+|at least (\d+)", words):
        return Size(text, int(found[1] or found[2]))
    if found := re.fullmatch(r"<\s*(\d+)", words):
        return Size(text, high=int(found[1]) - 1)
    raise ValueError(f"the oracle cannot read the quantity {text!r}")


@dataclass(frozen=True)
class Span:
    """What a date's words mean: earliest start, latest start, latest end, and the instant where it is known."""

    text: str
    start: date | None
    by: date
    until: date | None = None
    at: datetime | None = None

    @property
    def on(self) -> date:
        """The date that orders claims: the earliest start, or the latest where that is open."""
        return self.by if self.start is None else self.start

    @property
    def end(self) -> date:
        """The latest day on which it can still have been going on."""
        return self.by if self.until is None else self.until


def _month(year: int, first: int, last: int | None = None) -> tuple[date, date]:
    last = last or first
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _days(text: str) -> tuple[date, date]:
    """Return the first and the last day of one date that is neither open nor a period."""
    words = text.strip().lower().rstrip("~?%")
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", words):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return day, day
    if found := re.fullmatch(r"(early|mid|late) (\d{4})-(\d\d)", words):
        first, last = _month(int(found[2]), int(found[3]))
        tenth, twentieth = first + timedelta(days=9), first + timedelta(days=19)
        after = timedelta(days=1)
        return {"early": (first, tenth), "mid": (tenth + after, twentieth), "late": (twentieth + after, last)}[found[1]]
    if found := re.fullmatch(r"late (\d{4})", words):
        return _month(int(found[1]), 10, 12)
    if found := re.fullmatch(r"(spring|summer|autumn) (\d{4})", words):
        return _month(int(found[2]), SEASONS[found[1]], SEASONS[found[1]] + 2)
    if found := re.fullmatch(r"(\d{4})-(2[123])", words):
        return _month(int(found[1]), SEASONS[found[2]], SEASONS[found[2]] + 2)
    if found := re.fullmatch(r"(\d{4})-q([1-4])", words):
        return _month(int(found[1]), 3 * int(found[2]) - 2, 3 * int(found[2]))
    if found := re.fullmatch(r"(\d{4})-(\d\d)", words):
        return _month(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(\d{4})", words):
        return _month(int(found[1]), 1, 12)
    raise ValueError(f"the oracle cannot read the date {text!r}")


def read_span(text: str) -> Span:
    """Return what a date's words mean, by the table in section 3 of the page."""
    words = text.strip()
    if found := re.fullmatch(r"(\d\d)(\d\d)(\d\d)Z([A-Z]{3})(\d\d)", words.upper()):
        month = MONTHS.index(found[4]) + 1
        instant = datetime(2000 + int(found[5]), month, int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
        return Span(text, instant.date(), instant.date(), at=instant)
    if found := re.fullmatch(r"\[(.*)\.\.(.+)\]", words):
        by = _days(found[2])[1]
        return Span(text, _days(found[1])[0] if found[1] else None, by)
    if words.lower().startswith("before "):
        return Span(text, None, _days(words[7:])[1])
    if words.lower().startswith("since "):
        return Span(text, *_days(words[6:]))
    if "/" in words:
        left, right = words.split("/")
        first, last = _days(left)
        return Span(text, first, last, None if right == ".." else _days(right)[1])
    return Span(text, *_days(words))


def is_admissible(grade: str) -> bool:
    """True where a grade such as B2 lets a claim decide."""
    return grade[0] in "ABCF" and grade[1] in "1236"


def grade_place(grade: str) -> tuple[int, int]:
    """Return a grade's place in the order of grades, the best first: credibility, then reliability."""
    return CREDIBILITY.index(grade[1]), RELIABILITY.index(grade[0])
