"""Each report looks as its snapshots show, on a screen of 80 and of 140 columns, on each engine.

A snapshot is a file `snapshots/NAME.COLUMNS.txt`: a line `$ posture report ...` and below it what the program prints, on the
two Niger scenarios of the fixtures or on the one that a first line `# NAME` names. With REWRITE_SNAPSHOTS=1 the files are
written anew: look at what changed, as a reader would.
"""

from __future__ import annotations

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posture.clock import held_at
from tests.niger import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Runs

SNAPSHOTS = sorted((Path(__file__).parent / "snapshots").glob("*.txt"))
SCENARIO = "niger-2023-ledger"
TODAY = datetime(2024, 1, 31, 12, tzinfo=UTC)
"""When the questions are asked: a report that names no day is about this one."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a database with the story of Niger, once for all snapshots."""
    with told(request, request.param, tmp_path_factory.mktemp("snapshots"), SCENARIO) as story:
        yield story.db.url


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_the_report_looks_as_in_its_snapshot(
    path: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.cli.conftest import _runner

    monkeypatch.setenv("POSTURE_DATABASE_URL", database)
    monkeypatch.setenv("COLUMNS", path.suffixes[0].lstrip("."))
    monkeypatch.setenv("NO_COLOR", "1")
    posture: Runs = _runner(capsys)
    shown = path.read_text(encoding="utf-8")
    real = "\n".join(_answered(posture, line) for line in shown.splitlines() if line.startswith("$ "))
    if os.environ.get("REWRITE_SNAPSHOTS"):
        path.write_text(real, encoding="utf-8")
        return
    assert real == shown
    width = int(path.suffixes[0].lstrip("."))
    assert all(len(line) <= width for line in shown.splitlines() if not line.startswith("$ "))


def _answered(posture: Runs, line: str) -> str:
    words = shlex.split(line[2:])
    assert words[0] == "posture", line
    with held_at(TODAY):
        return f"{line}\n{posture(*words[1:]).out}"
