"""The catalogue is edited by commands, and every edit is itself recorded; on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posture.errors import AmbiguousCode, Refused, UnknownCode, UsageMistake
from posture.ledger import catalogue, claims, containment, origins, reading_words
from posture.ledger.claims import log, retract, undo
from posture.ledger.entry import Entry, Writing, append
from posture.ledger.verify import verify
from posture.store import lookup

from .conftest import claim

if TYPE_CHECKING:
    from posture.store.connection import Database


def pairs(db: Database) -> set[tuple[str, str]]:
    """Return which deployment contains which, by code."""
    return {
        (row["whole"], row["part"])
        for row in db.all(
            "select container.code as whole, part.code as part from containment"
            " join deployment container on container.id = container_id join deployment part on part.id = part_id"
        )
    }


def test_a_new_deployment_is_contained_where_actor_and_place_are(niger: Database) -> None:
    assert pairs(niger) == {("fra-ner", "fra-niamey")}
    catalogue.add(niger, "actor", {"code": "fra-army", "name": "French army", "kind": "armed_force", "parent": "fra"})
    catalogue.add(niger, "deployment", {"code": "fra-army-niamey", "actor": "fra-army", "location": "niamey"})
    assert pairs(niger) == {
        ("fra-ner", "fra-niamey"),
        ("fra-ner", "fra-army-niamey"),
        ("fra-niamey", "fra-army-niamey"),
    }
    assert {
        tuple(row) for row in niger.tuples("select container_id, part_id from containment")
    } == containment.computed(niger)


def test_a_whole_that_comes_later_contains_what_was_there(niger: Database) -> None:
    catalogue.add(niger, "location", {"code": "sahel", "name": "Sahel", "kind": "region"})
    catalogue.add(niger, "deployment", {"code": "fra-sahel", "actor": "fra", "location": "sahel"})
    assert ("fra-sahel", "fra-ner") not in pairs(niger)
    for country in ("ner", "tcd"):
        catalogue.edit(niger, "location", country, {"parent": "sahel"})
    assert {part for whole, part in pairs(niger) if whole == "fra-sahel"} == {"fra-ner", "fra-niamey", "fra-tcd"}
    assert verify(niger) == []


def test_an_operation_does_not_contain_another_or_the_rest(niger: Database) -> None:
    catalogue.add(
        niger, "deployment", {"code": "barkhane-ner", "actor": "fra", "location": "ner", "operation": "Barkhane"}
    )
    catalogue.add(
        niger, "deployment", {"code": "sabre-niamey", "actor": "fra", "location": "niamey", "operation": "Sabre"}
    )
    catalogue.add(
        niger, "deployment", {"code": "barkhane-niamey", "actor": "fra", "location": "niamey", "operation": "Barkhane"}
    )
    assert {part for whole, part in pairs(niger) if whole == "barkhane-ner"} == {"barkhane-niamey"}
    assert verify(niger) == []


def test_a_contingent_is_part_of_the_force_it_belongs_to(niger: Database) -> None:
    catalogue.add(niger, "actor", {"code": "eu", "name": "European Union", "kind": "alliance"})
    catalogue.add(niger, "deployment", {"code": "eu-ner", "actor": "eu", "location": "ner"})
    catalogue.edit(niger, "deployment", "fra-niamey", {"part_of": "eu-ner"})
    assert ("eu-ner", "fra-niamey") in pairs(niger)
    catalogue.edit(niger, "deployment", "fra-niamey", {"part_of": ""})
    assert ("eu-ner", "fra-niamey") not in pairs(niger)


def test_a_circle_of_containment_is_refused(niger: Database) -> None:
    with pytest.raises(Refused):
        catalogue.edit(niger, "deployment", "fra-ner", {"part_of": "fra-niamey"})
    with pytest.raises(Refused, match="below its own child"):
        catalogue.edit(niger, "location", "ner", {"parent": "niamey"})
    assert verify(niger) == []


def test_an_alias_finds_its_row_whatever_the_case_and_accents(niger: Database) -> None:
    catalogue.alias(niger, "location", "tcd", "Tchad", "fr")
    assert lookup.get_code(niger, "location", "TCHAD")["code"] == "tcd"
    with pytest.raises(Refused, match="already found"):
        catalogue.alias(niger, "location", "tcd", "tchad")


def test_a_name_of_two_places_is_ambiguous(niger: Database) -> None:
    catalogue.alias(niger, "location", "tcd", "the base")
    catalogue.alias(niger, "location", "niamey", "the base")
    with pytest.raises(AmbiguousCode, match="say"):
        lookup.get_code(niger, "location", "the base")


def test_remove_says_by_what_a_row_is_used(niger: Database) -> None:
    with pytest.raises(Refused, match=r"in use by 1 location \(niamey\), 1 deployment \(fra-ner\)"):
        catalogue.remove(niger, "location", "ner")
    log(niger, [claim()])
    with pytest.raises(Refused, match="1 claim"):
        catalogue.remove(niger, "source", "rfi")


def test_what_is_not_in_use_is_removed_with_its_aliases(niger: Database) -> None:
    catalogue.add(niger, "location", {"code": "agadez", "name": "Agadez", "kind": "city"})
    catalogue.alias(niger, "location", "agadez", "Agadès")
    catalogue.remove(niger, "location", "agadez")
    with pytest.raises(UnknownCode):
        lookup.get_code(niger, "location", "agadez")
    assert verify(niger) == []


@pytest.mark.parametrize(
    ("noun", "fields", "told"),
    [
        ("actor", {"code": "mli", "name": "Mali"}, "--kind"),
        ("actor", {"code": "mli", "name": "Mali", "kind": "stat"}, "state"),
        ("location", {"code": "x", "name": "X", "kind": "base", "latitude": "95"}, "latitude"),
        ("location", {"code": "Bad Code!", "name": "X", "kind": "base"}, "code"),
        ("deployment", {"actor": "fra"}, "needs"),
        ("asset", {"code": "x", "deployment": "fra-ner"}, "--asset-type"),
        ("source", {"code": "x", "title": "X", "reliability": "G"}, "reliability"),
        ("source", {"code": "x", "title": "X", "published_on": "2023-02-30"}, "2023-02-30"),
        ("actor", {"code": "x", "name": "X", "kind": "state", "colour": "red"}, "colour"),
        ("event", {"code": "x", "kind": "coup", "title": "Coup"}, "--source"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(
    niger: Database, noun: str, fields: dict[str, str], told: str
) -> None:
    before = niger.value("select count(*) from ledger_entry")
    with pytest.raises(UsageMistake, match=told):
        catalogue.add(niger, noun, fields)
    assert niger.value("select count(*) from ledger_entry") == before


def test_a_word_that_is_like_none_is_answered_with_all_of_them(niger: Database) -> None:
    fields = {"code": "x", "title": "The accord revoked", "on": "2024-03-16", "source": "rfi"}
    with pytest.raises(UsageMistake, match="use one of coup, statement, demand"):
        catalogue.add(niger, "event", {**fields, "kind": "revocation"})
    with pytest.raises(UsageMistake, match='did you mean "agreement"'):
        catalogue.add(niger, "event", {**fields, "kind": "agreemnt"})


def test_a_code_that_is_taken_is_refused(niger: Database) -> None:
    with pytest.raises(Refused, match="there already"):
        catalogue.add(niger, "actor", {"code": "FRA", "name": "France", "kind": "state"})
    with pytest.raises(Refused, match="fra-ner is of that actor"):
        catalogue.add(niger, "deployment", {"code": "french-niger", "actor": "fra", "location": "ner"})
    with pytest.raises(Refused, match="as drones"):
        catalogue.add(niger, "asset", {"code": "uavs", "deployment": "fra-ner", "asset_type": "drone"})


def test_an_event_has_its_day_place_and_actors(niger: Database) -> None:
    written = catalogue.add(
        niger,
        "event",
        {
            "code": "coup",
            "kind": "coup",
            "title": "Coup in Niger",
            "on": "before 2023-09-05",
            "location": "ner",
            "source": "rfi",
            "actors": [("fra", "target")],
        },
    )
    assert any("effective" in line for line in written.understood)
    row = niger.one("select * from event")
    assert row is not None and (row["effective_from"], row["effective_on"]) == (None, "2023-09-05")
    retract(niger, event="coup")
    assert niger.value("select count(*) from retraction where event_id is not null") == 1
    assert verify(niger) == []


def test_a_source_cannot_repeat_in_a_circle(niger: Database) -> None:
    catalogue.repeats(niger, "voa", "rfi")
    catalogue.repeats(niger, "paper", "voa")
    with pytest.raises(Refused, match="repeat itself"):
        catalogue.repeats(niger, "rfi", "paper")
    catalogue.repeats(niger, "voa", None)
    catalogue.repeats(niger, "rfi", "paper")


def test_a_platform_has_one_line_in_a_deployment(niger: Database) -> None:
    catalogue.add(niger, "platform", {"designation": "F-UJCG", "asset_type": "drone"})
    catalogue.add(niger, "asset", {"deployment": "fra-ner", "platform": "f-ujcg"})
    row = niger.one("select * from asset where platform_id is not null")
    assert row is not None and row["code"] == "f-ujcg"
    with pytest.raises(Refused):
        catalogue.add(niger, "asset", {"code": "again", "deployment": "fra-ner", "platform": "f-ujcg"})
    with pytest.raises(Refused, match="one platform"):
        log(niger, [claim("fra-ner/f-ujcg", quantity="2")], Writing())


@pytest.mark.parametrize(
    ("noun", "code", "field"),
    [
        ("actor", "fra", "code"),
        ("source", "rfi", "text_kind"),
        ("deployment", "fra-ner", "name"),
        ("asset", "fra-ner/drones", "asset_type"),
    ],
)
def test_what_every_row_has_cannot_be_emptied(niger: Database, noun: str, code: str, field: str) -> None:
    with pytest.raises(UsageMistake, match="cannot be empty"):
        catalogue.edit(niger, noun, code, {field: ""})


def test_an_event_may_be_left_without_actors(niger: Database) -> None:
    fields = {"code": "coup", "kind": "coup", "title": "Coup", "source": "rfi", "actors": [("fra", "host")]}
    catalogue.add(niger, "event", fields)
    emptied = catalogue.edit(niger, "event", "coup", {"actors": ""})
    assert niger.value("select count(*) from event_actor") == 0
    undo(niger, emptied.seq or 0)
    assert niger.value("select count(*) from event_actor") == 1
    assert verify(niger) == []


def test_what_an_entry_says_about_origins_counts_in_that_entry(niger: Database) -> None:
    """A circle, and a repeat, are seen among the rows that are not inserted yet."""

    def compose(entry: Entry) -> None:
        rfi, voa = (lookup.get_code(entry.db, "source", code) for code in ("rfi", "voa"))
        origins.origin_row(entry, voa, rfi)
        claims.add_claim(entry, reading_words.read(claim(source="voa")))
        with pytest.raises(Refused, match="would then repeat itself"):
            origins.origin_row(entry, rfi, voa)

    assert append(niger, Writing(), compose).claims[0]["own_words"] is False


def test_a_new_text_holds_what_is_quoted_from_it(niger: Database) -> None:
    quoted = log(niger, [claim(source="paper", excerpt="about 1,500")])
    fields = {"code": "talks", "kind": "talks", "title": "Talks", "source": "paper", "excerpt": "soldiers were there"}
    catalogue.add(niger, "event", fields)
    for text, told in (("other words", "claim 1 quotes"), ("about 1,500 men", "event 1 quotes")):
        with pytest.raises(Refused, match=told):
            catalogue.edit(niger, "source", "paper", {"text": text})
    catalogue.edit(niger, "source", "paper", {"text": "It says: about 1,500 soldiers were\nthere."})
    retract(niger, claim=quoted.claims[0]["id"])
    catalogue.edit(niger, "source", "paper", {"text": "soldiers were there"})
    catalogue.edit(niger, "source", "paper", {"text": "other words"}, Writing(force=True))
    assert verify(niger) == []
