"""What moved in a period and what counts leave unexplained, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from posture.domain.claim import Claim
from posture.domain.fold import Value
from posture.domain.happening import Flow, same_line
from posture.domain.movement import Residual, Span, added, lies_within, moved, residual
from posture.domain.quantity import read_quantity

OCTOBER = Span("2023-10-01", "2023-10-31")


def claim(number: int, kind: str, quantity: str, first: str, last: str | None = None, **more: Any) -> Claim:
    """Return a claim about line 1: of a day, or lasting from one day to another; each of an origin of its own."""
    said = read_quantity(quantity)
    found = Claim(
        number, number, 1, 1, 1, kind, first, said.low, said.best, said.high, said.form, quantity,
        said.share_low, said.share_high, said.share_low_open,
    )  # fmt: skip
    return found._replace(start=first, by=first, until=last, origin=number, source=number)._replace(**more)


def flows(*claims: Claim) -> list[Flow]:
    return [Flow(one) for one in claims]


@pytest.mark.parametrize(
    ("first", "last", "within"),
    [
        ("2023-10-01", None, True),
        ("2023-10-31", None, True),
        ("2023-09-30", None, False),
        ("2023-11-01", None, False),
        ("2023-10-05", "2023-10-31", True),
        ("2023-10-05", "2023-12-13", None),
        ("2023-09-05", "2023-10-01", None),
        ("2023-09-01", "2023-12-01", None),
    ],
)
def test_a_happening_lies_within_a_period_or_only_may(first: str, last: str | None, within: bool | None) -> None:
    assert lies_within(claim(1, "decrease", "5", first, last), OCTOBER) is within


def test_an_open_start_or_end_only_may_lie_within() -> None:
    assert lies_within(claim(1, "decrease", "5", "2023-10-05", start=None), OCTOBER) is None
    assert lies_within(claim(1, "decrease", "5", "2023-10-05", by=None), OCTOBER) is None


def test_what_certainly_moved_is_added_whole_and_the_rest_at_most() -> None:
    found = moved(
        flows(
            claim(1, "decrease", "97", "2023-10-10"),
            claim(2, "decrease", "1346", "2023-10-20", "2023-12-13"),
            claim(3, "increase", "5", "2023-10-03"),
        ),
        OCTOBER,
    )
    assert added(found, "decrease") == Value(97, None, 1443)
    assert added(found, "increase") == Value(5, 5, 5)


def test_two_origins_that_may_tell_one_departure_are_at_least_the_larger() -> None:
    found = moved(flows(claim(1, "decrease", "97", "2023-10-10"), claim(2, "decrease", "100", "2023-10-10")), OCTOBER)
    assert added(found, "decrease") == Value(100, None, 197)


def test_one_origin_tells_one_departure_once() -> None:
    found = moved(
        flows(claim(1, "decrease", "97", "2023-10-10", origin=9), claim(2, "decrease", "97", "2023-10-10", origin=9)),
        OCTOBER,
    )
    assert added(found, "decrease") == Value(97, 97, 97)
    assert [len(others) for others in found.silent.values()] == [1]


def test_some_is_one_or_more_and_a_share_is_of_what_was_there() -> None:
    half = Flow(claim(2, "decrease", "half", "2023-10-20"), held=Value(7, 7, 7))
    found = moved([Flow(claim(1, "increase", "some", "2023-10-10")), half], OCTOBER)
    assert added(found, "increase") == Value(1, None, None)
    assert added(found, "decrease") == Value(3, None, 4)


def test_nothing_moved_is_none() -> None:
    assert added(moved([], OCTOBER), "decrease") == Value(0, 0, 0)


BEFORE, AFTER = claim(1, "count", "1400", "2023-10-01"), claim(9, "count", "1106", "2023-11-01")


def test_a_departure_explains_part_of_what_counts_differ_by() -> None:
    found = residual(BEFORE, AFTER, flows(claim(2, "decrease", "97", "2023-10-10")), same_line)
    assert found == Residual(Value(1303, 1303, 1303), -197, -197)


def test_a_departure_of_open_size_may_explain_all() -> None:
    found = residual(BEFORE, AFTER, flows(claim(2, "decrease", "some", "2023-10-10")), same_line)
    assert found == Residual(Value(0, None, 1399), -293, 1106)


def test_a_departure_on_the_day_of_a_count_may_lie_on_either_side() -> None:
    for day in ("2023-10-01", "2023-11-01"):
        found = residual(BEFORE, AFTER, flows(claim(2, "decrease", "94", day)), same_line)
        assert found == Residual(Value(1306, None, 1400), -294, -200)


def test_what_lies_before_the_one_or_after_the_other_explains_nothing() -> None:
    outside = flows(claim(2, "decrease", "94", "2023-09-10"), claim(3, "decrease", "94", "2023-11-02"))
    assert residual(BEFORE, AFTER, outside, same_line) == Residual(Value(1400, 1400, 1400), -294, -294)


def test_counts_without_a_bound_leave_that_bound_open() -> None:
    half_open = claim(1, "count", ">1000", "2023-10-01")
    assert residual(half_open, AFTER, [], same_line) == Residual(Value(1001, None, None), None, 105)
    at_least = claim(9, "count", "1500+", "2023-11-01")
    assert residual(BEFORE, at_least, [], same_line) == Residual(Value(1400, 1400, 1400), 100, None)


def test_more_than_was_there_leaves_none_to_be_expected_and_says_so() -> None:
    found = residual(BEFORE, AFTER, flows(claim(2, "decrease", "2000", "2023-10-10")), same_line)
    assert found == Residual(Value(0, 0, 0), 1106, 1106, overdrawn=True)
