"""Real disks that are full, read-only or gone: one line, and the old export stands."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from posture import clock
from posture.exports.checking import verify
from tests.cli.conftest import posture_on_sqlite, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Runs

__all__ = ("posture_on_sqlite",)
JOB = """
[[job]]
name = "niger"
report = "posture"
formats = ["csv", "json"]
destination = "{disk}/niger"
mounted = "{disk}"
"""


def mount(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.getuid() != 0
        or shutil.which("mount") is None
        or not mount("-t", "tmpfs", "-o", "size=96k", "tmpfs", str(place))
    ):
        pytest.skip("needs to mount a disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


@pytest.fixture
def told(disk: Path, tmp_path: Path, posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exports.toml").write_text(JOB.format(disk=disk), encoding="utf-8")
    with clock.held_at(datetime(2023, 11, 1, 12, tzinfo=UTC)):
        prepared(posture_on_sqlite)
        count(posture_on_sqlite, "1500")
        posture_on_sqlite("export", "run")
        count(posture_on_sqlite, "1200")
        yield posture_on_sqlite


def count(posture: Runs, number: str) -> None:
    posture("log", "count", "fra-ner/personnel", number, "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")


def stands(disk: Path, number: bytes) -> None:
    assert not verify(str(disk / "niger")).findings
    assert number in (disk / "niger/posture.csv").read_bytes()


def test_a_full_disk(told: Runs, disk: Path) -> None:
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    failed = told("export", "run", code=1)
    assert failed.err.count("\n") == 1
    assert failed.err.startswith("posture: job niger: cannot write") and "No space left on device" in failed.err
    stands(disk, b",1500,")
    assert sorted(os.listdir(disk)) == [".posture-niger.lock", "filler", "niger"]
    filler.unlink()
    told("export", "run")
    stands(disk, b",1200,")


def test_a_disk_that_has_become_read_only(told: Runs, disk: Path) -> None:
    assert mount("-o", "remount,ro", str(disk))
    failed = told("export", "run", code=1)
    assert failed.err.count("\n") == 1 and "Read-only file system" in failed.err
    stands(disk, b",1500,")
    assert mount("-o", "remount,rw", str(disk))
    told("export", "run")
    stands(disk, b",1200,")


def test_a_disk_that_has_gone(told: Runs, disk: Path) -> None:
    held = os.open(disk, os.O_RDONLY)
    try:
        assert subprocess.run(["umount", "--lazy", str(disk)], check=False).returncode == 0
        failed = told("export", "run", code=1)
        assert failed.err == f"posture: job niger: nothing is mounted at {disk}; nothing was changed\n"
        assert os.listdir(disk) == []
        with open(f"/proc/self/fd/{held}/niger/posture.csv", "rb") as file:
            assert b",1500," in file.read()
    finally:
        os.close(held)
