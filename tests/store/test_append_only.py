"""Nothing recorded is changed or removed, whoever asks and however."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posture.errors import PostureError, Refused
from posture.store.tables import RECORD, metadata
from tests.store import rows

if TYPE_CHECKING:
    from posture.store.connection import Database


@pytest.fixture
def full(db: Database) -> Database:
    with db.write():
        rows.full_record(db)
    return db


def refused(db: Database, sql: str) -> str:
    """Run a statement that must change nothing, and return the error's line."""
    before = {table: db.tuples(f"SELECT * FROM {table}") for table in RECORD}
    with pytest.raises(Refused) as caught, db.write():
        db.execute(sql)
    assert {table: db.tuples(f"SELECT * FROM {table}") for table in RECORD} == before
    return str(caught.value)


def key(table: str) -> str:
    return next(iter(metadata.tables[table].primary_key.columns)).name


def copied(table: str, **changes: str) -> tuple[str, str]:
    """Return the columns of a table, and what selects its row again with changes."""
    names = [column.name for column in metadata.tables[table].columns]
    return ", ".join(f'"{name}"' for name in names), ", ".join(changes.get(name, f'"{name}"') for name in names)


@pytest.mark.parametrize("table", RECORD)
def test_an_update_is_refused(full: Database, table: str) -> None:
    assert f"{table} is append-only" in refused(full, f"UPDATE {table} SET {key(table)} = {key(table)}")


@pytest.mark.parametrize("table", RECORD)
def test_a_delete_is_refused(full: Database, table: str) -> None:
    assert f"{table} is append-only" in refused(full, f"DELETE FROM {table}")


@pytest.mark.parametrize("engine", ["postgresql"], indirect=False)
@pytest.mark.parametrize("table", RECORD)
def test_a_truncate_is_refused(full: Database, table: str) -> None:
    assert "is append-only" in refused(full, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("engine", ["postgresql"], indirect=False)
def test_the_record_holds_where_ordinary_triggers_are_off(full: Database) -> None:
    with pytest.raises(Refused, match="append-only"), full.write():
        full.execute("SET LOCAL session_replication_role = replica")
        full.execute("DELETE FROM status_change")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=False)
@pytest.mark.parametrize("words", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL"])
@pytest.mark.parametrize("table", RECORD)
def test_a_row_with_a_key_that_exists_is_refused(full: Database, table: str, words: str) -> None:
    columns, values = copied(table)
    assert "append-only" in refused(full, f"{words} INTO {table} ({columns}) SELECT {values} FROM {table}")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=False)
@pytest.mark.parametrize("table", RECORD)
def test_every_unique_key_of_the_record_is_guarded(full: Database, table: str) -> None:
    """INSERT OR REPLACE deletes, unseen by any trigger, whatever holds one of the keys; so each has to be tried."""
    keys = [[row["name"] for row in full.all(f"PRAGMA index_info({index['name']})")]
            for index in full.all(f"PRAGMA index_list({table})") if index["unique"]]  # fmt: skip
    keys = [columns for columns in keys if columns != [key(table)]] + [[key(table)]]
    for columns in keys:
        # Another row in every way but this key.
        others = {
            "id": "id + 50", "seq": "seq + 50", "ordinal": "ordinal + 50", "txid": "txid || 'x'",
            "entry_hash": "replace(entry_hash, '0', 'f')", "prev_hash": "entry_hash", "event_id": "NULL",
            "status_change_id": "2",
        }  # fmt: skip
        changes = {name: text for name, text in others.items() if name not in columns}
        names, values = copied(table, **changes)
        with full.write():
            full.execute("PRAGMA defer_foreign_keys = ON")
            if all(full.value(f"SELECT {name} FROM {table}") is not None for name in columns):
                said = refused(full, f"INSERT OR REPLACE INTO {table} ({names}) SELECT {values} FROM {table} LIMIT 1")
                assert "append-only" in said, columns


@pytest.mark.parametrize("engine", ["sqlite"], indirect=False)
def test_the_retraction_of_an_event_is_guarded_too(full: Database) -> None:
    """An event's retraction has no claim, so its key is another one."""
    with full.write():
        full.insert(
            "event",
            {
                "id": 1, "code": "coup", "kind": "coup", "title": "Coup", "effective_edtf": "2023-07-26",
                "effective_from": "2023-07-26", "effective_on": "2023-07-26", "source_id": 1,
            },
        )  # fmt: skip
        gone = {"id": 2, "seq": 1, "ordinal": 2, "event_id": 1, "reason": "wrong"}
        full.insert("retraction", gone)
    said = refused(
        full, "INSERT OR REPLACE INTO retraction (id, seq, ordinal, event_id, reason) VALUES (3, 1, 3, 1, 'other')"
    )
    assert "append-only" in said


@pytest.mark.parametrize("table", RECORD)
def test_an_upsert_is_refused(full: Database, table: str) -> None:
    columns, values = copied(table)
    said = refused(
        full,
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE true "
        f"ON CONFLICT ({key(table)}) DO UPDATE SET {key(table)} = {table}.{key(table)}",
    )
    assert "append-only" in said


def test_catalogue_rows_may_be_changed(full: Database) -> None:
    with full.write():
        assert full.update("actor", 1, {"name": "French Republic"}) == 1
    assert full.value("SELECT name FROM actor") == "French Republic"


def test_a_row_that_the_record_refers_to_cannot_be_removed(full: Database) -> None:
    for table in ("deployment", "asset", "source"):
        with pytest.raises(PostureError, match="(?i)foreign key"), full.write():
            full.delete(table, 1)
