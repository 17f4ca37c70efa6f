"""When it was so in the world: dates as people write them, read without inventing a day.

==========================================================  =============  =============  ===========
typed                                                       from           by             until
==========================================================  =============  =============  ===========
a day, `today`, `061820ZSEP23` or an instant (its UTC day)  that day       that day
a month, quarter, season, year, decade, or the early, mid   its first day  its last day
or late part of one (:mod:`posture.domain.stretch`), `~?%`
`before X`                                                                 X's first
`[..X]`, `by X`, `by the end of X`                                         X's last
`after X`                                                   X's last
`[X..]`, `not before X`                                     X's first
`[A..B]`, `between A and B`: some day between               A's first      B's last
`[A,B]`: one of these                                       the first      the last
`A/B`, `from A to B`: a state held, or it took that long    A's first      A's last       B's last
`since X`, `X/..`                                           X's first      X's last
`until X`, `../X`                                                          X's last       X's last
==========================================================  =============  =============  ===========

An empty place is open: None. What merely happened on a day, or some day of a month, has no `until`: nothing says that
it ended. The EDTF kept beside is level 1 with the level 2 sets `[..]`, quarters and half years.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from posture.domain.codes import shortened, visible
from posture.domain.numerals import Unreadable, plain_words
from posture.domain.stretch import Stretch, a_day, iso_day, read_stretch
from posture.errors import NotOneDay, UnreadableDate

LONGEST = 120
"""Characters in the longest date that is read."""


@dataclass(frozen=True, slots=True)
class WorldTime:
    """When something was so: the earliest and latest start, the latest end, and the words they were read from."""

    text: str
    """The words as typed."""
    edtf: str
    """The same as Extended Date/Time Format, for programs."""
    start: date | None
    """The earliest day on which it can have begun or happened (`effective_from`); None where that is open."""
    by: date | None
    """The latest day on which it can have begun or happened (`effective_by`); None where that is open."""
    until: date | None
    """The latest end of a happening that lasted, or the stated end of a state (`effective_until`); else None."""
    at: datetime | None = None
    """The instant (UTC), where a time of day was given."""

    @property
    def on(self) -> date:
        """The day that orders claims: the earliest start, or the latest where that is open."""
        day = self.start or self.by
        if day is None:
            raise UnreadableDate(shortened(self.text), "it names no day at all")
        return day

    def described(self) -> str:
        """Return how it was read: `effective 2023-09-01..2023-09-30, from 'September 2023'`."""
        said = _days_described(self)
        if self.at is not None:
            said += self.at.strftime(" at %H:%M UTC")
        return f"effective {said}" if said == self.text else f"effective {said}, from '{visible(self.text)}'"


def _days_described(time: WorldTime) -> str:
    if time.start is None:
        held = f"until {time.until}" if time.until else f"by {time.by}"
        return f"{held}, start open"
    if time.by is None:
        return f"{time.start} or later"
    starts = str(time.start) if time.start == time.by else f"{time.start}..{time.by}"
    if time.until is None:
        return f"{starts} onwards" if time.edtf.endswith("/..") else starts
    return f"{starts} until {time.until}"


def read_date(text: str, *, today: date) -> WorldTime:
    """Return when `text` says that it was; `today` is what today and yesterday count from.

    Raises :class:`UnreadableDate` for what is no date, does not exist, could be two dates, or ends before it begins.
    """
    try:
        if (
            len(text) == 10
            and text.isascii()
            and text[4] == text[7] == "-"
            and (text[:4] + text[5:7] + text[8:]).isdecimal()
        ):
            return _stretched(text, iso_day(text))  # what nearly every command and file writes
        return _read(text.strip(), plain_words(text), today)
    except Unreadable as reason:
        raise UnreadableDate(shortened(text.strip()), str(reason)) from None


def read_day(text: str, *, today: date) -> date:
    """Return the one exact day that `text` writes, as for `--as-of`; a month is no day, and is refused."""
    time = read_date(text, today=today)
    if time.start is None or time.start != time.by or "/" in time.edtf:
        raise NotOneDay(shortened(time.text))
    if time.edtf[-1] in "~?%":
        raise NotOneDay(shortened(time.text))
    return time.start


_DAY_WITH_SLASHES = r"[0-9]{1,4}/[0-9]{1,2}/[0-9]{1,4}|(?:[0-9]{1,2}|q[1-4]|h[12])/[0-9]{4}|(?:the )?(?:spring|summer|autumn|fall|winter) [^/]+/[0-9]{2,4}"

_WORDED = (
    (r"(?:by|before|no later than|not later than) (?:the )?end of (?P<b>.+)", "by"),
    (r"(?:until|till|up to) (?:the )?end of (?P<b>.+)", "until"),
    (r"before (?P<b>.+)", "before"),
    (r"(?:by|no later than|not later than|on or before) (?P<b>.+)", "by"),
    (r"(?:until|till|up to) (?P<b>.+)", "until"),
    (r"after (?P<a>.+)", "after"),
    (r"(?:on or after|not before|no earlier than|not earlier than) (?P<a>.+)", "not before"),
    (r"between (?P<a>.+?) and (?P<b>.+)", "between"),
    (r"(?:from )?(?P<a>.+?) (?:to|until|till|through) (?P<b>.+)", "span"),
    (r"(?:since|from|as from) (?P<a>.+?)(?: on| onwards| onward)?", "since"),
    (r"(?P<a>.+?) (?:onwards|onward)", "since"),
)
_ABOUT = r"(?:about|around|approximately|circa|ca?\.|roughly|~) ?(?P<x>.+)"
_IN = r"(?:in|on|during|dated|as of) (?P<x>.+)"


def _read(text: str, words: str, today: date) -> WorldTime:
    if len(words) > LONGEST:
        raise Unreadable("it is too long to be a date")
    if words.startswith("[") and words.endswith("]"):
        return _one_of(text, words[1:-1], today)
    if words.startswith("{"):
        raise Unreadable("these are several happenings; log each with its own date")
    if re.fullmatch("[0-9]{4}/[0-9]{1,2}", words):
        raise Unreadable("write 2023-09 for a month, or both years of a span in full")
    if "/" in words and not re.fullmatch(_DAY_WITH_SLASHES, words):
        first, last = (part.strip() for part in words.split("/", 1))
        return _slashed(text, first, last, today)
    for pattern, how in _WORDED:
        found = re.fullmatch(pattern, words)
        if found:
            ends = found.groupdict()
            return _worded(text, how, ends.get("a") or "", ends.get("b") or "", today)
    if ".." in words:
        return _one_of(text, words, today)
    return _stretched(text, _qualified(words, today))


def _stretched(text: str, stretch: Stretch) -> WorldTime:
    return WorldTime(text, stretch.edtf, stretch.first, stretch.last, None, stretch.at)


def _qualified(words: str, today: date) -> Stretch:
    """Return a stretch with its EDTF qualifier: `2023-09~` (about), `2023-09?` (uncertain), `2023-09%` (both)."""
    found = re.fullmatch(_IN, words)
    if found:
        words = found["x"]
    sign = words[-1:] if words[-1:] in {"~", "?", "%"} else ""
    words = words.removesuffix(sign) if sign else words
    found = re.fullmatch(_ABOUT, words)
    if found:
        words, sign = found["x"], "%" if sign in {"?", "%"} else "~"
    stretch = read_stretch(words.strip(), today=today)
    if sign and not stretch.plain:
        raise Unreadable("only a day, month or year can be about or uncertain; leave the sign out")
    return stretch._replace(edtf=stretch.edtf + sign)


def _end(words: str, today: date) -> Stretch:
    """Return a stretch that may stand at either end of a set."""
    stretch = read_stretch(words.strip(), today=today)
    if stretch.at is not None:
        raise Unreadable("a time of day stands alone; write the ends as days")
    return stretch


def _worded(text: str, how: str, first: str, last: str, today: date) -> WorldTime:
    if how == "span":
        return _slashed(text, first, last, today)
    if how == "since":
        return _slashed(text, first, "..", today)
    if how == "until":
        return _slashed(text, "..", last, today)
    if how == "between":
        return _one_of(text, f"{first}..{last}", today)
    stretch = _end(first or last, today)
    if how == "before":
        return _up_to(text, a_day(stretch.first))
    if how == "by":
        return _up_to(text, stretch)
    return _from_on(text, a_day(stretch.last) if how == "after" else stretch)


def _up_to(text: str, stretch: Stretch) -> WorldTime:
    return WorldTime(text, f"[..{stretch.edtf_last}]", None, stretch.last, None)


def _from_on(text: str, stretch: Stretch) -> WorldTime:
    return WorldTime(text, f"[{stretch.edtf_first}..]", stretch.first, None, None)


def _one_of(text: str, inside: str, today: date) -> WorldTime:
    """Return one day out of a set: `A..B`, `..B`, `A..`, or several of these between commas."""
    parts = [_some_day(part.strip(), today) for part in _members(inside)]
    if len(parts) == 1 and parts[0][0] is None and parts[0][1] is None:
        raise Unreadable("it names no day at all")
    starts, ends = [part[0] for part in parts], [part[1] for part in parts]
    start = None if None in starts else min(day for day in starts if day)
    by = None if None in ends else max(day for day in ends if day)
    if start is None and by is None:
        raise Unreadable("it leaves both ends open")
    edtf = "[" + ",".join(part[2] for part in parts) + "]"
    return WorldTime(text, edtf, start, by, None)


def _members(inside: str) -> list[str]:
    """Return the members of a set; a comma inside `Sep 6, 2023` parts nothing."""
    return re.split(r"(?<![a-z])(?<![a-z.] [0-9])(?<![a-z.] [0-9]{2}),", inside)


def _some_day(words: str, today: date) -> tuple[date | None, date | None, str]:
    """Return the first and last day of one member of a set, and its EDTF."""
    if ".." not in words:
        stretch = _end(words, today)
        if stretch.plain:
            return stretch.first, stretch.last, stretch.edtf
        return stretch.first, stretch.last, f"{stretch.first}..{stretch.last}"
    left, right = (part.strip() for part in words.split("..", 1))
    first = _end(left, today) if left else None
    last = _end(right.lstrip(". "), today) if right.lstrip(". ") else None
    if first and last and last.last < first.first:
        raise Unreadable("it ends before it begins")
    low, high = first.edtf_first if first else "", last.edtf_last if last else ""
    if first and last and len(low) != len(high):
        low, high = str(first.first), str(last.last)  # EDTF wants both ends to be days, months or years
    return first.first if first else None, last.last if last else None, f"{low}..{high}"


def _slashed(text: str, first: str, last: str, today: date) -> WorldTime:
    """Return `A/B`, `A/..` or `../B`: held, or lasting, from the one to the other."""
    if not first or not last:
        raise Unreadable("one end is missing; write .. where it is open, as in 2023-09/..")
    starts = None if first == ".." else _span_end(first, today)
    ends = None if last == ".." else _span_end(last, today)
    edtf = f"{starts.edtf if starts else '..'}/{ends.edtf if ends else '..'}"
    if starts is None:
        if ends is None:
            raise Unreadable("it leaves both ends open")
        return WorldTime(text, edtf, None, ends.last, ends.last)
    if ends is None:
        return WorldTime(text, edtf, starts.first, starts.last, None)
    if ends.last < starts.first:
        raise Unreadable("it ends before it begins")
    return WorldTime(text, edtf, starts.first, min(starts.last, ends.last), ends.last)


def _span_end(words: str, today: date) -> Stretch:
    stretch = _qualified(words, today)
    if stretch.at is not None or "[" in stretch.edtf or "X" in stretch.edtf:
        raise Unreadable("a span begins and ends with a day, month, quarter, season or year")
    return stretch
