"""A snapshot: typed tables that hold together, by any two clocks, the same bytes for the same question."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.errors import PostureError, Refused, UnknownCode, UsageMistake
from posture.exports.snapshot import Snapshot, snapshot
from posture.exports.snapshot_tables import TABLES
from posture.imports.scenario import seed
from posture.reports.as_of import Question
from posture.store.connection import Database, open_database
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger_records import Question as Asked

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
OCTOBER = Question(as_of=date(2023, 10, 15))


def rows(path: Path | str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, values).fetchall()


@pytest.fixture
def seeded(db: Database) -> Database:
    seed(db, "niger-2023-ledger")
    return db


def taken(db: Database, path: Path, question: Question = OCTOBER, **more: Any) -> Snapshot:
    return snapshot(db, replace(question, **more), str(path), force=True)


# --- what the figures are, by the oracle ---------------------------------------------------------------------------------


def wrong(driven: Driven, asked: Asked, path: Path) -> list[str]:
    """Return where a snapshot says other than the oracle."""
    question = replace(asked, projected=False)
    snapshot(driven.db, driven.asked(question), str(path), force=True)
    oracle = Oracle(driven.ledger, question)
    told = {
        row[0]: row[1:]
        for row in rows(
            path, "SELECT line, low, best, high, stated_low, stated_best, stated_high, origins, flags FROM posture"
        )
    }
    found = []
    for line in driven.ledger.lines:
        wanted = oracle.line(line.name)
        row = told.pop(f"{line.deployment}/{line.asset}", None)
        if row is None:
            found += [f"{line.name} is not there"] if oracle.says_something(line) else []
            continue
        figures = [(one.low, one.best, one.high) for one in (wanted.value, wanted.stated)]
        said = (*figures[0], *figures[1], wanted.origins, " ".join(sorted(wanted.flags)))
        found += [f"{line.name} is {row}, the oracle says {said}"] if row != said else []
    plans = {str(driven.refs[number]): state for number, state in rows(path, "SELECT plan_id, state FROM plan")}
    if plans != (said_plans := {str(ref): state for ref, state in oracle.plans().items()}):
        found.append(f"plans are {plans}, the oracle says {said_plans}")
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_figures_are_those_of_the_oracle(path: Path, make_url: Callable[..., str], tmp_path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    with open_database(make_url("sqlite")) as db:
        driven = Driven(db, example.ledger)
        for asked in {asked.question for asked in example.asked}:
            assert wrong(driven, asked, tmp_path / "s.db") == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@settings(QUIET, max_examples=MANY or 6)
@given(data=st.data())
def test_the_figures_of_random_ledgers_are_those_of_the_oracle(
    engine: str, make_url: Callable[..., str], tmp_path: Path, data: st.DataObject
) -> None:
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = data.draw(questions(ledger))
    note(write_question(asked))
    with open_database(make_url(engine)) as db:
        assert wrong(Driven(db, ledger), asked, tmp_path / "s.db") == []


# --- what is there ---------------------------------------------------------------------------------------------------------


def test_every_table_holds_together(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    for known in (0, 1, 7, 16):
        taken(seeded, path, known_seq=known)
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]
        assert rows(path, "PRAGMA foreign_key_check") == []
        assert rows(path, "SELECT known_seq, as_of FROM snapshot") == [(known, "2023-10-15")]


def test_the_claims_are_those_that_stood_then(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    number = seeded.value("select min(id) from status_change where seq = 7")
    from posture.ledger.claims import retract

    retract(seeded, claim=number)
    for known in (6, 7, 16, 17):
        taken(seeded, path, known_seq=known)
        standing = seeded.tuples(
            "select c.id, c.excerpt from status_change c where c.seq <= :known and not exists"
            " (select 1 from retraction r where r.status_change_id = c.id and r.seq <= :known) order by c.id",
            {"known": known},
        )
        assert rows(path, "SELECT claim_id, excerpt FROM claim ORDER BY claim_id") == standing
    assert (number in [row[0] for row in rows(path, "SELECT claim_id FROM claim")]) is False
    assert rows(path, "SELECT count(*) FROM claim WHERE applies <> (effective_on <= '2023-10-15')") == [(0,)]


def test_nothing_is_there_that_was_not_known_then(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    taken(seeded, path, known_seq=7)
    assert rows(path, "SELECT count(*) FROM claim WHERE seq > 7") == [(0,)]
    assert rows(path, "SELECT count(*) FROM plan_link WHERE seq > 7") == [(0,)]
    later = {
        row[0]
        for row in seeded.tuples(
            "select code from event where id in (select row_id from catalogue_revision where table_name = 'event' and seq > 7)"
        )
    }
    assert later and not later & {row[0] for row in rows(path, "SELECT event_code FROM event")}
    named = {row[0] for row in rows(path, "SELECT source_code FROM claim UNION SELECT source_code FROM event")}
    there = {row[0] for row in rows(path, "SELECT source_code FROM source")}
    assert named <= there
    repeated = {row[0] for row in rows(path, "SELECT repeats_code FROM source UNION SELECT origin_code FROM source")}
    assert there - named <= repeated


def test_a_filter_holds_for_every_table(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    made = taken(seeded, path, deployment="fra-ner")
    assert {row[0] for row in rows(path, "SELECT DISTINCT deployment_code FROM claim")} == {"fra-ner"}
    assert {row[0] for row in rows(path, "SELECT deployment_code FROM posture")} == {"fra-ner"}
    whole = taken(seeded, tmp_path / "whole.db")
    assert made.rows["claim"] < whole.rows["claim"]
    figures = "SELECT line, low, best, high, flags FROM posture WHERE deployment_code = 'fra-ner' ORDER BY line"
    assert rows(path, figures) == rows(tmp_path / "whole.db", figures)
    taken(seeded, path, asset_type="personnel")
    assert {row[0] for row in rows(path, "SELECT DISTINCT asset_type_code FROM claim")} == {"personnel"}
    assert rows(path, "SELECT actor, asset_type FROM snapshot") == [(None, "personnel")]


def test_the_dictionary_says_what_every_column_is(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    taken(seeded, path)
    said = rows(path, "SELECT table_name, column_name, meaning, refers_to FROM data_dictionary")
    there = [
        (table, column[1])
        for (table,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for column in rows(path, f"PRAGMA table_info({table})")
    ]
    assert sorted(row[:2] for row in said) == sorted(there)
    assert all(row[2] for row in said)
    for table, column, _, refers in said:
        keys = {(key[3], f"{key[2]}.{key[4]}") for key in rows(path, f"PRAGMA foreign_key_list({table})")}
        assert (refers is None and column not in {key for key, _ in keys}) or (column, refers) in keys


def test_every_reference_has_an_index(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    taken(seeded, path)
    for table in TABLES:
        leading = {
            tuple(row[2] for row in rows(path, f'PRAGMA index_info("{index[1]}")'))
            for index in rows(path, f"PRAGMA index_list({table.name})")
        } | {table.key}
        for one in table.references:
            assert any(columns[: len(one.columns)] == one.columns for columns in leading), (table.name, one.columns)


# --- the file ----------------------------------------------------------------------------------------------------------------


def test_the_same_question_gives_the_same_bytes(seeded: Database, tmp_path: Path) -> None:
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    taken(seeded, one)
    taken(seeded, other)
    taken(seeded, other)
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(("one", "other"))) == [
        "one.db",
        "other.db",
    ]
    assert rows(one, "PRAGMA journal_mode") == [("delete",)]


def test_both_engines_give_the_same_tables(make_url: Callable[..., str], tmp_path: Path) -> None:
    contents = []
    for engine in ("sqlite", "postgresql"):
        with open_database(make_url(engine)) as db:
            seed(db, "niger-2023-ledger")
            path = tmp_path / f"{engine}.db"
            taken(db, path)
        contents.append(
            {table.name: rows(path, f"SELECT * FROM {table.name}") for table in TABLES if table.name != "snapshot"}
        )
    assert contents[0] == contents[1]


def test_an_empty_ledger_has_an_empty_snapshot(db: Database, tmp_path: Path) -> None:
    made = taken(db, tmp_path / "s.db")
    assert made.rows["posture"] == made.rows["claim"] == 0 and made.rows["snapshot"] == 1


def test_what_is_there_is_not_replaced_unasked(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.write_text("mine")
    with pytest.raises(Refused, match="exists"):
        snapshot(seeded, OCTOBER, str(path))
    assert path.read_text() == "mine"
    snapshot(seeded, OCTOBER, str(path), force=True)
    assert path.read_bytes().startswith(b"SQLite")


def test_a_ledger_is_never_replaced(db: Database, make_url: Callable[..., str]) -> None:
    ledger = make_url("sqlite").removeprefix("sqlite:///")
    with pytest.raises(Refused, match="is a posture database"):
        snapshot(db, OCTOBER, ledger, force=True)


def test_what_fails_leaves_nothing_behind(seeded: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "there" / "s.db"
    with pytest.raises(UnknownCode):
        snapshot(seeded, replace(OCTOBER, actor="nobody"), str(path))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("posture.exports.snapshot.totals", fail)
    with pytest.raises(PostureError, match="No space left on device"):
        snapshot(seeded, OCTOBER, str(path))
    assert not list(path.parent.iterdir())
    with pytest.raises(UsageMistake, match="is a folder"):
        snapshot(seeded, OCTOBER, str(tmp_path))
