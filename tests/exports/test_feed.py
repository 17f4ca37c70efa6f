"""The feed: every row once, in order, after the cursor that was given and not otherwise."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import IntegrityBroken, UsageMistake
from posture.exports.dump import dump
from posture.exports.feed import changes_content
from posture.imports.load import DumpFile, destination, load
from posture.imports.scenario import seed
from posture.ledger import catalogue
from posture.ledger.claims import correct, log, retract
from posture.ledger.entry import Writing
from posture.store.connection import open_database
from posture.store.feed_format import BEGINNING, Cursor, read_cursor
from tests.feeds import feed, grow, rewrite_texts, rows
from tests.ledger.conftest import claim, niger
from tests.ledger.test_histories import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database

__all__ = ["niger"]


def test_an_entry_is_told_row_by_row_under_one_count(niger: Database) -> None:
    _, before = rows(niger)
    logged = log(niger, [claim(), claim("fra-ner/drones", quantity="4")], Writing(reason="read in the paper"))
    correct(niger, logged.claims[0]["id"], {"quantity": "1400"}, Writing(action="correct", reason="misread"))
    retract(niger, claim=logged.claims[1]["id"])
    found, end = rows(niger, before)
    told = [(row["seq"] - before.seq, row["ordinal"], row["of"], row["kind"], row["about"]) for row in found]
    assert told == [
        (1, 1, 3, "entry", f"#{before.seq + 1}"),
        (1, 2, 3, "claim", "fra-ner/personnel"),
        (1, 3, 3, "claim", "fra-ner/drones"),
        (2, 1, 3, "entry", f"#{before.seq + 2}"),
        (2, 2, 3, "correction", "fra-ner/personnel"),
        (2, 3, 3, "retraction", "c1"),
        (3, 1, 2, "entry", f"#{before.seq + 3}"),
        (3, 2, 2, "retraction", "c2"),
    ]
    assert [row["what"] for row in found[:2]] == [
        "read in the paper",
        "c1 count 1500 fra-ner/personnel, 2023-09-05, B2 rfi",
    ]
    assert found[4]["what"] == "c3 count 1400 fra-ner/personnel, 2023-09-05, B2 rfi, in place of c1"
    assert found[5]["what"] == "withdrawn, now c3: misread"
    assert end.seq == before.seq + 3
    assert {row["action"] for row in found} == {"log", "correct", "retract"}


def test_a_row_is_whole(niger: Database) -> None:
    log(niger, [claim(note="in so many words")])
    found, _ = rows(niger)
    row = next(row["row"] for row in found if row["kind"] == "claim")
    kept = niger.all("select * from status_change")[0]
    assert row == {**kept, **{name: bool(kept[name]) for name in row if isinstance(row[name], bool)}}
    assert row["note"] == "in so many words"


def test_a_revision_brings_the_text_that_it_speaks_of(niger: Database) -> None:
    rewrite_texts(niger)
    pages = [row["row"] for row in rows(niger)[0] if row["about"] == "page"]
    assert ["text" in row for row in pages] == [False, False, False, True]
    assert pages[-1]["text"] == "What it says: naïve\nand \u202e more."
    assert "u202e" in feed(niger).decode()


def test_the_first_feed_says_which_database_it_is_of(niger: Database) -> None:
    first = rows(niger)[0][0]
    identity = niger.one("select database_id, created_at from database_identity")
    assert identity is not None
    assert (first["seq"], first["kind"]) == (0, "database")
    assert first["row"] == {"format": "posture-feed-1", "schema": niger.revision(), **identity}
    _, end = rows(niger)
    assert rows(niger, end) == ([], end)
    assert rows(niger, BEGINNING) == rows(niger)


def test_an_empty_ledger_has_a_feed_that_only_says_whose_it_is(db: Database) -> None:
    found, end = rows(db)
    assert [row["kind"] for row in found] == ["database"]
    assert end == BEGINNING


def recorded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what tells of the catalogue as it is when it is told: codes, and a text that may be gone."""
    kept = {name: row[name] for name in row if name not in ("about", "what", "row")}
    return {**kept, **{f"row.{name}": value for name, value in row["row"].items() if name not in ("text", "excerpt")}}


@pytest.mark.parametrize("number", range(3))
def test_batches_end_to_end_are_the_feed_however_it_is_cut(niger: Database, number: int) -> None:
    history = History(niger, number)
    got, end = rows(niger)
    for _ in range(4):
        for _ in range(8):
            history.attempt(history.one_of(*history.STEPS))
        found, end = rows(niger, end)
        got += found
    assert [recorded(row) for row in got] == [recorded(row) for row in rows(niger)[0]]
    keys = [(row["database_id"], row["seq"], row["ordinal"]) for row in got]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    kept = {
        ("entry",): "ledger_entry",
        ("claim", "correction"): "status_change",
        ("plan-link",): "plan_link",
        ("retraction",): "retraction",
        ("origin",): "source_origin",
        ("catalogue",): "catalogue_revision",
    }
    for kinds, table in kept.items():
        assert sum(row["kind"] in kinds for row in got) == niger.value(f"select count(*) from {table}"), table
    assert end.seq > 18


def test_the_other_engine_tells_the_same_feed(engine: str, url: str, make_url: Callable[..., str]) -> None:
    with open_database(url) as db:
        seed(db, "niger-2023-ledger")
        out = io.BytesIO()
        dump(db, out)
        told = feed(db)
    other = make_url("postgresql" if engine == "sqlite" else "sqlite", migrated=False)
    with destination(other) as copy:
        load(copy, DumpFile(io.BytesIO(out.getvalue()), "the dump"))
        assert feed(copy) == told


def test_every_row_is_on_a_line_that_reads_back(niger: Database) -> None:
    grow(niger, 1, 20)
    found, _ = rows(niger)
    assert [json.loads(line) for line in feed(niger).splitlines()] == found


# --- the cursor ----------------------------------------------------------------------------------------------------------


def test_a_ledger_that_lost_the_delivered_entry_is_told(niger: Database) -> None:
    _, end = rows(niger)
    with pytest.raises(
        IntegrityBroken, match=f"entry #{end.seq + 1} was delivered, and the ledger ends with #{end.seq}"
    ):
        rows(niger, Cursor(end.seq + 1, "a" * 64))


def test_a_ledger_with_another_entry_in_the_place_is_told(
    niger: Database, url: str, make_url: Callable[..., str]
) -> None:
    _, end = rows(niger)
    fork = Cursor(end.seq, "0123456789ab" + "c" * 52)
    with pytest.raises(IntegrityBroken, match=f"entry #{end.seq} is not the one .*, not 0123456789ab"):
        rows(niger, fork)


def test_a_restored_ledger_that_was_written_on_is_told(
    niger: Database, engine: str, make_url: Callable[..., str]
) -> None:
    """The same entries up to a backup, and then others under the same numbers: a number alone would not show it."""
    out = io.BytesIO()
    dump(niger, out)
    log(niger, [claim()])
    _, delivered = rows(niger)
    with destination(make_url(engine, migrated=False)) as restored:
        load(restored, DumpFile(io.BytesIO(out.getvalue()), "the dump"))
        log(restored, [claim(quantity="12")])
        log(restored, [claim(quantity="13")])
        assert restored.value("select max(seq) from ledger_entry") > delivered.seq
        with pytest.raises(IntegrityBroken, match="is not the one that was delivered"):
            rows(restored, delivered)


def test_the_feed_ends_where_it_began_to_be_read(niger: Database, url: str) -> None:
    with niger.read():
        content, end = changes_content(niger)
        if niger.engine == "postgresql":  # on SQLite a writer waits for its readers
            with open_database(url) as other:
                log(other, [claim()])
        assert max(row["seq"] for row in content.mappings()) == end.seq == content.known_seq
    log(niger, [claim("fra-ner/drones", quantity="3")])
    found, _ = rows(niger, end)
    assert found[0]["seq"] == end.seq + 1


def test_a_ledger_with_a_hole_has_no_feed(make_url: Callable[..., str]) -> None:
    with open_database(make_url("sqlite")) as db:
        seed(db, "niger-2023-ledger")
        db.execute("drop trigger ledger_entry_no_delete")
        db.execute("pragma foreign_keys = off")
        db.execute("delete from ledger_entry where seq = 7")
        with pytest.raises(IntegrityBroken, match='entry #7 is missing; run "posture db verify"'):
            rows(db)


def test_a_cursor_is_read_as_it_is_written(niger: Database) -> None:
    _, end = rows(niger)
    assert read_cursor(str(end)) == read_cursor(f"#{end.seq}:{(end.hash or '').upper()}") == end
    assert read_cursor("0") == read_cursor(str(BEGINNING)) == BEGINNING


@pytest.mark.parametrize("word", ["", "12", "0:abc", "12:abc", "x:" + "a" * 64, "12:" + "g" * 64, "-1:" + "a" * 64])
def test_a_cursor_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(UsageMistake, match="cannot read the cursor"):
        read_cursor(word)


def test_a_removed_row_is_told_as_such(niger: Database) -> None:
    catalogue.add(niger, "actor", {"code": "deu", "name": "Germany", "kind": "state"})
    catalogue.edit(niger, "actor", "deu", {"name": "Federal Republic of Germany"})
    catalogue.remove(niger, "actor", "deu")
    told = [row["what"] for row in rows(niger)[0] if row["about"] == "deu"]
    assert told == ["actor added", "actor changed: name", "actor removed"]
