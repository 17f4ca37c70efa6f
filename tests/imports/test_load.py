"""Dump and load: the same database on either engine, byte for byte; what was cut or altered leaves nothing behind."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tracemalloc
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import IntegrityBroken, PostureError, Refused, UsageMistake
from posture.exports import dump as dumping
from posture.exports.dump import dump
from posture.imports import load as loading
from posture.imports.load import DumpFile, destination, load
from posture.imports.scenario import seed
from posture.ledger import catalogue
from posture.ledger.verify import verify
from posture.reports.current import current_rows
from posture.store import dump_format
from posture.store.connection import Database, connect, open_database
from posture.store.tables import metadata
from tests.ledger.conftest import claim, niger
from tests.ledger.test_histories import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["niger"]

STORIES = ("niger-2023", "niger-2023-ledger")


def written(db: Database) -> bytes:
    """Return the dump of a database."""
    out = io.BytesIO()
    dump(db, out)
    return out.getvalue()


def put(data: bytes, url: str) -> None:
    """Load a dump into the database at a URL."""
    with destination(url) as db:
        load(db, DumpFile(io.BytesIO(data), "the dump"))


def lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.splitlines()]


def signed(said: list[Any]) -> bytes:
    """Return the dump of these lines, the last one made anew: altered by somebody who knows how."""
    body = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in said[:-1])
    counted: dict[str, int] = {}
    for line in said[1:-1]:
        counted[line["table"]] = counted.get(line["table"], 0) + 1
    return (body + dump_format.end_line(counted, hashlib.sha256(body.encode()).hexdigest())).encode()


def contents(url: str) -> dict[str, list[str]]:
    """Return all rows of all tables, as each engine gives them, without what says of which day they are."""
    with open_database(url, readonly=True) as db:
        return {
            name: sorted(repr(row) for row in db.tuples(f"select * from {name}")) for name in sorted(metadata.tables)
        }


@pytest.fixture
def seeded(db: Database) -> Database:
    seed(db, "niger-2023-ledger")
    return db


@pytest.fixture
def told(make_url: Callable[..., str]) -> bytes:
    """The dump of a story."""
    with open_database(make_url("sqlite")) as db:
        seed(db, "niger-2023-ledger")
        return written(db)


# --- there and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES)
def test_a_story_goes_to_the_other_engine_and_back_byte_by_byte(
    story: str, engine: str, url: str, make_url: Callable[..., str]
) -> None:
    with open_database(url) as db:
        seed(db, story)
        first = written(db)
    other = "postgresql" if engine == "sqlite" else "sqlite"
    there, back = make_url(other, migrated=False), make_url(engine, migrated=False)
    put(first, there)
    with open_database(there) as db:
        second = written(db)
        db.keeper = current_rows
        assert verify(db) == []
    put(second, back)
    with open_database(back) as db:
        db.keeper = current_rows
        assert written(db) == first == second
        assert verify(db) == []
    assert len(lines(first)) > 100


@pytest.mark.parametrize("number", range(3))
def test_a_random_history_goes_there_and_back_byte_by_byte(
    number: int, niger: Database, engine: str, make_url: Callable[..., str]
) -> None:
    history = History(niger, 1000 + number)
    for _ in range(60):
        history.attempt(history.one_of(*history.STEPS))
    first = written(niger)
    before = contents(niger.address.conninfo if engine == "postgresql" else niger.address.path)
    for step in ("postgresql" if engine == "sqlite" else "sqlite", engine):
        url = make_url(step)
        put(first, url)
        with open_database(url) as db:
            assert written(db) == first, number
    after = contents(url)
    for name in (*dump_format.NAMES, "containment", "status"):
        assert after[name] == before[name], name


def test_texts_and_numbers_of_every_kind_come_back_as_they_were(niger: Database, make_url: Callable[..., str]) -> None:
    hostile = 'tab\t, line\n, return\r, \\N, \\., "quotes", \u202e\u0085\u2028 é 中 \U0001f985 \x7f\x01'
    catalogue.add(niger, "source", {"code": "odd", "title": "O\\N", "text": hostile, "note": "\\N"})
    catalogue.add(
        niger,
        "location",
        {"code": "base", "name": "Base", "kind": "base", "parent": "ner", "latitude": "13.4816", "longitude": "-0.1"},
    )
    from posture.ledger.claims import log

    log(niger, [claim(kind="decrease", quantity="30%", source="odd", note=hostile)])
    first = written(niger)
    assert first.isascii()
    for engine in ("sqlite", "postgresql"):
        url = make_url(engine)
        put(first, url)
        with open_database(url) as db:
            assert db.value("select text from source where code = 'odd'") == hostile
            assert db.value("select latitude from location where code = 'base'") == 13.4816
            assert written(db) == first


def test_a_row_may_refer_to_a_later_one_of_its_table(niger: Database, make_url: Callable[..., str]) -> None:
    catalogue.add(niger, "location", {"code": "sahel", "name": "Sahel", "kind": "region"})
    catalogue.edit(niger, "location", "ner", {"parent": "sahel"})
    first = written(niger)
    for engine in ("sqlite", "postgresql"):
        url = make_url(engine)
        put(first, url)
        with open_database(url) as db:
            assert written(db) == first


def test_an_empty_database_is_a_database_too(db: Database, make_url: Callable[..., str]) -> None:
    first = written(db)
    url = make_url(db.engine)
    put(first, url)
    with open_database(url) as made:
        assert written(made) == first


def test_what_is_derived_is_there_after_loading(seeded: Database, make_url: Callable[..., str]) -> None:
    from posture.ledger.current import refresh

    seeded.keeper = current_rows
    refresh(seeded)
    url = make_url(seeded.engine)
    put(written(seeded), url)
    with open_database(url) as made:
        for name in dump_format.DERIVED:
            rows = f"select * from {name}"
            assert sorted(map(repr, made.tuples(rows))) == sorted(map(repr, seeded.tuples(rows))) != []
        if made.engine == "sqlite":
            found = "select count(*) from passage_index"
            assert made.value(found) == seeded.value(found) > 0


def test_every_table_is_in_the_dump_or_derived_or_given() -> None:
    assert sorted(dump_format.NAMES + dump_format.DERIVED + dump_format.GIVEN + dump_format.KEPT_BACK) == sorted(
        metadata.tables
    )
    names = list(dump_format.NAMES)
    for name in names:
        columns = metadata.tables[name].columns
        assert dump_format.TABLE not in columns
        for key in metadata.tables[name].foreign_keys:
            other = key.column.table.name
            assert other == name or other in dump_format.GIVEN or names.index(other) < names.index(name)


def test_of_very_many_claims_the_current_posture_is_marked_as_out_of_date(
    told: bytes, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "COMPUTED", 10)
    put(told, url)
    with open_database(url) as db:
        for name in ("current_posture", "current_plan"):
            assert db.value(f"select count(*) from {name}") > 0
            assert db.value(f"select count(*) from {name} where known_seq >= touched_seq") == 0
        assert written(db) == told


def test_memory_does_not_grow_with_the_number_of_claims(told: bytes, url: str, tmp_path: Path) -> None:
    put(told, url)
    path, peaks = tmp_path / "many.jsonl", []
    for first, last in ((1000, 6000), (6001, 24000)):
        with open_database(url) as db:
            names = [column.name for column in metadata.tables["status_change"].columns]
            chosen = ", ".join({"id": "k", "ordinal": "k"}.get(name, name) for name in names)
            db.execute(
                f"with recursive n(k) as (select {first} union all select k + 1 from n where k < {last})"
                f" insert into status_change ({', '.join(names)}) select {chosen} from status_change, n where id = 1"
            )
            tracemalloc.start()
            dumping.dump_file(db, str(path), force=True)
            wrote = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        with loading.dump_file(str(path)) as file:
            for table in dump_format.dump_tables():
                for _ in file.batches(table):
                    pass
            file.finish()
        peaks.append((wrote, tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
    assert path.stat().st_size > 20_000_000
    for few, many in zip(*peaks, strict=True):
        assert many < few * 1.2


# --- what was cut or altered -----------------------------------------------------------------------------------------


def empty(url: str) -> bool:
    """Return whether a database has no schema, or is not there."""
    if url.startswith("sqlite"):
        return not os.path.exists(url.removeprefix("sqlite:///"))
    with connect(url) as db:
        return db.revision() is None


def refused(data: bytes, url: str, kind: type[PostureError] = IntegrityBroken) -> str:
    """Load what cannot be loaded; return what was said, in a line."""
    with pytest.raises(kind) as caught:
        put(data, url)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith("the dump")
    return said


def test_a_dump_that_was_cut_leaves_nothing_behind(told: bytes, empty_url: str) -> None:
    ends = [number + 1 for number, byte in enumerate(told) if byte == 10]
    for end in (0, 1, ends[0], ends[0] + 5, ends[40], ends[40] - 1, ends[-2], len(told) - 1):
        assert "it ends in the middle" in refused(told[:end], empty_url) or end == 0
    assert empty(empty_url)


def test_any_altered_byte_is_found(told: bytes, make_url: Callable[..., str]) -> None:
    random, url = Random(7), make_url("sqlite")
    before = contents(url)
    for _ in range(60):
        place = random.randrange(len(told))
        byte = bytes([random.choice([value for value in b'019afz"{},: \n\x00\xff' if value != told[place]])])
        with pytest.raises(PostureError) as caught:
            put(told[:place] + byte + told[place + 1 :], url)
        assert isinstance(caught.value, IntegrityBroken) or "install a newer" in str(caught.value)
        assert contents(url) == before


def test_an_altered_byte_leaves_nothing_behind(told: bytes, empty_url: str) -> None:
    assert "was altered" in refused(told.replace(b'"Niger"', b'"Nigeb"', 1), empty_url)
    assert empty(empty_url)


def altered(told: bytes, table: str, column: str, value: Any) -> bytes:
    """Return a dump in which the last row of a table says otherwise, and all that can be made to fit fits."""
    said = lines(told)
    row = [line for line in said[1:-1] if line["table"] == table][-1]
    assert row[column] != value
    row[column] = value
    return signed(said)


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("status_change", "locator", "page 9", "the content of entry"),
        ("status_change", "deployment_id", 404, ""),
        ("status_change", "kind", "guess", "cannot be a row of status_change"),
        ("status_change", "complete", 1, "complete is not what the column holds"),
        ("status_change", "quantity_low", "5", "quantity_low is not what the column holds"),
        ("status_change", "quantity_low", 2**64, "quantity_low is not what the column holds"),
        ("status_change", "source_id", None, "source_id is missing"),
        ("status_change", "locator", "half \ud800", "locator is not what the column holds"),
        ("status_change", "locator", "nul \0", "locator is not what the column holds"),
        ("status_change", "same_as_id", 40404, ""),
        ("ledger_entry", "recorded_by", "mallory", "itself is not what was recorded"),
        ("ledger_entry", "entry_hash", "0" * 64, "does not end with the entry"),
        ("actor", "name", "Nowhere", "is not as entry"),
        ("actor", "parent_id", 404, ""),
        ("database_identity", "database_id", "0" * 36, "is not of the database"),
    ],
)
def test_a_row_that_was_altered_with_the_last_line_is_found_by_its_hash(
    table: str, column: str, value: Any, message: str, told: bytes, empty_url: str
) -> None:
    assert message in refused(altered(told, table, column, value), empty_url)
    assert empty(empty_url)


def test_a_wrong_head_is_found(told: bytes, empty_url: str) -> None:
    said = lines(told)
    said[0]["head"]["hash"] = "0" * 64
    assert "does not end with the entry that its first line names" in refused(signed(said), empty_url)
    said[0]["head"]["seq"] += 1
    assert "does not end with the entry that its first line names" in refused(signed(said), empty_url)
    assert empty(empty_url)


def test_a_ledger_without_its_last_entry_is_found(told: bytes, make_url: Callable[..., str]) -> None:
    said = lines(told)
    last = said[0]["head"]["seq"]
    kept = [line for line in said if not (isinstance(line, dict) and line.get("seq") == last)]
    assert len(kept) < len(said)
    refused(signed(kept), make_url("sqlite"))


def test_rows_out_of_place_or_after_the_end_are_found(told: bytes, make_url: Callable[..., str]) -> None:
    said, url = lines(told), make_url("sqlite")
    assert "cannot stand there" in refused(signed([said[0], *said[2:-1], said[1], said[-1]]), url)
    assert "no row of a table" in refused(signed([said[0], {**said[1], "table": "secret"}, *said[2:]]), url)
    assert "not the columns" in refused(signed([said[0], {**said[1], "more": 1}, *said[2:]]), url)
    assert "something follows" in refused(told + b"\n", url)
    deep = b'{"a":' * 100_000
    refused(told.splitlines(keepends=True)[0] + deep + b"\n", url)


def test_a_dump_of_another_schema_or_form_says_so(told: bytes, empty_url: str) -> None:
    newer = told.replace(b'"schema":"0', b'"schema":"9', 1)
    assert "install a newer posture" in refused(newer, empty_url, PostureError)
    older = told.replace(b'"schema":"0005"', b'"schema":"0001"', 1)
    assert "dump it anew" in refused(older, empty_url, PostureError)
    form = told.replace(b"posture-dump-1", b"posture-dump-2", 1)
    assert "install a newer posture" in refused(form, empty_url, PostureError)
    assert empty(empty_url)


def test_a_database_that_holds_something_is_refused(told: bytes, seeded: Database, url: str) -> None:
    before = contents(url)
    with pytest.raises(Refused, match=r"holds 16 entries; a dump is a whole database"):
        put(told, url)
    assert contents(url) == before


def test_an_interrupted_load_leaves_nothing_behind(
    told: bytes, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading.current, "refresh", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(told, empty_url)
    assert empty(empty_url)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_file_is_packed_as_its_name_says_and_the_same_each_time(
    suffix: str, seeded: Database, tmp_path: Path, make_url: Callable[..., str]
) -> None:
    path, plain = tmp_path / f"ledger.jsonl{suffix}", written(seeded)
    dumping.dump_file(seeded, str(path))
    first = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert (len(first) < len(plain) / 3) == bool(suffix)
    if suffix == ".gz":
        assert gzip.decompress(first) == plain
    with pytest.raises(Refused, match="--force"):
        dumping.dump_file(seeded, str(path))
    dumping.dump_file(seeded, str(path), force=True)
    assert path.read_bytes() == first
    assert os.listdir(tmp_path / "..") and [name for name in os.listdir(tmp_path) if name.endswith(".part")] == []
    url = make_url("sqlite")
    with destination(url) as db, loading.dump_file(str(path)) as file:
        load(db, file)
        assert written(db) == plain
    for cut in (10, len(first) // 2, len(first) - 3):
        path.write_bytes(first[:cut])
        with (
            pytest.raises(IntegrityBroken),
            loading.dump_file(str(path)) as file,
            destination(make_url("sqlite")) as db,
        ):
            load(db, file)


def test_packed_data_that_was_altered_is_found(seeded: Database, tmp_path: Path, make_url: Callable[..., str]) -> None:
    for suffix in (".gz", ".zst"):
        path = tmp_path / f"ledger.jsonl{suffix}"
        dumping.dump_file(seeded, str(path))
        first = path.read_bytes()
        middle = len(first) // 2
        path.write_bytes(first[:middle] + bytes([first[middle] ^ 1]) + first[middle + 1 :])
        with (
            pytest.raises(IntegrityBroken),
            loading.dump_file(str(path)) as file,
            destination(make_url("sqlite")) as db,
        ):
            load(db, file)


def test_a_dump_that_cannot_be_written_leaves_what_was_there(
    seeded: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("before")

    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dumping, "end_line", full)
    with pytest.raises(PostureError, match="No space left"):
        dumping.dump_file(seeded, str(path), force=True)
    assert path.read_text() == "before"
    assert [name for name in os.listdir(tmp_path) if name.endswith(".part")] == []


def test_a_ledger_or_a_folder_is_never_overwritten(
    seeded: Database, tmp_path: Path, make_url: Callable[..., str]
) -> None:
    ledger = make_url("sqlite").removeprefix("sqlite:///")
    with pytest.raises(Refused, match="is a posture database"):
        dumping.dump_file(seeded, ledger, force=True)
    for place in (str(tmp_path), f"{tmp_path}/new/", "/dev/null"):
        with pytest.raises(UsageMistake):
            dumping.dump_file(seeded, place, force=True)
