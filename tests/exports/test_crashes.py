"""Runs that are ended at any moment leave the old export or the new one, and the next run cleans up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posture.imports.scenario import seed
from posture.store.connection import open_database

if TYPE_CHECKING:
    from collections.abc import Callable

KILLS = os.environ.get("EXPORT_KILLS", "500")
TOP = Path(__file__).resolve().parents[2]


@pytest.fixture
def ledger(make_url: Callable[..., str]) -> str:
    url = make_url("sqlite")
    with open_database(url) as db:
        seed(db, "niger-2023-ledger")
    return url


def killed(way: str, folder: Path, ledger: str, number: str = "0") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.exports.killing", way, str(folder), ledger, number, "5"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_run_killed_at_500_moments_of_chance_never_tears_an_export(tmp_path: Path, ledger: str) -> None:
    found = killed("moments", tmp_path, ledger, KILLS)
    assert found["killed"] == int(KILLS) and found["old"] and found["new"]


def test_a_run_that_ends_before_any_one_of_its_calls_leaves_the_old_export_or_the_new(
    tmp_path: Path, ledger: str
) -> None:
    found = killed("steps", tmp_path, ledger)
    assert found["killed"] > 20 and found["old"] and found["new"]


def test_where_folders_cannot_be_exchanged_the_next_run_puts_the_old_export_back(tmp_path: Path, ledger: str) -> None:
    found = killed("aside", tmp_path, ledger)
    assert found["killed"] > 20 and found["old"] and found["new"]


def test_a_feed_that_is_ended_at_any_of_its_calls_misses_and_doubles_nothing(tmp_path: Path, ledger: str) -> None:
    found = killed("feed", tmp_path, ledger)
    assert found["killed"] > 20 and found["old"] and found["new"]
