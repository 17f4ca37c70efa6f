"""Keeps one row for each run of an export job: what this database alone has done, no part of its record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from posture import __version__, clock

if TYPE_CHECKING:
    from posture.store.connection import Database


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run, once it has ended; None wherever it did not come so far."""

    job: str
    destination: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    """published, unchanged, failed, refused or busy."""
    duration: float
    """Seconds, by a clock that nobody sets."""
    as_of: date | None = None
    known_seq: int | None = None
    head_seq: int | None = None
    head_hash: str | None = None
    rows: int | None = None
    bytes: int | None = None
    manifest_sha256: str | None = None
    message: str | None = None


def record_run(db: Database, run: Run) -> int:
    """Write the row of a run that has ended, and return its number; raises `Busy` where another writer does not end."""
    row = {
        **asdict(run),
        "started_at": clock.to_text(run.started_at),
        "ended_at": clock.to_text(run.ended_at),
        "as_of": None if run.as_of is None else run.as_of.isoformat(),
        "tool_version": __version__,
    }
    with db.write():
        number = int(db.value("select max(id) from export_run") or 0) + 1
        db.insert("export_run", {"id": number, **row})
    return number
