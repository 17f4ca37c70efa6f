"""What cron, systemd and GitHub are told works there: a cron runs the line, systemd takes the units, YAML is what it says."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from posture.errors import UsageMistake
from posture.exports.checking import verify
from posture.exports.jobs_reading import read_jobs
from posture.exports.schedule import Surroundings, schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

JOBS = """
[[job]]
name = "niger"
report = "posture"
formats = ["csv"]
destination = "published/niger"
every = "hour"
at = "00:{minute:02}"
"""
AROUND = Surroundings(("/usr/bin/posture",), "/var/lib/posture/ledger.db", "posture", ("/var/lib/posture",))


def made(tmp_path: Path, kind: str, text: str, around: Surroundings = AROUND) -> dict[str, str]:
    path = tmp_path / "exports.toml"
    path.write_text(text, encoding="utf-8")
    return {each.name: each.text for each in schedule(kind, read_jobs(str(path)), around)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name makes every careless line break."""
    place = tmp_path / "o'clock 100% $HOME"
    place.mkdir()
    return place


@pytest.fixture
def here(make_url: Callable[..., str]) -> Surroundings:
    database = make_url("sqlite").removeprefix("sqlite:///")
    beside = os.path.join(os.path.dirname(sys.executable), "posture")
    return Surroundings((beside,), database, pwd.getpwuid(os.getuid()).pw_name, (os.path.dirname(database),))


def as_cron_does(line: str, home: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a crontab as cron(8) does: five fields, % is a line break unless escaped, sh, and hardly any environment."""
    found = re.fullmatch(r"(?:[0-9,*/-]+ ){5}(.+)", line)
    assert found is not None
    words = re.split(r"(?<!\\)%", found[1])
    assert len(words) == 1, "what follows a bare % would be its input"
    environment = {"HOME": str(home), "LOGNAME": "somebody", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    command = ["/bin/sh", "-c", words[0].replace(r"\%", "%")]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, check=False, timeout=60)


def test_a_generated_line_publishes_as_cron_would_run_it(folder: Path, here: Surroundings) -> None:
    crontab = made(folder, "cron", JOBS.format(minute=17), here)["posture-export.cron"]
    (line,) = [each for each in crontab.splitlines() if not each.startswith("#")]
    assert line.startswith("17 * * * * cd ")
    done = as_cron_does(line, folder.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not verify(str(folder / "published/niger")).findings
    before = (folder / "published/niger/manifest.json").stat().st_ino
    again = as_cron_does(line, folder.parent)
    assert (again.returncode, again.stdout, again.stderr) == (0, b"", b"")
    assert (folder / "published/niger/manifest.json").stat().st_ino == before


CROND = shutil.which("busybox")


@pytest.mark.skipif(CROND is None or os.getuid() != 0, reason="needs busybox's crond, and root")
def test_a_real_cron_runs_a_generated_line(here: Surroundings, tmp_path: Path) -> None:
    folder = tmp_path / "o'clock $HOME"  # this one takes no % for a line break, and so no \\ for its escape
    folder.mkdir()
    soon = datetime.now(UTC) + timedelta(seconds=3)
    minute = (soon + timedelta(minutes=1)).minute
    crontab = made(folder, "cron", JOBS.format(minute=minute), here)["posture-export.cron"]
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "root").write_text(crontab, encoding="utf-8")
    cron = subprocess.Popen([str(CROND), "crond", "-f", "-c", str(spool), "-L", str(tmp_path / "cron.log")])
    try:
        place = folder / "published/niger"
        for _ in range(150):
            if (place / "manifest.json").exists():
                break
            with pytest.raises(subprocess.TimeoutExpired):
                cron.wait(timeout=1)
        assert not verify(str(place)).findings, (tmp_path / "cron.log").read_text(encoding="utf-8")
    finally:
        cron.send_signal(signal.SIGTERM)
        cron.wait(timeout=10)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_units(folder: Path, here: Surroundings, tmp_path: Path) -> None:
    units = made(folder, "systemd", JOBS.format(minute=5) + JOBS.format(minute=30).replace("niger", "other"), here)
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / name) for name in units]
    done = subprocess.run(
        ["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False, timeout=60
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "posture-export" in line]
    assert done.returncode == 0 and not ours
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", units["posture-export.timer"], re.MULTILINE)
    shown = subprocess.run(
        ["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False, timeout=60
    )
    assert shown.returncode == 0 and "*:05,30:00 UTC" in shown.stdout
    tight = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", paths[0]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert tight.returncode == 0, tight.stdout[-300:]


def test_the_service_starts_what_was_written(folder: Path, here: Surroundings) -> None:
    service = made(folder, "systemd", JOBS.format(minute=5), here)["posture-export.service"]
    (line,) = re.findall(r"^ExecStart=(.+)$", service, re.MULTILINE)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    plain = [(quoted or bare).replace("%%", "%").replace("$$", "$") for quoted, bare in words]
    assert plain == [
        *here.program,
        *("export", "run", "--due", "--quiet", "--file", str(folder / "exports.toml"), "--db", str(here.database)),
    ]
    done = subprocess.run(plain, cwd="/", capture_output=True, check=False, timeout=60)
    assert done.returncode == 0 and not verify(str(folder / "published/niger")).findings


def test_a_password_is_never_written_down(tmp_path: Path) -> None:
    secret = AROUND._replace(database=None)
    for kind in ("cron", "systemd"):
        text = "".join(made(tmp_path, kind, JOBS.format(minute=0), secret).values())
        assert "--db" not in text and "password" in text and "POSTURE_DATABASE_URL" in text


def test_the_workflow_is_yaml_and_publishes_inside_its_repository(tmp_path: Path) -> None:
    daily = JOBS.format(minute=30).replace('"hour"', '"day"').replace("niger", "daily")
    text = made(tmp_path, "github-actions", JOBS.format(minute=5) + daily)["exports.yml"]
    found: Any = yaml.safe_load(text)
    assert [each["cron"] for each in found[True]["schedule"]] == ["5 * * * *", "30 0 * * *"]
    steps = json.dumps(found["jobs"]["export"]["steps"])
    assert "published/daily published/niger" in steps and "--file exports.toml" in steps
    with pytest.raises(UsageMistake, match="outside the folder"):
        made(tmp_path, "github-actions", JOBS.format(minute=5).replace("published/niger", "/srv/niger"))


def test_the_workflow_keeps_what_was_published_where_another_job_was_not(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()

    def git(*words: str) -> str:
        given = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(given, cwd=repository, capture_output=True, text=True, check=True).stdout

    git("init", "--quiet", "--bare", str(tmp_path / "origin"))
    git("init", "--quiet", "--initial-branch", "main")
    git("remote", "add", "origin", str(tmp_path / "origin"))
    git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    git("push", "--quiet", "--set-upstream", "origin", "main")
    never = JOBS.format(minute=5).replace("niger", "never")
    text = made(repository, "github-actions", JOBS.format(minute=5) + never)["exports.yml"]
    (repository / "published/niger").mkdir(parents=True)
    (repository / "published/niger/posture.csv").write_text("x", encoding="utf-8")
    (repository / "published/.posture-niger.lock").touch()
    *_, last = yaml.safe_load(text)["jobs"]["export"]["steps"]
    assert last["if"] == "${{ !cancelled() }}"
    done = subprocess.run(["bash", "-e", "-c", last["run"]], cwd=repository, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert git("ls-tree", "-r", "--name-only", "origin/main").split() == ["published/niger/posture.csv"]


def test_a_path_with_a_line_break_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "a\nb"
    place.mkdir()
    for kind in ("cron", "systemd", "github-actions"):
        with pytest.raises(UsageMistake, match="line break"):
            made(place, kind, JOBS.format(minute=5))
