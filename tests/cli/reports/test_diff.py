"""`posture report diff`: which two points are meant by its options, its exit codes, and its forms; on each engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from posture.domain.schemas import validated

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

DIFF = ("report", "diff")


@pytest.fixture
def moved(told: Runs) -> Runs:
    """Two counts, of which the later is corrected."""
    told("log", "count", "fra-ner/personnel", "1500", "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")
    told("log", "count", "fra-ner/personnel", "1400", "--on", "2023-10-10", "--source", "afp", "--grade", "B2")
    told("log", "decrease", "fra-ner/personnel", "97", "--on", "2023-10-11", "--source", "afp", "--grade", "B2")
    told("correct", "3", "--quantity", "100", "--reason", "a misprint")
    return told


def test_the_later_point_is_today_and_now_unless_it_is_named(moved: Runs) -> None:
    whole = json.loads(moved(*DIFF, "--from-date", "2023-09-10", "-f", "json").out)
    (row,) = whole["rows"]
    assert (row["before_best"], row["after_best"], row["change_best"]) == (1500, 1300, -200)
    assert whole["since"]["as_of"] == "2023-09-10"
    assert whole["since"]["known_at"] == whole["known_at"], "both as known now"
    (early,) = json.loads(moved(*DIFF, "--from-date", "2023-09-10", "--to-date", "2023-10-10", "-f", "json").out)[
        "rows"
    ]
    assert early["after_best"] == 1400
    same = moved(*DIFF, "--from-date", "2023-09-10", "--as-of", "2023-10-10", "-f", "json").out
    assert json.loads(same)["rows"] == [early]


def test_the_rows_are_as_the_schema_says(moved: Runs) -> None:
    text = moved(*DIFF, "--from-date", "2023-09-01", "-f", "json").out
    assert validated("diff-report", json.loads(text)).rows[0].kinds == ["appeared"]


def test_by_record_time_the_claim_and_its_entry_are_named(moved: Runs) -> None:
    shown = moved(*DIFF, "--as-of", "2023-10-12", "--from-known", "#13").out
    assert "1,303 -> 1,300  (-3)" in shown
    assert "corrected c3 as c4 decrease 97, now decrease 100, 2023-10-11, B2 afp, entry" in " ".join(shown.split())


def test_with_exit_code_differences_are_one_and_none_are_zero(moved: Runs) -> None:
    moved(*DIFF, "--from-date", "2023-09-10", "--exit-code", code=1)
    moved(*DIFF, "--from-date", "2023-09-10")
    moved(*DIFF, "--from-date", "2023-09-10", "--to-date", "2023-09-20", "--exit-code", code=0)
    moved(*DIFF, "--from-date", "2023-09-10", "--to-date", "2023-09-20", "--exit-code", "--all", code=0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--from-date"),
        (("fra-ner", "--from-date", "2023-10-01"), 2, '"fra-ner" alone is the later of two, as in --edition'),
        (("--to-date", "2023-10-01"), 2, "--to-date needs --from-date"),
        (("--to-known", "#3"), 2, "--to-known needs --from-known"),
        (("--from-date", "2023-10-01", "--to-date", "2023-11-01", "--as-of", "2023-11-01"), 2, "name the same end"),
        (
            ("--from-date", "2023-10-01", "--to-date", "2023-09-01"),
            2,
            "ends (2023-09-01) before it begins (2023-10-01)",
        ),
        (("--from-known", "#9", "--to-known", "#4"), 2, "ends (#4) before it begins (#9)"),
        (("--from-known", "9"), 2, "write '#9'"),
        (("--from-known", "#999"), 3, "no entry #999"),
        (("--from-date", "2023-13-01"), 2, "2023-13-01"),
        (("--from-date", "2023-10-01", "--location", "nir"), 3, 'did you mean "ner"'),
        (("--from-date", "2023-10-01", "--basis", "presnt"), 2, "no counting basis"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line(
    moved: Runs, words: tuple[str, ...], code: int, said: str
) -> None:
    wrong = moved(*DIFF, *words, code=code)
    assert said in wrong.err
    assert wrong.err.count("\n") == 1
    assert wrong.out == ""


def test_every_form_holds_the_same_rows(moved: Runs) -> None:
    words = (*DIFF, "--from-date", "2023-09-10", "--cite")
    csv = moved(*words, "-f", "csv").out.splitlines()
    assert csv[0].startswith("deployment,actor,location,asset,")
    assert len(csv) == 2
    assert "-200" in csv[1]
    markdown = moved(*words, "-f", "md").out
    assert markdown.startswith("**Diff from 2023-09-10 to ")
    assert "| fra-ner/personnel | 1,500 | 1,300" in markdown
    assert json.loads(moved(*words, "-f", "jsonl").out)["cited"] == ["afp"]
