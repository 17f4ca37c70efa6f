"""Any value that was altered behind the ledger's back is found, with the entry it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posture.ledger import catalogue
from posture.ledger.claims import log, retract
from posture.ledger.hashing import ENTRY, HASHED
from posture.ledger.verify import mend, verify
from posture.store.tables import metadata

from .conftest import claim

if TYPE_CHECKING:
    from posture.store.connection import Database


LEDGER = ("ledger_entry", *HASHED)


def without_guards(db: Database, statement: str) -> None:
    """Run a statement as somebody would who first removes the database's own protection."""
    if db.engine == "sqlite":
        for row in db.all("select name from sqlite_master where type = 'trigger'"):
            db.execute(f"drop trigger {row['name']}")
        db.execute("pragma foreign_keys = off")
    else:
        db.execute("set session_replication_role = replica")
        for table in LEDGER:
            db.execute(f"alter table {table} disable trigger user")
    db.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update status_change set quantity_low = 1400 where id = 1",
        "update status_change set quantity_text = '1500 ' where id = 1",
        "update status_change set locator = 'p. 3' where id = 1",
        "update status_change set note = 'other' where id = 1",
        f"update status_change set note = 'other', note_sha256 = '{'0' * 64}' where id = 1",
        "update ledger_entry set recorded_by = 'somebody' where seq = 14",
        "update ledger_entry set reason = 'because' where seq = 14",
        "delete from status_change where id = 1",
        "delete from retraction",
        "update retraction set reason = 'other'",
    ],
)
def test_an_altered_row_is_found_with_its_entry(niger: Database, statement: str) -> None:
    log(niger, [claim(note="a remark")])
    second = log(niger, [claim(source="voa")])
    retract(niger, claim=second.claims[0]["id"])
    assert verify(niger) == []
    without_guards(niger, statement)
    findings = verify(niger)
    assert findings
    assert findings[0].seq == (16 if "retraction" in statement else 14)


def test_a_missing_entry_is_found(niger: Database) -> None:
    log(niger, [claim()])
    log(niger, [claim()])
    without_guards(niger, "delete from ledger_entry where seq = 14")
    assert "entry #14 is missing" in verify(niger)[0].what


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update location set name = 'Nigeria' where code = 'ner'", "location 1 is not as entry #2 left it"),
        ("update source set text = 'other words' where code = 'paper'", "the text of source 3"),
        ("delete from containment", "containment"),
    ],
)
def test_an_altered_catalogue_is_found(niger: Database, statement: str, told: str) -> None:
    niger.execute(statement)
    assert any(told in finding.what for finding in verify(niger))


def test_a_text_that_had_to_be_erased_leaves_the_chain_whole(niger: Database) -> None:
    log(niger, [claim(note="a name that must go")])
    without_guards(niger, "update status_change set note = null where id = 1")
    mend(niger)  # on SQLite the index of the search still held the words
    assert verify(niger) == []


def test_every_column_of_the_ledger_is_hashed() -> None:
    by_own_hash = {"excerpt", "note"}
    for table, columns in HASHED.items():
        assert {column.name for column in metadata.tables[table].columns} - by_own_hash == set(columns), table
    assert {column.name for column in metadata.tables["ledger_entry"].columns} == {*ENTRY, "entry_hash"}


def test_an_edit_is_a_revision_with_before_and_after(niger: Database) -> None:
    catalogue.edit(niger, "location", "niamey", {"name": "Niamey city"})
    row = niger.one("select * from catalogue_revision order by seq desc limit 1")
    assert row is not None
    assert '"name":"Niamey"' in row["before"] and '"name":"Niamey city"' in row["after"]


def test_what_is_derived_can_be_mended(niger: Database) -> None:
    assert not mend(niger)
    niger.execute("delete from containment")
    assert mend(niger)
    assert verify(niger) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update status set axis = 'presence' where code = 'grounded'", "status 11 (grounded)"),
        ("update status set code = 'idle' where code = 'grounded'", "status 11 (grounded)"),
        ("insert into status (id, code, axis, name) values (99, 'idle', 'activity', 'Idle')", "status 99 (idle)"),
        ("delete from status where code = 'grounded'", "status 11 (grounded)"),
        ("update asset_type set parent_id = null where code = 'drone'", "asset type 3 (drone)"),
        ("update asset_type set name = 'Tanks' where code = 'tank'", "asset type 11 (tank)"),
        ("delete from asset_type where code = 'bomber'", "asset type 9 (bomber)"),
        ("delete from database_identity", "database_identity"),
        ("update location set parent_id = 3 where code = 'ner'", "in a circle"),
    ],
)
def test_what_came_with_the_schema_and_was_altered_is_found(niger: Database, statement: str, told: str) -> None:
    catalogue.edit(niger, "asset_type", "jet", {"name": "Fighter"})
    assert verify(niger) == []
    niger.execute(statement)
    assert any(told in finding.what for finding in verify(niger))
