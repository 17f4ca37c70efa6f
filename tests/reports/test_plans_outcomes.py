"""The plans report against what was announced: days, numbers and destinations worked by hand, in rows and in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.reports.as_of import Question
from posture.reports.citing import cite
from posture.reports.plan_wording import turned_out
from posture.reports.plans import plans
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

STORY = """
# Plans that came true late, elsewhere, in part, or not at all
place ndjamena in tcd
line fra-ner: fra personnel in ner
line fra-tcd: fra personnel in tcd
line fra-ndjamena: fra personnel in ndjamena
line deu-ner: deu personnel in ner
line fra-ner/jet: fra jet in ner
2023-09-01 fra-ner count 1500
[2023-09-10..2023-10-31] fra-ner decrease 400 (planned, said 2023-09-10, other fra-tcd)
2023-11-09 fra-ner decrease 385 (fulfils #2, other fra-ndjamena)
[2023-09-10..2023-10-15] fra-ner decrease ~100 (planned, said 2023-09-10, other fra-tcd)
[2023-10-10..2023-10-20] fra-ner decrease 90..95 (fulfils #4, other deu-ner)
[2023-09-11..2023-10-31] fra-ner decrease 50 (planned, said 2023-09-11)
[2023-10-01..2023-12-31] fra-ner decrease 60 (planned, said 2023-10-01, supersedes #6)
[2023-09-11..2023-11-30] fra-ner/jet decrease most (planned, said 2023-09-11)
2023-09-12 fra-ner status grounded (planned, said 2023-09-12)
2023-09-20 deployment fra-ner announcement (cancels #9)
"""


@pytest.fixture
def told(db: Database) -> Driven:
    return Driven(db, read_example(STORY).ledger)


def rows(driven: Driven, day: date = date(2023, 12, 15), **more: Any) -> dict[str, dict[str, Any]]:
    """Return the plans as the text names them."""
    return {str(driven.refs[row["plan_id"]]): row for row in plans(driven.db, Question(as_of=day, **more)).rows}


def test_days_numbers_and_places_are_held_against_what_was_announced(told: Driven) -> None:
    row = rows(told)["#2"]
    assert (row["state"], row["due"], row["done_from"], row["done_by"]) == (
        "fulfilled", "2023-10-31", "2023-11-09", "2023-11-09",
    )  # fmt: skip
    assert (row["slip_low"], row["slip_high"], str(told.refs[row["slip_claim"]])) == (9, 9, "#3")
    assert (row["actual_low"], row["actual_high"], row["difference_low"], row["difference_high"]) == (
        385,
        385,
        -15,
        -15,
    )
    assert (row["announced_other"], row["actual_others"], row["other_side"]) == (
        "fra-tcd", ["fra-ndjamena"], "as_announced",
    )  # fmt: skip
    assert turned_out(row) == "9 days late; 385 of 400 (15 fewer); to fra-ndjamena as announced"


def test_open_ranges_stay_open(told: Driven) -> None:
    row = rows(told)["#4"]
    assert (row["slip_low"], row["slip_high"], row["difference_low"], row["difference_high"]) == (-5, 5, -20, 5)
    assert (
        turned_out(row)
        == "5 days early to 5 days late; 90..95 of 90..110 (20 fewer to 5 more); to deu-ner, not fra-tcd"
    )


def test_a_plan_that_was_put_off_says_by_how_much(told: Driven) -> None:
    row = rows(told)["#6"]
    assert (row["state"], row["slip_low"], row["slip_high"]) == ("superseded", 61, 61)
    assert turned_out(row) == "its date moved: 61 days later"
    assert turned_out(rows(told)["#7"]) == ""


def test_what_is_overdue_is_late_by_so_much_at_least(told: Driven) -> None:
    row = rows(told)["#8"]
    assert (row["state"], row["overdue_days"], row["slip_low"], row["slip_high"]) == ("overdue", 15, 15, None)
    assert turned_out(row) == "", "the plan itself says how long ago it was due"


def test_of_what_was_cancelled_nothing_is_late(told: Driven) -> None:
    row = rows(told)["#9"]
    assert (row["state"], row["slip_low"], row["actual_low"], row["other_side"]) == ("cancelled", None, None, None)


def test_what_had_not_happened_yet_is_held_against_nothing(told: Driven) -> None:
    row = rows(told, date(2023, 10, 5))["#2"]
    assert (row["state"], row["slip_low"], row["actual_low"], row["actual_others"]) == ("open", None, None, [])
    assert turned_out(row) == "announced to fra-tcd"


def test_the_sources_of_a_plan_and_of_its_outcome_are_cited(told: Driven) -> None:
    report = cite(told.db, plans(told.db, Question(as_of=date(2023, 12, 15))))
    row = next(row for row in report.rows if str(told.refs[row["plan_id"]]) == "#2")
    assert row["cited"] == ["source-2", "source-3"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 0, "on its last day"),
        (1, 1, "1 day late"),
        (3, 9, "3..9 days late"),
        (-9, -3, "3..9 days early"),
        (12, None, "at least 12 days late"),
        (-4, None, "at most 4 days early"),
        (None, 5, "at most 5 days late"),
        (None, -5, "at least 5 days early"),
        (0, None, "on its last day or late"),
        (None, 0, "on its last day or early"),
        (None, None, ""),
    ],
)
def test_days_in_words(low: int | None, high: int | None, said: str) -> None:
    row = dict.fromkeys(("actual_low", "actual_high", "other_side", "announced_other"))
    assert (
        turned_out(
            {**row, "actual_others": [], "slip_low": low, "slip_high": high, "state": "fulfilled", "kind": "decrease"}
        )
        == said
    )
