"""How far a figure changed: an interval that holds whatever was true, worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.domain.change import Change, difference
from posture.domain.fold import Value

NUMBERS = st.integers(0, 50)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (Value(1400, 1400, 1400), Value(1303, 1303, 1303), Change(-97, -97, -97)),
        (Value(1500, 1500, 1500), Value(1303, None, 1400), Change(-197, None, -100)),
        (Value(1350, 1500, 1650), Value(1400, 1400, 1400), Change(-250, -100, 50)),
        (Value(4, 4, 4), Value(0, None, 4), Change(-4, None, 0)),
        (Value(1, None, None), Value(0, 0, 0), Change(None, None, -1)),
        (Value(0, 0, 0), Value(1001, None, None), Change(1001, None, None)),
        (Value(0, None, None), Value(2, None, None), Change(None, None, None)),
        (Value(7, 7, 7), Value(7, 7, 7), Change(0, 0, 0)),
    ],
)
def test_the_change_runs_from_what_was_at_most_to_what_is_at_least(
    before: Value, after: Value, changed: Change
) -> None:
    assert difference(before, after) == changed


def test_what_one_doubt_leaves_open_at_both_ends_does_not_cancel() -> None:
    assert difference(Value(1350, 1500, 1650), Value(1350, 1500, 1650)) == Change(-300, 0, 300)
    assert not difference(Value(1350, 1500, 1650), Value(1350, 1500, 1650)).is_none()
    assert difference(Value(7, 7, 7), Value(7, 7, 7)).is_none()


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_the_change_holds_every_pair_of_figures_within_the_two(
    earlier: tuple[int, int, int], later: tuple[int, int, int]
) -> None:
    (low, was, high), (least, now, most) = sorted(earlier), sorted(later)
    changed = difference(Value(low, was, high), Value(least, now, most))
    assert changed.low is not None
    assert changed.high is not None
    assert changed.low <= now - was <= changed.high
    assert changed.best == now - was
