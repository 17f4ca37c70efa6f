"""`posture db`, `seed` and `config`: from nothing to a database that verifies, and back."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

from posture.store.connection import SCHEMA_REVISION, open_database

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Runs


def test_upgrade_makes_the_database_once_and_for_its_owner_alone(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "new.db"
    assert "newly made" in posture_on_sqlite("--db", str(path), "db", "upgrade").err
    assert "nothing changed" in posture_on_sqlite("--db", str(path), "db", "upgrade").err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_current_tells_the_schema(posture: Runs) -> None:
    assert posture("db", "current").lines == [SCHEMA_REVISION]


def test_downgrade_goes_back_only_while_nothing_is_recorded(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    assert told("db", "downgrade", "base", code=4).err.startswith("posture: ")
    assert told("db", "current").lines == [SCHEMA_REVISION]


def test_verify_is_content_with_what_was_recorded(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    assert told("db", "verify").lines == ["all of 11 entries match what was recorded"]
    assert json.loads(told("db", "verify", "--json").out) == {"entries": 11, "findings": []}


def test_verify_names_the_first_entry_that_does_not_match(told_on_sqlite: Runs) -> None:
    told_on_sqlite("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    _tamper("update status_change set quantity_low = 5, quantity_best = 5, quantity_high = 5")
    outcome = told_on_sqlite("db", "verify", code=5)
    assert "entry #11" in outcome.out
    assert "the first is entry #11" in outcome.err
    assert json.loads(told_on_sqlite("db", "verify", "--json", code=5).out)["findings"][0]["seq"] == 11


def test_what_is_derived_can_be_mended(told: Runs) -> None:
    told("location", "add", "niamey", "--name", "Niamey", "--kind", "city", "--parent", "ner")
    told("deployment", "add", "fra-niamey", "--actor", "fra", "--location", "niamey")
    with open_database(os.environ["POSTURE_DATABASE_URL"]) as db, db.write():
        db.execute("delete from containment")
    broken = told("db", "verify", code=5)
    assert 'run "posture db verify --mend"' in broken.err
    assert "restore" not in broken.err
    mended = told("db", "verify", "--mend")
    assert "containment was computed anew" in mended.err
    assert mended.lines == ["all of 12 entries match what was recorded"]
    assert "nothing to mend" in told("db", "verify", "--mend").err


def _tamper(sql: str) -> None:
    """Change what is recorded behind the program's back, as somebody with the file could."""
    with open_database(os.environ["POSTURE_DATABASE_URL"]) as db:
        for (name,) in db.tuples("select name from sqlite_master where type = 'trigger'"):
            db.execute(f'drop trigger "{name}"')
        with db.write():
            db.execute(sql)


def test_stats_count_every_table(told: Runs) -> None:
    counted = {row["table"]: row["rows"] for row in json.loads(told("db", "stats", "-f", "json").out)["rows"]}
    assert (counted["ledger_entry"], counted["source"], counted["status_change"]) == (10, 2, 0)


def test_a_backup_restores_what_was_there(told_on_sqlite: Runs, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.bak")
    told_on_sqlite("db", "backup", copy)
    told_on_sqlite("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    told_on_sqlite("db", "restore", copy, code=4)
    told_on_sqlite("db", "restore", copy, "--force")
    assert "10 entries" in told_on_sqlite("db", "verify").out


def test_the_doctor_finds_what_is_wrong(told_on_sqlite: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "wrong" not in told_on_sqlite("db", "doctor").out
    os.chmod(os.environ["POSTURE_DATABASE_URL"].removeprefix("sqlite:///"), 0o644)
    outcome = told_on_sqlite("db", "doctor", code=1)
    assert "chmod 600" in outcome.out
    assert "wrong" in told_on_sqlite("--db", str(tmp_path / "none.db"), "db", "doctor", code=1).out
    monkeypatch.setenv("POSTURE_STALE_AFTER", "soon")
    assert "wrong settings" in told_on_sqlite("db", "doctor", code=1).out


def test_the_doctor_examines_a_server_too(told: Runs) -> None:
    assert "every hash matches" in told("db", "doctor", code=0 if _is_private() else 1).out


def _is_private() -> bool:
    path = os.environ["POSTURE_DATABASE_URL"].removeprefix("sqlite:///")
    return "://" in path or not os.stat(path).st_mode & 0o077


def test_seeding_is_listed_done_and_done_once(posture: Runs) -> None:
    listed = posture("seed", "--list").lines
    assert [line.split()[0] for line in listed] == ["niger-2023", "niger-2023-ledger"]
    first = posture("seed", "niger-2023")
    assert first.lines[-1].startswith("entry #")
    again = posture("seed", "niger-2023")
    assert "nothing changed" in again.err
    assert posture("seed", code=2).err.startswith("posture: which scenario?")


def test_settings_are_shown_with_their_origin(posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_STALE_AFTER", "30")
    shown = {line.split(" ")[0]: line for line in posture_on_sqlite("config", "show", "--origin").lines}
    assert shown["stale_after"].endswith("= 30   # POSTURE_STALE_AFTER")
    assert shown["busy_timeout"].endswith("# default")
    answer: dict[str, Any] = json.loads(posture_on_sqlite("--db", "x.db", "config", "show", "--json").out)
    assert answer["database_url"] == {"value": "x.db", "origin": "--db"}


def test_a_password_is_hidden_in_the_settings(posture_on_sqlite: Runs) -> None:
    shown = posture_on_sqlite("--db", "postgresql+psycopg://me:s@cret@host/db?password=x", "config", "show").out
    assert "database_url = postgresql+psycopg://me:***@host/db?password=***" in shown
