"""Claims in bulk are recorded as claims one by one are: the same rows, hashed alike, held to the same checks, all or nothing."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from posture.errors import ConstraintBroken, PostureError, Refused, UsageMistake
from posture.ledger import bulk, catalogue, current, undoing
from posture.ledger.claims import log, retract, undo
from posture.ledger.entry import append
from posture.ledger.hashing import HASHED, hash_content, hash_lines, line_of, lines_of
from posture.ledger.verify import verify
from posture.reports.current import current_rows
from posture.store.connection import open_database
from posture.store.frames import in_bulk, insert_frame
from posture.store.tables import metadata

from .conftest import claim
from .frames import IMPORT, bring_in, file_named, frame, frames, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posture.store.connection import Database

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    pl.String: TEXT,
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.Float64: st.floats(allow_nan=False, allow_infinity=False),
    pl.Boolean: st.booleans(),
}
ANY_ROW = st.fixed_dictionaries({name: st.none() | OF_TYPE[kind] for name, kind in bulk.CLAIM.items()})


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    return {name: sorted(db.tuples(f"select * from {name}"), key=repr) for name in metadata.tables}


@given(st.lists(ANY_ROW, min_size=1, max_size=6), st.integers(1, 10**6))
def test_the_hash_by_columns_is_the_hash_row_by_row(rows: list[dict[str, Any]], first: int) -> None:
    numbered = [
        {
            **{n: v + 0.0 if isinstance(v, float) else v for n, v in each.items()},
            "id": first + n,
            "seq": 7,
            "ordinal": n,
        }
        for n, each in enumerate(rows)
    ]
    wanted = [line_of("status_change", each) for each in numbered]
    columns = {name: [each[name] for each in numbered] for name in HASHED["status_change"]}
    assert lines_of("status_change", columns) == wanted

    part = bulk._parted(bulk._claim_columns(frame(rows), set()))
    numbers = {name: pl.Series([each[name] for each in numbered]) for name in ("id", "ordinal")}
    text = bulk.lines_of_frame("status_change", part.frame.with_columns(**numbers), {**part.same, "seq": 7})
    assert text == "".join(wanted)
    assert hash_lines([text]) == hash_content(("status_change", each) for each in numbered)


def test_a_frame_has_the_types_of_the_table() -> None:
    kinds = {
        name: pl.Boolean
        if isinstance(kind := column.type, sa.Boolean)
        else pl.Int64
        if isinstance(kind, sa.BigInteger)
        else pl.Float64
        if isinstance(kind, sa.Double)
        else pl.String
        for name, column in metadata.tables["status_change"].columns.items()
    }
    assert {**bulk.CLAIM, **dict.fromkeys(("id", "seq", "ordinal"), pl.Int64)} == kinds


def test_claims_in_bulk_are_the_rows_that_claims_one_by_one_are(niger: Database) -> None:
    drafts = [
        claim(quantity="about 1500", excerpt="«mille cinq cents»", note="sûr"),
        claim(quantity="half", kind="decrease", reason="withdrawal"),
        claim(line="fra-ner", kind="status", quantity=None, status="under_review"),
        claim(quantity="2000", modality="planned", on="2024-03"),
        claim(line="fra-ner/drones", quantity="4"),
    ]
    log(niger, drafts)
    first = niger.all("select * from status_change order by id")
    taken = [{name: each[name] for name in bulk.CLAIM} for each in first]
    flags = [name for name, kind in bulk.CLAIM.items() if kind is pl.Boolean]
    rows = [{**each, **{name: bool(each[name]) for name in flags}} for each in taken]
    written = bulk.append_bulk(niger, IMPORT, lambda _: None, frames(rows, each=2))
    again = niger.all("select * from status_change where seq = :seq order by id", {"seq": written.seq})
    assert [{name: each[name] for name in bulk.CLAIM} for each in again] == taken
    assert [each["ordinal"] for each in again] == [1, 2, 3, 4, 5]
    assert written.many == {"status_change": 5}
    assert verify(niger) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_words_of_any_kind_are_kept_and_hashed_as_they_are(niger: Database) -> None:
    @settings(max_examples=15)
    @given(st.lists(st.tuples(TEXT, st.none() | TEXT, st.none() | TEXT, st.floats(0, 1)), min_size=1, max_size=5))
    def kept(said: list[tuple[str, str | None, str | None, float]]) -> None:
        blank = dict.fromkeys(("quantity_low", "quantity_best", "quantity_high"))
        rows = [
            row(n, quantity_text=text, locator=where, excerpt=words, quantity_form="share", share_low=part, **blank)
            for n, (text, where, words, part) in enumerate(said, 1)
        ]
        written = bulk.append_bulk(niger, IMPORT, lambda _: None, frames(rows), file=file_named())
        found = niger.tuples(
            "select quantity_text, locator, excerpt, share_low from status_change where seq = :seq order by ordinal",
            {"seq": written.seq},
        )
        assert found == said
        assert verify(niger) == []

    kept()


class Breaks(Exception):
    """What goes wrong on the way."""


def _unguarded(db: Database) -> None:
    """Take the database's own protection away."""
    if db.engine == "sqlite":
        for (name,) in db.tuples("select name from sqlite_master where type = 'trigger'"):
            db.execute(f"drop trigger {name}")
        db.execute("pragma foreign_keys = off")
        db.execute("pragma ignore_check_constraints = on")
        return
    db.execute("set session_replication_role = replica")
    db.execute("alter table status_change disable trigger user")
    for (name,) in db.tuples(
        "select conname from pg_constraint where contype = 'c' and conrelid = 'status_change'::regclass"
    ):
        db.execute(f"alter table status_change drop constraint {name}")


def _other(column: sa.Column[Any], engine: str) -> str:
    """Return the expression for another value of a column, where it has one and where it has none."""
    name, kind = column.name, column.type
    if isinstance(kind, sa.Boolean):
        return f"1 - {name}" if engine == "sqlite" else f"not {name}"
    if isinstance(kind, sa.BigInteger | sa.Double):
        return f"coalesce({name} + 100000, 1)"
    if engine == "postgresql" and name.endswith("_at"):
        return "'2001-01-01T00:00:00Z'"
    if engine == "postgresql" and (
        name.endswith("_on") or name in ("effective_from", "effective_by", "effective_until")
    ):
        return "'2001-01-01'"
    return f"coalesce({name} || ' ', 'x')"


def test_any_altered_value_of_an_imported_row_is_found_with_its_entry(niger: Database) -> None:
    written = bring_in(niger, [row(n, locator=f"row {n}", note="a word") for n in range(1, 30)])
    log(niger, [claim()])
    assert verify(niger) == []
    _unguarded(niger)
    table = metadata.tables["status_change"]
    for column in table.columns:
        with pytest.raises(Breaks), niger.write():
            niger.execute(f"update status_change set {column.name} = {_other(column, niger.engine)} where id = 17")
            assert written.seq in {finding.seq for finding in verify(niger)}, column.name
            raise Breaks
    with pytest.raises(Breaks), niger.write():
        niger.execute("delete from status_change where id = 17")
        assert written.seq in {finding.seq for finding in verify(niger)}
        raise Breaks
    with pytest.raises(Breaks), niger.write():
        niger.execute("update import_row set claim_id = 99 where claim_id = 17")
        assert "29 rows of counts.csv" in verify(niger)[0].what, "no foreign key holds it, so this does"
        raise Breaks
    niger.execute("delete from import_row where claim_id = 17")
    assert "29 rows of counts.csv" in verify(niger)[0].what


@pytest.mark.parametrize("broken", [Breaks, KeyboardInterrupt])
def test_what_breaks_or_is_interrupted_leaves_nothing_behind(niger: Database, broken: type[BaseException]) -> None:
    before = everything(niger)
    size = niger.value("pragma cache_size") if niger.engine == "sqlite" else None

    def rows() -> Iterator[pl.DataFrame]:
        yield from frames(map(row, range(1, 10)))
        raise broken

    with pytest.raises(broken):
        bulk.append_bulk(niger, IMPORT, lambda _: None, rows(), file=file_named())
    assert everything(niger) == before
    if size is not None:
        assert niger.value("pragma cache_size") == size
    assert bring_in(niger, [row()]).many == {"status_change": 1}


def test_an_interruption_while_rows_are_inserted_leaves_nothing_behind(
    niger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, done = everything(niger), []

    def interrupted(*words: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(original(*words))

    original = bulk.insert_frame
    monkeypatch.setattr(bulk, "insert_frame", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bulk.append_bulk(niger, IMPORT, lambda _: None, frames([row()]), file=file_named())
    assert everything(niger) == before


def test_an_entry_without_its_row_is_never_committed(niger: Database) -> None:
    """The claims come before the entry that they belong to: it is asked for at the end."""
    with pytest.raises(ConstraintBroken), niger.write():
        values = {name: value for name, value in row().items() if name in bulk.CLAIM}
        niger.insert("status_change", {**values, "own_words": True, "id": 90, "seq": 90, "ordinal": 1})
    assert niger.value("select count(*) from status_change where id = 90") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity_low": 5, "quantity_high": 4, "quantity_best": None},
        {"asset_id": 999},
        {"asset_id": 3},
        {"source_id": 999},
        {"same_as_id": 999},
        {"kind": "guess"},
        {"grade_rank": 3},
        {"modality": None},
    ],
)
def test_every_row_is_held_to_the_checks_of_the_table(niger: Database, wrong: dict[str, Any]) -> None:
    before = everything(niger)
    rows = [row(1), row(2, **wrong), row(3)]
    with pytest.raises(ConstraintBroken):
        bulk.append_bulk(niger, IMPORT, lambda _: None, frames(rows), file=file_named())
    assert everything(niger) == before


def test_a_text_that_cannot_be_kept_is_refused(niger: Database) -> None:
    for number in (1, 2):  # the same in all rows, and in one of two
        with pytest.raises(UsageMistake, match="NUL"):
            bulk.append_bulk(
                niger,
                IMPORT,
                lambda _: None,
                frames([row(n, locator="a\0b" if n == 1 else "c") for n in range(1, number + 1)]),
            )


def test_an_unknown_column_is_a_mistake_of_the_program(niger: Database) -> None:
    with pytest.raises(RuntimeError, match="no column of a claim: quantity$"):
        bulk.append_bulk(niger, IMPORT, lambda _: None, [frame([row()]).with_columns(quantity=pl.lit(1))])


def test_rows_of_the_catalogue_may_be_added_while_claims_are_read(niger: Database) -> None:
    taken: list[Any] = []

    def rows() -> Iterator[pl.DataFrame]:
        yield frame([row()])
        catalogue.add_row(taken[0], "asset", {"code": "tanks", "deployment": "fra-ner", "asset_type": "tank"})
        number = niger.value("select max(id) from asset")
        yield frame([row(2, asset_id=number)])

    written = bulk.append_bulk(niger, IMPORT, taken.append, rows())
    assert niger.value("select count(*) from status_change where seq = :seq", {"seq": written.seq}) == 2
    assert verify(niger) == []


def test_rows_are_inserted_while_the_same_connection_reads(niger: Database) -> None:
    """What is inserted may meet a statement that is not finished, of the thread that reads."""
    bring_in(niger, [row(1), row(2), row(3)])
    seen: list[Any] = []

    def rows() -> Iterator[pl.DataFrame]:
        reading = niger.batches("select id from retraction union all select id from source order by id", size=1)
        seen.extend(next(reading))
        yield frame([row(4)])
        yield frame([row(5, note="of another form")])
        yield frame([row(6)])
        seen.extend(next(reading))

    assert bulk.append_bulk(niger, IMPORT, lambda _: None, rows()).many == {"status_change": 3}
    assert len(seen) == 2
    assert verify(niger) == []


@pytest.mark.parametrize("good", [True, False])
def test_the_trigger_that_rests_while_rows_come_in_is_back(niger: Database, good: bool) -> None:
    sql = "select name, sql from sqlite_master where type = 'trigger' order by name"
    before = niger.tuples(sql) if niger.engine == "sqlite" else []
    with nullcontext() if good else pytest.raises(ConstraintBroken):
        bring_in(niger, [row(1), row(2, **({} if good else {"source_id": 999}))])
    if niger.engine == "sqlite":
        assert sorted(niger.tuples(sql)) == sorted(before) != []
    if niger.engine == "sqlite" and good:
        with pytest.raises(PostureError, match="recorded already"), niger.write():
            niger.execute("insert or replace into status_change select * from status_change limit 1")


def test_a_number_that_is_taken_is_refused_in_bulk_too(niger: Database) -> None:
    """By the keys themselves: the trigger against replacement rests while rows come in bulk."""
    first = bring_in(niger, [row(1)])
    values = {name: value for name, value in row(2).items() if name in bulk.CLAIM}
    taken = pl.DataFrame([{**values, "id": 1, "seq": first.seq, "ordinal": 1}])
    with pytest.raises(ConstraintBroken), niger.write(), in_bulk(niger, "status_change"):
        insert_frame(niger, "status_change", taken, {})
    assert niger.value("select count(*) from status_change") == 1


def test_no_claim_is_added_one_by_one_while_others_come_in_bulk(niger: Database) -> None:
    taken: list[Any] = []

    def rows() -> Iterator[pl.DataFrame]:
        yield frame([row()])
        taken[0].add("status_change", {})

    with pytest.raises(RuntimeError, match="numbers clash"):
        bulk.append_bulk(niger, IMPORT, taken.append, rows())


def test_a_dry_run_writes_nothing(niger: Database) -> None:
    before = everything(niger)
    written = bring_in(niger, [row(1), row(2)], writing=replace(IMPORT, dry_run=True))
    assert (written.seq, written.many) == (None, {"status_change": 2})
    assert everything(niger) == before


def test_the_same_txid_is_not_imported_twice(niger: Database) -> None:
    writing = replace(IMPORT, txid="once")
    first = bring_in(niger, [row(1), row(2)], writing=writing)
    again = bring_in(niger, [row(1), row(2), row(3)], writing=writing)
    assert again.repeated and again.seq == first.seq
    with pytest.raises(Refused, match="says something else"):
        bring_in(niger, [row(1)], "other.csv", writing=writing)
    assert niger.value("select count(*) from status_change") == 2


IMPORTER = """
import sys
from tests.ledger.frames import bring_in, row
from posture.store.connection import open_database
from posture.store.frames import in_bulk, insert_frame
with open_database(sys.argv[1]) as db:
    for start in range(1, 600, 100):
        bring_in(db, [row(n) for n in range(1, start + 100)])
"""


def test_two_importers_of_one_file_take_turns(niger: Database, url: str) -> None:
    importers = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORTER, url], stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        for _ in range(2)
    ]
    for importer in importers:
        _, said = importer.communicate(timeout=240)
        assert importer.returncode == 0, said
    assert niger.value("select count(*) from status_change") == 600
    assert niger.value("select count(*) from import_file") == 6
    assert verify(niger) == []


@pytest.fixture
def kept(niger: Database, url: str) -> Iterator[Database]:
    """The same database, opened so that each write brings the projection up to date."""
    with open_database(url) as db:
        db.keeper = current_rows
        current.refresh(db)
        yield db


def story(db: Database) -> None:
    """Import, then do what an analyst may do with what was imported."""
    rows = [row(n) for n in range(1, 12)]
    rows += [row(20, kind="count", modality="planned", effective_until="2030-01-01"), row(21, modality="denied")]
    seq = bring_in(db, rows).seq
    assert seq is not None
    log(
        db, [claim(kind="status", quantity=None, status="drawing_down", line="fra-ner"), claim(quantity="7", same_as=9)]
    )
    retract(db, claim=3)
    yield_to = undo(db, seq).seq
    assert yield_to is not None
    undo(db, yield_to)


def test_the_projection_and_the_search_are_right_after_each_step(
    kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "MANY", 1)
    assert bring_in(kept, [row(n, excerpt=f"some {n} soldiers", note="seen") for n in range(1, 9)], "a.csv").seq
    assert verify(kept) == []
    story(kept)
    assert verify(kept) == []


def test_an_undo_by_one_statement_is_the_undo_one_by_one(
    engine: str, make_url: Callable[..., str], niger: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(niger)
    one_by_one = everything(niger)
    with open_database(make_url(engine)) as other:
        from .conftest import niger as catalogue_of

        catalogue_of.__wrapped__(other)  # type: ignore[attr-defined]
        monkeypatch.setattr(undoing, "MANY", 1)
        story(other)
        together = everything(other)
        assert verify(other) == []
    for table in ("status_change", "retraction", "current_posture", "current_plan", "import_row"):
        assert _told(table, together) == _told(table, one_by_one), table


def _told(table: str, rows: dict[str, list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Return a table's rows without what may differ: the numbers that rows of one entry have."""
    columns = [column.name for column in metadata.tables[table].columns]
    numbers = {"id", "ordinal", "plan_id", "speaker_id"} if table != "import_row" else set()
    return sorted(
        (tuple(v for name, v in zip(columns, each, strict=True) if name not in numbers) for each in rows[table]),
        key=repr,
    )


def test_an_import_without_a_keeper_marks_what_it_touches(niger: Database) -> None:
    written = bring_in(niger, [row(2, asset_id=1)])
    found = niger.tuples("select asset_id, touched_seq from current_posture order by asset_id")
    assert found[0] == (1, written.seq)
    assert all(seq != written.seq for line, seq in found if line == 2)


def test_an_entry_to_which_no_claim_comes_is_not_written(niger: Database) -> None:
    before = everything(niger)
    written = append_nothing(niger)
    assert (written.seq, written.understood) == (None, ["nothing new: nothing was written"])
    assert everything(niger) == before
    assert append(niger, IMPORT, lambda _: None).seq is not None


def append_nothing(db: Database) -> Any:
    return bulk.append_bulk(
        db, IMPORT, lambda entry: catalogue.add_row(entry, "actor", {"code": "x", "name": "X", "kind": "state"}), []
    )


def test_minus_nothing_is_nothing() -> None:
    made = bulk._claim_columns(frame([{"share_low": share} for share in (None, -0.0, 0.0, 0.5)]), set())
    assert [str(share) for share in made["share_low"].to_list()] == ["None", "0.0", "0.0", "0.5"]
