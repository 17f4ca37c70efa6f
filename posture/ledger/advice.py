"""What a person should know at once about how a claim will be read beside those that are there.

Nothing is refused here and nothing is changed: a line each, said when the claim is recorded, because later nobody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.vocabulary import PLAN_MODALITIES, Kind
from posture.ledger.origins import origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.ledger.entry import Entry

NEVER = "9999-12-31"


def advise(entry: Entry, row: Mapping[str, Any]) -> None:
    """Tell what a recorded claim will be taken together with."""
    advise_of_dates(entry, row)
    if row["modality"] != "actual" or row["asset_id"] is None:
        return
    if row["kind"] in ("increase", "decrease"):
        _of_one_happening(entry, row)
    if row["after_id"] is None and row["kind"] in ("count", "increase", "decrease"):
        _on_one_day(entry, row)


def advise_of_dates(entry: Entry, row: Mapping[str, Any]) -> None:
    """Tell of a claim, of a line or of a whole deployment, that was said before it can have happened: it was a plan."""
    if row["modality"] == "actual" and row["effective_on"] > row["stated_on"]:
        entry.say(
            f"mind: said on {row['stated_on']} of {row['effective_on']}; what was announced and not yet done is --planned"
        )


def advise_of_plans(entry: Entry, row: Mapping[str, Any]) -> None:
    """Tell of a plan beside an open one of the same: they have two fates, unless they are said to be one."""
    if row["modality"] not in PLAN_MODALITIES or row["same_as_id"] is not None or row["kind"] == Kind.ANNOUNCEMENT:
        return
    settled = {link["plan_id"] for link in entry.of("plan_link")}
    for other in _open_plans(entry, row):
        if other["id"] not in settled and _overlap(row, other):
            entry.say(
                f"mind: claim {other['id']} plans the same; if both tell of one plan, say --same-as {other['id']};"
                " otherwise each has a fate of its own"
            )
            return


def _open_plans(entry: Entry, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the plans of the same kind and status for the same line that no claim has settled, newest first."""
    listed = ", ".join(f"'{modality}'" for modality in sorted(PLAN_MODALITIES))
    return entry.db.all(
        "select * from status_change p where p.deployment_id = :deployment_id and coalesce(p.asset_id, 0) = :asset_id"
        f" and p.modality in ({listed}) and p.kind = :kind and coalesce(p.status_id, 0) = :status_id"
        " and p.counting_basis = :basis and p.seq <> :seq and not exists"
        " (select 1 from retraction r where r.status_change_id = p.id) and not exists"
        " (select 1 from plan_link l where l.plan_id = p.id) order by p.stated_on desc, p.id desc limit 20",
        {
            "deployment_id": row["deployment_id"],
            "asset_id": row["asset_id"] or 0,
            "kind": row["kind"],
            "status_id": row["status_id"] or 0,
            "basis": row["counting_basis"],
            "seq": entry.seq,
        },
    )


def _of_one_happening(entry: Entry, row: Mapping[str, Any]) -> None:
    """Tell of two flows of one direction with overlapping dates: they are one happening, or perhaps one."""
    if row["same_as_id"] is not None:
        return
    own = origin_of(entry.db, row["source_id"])
    for other in _standing(entry, row, (row["kind"],)):
        sides = {row["other_deployment_id"], other["other_deployment_id"]} - {None}
        if len(sides) > 1 or not _overlap(row, other):
            continue
        if origin_of(entry.db, other["source_id"]) == own:
            entry.say(
                f"mind: claim {other['id']} of the same origin is a {row['kind']} of the same days: they are read as one"
                " happening, the larger counts; two happenings of one report go into one entry, with --also"
            )
        else:
            entry.say(
                f"mind: claim {other['id']} of another origin may be the same happening; if it is, say --same-as {other['id']}"
            )
        return


def _on_one_day(entry: Entry, row: Mapping[str, Any]) -> None:
    """Tell of a flow that ends or begins on the day of a count: nobody says which came first."""
    kinds = ("increase", "decrease") if row["kind"] == "count" else ("count",)
    for other in _standing(entry, row, kinds):
        flow, count = (other, row) if row["kind"] == "count" else (row, other)
        ends = (flow["effective_until"] or flow["effective_by"]) == count["effective_on"]
        if other["after_id"] is not None or not (ends or flow["effective_from"] == count["effective_on"]):
            continue
        mend = f"if this came after claim {other['id']}, say --after {other['id']}"
        if flow is other and not ends:  # a count cannot come after what went on for days
            mend = f"if the count came first, posture correct {flow['id']} --after {count['id']}"
        entry.say(
            f"mind: the {flow['kind']} {'ends' if ends else 'begins'} on the day of the count,"
            f" and nobody says which came first; {mend}"
        )
        return


def _standing(entry: Entry, row: Mapping[str, Any], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the line's standing actual claims of some kinds, from other entries, of one counting basis, newest first."""
    among = ", ".join(f"'{kind}'" for kind in kinds)
    return entry.db.all(
        f"select * from status_change where asset_id = :asset_id and kind in ({among}) and modality = 'actual'"
        " and counting_basis = :basis and seq <> :seq and effective_on <= :end and not exists"
        " (select 1 from retraction where status_change_id = status_change.id) order by effective_on desc, id desc limit 20",
        {"asset_id": row["asset_id"], "basis": row["counting_basis"], "seq": entry.seq, "end": _end(row)},
    )


def _end(row: Mapping[str, Any]) -> str:
    return row["effective_until"] or row["effective_by"] or NEVER


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (one["effective_from"] or "") <= _end(other) and (other["effective_from"] or "") <= _end(one)
