"""Scenarios are read with care, seeded once, and replayed only into an empty database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posture import clock
from posture.domain import text_files
from posture.domain.text_files import line_of
from posture.errors import NotFound, Refused
from posture.imports import reference, scenario, seeding
from posture.imports.scenario import ScenarioMistake, UnknownScenario, list_scenarios, load_scenario, seed
from posture.imports.scenario_reading import published_at
from posture.ledger import catalogue, claims
from posture.ledger.entry import Writing
from posture.ledger.verify import verify

if TYPE_CHECKING:
    from posture.store.connection import Database

SMALL = """
title = "A small story"
about = "Two reports."
dates = "Noon UTC stands for a day."

[[actor]]
code = "fra"
name = "France"
kind = "state"

[[location]]
code = "ner"
name = "Niger"
kind = "country"

[[deployment]]
code = "fra-ner"
actor = "fra"
location = "ner"

[[asset]]
deployment = "fra-ner"
code = "drones"
asset_type = "drone"

[[entry]]
name = "first"
at = 2023-09-05
grade = "B2"

[entry.source]
code = "paper-1"
title = "A paper"
published_on = 2023-09-05
text_kind = "summary"
text = "Four drones are there. Most of them are to go."

[[entry.claim]]
line = "fra-ner/drones"
kind = "count"
quantity = 4
excerpt = "Four drones are there."

[[entry.claim]]
name = "most-go"
line = "fra-ner/drones"
kind = "decrease"
modality = "planned"
quantity = "most"
on = "[2023-09-05..]"
excerpt = "Most of them are to go."

[[entry]]
name = "second"
at = 2023-10-10T08:00:00Z
grade = "C3"

[entry.source]
code = "paper-2"
title = "Another paper"
published_on = 2023-10-10
text_kind = "summary"
text = "All drones are gone."

[[entry.claim]]
line = "fra-ner/drones"
kind = "decrease"
quantity = "all"
fulfils = ["most-go"]
excerpt = "All drones are gone."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, SMALL)
    return tmp_path


def write(folder: Path, text: str, name: str = "small") -> None:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "scenario.toml").write_text(text, encoding="utf-8")


def told_wrong(folder: Path, old: str, new: str) -> str:
    """Return what is said about the small story with one thing changed."""
    assert old in SMALL
    write(folder, SMALL.replace(old, new, 1))
    with pytest.raises(ScenarioMistake) as caught:
        load_scenario("small", folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def entries(db: Database) -> list[tuple[Any, ...]]:
    return db.tuples("select seq, txid, action, recorded_at, entry_hash from ledger_entry order by seq")


# --- the files ---------------------------------------------------------------------------------------------------


def test_the_scenarios_that_travel_with_the_program_are_found() -> None:
    assert {"niger-2023", "niger-2023-ledger"} <= set(list_scenarios())


@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_reads_well_and_has_a_readme(name: str) -> None:
    told = load_scenario(name)
    assert told.title and told.about and told.dates
    assert (text_files.fixtures_folder() / name / "README.md").is_file()


@pytest.mark.parametrize("name", list_scenarios())
def test_every_claim_and_event_of_a_scenario_quotes_its_source(name: str) -> None:
    for entry in load_scenario(name).entry:
        assert all(claim.excerpt for claim in entry.claim), entry.name
        assert all(event.excerpt for event in entry.event), entry.name
        if entry.source:
            assert entry.source.text_kind == "summary" and entry.source.text


def test_the_schema_in_the_documentation_is_the_one_that_files_are_read_by() -> None:
    kept = Path(__file__).parents[2] / "docs" / "schema" / "scenario.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == scenario.scenario_schema(), (
        "posture.imports.scenario.write_schema"
    )


def test_every_field_of_the_format_is_described() -> None:
    for name, record in scenario.scenario_schema()["$defs"].items():
        for field, described in record.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field}"


def test_an_unknown_scenario_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownScenario, match=r'no scenario "niger-2032"; did you mean "niger-2023"\?'):
        load_scenario("niger-2032")


def test_a_day_stands_for_its_noon_and_an_instant_for_itself() -> None:
    assert published_at("2023-09-05").isoformat() == "2023-09-05T12:00:00+00:00"
    assert published_at("2023-09-06T20:20:59+02:00").isoformat() == "2023-09-06T18:20:59+00:00"
    with pytest.raises(ValueError, match="offset"):
        published_at("2023-09-06T20:20:59")


# --- what can be wrong -------------------------------------------------------------------------------------------


def test_a_misspelt_field_is_named_with_its_line_and_the_field_that_was_meant(folder: Path) -> None:
    said = told_wrong(folder, 'quantity = "most"', 'quantitty = "most"')
    line = SMALL.splitlines().index('quantity = "most"') + 1
    assert (
        said
        == f'small/scenario.toml:{line}: entry 1 (first), claim 2 (most-go), quantitty: unknown field "quantitty"; did you mean "quantity"?'
    )


def test_a_missing_field_is_named_with_the_line_where_its_table_begins(folder: Path) -> None:
    said = told_wrong(folder, 'line = "fra-ner/drones"\nkind = "count"', 'kind = "count"')
    line = SMALL.splitlines().index("[[entry.claim]]") + 1
    assert said == f'small/scenario.toml:{line}: entry 1 (first), claim 1: "line" is missing'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "count"', 'kind = "cuont"', "kind: input should be 'count', 'increase'"),
        ("quantity = 4", 'quantity = "for"', 'cannot read the quantity "for"'),
        ('on = "[2023-09-05..]"', 'on = "2023-13-05"', 'cannot read the date "2023-13-05"'),
        ('grade = "C3"', 'grade = "G3"', 'cannot read the grade "G3"'),
        ('fulfils = ["most-go"]', 'fulfils = ["most-gone"]', 'no earlier claim "most-gone"; did you mean "most-go"?'),
        (
            'excerpt = "All drones are gone."',
            'excerpt = "No drones are left."',
            "does not occur in the text of paper-2",
        ),
        (
            'line = "fra-ner/drones"',
            'line = "fra-ner/drone"',
            'no line "fra-ner/drone"; did you mean "fra-ner/drones"?',
        ),
        ('asset_type = "drone"', 'asset_type = "dron"', 'no asset type "dron"; did you mean "drone"?'),
        ('location = "ner"', 'location = "nger"', 'no location "nger"; did you mean "ner"?'),
        ("at = 2023-10-10T08:00:00Z", "at = 2023-09-01", "entries stand in the order of publication"),
        ("at = 2023-10-10T08:00:00Z", "at = 2223-10-10", "2223-10-10 is in the future"),
        ("at = 2023-10-10T08:00:00Z", 'at = "in autumn"', 'at: cannot read "in autumn"'),
        ('name = "second"', 'name = "first"', 'a second entry "first"'),
        ('kind = "count"\nquantity = 4', 'kind = "count"\nquantity = 4\non = "since 2020"', "is two claims"),
        ("[[location]]", "[[location]", "not TOML"),
        (
            '[[entry.claim]]\nline = "fra-ner/drones"\nkind = "count"',
            '[[entry.claim]]\nline = "fra-ner/drones"\nkind = "status"',
            "needs a status",
        ),
        ('[[entry]]\nname = "second"', '[[entry]]\ninclude = "x"\nname = "second"', 'no entry "x"'),
        ('[[entry]]\nname = "second"', '[[entry]]\nknown_source = "paper-1"\nname = "second"', "exclude each other"),
        (
            '[[entry]]\nname = "second"',
            '[[entry]]\nrepeats = { "paper-2" = "paper-9" }\nname = "second"',
            'no source "paper-9"',
        ),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(folder: Path, old: str, new: str, said: str) -> None:
    message = told_wrong(folder, old, new)
    assert said in message
    assert message.startswith("small/scenario.toml:")


def test_lines_are_found_in_nested_tables() -> None:
    lines = SMALL.splitlines()
    second = line_of(SMALL, ("entry", 1, "claim", 0, "fulfils"))
    assert lines[second - 1] == 'fulfils = ["most-go"]'
    assert lines[line_of(SMALL, ("entry", 1, "source", "code")) - 1] == 'code = "paper-2"'
    assert lines[line_of(SMALL, ("title",)) - 1] == 'title = "A small story"'


# --- seeding -----------------------------------------------------------------------------------------------------


def test_into_an_empty_database_a_scenario_is_replayed_at_the_times_of_its_reports(db: Database, folder: Path) -> None:
    before = clock.to_text(clock.now())
    result = seed(db, "small", folder=folder)
    assert (result.replayed, result.entries, result.claims, result.already) == (True, 3, 3, 0)
    rows = db.tuples("select action, recorded_at, clock_at from ledger_entry order by seq")
    assert [row[:2] for row in rows] == [
        ("replay", "2023-09-05T12:00:00.000000Z"),
        ("replay", "2023-09-05T12:00:00.000001Z"),
        ("replay", "2023-10-10T08:00:00.000000Z"),
    ]
    assert all(clock_at >= before for _, _, clock_at in rows), "the real clock is kept beside"
    assert not verify(db)


def test_seeding_twice_changes_nothing(db: Database, folder: Path) -> None:
    seed(db, "small", folder=folder)
    there = entries(db)
    result = seed(db, "small", folder=folder)
    assert (result.entries, result.claims, result.already) == (0, 0, 3)
    assert entries(db) == there
    assert result.told() == "small is in this database already: nothing changed"


def test_into_a_used_database_a_scenario_is_recorded_now_and_says_so(db: Database, folder: Path) -> None:
    catalogue.add(db, "actor", {"code": "usa", "name": "United States", "kind": "state"})
    before = clock.to_text(clock.now())
    result = seed(db, "small", folder=folder)
    assert not result.replayed
    assert "recorded as of now, because the database was in use" in result.told()
    assert {(action, recorded_at >= before) for _, _, action, recorded_at, _ in entries(db)[1:]} == {("seed", True)}


def test_what_the_database_has_already_stays_as_it_is(db: Database, folder: Path) -> None:
    catalogue.add(db, "actor", {"code": "fra", "name": "Frankreich", "kind": "state"})
    seed(db, "small", folder=folder)
    assert db.value("select name from actor where code = 'fra'") == "Frankreich"


def test_a_seeding_that_was_interrupted_goes_on_where_it_stopped(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = seeding.append

    def fails_at_the_last(database: Database, writing: Writing, compose: Any) -> Any:
        if writing.txid == "seed:small:second":
            raise Refused("the power went")
        return append(database, writing, compose)

    monkeypatch.setattr(seeding, "append", fails_at_the_last)
    with pytest.raises(Refused, match="the power went"):
        seed(db, "small", folder=folder)
    monkeypatch.undo()
    result = seed(db, "small", folder=folder)
    assert (result.replayed, result.entries, result.already) == (True, 1, 2)
    assert entries(db)[-1][2:4] == ("replay", "2023-10-10T08:00:00.000000Z")
    assert db.value("select count(*) from plan_link") == 1, "names of claims recorded before the interruption are known"


def test_after_a_change_of_ones_own_the_rest_of_a_scenario_is_recorded_now(db: Database, folder: Path) -> None:
    write(folder, SMALL[: SMALL.rindex("[[entry]]")])
    seed(db, "small", folder=folder)
    write(folder, SMALL)
    claims.retract(db, claim=1, writing=Writing(action="retract", reason="mine"))
    result = seed(db, "small", folder=folder)
    assert (result.replayed, result.entries, result.already) == (False, 1, 2)


def test_an_undone_entry_is_not_seeded_again(db: Database, folder: Path) -> None:
    seed(db, "small", folder=folder)
    claims.undo(db, 3)
    there = entries(db)
    result = seed(db, "small", folder=folder)
    assert result.entries == 0
    assert entries(db) == there
    assert result.told().endswith("taken back since, and left so: #3 (by #4); to bring one back: posture undo 4")
    claims.undo(db, 4)
    assert seed(db, "small", folder=folder).told() == "small is in this database already: nothing changed"


def test_a_scenario_that_was_taken_back_whole_is_loaded_anew(db: Database, folder: Path) -> None:
    for time in (1, 2, 3):
        result = seed(db, "small", folder=folder)
        assert (result.entries, result.claims) == (3 if time == 1 else 2, 3), (
            "the catalogue, which claims use, is there"
        )
        assert seed(db, "small", folder=folder).entries == 0
        assert db.value("select count(*) from plan_link") == time, "plans are linked to the claims of this time"
        last = result.last_seq or 0
        for seq in (last, last - 1):
            claims.undo(db, seq)
    assert not verify(db)


def test_a_story_whose_source_was_retracted_is_loaded_anew_with_its_events(db: Database) -> None:
    first = seed(db, "niger-2023")
    claims.retract(db, source="worldreportnow-2023-11-09")
    again = seed(db, "niger-2023")
    assert (again.replayed, again.claims) == (False, first.claims)
    standing = "select count(*) from event where not exists (select 1 from retraction where event_id = event.id)"
    assert db.value(standing) * 2 == db.value("select count(*) from event")
    assert seed(db, "niger-2023").entries == 0
    assert not verify(db)


def test_a_story_of_which_something_stands_corrected_is_there(db: Database, folder: Path) -> None:
    seed(db, "small", folder=folder)
    ids = [row[0] for row in db.tuples("select id from status_change order by id")]
    claims.correct(db, ids[0], {"note": "read again"})
    for claim in ids[1:]:
        claims.retract(db, claim=claim)
    assert seed(db, "small", folder=folder).entries == 0


@pytest.mark.parametrize("order", [("niger-2023", "niger-2023-ledger"), ("niger-2023-ledger", "niger-2023")])
def test_the_article_is_recorded_once_whichever_niger_scenario_comes_first(
    db: Database, order: tuple[str, str]
) -> None:
    first, second = (seed(db, name) for name in order)
    assert first.replayed and not second.replayed
    assert db.value("select count(*) from source where code = 'worldreportnow-2023-11-09'") == 1
    assert (
        db.value(
            "select count(*) from status_change where quantity_text = 'about 1500' and effective_text = 'before 2023-07-26'"
        )
        == 1
    )
    joined = db.tuples(
        "select source.code, told.code from status_change one join source on source.id = one.source_id"
        " join status_change other on other.id = one.same_as_id join source told on told.id = other.source_id"
        " where 'worldreportnow-2023-11-09' in (source.code, told.code)"
    )
    assert len(joined) == 3, "whichever comes second says that it is the same happening"
    assert {frozenset(pair) for pair in joined} == {frozenset(("worldreportnow-2023-11-09", "france24-2023-09-06"))}
    assert not verify(db)


@pytest.mark.parametrize("name", list_scenarios())
def test_countries_and_airfields_are_called_and_placed_as_in_the_reference_data(name: str) -> None:
    for place in load_scenario(name).location:
        if place.iso_alpha3:
            found = reference.country(place.iso_alpha3)
            assert found is not None and (place.code, place.name) == (place.iso_alpha3.lower(), found["name"])
        if place.icao_code:
            field = reference.airfield(place.icao_code)
            assert field is not None and (place.latitude, place.longitude) == (field["latitude"], field["longitude"])


def test_an_installed_package_finds_the_scenarios_that_travel_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "posture" / "imports").mkdir(parents=True)
    (tmp_path / "posture" / "_fixtures").mkdir()
    monkeypatch.setattr(text_files, "__file__", str(tmp_path / "posture" / "domain" / "text_files.py"))
    assert text_files.fixtures_folder() == tmp_path / "posture" / "_fixtures"
    (tmp_path / "posture" / "_fixtures").rmdir()
    with pytest.raises(NotFound, match="did not travel"):
        text_files.fixtures_folder()


@pytest.mark.parametrize("name", ["../small", "small/", "", ".", "a\0b", "x" * 5000])
def test_a_name_is_never_a_path(folder: Path, name: str) -> None:
    with pytest.raises(UnknownScenario):
        load_scenario(name, folder / "small" if name == "../small" else folder)


def test_a_scenario_cannot_include_itself(folder: Path) -> None:
    assert "it includes this scenario" in told_wrong(
        folder, 'title = "A small', 'includes = ["small"]\ntitle = "A small'
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xff\xfea\x00", "not UTF-8"),
        (b"a = " + b"[" * 5000, "too deep"),
        (b"a = " + b"9" * 5000, "not TOML"),
        (b'title = "t"\nabout = "a"\ndates = "d"\n', "at least one entry"),
    ],
)
def test_a_file_that_is_no_scenario_is_said_in_one_line(folder: Path, raw: bytes, said: str) -> None:
    (folder / "small" / "scenario.toml").write_bytes(raw)
    with pytest.raises(ScenarioMistake, match=said):
        load_scenario("small", folder)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "0001-01-01"])
def test_an_instant_at_the_end_of_time_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match="nothing was published"):
        published_at(at)
