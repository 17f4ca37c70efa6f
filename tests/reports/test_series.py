"""A figure period by period: which days are read, what was known then, totals, and how much may be asked; on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from posture import clock
from posture.domain.periods import Step
from posture.errors import UsageMistake
from posture.reports import series as module
from posture.reports.as_of import Question
from posture.reports.series import COLUMNS, Asked, series
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.reports.report import Report
    from posture.store.connection import Database

STORY = """
# A garrison, a part of it, and a machine or two
place niamey in ner
line ner: fra personnel in ner
line niamey: fra personnel in niamey
line ner/drone: fra drone in ner
2023-09-05 ner count 1500
2023-10-10 ner decrease 100
2023-10-10 niamey count 1000
2023-10-10 ner/drone count 4
2023-12-22 ner count none
as of 2001-01-01: plans none
"""


@pytest.fixture
def story(db: Database) -> Database:
    """The story, logged."""
    Driven(db, read_example(STORY).ledger)
    return db


def asked(db: Database, until: str, since: str, by: str = "month", *, total: bool = False, **more: Any) -> Report:
    """Return a series."""
    question = Question(as_of=date.fromisoformat(until), **more)
    return series(db, question, Asked(Step(by), date.fromisoformat(since), total))


def figures(report: Report, deployment: str | None = None, asset_type: str = "personnel") -> list[tuple[Any, ...]]:
    """Return period, low and high of one line, or of the total."""
    return [
        (row["period"], row["low"], row["high"])
        for row in report.rows
        if (row["deployment"], row["asset_type"]) == (deployment, asset_type)
    ]


def test_each_month_is_read_as_of_its_end(story: Database) -> None:
    report = asked(story, "2023-12-31", "2023-08-01")
    assert figures(report, "ner") == [
        ("2023-08", None, None),
        ("2023-09", 1500, 1500),
        ("2023-10", 1400, 1400),
        ("2023-11", 1400, 1400),
        ("2023-12", 0, 0),
    ]
    assert [row["as_of"] for row in report.rows][:2] == ["2023-08-31", "2023-09-30"]
    assert not any(row["so_far"] for row in report.rows)


def test_nothing_known_is_a_gap_and_never_zero(story: Database) -> None:
    (before, *_) = asked(story, "2023-12-31", "2023-08-01", deployment="ner").rows
    assert (before["low"], before["best"], before["high"], before["claims"]) == (None, None, None, [])


def test_the_period_that_is_not_over_is_so_far(story: Database) -> None:
    report = asked(story, "2023-10-12", "2023-09-01", deployment="ner", asset_type="personnel")
    assert [(row["as_of"], row["so_far"]) for row in report.rows] == [("2023-09-30", False), ("2023-10-12", True)]
    assert "2023-10 is so far only: as of 2023-10-12" in report.notes


def test_no_period_lies_after_today(story: Database) -> None:
    with clock.held_at(datetime(2023, 11, 8, tzinfo=UTC)):
        report = asked(story, "2024-06-30", "2023-10-01", deployment="ner", asset_type="personnel")
        assert [row["as_of"] for row in report.rows] == ["2023-10-31", "2023-11-08"]
        with pytest.raises(UsageMistake, match="after today"):
            asked(story, "2024-06-30", "2024-01-01")


def test_without_a_beginning_there_are_twelve_periods(story: Database) -> None:
    report = series(story, Question(as_of=date(2023, 12, 31), deployment="ner", asset_type="personnel"), Asked())
    assert report.rows[0]["period"] == "2023-01"
    assert len(report.rows) == 12


def test_a_total_counts_what_overlaps_once_and_mixes_no_kinds(story: Database) -> None:
    report = asked(story, "2023-11-30", "2023-09-01", total=True)
    assert figures(report) == [("2023-09", 1500, 1500), ("2023-10", 1400, 1400), ("2023-11", 1400, 1400)]
    drones = figures(report, asset_type="aircraft")
    assert [low for _, low, _ in drones] == [None, 4, 4]
    assert {row["location"] for row in report.rows} == {"ner"}


def test_what_was_retracted_later_is_known_then_and_not_known_now(db: Database) -> None:
    from posture.domain.draft import ClaimDraft
    from posture.ledger import catalogue
    from posture.ledger.claims import log, retract
    from posture.ledger.entry import Writing

    with clock.held_at(datetime(2023, 9, 1, tzinfo=UTC)):
        for noun, fields in (
            ("actor", {"code": "fra", "name": "France", "kind": "state"}),
            ("location", {"code": "ner", "name": "Niger", "kind": "country"}),
            ("source", {"code": "rfi", "title": "RFI", "published_on": "2023-09-01"}),
            ("deployment", {"code": "fra-ner", "actor": "fra", "location": "ner"}),
            ("asset", {"code": "personnel", "deployment": "fra-ner", "asset_type": "personnel"}),
        ):
            catalogue.add(db, noun, fields)
    for day, quantity in ((5, "1500"), (20, "1400")):
        with clock.held_at(datetime(2023, 10, day, tzinfo=UTC)):
            said = ClaimDraft(
                line="fra-ner/personnel", kind="count", quantity=quantity, source="rfi", on=f"2023-10-{day:02}"
            )
            written = log(db, [said], Writing(force=True))
    with clock.held_at(datetime(2023, 11, 10, tzinfo=UTC)):
        retract(db, claim=written.claims[0]["id"], writing=Writing(reason="a mistake"))
        question = Question(as_of=date(2023, 11, 10))
        now = series(db, question, Asked(Step.MONTH, date(2023, 9, 1)))
        then = series(db, question, Asked(Step.MONTH, date(2023, 9, 1), as_then_known=True))
    assert [row["low"] for row in now.rows] == [None, 1500, 1500]
    assert [row["low"] for row in then.rows] == [None, 1400, 1500]
    assert [row["known_seq"] for row in then.rows] == sorted({row["known_seq"] for row in then.rows})


def test_a_span_that_ends_before_it_begins_is_refused(story: Database) -> None:
    with pytest.raises(UsageMistake, match=r"ends \(2023-09-01\) before it begins \(2023-10-01\)"):
        asked(story, "2023-09-01", "2023-10-01")


def test_too_many_points_are_refused_with_the_way_out(story: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageMistake, match="3,652 points of time, more than 400; take longer periods"):
        asked(story, "2022-12-31", "2013-01-01", "day")
    monkeypatch.setattr(module, "MOST_FIGURES", 5)
    with pytest.raises(UsageMistake, match="2 points of time of 3 lines, more than 5 figures; ask about less"):
        asked(story, "2023-10-31", "2023-09-01")


def test_an_empty_series_says_why(db: Database) -> None:
    assert "nothing is recorded yet" in (asked(db, "2023-10-01", "2023-09-01").empty_because or "")


def test_a_row_has_the_keys_that_were_promised(story: Database) -> None:
    for total in (True, False):
        for row in asked(story, "2023-10-31", "2023-09-01", total=total).rows:
            assert tuple(row) == (*COLUMNS, "claims")
