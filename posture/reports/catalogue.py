"""What the catalogue holds: lists of a noun's rows, and everything about one row; read, never judged.

The catalogue has one clock: it is shown as it is now, whatever was known when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture import clock
from posture.domain.codes import fold
from posture.reports.claim_rows import claim_lines
from posture.reports.report import Report
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database

COLUMNS: dict[str, tuple[str, ...]] = {
    "actor": ("code", "name", "kind", "iso_alpha3", "note"),
    "location": (
        "code",
        "name",
        "kind",
        "iso_alpha3",
        "icao_code",
        "latitude",
        "longitude",
        "precision",
        "site_class",
        "note",
    ),
    "asset_type": ("code", "name", "icao_designator", "sidc", "note"),
    "source": (
        *(
            "code",
            "title",
            "publisher",
            "url",
            "published_on",
            "published_at",
            "retrieved_at",
            "language",
            "attribution",
        ),
        *("reliability", "content_sha256", "text_kind", "text_sha256", "note"),
    ),
    "deployment": ("code", "name", "operation", "mission", "note"),
    "asset": ("code", "note"),
    "platform": ("code", "designation", "note"),
    "event": ("code", "kind", "title", "effective_edtf", "effective_on", "excerpt", "locator", "note"),
}
"""The columns of each noun that stand for themselves."""

REFERENCES: dict[str, dict[str, tuple[str, str]]] = {
    "actor": {"parent": ("actor", "parent_id")},
    "location": {"parent": ("location", "parent_id")},
    "asset_type": {"parent": ("asset_type", "parent_id")},
    "source": {},
    "deployment": {
        "actor": ("actor", "actor_id"),
        "location": ("location", "location_id"),
        "part_of": ("deployment", "part_of_id"),
    },
    "asset": {
        "deployment": ("deployment", "deployment_id"),
        "asset_type": ("asset_type", "asset_type_id"),
        "platform": ("platform", "platform_id"),
    },
    "platform": {"asset_type": ("asset_type", "asset_type_id"), "actor": ("actor", "actor_id")},
    "event": {"location": ("location", "location_id"), "source": ("source", "source_id")},
}
"""The references of each noun: what they are called, the noun they name, and the column."""

_ORIGIN = (
    "(select o.code from source_origin so left join source o on o.id = so.origin_id where so.source_id = t.id"
    " order by so.seq desc, so.ordinal desc limit 1) as repeats"
)
_RETRACTED = "(select min(r.seq) from retraction r where r.event_id = t.id) as retracted_by_entry"
_MORE = {"source": (_ORIGIN,), "event": (_RETRACTED,)}
_NAMES = ("code", "address", "name", "title", "designation")


def list_rows(db: Database, noun: str, match: str | None = None) -> Report:
    """Return the rows of a noun, in the order of their codes; with `match`, those that have it in a code or a name."""
    rows = _rows(db, noun)
    if match:
        wanted = fold(match)
        named = _aliases(db, noun)
        rows = [row for row in rows if any(wanted in fold(text) for text in (*_names(row), *named.get(row["id"], ())))]
    shown = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    known_seq, known_at = head(db)
    said = noun.replace("_", " ")
    return Report(
        name=f"{noun}_list",
        as_of=clock.today().isoformat(),
        known_seq=known_seq,
        known_at=known_at,
        rows=shown,
        columns=tuple(shown[0]) if shown else COLUMNS[noun],
        empty_because=f'no {said} has "{match}" in its code or name'
        if match
        else f'no {said} yet; add one with "posture {noun.replace("_", "-")} add"',
        sql=[],
    )


def _names(row: Mapping[str, Any]) -> list[str]:
    return [str(row[name]) for name in _NAMES if row.get(name)]


def show(db: Database, noun: str, code: str) -> Report:
    """Return everything about one row of a noun; raises `UnknownCode` where there is none."""
    found = lookup.get_line(db, code) if noun == "asset" else lookup.get_code(db, noun, code)
    (row,) = _rows(db, noun, found["id"])
    record = {name: value for name, value in row.items() if name != "id"}
    if gone := record.pop("retracted_by_entry", None):
        record = {"code": record.pop("code"), "stands": f"no: retracted by #{gone}", **record}
    if noun == "asset":
        record = {"address": record.pop("address"), "posture": posture_of(db, record), **record}
    record |= _around(db, noun, found["id"])
    known_seq, known_at = head(db)
    return Report(
        name=noun,
        as_of=clock.today().isoformat(),
        known_seq=known_seq,
        known_at=known_at,
        rows=[record],
        columns=tuple(record),
        empty_because=None,
        sql=[],
    )


def posture_of(db: Database, asset: Mapping[str, Any]) -> str:
    """Return what a line holds today in a few words: `1,400 on 2023-10-15; since 2023-10-10, B2 afp; stale`."""
    from posture.reports.as_of import Question
    from posture.reports.posture import posture
    from posture.reports.wording import agreed, source_text, stated, status_text

    today = clock.today()
    rows = posture(db, Question(as_of=today, deployment=asset["deployment"])).rows
    row = next((row for row in rows if row["asset"] == asset["code"]), None)
    if row is None:
        return f"nothing known on {today}"
    said = stated(row)
    by = ", ".join(
        filter(
            None, (f"since {row['since']}" if row["since"] else "", f"{row['grade'] or ''} {source_text(row)}".strip())
        )
    )
    parts = (
        f"{agreed(row)} on {today}",
        by,
        f"stated {said}" if said else "",
        status_text(row),
        ", ".join(row["flags"]),
    )
    return "; ".join(filter(None, parts))


def head(db: Database) -> tuple[int, str | None]:
    """Return the number and the instant of the newest entry; 0 and None before the first."""
    row = db.one("select seq, recorded_at from ledger_entry order by seq desc limit 1")
    return (row["seq"], row["recorded_at"]) if row else (0, None)


def _rows(db: Database, noun: str, row_id: int | None = None) -> list[dict[str, Any]]:
    """Return rows of a noun with their references as codes."""
    shown = ["t.id", *(f"t.{column}" for column in COLUMNS[noun])]
    joins = []
    for called, (target, column) in REFERENCES[noun].items():
        shown.append(f"{called}.code as {called}")
        joins.append(f"left join {target} {called} on {called}.id = t.{column}")
    shown += _MORE.get(noun, ())
    where = "where t.id = :id" if row_id is not None else ""
    order = "deployment.code, t.code" if noun == "asset" else "t.effective_on, t.code" if noun == "event" else "t.code"
    rows = [
        dict(row)
        for row in db.all(
            f"select {', '.join(shown)} from {noun} t {' '.join(joins)} {where} order by {order}", {"id": row_id}
        )
    ]
    if noun == "asset":
        rows = [{"id": row["id"], "address": f"{row['deployment']}/{row['code']}", **row} for row in rows]
    if noun == "event":
        rows = [{**row, "on": row["effective_edtf"]} for row in rows]
    return rows


def _aliases(db: Database, noun: str) -> dict[int, list[str]]:
    """Return the other names of the rows of a noun, by the row's id."""
    found: dict[int, list[str]] = {}
    for row in db.all(f"select {noun}_id as id, name from alias where {noun}_id is not null order by name"):
        found.setdefault(row["id"], []).append(row["name"])
    return found


def _around(db: Database, noun: str, row_id: int) -> dict[str, Any]:
    """Return what stands around a row: other names, parts, lines, claims."""
    around: dict[str, Any] = {}
    if names := _aliases(db, noun).get(row_id):
        around["also_called"] = names
    if noun in ("actor", "location", "asset_type"):
        around["contains"] = _codes(db, f"select code from {noun} where parent_id = :id order by code", row_id)
    for target, column in (("deployment", f"{noun}_id"), ("platform", f"{noun}_id")):
        if (target, noun) in (
            ("deployment", "actor"),
            ("deployment", "location"),
            ("platform", "asset_type"),
            ("platform", "actor"),
        ):
            around[f"{target}s"] = _codes(db, f"select code from {target} where {column} = :id order by code", row_id)
    if noun == "deployment":
        around["lines"] = _codes(db, "select code from asset where deployment_id = :id order by code", row_id)
        around["parts"] = _codes(db, "select code from deployment where part_of_id = :id order by code", row_id)
        around["claims"] = claim_lines(db, "c.deployment_id = :id and c.asset_id is null", {"id": row_id})
    if noun == "platform":
        sql = "select deployment.code || '/' || asset.code from asset join deployment on deployment.id = asset.deployment_id where platform_id = :id order by 1"
        around["lines"] = _codes(db, sql, row_id)
    if noun == "asset":
        around["claims"] = claim_lines(db, "c.asset_id = :id", {"id": row_id})
    if noun == "event":
        sql = "select actor.code || ': ' || role from event_actor join actor on actor.id = actor_id where event_id = :id order by 1"
        around["actors"] = _codes(db, sql, row_id)
    if noun == "source":
        around["repeated_by"] = _repeated_by(db, row_id)
        around["claims"] = claim_lines(db, "c.source_id = :id", {"id": row_id})
        around["text"] = db.value("select text from source where id = :id", {"id": row_id})
    return {name: value for name, value in around.items() if value}


def _codes(db: Database, sql: str, row_id: int) -> list[str]:
    return [str(code) for (code,) in db.tuples(sql, {"id": row_id})]


def _repeated_by(db: Database, row_id: int) -> list[str]:
    """Return the sources whose newest word on it is that they repeat this one."""
    newest = "so.seq = (select max(s2.seq) from source_origin s2 where s2.source_id = so.source_id)"
    return _codes(
        db,
        f"select s.code from source_origin so join source s on s.id = so.source_id where so.origin_id = :id and {newest} order by 1",
        row_id,
    )
