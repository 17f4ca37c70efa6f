"""The Admiralty grade: read, admissible, ordered."""

from __future__ import annotations

import itertools

import pytest

from posture.domain.grade import Grade, read_grade, read_reliability
from posture.errors import UnreadableGrade

ALL = [Grade(reliability, credibility) for reliability, credibility in itertools.product("ABCDEF", "123456")]


@pytest.mark.parametrize("typed", ["B2", "b2", " B2 ", "B-2", "B/2", "B 2"])
def test_a_grade_is_read_in_either_case(typed: str) -> None:
    assert read_grade(typed) == Grade("B", "2")
    assert str(read_grade(typed)) == "B2"


@pytest.mark.parametrize("typed", ["", "B", "2B", "G1", "A0", "A7", "AA", "B22", "B--2", "\u0412\u0032"])
def test_anything_else_is_no_grade(typed: str) -> None:
    with pytest.raises(UnreadableGrade, match="reliability A to F and a credibility 1 to 6"):
        read_grade(typed)


def test_what_cannot_be_judged_is_admissible_and_what_was_found_wanting_is_not() -> None:
    assert read_grade("F6").admissible
    assert read_grade("C3").admissible
    assert not read_grade("A4").admissible
    assert not read_grade("D1").admissible
    assert sum(grade.admissible for grade in ALL) == 16


def test_credibility_decides_before_reliability() -> None:
    in_order = [str(grade) for grade in sorted(ALL, key=lambda grade: grade.rank)]
    assert in_order[:8] == ["A1", "B1", "C1", "F1", "D1", "E1", "A2", "B2"]
    assert in_order[-6:] == ["A5", "B5", "C5", "F5", "D5", "E5"]
    assert [grade.rank for grade in sorted(ALL, key=lambda grade: grade.rank)] == list(range(36))


def test_cannot_be_judged_is_better_than_doubtful() -> None:
    assert read_grade("B6").rank < read_grade("B4").rank < read_grade("B5").rank
    assert read_grade("F2").rank < read_grade("D2").rank < read_grade("E2").rank


def test_a_source_has_a_reliability_alone() -> None:
    assert read_reliability(" b ") == "B"
    with pytest.raises(UnreadableGrade):
        read_reliability("B2")
