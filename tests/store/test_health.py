"""The doctor says what is out of order, and the numbers are those of the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posture.store import health, schema
from posture.store.connection import SCHEMA_REVISION, connect, open_database
from posture.store.tables import RECORD, metadata
from tests.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable


def wrong(url: str) -> dict[str, str]:
    return {finding.check: finding.detail for finding in health.doctor(url) if finding.state != "ok"}


def test_a_new_database_is_sound(url: str) -> None:
    found = wrong(url)
    found.pop("durability", None)  # the tests' server forgets on purpose
    assert found == {}
    assert len(health.doctor(url)) >= 5


def test_the_numbers_are_those_of_the_database(url: str) -> None:
    with open_database(url) as db:
        empty = health.stats(db)
        assert (empty.head_seq, empty.head_at, empty.rows["actor"]) == (0, None, 0)
        with db.write():
            rows.full_record(db)
        found = health.stats(db)
    assert found.head_seq == 1
    assert found.head_at == rows.NOW
    assert found.schema == SCHEMA_REVISION
    assert found.size > 100_000
    assert set(found.rows) == set(metadata.tables)
    assert (found.rows["status_change"], found.rows["plan_link"]) == (2, 1)
    assert found.database_id == empty.database_id


def test_a_missing_trigger_is_found(url: str) -> None:
    with connect(url) as db:
        db.execute(
            "DROP TRIGGER status_change_no_replace"
            if db.engine == "sqlite"
            else "ALTER TABLE status_change DISABLE TRIGGER ALL"
        )
    assert "status_change" in wrong(url)["append-only"]


def test_an_old_schema_is_found(url: str) -> None:
    with connect(url) as db:
        db.execute("UPDATE alembic_version SET version_num = '0000'")
    assert 'run "posture db upgrade"' in wrong(url)["schema"]


def test_a_missing_database_is_a_finding(tmp_path: Path) -> None:
    assert "no database at" in wrong(str(tmp_path / "none.db"))["open"]


def test_a_file_that_others_may_open_is_found(make_url: Callable[..., str]) -> None:
    url = make_url("sqlite")
    Path(url.removeprefix("sqlite:///")).chmod(0o644)
    assert "mode 644" in wrong(url)["permissions"]


def test_a_journal_that_is_not_sound_is_found(make_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_url("sqlite")
    with connect(url) as db:
        db.execute("PRAGMA journal_mode = WAL")
    monkeypatch.setattr(health.sqlite3, "sqlite_version_info", (3, 51, 2))
    assert "WAL" in wrong(url)["journal"]
    monkeypatch.setattr(health.sqlite3, "sqlite_version_info", (3, 51, 3))
    assert "journal" not in wrong(url)


def test_a_row_that_refers_to_nothing_is_found(make_url: Callable[..., str]) -> None:
    url = make_url("sqlite")
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    raw.execute("INSERT INTO containment VALUES (7, 8)")
    raw.commit()
    raw.close()
    assert "2 rows refer" in wrong(url)["references"]


def test_a_network_file_system_is_found(
    tmp_path: Path, make_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\nnone {tmp_path}/local tmpfs rw 0 0\n")
    assert health.file_system(str(tmp_path / "a.db"), str(mounts)) == "nfs4"
    assert health.file_system(str(tmp_path / "local" / "a.db"), str(mounts)) == "tmpfs"
    assert health.file_system(str(tmp_path) + "x/a.db", str(mounts)) == "ext4"
    assert health.file_system("/a.db", str(tmp_path / "none")) is None
    monkeypatch.setattr(health, "file_system", lambda _: "nfs4")
    assert "network" in wrong(make_url("sqlite"))["file system"]


def test_the_tables_that_only_grow_are_those_of_the_schema() -> None:
    assert health._APPEND_ONLY == RECORD


ALTERED = {
    "a trigger that does nothing": (
        "trigger retraction_no_update was altered",
        "function posture_append_only was altered",
        (
            "DROP TRIGGER retraction_no_update",
            "CREATE TRIGGER retraction_no_update BEFORE UPDATE ON retraction BEGIN SELECT 1; END",
        ),
        (
            "CREATE OR REPLACE FUNCTION posture_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        ),
    ),
    "an index of other columns": (
        "index ix_status_change_flow was altered",
        "index ix_status_change_flow was altered",
        ("DROP INDEX ix_status_change_flow", "CREATE INDEX ix_status_change_flow ON status_change (asset_id)"),
        ("DROP INDEX ix_status_change_flow", "CREATE INDEX ix_status_change_flow ON status_change (asset_id)"),
    ),
    "an index that is gone": (
        "index ix_alias_name_folded is missing",
        "index ix_alias_name_folded is missing",
        ("DROP INDEX ix_alias_name_folded",),
        ("DROP INDEX ix_alias_name_folded",),
    ),
    "a check that is gone": (
        "table actor was altered",
        "constraint actor.ck_actor_kind is missing",
        ("ALTER TABLE actor ADD COLUMN more TEXT",),
        ("ALTER TABLE actor DROP CONSTRAINT ck_actor_kind",),
    ),
    "a trigger of somebody else": (
        "trigger theirs is not ours",
        "trigger theirs is not ours",
        ("CREATE TRIGGER theirs AFTER INSERT ON actor BEGIN DELETE FROM alias; END",),
        (
            "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER theirs AFTER INSERT ON actor FOR EACH ROW EXECUTE FUNCTION theirs()",
        ),
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_keeps_its_name_and_not_its_text_is_found(what: str, url: str) -> None:
    on_sqlite, on_postgresql, *statements = ALTERED[what]
    with connect(url) as db:
        for statement in statements[db.engine == "postgresql"]:
            db.execute(statement)
        said = on_sqlite if db.engine == "sqlite" else on_postgresql
    assert said in wrong(url)["definitions"]


def test_looking_at_the_definitions_leaves_nothing_behind(url: str) -> None:
    with connect(url) as db:
        before = schema.described(db)
        assert schema.differences(before, schema.expected(db)) == []
        assert schema.described(db) == before
        if db.engine == "postgresql":
            assert db.tuples("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'posture%'") == []
