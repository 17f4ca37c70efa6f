"""What has become of plans, and what would be if they came true."""

from __future__ import annotations

from posture.domain.fold import Value
from posture.domain.plans import plans_as_of
from tests.domain.small_ledger import SmallLedger

DRONES = "fra-ner/drone"
ALL = "fra-ner/personnel"
BASE = "fra-niamey/personnel"


def state(ledger: SmallLedger, plan: int, day: str, value: Value | None = None) -> str:
    """Return the state of a plan."""
    line = ledger.claims[plan - 1].line or 0
    return str(plans_as_of(ledger.claims, ledger.links, day, {line: value} if value else None)[plan].state)


def test_a_plan_exists_from_the_day_it_was_stated() -> None:
    ledger = SmallLedger()
    plan = ledger.decrease(DRONES, "2", "2023-12-31", stated_on="2023-09-06", modality="planned")
    assert plan not in plans_as_of(ledger.claims, (), "2023-09-05")
    assert state(ledger, plan, "2023-09-06") == "open"
    assert state(ledger, plan, "2024-01-02") == "overdue"
    assert plans_as_of(ledger.claims, (), "2024-01-02")[plan].overdue_days == 2


def test_a_plan_without_a_last_day_is_never_overdue() -> None:
    ledger = SmallLedger()
    plan = ledger.decrease(DRONES, "2", "[2023-10-01..]", stated_on="2023-09-06", modality="planned")
    assert state(ledger, plan, "2026-01-01") == "open"


def test_a_plan_is_fulfilled_in_two_steps() -> None:
    ledger = SmallLedger()
    plan = ledger.decrease(ALL, "1400", "2023-12-31", stated_on="2023-09-24", modality="planned")
    ledger.link(ledger.decrease(ALL, "1000", "2023-11-01"), "partly_fulfils", plan)
    ledger.link(ledger.decrease(ALL, "400", "2023-12-01"), "partly_fulfils", plan)
    assert state(ledger, plan, "2023-11-15") == "partly_fulfilled"
    assert state(ledger, plan, "2023-12-01") == "fulfilled"


def test_a_part_told_twice_is_one_part() -> None:
    ledger = SmallLedger()
    plan = ledger.decrease(ALL, "1400", "2023-12-31", stated_on="2023-09-24", modality="planned")
    first = ledger.decrease(ALL, "1000", "2023-11-01")
    ledger.link(first, "partly_fulfils", plan)
    ledger.link(ledger.decrease(ALL, "1000", "2023-11-01", same_as=first), "partly_fulfils", plan)
    assert state(ledger, plan, "2023-11-15") == "partly_fulfilled"


def test_the_parts_of_a_share_are_measured_by_what_was_there_before_them() -> None:
    ledger = SmallLedger()
    plan = ledger.decrease(DRONES, "most", "2023-12-31", stated_on="2023-09-06", modality="planned")
    ledger.link(ledger.decrease(DRONES, "2", "2023-10-01"), "partly_fulfils", plan)
    assert state(ledger, plan, "2023-10-02", Value(2, 2, 2)) == "partly_fulfilled"
    ledger.link(ledger.decrease(DRONES, "1", "2023-10-05"), "partly_fulfils", plan)
    assert state(ledger, plan, "2023-10-06", Value(1, 1, 1)) == "fulfilled"


def test_a_departure_does_not_reach_a_planned_count_of_none() -> None:
    ledger = SmallLedger()
    plan = ledger.count(ALL, "none", "2023-12-31", stated_on="2023-09-24", modality="planned")
    ledger.link(ledger.decrease(ALL, "400", "2023-11-01"), "partly_fulfils", plan)
    assert state(ledger, plan, "2023-11-15") == "partly_fulfilled"
    ledger.link(ledger.count(ALL, "none", "2023-12-22"), "partly_fulfils", plan)
    assert state(ledger, plan, "2023-12-22") == "fulfilled"


def test_an_outcome_that_has_not_happened_yet_changes_nothing() -> None:
    ledger = SmallLedger()
    plan = ledger.decrease(DRONES, "2", "2023-12-31", stated_on="2023-09-06", modality="planned")
    ledger.link(ledger.decrease(DRONES, "2", "2023-12-22"), "fulfils", plan)
    assert state(ledger, plan, "2023-12-21") == "open"
    assert state(ledger, plan, "2023-12-22") == "fulfilled"


def test_a_projection_applies_what_is_planned_and_nothing_less() -> None:
    ledger = SmallLedger()
    ledger.count(ALL, "1000", "2023-09-01")
    for modality in ("possible", "demanded", "negotiating"):
        ledger.decrease(ALL, "300", "2023-12-31", stated_on="2023-09-06", modality=modality)
    assert ledger.projected(ALL, "2023-09-07") == "1000"
    ledger.decrease(ALL, "100", "2023-12-31", stated_on="2023-09-06", modality="planned")
    assert ledger.projected(ALL, "2023-09-07") == "900"


def test_one_plan_told_by_three_papers_is_projected_once() -> None:
    ledger = SmallLedger()
    ledger.count(DRONES, "12", "2023-09-01")
    for _ in range(3):
        ledger.decrease(DRONES, "half", "2023-12", stated_on="2023-09-06", modality="planned", origin=7)
    assert ledger.projected(DRONES, "2023-09-07") == "6"


def test_a_planned_withdrawal_empties_the_parts_too() -> None:
    ledger = SmallLedger()
    ledger.count(ALL, "1400", "2023-09-01")
    ledger.count(BASE, "1000", "2023-09-01")
    ledger.status("fra-ner", "withdrawn", "2023-12-31", stated_on="2023-09-24", modality="planned")
    assert ledger.projected(ALL, "2023-09-25") == ledger.projected(BASE, "2023-09-25") == "0"


def test_a_plan_of_a_part_is_felt_by_the_whole() -> None:
    ledger = SmallLedger()
    ledger.count(ALL, "1400", "2023-09-01")
    ledger.count(BASE, "1000", "2023-09-01")
    ledger.decrease(BASE, "600", "2023-12-31", stated_on="2023-09-24", modality="planned")
    assert ledger.projected(BASE, "2023-09-25") == "400"
    assert ledger.projected(ALL, "2023-09-25") == "800"
