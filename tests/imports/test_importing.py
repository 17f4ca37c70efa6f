"""Files are imported by a mapping: what is taken, what is not and why, and what a second time adds."""

from __future__ import annotations

import csv
import io
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posture.domain.quantity import read_quantity
from posture.errors import Refused
from posture.imports.field_readers import PLAIN_FIGURE
from posture.imports.importing import import_file
from posture.imports.mapping import MappingMistake, read_mapping, schema_text
from posture.imports.reading import open_table
from posture.imports.rejects import Rejects
from posture.ledger.claims import undo
from posture.ledger.entry import Writing
from posture.ledger.verify import verify

if TYPE_CHECKING:
    from posture.imports.importing import Outcome
    from posture.store.connection import Database

FIXTURES = Path(__file__).parents[2] / "fixtures" / "imports"
LONG = """
create = true
[claim]
actor = { column = "who", new = { kind = "state" } }
location = { column = "where", new = { kind = "country" } }
asset_type = "personnel"
date = { column = "when" }
quantity = { column = "many" }
"""
HEAD = "who,where,when,many\n"


class Imports:
    """Imports texts by mappings, as files of a folder."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db, self._folder = db, folder
        self.rejected: list[dict[str, str]] = []
        """The rows that the last import did not take, where it was told to go on without them."""

    def __call__(
        self,
        text: str,
        mapping: str = LONG,
        *,
        name: str = "file.csv",
        rejecting: bool = False,
        dry_run: bool = False,
        update: bool = False,
        txid: str | None = None,
    ) -> Outcome:
        (self._folder / "map.toml").write_text(mapping, encoding="utf-8")
        (self._folder / name).write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        with open_table(self._folder / name, rejecting=rejecting) as table, closing(Rejects(table.columns)) as rejects:
            sheet = read_mapping(self._folder / "map.toml")
            outcome = import_file(
                self._db,
                Writing(dry_run=dry_run, txid=txid),
                sheet,
                table,
                rejects=rejects if rejecting else None,
                update=update,
            )
            self.rejected = list(csv.DictReader(io.StringIO("\n".join(rejects.lines()), newline="")))
            return outcome


@pytest.fixture
def imports(db: Database, tmp_path: Path) -> Imports:
    return Imports(db, tmp_path)


def claims(db: Database) -> list[tuple[Any, ...]]:
    """Return line, kind, quantity and day of every claim that stands, in the order of recording."""
    return [
        tuple(row)
        for row in db.tuples(
            "select d.code, t.code, c.kind, c.quantity_best, c.effective_edtf from status_change c"
            " join deployment d on d.id = c.deployment_id left join asset t on t.id = c.asset_id"
            " where not exists (select 1 from retraction r where r.status_change_id = c.id) order by c.id"
        )
    ]


def entries(db: Database) -> int:
    return int(db.value("select count(*) from ledger_entry"))


def verified(db: Database) -> None:
    assert verify(db) == []


def test_each_numeric_cell_of_a_wide_table_is_a_count_at_its_report_s_month(db: Database, imports: Imports) -> None:
    text = (FIXTURES / "troops.csv").read_text(encoding="utf-8")
    outcome = imports(text, (FIXTURES / "troops.toml").read_text(encoding="utf-8"), name="troops.csv", rejecting=True)
    services = {"us-forces": "troops_ad", "us-army": "army_ad", "us-navy": "navy_ad", "us-marines": "marine_corps_ad"}
    services |= {"us-air-force": "air_force_ad", "us-coast-guard": "coast_guard_ad", "us-space-force": "space_force_ad"}
    months = {"September 2023": "2023-09", "December 2023": "2023-12"}
    expected = {
        (
            f"{actor}-{row['iso3c'].lower() if row['iso3c'] != 'NA' else 'afloat'}",
            int(row[column]),
            months[row["source"]],
        )
        for row in list(csv.DictReader(io.StringIO(text)))[:6]
        for actor, column in services.items()
        if row[column] != "NA"
    }
    assert {(line, many, when) for line, _, _, many, when in claims(db)} == expected
    assert (outcome.read, outcome.accepted, outcome.left_out, outcome.recorded) == (7, 6, 1, len(expected))
    sources = db.tuples(
        "select distinct s.code, c.effective_edtf from status_change c join source s on s.id = c.source_id"
    )
    assert set(sources) == {("troops-september-2023", "2023-09"), ("troops-december-2023", "2023-12")}
    assert db.value("select count(*) from containment") > 0, "the services lie within the whole force"


def test_what_is_missing_is_not_zero(db: Database, imports: Imports) -> None:
    outcome = imports(HEAD + "fra,ner,2023-09-05,NA\nfra,tcd,2023-09-05,0\nfra,mli,2023-09-05,\n")
    assert claims(db) == [("fra-tcd", "personnel", "count", 0, "2023-09-05")]
    assert (outcome.accepted, outcome.rejected, outcome.silent) == (3, 0, 2)


def test_nothing_is_written_where_a_row_is_refused(db: Database, imports: Imports) -> None:
    with pytest.raises(Refused, match=r'file\.csv:3: column "when".*1 of 2 rows'):
        imports(HEAD + "fra,ner,2023-09-05,5\nfra,tcd,03/04/2023,6\n")
    assert entries(db) == 0
    assert db.value("select count(*) from actor") == 0


def test_a_date_that_could_be_two_dates_is_refused_with_both(imports: Imports) -> None:
    imports(HEAD + "fra,tcd,03/04/2023,6\n", rejecting=True)
    assert "2023-04-03 or 2023-03-04" in imports.rejected[0]["reason"]


def test_a_format_says_which_of_two_dates_is_meant(db: Database, imports: Imports) -> None:
    mapping = LONG.replace('{ column = "when" }', '{ column = "when", format = "%d/%m/%Y" }')
    imports(HEAD + "fra,tcd,03/04/2023,6\n", mapping)
    assert claims(db)[0][-1] == "2023-04-03"


DOTTED = LONG.replace('{ column = "many" }', '{ column = "many", thousands = "." }')


def test_dots_between_thousands_are_read_where_the_mapping_says_so(db: Database, imports: Imports) -> None:
    text = (
        HEAD
        + 'fra,ner,2023-09-05,1.500\nfra,tcd,2023-09-05,about 1.000\nfra,mli,2023-09-05,"1.234.000,00"\nfra,bfa,2023-09-05,1.500..2.500\n'
    )
    assert imports(text, DOTTED).recorded == 4
    assert [many for *_, many, _ in claims(db)] == [1500, 1000, 1234000, None]


@pytest.mark.parametrize("many", ["1.500", "1.000", "about 1.000", "1.500..2.000"])
def test_a_dot_that_could_begin_decimals_is_refused_with_the_way_to_say_so(
    db: Database, imports: Imports, many: str
) -> None:
    outcome = imports(HEAD + f"fra,ner,2023-09-05,{many}\nfra,tcd,2023-09-05,1500.0\n", rejecting=True)
    assert outcome.refused == 1 and [count for *_, count, _ in claims(db)] == [1500]
    assert 'quantity = { ..., thousands = "." }' in imports.rejected[0]["reason"]


def test_only_a_quantity_has_thousands(imports: Imports) -> None:
    with pytest.raises(MappingMistake, match=r"map\.toml:[0-9]+: only a quantity can have thousands"):
        imports(HEAD, LONG.replace('{ column = "when" }', '{ column = "when", thousands = "." }'))


SIGNED = LONG.replace('{ column = "many" }', '{ column = "many", signed = true }').replace(
    "[claim]", '[claim]\nkind = "decrease"'
)


def test_differences_below_zero_take_back_what_was_reported_before(db: Database, imports: Imports) -> None:
    imports(
        HEAD + "fra,ner,2023-09-05,80\nfra,ner,2023-09-06,-3\nfra,ner,2023-09-07,0\nfra,ner,2023-09-08,\u22121\n",
        SIGNED,
    )
    assert [claim[2:4] for claim in claims(db)] == [
        ("decrease", 80),
        ("increase", 3),
        ("increase", 1),
    ]
    notes = db.tuples("select reason, note from status_change order by id")
    assert notes[0] == (None, None)
    assert notes[1] == ("other", "the file says -3: it takes back what was reported before")


def test_a_figure_below_zero_is_refused_where_nobody_says_what_it_means(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,2023-09-06,-3\n", rejecting=True)
    assert "signed = true" in imports.rejected[0]["reason"]
    imports(HEAD + "fra,ner,2023-09-06,-3\n", SIGNED.replace('"decrease"', '"count"'), rejecting=True)
    assert "only a flow can be below zero" in imports.rejected[0]["reason"]
    with pytest.raises(MappingMistake, match="exclude each other"):
        imports(HEAD, SIGNED.replace("signed = true", "signed = true, cumulative = true"))
    assert entries(db) == 0


def test_a_date_that_could_be_two_names_the_formats_to_choose_from(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,tcd,03.04.2023,6\n", rejecting=True)
    (row,) = imports.rejected
    assert (row["column"], row["value"]) == ("when", "03.04.2023")
    assert row["reason"].endswith('how its dates are written: format = "%d.%m.%Y" or format = "%m.%d.%Y"')
    imports(HEAD + "fra,tcd,13.13.2023,6\n", rejecting=True)
    assert "format =" not in imports.rejected[0]["reason"], "neither would read it"


PLACED = """
create = ["location", "deployment", "asset", "asset_type"]
[claim]
actor = { column = "who" }
location = { column = "where" }
asset_type = { column = "what" }
date = "2023-09-05"
quantity = { column = "many" }
[[catalogue.actor]]
code = "fra"
name = "France"
kind = "state"
"""


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ("fra,Total,personnel,5", "where", "Total", 'no location "total"'),
        ("fra,Gemany,personnel,5", "where", "Gemany", "did you mean deu?"),
        ("fra,Congo,personnel,5", "where", "Congo", '"Congo" fits more than one location: say "cod" or "cog"'),
        ("deu,ner,personnel,5", "who", "deu", 'no actor "deu"'),
        (",ner,personnel,5", "who", "", "the actor is missing"),
        ("fra,ner,,5", "what", "", "what is counted?"),
        ("fra,ner,personnel,30 %", "many", "30 %", "it is a share, and a count is a number"),
        ("fra,ner,personnel,1.500.5", "many", "1.500.5", "cannot read the quantity"),
        ("fra,ner,personnel,n.a.", "many", "n.a.", "add it to missing in the mapping"),
        ('fra,ner,personnel,"1,200*"', "many", "1,200*", "a mark of a footnote"),
        ("fra,ner,personnel,1200 (est.)", "many", "1200 (est.)", "a mark of a footnote"),
        ('fra,ner,personnel,"120\n300"', "many", "120\n300", "stands on two lines"),
        ("fra,ner,personnel,1\0005", "many", r"1\x005", "a NUL character"),
    ],
)
def test_a_refused_row_names_its_column_and_value(
    db: Database, imports: Imports, row: str, column: str, value: str, reason: str
) -> None:
    imports(f"who,where,what,many\n{row}\n", PLACED, rejecting=True)
    (told,) = imports.rejected
    assert (told["line"], told["column"], told["value"]) == ("2", column, value)
    assert reason in told["reason"]
    assert claims(db) == []


def test_a_refused_word_that_was_looked_up_is_told_as_it_stands_in_the_file(imports: Imports) -> None:
    mapping = PLACED.replace('{ column = "what" }', '{ column = "what", lookup = { BMP-2 = "carrier" } }')
    mapping = mapping.replace(', "asset_type"]', "]")
    imports("who,where,what,many\nfra,ner,BMP-2,5\n", mapping, rejecting=True)
    (told,) = imports.rejected
    assert (told["column"], told["value"]) == ("what", "BMP-2")
    assert 'no asset type "carrier"' in told["reason"]


def test_saints_and_ampersands_are_countries_as_tables_write_them(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,St. Lucia,2023-09-05,6\nfra,Bosnia & Herzegovina,2023-09-05,7\n")
    assert [claim[0] for claim in claims(db)] == ["fra-lca", "fra-bih"]


def test_a_name_of_several_countries_is_what_the_mapping_says_of_it(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,Virgin Islands,2023-09-05,6\n")
    assert [claim[0] for claim in claims(db)] == ["fra-virgin-islands"]


def test_a_day_of_a_date_cell_is_read_beside_words_in_a_format(db: Database, imports: Imports) -> None:
    mapping = LONG.replace('{ column = "when" }', '{ column = "when", format = "%d/%m/%Y" }')
    imports(HEAD + "fra,ner,03/04/2023,5\nfra,tcd,2023-04-05,6\nfra,mli,2023-13-05,7\n", mapping, rejecting=True)
    assert [claim[-1] for claim in claims(db)] == ["2023-04-03", "2023-04-05"]
    assert [row["when"] for row in imports.rejected] == ["2023-13-05"]


@pytest.mark.parametrize("pattern", ["%Y-%m-01", "%b %Y"])
def test_a_month_that_a_spreadsheet_keeps_as_a_day_is_a_month_where_the_mapping_says_so(
    db: Database, imports: Imports, pattern: str
) -> None:
    mapping = LONG.replace('{ column = "when" }', f'{{ column = "when", format = "{pattern}" }}')
    imports(HEAD + "fra,ner,2023-06-01,5\nfra,ner,2023-06-02,6\n", mapping, rejecting=True)
    assert [claim[-1] for claim in claims(db)] == ["2023-06"]
    assert [row["when"] for row in imports.rejected] == ["2023-06-02"], "nobody says what month a day stands for"


def test_a_time_without_a_zone_is_refused_with_the_format_that_takes_its_day(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,2023-09-07T13:00:00,5\n", rejecting=True)
    said = re.search('format = "([^"]+)"', imports.rejected[0]["reason"])
    assert said is not None
    imports(HEAD + "fra,ner,2023-09-07T13:00:00,5\n", LONG.replace('"when"', f'"when", format = "{said[1]}"'))
    assert [claim[-1] for claim in claims(db)] == ["2023-09-07"]


def test_what_acts_on_a_terminal_is_written_out_among_the_rejects(imports: Imports) -> None:
    imports(HEAD + "fra,\x1b[31mNiger\x9b0m\tand,2023-02-30,5\n", rejecting=True)
    assert imports.rejected[0]["where"] == r"\x1b[31mNiger\x9b0m" + "\tand"


def test_a_line_end_within_a_rejected_field_stays_what_it_is(imports: Imports) -> None:
    imports(HEAD + 'fra,"a\rb\r\nc",2023-02-30,5\n', rejecting=True)
    assert imports.rejected[0]["where"] == "a\rb\r\nc"


def test_bytes_that_do_not_decode_are_written_out_among_the_rejects(db: Database, imports: Imports) -> None:
    outcome = imports(
        HEAD + "Cote\udcf4,Niger,2023-09-06,5\nFrance,Niger,2023-09-06,\U0001f600\nFrance,Niger,2023-09-06,7\n",
        rejecting=True,
    )
    assert (outcome.accepted, outcome.refused) == (1, 2)
    assert [row["who"] for row in imports.rejected] == [r"Cote\xf4", "France"]
    assert imports.rejected[1]["many"] == "\U0001f600"


def test_rejects_hold_the_row_and_its_own_place(db: Database, imports: Imports) -> None:
    outcome = imports(
        HEAD + 'fra,ner,2023-09-05,5\n"x\ny",nowhere at all,2023-09-05,6\nfra,tcd,2023-02-30,7\n', rejecting=True
    )
    assert outcome.read == 3
    assert [row["line"] for row in imports.rejected] == ["5"]
    assert imports.rejected[0]["many"] == "7"
    assert len(claims(db)) == outcome.accepted == 2


def test_rows_that_only_refused_rows_would_need_are_not_made(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,2023-09-05,5\ndeu,mli,2023-09-05,a few\n", rejecting=True)
    assert [row[0] for row in db.tuples("select code from actor")] == ["fra"]
    assert [row[0] for row in db.tuples("select code from location")] == ["ner"]


def test_nothing_is_made_that_the_mapping_does_not_allow(db: Database, imports: Imports) -> None:
    with pytest.raises(Refused, match='no actor "fra"'):
        imports(
            HEAD + "fra,ner,2023-09-05,5\n",
            LONG.replace("create = true", 'create = ["location", "deployment", "asset"]'),
        )
    assert entries(db) == 0


def test_the_same_file_again_adds_nothing_and_a_longer_one_what_is_new(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,2023-09-05,5\n")
    assert imports(HEAD + "fra,ner,2023-09-05,5\n").recorded == 0
    assert entries(db) == 1
    outcome = imports(HEAD + "fra,ner,2023-09-05,5\nfra,ner,2023-10-05,4\n")
    assert (outcome.recorded, outcome.same) == (1, 1)
    assert entries(db) == 2
    verified(db)


def test_a_row_that_changed_is_a_correction_only_with_update(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,2023-09-05,5\n")
    outcome = imports(HEAD + "fra,ner,2023-09-05,6\n")
    assert (outcome.recorded, outcome.changed) == (0, 1)
    outcome = imports(HEAD + "fra,ner,2023-09-05,6\n", update=True)
    assert (outcome.recorded, outcome.corrected) == (1, 1)
    assert [row[3] for row in claims(db)] == [6]
    assert db.value("select replacement_id from retraction") == db.value("select max(id) from status_change")
    assert imports(HEAD + "fra,ner,2023-09-05,6\n", update=True).recorded == 0
    verified(db)


def test_undo_takes_a_whole_import_back_and_it_can_be_imported_again(db: Database, imports: Imports) -> None:
    outcome = imports(HEAD + "fra,ner,2023-09-05,5\nfra,tcd,2023-09-05,6\n")
    assert outcome.written is not None
    undo(db, outcome.written.seq or 0)
    assert claims(db) == []
    assert imports(HEAD + "fra,ner,2023-09-05,5\nfra,tcd,2023-09-05,6\n").recorded == 2


DOUBLE = HEAD + "fra,ner,2023-09-05,5\nfra,tcd,2023-09-05,7\nfra,ner,2023-09-05,6\n"


def test_rows_about_the_same_are_refused_by_default(db: Database, imports: Imports) -> None:
    outcome = imports(DOUBLE, rejecting=True)
    assert [(row["line"], row["many"]) for row in imports.rejected] == [("2", "5"), ("4", "6")]
    assert (outcome.read, outcome.accepted, outcome.refused) == (3, 1, 2)
    assert [row[3] for row in claims(db)] == [7]


@pytest.mark.parametrize(("rule", "kept"), [("first", [5, 7]), ("last", [7, 6]), ("keep", [5, 7, 6])])
def test_rows_about_the_same_are_treated_as_the_mapping_says(
    db: Database, imports: Imports, rule: str, kept: list[int]
) -> None:
    mapping = f'duplicates = "{rule}"\n{LONG}'
    outcome = imports(DOUBLE, mapping)
    assert [row[3] for row in claims(db)] == kept
    assert outcome.accepted + outcome.left_out == outcome.read == 3
    assert imports(DOUBLE, mapping).recorded == 0


def test_rows_about_the_same_are_known_by_what_their_words_mean(db: Database, imports: Imports) -> None:
    rows = "fra,Ivory Coast,June 2023,5\nfra,Côte d'Ivoire,2023-06,6\nfra,tcd,2023-06,7\n"
    imports(HEAD + rows, rejecting=True)
    assert [(row["line"], row["reason"].partition(";")[0]) for row in imports.rejected] == [
        ("2", "says of the same as line 3"),
        ("3", "says of the same as line 2"),
    ]
    assert [claim[0] for claim in claims(db)] == ["fra-tcd"]
    imports(HEAD + rows, 'duplicates = "last"\n' + LONG, name="other.csv", rejecting=True)
    assert [row["line"] for row in imports.rejected] == ["2"]


TWO_COLUMNS = """
create = true
[claim]
kind = "{kind}"
actor = {{ value = "rus", new = {{ kind = "state" }} }}
location = "ukr"
date = {{ column = "date" }}
[wide]
means = "asset_type"
columns = {{ "main tanks" = "tank", "light tanks" = "tank" }}
"""


def test_two_columns_that_count_the_same_are_refused_lest_one_hide_the_other(db: Database, imports: Imports) -> None:
    text = "date,main tanks,light tanks\n2024-03-01,100,20\n2024-03-02,,21\n2024-03-03,90,\n"
    for rule in ("refuse", "first", "last"):
        mapping = f'duplicates = "{rule}"\n' + TWO_COLUMNS.format(kind="count")
        outcome = imports(text, mapping, name=f"{rule}.csv", rejecting=True)
        assert (outcome.read, outcome.accepted, outcome.refused, outcome.left_out) == (3, 2, 1, 0)
        assert "two of its columns say of the same" in imports.rejected[0]["reason"]
    imports(text, TWO_COLUMNS.format(kind="decrease"), name="flows.csv")
    assert [many for *_, kind, many, _ in claims(db) if kind == "decrease"] == [100, 20, 21, 90]


@pytest.mark.parametrize(("rule", "left"), [("first", ["3"]), ("last", ["3"])])
def test_a_row_that_is_left_out_stands_for_no_other(db: Database, imports: Imports, rule: str, left: list[str]) -> None:
    mapping = f'duplicates = "{rule}"\n' + TWO_COLUMNS.format(kind="count").replace(
        '"light tanks" = "tank"', 'ships = "ship"'
    )
    first, other = ("1,", ",9") if rule == "first" else (",9", "1,")
    imports(f"date,main tanks,ships\n2024-03-01,{first}\n2024-03-01,2,8\n2024-03-01,{other}\n", mapping, rejecting=True)
    assert [row["line"] for row in imports.rejected] == left
    assert sorted(many for *_, many, _ in claims(db)) == [1, 9]


def test_a_count_since_a_day_does_not_speak_of_the_day_it_was_said(db: Database, imports: Imports) -> None:
    text = HEAD + "fra,ner,since 2020,5\nfra,ner,2024-01-10,6\n"
    assert imports(text, LONG + 'stated_on = "2024-01-10"\n').recorded == 3


def test_rows_alike_in_all_are_each_recorded_where_they_are_kept(db: Database, imports: Imports) -> None:
    mapping = 'duplicates = "keep"\n' + LONG
    twice = HEAD + 2 * "fra,ner,2023-09-05,5\n"
    assert imports(twice, mapping).recorded == 2
    assert imports(twice, mapping).recorded == 0
    assert imports(twice + "fra,ner,2023-09-05,5\n", mapping).recorded == 1


def test_running_totals_are_recorded_as_their_differences(db: Database, imports: Imports) -> None:
    text, mapping = ((FIXTURES / f"daily.{kind}").read_text(encoding="utf-8") for kind in ("csv", "toml"))
    mapping = mapping.replace('"ukr"', '{ value = "ukr" }')
    imports(text, mapping, name="daily.csv")
    artillery = [(kind, many, when) for _, line, kind, many, when in claims(db) if line == "artillery"]
    assert artillery == [
        ("decrease", 10100, "[2022-02-24..2024-03-01]"),
        ("decrease", 20, "2024-03-02"),
        ("increase", 5, "2024-03-03"),
        ("decrease", 35, "[2024-03-04..2024-03-05]"),
    ]
    notes = [note for (note,) in db.tuples("select note from status_change where note is not null")]
    assert notes == ["the running total was corrected from 10120 to 10115"]
    assert sum(many if kind == "decrease" else -many for kind, many, _ in artillery) == 10150


def test_a_corrected_total_changes_the_flows_on_both_sides(db: Database, imports: Imports) -> None:
    text, mapping = ((FIXTURES / f"daily.{kind}").read_text(encoding="utf-8") for kind in ("csv", "toml"))
    imports(text, mapping, name="daily.csv")
    outcome = imports(text.replace("414020", "414000"), mapping, name="daily.csv", update=True)
    assert outcome.corrected == 2
    people = [many for _, line, _, many, _ in claims(db) if line == "personnel"]
    assert sorted(people) == [1000, 1000, 2500, 413000]


def test_a_total_that_goes_back_in_time_is_refused(imports: Imports) -> None:
    mapping = (FIXTURES / "daily.toml").read_text(encoding="utf-8")
    imports("date,tanks,artillery,personnel\n2024-03-02,2,2,2\n2024-03-01,1,1,1\n", mapping, rejecting=True)
    assert "sort the file" in imports.rejected[0]["reason"]


def test_one_source_is_made_for_each_link(db: Database, imports: Imports) -> None:
    mapping = LONG + 'url = { column = "proof" }\nkind = "decrease"\nreason = "loss"\n'
    imports(
        "who,where,when,many,proof\nrus,ukr,2024-03-05,1,https://example.org/1\n"
        "rus,ukr,2024-03-05,1,https://example.org/2\nrus,ukr,2024-03-06,1,https://example.org/1\n",
        mapping,
    )
    assert sorted(url for (url,) in db.tuples("select url from source")) == [
        "https://example.org/1",
        "https://example.org/2",
    ]
    assert len(claims(db)) == 3


def test_losses_are_one_flow_an_item_each_with_its_proof(db: Database, imports: Imports, tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "systems.csv", tmp_path)
    text, mapping = ((FIXTURES / f"losses.{kind}").read_text(encoding="utf-8") for kind in ("csv", "toml"))
    outcome = imports(text, mapping, name="losses.csv", rejecting=True)
    assert (outcome.read, outcome.accepted, outcome.recorded) == (5, 4, 4)
    assert [(row["line"], row["column"], row["id"]) for row in imports.rejected] == [("6", "date", "5")]
    found = db.tuples(
        "select t.code, c.kind, c.reason, c.quantity_best, c.effective_edtf, c.locator, s.url, s.attribution, c.credibility"
        " from status_change c join asset t on t.id = c.asset_id join source s on s.id = c.source_id order by c.id"
    )
    proof, rest = "https://example.org/proof/", ("imagery", "2")
    assert found == [
        ("tank", "decrease", "loss", 1, "2024-03-05", 'Avdiivka, near the "Coke" plant', f"{proof}1", *rest),
        ("tank", "decrease", "loss", 1, "2024-03-05", "Avdiivka", f"{proof}2", *rest),
        ("armoured-vehicle", "decrease", "capture", 1, "2024-03-17", "Robotyne", f"{proof}3", *rest),
        ("helicopter", "decrease", "loss", 1, "2024-03-21", None, f"{proof}4", *rest),
    ]
    longer = imports(text + "6,Mi-8,destroyed,22/03/2024,Robotyne,https://example.org/proof/4\n", mapping, name="losses.csv", rejecting=True)  # fmt: skip
    assert (longer.same, longer.recorded, longer.made) == (4, 1, []), "a source that has the link is there already"
    verified(db)


def test_an_import_that_comes_a_second_time_under_its_txid_is_not_recorded_again(
    db: Database, imports: Imports
) -> None:
    first = imports(HEAD + "fra,ner,2023-09-05,1500\n", txid="once")
    again = imports(HEAD + "fra,ner,2023-09-05,1500\nfra,ner,2023-10-05,1400\n", txid="once")
    assert first.written and again.written
    assert (again.written.seq, again.written.repeated, again.recorded) == (first.written.seq, True, 0)
    assert (len(claims(db)), entries(db)) == (1, 1)
    with pytest.raises(Refused, match="txid once is that of entry #1"):
        imports(HEAD + "fra,tcd,2023-09-05,900\n", name="other.csv", txid="once")
    verified(db)


def test_the_progress_goes_as_far_as_it_says(db: Database, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(LONG, encoding="utf-8")
    (tmp_path / "file.csv").write_text(HEAD + "fra,ner,2023-09-05,1500\nfra,tcd,2023-09-05,900\n", encoding="utf-8")
    told: list[tuple[str, int, int | None]] = []
    with open_table(tmp_path / "file.csv") as table:
        import_file(db, Writing(), read_mapping(tmp_path / "map.toml"), table, progress=lambda *how: told.append(how))
    size = (tmp_path / "file.csv").stat().st_size
    assert told == [("reading", size, size), ("recording", 0, 2), ("recording", 2, 2)]


def test_a_dry_run_writes_nothing_and_shows_what_it_would(db: Database, imports: Imports) -> None:
    outcome = imports(HEAD + "fra,ner,2023-09-05,5\n", dry_run=True)
    assert outcome.recorded == 1
    assert ("location", "ner") in outcome.made
    assert outcome.first[0]["line"] == "fra-ner/personnel"
    assert entries(db) == 0
    assert db.value("select count(*) from location") == 0


def test_bases_become_locations_once(db: Database, imports: Imports) -> None:
    text, mapping = ((FIXTURES / f"bases.{kind}").read_text(encoding="utf-8") for kind in ("csv", "toml"))
    outcome = imports(text, mapping, name="bases.csv", rejecting=True)
    assert (outcome.read, outcome.accepted, outcome.rejected) == (4, 3, 1)
    assert imports.rejected[0]["column"] == "Lat"
    found = db.tuples(
        "select l.name, p.code, l.icao_code from location l join location p on p.id = l.parent_id order by l.id"
    )
    assert found == [
        ("Ramstein Air Base", "deu", "ETAR"),
        ("Aviano", "ita", "LIPA"),
        ("Camp Humphreys, Pyeongtaek", "kor", None),
    ]
    again = imports(text, mapping, name="bases.csv", rejecting=True)
    assert (again.same, again.written) == (3, None)


def test_a_refused_row_of_the_catalogue_names_its_column_and_value(imports: Imports) -> None:
    mapping = (FIXTURES / "bases.toml").read_text(encoding="utf-8")
    head = "Base,Country,Lat,Lon,ICAO,Type\n"
    imports(head + "Niamey,Niger,13,2,,base\nNiamey,Niger,14,2,,base\n,Niger,1,2,,base\n", mapping, rejecting=True)
    told = [(row["line"], row["column"], row["value"], row["reason"]) for row in imports.rejected]
    assert told == [
        ("3", "Base", "Niamey", "location niamey stands twice in the file; a code tells them apart"),
        ("4", "Base", "", "nothing names it: a row needs a name, or a code"),
    ]


def test_a_count_since_a_day_is_two_claims(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,since 2020,5\n", LONG + 'stated_on = "2023-01-02"\n')
    assert [when for *_, when in claims(db)] == ["2020/..", "2023-01-02"]


def test_credibility_1_is_more_than_a_file_can_show(imports: Imports) -> None:
    with pytest.raises(Refused, match="credibility 1"):
        imports(HEAD + "fra,ner,2023-09-05,5\n", LONG + 'grade = "A1"\n')


def test_what_has_not_happened_is_refused_unless_it_is_a_plan(db: Database, imports: Imports) -> None:
    text = HEAD + "fra,ner,2150-01-01,5\n"
    with pytest.raises(Refused, match="in the future"):
        imports(text)
    assert imports(text, LONG + 'modality = "planned"\n').recorded == 1


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (LONG.replace("quantity", "quantety"), r'map\.toml:8: unknown key "quantety"; did you mean "quantity"'),
        (LONG.replace('"many"', '"maney"'), r'map\.toml:8: no column "maney" in file\.csv; did you mean "many"'),
        (LONG.replace("[claim]", "[claim"), r"map\.toml: not TOML"),
        (LONG + 'status = { colum = "x" }\n', r'map\.toml:9: unknown key "colum"; did you mean "column"'),
        (LONG + "wide = 1\n", r'map\.toml:9: unknown key "wide"'),
        (LONG + 'asset = { lookup = "none.csv", column = "who" }\n', r"map\.toml:9: cannot read none\.csv"),
        (LONG + '[[catalogue.actor]]\ncode = "xyz"\n', r'map\.toml:9: the new actor "xyz" needs a name'),
    ],
)
def test_an_error_of_the_mapping_names_its_line(imports: Imports, mapping: str, message: str) -> None:
    with pytest.raises(MappingMistake, match=message):
        imports(HEAD + "fra,ner,2023-09-05,5\n", mapping)


def test_a_lookup_that_does_not_resolve_names_row_and_value(imports: Imports) -> None:
    mapping = LONG.replace('"personnel"', '{ column = "what", lookup = { "T-72B3" = "tank" } }')
    imports("what,who,where,when,many\nT-72B3,rus,ukr,2024-03-05,1\nT-99,rus,ukr,2024-03-05,2\n", mapping.replace("create = true", 'create = ["actor", "location", "deployment", "asset"]'), rejecting=True)  # fmt: skip
    refused = imports.rejected[0]
    assert (refused["line"], refused["column"], refused["value"]) == ("3", "what", "T-99")


def test_plain_figures_are_read_as_the_reader_of_quantities_reads_them() -> None:
    import re

    for word in ("0", "7", "007", "123456789"):
        assert re.match(PLAIN_FIGURE, word)
        quantity = read_quantity(word)
        assert (quantity.form, quantity.low, quantity.best, quantity.high) == ("number", *3 * (int(word),))
    assert not re.match(PLAIN_FIGURE, "1500+")


def test_the_schema_of_mappings_is_the_one_in_the_docs() -> None:
    kept = Path(__file__).parents[2] / "docs" / "schema" / "import-mapping.json"
    assert kept.read_text(encoding="utf-8") == schema_text()


def test_every_fixture_is_read_by_its_mapping() -> None:
    for path in FIXTURES.glob("*.toml"):
        assert read_mapping(path).sha256
