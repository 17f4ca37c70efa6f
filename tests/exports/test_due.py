"""When a job is due, which exports are kept, and what lengths of time mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.exports.due import is_due, length, period_began
from posture.exports.jobs import Job, Keep
from posture.exports.retention import Kept, dispensable

JOB = Job(name="x", report="posture", formats=("csv",), destination="x")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "clock", "now", "began"),
    [
        ("day", "06:00", "2026-11-23T06:00:00", "2026-11-23T06:00:00"),
        ("day", "06:00", "2026-11-23T05:59:59", "2026-11-22T06:00:00"),
        ("day", "00:00", "2026-11-23T00:00:00", "2026-11-23T00:00:00"),
        ("hour", "00:15", "2026-11-23T07:14:00", "2026-11-23T06:15:00"),
        ("hour", "00:15", "2026-11-23T07:15:00", "2026-11-23T07:15:00"),
        ("week", "06:00", "2026-11-23T05:00:00", "2026-11-16T06:00:00"),
        ("week", "06:00", "2026-11-29T05:00:00", "2026-11-23T06:00:00"),
        ("month", "06:00", "2026-11-01T05:00:00", "2026-10-01T06:00:00"),
        ("month", "06:00", "2026-01-01T05:00:00", "2025-12-01T06:00:00"),
        ("month", "06:00", "2026-11-30T23:00:00", "2026-11-01T06:00:00"),
    ],
)
def test_a_period_begins_at_its_time(every: str, clock: str, now: str, began: str) -> None:
    assert period_began(replace(JOB, every=every, at=clock), at(now)) == at(began)


@given(
    st.sampled_from(("hour", "day", "week", "month")),
    st.integers(0, 23),
    st.integers(0, 59),
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
)
def test_a_job_is_due_once_in_each_period(every: str, hour: int, minute: int, moment: datetime) -> None:
    job, now = replace(JOB, every=every, at=f"{hour:02}:{minute:02}"), moment.replace(tzinfo=UTC)
    began = period_began(job, now)
    assert began <= now < began + timedelta(days=32)
    assert is_due(job, None, now) and is_due(job, began - timedelta(seconds=1), now)
    assert not is_due(job, began, now) and not is_due(job, now, now)
    assert period_began(job, began) == began
    assert period_began(job, began - timedelta(microseconds=1)) < began


def test_a_run_by_a_clock_that_leapt_ahead_keeps_none_from_running() -> None:
    assert is_due(JOB, at("2036-11-20T06:20:00"), at("2026-11-26T06:20:00"))
    assert not is_due(JOB, at("2026-11-26T06:20:30"), at("2026-11-26T06:20:00"))


def test_lengths_of_time() -> None:
    assert length("26h") == timedelta(hours=26) and length("90 m") == timedelta(minutes=90)
    assert length("2w") == timedelta(days=14)
    for wrong in ("", "h", "1y", "-1h", "1.5h", "999999d"):
        assert length(wrong) is None


def days(*texts: str) -> list[Kept]:
    return [Kept(text, number, (text,)) for number, text in enumerate(texts)]


def going(found: list[Kept], keep: Keep) -> list[str]:
    return [each.day for each in dispensable(found, keep)]


def test_without_a_rule_everything_is_kept() -> None:
    assert going(days("2026-01-01", "2026-01-02"), Keep()) == []


def test_what_any_rule_keeps_is_kept() -> None:
    found = days("2026-08-31", "2026-09-30", "2026-10-31", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23")
    assert going(found, Keep(last=2)) == ["2026-08-31", "2026-09-30", "2026-10-31", "2026-11-20", "2026-11-21"]
    assert going(found, Keep(monthly=2)) == ["2026-08-31", "2026-09-30", "2026-11-20", "2026-11-21", "2026-11-22"]
    assert going(found, Keep(weekly=2)) == ["2026-08-31", "2026-09-30", "2026-10-31", "2026-11-20", "2026-11-21"]
    assert going(found, Keep(daily=1, monthly=3)) == ["2026-08-31", "2026-11-20", "2026-11-21", "2026-11-22"]


def test_of_one_day_the_export_that_knows_most_is_kept() -> None:
    found = [Kept("2026-11-23", seq, (str(seq),)) for seq in (5, 12, 9)]
    assert [each.seq for each in dispensable(found, Keep(daily=3))] == [5, 9]


@given(
    st.lists(st.dates(date(2024, 1, 1), date(2026, 1, 1)), min_size=1, max_size=60, unique=True),
    st.tuples(*[st.none() | st.integers(1, 5)] * 4),
)
def test_the_newest_never_goes_and_no_more_goes_than_rules_allow(
    found: list[date], rules: tuple[int | None, int | None, int | None, int | None]
) -> None:
    kept = days(*sorted(day.isoformat() for day in found))
    keep = Keep(last=rules[0], daily=rules[1], weekly=rules[2], monthly=rules[3])
    gone = dispensable(kept, keep)
    assert max(kept) not in gone
    assert len(kept) - len(gone) <= (sum(rule or 0 for rule in rules) if any(rules) else len(kept))
    assert len(kept) - len(gone) >= min(len(kept), max(rules[0] or 0, rules[1] or 0))
