"""The posture report: what its rows say, that filters change no figure, and that an empty answer says why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import UnknownCode
from posture.reports import as_of
from posture.reports.as_of import Question
from posture.reports.days import Days
from posture.reports.evaluation import evaluate
from posture.reports.posture import COLUMNS, known_at, posture
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

STORY = """
# Whole and parts, a move, a plan, a withdrawal and a machine
place niamey in ner
place ouallam in ner
line fra-ner: fra personnel in ner
line fra-niamey: fra personnel in niamey
line fra-ouallam: fra personnel in ouallam
line fra-tcd: fra personnel in tcd
line fra-ner/drone: fra drone in ner
line fra-niamey/mq-9: fra mq-9 in niamey
2023-09-05 fra-ner count ~1500
2023-09-06 fra-niamey count 1000
2023-10-05/2023-12-13 fra-ner decrease 1346
2023-10-10 fra-ouallam count 400
2023-10-19 move 150 fra-ouallam -> fra-tcd
2023-11-14 fra-niamey count 400
2023-09-05 fra-ner/drone count 4
2023-09-05 fra-niamey/mq-9 count 2
2023-09-20 fra-ner/drone status grounded 3
2023-10-01 fra-ner/drone decrease most (planned, said 2023-09-06)
2023-12-22 deployment fra-ner status withdrawn
as of 2023-12-23: fra-ner 0 ...
"""


def rows(db: Database, day: str, **more: Any) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the rows of a report by deployment and asset."""
    found = posture(db, Question(as_of=date.fromisoformat(day), **more)).rows
    return {(row["deployment"], row["asset"]): row for row in found}


@pytest.fixture
def story(db: Database) -> Database:
    """The story, logged."""
    Driven(db, read_example(STORY).ledger)
    return db


@pytest.mark.parametrize("day", ["2023-09-30", "2023-11-01", "2023-11-20", "2023-12-23"])
@pytest.mark.parametrize(
    "named",
    [{"deployment": "fra-niamey"}, {"deployment": "fra-ner"}, {"asset_type": "aircraft"}, {"location": "niamey"}],
)
def test_a_filtered_row_equals_the_same_row_of_the_unfiltered_report(
    story: Database, day: str, named: dict[str, str]
) -> None:
    everything, filtered = rows(story, day), rows(story, day, **named)
    assert filtered
    assert filtered == {key: everything[key] for key in filtered}


@pytest.mark.parametrize("day", ["2023-10-20", "2023-12-23"])
@pytest.mark.parametrize("known", [3, 9, None])
def test_reading_all_that_was_known_gives_what_seeking_gives(
    story: Database, monkeypatch: pytest.MonkeyPatch, day: str, known: int | None
) -> None:
    answers = []
    for whole in (True, False):
        monkeypatch.setattr(as_of.Asking, "few_known", lambda _asking, _lines, whole=whole: whole)
        answers.append(rows(story, day, known_seq=known))
    assert answers[0] == answers[1]


def test_a_row_has_the_keys_that_were_promised(story: Database) -> None:
    assert all(tuple(row) == (*COLUMNS, "reports", "claims") for row in rows(story, "2023-12-23").values())


def test_the_phase_of_a_deployment_stands_among_the_statuses_of_its_lines(story: Database) -> None:
    row = rows(story, "2023-12-23")["fra-ner", "drone"]
    assert [status["code"] for status in row["status"]["phase"]] == ["withdrawn"]
    assert [(status["code"], status["low"]) for status in row["status"]["activity"]] == [("grounded", 3)]


def test_a_deployment_without_known_lines_is_shown_by_its_phase(db: Database) -> None:
    Driven(
        db,
        read_example(
            "# x\nline n: fra personnel in ner\n2023-09-05 deployment n status active\nas of 2023-09-06: n 0"
        ).ledger,
    )
    row = rows(db, "2023-09-06")["n", None]
    assert (row["asset_type"], row["low"], row["high"]) == (None, None, None)
    assert row["status"] == {"phase": [{"code": "active", "low": None, "best": None, "high": None}]}
    assert rows(db, "2023-09-06", asset_type="personnel") == {}, "of its personnel nothing is known"


def test_a_phase_of_a_deployment_that_has_lapsed_is_no_longer_in_force(db: Database) -> None:
    text = (
        "# x\nline n: fra personnel in ner\n2023-01-01/2023-02-01 deployment n status withdrawn\nas of 2023-01-15: n 0"
    )
    Driven(db, read_example(text).ledger)
    for day, stands in ((date(2023, 1, 15), True), (date(2023, 6, 15), False)):
        question = Question(as_of=day)
        with db.read():
            found = evaluate(db, question, known_at(db, question))
            same = Days(db, question, known_at(db, question), [day]).at(day)
        assert [bool(phases) for phases in found.phases.values()] == [stands]
        assert found.phases == same.phases


def test_a_projection_says_so_and_leaves_what_was_stated(story: Database) -> None:
    row = rows(story, "2023-09-30", projected=True)["fra-ner", "drone"]
    assert (row["low"], row["high"]) == (0, 1)
    assert (row["stated_low"], row["stated_high"]) == (4, 4)
    assert "projected" in row["flags"]


def test_totals_come_after_the_lines(story: Database) -> None:
    found = posture(story, Question(as_of=date(2023, 11, 20), totals=True)).rows
    totals = [row for row in found if row["deployment"] is None]
    assert found[-len(totals) :] == totals
    assert ("fra", "ner", "personnel") in {(row["actor"], row["location"], row["asset_type"]) for row in totals}


def test_an_empty_answer_says_that_nothing_is_recorded(db: Database) -> None:
    assert "nothing is recorded yet" in (posture(db, Question(as_of=date(2023, 9, 1))).empty_because or "")


def test_an_empty_answer_says_that_nothing_was_known_by_then(story: Database) -> None:
    assert "nothing was known by #1" in (
        posture(story, Question(as_of=date(2023, 9, 9), known_seq=1)).empty_because or ""
    )


def test_an_empty_answer_names_the_filter(story: Database) -> None:
    found = posture(story, Question(as_of=date(2023, 9, 30), deployment="fra-tcd"))
    assert "--deployment fra-tcd" in (found.empty_because or "")


def test_an_empty_answer_names_the_day(story: Database) -> None:
    assert "2001-01-01" in (posture(story, Question(as_of=date(2001, 1, 1))).empty_because or "")


def test_a_filter_that_names_nothing_is_refused(story: Database) -> None:
    with pytest.raises(UnknownCode, match="fra-nir"):
        posture(story, Question(as_of=date(2023, 9, 30), deployment="fra-nir"))


def test_every_statement_behind_a_report_runs_as_it_stands(story: Database) -> None:
    report = posture(story, Question(as_of=date(2023, 12, 23), projected=True))
    assert len(report.sql) > 5
    for statement in report.sql:
        story.tuples(statement)
