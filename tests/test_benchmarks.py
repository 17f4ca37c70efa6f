"""Each benchmark works, at a tiny size; how fast anything is, no test says."""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from benchmarks import as_of, exporting, startup
from benchmarks.make_ledger import make_ledger
from benchmarks.timing import Finding, ratio
from posture.exports.content import claims_content
from posture.store.connection import open_database
from tests.conftest import ENGINES

if TYPE_CHECKING:
    from pathlib import Path

LINES, CLAIMS = 200, 2_000


@pytest.mark.parametrize(("engine", "at_once"), [*((engine, False) for engine in ENGINES), ("sqlite", True)])
def test_a_synthetic_ledger_has_the_size_asked_for_and_the_reference_agrees(
    tmp_path: Path, engine: str, at_once: bool
) -> None:
    with as_of.opened(engine, CLAIMS, LINES, tmp_path, at_once=at_once, keep=False) as ledger:
        assert ledger.db.value("select count(*) from asset") == LINES
        assert ledger.db.value("select count(*) from status_change") == CLAIMS
        assert ledger.db.value("select count(*) from retraction") > 0
        for corner in ledger.corners(LINES):
            found = as_of.search(ledger, corner)
            assert found
            assert found == as_of.reference(ledger, corner)
            assert as_of.ask(ledger, corner) >= len(found)
    assert not list(tmp_path.iterdir())


def test_a_synthetic_ledger_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        make_ledger(str(tmp_path / f"{name}.db"), tmp_path / f"{name}.duckdb", claims=CLAIMS, lines=LINES, seed=7)
        with open_database(str(tmp_path / f"{name}.db")) as db:
            made.append(
                [db.tuples(f"select * from {table} order by 1") for table in ("asset", "status_change", "retraction")]
            )
    assert made[0] == made[1]


def test_a_synthetic_ledger_keeps_the_rules_of_the_schema(tmp_path: Path) -> None:
    with as_of.opened("sqlite", CLAIMS, LINES, tmp_path, at_once=False, keep=False) as ledger:
        assert ledger.db.value("pragma integrity_check") == "ok"  # CHECKs and unique indexes too
        assert ledger.db.all("pragma foreign_key_check") == []


def test_exports_are_measured_beside_a_query_that_brings_the_same_rows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    make_ledger(url, tmp_path / "a.duckdb", claims=CLAIMS, lines=LINES)
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        expected = connection.execute(exporting.statement(url)).fetchall()
    with open_database(url) as db, db.read():
        assert list(claims_content(db, exporting.QUESTION).rows()) == expected
    assert len(expected) > CLAIMS / 2
    exporting.write("csv", url, str(tmp_path / "a.csv"))
    assert len((tmp_path / "a.csv").read_text().splitlines()) == len(expected) + 1


def test_a_different_answer_fails_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with as_of.opened("sqlite", CLAIMS, LINES, tmp_path, at_once=False, keep=False) as ledger:
        monkeypatch.setattr(as_of, "search", lambda *_: {1: -1})
        with pytest.raises(as_of.DifferentAnswers, match="lines differ at 2000 claims"):
            as_of.measure(ledger, LINES, 1)


def test_growth_is_measured_from_size_to_size_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    as_of.add_arguments(parser)
    words = ["--sizes", "1e3,2e3", "--lines", "200", "--runs", "1", "--engines", "sqlite", "--keep", str(tmp_path)]
    as_of.run(parser.parse_args(words))
    printed = capsys.readouterr().out
    assert "posture of one deployment, late day, early knowledge, 2e+03" in printed
    assert "DuckDB" in printed


def test_the_start_of_the_program_is_measured(tmp_path: Path) -> None:
    found = {finding.what: finding for finding in startup.measure(tmp_path, runs=1)}
    assert found["posture --help"].target == 0.5
    assert found["posture log count ..."].target == 1.0


def test_a_finding_says_whether_its_target_was_reached() -> None:
    assert ratio("ours", 1.0, 2.0, 0.5, "theirs").verdict == "reached"
    assert ratio("ours", 1.1, 2.0, 0.5, "theirs").verdict == "MISSED"
    assert Finding("ours", "", "", 9.0, "x", None).verdict == ""
