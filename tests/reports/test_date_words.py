"""Dates in words: a vague date is shown as vague, and no day is invented."""

from __future__ import annotations

from datetime import date

import pytest

from posture.domain.dates import read_date
from posture.reports.date_words import date_words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2023-10-09", "2023-10-09"),
        ("2023-09", "2023-09 (some day)"),
        ("2023", "2023 (some day)"),
        ("spring 2022", "some day from 2022-03-01 to 2022-05-31"),
        ("2023-Q3", "some day from 2023-07-01 to 2023-09-30"),
        ("2023-09~", "2023-09~ (some day)"),
        ("early 2023-09", "some day from 2023-09-01 to 2023-09-10"),
        ("[2023-10-05..2023-11-13]", "some day from 2023-10-05 to 2023-11-13"),
        ("[2023-10-05,2023-11-13]", "2023-10-05 or 2023-11-13"),
        ("[..2023-07-26]", "2023-07-26 or before"),
        ("before 2023-07-27", "2023-07-27 or before"),
        ("[2023-09-06..]", "some day from 2023-09-06 on"),
        ("2023-10-05/2023-12-13", "2023-10-05 to 2023-12-13"),
        ("since 2023-10", "since 2023-10"),
        ("until 2023-10-05", "until 2023-10-05"),
    ],
)
def test_a_date_is_said_as_it_was_claimed(typed: str, said: str) -> None:
    time = read_date(typed, today=date(2026, 11, 23))
    first, by = (str(day) if day else None for day in (time.start, time.by))
    assert date_words(time.edtf, first, by) == said
