"""Parquet as DuckDB and pyarrow read it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from posture.exports.forms import columnar
from tests.exports.forms.written import FIELDS, HIDDEN, PLAIN, ROWS, STATUS, written

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_duckdb_finds_real_types_and_every_value(tmp_path: Path) -> None:
    path = written(tmp_path, "parquet", *ROWS)
    with duckdb.connect() as duck:
        types = {row[0]: row[1] for row in duck.execute(f"describe from '{path}'").fetchall()}
        sql = f"select * replace (epoch_us(recorded_at) as recorded_at) from '{path}' order by seq"
        found = duck.execute(sql).fetchall()
    assert types == {
        "seq": "BIGINT",
        "recorded_at": "TIMESTAMP WITH TIME ZONE",
        "line": "VARCHAR",
        "said": "VARCHAR",
        "low": "BIGINT",
        "share": "DOUBLE",
        "whole": "BOOLEAN",
        "effective_from": "DATE",
        "effective_until": "DATE",
        "flags": "VARCHAR[]",
        "claims": "BIGINT[]",
        "status": "VARCHAR",
    }
    assert [row[3:6] for row in found] == [row[3:6] for row in ROWS]
    first = found[0]
    assert first[1] == int(datetime(2023, 9, 5, 12, tzinfo=UTC).timestamp()) * 1_000_000 + 2
    assert first[6:11] == (True, date(2023, 9, 5), None, ["stale"], [1, 2])
    assert json.loads(first[11]) == STATUS
    assert found[-1][7] == date(999, 1, 1) and found[-1][4] == HIDDEN[4]


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    schema = pq.read_schema(written(tmp_path, "parquet", PLAIN))
    told = json.loads(schema.metadata[b"posture"])
    assert (told["report"], told["as_of"], told["known_at"]["seq"], told["key"]) == (
        "changes",
        "2023-12-22",
        31,
        ["seq"],
    )
    assert {field.name: field.metadata[b"description"].decode() for field in schema} == {
        field.name: field.meaning for field in FIELDS
    }


def test_no_rows_have_the_types_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    none = pq.read_table(written(tmp_path / "none", "parquet"))
    assert none.num_rows == 0
    assert none.schema == pq.read_schema(written(tmp_path, "parquet", *ROWS))
    assert none.schema.field("low").type == pa.int64()


def test_rows_are_written_group_by_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "ROW_GROUP", 4)
    file = pq.ParquetFile(written(tmp_path, "parquet", *ROWS))
    groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert groups == [6, 6, 3]
    assert file.read().column("seq").to_pylist() == [row[0] for row in ROWS]
