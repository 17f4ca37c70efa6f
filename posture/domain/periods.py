"""The days, weeks, months, quarters and years between two days: what each is called, and on which day it is read.

A period is read as of its last day. The one in which the span ends, or in which today lies, is read as of that day, and says so.
Weeks are those of ISO 8601: Monday to Sunday, the first of a year being the one with its first Thursday.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

DAY = timedelta(days=1)


class Step(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Period(NamedTuple):
    """One period."""

    name: str
    """What it is called: `2023-10-05`, `2023-W40`, `2023-10`, `2023-Q4`, `2023`."""
    first: date
    """Its first day."""
    last: date
    """Its last day."""
    as_of: date
    """The day as of which it is read: its last, unless it is not over by then."""

    @property
    def so_far(self) -> bool:
        """Return whether it is read before it is over."""
        return self.as_of < self.last


def period_of(day: date, step: Step) -> Period:
    """Return the period that holds a day."""
    if step is Step.DAY:
        return Period(str(day), day, day, day)
    if step is Step.WEEK:
        year, week, _ = day.isocalendar()
        first = date.fromisocalendar(year, week, 1)
        return _until(f"{year:04}-W{week:02}", first, first.toordinal() + 6)
    if step is Step.YEAR:
        return Period(f"{day.year:04}", date(day.year, 1, 1), date(day.year, 12, 31), date(day.year, 12, 31))
    months = 1 if step is Step.MONTH else 3
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    name = f"{day.year:04}-{first.month:02}" if months == 1 else f"{day.year:04}-Q{(first.month + 2) // 3}"
    return _until(name, first, _months_after(first, months) - 1)


def _months_after(first: date, months: int) -> int:
    """Return the ordinal of the first day some months on; the year after the last one has no date, but an ordinal."""
    years, month = divmod(first.month - 1 + months, 12)
    if first.year + years > date.max.year:
        return date.max.toordinal() + 1
    return date(first.year + years, month + 1, 1).toordinal()


def _until(name: str, first: date, last: int) -> Period:
    day = date.fromordinal(min(last, date.max.toordinal()))
    return Period(name, first, day, day)


def how_many(first: date, last: date, step: Step) -> int:
    """Return how many periods there are from the one that holds a day to the one that holds another."""
    if step is Step.DAY:
        return (last - first).days + 1
    if step is Step.WEEK:
        return (period_of(last, step).first - period_of(first, step).first).days // 7 + 1
    length = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}[step]
    return (last.year * 12 + last.month - 1) // length - (first.year * 12 + first.month - 1) // length + 1


def periods(first: date, last: date, step: Step) -> list[Period]:
    """Return the periods from the one that holds `first`, the last of them read as of `last` at the latest."""
    found = [period_of(first, step)]
    while found[-1].last < last:
        found.append(period_of(found[-1].last + DAY, step))
    return [*found[:-1], found[-1]._replace(as_of=min(last, found[-1].last))]


def back(last: date, step: Step, count: int) -> date:
    """Return the first day of the period that makes it so many, up to the one that holds `last`."""
    period = period_of(last, step)
    for _ in range(count - 1):
        if period.first == date.min:
            break
        period = period_of(period.first - DAY, step)
    return period.first
