"""`posture export status`: when each job was last published, and whether what it published still stands; for monitors too."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.cli.exporting import chosen_jobs, last_run_of_each, leave, show
from posture.cli.screen import terminal_width, wrap
from posture.cli.session import say, write
from posture.domain.codes import visible
from posture.errors import IntegrityBroken, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from posture.cli.session import Session
    from posture.exports.jobs import Job, JobFile

WELL = ("published", "unchanged")
"""The outcomes of a run that went well."""
SKEW = timedelta(minutes=5)
"""How far the clock of the machine that published may be ahead of this one."""


def _went_wrong(row: Mapping[str, Any]) -> str:
    """Return what went wrong with the last run of a job, or nothing: it failed, or it published and a hook after it failed."""
    outcome, message = row["last_outcome"], row["message"]
    if outcome is None or (outcome in WELL and not message):
        return ""
    said = "published, but" if outcome in WELL else f"{outcome}:"
    return f"last run {said} {message or ''}".rstrip(": ")


def status(session: Session, given: Mapping[str, Any]) -> None:
    """Print when each job was last published, and whether what it published still stands."""
    from posture.exports.due import length

    limit = length(given["max_age"]) if given.get("max_age") else None
    if given.get("max_age") and limit is None:
        raise UsageMistake(f'--max-age is a length of time, such as 90m, 26h or 8d, not "{given["max_age"][:40]}"')
    jobs, chosen = chosen_jobs(given)
    good, newest = (last_run_of_each(session, jobs, sound=sound) for sound in (True, False))
    now = clock.now()
    rows = [_standing(jobs, job, good.get(job.name), newest.get(job.name), now) for job in chosen]
    for job, row in zip(chosen, rows, strict=True):
        own = length(job.max_age) if job.max_age else limit
        row["max_age"] = job.max_age or given.get("max_age")
        age = row["age_seconds"]
        row["late"] = own is not None and (age is None or age > own.total_seconds())
    cells = [
        [
            row["job"],
            row["published_at"][:16].replace("T", " ") + "Z" if row["published_at"] else "never",
            _age(row["age_seconds"]),
            "" if row["rows"] is None else f"{row['rows']:,}",
            _told(row),
        ]
        for row in rows
    ]
    show(given, rows, ["JOB", "PUBLISHED", "AGO", "ROWS", "STATE"], cells, (False, False, True, True, False))
    if (given.get("format") or "table").strip().lower() == "table":
        write(_reasons(rows, terminal_width()))
    wrong = [said for row in rows if row["max_age"] and (said := _alarm(row, row["max_age"]))]
    for said in wrong:
        say(f"posture: job {said}")
    leave(1 if wrong else 0)


def _standing(
    jobs: JobFile, job: Job, good: Mapping[str, Any] | None, newest: Mapping[str, Any] | None, now: datetime
) -> dict[str, Any]:
    """Return what is known of a job's last runs, and whether its export still stands."""
    since = now - clock.from_text(good["started_at"]) if good else None
    return {
        "job": job.name,
        "destination": jobs.template(job).shown,
        "published_at": good["started_at"] if good else None,
        "age_seconds": None if since is None else max(0, int(since.total_seconds())),
        "ahead": since is not None and since < -SKEW,
        "as_of": good["as_of"] if good else None,
        "known_seq": good["known_seq"] if good else None,
        "rows": good["rows"] if good else None,
        "last_outcome": newest["outcome"] if newest else None,
        "message": newest["message"] if newest else None,
        "stands": _stands(jobs, job, good),
    }


def _stands(jobs: JobFile, job: Job, good: Mapping[str, Any] | None) -> bool | None:
    """Return whether what a run wrote still stands, as far as its manifest and the sizes of its files tell.

    None where that cannot be told from here. `posture export verify` reads every file.
    """
    from posture.exports.folders import values_of
    from posture.exports.manifest import MANIFEST, read_manifest

    template = jobs.template(job)
    if good is None or template.remote or not good["manifest_sha256"]:
        return None
    values = values_of(job.name, job.edition, good["as_of"], good["known_seq"])
    folder = os.path.join(template.root, *template.fill(values))
    try:
        with open(os.path.join(folder, MANIFEST), encoding="utf-8") as file:
            manifest = read_manifest(file.read(), folder)
        sizes = {each.path: os.path.getsize(os.path.join(folder, each.path)) for each in manifest.files}
    except (OSError, ValueError, IntegrityBroken):
        return False
    return manifest.sha256 == good["manifest_sha256"] and all(sizes[each.path] == each.bytes for each in manifest.files)


def _told(row: Mapping[str, Any]) -> str:
    """Return the state of a job in a few words."""
    if row["published_at"] is None:
        return "never published"
    said = []
    if row["stands"] is False:
        said.append("gone or altered")
    if row["late"]:
        said.append("late")
    if row["ahead"]:
        said.append("ahead of the clock")
    if row["last_outcome"] not in WELL:
        said.append(f"last run {row['last_outcome']}")
    elif row["message"]:
        said.append("failed afterwards")
    return ", ".join(said) or "ok"


def _reasons(rows: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    """Yield why the last run of a job went wrong, below the table."""
    for number, row in enumerate(filter(_went_wrong, rows)):
        first, *more = wrap(visible(f"{row['job']}, {_went_wrong(row)}"), width - 2)
        yield from (*([] if number else [""]), first)
        yield from (f"  {line}" for line in more)


def _alarm(row: Mapping[str, Any], limit: str) -> str:
    """Return what a monitor must be told of a job, or nothing."""
    name, wrong = row["job"], _went_wrong(row)
    why = f" ({wrong})" if wrong else ""
    if row["published_at"] is None:
        return f"{name}: was never published{why}"
    if row["late"]:
        return f"{name}: published {_age(row['age_seconds'])} ago, more than {limit}{why}"
    if row["ahead"]:
        when = row["published_at"][:16].replace("T", " ")
        return f"{name}: published at {when}Z, which is still to come: is the clock right?{why}"
    if row["stands"] is False:
        return f"{name}: what was published to {row['destination']} is gone or altered{why}"
    return f"{name}: {wrong}" if row["last_outcome"] in WELL and wrong else ""


def _age(seconds: int | None) -> str:
    """Return an age in the two largest units: `3 h 5 min`."""
    if seconds is None:
        return ""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
