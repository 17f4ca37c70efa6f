"""`posture feed write` and `feed apply`: what a person sees, and the exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .conftest import run_process

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Runs


def test_a_copy_follows_by_what_each_run_prints(told: Runs, tmp_path: Path) -> None:
    first, more, copy = (str(tmp_path / name) for name in ("first.jsonl", "more.jsonl", "copy.db"))
    said = told("feed", "write", first).err
    assert "first.jsonl: entries #1 to #" in said
    cursor = said.split("--after ")[1].strip()
    assert told("feed", "apply", first, "--db", copy).lines == [f"head {cursor}"]
    assert "nothing was recorded since entry #" in told("feed", "write", more, "--after", cursor).err
    assert not (tmp_path / "more.jsonl").exists()
    told("log", "count", "fra-ner/personnel", "1500", "--source", "rfi")
    assert ": entry #" in told("feed", "write", more, "--after", cursor).err
    outcome = told("feed", "apply", first, more, "--db", copy)
    assert "1 entry applied, 2 rows; " in outcome.err
    assert told("db", "verify").lines[-1] == told("db", "verify", "--db", copy).lines[-1] == outcome.lines[-1]
    assert [told("dump", "-", "--db", copy).code for _ in range(1)] == [0]


def test_a_feed_goes_through_a_pipe(told_on_sqlite: Runs, tmp_path: Path) -> None:
    lines = told_on_sqlite("feed", "write", "-").lines
    assert [json.loads(line)["kind"] for line in lines[:2]] == ["database", "entry"]
    path = tmp_path / "feed.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with path.open("rb") as stream:
        assert run_process("feed", "apply", "-", "--db", str(tmp_path / "copy.db"), stdin=stream).returncode == 0
    assert (
        told_on_sqlite("db", "verify", "--db", str(tmp_path / "copy.db")).lines == told_on_sqlite("db", "verify").lines
    )


def test_a_restored_ledger_stops_the_feed(told_on_sqlite: Runs, tmp_path: Path) -> None:
    posture, path = told_on_sqlite, tmp_path / "feed.jsonl"
    seq, digest = posture("db", "verify").lines[-1].removeprefix("head ").split(":")
    later = f"{int(seq) + 1}:{digest}"
    assert "was an older backup restored?" in posture("feed", "write", str(path), "--after", later, code=5).err
    other = f"{seq}:{'0' * 64}"
    assert "is not the one that was delivered" in posture("feed", "write", str(path), "--after", other, code=5).err
    assert not path.exists()


def test_bad_words_and_files_are_one_line_and_an_exit_code(told_on_sqlite: Runs, tmp_path: Path) -> None:
    posture, path, other = told_on_sqlite, tmp_path / "feed.jsonl", str(tmp_path / "other.db")
    posture("feed", "write", str(path))
    assert "--force" in posture("feed", "write", str(path), code=4).err
    posture("feed", "write", str(path), "--force")
    assert "use one of .jsonl, .csv, .atom" in posture("feed", "write", str(tmp_path / "feed.txt"), code=2).err
    assert "cannot read the cursor" in posture("feed", "write", str(path), "--after", "12", code=2).err
    assert "read once" in posture("feed", "apply", "-", "-", code=2).err
    whole = path.read_bytes()
    for data, code in (
        (whole[:300], 5),
        (whole.replace(b"France", b"Franks"), 5),
        (b"code,name\nfra,France\n", 5),
        (whole.replace(b'"schema": "0', b'"schema": "9', 1), 1),
    ):
        path.write_bytes(data)
        outcome = posture("feed", "apply", str(path), "--db", other, code=code)
        assert len(outcome.err.splitlines()) == 1
        assert not (tmp_path / "other.db").exists()
    assert "No such file" in posture("feed", "apply", str(tmp_path / "none"), "--db", other, code=1).err
    (tmp_path / "empty").mkdir()
    assert "no batch of a feed in" in posture("feed", "apply", str(tmp_path / "empty"), "--db", other, code=2).err


def test_the_feed_as_csv_and_atom_has_the_same_rows(told_on_sqlite: Runs, tmp_path: Path) -> None:
    rows = len(told_on_sqlite("feed", "write", "-").lines)
    told_on_sqlite("feed", "write", str(tmp_path / "feed.csv"))
    told_on_sqlite("feed", "write", str(tmp_path / "feed.atom"))
    import csv

    with (tmp_path / "feed.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == rows
    assert (tmp_path / "feed.atom").read_text(encoding="utf-8").count("<entry>") == rows
