"""What the undo of an entry does, part by part.

Claims and events that the entry recorded are retracted, a claim in whatever form it was recorded again since. Claims that
it retracted are recorded again (`restates_id`), and where the entry had replaced one, the replacement is retracted in favour
of the restated claim, so that references follow. Catalogue changes are reversed, origins set back to what they were.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture.errors import Refused, UnknownClaim
from posture.ledger import catalogue, containment, revisions
from posture.ledger.claims import events_added, newest_form, retract_event_row, retract_row, standing_form
from posture.ledger.hashing import HASHED
from posture.ledger.many import Selected
from posture.ledger.origins import refuse_circle
from posture.ledger.reading_words import refuse_no_number
from posture.store import lookup

if TYPE_CHECKING:
    from posture.ledger.entry import Entry


MANY = 1_000
"""Claims from which on those to which nothing has happened since are taken back together, by one statement."""


def undo_entry(entry: Entry, seq: int) -> None:
    """Compose the undo of entry `seq`; raises `Refused` where nothing is left of it, `UnknownClaim` where it never was."""
    refuse_no_number("entry", seq)
    if not entry.db.value("select 1 from ledger_entry where seq = :seq", {"seq": seq}):
        raise UnknownClaim("entry", f"#{seq}")
    recorded_again = _restate_together(entry, seq)
    restated, replaced = _restate(entry, seq, but_alone=recorded_again > 0)
    together = _retract_together(entry, seq)
    own = _own_claims(entry, seq, but_untouched=together > 0)
    claims = together + _retract_claims(entry, own, replaced)
    corrected = _corrected_since(entry, own)
    events = _undo_events(entry, seq)
    origins = _undo_origins(entry, seq)
    edits = _undo_revisions(entry, seq, keep_used=bool(claims))
    done = [
        f"{number:,} {what}{'' if number == 1 else 's'} {how}"
        for number, what, how in (
            (recorded_again + len(restated), "claim", "recorded again"),
            (claims, "claim", "retracted"),
            (events, "event", "taken back"),
            (origins, "statement of origin", "set back"),
            (edits, "catalogue change", "reversed"),
        )
        if number
    ]
    if not done:
        why = f": {corrected[0][0]}; undo that first" if corrected else ""
        raise Refused(f"nothing of entry #{seq} is left to undo{why}")
    for what, heir in corrected:
        entry.say(f"mind: {what}, and claim {heir} stands: undo that too, or retract it")
    entry.say(f"entry #{seq} undone: " + ", ".join(done))


_SAID = tuple(name for name in (*HASHED["status_change"], "excerpt", "note") if name not in ("id", "seq", "ordinal"))
"""The columns of a claim that are the same where it is recorded again, but for `restates_id`."""
_ALONE = "r.replacement_id is null and not exists (select 1 from status_change n where n.restates_id = c.id and n.seq < :now)"
"""Condition for a retraction `r` of a claim `c` in whose place nothing stands, and which was not recorded again since."""
_UNTOUCHED = (
    "not exists (select 1 from status_change n where n.restates_id = c.id and n.seq < :now)"
    " and not exists (select 1 from retraction g where g.status_change_id = c.id and g.seq < :now)"
)
"""Condition for a claim `c` that stands as it was first recorded."""


def _restate_together(entry: Entry, seq: int) -> int:
    """Record again those claims that the entry retracted and to which nothing has happened since; return how many.

    Where they are few, 0: they are then recorded again one by one, with the others.
    """
    source = f"from retraction r join status_change c on c.id = r.status_change_id where r.seq = :seq and {_ALONE}"
    values: dict[str, str | None] = {**{name: f"c.{name}" for name in _SAID}, "restates_id": "c.id"}
    return _together(entry, "status_change", values, source, "r.ordinal", {"seq": seq})


def _retract_together(entry: Entry, seq: int) -> int:
    """Retract those own claims of the entry to which nothing has happened since; return how many; 0 where they are few."""
    values = {"status_change_id": "c.id", "event_id": None, "replacement_id": None, "replacement_event_id": None}
    why = {"why": entry.writing.reason or entry.writing.action}
    return _together(
        entry, "retraction", {**values, "reason": ":why"}, f"{_OWN} and {_UNTOUCHED}", "c.ordinal", {"seq": seq, **why}
    )


def _together(
    entry: Entry, table: str, values: dict[str, str | None], source: str, order: str, params: dict[str, Any]
) -> int:
    """Add the rows that a statement selects, if they are many; return how many were added."""
    bound = {**params, "now": entry.seq}
    if int(entry.db.value(f"select count(*) from (select 1 {source} limit {MANY}) few", bound) or 0) < MANY:
        return 0
    many = Selected(entry, table, values, source, order, bound)
    entry.many.append(many)
    return many.count


def _restate(entry: Entry, seq: int, *, but_alone: bool) -> tuple[list[int], dict[int, int]]:
    """Record again the claims that the entry retracted, but for those that are recorded again together.

    Return the new ids, and, for each claim that stands in the place of one of them, the new id that takes its place.
    """
    restated: list[int] = []
    replaced: dict[int, int] = {}
    for row in entry.db.all(
        "select c.*, r.replacement_id from retraction r join status_change c on c.id = r.status_change_id"
        f" where r.seq = :seq{f' and not ({_ALONE})' if but_alone else ''} order by r.ordinal",
        {"seq": seq, "now": entry.seq},
    ):
        newest, heir = newest_form(entry.db, row["id"]), None
        if row["replacement_id"] is not None:
            heir = standing_form(entry.db, row["replacement_id"])
            if heir is None:
                continue  # undone before, or corrected since: the newer correction is what must be undone
        elif newest != row["id"]:
            continue  # undone before: what came of it since is what must be undone
        new = entry.add("status_change", {**{name: row[name] for name in _SAID}, "restates_id": newest})
        restated.append(new["id"])
        if heir is not None:
            replaced[heir] = new["id"]
    return restated, replaced


_OWN = (
    "from status_change c where c.seq = :seq and not exists"
    " (select 1 from retraction r where r.seq = :seq and r.replacement_id = c.id)"
)
"""The claims that an entry recorded, but for those that it put in the place of others."""


def _own_claims(entry: Entry, seq: int, *, but_untouched: bool) -> list[int]:
    """Return an entry's own claims, all or those to which something has happened since."""
    condition = f" and not ({_UNTOUCHED})" if but_untouched else ""
    rows = entry.db.tuples(f"select c.id {_OWN}{condition} order by c.ordinal", {"seq": seq, "now": entry.seq})
    return [row[0] for row in rows]


def _retract_claims(entry: Entry, own: list[int], replaced: dict[int, int]) -> int:
    """Retract an entry's own claims, and what is in the place of those it had replaced; return how many.

    A claim that was retracted and recorded again since is retracted in the form in which it stands.
    """
    standing = [standing_form(entry.db, number) for number in own]
    retracted = dict.fromkeys([*(number for number in standing if number is not None), *replaced])
    for number in retracted:
        retract_row(entry, number, replaced.get(number))
    return len(retracted)


def _corrected_since(entry: Entry, own: list[int]) -> list[tuple[str, int]]:
    """Return which of an entry's own claims were corrected by a later entry, and the claim that stands for each."""
    found = []
    for number in own:
        gone = entry.db.one(
            "select seq, replacement_id from retraction where status_change_id = :id and seq < :now"
            " and replacement_id is not null",
            {"id": newest_form(entry.db, number), "now": entry.seq},
        )
        heir = standing_form(entry.db, gone["replacement_id"]) if gone else None
        if gone is not None and heir is not None:
            found.append((f"claim {number} was corrected by entry #{gone['seq']}", heir))
    return found


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
        if not _is_restated(entry, row["id"], seq):
            _restate_event(entry, dict(row))
            done += 1
    return done


def _is_restated(entry: Entry, event_id: int, seq: int) -> bool:
    """Return whether an event that entry `seq` retracted was recorded again since, as the undo of that entry does."""
    said = _without_name(revisions.snapshot(entry.db, "event", event_id))
    return any(
        _without_name(json.loads(row["after"])) == said
        for row in entry.db.all(
            "select after from catalogue_revision where table_name = 'event' and before is null and after is not null"
            " and seq > :seq",
            {"seq": seq},
        )
    )


def _without_name(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("id", "code")}


def _restate_event(entry: Entry, row: dict[str, Any]) -> None:
    """Insert a copy of a retracted event under the next free code."""
    stem, number = row["code"], 2
    while entry.db.value("select 1 from event where code = :code", {"code": f"{stem}-{number}"}):
        number += 1
    new = entry.insert("event", {**row, "code": f"{stem}-{number}"})
    for actor in entry.db.all("select actor_id, role from event_actor where event_id = :id", {"id": row["id"]}):
        entry.db.insert("event_actor", {"event_id": new["id"], "actor_id": actor["actor_id"], "role": actor["role"]})
    revisions.revise(entry, "event", new["id"], None, revisions.snapshot(entry.db, "event", new["id"]))
    for alias in entry.db.all("select id from alias where event_id = :id order by id", {"id": row["id"]}):
        before = revisions.snapshot(entry.db, "alias", alias["id"])
        entry.db.update("alias", alias["id"], {"event_id": new["id"]})  # its other names mean the one that stands
        revisions.revise(entry, "alias", alias["id"], before, {**before, "event_id": new["id"]})
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
        source = lookup.get_row(entry.db, "source", row["source_id"])
        before = entry.db.one(
            "select origin_id from source_origin where source_id = :id and seq < :seq order by seq desc, ordinal desc limit 1",
            {"id": row["source_id"], "seq": seq},
        )
        origin = lookup.get_row(entry.db, "source", before["origin_id"]) if before and before["origin_id"] else None
        refuse_circle(entry, source, origin)
        entry.add("source_origin", {"source_id": source["id"], "origin_id": origin["id"] if origin else None})
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
        entry.moved |= containment.rebuild(entry.db)
    return done


UNUSED = ("alias", "edition")
"""Tables to whose rows nothing refers."""


def _removed(entry: Entry, table: str, row_id: int, *, keep_used: bool) -> bool:
    """Remove a row that the entry had added; False where it must stay because it is in use."""
    if table in UNUSED:
        catalogue.delete_unused_row(entry, table, row_id)
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
    if table in lookup.TREES:
        catalogue.refuse_loop(entry.db, table, row_id, before)
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
