"""Recording claims: what goes in, what is said about it, and how it is taken back."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs


def test_a_claim_says_its_number_how_it_was_read_and_how_to_undo_it(told: Runs) -> None:
    outcome = told(
        "log", "count", "fra-ner/personnel", "~1500", "--on", "September 2023", "--source", "rfi", "--grade", "b2"
    )
    assert outcome.lines == ["claim 1", "entry #11"]
    assert "effective 2023-09-01..2023-09-30, from 'September 2023'" in outcome.err
    assert "1350..1650" in outcome.err
    assert "undo with: posture undo 11" in outcome.err


def test_every_option_reaches_the_claim(told: Runs) -> None:
    told("log", "decrease", "fra-ner/drones", "most", "--planned", "--source", "rfi")
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--on", "2023-09-05")
    words = [
        "log",
        "decrease",
        "fra-ner/drones",
        "2",
        "--on",
        "2023-09-05",
        "--stated-on",
        "2023-09-06",
        "--source",
        "rfi",
        "--grade",
        "C3",
    ]
    words += [
        "--excerpt",
        "4 drones",
        "--locator",
        "p. 2",
        "--reason",
        "redeployment",
        "--note",
        "two by air",
        "--partly-fulfils",
        "c1",
    ]
    words += [
        "--after",
        "2",
        "--transfer",
        "t1",
        "--other-side",
        "fra-tcd",
        "--basis",
        "assigned",
        "--complete",
        "--repeated",
    ]
    told(*words)
    shown = json.loads(told("show", "3", "-f", "json").out)["rows"][0]
    assert shown["quantity"] == '"2": 2..2..2'
    assert shown["grade"] == "C3"
    assert (shown["excerpt"], shown["locator"], shown["note"]) == ("4 drones", "p. 2", "two by air")
    assert (shown["stated_on"], shown["reason"], shown["counting_basis"]) == ("2023-09-06", "redeployment", "assigned")
    assert (shown["after"], shown["transfer"], shown["other_side"]) == ("c2", "t1", "fra-tcd")
    assert shown["partly_fulfils"] == ["c1"]
    assert shown["complete"] is True
    assert shown["own_words"].startswith("no")


@pytest.mark.parametrize("word", ["planned", "possible", "demanded", "negotiating", "denied"])
def test_each_modality_has_its_flag(word: str, told_on_sqlite: Runs) -> None:
    told_on_sqlite("log", "announcement", "fra-ner", f"--{word}", "--source", "rfi", "--note", "in so many words")
    assert json.loads(told_on_sqlite("show", "1", "-f", "json").out)["rows"][0]["modality"] == word


def test_an_announcement_without_words_is_refused(told: Runs) -> None:
    bare = ("log", "announcement", "fra-ner", "--source", "rfi")
    for words in ((), ("--planned",), ("--note", ""), ("--excerpt", "")):
        assert "--excerpt, or say them with --note" in told(*bare, *words, code=2).err
    told(*bare, "--excerpt", "4 drones are there")
    told(*bare, "--denied")
    told("log", "decrease", "fra-ner/drones", "most", "--planned", "--source", "rfi")
    told(*bare, "--cancels", "3")
    assert "words only" in told("correct", "1", "--excerpt", "", code=2).err
    told("correct", "1", "--excerpt", "", "--note", "four")
    told("correct", "4", "--grade", "C3")


def test_a_status_is_whole_or_of_some(told: Runs) -> None:
    told("log", "status", "fra-ner", "under_review", "--source", "rfi")
    told("log", "status", "fra-ner/drones", "grounded", "3", "--source", "rfi")
    rows = [json.loads(told("show", number, "-f", "json").out)["rows"][0] for number in ("1", "2")]
    assert [row["status"] for row in rows] == ["under_review (phase)", "grounded (activity)"]
    assert rows[1]["quantity"] == '"3": 3..3..3'


def test_a_move_is_two_claims_of_one_entry(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1400", "--source", "rfi")
    outcome = told(
        "log", "move", "fra-ner/personnel", "fra-tcd/personnel", "400", "--on", "2023-10-19", "--source", "afp"
    )
    assert outcome.lines == ["claim 2", "claim 3", "entry #12"]
    rows = [json.loads(told("show", number, "-f", "json").out)["rows"][0] for number in ("2", "3")]
    assert [row["kind"] for row in rows] == ["decrease", "increase"]
    assert rows[0]["transfer"] == rows[1]["transfer"]


def test_several_claims_of_one_statement_are_one_entry(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1400", "--on", "2023-10-01", "--source", "rfi")
    words = ("log", "decrease", "fra-ner/personnel", "50", "--also", "fra-ner/personnel=47", "--on", "2023-10-10")
    outcome = told(*words, "--source", "afp", "--grade", "B2")
    assert outcome.lines == ["claim 2", "claim 3", "entry #12"]
    assert outcome.err.count("fra-ner/personnel: decrease") == 2
    (row,) = json.loads(told("report", "posture", "--as-of", "2023-10-15", "-f", "json").out)["rows"]
    assert (row["low"], row["best"], row["high"]) == (1303, 1303, 1303)
    rows = [json.loads(told("show", number, "-f", "json").out)["rows"][0] for number in ("2", "3")]
    assert [row["grade"] for row in rows] == ["B2", "B2"]
    told("undo", "12")
    (row,) = json.loads(told("report", "posture", "--as-of", "2023-10-15", "-f", "json").out)["rows"]
    assert row["best"] == 1400


def test_counts_that_are_complete_together_add_up_to_their_total(told: Runs) -> None:
    told("actor", "add", "fra-army", "--name", "French Army", "--kind", "armed_force", "--parent", "fra")
    told("actor", "add", "fra-air", "--name", "French Air Force", "--kind", "armed_force", "--parent", "fra")
    words = ("log", "count", "fra-army-ner/personnel", "1000", "--also", "fra-air-ner/personnel=300", "--create")
    question = ("report", "posture", "--totals", "--as-of", "2023-10-15", "-f", "json")

    def total() -> list[int | None]:
        rows = json.loads(told(*question).out)["rows"]
        (row,) = [row for row in rows if (row["deployment"], row["actor"], row["location"]) == (None, "fra", "ner")]
        return [row["low"], row["high"]]

    told(*words, "--source", "rfi", "--on", "2023-09-05")
    assert total() == [1300, None]
    told(*words, "--source", "afp", "--on", "2023-09-20", "--complete")
    assert total() == [1300, 1300]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--also", "47"), "LINE=QUANTITY"),
        (("--also", "=47"), "LINE=QUANTITY"),
        (("--also", "fra-ner/personnel=a few"), 'cannot read the quantity "a few"'),
        (("--also", "fra-ner/drones=2", "--same-as", "1"), "--same-as joins one claim"),
    ],
)
def test_what_is_said_also_is_a_line_and_a_quantity(words: tuple[str, ...], said: str, told_on_sqlite: Runs) -> None:
    outcome = told_on_sqlite("log", "decrease", "fra-ner/personnel", "50", "--source", "rfi", *words, code=2)
    assert said in outcome.err


def test_a_missing_line_is_made_on_request_only(told: Runs) -> None:
    refused = told("log", "count", "fra-ner/helicopters", "3", "--source", "rfi", code=3)
    assert "--create makes it on the way" in refused.err
    told("log", "count", "fra-ner/helicopters", "3", "--source", "rfi", "--create")
    assert "fra-ner/helicopters" in told("asset", "list", "helicopters").out


def test_a_dry_run_prints_the_rows_and_writes_nothing(told: Runs) -> None:
    before = told("db", "stats", "-f", "csv").out
    outcome = told("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--dry-run")
    rows = [json.loads(line) for line in outcome.lines]
    assert [row["table"] for row in rows] == ["status_change", "ledger_entry"]
    assert rows[0]["row"]["quantity_text"] == "4"
    assert "nothing was" in outcome.err
    assert told("db", "stats", "-f", "csv").out == before


def test_a_retry_under_the_same_id_writes_nothing_twice(told: Runs) -> None:
    words = ("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--txid", "import-7/1")
    first, again = told(*words), told(*words)
    assert first.out == again.out
    assert "already recorded" in again.err
    assert "undo with" not in again.err


def test_quiet_leaves_only_the_numbers(told_on_sqlite: Runs) -> None:
    outcome = told_on_sqlite("log", "count", "fra-ner/drones", "4", "--source", "rfi", "-q")
    assert (outcome.lines, outcome.err) == (["claim 1", "entry #11"], "")


def test_json_says_all_at_once(told_on_sqlite: Runs) -> None:
    outcome = told_on_sqlite("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--json")
    answer = json.loads(outcome.out)
    assert (answer["entry"], answer["claims"], answer["dry_run"]) == (11, [1], False)
    assert answer["rows"][0]["table"] == "status_change"


def test_who_records_is_kept(told_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    told_on_sqlite("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--by", "Amina")
    monkeypatch.setenv("POSTURE_RECORDED_BY", "Bello")
    told_on_sqlite("log", "count", "fra-ner/drones", "5", "--source", "rfi")
    history = json.loads(told_on_sqlite("history", "-n", "2", "-f", "json").out)["rows"]
    assert [entry["recorded_by"] for entry in history] == ["Bello", "Amina"]


def test_a_correction_says_what_it_replaces(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "150", "--source", "rfi", "--note", "first")
    outcome = told("correct", "1", "--quantity", "105", "--note", "", "--reason", "misread the table")
    assert outcome.lines[0] == "claim 2"
    assert "claim 2 replaces claim 1" in outcome.err
    old, new = (json.loads(told("show", number, "-f", "json").out)["rows"][0] for number in ("c1", "c2"))
    assert "c2 stands in its place" in old["stands"]
    assert old["retracted"] == ["#12: misread the table; now c2"]
    assert new["corrects"] == ["c1 (#12: misread the table)"]
    assert "note" not in new


def test_a_correction_can_make_a_plan_actual(told_on_sqlite: Runs) -> None:
    told_on_sqlite("log", "decrease", "fra-ner/drones", "2", "--planned", "--source", "rfi")
    told_on_sqlite("correct", "1", "--actual")
    assert json.loads(told_on_sqlite("show", "2", "-f", "json").out)["rows"][0]["modality"] == "actual"


def test_what_was_said_can_be_retracted_by_claim_entry_or_source(told: Runs) -> None:
    for _ in range(2):
        told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    told("log", "count", "fra-ner/drones", "5", "--source", "afp")
    told("retract", "1", "--reason", "a slip")
    told("retract", "--entry", "#12")
    told("retract", "--source", "afp")
    shown = [json.loads(told("show", number, "-f", "json").out)["rows"][0]["stands"] for number in ("1", "2", "3")]
    assert all(stands.startswith("no") for stands in shown)
    assert "retracted before" in told("retract", "--source", "afp", code=4).err


def test_an_undone_entry_can_itself_be_undone(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    told("undo", "11")
    told("undo", "#12")
    assert json.loads(told("show", "2", "-f", "json").out)["rows"][0]["restates"] == "c1"


def test_a_source_is_stored_with_its_text_and_hash(told: Runs, tmp_path: Path) -> None:
    document = tmp_path / "Le Monde 2023.txt"
    document.write_bytes("\ufeffÀ Niamey, 1 500 soldats.\r\n".encode())
    outcome = told("source", "add", str(document), "--publisher", "Le Monde")
    assert outcome.lines[0] == "source le-monde-2023"
    shown = json.loads(told("source", "show", "le-monde-2023", "-f", "json").out)["rows"][0]
    assert shown["text"] == "À Niamey, 1 500 soldats.\r\n"
    assert len(shown["content_sha256"]) == 64
    assert shown["text_kind"] == "full"


def test_a_document_comes_from_standard_input_too(told_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Forty lorries left.")))
    told_on_sqlite("source", "add", "convoy", "-", "--text-kind", "summary")
    shown = json.loads(told_on_sqlite("source", "show", "convoy", "-f", "json").out)["rows"][0]
    assert (shown["text"], shown["text_kind"]) == ("Forty lorries left.", "summary")


def test_of_a_document_that_is_no_text_only_the_hash_is_kept(told_on_sqlite: Runs, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\x00")
    outcome = told_on_sqlite("source", "add", "photo", str(tmp_path / "photo.jpg"))
    assert "its hash is kept" in outcome.err
    shown = json.loads(told_on_sqlite("source", "show", "photo", "-f", "json").out)["rows"][0]
    assert "text" not in shown
    assert shown["content_sha256"]


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"a\0b", "has a NUL character")])
def test_a_document_without_a_text_says_why(content: bytes, said: str, told_on_sqlite: Runs, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(content)
    outcome = told_on_sqlite("source", "add", "page", str(tmp_path / "page.txt"))
    assert f"page.txt {said}" in outcome.err
    assert "UTF-8" not in outcome.err


def test_a_source_can_repeat_another_from_the_start_or_later(told: Runs) -> None:
    told("source", "add", "echo", "--title", "Echo", "--repeats", "rfi")
    told("source", "repeats", "afp", "rfi")
    shown = json.loads(told("source", "show", "rfi", "-f", "json").out)["rows"][0]
    assert shown["repeated_by"] == ["afp", "echo"]
    told("source", "repeats", "afp", "--own")
    assert json.loads(told("source", "show", "rfi", "-f", "json").out)["rows"][0]["repeated_by"] == ["echo"]
