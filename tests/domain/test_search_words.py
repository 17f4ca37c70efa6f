"""What is typed into a search is read as people mean it, and the passage shown is where it occurs."""

from __future__ import annotations

import pytest

from posture.domain.search_words import Term, fold, for_fts5, for_tsquery, passage, read_search
from posture.errors import UsageMistake


def test_all_words_must_occur() -> None:
    assert read_search("Drones  Niamey").groups == ((Term(("drones",)),), (Term(("niamey",)),))


def test_a_phrase_is_one_term_and_punctuation_parts_words() -> None:
    assert read_search('"more than 1,000"').groups == ((Term(("more", "than", "1", "000")),),)
    assert read_search("MQ-9").groups == ((Term(("mq", "9")),),)


def test_a_star_stands_for_any_ending() -> None:
    assert read_search("withdr*").groups == ((Term(("withdr",), begins=True),),)


def test_either_of_two() -> None:
    assert read_search("Ayorou OR Ouallam base").groups == (
        (Term(("ayorou",)), Term(("ouallam",))),
        (Term(("base",)),),
    )


def test_a_minus_leaves_out() -> None:
    sought = read_search('drones -"Mirage 2000" -jets')
    assert sought.groups == ((Term(("drones",)),),)
    assert sought.without == (Term(("mirage", "2000")), Term(("jets",)))


@pytest.mark.parametrize("text", ["", "  ", "***", "-drones", '"unfinished', "OR"])
def test_what_seeks_nothing_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageMistake):
        read_search(text)


def test_accents_and_case_make_no_difference_and_offsets_stay() -> None:
    text = "Tillabéri, ÉLYSÉE, İstanbul, ﬁn"
    assert fold(text).startswith("tillaberi, elysee, i")
    assert len(fold(text)) == len(text)


def test_the_engines_get_the_same_question() -> None:
    sought = read_search('withdr* "last day" OR coup -jets')
    assert for_fts5(sought) == '(("withdr" *) AND ("last day" OR "coup")) NOT "jets"'
    assert for_tsquery(sought) == "(('withdr':*)) & (('last' <-> 'day') | ('coup')) & !('jets')"


def test_no_word_can_break_out_of_the_engines_language() -> None:
    sought = read_search("""NEAR( x' ":*' title: ^a {b} \\' """ + '"')
    assert set(for_fts5(sought)) <= set('abcdefghijklmnopqrstuvwxyz0123456789() "*ANDORT')
    assert "\\" not in for_tsquery(sought)


def test_the_passage_is_where_most_of_it_stands_together() -> None:
    text = (
        "Drones were seen. "
        + "Nothing of note happened for many days. " * 5
        + "At Niamey the drones stayed on the ground."
    )
    found = passage(text, read_search("drones niamey"))
    assert found is not None
    assert "At Niamey the drones stayed on the ground." in found.text
    assert found.text.startswith("…")
    assert [found.text[start:end] for start, end in found.found] == ["Niamey", "drones"]


def test_a_short_text_is_shown_whole() -> None:
    found = passage("At Niamey", read_search("niamey"))
    assert found is not None
    assert (found.text, found.found) == ("At Niamey", ((3, 9),))


def test_a_word_is_found_whole() -> None:
    assert passage("Nigeria", read_search("niger")) is None
    assert passage("Nigeria", read_search("niger*")) is not None
