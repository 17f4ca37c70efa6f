"""How the tests run the program: in this process where only words matter, in one of its own where the process does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from posture.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What a run of the program did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Runs(Protocol):
    """Runs the program with these words."""

    def __call__(self, *words: str, code: int = 0) -> Outcome: ...


@pytest.fixture
def posture(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    """Run commands on a database of the test's own, on each engine; the exit code must be the one expected."""
    monkeypatch.setenv("POSTURE_DATABASE_URL", url)
    return _runner(capsys)


@pytest.fixture
def posture_on_sqlite(make_url: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    """Run commands on a SQLite database of the test's own, where the engine does not matter."""
    monkeypatch.setenv("POSTURE_DATABASE_URL", make_url("sqlite"))
    return _runner(capsys)


def _runner(capsys: pytest.CaptureFixture[str]) -> Runs:
    def posture(*words: str, code: int = 0) -> Outcome:
        capsys.readouterr()
        found = run(words)
        streams = capsys.readouterr()
        assert found == code, f"posture {' '.join(words)}: exit {found}\n{streams.out}\n{streams.err}"
        return Outcome(found, streams.out, streams.err)

    return posture


@pytest.fixture
def told(posture: Runs) -> Runs:
    """The same, with a source, a deployment and its lines to talk about."""
    return prepared(posture)


@pytest.fixture
def told_on_sqlite(posture_on_sqlite: Runs) -> Runs:
    return prepared(posture_on_sqlite)


def prepared(posture: Runs) -> Runs:
    """Add France, Niger, their deployment and two sources."""
    posture("actor", "add", "fra", "--name", "France", "--kind", "state")
    posture("location", "add", "ner", "--name", "Niger", "--kind", "country")
    posture("location", "add", "tcd", "--name", "Chad", "--kind", "country")
    posture("deployment", "add", "fra-ner", "--actor", "fra", "--location", "ner")
    posture("deployment", "add", "fra-tcd", "--actor", "fra", "--location", "tcd")
    for line in ("fra-ner/personnel", "fra-ner/drones", "fra-tcd/personnel"):
        posture("asset", "add", line)
    text = "Some 1,500 soldiers and 4 drones are there."
    posture(
        "source", "add", "rfi", "--title", "RFI", "--published-on", "2023-09-05", "--reliability", "B", "--text", text
    )
    posture("source", "add", "afp", "--title", "AFP", "--published-on", "2023-10-11", "--reliability", "B")
    return posture


def run_process(
    *words: str, folder: Path | None = None, environment: dict[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, without a terminal."""
    surroundings = {**os.environ, **(environment or {})}
    more.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(
        [sys.executable, "-m", "posture", *words],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **more,
    )
