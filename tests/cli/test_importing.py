"""`posture import` at the command line: where its rejects may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

MAPPING = """
create = true
[claim]
actor = { column = "who", new = { kind = "state" } }
location = "ner"
asset_type = { column = "what", lookup = "words.csv" }
date = "2023-09-05"
quantity = { column = "many" }
"""
FILES = {
    "file.csv": "who,what,many\nfra,people,5\nfra,people,a few\n",
    "map.toml": MAPPING,
    "words.csv": "people,personnel\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("place", "message"),
    [
        *((name, f"--rejects {name} is what is read, and would be lost") for name in FILES),
        ("../{folder}/file.csv", "is what is read"),
        ("nowhere/rejected.csv", "there is no folder nowhere"),
        (".", "is a folder"),
    ],
)
def test_rejects_that_would_be_lost_or_lose_a_file_stop_the_import(
    posture: Runs, folder: Path, place: str, message: str
) -> None:
    place = place.format(folder=folder.name)
    posture("db", "upgrade")
    assert message in posture("import", "file.csv", "--map", "map.toml", "--rejects", place, code=2).err
    assert {name: (folder / name).read_text(encoding="utf-8") for name in FILES} == FILES
    assert "nothing is recorded yet" in posture("history").out


def test_rejects_may_take_the_place_of_earlier_ones_or_go_nowhere(posture: Runs, folder: Path) -> None:
    posture("db", "upgrade")
    for place in ("rejected.csv", "/dev/null", "rejected.csv"):
        assert posture("import", "file.csv", "--map", "map.toml", "--rejects", place).code == 0
    assert ",a few," in (folder / "rejected.csv").read_text(encoding="utf-8")
