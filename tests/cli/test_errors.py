"""Mistakes are one line: what, where, how to mend; with the exit code that says which kind."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from posture.cli import running
from posture.errors import PostureError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("lgo",), 2, "Did you mean 'log'"),
        (("log", "cuont"), 2, "Did you mean 'count'"),
        (("log", "count", "fra-ner/drones"), 2, "missing argument 'QUANTITY'"),
        (("log", "count", "fra-ner/drones"), 2, "quote a quantity such as '>1000'"),
        (("undo",), 2, "quote an entry's number, '#12'"),
        (("show",), 2, "quote an entry's number, '#12'"),
        (("report", "posture", "--known-at"), 2, "quote an entry's number, '#12'"),
        (("report", "posture", "--known-at", "12"), 2, "write '#12'"),
        (("history", "--known-at", "3"), 2, "write '#3'"),
        (("report", "posture", "--location", "ner", "--location", "tcd"), 2, "--location is given twice"),
        (("report", "plans", "--as-of", "2023-09-06", "--as-of=2023-09-07"), 2, "--as-of is given twice"),
        (("history", "-n", "3", "--limit", "4"), 2, "--limit is given twice"),
        (("--db", "a.db", "--db", "b.db", "history"), 2, "--db is given twice"),
        (("log", "count", "fra-ner/drones", "4", "--sorce", "rfi"), 2, "--source"),
        (("log", "count", "fra-ner/drones", "4"), 2, "--source"),
        (("log", "count", "fra-ner/drones", "a few", "--source", "rfi"), 2, 'cannot read the quantity "a few"'),
        (("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--on", "2023-02-30"), 2, "cannot read the date"),
        (("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--grade", "Z9"), 2, "cannot read the grade"),
        (
            ("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--planned", "--denied"),
            2,
            "--planned and --denied",
        ),
        (("log", "count", "fra-ner/drones", "4", "--source", "rfj"), 3, 'did you mean "rfi"'),
        (("log", "count", "fra-ner/dornes", "4", "--source", "rfi"), 3, "fra-ner/drones"),
        (("correct", "twelve"), 2, "is no claim"),
        (("correct", "1"), 2, "nothing to correct"),
        (("correct", "999", "--quantity", "5"), 3, "no claim 999"),
        (("retract",), 2, "say one thing to retract"),
        (("undo", "#999"), 3, "999"),
        (("show", "nobody"), 3, 'nothing is called "nobody"'),
        (("history", "-n", "many"), 2, "must be a whole number"),
        (("source", "list", "-f", "xml"), 2, 'no format "xml"'),
        (("source", "add"), 2, "needs a code"),
        (("source", "add", "rfi", "--title", "again"), 4, "already"),
        (("asset", "add", "drones"), 2, "fra-ner/drones"),
        (("event", "add", "x", "--actor", "fra"), 2, "role"),
        (("completion", "tcsh"), 2, "bash"),
        (("seed", "niger-2032"), 3, "did you mean"),
        (("source", "repeats", "rfi"), 2, "--own"),
    ],
)
def test_a_mistake_is_one_line_with_its_exit_code(
    words: tuple[str, ...], code: int, said: str, told_on_sqlite: Runs
) -> None:
    outcome = told_on_sqlite(*words, code=code)
    assert outcome.out == ""
    assert outcome.err.startswith("posture: ")
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_a_database_that_is_not_there_says_how_to_make_one(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    outcome = posture_on_sqlite("--db", str(tmp_path / "none.db"), "history", code=1)
    assert "posture db upgrade" in outcome.err
    assert not (tmp_path / "none.db").exists()


def test_the_database_is_named_before_the_command_or_after_it(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    there = str(tmp_path / "there.db")
    posture_on_sqlite("--db", there, "db", "upgrade")
    assert posture_on_sqlite("history", "--db", there).err == posture_on_sqlite("--db", there, "history").err
    assert posture_on_sqlite("--db", str(tmp_path / "none.db"), "history", "--db", there).code == 0


def test_an_unforeseen_error_shows_no_value(posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: Any) -> None:
        raise ValueError("secret-password")

    monkeypatch.setattr(running, "_parse", burst)
    outcome = posture_on_sqlite("history", code=1)
    assert outcome.err == "posture: unexpected ValueError in posture.cli.running line " + outcome.err.split("line ")[1]
    assert "secret" not in outcome.err
    assert outcome.err.count("\n") == 1


def test_debug_shows_the_traceback(posture_on_sqlite: Runs) -> None:
    for words in (("--debug", "show", "nobody"), ("show", "nobody", "--debug")):
        outcome = posture_on_sqlite(*words, code=3)
        assert "Traceback" in outcome.err
        assert outcome.err.splitlines()[-1].startswith("posture: nothing is called")


def test_a_password_is_never_shown(posture_on_sqlite: Runs) -> None:
    url = "postgresql+psycopg://me:hunter2@127.0.0.1:1/none"
    for words in (
        ("config", "show", "--origin"),
        ("config", "show", "--json"),
        ("history",),
        ("db", "current"),
        ("db", "doctor"),
    ):
        outcome = posture_on_sqlite("--db", url, *words, code=0 if words[0] == "config" else 1)
        assert "hunter2" not in outcome.out + outcome.err


def test_control_characters_in_an_error_are_made_visible(told_on_sqlite: Runs) -> None:
    outcome = told_on_sqlite("show", "a\x1b[31mb\u202ec", code=3)
    assert "\x1b" not in outcome.err
    assert "\u202e" not in outcome.err


def test_a_file_that_is_no_database_is_one_line(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, but a text that is long enough to be looked at" * 20)
    outcome = posture_on_sqlite("--db", str(tmp_path / "text.db"), "history", code=1)
    assert outcome.err.count("\n") == 1


def test_another_writer_is_waited_for_and_then_told(told_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    path = os.environ["POSTURE_DATABASE_URL"].removeprefix("sqlite:///")
    monkeypatch.setenv("POSTURE_BUSY_TIMEOUT", "0")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    try:
        outcome = told_on_sqlite("log", "count", "fra-ner/drones", "4", "--source", "rfi", code=75)
    finally:
        other.close()
    assert "busy" in outcome.err


def test_every_error_class_has_an_exit_code_of_its_kind() -> None:
    kinds = {PostureError}
    while any(child not in kinds for kind in tuple(kinds) for child in kind.__subclasses__()):
        kinds |= {child for kind in tuple(kinds) for child in kind.__subclasses__()}
    assert {kind.exit_code for kind in kinds} <= {1, 2, 3, 4, 5, 75}


HUGE = "9" * 20


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("history", "--limit", HUGE), 2),
        (("history", "--limit", "-1"), 2),
        (("history", "--limit", "²"), 2),
        (("history", "--known-at", f"#{HUGE}"), 3),
        (("report", "posture", "--known-at", f"#{HUGE}"), 3),
        (("report", "posture", "--stale-after", HUGE), 2),
        (("show", HUGE), 3),
        (("show", f"c{HUGE}"), 3),
        (("show", f"#{HUGE}"), 3),
        (("undo", HUGE), 2),
        (("undo", "9" * 18), 3),
        (("retract", HUGE), 2),
        (("retract", "--entry", HUGE), 2),
        (("correct", "9" * 18, "--note", "x"), 3),
        (("log", "count", "fra-ner/drones", HUGE, "--source", "rfi"), 2),
        (("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--same-as", HUGE), 2),
        (("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--fulfils", "9" * 18), 3),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else str(given),
)
def test_a_number_beyond_what_a_database_holds_is_one_clear_line(words: tuple[str, ...], code: int, told: Runs) -> None:
    error = told(*words, code=code).err
    assert error.count("\n") == 1
    assert not any(word in error for word in ("unexpected", "database says", "server says", "mismatch"))


def test_a_wait_beyond_what_a_database_takes_is_refused(told: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_BUSY_TIMEOUT", HUGE)
    assert "busy_timeout is at most 1,000,000" in told("history", code=2).err
    monkeypatch.setenv("POSTURE_BUSY_TIMEOUT", "1000000")
    told("location", "add", "mli", "--name", "Mali", "--kind", "country")
