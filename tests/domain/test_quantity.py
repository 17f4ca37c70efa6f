"""Quantities as people write them: low, best, high, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posture.domain.quantity import FINEST_SHARE, Quantity, read_quantity, share_of
from posture.errors import UnreadableQuantity


def bounds(text: str) -> str:
    """Return `low..best..high` of what `text` writes, `?` where a bound is open."""
    quantity = read_quantity(text)
    assert quantity.text == text.strip()
    assert quantity.form == "number"
    return "..".join("?" if bound is None else str(bound) for bound in (quantity.low, quantity.best, quantity.high))


def share(text: str) -> tuple[Fraction | None, Fraction | None, bool]:
    """Return the share that `text` writes as exact fractions."""
    quantity = read_quantity(text)
    assert quantity.form == "share"
    assert quantity.low is quantity.best is quantity.high is None
    low, high = (
        None if bound is None else Fraction(bound).limit_denominator(FINEST_SHARE)
        for bound in (quantity.share_low, quantity.share_high)
    )
    return low, high, quantity.share_low_open


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1500", 1500),
        ("1,500", 1500),
        ("1 500", 1500),
        ("1\u202f500", 1500),
        ("1'500", 1500),
        ("1.500.000", 1_500_000),
        ("12,345,678", 12_345_678),
        ("1.5 thousand", 1500),
        ("2k", 2000),
        ("97", 97),
        ("007", 7),
        ("one", 1),
        ("twelve", 12),
        ("twenty-five", 25),
        ("fifteen hundred", 1500),
        ("two hundred and fifty", 250),
        ("two thousand five hundred", 2500),
        ("a hundred", 100),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half a dozen", 6),
        ("exactly 4", 4),
        ("٤", 4),
        ("1000000000", 1_000_000_000),
    ],
)
def test_a_number_is_that_number(typed: str, number: int) -> None:
    assert bounds(typed) == f"{number}..{number}..{number}"


@pytest.mark.parametrize("typed", ["none", "no", "zero", "nil", "0", "None"])
def test_none_is_zero_and_not_unknown(typed: str) -> None:
    assert bounds(typed) == "0..0..0"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("~1500", "1350..1500..1650"),
        ("about 1500", "1350..1500..1650"),
        ("approximately 1,500", "1350..1500..1650"),
        ("around 1500", "1350..1500..1650"),
        ("roughly 1500", "1350..1500..1650"),
        ("c. 1500", "1350..1500..1650"),
        ("ca. 1500", "1350..1500..1650"),
        ("nearly 1500", "1350..1500..1650"),
        ("some 1500", "1350..1500..1650"),
        ("1500 or so", "1350..1500..1650"),
        ("~100000", "90000..100000..110000"),
        ("about 7", "6..7..8"),
        ("about 10", "9..10..11"),
        ("about 1", "0..1..2"),
        ("about a dozen", "10..12..14"),
        ("about 40-50", "36..?..55"),
    ],
)
def test_about_is_ten_percent_each_way_rounded_outward(typed: str, read: str) -> None:
    assert bounds(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1400..1500", "1400..?..1500"),
        ("1400-1500", "1400..?..1500"),
        ("1400\u20131500", "1400..?..1500"),
        ("1 400 \u2013 1 500", "1400..?..1500"),
        ("1,400 to 1,500", "1400..?..1500"),
        ("between 40 and 50", "40..?..50"),
        ("between one hundred and ten and two hundred", "110..?..200"),
        ("from 40 to 50", "40..?..50"),
        ("four or five", "4..?..5"),
        ("twenty-five-thirty", "25..?..30"),
        ("500-1,500", "500..?..1500"),
        ("0..5", "0..?..5"),
        ("4..4", "4..4..4"),
    ],
)
def test_a_range_has_two_bounds_and_no_best(typed: str, read: str) -> None:
    assert bounds(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (">1000", "1001..?..?"),
        ("more than 1,000", "1001..?..?"),
        ("over a hundred", "101..?..?"),
        ("> 0", "1..?..?"),
        ("1000+", "1000..?..?"),
        ("at least 150", "150..?..?"),
        (">=150", "150..?..?"),
        ("≥150", "150..?..?"),
        ("no fewer than 150", "150..?..?"),
        ("150 or more", "150..?..?"),
        ("<50", "?..?..49"),
        ("fewer than 50", "?..?..49"),
        ("under fifty", "?..?..49"),
        ("<=50", "?..?..50"),
        ("up to 200", "?..?..200"),
        ("no more than 200", "?..?..200"),
        ("200 or fewer", "?..?..200"),
        ("some", "1..?..?"),
        ("several", "3..?..?"),
        ("dozens", "24..?..?"),
        ("hundreds", "200..?..?"),
        ("thousands", "2000..?..?"),
        ("tens of thousands", "20000..?..?"),
        ("several hundred", "300..?..?"),
    ],
)
def test_an_open_bound_is_never_a_made_up_number(typed: str, read: str) -> None:
    assert bounds(typed) == read


HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("most", (HALF, 1, True)),
        ("a majority", (HALF, 1, True)),
        ("more than half", (HALF, 1, True)),
        (">50%", (HALF, 1, True)),
        ("at least half", (HALF, 1, False)),
        ("half", (HALF, HALF, False)),
        ("half of them", (HALF, HALF, False)),
        ("all", (1, 1, False)),
        ("100%", (1, 1, False)),
        ("30%", (Fraction(3, 10), Fraction(3, 10), False)),
        ("30 per cent", (Fraction(3, 10), Fraction(3, 10), False)),
        ("33,3 %", (Fraction(333, 1000), Fraction(333, 1000), False)),
        ("a third", (Fraction(1, 3), Fraction(1, 3), False)),
        ("two-thirds", (Fraction(2, 3), Fraction(2, 3), False)),
        ("three quarters", (Fraction(3, 4), Fraction(3, 4), False)),
        ("about 80%", (Fraction(72, 100), Fraction(88, 100), False)),
        ("about 95%", (Fraction(855, 1000), 1, False)),
        ("about a third", (Fraction(3, 10), Fraction(11, 30), False)),
        ("30-40%", (Fraction(3, 10), Fraction(4, 10), False)),
        ("a third to a half", (Fraction(1, 3), HALF, False)),
        ("<30%", (None, Fraction(3, 10), False)),
    ],
)
def test_a_share_is_exact(typed: str, read: tuple[Fraction | None, Fraction | None, bool]) -> None:
    assert share(typed) == read


def test_unknown_withheld_and_zero_are_three_things() -> None:
    assert read_quantity("unknown") == Quantity("unknown", "unknown")
    assert read_quantity("withheld") == Quantity("withheld", "withheld")
    assert read_quantity("undisclosed").form == "withheld"
    assert read_quantity("?").form == "unknown"
    assert read_quantity("none").form == "number"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "it is empty"),
        ("1.500", "it may be 1500 or a decimal"),
        ("1,5", "no whole number"),
        ("1.25 hundred thousand", ""),
        ("1.555", "1555 or a decimal"),
        ("-5", "nothing is fewer than none"),
        ("<1", "write none"),
        ("<0", "write none"),
        ("~0", "write none"),
        ("0%", "write none"),
        ("120%", "at most 100 %"),
        ("more than all", "write all"),
        ("nearly all", "no declared size"),
        ("a few", "no declared size"),
        ("a handful", "no declared size"),
        ("many", "no declared size"),
        ("3 of 4", "two figures"),
        ("three out of the four", "two figures"),
        ("50..40", "ends below where it begins"),
        ("40-50,000", "it may begin at 40 or at 40000"),
        ("2 to 3 thousand", "it may begin at 2 or at 2000"),
        ("3-4 dozen", "it may begin at 3 or at 36"),
        ("1000000001", "more than 1,000,000,000"),
        ("9" * 100, "more than 1,000,000,000"),
        ("9" * 5000, "too long"),
        ("between " * 5000, "too long"),
        ("2 billion", "more than 1,000,000,000"),
        ("1500 troops", 'without "troops"'),
        ("not reported", "no claim"),
        ("10³", ""),
        ("1e3", ""),
        ("0x10", ""),
        ("about about 5", ""),
        ("> >5", ""),
        ("1..2..3", ""),
        ("half past", ""),
        ("five two", ""),
        ("exactly several", ""),
        ("15\u202e00", ""),
    ],
)
def test_what_has_no_one_meaning_is_refused_and_says_why(typed: str, why: str) -> None:
    with pytest.raises(UnreadableQuantity) as refused:
        read_quantity(typed)
    line = str(refused.value)
    assert why in line
    assert line.endswith(
        'write for instance 1500, ~1500, 1400..1500, ">1000", "<50", none, several, most, 30%, unknown or withheld'
    )
    assert len(line) < 350
    assert line.isprintable()


WORDS_TYPED = (
    "about ~ > < >= 1 5 12 1,500 1.500 half most all none % 30% - .. to between and or more than up to at least dozen "
    "hundred thousand several some + a the of them k twenty two third thirds no 0"
)
WORDS = st.sampled_from(WORDS_TYPED.split())


@example("½")
@example("%")
@example("a")
@example("1" + " 000" * 50)
@given(
    st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=7).map(" ".join), st.lists(WORDS, max_size=5).map("".join))
)
def test_any_text_is_read_soundly_or_refused(text: str) -> None:
    try:
        quantity = read_quantity(text)
    except UnreadableQuantity:
        return
    known = [bound for bound in (quantity.low, quantity.best, quantity.high) if bound is not None]
    assert known == sorted(known)
    assert all(bound >= 0 for bound in known)
    shares = [bound for bound in (quantity.share_low, quantity.share_high) if bound is not None]
    assert shares == sorted(shares)
    assert all(0 < bound <= 1 for bound in shares)
    assert bool(known) == (quantity.form == "number")
    assert bool(shares) == (quantity.form == "share")
    assert quantity.best is None or None not in (quantity.low, quantity.high)
    assert quantity.described()


@given(st.integers(0, 1_000_000_000))
def test_every_way_of_grouping_gives_the_same_number(number: int) -> None:
    for typed in (f"{number}", f"{number:,}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "\u00a0")):
        assert read_quantity(typed).best == number


@given(st.integers(1, 1_000_000_000))
def test_about_is_never_narrower_than_ten_percent_and_by_less_than_one_wider(number: int) -> None:
    quantity = read_quantity(f"~{number}")
    assert quantity.low is not None
    assert quantity.high is not None
    assert 0 <= Fraction(9 * number, 10) - quantity.low < 1
    assert 0 <= quantity.high - Fraction(11 * number, 10) < 1


# Shares of what was there


@pytest.mark.parametrize(
    ("typed", "n", "read"),
    [
        ("most", 4, (3, 4)),
        ("most", 5, (3, 5)),
        ("most", 1, (1, 1)),
        ("half", 12, (6, 6)),
        ("half", 7, (3, 4)),
        ("half", 1, (0, 1)),
        ("all", 7, (7, 7)),
        ("30%", 10, (3, 3)),
        ("30%", 1500, (450, 450)),
        ("30%", 11, (3, 4)),
        ("about 80%", 10, (7, 9)),
        ("a third", 3, (1, 1)),
        ("two thirds", 300_000, (200_000, 200_000)),
        ("<30%", 10, (0, 3)),
        (">50%", 7, (4, 7)),
        ("33.3%", 1000, (333, 333)),
        ("most", 0, (0, 0)),
        ("half", 0, (0, 0)),
    ],
)
def test_a_share_of_things_is_whole_things(typed: str, n: int, read: tuple[int, int]) -> None:
    quantity = read_quantity(typed)
    assert share_of(quantity.share_low, quantity.share_high, quantity.share_low_open, n) == read


@given(st.integers(1, 100_000), st.integers(0, 2_000_000))
def test_a_share_is_applied_exactly(thousandths_of_percent: int, n: int) -> None:
    percent = f"{thousandths_of_percent // 1000}.{thousandths_of_percent % 1000:03}%"
    quantity = read_quantity(percent)
    exact = Fraction(thousandths_of_percent, 100_000) * n
    low, high = share_of(quantity.share_low, quantity.share_high, quantity.share_low_open, n)
    assert 0 <= low <= exact <= high <= n
    assert exact - low < 1
    assert high - exact < 1


@given(
    st.sampled_from(["most", ">30%", "at least 30%", "a third", "about 80%", "<30%", "30-40%"]), st.integers(1, 10**9)
)
def test_the_fewest_are_never_more_than_the_most(typed: str, n: int) -> None:
    quantity = read_quantity(typed)
    low, high = share_of(quantity.share_low, quantity.share_high, quantity.share_low_open, n)
    assert 0 <= low <= high <= n


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1500", "1500"),
        ("none", "none"),
        ("~1500", "1350..1650, best 1500"),
        ("1400-1500", "1400..1500"),
        (">1000", "1001 or more"),
        ("<50", "49 or fewer"),
        ("most", "more than 50 % of what there was"),
        ("about 80%", "72 %..88 % of what there was"),
        ("at least half", "at least 50 % of what there was"),
        ("<30%", "at most 30 % of what there was"),
        ("withheld", "withheld"),
    ],
)
def test_a_quantity_says_how_it_was_read(typed: str, said: str) -> None:
    assert read_quantity(typed).described() == said
