"""Totals as a command: the ways to ask, the forms of the answer, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from posture.domain.schemas import validated

if TYPE_CHECKING:
    from tests.cli.conftest import Runs


@pytest.fixture
def counted(told: Runs) -> Runs:
    """A country, a base in it that is said to hold more, and machines."""
    told("location", "add", "niamey", "--name", "Niamey", "--kind", "city", "--parent", "ner")
    told("deployment", "add", "fra-niamey", "--actor", "fra", "--location", "niamey")
    told("asset", "add", "fra-niamey/personnel")
    for line, many in (("fra-ner/personnel", "1400"), ("fra-niamey/personnel", "1500"), ("fra-ner/drones", "4")):
        told("log", "count", line, many, "--on", "2023-10-10", "--source", "afp")
    return told


QUESTION = ("report", "totals", "--as-of", "2023-10-15")


def test_a_conflict_stands_below_its_node(counted: Runs) -> None:
    out = counted(*QUESTION, "--by", "location", "--asset-type", "personnel").out
    assert "conflict: fra-ner/personnel is 1,400 (c" in out.replace("\n  ", " ")
    assert "100 too many" in out.replace("\n  ", " ")
    crossed = counted(*QUESTION, "--by", "location", "--by", "asset-type").out
    assert "1,400 (conflict)" in crossed
    assert "100 too many" in crossed.replace("\n  ", " ")


def test_every_form_has_the_same_rows(counted: Runs) -> None:
    question = (*QUESTION, "--by", "location,asset-type")
    answer = json.loads(counted(*question, "-f", "json").out)
    validated("totals-report", answer)
    assert [json.loads(line) for line in counted(*question, "-f", "jsonl").lines] == answer["rows"]
    read = list(csv.DictReader(io.StringIO(counted(*question, "-f", "csv").out)))
    assert [(row["location"], row["asset_type"], row["low"]) for row in read] == [
        (row["location"], row["asset_type"], str(row["low"])) for row in answer["rows"]
    ]
    assert "| Niger (ner) | Personnel | France (fra) | 1,400 |" in counted(*question, "-f", "md").out


def test_footnotes_stand_in_every_form(counted: Runs) -> None:
    question = (*QUESTION, "--by", "asset-type", "--cite")
    assert "4[1]" in counted(*question).out
    assert "4[^1]" in counted(*question, "-f", "md").out
    assert json.loads(counted(*question, "-f", "json").out)["rows"][0]["cited"] == ["afp"]


def test_where_a_cross_does_not_fit_it_becomes_records(counted: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in ("helicopters", "jets"):
        counted("log", "count", f"fra-ner/{line}", "at least 1500", "--source", "afp", "--create")
    monkeypatch.setenv("COLUMNS", "30")
    out = counted(*QUESTION, "--by", "location,asset-type").out
    assert all(len(line) <= 30 for line in out.splitlines())
    assert re.search("^location +ner$", out, re.MULTILINE)
    tree = counted(*QUESTION, "--by", "location").out
    assert all(len(line) <= 30 for line in tree.splitlines())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "actr"), 'no way to total by "actr"; did you mean "actor"?'),
        (("--by", "actor,actor"), "two different ones to cross"),
        (("--by", "actor,location,asset-type"), "two different ones to cross"),
        (("--depth", "0"), '--depth must be a whole number, 1 or more, not "0"'),
        (("--depth", "deep"), "--depth must be a whole number"),
    ],
)
def test_a_wrong_word_is_one_clear_line(told_on_sqlite: Runs, words: tuple[str, ...], said: str) -> None:
    err = told_on_sqlite("report", "totals", *words, code=2).err
    assert said in err
    assert err.count("\n") == 1


def test_an_unknown_code_is_told_the_nearest(told_on_sqlite: Runs) -> None:
    assert 'did you mean "ner"' in told_on_sqlite("report", "totals", "--location", "nre", code=3).err
