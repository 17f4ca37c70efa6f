"""The withdrawal from Niger, report by report: what was known when, worked out by hand from the reading rules.

Every figure here was reasoned out from the sources and the rules before a report was asked for it; the reasoning stands
beside it. Numbers in brackets are the rules.
"""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from typing import TYPE_CHECKING

import pytest

from posture.ledger import claims
from posture.ledger.verify import verify
from posture.reports.posture import posture
from tests.conftest import ENGINES
from tests.ledger_records import Question
from tests.niger import Told, figure, stated, told
from tests.niger_oracle import ledger_of
from tests.oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RFI, FRANCE24, AFP = "rfi-2023-09-05", "france24-2023-09-06", "afp-2023-12-22"
EVERY_LINE_IN_NIGER = {
    "fra-ner/personnel",
    "fra-ner/drones",
    "fra-ner/mq-9",
    "fra-ner/helicopters",
    "fra-ner/fighter-jets",
    "fra-ner/mirage-2000",
    "fra-ner/reconnaissance-aircraft",
    "fra-niamey/personnel",
    "fra-tillaberi/personnel",
    "fra-ouallam/personnel",
    "fra-tabarey-barey/personnel",
}


@pytest.fixture(scope="module", params=ENGINES)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told(request, request.param, tmp_path_factory.mktemp("niger"), "niger-2023-ledger") as opened:
        yield opened


@pytest.fixture
def own_story(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[Told]:
    with told(request, engine, tmp_path, "niger-2023-ledger") as opened:
        yield opened


def test_the_story_is_replayed_and_its_chain_holds(story: Told) -> None:
    assert story.db.tuples("select distinct action from ledger_entry") == [("replay",)]
    assert not verify(story.db)


# --- as of 6 September ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", ["2023-09-07", "2023-11-14", None])
def test_as_of_6_september_there_are_about_1500_and_another_paper_says_1000(story: Told, known: str | None) -> None:
    """Counts until that day: RFI 900 to 1,100 of the 5th, FRANCE 24 1,350 to 1,650 of the 6th, both B2: the later decides (1).

    RFI is another origin, a day apart, and does not overlap: contested (6). "More than 1,000" is of the 7th: not yet. The article's
    about 1,500 is of July. Nothing learned later speaks of that day, so all three moments of knowing agree.
    """
    row = story.posture("2023-09-06", known)["fra-ner/personnel"]
    assert figure(row) == stated(row) == (1350, 1500, 1650)
    assert (row["since"], row["source"], row["grade"], row["quantity_text"]) == (
        "2023-09-06",
        FRANCE24,
        "B2",
        "about 1500",
    )
    assert row["flags"] == ["contested"]
    assert row["origins"] == 1


@pytest.mark.parametrize("known", ["2023-09-07", "2023-11-14", None])
def test_more_than_1000_does_not_displace_about_1500(story: Told, known: str | None) -> None:
    """>1000 has an open end: it could only tighten 1,350 to 1,650, and 1,001 is below that (1, 2)."""
    row = story.posture("2023-09-07", known)["fra-ner/personnel"]
    assert figure(row) == (1350, 1500, 1650)
    assert row["quantity_text"] == "about 1500"


def test_three_papers_that_tell_one_story_are_one_origin(story: Told) -> None:
    """FRANCE 24, pledgetimes and the article are one origin; RFI, the only other one, does not overlap: one (6)."""
    origins = dict(
        story.db.tuples(
            "select source.code, told.code from source_origin join source on source.id = source_id join source told on told.id = origin_id"
        )
    )
    assert origins == {"pledgetimes-2023-09-07": FRANCE24, "worldreportnow-2023-11-09": FRANCE24}
    assert story.posture("2023-09-07")["fra-ner/personnel"]["origins"] == 1


def test_a_source_that_withdraws_its_story_takes_its_repeats_along(own_story: Told) -> None:
    """Without FRANCE 24 and the two papers behind it RFI's about 1,000 is all there is: 900 to 1,100, contested by nobody."""
    claims.retract(own_story.db, source=FRANCE24)
    row = own_story.posture("2023-09-07")["fra-ner/personnel"]
    assert figure(row) == (900, 1000, 1100)
    assert (row["source"], row["flags"]) == (RFI, [])
    assert own_story.posture("2023-09-07", "2023-12-31")["fra-ner/personnel"]["quantity_text"] == "about 1500", (
        "as it was known then"
    )


def test_on_6_september_aircraft_stand_grounded(story: Told) -> None:
    """3 Mirages, 4 Reapers, some helicopters, all of them grounded; at Ouallam 150. Aircraft in all: 3 + 4 + 1 or more (10)."""
    rows = story.posture("2023-09-06")
    assert figure(rows["fra-ner/mirage-2000"]) == (3, 3, 3)
    assert figure(rows["fra-ner/mq-9"]) == (4, 4, 4)
    assert figure(rows["fra-ner/helicopters"]) == (1, None, None)
    assert figure(rows["fra-ouallam/personnel"]) == (150, 150, 150)
    assert "fra-ner/drones" not in rows, "nobody has said how many drones: no row"
    totals = posture(story.db, story.question("2023-09-06", totals=True)).rows
    aircraft = next(row for row in totals if row["deployment"] is None and row["asset_type"] == "aircraft")
    assert (aircraft["actor"], aircraft["location"], aircraft["low"], aircraft["high"]) == ("fra", "ner", 8, None)
    assert rows["fra-ner/mq-9"]["status"]["activity"] == [{"code": "grounded", "low": 4, "best": 4, "high": 4}]
    assert rows["fra-ner/helicopters"]["status"]["activity"] == [
        {"code": "grounded", "low": 1, "best": None, "high": None}
    ]


# --- as of 22 December ----------------------------------------------------------------------------------------------


def test_as_known_on_7_september_nothing_has_changed_by_22_december_but_the_age_of_the_news(story: Told) -> None:
    """The newest claim used is of 7 September: 23 + 31 + 30 + 22 = 106 days: stale. The rest as on 7 September."""
    row = story.posture("2023-12-22", "2023-09-07")["fra-ner/personnel"]
    assert figure(row) == (1350, 1500, 1650)
    assert set(row["flags"]) == {"contested", "stale"}


def test_as_known_on_14_november_the_countrys_figure_feels_its_bases(story: Told) -> None:
    """Stated: 1,400 on 9 October, less 97 by 11 October: 1,303 (2).

    Agreed: the convoy of 10 October takes 1 to 150 of the 150 at Ouallam (7): 1,250 to 1,399; the 97: 1,153 to 1,302. Niamey goes from
    900..1,100 to 400 on 14 November: 500 to 700 fewer there, maybe elsewhere in the country (8): the low falls by 700 to 453, the high stays.
    """
    row = story.posture("2023-12-22", "2023-11-14")["fra-ner/personnel"]
    assert stated(row) == (1303, 1303, 1303)
    assert figure(row) == (453, None, 1302)
    assert "parts_newer" in row["flags"]
    assert row["source"] == "africanews-2023-10-11"


def test_1000_to_400_at_niamey_is_felt_in_the_countrys_figure_on_its_day(story: Told) -> None:
    before, after = (story.posture(day, "2023-11-14")["fra-ner/personnel"] for day in ("2023-11-13", "2023-11-14"))
    assert (figure(before), figure(after)) == ((1153, None, 1302), (453, None, 1302))


def test_as_known_on_14_november_the_bases_stand_as_last_reported(story: Told) -> None:
    """Niamey 400. Ouallam 150 less some: 0 to 149 (2). The forward bases 400, less that same convoy (1 to 150): 250 to 399 (7). Chad about
    1,000 and the convoy that came after it: 901 or more; that more might come there was only possible.
    """
    rows = story.posture("2023-12-22", "2023-11-14")
    assert figure(rows["fra-niamey/personnel"]) == (400, 400, 400)
    assert figure(rows["fra-ouallam/personnel"]) == (0, None, 149)
    assert stated(rows["fra-tillaberi/personnel"]) == (400, 400, 400)
    assert figure(rows["fra-tillaberi/personnel"]) == (250, None, 399)
    assert figure(rows["fra-tcd/personnel"]) == (901, None, None)


def test_drones_gone_home_are_reapers_gone_home(story: Told) -> None:
    """None of `fra-ner/drones` on 14 November caps the Reapers in it, of whom nobody said a word since September (9)."""
    rows = story.posture("2023-12-22", "2023-11-14")
    for line in ("fra-ner/drones", "fra-ner/helicopters", "fra-ner/fighter-jets"):
        assert figure(rows[line]) == stated(rows[line]) == (0, 0, 0)
    assert (stated(rows["fra-ner/mq-9"]), figure(rows["fra-ner/mq-9"])) == ((4, 4, 4), (0, 0, 0))
    assert "capped" in rows["fra-ner/mq-9"]["flags"]


def test_as_known_now_nobody_is_left_on_22_december(story: Told) -> None:
    """The phase withdrawn of `fra-ner` is a count of none for every line that it holds or contains (1). Chad has its 1,000."""
    rows = story.posture("2023-12-22")
    assert {line: figure(rows[line]) for line in EVERY_LINE_IN_NIGER} == dict.fromkeys(EVERY_LINE_IN_NIGER, (0, 0, 0))
    assert figure(rows["fra-tcd/personnel"]) == (1000, 1000, 1000)
    soldiers = rows["fra-ner/personnel"]
    assert (soldiers["since"], soldiers["source"], soldiers["grade"]) == ("2023-12-22", AFP, "B2")
    assert soldiers["flags"] == []
    assert [status["code"] for status in soldiers["status"]["phase"]] == ["withdrawn"]


def test_the_157_of_the_week_before_agree_with_nobody_left(story: Told) -> None:
    """157 on 13 December, brought to the 22nd by the last departure, are none: they overlap the base, so its origins are two (6)."""
    assert story.posture("2023-12-22")["fra-ner/personnel"]["origins"] == 2
    week_before = story.posture("2023-12-13", "2023-12-13")["fra-ner/personnel"]
    assert figure(week_before) == (157, 157, 157), "1,346 went before the 157 were counted"
    assert week_before["flags"] == []


def test_four_reapers_against_six_are_contested(story: Told) -> None:
    """RFI counts 4 on 5 September; afrik.com has six leave between 5 October and 13 November. 4 less 6 is clamped to 0; even the smallest
    outflow, 6, exceeds 4: overdrawn and contested (2, 6). Two origins. Of the Mirages 3 came and 3 went: no quarrel.
    """
    rows = story.posture("2023-12-21")
    reapers, mirages = rows["fra-ner/mq-9"], rows["fra-ner/mirage-2000"]
    assert stated(reapers) == figure(reapers) == (0, 0, 0)
    assert {"contested", "overdrawn"} <= set(reapers["flags"])
    assert reapers["origins"] == 2
    assert figure(mirages) == (0, 0, 0)
    assert not {"contested", "overdrawn"} & set(mirages["flags"])
    assert stated(story.posture("2023-12-21", "2023-12-13")["fra-ner/mq-9"]) == (4, 4, 4), (
        "the six were not yet known of"
    )


def test_the_forward_bases_are_empty_when_november_is_over(story: Told) -> None:
    """Given back in November, no day given: none certainly by the 30th, as the latest start of a withdrawal dates its count of none (1)."""
    lines = [f"fra-{base}/personnel" for base in ("tillaberi", "ouallam", "tabarey-barey")]
    before, after = (story.posture(day) for day in ("2023-11-29", "2023-11-30"))
    assert [figure(after[line]) for line in lines] == [(0, 0, 0)] * 3
    assert figure(before["fra-ouallam/personnel"]) == (0, None, 149)


def test_the_numbers_1000_1400_1450_and_1500_are_kept_side_by_side(story: Told) -> None:
    said = {(row["kind"], row["modality"], row["quantity_best"]) for row in story.claims("fra-ner/personnel")}
    assert {
        ("count", "actual", 1000),
        ("count", "actual", 1400),
        ("decrease", "planned", 1450),
        ("count", "actual", 1500),
        ("decrease", "actual", 1500),
    } <= said


# --- plans ----------------------------------------------------------------------------------------------------------


def plan(story: Told, line: str, **wanted: object) -> int:
    found = [row["id"] for row in story.claims(line, **wanted) if row["modality"] not in ("actual", "denied")]  # type: ignore[arg-type]
    assert len(found) == 1
    return int(found[0])


def order(story: Told) -> int:
    return plan(story, "fra-ner", status="withdrawn", source="fra-president-2023-09-24")


def test_the_plan_is_open_until_the_order_supersedes_it(story: Told) -> None:
    drones = plan(story, "fra-ner/drones", source=FRANCE24)
    assert drones not in story.plans("2023-09-05"), "nobody had said it yet"
    assert story.plans("2023-09-06")[drones]["state"] == "open"
    assert story.plans("2023-12-22", "2023-09-07")[drones]["state"] == "open", (
        "it has no last day, and the order was not known"
    )
    assert story.plans("2023-09-24")[drones]["state"] == "superseded"


def test_the_order_is_open_then_partly_fulfilled_then_fulfilled(story: Told) -> None:
    """As known now it begins to be fulfilled on 5 October, when the 1,346 of December began to leave."""
    days = ("2023-09-24", "2023-10-04", "2023-10-05", "2023-12-21", "2023-12-22")
    states = [story.plans(day)[order(story)]["state"] for day in days]
    assert states == ["open", "open", "partly_fulfilled", "partly_fulfilled", "fulfilled"]


def test_as_known_in_october_the_first_convoy_began_to_fulfil_the_order(story: Told) -> None:
    states = [story.plans(day, "2023-10-19")[order(story)]["state"] for day in ("2023-10-09", "2023-10-10")]
    assert states == ["open", "partly_fulfilled"]


def test_as_known_when_it_began_the_order_is_overdue_in_january(story: Told) -> None:
    """Nothing known on 5 October fulfils any of it, and its last day is 31 December."""
    assert story.plans("2024-01-01", "2023-10-05")[order(story)]["state"] == "overdue"


def test_the_echo_of_november_brings_no_open_plan_back(story: Told) -> None:
    """The article tells of most drones again, after the order: the same entry day says that the order had overtaken it."""
    echo = plan(story, "fra-ner/drones", source="worldreportnow-2023-11-09")
    assert story.plans("2023-11-14")[echo]["state"] == "superseded"


def test_the_destination_that_was_thought_possible_did_not_come_true(story: Told) -> None:
    move = plan(story, "fra-tcd/personnel", modality="possible")
    assert story.plans("2023-11-14")[move]["state"] == "open"
    assert story.plans("2023-12-22")[move]["state"] == "cancelled"


def test_when_the_last_have_left_no_plan_is_open(story: Told) -> None:
    states = {row["state"] for row in story.plans("2023-12-22").values()}
    assert states <= {"fulfilled", "superseded", "cancelled"}


def test_projected_by_the_order_nobody_is_left(story: Told) -> None:
    """As known on 30 September: about 1,500, and an open plan that all withdraw (10, plans)."""
    now, ahead = (story.posture("2023-09-30", "2023-09-30", projected=projected) for projected in (False, True))
    assert figure(now["fra-ner/personnel"]) == (1350, 1500, 1650)
    assert figure(ahead["fra-ner/personnel"]) == (0, 0, 0)
    assert figure(ahead["fra-ouallam/personnel"]) == (0, 0, 0)


# --- and the oracle -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [5, 8, 13, 16])
def test_the_oracle_reads_the_story_as_the_reports_do(story: Told, known: int) -> None:
    """Every line that is reported, on days around every report."""
    ledger, ends = ledger_of("niger-2023-ledger")
    for day in (
        "2023-09-05",
        "2023-09-07",
        "2023-10-10",
        "2023-10-11",
        "2023-10-19",
        "2023-11-14",
        "2023-12-13",
        "2023-12-21",
        "2023-12-22",
    ):
        oracle = Oracle(ledger, Question(date.fromisoformat(day), ends[known - 1]))
        for line, row in story.posture(day, f"#{known}").items():
            answer = oracle.line(line)
            assert figure(row) == astuple(answer.value), (line, day)
            assert stated(row) == astuple(answer.stated), (line, day)
            assert row["origins"] == answer.origins, (line, day)
