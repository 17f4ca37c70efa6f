"""Track records as a command: in every form, by source, origin or publisher."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from posture.domain.schemas import validated

if TYPE_CHECKING:
    from tests.cli.conftest import Runs


@pytest.fixture
def counted(told: Runs) -> Runs:
    """Two sources that disagree about a number."""
    told("log", "count", "fra-ner/personnel", "~1500", "--on", "2023-10-05", "--source", "rfi")
    told("log", "count", "fra-ner/personnel", "1000", "--on", "2023-10-11", "--source", "afp")
    told("log", "decrease", "fra-ner/personnel", "all", "--planned", "--on", "2023-12-31", "--source", "afp")
    return told


QUESTION = ("report", "sources", "--as-of", "2023-10-31")


def test_the_screen_puts_counts_beside_shares(counted: Runs) -> None:
    out = counted(*QUESTION).out
    assert out.startswith("Sources as of 2023-10-31")
    assert "1 of 1, 100%" in out
    assert "1 plan: 1 open" in out
    assert counted(*QUESTION, "--by", "publisher").out.startswith("Publishers as of")


def test_every_form_has_the_same_rows(counted: Runs) -> None:
    answer = json.loads(counted(*QUESTION, "-f", "json").out)
    validated("sources-report", answer)
    assert [json.loads(line) for line in counted(*QUESTION, "-f", "jsonl").lines] == answer["rows"]
    read = list(csv.DictReader(io.StringIO(counted(*QUESTION, "-f", "csv").out)))
    assert [(row["code"], row["made"], row["share_confirmed"]) for row in read] == [
        ("afp", "2", "0.0"),
        ("rfi", "1", "0.0"),
    ]
    assert "| afp | 2 | 1 | 0 of 1, 0% | 1 of 1, 100% |" in counted(*QUESTION, "-f", "md").out


def test_a_wrong_way_to_group_is_told_the_right_one(told_on_sqlite: Runs) -> None:
    assert 'did you mean "origin"' in told_on_sqlite("report", "sources", "--by", "origins", code=2).err
