"""Where data goes: standard output, or a file that is replaced only when complete."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from posture.cli.session import write
from posture.errors import PostureError, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Runs


def _failing() -> Iterator[str]:
    yield "half"
    raise ValueError("no more")


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write(["one", "two"], str(path))
    assert path.read_text() == "one\ntwo\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(ValueError, match="no more"):
        write(_failing(), str(path))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")

    def full(_: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PostureError, match="No space left on device; what was there before is untouched"):
        write(["new"], str(path))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_new_file_keeps_the_old_ones_mode_and_link(tmp_path: Path) -> None:
    path, link = tmp_path / "out.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write(["new"], str(link))
    assert link.is_symlink()
    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageMistake, match="is a folder"):
        write(["x"], str(tmp_path))


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PostureError, match="No such file or directory"):
        write(["x"], str(tmp_path / "none" / "out.txt"))


def test_a_device_is_written_to_and_not_replaced() -> None:
    write(["x"], "/dev/null")
    assert not Path("/dev/null").is_file()


def test_every_report_goes_to_a_file_in_any_form(told_on_sqlite: Runs, tmp_path: Path) -> None:
    for form in ("table", "json", "jsonl", "csv", "md"):
        path = tmp_path / f"sources.{form}"
        outcome = told_on_sqlite("source", "list", "-f", form, "-o", str(path))
        assert outcome.out == ""
        assert path.read_text() == told_on_sqlite("source", "list", "-f", form).out


def test_the_json_envelope_states_both_clocks(told: Runs) -> None:
    answer = json.loads(told("history", "-f", "json").out)
    assert list(answer) == ["report", "schema_version", "as_of", "known_at", "rows"]
    assert (answer["report"], answer["known_at"]["seq"]) == ("history", 10)


def test_history_is_newest_first_and_filtered(told: Runs) -> None:
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--by", "Amina")
    told("log", "count", "fra-tcd/personnel", "1000", "--source", "afp")
    told("retract", "1", "--reason", "a slip")

    def entries(*words: str) -> list[int]:
        return [row["entry"] for row in json.loads(told("history", "-f", "json", "-n", "0", *words).out)["rows"]]

    assert entries()[:3] == [13, 12, 11]
    assert entries("fra-ner") == [13, 11]
    assert entries("fra-ner/drones") == [13, 11]
    assert entries("fra-tcd") == [12]
    assert entries("--source", "afp") == [12]
    assert entries("--by", "Amina") == [11]
    assert entries("--action", "retract") == [13]
    assert entries("--since", "2000-01-01")[0] == 13
    assert "- retracted c1" in told("history", "-n", "1").out


def test_history_names_the_line_of_an_asset(told: Runs) -> None:
    assert "- added asset fra-ner/drones" in told("history", "-n", "0").out


def test_a_line_is_shown_with_what_it_holds(told: Runs) -> None:
    assert json.loads(told("show", "fra-ner/drones", "-f", "json").out)["rows"][0]["posture"].startswith(
        "nothing known on"
    )
    told("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--grade", "B2")
    told("log", "status", "fra-ner/drones", "grounded", "3", "--source", "rfi")
    shown = json.loads(told("asset", "show", "fra-ner/drones", "-f", "json").out)["rows"][0]
    assert list(shown)[:2] == ["address", "posture"]
    assert shown["posture"].startswith("4 on ")
    assert shown["posture"].endswith("; since 2023-09-05, B2 rfi; 3 grounded; stale")


def test_history_of_nothing_says_what_to_do(posture_on_sqlite: Runs) -> None:
    assert "posture seed --list" in posture_on_sqlite("history").out
