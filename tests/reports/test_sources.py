"""The sources report: what is counted once, what can be compared, and what became of plans."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from posture.reports.as_of import Question
from posture.reports.sources import COLUMNS, share_text, sources
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

DAY = date(2023, 12, 31)


def told(db: Database, text: str) -> Driven:
    return Driven(db, read_example("# a story\n" + text).ledger)


def rows(driven: Driven, by: str = "source", day: date = DAY, **more: Any) -> dict[str | None, dict[str, Any]]:
    """Return the rows by what they are about."""
    report = sources(driven.db, Question(as_of=day, **more), by)
    for row in report.rows:
        assert set(row) == {*COLUMNS, "claims"}
    return {row["code"]: row for row in report.rows}


def test_counts_that_agree_after_what_lay_between_confirm_each_other(db: Database) -> None:
    driven = told(
        db,
        """
2023-10-01 n count 1400 (from afp)
2023-10-10 n decrease 97 (from rfi)
2023-10-20 n count 1303 (from army)
2023-10-25 n count 900 (from blog)
2023-10-25 n count 1250..1350 (D4, from tabloid)
2023-12-20 n count 800 (from paper)
""",
    )
    found = {source: (row["compared"], row["confirmed"], row["contradicted"]) for source, row in rows(driven).items()}
    assert found == {
        "afp": (1, 1, 1),
        "rfi": (0, 0, 0),
        "army": (1, 1, 1),
        "blog": (1, 0, 1),
        "tabloid": (1, 1, 1),
        "paper": (0, 0, 0),
    }
    assert rows(driven)["rfi"]["share_confirmed"] is None
    assert rows(driven)["blog"]["share_confirmed"] == 0


def test_a_denial_contradicts_and_its_own_origin_does_not(db: Database) -> None:
    driven = told(
        db,
        """
2023-10-01 n count 40 (from afp)
2023-10-01 n count 60 (from afp)
2023-10-05 n count some (denied, from army)
""",
    )
    row = rows(driven)["afp"]
    assert (row["compared"], row["confirmed"], row["contradicted"], row["share_contradicted"]) == (2, 0, 2, 1)
    assert rows(driven)["army"]["compared"] == 0, "what is denied is not compared itself"


def test_a_happening_told_by_two_origins_is_confirmed_where_the_numbers_overlap(db: Database) -> None:
    driven = told(
        db,
        """
2023-10-01 n count 1400 (from ministry)
2023-10-10 n decrease ~100 (from afp)
2023-10-10 n decrease 97 (from rfi, same as #2)
2023-10-10 n decrease 300 (from blog, same as #2)
""",
    )
    found = {source: (row["confirmed"], row["contradicted"]) for source, row in rows(driven).items() if row["compared"]}
    assert found == {"afp": (1, 1), "rfi": (1, 1), "blog": (0, 1)}


def test_a_corrected_claim_is_one_claim_and_a_retracted_one_was_made_too(db: Database) -> None:
    driven = told(
        db,
        """
2023-10-01 n count 150 (from afp)
correct #1: quantity 105
correct #2: quantity 115
2023-10-02 n count 7 (from afp)
retract #4
2023-10-03 n count 8 (from afp)
correct #6: quantity 9
undo #7
""",
    )
    row = rows(driven)["afp"]
    assert (row["made"], row["corrected"], row["retracted"], row["share_retracted"]) == (3, 1, 1, 0.3333)
    then = rows(driven, known_seq=driven.seqs[4])["afp"]
    assert (then["made"], then["corrected"], then["retracted"]) == (2, 1, 0)


def test_a_story_told_again_is_one_origins(db: Database) -> None:
    driven = told(
        db,
        """
paper1 repeats official
paper2 repeats paper1
2023-10-01 n count 10 (from official)
2023-10-02 n count 10 (from paper1)
2023-10-03 n count 10 (from paper2)
2023-10-04 n count 10 (from army)
""",
    )
    origins = rows(driven, "origin")
    assert {code: (row["sources"], row["made"], row["repeated"]) for code, row in origins.items()} == {
        "official": (3, 3, 2), "army": (1, 1, 0),
    }  # fmt: skip
    assert (origins["official"]["confirmed"], rows(driven)["paper2"]["confirmed"]) == (3, 1)
    assert list(rows(driven, "publisher")) == [None]
    assert rows(driven, "publisher")[None]["made"] == 4


def test_plans_are_counted_by_what_became_of_them_and_a_shared_one_once_for_its_origin(db: Database) -> None:
    driven = told(
        db,
        """
paper repeats official
2023-10-01 n count 100 (from army)
[2023-10-02..2023-10-31] n decrease 50 (planned, said 2023-10-02, from official)
[2023-10-02..2023-10-31] n decrease 50 (planned, said 2023-10-03, from paper, same as #3)
[2023-10-02..2023-11-30] n decrease 9 (planned, said 2023-10-02, from official)
2023-10-20 n decrease 50 (from army, fulfils #3)
""",
    )
    row = rows(driven)["official"]
    assert (row["plans"], row["plans_fulfilled"], row["plans_overdue"]) == (2, 1, 1)
    assert rows(driven)["paper"]["plans_fulfilled"] == 1
    of_origin = rows(driven, "origin")["official"]
    assert (of_origin["plans"], of_origin["plans_fulfilled"], of_origin["made"]) == (2, 1, 3)
    assert rows(driven, day=date(2023, 11, 1))["official"]["plans_open"] == 1


def test_only_what_was_said_by_the_day_and_of_what_is_asked_about(db: Database) -> None:
    driven = told(
        db,
        """
line fra-ner: fra personnel in ner
line fra-ner/drone: fra drone in ner
line usa-ner: usa personnel in ner
2023-10-01 fra-ner count 10 (from afp)
2023-10-02 fra-ner/drone count 4 (from afp)
2023-10-03 usa-ner count 7 (from afp)
2023-10-04 deployment fra-ner status drawing_down (from afp)
2023-10-01 fra-ner count 11 (from late, said 2023-12-01)
""",
    )
    assert rows(driven)["afp"]["made"] == 4
    assert rows(driven, actor="fra")["afp"]["made"] == 3
    assert rows(driven, asset_type="personnel")["afp"]["made"] == 2
    assert (rows(driven, actor="fra")["afp"]["decides"], rows(driven)["afp"]["decides"]) == (1, 2)
    assert set(rows(driven, day=date(2023, 11, 1))) == {"afp"}
    report = sources(driven.db, Question(as_of=date(2001, 1, 1)))
    assert str(report.empty_because).endswith("was said by 2001-01-01")


def test_there_is_no_share_of_nothing() -> None:
    assert (share_text(3, 12), share_text(0, 4), share_text(0, 0)) == ("3 of 12, 25%", "0 of 4, 0%", "")
