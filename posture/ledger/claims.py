"""Logging claims, correcting, retracting and undoing them.

A claim is never edited: a correction is a new claim and the retraction of the old one, which names its replacement; an
undo retracts what an entry recorded and records again what it retracted.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.errors import Refused, UnknownClaim, UsageMistake
from posture.ledger import reading_words
from posture.ledger.advice import advise, advise_of_dates, advise_of_plans
from posture.ledger.entry import Entry, Writing, Written, append
from posture.ledger.lines import find_or_make_line
from posture.ledger.origins import origin_chain
from posture.ledger.support import refuse_unsupported_confirmation
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posture.domain.draft import ClaimDraft
    from posture.store.connection import Database

OUTCOMES = ("fulfils", "partly_fulfils", "cancels", "supersedes")
"""The fields of a draft that name plans, which are also the relations of `plan_link`."""
_FROZEN = ("id", "seq", "ordinal", "restates_id")


def log(db: Database, drafts: Sequence[ClaimDraft], writing: Writing | None = None) -> Written:
    """Append one entry with these claims; a claim may refer to the n-th of its own entry as -n.

    Raises `UsageMistake` for words that cannot be read, `NotFound` for codes and claims that do not resolve, `Refused`
    for what a rule forbids. Nothing is written then.
    """
    read = [reading_words.read(draft) for draft in drafts]

    def compose(entry: Entry) -> None:
        ids: list[int] = []
        for words in read:
            ids.append(add_claim(entry, words, ids))

    return append(db, writing or Writing(), compose, lambda claims: _are(drafts, claims))


def _are(drafts: Sequence[ClaimDraft], claims: Sequence[Mapping[str, Any]]) -> bool:
    """Whether recorded claims are these drafts: what a retry under the same txid must say again."""
    wanted = [
        (draft.kind.lower(), draft.modality.lower(), draft.quantity and draft.quantity.strip()) for draft in drafts
    ]
    there = [(row["kind"], row["modality"], row["quantity_text"]) for row in claims]
    return [key for key, _ in groupby(wanted)] == [key for key, _ in groupby(there)]


def move(db: Database, from_line: str, to_line: str, draft: ClaimDraft, writing: Writing | None = None) -> Written:
    """Append one entry with the two sides of a move: what leaves one line arrives in the other.

    `to_line` may name the deployment alone; the asset is then called as on the side it leaves.
    """
    if "/" not in to_line and "/" in from_line:
        to_line = f"{to_line}/{from_line.partition('/')[2]}"
    import os

    shared = replace(
        draft, transfer=draft.transfer or f"move-{os.urandom(4).hex()}", reason=draft.reason or "redeployment"
    )
    leaves = replace(shared, line=from_line, kind="decrease", other=to_line.partition("/")[0])
    arrives = replace(
        shared,
        line=to_line,
        kind="increase",
        other=from_line.partition("/")[0],
        fulfils=(),
        partly_fulfils=(),
        cancels=(),
        supersedes=(),
        same_as=None,
        after=None,
    )
    read = [reading_words.read(leaves), reading_words.read(arrives)]

    def compose(entry: Entry) -> None:
        for words in read:  # both deployments first: each side names the other
            find_or_make_line(entry, words.draft.line)
        ids: list[int] = []
        for words in read:
            ids.append(add_claim(entry, words, ids))
        _refuse_change_of_type(entry)

    return append(db, writing or Writing(), compose, lambda claims: _are([leaves, arrives], claims))


def _refuse_change_of_type(entry: Entry) -> None:
    """Raise `Refused` where what leaves is not what arrives: five soldiers do not become five drones."""
    leaves, arrives = (lookup.get_row(entry.db, "asset", row["asset_id"]) for row in entry.of("status_change"))
    one, other = leaves["asset_type_id"], arrives["asset_type_id"]
    related = {one, *lookup.ancestors(entry.db, "asset_type", one)} & {other}
    if not related and one not in lookup.ancestors(entry.db, "asset_type", other):
        raise Refused(f"{leaves['code']} cannot arrive as {arrives['code']}: name the same type of asset on both sides")


def add_claim(entry: Entry, words: reading_words.Words, ids: Sequence[int] = ()) -> int:
    """Add one claim and its plan links to an entry that is being composed; return the claim's id.

    `ids` are the claims that the entry has so far, for references to them.
    """
    rows = reading_words.resolve(entry, words, ids)
    for row in rows:
        refuse_unsupported_confirmation(entry, row)
        stored = entry.add("status_change", row)
        advise(entry, stored)
    link_plans(entry, words.draft, stored, ids)
    advise_of_plans(entry, stored)
    return int(stored["id"])


def link_plans(entry: Entry, draft: ClaimDraft, claim: Mapping[str, Any], ids: Sequence[int] = ()) -> None:
    """Add the plan links of a claim; raises `Refused` where the other claim is no plan, or this one cannot settle it."""
    for relation in OUTCOMES:
        for number in getattr(draft, relation):
            plan = reading_words.claim_referred_to(entry, number, ids, "plan")
            if plan["modality"] in ("actual", "denied"):
                raise Refused(f"claim {plan['id']} is {plan['modality']}, not a plan: only a plan is {_past(relation)}")
            if relation in ("fulfils", "partly_fulfils") and claim["modality"] != "actual":
                raise Refused(
                    f"a claim that is {claim['modality']} cannot say that plan {plan['id']} was {_past(relation)}; only an actual one can"
                )
            entry.add("plan_link", {"claim_id": claim["id"], "plan_id": plan["id"], "relation": relation})
            entry.say(f"plan {plan['id']} {_past(relation)} by claim {claim['id']}")


def _past(relation: str) -> str:
    return {
        "fulfils": "fulfilled",
        "partly_fulfils": "partly fulfilled",
        "cancels": "cancelled",
        "supersedes": "superseded",
    }[relation]


def correct(db: Database, claim_id: int, changes: Mapping[str, Any], writing: Writing | None = None) -> Written:
    """Record a claim anew with some of its words changed, and retract the old one in its favour.

    What is not in `changes` (fields of `ClaimDraft`) stays exactly as it was read when it was recorded.
    """

    def compose(entry: Entry) -> None:
        old = visible_claim(entry, claim_id)
        row = reading_words.changed(entry, old, changes)
        if all(row[name] == old[name] for name in row if name not in _FROZEN) and not any(
            changes.get(n) for n in OUTCOMES
        ):
            raise Refused(f"claim {claim_id} says that already: nothing to correct")
        refuse_unsupported_confirmation(entry, row, but=old["id"])
        new = entry.add("status_change", row)
        entry.say(f"claim {new['id']} replaces claim {old['id']}")
        advise_of_dates(entry, new)
        retract_row(entry, old["id"], new["id"])
        link_plans(entry, reading_words.outcome_draft(new, changes), new)

    return append(db, writing or Writing(action="correct"), compose)


def retract(
    db: Database,
    *,
    claim: int | None = None,
    entry: int | None = None,
    event: str | None = None,
    source: str | None = None,
    writing: Writing | None = None,
) -> Written:
    """Withdraw one claim, all claims of an entry, one event, or all that a source said, repeats included.

    Raises `Refused` where nothing of it stands any more.
    """
    if sum(thing is not None for thing in (claim, entry, event, source)) != 1:
        raise UsageMistake("say one thing to retract: a claim, --entry, --event or --source")

    def compose(composed: Entry) -> None:
        claims, events = _reached(composed, claim, entry, event, source)
        if not claims and not events:
            raise Refused("nothing of that stands any more: it was retracted before")
        for number in claims:
            retract_row(composed, number, None)
        for number in events:
            retract_event_row(composed, number, None)
        composed.say(
            f"retracted {_counted(len(claims), 'claim')}" + (f" and {_counted(len(events), 'event')}" if events else "")
        )

    return append(db, writing or Writing(action="retract"), compose)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


_STANDING = "not exists (select 1 from retraction where retraction.{what}_id = {what}.id)"


def _reached(
    entry: Entry, claim: int | None, seq: int | None, event: str | None, source: str | None
) -> tuple[list[int], list[int]]:
    """Return the ids of the standing claims and events that a retraction reaches."""
    if claim is not None:
        return [visible_claim(entry, claim)["id"]], []
    standing_claim, standing_event = _STANDING.format(what="status_change"), _STANDING.format(what="event")
    if event is not None:
        row = lookup.get_code(entry.db, "event", event)
        found = entry.db.all(f"select id from event where id = :id and {standing_event}", {"id": row["id"]})
        return [], [row["id"] for row in found]
    if seq is not None:
        reading_words.refuse_no_number("entry", seq)
        if not entry.db.value("select 1 from ledger_entry where seq = :seq", {"seq": seq}):
            raise UnknownClaim("entry", f"#{seq}")
        own = entry.db.all("select id from status_change where seq = :seq order by id", {"seq": seq})
        forms = [standing_form(entry.db, row["id"]) for row in own]
        return list(dict.fromkeys(form for form in forms if form is not None)), [
            number
            for number in events_added(entry.db, seq)
            if entry.db.value(f"select 1 from event where id = :id and {standing_event}", {"id": number})
        ]
    wanted = lookup.get_code(entry.db, "source", str(source))["id"]
    voices = [
        row["id"]
        for row in entry.db.all("select id from source order by id")
        if row["id"] == wanted or wanted in origin_chain(entry.db, row["id"])
    ]
    among = ", ".join(map(str, voices))
    claims = entry.db.all(f"select id from status_change where source_id in ({among}) and {standing_claim} order by id")
    events = entry.db.all(f"select id from event where source_id in ({among}) and {standing_event} order by id")
    return [row["id"] for row in claims], [row["id"] for row in events]


def newest_form(db: Database, claim_id: int) -> int:
    """Return a claim, or where it was retracted and recorded again the newest record of it, whether that stands or not."""
    while (again := db.value("select id from status_change where restates_id = :id", {"id": claim_id})) is not None:
        claim_id = int(again)
    return claim_id


def standing_form(db: Database, claim_id: int) -> int | None:
    """Return a claim, or where it was retracted the record of it that stands; None where there is none."""
    newest = newest_form(db, claim_id)
    gone = db.value("select 1 from retraction where status_change_id = :id", {"id": newest})
    return None if gone else newest


def events_added(db: Database, seq: int) -> list[int]:
    """Return the ids of the events that an entry added."""
    return [
        row["row_id"]
        for row in db.all(
            "select row_id from catalogue_revision where seq = :seq and table_name = 'event' and before is null order by ordinal",
            {"seq": seq},
        )
    ]


def retract_row(entry: Entry, claim_id: int, replacement_id: int | None) -> None:
    """Add the retraction of a claim to an entry, with what stands in its place."""
    entry.add("retraction", _retraction(entry, status_change_id=claim_id, replacement_id=replacement_id))


def retract_event_row(entry: Entry, event_id: int, replacement_id: int | None) -> None:
    """Add the retraction of an event to an entry, with what stands in its place."""
    entry.add("retraction", _retraction(entry, event_id=event_id, replacement_event_id=replacement_id))


def _retraction(entry: Entry, **ids: int | None) -> dict[str, Any]:
    blank = dict.fromkeys(("status_change_id", "event_id", "replacement_id", "replacement_event_id"))
    return {**blank, **ids, "reason": entry.writing.reason or entry.writing.action}


def visible_claim(entry: Entry, claim_id: int) -> dict[str, Any]:
    """Return a claim that stands; raises `Refused` that names its replacement where it does not."""
    reading_words.refuse_no_number("claim", claim_id)
    row = entry.db.one("select * from status_change where id = :id", {"id": claim_id})
    if row is None:
        raise UnknownClaim("claim", claim_id)
    gone = entry.db.one("select seq, replacement_id from retraction where status_change_id = :id", {"id": claim_id})
    if gone is not None:
        instead = f"; claim {gone['replacement_id']} stands in its place" if gone["replacement_id"] else ""
        raise Refused(f"claim {claim_id} was retracted by entry #{gone['seq']}{instead}")
    return dict(row)


def undo(db: Database, seq: int, writing: Writing | None = None) -> Written:
    """Take an entry back: retract its claims, record again what it retracted, reverse what it did to the catalogue.

    Raises `Refused` where nothing of the entry is left to undo, or a later entry stands on what it did.
    """
    from posture.ledger import undoing

    return append(db, writing or Writing(action="undo"), lambda entry: undoing.undo_entry(entry, seq))
