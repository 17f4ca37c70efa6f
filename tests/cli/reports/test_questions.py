"""The two reports as commands: the question in words, the answer in every form, on each engine."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from posture.store.connection import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs


@pytest.fixture
def counted(told: Runs) -> Runs:
    """Two counts, a plan, and a phase."""
    told("log", "count", "fra-ner/personnel", "~1500", "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")
    told(
        "log",
        "decrease",
        "fra-ner/personnel",
        "most",
        "--planned",
        "--source",
        "rfi",
        "--on",
        "[2023-09-05..2023-12-31]",
    )
    told("log", "count", "fra-ner/personnel", "1400", "--on", "2023-10-10", "--source", "afp", "--grade", "B2")
    told("log", "status", "fra-ner", "drawing_down", "--source", "afp", "--on", "2023-10-10")
    told("log", "count", "fra-tcd/personnel", "1000", "--on", "2023-10-10", "--source", "afp", "--basis", "authorised")
    return told


def _rows(posture: Runs, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(posture(*words, "-f", "json").out)["rows"]
    return rows


def test_the_posture_depends_on_both_clocks(counted: Runs) -> None:
    question = ("report", "posture", "--location", "ner")
    assert [row["best"] for row in _rows(counted, *question, "--as-of", "2023-09-10")] == [1500]
    assert [row["best"] for row in _rows(counted, *question, "--as-of", "2023-10-15")] == [1400]
    assert [row["best"] for row in _rows(counted, *question, "--as-of", "2023-10-15", "--known-at", "#12")] == [1500]


def test_the_envelope_states_the_question(counted: Runs) -> None:
    answer = json.loads(counted("report", "posture", "--as-of", "2023-10-15", "--known-at", "#12", "-f", "json").out)
    assert (answer["report"], answer["as_of"], answer["known_at"]["seq"]) == ("posture", "2023-10-15", 12)


def test_a_row_has_the_keys_that_are_promised(counted: Runs) -> None:
    (row,) = _rows(counted, "report", "posture", "--location", "ner")
    assert list(row) == [
        "deployment",
        "actor",
        "location",
        "asset",
        "asset_type",
        "low",
        "best",
        "high",
        "stated_low",
        "stated_best",
        "stated_high",
        "quantity_text",
        "status",
        "since",
        "source",
        "grade",
        "origins",
        "flags",
        "change_id",
        "reports",
        "claims",
    ]


def test_a_file_of_rows_alone_is_told_with_both_clocks(counted: Runs, tmp_path: Path) -> None:
    for report in ("posture", "plans"):
        for form in ("csv", "jsonl"):
            path = str(tmp_path / f"{report}.{form}")
            told = counted("report", report, "--as-of", "2023-10-15", "-f", form, "-o", path)
            assert told.out == ""
            assert told.err.startswith(f"{path}: {report} as of 2023-10-15, as known at #15 (")
    assert counted("report", "posture", "-f", "json", "-o", str(tmp_path / "x.json")).err == ""
    assert counted("report", "posture", "-f", "csv").err == ""


def test_every_form_has_the_same_rows(counted: Runs) -> None:
    question = ("report", "posture", "--as-of", "2023-10-15", "--location", "ner")
    rows = _rows(counted, *question)
    assert [json.loads(line) for line in counted(*question, "-f", "jsonl").lines] == rows
    (read,) = csv.DictReader(io.StringIO(counted(*question, "-f", "csv").out))
    assert (read["deployment"], read["low"], read["status"]) == ("fra-ner", "1400", "phase=drawing_down")
    assert "| fra-ner | personnel | 1,400 |" in counted(*question, "-f", "md").out


def test_the_screen_names_what_was_asked(counted: Runs) -> None:
    out = counted("report", "posture", "--actor", "fra", "--location", "ner", "--as-of", "2023-10-15").out
    assert out.startswith("France, Niger: posture as of 2023-10-15, as known at #15 (")
    assert "fra-ner  France in Niger (drawing down)" in out
    assert "1,400  2023-10-10  B2" in out


def test_figures_of_another_basis_are_never_mixed_in(counted: Runs) -> None:
    (row,) = _rows(counted, "report", "posture", "--location", "tcd", "--basis", "authorised")
    assert row["best"] == 1000
    assert _rows(counted, "report", "posture", "--location", "tcd") == []
    assert "no counting basis" in counted("report", "posture", "--basis", "absent", code=2).err


def test_a_projection_says_that_it_is_one_and_where_it_makes_a_difference(counted: Runs) -> None:
    question = ("report", "posture", "--projected", "--as-of", "2023-10-15")
    out = counted(*question, "--location", "ner").out
    assert out.startswith("Niger: projected posture as of")
    assert "projected  as if open plans had been carried out" in out
    assert "alters" not in out
    assert counted(*question, "-f", "md").out.startswith("**Projected posture as of")


def test_a_projection_without_a_plan_says_so(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1400", "--on", "2023-10-10", "--source", "afp")
    question = ("report", "posture", "--projected", "--as-of", "2023-10-15")
    out = told(*question).out
    assert out.startswith("Projected posture as of")
    assert out.endswith("\n\nno open planned change alters these figures\n")
    assert "as if" not in out
    assert "no open planned change alters these figures" in told(*question, "-f", "md").out
    assert "projected" in _rows(told, *question)[0]["flags"]


def test_totals_come_below(counted: Runs) -> None:
    counted("location", "add", "drrn")
    counted("deployment", "add", "fra-drrn")
    counted("log", "count", "fra-drrn/personnel", "900", "--on", "2023-10-10", "--source", "afp", "--create")
    out = counted("report", "posture", "--totals", "--as-of", "2023-10-15").out
    assert "Totals, what overlaps counted once\n  fra in ner, personnel  1,400\n" in out
    assert "Totals" not in counted("report", "posture", "--as-of", "2023-10-15").out


def test_how_old_is_stale_can_be_said_and_set(counted: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    question = ("report", "posture", "--location", "ner", "--as-of", "2023-11-15")
    assert _rows(counted, *question)[0]["flags"] == []
    assert "stale" in _rows(counted, *question, "--stale-after", "30")[0]["flags"]
    monkeypatch.setenv("POSTURE_STALE_AFTER", "10")
    assert "stale" in _rows(counted, *question)[0]["flags"]
    assert "must be a whole number" in counted(*question, "--stale-after", "soon", code=2).err


def test_the_statements_behind_an_answer_run_as_they_stand(counted: Runs, url: str) -> None:
    for report in ("posture", "plans"):
        statements = counted("report", report, "--as-of", "2023-10-15", "--sql").out.split(";\n")
        assert statements[0].startswith("-- What was read for this answer.")
        with open_database(url) as db:
            for statement in filter(str.strip, statements):
                db.tuples(statement)


def test_plans_are_shown_by_what_became_of_them(counted: Runs) -> None:
    out = counted("report", "plans", "--as-of", "2023-10-15", "--location", "ner").out
    assert out.startswith("Niger: plans as of 2023-10-15")
    assert "Open\n  c2  fra-ner/personnel: decrease most (701..1,400), planned; due 2023-12-31\n" in out
    assert "      said 2023-09-05, B6 rfi\n" in out
    assert "Overdue\n  c2  " in counted("report", "plans", "--as-of", "2024-01-15").out
    counted("log", "decrease", "fra-ner/personnel", "all", "--on", "2023-12-22", "--source", "afp", "--fulfils", "2")
    out = counted("report", "plans", "--as-of", "2024-01-15").out
    assert "Fulfilled\n  c2  " in out
    assert "fulfilled by c6" in out
    question = ("report", "plans", "--as-of", "2024-01-15", "-f")
    assert "| fulfilled | fulfilled by c6 |" in counted(*question, "md").out
    (read,) = csv.DictReader(io.StringIO(counted(*question, "csv").out))
    assert read["outcomes"] == "fulfilled by 6"
    (row,) = json.loads(counted(*question, "json").out)["rows"]
    assert row["outcomes"] == [{"relation": "fulfils", "claim": 6}]
    assert (
        "| c2 | fra-ner/personnel | decrease most, planned | 2023-09-05 |" in counted("report", "plans", "-f", "md").out
    )


def test_an_empty_answer_says_why(told: Runs) -> None:
    assert "nothing is recorded yet" in told("report", "posture").out
    told("log", "count", "fra-ner/personnel", "5", "--source", "rfi")
    assert "for --location tcd" in told("report", "posture", "--location", "tcd").out
    assert "by #3" in told("report", "posture", "--known-at", "#3").out
    assert told("report", "plans").out.count("\n") == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--as-of", "2023-13"), 2),
        (("--known-at", "#99"), 3),
        (("--known-at", "whenever"), 2),
        (("--actor", "frb"), 3),
        (("--location", "nre"), 3),
        (("--asset-type", "drnoe"), 3),
        (("--deployment", "fra-nre"), 3),
        (("-f", "yaml"), 2),
    ],
)
def test_mistakes_in_the_question_are_one_line(words: tuple[str, ...], code: int, told_on_sqlite: Runs) -> None:
    for report in ("posture", "plans"):
        outcome = told_on_sqlite("report", report, *words, code=code)
        assert outcome.err.count("\n") == 1
        assert outcome.out == ""


@pytest.mark.parametrize("width", [40, 80, 140])
def test_both_screens_fit_the_terminal(width: int, counted: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for words in (
        ("report", "posture", "--totals"),
        ("report", "plans"),
        ("history",),
        ("show", "2"),
        ("show", "fra-ner"),
    ):
        assert max(map(len, counted(*words).lines)) <= width
