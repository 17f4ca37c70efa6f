"""A row of figures drawn in a line: heights, gaps, and where blocks cannot be written."""

from __future__ import annotations

import pytest

from posture.cli.sparkline import BLOCKS, PLAIN, marks_for, middle, sparkline


def test_the_least_is_at_the_bottom_and_the_most_at_the_top() -> None:
    assert sparkline([0, 700, 1400], 1400) == "▁▅█"


def test_what_is_not_known_is_a_gap_and_what_is_none_is_not() -> None:
    assert sparkline([None, 0, None], 10) == " ▁ "


def test_the_least_bit_more_than_none_is_drawn_higher_than_none() -> None:
    assert sparkline([0, 1, 1000], 1000) == "▁▂█"


def test_where_all_are_none_all_are_at_the_bottom() -> None:
    assert sparkline([0, 0], 0) == "▁▁"


@pytest.mark.parametrize(
    ("bounds", "figure"),
    [
        ((1350, 1500, 1650), 1500),
        ((3, None, 4), 3),
        ((2, None, None), None),
        ((0, None, 0), 0),
        ((None, None, None), None),
    ],
)
def test_the_best_stands_for_an_interval_else_its_middle(bounds: tuple[int | None, ...], figure: int | None) -> None:
    assert middle(*bounds) == figure


@pytest.mark.parametrize(
    ("encoding", "marks"), [("utf-8", BLOCKS), ("ascii", PLAIN), ("latin-1", PLAIN), (None, PLAIN), ("no-such", PLAIN)]
)
def test_blocks_are_drawn_where_they_can_be_written(encoding: str | None, marks: str) -> None:
    assert marks_for(encoding) == marks
    assert len(BLOCKS) == len(PLAIN)
