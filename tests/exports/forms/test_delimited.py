"""CSV as Python's own reader and DuckDB's read it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from posture.exports.formats import iter_csv
from tests.cli.rows import EVERY_KIND, report
from tests.exports.forms.written import AWKWARD, FIELDS, HOSTILE, NOTHING, PLAIN, ROWS, RUN, written

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_csv_gives_back_what_was_written(tmp_path: Path) -> None:
    plain, nothing, awkward = read(written(tmp_path, "csv", PLAIN, NOTHING, AWKWARD))
    assert plain == {
        "seq": "1",
        "recorded_at": "2023-09-05T12:00:00.000002Z",
        "line": "fra-ner/drones",
        "said": "4 drones",
        "low": "4",
        "share": "0.1",
        "whole": "true",
        "effective_from": "2023-09-05",
        "effective_until": "",
        "flags": "stale",
        "claims": "1;2",
        "status": "activity=grounded:3..?",
    }
    assert [nothing[field.name] for field in FIELDS[3:]] == [""] * 9
    assert (awkward["said"], awkward["low"], awkward["whole"]) == ('two "lines"\r\nand, a comma', "-97", "false")
    assert float(awkward["share"]) == 1 / 3


@pytest.mark.parametrize("also", [(), (AWKWARD,)], ids=["alone", "with a line end in the batch"])
def test_text_that_a_spreadsheet_would_run_is_guarded_and_numbers_are_not(tmp_path: Path, also: Any) -> None:
    found = read(written(tmp_path, "csv", *RUN, *also))
    assert [row["said"] for row in found[: len(RUN)]] == ["'" + text for text in HOSTILE]
    assert [row["flags"] for row in found[: len(RUN)]] == ["'" + text for text in HOSTILE]
    assert [row["low"] for row in found[len(RUN) :]] == ["-97"] * len(also)


def test_raw_text_is_left_as_it_is(tmp_path: Path) -> None:
    assert [row["said"] for row in read(written(tmp_path, "csv", *RUN, raw=True))] == list(HOSTILE)


def test_a_mark_of_the_byte_order_stands_first_where_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", PLAIN, bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfseq,")
    assert read(path, "utf-8-sig")[0]["seq"] == "1"


def test_duckdb_reads_every_row(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", *ROWS, raw=True)
    sql = "select seq, said from read_csv(?, header=true, all_varchar=true, quote='\"', escape='\"', new_line='\\n', null_padding=false)"
    with duckdb.connect() as duck:
        found = duck.execute(sql, [str(path)]).fetchall()
    assert [(int(seq), said or None) for seq, said in found] == [(row[0], row[3]) for row in ROWS]


def test_a_report_is_written_as_a_terminal_gets_it(tmp_path: Path) -> None:
    told = report(*EVERY_KIND)
    path = written(tmp_path, "csv", *[()] * len(EVERY_KIND), report=told)
    assert path.read_text(encoding="utf-8").split("\n") == [*iter_csv(told), ""]


def test_no_rows_are_a_header(tmp_path: Path) -> None:
    assert written(tmp_path, "csv").read_text() == ",".join(field.name for field in FIELDS) + "\n"
