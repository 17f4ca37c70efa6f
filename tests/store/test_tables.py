"""The tables hold what the vocabulary and the reading rules need, and refuse what could not be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from posture.domain import vocabulary as words
from posture.errors import ConstraintBroken, PostureError
from posture.store import (
    indexes,  # noqa: F401 - adds the indexes to the tables
    tables,
)
from tests.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database

EVERY_TABLE = list(tables.metadata.tables.values())


def test_every_table_and_column_is_commented() -> None:
    for table in EVERY_TABLE:
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"


def test_every_constraint_and_index_is_named_after_its_table() -> None:
    for table in EVERY_TABLE:
        names = [str(each.name) for each in (*table.constraints, *table.indexes)]
        assert all(re.fullmatch(rf"(pk|fk|uq|ck|ix)_{table.name}(_\w+)?", name) and len(name) < 64 for name in names), (
            names
        )
        assert len(set(names)) == len(names)


def test_every_reference_has_an_index_or_refers_to_few_rows(db: Database) -> None:
    """Removing a catalogue row asks every referring table whether it is in use."""
    few = {"status", "ledger_entry"}
    for table in EVERY_TABLE:
        indexed = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
        indexed |= {next(iter(each.columns)).name for each in table.constraints
                    if isinstance(each, (sa.UniqueConstraint, sa.PrimaryKeyConstraint))}  # fmt: skip
        for key in table.foreign_keys:
            target = key.column.table.name
            assert target in few or key.parent.name in indexed, f"{table.name}.{key.parent.name}"


@pytest.mark.parametrize(
    ("name", "table", "allowed"),
    [
        ("kind", "actor", words.ActorKind), ("kind", "location", words.LocationKind),
        ("precision", "location", words.Precision), ("site_class", "location", words.SiteClass),
        ("attribution", "source", words.Attribution), ("text_kind", "source", words.TextKind),
        ("kind", "event", words.EventKind), ("role", "event_actor", words.EventRole), ("axis", "status", words.Axis),
        ("kind", "status_change", words.Kind), ("modality", "status_change", words.Modality),
        ("counting_basis", "status_change", words.CountingBasis), ("reason", "status_change", words.Reason),
        ("relation", "plan_link", words.Relation),
    ],
)  # fmt: skip
def test_the_words_of_a_column_are_the_vocabulary(name: str, table: str, allowed: Any) -> None:
    checks = [str(each.sqltext) for each in tables.metadata.tables[table].constraints
              if isinstance(each, sa.CheckConstraint) and each.name == f"ck_{table}_{name}"]  # fmt: skip
    assert len(checks) == 1
    assert set(re.findall(r"'([^']*)'", checks[0])) == set(allowed)


def test_no_check_passes_by_being_null(make_url: Callable[..., str]) -> None:
    """Every CHECK is true or false, never NULL, with any one of its optional columns NULL: NULL would let a row pass."""
    import sqlite3

    memory = sqlite3.connect(":memory:")
    sample = {**rows.entry(), **rows.claim(), "code": "x", "name": "x", "name_folded": "x", "text_kind": "none"}
    for table in EVERY_TABLE:
        optional = [column.name for column in table.columns if column.nullable]
        for each in table.constraints:
            if not isinstance(each, sa.CheckConstraint):
                continue
            text = str(each.sqltext)
            used = [name for name in optional if re.search(rf"\b{name}\b", text)]
            for nulls in range(2 ** len(used)):
                values = {
                    column.name: None if column.name in used and nulls >> used.index(column.name) & 1
                    else sample.get(column.name) if sample.get(column.name) is not None else 1
                    for column in table.columns
                }  # fmt: skip
                picked = ", ".join(f':{name} AS "{name}"' for name in values)
                (result,) = memory.execute(f"SELECT ({text}) IS NOT NULL FROM (SELECT {picked})", values).fetchone()
                assert result == 1, (each.name, [name for name in used if values[name] is None])
    memory.close()


ACCEPTED: dict[str, dict[str, Any]] = {
    "about 1500": {},
    "an open top": {"quantity_low": 1001, "quantity_best": None, "quantity_high": None},
    "an open low": {"quantity_low": None, "quantity_best": None, "quantity_high": 49},
    "none": {"quantity_low": 0, "quantity_best": 0, "quantity_high": 0},
    "most": {"kind": "decrease", "quantity_form": "share", "quantity_low": None, "quantity_best": None, "quantity_high": None,
             "share_low": 0.5, "share_high": 1, "share_low_open": True},
    "unknown": {"quantity_form": "unknown", "quantity_low": None, "quantity_best": None, "quantity_high": None},
    "withheld": {"quantity_form": "withheld", "quantity_low": None, "quantity_best": None, "quantity_high": None},
    "a phase of the deployment": {"asset_id": None, "kind": "status", "status_id": 4, "quantity_form": None, "quantity_text": None,
                                  "quantity_low": None, "quantity_best": None, "quantity_high": None},
    "a partial status": {"kind": "status", "status_id": 11},
    "words only": {"asset_id": None, "kind": "announcement", "quantity_form": None, "quantity_text": None,
                   "quantity_low": None, "quantity_best": None, "quantity_high": None},
    "a denial of any presence": {"asset_id": None, "modality": "denied"},
    "before a day": {"effective_from": None, "effective_by": "2023-07-26", "effective_on": "2023-07-26"},
    "since a day": {"effective_by": None},
    "a happening that took weeks": {"kind": "decrease", "effective_until": "2023-12-22"},
    "the worst grade": {"reliability": "E", "credibility": "5", "admissible": False, "grade_rank": 35},
    "the best grade": {"reliability": "A", "credibility": "1", "grade_rank": 0},
    "what cannot be judged": {"reliability": "F", "credibility": "6", "grade_rank": 21},
    "an erased excerpt": {"excerpt_sha256": rows.DIGEST, "excerpt_start": 3, "excerpt_end": 9},
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_claim_may_say(db: Database, name: str) -> None:
    with db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(**ACCEPTED[name]))
    assert db.value("SELECT count(*) FROM status_change") == 1


NOTHING = {"quantity_low": None, "quantity_best": None, "quantity_high": None}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a best below the low": ({"quantity_best": 1}, "quantity_best_low"),
    "a best above the high": ({"quantity_best": 2000}, "quantity_best_high"),
    "a high below the low": ({"quantity_best": None, "quantity_high": 1}, "quantity_bounds"),
    "less than none": ({"quantity_low": -1}, "quantity_not_negative"),
    "at most less than none": ({**NOTHING, "quantity_high": -1}, "quantity_high"),
    "a best without bounds": ({"quantity_high": None}, "quantity_best"),
    "a number without any": (NOTHING, "quantity"),
    "a number that is a share too": ({"share_low": 0.5}, "quantity"),
    "an unknown number that is known": ({"quantity_form": "unknown"}, "quantity"),
    "a withheld number that is known": ({"quantity_form": "withheld"}, "quantity"),
    "a share without any": ({**NOTHING, "quantity_form": "share"}, "quantity"),
    "a share with a number": ({"quantity_form": "share", "share_low": 0.5}, "quantity"),
    "a number without a form": ({"quantity_form": None, "quantity_text": None}, "quantity"),
    "a number without its words": ({"quantity_text": None}, "quantity_text"),
    "words without a form": ({**NOTHING, "kind": "announcement", "quantity_form": None}, "quantity_text"),
    "a count without a quantity": ({**NOTHING, "quantity_form": None, "quantity_text": None}, "quantity_needed"),
    "a share below nothing": ({**NOTHING, "quantity_form": "share", "share_low": -0.1}, "share_low"),
    "a share upside down": ({**NOTHING, "quantity_form": "share", "share_low": 0.9, "share_high": 0.5}, "share_bounds"),
    "a loss of more than all": (
        {**NOTHING, "kind": "decrease", "quantity_form": "share", "share_high": 1.5},
        "share_high",
    ),
    "a count with a status": ({"status_id": 1}, "status"),
    "a status without one": ({"kind": "status"}, "status"),
    "a count of a deployment": ({"asset_id": None}, "line"),
    "a start after its end": ({"effective_by": "2023-08-01"}, "effective_start"),
    "an end before its start": ({"effective_until": "2023-08-01"}, "effective_"),
    "an order of its own": ({"effective_on": "2023-09-30"}, "effective_on"),
    "no start at all": ({"effective_from": None, "effective_by": None}, "effective_on"),
    "a time of day on a month": ({"effective_at": rows.NOW}, "effective_at"),
    "a transfer of a count": ({"transfer_id": "t"}, "transfer"),
    "itself": ({"same_as_id": 1}, "same_as"),
    "after itself": ({"after_id": 1}, "after"),
    "an excerpt without a digest": ({"excerpt": "x"}, "excerpt"),
    "half an offset": ({"excerpt_start": 1, "excerpt_sha256": rows.DIGEST}, "excerpt_offsets"),
    "offsets upside down": ({"excerpt_start": 9, "excerpt_end": 3, "excerpt_sha256": rows.DIGEST}, "excerpt_offsets"),
    "a digest that is none": ({"note_sha256": "abc"}, "note_sha256"),
    "a note without a digest": ({"note": "x"}, "note"),
    "an inadmissible grade that counts": ({"reliability": "D", "grade_rank": 10}, "admissible"),
    "an admissible grade that does not count": ({"admissible": False}, "admissible"),
    "a rank that is not the grade's": ({"grade_rank": 0}, "grade_rank"),
    "ordinal nought": ({"ordinal": 0}, "ordinal"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_claim_may_not_say(db: Database, name: str) -> None:
    changes, rule = REFUSED[name]
    with pytest.raises(ConstraintBroken) as caught, db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(**changes))
    assert (caught.value.constraint or "").startswith(f"ck_status_change_{rule}")


def test_grades_rank_from_confirmed_and_reliable_downwards(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        grades = [(reliability, credibility) for credibility in "123645" for reliability in "ABCFDE"]
        for rank, (reliability, credibility) in enumerate(grades):
            admissible = reliability in "ABCF" and credibility in "1236"
            grade = {"reliability": reliability, "credibility": credibility, "admissible": admissible}
            db.insert("status_change", rows.claim(rank + 1, **grade, grade_rank=rank))
            with pytest.raises(ConstraintBroken, match="ck_status_change_grade_rank"), db.write():
                db.insert("status_change", rows.claim(99, **grade, grade_rank=rank + 1))


def test_a_deployment_is_one_by_actor_place_and_operation(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        again = {"name": "x", "actor_id": 1, "location_id": 1}
        db.insert("deployment", {"id": 2, "code": "barkhane", "operation": "Barkhane", **again})
        for operation in (None, "Barkhane"):
            with pytest.raises(ConstraintBroken), db.write():
                db.insert("deployment", {"id": 3, "code": "other", "operation": operation, **again})


def test_a_line_is_one_asset_type_or_one_platform(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        drone = db.value("SELECT asset_type_id FROM asset")
        for number in (1, 2):
            db.insert(
                "platform", {"id": number, "code": f"p{number}", "designation": f"P-{number}", "asset_type_id": drone}
            )
            db.insert(
                "asset",
                {
                    "id": number + 1,
                    "deployment_id": 1,
                    "code": f"p{number}",
                    "asset_type_id": drone,
                    "platform_id": number,
                },
            )
        for platform in (None, 2):
            with pytest.raises(ConstraintBroken), db.write():
                db.insert(
                    "asset",
                    {"id": 9, "deployment_id": 1, "code": "again", "asset_type_id": drone, "platform_id": platform},
                )


def test_an_alias_has_one_target(db: Database) -> None:
    alias = {"name": "Niger", "name_folded": "niger"}
    with db.write():
        rows.catalogue(db)
        for wrong in ({}, {"actor_id": 1, "location_id": 1}, {"source_id": 1, "asset_id": 1}):
            with pytest.raises(ConstraintBroken, match="ck_alias_target"), db.write():
                db.insert("alias", {"id": 1, **alias, **wrong})
        db.insert("alias", {"id": 1, "location_id": 1, **alias})
        with pytest.raises(ConstraintBroken), db.write():
            db.insert("alias", {"id": 2, "location_id": 1, **alias})


def test_a_claim_is_retracted_once(db: Database) -> None:
    with db.write():
        rows.catalogue(db)
        db.insert("status_change", rows.claim(1))
        db.insert("status_change", rows.claim(2))
        gone = {"id": 1, "seq": 1, "ordinal": 1, "status_change_id": 1, "reason": "wrong"}
        for wrong in ({"event_id": 1}, {"status_change_id": None}, {"replacement_id": 1}, {"replacement_event_id": 1}):
            with pytest.raises(ConstraintBroken, match="ck_retraction"), db.write():
                db.insert("retraction", {**gone, **wrong})
        db.insert("retraction", {**gone, "replacement_id": 2})
        with pytest.raises(PostureError), db.write():
            db.insert("retraction", {**gone, "id": 2, "ordinal": 2})


def test_only_the_first_entry_has_none_before_it(db: Database) -> None:
    for wrong in ({"seq": 2, "prev_hash": None}, {"prev_hash": rows.DIGEST}):
        with pytest.raises(ConstraintBroken, match="ck_ledger_entry_chain"), db.write():
            db.insert("ledger_entry", rows.entry(**wrong))
