"""The migrations make what the tables say, go up and down, and never lose a claim."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import re
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from posture.domain import vocabulary
from posture.errors import Busy, ConstraintBroken, PostureError, Refused, SchemaTooNew, SchemaTooOld, UsageMistake
from posture.store import (
    indexes,  # noqa: F401 - adds the indexes to the tables
    migrate,
    views,
)
from posture.store.connection import SCHEMA_REVISION, connect, open_database
from posture.store.tables import RECORD, metadata
from tests.store import freeze, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database


def described(db: Database) -> list[str]:
    """Return the schema as text, one line per table, view, column, constraint, index and comment."""
    if db.engine == "sqlite":
        found = db.tuples(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index', 'view')"
        )
        spaced = [(kind, name, re.sub(r"([(),])", r" \1 ", sql)) for kind, name, sql in found]
        lines = [f"{kind} {name}: {' '.join(sql.split())}" for kind, name, sql in spaced]
    else:
        lines = [": ".join(map(str, row)) for row in db.tuples(_POSTGRESQL_SCHEMA)]
    return sorted(line for line in lines if not any(name in line for name in NOT_TABLES))


NOT_TABLES = ("alembic_version", "passage_index", "view passage", "_search")
"""What the tables do not describe: the migrations' own, and the index of the full-text search."""


_POSTGRESQL_SCHEMA = """
WITH ours AS (
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v')
)
SELECT 'table', relname, coalesce(obj_description(oid, 'pg_class'), '') FROM ours
UNION ALL
SELECT 'column', relname || '.' || attname,
    attnum || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
    || ' default ' || coalesce(pg_get_expr(adbin, adrelid), 'none') || ' -- ' || coalesce(col_description(attrelid, attnum), '')
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum
UNION ALL
SELECT 'constraint', relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT 'index', relname, pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT 'view', relname, pg_get_viewdef(oid) FROM ours WHERE relname LIKE 'report%'
"""


def create_all(url: str) -> None:
    """Make the tables and views as the program describes them today, without any migration."""
    with connect_empty(url) as db, migrate.exclusive(url) as connection:
        metadata.create_all(connection)
        for statement in views.statements(db.engine):
            connection.exec_driver_sql(statement.replace("%", "%%") if db.engine == "postgresql" else statement)


def connect_empty(url: str) -> Database:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    return connect(url)


def test_the_migrated_schema_is_the_one_that_the_tables_describe(
    engine: str, url: str, make_url: Callable[..., str]
) -> None:
    other = make_url(engine, migrated=False)
    create_all(other)
    with connect(url) as migrated, connect(other) as described_now:
        assert described(migrated) == described(described_now)
        assert len(described(migrated)) > 50


def test_the_frozen_text_is_what_the_freezer_would_write() -> None:
    """While nothing is released; afterwards the text stays and this test goes with the freezer."""
    for engine in ("sqlite", "postgresql"):
        frozen = (freeze.FOLDER / f"0001_tables.{engine}.sql").read_text()
        assert [part for part in freeze.statements(engine) if part not in frozen] == []
        for direction in ("up", "down"):
            text = (freeze.FOLDER / f"0002_search_{direction}.{engine}.sql").read_text(encoding="utf-8")
            assert text == freeze.search(engine, direction)
            text = (freeze.FOLDER / f"0003_reporting_{direction}.{engine}.sql").read_text(encoding="utf-8")
            assert text == freeze.reporting(engine, direction)
            text = (freeze.FOLDER / f"0004_importing_{direction}.{engine}.sql").read_text(encoding="utf-8")
            assert text == freeze.importing(engine, direction)
            text = (freeze.FOLDER / f"0005_exporting_{direction}.{engine}.sql").read_text(encoding="utf-8")
            assert text == freeze.exporting(engine, direction)


def test_a_changed_check_would_be_noticed(url: str) -> None:
    with connect(url) as db:
        before = described(db)
        if db.engine == "sqlite":
            db.execute("PRAGMA writable_schema = ON")
            db.execute("UPDATE sqlite_master SET sql = replace(sql, '''alliance'', ', '') WHERE name = 'actor'")
        else:
            db.execute("ALTER TABLE actor DROP CONSTRAINT ck_actor_kind")
            db.execute("ALTER TABLE actor ADD CONSTRAINT ck_actor_kind CHECK (kind IN ('state'))")
        assert described(db) != before


def test_the_schema_goes_up_and_down_and_up(empty_url: str) -> None:
    assert migrate.upgrade(empty_url) == (None, SCHEMA_REVISION)
    with connect(empty_url) as db:
        first, identity = described(db), db.value("SELECT database_id FROM database_identity")
    assert migrate.downgrade(empty_url, "base") == (SCHEMA_REVISION, None)
    with connect(empty_url) as db:
        assert described(db) == []
        if db.engine == "postgresql":
            assert db.value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'posture%'") == 0
    assert migrate.upgrade(empty_url) == (None, SCHEMA_REVISION)
    with connect(empty_url) as db:
        assert described(db) == first
        assert db.value("SELECT database_id FROM database_identity") != identity


def test_going_up_twice_changes_nothing(url: str) -> None:
    assert migrate.upgrade(url) == (SCHEMA_REVISION, SCHEMA_REVISION)
    assert migrate.current(url) == SCHEMA_REVISION


def test_going_down_is_refused_while_anything_is_recorded(url: str) -> None:
    with open_database(url) as db, db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim())
    with pytest.raises(Refused, match=r"the ledger holds 1 entries with 1 claims, .* nothing was changed$"):
        migrate.downgrade(url, "base")
    with open_database(url) as db:
        assert db.value("SELECT count(*) FROM status_change") == 1
        assert db.value("SELECT count(*) FROM status") == len(vocabulary.STATUSES)


def test_going_down_is_refused_while_imports_or_runs_would_be_lost(url: str) -> None:
    """They are in no hash, so nothing would tell: a file that is imported again would be recorded twice."""
    run = {"id": 1, "job": "a", "destination": "out", "outcome": "failed", "duration": 1.5, "tool_version": "1"}
    with open_database(url) as db, db.write():
        db.insert("export_run", {**run, "started_at": rows.NOW, "ended_at": rows.NOW})
    with connect(url) as db:
        before = described(db)
    for target in ("0004", "0003", "base"):
        with pytest.raises(Refused, match=r"^going down would lose runs of exports, 1 in all; nothing was changed$"):
            migrate.downgrade(url, target)
    with connect(url) as db:
        assert described(db) == before and migrate.current(url) == SCHEMA_REVISION
    with open_database(url) as db, db.write():
        db.execute("delete from export_run")
    assert migrate.downgrade(url, "0003") == (SCHEMA_REVISION, "0003")


def test_a_migration_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "migrations"
    for path in migrate.scripts().rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = broken / path.relative_to(migrate.scripts())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text())
    (broken / "sql" / "0001_triggers.sqlite.sql").write_text("CREATE TABLE half (id INTEGER)\n\nCREATE NONSENSE")
    (broken / "sql" / "0001_triggers.postgresql.sql").write_text("CREATE TABLE half (id INTEGER)\n\nCREATE NONSENSE")
    monkeypatch.setattr(migrate, "scripts", lambda: broken)
    with pytest.raises(PostureError, match="NONSENSE"):
        migrate.upgrade(empty_url)
    if empty_url.startswith("sqlite"):
        assert not Path(empty_url.removeprefix("sqlite:///")).exists()
    else:
        with connect(empty_url) as db:
            assert described(db) == []


def test_a_new_file_is_readable_by_its_owner_alone(make_url: Callable[..., str]) -> None:
    url = make_url("sqlite", migrated=False)
    path = Path(url.removeprefix("sqlite:///"))
    before = os.umask(0o000)
    try:
        migrate.upgrade(url)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with open_database(url) as db, db.write():
            rows.catalogue(db)
            journal = next(path.parent.glob(f"{path.name}-*"))
            assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    migrate.upgrade(str(tmp_path / "new" / "posture.db"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_two_that_upgrade_at_once_take_turns(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).touch()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=migrate.upgrade, args=(empty_url,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with open_database(empty_url) as db:
        assert db.value("SELECT count(*) FROM database_identity") == 1


def test_the_program_expects_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrate.scripts()))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [SCHEMA_REVISION]
    numbers = [script.revision for script in scripts.walk_revisions()]
    assert numbers == [f"{number:04d}" for number in range(len(numbers), 0, -1)], "newer is told from older by number"


def test_an_unknown_revision_is_a_usage_mistake(url: str) -> None:
    with pytest.raises(UsageMistake, match="cannot upgrade the schema to 9999"):
        migrate.upgrade(url, "9999")


def test_a_database_without_a_schema_is_told_what_to_run(empty_url: str) -> None:
    connect_empty(empty_url).close()
    with pytest.raises(
        SchemaTooOld, match=f'has no schema yet, this program works with {SCHEMA_REVISION}; run "posture db upgrade"'
    ):
        open_database(empty_url)


def test_a_database_of_a_later_program_is_left_alone(url: str) -> None:
    with connect(url) as db:
        db.execute("UPDATE alembic_version SET version_num = '0999'")
    for attempt in (open_database, migrate.upgrade):
        with pytest.raises(SchemaTooNew, match="install a newer posture"):
            attempt(url)


def test_creating_opens_a_database_that_is_ready(empty_url: str) -> None:
    with open_database(empty_url, create=True) as db:
        assert db.value("SELECT count(*) FROM status") == len(vocabulary.STATUSES)


def frozen_migration() -> Any:
    spec = importlib.util.spec_from_file_location("migration_0001", migrate.scripts() / "versions" / "0001_ledger.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_first_rows_are_the_vocabulary(db: Database) -> None:
    assert tuple((code, axis.value, name) for code, axis, name in vocabulary.STATUSES) == frozen_migration().STATUSES
    assert frozen_migration().ASSET_TYPES == vocabulary.ASSET_TYPES
    assert db.tuples("SELECT code, axis, name FROM status ORDER BY id") == list(frozen_migration().STATUSES)
    assert (
        db.tuples("SELECT t.code, p.code, t.name FROM asset_type t LEFT JOIN asset_type p ON p.id = t.parent_id ORDER BY t.id")
        == list(vocabulary.ASSET_TYPES)
    )  # fmt: skip


def test_migrations_import_nothing_that_describes_the_schema_of_today() -> None:
    for path in (migrate.scripts() / "versions").glob("*.py"):
        assert not re.search(
            r"tables|indexes|columns|vocabulary",
            "".join(re.findall(r"^(?:from|import) .*", path.read_text(), re.MULTILINE)),
        )


def test_the_migration_drops_every_table_that_it_makes() -> None:
    assert set(frozen_migration().TABLES) == set(metadata.tables) - set(freeze.LATER)


def test_every_append_only_table_has_its_triggers(db: Database) -> None:
    if db.engine == "sqlite":
        found = {name for (name,) in db.tuples("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert found == {f"{table}_no_{what}" for table in RECORD for what in ("update", "delete", "replace")}
    else:
        found = {
            name for (name,) in db.tuples("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'")
        }
        assert found == {f"{table}_append_only" for table in RECORD}


IMPORT_ROW_CLAIM = "CONSTRAINT fk_import_row_claim_id FOREIGN KEY(claim_id) REFERENCES status_change (id)"


def test_a_schema_of_an_older_form_comes_to_the_same_as_a_new_one(
    engine: str, url: str, make_url: Callable[..., str]
) -> None:
    older = make_url(engine, migrated=False)
    connect_empty(older).close()
    migrate.upgrade(older, "0004")
    with connect(older) as db:
        if engine == "sqlite":
            db.execute("PRAGMA writable_schema = ON")
            db.execute("UPDATE sqlite_master SET sql = replace(sql, ', ''edition'')', ')') WHERE type = 'table'")
            key = "CONSTRAINT pk_import_row PRIMARY KEY (claim_id)"
            db.execute(f"UPDATE sqlite_master SET sql = replace(sql, '{key}', '{key},\n    {IMPORT_ROW_CLAIM}')")
        else:
            db.execute(f"ALTER TABLE import_row ADD {IMPORT_ROW_CLAIM}")
            db.execute("ALTER TABLE catalogue_revision DROP CONSTRAINT ck_catalogue_revision_table_name")
            db.execute(
                "ALTER TABLE catalogue_revision ADD CONSTRAINT ck_catalogue_revision_table_name"
                " CHECK (table_name in ('actor', 'event_actor'))"
            )
    revision = {"id": 1, "seq": 1, "ordinal": 1, "table_name": "edition", "row_id": 1, "before": None, "after": "{}"}
    with connect(older) as db, pytest.raises(ConstraintBroken, match="catalogue_revision_table_name"), db.write():
        db.insert("ledger_entry", rows.entry())
        db.insert("catalogue_revision", revision)
    assert migrate.upgrade(older) == ("0004", SCHEMA_REVISION)
    with connect(older) as db, connect(url) as made:
        assert described(db) == described(made)
        db.insert("ledger_entry", rows.entry())
        db.insert("catalogue_revision", revision)
        assert db.engine == "postgresql" or db.tuples("PRAGMA integrity_check") == [("ok",)]
    with pytest.raises(Refused, match="the ledger holds editions"):
        migrate.downgrade(older, "0004")


def test_what_fails_within_a_migration_is_rolled_back(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    with pytest.raises(sa.exc.InvalidRequestError), migrate.exclusive(empty_url) as connection:
        connection.exec_driver_sql("INSERT INTO actor (id, code, name, kind) VALUES (1, 'fra', 'France', 'state')")
        raise sa.exc.InvalidRequestError
    with open_database(empty_url) as db:
        assert db.value("SELECT count(*) FROM actor") == 0


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as theirs:
        theirs.execute("create table bookmark (id integer)")
    theirs.close()
    before = path.read_bytes()
    with pytest.raises(Refused, match=r"another program's database \(it holds bookmark\)"):
        migrate.upgrade(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_an_upgrade_waits_for_another_writer_as_long_as_it_is_told(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0001")
    with connect(empty_url) as other, other.write(), pytest.raises(Busy, match="held it for 0.1 s"):
        migrate.upgrade(empty_url, timeout=0.1)
    with connect(empty_url) as other, other.write(), pytest.raises(Busy, match="held it for 0.1 s"):
        migrate.downgrade(empty_url, "base", timeout=0.1)
