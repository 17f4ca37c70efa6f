"""One way to read and write, the same on both engines; errors in one line that gives nothing away."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import Busy, ConstraintBroken, DatabaseMissing, IntegrityBroken, PostureError, Refused, UsageMistake
from posture.store import connection
from posture.store.connection import Database, open_database
from tests.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable


def filled(db: Database) -> Database:
    with db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim())
    return db


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_days_and_instants_come_back_as_the_text_that_went_in(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        db.insert(
            "status_change",
            rows.claim(
                effective_from="2023-09-06", effective_by="2023-09-06", effective_on="2023-09-06",
                effective_at="2023-09-06T18:20:00.000001Z",
            ),
        )  # fmt: skip
    found = db.one("SELECT * FROM status_change")
    assert found is not None
    assert found["stated_on"] == "2023-09-06"
    assert found["effective_until"] is None
    assert found["effective_at"] == "2023-09-06T18:20:00.000001Z"
    assert db.value("SELECT recorded_at FROM ledger_entry") == rows.NOW
    assert (
        db.value("SELECT max(effective_on) FROM status_change WHERE effective_on <= :day", {"day": "2023-09-06"})
        == "2023-09-06"
    )


def test_whole_numbers_shares_and_flags_come_back_alike(db: Database) -> None:
    filled(db)
    assert db.value("SELECT sum(quantity_low) FROM status_change") == 1350
    assert type(db.value("SELECT sum(quantity_low) FROM status_change")) is int
    assert db.value("SELECT count(*) FROM status_change WHERE admissible AND NOT complete") == 1
    assert db.value("SELECT admissible FROM status_change")
    assert not db.value("SELECT complete FROM status_change")


def test_a_row_is_asked_by_name(db: Database) -> None:
    filled(db)
    assert db.all("SELECT code, name FROM actor") == [{"code": "fra", "name": "France"}]
    assert db.one("SELECT code FROM actor WHERE code = :code", {"code": "none"}) is None
    assert db.value("SELECT code FROM actor WHERE code = :code", {"code": "none"}) is None
    assert db.tuples("SELECT id, code FROM actor") == [(1, "fra")]


def test_rows_are_changed_and_removed_by_id(db: Database) -> None:
    filled(db)
    assert db.update("actor", 1, {"name": "French Republic", "note": "it's 100 % sure: yes"}) == 1
    assert (
        db.value("SELECT note FROM actor WHERE name LIKE 'French%' AND note LIKE :part", {"part": "%100 %"}) is not None
    )
    assert db.update("actor", 99, {"name": "nobody"}) == 0
    assert db.delete("location", 2) == 1
    assert db.execute("UPDATE source SET title = title") == 1


def test_many_rows_go_in_at_once(db: Database) -> None:
    with db.write():
        db.executemany(
            "INSERT INTO actor (id, code, name, kind) VALUES (:id, :code, 'x', 'state')",
            ({"id": number, "code": f"c{number}"} for number in range(1, 501)),
        )
    assert db.value("SELECT count(*) FROM actor") == 500


def test_a_write_that_fails_leaves_nothing(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.write():
        rows.catalogue(db)
        raise ZeroDivisionError
    assert db.value("SELECT count(*) FROM actor") == 0
    filled(db)


def test_a_part_of_a_write_can_fail_alone(db: Database) -> None:
    with db.write():
        db.insert("actor", {"id": 1, "code": "fra", "name": "France", "kind": "state"})
        with pytest.raises(Refused), db.write():
            db.insert("actor", {"id": 2, "code": "usa", "name": "United States", "kind": "state"})
            db.insert("actor", {"id": 3, "code": "usa", "name": "United States", "kind": "state"})
        db.insert("actor", {"id": 4, "code": "gbr", "name": "United Kingdom", "kind": "state"})
    assert [code for (code,) in db.tuples("SELECT code FROM actor ORDER BY id")] == ["fra", "gbr"]


def test_a_read_is_one_snapshot(url: str) -> None:
    with open_database(url) as reader, open_database(url, timeout=0.2) as writer, reader.read():
        assert reader.value("SELECT count(*) FROM actor") == 0
        if writer.engine == "sqlite":
            # With the rollback journal a writer waits for readers, so that they never see half of it.
            with pytest.raises(Busy):
                filled(writer)
        else:
            filled(writer)
        with reader.read():
            assert reader.value("SELECT count(*) FROM actor") == 0
    with open_database(url) as after:
        assert after.value("SELECT count(*) FROM actor") == (0 if after.engine == "sqlite" else 1)


def test_a_write_cannot_begin_within_a_read(db: Database) -> None:
    with pytest.raises(RuntimeError, match="out of date"), db.read(), db.write():
        pass


def test_a_read_within_a_write_sees_what_was_written(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        with db.read():
            assert db.value("SELECT count(*) FROM actor") == 1


def test_a_database_opened_for_reading_cannot_be_written(url: str) -> None:
    with open_database(url, readonly=True) as db, pytest.raises(PostureError, match="cannot write to"):
        filled(db)


def test_foreign_keys_are_on(db: Database) -> None:
    with pytest.raises(ConstraintBroken, match="(?i)foreign key"), db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(source_id=99))


def test_claims_of_one_entry_may_refer_to_each_other_in_either_order(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(1, same_as_id=2))
        db.insert("status_change", rows.claim(2))
    with pytest.raises(ConstraintBroken, match="(?i)foreign key"), db.write():
        db.insert("status_change", rows.claim(3, same_as_id=99))
    assert db.value("SELECT count(*) FROM status_change") == 2


def test_an_asset_belongs_to_the_deployment_that_the_claim_names(db: Database) -> None:
    with pytest.raises(ConstraintBroken, match="(?i)foreign key"), db.write():
        rows.catalogue(db)
        db.insert("deployment", {"id": 2, "code": "fra-nga", "name": "x", "actor_id": 1, "location_id": 2})
        db.insert("status_change", rows.claim(deployment_id=2))


def test_a_busy_database_says_so(url: str) -> None:
    with open_database(url) as one, open_database(url, timeout=0.3) as other, one.write():
        with pytest.raises(Busy, match=r"another writer held it for 0.3 s; nothing was written"), other.write():
            pass
        one.insert("actor", {"id": 1, "code": "fra", "name": "France", "kind": "state"})
    with open_database(url) as db:
        assert db.value("SELECT count(*) FROM actor") == 1


def append_entries(url: str, worker: int, count: int) -> None:
    """Append entries as the ledger does: the next seq is read within the write."""
    with open_database(url, timeout=60) as db:
        for number in range(count):
            with db.write():
                seq = (db.value("SELECT max(seq) FROM ledger_entry") or 0) + 1
                last = db.value("SELECT entry_hash FROM ledger_entry WHERE seq = :seq", {"seq": seq - 1})
                db.insert("ledger_entry", rows.entry(seq, txid=f"{worker}-{number}", prev_hash=last))


def check_order(url: str, entries: int, workers: int) -> None:
    with open_database(url) as db:
        found = db.tuples("SELECT seq, txid, prev_hash, entry_hash FROM ledger_entry ORDER BY seq")
    assert [row[0] for row in found] == list(range(1, entries + 1))
    assert [row[2] for row in found[1:]] == [row[3] for row in found[:-1]]
    for worker in range(workers):  # each writer's own entries are in the order in which it wrote them
        own = [int(row[1].split("-")[1]) for row in found if row[1].startswith(f"{worker}-")]
        assert own == list(range(entries // workers))


def test_eight_processes_that_write_at_once_lose_nothing_and_leave_no_gap(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=append_entries, args=(url, number, 12)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * 8
    check_order(url, 96, 8)


def test_eight_threads_that_write_at_once_lose_nothing_and_leave_no_gap(url: str) -> None:
    workers = [threading.Thread(target=append_entries, args=(url, number, 6)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    check_order(url, 48, 8)


def killed_while_writing(url: str, ready: Any) -> None:
    with open_database(url) as db, db.write():
        rows.catalogue(db)
        ready.set()
        threading.Event().wait(60)


def test_what_a_killed_writer_had_not_committed_never_was(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    worker = context.Process(target=killed_while_writing, args=(url, ready))
    worker.start()
    assert ready.wait(30)
    worker.kill()
    worker.join(30)
    with open_database(url) as db:
        assert db.value("SELECT count(*) FROM actor") == 0
        filled(db)


def killed_while_the_file_is_half_written(url: str, ready: Any) -> None:
    with open_database(url) as db:
        db.execute("PRAGMA cache_size = 10")
        with db.write():
            for number in range(200):
                db.insert("source", {"id": number, "code": f"s{number}", "title": "t" * 5000, "text_kind": "none"})
            ready.set()
            threading.Event().wait(60)


@pytest.mark.parametrize("readonly", [True, False])
def test_what_a_crash_left_half_written_is_rolled_back_by_the_next_even_a_reader(
    make_url: Callable[..., str], readonly: bool
) -> None:
    url = make_url("sqlite")
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    worker = context.Process(target=killed_while_the_file_is_half_written, args=(url, ready))
    worker.start()
    assert ready.wait(30)
    worker.kill()
    worker.join(30)
    path = path_of(url)
    assert list(path.parent.glob(f"{path.name}-*")), "nothing was left half done"
    with open_database(url, readonly=readonly) as db:
        assert db.value("SELECT count(*) FROM source") == 0
        assert db.value("PRAGMA integrity_check") == "ok"


# --- SQLite's own ------------------------------------------------------------------------------------------------


def test_sqlite_is_durable_and_keeps_the_sound_journal(make_url: Callable[..., str]) -> None:
    with open_database(make_url("sqlite")) as db:
        assert db.value("PRAGMA synchronous") == 2
        assert db.value("PRAGMA foreign_keys") == 1
        sound = sqlite3.sqlite_version_info >= (3, 51, 3)
        assert db.value("PRAGMA journal_mode") == ("wal" if sound else "delete")


@pytest.mark.parametrize(("version", "journal"), [((3, 51, 3), "wal"), ((3, 51, 2), "delete"), ((3, 40, 1), "delete")])
def test_the_journal_follows_the_version_of_sqlite(
    make_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], journal: str
) -> None:
    url = make_url("sqlite")
    monkeypatch.setattr(connection.sqlite3, "sqlite_version_info", version)
    with open_database(url) as db:
        assert db.value("PRAGMA journal_mode") == journal
    monkeypatch.setattr(connection.sqlite3, "sqlite_version_info", (3, 40, 1))
    with open_database(url) as db:  # made by a newer SQLite, opened by an older one
        assert db.value("PRAGMA journal_mode") == "delete"


def test_a_missing_database_is_told_how_to_make(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match='no database at .*none.db; make one with "posture db upgrade"'):
        open_database(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, just a long enough text to be read as a header" * 20)
    with pytest.raises(PostureError, match=r"notes.txt is not a posture database"):
        open_database(str(path))
    assert path.read_text().startswith("not a database")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(PostureError, match="is a folder"):
        open_database(str(tmp_path))


def test_a_damaged_file_is_an_integrity_error(make_url: Callable[..., str]) -> None:
    path = path_of(make_url("sqlite"))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(IntegrityBroken, match="is damaged"), open_database(str(path)) as db:
        db.tuples("SELECT * FROM status")


def test_a_full_disk_is_told_in_one_line(make_url: Callable[..., str]) -> None:
    with open_database(make_url("sqlite")) as db:
        db.execute(f"PRAGMA max_page_count = {db.value('PRAGMA page_count')}")
        with pytest.raises(PostureError, match="the disk is full: nothing was written") as caught, db.write():
            db.insert("source", {"id": 1, "code": "a", "title": "t" * 5_000_000, "text_kind": "none"})
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_a_read_only_file_is_told_in_one_line(make_url: Callable[..., str]) -> None:
    """As an ordinary user: root may write anything."""
    url = make_url("sqlite")
    path = path_of(url)
    program = (
        "import os, sys\n"
        "from posture.store.connection import open_database\n"
        "if os.geteuid() == 0:\n"
        "    os.setgid(65534); os.setuid(65534)\n"
        "with open_database(sys.argv[1]) as db, db.write():\n"
        "    db.execute('UPDATE actor SET name = name')\n"
    )
    for folder in (path.parent, *path.parent.parents):
        if os.geteuid() == 0 and folder.stat().st_uid == 0 and "pytest" in str(folder):
            folder.chmod(0o755)
    path.chmod(0o444)
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "PostureError: cannot write to" in done.stderr
    path.chmod(0o000)
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "PostureError: cannot open" in done.stderr


def test_a_value_of_the_wrong_kind_is_refused(db: Database) -> None:
    with pytest.raises(Refused) as caught, db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(quantity_low="a secret figure"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("day", ["2023-02-30", "2023-9-6", "20230906", "yesterday"])
def test_a_day_that_is_none_is_refused(make_url: Callable[..., str], day: str) -> None:
    with open_database(make_url("sqlite")) as db, pytest.raises(ConstraintBroken, match="stated_on_form"), db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(stated_on=day))


@pytest.mark.parametrize(
    "at",
    [
        "2023-09-06 18:20:00",
        "2023-09-06T18:20:00Z",
        "2023-09-06T25:20:00.000000Z",
        "2023-02-30T18:20:00.000000Z",
        "2023-09-06T18:20:00.000000",
    ],
)
def test_an_instant_that_is_none_is_refused(make_url: Callable[..., str], at: str) -> None:
    with open_database(make_url("sqlite")) as db, pytest.raises(ConstraintBroken, match="recorded_at_form"), db.write():
        db.insert("ledger_entry", rows.entry(recorded_at=at))


@pytest.mark.parametrize("at", ["2023-09-06T23:59:59.999999Z", "2024-02-29T00:00:00.000000Z"])
def test_an_instant_is_kept_to_the_microsecond(db: Database, at: str) -> None:
    with db.write():
        db.insert("ledger_entry", rows.entry(recorded_at=at))
    assert db.value("SELECT recorded_at FROM ledger_entry") == at


# --- what an error gives away ------------------------------------------------------------------------------------


def test_no_error_shows_a_value(db: Database) -> None:
    secret = "the-secret-words"
    wrong: list[dict[str, Any]] = [
        {"kind": secret}, {"stated_on": secret}, {"quantity_text": secret, "quantity_form": None},
        {"source_id": 99, "note": secret, "note_sha256": rows.DIGEST}, {"excerpt": secret}, {"reliability": secret},
    ]  # fmt: skip
    with db.write():
        rows.catalogue(db)
    for changes in wrong:
        with pytest.raises(PostureError) as caught, db.write():
            db.insert("status_change", rows.claim(**changes))
        assert secret not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_broken_rule_is_named(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
    with pytest.raises(ConstraintBroken, match="ck_status_change_kind") as caught, db.write():
        db.insert("status_change", rows.claim(kind="rumour"))
    assert caught.value.constraint == "ck_status_change_kind"


def test_a_password_is_never_shown(make_url: Callable[..., str], postgresql_server: str) -> None:
    front, _, query = make_url("postgresql").partition("?")
    url = front.replace("@", ":s3cret@") + "?" + query
    with open_database(url) as db:
        assert "s3cret" not in repr(db)
        assert "s3cret" not in db.url
        assert "s3cret" not in repr(db.address)
    for wrong in (
        "postgresql://someone:s3cret@127.0.0.1:1/none",
        "postgresql://a:s3cret@[half",
        url.replace("/posture_", "/missing_"),
    ):
        with pytest.raises(PostureError) as caught:
            open_database(wrong)
        assert "s3cret" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    with pytest.raises(PostureError, match=r"^cannot reach postgresql://127\.0\.0\.1:1/none: "):
        open_database("postgresql://127.0.0.1:1/none")


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", ""])
def test_a_place_that_cannot_be_used_is_a_usage_mistake(url: str) -> None:
    with pytest.raises(UsageMistake):
        open_database(url)


def test_opening_a_file_imports_nothing_slow(make_url: Callable[..., str]) -> None:
    program = (
        "import sys; from posture.store.connection import open_database\n"
        f"open_database({make_url('sqlite')!r}).close()\n"
        "slow = {'sqlalchemy', 'alembic', 'psycopg', 'pydantic', 'rich', 'pathlib', 'urllib'} & set(sys.modules)\n"
        "sys.exit(repr(slow) if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": str(Path(connection.__file__).parents[2])})  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_path_that_begins_with_two_slashes_names_no_host(tmp_path: Path) -> None:
    with open_database(f"/{tmp_path}/two.db", create=True) as database:
        assert database.revision() == connection.SCHEMA_REVISION


def test_a_file_whose_name_is_no_text_is_opened(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/bad-\xff.db")
    with open_database(name, create=True) as database:
        assert database.revision() == connection.SCHEMA_REVISION
    assert os.listdir(os.fsencode(tmp_path)) == [b"bad-\xff.db"]


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(UsageMistake, match="NUL"):
        connection.connect("x\0.db")


def test_what_no_database_keeps_is_refused_on_both_engines(db: Database) -> None:
    for word in ("a\0b", "a\ud800b"):
        with pytest.raises(UsageMistake, match="which no database keeps"), db.write():
            db.insert("actor", {"id": 1, "code": "fra", "name": word, "kind": "state"})
    with pytest.raises(UsageMistake, match="which no database keeps"):
        db.value("SELECT 1 FROM actor WHERE code = :code", {"code": "\ud800"})


@pytest.mark.parametrize("engine", ["postgresql"], indirect=False)
def test_a_reader_does_not_wait_for_ever(make_url: Callable[..., str], engine: str) -> None:
    """Somebody else's program holds the table; and no time to wait is longer than the server can count."""
    url = make_url(engine)
    with open_database(url) as holder, open_database(url, timeout=0.2) as reader:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE actor IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Busy):
            reader.value("SELECT count(*) FROM actor")
        holder.execute("ROLLBACK")
    with open_database(url, timeout=1e12) as patient, patient.write():
        assert patient.value("SELECT count(*) FROM actor") == 0
