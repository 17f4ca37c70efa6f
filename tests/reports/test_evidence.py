"""The evidence for a figure: every claim with what it is to it, in words that a person understands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import UnknownCode
from posture.reports.as_of import Question
from posture.reports.evidence import COLUMNS, evidence, figure_of, says
from posture.reports.wording import support
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.reports.report import Report
    from posture.store.connection import Database

STORY = """
# A count, what came before and after it, a repeat, a doubt, and one that was wrong
place niamey in ner
line fra-ner: fra personnel in ner
line fra-niamey: fra personnel in niamey
2023-08-01 fra-ner count 900 (from army)
2023-09-30 fra-ner count 1400 (from afp)
2023-10-01 fra-ner count 1400 (from rfi)
2023-10-02 fra-ner count 50 (E5, from blog)
paper repeats afp
2023-10-10 fra-ner decrease 97 (from afp)
2023-10-10 fra-ner decrease 97 (from paper)
2023-10-12 fra-ner decrease 10 (from paper2)
retract #8
2023-10-01 fra-niamey count 1000 (from rfi)
2023-10-13 fra-niamey decrease 5 (from rfi)
2023-10-05 deployment fra-ner status drawing_down (from rfi)
as of 2023-10-20: fra-ner 1298 ...
"""


@pytest.fixture
def story(db: Database) -> Driven:
    """The story, logged."""
    return Driven(db, read_example(STORY).ledger)


def asked(driven: Driven, line: str, day: str = "2023-10-20", *, every: bool = False, **more: Any) -> Report:
    return evidence(driven.db, Question(as_of=date.fromisoformat(day), **more), line, every=every)


def roles(driven: Driven, report: Report) -> dict[str, str]:
    """Return the role of each claim by its place in the story."""
    return {str(driven.refs[row["claim"]]): row["role"] for row in report.rows}


def test_each_claim_has_its_part_in_the_figure(story: Driven) -> None:
    found = asked(story, "fra-ner/personnel")
    assert roles(story, found) == {
        "#3": "base",
        "#6": "moved",
        "#11": "part_moved",
        "#2": "agrees",
        "#4": "doubted",
        "#7": "told_twice",
        "#1": "older",
        "#8": "retracted",
    }


def test_the_figure_and_how_many_are_behind_it_stand_on_every_row(story: Driven) -> None:
    rows = asked(story, "fra-ner/personnel").rows
    assert {figure_of(row) for row in rows} == {"1,298"}
    assert {support(row) for row in rows} == {"3 reports, 2 origins"}
    assert {tuple(row["line_flags"]) for row in rows} == {("doubted",)}
    assert {row["claim"]: row["flags"] for row in rows if row["flags"]} == {
        next(row["claim"] for row in rows if row["role"] == "doubted"): ["doubted"]
    }


def test_each_role_is_said_in_words(story: Driven) -> None:
    rows = {str(story.refs[row["claim"]]): row for row in asked(story, "fra-ner/personnel").rows}
    base = rows["#3"]["claim"]
    assert rows["#3"]["why"] == "the figure starts here"
    assert rows["#1"]["why"] == f"older than c{base}"
    assert rows["#7"]["why"].startswith(f"the origin of c{rows['#6']['claim']} tells of the same happening again")
    assert rows["#7"]["repeats"] == "afp"
    assert "fra-niamey/personnel" in rows["#11"]["why"]
    assert rows["#8"]["why"].startswith("retracted by #")
    assert rows["#4"]["grade_words"] == "unreliable, improbable"
    assert says(rows["#6"]) == "decrease 97 fra-ner/personnel"


def test_what_was_retracted_later_was_still_believed_before(story: Driven) -> None:
    before = story.seqs[8]
    assert roles(story, asked(story, "fra-ner/personnel", known_seq=before))["#8"] == "moved"


def test_what_was_not_so_yet_is_no_evidence(story: Driven) -> None:
    assert set(roles(story, asked(story, "fra-ner/personnel", "2023-10-01"))) == {"#1", "#2", "#3"}


def test_a_deployment_shows_all_its_lines_and_its_own_state(story: Driven) -> None:
    rows = asked(story, "fra-ner").rows
    assert next((row["asset"], row["status"]) for row in rows) == (None, "drawing_down")
    assert {row["asset"] for row in rows} == {None, "personnel"}
    line = [row for row in rows if row["asset"]]
    assert line == asked(story, "fra-ner/personnel").rows


def test_a_correction_names_the_claim_that_stands_in_its_place(db: Database) -> None:
    story = Driven(
        db,
        read_example(
            "#1 2023-10-01 n count 150\n#2 correct #1: quantity 105\n#3 correct #2: quantity 115\nas of 2023-10-10: n 115"
        ).ledger,
    )
    line = next(iter(story.lines.values()))
    rows = asked(story, f"{line.deployment}/{line.asset}").rows
    last = next(row["claim"] for row in rows if row["role"] == "base")
    gone = [row for row in rows if row["role"] == "retracted"]
    assert [row["replaced_by"] for row in gone] == [last, last]
    assert all(row["why"].endswith(f"; now c{last}") for row in gone)


def test_a_row_has_the_keys_that_are_promised(story: Driven) -> None:
    for row in asked(story, "fra-ner").rows:
        assert set(row) == {*COLUMNS, "claims"}
        assert row["claims"] == [row["claim"]]


def test_of_a_long_history_the_newest_claims_are_told_and_the_rest_on_request(db: Database) -> None:
    counts = "\n".join(f"19{year}-01-01 n count {year}00" for year in range(10, 70))
    story = Driven(db, read_example(f"{counts}\nas of 1969-02-01: n 6900").ledger)
    line = next(iter(story.lines.values()))
    some = asked(story, f"{line.deployment}/{line.asset}", "1969-02-01")
    assert len(some.rows) == 40
    assert some.notes[-1] == "20 older claims are not shown; --all shows them"
    assert len(asked(story, f"{line.deployment}/{line.asset}", "1969-02-01", every=True).rows) == 60


def test_an_empty_answer_says_why(story: Driven) -> None:
    assert asked(story, "fra-ner/personnel", "2001-01-01").empty_because == (
        "nothing is said of fra-ner/personnel as of 2001-01-01"
    )
    assert "nothing was known by #1" in (asked(story, "fra-ner/personnel", known_seq=1).empty_because or "")


def test_an_address_that_names_nothing_is_refused(story: Driven) -> None:
    with pytest.raises(UnknownCode, match="fra-ner/personnel"):
        asked(story, "fra-ner/persons")
    with pytest.raises(UnknownCode, match="fra-ner"):
        asked(story, "fra-nir")


def test_every_statement_behind_it_runs_as_it_stands(story: Driven) -> None:
    report = asked(story, "fra-ner/personnel")
    assert len(report.sql) > 5
    for statement in report.sql:
        story.db.tuples(statement)


def test_a_whole_that_was_never_counted_is_not_said_to_be_older_than_its_part(db: Database) -> None:
    driven = Driven(
        db,
        read_example("""
# Some left a country that nobody has counted, after one of its bases was
place niamey in ner
line fra-ner: fra personnel in ner
line fra-niamey: fra personnel in niamey
2023-10-01 fra-niamey count 400 (from rfi)
2023-11-14 fra-ner decrease all (from afp)
as of 2023-11-20: fra-ner 400 ...
""").ledger,
    )
    (part,) = (row for row in asked(driven, "fra-ner/personnel", "2023-11-20").rows if row["role"] == "part_counted")
    assert part["why"] == "moves the range: a part, fra-niamey/personnel, was counted, and the whole never was"
    assert part["by"] is None
