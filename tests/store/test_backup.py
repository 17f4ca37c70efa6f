"""A backup is whole or is not there; a restore replaces nothing unasked."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posture.errors import Busy, IntegrityBroken, PostureError, Refused, UsageMistake
from posture.store import archive, connection
from posture.store.backup import backup, restore
from posture.store.connection import open_database
from tests import postgresql
from tests.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def filled(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a little of everything; PostgreSQL's programs are those of the server that the tests brought."""
    folder = postgresql.installed_programs()
    if folder is not None:
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    with open_database(url) as db, db.write():
        rows.full_record(db)
    return url


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    with open_database(url) as db:
        return {
            name: db.tuples(f"SELECT * FROM {name} ORDER BY 1")
            for name in ("database_identity", "actor", "ledger_entry", "status_change", "retraction")
        }


def test_a_backup_restores_what_was_there(
    filled: str, engine: str, make_url: Callable[..., str], tmp_path: Path
) -> None:
    made = backup(filled, str(tmp_path / "copy"))
    assert (made.seq, made.size) == (1, (tmp_path / "copy").stat().st_size)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    other = make_url(engine, migrated=False)
    assert restore(made.path, other).seq == 1
    assert content(other) == content(filled)
    with open_database(other) as db, pytest.raises(Refused, match="append-only"), db.write():
        db.execute("DELETE FROM ledger_entry")
    assert not list(tmp_path.glob(".*"))


def test_a_database_that_is_there_is_replaced_only_when_told(
    filled: str, engine: str, make_url: Callable[..., str], tmp_path: Path
) -> None:
    made = backup(filled, str(tmp_path / "copy"))
    other = make_url(engine)
    before = content(other)
    with pytest.raises(Refused, match="restoring would replace it; back it up first, then --force"):
        restore(made.path, other)
    assert content(other) == before
    restore(made.path, other, force=True)
    assert content(other) == content(filled)


def test_a_file_that_is_there_is_replaced_only_when_told(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("mine")
    with pytest.raises(Refused, match="exists; choose another name, or --force"):
        backup(filled, str(target))
    assert target.read_text() == "mine"
    backup(filled, str(target), force=True)
    assert target.stat().st_size > 1000


def test_a_backup_of_one_engine_is_not_restored_into_the_other(
    make_url: Callable[..., str], postgresql_server: str, tmp_path: Path
) -> None:
    made = backup(make_url("sqlite"), str(tmp_path / "copy"))
    with pytest.raises(UsageMistake, match="is a backup of a sqlite database"):
        restore(made.path, make_url("postgresql"), force=True)


def test_a_copy_made_while_others_write_is_whole(make_url: Callable[..., str], tmp_path: Path) -> None:
    url = make_url("sqlite")
    stop = threading.Event()

    def go() -> None:
        with open_database(url) as db:
            seq = 0
            while not stop.is_set():
                seq += 1
                with db.write():
                    db.insert("ledger_entry", rows.entry(seq))

    writer = threading.Thread(target=go)
    writer.start()
    try:
        copies = [backup(url, str(tmp_path / f"copy-{number}")) for number in range(5)]
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        with open_database(copy.path) as db:
            assert db.value("SELECT count(*) FROM ledger_entry") == copy.seq
            assert db.value("PRAGMA integrity_check") == "ok"


def test_what_is_no_backup_is_refused(make_url: Callable[..., str], tmp_path: Path) -> None:
    url = make_url("sqlite", migrated=False)
    text, foreign, torn = tmp_path / "text", tmp_path / "foreign", tmp_path / "torn"
    text.write_text("just words " * 50)
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    shutil.copy(make_url("sqlite").removeprefix("sqlite:///"), torn)
    whole = torn.read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    for path, error, said in (
        (text, PostureError, "is no backup of a posture database"),
        (foreign, PostureError, "is a SQLite database, but not of posture"),
        (torn, IntegrityBroken, "is damaged"),
        (tmp_path / "none", PostureError, "cannot read .*none: No such file"),
        (tmp_path, UsageMistake, "is a folder"),
    ):
        with pytest.raises(error, match=said):
            restore(str(path), url)
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_a_damaged_database_gives_no_backup(make_url: Callable[..., str], tmp_path: Path) -> None:
    path = Path(make_url("sqlite").removeprefix("sqlite:///"))
    whole = bytearray(path.read_bytes())
    whole[8192:] = b"\xff" * (len(whole) - 8192)
    path.write_bytes(whole)
    with pytest.raises(IntegrityBroken):
        backup(str(path), str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".copy*"))


def test_a_damaged_database_may_be_replaced(make_url: Callable[..., str], tmp_path: Path) -> None:
    good = make_url("sqlite")
    made = backup(good, str(tmp_path / "copy"))
    path = tmp_path / "damaged.db"
    path.write_bytes(b"\xff" * 5000)
    restore(made.path, str(path), force=True)
    assert content(str(path)) == content(good)


def test_a_database_in_use_is_not_replaced(
    make_url: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url("sqlite")
    made = backup(url, str(tmp_path / "copy"))
    with open_database(url) as db, db.write():
        rows.catalogue(db)
        with pytest.raises(Busy, match="held it for 1 s"):
            restore(made.path, url, force=True, timeout=1)
    with open_database(url) as db:
        assert db.value("SELECT count(*) FROM actor") == 1


def test_a_database_is_no_backup_of_itself(make_url: Callable[..., str]) -> None:
    url = make_url("sqlite")
    for attempt in (backup, restore):
        one, other = (
            (url, url.removeprefix("sqlite:///")) if attempt is backup else (url.removeprefix("sqlite:///"), url)
        )
        with pytest.raises(UsageMistake):
            attempt(one, other, force=True)


def test_a_leftover_journal_does_not_spoil_a_restored_file(make_url: Callable[..., str], tmp_path: Path) -> None:
    url = make_url("sqlite")
    made = backup(url, str(tmp_path / "copy"))
    target = tmp_path / "gone.db"
    (tmp_path / "gone.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\x00" * 600)
    restore(made.path, str(target))
    assert content(str(target)) == content(url)
    assert not (tmp_path / "gone.db-journal").exists()


def test_without_its_programs_a_postgresql_database_says_what_is_missing(
    make_url: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url("postgresql")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PostureError, match="copied by pg_dump, which is not on the PATH"):
        backup(url, str(tmp_path / "copy"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "said", ["aborting because of server version mismatch", "unsupported version (1.16) in file header"]
)
def test_programs_that_are_too_old_are_told_with_a_way_out(
    said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "pg_dump: error: {said}" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(PostureError, match="client programs of the server's version first on the PATH") as caught:
        archive._run(["pg_dump"])
    assert said in str(caught.value) and '"posture dump"' in str(caught.value)


def test_the_password_goes_by_the_environment_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        '#!/bin/sh\necho "pg_dump: error: $* $PGUSER $PGPASSWORD refused" >&2\necho "pg_dump: detail: wrong version" >&2\nexit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    address = connection.read_address("postgresql://me:s3cret@host/db")
    with pytest.raises(PostureError) as caught:
        archive._run(["pg_dump", "--format=custom"], address)
    assert str(caught.value) == "pg_dump failed: --format=custom me *** refused; wrong version"
