"""What an undo must never do: say a thing twice, touch what is not the entry's, or close a circle; on both engines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from posture.errors import Refused
from posture.ledger import catalogue
from posture.ledger.claims import correct, log, retract, undo
from posture.ledger.verify import verify
from posture.reports.as_of import Question
from posture.reports.plans import plans

from .conftest import claim

if TYPE_CHECKING:
    from posture.ledger.entry import Written
    from posture.store.connection import Database


def standing(db: Database) -> list[int | None]:
    """Return the best quantity of every claim that stands."""
    return [
        row["quantity_best"]
        for row in db.all(
            "select quantity_best from status_change where not exists"
            " (select 1 from retraction where status_change_id = status_change.id) order by id"
        )
    ]


def standing_events(db: Database) -> list[str]:
    """Return the code of every event that stands."""
    return [
        row["code"]
        for row in db.all(
            "select code from event where not exists (select 1 from retraction where event_id = event.id) order by id"
        )
    ]


def seq(written: Written) -> int:
    """Return the number of an entry."""
    assert written.seq is not None
    return written.seq


def coup(db: Database, code: str) -> Written:
    """Add an event."""
    return catalogue.add(db, "event", {"code": code, "kind": "coup", "title": code, "source": "rfi"})


def test_a_retraction_is_taken_back_once(niger: Database) -> None:
    """A claim that was retracted again is brought back by undoing that, not by undoing the first retraction again."""
    logged = log(niger, [claim(kind="decrease", quantity="10")])
    first = retract(niger, claim=logged.claims[0]["id"])
    again = undo(niger, seq(first))
    second = retract(niger, claim=again.claims[0]["id"])
    with pytest.raises(Refused, match="nothing of entry"):
        undo(niger, seq(first))
    undo(niger, seq(second))
    assert standing(niger) == [10]


def test_the_retraction_of_an_event_is_taken_back_once(niger: Database) -> None:
    coup(niger, "coup")
    gone = retract(niger, event="coup")
    undo(niger, seq(gone))
    with pytest.raises(Refused, match="nothing of entry"):
        undo(niger, seq(gone))
    assert standing_events(niger) == ["coup-2"]


def test_two_corrections_are_undone_one_after_the_other(niger: Database) -> None:
    old = log(niger, [claim(quantity="100")]).claims[0]
    first = correct(niger, old["id"], {"quantity": "200"})
    second = correct(niger, first.claims[0]["id"], {"quantity": "300"})
    with pytest.raises(Refused, match="nothing of entry"):
        undo(niger, seq(first))
    undo(niger, seq(second))
    assert standing(niger) == [200]
    undo(niger, seq(first))
    assert standing(niger) == [100]
    assert verify(niger) == []


def test_the_number_of_a_removed_row_is_never_given_again(niger: Database) -> None:
    """The history speaks of rows by their numbers: an undo would reach another row that has got the same."""
    first = coup(niger, "first")
    removed = catalogue.remove(niger, "event", "first")
    coup(niger, "second")
    with pytest.raises(Refused, match="nothing of entry"):
        undo(niger, seq(first))
    with pytest.raises(Refused, match="nothing of that stands"):
        retract(niger, entry=first.seq)
    undo(niger, seq(removed))
    assert standing_events(niger) == ["first", "second"]
    assert verify(niger) == []


def test_an_undo_closes_no_circle_of_origins(niger: Database) -> None:
    catalogue.repeats(niger, "voa", "rfi")
    alone = catalogue.repeats(niger, "voa", None)
    catalogue.repeats(niger, "rfi", "voa")
    with pytest.raises(Refused, match="would then repeat itself"):
        undo(niger, seq(alone))


@pytest.mark.parametrize("noun", ["location", "asset_type", "actor"])
def test_an_undo_closes_no_circle_of_parents(niger: Database, noun: str) -> None:
    kind = {"location": {"kind": "region"}, "actor": {"kind": "state"}}.get(noun, {})
    for code in ("one", "other"):
        catalogue.add(niger, noun, {"code": code, "name": code, **kind})
    catalogue.edit(niger, noun, "one", {"parent": "other"})
    apart = catalogue.edit(niger, noun, "one", {"parent": ""})
    catalogue.edit(niger, noun, "other", {"parent": "one"})
    with pytest.raises(Refused, match="below its own child"):
        undo(niger, seq(apart))
    assert verify(niger) == []


def fate(db: Database) -> list[tuple[str, int]]:
    """Return the state of every plan and how many outcomes it has."""
    rows = plans(db, Question(as_of=date(2023, 12, 31))).rows
    return [(row["state"], len(row["outcomes"])) for row in rows]


def planned_and_left(db: Database) -> tuple[int, int]:
    """Log a plan and a departure that nobody has linked; return both."""
    plan = log(db, [claim(kind="decrease", quantity="40", on="2024-01-31", modality="planned")])
    left = log(db, [claim(kind="decrease", quantity="40", on="2023-09-06")])
    return plan.claims[0]["id"], left.claims[0]["id"]


def test_what_a_correction_said_of_a_plan_is_gone_once_it_is_undone(niger: Database) -> None:
    plan, left = planned_and_left(niger)
    corrected = correct(niger, left, {"fulfils": (plan,)})
    assert fate(niger) == [("fulfilled", 1)]
    undone = undo(niger, seq(corrected))
    assert fate(niger) == [("open", 0)]
    undo(niger, seq(undone))
    assert fate(niger) == [("fulfilled", 1)]
    assert [row["state"] for row in plans(niger, Question(as_of=date(2023, 12, 31), known_seq=seq(undone))).rows] == [
        "open"
    ]


def test_what_a_claim_said_of_a_plan_itself_outlives_its_corrections_and_their_undoing(niger: Database) -> None:
    plan, _ = planned_and_left(niger)
    left = log(niger, [claim(kind="decrease", quantity="40", on="2023-09-07", cancels=(plan,))])
    corrected = correct(niger, left.claims[0]["id"], {"quantity": "41"})
    assert fate(niger) == [("cancelled", 1)]
    undo(niger, seq(corrected))
    assert fate(niger) == [("cancelled", 1)]
    undo(niger, seq(retract(niger, source="rfi")))
    assert fate(niger) == [("cancelled", 1)]


def test_a_link_to_a_corrected_plan_follows_the_plan_back(niger: Database) -> None:
    plan, left = planned_and_left(niger)
    corrected = correct(niger, plan, {"quantity": "45"})
    correct(niger, left, {"fulfils": (corrected.claims[0]["id"],)})
    assert fate(niger) == [("fulfilled", 1)]
    undo(niger, seq(corrected))
    assert fate(niger) == [("fulfilled", 1)]


def test_undo_takes_a_claim_back_though_it_was_corrected_and_the_correction_undone(niger: Database) -> None:
    first = log(niger, [claim(quantity="100")])
    corrected = correct(niger, first.claims[0]["id"], {"quantity": "105"})
    undo(niger, seq(corrected))
    assert standing(niger) == [100]
    undone = undo(niger, seq(first))
    assert standing(niger) == []
    undo(niger, seq(undone))
    assert standing(niger) == [100]
    undo(niger, seq(first))
    assert standing(niger) == []
    with pytest.raises(Refused, match=r"nothing of entry #\d+ is left to undo$"):
        undo(niger, seq(first))


def test_an_entry_is_retracted_in_the_form_in_which_its_claims_stand(niger: Database) -> None:
    first = log(niger, [claim(quantity="100"), claim("fra-ner/drones", quantity="4")])
    undo(niger, seq(retract(niger, claim=first.claims[0]["id"])))
    retract(niger, entry=first.seq)
    assert standing(niger) == []


def test_undo_of_what_was_corrected_since_names_the_correction(niger: Database) -> None:
    first = log(niger, [claim(quantity="100")])
    corrected = correct(niger, first.claims[0]["id"], {"quantity": "105"})
    with pytest.raises(
        Refused, match=f"claim {first.claims[0]['id']} was corrected by entry #{corrected.seq}; undo that"
    ):
        undo(niger, seq(first))
    retract(niger, claim=corrected.claims[0]["id"])
    with pytest.raises(Refused, match="left to undo$"):
        undo(niger, seq(first))


def test_undo_says_which_of_its_claims_stand_corrected(niger: Database) -> None:
    first = log(niger, [claim(quantity="100"), claim("fra-ner/drones", quantity="4")])
    corrected = correct(niger, first.claims[0]["id"], {"quantity": "105"})
    told = undo(niger, seq(first)).understood
    assert standing(niger) == [105]
    assert f"mind: claim {first.claims[0]['id']} was corrected by entry #{corrected.seq}, and claim" in told[0]


def test_a_correction_is_undone_again_after_its_undo_was_undone(niger: Database) -> None:
    first = log(niger, [claim(quantity="100")])
    corrected = correct(niger, first.claims[0]["id"], {"quantity": "105"})
    for _ in range(3):
        undone = undo(niger, seq(corrected))
        assert standing(niger) == [100]
        with pytest.raises(Refused, match="left to undo"):
            undo(niger, seq(corrected))
        undo(niger, seq(undone))
        assert standing(niger) == [105]
    assert verify(niger) == []
