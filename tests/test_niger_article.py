"""Each statement of the article of 9 November 2023 is in the database, as the table beside the scenario has it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ENGINES
from tests.niger import Told, figure, told

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLE = "worldreportnow-2023-11-09"
PAGE = "2023-11-09"


@pytest.fixture(scope="module", params=ENGINES)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told(request, request.param, tmp_path_factory.mktemp("niger"), "niger-2023") as opened:
        yield opened


def test_the_article_is_cited_by_its_hash_and_not_copied(story: Told) -> None:
    source = story.db.one("select * from source where code = :code", {"code": ARTICLE})
    assert source is not None
    assert source["content_sha256"] == "d4faea31491de3b1bcada778ca9b615bef9b75f930bc0fd9cee331212af03b5f"
    assert source["text_kind"] == "summary"
    assert source["published_on"] == PAGE
    assert source["text_sha256"] == hashlib.sha256(source["text"].encode()).hexdigest() != source["content_sha256"]


def test_every_claim_of_the_article_quotes_the_stored_summary(story: Told) -> None:
    text = story.db.value("select text from source where code = :code", {"code": ARTICLE})
    rows = story.db.all("select excerpt, excerpt_start, excerpt_end from status_change")
    assert len(rows) == 16
    assert all(text[row["excerpt_start"] : row["excerpt_end"]] == row["excerpt"] for row in rows)
    assert all(row["excerpt"] in text for row in story.db.all("select excerpt from event"))


def test_nothing_in_the_article_is_in_its_own_words(story: Told) -> None:
    assert not any(row["own_words"] for row in story.db.all("select own_words from status_change"))


def test_row_1_after_the_coup_france_is_reassessing_its_presence(story: Told) -> None:
    coup = story.event("niger-coup-2023")
    assert (coup["kind"], coup["effective_from"], coup["effective_by"]) == ("coup", None, PAGE)
    assert story.claim("fra-ner", "status", status="under_review")["modality"] == "actual"


def test_row_2_most_drones_are_to_be_withdrawn_says_one_unnamed_source(story: Told) -> None:
    plan = story.claim("fra-ner/drones", "decrease")
    assert (plan["modality"], plan["quantity_text"], plan["attribution"]) == ("planned", "most", "anonymous")
    assert (plan["share_low"], bool(plan["share_low_open"]), plan["share_high"]) == (0.5, True, 1.0)
    assert plan["other"] is None, "the destination is unknown"
    assert (plan["effective_from"], plan["effective_by"]) == (PAGE, None), "no date is given: any later day"


def test_row_3_most_aerial_reconnaissance_assets_are_to_be_withdrawn(story: Told) -> None:
    plan = story.claim("fra-ner/reconnaissance-aircraft", "decrease")
    assert (plan["modality"], plan["share_low"], bool(plan["share_low_open"])) == ("planned", 0.5, True)


def test_row_4_an_autonomous_force_stays_which_is_no_count(story: Told) -> None:
    stays = next(
        row for row in story.claims("fra-ner", "announcement", modality="planned") if "on its own" in row["excerpt"]
    )
    assert stays["quantity_form"] is None


def test_row_5_around_1500_troops_were_there_before_the_coup(story: Told) -> None:
    count = story.claim("fra-ner/personnel", "count")
    assert (count["modality"], count["quantity_text"]) == ("actual", "about 1500")
    assert (count["quantity_low"], count["quantity_best"], count["quantity_high"]) == (1350, 1500, 1650)
    assert (count["effective_text"], count["effective_from"], count["effective_by"]) == (
        "before 2023-07-26",
        None,
        "2023-07-26",
    )
    assert "jihadist" in story.db.value("select mission from deployment where code = 'fra-ner'")


def test_row_6_the_force_is_to_be_streamlined(story: Told) -> None:
    assert story.claim("fra-ner", "status", status="drawing_down")["modality"] == "planned"


def test_row_7_it_is_to_be_able_to_attack_and_to_defend_throughout(story: Told) -> None:
    assert any(
        "strike and to defend" in row["excerpt"] for row in story.claims("fra-ner", "announcement", modality="planned")
    )


def test_row_8_cooperation_with_nigers_regular_officers_goes_on(story: Told) -> None:
    event = story.event("fra-ner-officers-cooperation")
    assert event["kind"] == "cooperation" and event["effective_edtf"].endswith("/.."), "ongoing"
    assert event["actors"] == {("fra-armed-forces", "participant"), ("ner-armed-forces", "participant")}


def test_row_9_there_are_no_talks_with_the_juntas_leaders(story: Told) -> None:
    assert "junta" in story.claim("fra-ner", "announcement", modality="denied")["excerpt"]


def test_row_10_france_calls_the_coup_illegitimate_and_stands_by_president_bazoum(story: Told) -> None:
    event = story.event("fra-stands-by-bazoum")
    assert event["kind"] == "statement"
    assert ("fra-government", "agent") in event["actors"]


def test_row_11_the_junta_demanded_the_ambassadors_departure_and_paris_refused(story: Told) -> None:
    demand, refusal = story.event("fra-ambassador-told-to-go"), story.event("fra-ambassador-stays")
    assert (demand["kind"], refusal["kind"]) == ("demand", "refusal")
    assert ("ner-junta", "agent") in demand["actors"] and ("fra-government", "agent") in refusal["actors"]


def test_row_12_talks_on_the_departure_of_french_troops_are_under_way(story: Told) -> None:
    talks = story.claim("fra-ner/personnel", "decrease", modality="negotiating")
    assert (talks["quantity_form"], talks["quantity_low"], talks["quantity_high"]) == ("unknown", None, None)


@pytest.mark.parametrize("asset", ["drones", "helicopters", "fighter-jets"])
def test_row_13_decommissioned_drones_helicopters_and_fighter_jets_are_part_of_the_talks(
    story: Told, asset: str
) -> None:
    assert story.claim(f"fra-ner/{asset}", "status")["status"] == "decommissioned"
    talks = story.claim("fra-ner", "announcement", modality="negotiating")
    assert "maintaining" in talks["note"] and "withdrawing" in talks["note"], "the ambiguity is kept"


def test_row_14_some_troops_might_go_to_chad(story: Told) -> None:
    leave = story.claim("fra-ner/personnel", "decrease", modality="possible")
    come = story.claim("fra-tcd/personnel", "increase", modality="possible")
    assert (leave["quantity_text"], come["quantity_text"]) == ("some", "some")
    assert leave["transfer_id"] == come["transfer_id"] is not None
    assert (leave["other"], come["other"]) == ("fra-tcd", "fra-ner")


def test_row_15_before_the_coup_they_fought_supported_and_watched(story: Told) -> None:
    mission = story.db.value("select mission from deployment where code = 'fra-ner'")
    assert all(word in mission for word in ("Until the coup", "support of Niger's army", "surveillance"))
    told_so = story.claim("fra-ner", "announcement", modality="actual")
    assert (told_so["effective_from"], told_so["effective_until"]) == (None, "2023-07-26")


# --- what a report makes of it -----------------------------------------------------------------------------------


def test_the_posture_is_one_old_number_and_no_more(story: Told) -> None:
    """One count applies: about 1,500, dated by 26 July at the latest. Everything else is a plan, words, or a status.

    About is ten percent each way: 1,350 to 1,650. From 26 July to 9 November are 5 + 31 + 30 + 31 + 9 = 106 days: stale.
    """
    rows = story.posture(PAGE)
    soldiers = rows["fra-ner/personnel"]
    assert figure(soldiers) == (1350, 1500, 1650)
    assert (soldiers["source"], soldiers["grade"], soldiers["origins"]) == (ARTICLE, "F3", 1)
    assert soldiers["flags"] == ["stale"]
    assert [status["code"] for status in rows["fra-ner/drones"]["status"]["lifecycle"]] == ["decommissioned"]
    assert rows["fra-ner/drones"]["high"] is None, "nobody has counted drones: unknown, not none"


def test_talk_of_chad_adds_nobody_to_chad(story: Told) -> None:
    assert "fra-tcd/personnel" not in story.posture(PAGE) or story.posture(PAGE)["fra-tcd/personnel"]["high"] is None


def test_all_that_is_said_to_come_is_an_open_plan(story: Told) -> None:
    """Planned: drones, reconnaissance, the force that stays, streamlining, the capability. Talks: troops, equipment. Possible: both sides of a move."""
    plans = story.plans(PAGE)
    assert len(plans) == 9
    assert {row["state"] for row in plans.values()} == {"open"}
    assert {row["state"] for row in story.plans("2024-06-01").values()} == {"open"}, (
        "a plan without a last day is never overdue"
    )
