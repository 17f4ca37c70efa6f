"""`posture report movements`: its screen, its forms, and what it refuses; on each engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from posture.domain.schemas import validated

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

MOVEMENTS = ("report", "movements")
SPAN = ("--from", "2023-10-01", "--to", "2023-11-30")


@pytest.fixture
def moved(told: Runs) -> Runs:
    """A count, a move, a count that does not fit."""
    said = ("--source", "rfi", "--grade", "B2")
    told("log", "count", "fra-ner/personnel", "1500", "--on", "2023-09-05", *said)
    told("log", "move", "fra-ner/personnel", "fra-tcd/personnel", "100", "--on", "2023-10-10", *said)
    told("log", "count", "fra-ner/personnel", "1200", "--on", "2023-11-10", *said)
    return told


def test_the_screen_tells_the_move_and_what_is_unexplained(moved: Runs) -> None:
    shown = " ".join(moved(*MOVEMENTS, *SPAN).out.split())
    assert "2023-10-10 fra-ner -> fra-tcd personnel: 100" in shown
    assert "expected 1,400 so 200 left unexplained" in shown
    assert "tcd personnel 100 0" in shown


def test_the_rows_are_as_the_schema_says(moved: Runs) -> None:
    whole = json.loads(moved(*MOVEMENTS, *SPAN, "-f", "json").out)
    rows = validated("movements-report", whole).rows
    assert [row.kind for row in rows] == ["movement", "balance", "balance", "place", "place"]
    assert whole["since"]["as_of"] == "2023-10-01"


def test_sources_stand_beside_the_figures(moved: Runs) -> None:
    shown = moved(*MOVEMENTS, *SPAN, "--cite").out
    assert "personnel: 100[1]" in shown
    assert "[1] RFI, 2023-09-05" in shown
    assert moved(*MOVEMENTS, *SPAN, "--cite", "-f", "csv").out.splitlines()[1].endswith(",rfi")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--from 2023-10-01"),
        (("--from", "2023-10-01", "--to", "2023-09-01"), 2, "before it begins"),
        (("--from", "2023-10"), 2, "not one day"),
        ((*SPAN, "--as-of", "2023-10-01"), 2, "--to and --as-of name the same end"),
        ((*SPAN, "--location", "nir"), 3, 'did you mean "ner"'),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line(
    moved: Runs, words: tuple[str, ...], code: int, said: str
) -> None:
    wrong = moved(*MOVEMENTS, *words, code=code)
    assert said in wrong.err
    assert wrong.err.count("\n") == 1
    assert wrong.out == ""
