"""The age of evidence as a command: limits from the settings, from the command line, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from posture.domain.schemas import validated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

QUESTION = ("report", "stale", "--as-of", "2023-10-31")


@pytest.fixture
def counted(told: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Two lines, and limits in a project's settings."""
    told("log", "count", "fra-ner/personnel", "~1500", "--on", "2023-09-05", "--source", "rfi")
    told("log", "count", "fra-ner/drones", "4", "--on", "2023-10-11", "--source", "afp")
    (tmp_path / "posture.toml").write_text("stale_after = 70\n[stale]\ndrone = 14\n")
    monkeypatch.chdir(tmp_path)
    return told


def rows(posture: Runs, *words: str) -> list[dict[str, Any]]:
    answer = json.loads(posture(*QUESTION, *words, "-f", "json").out)
    validated("stale-report", answer)
    found: list[dict[str, Any]] = answer["rows"]
    return found


def test_limits_are_kept_in_the_settings(counted: Runs) -> None:
    found = {row["asset"]: (row["limit_days"], row["limit_by"], row["over_days"]) for row in rows(counted)}
    assert found == {"personnel": (70, "default", None), "drones": (14, "drone", 6)}
    assert [row["asset"] for row in rows(counted, "--over")] == ["drones"]


def test_one_limit_stands_in_for_all_of_them(counted: Runs) -> None:
    found = {row["asset"]: (row["limit_days"], row["over_days"]) for row in rows(counted, "--limit", "50")}
    assert found == {"personnel": (50, 6), "drones": (50, None)}


def test_config_show_lists_the_limits_with_their_file(counted: Runs, tmp_path: Path) -> None:
    out = counted("config", "show", "--origin").out
    assert f"stale.drone  = 14   # {tmp_path / 'posture.toml'}" in out
    shown = json.loads(counted("config", "show", "--json").out)
    assert shown["stale.drone"] == {"value": 14, "origin": str(tmp_path / "posture.toml")}


def test_the_screen_marks_what_is_over(counted: Runs) -> None:
    out = counted(*QUESTION).out
    assert out.startswith("Age of evidence as of 2023-10-31")
    assert "14 (drone)  by 6 days" in out
    assert counted(*QUESTION, "--limit", "90", "--over").out.endswith("\n\nno line is over its limit\n")


@pytest.mark.parametrize("word", ["-1", "soon", "1.5", ""])
def test_a_limit_is_a_whole_number(told_on_sqlite: Runs, word: str) -> None:
    err = told_on_sqlite("report", "stale", f"--limit={word}", code=2).err
    assert "--limit must be a whole number, 0 or more" in err
