"""Every report of the Niger story in every form: typed as it says, the same bytes each time, on either engine."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import geojson
import pytest
from fastkml import kml
from fastkml.utils import find_all

from posture.errors import UsageMistake
from posture.exports.content import claims_content, content_of
from posture.exports.forms import FORMS
from posture.imports.scenario import seed
from posture.reports.as_of import Question
from posture.reports.asked import read_question
from posture.reports.citing import cite
from posture.reports.named import REPORTS, ask
from posture.settings import Settings
from posture.store.connection import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from posture.exports.content import Content
    from posture.exports.fields import Field

GIVEN: dict[str, dict[str, Any]] = {
    "posture": {"totals": True},
    "series": {"since": "2023-07-01"},
    "movements": {"since": "2023-07-01"},
    "diff": {"from_date": "2023-09-01"},
    "evidence": {"line": "fra-ner/personnel"},
    "search": {"words": ["troops"]},
}
"""What a report needs to be told, or is asked so that more of it shows."""
NO_FORM = {"atom": "is no feed", "geojson": "is about no places", "kml": "is about no places"}
IN_WORDS = ("text", "list", "object")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The story, told to a database that no test changes."""
    with open_database(str(tmp_path_factory.mktemp("told") / "told.db"), create=True) as db:
        seed(db, "niger-2023-ledger")
        with db.read():
            yield db


def content(db: Database, name: str, *, cited: bool = False) -> Content:
    given = {"as_of": "2023-11-15", **GIVEN.get(name, {})}
    if name == "claims":
        return claims_content(db, read_question(db, given, stale_after=90))
    asked = ask(name, given, Settings())
    question = read_question(db, asked.given, stale_after=90)
    report = asked.compute(db, question)
    return content_of(db, cite(db, report) if cited else report, question)


def write(found: Content, form: str, path: Path) -> bytes | None:
    """Write a content; None where it says that it has no such form."""
    try:
        count = FORMS[form].write(found, str(path))
    except UsageMistake as refused:
        if NO_FORM[form] in str(refused):
            return None
        raise
    if form != "sqlite":
        assert count == sum(1 for _ in found.rows())
    return path.read_bytes()


def is_of(field: Field, value: Any) -> bool:
    """Return whether a value is what its field says."""
    if value is None:
        return True
    match field.kind:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "real":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "flag":
            return value in (0, 1)
        case "day":
            return date.fromisoformat(value).isoformat() == value
        case "instant":
            return value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None
        case "list":
            of = {"text": str, "integer": int}.get(field.items, object)
            return isinstance(value, list) and all(isinstance(item, of) for item in value)
        case "object":
            return isinstance(value, dict)
        case _:
            return isinstance(value, str)


NAMES = [*(name for name in REPORTS), "claims"]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_of_the_kind_that_its_field_says(told: Database, name: str) -> None:
    found = content(told, name, cited=name != "claims")
    rows = list(found.mappings())
    assert rows
    wrong = [(field, row[field.name]) for row in rows for field in found.fields if not is_of(field, row[field.name])]
    assert not wrong
    assert not [field.name for field in found.fields if not field.meaning and name != "search"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_content_gives_the_same_bytes(told: Database, name: str, form: str, tmp_path: Path) -> None:
    once = write(content(told, name), form, tmp_path / "once")
    assert once == write(content(told, name), form, tmp_path / "again")
    no_map, no_feed = name in ("brief", "search", "sources"), name != "claims"
    assert (once is None) == {"atom": no_feed, "geojson": no_map, "kml": no_map}.get(form, False)


@pytest.mark.parametrize("name", NAMES)
def test_other_readers_find_every_row(told: Database, name: str, tmp_path: Path) -> None:
    found = content(told, name)
    rows = [json.loads(json.dumps(row)) for row in found.mappings()]
    write(found, "csv", tmp_path / "a.csv")
    write(found, "parquet", tmp_path / "a.parquet")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(rows)
    with duckdb.connect() as duck:
        for field in found.fields:
            if field.kind in ("text", "integer", "list") and (field.kind != "list" or field.items):
                sql = f"select \"{field.name}\" from '{tmp_path / 'a.parquet'}'"
                assert [row[0] for row in duck.execute(sql).fetchall()] == [row[field.name] for row in rows]
    if write(found, "geojson", tmp_path / "a.geojson"):
        collection = geojson.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
        assert collection.is_valid and len(collection["features"]) == len(rows)
        write(found, "kml", tmp_path / "a.kml")
        document = kml.KML.parse(tmp_path / "a.kml", validate=False)
        assert len(list(find_all(document, of_type=kml.Placemark))) == len(rows)


@pytest.mark.parametrize("name", ["posture", "totals", "claims"])
def test_text_forms_are_the_same_on_both_engines(make_url: Callable[..., str], name: str, tmp_path: Path) -> None:
    texts = []
    for engine in ("sqlite", "postgresql"):
        with open_database(make_url(engine)) as db:
            seed(db, "niger-2023-ledger")
            with db.read():
                found = content(db, name)
                texts.append(
                    [
                        write(found, form, tmp_path / f"{engine}.{form}")
                        for form in ("csv", "jsonl", "md", "geojson", "kml")
                    ]
                )
    assert texts[0] == texts[1]


def test_a_snapshot_answers_by_itself(told: Database, tmp_path: Path) -> None:
    write(content(told, "posture"), "sqlite", tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        (as_of,) = connection.execute("select as_of from snapshot").fetchone()
        (low,) = connection.execute("select low from posture where line = 'fra-ner/personnel'").fetchone()
    assert (as_of, low) == (
        "2023-11-15",
        next(row["low"] for row in content(told, "posture").mappings() if row["asset"] == "personnel"),
    )


def test_claims_stand_at_both_clocks(told: Database) -> None:
    """By hand: of what was recorded by then and not withdrawn, what is about that day or before, and plans stated by then."""
    day, known = "2023-10-05", 9
    expected = {
        row["id"]
        for row in told.all("select * from status_change")
        if row["seq"] <= known
        and (
            row["stated_on"]
            if row["modality"] in ("planned", "possible", "demanded", "negotiating")
            else row["effective_on"]
        )
        <= day
    } - {row["status_change_id"] for row in told.all("select * from retraction") if row["seq"] <= known}
    found = claims_content(told, Question(as_of=date(2023, 10, 5), known_seq=known))
    ids = [row["claim_id"] for row in found.mappings()]
    assert ids == sorted(expected) and 0 < len(ids) < told.value("select count(*) from status_change")


def test_claims_are_those_asked_about(told: Database) -> None:
    every = {row["claim_id"]: row for row in claims_content(told, Question(as_of=date(2023, 12, 31))).mappings()}
    for name, column, value in (
        ("asset_type", "asset_type_code", "personnel"),
        ("deployment", "deployment_code", "fra-ner"),
    ):
        found = {
            row["claim_id"]
            for row in claims_content(told, Question(as_of=date(2023, 12, 31), **{name: value})).mappings()
        }
        assert found == {number for number, row in every.items() if row[column] == value}
        assert 0 < len(found) < len(every)
