"""One happening counts once: who speaks, who is silent, and what could be one."""

from __future__ import annotations

from typing import Any

from posture.domain.claim import Claim
from posture.domain.happening import Flow, speakers


def decrease(number: int, low: int, origin: int, *, days: tuple[str, str] = ("10", "10"), **more: Any) -> Flow:
    """Return a decrease in October, of an origin."""
    start, until = (f"2023-10-{day}" for day in days)
    claim = Claim(
        number,
        number,
        1,
        1,
        1,
        "decrease",
        start,
        low,
        low,
        low,
        "number",
        start=start,
        by=start,
        until=until,
        origin=origin,
    )
    return Flow(claim._replace(**more))


def heard(*flows: Flow) -> list[int]:
    """Return the claims that speak."""
    return sorted(flow.claim.id for flow in speakers(flows).flows)


def test_of_one_origins_reports_the_larger_speaks() -> None:
    assert heard(decrease(1, 97, 7), decrease(2, 1346, 7, days=("05", "20"))) == [2]


def test_reports_of_one_origin_on_different_days_are_two_happenings() -> None:
    assert heard(decrease(1, 97, 7), decrease(2, 97, 7, days=("11", "11"))) == [1, 2]


def test_claims_of_one_entry_are_never_one() -> None:
    assert heard(decrease(1, 50, 7, seq=9), decrease(2, 47, 7, seq=9)) == [1, 2]
    assert heard(decrease(1, 50, 7, seq=9), decrease(2, 47, 7, seq=12, statement=9)) == [1, 2], (
        "nor a correction of one"
    )


def test_flows_with_different_other_sides_are_never_one() -> None:
    assert heard(decrease(1, 50, 7, other=3), decrease(2, 47, 7, other=4)) == [1, 2]
    assert heard(decrease(1, 50, 7, other=3), decrease(2, 47, 7)) == [1]


def test_joined_claims_are_one_and_the_first_in_the_order_speaks() -> None:
    assert heard(decrease(1, 97, 7), decrease(2, 100, 8, same_as=1)) == [2]
    assert heard(decrease(1, 97, 7, same_as=99), decrease(2, 100, 8, same_as=99)) == [2], "through one that is gone"


def test_joined_claims_are_one_before_they_are_sifted() -> None:
    flows = [decrease(1, 97, 7, days=("05", "20")), decrease(2, 100, 8, same_as=1)]
    assert speakers(flows, sifted=lambda flow: None if flow.claim.id == 2 else flow).flows == []


def test_the_outermost_line_speaks() -> None:
    part, whole = decrease(1, 200, 7)._replace(depth=1), decrease(2, 97, 7, line=2)
    assert [flow.claim.id for flow in speakers([part, whole], lambda *_: True).flows] == [2]


def test_flows_of_different_origins_on_one_day_could_be_one() -> None:
    spoken = speakers([decrease(1, 97, 7), decrease(2, 100, 8), decrease(3, 5, 9, days=("20", "20"))])
    assert spoken.pairs == {(1, 2)}
    assert set(spoken.cluster) == {1, 2}


def test_a_plan_and_what_happened_are_never_one() -> None:
    assert heard(decrease(1, 97, 7, modality="planned"), decrease(2, 100, 7)) == [1, 2]
