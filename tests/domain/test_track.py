"""Which count is the base, and which flows lie after it (rules 1 and 2)."""

from __future__ import annotations

import pytest

from posture.domain.track import bases_of, placed
from tests.domain.small_ledger import SmallLedger

N = "fra-ner/personnel"


def bases(*counts: tuple[str, str, str]) -> list[str]:
    """Return the words of the bases that counts have given: quantity, day and grade."""
    ledger = SmallLedger()
    for quantity, on, grade in counts:
        ledger.count(N, quantity, on, grade=grade)
    return [count.text or "" for count in bases_of(ledger.claims)]


def test_the_later_admissible_count_is_the_base() -> None:
    assert bases(("10", "2023-09-01", "B2"), ("12", "2023-09-05", "C3")) == ["10", "12"]


def test_of_one_day_the_better_grade_is_the_base() -> None:
    assert bases(("10", "2023-09-01", "B2"), ("12", "2023-09-01", "C3")) == ["10"]


def test_a_count_with_both_bounds_is_the_base_before_a_later_one_with_one() -> None:
    assert bases(("10", "2023-09-01", "B2"), (">8", "2023-09-05", "B2")) == ["10"]
    assert bases((">8", "2023-09-01", "B2"), ("10", "2023-09-05", "B2")) == [">8", "10"]


def test_an_admissible_half_open_count_is_the_base_before_what_is_not_admissible() -> None:
    assert bases((">8", "2023-09-01", "B2"), ("10", "2023-09-05", "E5")) == [">8"]
    assert bases(("10", "2023-09-01", "E5"), ("12", "2023-09-05", "D4")) == ["10", "12"]


@pytest.mark.parametrize(
    ("base", "flow", "after"),
    [
        ("2023-09-05", "2023-09-06", True),
        ("2023-09-05", "2023-09-05", None),
        ("2023-09-05", "2023-09-04", False),
        ("2023-09", "2023-09-15", None),
        ("2023-09", "2023-10-01", True),
        ("2023-09-05", "2023-09-01/2023-09-10", None),
        ("2023-09-05", "before 2023-09-10", None),
        ("before 2023-09-05", "2023-08-01", None),
        ("050600ZSEP23", "051800ZSEP23", True),
        ("051800ZSEP23", "050600ZSEP23", False),
    ],
)
def test_a_flow_lies_after_the_base_before_it_or_possibly_after(base: str, flow: str, after: bool | None) -> None:
    ledger = SmallLedger()
    ledger.count(N, "10", base)
    ledger.decrease(N, "2", flow)
    assert placed(ledger.claims[1], ledger.claims[0], {}) is after


def test_after_settles_a_day_through_a_chain_too() -> None:
    ledger = SmallLedger()
    count = ledger.count(N, "10", "2023-09-05")
    first = ledger.decrease(N, "2", "2023-09-05", after=count, seq=9)
    ledger.decrease(N, "3", "2023-09-05", after=first, seq=9)
    known = {claim.id: claim for claim in ledger.claims}
    assert placed(ledger.claims[2], ledger.claims[0], known) is True
    assert ledger.ask(N, "2023-09-05") == "5"


def test_a_count_after_the_flow_of_its_day_has_it_in() -> None:
    ledger = SmallLedger()
    ledger.line(N)
    gone = ledger.decrease(N, "2", "2023-09-05")
    ledger.count(N, "10", "2023-09-05", after=gone)
    assert ledger.ask(N, "2023-09-05") == "10"
