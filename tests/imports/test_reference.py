"""Countries and airfields that fill themselves in."""

from __future__ import annotations

import subprocess
import sys

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.domain.codes import fold, read_code
from posture.imports import reference
from posture.imports.reference import airfield, country, country_candidates, state


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("ner", "ner"),
        ("NE", "ner"),
        ("Niger", "ner"),
        ("Nigeria", "nga"),
        ("Nigéria", "nga"),
        ("tchad", "tcd"),
        ("Republic of the Niger", "ner"),
        ("Guinea", "gin"),
        ("Guinée-Bissau", "gnb"),
        ("Equatorial Guinea", "gnq"),
        ("Dominica", "dma"),
        ("Dominican Republic", "dom"),
        ("République dominicaine", "dom"),
        ("DRC", "cod"),
        ("Congo-Brazzaville", "cog"),
        ("République démocratique du Congo", "cod"),
        ("South Korea", "kor"),
        ("Korea, Democratic People's Republic of", "prk"),
        ("the Gambia", "gmb"),
        ("cote d\u2019ivoire", "civ"),
        ("Ivory Coast", "civ"),
        ("Russia", "rus"),
        ("Russie", "rus"),
        ("U.K.", "gbr"),
        ("U.S.", "usa"),
        ("États-Unis", "usa"),
        ("Turkey", "tur"),
        ("Türkiye", "tur"),
        ("South Sudan", "ssd"),
        ("Sudan", "sdn"),
        ("Kosovo", "xkx"),
    ],
)
def test_a_country_is_found_by_code_or_name(word: str, code: str) -> None:
    found = country(word)
    assert found is not None
    assert found["code"] == code


def test_a_country_fills_the_fields_of_a_location() -> None:
    assert country("ner") == {"code": "ner", "name": "Niger", "kind": "country", "iso_alpha3": "NER"}


def test_a_state_fills_the_fields_of_an_actor() -> None:
    assert state("France") == {"code": "fra", "name": "France", "kind": "state", "iso_alpha3": "FRA"}
    assert state("nowhere") is None


@pytest.mark.parametrize(
    ("word", "candidates"),
    [
        ("Congo", ["cod", "cog"]),
        ("Korea", ["kor", "prk"]),
        ("Corée", ["kor", "prk"]),
        ("virgin islands", ["vgb", "vir"]),
    ],
)
def test_a_name_that_two_countries_go_by_is_neither(word: str, candidates: list[str]) -> None:
    assert country(word) is None
    assert country_candidates(word)[:2] == candidates


@pytest.mark.parametrize(
    ("word", "candidates"),
    [
        ("Guinea", ["gin", "gnb", "gnq", "png"]),
        ("nigr", ["ner"]),
        ("arabia", ["sau"]),
        ("foo", []),
        ("", []),
        ("'", []),
    ],
)
def test_what_a_word_could_mean_is_listed(word: str, candidates: list[str]) -> None:
    assert country_candidates(word) == candidates


def test_niger_is_not_nigeria() -> None:
    assert country_candidates("Niger") == ["ner"]


def test_every_country_is_found_by_each_of_its_own_names() -> None:
    for each in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            name = getattr(each, field, None)
            if name and fold(name) not in reference.SHARED_NAMES:
                found = country(name)
                assert found is not None, name
                assert found["iso_alpha3"] == each.alpha_3, name


def test_every_shown_name_means_its_own_country() -> None:
    for each in pycountry.countries:
        found = country(each.alpha_3)
        assert found is not None
        assert country(found["name"]) == found
        assert read_code(found["code"]) == found["code"]


def test_no_name_of_one_language_is_two_countries_unless_said_so() -> None:
    assert {name: codes for name, codes in reference._by_name().items() if len(codes) > 1} == {}


def test_the_table_of_common_names_says_nothing_that_the_package_says() -> None:
    package = {fold(form) for _, name in reference._iter_iso_names() for form in reference._forms(name)}
    package |= {code.lower() for code in reference._by_code()} - {"xkx", "xk"}
    assert [name for names in reference.COMMON_NAMES.values() for name in names if fold(name) in package] == []


def test_an_airfield_fills_name_place_and_coordinates() -> None:
    found = airfield("drrn")
    assert found is not None
    assert found.pop("name").startswith("Diori Hamani")
    assert (round(found.pop("latitude"), 1), round(found.pop("longitude"), 1)) == (13.5, 2.2)
    assert found == {"code": "drrn", "kind": "airfield", "parent": "ner", "icao_code": "DRRN", "precision": "exact"}


@pytest.mark.parametrize(("icao", "parent"), [("FTTJ", "tcd"), ("oslk", "syr"), ("etar", "deu"), ("bkpr", "xkx")])
def test_an_airfield_lies_in_its_country(icao: str, parent: str) -> None:
    found = airfield(icao)
    assert found is not None
    assert found["parent"] == parent


@pytest.mark.parametrize("word", ["", "zzzz", "00AA", "NIM", "drrn1", "ДРРН", "niamey"])
def test_anything_else_is_no_airfield(word: str) -> None:
    assert airfield(word) is None


def test_every_airfield_fits_a_location() -> None:
    for icao in list(reference._airfields())[::97]:
        found = airfield(icao)
        if found is not None:
            assert -90 <= found["latitude"] <= 90
            assert -180 <= found["longitude"] <= 180
            assert found["name"]
            assert found["parent"], icao


@given(st.text(max_size=20))
def test_no_word_is_too_strange_to_be_asked_for(word: str) -> None:
    found = country(word)
    assert found is None or found["code"] in country_candidates(word)
    airfield(word)


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, posture.imports.reference; sys.exit(len({'pycountry', 'airportsdata', 'gettext'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
