"""The ledger's entries, newest first: who recorded what, when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.reports.catalogue import head
from posture.reports.claim_rows import claim_rows, what
from posture.reports.report import Report
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database

MOST_SAID = 5
"""Things that one entry is described by; an import has thousands."""
COLUMNS = ("entry", "recorded_at", "action", "recorded_by", "what", "reason")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which entries are wanted, in the words that were typed."""

    line: str | None = None
    """A deployment or a line of it."""
    source: str | None = None
    action: str | None = None
    recorded_by: str | None = None
    since: str | None = None
    """Recorded on this day or later."""
    known_at: str | None = None
    """Entries up to this one."""
    limit: int = 20
    """At most so many; 0 for all."""


def history(db: Database, asked: Asked) -> Report:
    """Return the entries that were asked for, newest first."""
    with db.read():
        conditions, params = _conditions(db, asked)
        where = f"where {' and '.join(conditions)}" if conditions else ""
        limit = f" limit {int(asked.limit)}" if asked.limit else ""
        sql = f"select e.seq, e.recorded_at, e.action, e.recorded_by, e.reason from ledger_entry e {where} order by e.seq desc{limit}"
        rows = [_row(db, row) for row in db.all(sql, params)]
        known_seq, known_at = head(db)
    if "seq" in params:
        known_seq, known_at = (
            params["seq"],
            db.value("select recorded_at from ledger_entry where seq = :seq", {"seq": params["seq"]}),
        )
    return Report(
        name="history",
        as_of=clock.today().isoformat(),
        known_seq=known_seq,
        known_at=known_at,
        rows=rows,
        columns=COLUMNS,
        empty_because="no entry of the ledger fits"
        if conditions
        else 'nothing is recorded yet; try "posture seed --list" or "posture log --help"',
        sql=[sql],
    )


def _conditions(db: Database, asked: Asked) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    params: dict[str, Any] = {}
    about: list[str] = []
    if asked.line:
        deployment = lookup.get_code(db, "deployment", asked.line.partition("/")[0])
        about.append("c.deployment_id = :deployment")
        params["deployment"] = deployment["id"]
        if "/" in asked.line:
            about.append("c.asset_id = :asset")
            params["asset"] = lookup.get_line(db, asked.line)["id"]
    if asked.source:
        about.append("c.source_id = :source")
        params["source"] = lookup.get_code(db, "source", asked.source)["id"]
    if about:
        claims = f"select 1 from status_change c where {' and '.join(about)}"
        retracted = f"select 1 from retraction r join status_change c on c.id = r.status_change_id where {' and '.join(about)} and r.seq = e.seq"
        conditions.append(f"(exists ({claims} and c.seq = e.seq) or exists ({retracted}))")
    for column, value in (("action", asked.action), ("recorded_by", asked.recorded_by)):
        if value:
            conditions.append(f"e.{column} = :{column}")
            params[column] = value
    if asked.since:
        from posture.domain.dates import read_day

        conditions.append("e.recorded_at >= :since")
        params["since"] = f"{read_day(asked.since, today=clock.today()).isoformat()}T00:00:00.000000Z"
    if asked.known_at:
        from posture.reports.as_of import resolve_known_at

        conditions.append("e.seq <= :seq")
        params["seq"] = resolve_known_at(db, asked.known_at).seq
    return conditions, params


def _row(db: Database, entry: dict[str, Any]) -> dict[str, Any]:
    said = entry_said(db, entry["seq"], most=MOST_SAID)
    return {
        "entry": entry["seq"],
        "recorded_at": entry["recorded_at"],
        "action": entry["action"],
        "recorded_by": entry["recorded_by"],
        "what": said,
        "reason": entry["reason"],
    }


def entry_said(db: Database, seq: int, *, most: int) -> list[str]:
    """Return what an entry did, a few words each, and how much more there is."""
    said = [f"c{row['id']} {what(row)}" for row in claim_rows(db, "c.seq = :seq", {"seq": seq}, most=most + 1)]
    said += _retracted(db, seq)
    said += [
        f"plan c{row['plan_id']} {row['relation'].replace('_', ' ')} by c{row['claim_id']}".replace(
            "fulfils", "fulfilled"
        )
        .replace("cancels", "cancelled")
        .replace("supersedes", "superseded")
        for row in db.all("select * from plan_link where seq = :seq order by ordinal", {"seq": seq})
    ]
    said += _origins(db, seq)
    if len(said) <= most:
        said += _catalogue(db, seq)
    if len(said) <= most:
        return said
    total = sum(
        db.value(f"select count(*) from {table} where seq = :seq", {"seq": seq})
        for table in ("status_change", "retraction", "plan_link", "source_origin", "catalogue_revision")
    )
    return [*said[:most], f"and {total - most} more"] if total > most else said[:most]


def _retracted(db: Database, seq: int) -> list[str]:
    lines = []
    for row in db.all(
        "select r.*, e.code as event from retraction r left join event e on e.id = r.event_id where r.seq = :seq order by r.ordinal",
        {"seq": seq},
    ):
        thing = f"c{row['status_change_id']}" if row["status_change_id"] else f"event {row['event']}"
        lines.append(f"retracted {thing}" + (f" for c{row['replacement_id']}" if row["replacement_id"] else ""))
    return lines


def _origins(db: Database, seq: int) -> list[str]:
    rows = db.all(
        "select s.code as source, o.code as origin from source_origin so join source s on s.id = so.source_id"
        " left join source o on o.id = so.origin_id where so.seq = :seq order by so.ordinal",
        {"seq": seq},
    )
    return [
        f"{row['source']} repeats {row['origin']}" if row["origin"] else f"{row['source']} is its own origin"
        for row in rows
    ]


def _catalogue(db: Database, seq: int) -> list[str]:
    import json

    lines = []
    for row in db.all(
        "select table_name, before, after from catalogue_revision where seq = :seq order by ordinal", {"seq": seq}
    ):
        state = json.loads(row["after"] or row["before"] or "{}")
        verb = "added" if row["before"] is None else "removed" if row["after"] is None else "changed"
        called = state.get("code") or state.get("name") or ""
        if row["table_name"] == "asset":
            called = f"{_deployment(db, state)}{called}"
        lines.append(f"{verb} {row['table_name'].replace('_', ' ')} {called}".rstrip())
    return lines


def _deployment(db: Database, asset: Mapping[str, Any]) -> str:
    """Return the first half of the address of an asset, `fra-ner/`; nothing where its deployment is gone."""
    code = db.value("select code from deployment where id = :id", {"id": asset.get("deployment_id")})
    return f"{code}/" if code else ""
