"""Totals never add up what overlaps (rule 10)."""

from __future__ import annotations

from typing import Any

from posture.domain.fold import Value
from posture.domain.totals import Contribution, Node, Trees, nodes, totals

USA, ARMY, NAVY = 1, 2, 3
JAPAN, OKINAWA, HONSHU, PACIFIC = 10, 11, 12, 13
PERSONNEL, AIRCRAFT, JET = 20, 21, 22
TREES = Trees(
    {USA: None, ARMY: USA, NAVY: USA},
    {PACIFIC: None, JAPAN: PACIFIC, OKINAWA: JAPAN, HONSHU: JAPAN},
    {PERSONNEL: None, AIRCRAFT: None, JET: AIRCRAFT},
)
WHOLE = Node(USA, JAPAN, PERSONNEL)


def line(number: int, actor: int, place: int, figure: int, *, on: str = "2023-01-01", **more: Any) -> Contribution:
    """Return a line of personnel with an exact figure."""
    made = Contribution(number, Node(actor, place, PERSONNEL), Value(figure, figure, figure), on)
    return made._replace(**more)


def test_places_are_added_and_services_are_added_and_the_larger_sum_stands() -> None:
    lines = [
        line(1, ARMY, JAPAN, 20), line(2, NAVY, JAPAN, 15), line(3, USA, OKINAWA, 18), line(4, USA, HONSHU, 9),
    ]  # fmt: skip
    assert totals(lines, TREES, WHOLE).value == Value(35, None, None)


def test_a_platform_more_is_a_machine_more() -> None:
    lines = [line(number, USA, OKINAWA, 1, platform=number) for number in (1, 2)]
    assert totals([*lines, line(3, USA, HONSHU, 0, platform=2)], TREES, WHOLE).value.low == 2


def test_operations_at_one_place_may_be_the_same_people() -> None:
    lines = [line(1, USA, JAPAN, 5, operation="a"), line(2, USA, JAPAN, 7, operation="b")]
    assert totals(lines, TREES, WHOLE).value == Value(7, None, None)


def test_older_parts_raise_the_whole_at_most_to_its_high() -> None:
    parts = [line(1, USA, OKINAWA, 1000), line(2, USA, HONSHU, 600)]
    whole = line(3, USA, JAPAN, 0, on="2023-02-01", value=Value(1200, None, 1500))
    found = totals([*parts, whole], TREES, WHOLE)
    assert (found.value, found.conflict) == (Value(1500, None, 1500), False)


def test_parts_as_new_that_exceed_the_whole_are_a_conflict_and_the_whole_stands() -> None:
    found = totals([line(1, USA, OKINAWA, 1000), line(2, USA, HONSHU, 600), line(3, USA, JAPAN, 1500)], TREES, WHOLE)
    assert (found.value, found.conflict, found.own) == (Value(1500, 1500, 1500), True, 3)


def test_a_list_that_says_it_is_complete_gives_the_high() -> None:
    listed = [line(1, USA, OKINAWA, 1000, complete_in=5), line(2, USA, HONSHU, 400, complete_in=5)]
    assert totals(listed, TREES, WHOLE).value == Value(1400, 1400, 1400)
    wider = Node(USA, PACIFIC, PERSONNEL)
    assert totals(listed, TREES, wider).value == Value(1400, None, None), "of the Pacific it says nothing"
    another = line(3, ARMY, JAPAN, 10)
    assert totals([*listed, another], TREES, WHOLE).value.high is None, "the army's may be elsewhere in Japan"


def test_the_nodes_shown_are_those_at_which_lines_meet() -> None:
    lines = [line(1, ARMY, OKINAWA, 1), line(2, NAVY, OKINAWA, 1)]
    assert nodes(lines, TREES) == [Node(USA, OKINAWA, PERSONNEL)]
