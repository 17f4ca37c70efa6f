"""Totals over actors, places and asset types, by rule 10: never a sum of what overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.fold import Value
from posture.domain.totals import Contribution, Node, Total, Trees, nodes, totals
from posture.reports.scope import read_filter
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.domain.reading import Reading
    from posture.reports.evaluation import Evaluation
    from posture.reports.posture import Names
    from posture.store.connection import Database


def total_rows(
    db: Database, found: Evaluation, readings: Mapping[int, Reading], shown: dict[int, dict[str, Any]], names: Names
) -> list[dict[str, Any]]:
    """Return a row for every node at which more than one line meets, and for the node that the filters name.

    Within the filters only: a total of more than was asked about would be of less than there is.
    """
    trees = Trees(
        *(dict(db.tuples(f"select id, parent_id from {table}")) for table in ("actor", "location", "asset_type"))
    )
    values = {line: Value(row["low"], row["best"], row["high"]) for line, row in shown.items()}
    lines = contributions(found, readings, values)
    question = found.asking.question
    wanted = read_filter(db, question)
    chosen = [
        node
        for node in nodes(lines, trees)
        if all(ids is None or at in ids for at, ids in zip(node, wanted[:3], strict=True))
    ]
    words = (("actor", question.actor), ("location", question.location), ("asset_type", question.asset_type))
    if lines and all(word is not None for _, word in words):
        asked = Node(*(int(lookup.get_code(db, noun, word or "")["id"]) for noun, word in words))
        chosen += [] if asked in chosen else [asked]
    rows = [_row(db, totals(lines, trees, node), names) for node in chosen]
    return sorted(rows, key=lambda row: (row["actor"], row["location"], row["asset_type"]))


def contributions(
    found: Evaluation, readings: Mapping[int, Reading], values: Mapping[int, Value]
) -> list[Contribution]:
    """Return the lines as totals see them."""
    lines = []
    for number, value in values.items():
        reading = readings[number]
        site = found.scope.sites[reading.line.deployment]
        base = reading.base
        lines.append(
            Contribution(
                number,
                Node(site.actor, site.location, reading.line.asset_type),
                value,
                base.on if base else "",
                site.operation,
                reading.line.platform,
                (base.statement or base.seq) if base is not None and base.complete else None,
            )
        )
    return lines


def _row(db: Database, total: Total, names: Names) -> dict[str, Any]:
    """Return a node's row: shaped as a line's, without a deployment, an asset or a source of its own."""
    from posture.reports.posture import COLUMNS

    low, best, high = total.value
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    return row | {
        "actor": names.actor.get(total.node.actor) or _code(db, "actor", total.node.actor),
        "location": names.location.get(total.node.location) or _code(db, "location", total.node.location),
        "asset_type": names.asset_type[total.node.asset_type],
        "low": low,
        "best": best,
        "high": high,
        "stated_low": low,
        "stated_best": best,
        "stated_high": high,
        "status": {},
        "origins": 0,
        "flags": ["conflict"] if total.conflict else [],
    }


def _code(db: Database, table: str, number: int) -> str:
    return str(db.value(f"select code from {table} where id = :id", {"id": number}))
