"""Tables and wrapping: columns that fit, words that stay whole, one record under the other where there is no room."""

from __future__ import annotations

import pytest

from posture.cli.screen import columns, fill, pieces, terminal_width, wrap
from posture.cli.tables import lines, record
from posture.reports.report import Report

ROWS = [
    {
        "code": "fra-ner",
        "name": "French forces in Niger, at three bases",
        "count": 1500,
        "seen_at": "2023-12-22T18:00:00.000000Z",
    },
    {"code": "fra-tcd", "name": "French forces in Chad", "count": 1000, "seen_at": None},
]


def _report(rows: list[dict[str, object]]) -> Report:
    return Report("list", "2023-10-15", 1, None, rows, tuple(rows[0]) if rows else (), empty_because="nothing there")


def test_a_table_that_fits_is_as_wide_as_its_cells() -> None:
    assert list(lines(_report(ROWS), 100)) == [
        "CODE     NAME                                    COUNT  SEEN AT",
        "fra-ner  French forces in Niger, at three bases  1,500  2023-12-22 18:00Z",
        "fra-tcd  French forces in Chad                   1,000",
    ]


def test_a_table_that_does_not_fit_wraps_its_widest_column() -> None:
    found = list(lines(_report(ROWS), 60))
    assert max(map(len, found)) <= 60
    assert found[1].startswith("fra-ner  French forces in")


def test_where_no_table_fits_there_are_records() -> None:
    assert list(lines(_report(ROWS), 30)) == [
        "code     fra-ner",
        "name     French forces in",
        "         Niger, at three bases",
        "count    1,500",
        "seen at  2023-12-22 18:00Z",
        "",
        "code     fra-tcd",
        "name     French forces in Chad",
        "count    1,000",
    ]


def test_a_column_without_anything_is_left_out() -> None:
    assert "SEEN" not in next(iter(lines(_report([ROWS[1]]), 80)))


def test_one_thing_is_shown_as_a_record_with_its_lists_below_each_other() -> None:
    row = {"claim": "c1", "did": ["one thing", "two things"], "of": ["c2", "c3"], "note": "a\nb", "gone": None}
    shown = Report("claim", "2023-10-15", 1, None, [row], tuple(row))
    assert list(record(shown, 40)) == [
        "claim  c1",
        "did    one thing",
        "       two things",
        "of     c2, c3",
        "note   a",
        "       b",
    ]
    assert list(record(shown, 13))[:5] == ["claim", "  c1", "did", "  one thing", "  two things"]


def test_nothing_says_why() -> None:
    assert list(lines(_report([]), 80)) == ["nothing there"]


def test_codes_break_after_a_hyphen_and_dates_do_not() -> None:
    assert pieces("africanews-2023-10-11") == ["africanews-", "2023-10-11"]
    assert pieces("fra-ner/drones") == ["fra-", "ner/", "drones"]
    assert wrap("see africanews-2023-10-11", 12) == ["see", "africanews-", "2023-10-11"]


def test_a_word_longer_than_the_line_is_broken_and_not_lost() -> None:
    assert wrap("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert "".join(wrap("漢" * 25, 9)) == "漢" * 25
    assert max(map(columns, wrap("漢" * 25, 9))) <= 9


@pytest.mark.parametrize(
    ("text", "wide"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("漢字", 4), ("قوات", 4), ("🙂", 2), ("", 0)]
)
def test_columns_of_a_text(text: str, wide: int) -> None:
    assert columns(text) == wide
    assert columns(fill(text, 6)) == 6
    assert fill(text, 6, right=True).endswith(text)


@pytest.mark.parametrize(("given", "width"), [("120", 120), ("5", 30), ("0", 80), ("wide", 80), ("", 80)])
def test_the_width_is_told_or_80(given: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", given)
    monkeypatch.setattr("sys.__stdout__", None)
    monkeypatch.setattr("sys.__stderr__", None)
    assert terminal_width() == width
