"""Totals over actors, places and asset types, by rule 10: never a sum of what overlaps.

A total is of an actor, a place and a type, each with all that lies below it. The report lists them along one tree, or along
two trees crossed; the posture report adds those at which its lines meet. The rule itself is in `domain.totals`.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.cycles import without_collection
from posture.domain.claim import NEVER
from posture.domain.containment import with_ancestors
from posture.domain.fold import Value, is_only_limited
from posture.domain.totals import ALL, Adding, Contribution, Node, PartsSum, Total, Trees, nodes, rooted
from posture.reports.as_of import Statements
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.report import Report
from posture.reports.restated import restated_since
from posture.reports.scope import read_filter
from posture.reports.totals_wording import shown_columns
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed
    from posture.reports.as_of import Question
    from posture.reports.posture import Names
    from posture.store.connection import Database

DIMENSIONS = Node._fields
"""What totals can be asked by: actor, location, asset_type."""

COLUMNS = (
    "actor",
    "actor_name",
    "location",
    "location_name",
    "asset_type",
    "asset_type_name",
    "level",
    "low",
    "best",
    "high",
    "rests_on",
    "own",
    "own_claim",
    "own_on",
    "own_planned",
    "parts_by",
    "parts_low",
    "parts",
    "older_parts",
    "conflicts",
    "lines",
    "flags",
)
"""The keys of a row, in order."""


class Shown(NamedTuple):
    """A node of one tree that has a row, or a column."""

    id: int
    """The node; `ALL` for everything."""
    level: int
    """How many shown ones lie above it."""


def totals(db: Database, question: Question, by: Sequence[str] = ("actor",), depth: int | None = None) -> Report:
    """Return the totals along one or two of `DIMENSIONS`, so many levels of each.

    A tree is shown where it branches and where a line stands. What is not asked by is all there is, each top type of asset
    by itself: people and machines are never one figure. Raises UnknownCode or AmbiguousCode for
    a filter that names nothing, or several things.
    """
    with db.read(), without_collection():
        return _report(db, question, by, depth)


def _report(db: Database, question: Question, by: Sequence[str], depth: int | None) -> Report:
    from posture.reports.posture import known_at, why_empty

    known = known_at(db, question)
    found = evaluate(db, question, known)
    readings, agreed = found.readings, found.agreed
    if question.projected:
        from posture.reports.projection import projection

        readings, agreed = projection(found)
    said = [line for line in found.scope.shown if not readings[line].is_empty()]
    lines = contributions(found, readings, agreed_on(agreed, said))
    rows = _Rows(db, found, readings, lines).listed(by, depth)
    return Report(
        name="totals",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else why_empty(found.asking, "applies as of"),
        sql=Statements(found.asking.statements),
        notes=restated_since(db, known.seq),
        shown=shown_columns(by),
    )


def read_trees(db: Database) -> Trees:
    """Return the three trees of the catalogue, as it is now."""
    return Trees(*(dict(db.tuples(f"select id, parent_id from {table}")) for table in DIMENSIONS))


def agreed_on(agreed: Mapping[int, Agreed], lines: Iterable[int]) -> dict[int, tuple[Value, Collection[str]]]:
    """Return the agreed figures of lines, with their flags."""
    return {line: (agreed[line].value, agreed[line].flags) for line in lines}


def contributions(
    found: Evaluation, readings: Mapping[int, Reading], values: Mapping[int, tuple[Value, Collection[str]]]
) -> list[Contribution]:
    """Return the lines as totals see them: from the figure of each, with its flags."""
    lines = []
    for number, (value, flags) in values.items():
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
                is_only_limited(value, flags),
                found.scope.nesting.containers.get(number, ()),
            )
        )
    return lines


class _Rows:
    """Makes rows of totals along trees."""

    def __init__(
        self, db: Database, found: Evaluation, readings: Mapping[int, Reading], lines: list[Contribution]
    ) -> None:
        self.db, self.found, self.readings, self.lines = db, found, readings, lines
        question = found.asking.question
        plain = read_trees(db)
        self.trees = Trees(rooted(plain.actor), rooted(plain.location), plain.asset_type)
        self.adding = Adding(lines, self.trees)
        self.named = [
            int(lookup.get_code(db, noun, word)["id"]) if word is not None else None
            for noun, word in zip(DIMENSIONS, (question.actor, question.location, question.asset_type), strict=True)
        ]
        """What the question names in each tree."""
        self.codes: list[dict[int, tuple[str, str]]] = [{}, {}, {}]
        """The code and the name of each node, by tree."""

    def listed(self, by: Sequence[str], depth: int | None) -> list[dict[str, Any]]:
        """Return a row for each node along the trees asked for; of two, for each pair that has lines."""
        if not self.lines:
            return []
        self._read_codes()
        first, *second = [DIMENSIONS.index(word) for word in by]
        rows = []
        others: list[Shown] | list[None]
        for kind in self._kinds(by):
            of_kind = [line for line in self.lines if kind is None or kind in self._path(2, line)]
            wholes = [self._whole(dimension, of_kind, by) for dimension in range(3)]
            present = self._present(of_kind, first, *second)
            others = self._shown(of_kind, second[0], wholes[second[0]], depth) if second else [None]
            for node in self._shown(of_kind, first, wholes[first], depth):
                for across, other in enumerate(others):
                    if (node.id, *([other.id] if other else [])) not in present:
                        continue
                    at = list(wholes)
                    at[first] = node.id
                    if other is not None:
                        at[second[0]] = other.id
                    total = self.adding.total(Node(*(place if place is not None else ALL for place in at)))
                    rows.append({**self._row(total, node.level), "across": across})
        return rows

    def _kinds(self, by: Sequence[str]) -> Sequence[int | None]:
        """Return the types that have totals of their own, where types are not what is asked by."""
        if "asset_type" in by or self.named[2] is not None:
            return [self.named[2]]
        return sorted({self._path(2, line)[-1] for line in self.lines}, key=lambda top: self.codes[2][top])

    def _whole(self, dimension: int, lines: Sequence[Contribution], by: Sequence[str]) -> int | None:
        """Return what lies above the totals in a tree: what was named, else the lowest node above all lines.

        Of a tree that is asked by, its top. Forces of one actor alone are so totalled as that actor's, with the high that
        was said of it; nobody says a high of everybody.
        """
        if self.named[dimension] is not None or DIMENSIONS[dimension] in by:
            return self.named[dimension] or (None if dimension == 2 else ALL)
        paths = [self._path(dimension, line) for line in lines]
        shared = set(paths[0]).intersection(*paths)
        return next(node for node in paths[0] if node in shared)

    def _path(self, dimension: int, line: Contribution) -> list[int]:
        return with_ancestors(line.node[dimension], self.trees[dimension])

    def _shown(self, lines: Iterable[Contribution], dimension: int, top: int | None, depth: int | None) -> list[Shown]:
        """Return the nodes of a tree at which lines stand or below which they part, the named one in any case."""
        children: dict[int | None, set[int]] = {}
        here: set[int] = set()
        for line in lines:
            path = self._path(dimension, line)
            path = path[: path.index(top) + 1] if top is not None else path
            here.add(path[0])
            for node, above in zip(path, [*path[1:], None], strict=True):
                children.setdefault(above, set()).add(node)
        shown = []
        waiting = [Shown(node, 0) for node in self._ordered(dimension, children.get(None, ()))]
        while waiting:
            node, level = waiting.pop()
            below = children.get(node, set())
            kept = node in here or len(below) > 1 or node == self.named[dimension]
            if kept:
                shown.append(Shown(node, level))
            if depth is None or level + kept < depth:
                waiting += [Shown(child, level + kept) for child in self._ordered(dimension, below)]
        return shown

    def _present(self, lines: Iterable[Contribution], *dimensions: int) -> set[tuple[int, ...]]:
        """Return the nodes of these trees, or pairs of nodes, at or below which a line stands."""
        return {node for line in lines for node in product(*(self._path(dimension, line) for dimension in dimensions))}

    def _ordered(self, dimension: int, found: Iterable[int]) -> list[int]:
        """Return nodes by code, the first one last: to be taken from the end."""
        return sorted(found, key=lambda node: self.codes[dimension].get(node, ("", "")), reverse=True)

    def _read_codes(self) -> None:
        """Read what the nodes are called at which lines stand, and those above them."""
        for dimension, table in enumerate(DIMENSIONS):
            found = {node for line in self.lines for node in self._path(dimension, line)} - {ALL}
            ordered = sorted(found)
            for start in range(0, len(ordered), 5000):
                listed = ", ".join(map(str, ordered[start : start + 5000]))
                for number, code, name in self.db.tuples(f"select id, code, name from {table} where id in ({listed})"):
                    self.codes[dimension][number] = (code, name)

    def _row(self, total: Total, level: int) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for dimension, noun in enumerate(DIMENSIONS):
            row[noun], row[f"{noun}_name"] = self.codes[dimension].get(total.node[dimension], (None, None))
        base = self.readings[total.own].base if total.own is not None else None
        low, best, high = total.value
        row |= {
            "level": level,
            "low": low,
            "best": best,
            "high": high,
            "rests_on": _rests_on(total),
            "own": self._address(total.own) if total.own is not None else None,
            "own_claim": base.id if base else None,
            "own_on": _day(base) if base else None,
            "own_planned": base is not None and base.modality != "actual",
            "parts_by": total.parts.by or None,
            "parts_low": total.parts.low if total.parts.lines else None,
            "parts": [self._address(line) for line in total.parts.lines],
            "older_parts": [self._address(line) for line in total.older],
            "conflicts": [self._conflict(total.own or 0, high or 0, parts) for parts in total.conflicts],
            "lines": len(total.lines),
            "flags": [
                *total.flags,
                *(["projected"] if self.found.asking.question.projected else []),
            ],
            "claims": _claims(total, self.readings),
        }
        return row

    def _conflict(self, whole: int, high: int, parts: PartsSum) -> dict[str, Any]:
        """Return a conflict: what the parts add up to, by how much that is too many, and the claims on both sides."""
        return {
            "parts_by": parts.by,
            "parts_low": parts.low,
            "gap": parts.low - high,
            "whole": self._address(whole),
            "whole_claims": self._bases([whole]),
            "parts": [self._address(line) for line in parts.lines],
            "parts_claims": self._bases(parts.lines),
        }

    def _address(self, line: int) -> str:
        site = self.found.scope.sites[self.readings[line].line.deployment]
        return f"{site.code}/{self.found.scope.codes[line]}"

    def _bases(self, lines: Iterable[int]) -> list[int]:
        return [base.id for line in lines if (base := self.readings[line].base) is not None]


def _claims(total: Total, readings: Mapping[int, Reading]) -> list[int]:
    """Return the claims that decided a total: of the lines that make its low, of its own, and of those in conflict."""
    lines = dict.fromkeys(
        (*([total.own] if total.own else []), *total.made_of, *(x for one in total.conflicts for x in one.lines))
    )
    return list(dict.fromkeys(claim for line in lines for claim in _decided(readings[line])))


def _day(base: Claim) -> str | None:
    """Return the day of a count; of a plan that was taken as done, the last day that was said."""
    day = base.when[1] if base.when else base.on
    return None if day == NEVER else day


def _decided(reading: Reading) -> Iterator[int]:
    """Yield the claims that a line's figure rests on."""
    if reading.base is not None:
        yield reading.base.id
    for claim in reading.used:
        yield claim.id


def _rests_on(total: Total) -> str:
    """Return what a total rests on: the node's own figure as it is or raised by its parts, its parts, or all of them."""
    if total.own is None:
        return "complete_parts" if total.complete else "parts"
    return "own" if total.made_of == (total.own,) and not total.complete else "own_and_parts"


def total_rows(
    db: Database, found: Evaluation, readings: Mapping[int, Reading], shown: dict[int, dict[str, Any]], names: Names
) -> list[dict[str, Any]]:
    """Return a row for every node at which more than one line meets, and for the node that the filters name.

    Within the filters only: a total of more than was asked about would be of less than there is.
    """
    trees = read_trees(db)
    values = {line: (Value(row["low"], row["best"], row["high"]), row["flags"]) for line, row in shown.items()}
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
    adding = Adding(lines, trees)
    rows = [_posture_row(db, adding.total(node), names, readings) for node in chosen]
    return sorted(rows, key=lambda row: (row["actor"], row["location"], row["asset_type"]))


def _posture_row(db: Database, total: Total, names: Names, readings: Mapping[int, Reading]) -> dict[str, Any]:
    """Return a node's row: shaped as a line's, without a deployment, an asset or a source of its own."""
    from posture.reports.posture import COLUMNS as KEYS

    low, best, high = total.value
    row: dict[str, Any] = dict.fromkeys(KEYS)
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
        "flags": total.flags,
        "reports": 0,
        "claims": _claims(total, readings),
    }


def _code(db: Database, table: str, number: int) -> str:
    return str(db.value(f"select code from {table} where id = :id", {"id": number}))
