"""`posture dump` and `posture load`: what a person sees, and the exit codes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from .conftest import run_process

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Runs


def test_a_database_is_dumped_and_made_anew(told: Runs, tmp_path: Path) -> None:
    path, other = str(tmp_path / "ledger.jsonl.gz"), str(tmp_path / "other.db")
    told("log", "count", "fra-ner/personnel", "1500", "--source", "rfi")
    said = told("dump", path).err
    assert "1 claims" in said
    head = told("db", "verify").lines[-1]
    assert head.removeprefix("head ") in said
    assert "is the database that was dumped" in told("load", path, "--db", other).err
    assert told("db", "verify", "--db", other).lines[-1] == head
    again = str(tmp_path / "again.jsonl.gz")
    told("dump", again, "--db", other)
    with open(path, "rb") as one, open(again, "rb") as two:
        assert one.read() == two.read()


def test_bad_files_are_one_line_and_an_exit_code(told_on_sqlite: Runs, tmp_path: Path) -> None:
    posture, path, other = told_on_sqlite, tmp_path / "ledger.jsonl", str(tmp_path / "other.db")
    posture("dump", str(path))
    assert "--force" in posture("dump", str(path), code=4).err
    posture("dump", str(path), "--force")
    assert "only into a new or empty one" in posture("load", str(path), code=4).err
    whole = path.read_bytes()
    for data, code in (
        (whole[:-100], 5),
        (whole.replace(b"Niger", b"Nigel"), 5),
        (b"code,name\nfra,France\n", 5),
        (b"", 5),
        (whole.replace(b'"schema":"0', b'"schema":"9'), 1),
    ):
        path.write_bytes(data)
        outcome = posture("load", str(path), "--db", other, code=code)
        assert len(outcome.err.splitlines()) == 1
        assert not (tmp_path / "other.db").exists()
    assert "No such file" in posture("load", str(tmp_path / "none"), "--db", other, code=1).err
    assert "is a folder" in posture("load", str(tmp_path), "--db", other, code=2).err


def test_a_dump_goes_through_a_pipe(told_on_sqlite: Runs, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    told_on_sqlite("dump", str(path))
    other = str(tmp_path / "other.db")
    with path.open("rb") as stream:
        assert run_process("load", "-", "--db", other, stdin=stream).returncode == 0
    words = [sys.executable, "-m", "posture", "dump", "-", "--db", other]
    done = subprocess.run(words, capture_output=True, check=True, timeout=60)
    assert done.stdout == path.read_bytes()
