"""Parquet made by DuckDB, which shares no code with the reader."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from posture.imports.reading import DEFAULT_LIMITS, LINE, UnreadableFile, open_table

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, sql: str) -> Path:
    duckdb.sql(f"copy ({sql}) to '{path}' (format parquet)")
    return path


def test_every_type_is_read_as_a_person_would_write_it(tmp_path: Path) -> None:
    expected = {
        "cast(1.50 as decimal(10,2))": "1.5",
        "cast(-1500 as decimal(38,4))": "-1500",
        "date '2023-09-06'": "2023-09-06",
        "timestamp '2023-09-06 18:20:00'": "2023-09-06T18:20:00",
        "timestamp '2023-09-06 18:20:00.5'": "2023-09-06T18:20:00.500",
        "timestamp '2023-09-06 00:00:00'": "2023-09-06",
        "timestamptz '2023-09-06 00:00:00+00'": "2023-09-06T00:00:00+00:00",
        "time '03:04:05'": "03:04:05",
        "cast(0.1 as double)": "0.1",
        "cast(1500 as float)": "1500",
        "cast(1.25e-7 as double)": "0.000000125",
        "cast(100000000000000000000 as double)": "100000000000000000000",
        "cast(9223372036854775807 as bigint)": "9223372036854775807",
        "cast(18446744073709551615 as ubigint)": "18446744073709551615",
        "true": "true",
        "'é, \"x\"'": 'é, "x"',
        "''": None,
        "cast(null as integer)": None,
        "'ab'::blob": "ab",
        "'\\xFF\\x00'::blob": "ff00",
        "[1, 2]": "[1,2]",
        "[{'a': 'x'}]": '[{"a":"x"}]',
    }
    columns = ", ".join(f"{sql} as c{place}" for place, sql in enumerate(expected))
    with open_table(written(tmp_path / "a.parquet", f"select {columns}")) as table:
        (chunk,) = table.chunks()
    assert dict(zip(expected, chunk.frame.row(0), strict=False)) == expected
    assert set(chunk.frame.drop(LINE).dtypes) == {pl.String}


def test_a_structure_gives_a_column_for_each_of_its_parts(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "select {'code': 'ner', 'at': {'lat': 13.5::double}} as place, 7 as n")
    with open_table(path) as table:
        assert table.columns == ("place.code", "place.at.lat", "n")
        assert [chunk.frame.row(0) for chunk in table.chunks()] == [("ner", "13.5", "7", 1)]


def test_rows_are_numbered_in_their_order_over_all_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"n": range(10_000)}).write_parquet(path, row_group_size=777)
    with open_table(path) as table:
        rows = [row for chunk in table.chunks(500) for row in chunk.frame.rows()]
    assert rows == [(str(number), number + 1) for number in range(10_000)]


def test_rows_that_cannot_be_kept_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "select unnest(['ok', 'a' || chr(0), repeat('x', 50), repeat('é', 8)]) as t")
    with open_table(path, limits=replace(DEFAULT_LIMITS, field_characters=10)) as table:
        (chunk,) = table.chunks()
        assert chunk.frame.rows() == [("ok", 1), ("éééééééé", 4)]
        assert [(row.line, row.column) for row in chunk.refused] == [(2, "t"), (3, "t")]
        assert table.records == 4


def test_a_parquet_file_is_read_from_a_stream_and_from_gzip_and_has_no_rows_or_too_many(tmp_path: Path) -> None:
    import gzip

    data = written(tmp_path / "a.parquet", "select range as n from range(3)").read_bytes()
    for packed in (data, gzip.compress(data)):
        with open_table(io.BytesIO(packed)) as table:
            assert [chunk.frame.height for chunk in table.chunks()] == [3]
    with pytest.raises(UnreadableFile, match="3 rows; at most 2"):
        open_table(io.BytesIO(data), limits=replace(DEFAULT_LIMITS, rows=2))
    empty = written(tmp_path / "b.parquet", "select range as n from range(0)")
    with open_table(empty) as table:
        assert table.columns == ("n",) and sum(chunk.frame.height for chunk in table.chunks()) == 0


def test_a_damaged_parquet_file_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "a.parquet", "select range as n from range(1000)")
    data = path.read_bytes()
    for broken in (data[:-10], data[:4], data[:100] + data[200:], data[:-200] + bytes(192) + data[-8:]):
        with pytest.raises(UnreadableFile, match="cannot be read as Parquet"), open_table(io.BytesIO(broken)) as table:
            for _ in table.chunks():
                pass
    odd = written(tmp_path / "odd.parquet", "select interval 3 days as d")
    with pytest.raises(UnreadableFile, match="cannot be read as Parquet"):
        open_table(odd)
    assert os.path.exists(odd) and capfd.readouterr() == ("", "")
