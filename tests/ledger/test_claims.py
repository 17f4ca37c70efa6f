"""Logging, correcting, retracting and undoing, on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import NotFound, Refused, UnknownClaim, UsageMistake
from posture.ledger import catalogue
from posture.ledger.claims import correct, log, move, retract, undo
from posture.ledger.entry import Writing
from posture.ledger.verify import verify

from .conftest import claim

if TYPE_CHECKING:
    from posture.store.connection import Database


def state(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, to see that a refusal changed nothing."""
    tables = (
        "ledger_entry",
        "status_change",
        "plan_link",
        "retraction",
        "source_origin",
        "catalogue_revision",
        "deployment",
        "asset",
        "source",
        "event",
        "alias",
        "containment",
    )
    return {table: sorted(db.tuples(f"select * from {table}"), key=repr) for table in tables}


def test_a_claim_keeps_the_words_and_what_they_mean(niger: Database) -> None:
    written = log(
        niger, [claim(quantity="about 1,500", on="before 2023-07-26", source="paper", excerpt="about 1,500 soldiers")]
    )
    row = written.claims[0]
    assert (row["quantity_low"], row["quantity_best"], row["quantity_high"]) == (1350, 1500, 1650)
    assert row["quantity_text"] == "about 1,500"
    assert (row["effective_from"], row["effective_by"], row["effective_on"]) == (None, "2023-07-26", "2023-07-26")
    assert (row["excerpt_start"], row["excerpt_end"]) == (20, 40)
    assert row["stated_on"] == "2023-10-20", "the source's day"


def test_what_is_stored_is_what_was_returned(niger: Database) -> None:
    written = log(niger, [claim(note="a remark"), claim("fra-ner/drones", quantity="4")])
    for row in written.claims:
        stored = niger.one("select * from status_change where id = :id", {"id": row["id"]})
        assert stored is not None
        assert {name: stored[name] for name in row} == row


def test_a_passage_may_break_its_lines_elsewhere(niger: Database) -> None:
    row = log(niger, [claim(source="paper", excerpt="says that about")]).claims[0]
    assert (row["excerpt_start"], row["excerpt_end"]) == (10, 25)


def test_a_passage_that_the_text_does_not_hold_is_refused_and_nothing_changes(niger: Database) -> None:
    before = state(niger)
    with pytest.raises(Refused, match="does not occur in the stored text of paper"):
        log(niger, [claim(), claim(source="paper", excerpt="1,600 soldiers")])
    assert state(niger) == before


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ({"on": "2023-02-30"}, UsageMistake, "2023-02-30"),
        ({"quantity": "lots-ish"}, UsageMistake, "lots-ish"),
        ({"grade": "Z9"}, UsageMistake, "Z9"),
        ({"line": "fra-nga/personnel"}, NotFound, "fra-nga"),
        ({"line": "fra-ner/submarines"}, NotFound, "submarines"),
        ({"source": "rfl"}, NotFound, "rfi"),
        ({"source": ""}, UsageMistake, "needs a source"),
        ({"line": "fra-ner"}, UsageMistake, "DEPLOYMENT/ASSET"),
        ({"line": "fra-ner/"}, UsageMistake, "slash"),
        ({"quantity": "most"}, UsageMistake, "share"),
        ({"quantity": None}, UsageMistake, "needs a quantity"),
        ({"kind": "status", "quantity": None}, UsageMistake, "needs a status"),
        ({"kind": "status", "quantity": None, "status": "groundd"}, UsageMistake, "grounded"),
        ({"kind": "status", "quantity": None, "status": "withdrawn"}, Refused, "phase"),
        ({"line": "fra-ner", "kind": "status", "quantity": None, "status": "grounded"}, Refused, "status of an asset"),
        ({"on": "2099-01-01"}, Refused, "plan"),
        ({"stated_on": "2099-01-01"}, Refused, "stated-on"),
        ({"grade": "B1"}, Refused, "confirmed by other sources"),
        ({"same_as": 99}, NotFound, "99"),
        ({"kind": "decrease", "quantity": "5", "other": "fra-ner"}, Refused, "two deployments"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_changes_nothing(
    niger: Database, words: dict[str, Any], error: type[Exception], told: str
) -> None:
    before = state(niger)
    with pytest.raises(error, match=told) as caught:
        log(niger, [claim(**words)])
    assert "\n" not in str(caught.value)
    assert state(niger) == before


def test_a_plan_may_lie_in_the_future(niger: Database) -> None:
    row = log(niger, [claim(kind="decrease", quantity="all", on="before 2099-01-01", modality="planned")]).claims[0]
    assert row["modality"] == "planned"


def test_a_count_held_since_a_year_is_two_claims(niger: Database) -> None:
    first, second = log(niger, [claim(quantity="4000", on="since 2020", source="paper")]).claims
    assert (first["effective_on"], first["effective_by"]) == ("2020-01-01", "2020-12-31")
    assert second["effective_on"] == "2023-10-20"
    assert first["quantity_best"] == second["quantity_best"] == 4000


def test_credibility_one_is_taken_when_another_origin_agrees(niger: Database) -> None:
    log(niger, [claim(quantity="1400..1600", source="voa")])
    assert log(niger, [claim(grade="B1")]).seq is not None


def test_credibility_one_is_not_supported_by_a_repeat(niger: Database) -> None:
    catalogue.repeats(niger, "voa", "rfi")
    log(niger, [claim(source="voa")])
    with pytest.raises(Refused, match="no independent source"):
        log(niger, [claim(grade="B1")])
    assert log(niger, [claim(grade="B1")], Writing(force=True)).seq is not None


def test_a_repeat_does_not_speak_in_its_own_words(niger: Database) -> None:
    catalogue.repeats(niger, "voa", "rfi")
    assert not log(niger, [claim(source="voa")]).claims[0]["own_words"]
    assert log(niger, [claim(source="voa", own_words=True)]).claims[0]["own_words"]


def test_the_same_txid_logs_once(niger: Database) -> None:
    first = log(niger, [claim()], Writing(txid="retry"))
    again = log(niger, [claim()], Writing(txid="retry"))
    assert again.repeated and again.seq == first.seq
    assert [row["id"] for row in again.claims] == [row["id"] for row in first.claims]
    assert niger.value("select count(*) from status_change") == 1


def test_a_dry_run_shows_the_rows_and_writes_none(niger: Database) -> None:
    before = state(niger)
    written = log(niger, [claim("fra-niamey/drones", quantity="3")], Writing(dry_run=True, create=True))
    assert {table for table, _ in written.rows} >= {"asset", "status_change", "ledger_entry"}
    assert state(niger) == before


def test_create_makes_the_deployment_that_its_code_spells(niger: Database) -> None:
    catalogue.add(niger, "actor", {"code": "usa", "name": "United States", "kind": "state"})
    log(niger, [claim("usa-niamey/helicopters", quantity="2")], Writing(create=True))
    row = niger.one(
        "select asset_type.code as type from asset join asset_type on asset_type.id = asset_type_id where asset.code = 'helicopters'"
    )
    assert row is not None and row["type"] == "helicopter"


def test_create_names_the_deployment_that_is_there_under_another_code(niger: Database) -> None:
    with pytest.raises(Refused, match="deployment fra-ner is of that actor at that location already: write fra-ner"):
        log(niger, [claim("fra-niger/personnel", quantity="2")], Writing(create=True))


def test_create_does_not_guess_a_deployment(niger: Database) -> None:
    with pytest.raises(NotFound, match='no actor "xyz"; add it with "posture actor add xyz"'):
        log(niger, [claim("xyz-ner/drones", quantity="2")], Writing(create=True))
    with pytest.raises(NotFound, match='no location "nga"'):
        log(niger, [claim("fra-nga/drones", quantity="2")], Writing(create=True))
    with pytest.raises(NotFound, match="no actor and location"):
        log(niger, [claim("xyz-nga/drones", quantity="2")], Writing(create=True))


def test_a_move_has_two_sides_that_know_each_other(niger: Database) -> None:
    leaves, arrives = move(niger, "fra-ner/personnel", "fra-tcd", claim(kind="decrease", quantity="400")).claims
    assert (leaves["kind"], arrives["kind"]) == ("decrease", "increase")
    assert leaves["transfer_id"] == arrives["transfer_id"] is not None
    assert leaves["other_deployment_id"] == arrives["deployment_id"]
    assert arrives["other_deployment_id"] == leaves["deployment_id"]


def test_a_correction_replaces_and_keeps_what_it_does_not_change(niger: Database) -> None:
    old = log(niger, [claim(quantity="150", note="kept")]).claims[0]
    new = correct(niger, old["id"], {"quantity": "105"}).claims[0]
    assert (new["quantity_best"], new["note"], new["effective_on"]) == (105, "kept", old["effective_on"])
    gone = niger.one("select * from retraction where status_change_id = :id", {"id": old["id"]})
    assert gone is not None and gone["replacement_id"] == new["id"]
    with pytest.raises(Refused, match=f"claim {new['id']} stands in its place"):
        correct(niger, old["id"], {"quantity": "115"})


def test_a_correction_that_changes_nothing_is_refused(niger: Database) -> None:
    old = log(niger, [claim(quantity="150")]).claims[0]
    with pytest.raises(Refused, match="says that already"):
        correct(niger, old["id"], {"quantity": "150"})


def test_retracting_a_source_takes_its_repeats_along(niger: Database) -> None:
    catalogue.repeats(niger, "voa", "rfi")
    for source in ("rfi", "voa", "paper"):
        log(niger, [claim(source=source)])
    retract(niger, source="rfi")
    standing = niger.all(
        "select source.code from status_change join source on source.id = source_id"
        " where not exists (select 1 from retraction where status_change_id = status_change.id)"
    )
    assert [row["code"] for row in standing] == ["paper"]


def test_retracting_one_claim_takes_nothing_along(niger: Database) -> None:
    first = log(niger, [claim(kind="decrease", quantity="97")]).claims[0]
    log(niger, [claim(kind="decrease", quantity="97", source="voa", same_as=first["id"])])
    retract(niger, claim=first["id"])
    assert niger.value("select count(*) from retraction") == 1
    with pytest.raises(Refused, match="was retracted"):
        retract(niger, claim=first["id"])


def test_an_unknown_claim_is_not_found(niger: Database) -> None:
    with pytest.raises(UnknownClaim):
        retract(niger, claim=404)
    with pytest.raises(UnknownClaim):
        undo(niger, 404)


def test_undo_of_a_correction_restates_the_first_claim_in_place_of_the_second(niger: Database) -> None:
    old = log(niger, [claim(quantity="150", note="n", source="paper", excerpt="1,500 soldiers")]).claims[0]
    corrected = correct(niger, old["id"], {"quantity": "105"})
    restated = undo(niger, corrected.seq or 0).claims[0]
    assert (restated["quantity_best"], restated["restates_id"], restated["note"]) == (150, old["id"], "n")
    gone = niger.one("select * from retraction where status_change_id = :id", {"id": corrected.claims[0]["id"]})
    assert gone is not None and gone["replacement_id"] == restated["id"]


def test_undo_of_an_undo_says_the_first_thing_again(niger: Database) -> None:
    logged = log(niger, [claim(), claim("fra-ner/drones", quantity="4")])
    undone = undo(niger, logged.seq or 0)
    assert niger.value("select count(*) from retraction") == 2
    again = undo(niger, undone.seq or 0)
    assert [row["quantity_best"] for row in again.claims] == [1500, 4]
    assert [row["status_change_id"] for name, row in undo(niger, logged.seq or 0).rows if name == "retraction"] == [
        claim["id"] for claim in again.claims
    ]
    with pytest.raises(Refused, match="nothing of entry"):
        undo(niger, logged.seq or 0)


def test_undo_of_a_catalogue_edit_is_the_inverse_edit(niger: Database) -> None:
    edited = catalogue.edit(niger, "location", "niamey", {"name": "Niamey city", "parent": "tcd"})
    assert niger.value("select code from containment join deployment on id = container_id") == "fra-tcd"
    undo(niger, edited.seq or 0)
    row = niger.one(
        "select location.name, parent.code from location join location parent on parent.id = location.parent_id where location.code = 'niamey'"
    )
    assert row is not None and (row["name"], row["code"]) == ("Niamey", "ner")
    assert niger.value("select code from containment join deployment on id = container_id") == "fra-ner"


def test_undo_of_a_removal_brings_the_row_and_its_aliases_back(niger: Database) -> None:
    catalogue.alias(niger, "location", "tcd", "Tchad", "fr")
    catalogue.add(niger, "location", {"code": "agadez", "name": "Agadez", "kind": "city", "parent": "ner"})
    catalogue.alias(niger, "location", "agadez", "Agadès", "fr")
    removed = catalogue.remove(niger, "location", "agadez")
    undo(niger, removed.seq or 0)
    assert niger.value("select count(*) from location where code = 'agadez'") == 1
    assert niger.value("select count(*) from alias") == 2


def test_undo_refuses_what_a_later_entry_stands_on(niger: Database) -> None:
    added = catalogue.add(niger, "location", {"code": "agadez", "name": "Agadez", "kind": "city", "parent": "ner"})
    catalogue.add(niger, "deployment", {"code": "fra-agadez", "actor": "fra", "location": "agadez"})
    with pytest.raises(Refused, match=r"1 deployment \(fra-agadez\)"):
        undo(niger, added.seq or 0)


def test_undo_of_an_entry_that_made_its_line_leaves_the_line(niger: Database) -> None:
    logged = log(niger, [claim("fra-niamey/drones", quantity="3")], Writing(create=True))
    undo(niger, logged.seq or 0)
    assert niger.value("select count(*) from retraction") == 1
    assert niger.value("select count(*) from asset where code = 'drones'") == 2


def test_a_plan_takes_its_outcome_and_only_a_plan_does(niger: Database) -> None:
    plan = log(niger, [claim(kind="decrease", quantity="all", modality="planned")]).claims[0]
    done = log(
        niger, [claim(kind="decrease", quantity="all", on="2023-12-22", stated_on="2023-12-22", fulfils=(plan["id"],))]
    )
    link = niger.one("select * from plan_link")
    assert link is not None and (link["claim_id"], link["plan_id"], link["relation"]) == (
        done.claims[0]["id"],
        plan["id"],
        "fulfils",
    )
    with pytest.raises(Refused, match="not a plan"):
        log(niger, [claim(kind="decrease", quantity="1", cancels=(done.claims[0]["id"],))])
    with pytest.raises(Refused, match="only an actual one"):
        log(niger, [claim(kind="decrease", quantity="1", modality="possible", fulfils=(plan["id"],))])


def test_a_claim_may_refer_to_one_of_its_own_entry(niger: Database) -> None:
    first, second = log(
        niger, [claim(kind="increase", quantity="5"), claim(kind="increase", quantity="2", after=-1)]
    ).claims
    assert second["after_id"] == first["id"]


def test_every_story_verifies(niger: Database) -> None:
    old = log(niger, [claim(source="paper", excerpt="about 1,500")]).claims[0]
    corrected = correct(niger, old["id"], {"quantity": "~1400"})
    undo(niger, corrected.seq or 0)
    retract(niger, source="paper")
    assert verify(niger) == []


def test_undo_of_a_new_text_does_not_pass_it_off_as_the_old_one(niger: Database) -> None:
    edited = catalogue.edit(niger, "source", "paper", {"text": "other words"})
    written = undo(niger, edited.seq or 0)
    assert any("not kept in the history" in line for line in written.understood)
    assert niger.value("select text from source where code = 'paper'") is None
    assert verify(niger) == []


def test_a_plan_without_a_date_lies_ahead_with_an_open_end(niger: Database) -> None:
    row = log(niger, [claim(kind="decrease", quantity="most", modality="planned", on=None)]).claims[0]
    assert (row["effective_from"], row["effective_by"], row["effective_on"]) == ("2023-09-05", None, "2023-09-05")


def test_a_source_without_a_date_is_said_to_have_none(niger: Database) -> None:
    catalogue.add(niger, "source", {"code": "undated", "title": "Undated"})
    told = log(niger, [claim(source="undated", on=None)]).understood
    assert any("source undated has no date" in line for line in told)


def test_what_was_said_before_it_happened_is_doubted_aloud(niger: Database) -> None:
    told = log(niger, [claim(on="2023-12-31")]).understood
    assert any("said on 2023-09-05 of 2023-12-31" in line for line in told)


def test_a_whole_withdrawal_that_was_said_before_it_happened_is_doubted_aloud(niger: Database) -> None:
    early = claim("fra-ner", kind="status", quantity=None, status="withdrawn", on="2023-12-31")
    doubt = "mind: said on 2023-09-05 of 2023-12-31; what was announced and not yet done is --planned"
    logged = log(niger, [early])
    assert doubt in logged.understood
    assert doubt not in log(niger, [replace(early, modality="planned")]).understood
    assert doubt not in correct(niger, logged.claims[0]["id"], {"on": "2023-09-01"}).understood


def test_a_correction_to_a_day_after_it_was_said_is_doubted_aloud(niger: Database) -> None:
    old = log(niger, [claim(on="2023-09-01")]).claims[0]
    told = correct(niger, old["id"], {"on": "2023-12-31"}).understood
    assert any("said on 2023-09-05 of 2023-12-31" in line for line in told)


def test_two_flows_that_are_read_as_one_are_told_so(niger: Database) -> None:
    first = log(niger, [claim(kind="decrease", quantity="50")]).claims[0]
    told = log(niger, [claim(kind="decrease", quantity="47")]).understood
    assert any(f"claim {first['id']} of the same origin" in line and "--also" in line for line in told)
    told = log(niger, [claim(kind="decrease", quantity="47", source="voa")]).understood
    assert any("of another origin may be the same happening" in line for line in told)
    told = log(niger, [claim(kind="decrease", quantity="9", other="fra-tcd", on="2023-10-19")]).understood
    assert not any("mind" in line and "happening" in line for line in told), "another day"


def test_a_plan_beside_an_open_one_of_the_same_is_asked_whether_they_are_one(niger: Database) -> None:
    plan = claim("fra-ner", kind="status", quantity=None, status="withdrawn", on="by 2023-12-31", modality="planned")
    first = log(niger, [plan]).claims[0]["id"]
    doubt = f"mind: claim {first} plans the same; if both tell of one plan, say --same-as {first}; otherwise each has a fate of its own"
    again = replace(plan, source="voa")
    assert doubt in log(niger, [again], Writing(dry_run=True)).understood
    for other in (
        replace(again, same_as=first),
        replace(again, supersedes=(first,)),
        replace(again, on="2024-02-01"),
        replace(again, status="drawing_down"),
        replace(again, modality="actual", on="2023-09-01"),
    ):
        assert not any("plans the same" in line for line in log(niger, [other], Writing(dry_run=True)).understood)
    log(niger, [replace(plan, modality="actual", on="2023-09-05", fulfils=(first,))])
    assert doubt not in log(niger, [again]).understood


def test_a_flow_on_the_day_of_a_count_is_asked_which_came_first(niger: Database) -> None:
    count = log(niger, [claim(on="2023-09-05")]).claims[0]
    told = log(niger, [claim(kind="decrease", quantity="5", on="2023-09-01/2023-09-05")]).understood
    assert any(f"say --after {count['id']}" in line for line in told)
    told = log(niger, [claim(kind="decrease", quantity="5", on="2023-09-05", after=count["id"])]).understood
    assert not any("--after" in line for line in told)


def test_a_flow_that_begins_on_the_day_of_a_count_is_asked_which_came_first(niger: Database) -> None:
    count = log(niger, [claim(on="2023-09-05")]).claims[0]
    flow = claim(kind="decrease", quantity="5", on="2023-09-05/2023-09-20", stated_on="2023-09-20")
    logged = log(niger, [flow])
    assert (
        "mind: the decrease begins on the day of the count, and nobody says which came first;"
        f" if this came after claim {count['id']}, say --after {count['id']}"
    ) in logged.understood
    assert not any("--after" in line for line in log(niger, [replace(flow, after=count["id"])]).understood)
    told = log(niger, [claim(source="voa", on="2023-09-05")]).understood
    assert any(f"posture correct {logged.claims[0]['id']} --after {count['id'] + 3}" in line for line in told)


def test_a_claim_tells_what_it_counts_and_that_its_list_is_whole(niger: Database) -> None:
    told = log(niger, [claim(quantity="150", basis="authorised", complete=True)]).understood
    assert (
        "fra-ner/personnel: count 150, counted as authorised, complete with what is listed beside it,"
        " effective 2023-09-05, graded B2"
    ) in told


def test_every_claim_tells_how_it_was_read_a_corrected_one_too(niger: Database) -> None:
    written = log(niger, [claim(quantity="150")])
    assert "fra-ner/personnel: count 150, effective 2023-09-05, graded B2" in written.understood
    told = correct(niger, written.claims[0]["id"], {"quantity": "about 1100"}).understood
    assert "fra-ner/personnel: count 990..1210, best 1100 (from 'about 1100'), effective 2023-09-05, graded B2" in told


def test_a_txid_of_another_command_is_refused(niger: Database) -> None:
    log(niger, [claim(quantity="5")], Writing(txid="abc"))
    with pytest.raises(Refused, match="a new command takes a new txid"):
        log(niger, [claim(quantity="6")], Writing(txid="abc"))
    assert niger.value("select count(*) from status_change") == 1


def test_a_move_can_make_the_deployment_it_arrives_at(niger: Database) -> None:
    written = move(niger, "fra-ner/personnel", "fra-niamey", claim(kind="decrease", quantity="5"), Writing(create=True))
    assert len(written.claims) == 2


def test_what_leaves_is_what_arrives(niger: Database) -> None:
    log(niger, [claim("fra-tcd/drones", quantity="1")], Writing(create=True))
    with pytest.raises(Refused, match="personnel cannot arrive as drones"):
        move(niger, "fra-ner/personnel", "fra-tcd/drones", claim(kind="decrease", quantity="5"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"quantity": "unknown"}, {}),
        ({"quantity": "withheld"}, {}),
        ({"basis": "authorised"}, {}),
        ({"source": "rfi"}, {"source": "rfi"}),
    ],
)
def test_what_says_nothing_about_it_confirms_nothing(
    niger: Database, first: dict[str, str], second: dict[str, str]
) -> None:
    log(niger, [claim(**{"source": "paper", **first})])
    with pytest.raises(Refused, match="no independent source"):
        log(niger, [claim(**{"source": "voa", "grade": "B1", **second})])


def test_a_claim_does_not_confirm_its_own_correction(niger: Database) -> None:
    old = log(niger, [claim()]).claims[0]
    with pytest.raises(Refused, match="no independent source"):
        correct(niger, old["id"], {"source": "voa", "grade": "B1"})
    log(niger, [claim(source="paper")])
    assert correct(niger, old["id"], {"source": "voa", "grade": "B1"}).claims[0]["credibility"] == "1"


def test_a_count_that_held_since_a_day_is_corrected_as_the_two_claims_that_it_is(niger: Database) -> None:
    old = log(niger, [claim(on="2023-09-01")]).claims[0]
    with pytest.raises(Refused, match="is two claims"):
        correct(niger, old["id"], {"on": "since 2020"})
    first, second = log(niger, [claim(on="since 2020", source="voa", after=None)]).claims
    assert (first["effective_on"], second["effective_on"]) == ("2020-01-01", "2023-10-19")
    assert correct(niger, first["id"], {"on": "since 2021"}).claims[0]["effective_on"] == "2021-01-01"


def test_the_order_within_a_day_is_not_that_of_the_day_it_was_said(niger: Database) -> None:
    before = log(niger, [claim(kind="decrease", quantity="5", on="2023-09-01")]).claims[0]
    first, second = log(niger, [claim(on="since 2023-09-01", source="voa", after=before["id"])]).claims
    assert (first["after_id"], second["after_id"]) == (before["id"], None)


@pytest.mark.parametrize("number", [0, 2**63, 2**70])
def test_a_number_that_no_row_can_have_is_not_found(niger: Database, number: int) -> None:
    with pytest.raises(UnknownClaim):
        retract(niger, claim=number)
    with pytest.raises(UnknownClaim):
        retract(niger, entry=number)
    with pytest.raises(UnknownClaim):
        correct(niger, number, {"quantity": "5"})
    with pytest.raises(UnknownClaim):
        undo(niger, number)
    with pytest.raises(UnknownClaim):
        log(niger, [claim(same_as=number)])


@pytest.mark.parametrize(
    ("words", "writing"),
    [
        ({"note": "a\0b"}, {}),
        ({"locator": "a\0b"}, {}),
        ({"excerpt": "a\ud800b"}, {}),
        ({"transfer": "\udcff", "kind": "increase"}, {}),
        ({"source": "\ud800"}, {}),
        ({}, {"recorded_by": "\udcff"}),
        ({}, {"txid": "\udcff"}),
        ({}, {"reason": "a\0b"}),
    ],
)
def test_what_no_database_keeps_is_refused_by_both(niger: Database, words: dict[str, Any], writing: Any) -> None:
    before = state(niger)
    with pytest.raises((UsageMistake, NotFound)):
        log(niger, [claim(**words)], Writing(**writing))
    assert state(niger) == before
