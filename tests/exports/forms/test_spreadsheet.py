"""XLSX as openpyxl reads it."""

from __future__ import annotations

import os
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from posture.errors import Refused
from posture.exports.forms import spreadsheet
from tests.exports.forms.written import AWKWARD, FIELDS, HIDDEN, HOSTILE, NOTHING, PLAIN, ROWS, RUN, written

if TYPE_CHECKING:
    from pathlib import Path


NOON = datetime(2023, 9, 5, 12)  # noqa: DTZ001 - a spreadsheet knows no zones


def sheets(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def rows(path: Path) -> list[tuple[Any, ...]]:
    return list(sheets(path)["changes"].iter_rows(min_row=2, values_only=True))


def test_numbers_days_and_instants_are_such(tmp_path: Path) -> None:
    book = sheets(written(tmp_path, "xlsx", PLAIN, NOTHING, AWKWARD))
    sheet = book["changes"]
    assert [cell.value for cell in sheet[1]] == [field.name for field in FIELDS]
    assert [cell.value for cell in sheet[2]] == [
        1,
        NOON,
        "fra-ner/drones",
        "4 drones",
        4,
        0.1,
        True,
        NOON.replace(hour=0),
        None,
        "stale",
        "1;2",
        "activity=grounded:3..?",
    ]
    assert (
        sheet["H2"].is_date
        and sheet["H2"].number_format == "yyyy-mm-dd"
        and sheet["H2"].value.date() == date(2023, 9, 5)
    )
    assert [sheet.cell(2, column).data_type for column in (1, 2, 4, 7)] == ["n", "d", "s", "b"]
    assert [cell.value for cell in sheet[3]][3:] == [None] * 9
    assert unescape(sheet["D4"].value) == 'two "lines"\r\nand, a comma' and sheet["E4"].value == -97


def test_the_header_stays_in_sight(tmp_path: Path) -> None:
    sheet = sheets(written(tmp_path, "xlsx", PLAIN))["changes"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert sheet.auto_filter.ref == "A1:L2"


def test_nothing_is_a_formula_and_what_could_become_one_is_guarded(tmp_path: Path) -> None:
    book = sheets(written(tmp_path, "xlsx", *RUN))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"n", "s", "d", "b"}
    assert [unescape(row[3]) for row in rows(tmp_path / "file.xlsx")] == ["'" + text for text in HOSTILE]


def test_raw_text_is_left_as_it_is_and_still_no_formula(tmp_path: Path) -> None:
    sheet = sheets(written(tmp_path, "xlsx", *RUN, raw=True))["changes"]
    assert [(unescape(cell.value), cell.data_type) for cell in sheet["D"][1:]] == [(text, "s") for text in HOSTILE]


def test_what_a_spreadsheet_would_round_or_cannot_date_is_text(tmp_path: Path) -> None:
    (row,) = rows(written(tmp_path, "xlsx", HIDDEN))
    assert (row[4], row[7], row[5]) == (str(2**53 + 1), "0999-01-01", -5.25)
    assert "Tillabéri 尼日尔" in row[3]


def test_the_notes_tell_both_clocks_the_columns_and_the_sources(tmp_path: Path) -> None:
    sheet = sheets(written(tmp_path, "xlsx", PLAIN))["notes"]
    told = list(sheet.iter_rows(values_only=True))
    assert ("As of", "2023-12-22", None) in told
    assert ("As known at", "#31", "2023-12-22T18:00:00.123456Z") in told
    assert ("Mind", None, "the catalogue was changed since") in told
    assert (None, "low", "At least so many") in told
    assert (None, "rfi-2023-09-05", "'=RFI, 2023-09-05") in told


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 5)
    with pytest.raises(Refused, match="choose csv or parquet"):
        written(tmp_path, "xlsx", *ROWS)


def test_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", (*PLAIN[:3], "x" * 40_000, *PLAIN[4:]))
    (row,) = rows(path)
    assert len(row[3]) == 32_767 and row[3].endswith("x...")
    said = [note for heading, _, note in sheets(path)["notes"].iter_rows(values_only=True) if heading == "Mind"]
    assert (
        said[-1] == "1 text is longer than a cell holds and cut, ending in ...; csv, json and parquet have all of it."
    )


def test_a_letter_that_a_spreadsheet_counts_twice_is_counted_twice(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, "xlsx", (*PLAIN[:3], "x" + "😀" * 20_000, *PLAIN[4:]))) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    (text,) = (each.text or "" for each in sheet.iter() if "😀" in (each.text or ""))
    assert len(text.encode("utf-16-le")) // 2 <= 32_767 and text.endswith("😀...")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/New_York"])
def test_neither_the_time_nor_the_zone_of_writing_shows(
    tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    files = []
    for name, place, mask in (("one", "UTC", 0o022), ("two", zone, 0o077)):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("TZ", place)
        time.tzset()
        before = os.umask(mask)
        try:
            files.append(written(tmp_path / name, "xlsx", *ROWS).read_bytes())
        finally:
            os.umask(before)
            monkeypatch.undo()
            time.tzset()
    assert files[0] == files[1]
