"""`posture sql` and `posture db snapshot` look as their snapshots show, on a screen of 80 and of 140 columns, on each engine.

A snapshot is a file `snapshots/NAME.COLUMNS.txt`: a line `$ posture ...` and below it what the program says and prints, on the
story of Niger. With REWRITE_SNAPSHOTS=1 the files are written anew: look at what changed, as a reader would.
"""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from posture.clock import held_at
from posture.store.connection import connect
from tests.cli.conftest import _runner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Runs

SNAPSHOTS = sorted((Path(__file__).parent / "snapshots").glob("*.txt"))
TODAY = datetime(2024, 1, 31, 12, tzinfo=UTC)
"""When the story is seeded and the questions are asked: figures are as of this day."""


@pytest.fixture
def asked(
    posture: Runs,
    url: str,
    engine: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Runs]:
    """Run commands on the story of Niger, in a folder of their own; on PostgreSQL queries are asked by who may only read."""
    monkeypatch.chdir(tmp_path)
    with held_at(TODAY):
        posture("seed", "niger-2023-ledger", "--quiet")
        posture("db", "refresh")
    if engine == "sqlite":
        yield _runner(capsys)
        return
    role = f"reader_{uuid4().hex}"
    posture("db", "reader-role", role, "--login")
    monkeypatch.setenv("POSTURE_READER_URL", url.replace("//posture@", f"//{role}@"))
    yield _runner(capsys)
    with connect(url) as database:
        database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_the_answer_looks_as_in_its_snapshot(
    path: Path, asked: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    width = int(path.suffixes[0].lstrip("."))
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    shown = path.read_text(encoding="utf-8")
    said: list[str] = []
    for line in (line for line in shown.splitlines() if line.startswith("$ ")):
        with held_at(TODAY):
            answer = asked(*shlex.split(line[2:])[1:])
        assert all(len(each) <= width for each in answer.lines)
        told = answer.err.replace(str(tmp_path), "/srv")
        said.append(f"{line}\n{told}{answer.out}")
    real = re.sub(r"[0-9,]+ bytes", "N bytes", "\n".join(said))
    if os.environ.get("REWRITE_SNAPSHOTS"):
        path.write_text(real, encoding="utf-8")
        return
    assert real == shown
