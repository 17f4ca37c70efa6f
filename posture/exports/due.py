"""When a job is due: once in each hour, day, week or month, from a time of the day on; always UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posture.exports.jobs import Job

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def length(text: str) -> timedelta | None:
    """Return the length of time that `26h`, `30d` or `90m` means; None for what means none."""
    found = re.fullmatch(r"\s*([0-9]{1,5})\s*([smhdw])\s*", text)
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else None


def period_began(job: Job, now: datetime) -> datetime:
    """Return when the period began in which `now` lies: the last moment at which the job became due."""
    hour, minute = (int(part) for part in job.at.split(":"))
    if job.every == "hour":
        begun = now.replace(minute=minute, second=0, microsecond=0)
        return begun if begun <= now else begun - timedelta(hours=1)
    begun = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if job.every == "week":
        begun -= timedelta(days=now.weekday())
    if job.every == "month":
        begun = begun.replace(day=1)
    if begun <= now:
        return begun
    if job.every == "month":
        return (begun - timedelta(days=1)).replace(day=1)
    return begun - timedelta(days=7 if job.every == "week" else 1)


def is_due(job: Job, last: datetime | None, now: datetime) -> bool:
    """Return whether a job whose last good run began at `last` (None: never) is due.

    A run of a later period says nothing about this one: the clock that it went by leapt ahead, and was set right since.
    """
    return last is None or period_began(job, last) != period_began(job, now)
