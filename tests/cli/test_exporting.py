"""`posture export`: published whole or not at all, told in a line, recorded, and looked after."""

from __future__ import annotations

import csv
import errno
import gzip
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posture import clock
from posture.exports import publication
from posture.exports.checking import verify
from posture.exports.locks import locked
from tests.cli.conftest import prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Runs

TOP = Path(__file__).resolve().parents[2]
NOON = datetime(2023, 11, 1, 12, tzinfo=UTC)
JOB = """
[[job]]
name = "niger"
report = "posture"
formats = ["csv", "json"]
destination = "out/niger"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to stand in, on a day that stays the same."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    with clock.held_at(NOON):
        yield place


@pytest.fixture
def told(folder: Path, posture: Runs) -> Runs:
    """A ledger with three figures, up to entry #13."""
    return with_figures(posture)


@pytest.fixture
def told_on_sqlite(folder: Path, posture_on_sqlite: Runs) -> Runs:
    """The same, where the engine does not matter."""
    return with_figures(posture_on_sqlite)


def with_figures(posture: Runs) -> Runs:
    prepared(posture)
    for line, number in (("fra-ner/personnel", "1500"), ("fra-ner/drones", "4"), ("fra-tcd/personnel", "900")):
        posture("log", "count", line, number, "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")
    return posture


def jobs(folder: Path, text: str = JOB) -> None:
    (folder / "exports.toml").write_text(text, encoding="utf-8")


def count(posture: Runs, number: str = "1200") -> None:
    posture("log", "count", "fra-ner/personnel", number, "--on", "2023-09-06", "--source", "rfi", "--grade", "B2")


def manifest(place: Path) -> Any:
    return json.loads((place / "manifest.json").read_text(encoding="utf-8"))


def sound(place: Path) -> bool:
    return not verify(str(place)).findings


def test_an_export_is_whole_and_says_what_it_is(told: Runs, folder: Path) -> None:
    jobs(folder, 'licence = "CC-BY-4.0"\n' + JOB + "parameters = { location = 'ner', as_of = 2023-10-15 }\n")
    out = told("export", "run").lines
    size = sum(each["bytes"] for each in manifest(folder / "out/niger")["files"])
    clocks = "as of 2023-10-15, as known at #13 (2023-11-01 12:00Z)"
    assert out == [f"niger: published, 2 rows, 2 files, {size:,} bytes, {clocks}", f"  {folder / 'out' / 'niger'}"]
    place = folder / "out" / "niger"
    said = manifest(place)
    assert (said["job"], said["report"], said["as_of"], said["known_at"]["seq"]) == (
        "niger",
        "posture",
        "2023-10-15",
        13,
    )
    assert said["parameters"] == {"as_of": "2023-10-15", "location": "ner"} and said["licence"] == {"name": "CC-BY-4.0"}
    head = json.loads(told("db", "verify", "--json").out)["head"]
    assert head == f"13:{said['head']['entry_hash']}"
    with (place / "posture.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["asset"]: row["best"] for row in rows} == {"personnel": "1500", "drones": "4"}
    assert json.loads((place / "posture.json").read_text(encoding="utf-8"))["as_of"] == "2023-10-15"
    assert sorted(os.listdir(place)) == [
        "SHA256SUMS",
        "datapackage.json",
        "manifest.json",
        "posture.csv",
        "posture.json",
    ]
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=place, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert told("export", "verify", "out/niger").lines == [
        "out/niger: niger, 2 files, as of 2023-10-15, as known at #13: whole"
    ]
    assert told("export", "verify", "--ledger", "out/niger").code == 0


def test_the_same_question_on_the_same_ledger_gives_the_same_bytes(told_on_sqlite: Runs, folder: Path) -> None:
    text = JOB.replace('["csv", "json"]', '["csv", "json", "jsonl", "md", "xlsx", "parquet", "sqlite"]')
    jobs(folder, text + 'compression = "gz"\ncite = true\n')
    told_on_sqlite("export", "run")
    before = {path.name: path.read_bytes() for path in (folder / "out/niger").iterdir()}
    with clock.held_at(NOON + timedelta(hours=5)):
        told_on_sqlite("export", "run")
    assert {path.name: path.read_bytes() for path in (folder / "out/niger").iterdir()} == before
    assert "posture.csv.gz" in before and "posture.xlsx" in before and "posture.parquet" in before
    assert gzip.decompress(before["posture.csv.gz"]).startswith(b"deployment,")


def test_a_new_export_takes_the_place_of_the_old_one(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    told_on_sqlite("export", "run")
    (folder / "out/niger").chmod(0o750)
    count(told_on_sqlite)
    told_on_sqlite("export", "run")
    assert manifest(folder / "out/niger")["known_at"]["seq"] == 14
    assert stat.S_IMODE((folder / "out/niger").stat().st_mode) == 0o750
    assert sorted(os.listdir(folder / "out")) == [".posture-niger.lock", "niger"]


def test_a_dry_run_writes_nothing(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    assert "would be published, 3 rows" in told_on_sqlite("export", "run", "--dry-run").out
    assert os.listdir(folder) == ["exports.toml"]
    assert json.loads(told_on_sqlite("export", "status", "-f", "json").out)[0]["published_at"] is None


def test_what_did_not_change_is_not_published_again(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB.replace('["csv", "json"]', '["csv"]'))
    told_on_sqlite("export", "run")
    first = (folder / "out/niger/manifest.json").stat().st_ino
    assert told_on_sqlite("export", "run", "--if-changed").out.startswith("niger: unchanged")
    assert (folder / "out/niger/manifest.json").stat().st_ino == first
    rows = json.loads(told_on_sqlite("export", "status", "-f", "json").out)
    assert (rows[0]["last_outcome"], rows[0]["stands"]) == ("unchanged", True)
    count(told_on_sqlite)
    assert told_on_sqlite("export", "run", "--if-changed").out.startswith("niger: published")


def test_a_job_is_due_once_a_day(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + 'at = "06:00"\n')
    assert told_on_sqlite("export", "run", "--due").out.startswith("niger: published")
    again = told_on_sqlite("export", "run", "--due")
    assert again.out == "" and again.err == "nothing is due\n"
    with clock.held_at(NOON + timedelta(hours=17, minutes=59)):
        assert told_on_sqlite("export", "run", "--due", "--quiet").err == ""
    with clock.held_at(NOON + timedelta(hours=18)):
        assert told_on_sqlite("export", "run", "--due").out.startswith("niger: published")


def test_every_run_is_recorded_and_the_monitor_is_told(told: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.require]\nmin_rows = 3\n")
    alarm = told("export", "status", "--max-age", "26h", code=1)
    assert alarm.err == "posture: job niger: was never published\n"
    told("export", "run")
    assert told("export", "status", "--max-age", "26h").err == ""
    with clock.held_at(NOON + timedelta(hours=27)):
        jobs(folder, JOB + "[job.require]\nmin_rows = 4\n")
        refused = told("export", "run", code=4)
        assert refused.err == (
            "posture: job niger: there are 3 rows, and the job requires at least 4; what was there before is untouched\n"
        )
        late = told("export", "status", "--max-age", "26h", code=1)
        assert late.err.startswith(
            "posture: job niger: published 1 d 3 h ago, more than 26h (last run refused: there are"
        )
        assert told("export", "status").code == 0
    assert sound(folder / "out/niger")
    shutil.rmtree(folder / "out/niger")
    assert "is gone or altered" in told("export", "status", "--max-age", "2d", code=1).err


def test_a_clock_that_leapt_ahead_blinds_neither_the_monitor_nor_the_schedule(told: Runs, folder: Path) -> None:
    jobs(folder)
    with clock.held_at(NOON.replace(year=2036)):
        told("export", "run", "--due")
    alarm = told("export", "status", "--max-age", "26h", code=1)
    assert "niger: published at 2036-11-01 12:00Z, which is still to come: is the clock right?" in alarm.err
    assert "ahead of the clock" in alarm.out
    assert "niger: published" in told("export", "run", "--due").out
    assert told("export", "run", "--due").err == "nothing is due\n"
    assert told("export", "status", "--max-age", "26h").err == ""
    with clock.held_at(NOON - timedelta(minutes=4)):
        assert told("export", "status", "--max-age", "26h").err == ""


def test_the_monitor_looks_into_the_folder_of_the_last_run(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB.replace('"out/niger"', '"out/{year}/{as_of}"'))
    told_on_sqlite("export", "run")
    assert told_on_sqlite("export", "status", "--max-age", "2d").err == ""
    (csv,) = folder.glob("out/*/*/posture.csv")
    csv.write_text("cut", encoding="utf-8")
    assert "is gone or altered" in told_on_sqlite("export", "status", "--max-age", "2d", code=1).err


def test_a_job_may_have_a_limit_of_its_own(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + JOB.replace("niger", "monthly") + 'every = "month"\nmax_age = "32d"\n')
    told_on_sqlite("export", "run")
    with clock.held_at(NOON + timedelta(days=2)):
        assert told_on_sqlite("export", "status", "--max-age", "26h", code=1).err.count("job monthly") == 0
        assert told_on_sqlite("export", "status").code == 0
    with clock.held_at(NOON + timedelta(days=33)):
        said = told_on_sqlite("export", "status", code=1).err
        assert said == "posture: job monthly: published 33 d 0 h ago, more than 32d\n"


def test_jobs_are_listed(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + 'every = "week"\nat = "06:30"\n')
    assert told_on_sqlite("export", "list").lines[-1].split() == [
        *("niger", "posture", "csv", "json", "every", "week", "at", "06:30", "out/niger")
    ]
    (row,) = json.loads(told_on_sqlite("export", "list", "-f", "json").out)
    assert row["destination"] == str(folder / "out/niger") and row["formats"] == ["csv", "json"]
    jobs(folder, JOB + JOB.replace("niger", "other"))
    assert [line.split()[0] for line in told_on_sqlite("export", "list", "other").lines] == ["JOB", "other"]
    assert (
        told_on_sqlite("export", "list", "-f", "cvs", code=2).err
        == 'posture: no format "cvs"; use one of table, json\n'
    )


def test_a_length_that_is_none_is_refused(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    assert "such as 90m, 26h or 8d" in told_on_sqlite("export", "status", "--max-age", "soon", code=2).err


REQUIRED = [
    ("max_rows = 2", "there are 3 rows, and the job requires at most 2"),
    (
        'newest_evidence = "30d"',
        "the newest evidence is of 2023-09-05, 57 days before 2023-11-01, and the job allows 30d",
    ),
    ("no_conflicts = true", "1 conflict is open, and the job allows none"),
]


@pytest.mark.parametrize(("rule", "said"), REQUIRED)
def test_what_a_job_requires_must_hold(told: Runs, folder: Path, rule: str, said: str) -> None:
    jobs(folder)
    told("export", "run")
    if "conflicts" in rule:
        told("log", "count", "fra-ner/personnel", "300", "--on", "2023-09-06", "--source", "afp", "--grade", "B2")
    before = (folder / "out/niger/manifest.json").read_bytes()
    jobs(folder, f"{JOB}[job.require]\n{rule}\n")
    assert told("export", "run", code=4).err.startswith(f"posture: job niger: {said}")
    assert (folder / "out/niger/manifest.json").read_bytes() == before
    assert sorted(os.listdir(folder / "out")) == [".posture-niger.lock", "niger"]


def test_old_exports_go_and_what_is_not_ours_stays(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB.replace("out/niger", "out/{as_of}") + "[job.keep]\nlast = 2\nmonthly = 2\n")
    (folder / "out/2023-01-01").mkdir(parents=True)
    (folder / "out/2023-01-01/notes.txt").write_text("mine", encoding="utf-8")
    said = ""
    for day in range(6):
        with clock.held_at(NOON + timedelta(days=27 + day)):
            said = told_on_sqlite("export", "run").out
    names = sorted(name for name in os.listdir(folder / "out") if not name.startswith("."))
    assert names == ["2023-01-01", "2023-11-30", "2023-12-02", "2023-12-03"]
    assert f"  removed {folder / 'out' / '2023-12-01'}" in said
    assert all(sound(folder / "out" / name) for name in names[1:])


def test_the_newest_export_that_is_whole_is_never_removed(told_on_sqlite: Runs, folder: Path) -> None:
    text = JOB.replace("out/niger", "out/{as_of}")
    jobs(folder, text)
    for day in range(3):
        with clock.held_at(NOON + timedelta(days=day)):
            told_on_sqlite("export", "run")
    for name in ("2023-11-02", "2023-11-03"):
        (folder / "out" / name / "posture.csv").write_text("altered", encoding="utf-8")
    jobs(folder, text + "[job.keep]\nlast = 1\n")
    from posture.exports.jobs_reading import read_jobs
    from posture.exports.retention import remove_old

    found = read_jobs(str(folder / "exports.toml"))
    destination = publication.LocalDestination(found.template(found.jobs[0]), str(folder))
    identity = manifest(folder / "out/2023-11-01")["database_id"]
    assert remove_old(destination, "niger", identity, found.jobs[0].keep) == [("2023-11-02",)]
    assert sound(folder / "out/2023-11-01")


def test_a_second_run_leaves_with_75(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    (folder / "out").mkdir()
    with locked(str(folder / "out/.posture-niger.lock"), "there"):
        busy = told_on_sqlite("export", "run", code=75)
    assert busy.err == (
        f"posture: job niger: another run publishes to {folder / 'out' / 'niger'} right now; nothing was changed; try again later\n"
    )
    assert json.loads(told_on_sqlite("export", "status", "-f", "json").out)[0]["last_outcome"] == "busy"
    told_on_sqlite("export", "run")


def test_a_second_run_waits_for_no_database_either(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    (folder / "out").mkdir()
    held = sqlite3.connect(os.environ["POSTURE_DATABASE_URL"].removeprefix("sqlite:///"), isolation_level=None)
    held.execute("begin immediate")
    with locked(str(folder / "out/.posture-niger.lock"), "there"):
        busy = told_on_sqlite("export", "run", code=75)
    assert busy.err.count("\n") == 1 and "another run publishes" in busy.err
    held.close()


def test_a_folder_with_other_files_is_never_replaced(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    (folder / "out/niger").mkdir(parents=True)
    (folder / "out/niger/thesis.txt").write_text("years of work", encoding="utf-8")
    assert "holds other files and no export" in told_on_sqlite("export", "run", code=4).err
    (folder / "out/niger/thesis.txt").rename(folder / "thesis.txt")
    told_on_sqlite("export", "run")
    (folder / "thesis.txt").rename(folder / "out/niger/thesis.txt")
    assert "also holds thesis.txt" in told_on_sqlite("export", "run", code=4).err
    assert (
        told_on_sqlite("export", "verify", "out/niger", code=5).err
        == "posture: out/niger: thesis.txt: not of this export\n"
    )


def test_an_export_of_another_job_or_ledger_is_never_replaced(
    told_on_sqlite: Runs, folder: Path, make_url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(folder)
    told_on_sqlite("export", "run")
    jobs(folder, JOB.replace('name = "niger"', 'name = "other"'))
    assert 'is an export of the job "niger"' in told_on_sqlite("export", "run", code=4).err
    jobs(folder)
    monkeypatch.setenv("POSTURE_DATABASE_URL", make_url("sqlite", migrated=False))
    told_on_sqlite("db", "upgrade")
    assert "is an export of the ledger" in told_on_sqlite("export", "run", code=4).err
    assert sound(folder / "out/niger")


def test_all_files_of_a_run_are_of_one_moment(
    folder: Path, make_url: Any, posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from posture.exports.forms import Form

    monkeypatch.setenv("POSTURE_DATABASE_URL", make_url("postgresql"))
    posture = with_figures(posture_on_sqlite)
    jobs(folder, JOB.replace('"posture"', '"claims"').replace('["csv", "json"]', '["csv", "jsonl"]'))
    real = Form.write

    def write_and_log(self: Form, *words: Any, **more: Any) -> int:
        rows = real(self, *words, **more)
        count(posture)
        return rows

    monkeypatch.setattr(Form, "write", write_and_log)
    posture("export", "run")
    said = manifest(folder / "out/niger")
    assert [each["rows"] for each in said["files"]] == [3, 3] and said["known_at"]["seq"] == 13


@pytest.mark.parametrize("where", ["out/niger", "out"])
def test_a_symbolic_link_is_no_destination(told_on_sqlite: Runs, folder: Path, where: str) -> None:
    jobs(folder, JOB.replace("out/niger", "out/{as_of}") if where == "out" else JOB)
    (folder / "elsewhere").mkdir()
    (folder / where).parent.mkdir(exist_ok=True)
    (folder / where).symlink_to(folder / "elsewhere")
    assert "is a symbolic link" in told_on_sqlite("export", "run", code=4).err
    assert os.listdir(folder / "elsewhere") == []


def test_an_edition_s_name_cannot_lead_out_of_the_folder(folder: Path) -> None:
    from posture.errors import Refused
    from posture.exports.folders import read_template

    template = read_template("out/{edition}/{as_of}", str(folder))
    for name in ("..", "../x", "a/b", "", ".hidden", "a\nb", "x" * 2 + "/"):
        with pytest.raises(Refused, match="no name of a folder"):
            template.fill({"edition": name, "as_of": "2023-10-15"})
    with pytest.raises(Refused):
        template.fill({"edition": "q4", "as_of": "../../etc"})


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["mkdir", "fsync", "open", "rename"])
def test_a_full_disk_is_one_line_and_the_old_export_stands(
    told_on_sqlite: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    jobs(folder, JOB.replace("out/niger", "out/{seq}") if call == "rename" else JOB)
    told_on_sqlite("export", "run")
    count(told_on_sqlite)
    kept = folder / "out" / ("13" if call == "rename" else "niger")
    before = (kept / "manifest.json").read_bytes()
    with monkeypatch.context() as broken:
        if call == "open":
            real = open

            def no_room(path: Any, *words: Any, **more: Any) -> Any:
                if str(path).endswith("posture.json") and ".new" in str(path):
                    raise FULL
                return real(path, *words, **more)

            broken.setattr("builtins.open", no_room)
        else:
            real_call = getattr(os, call)

            def refuse(path: Any, *words: Any, **more: Any) -> Any:
                if isinstance(path, int) or ".posture-" in str(path):
                    raise FULL
                return real_call(path, *words, **more)

            broken.setattr(os, call, refuse)
        failed = told_on_sqlite("export", "run", code=1)
    assert failed.err.count("\n") == 1 and "No space left on device" in failed.err
    assert (kept / "manifest.json").read_bytes() == before and sound(kept)
    told_on_sqlite("export", "run")
    assert manifest(folder / "out" / ("14" if call == "rename" else "niger"))["known_at"]["seq"] == 14
    assert not [name for name in os.listdir(folder / "out") if name.endswith((".new", ".old", ".gone"))]


def test_a_folder_that_cannot_be_written_is_one_line(
    told_on_sqlite: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(folder)
    told_on_sqlite("export", "run")
    real = os.mkdir

    def read_only(path: Any, *words: Any, **more: Any) -> None:
        if ".posture-" in str(path):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(path, *words, **more)

    with monkeypatch.context() as broken:
        broken.setattr(os, "mkdir", read_only)
        failed = told_on_sqlite("export", "run", code=1)
    assert failed.err.count("\n") == 1 and "Read-only file system" in failed.err
    assert sound(folder / "out/niger")


def test_a_mount_that_has_gone_is_one_line_and_nothing_lands_beside_it(told_on_sqlite: Runs, folder: Path) -> None:
    disk = folder.parent / "disk"
    jobs(folder, JOB.replace("out/niger", str(disk / "shared" / "niger")))
    gone = told_on_sqlite("export", "run", code=1)
    assert gone.err == (
        f"posture: job niger: there is no folder {disk / 'shared'}; make it, or mount what it lies on; nothing was changed\n"
    )
    assert not disk.exists()
    (disk / "shared").mkdir(parents=True)
    jobs(folder, JOB.replace("out/niger", str(disk / "shared" / "niger")) + f'mounted = "{disk}"\n')
    assert f"nothing is mounted at {disk}" in told_on_sqlite("export", "run", code=1).err
    assert os.listdir(disk / "shared") == []
    jobs(folder, JOB.replace("out/niger", str(disk / "shared" / "niger")) + 'mounted = "/"\n')
    told_on_sqlite("export", "run")


def test_a_mount_is_named_from_the_folder_of_the_file_as_a_destination_is(
    told_on_sqlite: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(folder, JOB + 'mounted = "disk"\n')
    real = os.path.ismount
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(folder / "disk") or real(path))
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    told_on_sqlite("export", "run")


def test_a_run_that_is_told_to_end_is_recorded(
    told_on_sqlite: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from posture.exports.forms import Form

    def told_to_end(*_: Any, **__: Any) -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    jobs(folder)
    monkeypatch.setattr(Form, "write", told_to_end)
    assert told_on_sqlite("export", "run", code=130).err == "posture: interrupted\n"
    (row,) = json.loads(told_on_sqlite("export", "status", "-f", "json").out)
    assert (row["last_outcome"], row["message"]) == ("failed", "interrupted")
    assert os.listdir(folder / "out") == [".posture-niger.lock"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_manifest_is_what_its_schema_says(told: Runs, folder: Path) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads((TOP / "docs/schema/export-manifest.json").read_text(encoding="utf-8"))
    jobs(
        folder,
        f"licence = 'CC-BY-4.0'\n{JOB}title = 'x'\ncompression = 'gz'\n"
        + JOB.replace("niger", "feed").replace('"posture"', '"changes"').replace('["csv", "json"]', '["jsonl"]'),
    )
    told("export", "run")
    for name in ("niger", "feed"):
        said = manifest(folder / "out" / name)
        Draft202012Validator(schema).validate(said)
        assert set(said) <= set(schema["properties"]) and set(schema["required"]) <= set(said)


def test_hooks_run_before_and_after(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(
        folder,
        JOB
        + "[job.hooks]\nbefore = [['sh', '-c', 'echo before $POSTURE_EXPORT_JOB >> told']]\n"
        + "after = [['sh', '-c', 'ls $POSTURE_EXPORT_FOLDER >> told; echo $POSTURE_EXPORT_FILES >> told']]\n",
    )
    told_on_sqlite("export", "run")
    assert (folder / "told").read_text(encoding="utf-8").split("\n")[:2] == ["before niger", "SHA256SUMS"]
    assert "posture.csv posture.json" in (folder / "told").read_text(encoding="utf-8")


def test_a_hook_before_that_fails_keeps_a_job_from_running(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.hooks]\nbefore = [['sh', '-c', 'echo no disk; exit 3']]\n")
    assert told_on_sqlite("export", "run", code=1).err == "posture: job niger: the hook sh ended with 3: no disk\n"
    assert not (folder / "out").exists()
    jobs(folder, JOB + "[job.hooks]\nbefore = [['no-such-program']]\n")
    assert "cannot be run: No such file" in told_on_sqlite("export", "run", code=1).err
    jobs(folder, JOB + "[job.hooks]\nbefore = [['sleep', '20']]\ntimeout = '1s'\n")
    assert "took longer than 1s" in told_on_sqlite("export", "run", code=1).err


def test_a_hook_after_that_fails_is_told_and_the_export_stands(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.hooks]\nafter = [['false']]\n")
    failed = told_on_sqlite("export", "run", code=1)
    assert failed.err == "posture: job niger: published, but the hook false ended with 1\n"
    assert sound(folder / "out/niger")
    assert json.loads(told_on_sqlite("export", "status", "-f", "json").out)[0]["last_outcome"] == "published"
    assert told_on_sqlite("export", "status").out.endswith(
        "failed afterwards\n\nniger, last run published, but the hook false ended with 1\n"
    )
    alarm = told_on_sqlite("export", "status", "--max-age", "26h", code=1)
    assert alarm.err == "posture: job niger: last run published, but the hook false ended with 1\n"


def test_a_hook_that_takes_too_long_is_ended_with_all_it_began(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.hooks]\nbefore = [['sh', '-c', 'sleep 60 & echo $! > child; wait']]\ntimeout = '1s'\n")
    told_on_sqlite("export", "run", code=1)
    child = Path("/proc", (folder / "child").read_text(encoding="utf-8").strip(), "cmdline")
    for _ in range(100):
        if not child.exists() or not child.read_bytes():
            break
        time.sleep(0.05)
    assert not child.exists() or not child.read_bytes()


def test_hooks_of_a_file_that_anybody_can_write_are_not_run(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.hooks]\nbefore = [['touch', 'here']]\n")
    (folder / "exports.toml").chmod(0o666)
    assert "can be written by everybody" in told_on_sqlite("export", "run", code=4).err
    assert not (folder / "here").exists()


class Pinged(BaseHTTPRequestHandler):
    """Keeps what it is told."""

    said: list[tuple[str, str]]
    code = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).said.append((self.path, body))
        self.send_response(type(self).code)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def pinged() -> Iterator[tuple[str, type[Pinged]]]:
    handler = type("Handler", (Pinged,), {"said": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/secret-uuid", handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_addresses_are_told_how_a_run_goes(
    told_on_sqlite: Runs, folder: Path, pinged: tuple[str, type[Pinged]]
) -> None:
    address, kept = pinged
    jobs(folder, f'{JOB}ping = "{address}"\n')
    told_on_sqlite("export", "run")
    assert [path for path, _ in kept.said] == ["/secret-uuid/start", "/secret-uuid"]
    jobs(folder, f'{JOB}ping = "{address}"\n[job.require]\nmin_rows = 99\n')
    told_on_sqlite("export", "run", code=4)
    assert kept.said[-1][0] == "/secret-uuid/fail" and "there are 3 rows" in kept.said[-1][1]


def test_a_ping_never_fails_a_job_and_its_address_is_not_repeated(
    told_on_sqlite: Runs, folder: Path, pinged: tuple[str, type[Pinged]]
) -> None:
    address, kept = pinged
    kept.code = 500
    jobs(folder, f'{JOB}ping = {{ success = "{address}", failure = "http://127.0.0.1:1/secret-uuid" }}\n')
    said = told_on_sqlite("export", "run").err
    assert said == "mind: job niger: 127.0.0.1 answered the ping with 500\n"
    jobs(folder, f'{JOB}ping = "http://127.0.0.1:1/secret-uuid"\n')
    assert "secret-uuid" not in told_on_sqlite("export", "run").err
    assert sound(folder / "out/niger")


def test_a_run_that_finds_another_at_it_tells_nobody_that_it_failed(
    told_on_sqlite: Runs, folder: Path, pinged: tuple[str, type[Pinged]]
) -> None:
    address, kept = pinged
    jobs(folder, f'{JOB}ping = "{address}"\n')
    (folder / "out").mkdir()
    with locked(str(folder / "out/.posture-niger.lock"), "there"):
        told_on_sqlite("export", "run", code=75)
    assert kept.said == []


def test_an_edition_stays_what_it_was(told: Runs, folder: Path) -> None:
    told("edition", "create", "2023-q3", "--as-of", "2023-09-30")
    jobs(folder, JOB.replace("out/niger", "out/{edition}") + 'edition = "2023-q3"\n')
    told("export", "run")
    said = manifest(folder / "out/2023-q3")
    assert (said["edition"], said["as_of"], said["known_at"]["seq"]) == ("2023-q3", "2023-09-30", 13)
    before = {path.name: path.read_bytes() for path in (folder / "out/2023-q3").iterdir()}
    count(told)
    told("export", "run")
    assert {path.name: path.read_bytes() for path in (folder / "out/2023-q3").iterdir()} == before
    jobs(folder, JOB + 'edition = "2023-q4"\n')
    assert 'no edition "2023-q4"' in told("export", "run", code=3).err


def test_what_changed_between_editions_and_since_the_last_is_published(told: Runs, folder: Path) -> None:
    told("edition", "create", "a", "-q")
    count(told, "1200")
    told("edition", "create", "b", "-q")
    count(told, "1100")
    changes = JOB.replace("posture", "diff").replace('"json"', '"md"')
    jobs(
        folder,
        changes
        + 'parameters = { editions = ["a", "b"] }\n'
        + changes.replace("niger", "since").replace('["csv', '["xlsx", "csv')
        + 'parameters = { editions = "@last" }\n',
    )
    told("export", "run")
    read = {name: (folder / "out" / name / "diff.csv").read_text(encoding="utf-8") for name in ("niger", "since")}
    assert "1500,1500,1500" in read["niger"] and "1200,1200,1200" in read["niger"] and "1100" not in read["niger"]
    assert "1200,1200,1200" in read["since"] and "1100,1100,1100" in read["since"] and "1500" not in read["since"]
    assert all(",corrected\n" in text for text in read.values())
    assert manifest(folder / "out/niger")["parameters"] == {"editions": ["a", "b"]}
    count(told, "1000")
    assert told("export", "run", "niger", "--if-changed").out.startswith("niger: unchanged")
    jobs(folder, changes + 'parameters = { editions = ["a", "b", "c"] }\n')
    assert "names one, to compare with now, or two" in told("export", "check", code=2).err


def test_a_feed_goes_on_where_it_ended(told: Runs, folder: Path) -> None:
    jobs(folder, JOB.replace('"posture"', '"changes"').replace('["csv", "json"]', '["jsonl"]'))
    told("export", "run")
    first = manifest(folder / "out/niger")
    assert first["cursor"]["seq"] == 13 and [each["path"] for each in first["files"]] == [
        "changes-0000000001-0000000013.jsonl"
    ]
    assert told("export", "run").out.startswith("niger: unchanged")
    assert told("export", "run", "--dry-run").out.startswith("niger: unchanged")
    count(told)
    told("export", "run")
    second = manifest(folder / "out/niger")
    assert second["cursor"]["seq"] == 14 and second["files"][0] == first["files"][0]
    lines = (folder / "out/niger/changes-0000000014-0000000014.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["seq"] for line in lines} == {14}
    assert sound(folder / "out/niger")


def test_a_copy_made_from_a_feed_is_the_same_ledger(told: Runs, folder: Path) -> None:
    jobs(folder, JOB.replace('"posture"', '"changes"').replace('["csv", "json"]', '["jsonl", "csv"]'))
    for number in ("1200", "1100", "1000"):
        told("export", "run")
        told("feed", "apply", "out/niger", "--db", "copy.db")
        count(told, number)
    told("export", "run")
    told("feed", "apply", "out/niger", "--db", "copy.db")
    told("dump", "here.jsonl")
    told("dump", "there.jsonl", "--db", "copy.db")
    assert (folder / "here.jsonl").read_bytes() == (folder / "there.jsonl").read_bytes()


def test_a_feed_of_another_ledger_stops(
    told_on_sqlite: Runs, folder: Path, make_url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(folder, JOB.replace('"posture"', '"changes"').replace('["csv", "json"]', '["jsonl"]'))
    told_on_sqlite("export", "run")
    before = (folder / "out/niger/manifest.json").read_bytes()
    monkeypatch.setenv("POSTURE_DATABASE_URL", make_url("sqlite", migrated=False))
    told_on_sqlite("db", "upgrade")
    stopped = told_on_sqlite("export", "run", code=5)
    assert "othing was delivered" in stopped.err and stopped.err.count("\n") == 1
    assert (folder / "out/niger/manifest.json").read_bytes() == before
    (folder / "out/niger/changes-0000000001-0000000013.jsonl").unlink()
    assert "missing" in told_on_sqlite("export", "verify", "out/niger", code=5).err


def test_a_restored_ledger_stops_the_feed(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB.replace('"posture"', '"changes"').replace('["csv", "json"]', '["jsonl"]'))
    told_on_sqlite("db", "backup", "old.db")
    count(told_on_sqlite)
    told_on_sqlite("export", "run")
    told_on_sqlite("db", "restore", "old.db", "--force")
    assert "entry #14 was delivered" in told_on_sqlite("export", "run", code=5).err
    alarm = told_on_sqlite("export", "status", "--max-age", "26h", code=1).err
    assert "entry #14 was delivered" in alarm and alarm.count("\n") == 1
    count(told_on_sqlite, "7")
    assert told_on_sqlite("export", "run", code=5).code == 5
    assert sound(folder / "out/niger")
    assert "restored" in told_on_sqlite("export", "verify", "--ledger", "out/niger", code=5).err


def test_what_was_altered_is_told(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder)
    told_on_sqlite("export", "run")
    place = folder / "out/niger"
    good = {path.name: path.read_bytes() for path in place.iterdir()}

    def findings(name: str, data: bytes | None) -> str:
        if data is None:
            (place / name).unlink()
        else:
            (place / name).write_bytes(data)
        said = told_on_sqlite("export", "verify", "out/niger", code=5).err
        (place / name).write_bytes(good[name])
        assert sound(place)
        return said

    assert "posture.csv: missing" in findings("posture.csv", None)
    assert "bytes, not" in findings("posture.csv", good["posture.csv"] + b"x")
    assert "altered" in findings("posture.csv", b"D" + good["posture.csv"][1:])
    assert "datapackage.json: missing" in findings("datapackage.json", None)
    assert "SHA256SUMS: does not say" in findings("SHA256SUMS", b"")
    assert "never finished" in findings("manifest.json", None)
    assert "cut, altered" in findings("manifest.json", good["manifest.json"][:-40])
    assert "cut, altered" in findings("manifest.json", good["manifest.json"].replace(b'"posture.csv"', b'"../x.csv"'))
    assert told_on_sqlite("export", "verify", "nowhere", code=3).err == "posture: no folder nowhere\n"


def test_of_several_jobs_one_that_fails_keeps_no_other_from_running(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.require]\nmin_rows = 9\n" + JOB.replace("niger", "other"))
    found = told_on_sqlite("export", "run", "--json", code=4)
    told = [json.loads(line) for line in found.lines]
    assert [(each["job"], each["outcome"], each["exit_code"]) for each in told] == [
        ("niger", "refused", 4),
        ("other", "published", 0),
    ]
    assert told_on_sqlite("export", "run", "other").out.startswith("other: published")
    assert 'did you mean "other"?' in told_on_sqlite("export", "run", "othr", code=3).err


def test_who_stops_listening_keeps_no_job_from_running(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "[job.require]\nmin_rows = 9\n" + JOB.replace("niger", "other") + JOB.replace("niger", "third"))
    command = [sys.executable, "-m", "posture", "export", "run"]

    def run(*words: str) -> int:
        with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
            assert program.stdout is not None
            program.stdout.close()
            return program.wait()

    assert run("other", "third") == 0
    assert sound(folder / "out/other") and sound(folder / "out/third")
    assert run() == 4
    shutil.rmtree(folder / "out")
    with open("/dev/full", "w", encoding="utf-8") as full:
        said = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert said.returncode == 1 and said.stderr.endswith("cannot write the output: No space left on device\n")
    assert sound(folder / "out/other") and sound(folder / "out/third")


def test_a_fault_of_ours_in_one_job_keeps_no_other_from_running(
    told_on_sqlite: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(folder, JOB.replace('"csv", ', "") + JOB.replace("niger", "other").replace(', "json"', ""))
    from posture.exports.forms import objects

    def broken(*_: Any, **__: Any) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(objects, "write_file", broken)
    found = told_on_sqlite("export", "run", code=1)
    assert found.err == "posture: job niger: unexpected ZeroDivisionError\n--debug shows the whole traceback\n"
    assert found.out.startswith("other: published") and sound(folder / "out/other")
    assert "line" in told_on_sqlite("export", "run", "niger", "--debug", code=1).err
    assert json.loads(told_on_sqlite("export", "status", "-f", "json").out)[0]["last_outcome"] == "failed"


def test_check_asks_each_question(told_on_sqlite: Runs, folder: Path) -> None:
    jobs(folder, JOB + "parameters = { location = 'nigr' }\n")
    said = told_on_sqlite("export", "check", code=3)
    assert said.err.startswith('posture: job niger: no location "nigr"')
    jobs(folder)
    assert told_on_sqlite("export", "check").err == f"{folder / 'exports.toml'}: 1 job, all well\n"
    assert os.listdir(folder) == ["exports.toml"]


def test_init_writes_a_file_that_runs(told_on_sqlite: Runs, folder: Path) -> None:
    told_on_sqlite("export", "init")
    assert "is there already" in told_on_sqlite("export", "init", code=4).err
    told_on_sqlite("export", "check")
    told_on_sqlite("export", "run")
    assert sorted(os.listdir(folder / "published")) == [
        ".posture-changes.lock",
        ".posture-posture.lock",
        "changes",
        "claims",
        "posture",
    ]


def test_without_a_database_it_is_said_once(
    folder: Path, posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(folder, JOB + JOB.replace("niger", "other"))
    monkeypatch.setenv("POSTURE_DATABASE_URL", "nowhere.db")
    assert posture_on_sqlite("export", "run", code=1).err.count("\n") == 1
