"""From the words of a claim to the row that is recorded.

`read` needs no database: quantity, dates and grade, each by its own reader. `resolve` finds the codes, fills what was left
open from the source, and refuses what the ledger's rules forbid; it runs inside the write section.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.domain.codes import visible
from posture.domain.dates import WorldTime, read_date, read_day
from posture.domain.draft import ClaimDraft
from posture.domain.excerpts import find_excerpt
from posture.domain.grade import Grade, read_grade
from posture.domain.quantity import Quantity, read_quantity
from posture.domain.vocabulary import PLAN_MODALITIES, Axis, CountingBasis, Kind, Modality, Reason
from posture.errors import Refused, UnknownClaim, UnknownWord, UsageMistake
from posture.ledger.fields import read_word
from posture.ledger.hashing import sha256
from posture.ledger.lines import find_or_make_line
from posture.ledger.origins import repeated_by
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posture.ledger.entry import Entry

FLOWS = (Kind.INCREASE, Kind.DECREASE)
ONE_DAY = timedelta(days=1)
_NO_QUANTITY: dict[str, Any] = dict.fromkeys(
    ("quantity_low", "quantity_best", "quantity_high", "share_low", "share_high", "quantity_form", "quantity_text")
)


@dataclass(frozen=True, slots=True)
class Words:
    """A draft whose words have been read."""

    draft: ClaimDraft
    kind: Kind
    modality: Modality
    basis: CountingBasis
    reason: str | None
    quantity: Quantity | None
    when: WorldTime | None
    stated_on: date | None
    grade: Grade | None


def read(draft: ClaimDraft) -> Words:
    """Read the words of a draft; raises the reader's own error for any that cannot be read, `UsageMistake` for a gap."""
    kind = Kind(read_word("kind of claim", draft.kind, Kind))
    words = Words(
        draft=draft,
        kind=kind,
        modality=Modality(read_word("modality", draft.modality, Modality)),
        basis=CountingBasis(read_word("counting basis", draft.basis, CountingBasis)),
        reason=read_word("reason", draft.reason, Reason) if draft.reason else None,
        quantity=read_quantity(draft.quantity) if draft.quantity is not None else None,
        when=read_date(draft.on, today=clock.today()) if draft.on else None,
        stated_on=read_day(draft.stated_on, today=clock.today()) if draft.stated_on else None,
        grade=read_grade(draft.grade) if draft.grade else None,
    )
    if not draft.source:
        raise UsageMistake(
            'every claim needs a source: --source CODE; see "posture source list", or "posture source add"'
        )
    refuse_contradiction(kind, draft.status, words.quantity, has_asset="/" in draft.line)
    joined = draft.fulfils or draft.partly_fulfils or draft.cancels or draft.supersedes or draft.same_as is not None
    refuse_wordless(kind, words.modality, draft.quantity, draft.excerpt, draft.note, joined)
    return words


def refuse_wordless(kind: str, modality: str, *said: object) -> None:
    """Raise `UsageMistake` for an announcement that announces nothing; a denial says something, and so do links."""
    if kind == Kind.ANNOUNCEMENT and modality != Modality.DENIED and not any(said):
        raise UsageMistake(
            "an announcement is words only, and there are none: quote them with --excerpt, or say them with --note"
        )


def refuse_contradiction(kind: str, status: str | None, quantity: Quantity | None, *, has_asset: bool) -> None:
    """Raise `UsageMistake` where kind, status, quantity and line do not fit together."""
    if kind == Kind.STATUS and not status:
        raise UsageMistake("a status claim needs a status, such as grounded or drawing_down")
    if kind != Kind.STATUS and status:
        raise UsageMistake(f"a claim of kind {kind} takes no status; log a status claim for it")
    if kind in (Kind.COUNT, *FLOWS):
        if not has_asset:
            raise UsageMistake(
                f"a claim of kind {kind} is about an asset: write DEPLOYMENT/ASSET, such as fra-ner/drones"
            )
        if quantity is None:
            raise UsageMistake(f"a claim of kind {kind} needs a quantity; write unknown where the source gives none")
    if kind == Kind.COUNT and quantity is not None and quantity.form == "share":
        raise UsageMistake(
            f'"{quantity.text}" is a share, and a count is a number; log an increase or a decrease by that share'
        )
    if kind == Kind.STATUS and quantity is not None and not has_asset:
        raise UsageMistake("the phase of a deployment takes no quantity")


def resolve(entry: Entry, words: Words, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows that a claim is recorded as: one, or two for a count "since X" that was said later.

    Raises `NotFound` for codes that do not resolve, `Refused` for what a rule forbids.
    """
    draft = words.draft
    deployment, asset = find_or_make_line(entry, draft.line)
    source = lookup.get_code(entry.db, "source", draft.source)
    stated_on = words.stated_on or (
        date.fromisoformat(source["published_on"]) if source["published_on"] else entry.recorded_at.date()
    )
    when = words.when or default_time(words.modality, stated_on)
    if not source["published_on"] and (words.stated_on is None or words.when is None):
        entry.say(
            f"mind: source {source['code']} has no date: taken as said on {stated_on}; --on and --stated-on tell more"
        )
    row: dict[str, Any] = {
        "deployment_id": deployment["id"],
        "asset_id": asset["id"] if asset else None,
        "kind": str(words.kind),
        "status_id": _status(entry, draft.status, has_asset=asset is not None),
        **quantity_columns(words.quantity),
        "counting_basis": str(words.basis),
        "complete": draft.complete,
        "reason": words.reason,
        "transfer_id": draft.transfer,
        "other_deployment_id": find_or_make_line(entry, draft.other)[0]["id"] if draft.other else None,
        "same_as_id": claim_referred_to(entry, draft.same_as, ids, "claim")["id"]
        if draft.same_as is not None
        else None,
        "after_id": claim_referred_to(entry, draft.after, ids, "claim")["id"] if draft.after is not None else None,
        "restates_id": None,
        "modality": str(words.modality),
        "stated_on": stated_on.isoformat(),
        **time_columns(when),
        "source_id": source["id"],
        **_excerpt(source, draft.excerpt),
        "locator": draft.locator,
        **grade_columns(words.grade or Grade(source["reliability"] or "F", "6")),
        "own_words": speaks_for_itself(entry, source, draft.own_words),
        **_note(draft.note),
    }
    _refuse(entry, row, asset)
    entry.say(_told(draft.line, row, words.quantity, draft.status, when))
    if is_held_since(row):
        day = time_columns(read_date(row["stated_on"], today=stated_on))
        then = {**row, **day, "effective_text": row["effective_text"], "after_id": None}
        entry.say(f"and again on {stated_on}, the day it was said")
        return [row, then]
    return [row]


def default_time(modality: Modality, stated_on: date) -> WorldTime:
    """Return when a claim holds whose source gives no date: on the day it was said; a plan, from then on, end open."""
    day = stated_on.isoformat()
    return read_date(f"[{day}..]" if modality in PLAN_MODALITIES else day, today=stated_on)


def is_held_since(row: Mapping[str, Any]) -> bool:
    """A count that holds "since X" was true at X and on the day it was said: two claims."""
    return bool(
        row["kind"] == Kind.COUNT
        and row["modality"] == Modality.ACTUAL
        and row["effective_edtf"].endswith("/..")
        and row["stated_on"] > row["effective_on"]
    )


def changed(entry: Entry, old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a corrected claim: the old one with the columns that the changed words mean.

    Raises as `read` and `resolve` do.
    """
    known = {item.name for item in fields(ClaimDraft)}
    for name in changes:
        if name not in known:
            raise UnknownWord("field of a claim", name, sorted(known))
    row = {name: old[name] for name in old if name not in ("id", "seq", "ordinal", "restates_id")} | {
        "restates_id": None
    }
    given = {name: value for name, value in changes.items() if value is not None}
    asset: Mapping[str, Any] | None = (
        entry.db.one("select * from asset where id = :id", {"id": row["asset_id"]}) if row["asset_id"] else None
    )
    if "line" in given:
        deployment, asset = find_or_make_line(entry, given["line"])
        row.update(deployment_id=deployment["id"], asset_id=asset["id"] if asset else None)
    source = (
        lookup.get_code(entry.db, "source", given["source"])
        if "source" in given
        else lookup.get_row(entry.db, "source", row["source_id"])
    )
    row["source_id"] = source["id"]
    if "source" in given:
        row["own_words"] = speaks_for_itself(entry, source, None)
    _change_words(entry, row, given)
    if "excerpt" in given or ("source" in given and row["excerpt"]):
        row.update(_excerpt(source, given.get("excerpt", row["excerpt"]) or None))
    if "grade" in given:
        row.update(grade_columns(read_grade(given["grade"])))
    if "on" in given:
        when = read_date(given["on"], today=clock.today())
        row.update(time_columns(when))
    else:
        when = _time_of(row)
    status = given.get("status") or (
        entry.db.value("select code from status where id = :id", {"id": row["status_id"]}) if row["status_id"] else None
    )
    quantity = read_quantity(row["quantity_text"]) if row["quantity_text"] is not None else None
    refuse_contradiction(row["kind"], status, quantity, has_asset=asset is not None)
    row["status_id"] = _status(entry, status, has_asset=asset is not None)
    if old["excerpt"] or old["note"]:
        refuse_wordless(row["kind"], row["modality"], row["quantity_text"], row["excerpt"], row["note"])
    if is_held_since(row) and not is_held_since(old):
        raise Refused(
            f"a count {visible(row['effective_text'])} is two claims, of that day and of the day it was said: "
            f"retract claim {old['id']} and log it anew"
        )
    _refuse(entry, row, asset, but=old["id"])
    entry.say(_told(_address(entry, row, asset), row, quantity, status, when))
    return row


def _time_of(row: Mapping[str, Any]) -> WorldTime:
    """Return the time that a stored row says, as it was read then."""
    start, by, until = (
        date.fromisoformat(row[name]) if row[name] else None
        for name in ("effective_from", "effective_by", "effective_until")
    )
    at = clock.from_text(row["effective_at"]) if row["effective_at"] else None
    return WorldTime(row["effective_text"], row["effective_edtf"], start, by, until, at)


def _address(entry: Entry, row: Mapping[str, Any], asset: Mapping[str, Any] | None) -> str:
    deployment = lookup.get_row(entry.db, "deployment", row["deployment_id"])["code"]
    return f"{deployment}/{asset['code']}" if asset else str(deployment)


def _change_words(entry: Entry, row: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Write the changed words that stand for themselves into a row."""
    for name, column, vocabulary in (
        ("kind", "kind", Kind),
        ("modality", "modality", Modality),
        ("basis", "counting_basis", CountingBasis),
        ("reason", "reason", Reason),
    ):
        if name in given:
            row[column] = read_word(name, given[name], vocabulary) if given[name] else None
    if "quantity" in given:
        row.update(quantity_columns(read_quantity(given["quantity"]) if given["quantity"] else None))
    if "stated_on" in given:
        row["stated_on"] = read_day(given["stated_on"], today=clock.today()).isoformat()
    _change_references(entry, row, given)


def _change_references(entry: Entry, row: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Write what is taken as it is given, and what refers to other rows, into a row."""
    for name, column in (
        ("locator", "locator"),
        ("transfer", "transfer_id"),
        ("complete", "complete"),
        ("own_words", "own_words"),
    ):
        if name in given:
            row[column] = given[name] if given[name] != "" else None
    if "note" in given:
        row.update(_note(given["note"] or None))
    if "other" in given:
        row["other_deployment_id"] = (
            lookup.get_code(entry.db, "deployment", given["other"])["id"] if given["other"] else None
        )
    for name, column in (("same_as", "same_as_id"), ("after", "after_id")):
        if name in given:
            row[column] = claim_referred_to(entry, given[name], (), "claim")["id"]


def outcome_draft(row: Mapping[str, Any], changes: Mapping[str, Any]) -> ClaimDraft:
    """Return a draft that carries only the plan outcomes that a correction adds."""
    return ClaimDraft(
        line="",
        kind=row["kind"],
        source="",
        fulfils=tuple(changes.get("fulfils") or ()),
        partly_fulfils=tuple(changes.get("partly_fulfils") or ()),
        cancels=tuple(changes.get("cancels") or ()),
        supersedes=tuple(changes.get("supersedes") or ()),
    )


def refuse_no_number(what: str, number: int) -> None:
    """Raise `UnknownClaim` for a number that no row can have."""
    if not 0 < number < 2**63:
        raise UnknownClaim(what, f"#{number}" if what == "entry" else number)


def claim_referred_to(entry: Entry, number: int, ids: Sequence[int], what: str) -> Mapping[str, Any]:
    """Return the claim that a reference means: -n is the n-th of this entry; one that was corrected, its replacement.

    Raises `UnknownClaim`, or `Refused` where the claim was retracted and nothing stands in its place.
    """
    if number < 0:
        if -number > len(ids):
            raise UsageMistake(f"{what} {number}: the entry has {len(ids)} claims before this one")
        wanted = ids[-number - 1]
        return next(row for row in entry.of("status_change") if row["id"] == wanted)
    refuse_no_number(what, number)
    row = entry.db.one("select * from status_change where id = :id", {"id": number})
    while row is not None:
        gone = entry.db.one(
            "select seq, replacement_id from retraction where status_change_id = :id", {"id": row["id"]}
        )
        if gone is None:
            return row
        heir = gone["replacement_id"] or entry.db.value(
            "select id from status_change where restates_id = :id order by seq desc limit 1", {"id": row["id"]}
        )
        if heir is None:
            raise Refused(f"{what} {number} was retracted by entry #{gone['seq']}: nothing can refer to it")
        row = entry.db.one("select * from status_change where id = :id", {"id": heir})
    raise UnknownClaim(what, number)


def _status(entry: Entry, code: str | None, *, has_asset: bool) -> int | None:
    """Return the id of a status; raises where there is none, or its axis is not the line's."""
    if not code:
        return None
    import difflib

    wanted = code.strip().lower().replace("-", "_").replace(" ", "_")
    rows = {row["code"]: row for row in entry.db.all("select id, code, axis from status order by id")}
    row = rows.get(wanted)
    if row is None:
        fitting = [name for name, item in rows.items() if (item["axis"] == Axis.PHASE) != has_asset]
        raise UnknownWord("status", code, fitting, difflib.get_close_matches(wanted, list(rows), 2))
    if has_asset and row["axis"] == Axis.PHASE:
        raise Refused(f"{wanted} is a phase of a whole deployment: log it on the deployment, without an asset")
    if not has_asset and row["axis"] != Axis.PHASE:
        raise Refused(f"{wanted} is a status of an asset: write DEPLOYMENT/ASSET")
    return int(row["id"])


def quantity_columns(quantity: Quantity | None) -> dict[str, Any]:
    """Return the columns of a claim that hold its quantity."""
    if quantity is None:
        return {**_NO_QUANTITY, "share_low_open": False}
    return {
        "quantity_low": quantity.low,
        "quantity_best": quantity.best,
        "quantity_high": quantity.high,
        "share_low": quantity.share_low,
        "share_high": quantity.share_high,
        "share_low_open": quantity.share_low_open,
        "quantity_form": quantity.form,
        "quantity_text": quantity.text,
    }


def time_columns(when: WorldTime) -> dict[str, Any]:
    """Return the columns of a claim that say when it was so."""
    return {
        "effective_text": when.text,
        "effective_edtf": when.edtf,
        "effective_from": when.start.isoformat() if when.start else None,
        "effective_by": when.by.isoformat() if when.by else None,
        "effective_until": when.until.isoformat() if when.until else None,
        "effective_on": when.on.isoformat(),
        "effective_at": clock.to_text(when.at) if when.at else None,
    }


def grade_columns(grade: Grade) -> dict[str, Any]:
    """Return the columns of a claim that hold its grade."""
    return {
        "reliability": grade.reliability,
        "credibility": grade.credibility,
        "admissible": grade.admissible,
        "grade_rank": grade.rank,
    }


def _excerpt(source: Mapping[str, Any], excerpt: str | None) -> dict[str, Any]:
    """Return the columns of an excerpt; raises `Refused` where the source's stored text does not hold it."""
    if not excerpt:
        return dict.fromkeys(("excerpt", "excerpt_sha256", "excerpt_start", "excerpt_end"))
    span: tuple[int, int] | None = None
    if source["text"]:
        span = find_excerpt(source["text"], excerpt)
        if span is None:
            raise Refused(f"the excerpt does not occur in the stored text of {source['code']}; quote it exactly")
    return {
        "excerpt": excerpt,
        "excerpt_sha256": sha256(excerpt),
        "excerpt_start": span[0] if span else None,
        "excerpt_end": span[1] if span else None,
    }


def _note(note: str | None) -> dict[str, Any]:
    return {"note": note, "note_sha256": sha256(note) if note else None}


def speaks_for_itself(entry: Entry, source: Mapping[str, Any], said: bool | None) -> bool:
    """A source that repeats another does not speak in its own words, unless the claim says that it does."""
    if said is not None:
        return said
    return repeated_by(entry.db, source["id"], entry.of("source_origin")) is None


def _refuse(entry: Entry, row: Mapping[str, Any], asset: Mapping[str, Any] | None, but: int | None = None) -> None:
    """Raise `Refused` where a claim that can be read is one that the ledger does not take."""
    latest = (entry.recorded_at.date() + ONE_DAY).isoformat()
    if row["modality"] == Modality.ACTUAL and row["effective_on"] > latest:
        raise Refused(
            f"{row['effective_on']} is in the future: what has not happened is a plan; say --planned or --possible"
        )
    if row["stated_on"] > latest:
        raise Refused(
            f"stated on {row['stated_on']}, in the future: nobody has said it yet; mend --stated-on or the source's date"
        )
    if asset is not None and asset["platform_id"] is not None and (row["quantity_low"] or 0) > 1:
        raise Refused("the line is one platform: it is there or it is not; log a count of 1 or none")
    if row["other_deployment_id"] == row["deployment_id"]:
        raise Refused("a move needs two deployments: the other side is the one that the claim is about")
    if row["same_as_id"] is not None:
        other = referred_row(entry, row["same_as_id"])
        if other["id"] == but or other["kind"] != row["kind"]:
            raise Refused(f"claim {other['id']} is a {other['kind']}, not another report of this {row['kind']}")
    if row["after_id"] is not None:
        other = referred_row(entry, row["after_id"])
        if other["id"] == but or not _share_a_day(row, other):
            raise Refused(
                f"claim {other['id']} is of {other['effective_on']}, not of {row['effective_on']}: --after tells the order within one day"
            )


def _share_a_day(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two claims can be of one day: what ended on a day, after weeks, is of that day too."""
    ends = (row["effective_until"] or row["effective_by"] or row["effective_on"] for row in (other, one))
    return all(row["effective_on"] <= end for row, end in zip((one, other), ends, strict=True))


def referred_row(entry: Entry, claim_id: int) -> Mapping[str, Any]:
    """Return a claim of this entry or of an earlier one by its id."""
    for row in entry.of("status_change"):
        if row["id"] == claim_id:
            return row
    return lookup.get_row(entry.db, "status_change", claim_id)


def _told(line: str, row: Mapping[str, Any], quantity: Quantity | None, status: str | None, when: WorldTime) -> str:
    """Return how a claim was understood, for a person: `fra-ner/drones: count 4, effective 2023-09-05, graded B2`."""
    said = [status, quantity.described() if quantity else None]
    if quantity and said[1] != quantity.text:
        said[1] = f"{said[1]} (from '{visible(quantity.text)}')"
    modality = None if row["modality"] == Modality.ACTUAL else str(row["modality"])
    basis = None if row["counting_basis"] == CountingBasis.PRESENT else f"counted as {row['counting_basis']}"
    whole = "complete with what is listed beside it" if row["complete"] else None
    described = " ".join(word for word in (modality, str(row["kind"]), *said) if word)
    described = ", ".join(word for word in (described, basis, whole) if word)
    return f"{visible(line)}: {described}, {when.described()}, graded {row['reliability']}{row['credibility']}"
