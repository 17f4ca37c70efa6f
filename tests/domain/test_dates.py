"""Dates as people write them: from, by, until, and what is refused."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException
from hypothesis import example, given
from hypothesis import strategies as st

from posture.domain.dates import WorldTime, read_date, read_day
from posture.domain.stretch import FIRST_YEAR, LAST_YEAR, MONTHS
from posture.errors import UnreadableDate

TODAY = date(2026, 11, 23)


def days(typed: str) -> str:
    """Return `from by until` of what `typed` writes, `-` where one is open."""
    read = read_date(typed, today=TODAY)
    assert read.text == typed.strip()
    return " ".join("-" if day is None else str(day) for day in (read.start, read.by, read.until))


def edtf(typed: str) -> str:
    return read_date(typed, today=TODAY).edtf


@pytest.mark.parametrize(
    "typed",
    [
        "2023-09-06",
        "6 September 2023",
        "6th of September 2023",
        "the 6th September, 2023",
        "Sep 6, 2023",
        "September 6 2023",
        "6 Sept. 2023",
        "6-Sep-2023",
        "06SEP2023",
        "on 6 september 2023",
        "2023/09/06",
        "2023 September 6",
        "20230906",
        "2023\u201109\u201106",
        " 2023-09-06 ",
    ],
)
def test_a_day_is_that_day(typed: str) -> None:
    assert days(typed) == "2023-09-06 2023-09-06 -"
    assert edtf(typed) == "2023-09-06"


def test_today_is_the_day_it_is_said() -> None:
    assert days("today") == "2026-11-23 2026-11-23 -"
    assert days("yesterday") == "2026-11-22 2026-11-22 -"
    assert edtf("yesterday") == "2026-11-22"


@pytest.mark.parametrize(
    "typed", ["2023-09", "September 2023", "Sep 2023", "sept. 2023", "in September, 2023", "09/2023", "2023-09-XX"]
)
def test_a_month_is_a_month(typed: str) -> None:
    assert days(typed) == "2023-09-01 2023-09-30 -"


@pytest.mark.parametrize(
    ("typed", "first", "last", "standard"),
    [
        ("2023", "2023-01-01", "2023-12-31", "2023"),
        ("2023-XX", "2023-01-01", "2023-12-31", "2023-XX"),
        ("202X", "2020-01-01", "2029-12-31", "202X"),
        ("the 2010s", "2010-01-01", "2019-12-31", "201X"),
        ("2023-Q3", "2023-07-01", "2023-09-30", "2023-35"),
        ("Q1 2024", "2024-01-01", "2024-03-31", "2024-33"),
        ("second quarter of 2023", "2023-04-01", "2023-06-30", "2023-34"),
        ("2023-36", "2023-10-01", "2023-12-31", "2023-36"),
        ("first half of 2023", "2023-01-01", "2023-06-30", "2023-40"),
        ("2023-H2", "2023-07-01", "2023-12-31", "2023-41"),
        ("spring 2022", "2022-03-01", "2022-05-31", "2022-21"),
        ("2022-21", "2022-03-01", "2022-05-31", "2022-21"),
        ("summer of 2022", "2022-06-01", "2022-08-31", "2022-22"),
        ("autumn 2022", "2022-09-01", "2022-11-30", "2022-23"),
        ("fall 2022", "2022-09-01", "2022-11-30", "2022-23"),
        ("winter 2022", "2022-12-01", "2023-02-28", "2022-24"),
        ("winter 2023", "2023-12-01", "2024-02-29", "2023-24"),
        ("winter 2022/23", "2022-12-01", "2023-02-28", "2022-24"),
        ("early 2023-09", "2023-09-01", "2023-09-10", "[2023-09-01..2023-09-10]"),
        ("mid September 2023", "2023-09-11", "2023-09-20", "[2023-09-11..2023-09-20]"),
        ("late 2023-09", "2023-09-21", "2023-09-30", "[2023-09-21..2023-09-30]"),
        ("late February 2024", "2024-02-21", "2024-02-29", "[2024-02-21..2024-02-29]"),
        ("early 2023", "2023-01-01", "2023-03-31", "2023-33"),
        ("mid-2023", "2023-04-01", "2023-09-30", "[2023-04..2023-09]"),
        ("late 2023", "2023-10-01", "2023-12-31", "2023-36"),
    ],
)
def test_a_stretch_is_all_its_days(typed: str, first: str, last: str, standard: str) -> None:
    assert days(typed) == f"{first} {last} -"
    assert edtf(typed) == standard


@pytest.mark.parametrize(
    ("typed", "standard"),
    [
        ("2023-09~", "2023-09~"),
        ("2023-09?", "2023-09?"),
        ("2023-09%", "2023-09%"),
        ("about September 2023", "2023-09~"),
        ("circa 2023-09", "2023-09~"),
        ("c. 2023-09?", "2023-09%"),
    ],
)
def test_about_a_month_is_kept_in_the_standard_text_and_moves_no_bound(typed: str, standard: str) -> None:
    assert days(typed) == "2023-09-01 2023-09-30 -"
    assert edtf(typed) == standard


@pytest.mark.parametrize(
    ("typed", "read", "standard"),
    [
        ("before 2023-07-26", "- 2023-07-26 -", "[..2023-07-26]"),
        ("[..2023-07-26]", "- 2023-07-26 -", "[..2023-07-26]"),
        ("before September 2023", "- 2023-09-01 -", "[..2023-09-01]"),
        ("[..2023-09]", "- 2023-09-30 -", "[..2023-09]"),
        ("by December 2023", "- 2023-12-31 -", "[..2023-12]"),
        ("by the end of 2023", "- 2023-12-31 -", "[..2023]"),
        ("before the end of December 2023", "- 2023-12-31 -", "[..2023-12]"),
        ("by Q3 2023", "- 2023-09-30 -", "[..2023-09-30]"),
        ("after 2023-07-26", "2023-07-26 - -", "[2023-07-26..]"),
        ("after September 2023", "2023-09-30 - -", "[2023-09-30..]"),
        ("[2023-09..]", "2023-09-01 - -", "[2023-09..]"),
        ("not before 2023-09", "2023-09-01 - -", "[2023-09..]"),
    ],
)
def test_before_and_after_leave_the_other_side_open(typed: str, read: str, standard: str) -> None:
    assert days(typed) == read
    assert edtf(typed) == standard


@pytest.mark.parametrize(
    "typed",
    [
        "[2023-07-26..2023-09]",
        "[ 2023-07-26 .. 2023-09 ]",
        "between 26 July 2023 and September 2023",
        "2023-07-26..2023-09",
    ],
)
def test_some_day_between_two_is_no_span(typed: str) -> None:
    assert days(typed) == "2023-07-26 2023-09-30 -"
    assert edtf(typed) == "[2023-07-26..2023-09-30]"


def test_one_of_several_days_lies_from_the_first_to_the_last() -> None:
    assert days("[2023-09-05,2023-09-07]") == "2023-09-05 2023-09-07 -"
    assert days("[Sep 5, 2023, 2023-09]") == "2023-09-01 2023-09-30 -"
    assert days("[2022, 2023]") == "2022-01-01 2023-12-31 -"
    assert days("[2023-09-05, 2023-09-07..]") == "2023-09-05 - -"


@pytest.mark.parametrize(
    ("typed", "read", "standard"),
    [
        ("2023-10-05/2023-12-13", "2023-10-05 2023-10-05 2023-12-13", "2023-10-05/2023-12-13"),
        ("from 5 October 2023 to 13 December 2023", "2023-10-05 2023-10-05 2023-12-13", "2023-10-05/2023-12-13"),
        ("5 October 2023 until 13 December 2023", "2023-10-05 2023-10-05 2023-12-13", "2023-10-05/2023-12-13"),
        ("2023-09/2023-12", "2023-09-01 2023-09-30 2023-12-31", "2023-09/2023-12"),
        ("spring 2022/autumn 2022", "2022-03-01 2022-05-31 2022-11-30", "2022-21/2022-23"),
        ("2023-09~/2023-12?", "2023-09-01 2023-09-30 2023-12-31", "2023-09~/2023-12?"),
        ("2023-09/2023-09-05", "2023-09-01 2023-09-05 2023-09-05", "2023-09/2023-09-05"),
        ("since 2020", "2020-01-01 2020-12-31 -", "2020/.."),
        ("2020/..", "2020-01-01 2020-12-31 -", "2020/.."),
        ("from Sep 6, 2023", "2023-09-06 2023-09-06 -", "2023-09-06/.."),
        ("since late 2023", "2023-10-01 2023-12-31 -", "2023-36/.."),
        ("until 2023-12", "- 2023-12-31 2023-12-31", "../2023-12"),
        ("../2023-12", "- 2023-12-31 2023-12-31", "../2023-12"),
        ("until the end of December 2023", "- 2023-12-31 2023-12-31", "../2023-12"),
    ],
)
def test_a_span_has_a_start_and_an_end(typed: str, read: str, standard: str) -> None:
    assert days(typed) == read
    assert edtf(typed) == standard


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("061820ZSEP23", "2023-09-06T18:20:00Z"),
        ("061820Z SEP 2023", "2023-09-06T18:20:00Z"),
        ("06 1820z Sep 23", "2023-09-06T18:20:00Z"),
        ("062020BSEP23", "2023-09-06T18:20:00Z"),
        ("060030BSEP23", "2023-09-05T22:30:00Z"),
        ("062330RSEP23", "2023-09-07T04:30:00Z"),
        ("011200MJAN24", "2024-01-01T00:00:00Z"),
        ("311300YDEC23", "2024-01-01T01:00:00Z"),
        ("2023-09-06T18:20Z", "2023-09-06T18:20:00Z"),
        ("2023-09-06 18:20:00 UTC", "2023-09-06T18:20:00Z"),
        ("2023-09-06T18:20:00.000000Z", "2023-09-06T18:20:00Z"),
        ("2023-09-06T20:20+02:00", "2023-09-06T18:20:00Z"),
        ("2023-09-06T00:20:30+0200", "2023-09-05T22:20:30Z"),
    ],
)
def test_an_instant_keeps_its_time_and_its_day_is_the_utc_day(typed: str, at: str) -> None:
    read = read_date(typed, today=TODAY)
    assert read.at == datetime.fromisoformat(at)
    assert read.at.tzinfo is UTC
    assert read.edtf == at
    assert days(typed) == f"{at[:10]} {at[:10]} -"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "it is empty"),
        ("2023-02-30", "February 2023 has 28 days"),
        ("30 February 2024", "February 2024 has 29 days"),
        ("2023-02-29", "February 2023 has 28 days"),
        ("2023-09-31", "September 2023 has 30 days"),
        ("2023-09-00", "no such day"),
        ("2023-13", 'there is no month "13"'),
        ("2023-13-01", 'there is no month "13"'),
        ("2023-25", 'there is no month "25"'),
        ("03/04/2023", "it may be 2023-04-03 or 2023-03-04"),
        ("03.04.2023", "it may be 2023-04-03 or 2023-03-04"),
        ("3-4-2023", "it may be 2023-04-03 or 2023-03-04"),
        ("13/13/2023", "no month"),
        ("03/04/23", "write the year in full"),
        ("6 Sep 23", "write the year in full"),
        ("6 September", "which year?"),
        ("September", "which year?"),
        ("between March and May 2023", "which year?"),
        ("spring", "which year?"),
        ("2203-09-06", "outside 1800 to 2199"),
        ("0023-09-06", "outside 1800 to 2199"),
        ("2023-12-13/2023-10-05", "it ends before it begins"),
        ("[2023-12-13..2023-10-05]", "it ends before it begins"),
        ("from December 2023 to October 2023", "it ends before it begins"),
        ("../..", "both ends open"),
        ("[..]", "names no day"),
        ("2023-09/", "write .. where it is open"),
        ("{2023-09-05,2023-09-07}", "several happenings"),
        ("6-10 September 2023", "write A/B"),
        ("2022-2023", "write A/B"),
        ("2023/09", "both years of a span in full"),
        ("end of 2023", "write early, mid or late"),
        ("summer 2022/23", "only a winter"),
        ("winter 2022/25", "only a winter"),
        ("2022/23", "both years of a span in full"),
        ("about late 2023", "leave the sign out"),
        ("since mid 2023", "a span begins and ends with"),
        ("061820SEP23", "zone letter is missing"),
        ("061820JSEP23", "whoever's local time"),
        ("062520ZSEP23", "no such time of day"),
        ("311820ZSEP23", "September 2023 has 30 days"),
        ("2023-09-06T18:20", "the zone is missing"),
        ("2023-09-06T18:60Z", "no such time of day"),
        ("2023-09-06T18:20Z/2023-09-07", "a span begins and ends with"),
        ("before 061820ZSEP23", "a time of day stands alone"),
        ("from " * 5000, "too long"),
        ("next week", ""),
        ("202309", ""),
        ("2023-9-6", ""),
        ("2023-09-06\u202e", ""),
        ("20\u00b223-09-06", ""),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused_and_says_why(typed: str, why: str) -> None:
    with pytest.raises(UnreadableDate) as refused:
        read_date(typed, today=TODAY)
    line = str(refused.value)
    assert why in line
    assert len(line) < 350
    assert line.isprintable()


def test_a_day_first_date_with_one_reading_is_read() -> None:
    assert days("13/04/2023") == "2023-04-13 2023-04-13 -"
    assert days("04/13/2023") == "2023-04-13 2023-04-13 -"
    assert days("04/04/2023") == "2023-04-04 2023-04-04 -"


def test_claims_are_ordered_by_their_start_or_else_by_their_latest_start() -> None:
    assert read_date("2023-09", today=TODAY).on == date(2023, 9, 1)
    assert read_date("before 2023-07-26", today=TODAY).on == date(2023, 7, 26)
    assert read_date("until 2023-07-26", today=TODAY).on == date(2023, 7, 26)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("September 2023", "effective 2023-09-01..2023-09-30, from 'September 2023'"),
        ("2023-09-06", "effective 2023-09-06"),
        ("yesterday", "effective 2026-11-22, from 'yesterday'"),
        ("061820ZSEP23", "effective 2023-09-06 at 18:20 UTC, from '061820ZSEP23'"),
        ("before 2023-07-26", "effective by 2023-07-26, start open, from 'before 2023-07-26'"),
        ("after 2023-07-26", "effective 2023-07-26 or later, from 'after 2023-07-26'"),
        ("2023-10-05/2023-12-13", "effective 2023-10-05 until 2023-12-13, from '2023-10-05/2023-12-13'"),
        ("2023-09/2023-12", "effective 2023-09-01..2023-09-30 until 2023-12-31, from '2023-09/2023-12'"),
        ("since 2020", "effective 2020-01-01..2020-12-31 onwards, from 'since 2020'"),
        ("until 2023-12-31", "effective until 2023-12-31, start open, from 'until 2023-12-31'"),
    ],
)
def test_a_date_says_how_it_was_read(typed: str, said: str) -> None:
    assert read_date(typed, today=TODAY).described() == said


@pytest.mark.parametrize("typed", ["2023-09-06", "6 September 2023", "061820ZSEP23", "today"])
def test_one_exact_day_is_asked_for_and_given(typed: str) -> None:
    assert read_day(typed, today=date(2023, 9, 6)) == date(2023, 9, 6)


@pytest.mark.parametrize(
    "typed",
    [
        "2023-09",
        "2023",
        "before 2023-09-06",
        "since 2023-09-06",
        "2023-09-06~",
        "2023-09-06?",
        "2023-09-06/2023-09-06",
        "late 2023",
    ],
)
def test_a_month_is_no_day(typed: str) -> None:
    with pytest.raises(UnreadableDate, match="is not one day"):
        read_day(typed, today=TODAY)


# Against the reader of the edtf library, which shares no code with ours

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 11, 30))


def library_bounds(text: str) -> tuple[date | None, date | None]:
    """Return the first and last day of an EDTF text as the edtf library has them; None for an open end."""
    read = parse_edtf(text)

    def day(bound: object) -> date | None:
        return date(*bound[:3]) if isinstance(bound, time.struct_time) else None

    return day(read.lower_strict()), day(read.upper_strict())


STANDARD = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda day: f"{day:%Y-%m}"),
    DAYS.map(lambda day: f"{day:%Y}"),
    DAYS.map(lambda day: f"{day:%Y-%m}~"),
    DAYS.map(lambda day: f"{day}?"),
    DAYS.map(lambda day: f"{day:%Y}%"),
    DAYS.map(lambda day: f"{day:%Y}-XX"),
    DAYS.map(lambda day: f"{day:%Y-%m}-XX"),
    st.integers(180, 219).map(lambda decade: f"{decade}X"),
    st.tuples(DAYS, st.sampled_from([21, 22, 23, 33, 34, 35, 36, 40, 41])).map(lambda pair: f"{pair[0]:%Y}-{pair[1]}"),
    DAYS.map(lambda day: f"[..{day:%Y-%m}]"),
    DAYS.map(lambda day: f"[{day:%Y}..]"),
    DAYS.map(lambda day: f"../{day:%Y-%m}"),
    DAYS.map(lambda day: f"{day}/.."),
    st.tuples(DAYS, DAYS).map(lambda pair: f"{min(pair)}/{max(pair):%Y-%m}"),
    st.tuples(DAYS, DAYS).map(lambda pair: f"[{min(pair)}..{max(pair)}]"),
)


def outer_bounds(read: WorldTime) -> tuple[date | None, date | None]:
    """Return the first and last day that the whole expression can take in."""
    return read.start, read.until or (None if "/" in read.edtf else read.by)


@given(STANDARD)
def test_standard_text_is_read_as_the_edtf_library_reads_it(text: str) -> None:
    read = read_date(text, today=TODAY)
    assert read.edtf == text
    assert outer_bounds(read) == library_bounds(text)


WORDED = st.one_of(
    DAYS.map(lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}"),
    DAYS.map(lambda day: f"{MONTHS[day.month - 1]} {day.day}, {day.year}"),
    DAYS.map(lambda day: f"{MONTHS[day.month - 1]} {day.year}"),
    DAYS.map(lambda day: f"about {MONTHS[day.month - 1]} {day.year}"),
    DAYS.map(lambda day: f"before {MONTHS[day.month - 1]} {day.year}"),
    DAYS.map(lambda day: f"after {day}"),
    DAYS.map(lambda day: f"since {MONTHS[day.month - 1]} {day.year}"),
    DAYS.map(lambda day: f"Q{day.month % 4 + 1} {day.year}"),
    st.tuples(st.sampled_from(["early", "mid", "late"]), DAYS).map(lambda two: f"{two[0]} {two[1]:%Y-%m}"),
    st.tuples(st.sampled_from(["early", "mid", "late"]), DAYS).map(lambda two: f"{two[0]} {two[1]:%Y}"),
    st.tuples(st.sampled_from(["spring", "summer", "autumn"]), DAYS).map(lambda two: f"{two[0]} {two[1]:%Y}"),
    st.tuples(DAYS, DAYS).map(lambda pair: f"between {min(pair)} and {max(pair)}"),
    st.tuples(DAYS, DAYS).map(lambda pair: f"between {min(pair)} and {max(pair):%Y-%m}"),
    DAYS.map(lambda day: f"{day:%d}1820Z{day:%b}{day:%Y}"),
)


@given(WORDED)
def test_what_we_write_of_words_the_edtf_library_reads_alike(words: str) -> None:
    read = read_date(words, today=TODAY)
    assert outer_bounds(read) == library_bounds(read.edtf)


@given(st.one_of(STANDARD, WORDED))
def test_the_standard_text_reads_back_as_the_same_time(text: str) -> None:
    read = read_date(text, today=TODAY)
    again = read_date(read.edtf, today=TODAY)
    assert (again.edtf, again.start, again.by, again.until, again.at) == (
        read.edtf,
        read.start,
        read.by,
        read.until,
        read.at,
    )


def test_the_edtf_library_gives_winter_one_month_where_we_give_it_three() -> None:
    """The one difference: the library ends winter with the year that it began in."""
    assert library_bounds("2022-24") == (date(2022, 12, 1), date(2022, 12, 31))
    assert days("2022-24") == "2022-12-01 2023-02-28 -"


def test_quarters_in_spans_are_ours_alone() -> None:
    with pytest.raises(EDTFParseException):
        parse_edtf(edtf("since Q3 2023"))


PIECES_TYPED = (
    "2023 2023-09 2023-09-06 06 13 9 / .. [ ] , - before after since until from to between and by early mid late Q3 "
    "spring winter September Sep of the ~ ? % XX 202X T18:20 Z 061820ZSEP23 today in about end 1799 9999 0000"
)
PIECES = st.sampled_from(PIECES_TYPED.split())


@example("winter 2199")
@example("9999-12-31")
@example("..")
@example("010000ZJAN1800")
@example("010030AJAN1800")
@given(
    st.one_of(
        st.text(max_size=30), st.lists(PIECES, max_size=6).map(" ".join), st.lists(PIECES, max_size=6).map("".join)
    )
)
def test_any_text_is_read_in_order_or_refused(text: str) -> None:
    try:
        read = read_date(text, today=TODAY)
    except UnreadableDate:
        return
    known = [day for day in (read.start, read.by, read.until) if day is not None]
    assert known
    assert known == sorted(known)
    assert read.on in known
    assert read.at is None or read.at.date() == read.start == read.by
    assert str(read.on) in read.described() or read.start is None


@given(DAYS)
def test_the_parts_of_a_month_are_the_month(day: date) -> None:
    parts = [read_date(f"{part} {day:%Y-%m}", today=TODAY) for part in ("early", "mid", "late")]
    month = read_date(f"{day:%Y-%m}", today=TODAY)
    assert parts[0].start == month.start
    assert parts[2].by == month.by
    for before, after in itertools.pairwise(parts):
        assert before.by is not None
        assert before.by + timedelta(days=1) == after.start
