"""The catalogue's verbs, for every noun, on each engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

ADDED: dict[str, tuple[str, ...]] = {
    "actor": ("usmc", "--name", "US Marine Corps", "--kind", "armed_force"),
    "location": (
        "ouallam",
        "--name",
        "Ouallam",
        "--kind",
        "base",
        "--parent",
        "ner",
        "--latitude",
        "14.3",
        "--longitude",
        "2.1",
    ),
    "asset-type": ("mq-9", "--name", "MQ-9 Reaper", "--parent", "drone"),
    "source": ("voa", "--title", "Voice of America", "--url", "https://example.org/"),
    "deployment": ("fra-ner-barkhane", "--actor", "fra", "--location", "ner", "--operation", "Barkhane"),
    "asset": ("fra-tcd/drones",),
    "platform": ("reaper-104", "--designation", "104", "--type", "drone"),
    "event": (
        "coup",
        "--kind",
        "coup",
        "--title",
        "Coup",
        "--on",
        "2023-07-26",
        "--location",
        "ner",
        "--source",
        "rfi",
        "--actor",
        "fra:target",
    ),
}


def _row(posture: Runs, *words: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(posture(*words, "-f", "json").out)["rows"][0]
    return row


@pytest.mark.parametrize("noun", ADDED)
def test_what_is_added_is_listed_shown_edited_and_removed(noun: str, told: Runs) -> None:
    code, *rest = ADDED[noun]
    told(noun, "add", code, *rest)
    word = code.partition("/")[2] or code
    listed = json.loads(told(noun, "list", "-f", "json").out)["rows"]
    assert any(code in (row.get("address"), row["code"]) for row in listed)
    assert _row(told, noun, "show", code)["code"] == word
    told(noun, "edit", code, "--note", "remember")
    assert _row(told, noun, "show", code)["note"] == "remember"
    told(noun, "edit", code, "--note", "")
    assert _row(told, noun, "show", code)["note"] is None
    told(noun, "remove", code)
    told(noun, "show", code, code=3)


@pytest.mark.parametrize("noun", ADDED)
def test_another_name_finds_the_same_row(noun: str, told: Runs) -> None:
    code, *rest = ADDED[noun]
    told(noun, "add", code, *rest)
    deployment, slash, word = code.rpartition("/")
    told(noun, "alias", code, "Le Même Nom", "--language", "fr")
    for other in ("le meme nom", "LE-MÊME-NOM"):
        assert _row(told, noun, "show", f"{deployment}{slash}{other}")["code"] == word
    assert "Le Même Nom" in told(noun, "show", code).out
    assert word in told(noun, "list", "même").out
    assert "already found" in told(noun, "alias", code, "le même nom", code=4).err
    assert code in told(noun, "show", f"{deployment}{slash}le-meme-non", code=3).err  # did you mean
    told(noun, "remove", f"{deployment}{slash}le-meme-nom")
    told(noun, "show", code, code=3)


@pytest.mark.parametrize("noun", ADDED)
def test_another_name_is_undone_and_comes_back_with_its_row(noun: str, told: Runs) -> None:
    code, *rest = ADDED[noun]
    told(noun, "add", code, *rest)
    other = f"{code.rpartition('/')[0]}/alias".lstrip("/")
    entry = told(noun, "alias", code, "Alias").out.split("#")[1].strip()
    removed = told(noun, "remove", other).out.split("#")[1].strip()
    told("undo", removed)
    assert _row(told, noun, "show", other)["code"] == code.rpartition("/")[2]
    told("undo", entry)
    told(noun, "show", other, code=3)
    assert "match what was recorded" in told("db", "verify").out


def test_a_claim_may_name_its_line_and_its_source_by_other_names(told: Runs) -> None:
    told("platform", "add", "reaper-104", "--designation", "104", "--type", "drone")
    told("platform", "alias", "reaper-104", "Reaper Niamey")
    told("asset", "add", "fra-ner/reaper-104", "--platform", "reaper niamey")
    told("asset", "alias", "fra-ner/drones", "UAVs")
    told("deployment", "alias", "fra-ner", "Barkhane Niger")
    told("source", "alias", "rfi", "Radio France Internationale", "--language", "fr")
    told("log", "count", "barkhane-niger/uavs", "4", "--source", "radio france internationale")
    told("log", "status", "fra-ner/reaper-niamey", "grounded", "--source", "RFI")
    rows = json.loads(told("report", "posture", "--deployment", "Barkhane Niger", "-f", "json").out)["rows"]
    assert [row["asset"] for row in rows] == ["drones", "reaper-104"]
    assert "2 claims" in told("retract", "--source", "Radio-France-Internationale").err


def test_an_alias_of_two_lines_of_one_deployment_is_ambiguous(told: Runs) -> None:
    for line in ("fra-ner/drones", "fra-ner/personnel", "fra-tcd/personnel"):
        told("asset", "alias", line, "the force")
    assert 'say "drones" or "personnel"' in told("asset", "show", "fra-ner/the force", code=3).err
    assert _row(told, "asset", "show", "fra-tcd/the force")["address"] == "fra-tcd/personnel"


def test_the_other_name_of_a_retracted_event_means_the_one_recorded_again(told: Runs) -> None:
    told("event", "add", "coup", "--kind", "coup", "--title", "Coup", "--source", "rfi")
    told("event", "alias", "coup", "Putsch", "--language", "de")
    gone = told("retract", "--event", "putsch").out.split("#")[1].strip()
    again = told("undo", gone).out.split("#")[1].strip()
    assert _row(told, "event", "show", "putsch")["code"] == "coup-2"
    told("undo", again)
    assert _row(told, "event", "show", "putsch")["code"] == "coup"


def test_what_is_in_use_is_not_removed_and_says_by_what(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    assert "claim" in told("source", "remove", "rfi", code=4).err
    assert "deployment" in told("actor", "remove", "fra", code=4).err


def test_a_code_changes_and_its_claims_stay(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    told("source", "edit", "rfi", "--code", "rfi-2023-09-05")
    assert "rfi-2023-09-05" in told("show", "1").out


def test_an_edit_can_be_undone(told: Runs) -> None:
    told("location", "edit", "ner", "--name", "Nigeria")
    told("undo", "11")
    assert _row(told, "location", "show", "ner")["name"] == "Niger"


def test_a_deployments_code_tells_whose_and_where(posture: Runs) -> None:
    posture("actor", "add", "fra", "--name", "France", "--kind", "state")
    posture("location", "add", "ner", "--name", "Niger", "--kind", "country")
    posture("deployment", "add", "fra-ner")
    shown = _row(posture, "deployment", "show", "fra-ner")
    assert (shown["actor"], shown["location"]) == ("fra", "ner")
    assert 'no location "nre"' in posture("deployment", "add", "fra-nre", code=3).err


def test_a_deployment_needs_no_code_of_its_own(told_on_sqlite: Runs) -> None:
    told_on_sqlite("location", "add", "mli", "--name", "Mali", "--kind", "country")
    assert told_on_sqlite("deployment", "add", "--actor", "fra", "--location", "mli").lines[0] == "deployment fra-mli"


def test_an_event_has_its_actors(told: Runs) -> None:
    told("event", "add", *ADDED["event"])
    shown = _row(told, "event", "show", "coup")
    assert (shown["actors"], shown["on"], shown["location"]) == (["fra: target"], "2023-07-26", "ner")


def test_what_was_added_is_told_without_gaps(told_on_sqlite: Runs) -> None:
    told = told_on_sqlite("asset-type", "add", "mq-9", "--name", "MQ-9 Reaper", "--parent", "drone").err
    assert "asset-type mq-9 added: MQ-9 Reaper, in drone\n" in told


def test_a_list_of_sources_leaves_room_for_the_titles(told_on_sqlite: Runs) -> None:
    told_on_sqlite("source", "add", "echo", "--title", "The same again", "--repeats", "rfi")
    out = told_on_sqlite("source", "list").out
    assert out.splitlines()[0].split() == ["CODE", "PUBLISHED", "REL.", "TITLE"]
    assert "The same again (repeats rfi)" in out
    (row,) = json.loads(told_on_sqlite("source", "list", "echo", "-f", "json").out)["rows"]
    assert (row["title"], row["repeats"]) == ("The same again", "rfi")


def test_a_retracted_event_is_marked(told: Runs) -> None:
    told("event", "add", *ADDED["event"])
    assert "RETRACTED" not in told("event", "list").out
    assert "stands" not in _row(told, "event", "show", "coup")
    told("retract", "--event", "coup")
    assert "RETRACTED" in told("event", "list").out
    assert "  #12  " in told("event", "list").out
    assert json.loads(told("event", "list", "-f", "json").out)["rows"][0]["retracted_by_entry"] == 12
    assert _row(told, "event", "show", "coup")["stands"] == "no: retracted by #12"
    assert "no: retracted by #12" in told("show", "coup").out


def test_a_list_can_be_narrowed_by_name_without_accents(told: Runs) -> None:
    told("location", "add", "tillaberi", "--name", "Tillabéri", "--kind", "region", "--parent", "ner")
    assert [row["code"] for row in json.loads(told("location", "list", "TILLABERI", "-f", "json").out)["rows"]] == [
        "tillaberi"
    ]
    assert 'no location has "nowhere"' in told("location", "list", "nowhere").out


def test_an_empty_list_says_how_to_fill_it(posture_on_sqlite: Runs) -> None:
    assert "posture actor add" in posture_on_sqlite("actor", "list").out
    assert json.loads(posture_on_sqlite("actor", "list", "-f", "json").out)["rows"] == []


def test_a_thing_is_shown_by_its_code_alone(told: Runs) -> None:
    assert json.loads(told("show", "fra-ner", "-f", "json").out)["report"] == "deployment"
    assert json.loads(told("show", "fra-ner/drones", "-f", "json").out)["report"] == "asset"
    assert json.loads(told("show", "#1", "-f", "json").out)["report"] == "entry"
    assert json.loads(told("show", "rfi", "-f", "json").out)["report"] == "source"


def test_a_code_of_two_nouns_is_not_guessed(told: Runs) -> None:
    told("actor", "add", "ner", "--name", "Niger", "--kind", "state")
    error = told("show", "ner", code=3).err
    assert "posture actor show ner" in error
    assert "posture location show ner" in error


def test_control_characters_never_reach_the_terminal(told: Runs) -> None:
    told("source", "edit", "rfi", "--title", "a\x1b[2Jb\u202ec")
    for words in (("source", "list"), ("source", "show", "rfi"), ("source", "list", "-f", "md")):
        out = told(*words).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "\\x1b" in out


def test_an_airfield_comes_with_its_country_in_one_entry(posture: Runs) -> None:
    outcome = posture("location", "add", "drrn")
    assert outcome.lines == ["location ner", "location drrn", "entry #1"]
    assert "location ner added: Niger, country" in outcome.err
    shown = _row(posture, "location", "show", "drrn")
    assert (shown["kind"], shown["parent"], shown["icao_code"]) == ("airfield", "ner", "DRRN")
    assert round(shown["latitude"], 1) == 13.5
    posture("undo", "1")
    assert json.loads(posture("location", "list", "-f", "json").out)["rows"] == []


def test_a_country_is_found_by_code_or_name_and_never_guessed(posture_on_sqlite: Runs) -> None:
    assert posture_on_sqlite("actor", "add", "fra").lines[0] == "actor fra"
    assert posture_on_sqlite("location", "add", "Tchad").lines[0] == "location tcd"
    assert _row(posture_on_sqlite, "location", "show", "tcd")["name"] == "Chad"
    assert '"Congo" could be cod or cog' in posture_on_sqlite("location", "add", "Congo", code=3).err
    assert '"Nigr" could be ner' in posture_on_sqlite("location", "add", "Nigr", code=3).err


def test_what_is_typed_goes_before_what_is_known(posture_on_sqlite: Runs) -> None:
    posture_on_sqlite("location", "add", "ba-101", "--icao", "drrn", "--name", "Base aérienne 101")
    shown = _row(posture_on_sqlite, "location", "show", "ba-101")
    assert (shown["name"], shown["icao_code"]) == ("Base aérienne 101", "DRRN")


def test_what_nobody_knows_has_to_be_described(posture_on_sqlite: Runs) -> None:
    assert "needs --name and --kind" in posture_on_sqlite("location", "add", "fob-7", code=2).err
