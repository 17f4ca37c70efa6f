"""The timeline: one line of time, in which a vague date is shown as vague, and what decided nothing is told too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import UnknownCode, UsageMistake
from posture.ledger import catalogue, claims
from posture.ledger.entry import Writing
from posture.reports.as_of import Question
from posture.reports.timeline import COLUMNS, effect_text, ends_text, plan_became, timeline
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.reports.report import Report
    from posture.store.connection import Database

STORY = """
# A line, a part, a plan and its outcome, a correction and a withdrawal
place niamey in ner
line fra-ner: fra personnel in ner
line fra-niamey: fra personnel in niamey
line fra-tcd: fra personnel in tcd
2023-09-05 fra-ner count 1400 (from afp)
[2023-09-10..2023-12-31] fra-ner decrease most (planned, said 2023-09-10)
2023-09 fra-ner decrease 10 (from rfi)
2023-09-05 fra-ner count 1300 (C3, from paper)
2023-10-01 fra-niamey count 1000
2023-10-10 fra-niamey decrease 97
2023-10-11 fra-ner decrease 50
correct #7: quantity 60
2024-01-12 fra-ner decrease 900 (fulfils #2)
2023-12-01 deployment fra-ner announcement (denied)
2023-10-02 fra-tcd count 1000
2024-02-01 deployment fra-ner status withdrawn
as of 2024-02-02: fra-ner 0 ...
"""
BY_ME = Writing(force=True)


@pytest.fixture
def story(db: Database) -> Driven:
    """The story, logged."""
    return Driven(db, read_example(STORY).ledger)


def told(driven: Driven, line: str | None = None, day: str = "2024-03-01", **more: Any) -> Report:
    asked = {name: more.pop(name) for name in ("since", "until", "retracted") if name in more}
    return timeline(driven.db, Question(as_of=date.fromisoformat(day), **more), line, **asked)


def by_name(driven: Driven, report: Report) -> dict[str, dict[str, Any]]:
    """Return the rows by how the story names the claims."""
    return {str(driven.refs[row["claim"]]): row for row in report.rows if row["claim"]}


def test_what_was_so_stands_on_its_day_and_a_plan_on_the_day_it_was_said(story: Driven) -> None:
    found = told(story, "fra-ner/personnel")
    assert [row["on"] for row in found.rows] == sorted(row["on"] for row in found.rows)
    days = {name: row["on"] for name, row in by_name(story, found).items()}
    assert days["#2"] == "2023-09-10" and days["#3"] == "2023-09-01" and days["#1"] == "2023-09-05"


def test_a_vague_date_is_shown_as_vague(story: Driven) -> None:
    assert by_name(story, told(story, "fra-ner"))["#3"]["when"] == "2023-09 (some day)"


def test_each_claim_says_what_it_did_to_the_figure(story: Driven) -> None:
    rows = by_name(story, told(story, "fra-ner/personnel"))
    assert effect_text(rows["#1"]) == "now 1,390..1,400"
    assert effect_text(rows["#6"]) == "fra-ner/personnel now 1,293..1,303"
    assert effect_text(rows["#8"]) == "now 1,233..1,243"
    assert effect_text(rows["#12"]) == "fra-ner/personnel now 0"


def test_a_withdrawal_some_day_of_a_month_is_felt_at_its_end(db: Database) -> None:
    story = Driven(
        db,
        read_example("2023-09-01 n count 40\n2023-11 deployment n status withdrawn\nas of 2023-12-02: n 0").ledger,
    )
    (row,) = [row for row in told(story).rows if row["status"]]
    assert row["on"] == "2023-11-01"
    assert effect_text(row) == "n/personnel now 0 (as of 2023-11-30)"


def test_what_decided_nothing_is_told_with_the_reason(story: Driven) -> None:
    row = by_name(story, told(story, "fra-ner/personnel"))["#4"]
    base = by_name(story, told(story, "fra-ner/personnel"))["#1"]["claim"]
    assert effect_text(row) == f"another origin, and it cannot be squared with c{base}; 1,390..1,400 stands"


def test_a_part_is_in_the_story_only_where_it_moved_the_line(story: Driven) -> None:
    names = set(by_name(story, told(story, "fra-ner/personnel")))
    assert "#6" in names and "#5" not in names and "#11" not in names
    assert {"#5", "#6"} <= set(by_name(story, told(story, location="ner")))
    assert "#12" in by_name(story, told(story, "fra-niamey/personnel")), "the whole was withdrawn, and so it was"


def test_a_plan_says_what_became_of_it_and_how_late(story: Driven) -> None:
    rows = by_name(story, told(story, "fra-ner/personnel"))
    assert plan_became(rows["#2"]) == f"due 2023-12-31; fulfilled by c{rows['#9']['claim']}, 12 days late"
    assert ends_text(rows["#9"]) == f"fulfils the plan c{rows['#2']['claim']}"
    before = by_name(story, told(story, "fra-ner/personnel", "2024-01-10"))
    assert plan_became(before["#2"]) == "due 2023-12-31; overdue by 10 days"
    assert plan_became(by_name(story, told(story, "fra-ner/personnel", "2023-10-01"))["#2"]) == "due 2023-12-31; open"


def test_what_was_retracted_is_left_out_unless_asked_for(story: Driven) -> None:
    assert "#7" not in by_name(story, told(story, "fra-ner"))
    rows = by_name(story, told(story, "fra-ner", retracted=True))
    assert rows["#7"]["did"] == f"retracted by #{story.seqs[8]}; now c{rows['#8']['claim']}"
    assert (rows["#7"]["low"], rows["#7"]["high"]) == (None, None)
    assert "#7" in by_name(story, told(story, "fra-ner", known_seq=story.seqs[7]))


def test_a_period_limits_the_days_and_changes_no_figure(story: Driven) -> None:
    every = by_name(story, told(story, "fra-ner/personnel"))
    some = by_name(story, told(story, "fra-ner/personnel", since=date(2023, 10, 1), until=date(2024, 1, 31)))
    assert set(some) == {"#6", "#8", "#9", "#10"}
    assert some == {name: every[name] for name in some}


def test_a_period_that_ends_before_it_begins_is_refused(story: Driven) -> None:
    with pytest.raises(UsageMistake, match=r"the period ends \(2023-09-01\) before it begins \(2023-10-01\)"):
        told(story, since=date(2023, 10, 1), until=date(2023, 9, 1))


def test_a_row_has_the_keys_that_are_promised(story: Driven) -> None:
    for row in told(story, retracted=True).rows:
        assert set(row) == {*COLUMNS, "claims"}


def test_an_empty_answer_says_why(story: Driven) -> None:
    assert told(story, "fra-ner/personnel", "2001-01-01").empty_because == (
        "nothing happened at fra-ner/personnel or was said of it until 2001-01-01"
    )
    assert "nothing was known by #1" in (told(story, known_seq=1).empty_because or "")
    with pytest.raises(UnknownCode, match="fra-nir"):
        told(story, "fra-nir")


def test_every_statement_behind_it_runs_as_it_stands(story: Driven) -> None:
    for statement in told(story, "fra-ner/personnel").sql:
        story.db.tuples(statement)


@pytest.fixture
def event(story: Driven) -> Callable[..., int]:
    """Add an event, and return the entry that recorded it."""

    def add(code: str, on: str, **more: Any) -> int:
        fields = {"code": code, "kind": "coup", "title": code.replace("-", " "), "on": on, "source": "afp", **more}
        written = catalogue.add(story.db, "event", fields, BY_ME)
        assert written.seq is not None
        return written.seq

    return add


def events(report: Report) -> list[str]:
    """Return the events of a timeline."""
    return [row["event"] for row in report.rows if row["event"]]


def test_events_around_the_place_and_of_the_actor_are_in_the_story(story: Driven, event: Callable[..., int]) -> None:
    event("coup", "2023-07-26", location="ner")
    event("handover", "2023-12-22", location="niamey")
    event("elsewhere", "2023-12-22", location="tcd", actors=[("fra", "agent")])
    event("order", "2023-09-24", actors=[("fra", "agent")])
    event("nobody", "2023-09-24")
    assert events(told(story, "fra-ner")) == ["coup", "order", "handover"]
    assert events(told(story, "fra-niamey")) == ["coup", "order", "handover"]
    assert events(told(story, "fra-tcd")) == ["order", "elsewhere"]
    assert events(told(story, "fra-ner", since=date(2023, 9, 1), until=date(2023, 10, 1))) == ["order"]
    row = next(row for row in told(story, "fra-ner").rows if row["event"] == "order")
    assert row["actors"] == ["fra: agent"] and row["source"] == "afp"


def test_an_event_is_not_told_before_it_was_recorded_or_after_it_was_retracted(
    story: Driven, event: Callable[..., int]
) -> None:
    seq = event("coup", "2023-07-26", location="ner")
    assert events(told(story, "fra-ner", known_seq=seq - 1)) == []
    gone = claims.retract(story.db, event="coup", writing=BY_ME).seq
    assert events(told(story, "fra-ner")) == []
    assert events(told(story, "fra-ner", known_seq=seq)) == ["coup"]
    (row,) = [row for row in told(story, "fra-ner", retracted=True).rows if row["event"]]
    assert row["did"] == f"retracted by #{gone}"
