"""`posture report series`: its periods in words, its forms, and what it refuses; on each engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from posture.domain.schemas import validated

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

SERIES = ("report", "series")
SPAN = ("--from", "2023-09-01", "--to", "2023-11-10")


@pytest.fixture
def counted(told: Runs) -> Runs:
    """Two counts."""
    told("log", "count", "fra-ner/personnel", "1500", "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")
    told("log", "count", "fra-ner/personnel", "1300..1400", "--on", "2023-10-10", "--source", "afp", "--grade", "B2")
    return told


def test_a_line_is_drawn_and_then_told_period_by_period(counted: Runs) -> None:
    shown = counted(*SERIES, *SPAN).out
    assert "best    |█▇▇|" in shown
    assert "drawn from 0 to 1,500; a gap is not known" in shown
    assert "2023-10 to 2023-11 (to 2023-11-10)" in " ".join(shown.split())
    assert "each month is read as of the end of its last day" in " ".join(shown.split())


def test_the_rows_are_as_the_schema_says(counted: Runs) -> None:
    whole = json.loads(counted(*SERIES, *SPAN, "--by", "week", "-f", "json").out)
    rows = validated("series-report", whole).rows
    assert [row.period for row in rows][:2] == ["2023-W35", "2023-W36"]
    assert whole["since"]["as_of"] == "2023-09-03"
    assert [row.low for row in rows][:2] == [None, 1500]


def test_long_rows_in_csv_hold_one_period_each(counted: Runs) -> None:
    lines = counted(*SERIES, *SPAN, "-f", "csv").out.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("fra-ner,fra,ner,personnel,personnel,2023-09,2023-09-01,2023-09-30,2023-09-30,false,")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "fortnight"), "use one of day, week, month, quarter, year"),
        (("--by", "mnth"), 'did you mean "month"'),
        (("--from", "2023-10-01", "--to", "2023-09-01"), "before it begins"),
        (("--from", "2010-01-01", "--by", "day"), "more than 400"),
        (("--to", "2023-10-01", "--as-of", "2023-10-01"), "--to and --as-of name the same end"),
        (("--as-then-known", "--known-at", "#3"), "leave --known-at out"),
        (("--from", "2023-13"), "2023-13"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line(counted: Runs, words: tuple[str, ...], said: str) -> None:
    wrong = counted(*SERIES, *words, code=2)
    assert said in wrong.err
    assert wrong.err.count("\n") == 1
    assert wrong.out == ""


def test_a_note_is_said_once_on_the_screen_and_beside_forms_that_cannot_hold_it(told_on_sqlite: Runs) -> None:
    asked = ("report", "series", "--location", "ner", "--from", "2023-09-01", "--to", "2023-12-31")
    note = "each month is read as of the end of its last day"
    table = told_on_sqlite(*asked)
    assert (table.out.count(note), table.err) == (1, "")
    for form, within, beside in (("json", 1, 0), ("md", 1, 0), ("csv", 0, 1), ("jsonl", 0, 1)):
        other = told_on_sqlite(*asked, "-f", form)
        assert (other.out.count(note), other.err.count(note)) == (within, beside), form
