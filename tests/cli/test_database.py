"""`posture db`, `seed` and `config`: from nothing to a database that verifies, and back."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from posture.store.connection import SCHEMA_REVISION, connect, open_database

if TYPE_CHECKING:
    from pathlib import Path

    from posture.store.connection import Database
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
    assert told("db", "verify").lines[0] == "all of 11 entries match what was recorded"
    answer = json.loads(told("db", "verify", "--json").out)
    assert (answer["entries"], answer["findings"]) == (11, [])


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
    assert mended.lines[0] == "all of 12 entries match what was recorded"
    assert "nothing to mend" in told("db", "verify", "--mend").err


def test_what_is_to_be_run_is_said_for_all_that_is_off(told_on_sqlite: Runs) -> None:
    """The index of the search is derived as well: nobody need go back to an older backup for it."""
    told_on_sqlite("log", "count", "fra-ner/drones", "4", "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")
    with open_database(os.environ["POSTURE_DATABASE_URL"]) as db, db.write():
        db.execute("delete from passage_index")
        db.execute("update current_posture set low = 5")
    broken = told_on_sqlite("db", "verify", code=5)
    assert 'run "posture db verify --mend", then "posture db refresh"' in broken.err
    mended = told_on_sqlite("db", "verify", "--mend", code=5)
    assert "the index of the full-text search was computed anew" in mended.err
    assert mended.err.splitlines()[-1].endswith('; run "posture db refresh"')
    told_on_sqlite("db", "refresh")
    told_on_sqlite("db", "verify")


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


def test_every_command_that_writes_keeps_the_projection(posture: Runs) -> None:
    posture("seed", "niger-2023")
    posture("log", "count", "fra-ner/drones", "4", "--source", "worldreportnow-2023-11-09", "--on", "2023-11-20")
    with open_database(os.environ["POSTURE_DATABASE_URL"]) as db:
        assert db.value("select count(*) from report_posture where is_current = 0") == 0
        assert db.value("select best from report_posture where line = 'fra-ner/drones'") == 4
    assert "0 rows changed" in posture("db", "refresh").err


def test_a_projection_that_is_off_is_found_and_refreshed(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    with open_database(os.environ["POSTURE_DATABASE_URL"]) as db, db.write():
        db.execute("update current_posture set low = 1 where low = 4")
    broken = told("db", "verify", code=5)
    assert "the current posture of fra-ner/drones is not what the rules give" in broken.out
    assert broken.err.endswith('1 thing is not as recorded; run "posture db refresh"\n')
    assert "1 row changed" in told("db", "refresh").err
    told("db", "verify")


def test_an_upgrade_computes_the_projection_of_what_was_recorded_before(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    told("db", "downgrade", "0001")
    told("db", "upgrade")
    with open_database(os.environ["POSTURE_DATABASE_URL"]) as db:
        assert db.all("select low, is_current from report_posture") == [{"low": 4, "is_current": 1}]
    told("db", "verify")


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


def head(told: Runs) -> tuple[str, str]:
    """Return number and hash of the newest entry as `db verify` prints them."""
    seq, digest = told("db", "verify").lines[-1].removeprefix("head ").split(":")
    return seq, digest


def test_a_head_that_was_kept_tells_whether_entries_were_lost(told: Runs, url: str) -> None:
    seq, digest = head(told)
    assert f"head {seq}:{digest}" in told("db", "stats").err
    assert json.loads(told("db", "verify", "--json").out)["head"] == f"{seq}:{digest}"
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    for word in (f"{seq}:{digest}", f"#{seq}:{digest[:12].upper()}"):
        assert f"entry #{seq} is the one that was kept" in told("db", "verify", "--expect", word).err
    newest = head(told)
    other = told("db", "verify", "--expect", f"{seq}:{'0' * 12}", code=5)
    assert f"entry #{seq} is not the one that was kept: its hash begins with {digest[:12]}" in other.out
    with connect(url) as db:
        cut_off(db, int(newest[0]))
    told("db", "refresh")
    assert head(told) == (seq, digest), "what is left is whole in itself"
    gone = told("db", "verify", "--expect", ":".join(newest), code=5)
    assert f"entry #{newest[0]}, which was there, is missing: the ledger ends with entry #{seq}" in gone.out


def cut_off(db: Database, seq: int) -> None:
    """Take the last entry away, as whoever owns the file or the server can."""
    for table in ("status_change", "ledger_entry"):
        guarded = (
            f"drop trigger {table}_no_delete" if db.engine == "sqlite" else f"alter table {table} disable trigger all"
        )
        db.execute(guarded)
    db.execute(f"delete from status_change where seq = {seq}")
    db.execute(f"delete from ledger_entry where seq = {seq}")


@pytest.mark.parametrize(
    "word", ["12", "12:", "12:abc", "x:0123456789ab", "0:0123456789ab", "1:0123456789xy", "9" * 30 + ":0123456789ab"]
)
def test_a_head_that_cannot_be_read_is_a_usage_mistake(word: str, posture_on_sqlite: Runs) -> None:
    assert "write SEQ:HASH" in posture_on_sqlite("db", "verify", "--expect", word, code=2).err


@pytest.mark.parametrize("words", [("db", "upgrade", "0001"), ("db", "downgrade", "base")])
def test_the_schema_waits_for_another_writer_as_long_as_is_set(
    words: tuple[str, ...], posture: Runs, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTURE_BUSY_TIMEOUT", "1")
    with connect(url) as other, other.write():
        assert "held it for 1 s" in posture(*words, code=75).err
