"""One thing, whatever it is: a claim with all that hangs on it, an entry, a line, or a row of the catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.errors import NotFound, UnknownClaim, UnknownCode
from posture.reports import catalogue
from posture.reports.claim_rows import address, claim_rows, grade
from posture.reports.history import entry_said
from posture.reports.report import Report
from posture.reports.wording import instant
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database

_CLAIM = re.compile(r"c?(\d+)", re.IGNORECASE)
_ENTRY = re.compile(r"#(\d+)")
_MOST_DIGITS = 18
"""Digits of the largest number that every engine holds."""
_SEARCHED = ("deployment", "source", "event", "platform", "actor", "location", "asset_type")
_RELATIONS = {
    "fulfils": "fulfilled_by",
    "partly_fulfils": "partly_fulfilled_by",
    "cancels": "cancelled_by",
    "supersedes": "superseded_by",
}


def show(db: Database, thing: str) -> Report:
    """Return what `thing` names: `12` or `c12` a claim, `#12` an entry, `fra-ner/drones` a line, else a code.

    Raises `NotFound` where nothing is called so, or things of several kinds are.
    """
    with db.read():
        if number := _ENTRY.fullmatch(thing.strip()):
            return _report(db, "entry", _entry(db, _number("entry", number[1])))
        if number := _CLAIM.fullmatch(thing.strip()):
            return _report(db, "claim", _claim(db, _number("claim", number[1])))
        if "/" in thing:
            return catalogue.show(db, "asset", thing)
        return _by_code(db, thing)


def _number(what: str, digits: str) -> int:
    """Return a number as typed; raises `UnknownClaim` where it is longer than any that a row can have."""
    if len(digits) > _MOST_DIGITS:
        raise UnknownClaim(what, f"{'#' if what == 'entry' else ''}{digits[:40]}")
    return int(digits)


def _by_code(db: Database, word: str) -> Report:
    found = [noun for noun in _SEARCHED if lookup.find_code(db, noun, word) is not None]
    if len(found) == 1:
        return catalogue.show(db, found[0], word)
    if found:
        ways = " or ".join(f'"posture {noun.replace("_", "-")} show {word}"' for noun in found)
        raise NotFound(f'"{word}" names more than one thing: say {ways}')
    near: list[str] = []
    for noun in _SEARCHED:
        try:
            lookup.get_code(db, noun, word)
        except UnknownCode as unknown:
            near += unknown.near
    mend = (
        f"did you mean {' or '.join(dict.fromkeys(near[:3]))}?"
        if near
        else 'write a claim (12), an entry ("#12"), a line (fra-ner/drones) or a code'
    )
    raise NotFound(f'nothing is called "{word}"; {mend}')


def _report(db: Database, name: str, record: dict[str, Any]) -> Report:
    known_seq, known_at = catalogue.head(db)
    shown = {key: value for key, value in record.items() if value not in (None, "", [])}
    return Report(
        name=name,
        as_of=clock.today().isoformat(),
        known_seq=known_seq,
        known_at=known_at,
        rows=[shown],
        columns=tuple(shown),
        empty_because=None,
        sql=[],
    )


def _entry(db: Database, seq: int) -> dict[str, Any]:
    row = db.one("select * from ledger_entry where seq = :seq", {"seq": seq})
    if row is None:
        raise UnknownClaim("entry", f"#{seq}")
    return {
        "entry": f"#{seq}",
        **{name: value for name, value in row.items() if name != "seq"},
        "did": entry_said(db, seq, most=200),
    }


def _claim(db: Database, number: int) -> dict[str, Any]:
    rows = claim_rows(db, "c.id = :id", {"id": number})
    if not rows:
        raise UnknownClaim("claim", number)
    row = rows[0]
    return {
        "claim": f"c{number}",
        "stands": _stands(row),
        "line": address(row),
        "kind": row["kind"],
        "status": f"{row['status']} ({row['axis']})" if row["status"] else None,
        "quantity": _quantity(row),
        "modality": row["modality"],
        "counting_basis": row["counting_basis"],
        "complete": bool(row["complete"]) or None,
        "reason": row["reason"],
        "effective": _effective(row),
        "stated_on": row["stated_on"],
        "source": row["source"],
        "grade": f"{grade(row)}{'' if row['admissible'] else ' (not admissible: decides only where nothing better says anything)'}",
        "own_words": None if row["own_words"] else "no: repeats another source",
        "excerpt": row["excerpt"],
        "locator": row["locator"],
        "note": row["note"],
        "other_side": row["other_deployment"],
        "transfer": row["transfer_id"],
        **_links(db, row),
        "recorded": f"#{row['seq']} at {instant(row['recorded_at'])} by {row['recorded_by']} ({row['action']})",
        "recorded_because": row["entry_reason"],
        **_chain(db, row),
    }


def _stands(row: Mapping[str, Any]) -> str:
    if row["retracted_by_entry"] is None:
        return "yes"
    return f"no: retracted by #{row['retracted_by_entry']}" + (
        f", c{row['replaced_by']} stands in its place" if row["replaced_by"] else ""
    )


def _quantity(row: Mapping[str, Any]) -> str | None:
    if row["quantity_text"] is None:
        return None
    if row["quantity_form"] in ("unknown", "withheld"):
        read = str(row["quantity_form"])
    elif row["quantity_form"] == "share":
        read = f"share {'over ' if row['share_low_open'] else ''}{row['share_low']:g} to {row['share_high']:g}"
    else:
        read = "..".join(
            "?" if row[f"quantity_{end}"] is None else str(row[f"quantity_{end}"]) for end in ("low", "best", "high")
        )
    return f'"{row["quantity_text"]}": {read}'


def _effective(row: Mapping[str, Any]) -> str:
    ends = f"{row['effective_from'] or 'open'}..{row['effective_by'] or 'open'}"
    until = (
        f" until {row['effective_until']}"
        if row["effective_until"] and row["effective_until"] != row["effective_by"]
        else ""
    )
    typed = f', from "{row["effective_text"]}"' if row["effective_text"] else ""
    return f"{row['effective_on'] if row['effective_from'] == row['effective_by'] else ends}{until}{typed}"


def _links(db: Database, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a claim is joined to, in both directions."""
    number = {"id": row["id"]}
    links: dict[str, Any] = {
        name: f"c{row[column]}"
        for name, column in (("same_as", "same_as_id"), ("after", "after_id"), ("restates", "restates_id"))
        if row[column]
    }
    for relation, inverse in _RELATIONS.items():
        made = db.tuples(
            "select plan_id from plan_link where claim_id = :id and relation = :relation order by 1",
            {**number, "relation": relation},
        )
        links[relation] = [f"c{plan}" for (plan,) in made]
        got = db.tuples(
            "select claim_id from plan_link where plan_id = :id and relation = :relation order by 1",
            {**number, "relation": relation},
        )
        links[inverse] = [f"c{claim}" for (claim,) in got]
    links["also_reported_as"] = [
        f"c{other}" for (other,) in db.tuples("select id from status_change where same_as_id = :id order by 1", number)
    ]
    if row["transfer_id"]:
        others = db.tuples(
            "select id from status_change where transfer_id = :transfer and id <> :id order by 1",
            {**number, "transfer": row["transfer_id"]},
        )
        links["other_claims_of_the_transfer"] = [f"c{other}" for (other,) in others]
    return links


def _chain(db: Database, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a claim corrects, and the whole line of corrections after it."""
    before = db.tuples(
        "select status_change_id, seq, reason from retraction where replacement_id = :id order by seq",
        {"id": row["id"]},
    )
    chain: dict[str, Any] = {"corrects": [f"c{old} (#{seq}: {reason})" for old, seq, reason in before]}
    after, number = [], row["id"]
    while (
        gone := db.one(
            "select seq, reason, replacement_id from retraction where status_change_id = :id", {"id": number}
        )
    ) is not None:
        after.append(
            f"#{gone['seq']}: {gone['reason']}" + (f"; now c{gone['replacement_id']}" if gone["replacement_id"] else "")
        )
        if gone["replacement_id"] is None:
            break
        number = gone["replacement_id"]
    chain["retracted"] = after
    return chain
