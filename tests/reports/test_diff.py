"""What changed between two points of either clock, and by whose word; on both engines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import UnknownCode, UsageMistake
from posture.ledger import catalogue
from posture.reports.as_of import KnownAt, Question
from posture.reports.diff import COLUMNS, cause_text, change_words, diff, remarks, side_text
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database


def drive(db: Database, text: str) -> Driven:
    """Log a story."""
    return Driven(db, read_example(f"# story\n{text}\nas of 2001-01-01: plans none").ledger)


def rows(driven: Driven, since: str, until: str, first: int | None = None, last: int | None = None, **more: Any) -> Any:
    """Return the rows between two days, and two entries of the story's text, by line."""
    every = len(driven.ledger.entries)
    asked = Question(as_of=date.fromisoformat(until), known_seq=driven.seqs[every if last is None else last])
    known = KnownAt(driven.seqs[every if first is None else first], None)
    found = diff(driven.db, asked, since=date.fromisoformat(since), known=known, **more).rows
    return {_name(row): row for row in found}


def _name(row: dict[str, Any]) -> Any:
    """Return the plan's number, the deployment of the line, or `n itself` for a deployment as a whole."""
    if row["plan_id"] is not None:
        return row["plan_id"]
    return row["deployment"] if row["asset"] is not None else f"{row['deployment']} itself"


def why(row: dict[str, Any]) -> list[tuple[str, int | None]]:
    """Return mark and claim of each reason."""
    return [(cause["mark"], cause["claim"]) for cause in row["why"]]


def test_a_departure_between_two_days_is_told_with_its_claim(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97\n2023-10-01 m count 5")
    found = rows(told, "2023-10-05", "2023-10-11")
    assert list(found) == ["n"], "the other line is as it was"
    row = found["n"]
    assert (row["before_low"], row["after_low"]) == (1400, 1303)
    assert (row["change_low"], row["change_best"], row["change_high"]) == (-97, -97, -97)
    assert row["kinds"] == ["figure"]
    assert why(row) == [("dated", 2)]
    assert list(rows(told, "2023-10-05", "2023-10-11", every=True)) == ["m", "n"]


def test_what_was_recorded_in_between_changes_the_same_day(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97 (C3, from afp)")
    row = rows(told, "2023-10-11", "2023-10-11", 1, 2)["n"]
    assert why(row) == [("new", 2)]
    assert row["why"][0] | {"entry": 0} == {
        "mark": "new", "entry": 0, "claim": 2, "replaced_by": None, "source": "afp", "grade": "C3",
        "effective": "2023-10-10", "said": "decrease 97",
    }  # fmt: skip
    assert row["why"][0]["entry"] == told.seqs[2]
    assert change_words(row) == "-97"


def test_a_correction_is_one_reason_with_both_figures(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 150\ncorrect #1: quantity 105")
    row = rows(told, "2023-10-11", "2023-10-11", 1, 2)["n"]
    assert why(row) == [("corrected", 1)]
    assert row["why"][0]["replaced_by"] == 2
    assert row["why"][0]["said"] == "count 150, now count 105"
    assert row["why"][0]["entry"] == told.seqs[2]
    assert (row["before_best"], row["after_best"]) == (150, 105)


def test_a_retraction_and_its_undoing_are_told(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 150\n2023-10-05 n count 120\nretract #2\nundo #3")
    gone = rows(told, "2023-10-11", "2023-10-11", 2, 3)["n"]
    assert why(gone) == [("retracted", 2)]
    assert (gone["before_best"], gone["after_best"]) == (120, 150)
    back = rows(told, "2023-10-11", "2023-10-11", 3, 4)["n"]
    assert ("restored", 3) in why(back)
    assert rows(told, "2023-10-11", "2023-10-11", 2, 4)["n"]["kinds"] == ["evidence"], "the same, recorded again"


def test_a_line_appears_and_vanishes(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 150\nretract #1")
    assert rows(told, "2023-09-01", "2023-10-11", 1, 1)["n"]["kinds"] == ["appeared"]
    row = rows(told, "2023-10-11", "2023-10-11", 1, 2)["n"]
    assert row["kinds"] == ["vanished"]
    assert (side_text(row, "before"), side_text(row, "after")) == ("150", "nothing known")
    assert (row["change_low"], row["change_high"]) == (None, None), "from something to nothing known is no number"
    assert row["claims"] == [1]


def test_an_origin_that_was_declared_in_between_is_a_reason(db: Database) -> None:
    story = "2023-10-01 n count 1400\n2023-10-10 n decrease 97 (from a)\n2023-10-10 n decrease 97 (from b)\nb repeats a"
    told = drive(db, story)
    row = rows(told, "2023-10-11", "2023-10-11", 3, 4)["n"]
    assert (row["before_low"], row["before_high"], row["after_best"]) == (1206, 1303, 1303)
    assert remarks(row) == ["no longer maybe_same"]
    (cause,) = row["why"]
    assert cause_text(cause) == f"origin: b repeats a, entry #{told.seqs[4]}"


def test_a_line_that_changed_by_another_lines_claim_says_which(db: Database) -> None:
    told = drive(
        db,
        "place niamey in ner\nline ner: fra personnel in ner\nline niamey: fra personnel in niamey\n"
        "2023-10-01 ner count 1400\n2023-10-01 niamey count 1000\n2023-11-14 niamey count 400",
    )
    row = rows(told, "2023-11-01", "2023-11-15")["ner"]
    assert [cause["said"] for cause in row["why"]] == ["niamey/personnel count 400"]
    assert change_words(row) == "0..-600"


def test_a_part_that_only_its_whole_limits_fell_by_all_that_it_may_have_lost(db: Database) -> None:
    told = drive(
        db,
        "place niamey in ner\nline ner: fra personnel in ner\nline niamey: fra personnel in niamey\n"
        "2023-11-14 niamey count 400\n2023-12-13 ner count 157",
    )
    row = rows(told, "2023-12-01", "2023-12-15")["niamey"]
    assert (side_text(row, "after"), change_words(row)) == ("at most 157", "-243..-400")


def test_a_period_that_is_over_and_a_departure_that_is_complete_are_told(db: Database) -> None:
    told = drive(
        db,
        "2022-01-01 n count 500\n2022-03-01/2022-05-31 n count 2000\n2022-01-01 m count 50\n2022-03-01/2022-06-02 m decrease 20",
    )
    found = rows(told, "2022-04-01", "2022-06-15")
    assert why(found["n"]) == [("again", 1), ("ended", 2)]
    assert why(found["m"]) == [("completed", 4)]
    assert "no longer uncertain" in remarks(found["m"])


def test_time_alone_makes_a_figure_stale(db: Database) -> None:
    told = drive(db, "2022-01-01 n count 500")
    row = rows(told, "2022-02-01", "2022-12-01")["n"]
    assert (row["kinds"], row["why"]) == (["flags"], [])
    assert change_words(row) == ""


def test_the_phase_is_told_once_for_the_deployment(db: Database) -> None:
    told = drive(
        db, "2023-09-01 n count 5\n2023-10-01 deployment n status active\n2023-12-01 deployment n status drawing_down"
    )
    found = rows(told, "2023-11-01", "2023-11-30") | rows(told, "2023-11-15", "2023-12-02")
    row = found["n itself"]
    assert (side_text(row, "before"), side_text(row, "after")) == ("active", "drawing down")
    assert why(row) == [("dated", 3)]


def test_a_plan_that_changed_its_state_is_told_with_its_outcome(db: Database) -> None:
    told = drive(
        db,
        "2023-09-01 n count 4\n2023-10-10 n decrease 2 (planned, said 2023-09-02)\n"
        "2023-10-01 n decrease 1 (partly fulfils #2)\n2023-10-05 n decrease 1 (fulfils #2)",
    )
    early = rows(told, "2023-09-01", "2023-09-03")[2]
    assert (early["before_state"], early["after_state"], why(early)) == (None, "open", [("stated", 2)])
    done = rows(told, "2023-09-15", "2023-10-06")[2]
    assert (done["before_state"], done["after_state"]) == ("open", "fulfilled")
    assert why(done) == [("outcome", 4), ("outcome", 3)]
    late = rows(told, "2023-10-03", "2023-10-11", 2, 2)[2]
    assert (late["after_state"], why(late)) == ("overdue", [("overdue", None)])


def test_a_corrected_plan_stays_one_plan(db: Database) -> None:
    told = drive(db, "2023-10-10 n decrease 2 (planned, said 2023-09-02)\ncorrect #1: quantity 3")
    assert rows(told, "2023-09-03", "2023-09-03", 1, 2) == {}, "it is open as it was"


def test_both_clocks_may_move(db: Database) -> None:
    told = drive(
        db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97\n2023-10-20 n decrease 3\ncorrect #1: quantity 1500"
    )
    row = rows(told, "2023-10-05", "2023-10-21", 1, 4)["n"]
    assert (row["before_best"], row["after_best"]) == (1400, 1400)
    assert row["kinds"] == ["evidence"]
    assert why(row) == [("corrected", 1), ("new", 2), ("new", 3)]


def test_nothing_between_a_point_and_itself(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 2 (planned, said 2023-09-02)")
    assert rows(told, "2023-10-05", "2023-10-05") == {}
    report = diff(db, Question(as_of=date(2023, 10, 5)), since=date(2023, 10, 5))
    assert report.empty_because == "nothing changed"


def test_an_empty_difference_says_when_nothing_is_known_at_all(db: Database) -> None:
    assert "nothing is recorded yet" in (diff(db, Question(as_of=date(2023, 9, 1))).empty_because or "")


@pytest.mark.parametrize(("since", "first", "said"), [("2023-10-12", 2, "2023-10-11"), ("2023-10-11", 2, "ends \\(#")])
def test_a_period_that_ends_before_it_begins_is_refused(db: Database, since: str, first: int, said: str) -> None:
    told = drive(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97")
    with pytest.raises(UsageMistake, match=said):
        rows(told, since, "2023-10-11", first, 1)


def test_a_filter_that_names_nothing_is_refused(db: Database) -> None:
    with pytest.raises(UnknownCode, match="fra-nir"):
        diff(db, Question(as_of=date(2023, 9, 30), deployment="fra-nir"))


def test_a_catalogue_that_was_changed_in_between_is_noted(db: Database) -> None:
    told = drive(
        db,
        "place niamey in ner\nplace zinder in ner\nline niamey: fra personnel in niamey\n2023-10-01 niamey count 1000",
    )
    known = KnownAt(told.seqs[1], None)
    seq = catalogue.edit(db, "location", "niamey", {"parent": "zinder"}).seq
    report = diff(db, Question(as_of=date(2023, 10, 11)), since=date(2023, 9, 1), known=known)
    assert report.notes == (
        f"location niamey was moved by entry #{seq}, after #{known.seq}: the catalogue is read as it is now",
    )
    assert [(cause["mark"], cause["entry"]) for cause in report.rows[0]["why"]] == [
        ("dated", told.seqs[1]),
        ("catalogue", seq),
    ]


def test_a_row_has_the_keys_that_were_promised(db: Database) -> None:
    told = drive(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 2 (planned, said 2023-10-02)")
    for row in rows(told, "2023-09-01", "2023-10-05").values():
        assert tuple(row) == (*COLUMNS, "claims")


def test_every_statement_behind_a_difference_runs_as_it_stands(db: Database) -> None:
    drive(db, "2023-10-01 n count 1400\n2023-10-10 n decrease 97")
    report = diff(db, Question(as_of=date(2023, 10, 11)), since=date(2023, 10, 5))
    assert len(report.sql) > 10
    for statement in report.sql:
        db.tuples(statement)
