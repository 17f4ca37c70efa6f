"""The two Niger scenarios, each seeded once for each engine, and short ways to ask about them."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from posture.imports.scenario import seed
from posture.reports.as_of import Question, resolve_known_at
from posture.reports.plans import plans
from posture.reports.posture import posture
from posture.store.connection import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

CLAIM = """
select claim.*, deployment.code as deployment, asset.code as asset, status.code as status, source.code as source, source.attribution,
  other.code as other
from status_change claim
join deployment on deployment.id = claim.deployment_id
join source on source.id = claim.source_id
left join asset on asset.id = claim.asset_id
left join status on status.id = claim.status_id
left join deployment other on other.id = claim.other_deployment_id
order by claim.id
"""


@dataclass(frozen=True)
class Told:
    """A database in which stories have been told."""

    db: Database

    def claims(self, line: str, kind: str | None = None, **wanted: Any) -> list[dict[str, Any]]:
        """Return the claims about a line that have all these values."""
        found = []
        for row in map(dict, self.db.all(CLAIM)):
            address = row["deployment"] + (f"/{row['asset']}" if row["asset"] else "")
            if (
                address == line
                and kind in (None, row["kind"])
                and all(row[name] == value for name, value in wanted.items())
            ):
                found.append(row)
        return found

    def claim(self, line: str, kind: str, **wanted: Any) -> dict[str, Any]:
        """Return the one claim about a line that has all these values."""
        found = self.claims(line, kind, **wanted)
        assert len(found) == 1, f"{len(found)} claims: {line} {kind} {wanted}"
        return found[0]

    def event(self, code: str) -> dict[str, Any]:
        """Return an event with its actors as a set of (code, role)."""
        row = self.db.one("select * from event where code = :code", {"code": code})
        assert row is not None, f"no event {code}"
        actors = self.db.tuples(
            "select actor.code, role from event_actor join actor on actor.id = actor_id where event_id = :id",
            {"id": row["id"]},
        )
        return {**dict(row), "actors": {tuple(pair) for pair in actors}}

    def question(self, as_of: str, known: str | None = None, **more: Any) -> Question:
        """Return a question as of a day, as known at a moment."""
        seq = resolve_known_at(self.db, known).seq if known else None
        return Question(as_of=date.fromisoformat(as_of), known_seq=seq, **more)

    def posture(self, as_of: str, known: str | None = None, **more: Any) -> dict[str, dict[str, Any]]:
        """Return the rows of the posture report by their address."""
        rows = posture(self.db, self.question(as_of, known, **more)).rows
        return {f"{row['deployment']}/{row['asset']}": row for row in rows if row["asset"]}

    def plans(self, as_of: str, known: str | None = None) -> dict[int, dict[str, Any]]:
        """Return the rows of the plans report by claim, by each of those that are one plan."""
        rows = plans(self.db, self.question(as_of, known)).rows
        return {claim: row for row in rows for claim in (row["plan_id"], *row["also_reported_as"])}


@contextmanager
def told(request: pytest.FixtureRequest, engine: str, folder: Path, *scenarios: str) -> Iterator[Told]:
    """Open a database of its own on an engine, with these scenarios seeded."""
    if engine == "postgresql":
        databases = request.getfixturevalue("_postgresql_databases")
        name = databases.make(databases.template)
        url = databases.url(name)
    else:
        path = folder / f"{'-'.join(scenarios)}.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        url = f"sqlite:///{path}"
    try:
        with open_database(url) as db:
            for scenario in scenarios:
                seed(db, scenario)
            yield Told(db)
    finally:
        if engine == "postgresql":
            databases.drop(name)


def figure(row: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return what the lines agree on: low, best, high."""
    return row["low"], row["best"], row["high"]


def stated(row: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return what was stated about the line itself: low, best, high."""
    return row["stated_low"], row["stated_best"], row["stated_high"]
