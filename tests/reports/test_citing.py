"""`--cite` puts the sources of each figure beside it, in every form, and each of them once."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.niger import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Runs

ASKED = ("report", "posture", "--location", "ner", "--as-of", "2023-10-15", "--cite")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with told(request, request.param, tmp_path_factory.mktemp("cite"), "niger-2023-ledger") as story:
        yield story.db.url


@pytest.fixture
def posture(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    from tests.cli.conftest import _runner

    monkeypatch.setenv("POSTURE_DATABASE_URL", database)
    monkeypatch.setenv("COLUMNS", "100")
    return _runner(capsys)


def test_every_figure_of_the_table_has_its_footnotes(posture: Runs) -> None:
    out = posture(*ASKED).out
    table, _, sources = out.partition("\nSources\n")
    for row in re.findall(r"^  \w.*\d\d\d\d-\d\d-\d\d  [A-F]\d", table, re.MULTILINE):
        assert re.search(r"\[\d+\]", row), row
    assert set(re.findall(r"\[(\d+)\]", table)) == set(re.findall(r"^\[(\d+)\] ", sources, re.MULTILINE))


def test_json_names_the_sources_and_says_once_what_they_are(posture: Runs) -> None:
    found = json.loads(posture(*ASKED, "-f", "json").out)
    cited = {code for row in found["rows"] for code in row["cited"]}
    assert cited == set(found["sources"])
    assert found["sources"]["rfi-2023-09-05"].startswith(
        "French aircraft grounded in Niger; the soldiers stay, RFI, 2023"
    )
    assert all(row["cited"] for row in found["rows"] if row["low"] is not None)


def test_csv_has_a_column_of_sources(posture: Runs) -> None:
    rows = list(csv.DictReader(io.StringIO(posture(*ASKED, "-f", "csv").out)))
    row = next(row for row in rows if (row["deployment"], row["asset"]) == ("fra-niamey", "personnel"))
    assert row["cited"] == "africanews-2023-10-11"


def test_markdown_has_footnotes_of_its_own_kind(posture: Runs) -> None:
    out = posture(*ASKED, "-f", "md").out
    assert re.search(r"\| 900\.\.1,100 \(best 1,000\)\[\^\d\] \|", out)
    assert set(re.findall(r"\[\^(\d+)\](?!:)", out)) == set(re.findall(r"^\[\^(\d+)\]: ", out, re.MULTILINE))


def test_without_it_nothing_is_cited(posture: Runs) -> None:
    assert "Sources" not in posture(*ASKED[:-1]).out
    assert "cited" not in json.loads(posture(*ASKED[:-1], "-f", "json").out)["rows"][0]
