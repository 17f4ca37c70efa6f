"""How late, how many and where to: worked by hand, with ranges where what was said leaves it open."""

from __future__ import annotations

from typing import Any

import pytest

from posture.domain.claim import Claim
from posture.domain.outcomes import carried_out, completed, difference, fulfilment, other_sides, slippage
from posture.domain.plans import Link, Plan, plans_as_of

DAY = "2023-12-31"


def claim(number: int, kind: str = "decrease", on: str | None = "2023-10-01", **more: Any) -> Claim:
    """Return a claim of a hundred, all of an origin of its own."""
    fields = {"low": 100, "best": 100, "high": 100, "form": "number", "by": on, "stated_on": "2023-09-01"} | more
    made = Claim(number, number, 1, 1, 7, kind, str(on or fields["by"]), start=on, origin=number, **fields)
    return made._replace(on=made.start or made.by or "")


def planned(number: int = 1, by: str | None = "2023-10-31", **more: Any) -> Claim:
    return claim(number, **({"modality": "planned", "by": by, "on": "2023-09-01"} | more))


def turned_out(plan: Claim, *outcomes: tuple[str, Claim], day: str = DAY) -> Plan:
    links = [Link(one.id, plan.id, relation) for relation, one in outcomes]
    return plans_as_of([plan, *(one for _, one in outcomes)], links, day)[plan.id]


@pytest.mark.parametrize(
    ("done", "days"),
    [
        (claim(2, on="2023-11-09"), (9, 9)),
        (claim(2, on="2023-10-31"), (0, 0)),
        (claim(2, on="2023-10-22"), (-9, -9)),
        (claim(2, on="2023-10-28", by="2023-11-05"), (-3, 5)),
        (claim(2, on=None, by="2023-11-05"), (None, 5)),
        (claim(2, on="2023-10-01", until="2023-11-04"), (4, 4)),
        (claim(2, "status", on="2023-11-04", by="2023-11-04", until="2023-12-30"), (4, 4)),
    ],
)
def test_a_fulfilled_plan_is_as_late_as_what_fulfilled_it(done: Claim, days: tuple[int | None, int | None]) -> None:
    found = slippage(turned_out(planned(), ("fulfils", done)), DAY)
    assert found is not None and found.claim is not None
    assert (found.low, found.high, found.claim.id) == (*days, 2)


def test_of_several_that_fulfil_it_the_first_to_be_complete_counts() -> None:
    plan = turned_out(planned(), ("fulfils", claim(2, on="2023-11-20")), ("fulfils", claim(3, on="2023-11-05")))
    found = slippage(plan, DAY)
    assert found is not None and found.low == 5


def test_a_plan_fulfilled_in_parts_is_done_with_the_part_that_makes_it_enough() -> None:
    parts = [
        ("partly_fulfils", claim(number, on=on, low=many, best=many, high=many))
        for number, on, many in ((2, "2023-10-20", 60), (3, "2023-11-10", 40), (4, "2023-11-20", 5))
    ]
    plan = turned_out(planned(), *parts)
    done, late = fulfilment(plan), slippage(plan, DAY)
    assert (plan.state, done and done.id, late and late[:2]) == ("fulfilled", 3, (10, 10))
    assert carried_out(plan) == (105, 105)
    assert difference(plan) == (5, 5)


def test_a_superseded_plan_moved_to_the_last_day_of_the_plan_in_its_place() -> None:
    later = planned(2, by="2023-12-31", stated_on="2023-10-01")
    assert slippage(turned_out(planned(), ("supersedes", later)), DAY) == (61, 61, later)
    whenever = planned(2, by=None, stated_on="2023-10-01")
    assert slippage(turned_out(planned(), ("supersedes", whenever)), DAY) is None
    happened = claim(2, on="2023-10-11")
    assert slippage(turned_out(planned(), ("supersedes", happened)), DAY) == (-20, -20, happened)


def test_a_plan_past_its_date_is_so_many_days_late_at_least() -> None:
    assert slippage(turned_out(planned(), day="2023-11-10"), "2023-11-10") == (10, None, None)
    partly = turned_out(planned(), ("partly_fulfils", claim(2, low=1, best=1, high=1)), day="2023-11-10")
    assert (partly.state, slippage(partly, "2023-11-10")) == ("partly_fulfilled", (10, None, None))


def test_nothing_is_late_that_is_not_due_was_cancelled_or_never_had_a_date() -> None:
    assert slippage(turned_out(planned(), day="2023-10-31"), "2023-10-31") is None
    assert slippage(turned_out(planned(), ("cancels", claim(2))), DAY) is None
    assert slippage(turned_out(planned(by=None), ("fulfils", claim(2))), DAY) is None


def test_ranges_stay_ranges_in_the_difference() -> None:
    plan = planned(low=380, best=400, high=420)
    done = claim(2, low=380, best=None, high=390)
    assert difference(turned_out(plan, ("fulfils", done))) == (-40, 10)
    assert difference(turned_out(planned(low=400, best=400, high=400), ("fulfils", claim(2, low=385, high=385)))) == (
        -15,
        -15,
    )
    open_ended = claim(2, low=50, best=None, high=None)
    assert difference(turned_out(planned(), ("fulfils", open_ended))) == (-50, None)


def test_a_part_without_a_number_leaves_open_how_many_more() -> None:
    rest = claim(3, low=None, best=None, high=None, form="share", share_low=1.0, share_high=1.0)
    plan = turned_out(planned(), ("partly_fulfils", claim(2, low=60, best=60, high=60)), ("fulfils", rest))
    assert carried_out(plan) == (60, None)
    assert difference(plan) == (-40, None)
    assert carried_out(turned_out(planned(), ("fulfils", rest))) is None


def test_what_may_be_one_happening_is_not_counted_twice_for_sure() -> None:
    plan = turned_out(
        planned(), ("partly_fulfils", claim(2, low=60, high=60)), ("partly_fulfils", claim(3, low=70, high=70))
    )
    assert carried_out(plan) == (70, 130)


def test_a_target_is_compared_with_the_count_that_reached_it() -> None:
    target = planned(kind="count", low=1000, best=1000, high=1000)
    plan = turned_out(target, ("fulfils", claim(2, "count", low=950, best=None, high=1010)))
    assert (carried_out(plan), difference(plan)) == ((950, 1010), (-50, 10))


def test_a_share_or_words_that_were_planned_are_compared_with_no_number() -> None:
    most = planned(low=None, best=None, high=None, form="share", share_low=0.5, share_high=1.0, share_open=True)
    plan = turned_out(most, ("fulfils", claim(2)))
    assert (carried_out(plan), difference(plan)) == ((100, 100), None)
    status = planned(kind="status", low=None, best=None, high=None, form=None)
    assert carried_out(turned_out(status, ("fulfils", claim(2)))) is None


def test_the_other_sides_are_those_of_what_was_carried_out() -> None:
    plan = turned_out(planned(other=3), ("fulfils", claim(2, other=4)), ("partly_fulfils", claim(3, other=4)))
    assert other_sides(plan) == [4]
    assert other_sides(turned_out(planned(other=3), ("cancels", claim(2, other=4)))) == []


def test_a_movement_is_complete_on_its_last_day_and_a_state_when_it_began() -> None:
    assert completed(claim(2, on="2023-10-05", until="2023-12-13")) == ("2023-12-13", "2023-12-13")
    assert completed(claim(2, "count", on="2023-10-05", until="2023-12-13")) == ("2023-10-05", "2023-10-05")
