"""The runs of export jobs, as this database remembers them: for the person or the monitor that looks after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posture.store.connection import Database, Row

_LAST = """
select r.* from export_run r
join (select job, destination, max(id) as newest from export_run {such} group by job, destination) n on n.newest = r.id
order by r.job, r.destination
"""
SOUND = ("published", "unchanged")
"""The outcomes after which what stands at the destination is what was asked for."""


def last_runs(db: Database, *, sound: bool = False) -> list[Row]:
    """Return the newest run of every job at every destination, by name; of those that went well only, where `sound`."""
    such = f"where outcome in {SOUND}" if sound else ""
    return db.all(_LAST.format(such=such))


def runs(db: Database, job: str | None = None, *, last: int = 20) -> list[Row]:
    """Return the last runs, of one job or of all, the newest first."""
    such = "" if job is None else "where job = :job"
    return db.all(f"select * from export_run {such} order by id desc limit :last", {"job": job, "last": last})
