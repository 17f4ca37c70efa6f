"""A word finds its row by code, alias or name; what is only like it is offered, never taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posture.domain.codes import fold
from posture.errors import AmbiguousCode, UnknownCode
from posture.store import lookup
from tests.store import rows

if TYPE_CHECKING:
    from posture.store.connection import Database


@pytest.fixture
def catalogue(db: Database) -> Database:
    with db.write():
        rows.catalogue(db)
        drone = db.value("SELECT id FROM asset_type WHERE code = 'drone'")
        db.insert("asset_type", {"id": 100, "code": "mq-9", "name": "MQ-9 Reaper", "parent_id": drone})
        db.insert("location", {"id": 3, "code": "sahel", "name": "Sahel", "kind": "region"})
        db.insert("location", {"id": 4, "code": "niamey", "name": "Niamey", "kind": "city", "parent_id": 1})
        db.insert("location", {"id": 5, "code": "drrn", "name": "Diori Hamani", "kind": "airfield", "parent_id": 4})
        db.insert("location", {"id": 6, "code": "ndjamena", "name": "N'Djaména", "kind": "city"})
        db.update("location", 1, {"parent_id": 3})
        for number, (target, name) in enumerate(
            [("location", "République du Niger"), ("location", "Base aérienne 101"), ("asset_type", "Reaper")], start=1
        ):
            row = {"location": {1: 1, 2: 5}.get(number), "asset_type": 100 if number == 3 else None}
            db.insert("alias", {"id": number, f"{target}_id": row[target], "name": name, "name_folded": fold(name)})
        db.insert("platform", {"id": 1, "code": "f-ujab", "designation": "F-UJAB 709", "asset_type_id": 100})
        db.insert("asset", {"id": 2, "deployment_id": 1, "code": "that-one", "asset_type_id": 100, "platform_id": 1})
    return db


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("ner", "ner"), ("NER", "ner"), (" Ner ", "ner"), ("niger", "ner"), ("NIGER", "ner"), ("Nigeria", "nga"),
        ("republique du niger", "ner"), ("RÉPUBLIQUE  DU NIGER", "ner"), ("base aerienne 101", "drrn"),
        ("n’djamena", "ndjamena"), ("N'DJAMÉNA", "ndjamena"), ("Diori-Hamani", "drrn"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_code_alias_or_name(catalogue: Database, word: str, code: str) -> None:
    assert lookup.get_code(catalogue, "location", word)["code"] == code


@pytest.mark.parametrize("word", ["nigeri", "nige", "n", "", "  ", "républ", "101", "'; drop table location; --"])
def test_what_is_only_like_a_name_finds_nothing(catalogue: Database, word: str) -> None:
    assert lookup.find_code(catalogue, "location", word) is None
    with pytest.raises(UnknownCode):
        lookup.get_code(catalogue, "location", word)


def test_niger_is_never_nigeria_even_while_only_one_is_known(catalogue: Database) -> None:
    with catalogue.write():
        catalogue.delete("location", 2)
    assert lookup.find_code(catalogue, "location", "nigeria") is None
    with pytest.raises(UnknownCode) as caught:
        lookup.get_code(catalogue, "location", "nigeria")
    assert caught.value.near == ("ner",)


@pytest.mark.parametrize(
    ("noun", "word", "near"),
    [
        ("location", "niamy", ("niamey",)), ("location", "nigeri", ("nga", "ner")), ("asset_type", "helicoptr", ("helicopter",)),
        ("asset-type", "transport", ("transport-aircraft",)), ("actor", "farnce", ("fra",)), ("location", "qqqqq", ()),
    ],
)  # fmt: skip
def test_an_unknown_word_is_told_what_is_near(catalogue: Database, noun: str, word: str, near: tuple[str, ...]) -> None:
    with pytest.raises(UnknownCode) as caught:
        lookup.get_code(catalogue, noun, word)
    assert caught.value.near == near
    assert all(f'"{code}"' in str(caught.value) for code in near)


def test_at_most_three_are_offered(catalogue: Database) -> None:
    with catalogue.write():
        for number in range(10, 20):
            catalogue.insert(
                "actor", {"id": number, "code": f"force-{number}", "name": f"Force {number}", "kind": "armed_force"}
            )
    with pytest.raises(UnknownCode) as caught:
        lookup.get_code(catalogue, "actor", "force")
    assert len(caught.value.near) == 3


def test_a_name_of_two_is_ambiguous(catalogue: Database) -> None:
    with catalogue.write():
        catalogue.insert("alias", {"id": 9, "location_id": 6, "name": "Reaper City", "name_folded": "the base"})
        catalogue.insert("alias", {"id": 10, "location_id": 5, "name": "Reaper City", "name_folded": "the base"})
    with pytest.raises(AmbiguousCode, match='"The Base" fits more than one location: say "drrn" or "ndjamena"'):
        lookup.find_code(catalogue, "location", "The Base")


def test_a_code_goes_before_an_alias(catalogue: Database) -> None:
    with catalogue.write():
        catalogue.insert("alias", {"id": 9, "location_id": 6, "name": "NER", "name_folded": "ner"})
    assert lookup.get_code(catalogue, "location", "ner")["id"] == 1


def test_an_alias_of_another_noun_is_not_found(catalogue: Database) -> None:
    assert lookup.find_code(catalogue, "actor", "Reaper") is None
    assert lookup.get_code(catalogue, "asset_type", "reaper")["code"] == "mq-9"


def test_sources_and_events_go_by_their_code_or_another_name_never_by_their_title(catalogue: Database) -> None:
    with catalogue.write():
        source = catalogue.value("SELECT id FROM source WHERE code = 'afp'")
        catalogue.insert("alias", {"id": 9, "source_id": source, "name": "Agence", "name_folded": "agence"})
    assert lookup.get_code(catalogue, "source", "Agence")["code"] == "afp"
    assert lookup.get_code(catalogue, "source", "AFP")["title"] == "A report"
    assert lookup.find_code(catalogue, "source", "A report") is None
    assert lookup.find_code(catalogue, "event", "coup") is None


@pytest.mark.parametrize(
    ("address", "asset"),
    [
        ("fra-ner/drones", 1), ("FRA-NER/Drones", 1), ("fra-ner/drone", 1), ("French forces in Niger/drones", 1),
        ("fra-ner/f-ujab", 2), ("fra-ner/F-UJAB 709", 2), ("fra-ner/that-one", 2), ("fra-ner/mq-9", None),
        ("fra-ner/personnel", None), ("fra-ner/", None), ("fra-ner", None), ("usa-ner/drones", None), ("/drones", None),
    ],
)  # fmt: skip
def test_a_line_is_found_by_its_address(catalogue: Database, address: str, asset: int | None) -> None:
    found = lookup.find_line(catalogue, address)
    assert (found["id"] if found else None) == asset


def test_an_unknown_line_is_told_what_the_deployment_holds(catalogue: Database) -> None:
    with pytest.raises(UnknownCode, match='no asset "fra-ner/dronse"; did you mean "fra-ner/drones"'):
        lookup.get_line(catalogue, "fra-ner/dronse")
    with pytest.raises(UnknownCode) as caught:
        lookup.get_line(catalogue, "fra-ner/personnel")
    assert caught.value.near == ("fra-ner/drones", "fra-ner/that-one")
    with pytest.raises(UnknownCode, match='no deployment "fra-nre"; did you mean "fra-ner"'):
        lookup.get_line(catalogue, "fra-nre/drones")


def test_a_tree_is_walked_up_and_down(catalogue: Database) -> None:
    assert lookup.descendants(catalogue, "location", 3) == {1, 4, 5}
    assert lookup.ancestors(catalogue, "location", 5) == {4, 1, 3}
    assert lookup.descendants(catalogue, "location", 5) == set()
    assert lookup.ancestors(catalogue, "location", 3) == set()
    aircraft = lookup.get_code(catalogue, "asset_type", "aircraft")["id"]
    assert 100 in lookup.descendants(catalogue, "asset-type", aircraft)


def test_a_loop_ends_the_walk(catalogue: Database) -> None:
    with catalogue.write():
        catalogue.update("location", 3, {"parent_id": 5})
    assert lookup.ancestors(catalogue, "location", 5) == {4, 1, 3}
    assert lookup.descendants(catalogue, "location", 5) == {4, 1, 3}


def test_a_near_place_is_told_by_its_name_too(db: Database) -> None:
    db.insert("location", {"id": 1, "code": "ner", "name": "Niger", "kind": "country"})
    with pytest.raises(UnknownCode, match=r'no location "nigeria"; did you mean "ner" \(Niger\)\?'):
        lookup.get_code(db, "location", "nigeria")


def test_a_very_long_word_is_not_repeated_whole(db: Database) -> None:
    with pytest.raises(UnknownCode) as caught:
        lookup.get_code(db, "location", "x" * 100_000)
    assert len(str(caught.value)) < 300
