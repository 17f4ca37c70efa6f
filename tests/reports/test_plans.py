"""The plans report: several claims that are one plan, whatever part of the world is asked about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from posture.reports.as_of import Question
from posture.reports.plans import plans
from posture.reports.posture import posture
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

TOLD_TWICE = """# One plan, told of two places
line fra-ner: fra personnel in ner
line fra-tcd: fra personnel in tcd
2023-09-01 fra-ner count 100
2023-09-01 fra-tcd count 100
2023-12-01 fra-ner decrease 10 (planned, said 2023-09-05, from afp)
2023-12-02 fra-tcd decrease 20 (planned, said 2023-09-06, from rfi, same as #3)
2023-12-20 fra-tcd decrease 5 (planned, said 2023-09-06, from rfi)
"""
DAY = date(2023, 10, 15)


def told(db: Database, text: str = TOLD_TWICE) -> tuple[Driven, list[tuple[str, str, list[str]]], Any]:
    """Return a ledger and a way to ask for its plans: which claim speaks, the state, and which claims tell it too."""
    driven = Driven(db, read_example(text).ledger)

    def asked(**words: str) -> list[tuple[str, str, list[str]]]:
        rows = plans(db, Question(as_of=DAY, **words)).rows  # type: ignore[arg-type]
        named = driven.refs
        return [
            (str(named[row["plan_id"]]), row["state"], [str(named[one]) for one in row["also_reported_as"]])
            for row in rows
        ]

    return driven, asked(), asked


def test_a_plan_told_of_two_places_stands_where_the_first_in_the_order_says(db: Database) -> None:
    _, found, asked = told(db)
    assert found == [("#4", "open", ["#3"]), ("#5", "open", [])]
    assert asked(deployment="fra-tcd") == found
    assert asked(location="ner") == []
    assert asked(location="tcd", actor="fra") == found


def test_a_filter_does_not_hide_what_became_of_a_plan_elsewhere(db: Database) -> None:
    _, found, asked = told(db, f"{TOLD_TWICE}2023-10-10 fra-ner decrease 10 (fulfils #3)\n")
    assert found[0] == ("#4", "fulfilled", ["#3"])
    assert asked(location="tcd") == found


def test_a_plan_told_of_two_places_is_projected_once(db: Database) -> None:
    told(db)
    for words in ({}, {"location": "tcd"}, {"location": "ner"}):
        rows = posture(db, Question(as_of=DAY, projected=True, **words)).rows  # type: ignore[arg-type]
        figures = {row["deployment"]: row["best"] for row in rows}
        assert figures.get("fra-tcd", 75) == 75
        assert figures.get("fra-ner", 100) == 100


def test_plans_joined_by_a_claim_that_was_corrected_or_withdrawn_stay_one(db: Database) -> None:
    more = "2023-12-03 fra-ner decrease 10 (planned, said 2023-09-07, same as #4)\n"
    _, _, asked = told(db, f"{TOLD_TWICE}{more}correct #4: quantity 30\nretract #7\n")
    assert asked()[:1] == [("#6", "open", ["#3"])]
    assert asked(location="tcd") == [("#5", "open", [])]


def test_origins_of_a_plan_are_those_of_all_who_tell_it(db: Database) -> None:
    told(db)
    rows = {row["quantity_text"]: row["origins"] for row in plans(db, Question(as_of=DAY)).rows}
    assert rows == {"20": 2, "5": 1}


def test_a_plan_of_another_deployment_that_supersedes_one_is_not_shown_with_it(db: Database) -> None:
    more = "2023-12-03 deployment fra-tcd announcement (planned, said 2023-09-08, supersedes #3)\n"
    _, _, asked = told(db, f"{TOLD_TWICE}{more}")
    assert asked(location="ner") == []
