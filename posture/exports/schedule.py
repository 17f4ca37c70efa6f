"""What makes something else run the exports that are due: lines for cron, units for systemd, a workflow for GitHub."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.text_files import fixtures_folder
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posture.exports.jobs import JobFile

CRON, SYSTEMD, GITHUB = "cron", "systemd", "github-actions"


class Surroundings(NamedTuple):
    """What a line needs to know of this machine."""

    program: Sequence[str]
    """The words that start posture, the first an absolute path."""
    database: str | None
    """The database by its whole name; None where that may not be written down, for it holds a password."""
    user: str
    writes: Sequence[str]
    """The folders that a run writes to beside its destinations: that of the database."""
    locks: str = ""
    """The folder in which destinations elsewhere have their locks."""


class Made(NamedTuple):
    """A text that was made, and the file it is for."""

    name: str
    text: str


def schedule(kind: str, jobs: JobFile, around: Surroundings) -> list[Made]:
    """Return the texts that make cron, systemd or GitHub run what is due; raises `UsageMistake` for names they cannot hold."""
    for path in (jobs.path, *around.program, *around.writes, around.database or ""):
        if "\n" in path or "\r" in path:
            raise UsageMistake("a path with a line break in it cannot be scheduled; rename it")
    return {CRON: _cron, SYSTEMD: _systemd, GITHUB: _github}[kind](jobs, around)


def minutes(jobs: JobFile) -> str:
    """Return the minutes of each hour at which a job may become due: `0`, or `0,30`."""
    return ",".join(str(minute) for minute in sorted({int(job.at[3:]) for job in jobs.jobs}))


def command(jobs: JobFile, around: Surroundings) -> list[str]:
    """Return the words of the command that publishes what is due."""
    named = [] if around.database is None else ["--db", around.database]
    return [*around.program, "export", "run", "--due", "--quiet", "--file", jobs.path, *named]


def _cron(jobs: JobFile, around: Surroundings) -> list[Made]:
    def quoted(words: Sequence[str]) -> str:
        return " ".join(shlex.quote(word) for word in words).replace("%", r"\%")  # cron makes a line break of a bare %

    lock = os.path.join(jobs.folder, ".posture-cron.lock")
    text = _filled(
        "cron.txt",
        FILE=os.path.basename(jobs.path),
        MINUTES=minutes(jobs),
        FOLDER=quoted([jobs.folder]),
        LOCK=quoted([lock]),
        COMMAND=quoted(command(jobs, around)),
    )
    if around.database is None:
        text = (
            "# The password of the database stays out of here: put POSTURE_DATABASE_URL where cron's jobs find it.\n"
            + text
        )
    return [Made("posture-export.cron", text)]


def _systemd(jobs: JobFile, around: Surroundings) -> list[Made]:
    def quoted(word: str, *, starts: bool = True) -> str:
        safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
        safe = safe.replace("$", "$$") if starts else safe  # only what starts something has variables
        return (
            f'"{safe}"'
            if safe != word or not word.replace("/", "").replace("-", "").replace(".", "").isalnum()
            else word
        )

    places = sorted({*around.writes, *_written(jobs)})
    if any(jobs.template(job).remote for job in jobs.jobs):
        places.append(
            f"-{around.locks}"
        )  # there are the locks of destinations elsewhere; without it, runs wait on nobody
    environment = (
        "# The password of the database stays out of here: write POSTURE_DATABASE_URL=... into this file, for root alone to read.\n"
        "EnvironmentFile=/etc/posture/export.env"
        if around.database is None
        else ""
    )
    service = _filled(
        "posture-export.service",
        USER=around.user,
        FOLDER=jobs.folder.replace("%", "%%"),
        ENVIRONMENT=environment or "# Its database is a file: it needs no secrets.",
        COMMAND=" ".join(map(quoted, command(jobs, around))),
        WRITES="\n".join(f"ReadWritePaths={quoted(place, starts=False)}" for place in places),
    )
    times = ",".join(f"{int(minute):02}" for minute in minutes(jobs).split(","))
    return [
        Made("posture-export.service", service),
        Made("posture-export.timer", _filled("posture-export.timer", MINUTES=times)),
    ]


def _written(jobs: JobFile) -> set[str]:
    """Return the folders of this machine that the jobs publish into; of one that is yet to be made, the one above."""
    found = set()
    for template in map(jobs.template, jobs.jobs):
        place = template.root
        while not template.remote and not os.path.isdir(place):
            place = os.path.dirname(place)
        if not template.remote:
            found.add(place)
    return found


def _github(jobs: JobFile, _: Surroundings) -> list[Made]:
    times = sorted({("*" if job.every == "hour" else str(int(job.at[:2])), str(int(job.at[3:]))) for job in jobs.jobs})
    folders = []
    for job in jobs.jobs:
        template = jobs.template(job)
        below = os.path.relpath(os.path.join(template.root, *(template.parts if template.fixed else ())), jobs.folder)
        if not template.remote and (below.startswith("..") or os.path.isabs(job.destination)):
            raise UsageMistake(
                f'job "{job.name}" publishes to {template.shown}, which lies outside the folder of {os.path.basename(jobs.path)}'
            )
        if not template.remote:
            folders.append(below)
    return [
        Made(
            "exports.yml",
            _filled(
                "github-actions.yml",
                FILE=os.path.basename(jobs.path),
                SCHEDULES="\n".join(f'    - cron: "{minute} {hour} * * *"' for hour, minute in times),
                FOLDERS=" ".join(shlex.quote(folder) for folder in sorted(set(folders))) or ".",
            ),
        )
    ]


def _filled(name: str, **values: str) -> str:
    """Return a template with its placeholders filled."""
    text = (fixtures_folder() / "export" / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
