"""A sketch guesses what it can, says why, and leaves the rest to a person, in TOML that reads."""

from __future__ import annotations

import io
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.imports.looks import is_running_total, look_at, rises
from posture.imports.mapping import MappingMistake, read_mapping
from posture.imports.reading import open_table
from posture.imports.sketch import sketch
from posture.ledger import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from posture.store.connection import Database

TODAY = date(2026, 11, 23)


def sketched(text: str, db: Database | None = None, **options: Any) -> str:
    with open_table(io.BytesIO(text.encode()), **options) as table:
        return sketch(table, db, today=TODAY, name="file.csv")


def read(text: str, db: Database | None = None) -> dict[str, Any]:
    return tomllib.loads(sketched(text, db))


def dates(*words: str) -> tuple[bool, tuple[str, ...]]:
    (looks,) = look_at(pl.DataFrame({"date": list(words)}), ["date"], TODAY)
    return looks.dates, looks.formats


@pytest.mark.parametrize(
    ("words", "formats"),
    [
        (("2023-09-06", "2023-09", "September 2023"), ()),
        (("03/04/2023", "25/04/2023"), ("%d/%m/%Y",)),
        (("03/04/2023", "04/25/2023"), ("%m/%d/%Y",)),
        (("03/04/2023", "05/06/2023"), ("%d/%m/%Y", "%m/%d/%Y")),
        (("04/04/2023", "05/05/2023"), ()),
        (("06-Sep-23", "07-Oct-23"), ("%d-%b-%y",)),
        (("Sep-23", "Oct-23"), ("%b-%y",)),
        (("20230906", "20231001"), ()),
        (("1950", "1951"), ()),
    ],
)
def test_dates_are_known_by_how_they_are_written(words: tuple[str, ...], formats: tuple[str, ...]) -> None:
    assert dates(*words) == (True, formats)


@pytest.mark.parametrize("words", [("12", "13"), ("Niger", "Mali"), ("1500", "1600"), ("", "NA")])
def test_what_is_no_date_is_not_taken_for_one(words: tuple[str, ...]) -> None:
    assert dates(*words) == (False, ())


def test_a_date_that_could_be_two_days_is_left_to_a_person_to_settle() -> None:
    text = sketched("date;count\n03/04/2023;1\n05/06/2023;2\n")
    assert 'every date of it, such as "03/04/2023", could be two days' in text
    assert '# ? which of the two? put into date: format = "%d/%m/%Y" or format = "%m/%d/%Y"' in text
    assert tomllib.loads(text)["claim"]["date"] == {"column": "date"}


def test_columns_are_guessed_by_what_their_words_name(db: Database) -> None:
    catalogue.add(db, "actor", {"code": "usa", "name": "United States", "kind": "state"})
    catalogue.add(db, "location", {"code": "ner", "name": "Niger", "kind": "country"})
    text = "who's force,where,what,on,how many,proof,grade\n"
    text += 'USA,Niger,tank,6 September 2023,"1,500",https://x.example/1,B2\n'
    text += "United States,Tchad,howitzer,2023-10,~20,https://x.example/2,C3\n"
    found = sketched(text, db)
    claim = tomllib.loads(found)["claim"]
    assert {name: value["column"] for name, value in claim.items() if isinstance(value, dict)} == {
        "actor": "who's force",
        "location": "where",
        "asset_type": "what",
        "date": "on",
        "quantity": "how many",
        "url": "proof",
        "grade": "grade",
    }
    assert '50% of its words name a row of the catalogue or a country (asset type); not known: "howitzer"' in found
    assert tomllib.loads(found)["create"] == ["location", "deployment", "asset"], "Chad is not in the catalogue"


def test_a_sketch_whose_questions_have_answers_is_a_mapping(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(sketched("country,month,tanks,drones\nNiger,2023-09,1,2\nMali,2023-10,3,-\n", db), encoding="utf-8")
    with pytest.raises(MappingMistake, match="whose forces, and where"):
        read_mapping(path)
    answered = path.read_text(encoding="utf-8").replace('# ? whose forces? actor = "..."', 'actor = "usa" #')
    path.write_text(answered, encoding="utf-8")
    mapping = read_mapping(path).mapping
    assert mapping.claim.date is not None and mapping.claim.date.column == "month"
    assert mapping.missing[-1] == "-"


def test_wide_tables_name_what_each_column_stands_for_where_the_catalogue_tells(db: Database) -> None:
    text = "country,date,drones,mortars,row id\nNiger,2023-09,1,2,77\nMali,2023-10,3,4,78\n"
    assert read(text, db)["wide"] == {"means": "asset_type", "columns": {"drones": "drone"}}
    assert '# "mortars" = "..."' in sketched(text, db)
    services = sketched("country,date,army_ad,navy_ad\nNiger,2023-09,1,2\n", db)
    assert '# means = "actor"' in services and "wide" not in tomllib.loads(services)


def test_words_for_nothing_reported_are_found_and_none_is_asked_about() -> None:
    text = sketched("country,date,count\nNiger,2023-09,-\nMali,2023-10,none\nChad,2023-11,n.d.\n")
    assert tomllib.loads(text)["missing"][-2:] == ["-", "n.d."]
    assert '# "none" stands in "count" and reads as zero' in text


def test_a_word_or_two_among_figures_mean_that_nothing_is_reported() -> None:
    text = "Datum;Land;Anzahl\n01.04.2022;Niger;5\n02.04.2022;Niger;7\n03.04.2022;Niger;k.A.\n"
    guessed = read(text)
    assert "k.A." in guessed["missing"]
    assert guessed["claim"]["quantity"] == {"column": "Anzahl"}
    assert "quantity" not in read("date,note\n2023-09-06,five\n2023-09-07,k.A.\n2023-09-08,k.A.\n")["claim"]


def test_a_column_called_date_is_one_and_its_slips_are_named() -> None:
    text = sketched("date,n\n2022-03-01,4\n2022-03-02,5\n2022-13-05,6\n")
    assert tomllib.loads(text)["claim"]["date"] == {"column": "date"}
    assert 'not read as dates, and refused: "2022-13-05"' in text
    assert "date" not in read("thing,n\n2022-03-01,4\n2022-03-02,5\n2022-13-05,6\n")["claim"]


def test_running_totals_are_told_by_their_rising() -> None:
    days = "".join(f"2023-09-{day:02d},{total}\n" for day, total in enumerate([1, 4, 9, 9, 20, 33, 50, 51], 1))
    found = read("date,tanks lost\n" + days)
    assert found["claim"]["quantity"] == {"column": "tanks lost", "cumulative": True}
    assert (found["claim"]["kind"], found["claim"]["reason"]) == ("decrease", "loss")
    frame = pl.DataFrame({"who": ["a", "b"] * 4, "n": ["1", "90", "2", "95", "3", "99", "4", "120"]})
    assert rises(frame, "n", ["who"]) == (6, 0, 0) and rises(frame, "n", [])[2] == 3
    assert is_running_total(6, 0, 0) and not is_running_total(3, 0, 3) and not is_running_total(0, 9, 0)


def test_losses_of_which_some_are_taken_back_are_differences() -> None:
    found = read("date,lost tanks\n2022-03-01,4\n2022-03-02,-1\n2022-03-03,6\n")
    assert found["claim"]["quantity"] == {"column": "lost tanks", "signed": True}
    assert (found["claim"]["kind"], found["claim"]["reason"]) == ("decrease", "loss")


def test_dots_between_thousands_are_told_by_their_figures() -> None:
    found = read("country;strength\nNiger;1.500\nChad;1.000\nMali;350\n")
    assert found["claim"]["quantity"] == {"column": "strength", "thousands": "."}
    assert "thousands" not in sketched("country;share\nNiger;0.250\nChad;1.000\nMali;350\n").split("[claim]")[1]
    days = "".join(
        f"2023-09-{day:02d};{total}\n"
        for day, total in enumerate(["800", "900", "1.000", "1.100", "1.250", "1.300", "2.000"], 1)
    )
    assert read("date;tanks lost\n" + days)["claim"]["quantity"] == {
        "column": "tanks lost",
        "cumulative": True,
        "thousands": ".",
    }


def test_figures_with_a_footnote_among_them_are_figures_and_the_footnote_is_named() -> None:
    text = sketched("country;tanks\nNiger;10\nChad;1,200*\nMali;350\n")
    assert tomllib.loads(text)["claim"]["quantity"] == {"column": "tanks"}
    assert 'not read as quantities, and refused: "1,200*"' in text
    assert "quantity" not in read("country;tank\nNiger;T-72B3\nChad;T-62\nMali;5\n")["claim"]


def test_a_number_in_turn_places_a_row_and_any_other_is_a_figure() -> None:
    assert "quantity" not in read("number,country\n1,Niger\n2,Chad\n3,Mali\n")["claim"]
    assert read("number,country\n10,Niger\n20,Chad\n15,Mali\n")["claim"]["quantity"] == {"column": "number"}


def test_a_word_that_is_not_known_is_asked_about_in_toml() -> None:
    text = sketched('system,when\n"2S19 ""Msta-S""",2023-09-06\nBMP-2(K),2023-09-07\n')
    asked = next(line for line in text.split("\n") if "what they mean: " in line)
    said = asked.partition("what they mean: ")[2].removesuffix(", or add them to create")
    assert tomllib.loads(said) == {"lookup": {'2S19 "Msta-S"': "..."}}


def test_running_totals_of_a_wide_table_come_with_what_to_say_of_them() -> None:
    days = "".join(f"2023-09-{day:02d},{day * 3},{day * 5}\n" for day in range(1, 9))
    text = sketched("date,tanks,ships\n" + days)
    assert text.count("quantity = { cumulative = true }") == 2


def test_days_that_may_be_months_are_asked_about() -> None:
    asked = 'format = "%Y-%m-01" says so'
    assert asked in sketched("date,n\n2023-06-01,4\n2023-07-01,5\n")
    assert asked not in sketched("date,n\n2023-06-01,4\n2023-07-02,5\n")


def test_a_title_above_the_names_of_the_columns_is_suspected() -> None:
    assert "Does a title stand above" in sketched("Forces abroad,,\nCountry,Tanks,Ships\nNiger,5,6\n")
    assert "Does a title stand above" in sketched("Forces abroad\nCountry,Tanks\nNiger,5\n", delimiter=",")
    assert "Does a title stand above" not in sketched("Country,Tanks,\nNiger,5,\n")


def test_what_is_odd_about_the_file_is_said() -> None:
    text = sketched("date;n;n;\n2023-09;1;2;\n2023-10;1\n")
    assert "# Its fields are parted by ';'." in text
    assert "# 1 records among them cannot be rows; an import names each. The first:\n# line 3: " in text
    assert '# column 2 shares the name "n" with another; it is called "n (column 2)"' in text


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5))
def test_whatever_a_file_holds_its_sketch_is_toml(rows: list[list[str]]) -> None:
    import csv

    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    text = sketched(out.getvalue(), format="csv", delimiter=",")
    assert "claim" in tomllib.loads(text)
    assert all(line.isprintable() for line in text.split("\n"))
