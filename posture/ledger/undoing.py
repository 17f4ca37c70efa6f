"""What the undo of an entry does, part by part.

Claims and events that the entry recorded are retracted. Claims that it retracted are recorded again (`restates_id`),
and where the entry had replaced one, the replacement is retracted in favour of the restated claim, so that references
follow. Catalogue changes are reversed, origins set back to what they were.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture.errors import Refused, UnknownClaim
from posture.ledger import catalogue, containment, revisions
from posture.ledger.claims import events_added, retract_event_row, retract_row
from posture.ledger.hashing import HASHED

if TYPE_CHECKING:
    from posture.ledger.entry import Entry


def undo_entry(entry: Entry, seq: int) -> None:
    """Compose the undo of entry `seq`; raises `Refused` where nothing is left of it, `UnknownClaim` where it never was."""
    if not entry.db.value("select 1 from ledger_entry where seq = :seq", {"seq": seq}):
        raise UnknownClaim("entry", f"#{seq}")
    restated = _restate(entry, seq)
    claims = _retract_claims(entry, seq, restated)
    events = _undo_events(entry, seq)
    origins = _undo_origins(entry, seq)
    edits = _undo_revisions(entry, seq, keep_used=bool(claims))
    done = [
        f"{number} {what}{'' if number == 1 else 's'} {how}"
        for number, what, how in (
            (len(restated), "claim", "recorded again"),
            (claims, "claim", "retracted"),
            (events, "event", "taken back"),
            (origins, "statement of origin", "set back"),
            (edits, "catalogue change", "reversed"),
        )
        if number
    ]
    if not done:
        raise Refused(f"nothing of entry #{seq} is left to undo")
    entry.say(f"entry #{seq} undone: " + ", ".join(done))


def _restate(entry: Entry, seq: int) -> dict[int, int]:
    """Record again the claims that the entry retracted; return old id to new id."""
    restated: dict[int, int] = {}
    for row in entry.db.all(
        "select status_change.* from retraction join status_change on status_change.id = retraction.status_change_id"
        " where retraction.seq = :seq order by retraction.ordinal",
        {"seq": seq},
    ):
        if entry.db.value(
            "select 1 from status_change later where restates_id = :id and not exists"
            " (select 1 from retraction where status_change_id = later.id)",
            {"id": row["id"]},
        ):
            continue
        replacement = entry.db.one(
            "select replacement_id from retraction where status_change_id = :id", {"id": row["id"]}
        )
        if replacement and replacement["replacement_id"] is not None and _gone(entry, replacement["replacement_id"]):
            continue  # corrected since: the newer correction is what must be undone
        values = {
            name: row[name]
            for name in (*HASHED["status_change"], "excerpt", "note")
            if name not in ("id", "seq", "ordinal")
        }
        new = entry.add("status_change", {**values, "restates_id": row["id"]})
        restated[row["id"]] = new["id"]
    return restated


def _gone(entry: Entry, claim_id: int) -> bool:
    return bool(entry.db.value("select 1 from retraction where status_change_id = :id", {"id": claim_id}))


def _retract_claims(entry: Entry, seq: int, restated: dict[int, int]) -> int:
    """Retract the entry's own claims, each in favour of what it had replaced."""
    replaced = {
        row["replacement_id"]: row["status_change_id"]
        for row in entry.db.all(
            "select status_change_id, replacement_id from retraction where seq = :seq and replacement_id is not null",
            {"seq": seq},
        )
    }
    standing = entry.db.all(
        "select id from status_change where seq = :seq and not exists"
        " (select 1 from retraction where status_change_id = status_change.id) order by ordinal",
        {"seq": seq},
    )
    for row in standing:
        retract_row(entry, row["id"], restated.get(replaced.get(row["id"], 0)))
    return len(standing)


def _undo_events(entry: Entry, seq: int) -> int:
    """Retract the events that the entry added, and record again those that it retracted."""
    done = 0
    for event_id in events_added(entry.db, seq):
        if not entry.db.value("select 1 from retraction where event_id = :id", {"id": event_id}) and entry.db.value(
            "select 1 from event where id = :id", {"id": event_id}
        ):
            retract_event_row(entry, event_id, None)
            done += 1
    for row in entry.db.all(
        "select event.* from retraction join event on event.id = retraction.event_id where retraction.seq = :seq order by retraction.ordinal",
        {"seq": seq},
    ):
        _restate_event(entry, dict(row))
        done += 1
    return done


def _restate_event(entry: Entry, row: dict[str, Any]) -> None:
    """Insert a copy of a retracted event under the next free code."""
    stem, number = row["code"], 2
    while entry.db.value("select 1 from event where code = :code", {"code": f"{stem}-{number}"}):
        number += 1
    new = entry.insert("event", {**row, "code": f"{stem}-{number}"})
    for actor in entry.db.all("select actor_id, role from event_actor where event_id = :id", {"id": row["id"]}):
        entry.db.insert("event_actor", {"event_id": new["id"], "actor_id": actor["actor_id"], "role": actor["role"]})
    revisions.revise(entry, "event", new["id"], None, revisions.snapshot(entry.db, "event", new["id"]))
    entry.say(f"event {stem} is recorded again as {new['code']}")


def _undo_origins(entry: Entry, seq: int) -> int:
    """Set the sources whose origin the entry stated back to what was stated before."""
    stated = entry.db.all(
        "select source_id, ordinal from source_origin where seq = :seq order by ordinal desc", {"seq": seq}
    )
    done = 0
    for row in stated:
        newest = entry.db.one(
            "select seq, origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1",
            {"id": row["source_id"]},
        )
        if newest is None or newest["seq"] != seq:
            continue  # stated otherwise since
        before = entry.db.one(
            "select origin_id from source_origin where source_id = :id and seq < :seq order by seq desc, ordinal desc limit 1",
            {"id": row["source_id"], "seq": seq},
        )
        entry.add(
            "source_origin", {"source_id": row["source_id"], "origin_id": before["origin_id"] if before else None}
        )
        done += 1
    return done


def _undo_revisions(entry: Entry, seq: int, *, keep_used: bool) -> int:
    """Reverse the entry's catalogue changes, the last first; `keep_used` leaves rows that retracted claims stand on."""
    done = 0
    rebuild = False
    for row in entry.db.all("select * from catalogue_revision where seq = :seq order by ordinal desc", {"seq": seq}):
        table, row_id = row["table_name"], row["row_id"]
        if table == "event" and row["before"] is None:
            continue  # an event is retracted, not deleted
        now = revisions.snapshot(entry.db, table, row_id)
        state = revisions.canonical(now) if now else None
        if state != row["after"]:
            if keep_used or state == row["before"]:
                continue
            raise Refused(
                f"the {table.replace('_', ' ')} that entry #{seq} changed has been changed since; undo that first"
            )
        if row["before"] is None:
            if not _removed(entry, table, row_id, keep_used=keep_used):
                continue
        else:
            _set_back(entry, table, row_id, json.loads(row["before"]), now)
            rebuild = True
        done += 1
    if rebuild:
        containment.rebuild(entry.db)
    return done


def _removed(entry: Entry, table: str, row_id: int, *, keep_used: bool) -> bool:
    """Remove a row that the entry had added; False where it must stay because it is in use."""
    if table == "alias":
        catalogue.delete_alias_row(entry, row_id)
        return True
    try:
        catalogue.remove_row(entry, table, row_id)
    except Refused:
        if keep_used:
            return False
        raise
    return True


def _set_back(entry: Entry, table: str, row_id: int, before: dict[str, Any], now: dict[str, Any]) -> None:
    """Write a row as it was before: an edited one over itself, a removed one anew."""
    actors = before.pop("actors", None)
    long_text = {
        name: None
        for name in revisions.LONG_TEXTS.get(table, ())
        if before.get(f"{name}_sha256") != now.get(f"{name}_sha256")
    }
    if now:
        changed = {name: value for name, value in before.items() if name != "id" and now.get(name) != value}
        entry.db.update(table, row_id, {**changed, **long_text})
    else:
        entry.db.insert(table, before)
        entry.rows.append((table, before))
    for name in long_text:
        if before.get(f"{name}_sha256"):
            entry.say(
                f"the {name} of {before['code']} is not kept in the history: give it again with --file or --{name}"
            )
    if actors is not None:
        entry.db.execute("delete from event_actor where event_id = :id", {"id": row_id})
        for actor, role in actors:
            entry.db.insert("event_actor", {"event_id": row_id, "actor_id": actor, "role": role})
    revisions.revise(entry, table, row_id, now or None, revisions.snapshot(entry.db, table, row_id))
