"""What an entry touches: the lines and plans whose current figures may differ after it. Never fewer than do; at times more.

A line's figure rests on its own claims, on those of its parts, and on the bases of whatever contains it or them (rules 7
to 9). So a claim touches its line, what contains that, what it contains, and what contains those; a machine's claim,
the same on every line of the machine. Claims that refer to each other touch each other's lines.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.ledger.many import claims_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from posture.ledger.entry import Entry
    from posture.store.connection import Database

BATCH = 2000


class Touched(NamedTuple):
    """Lines and plans, by id."""

    lines: frozenset[int]
    plans: frozenset[int]


class _Place(NamedTuple):
    """The lines of some asset types in a deployment."""

    deployment: int
    types: frozenset[int] | None
    """None: of all types."""


def touched(entry: Entry) -> Touched:
    """Return what an entry touches, once its rows are in the database."""
    db = entry.db
    claims = {*_claims(entry), *_of_sources(db, {row["source_id"] for row in entry.of("source_origin")})}
    about: set[tuple[int, int | None]] = set()
    of_many: set[int] = set()
    for condition, values in map(claims_of, entry.many):
        about |= {(row[0], row[1]) for row in db.tuples(_ABOUT.format(condition=condition), values)}
        of_many |= {row[0] for row in db.tuples(_PLANS.format(condition=condition), values)}
        claims |= {row[0] for row in db.tuples(_TIED.format(condition=condition), values)}
    claims = _together(db, claims)
    plans = _together(db, _column(db, "select plan_id from plan_link where claim_id in ({ids})", claims) - claims)
    about |= _about(db, claims)
    tree = _Tree(dict(db.tuples("select id, parent_id from asset_type")))
    lines = _lines(db, {*_places(db, tree, about), *_moved(entry, tree)})
    lines |= {row["row_id"] for row in entry.of("catalogue_revision") if row["table_name"] == "asset"}
    return Touched(frozenset(lines), frozenset({*claims, *of_many, *plans, *_column(db, _SHARES, lines)}))


_SHARES = (
    "select c.id from asset a join status_change c on c.deployment_id = a.deployment_id and c.asset_id = a.id"
    " and c.modality in ('planned', 'possible', 'demanded', 'negotiating') and c.quantity_form = 'share'"
    " where a.id in ({ids})"
)
"""Plans about a part of what a line has: as its figure changes, so does what they are about."""


_MOVES = "(c.modality = 'denied' or (c.modality = 'actual' and c.kind <> 'announcement'))"
"""Condition for a claim `c` that can move a figure: nothing but what is so, or denied."""
_ABOUT = f"select distinct c.deployment_id, c.asset_id from status_change c where {{condition}} and {_MOVES}"
"""The deployments and lines of very many claims at once."""
_PLANS = (
    "select c.id from status_change c where {condition}"
    " and c.modality in ('planned', 'possible', 'demanded', 'negotiating')"
)
"""The plans among very many claims."""
_TIED = """
select c.id from status_change c where {condition}
    and (c.same_as_id is not null or c.restates_id is not null or c.transfer_id is not null)
union all select c.id from status_change x cross join status_change c
    where x.same_as_id is not null and c.id = x.same_as_id and {condition}
union all select c.id from status_change x cross join status_change c
    where x.after_id is not null and c.id = x.after_id and {condition}
union all select c.id from status_change x cross join status_change c
    where x.restates_id is not null and c.id = x.restates_id and {condition}
union all select c.id from retraction x cross join status_change c
    where x.replacement_id is not null and c.id = x.replacement_id and {condition}
union all select c.id from retraction x cross join status_change c
    where x.replacement_id is not null and c.id = x.status_change_id and {condition}
union all select c.id from plan_link x cross join status_change c where c.id = x.claim_id and {condition}
"""
"""Those among very many claims that references tie to others. What refers is seldom, so that is where the search begins:
SQLite keeps to the order of a cross join."""


def _claims(entry: Entry) -> Iterator[int]:
    """Yield the claims that the entry records or withdraws."""
    for claim in entry.of("status_change"):
        yield claim["id"]
    for gone in entry.of("retraction"):
        if gone["status_change_id"] is not None:
            yield gone["status_change_id"]


def _rows(db: Database, sql: str, ids: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement about `{ids}`, so many at a time."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield from db.tuples(sql.replace("{ids}", ", ".join(map(str, ordered[start : start + BATCH]))))


def _column(db: Database, sql: str, ids: Iterable[int]) -> set[int]:
    """Return the first column of a statement about `{ids}`, without NULL."""
    return {row[0] for row in _rows(db, sql, ids) if row[0] is not None}


_REFERENCES = """
select same_as_id from status_change where id in ({ids}) and same_as_id is not null
union all select restates_id from status_change where id in ({ids}) and restates_id is not null
union all select id from status_change where same_as_id in ({ids}) and same_as_id is not null
union all select id from status_change where after_id in ({ids}) and after_id is not null
union all select id from status_change where restates_id in ({ids}) and restates_id is not null
union all select status_change_id from retraction where replacement_id in ({ids}) and replacement_id is not null
union all select replacement_id from retraction where status_change_id in ({ids})
union all select m.id from status_change c join status_change m on m.transfer_id = c.transfer_id
    where c.id in ({ids}) and c.transfer_id is not null and m.transfer_id is not null
"""


def _together(db: Database, claims: Collection[int]) -> set[int]:
    """Return these claims and all that references tie to them: happenings told twice, moves, what replaced what."""
    found: set[int] = set()
    waiting = set(claims)
    while waiting:
        found |= waiting
        waiting = _column(db, _REFERENCES, waiting) - found
    return found


def _of_sources(db: Database, sources: set[int]) -> set[int]:
    """Return the claims of sources and of all that repeat them, or ever did."""
    found: set[int] = set()
    waiting = sources
    while waiting:
        found |= waiting
        waiting = _column(db, "select source_id from source_origin where origin_id in ({ids})", waiting) - found
    return _column(db, "select id from status_change where source_id in ({ids})", found)


def _about(db: Database, claims: Iterable[int]) -> set[tuple[int, int | None]]:
    """Return the deployments and lines of those claims that can move a figure."""
    rows = _rows(
        db,
        f"select c.deployment_id, c.asset_id from status_change c where c.id in ({{ids}}) and {_MOVES}",
        claims,
    )
    return {(row[0], row[1]) for row in rows}


def _places(db: Database, tree: _Tree, about: Iterable[tuple[int, int | None]]) -> Iterator[_Place]:
    """Yield where these claims are felt first: a deployment's, on every line that it holds."""
    about = set(about)
    for deployment, line in about:
        if line is None:
            yield _Place(deployment, None)
    one = "select deployment_id, asset_type_id, platform_id from asset where id in ({ids})"
    rows = set(_rows(db, one, {line for _, line in about if line is not None}))
    yield from _places_of(db, tree, rows)


def _places_of(db: Database, tree: _Tree, lines: set[tuple[Any, ...]]) -> Iterator[_Place]:
    """Yield the places of lines, each a deployment, a type and a platform, and of all lines of the same platforms."""
    same = "select deployment_id, asset_type_id, platform_id from asset where platform_id in ({ids})"
    for deployment, kind, _ in lines.union(_rows(db, same, {line[2] for line in lines if line[2] is not None})):
        yield _Place(deployment, tree.in_line_with(kind))


def _moved(entry: Entry, tree: _Tree) -> Iterator[_Place]:
    """Yield the places whose parts or containers an edit of the catalogue changed, as they were and as they are."""
    db = entry.db
    for deployment in entry.moved:
        yield _Place(deployment, None)
    for revision in entry.of("catalogue_revision"):
        states = [json.loads(state) for state in (revision["before"], revision["after"]) if state is not None]
        if revision["table_name"] == "asset":
            lines = {(state["deployment_id"], state["asset_type_id"], state["platform_id"]) for state in states}
            yield from _places_of(db, tree, lines)
        elif revision["table_name"] == "asset_type" and len({state["parent_id"] for state in states}) > 1:
            below = tree.below(revision["row_id"])
            types = below.union(*(tree.above(state["parent_id"]) for state in states))
            for deployment in _column(db, "select deployment_id from asset where asset_type_id in ({ids})", below):
                yield _Place(deployment, types)


def _lines(db: Database, places: Collection[_Place]) -> set[int]:
    """Return the lines at these places and those whose figures rest on them."""
    wanted: dict[int, frozenset[int] | None] = {}
    near = _Near(db, {place.deployment for place in places})
    for place in places:
        for deployment in near.of(place.deployment):
            have = wanted.get(deployment, frozenset())
            wanted[deployment] = None if place.types is None or have is None else have | place.types
    rows = _rows(db, "select id, deployment_id, asset_type_id from asset where deployment_id in ({ids})", wanted)
    return {line for line, deployment, kind in rows if (types := wanted[deployment]) is None or kind in types}


class _Near:
    """What contains each of some deployments, what it contains, and what contains that."""

    def __init__(self, db: Database, deployments: set[int]) -> None:
        inside = "select container_id, part_id from containment where container_id in ({ids})"
        around = "select container_id, part_id from containment where part_id in ({ids})"
        self.parts: dict[int, set[int]] = {}
        self.containers: dict[int, set[int]] = {}
        for container, part in _rows(db, inside, deployments):
            self.parts.setdefault(container, set()).add(part)
        for container, part in _rows(db, around, {*deployments, *(p for held in self.parts.values() for p in held)}):
            self.containers.setdefault(part, set()).add(container)

    def of(self, deployment: int) -> set[int]:
        """Return them, the deployment itself among them."""
        near = {deployment, *self.parts.get(deployment, ())}
        return near.union(*(self.containers.get(each, ()) for each in near))


class _Tree:
    """The tree of asset types."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        self.parents = parents
        self._in_line: dict[int, frozenset[int]] = {}

    def above(self, kind: int | None) -> frozenset[int]:
        """Return a type and all that it is a kind of; nothing where there is none."""
        found = []
        while kind is not None:
            found.append(kind)
            kind = self.parents.get(kind)
        return frozenset(found)

    def below(self, kind: int) -> frozenset[int]:
        """Return a type and all kinds of it."""
        return frozenset(other for other in self.parents if kind in self.above(other))

    def in_line_with(self, kind: int) -> frozenset[int]:
        """Return a type with all above and all below it."""
        if kind not in self._in_line:
            self._in_line[kind] = self.above(kind) | self.below(kind)
        return self._in_line[kind]
