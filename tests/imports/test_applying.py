"""A copy that is kept by the feed: the same database byte for byte, whatever comes twice; what does not fit changes nothing."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import IntegrityBroken, PostureError, UsageMistake
from posture.imports import applying
from posture.imports.applying import apply, files_of
from posture.imports.load import DumpFile, destination, load
from posture.imports.scenario import seed
from posture.ledger import applied
from posture.ledger.claims import log
from posture.ledger.verify import head_of
from posture.store.connection import Database, open_database
from tests.feeds import bytes_of, dumped, feed, grow, pieces, put, rewrite_texts, rows, text, whole_dump
from tests.imports.test_importing import HEAD, Imports
from tests.ledger.conftest import claim, niger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["niger"]


@pytest.fixture
def copy(engine: str, make_url: Callable[..., str]) -> str:
    """The URL of a database that is not there yet."""
    return make_url(engine, migrated=False)


@pytest.mark.parametrize("story", ["niger-2023", "niger-2023-ledger"])
def test_a_story_arrives_on_the_other_engine_byte_by_byte(
    story: str, engine: str, url: str, make_url: Callable[..., str]
) -> None:
    other = make_url("postgresql" if engine == "sqlite" else "sqlite", migrated=False)
    with open_database(url) as db:
        seed(db, story)
        done = put(feed(db), other)
        assert done.head == rows(db)[1]
        assert done.computed
    assert dumped(other) == bytes_of(url)


@pytest.mark.parametrize("number", range(4))
def test_whatever_happened_arrives_in_batches(niger: Database, url: str, copy: str, number: int) -> None:
    grow(niger, number, 40)
    rewrite_texts(niger)
    for batch in pieces(niger, number):
        put(batch, copy)
    assert dumped(copy) == bytes_of(url)


@pytest.mark.parametrize("rows_at_once", [1, 3, 40])
def test_however_many_rows_a_commit_keeps(
    niger: Database, url: str, copy: str, rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A longer entry than one commit keeps is read while it is written, and of very many claims only numbers are kept."""
    monkeypatch.setattr(applying, "AT_ONCE", rows_at_once)
    monkeypatch.setattr(applied, "AT_ONCE", rows_at_once)
    grow(niger, 7, 40)
    put(feed(niger), copy)
    assert dumped(copy) == bytes_of(url)


def test_an_import_arrives_with_the_state_of_its_file(db: Database, url: str, copy: str, tmp_path: Path) -> None:
    imports = Imports(db, tmp_path)
    assert imports(HEAD + "France,Niger,2023-09-05,1500\nFrance,Chad,2023-09-05,1000\n").recorded == 2
    assert imports(HEAD + "France,Niger,2023-09-08,1400\n", name="other.csv").recorded == 1
    kinds = [row["kind"] for row in rows(db)[0]]
    assert kinds.count("import-file") == 2
    assert kinds.count("import-row") == 3
    put(feed(db), copy)
    assert dumped(copy) == bytes_of(url)
    with open_database(copy) as there:  # and it goes on from there as the first would
        assert Imports(there, tmp_path)(HEAD + "France,Niger,2023-09-08,1400\n", name="other.csv").same == 1


def test_a_copy_from_a_dump_goes_on_with_the_feed(niger: Database, url: str, copy: str) -> None:
    grow(niger, 3, 20)
    with destination(copy) as there:
        load(there, DumpFile(io.BytesIO(whole_dump(niger)), "the dump"))
        cursor = rows(there)[1]
    log(niger, [claim("fra-ner/drones", quantity="4")])
    done = put(feed(niger, cursor), copy)
    assert (done.entries, done.known) == (1, 0)
    assert dumped(copy) == bytes_of(url)


def test_what_comes_twice_or_overlaps_changes_nothing(niger: Database, url: str, copy: str) -> None:
    first, cursor = rows(niger)
    log(niger, [claim()])
    put(text(first), copy)
    before = dumped(copy)
    done = put(text(first), copy)
    assert (done.entries, done.known, done.rows) == (0, cursor.seq, 0)
    assert dumped(copy) == before
    done = put(feed(niger) + feed(niger), copy)
    assert (done.entries, done.known) == (1, 2 * cursor.seq + 1)
    assert dumped(copy) == bytes_of(url)


def test_a_copy_can_be_asked_as_the_first_can(niger: Database, copy: str) -> None:
    log(niger, [claim(note="a word that is searched for")])
    put(feed(niger), copy)
    with open_database(copy) as there:
        assert there.tuples("select low, high from current_posture where is_known and known_seq = touched_seq") == [
            (1500, 1500)
        ]
        log(there, [claim("fra-ner/drones", quantity="4")])  # it is a whole database


# --- what does not fit ---------------------------------------------------------------------------------------------------


def refused(data: bytes, url: str, match: str) -> None:
    with pytest.raises(IntegrityBroken, match=match):
        put(data, url)


def test_a_feed_that_begins_late_is_not_begun_with(niger: Database, copy: str) -> None:
    cursor = rows(niger)[1]
    log(niger, [claim()])
    refused(feed(niger, cursor), copy, f"it begins with entry #{cursor.seq + 1}, and .* is empty")


def test_a_batch_between_is_missed(niger: Database, copy: str) -> None:
    put(feed(niger), copy)
    log(niger, [claim()])
    cursor = rows(niger)[1]
    log(niger, [claim(quantity="12")])
    before = dumped(copy)
    refused(feed(niger, cursor), copy, f"begins with entry #{cursor.seq + 1}, and .* ends with entry #{cursor.seq - 1}")
    assert dumped(copy) == before


def test_a_copy_that_was_written_on_is_told_apart(niger: Database, copy: str) -> None:
    put(feed(niger), copy)
    with open_database(copy) as there:
        log(there, [claim(quantity="3")])
        seq, _ = head_of(there)
    before = bytes_of(copy)
    log(niger, [claim()])
    refused(feed(niger), copy, f"entry #{seq} is another one here: .*the copy ends with entry #{seq}")
    assert bytes_of(copy) == before


def test_another_ledger_is_told_apart(niger: Database, engine: str, make_url: Callable[..., str]) -> None:
    other = make_url(engine)
    with open_database(other) as there:
        seed(there, "niger-2023")
        there.execute(f"update database_identity set database_id = '{'0' * 36}'")
    before = bytes_of(other)
    refused(feed(niger), other, "it is of the database .*, and .* is a copy of")
    assert bytes_of(other) == before


def test_an_empty_database_that_is_not_quite_empty_is_left_alone(
    niger: Database, engine: str, make_url: Callable[..., str]
) -> None:
    other = make_url(engine)
    with open_database(other) as there:
        there.execute("insert into actor (id, code, name, kind) values (1, 'fra', 'France', 'state')")
    refused(feed(niger), other, "holds rows of actor")


ALTERED: dict[str, tuple[str, Any]] = {
    "quantity": ("claim", lambda row: row["row"].update(quantity_low=1)),
    "day": ("claim", lambda row: row["row"].update(effective_on="2023-09-04")),
    "source": ("claim", lambda row: row["row"].update(source_id=2)),
    "note": ("claim", lambda row: row["row"].update(note="other words")),
    "number": ("claim", lambda row: row["row"].update(id=77)),
    "entry of a claim": ("claim", lambda row: row["row"].update(seq=1)),
    "flag": ("claim", lambda row: row["row"].update(complete=True)),
    "type": ("claim", lambda row: row["row"].update(quantity_low="many")),
    "column": ("claim", lambda row: row["row"].update(colour="red")),
    "reason": ("entry", lambda row: row["row"].update(reason="because")),
    "who": ("entry", lambda row: row["row"].update(recorded_by="somebody")),
    "hash": ("entry", lambda row: row["row"].update(entry_hash="f" * 64)),
    "link": ("entry", lambda row: row["row"].update(prev_hash="f" * 64)),
    "name": ("catalogue", lambda row: row["row"].update(after=row["row"]["after"].replace("Niger", "Nigeria"))),
    "code": ("catalogue", lambda row: row["row"].update(after=row["row"]["after"].replace('"code":"', '"code":"x'))),
    "before": ("catalogue", lambda row: row["row"].update(before=row["row"]["after"])),
    "table": ("catalogue", lambda row: row["row"].update(table_name="ledger_entry")),
    "column of the catalogue": (
        "catalogue",
        lambda row: row["row"].update(after=row["row"]["after"].replace('"code"', '"code) values (1) --"')),
    ),
    "kind": ("claim", lambda row: row.update(kind="plan-link")),
    "count": ("claim", lambda row: row.update(of=9)),
    "order": ("claim", lambda row: row.update(ordinal=3)),
    "ledger": ("claim", lambda row: row.update(database_id="0" * 36)),
    "text": ("catalogue", lambda row: row["row"].update(text="words that nobody wrote")),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_refused_and_nothing_of_it_kept(niger: Database, copy: str, what: str) -> None:
    log(niger, [claim(note="in so many words")])
    kind, alter = ALTERED[what]
    found, _ = rows(niger)
    if what == "text":
        row = next(row for row in found if "text" in row["row"])
    elif what == "name":
        row = next(row for row in found if row["kind"] == kind and "Niger" in row["row"]["after"])
    else:
        row = next(row for row in found if row["kind"] == kind)
    alter(row)
    assert text(found) != feed(niger)
    refused(text(found), copy, "the feed, line ")
    put(feed(niger), copy)


def test_a_row_left_out_is_missed(niger: Database, copy: str, engine: str, make_url: Callable[..., str]) -> None:
    log(niger, [claim(), claim("fra-ner/drones", quantity="4")])
    found, _ = rows(niger)
    claims = [place for place, row in enumerate(found) if row["kind"] == "claim"]
    left_out = [row for place, row in enumerate(found) if place != claims[0]]
    refused(text(left_out), copy, "row 2 of entry #14 is missing there")
    for row in left_out[-2:]:  # the count mended too
        row["of"] = 2
    left_out[-1]["ordinal"] = 2
    refused(text(left_out), make_url(engine, migrated=False), "the content of entry #14 is not what was recorded")


def test_a_file_that_was_cut_keeps_the_entries_that_are_whole(niger: Database, url: str, copy: str) -> None:
    log(niger, [claim()])
    whole = feed(niger)
    refused(whole[:-10], copy, "ends in the middle, at line .*; nothing more was kept: the copy ends with entry #13")
    refused(b"".join(whole.splitlines(keepends=True)[:-1]), copy, "ends in the middle of entry #14")
    put(whole, copy)
    assert dumped(copy) == bytes_of(url)


@pytest.mark.parametrize("data", [b"", b"\n", b"seq,ordinal\n1,1\n", b"[]\n", b'{"seq": 1}\n', b"\xff\xfe\n"])
def test_what_is_no_feed_is_told(db: Database, copy: str, data: bytes) -> None:
    if not data:
        assert put(data, copy).entries == 0
        return
    refused(data, copy, "the feed, line 1: .*: is it a feed as JSON Lines?")


def test_a_feed_of_a_newer_program_is_told(niger: Database, copy: str) -> None:
    found, _ = rows(niger)
    found[0]["row"]["schema"] = "9999"
    with pytest.raises(PostureError, match="of schema 9999, .*install a newer posture"):
        put(text(found), copy)
    found[0]["row"]["format"] = "posture-feed-2"
    with pytest.raises(PostureError, match="in the form posture-feed-2, .*install a newer posture"):
        put(text(found), copy)


# --- files ---------------------------------------------------------------------------------------------------------------


def test_packed_files_and_a_folder_of_batches(niger: Database, url: str, copy: str, tmp_path: Path) -> None:
    grow(niger, 5, 20)
    for number, batch in enumerate(pieces(niger, 5)):
        last = json.loads(batch.splitlines()[-1])["seq"]
        name = f"changes-{number:010}-{last:010}.jsonl"
        if number % 2:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(batch))
        else:
            (tmp_path / name).write_bytes(batch)
    (tmp_path / "manifest.json").write_text("{}")
    with destination(copy) as there:
        apply(there, files_of([str(tmp_path)]))
    assert dumped(copy) == bytes_of(url)


def test_a_file_that_is_not_there_is_told(db: Database, tmp_path: Path) -> None:
    with pytest.raises(PostureError, match="cannot read .*nowhere.jsonl: No such file"):
        apply(db, [str(tmp_path / "nowhere.jsonl")])
    with pytest.raises(UsageMistake, match="no batch of a feed in"):
        files_of([str(tmp_path)])


def test_a_damaged_packed_file_is_told(niger: Database, copy: str, tmp_path: Path) -> None:
    packed = gzip.compress(feed(niger))
    path = tmp_path / "changes.jsonl.gz"
    path.write_bytes(packed[: len(packed) // 2])
    with destination(copy) as there, pytest.raises(IntegrityBroken, match="was it cut short"):
        apply(there, [str(path)])
