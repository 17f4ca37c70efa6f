"""Days, weeks, months, quarters and years, and the day as of which each is read."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.domain.periods import DAY, Step, back, how_many, period_of, periods

DAYS = st.dates(date(1999, 12, 1), date(2031, 2, 1))
STEPS = st.sampled_from(list(Step))


@pytest.mark.parametrize(
    ("day", "step", "name", "first", "last"),
    [
        ("2023-10-05", Step.DAY, "2023-10-05", "2023-10-05", "2023-10-05"),
        ("2023-10-05", Step.WEEK, "2023-W40", "2023-10-02", "2023-10-08"),
        ("2021-01-03", Step.WEEK, "2020-W53", "2020-12-28", "2021-01-03"),
        ("2024-12-30", Step.WEEK, "2025-W01", "2024-12-30", "2025-01-05"),
        ("2024-02-10", Step.MONTH, "2024-02", "2024-02-01", "2024-02-29"),
        ("2023-12-31", Step.MONTH, "2023-12", "2023-12-01", "2023-12-31"),
        ("2023-11-14", Step.QUARTER, "2023-Q4", "2023-10-01", "2023-12-31"),
        ("2023-03-31", Step.QUARTER, "2023-Q1", "2023-01-01", "2023-03-31"),
        ("2023-03-31", Step.YEAR, "2023", "2023-01-01", "2023-12-31"),
        ("9999-12-31", Step.QUARTER, "9999-Q4", "9999-10-01", "9999-12-31"),
        ("9999-12-31", Step.WEEK, "9999-W52", "9999-12-27", "9999-12-31"),
    ],
)
def test_a_day_lies_in_its_period(day: str, step: Step, name: str, first: str, last: str) -> None:
    found = period_of(date.fromisoformat(day), step)
    assert (found.name, str(found.first), str(found.last)) == (name, first, last)
    assert found.as_of == found.last


def test_the_last_period_is_read_as_of_the_end_of_the_span() -> None:
    found = periods(date(2023, 9, 15), date(2023, 11, 10), Step.MONTH)
    assert [(one.name, str(one.as_of), one.so_far) for one in found] == [
        ("2023-09", "2023-09-30", False),
        ("2023-10", "2023-10-31", False),
        ("2023-11", "2023-11-10", True),
    ]


def test_a_span_that_ends_with_its_period_is_over() -> None:
    (found,) = periods(date(2023, 10, 2), date(2023, 10, 8), Step.WEEK)
    assert not found.so_far


@given(DAYS, DAYS, STEPS)
def test_periods_follow_one_another_and_hold_the_whole_span(one: date, other: date, step: Step) -> None:
    first, last = sorted((one, other))
    last = min(last, date.fromordinal(first.toordinal() + 2000))
    found = periods(first, last, step)
    assert len(found) == how_many(first, last, step)
    assert found[0].first <= first
    assert found[-1].first <= last <= found[-1].last
    assert all(later.first == earlier.last + DAY for earlier, later in pairwise(found))
    assert all(one.as_of == one.last for one in found[:-1])
    assert found[-1].as_of == last


@given(DAYS, STEPS, st.integers(1, 30))
def test_going_back_gives_so_many_periods(last: date, step: Step, count: int) -> None:
    assert how_many(back(last, step, count), last, step) == count
