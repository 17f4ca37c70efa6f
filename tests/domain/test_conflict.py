"""Which two claims cannot both be true, and how far they are apart, in ledgers of a few claims."""

from __future__ import annotations

from posture.domain.conflict import Conflict, ConflictKind, apart, conflicts_of, order_of
from posture.domain.fold import Value
from tests.domain.small_ledger import SmallLedger

N, PART = "fra-ner/personnel", "fra-niamey/personnel"
Told = tuple[str, int, tuple[int, ...], int | None]


def found(ledger: SmallLedger, as_of: str, address: str = N) -> list[Conflict]:
    readings, line = ledger.readings(as_of), ledger.line(address).id
    return conflicts_of(line, ledger.agreed(as_of)[line], readings, ledger.nesting())


def told(ledger: SmallLedger, as_of: str, address: str = N) -> list[Told]:
    """Return kind, the claim that stands, those against it, and the gap."""
    return [
        (str(one.kind), one.claim.id, tuple(claim.id for claim in one.against), one.gap)
        for one in found(ledger, as_of, address)
    ]


def test_figures_are_apart_by_what_lies_between_them() -> None:
    assert apart(Value(900, 1000, 1100), Value(1350, 1500, 1650)) == 250
    assert apart(Value(1350, 1500, 1650), Value(900, 1000, 1100)) == 250
    assert apart(Value(1001, None, None), Value(0, None, 1001)) == 0
    assert apart(Value(1001, None, None), Value(0, None, 1000)) == 1


def test_two_counts_are_compared_on_one_day() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1000", "2023-10-01")
    ledger.decrease(N, "97", "2023-10-10")
    ledger.count(N, "800", "2023-10-20")
    assert told(ledger, "2023-10-21") == [("count", 3, (1,), 103)]
    assert found(ledger, "2023-10-21")[0].share == 103 / 903


def test_counts_that_agree_are_no_conflict() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1000", "2023-10-01")
    ledger.decrease(N, "97", "2023-10-10")
    ledger.count(N, "903", "2023-10-20")
    assert told(ledger, "2023-10-21") == []


def test_a_half_open_count_that_became_the_base_stands_against_the_one_before() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1500", "2023-09-06", origin=1)
    ledger.count(N, ">2000", "2023-09-08", origin=1)
    assert told(ledger, "2023-09-09") == [("count", 2, (1,), 501)]


def test_a_denial_denies_the_whole_figure_and_words_alone_deny_no_number() -> None:
    ledger = SmallLedger()
    ledger.count(N, "~1000", "2023-09-05")
    ledger.count(N, "some", "2023-09-20", modality="denied")
    ledger.log("fra-ner", "announcement", None, "2023-09-21", modality="denied")
    assert told(ledger, "2023-09-30") == [("denial", 1, (2,), 900), ("denial", 1, (3,), None)]


def test_more_left_than_there_was() -> None:
    ledger = SmallLedger()
    ledger.count(N, "4", "2023-09-05")
    ledger.decrease(N, "6", "2023-12-22")
    assert told(ledger, "2023-12-22") == [("overdrawn", 1, (2,), 2)]


def test_more_left_a_part_than_the_whole_held() -> None:
    ledger = SmallLedger()
    ledger.count(N, "4", "2023-09-05")
    ledger.decrease(PART, "6", "2023-12-22")
    assert told(ledger, "2023-12-22") == []
    assert told(ledger, "2023-12-22", PART) == [("overdrawn", 1, (2,), 2)]


def test_more_left_the_parts_together_than_the_whole_held() -> None:
    ledger = SmallLedger()
    ledger.count(N, "4", "2023-09-05")
    ledger.count(PART, "3", "2023-09-05")
    ledger.count("fra-ner@barkhane/personnel", "3", "2023-09-05")
    ledger.decrease(PART, "3", "2023-12-20")
    ledger.decrease("fra-ner@barkhane/personnel", "3", "2023-12-22")
    assert ("overdrawn", 1, (5,), None) in told(ledger, "2023-12-22")


def test_a_claim_of_poor_grade_is_a_conflict_only_where_it_says_otherwise() -> None:
    ledger = SmallLedger()
    ledger.count(N, "600", "2023-10-20")
    ledger.count(N, "50", "2023-11-01", grade="E5")
    ledger.count(N, "500..700", "2023-11-02", grade="E5")
    ledger.decrease(N, "10", "2023-11-03", grade="E5")
    assert told(ledger, "2023-11-04") == [("doubted", 1, (2,), 550)]


def test_a_state_of_poor_grade_is_a_conflict_without_a_number() -> None:
    ledger = SmallLedger()
    ledger.count(N, "4", "2023-09-01")
    ledger.status(N, "operating", "2023-09-20")
    ledger.status(N, "grounded", "2023-09-25", grade="E5")
    ledger.status(N, "operating", "2023-09-26", grade="E5")
    assert told(ledger, "2023-10-01") == [("doubted", 2, (3,), None)]


def test_a_newer_count_of_the_whole_is_a_conflict_only_where_the_part_cannot_have_that_little() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1400", "2023-10-01")
    ledger.count(PART, "100..400", "2023-10-01")
    ledger.count(N, "157", "2023-12-13", origin=1)
    assert told(ledger, "2023-12-13", PART) == []
    ledger.count(N, "50", "2023-12-14", origin=1)
    assert told(ledger, "2023-12-14", PART) == [("capped", 4, (2,), 50)]


def test_the_largest_gap_comes_first_and_what_a_newer_whole_limits_last() -> None:
    ledger = SmallLedger()
    claim = ledger.claims[ledger.count(N, "1", "2023-10-01") - 1]

    def conflict(kind: ConflictKind, low: int, gap: int | None) -> Conflict:
        return Conflict(1, kind, claim, Value(low, low, low), (claim,), Value(0, 0, 0), gap)

    small, large = conflict(ConflictKind.COUNT, 1000, 100), conflict(ConflictKind.OVERDRAWN, 10, 9)
    words, capped = conflict(ConflictKind.DENIAL, 10, None), conflict(ConflictKind.CAPPED, 10, 10)
    assert order_of([capped, words, small, large]) == [large, small, words, capped]
