"""What a shell is offered: commands, options, words, and the codes in the database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from posture.cli.completion import answer, candidates
from posture.cli.shells import SCRIPTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs


def _words(*words: str) -> list[str]:
    return [word for word, _ in candidates(list(words))]


def test_commands_complete_at_every_depth() -> None:
    assert _words("lo") == ["log", "location", "load"]
    assert _words("log", "co") == ["count"]
    assert _words("nonsense", "") == []


def test_options_complete_and_say_what_they_are() -> None:
    assert _words("report", "posture", "--as") == ["--as-of", "--asset-type"]
    assert ("--as-of", "The world on this day; today by default.") in candidates(["report", "posture", "--as"])
    assert "--db" in _words("--")
    assert _words("log", "count", "fra-ner", "--own") == ["--own-words"]
    assert _words("log", "count", "fra-ner", "--rep") == ["--repeated"]


def test_after_two_hyphens_there_are_no_options() -> None:
    assert _words("history", "x", "--", "--as") == []


def test_words_of_a_vocabulary_complete() -> None:
    assert _words("log", "count", "fra-ner/drones", "4", "--basis", "a") == ["authorised", "assigned"]
    assert _words("log", "count", "fra-ner/drones", "4", "--basis=a") == ["--basis=authorised", "--basis=assigned"]
    assert _words("history", "-f", "j") == ["json", "jsonl"]
    assert _words("log", "count", "x", "4", "--grade", "b") == ["B1", "B2", "B3", "B4", "B5", "B6"]
    assert _words("seed", "niger-2023-") == ["niger-2023-ledger"]


def test_files_are_left_to_the_shell() -> None:
    assert _words("source", "add", "rfi", "") == ["<files>"]
    assert _words("history", "-o", "") == ["<files>"]


def test_codes_of_the_database_complete(told: Runs) -> None:
    told("event", "add", "coup", "--kind", "coup", "--title", "Coup", "--source", "rfi")
    assert _words("log", "count", "fra-n") == ["fra-ner", "fra-ner/drones", "fra-ner/personnel"]
    assert _words("log", "count", "fra-ner/D") == ["fra-ner/drones"]
    assert _words("log", "count", "fra-ner", "4", "--source", "") == ["afp", "rfi"]
    assert candidates(["source", "show", "r"]) == [("rfi", "RFI")]
    assert _words("log", "status", "fra-ner/drones", "gr") == ["grounded"]
    assert _words("report", "posture", "--location", "") == ["ner", "tcd"]
    assert _words("show", "f") == [
        "fra",
        "fra-ner",
        "fra-ner/drones",
        "fra-ner/personnel",
        "fra-tcd",
        "fra-tcd/personnel",
    ]
    assert _words("asset", "add", "fra-t") == ["fra-tcd/"]
    assert _words("retract", "--event", "c") == ["coup"]


def test_other_names_complete_as_they_can_be_typed(told: Runs) -> None:
    told("source", "alias", "rfi", "Radio France")
    told("deployment", "alias", "fra-ner", "Barkhane Niger")
    told("asset", "alias", "fra-ner/drones", "UAVs")
    told("actor", "alias", "fra", "France; rm -rf")
    assert candidates(["source", "show", "ra"]) == [("radio-france", "another name of rfi")]
    assert _words("source", "show", "r") == ["radio-france", "rfi"]
    assert _words("source", "show", "") == ["afp", "rfi"]
    assert _words("log", "count", "bark") == ["barkhane-niger"]
    assert candidates(["log", "count", "fra-ner/u"]) == [("fra-ner/uavs", "another name of fra-ner/drones")]
    assert _words("show", "fra-ner/u") == ["fra-ner/uavs"]
    assert _words("actor", "show", "franc") == []  # it would need quotes


def test_claims_plans_and_entries_complete_with_what_they_are(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi")
    told("log", "decrease", "fra-ner/drones", "most", "--planned", "--source", "rfi")
    both = [("1", "count 4 fra-ner/drones"), ("2", "decrease most fra-ner/drones")]
    assert candidates(["correct", ""]) == both
    assert candidates(["log", "count", "fra-ner/drones", "2", "--same-as", "c1"]) == both[:1]
    assert candidates(["log", "count", "fra-ner/drones", "2", "--fulfils", ""]) == both[1:]
    assert candidates(["undo", "11"]) == [("11", "log")]


def test_the_jobs_of_the_nearest_file_and_of_the_one_named_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = '[[job]]\nname = "niger-daily"\nreport = "posture"\n[[job]]\nname = "feed"\nreport = "changes"\n'
    (tmp_path / "exports.toml").write_text(written, encoding="utf-8")
    (tmp_path / "other.toml").write_text('[[job]]\nname = "other"\ntitle = "Others"\n', encoding="utf-8")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    for command in ("run", "list", "status"):
        assert candidates(["export", command, ""]) == [("niger-daily", "posture"), ("feed", "changes")]
    assert _words("export", "run", "feed", "n") == ["niger-daily"]
    assert candidates(["export", "run", "--file", "../other.toml", "o"]) == [("other", "Others")]
    (tmp_path / "exports.toml").write_text("not TOML", encoding="utf-8")
    assert answer("bash", ["export", "run", ""]) == ""


def test_editions_complete_where_they_are_taken(told: Runs) -> None:
    told("edition", "create", "2023-q3", "--title", "Third quarter")
    told("edition", "create", "2023-q4")
    assert candidates(["edition", "show", "2023-q3"]) == [("2023-q3", "Third quarter")]
    assert _words("report", "posture", "--edition", "") == ["2023-q3", "2023-q4"]
    assert _words("report", "diff", "--edition", "2023-q3", "2") == ["2023-q3", "2023-q4"]


def test_the_database_named_on_the_line_is_the_one_asked(told_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    url = os.environ["POSTURE_DATABASE_URL"]
    monkeypatch.delenv("POSTURE_DATABASE_URL")
    assert _words("--db", url, "source", "show", "") == ["afp", "rfi"]
    assert _words(f"--db={url}", "source", "show", "") == ["afp", "rfi"]


@pytest.mark.parametrize("url", ["/nowhere/none.db", "postgresql+psycopg://127.0.0.1:1/none"])
def test_without_a_database_completion_is_silent(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTURE_DATABASE_URL", url)
    assert answer("bash", ["source", "show", ""]) == ""
    assert capsys.readouterr().err == ""


def test_a_quote_in_what_was_typed_is_only_text(told: Runs) -> None:
    assert _words("source", "show", "r'; drop table source; --") == []
    assert _words("source", "show", "r") == ["rfi"]


def test_each_shell_gets_its_own_form(told_on_sqlite: Runs) -> None:
    told_on_sqlite("source", "edit", "rfi", "--title", "Radio: \u202eFrance")
    told_on_sqlite("source", "edit", "afp", "--title", "Agence: Paris")
    assert answer("zsh", ["source", "show", ""]) == "afp:Agence: Paris\n"  # a title that turns the line is left out
    assert answer("fish", ["source", "show", ""]) == "afp\tAgence: Paris\n"
    assert answer("bash", ["source", "show", ""]) == "afp\n"


def test_bash_completes(told_on_sqlite: Runs, tmp_path: Path) -> None:
    program = tmp_path / "posture"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m posture "$@"\n')
    program.chmod(0o755)
    assert _in_bash(tmp_path, "posture log count fra-ner/d") == ["fra-ner/drones"]
    assert _in_bash(tmp_path, "posture log count fra-ner/drones 4 --basis=as") == ["assigned"]
    assert _in_bash(tmp_path, "posture log count fra-ner/drones 4 --basis=") == ["present", "authorised", "assigned"]
    assert "report" in _in_bash(tmp_path, "posture ")


def _in_bash(folder: Path, line: str) -> list[str]:
    """Return what bash offers at the end of a line; the line is split as readline splits it."""
    words = line.replace("=", " = ").split(" ")
    words = [word for place, word in enumerate(words) if word or place == len(words) - 1]
    if words[-1] == "" and line.endswith("="):
        words.pop()
    quoted = " ".join(f"'{word}'" for word in words)
    program = f"{SCRIPTS['bash']}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _posture; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("shell", [shell for shell in SCRIPTS if shutil.which(shell)])
def test_the_scripts_are_valid_in_the_shells_that_are_here(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(SCRIPTS[shell])
    assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_can_be_printed(shell: str, posture_on_sqlite: Runs) -> None:
    assert posture_on_sqlite("completion", shell).out == SCRIPTS[shell]
