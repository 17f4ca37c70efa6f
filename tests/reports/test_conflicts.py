"""The conflicts report: two claims side by side, with origin, grade and the size of the gap."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import UnknownCode
from posture.reports.as_of import Question
from posture.reports.conflicts import COLUMNS, KINDS, conflicts, gap_text, side_figure, side_source, side_text
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.reports.report import Report
    from posture.store.connection import Database

STORY = """
# Two counts, more gone than there were, and parts above their whole
place okinawa in jpn
actor usa-army in usa
line usa-jpn: usa personnel in jpn
line army-jpn: usa-army personnel in jpn
line usa-oki: usa personnel in okinawa
line fra-ner: fra personnel in ner
line fra-ner/drone: fra drone in ner
2023-09-05 fra-ner count ~1000 (from rfi)
paper repeats afp
2023-09-06 fra-ner count ~1500 (from paper)
2023-09-05 fra-ner/drone count 4 (from rfi)
2023-12-22 fra-ner/drone decrease 6 (C3, from afp)
2023-09-01 usa-jpn count 15000
2023-09-01 army-jpn count 20000
2023-09-01 usa-oki count 18000
as of 2023-12-23: fra-ner/drone 0 ...
"""


@pytest.fixture
def story(db: Database) -> Driven:
    """The story, logged."""
    return Driven(db, read_example(STORY).ledger)


def asked(driven: Driven, day: str = "2023-12-23", **more: Any) -> Report:
    return conflicts(driven.db, Question(as_of=date.fromisoformat(day), **more))


def test_the_two_claims_stand_side_by_side(story: Driven) -> None:
    (row,) = asked(story, deployment="fra-ner", asset_type="personnel").rows
    assert (row["kind"], row["gap"], gap_text(row)) == ("count", 250, "250 apart (19%)")
    number, other = row["claim"], row["other_claims"]
    assert [str(story.refs[claim]) for claim in (number, *other)] == ["#3", "#1"]
    assert side_text(row) == f"c{number} count ~1500, 2023-09-06"
    assert side_figure(row) == "1,350..1,650 (best 1,500)"
    assert side_source(row) == "B2 paper (goes back to afp)"
    assert side_text(row, "other_") == f"c{other[0]} count ~1000, 2023-09-05"
    assert side_source(row, "other_") == "B2 rfi"
    assert row["claims"] == [number, *other]


def test_parts_above_their_whole_are_one_row_for_each_way_to_add(story: Driven) -> None:
    rows = asked(story, actor="usa").rows
    assert [(row["kind"], row["gap"], row["other_about"]) for row in rows] == [
        ("parts_above_whole", 5000, "army-jpn/personnel"),
        ("parts_above_whole", 3000, "usa-oki/personnel"),
    ]
    assert side_figure(rows[0]) == "15,000" and side_figure(rows[0], "other_") == "at least 20,000"


def test_the_largest_gap_comes_first(story: Driven) -> None:
    shares = [row["gap_share"] for row in asked(story).rows]
    assert shares == sorted(shares, reverse=True)
    assert [row["kind"] for row in asked(story).rows] == [
        "overdrawn",
        "parts_above_whole",
        "count",
        "parts_above_whole",
    ]


def test_a_filtered_answer_has_the_same_rows(story: Driven) -> None:
    every = asked(story).rows
    for deployment in ("fra-ner", "usa-jpn"):
        assert asked(story, deployment=deployment).rows == [row for row in every if row["deployment"] == deployment]


def test_it_depends_on_both_clocks(story: Driven) -> None:
    assert [row["kind"] for row in asked(story, "2023-12-21", actor="fra").rows] == ["count"]
    assert asked(story, actor="fra", known_seq=story.seqs[1]).rows == []


def test_a_row_has_the_keys_that_are_promised(story: Driven) -> None:
    for row in asked(story).rows:
        assert set(row) == {*COLUMNS, "claims"}
        assert row["kind"] in KINDS


def test_an_empty_answer_says_what_was_looked_at(story: Driven) -> None:
    assert asked(story, "2023-09-05", actor="fra").empty_because == (
        "no two claims speak against each other: 2 claims about 2 lines that can matter as of 2023-09-05 were looked at"
    )
    assert "2001-01-01" in (asked(story, "2001-01-01").empty_because or "")
    with pytest.raises(UnknownCode, match="fra-nir"):
        asked(story, deployment="fra-nir")


def test_every_statement_behind_it_runs_as_it_stands(story: Driven) -> None:
    for statement in asked(story).sql:
        story.db.tuples(statement)
