"""The totals report: what its rows say beside the figure, which nodes it shows, and how two trees are crossed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.reports.as_of import Question
from posture.reports.totals import totals
from posture.reports.totals_wording import conflict_text, rests_on
from posture.reports.wording import agreed
from tests.drive import Driven
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

STORY = """
# Two services, two bases, a country's own count, another country's forces
place okinawa in jpn
place honshu in jpn
actor usa-army in usa
actor usa-navy in usa
line usa-jpn: usa personnel in jpn
line army-okinawa: usa-army personnel in okinawa
line navy-okinawa: usa-navy personnel in okinawa
line usa-honshu: usa personnel in honshu
line usa-honshu/mq-9: usa mq-9 in honshu
line gbr-honshu: gbr personnel in honshu
2023-01-01 usa-honshu count 9000
2023-02-01 usa-jpn count 20000
2023-02-01 army-okinawa count 15000
2023-02-01 navy-okinawa count 7000
2023-02-01 usa-honshu/mq-9 count 2
2023-02-01 gbr-honshu count ~100
"""


@pytest.fixture
def told(db: Database) -> Driven:
    return Driven(db, read_example(STORY).ledger)


def rows(driven: Driven, *by: str, day: str = "2023-02-02", depth: int | None = None, **more: Any) -> dict[Any, Any]:
    """Return the rows by their nodes."""
    found = totals(driven.db, Question(as_of=date.fromisoformat(day), **more), by, depth).rows
    return {(row["actor"], row["location"], row["asset_type"]): row for row in found}


def test_parts_that_exceed_their_whole_are_named_with_both_claims_and_the_gap(told: Driven) -> None:
    row = rows(told, "location", actor="usa", asset_type="personnel")["usa", "jpn", "personnel"]
    assert (row["low"], row["high"], row["rests_on"], row["flags"]) == (20000, 20000, "own", ["conflict"])
    assert [(one["parts_by"], one["parts_low"], one["gap"]) for one in row["conflicts"]] == [
        ("actor", 22000, 2000), ("location", 22000, 2000),
    ]  # fmt: skip
    by_actor = row["conflicts"][0]
    assert (by_actor["whole"], by_actor["parts"]) == (
        "usa-jpn/personnel",
        ["army-okinawa/personnel", "navy-okinawa/personnel"],
    )
    assert [str(told.refs[claim]) for claim in (*by_actor["whole_claims"], *by_actor["parts_claims"])] == [
        "#2", "#3", "#4",
    ]  # fmt: skip
    text = conflict_text(row, by_actor)
    assert text.startswith("usa-jpn/personnel is 20,000 (c")
    assert text.endswith("add up to at least 22,000: 2,000 too many")


def test_a_part_that_is_older_than_the_whole_is_named_and_contradicts_nothing(told: Driven) -> None:
    row = rows(told, "location", actor="usa", asset_type="personnel")["usa", "jpn", "personnel"]
    assert row["older_parts"] == ["usa-honshu/personnel"]
    assert row["parts_low"] == 31000, "with the older part"
    earlier = rows(told, "location", day="2023-01-15", actor="usa", asset_type="personnel")
    assert list(earlier) == [("usa", "honshu", "personnel")]


def test_the_tree_shows_where_lines_stand_and_where_it_branches(told: Driven) -> None:
    found = rows(told, "location", asset_type="personnel")
    assert [(node[1], row["level"]) for node, row in found.items()] == [("jpn", 0), ("honshu", 1), ("okinawa", 1)]
    assert found[None, "honshu", "personnel"]["low"] == 9090, "two actors at one place"
    assert [(node[0], row["level"]) for node, row in rows(told, "actor", asset_type="personnel").items()] == [
        (None, 0), ("gbr", 1), ("usa", 1), ("usa-army", 2), ("usa-navy", 2),
    ]  # fmt: skip
    assert [node[0] for node in rows(told, "actor", asset_type="personnel", depth=1)] == [None]


def test_of_everybody_nobody_says_a_high(told: Driven) -> None:
    everybody = rows(told, "actor", asset_type="personnel", location="honshu")[None, "honshu", "personnel"]
    assert (everybody["low"], everybody["high"], everybody["rests_on"]) == (9090, None, "parts")
    assert everybody["own"] is None


def test_people_and_machines_are_never_one_figure(told: Driven) -> None:
    found = rows(told, "actor")
    assert {node[2] for node in found} == {"personnel", "mq-9"}
    assert rows(told, "asset_type", actor="usa")["usa", "jpn", "mq-9"]["low"] == 2


def test_two_trees_crossed_have_a_row_for_each_pair_that_has_anything(told: Driven) -> None:
    found = rows(told, "location", "asset_type", actor="usa")
    assert {node[1:]: row["low"] for node, row in found.items()} == {
        ("jpn", "personnel"): 20000,
        ("jpn", "mq-9"): 2,
        ("honshu", "personnel"): 9000,
        ("honshu", "mq-9"): 2,
        ("okinawa", "personnel"): 22000,
    }
    turned = rows(told, "asset_type", "location", actor="usa")
    assert {node: row["low"] for node, row in turned.items()} == {node: row["low"] for node, row in found.items()}


def test_a_row_names_the_claims_behind_it(told: Driven) -> None:
    row = rows(told, "actor", location="okinawa")["usa", "okinawa", "personnel"]
    assert (row["rests_on"], row["parts"]) == ("parts", ["army-okinawa/personnel", "navy-okinawa/personnel"])
    assert [str(told.refs[claim]) for claim in row["claims"]] == ["#3", "#4"]


def test_an_empty_answer_says_why(told: Driven) -> None:
    report = totals(told.db, Question(as_of=date(2001, 1, 1)), ("actor",))
    assert (report.rows, report.empty_because) == ([], f"nothing known by #{report.known_seq} applies as of 2001-01-01")


def test_the_answer_of_a_part_of_the_trees_is_that_of_the_whole(told: Driven) -> None:
    everything = rows(told, "location", actor="usa")
    of_honshu = rows(told, "location", actor="usa", location="honshu")
    for node, row in of_honshu.items():
        assert everything[node]["low"] == row["low"]


def test_what_only_a_newer_whole_leaves_room_for_is_no_least_of_a_total(db: Database) -> None:
    driven = Driven(
        db,
        read_example("""
# Two bases were counted, and then some 157 in the whole country, perhaps before the last of them had left
place niamey in ner
place ouallam in ner
place sahel
place ner in sahel
place tcd in sahel
line fra-ner: fra personnel in ner
line fra-niamey: fra personnel in niamey
line fra-ouallam: fra personnel in ouallam
line fra-tcd: fra personnel in tcd
2023-10-09 fra-ouallam count 400
2023-11-14 fra-niamey count 400
2023-12-13 fra-ner count 157
2023-12-13 fra-ner decrease some
2023-12-13 fra-tcd count 1000
as of 2023-12-14: fra-ner 0..?..157 ...
""").ledger,
    )
    found = {row["location"]: row for row in rows(driven, "location", day="2023-12-14").values()}
    ner, sahel, niamey = found["ner"], found["sahel"], found["niamey"]
    assert (ner["low"], ner["high"], ner["flags"]) == (157, 157, ["capped"])
    assert (agreed(ner), rests_on(ner)) == ("at most 157", "own count of 2023-12-13, which leaves 2 parts no more")
    assert (sahel["low"], sahel["flags"], rests_on(sahel)) == (
        1157,
        ["capped"],
        "4 parts, limited by a newer whole",
    )
    assert (agreed(niamey), rests_on(niamey)) == (
        "at most 157",
        "own count of 2023-11-14, limited by a newer whole",
    )
    assert found["tcd"]["flags"] == []
