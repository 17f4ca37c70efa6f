"""The views for SQL users: what they promise in writing, and that both engines keep it alike."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posture import clock
from posture.imports import scenario
from posture.ledger import catalogue, claims, current, editions
from posture.ledger.entry import Writing
from posture.ledger.export_runs import Run, record_run
from posture.reports.current import current_rows
from posture.store import migrate
from posture.store.connection import SCHEMA_REVISION, connect, open_database
from posture.store.views import VIEWS, View
from tests.ledger.conftest import claim
from tests.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database

CONTRACT = Path(__file__).parent / "views.txt"
SEEDED = datetime(2024, 1, 15, 12, tzinfo=UTC)
EVERY_VIEW = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)


def contract() -> str:
    """Return what SQL users build on: views, keys, columns and their types, in order."""
    lines = []
    for view in VIEWS:
        lines.append(f"{view.name} by {', '.join(view.key)}")
        lines += [f"    {column.name} {column.kind}" for column in view.columns]
    return "\n".join(lines) + "\n"


def test_no_column_changes_unnoticed() -> None:
    """What others build on: a change here is told in CHANGELOG.md; then REWRITE_VIEWS=1 writes it down."""
    if os.environ.get("REWRITE_VIEWS"):
        CONTRACT.write_text(contract(), encoding="utf-8")
    assert CONTRACT.read_text(encoding="utf-8") == contract()


@EVERY_VIEW
def test_a_view_says_what_it_is(view: View) -> None:
    assert re.fullmatch(r"report_[a-z_]+", view.name)
    assert view.grain.startswith("One row per ")
    names = [column.name for column in view.columns]
    assert len(set(names)) == len(names)
    assert set(view.key) <= set(names)
    for column in view.columns:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
        assert column.meaning
        assert not column.meaning.removesuffix("...").endswith(".")
        if column.name.endswith("_on"):
            assert column.kind == "day"
        if column.name.endswith("_at"):
            assert column.kind == "instant"
        if column.name.startswith("is_"):
            assert column.kind == "flag"
    assert ("latitude" in names) == ("longitude" in names)


@EVERY_VIEW
def test_the_database_has_the_columns_that_are_promised(db: Database, view: View) -> None:
    names = [column.name for column in view.columns]
    if db.engine == "sqlite":
        assert [row["name"] for row in db.all(f"pragma table_info({view.name})")] == names
        return
    found = db.tuples(
        "select a.attname, format_type(a.atttypid, null), col_description(a.attrelid, a.attnum)"
        " from pg_attribute a where a.attrelid = cast(:name as regclass) and a.attnum > 0 order by a.attnum",
        {"name": view.name},
    )
    types = {"integer": "bigint", "flag": "integer", "real": "double precision"}
    assert found == [(column.name, types.get(column.kind, "text"), column.meaning) for column in view.columns]
    assert db.value("select obj_description(cast(:name as regclass), 'pg_class')", {"name": view.name}) == view.grain


def told(db: Database) -> None:
    """Tell a story that leaves something in every view: the withdrawal from Niger, and what the analyst did after it."""
    db.keeper = current_rows
    with clock.held_at(SEEDED):
        scenario.seed(db, "niger-2023-ledger", recorded_by="analyst")
        numbers = iter(range(100))

        def writing(action: str, **more: Any) -> Writing:
            return Writing(action=action, recorded_by="analyst", txid=f"tx-{next(numbers)}", reason="why", **more)

        def add(noun: str, **fields: Any) -> None:
            catalogue.add(db, noun, fields, writing("add"))

        add("platform", code="f-ruad", designation="F-RUAD", asset_type="drone", actor="fra", note='a "quoted" note')
        add("asset", deployment="fra-ner", code="f-ruad", platform="f-ruad")
        add("deployment", code="fra-tcd-op", actor="fra", location="tcd", operation="Épervier", part_of="fra-tcd")
        catalogue.alias(db, "asset", "fra-ner/f-ruad", "the Reaper", "en", writing("alias"))
        catalogue.alias(db, "location", "ner", "République du Niger", "fr", writing("alias"))
        source = {"source": "rfi-2023-09-05", "on": "2024-01-02", "grade": "B2"}
        known = claims.log(
            db,
            [
                claim("fra-tcd/personnel", quantity="~950", **source),
                claim("fra-tcd/personnel", "decrease", "half", modality="planned", **{**source, "on": "2024-03"}),
                claim("fra-ner/f-ruad", "status", None, status="departed", **source),
                claim("fra-tcd/personnel", "count", "1,100", basis="authorised", note="of the decree", **source),
                claim("fra-tcd/personnel", "increase", "some", **{**source, "on": "[..2024-01-05]"}),
                claim("fra-tcd", "status", None, status="active", **{**source, "on": "021030ZJAN24"}),
            ],
            writing("log"),
        )
        claims.correct(db, known.claims[0]["id"], {"quantity": "900..1000"}, writing("correct"))
        claims.retract(db, claim=known.claims[4]["id"], writing=writing("retract"))
        event = db.value("select code from event order by id limit 1")
        claims.retract(db, event=event, writing=writing("retract"))
        editions.create(db, editions.Draft(code="2023-q4", as_of=date(2023, 12, 31), note="cited"), writing("edition"))
        failed = Run(job="daily", destination="out", started_at=SEEDED, ended_at=SEEDED, outcome="failed", duration=0.5)
        record_run(db, failed)
        more: dict[str, Any] = {"as_of": date(2024, 1, 15), "known_seq": 3, "rows": 12, "bytes": 2**33}
        record_run(db, replace(failed, outcome="published", manifest_sha256="0" * 64, **more))


def test_both_engines_give_the_same_rows_of_every_view(make_url: Callable[..., str]) -> None:
    answers = {}
    for engine in ("sqlite", "postgresql"):
        with open_database(make_url(engine)) as db:
            told(db)
            answers[engine] = {view.name: db.all(f"select * from {view.name}") for view in VIEWS}
    for view in VIEWS:

        def by_key(row: dict[str, Any], view: View = view) -> list[str]:
            return [str(row[name]) for name in view.key]

        one, other = (sorted(answers[engine][view.name], key=by_key) for engine in answers)
        assert one, f"the story leaves nothing in {view.name}"
        assert len({tuple(by_key(row)) for row in one}) == len(one), f"{view.name} has two rows of one key"
        for row, twin in zip(one, other, strict=True):
            assert row == twin
            assert list(row) == [column.name for column in view.columns]
            assert {name: type(value) for name, value in row.items()} == {
                name: type(value) for name, value in twin.items()
            }
            _is_of_its_kinds(view, row)


def _is_of_its_kinds(view: View, row: dict[str, Any]) -> None:
    forms = {"day": r"\d{4}-\d\d-\d\d", "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"}
    for column in view.columns:
        value = row[column.name]
        if value is None:
            continue
        if column.kind in forms:
            assert re.fullmatch(forms[column.kind], value), column.name
        elif column.kind == "flag":
            assert value in (0, 1) and type(value) is int, column.name
        else:
            assert isinstance(value, {"integer": int, "real": float}.get(column.kind, str)), column.name


def test_every_example_runs_on_both_engines(db: Database) -> None:
    told(db)
    for view in VIEWS:
        found = db.all(view.example.query)
        assert found, view.name
        assert view.name in view.example.query


# --- what is recorded before the views were made -----------------------------------------------------------------


def recorded_before(empty_url: str) -> str:
    """Make a database as the first program would have left it, with something in every table of the record."""
    migrate.upgrade(empty_url, "0001")
    with connect(empty_url) as db, db.write():
        rows.full_record(db)
        db.insert("status_change", rows.claim(3, modality="planned", seq=1, ordinal=3))
    return empty_url


def test_what_was_recorded_before_is_in_the_views_after_the_upgrade(empty_url: str) -> None:
    url = recorded_before(empty_url)
    assert migrate.upgrade(url) == ("0001", SCHEMA_REVISION)
    with open_database(url) as db:
        assert [row["claim_id"] for row in db.all("select * from report_claim order by 1")] == [1, 2, 3]
        assert [row["claim_id"] for row in db.all("select * from report_evidence where is_retracted = 1")] == [1]
        line = db.one("select * from report_posture")
        assert line is not None
        assert (line["line"], line["known_seq"], line["is_current"], line["low"]) == ("fra-ner/drones", 0, 0, None)
        plan = db.all("select plan_id, state, is_current from report_plan order by 1")
        assert plan == [{"plan_id": number, "state": None, "is_current": 0} for number in (2, 3)]
        db.keeper = current_rows
        assert any("out of date" in found for found in current.differences(db))
        assert current.refresh(db) > 0
        assert list(current.differences(db)) == []
        assert db.all("select * from report_posture") == []  # its only claim was retracted: nothing is known
        assert {row["state"] for row in db.all("select * from report_plan")} == {"overdue"}


def test_going_down_takes_the_views_away_and_nothing_that_is_recorded(empty_url: str) -> None:
    url = recorded_before(empty_url)
    with connect(url) as db:
        before = db.all("select * from status_change order by id")
    migrate.upgrade(url)
    with open_database(url) as db:
        db.keeper = current_rows
        current.refresh(db)
    migrate.downgrade(url, "0002")
    with connect(url) as db:
        assert db.all("select * from status_change order by id") == before
        assert _reporting(db) == []
    migrate.upgrade(url)
    with connect(url) as db:
        assert len(_reporting(db)) == len(VIEWS) + 2


def _reporting(db: Database) -> list[str]:
    names = (
        "select name from sqlite_master where type in ('table', 'view')"
        if db.engine == "sqlite"
        else "select relname from pg_class where relkind in ('r', 'v') and relnamespace = 'public'::regnamespace"
    )
    return sorted(name for (name,) in db.tuples(names) if name.startswith(("report_", "current_")))
