"""XLSX made by openpyxl, which shares no code with the reader; and files that no program would make."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.errors import UnknownWord
from posture.imports.reading import DEFAULT_LIMITS, RefusedRow, UnreadableFile, open_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*sheets: Sequence[Sequence[Any]], **cells: Any) -> bytes:
    """An XLSX file with these sheets (Sheet, Sheet1, ...), and cells of the first by their reference."""
    book = openpyxl.Workbook()
    for place, rows in enumerate(sheets):
        sheet = book.active if not place else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    for reference, value in cells.items():
        book.worksheets[0][reference] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The file with some of its parts replaced, or left away."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = parts.get(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def read(data: bytes, **options: Any) -> tuple[tuple[str, ...], list[tuple[Any, ...]], list[RefusedRow]]:
    with open_table(io.BytesIO(data), **options) as table:
        chunks = list(table.chunks(2))
        rows = [row for chunk in chunks for row in chunk.frame.rows()]
        refused = [row for chunk in chunks for row in chunk.refused]
        assert table.records == len(rows) + len(refused)
        return table.columns, rows, refused


CELL = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.text(st.sampled_from("aé ,\"'\n0.<&"), min_size=1, max_size=6).filter(lambda text: text.strip()),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
)


def shown(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else None if value is None else str(value)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_a_spreadsheet_holds_is_read_with_its_row_numbers(rows: list[tuple[Any, ...]]) -> None:
    columns, found, refused = read(workbook([("a", "b", "c"), *rows]))
    expected = [(*map(shown, row), place) for place, row in enumerate(rows, 2) if any(cell is not None for cell in row)]
    assert (columns, found, refused) == (("a", "b", "c"), expected, [])


def test_numbers_times_and_durations_are_written_plainly() -> None:
    values = [
        1500.0,
        0.1,
        1e20,
        1.25e-7,
        dt.datetime(2023, 9, 6, 18, 20),  # noqa: DTZ001 - a spreadsheet knows no zone
        dt.time(3, 4),
        dt.timedelta(hours=30),
        "0012",
    ]
    _, rows, _ = read(workbook([[f"c{place}" for place in range(len(values))], values]))
    assert rows[0][:-1] == (
        "1500", "0.1", "100000000000000000000", "0.000000125", "2023-09-06T18:20:00", "03:04:00", "30:00:00", "0012",
    )  # fmt: skip


def test_a_table_that_starts_far_in_keeps_the_numbers_of_its_rows() -> None:
    columns, rows, _ = read(workbook([], C5="a", D5="b", C6=1, D6="#N/A", C9=4))
    assert columns == ("a", "b") and rows == [("1", "#N/A", 6), ("4", None, 9)]


def test_a_formula_without_a_result_refuses_its_row_and_one_with_a_result_is_the_result() -> None:
    data = workbook([("a", "b"), (1, "=1+1"), (2, 3)])
    _, rows, refused = read(data)
    assert rows == [("2", "3", 3)] and [(row.line, row.column) for row in refused] == [(2, "b")]
    assert "open and save the file in a spreadsheet program" in refused[0].reason
    computed = changed(
        data,
        {SHEET: sheet_xml(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c>'
            '</row><row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
            '<row r="4"><c r="A4" t="str"><f>""</f><v></v></c></row>'
        )},
    )  # fmt: skip
    assert read(computed) == (("a",), [("2", 2), ("#DIV/0!", 3)], [])
    with pytest.raises(UnreadableFile, match=r":1: the name of a column is a formula"):
        read(workbook([("=1+1", "b"), (1, 2)]))


def test_the_sheet_is_named_where_there_are_several() -> None:
    data = workbook([("a",), (1,)], [("b",), (2,)], [])
    with pytest.raises(UnreadableFile, match='has 2 sheets: "Sheet", "Sheet1"; name one with --sheet'):
        read(data)
    assert read(data, sheet="sheet1")[0] == ("b",) == read(data, sheet="2")[0]
    with pytest.raises(UnknownWord, match='no sheet "Data"'):
        read(data, sheet="Data")
    assert read(workbook([("a",), (1,)], []))[0] == ("a",), "an empty sheet is no choice"
    with pytest.raises(UnreadableFile, match="no sheet with cells"):
        read(workbook([]))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"XFD1048576": 1}, "more than 16,000,000 cells from its first to its last"),
        ({"A1": "a", "B1000": 1}, "more than 1,000 cells"),
    ],
)
def test_a_sheet_that_would_fill_the_memory_is_refused_before_it_does(cells: dict[str, Any], said: str) -> None:
    limits = DEFAULT_LIMITS if "16" in said else replace(DEFAULT_LIMITS, cells=1000)
    with pytest.raises(UnreadableFile, match=said):
        read(workbook([], **cells), limits=limits)


def test_a_part_that_explodes_is_refused() -> None:
    data = workbook([("a",), (1,)])
    limits = replace(DEFAULT_LIMITS, ratio_from_bytes=1 << 20)
    bomb = sheet_xml(" " * (1 << 22))
    for part in (SHEET, "xl/styles.xml"):
        with pytest.raises(UnreadableFile, match=f"its part {part} unpacks from .* save the sheet as CSV"):
            read(changed(data, {part: bomb}), limits=limits)
    with pytest.raises(UnreadableFile, match="unpacks from"):
        read(changed(data, {"xl/workbook.xml": b"<a>" + b" " * (5 << 20)}))
    with pytest.raises(UnreadableFile, match="unpacks from"):
        read(changed(data, {SHEET: bomb}), limits=replace(DEFAULT_LIMITS, part_bytes=1 << 20))


def test_a_part_that_is_larger_than_it_claims_is_refused() -> None:
    data = bytearray(workbook([("a",), (1,)]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as file:
        size = file.getinfo(SHEET).file_size
    at = data.rindex(SHEET.encode()) - 46  # its entry in the list at the end
    assert int.from_bytes(data[at + 24 : at + 28], "little") == size
    data[at + 24 : at + 28] = (size // 2).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="is not of the size it claims"):
        read(bytes(data))


def test_entities_and_missing_parts_and_other_archives_are_refused() -> None:
    data = workbook([("a",), (1,)])
    entities = b'<!DOCTYPE x [<!ENTITY a "aa">]><workbook>&a;</workbook>'
    with pytest.raises(UnreadableFile, match="defines entities"):
        read(changed(data, {"xl/workbook.xml": entities}))
    with pytest.raises(UnreadableFile, match="without its part xl/_rels"):
        read(changed(data, {"xl/_rels/workbook.xml.rels": None}))
    with pytest.raises(UnreadableFile, match="a ZIP archive that is no XLSX workbook; unpack it first"):
        read(changed(data, {"xl/workbook.xml": None}))
    for end in (10, len(data) // 2, len(data) - 1):
        with pytest.raises(UnreadableFile, match="is it whole"):
            read(data[:end])
