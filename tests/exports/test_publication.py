"""An export is put in its place in one step, after all of it was synced, and there is no moment without one."""

from __future__ import annotations

import ctypes
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from posture.exports import exchange, publication
from posture.exports.folders import read_template
from posture.exports.manifest import Filed, hash_file
from posture.exports.publication import LocalDestination

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = '{"manifest_version": 1, "job": "x", "known_at": {"seq": 1}, "package": {"sha256": "%s"}, "files": [%s]}'


def destination(tmp_path: Path, name: str = "out/niger") -> LocalDestination:
    return LocalDestination(read_template(name, str(tmp_path)), str(tmp_path))


def publish(place: LocalDestination, text: str, parts: tuple[str, ...] = ("niger",)) -> None:
    with place.locked():
        path = os.path.join(place.begin(), "data.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        exchange.sync_file(path)
        size, sha256 = hash_file(path)
        filed = Filed("data.csv", "csv", "text/csv", None, 1, size, sha256)
        named = f'{{"path": "data.csv", "format": "csv", "media_type": "", "rows": 1, "bytes": {size}, "sha256": "{sha256}"}}'
        place.publish(parts, MANIFEST % ("0" * 64, named), "{}\n", [filed])


def test_this_system_exchanges_folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchange.exchange(str(tmp_path / "a"), str(tmp_path / "b"))
    assert os.listdir(tmp_path / "a") == ["b"] and os.listdir(tmp_path / "b") == ["a"]
    with pytest.raises(FileNotFoundError):
        exchange.exchange(str(tmp_path / "a"), str(tmp_path / "nothing"))


def test_everything_is_synced_before_it_is_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = destination(tmp_path)
    publish(place, "old")
    happened: list[str] = []
    real_sync, real_exchange = os.fsync, publication.exchange

    def sync(handle: int) -> None:
        happened.append(os.readlink(f"/proc/self/fd/{handle}"))
        real_sync(handle)

    def swap(one: str, other: str) -> bool:
        happened.append("exchanged")
        return real_exchange(one, other)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(publication, "exchange", swap)
    publish(place, "new")
    new = str(tmp_path / "out" / ".posture-niger.new")
    at = happened.index("exchanged")
    names = ("data.csv", "datapackage.json", "SHA256SUMS", "manifest.json")
    assert happened[:at] == [*(f"{new}/{name}" for name in names), new]
    assert happened[at + 1 :] == [str(tmp_path / "out")]
    assert (tmp_path / "out/niger/data.csv").read_text(encoding="utf-8") == "new"


def test_there_is_no_moment_without_an_export(tmp_path: Path) -> None:
    place = destination(tmp_path)
    publish(place, "0")
    missing: list[Any] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if not os.path.isfile(tmp_path / "out/niger/manifest.json"):
                missing.append("there was a moment without")

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(200):
            publish(place, str(number))
    finally:
        done.set()
        reader.join()
    assert missing == []


def test_folders_below_folders_are_made_and_removed(tmp_path: Path) -> None:
    place = destination(tmp_path, "out/{year}/{as_of}")
    for day in ("2023-10-14", "2023-10-15"):
        publish(place, day, ("2023", day))
    assert list(place.published()) == [("2023", "2023-10-14"), ("2023", "2023-10-15")]
    (tmp_path / "out/2023/notes").mkdir()
    (tmp_path / "out/2023/2023-10-16").symlink_to(tmp_path)
    assert list(place.published()) == [("2023", "2023-10-14"), ("2023", "2023-10-15")]
    (tmp_path / "out/2023/notes").rmdir()
    (tmp_path / "out/2023/2023-10-16").unlink()
    for parts in list(place.published()):
        place.remove(parts)
    assert os.listdir(tmp_path / "out") == [".posture-year_as_of.lock"]


def test_a_link_in_the_place_of_what_is_ours_is_removed_and_not_followed(tmp_path: Path) -> None:
    place = destination(tmp_path)
    publish(place, "old")
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years", encoding="utf-8")
    for end in ("new", "old", "gone"):
        (tmp_path / f"out/.posture-niger.{end}").symlink_to(precious)
    publish(place, "new")
    assert os.listdir(precious) == ["thesis.txt"]
    assert sorted(os.listdir(tmp_path / "out")) == [".posture-niger.lock", "niger"]


def as_the_owner(work: Callable[[], None]) -> None:
    """Do work in a process of its own that may only what the owner of a file may, though the tests run as root."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _give_up_capabilities()
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _give_up_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if os.geteuid() == 0 and ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError("capabilities cannot be given up")


@pytest.mark.parametrize("parts", [("niger",), ("2023", "niger")])
@pytest.mark.parametrize("exchanges", [True, False])
def test_an_export_that_was_closed_to_writers_is_replaced_and_stays_closed(
    tmp_path: Path, parts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, *, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(publication, "exchange", lambda *_: False)
    place = destination(tmp_path, "out/niger" if len(parts) == 1 else "out/{year}/niger")
    publish(place, "old", parts)
    folder = tmp_path.joinpath("out", *parts)
    folder.chmod(0o555)

    def twice() -> None:
        for text in ("newer", "newest"):
            publish(place, text, parts)

    as_the_owner(twice)
    assert (folder / "data.csv").read_text(encoding="utf-8") == "newest"
    assert folder.stat().st_mode & 0o777 == 0o555
    assert not [name for name in os.listdir(tmp_path / "out") if name.endswith((".new", ".old"))]
    as_the_owner(lambda: place.remove(parts))
    assert not folder.exists()
