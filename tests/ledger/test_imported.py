"""A file that is imported again: the same adds nothing, a longer one the rest, a changed row is a correction where asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from posture.ledger import undoing
from posture.ledger.claims import correct, retract, undo
from posture.ledger.imported import imported
from posture.ledger.verify import verify

from .frames import bring_in, frame, row

if TYPE_CHECKING:
    from posture.store.connection import Database

MANY = pytest.mark.parametrize("many", [1, 1000])
"""Undone by one statement, and one by one."""


def standing(db: Database) -> list[tuple[Any, ...]]:
    """Return the quantities that stand."""
    return [
        each[0]
        for each in db.tuples(
            "select quantity_low from status_change c where not exists"
            " (select 1 from retraction r where r.status_change_id = c.id) order by 1"
        )
    ]


def changed(number: int, to: int) -> dict[str, Any]:
    """Return a row that says another quantity of the same thing."""
    return row(
        number,
        quantity_low=to,
        quantity_best=to,
        quantity_high=to,
        quantity_text=str(to),
        __fingerprint=f"print of {to}",
    )


def test_the_same_file_again_adds_nothing(niger: Database) -> None:
    rows = [row(n) for n in range(1, 8)]
    assert bring_in(niger, rows).many == {"status_change": 7}
    again = bring_in(niger, rows)
    assert (again.seq, again.many) == (None, {})
    assert standing(niger) == [1, 2, 3, 4, 5, 6, 7]


def test_a_longer_file_adds_what_is_new_in_it(niger: Database) -> None:
    bring_in(niger, [row(1), row(2)])
    assert bring_in(niger, [row(3), row(1), row(2), row(4)]).many == {"status_change": 2}
    assert standing(niger) == [1, 2, 3, 4]
    assert bring_in(niger, [row(4), row(3), row(2), row(1)]).seq is None


def test_another_file_is_known_by_its_own_rows(niger: Database) -> None:
    bring_in(niger, [row(1), row(2)])
    assert bring_in(niger, [row(1), row(2)], "other.csv").many == {"status_change": 2}


def test_equal_rows_of_one_file_are_both_brought_in(niger: Database) -> None:
    assert bring_in(niger, [row(1), row(1)]).many == {"status_change": 2}
    assert bring_in(niger, [row(1), row(1)]).seq is None


def test_a_changed_row_waits_until_a_correction_is_asked_for(niger: Database) -> None:
    bring_in(niger, [row(1), row(2)])
    assert bring_in(niger, [row(1), changed(2, 50)]).seq is None
    written = bring_in(niger, [row(1), changed(2, 50)], update=True)
    assert written.many == {"status_change": 1, "retraction": 1}
    assert standing(niger) == [1, 50]
    assert niger.tuples("select seq, status_change_id, replacement_id from retraction") == [(written.seq, 2, 3)]
    assert verify(niger) == []
    assert bring_in(niger, [row(1), changed(2, 50)], update=True).seq is None


def test_a_row_can_change_back(niger: Database) -> None:
    bring_in(niger, [row(1)])
    bring_in(niger, [changed(1, 50)], update=True)
    bring_in(niger, [row(1)], update=True)
    assert standing(niger) == [1]
    bring_in(niger, [changed(1, 50)], update=True)
    assert standing(niger) == [50]
    assert verify(niger) == []


@MANY
def test_an_import_that_was_undone_can_be_brought_in_again(
    niger: Database, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "MANY", many)
    rows = [row(n) for n in range(1, 6)]
    first = bring_in(niger, rows)
    undone = undo(niger, first.seq or 0)
    assert standing(niger) == []
    assert undone.understood[-1] == f"entry #{first.seq} undone: 5 claims retracted"
    second = bring_in(niger, rows)
    assert second.many == {"status_change": 5}
    assert standing(niger) == [1, 2, 3, 4, 5]
    undo(niger, second.seq or 0)
    undo(niger, undone.seq or 0)  # the first import stands again
    assert standing(niger) == [1, 2, 3, 4, 5]
    assert bring_in(niger, rows).seq is None
    assert verify(niger) == []


@MANY
def test_a_correction_that_was_undone_can_be_brought_in_again(
    niger: Database, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "MANY", many)
    bring_in(niger, [row(1), row(2)])
    update = bring_in(niger, [changed(1, 50), row(2), row(3)], update=True)
    undo(niger, update.seq or 0)
    assert standing(niger) == [1, 2]
    assert bring_in(niger, [row(1), row(2)]).seq is None, "the old row stands again"
    bring_in(niger, [changed(1, 50), row(2), row(3)], update=True)
    assert standing(niger) == [2, 3, 50]
    assert verify(niger) == []


def test_what_an_analyst_withdrew_or_corrected_is_not_brought_back(niger: Database) -> None:
    rows = [row(1), row(2), row(3)]
    bring_in(niger, rows)
    retract(niger, claim=1)
    correct(niger, 2, {"quantity": "20"})
    assert bring_in(niger, rows).seq is None
    assert standing(niger) == [3, 20]


def test_a_change_takes_the_place_of_what_stands_for_the_row(niger: Database) -> None:
    bring_in(niger, [row(1), row(2)])
    retract(niger, claim=1)
    correct(niger, 2, {"quantity": "20"})
    undo(niger, niger.value("select max(seq) from ledger_entry"))  # claim 2 recorded again
    written = bring_in(niger, [changed(1, 60), changed(2, 50)], update=True)
    assert written.many == {"status_change": 2, "retraction": 1}
    assert standing(niger) == [50, 60]
    assert verify(niger) == []


def test_each_change_among_rows_of_one_key_takes_the_place_of_another(niger: Database) -> None:
    bring_in(niger, [row(1, __key="k"), row(2, __key="k")])
    with niger.write():
        found = imported(niger, "counts.csv").sort_out(
            frame([row(n, __key="k", __fingerprint=f"new {n}") for n in (3, 4, 5)])
        )
    assert found.changed["__replaces"].to_list() == [1, 2]
    assert found.new["quantity_low"].to_list() == [5]
    assert found.same == 0
