"""Single stretches of the calendar: a day, month, quarter, season, year or part of one, as people write them.

No stretch is narrower than the words: a month is a month. Which days each word takes in is declared here, once:

* spring, summer, autumn, winter of Y: March to May, June to August, September to November, December of Y to
  February of Y + 1 (EDTF 21 to 24); quarters are EDTF 33 to 36, halves of a year 40 and 41;
* `early`, `mid`, `late` of a month: days 1 to 10, 11 to 20, 21 to its last;
* `early`, `mid`, `late` of a year: January to March, April to September, October to December.

What could be two dates (`03/04/2023`), or lacks its year or zone, is refused, never guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.numerals import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_YEAR, LAST_YEAR = 1800, 2199
"""Years outside were mistyped."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_MONTH_NUMBER = {name.lower()[:3]: number for number, name in enumerate(MONTHS, start=1)}
_MONTH_NUMBER |= {name.lower(): number for number, name in enumerate(MONTHS, start=1)} | {"sept": 9}

_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}

_GROUP_MONTHS = {21: (3, 3), 22: (6, 3), 23: (9, 3), 24: (12, 3), 40: (1, 6), 41: (7, 6)}
_GROUP_MONTHS |= {32 + quarter: (3 * quarter - 2, 3) for quarter in range(1, 5)}
"""First month and number of months of each EDTF grouping that is read."""


class Stretch(NamedTuple):
    """The days that one expression takes in, and the same as EDTF."""

    first: date
    last: date
    edtf: str
    plain: bool = True
    """Whether it is a day, month or year, which EDTF lets stand inside a set and carry a qualifier."""
    at: datetime | None = None
    """The instant, where a time of day was given (UTC)."""

    @property
    def edtf_first(self) -> str:
        """The expression that may stand at the beginning of a set."""
        return self.edtf if self.plain else self.first.isoformat()

    @property
    def edtf_last(self) -> str:
        """The expression that may stand at the end of a set."""
        return self.edtf if self.plain else self.last.isoformat()


def read_stretch(words: str, *, today: date) -> Stretch:
    """Return the stretch that the words (lower case, single spaces) name; raises :class:`Unreadable`."""
    for pattern, reader in _READERS:
        found = re.fullmatch(pattern, words)  # compiled when first tried: most commands name days only
        if found:
            return reader(found)
    if words in _RELATIVE:
        return a_day(today + timedelta(days=_RELATIVE[words]))
    raise Unreadable(_why_not(words))


def iso_day(text: str) -> Stretch:
    """Return the day that ten characters such as `2023-09-06` write; raises :class:`Unreadable` if there is none."""
    return a_day(_day_of(text[:4], text[5:7], text[8:]))


def a_day(day: date) -> Stretch:
    """Return the stretch of one day."""
    return Stretch(day, day, day.isoformat())


def _year(text: str) -> int:
    year = int(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"the year {text} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return year


def _month(text: str) -> int:
    month = _MONTH_NUMBER.get(text) or (int(text) if text.isdecimal() else 0)
    if not 1 <= month <= 12:
        raise Unreadable(f'there is no month "{text}"')
    return month


def _days_in(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _day_of(year: str, month: str, day: str) -> date:
    in_year, in_month, number = _year(year), _month(month), int(day)
    most = _days_in(in_year, in_month)
    if not 1 <= number <= most:
        raise Unreadable(f"there is no such day: {MONTHS[in_month - 1]} {in_year} has {most} days")
    return date(in_year, in_month, number)


def _months(year: int, month: int, number: int, edtf: str, *, plain: bool = False) -> Stretch:
    """Return `number` months from `month` of `year` on."""
    end = month + number - 1
    last_year, last_month = year + (end - 1) // 12, (end - 1) % 12 + 1
    last = date(last_year, last_month, _days_in(last_year, last_month))
    return Stretch(date(year, month, 1), last, edtf, plain)


def _read_day(found: re.Match[str]) -> Stretch:
    return a_day(_day_of(found["y"], found["m"], found["d"]))


def _read_month(found: re.Match[str]) -> Stretch:
    year, text = _year(found["y"]), found["m"]
    if text.isdecimal() and int(text) in _GROUP_MONTHS:
        return _group(year, int(text))
    month = _month(text)
    return _months(year, month, 1, f"{year}-{month:02}", plain=True)


def _read_year(found: re.Match[str]) -> Stretch:
    year = _year(found["y"])
    return _months(year, 1, 12, str(year), plain=True)


def _group(year: int, number: int) -> Stretch:
    """Return a season, quarter or half year, by its EDTF number."""
    month, months = _GROUP_MONTHS[number]
    return _months(year, month, months, f"{year}-{number}")


def _read_quarter(found: re.Match[str]) -> Stretch:
    return _group(_year(found["y"]), 32 + (_ORDINALS.get(found["q"]) or int(found["q"])))


def _read_half(found: re.Match[str]) -> Stretch:
    return _group(_year(found["y"]), 39 + (_ORDINALS.get(found["h"]) or int(found["h"])))


def _read_season(found: re.Match[str]) -> Stretch:
    season, year, next_year = _SEASONS[found["s"]], _year(found["y"]), found["next"]
    if next_year and (season != 24 or (year + 1) % 10 ** len(next_year) != int(next_year)):
        raise Unreadable(f"{found['s']} lies in one year; only a winter runs into the next")
    return _group(year, season)


def _read_part_of_month(found: re.Match[str]) -> Stretch:
    year, month = _year(found["y"]), _month(found["m"])
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, _days_in(year, month))}[found["part"]]
    start, end = date(year, month, first), date(year, month, last)
    return Stretch(start, end, f"[{start}..{end}]", plain=False)


def _read_part_of_year(found: re.Match[str]) -> Stretch:
    year = _year(found["y"])
    if found["part"] == "mid":
        return _months(year, 4, 6, f"[{year}-04..{year}-09]")
    return _group(year, 33 if found["part"] == "early" else 36)


def _read_unspecified(found: re.Match[str]) -> Stretch:
    """Return the decade, century, year or month whose digits are not all given: `202X`, `2023-XX`, `2023-09-XX`."""
    known, edtf = found["known"], found[0].upper()
    if len(known) == 4:
        if found["m"]:
            month = _month(found["m"])
            return _months(_year(known), month, 1, edtf)
        return _months(_year(known), 1, 12, edtf)
    missing = 4 - len(known)
    first, last = _year(known + "0" * missing), _year(known + "9" * missing)
    return Stretch(date(first, 1, 1), date(last, 12, 31), edtf, plain=False)


def _read_decade(found: re.Match[str]) -> Stretch:
    first = _year(found["y"])
    return Stretch(date(first, 1, 1), date(first + 9, 12, 31), f"{first // 10}X", plain=False)


def _read_numeric(found: re.Match[str]) -> Stretch:
    """Return a day written as two numbers and a year, where only one day can be meant."""
    one, two, year = found["one"], found["two"], found["y"]
    if int(one) <= 12 and int(two) <= 12 and int(one) != int(two):
        either = " or ".join(_day_of(year, month, day).isoformat() for day, month in ((one, two), (two, one)))
        raise Unreadable(f"it may be {either}; write the one you mean")
    return a_day(_day_of(year, two, one) if int(one) > 12 else _day_of(year, one, two))


def _read_instant(found: re.Match[str]) -> Stretch:
    day = _day_of(found["y"], found["m"], found["d"])
    zone = found["zone"]
    if not zone:
        raise Unreadable("the zone is missing; end it with Z for UTC, or an offset such as +02:00")
    if zone in {"z", "utc", "gmt"}:
        minutes = 0
    else:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    fraction = int((found["fraction"] or "0").ljust(6, "0"))
    return _instant(day, found["hh"] + found["mm"], minutes, int(found["ss"] or "0"), fraction)


def _read_date_time_group(found: re.Match[str]) -> Stretch:
    """Return the instant of a military date-time group, `061820ZSEP23`; its letter is the zone."""
    zone, year = found["zone"], found["y"]
    if not zone:
        raise Unreadable("the zone letter is missing; write Z for UTC, as in 061820ZSEP23")
    if zone == "j":
        raise Unreadable("zone J is whoever's local time; write the zone's own letter, or Z for UTC")
    east, west = "abcdefghiklm", "nopqrstuvwxy"
    hours = east.index(zone) + 1 if zone in east else -(west.index(zone) + 1) if zone in west else 0
    day = _day_of(year if len(year) == 4 else "20" + year, found["m"], found["d"])
    return _instant(day, found["time"], 60 * hours)


def _instant(day: date, time: str, minutes_east: int, second: int = 0, fraction: int = 0) -> Stretch:
    """Return an instant, its day counted in UTC, as every day of the ledger is."""
    hour, minute = int(time[:2]), int(time[2:])
    if hour > 23 or minute > 59 or second > 59 or abs(minutes_east) > 14 * 60:
        raise Unreadable(f"there is no such time of day: {time[:2]}:{time[2:]}")
    zone = timezone(timedelta(minutes=minutes_east))
    local = datetime(day.year, day.month, day.day, hour, minute, second, fraction, tzinfo=zone)
    at = local.astimezone(UTC)
    return Stretch(at.date(), at.date(), at.strftime("%Y-%m-%dT%H:%M:%SZ"), plain=False, at=at)


_RELATIVE = {"today": 0, "yesterday": -1, "tomorrow": 1}

_Y, _D = r"(?P<y>[0-9]{4})", r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
_M = "(?P<m>" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")\.?"
_PART = r"(?:the )?(?P<part>early|mid|late)[ -](?:in )?"
_NTH = "first|second|third|fourth"
_NO_YEAR = f"(?:the )?(?:{_D} ?(?:of )?)?{_M}|" + f"{_M} ?(?:the )?{_D}".replace("?P<m>", "").replace("?P<d>", "")
_TIME = "(?P<hh>[0-9]{2}):?(?P<mm>[0-9]{2})(?::(?P<ss>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,6}))?)?"
_ZONE = "(?P<zone>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?"

_READERS: tuple[tuple[str, Callable[[re.Match[str]], Stretch]], ...] = (
    (_Y + "-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})", _read_day),
    (_Y + "-(?P<m>[0-9]{2})", _read_month),
    (_Y, _read_year),
    (_Y + "/(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})", _read_day),
    (r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})", _read_day),
    (f"(?:the )?{_D}[ -]?(?:of )?{_M}[ -]?,? ?{_Y}", _read_day),
    (f"{_M} ?(?:the )?{_D},? {_Y}", _read_day),
    (f"{_Y} {_M} {_D}", _read_day),
    (f"{_M},? ?-?(?:of )?{_Y}", _read_month),
    (f"{_Y} {_M}", _read_month),
    ("(?P<m>[0-9]{1,2})/" + _Y, _read_month),
    (f"{_Y}[ -]?q(?P<q>[1-4])", _read_quarter),
    (f"q(?P<q>[1-4])[ /-]?{_Y}", _read_quarter),
    (f"(?:the )?(?P<q>{_NTH}) quarter(?: of)? {_Y}", _read_quarter),
    (f"{_Y}[ -]?h(?P<h>[12])", _read_half),
    (f"h(?P<h>[12])[ /-]?{_Y}", _read_half),
    (f"(?:the )?(?P<h>first|second) half(?: of)? {_Y}", _read_half),
    (f"(?:the )?(?P<s>{'|'.join(_SEASONS)})(?: of)? {_Y}(?:[/-](?P<next>[0-9]{{2}}|[0-9]{{4}}))?", _read_season),
    (f"{_PART}{_Y}-(?P<m>[0-9]{{2}})", _read_part_of_month),
    (f"{_PART}{_M},? {_Y}", _read_part_of_month),
    (_PART + _Y, _read_part_of_year),
    (r"(?P<known>[0-9]{4})-(?:xx(?:-xx)?|(?P<m>[0-9]{2})-xx)", _read_unspecified),
    (r"(?P<known>[0-9]{3}(?=x$)|[0-9]{2}(?=xx$))(?P<m>(?!))?x{1,2}", _read_unspecified),
    (r"(?:the )?(?P<y>[0-9]{3}0)'?s", _read_decade),
    (rf"(?P<one>[0-9]{{1,2}})(?P<sign>[./-])(?P<two>[0-9]{{1,2}})(?P=sign){_Y}", _read_numeric),
    (f"{_Y}-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}})[t ]{_TIME} ?{_ZONE}", _read_instant),
    (
        rf"(?P<d>[0-9]{{2}}) ?(?P<time>[0-9]{{4}}) ?(?P<zone>[a-z])? ?{_M} ?(?P<y>[0-9]{{4}}|[0-9]{{2}})",
        _read_date_time_group,
    ),
)


def _why_not(words: str) -> str:
    """Return the most useful reason why the words are no stretch of the calendar; empty where there is none."""
    if not words:
        return "it is empty"
    if re.fullmatch(_NO_YEAR, words) or words in _SEASONS:
        return "which year?"
    if re.fullmatch(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}", words) or re.search(r"[a-z] '?[0-9]{2}$", words):
        return "write the year in full"
    if re.fullmatch(r"(?:the )?(?:end|start|beginning|middle) (?:of )?.+", words):
        return "write early, mid or late, or the days themselves"
    if re.fullmatch(r"[0-9]{4}[/-][0-9]{2,4}", words) or re.fullmatch(r"[0-9]{1,2} ?- ?[0-9]{1,2} .+", words):
        return "write A/B for from A to B, or [A..B] for some day between"
    return ""
