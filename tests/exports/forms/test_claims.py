"""Claims come in two ways, coded and written out: every form says the same of both, whatever people wrote."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from posture.exports.claims import PARTED
from posture.exports.content import Content, claims_content, content_of
from posture.exports.formats import csv_lines, quoted
from posture.exports.forms import FORMS
from posture.imports.scenario import seed
from posture.ledger import claims
from posture.reports.as_of import Question
from posture.reports.posture import posture
from tests.drive import FORCED
from tests.exports.forms.written import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from posture.store.connection import Database

ODD = (
    *(text for text in HOSTILE if text.strip() == text),
    'he said "4", then 5',
    "two\nlines",
    "carriage\r\nreturn",
    f"a sign{PARTED}within",
    "100%s, ';--",
    "Tillabéri 尼日尔 \u202e",
    "\x1b[2J",
)
QUESTION = Question(as_of=date(2030, 1, 1))


@pytest.fixture
def told(db: Database) -> Database:
    """The story, and claims with notes and places in the source as people may write them."""
    from posture.domain.draft import ClaimDraft

    seed(db, "niger-2023-ledger")
    source = str(db.value("select code from source order by id limit 1"))
    for number, text in enumerate(ODD):
        draft: dict[str, Any] = {"line": "fra-ner/personnel", "kind": "count", "quantity": str(1000 + number)}
        claims.log(db, [ClaimDraft(**draft, source=source, on="2023-12-01", note=text, locator=text[::-1])], FORCED)
    return db


def plain(found: Content) -> Content:
    return replace(found, coded=None)


def test_what_people_write_comes_through_csv(told: Database, tmp_path: Path) -> None:
    with told.read():
        found = claims_content(told, QUESTION)
        for raw in (False, True):
            one, other = tmp_path / f"coded-{raw}.csv", tmp_path / f"plain-{raw}.csv"
            assert FORMS["csv"].write(found, str(one), raw=raw) == FORMS["csv"].write(plain(found), str(other), raw=raw)
            assert one.read_bytes() == other.read_bytes()
        with (tmp_path / "coded-True.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        expected = {row["claim_id"]: row for row in found.mappings()}
    assert [row["note"] for row in rows[-len(ODD) :]] == list(ODD)
    for row in rows:
        for name, value in expected[int(row["claim_id"])].items():
            flag = {True: "true", False: "false"}.get(bool(value)) if name.startswith("is_") else None
            assert row[name] == (flag or ("" if value is None else str(value)))


def test_what_people_write_comes_through_parquet(told: Database, tmp_path: Path) -> None:
    with told.read():
        found = claims_content(told, QUESTION)
        FORMS["parquet"].write(found, str(tmp_path / "coded.parquet"))
        FORMS["parquet"].write(plain(found), str(tmp_path / "plain.parquet"))
        expected = [row["note"] for row in found.mappings()]
    assert (tmp_path / "coded.parquet").read_bytes() == (tmp_path / "plain.parquet").read_bytes()
    assert pq.read_table(tmp_path / "coded.parquet").column("note").to_pylist() == expected


def test_claims_say_what_the_view_says(told: Database) -> None:
    """The view joins each claim with the catalogue; here numbers are looked up in it."""
    with told.read():
        viewed = {row["claim_id"]: row for row in told.all("select * from report_claim")}
        rows = list(claims_content(told, QUESTION).mappings())
    assert len(rows) > len(ODD)
    for row in rows:
        seen = viewed[row["claim_id"]]
        assert {name: row[name] for name in row if name in seen} == {name: seen[name] for name in row if name in seen}


def test_a_place_is_called_on_the_map_of_claims_as_on_that_of_a_report(told: Database, tmp_path: Path) -> None:
    found: dict[str, dict[str, Any]] = {}
    with told.read():
        report = content_of(told, posture(told, QUESTION))
        for name, content in (("claims", claims_content(told, QUESTION)), ("posture", report)):
            FORMS["geojson"].write(content, str(tmp_path / name))
            rows = json.loads((tmp_path / name).read_text(encoding="utf-8"))["features"]
            found[name] = {
                row["properties"].get("deployment") or row["properties"]["deployment_code"]: (
                    *(row["properties"][word] for word in ("place", "precision")),
                    row["geometry"],
                )
                for row in rows
            }
    assert found["claims"]["fra-niamey"][:2] == ("Niamey air base (BA 101)", "vicinity")
    assert {name: found["claims"][name] for name in found["posture"]} == found["posture"]


def test_nothing_known_is_a_header(told: Database, tmp_path: Path) -> None:
    with told.read():
        found = claims_content(told, replace(QUESTION, known_seq=0))
        for form in FORMS:
            assert form == "sqlite" or FORMS[form].write(found, str(tmp_path / form)) == 0
    assert len((tmp_path / "csv").read_text().splitlines()) == 1
    assert pq.read_table(tmp_path / "parquet").schema.names == [field.name for field in found.fields]


def test_a_cell_is_quoted_as_the_writer_of_csv_quotes_it() -> None:
    for text in (*ODD, "a,b", "a b", " a", "plain", "'", "a\tb", ";"):
        assert [quoted(text)] == list(csv_lines([[text]]))
