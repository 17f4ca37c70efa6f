"""What moved in a period: both sides of a move, each happening once, sums and what counts leave open; on both engines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import UnknownCode, UsageMistake
from posture.reports import movement_flows
from posture.reports.as_of import Question
from posture.reports.movement_words import beside, counted, quantity, residual_text, way
from posture.reports.movements import COLUMNS, movements
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.reports.report import Report
    from posture.store.connection import Database

PLACES = """
place niamey in ner
place ouallam in ner
line ner: fra personnel in ner
line niamey: fra personnel in niamey
line ouallam: fra personnel in ouallam
line tcd: fra personnel in tcd
"""


def told(db: Database, text: str, since: str, until: str, **more: Any) -> Report:
    """Log a story and return what moved in a period of it."""
    Driven(db, read_example(f"# story\n{text}\nas of 2001-01-01: plans none").ledger)
    return again(db, since, until, **more)


def again(db: Database, since: str, until: str, **more: Any) -> Report:
    return movements(db, Question(as_of=date.fromisoformat(until), **more), date.fromisoformat(since))


def of(report: Report, kind: str) -> list[dict[str, Any]]:
    """Return the rows of one kind."""
    return [row for row in report.rows if row["kind"] == kind]


def sums(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((row[f"{side}_low"], row[f"{side}_high"]) for side in ("in", "out"))


def test_the_two_sides_of_a_move_are_one_movement(db: Database) -> None:
    report = told(
        db, f"{PLACES}2023-10-01 ouallam count 400\n2023-10-19 move 150 ouallam -> tcd", "2023-10-10", "2023-10-31"
    )
    (row,) = of(report, "movement")
    assert way(row) == "ouallam -> tcd"
    assert (row["from_location"], row["to_location"]) == ("ouallam", "tcd")
    assert (row["low"], row["best"], row["high"], row["certainty"]) == (150, 150, 150, "certain")
    assert len(row["claims"]) == 2
    assert {row["deployment"]: sums(row) for row in of(report, "balance")} == {
        "ner": ((0, 0), (150, 150)),
        "ouallam": ((0, 0), (150, 150)),
        "tcd": ((150, 150), (0, 0)),
    }


def test_a_side_that_nobody_reports_is_the_one_that_was_named_or_not_said(db: Database) -> None:
    story = "line ner: fra personnel in ner\nline tcd: fra personnel in tcd\n2023-10-19 ner decrease 5 (other tcd)\n2023-10-21 ner decrease 6"
    report = told(db, story, "2023-10-01", "2023-10-31")
    assert [way(row) for row in of(report, "movement")] == ["ner -> tcd", "ner -> not said"]
    (row,) = of(again(db, "2023-10-01", "2023-10-31", location="tcd"), "movement")
    assert way(row) == "ner -> tcd", "whoever asks about the one side is told, though only the other was reported"
    assert of(again(db, "2023-10-01", "2023-10-31", location="tcd", asset_type="drone"), "movement") == []


def test_two_sides_that_differ_are_what_both_allow_or_said_to_differ(db: Database) -> None:
    lines = "line ner: fra personnel in ner\nline tcd: fra personnel in tcd"
    story = f"{lines}\n2023-10-19 ner decrease 90..110 (transfer x)\n2023-10-20 tcd increase 100..120 (transfer x)"
    report = told(
        db,
        f"{story}\n2023-10-24 ner decrease 50 (transfer y)\n2023-10-25 tcd increase 40 (transfer y)",
        "2023-10-01",
        "2023-10-31",
    )
    first, second = of(report, "movement")
    assert (first["low"], first["high"], first["flags"]) == (100, 110, [])
    assert (second["low"], second["high"], second["flags"]) == (40, 50, ["sides_differ"])


def test_ten_reports_of_one_departure_are_one_movement(db: Database) -> None:
    repeats = "\n".join(f"paper{number} repeats paper0" for number in range(1, 10))
    reports = "\n".join(f"2023-10-10 n decrease 97 (from paper{number})" for number in range(10))
    report = told(db, f"{repeats}\n2023-10-01 n count 1400\n{reports}", "2023-10-02", "2023-10-31")
    (row,) = of(report, "movement")
    assert (row["reports"], row["origins"], beside(row)) == (10, 1, "10 reports, 1 origin")
    assert sums(of(report, "balance")[0]) == ((0, 0), (97, 97))


def test_two_origins_may_tell_of_one_departure(db: Database) -> None:
    report = told(
        db, "2023-10-10 n decrease 97 (from a)\n2023-10-10 n decrease 100 (from b)", "2023-10-01", "2023-10-31"
    )
    assert [row["flags"] for row in of(report, "movement")] == [["maybe_same"], ["maybe_same"]]
    (row,) = of(report, "balance")
    assert sums(row) == ((0, 0), (100, 197))
    assert row["flags"] == ["maybe_same"]


def test_what_only_overlaps_the_period_is_possible(db: Database) -> None:
    report = told(db, "2023-10-01 n count 1503\n2023-10-05/2023-12-13 n decrease 1346", "2023-10-02", "2023-11-01")
    (row,) = of(report, "movement")
    assert (row["certainty"], row["first"], row["last"]) == ("possible", "2023-10-05", "2023-12-13")
    assert sums(of(report, "balance")[0]) == ((0, 0), (0, 1346))


def test_what_counts_leave_unexplained_is_a_number(db: Database) -> None:
    report = told(
        db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97\n2023-11-01 n count 1106", "2023-10-02", "2023-11-30"
    )
    (row,) = of(report, "balance")
    assert (row["start_best"], row["end_best"]) == (1400, 1106)
    assert (row["expected_best"], row["residual_low"], row["residual_high"]) == (1303, -197, -197)
    assert residual_text(row) == "197 left unexplained"
    assert counted(row) == "counted 1,400 on 2023-10-01, then 1,106 on 2023-11-01; expected 1,303"


def test_without_a_count_in_the_period_there_is_nothing_to_compare(db: Database) -> None:
    report = told(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97", "2023-10-02", "2023-11-30")
    (row,) = of(report, "balance")
    assert (row["counted_on"], row["residual_low"], residual_text(row)) == (None, None, "")
    assert row["end_best"] == 1303


def test_a_surge_that_lapsed_leaves_nothing_unexplained(db: Database) -> None:
    story = (
        "2022-01-01 n count 500\n2022-03-01/2022-05-31 n count 2000\n2022-05-31 n decrease 1500\n2022-07-01 n count 480"
    )
    (row,) = of(told(db, story, "2022-04-01", "2022-07-31"), "balance")
    assert (row["start_best"], row["counted_before_best"], row["expected_best"]) == (2000, 500, 500)
    assert (row["residual_low"], row["residual_high"]) == (-20, -20)
    assert sums(row) == ((0, 0), (1500, 1500)), "it left, and what it left from is over"


def test_a_move_inside_a_whole_is_neither_in_nor_out_of_it(db: Database) -> None:
    story = (
        "place ner in sahel\nplace tcd in sahel\nline sahel: fra personnel in sahel\nline ner: fra personnel in ner\n"
        "line tcd: fra personnel in tcd\n2023-10-01 sahel count 2400\n2023-10-19 move 400 ner -> tcd"
    )
    report = told(db, story, "2023-10-10", "2023-10-31")
    assert [row["deployment"] for row in of(report, "balance")] == ["ner", "tcd"]
    places = {row["location"]: sums(row) for row in of(report, "place")}
    assert places == {"sahel": ((0, 0), (0, 0)), "ner": ((0, 0), (400, 400)), "tcd": ((400, 400), (0, 0))}


def test_some_and_shares_are_of_what_was_there(db: Database) -> None:
    story = "2023-10-01 n count 150\n2023-10-10 n decrease some\n2023-10-01 m count 12\n2023-10-11 m decrease half"
    some, half = of(told(db, story, "2023-10-02", "2023-10-31"), "movement")
    assert (some["low"], some["high"], quantity(some)) == (1, 150, "1..150 (some)")
    assert (half["low"], half["best"], half["high"]) == (6, 6, 6)


def test_beyond_so_many_days_open_sizes_stay_open(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movement_flows, "MOST_DAYS", 1)
    story = "2023-10-01 n count 150\n2023-10-10 n decrease some\n2023-10-12 n decrease some"
    report = told(db, story, "2023-10-02", "2023-10-31")
    assert [row["high"] for row in of(report, "movement")] == [150, None]
    assert any("left open" in line for line in report.notes)


def test_what_is_not_admissible_is_told_and_not_counted(db: Database) -> None:
    report = told(db, "2023-10-01 n count 150\n2023-10-10 n decrease 50 (E5)", "2023-10-02", "2023-10-31")
    (row,) = of(report, "movement")
    assert row["flags"] == ["doubted"]
    assert of(report, "balance") == []


def test_more_leaving_than_there_were_is_said(db: Database) -> None:
    story = "2023-09-05 n count 4\n2023-11-01 n decrease 6\n2023-12-22 n count none"
    (row,) = of(told(db, story, "2023-10-01", "2023-12-31"), "balance")
    assert row["flags"] == ["overdrawn"]
    assert residual_text(row) == "nothing unexplained; more is said to have left than there was"


def test_plans_move_nothing(db: Database) -> None:
    report = told(
        db, "2023-10-01 n count 4\n2023-10-10 n decrease 2 (planned, said 2023-09-02)", "2023-10-02", "2023-10-31"
    )
    assert report.rows == []
    assert report.empty_because == "nothing is known to have moved from 2023-10-02 to 2023-10-31"


def test_an_empty_answer_says_when_nothing_is_recorded(db: Database) -> None:
    assert "nothing is recorded yet" in (again(db, "2023-10-01", "2023-10-31").empty_because or "")


def test_a_period_that_ends_before_it_begins_is_refused(db: Database) -> None:
    with pytest.raises(UsageMistake, match="before it begins"):
        again(db, "2023-10-01", "2023-09-01")


def test_a_filter_that_names_nothing_is_refused(db: Database) -> None:
    with pytest.raises(UnknownCode, match="fra-nir"):
        again(db, "2023-10-01", "2023-10-31", deployment="fra-nir")


def test_a_row_has_the_keys_that_were_promised_and_statements_run(db: Database) -> None:
    story = f"{PLACES}2023-10-01 ouallam count 400\n2023-10-19 move some ouallam -> tcd\n2023-10-20 ouallam count 9"
    report = told(db, story, "2023-10-10", "2023-10-31", location="ner")
    assert {row["kind"] for row in report.rows} == {"movement", "balance", "place"}
    for row in report.rows:
        assert tuple(row) == (*COLUMNS, "claims")
    for statement in report.sql:
        db.tuples(statement)
