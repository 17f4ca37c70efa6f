"""The stale report: whose limit a line has, what is over it, and what is said of evidence that gives no figure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.reports.as_of import Question
from posture.reports.stale import Limits, stale
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

STORY = """
# Lines of every kind of evidence
type mq-9 in drone
actor fra-army in fra
line fra-ner: fra personnel in ner
line fra-ner/mq-9: fra mq-9 in ner
line fra-ner/jet: fra jet in ner
line army-ner: fra-army personnel in ner
line deu-ner: deu personnel in ner
line ita-ner: ita personnel in ner
line usa-ner: usa personnel in ner
line esp-ner: esp personnel in ner
2023-09-01 fra-ner count 1000
2023-10-01 fra-ner decrease 100
2023-10-20 fra-ner count 5 (E5)
2023-10-01 fra-ner/mq-9 count 4
2023-10-25 fra-ner/mq-9 status grounded
2023-10-25 fra-ner/jet status grounded
2023-10-20 army-ner count 30
2023-10-01 deu-ner count 70 (D4)
2023-10-01/2023-10-10 ita-ner count 20
2023-10-15 usa-ner count withheld
2023-10-01 esp-ner count 50
2023-10-02 esp-ner decrease all
"""
DAY = date(2023, 10, 31)


@pytest.fixture
def told(db: Database) -> Driven:
    return Driven(db, read_example(STORY).ledger)


def rows(driven: Driven, limits: Limits | None = None, **more: Any) -> dict[str, dict[str, Any]]:
    """Return the rows by their lines, as the text names them."""
    found = stale(driven.db, Question(as_of=DAY, **more), limits).rows
    names = {(line.deployment, line.asset): line.name for line in driven.lines.values()}
    return {names[row["deployment"], row["asset"]]: row for row in found}


def test_the_age_is_that_of_the_newest_claim_used(told: Driven) -> None:
    row = rows(told)["fra-ner"]
    assert (row["newest_used_on"], row["age_days"], str(told.refs[row["newest_used"]])) == ("2023-10-01", 30, "#2")
    assert (row["newest_on"], row["newest_age_days"], row["newest_is"]) == ("2023-10-20", 11, "doubted")
    assert rows(told)["fra-ner/mq-9"]["newest_is"] == "status"
    assert rows(told)["army-ner"]["newest_is"] == "used"


def test_the_oldest_comes_first_and_what_has_nothing_to_go_by_before_it(told: Driven) -> None:
    assert list(rows(told)) == [
        "fra-ner/jet", "ita-ner", "usa-ner", "deu-ner", "fra-ner/mq-9", "fra-ner", "esp-ner", "army-ner",
    ]  # fmt: skip


def test_evidence_that_gives_no_figure_is_called_what_it_is(told: Driven) -> None:
    found = {name: (row["rests_on"], row["over"]) for name, row in rows(told).items()}
    assert found == {
        "fra-ner/jet": ("status", True),
        "ita-ner": ("lapsed", True),
        "usa-ner": ("no_number", True),
        "deu-ner": ("doubted", False),
        "fra-ner/mq-9": ("admissible", False),
        "fra-ner": ("admissible", False),
        "esp-ner": ("admissible", False),
        "army-ner": ("admissible", False),
    }


def test_the_nearest_limit_of_the_type_goes_before_that_of_the_actor_and_the_default_comes_last(told: Driven) -> None:
    limits = Limits(default=90, by_code={"fra": 40, "fra-army": 10, "aircraft": 7, "drone": 29})
    assert {name: (row["limit_days"], row["limit_by"]) for name, row in rows(told, limits).items()} == {
        "fra-ner": (40, "fra"),
        "army-ner": (10, "fra-army"),
        "fra-ner/mq-9": (29, "drone"),
        "fra-ner/jet": (7, "aircraft"),
        **dict.fromkeys(("deu-ner", "ita-ner", "usa-ner", "esp-ner"), (90, "default")),
    }
    assert {row["limit_by"] for row in rows(told, Limits(by_code=limits.by_code, all=3)).values()} == {"all"}


def test_a_line_is_over_its_limit_from_the_day_after_it(told: Driven) -> None:
    at = rows(told, Limits(all=30))["fra-ner"]
    past = rows(told, Limits(all=29))["fra-ner"]
    assert (at["over"], at["over_days"]) == (False, None)
    assert (past["over"], past["over_days"]) == (True, 1)


def test_nobody_expects_news_of_what_is_gone(told: Driven) -> None:
    row = rows(told, Limits(all=0))["esp-ner"]
    assert (row["high"], row["age_days"], row["over"], row["over_days"]) == (0, 29, False, None)


def test_only_what_is_over_if_asked_and_an_empty_answer_says_why(told: Driven) -> None:
    question = Question(as_of=DAY, actor="fra", asset_type="personnel")
    assert [row["deployment"] for row in stale(told.db, question, Limits(all=20), only_over=True).rows] == ["fra-ner"]
    report = stale(told.db, question, Limits(all=60), only_over=True)
    assert (report.rows, report.empty_because) == ([], "no line is over its limit")
    early = stale(told.db, Question(as_of=date(2001, 1, 1)), only_over=True)
    assert str(early.empty_because).endswith("applies as of 2001-01-01")


def test_a_limit_of_something_unknown_is_told(told: Driven) -> None:
    report = stale(told.db, Question(as_of=DAY), Limits(by_code={"frq": 3}))
    assert report.notes == ('a limit is set for "frq", which is no actor and no asset type',)


def test_what_was_not_known_makes_nothing_newer(told: Driven) -> None:
    row = rows(told, known_seq=told.seqs[1])["fra-ner"]
    assert (row["newest_used_on"], row["newest_on"], row["age_days"]) == ("2023-09-01", "2023-09-01", 60)
