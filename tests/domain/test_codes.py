"""Codes, folded names and visible text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.domain.codes import LONGEST_CODE, fold, make_code, read_code, shortened, visible
from posture.errors import UsageMistake


@pytest.mark.parametrize(
    ("typed", "code"), [("fra-ner", "fra-ner"), (" FRA-Ner ", "fra-ner"), ("mq-9", "mq-9"), ("7", "7")]
)
def test_a_code_is_kebab_case_whatever_its_case(typed: str, code: str) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", " ", "fra ner", "fra--ner", "-fra", "fra-", "fra_ner", "Côte", "fra/ner", "вагнер", "a" * 81]
)
def test_anything_else_is_no_code(typed: str) -> None:
    with pytest.raises(UsageMistake) as refused:
        read_code(typed)
    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)


def test_the_error_says_which_code_could_be_written() -> None:
    with pytest.raises(UsageMistake, match='write "cote-divoire"'):
        read_code("Côte d'Ivoire")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Mirage 2000D", "mirage-2000d"),
        ("Base aérienne 101 (Niamey)", "base-aerienne-101-niamey"),
        ("N'Djamena / Hassan Djamous", "ndjamena-hassan-djamous"),
        ("Ørland", "orland"),
        ("Straße", "strasse"),
        ("Вагнер", ""),
    ],
)
def test_a_code_is_made_of_a_name(name: str, code: str) -> None:
    assert make_code(name) == code


@pytest.mark.parametrize(
    "names",
    [
        ("N\u2019Djamena", "n'djaména", "NDJAMENA"),
        ("Côte d'Ivoire", "cote d\u2019ivoire", "COTE  D'IVOIRE"),
        ("Mirage-2000D", "mirage 2000d", "MIRAGE_2000D", "Mirage\u20132000D"),
        ("U.S. Army", "US Army", "us-army"),
        ("Łask", "lask"),
        ("كَتِيبَة", "كتيبة"),
        ("Ni\u200bger", "niger", "Ni\u202eger"),
    ],
)
def test_ways_of_writing_one_name_fold_to_one(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), [("Niger", "Nigeria"), ("Su-27", "Su-2.7"), ("ガ", "カ"), ("mq-9", "mq-9a")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=120))
def test_a_made_code_is_a_code_or_empty(text: str) -> None:
    code = make_code(text)
    assert len(code) <= LONGEST_CODE
    assert not code or read_code(code) == code


def test_what_acts_on_a_terminal_is_written_out() -> None:
    assert visible("a\x1b[31mb") == r"a\x1b[31mb"
    assert visible("safe\u202egnp.exe") == r"safe\u202egnp.exe"
    assert visible("ze\u200bro\ufeff") == r"ze\u200bro\ufeff"
    assert visible("two\nlines\tand\rmore\x7f\x85") == r"two\nlines\tand\rmore\x7f\x85"
    assert visible("tag\U000e0041 soft\u00adhyphen \ud800") == r"tag\U000e0041 soft\xadhyphen \ud800"
    assert visible("nothing\u3164seen\ufe0f") == r"nothing\u3164seen\ufe0f"


def test_lines_may_be_kept() -> None:
    assert visible("one\n\ttwo\x1b", keep_lines=True) == "one\n\ttwo\\x1b"


@pytest.mark.parametrize(
    "text", ["Côte d'Ivoire", "Вагнер", "الجيش", "Ζεύς", "日本", "हिन्दी", "1 500 \u2013 2 000", "≥50 «mots»", "🇫🇷"]
)
def test_ordinary_letters_of_all_scripts_stay(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(), max_size=40))
def test_nothing_hidden_is_left_visible(text: str) -> None:
    assert not {unicodedata.category(sign) for sign in visible(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"}
    assert visible(visible(text)) == visible(text)


def test_a_long_text_is_cut_in_an_error() -> None:
    assert shortened("x" * 1000) == "x" * 57 + "..."
