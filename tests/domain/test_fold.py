"""One line's figure moved through time: flows, shares, half-open counts, caps and parts' counts."""

from __future__ import annotations

import pytest

from posture.domain.claim import Claim
from posture.domain.fold import (
    CAP,
    HALF_OPEN,
    INFLOW,
    OUTFLOW,
    PART_COUNTED,
    Folded,
    Step,
    Value,
    certain_of,
    fold,
    raised,
)
from posture.domain.quantity import read_quantity


def claim(number: int, kind: str, quantity: str) -> Claim:
    """Return a claim of a day with a quantity."""
    said = read_quantity(quantity)
    return Claim(
        number, number, 1, 1, 1, kind, "2023-10-05", said.low, said.best, said.high, said.form, quantity,
        said.share_low, said.share_high, said.share_low_open,
    )  # fmt: skip


def moved(start: Value, quantity: str, kind: int = OUTFLOW, *, sure: bool = True) -> Folded:
    """Return the fold of one flow."""
    word = "increase" if kind == INFLOW else "decrease"
    return fold(start, [Step("2023-10-05", kind, claim(1, word, quantity), sure)], base_on="2023-10-01")


@pytest.mark.parametrize(
    ("start", "quantity", "end"),
    [
        (Value(10, 10, 10), "3", Value(7, 7, 7)),
        (Value(900, 1000, 1100), "~100", Value(790, 900, 1010)),
        (Value(10, 10, 10), "some", Value(0, None, 9)),
        (Value(0, None, None), "3", Value(0, None, None)),
        (Value(4, None, None), "all", Value(0, None, 0)),
        (Value(9, 10, 11), "half", Value(4, 5, 6)),
        (Value(4, 4, 4), "most", Value(0, None, 1)),
        (Value(10, 10, 10), "30%", Value(7, 7, 7)),
        (Value(2, 2, 2), "none", Value(2, 2, 2)),
    ],
)
def test_what_left_is_taken_from_what_was_there(start: Value, quantity: str, end: Value) -> None:
    assert moved(start, quantity).value == end


@pytest.mark.parametrize(
    ("start", "quantity", "end"),
    [
        (Value(10, 10, 10), "3", Value(13, 13, 13)),
        (Value(10, 10, 10), "some", Value(11, None, None)),
        (Value(10, 10, 10), "<5", Value(10, None, 14)),
        (Value(10, 10, 10), "half", Value(15, 15, 15)),
        (Value(0, None, None), "5", Value(5, None, None)),
    ],
)
def test_what_came_is_added(start: Value, quantity: str, end: Value) -> None:
    assert moved(start, quantity, INFLOW).value == end


def test_a_flow_that_is_only_possible_moves_one_bound() -> None:
    gone = moved(Value(10, 10, 10), "3", sure=False)
    assert gone.value == Value(7, None, 10)
    assert set(gone.flags) == {"uncertain"}
    assert moved(Value(10, 10, 10), "3", INFLOW, sure=False).value == Value(10, None, 13)


def test_more_than_was_there_clamps_at_none_and_is_flagged() -> None:
    gone = moved(Value(4, 4, 4), "6")
    assert gone.value == Value(0, 0, 0)
    assert set(gone.flags) == {"overdrawn"}
    assert set(moved(Value(4, 5, 6), "6").flags) == set(), "six may have been there"


def test_a_half_open_count_tightens_what_it_can_be_squared_with() -> None:
    folded = fold(Value(5, 10, 20), [Step("2023-10-05", HALF_OPEN, claim(1, "count", ">10"))], base_on="2023-10-01")
    assert folded.value == Value(11, None, 20)


def test_a_half_open_count_that_cannot_be_squared_stops_the_fold() -> None:
    steps = [Step("2023-10-05", HALF_OPEN, claim(1, "count", ">30"))]
    stopped = fold(Value(5, 10, 20), steps, base_on="2023-10-01")
    assert stopped.conflict is not None
    same_day = fold(Value(5, 10, 20), steps, base_on="2023-10-05")
    assert same_day.conflict is None
    assert set(same_day.flags) == {"contested"}


def test_a_cap_lowers_both_bounds_and_none_is_known_best() -> None:
    cap = Step("2023-10-05", CAP, claim(1, "count", "8"))
    assert fold(Value(5, 10, 20), [cap], base_on="2023-10-01").value == Value(5, None, 8)
    assert fold(Value(9, 9, 9), [cap], base_on="2023-10-01").value == Value(8, None, 8)
    assert fold(Value(5, 5, 5), [cap], base_on="2023-10-01").flags == {}
    none = Step("2023-10-05", CAP, claim(1, "count", "none"))
    assert fold(Value(5, 10, 20), [none], base_on="2023-10-01").value == Value(0, 0, 0)


def test_a_part_counted_anew_lowers_the_low_or_raises_the_high() -> None:
    fell = Step("2023-10-05", PART_COUNTED, claim(1, "count", "4"), down=6, up=0)
    assert fold(Value(14, 14, 14), [fell], base_on="2023-10-01").value == Value(8, None, 14)
    rose = Step("2023-10-05", PART_COUNTED, claim(1, "count", "4"), down=0, up=6)
    assert fold(Value(14, 14, 14), [rose], base_on="2023-10-01").value == Value(14, None, 20)
    same = Step("2023-10-05", PART_COUNTED, claim(1, "count", "4"))
    assert fold(Value(14, 14, 14), [same], base_on="2023-10-01").value == Value(14, 14, 14)


def test_of_flows_that_could_be_one_the_largest_is_certain_and_those_that_cannot_add_up() -> None:
    ten, twelve, twenty = (
        Step("2023-10-05", OUTFLOW, claim(number, "decrease", words))
        for number, words in ((1, "10"), (2, "12"), (3, "20"))
    )
    value = Value(100, 100, 100)
    assert certain_of([ten, twenty], value, frozenset({(1, 3)})) == {3}
    assert certain_of([ten, twelve, twenty], value, frozenset({(1, 3), (2, 3)})) == {1, 2}, "22 is more than 20"


def test_a_figure_is_raised_to_what_a_part_holds() -> None:
    assert raised(Value(3, 5, 9), 4) == Value(4, 5, 9)
    assert raised(Value(3, 5, 9), 7) == Value(7, None, 9)
    assert raised(Value(3, 5, 9), 12) == Value(12, None, 12)
