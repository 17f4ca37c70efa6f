"""What an entry touches: the lines and plans whose current figures may differ after it. Never fewer than do; at times more.

A line's figure rests on its own claims, on those of its parts, and on the bases of whatever contains it or them (rules 7
to 9). So a claim touches its line, what contains that, what it contains, and what contains those; a machine's claim,
the same on every line of the machine. Claims that refer to each other touch each other's lines.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.store import lookup

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
    """A line, or all lines of a deployment where the type is None."""

    deployment: int
    asset_type: int | None
    platform: int | None


def touched(entry: Entry) -> Touched:
    """Return what an entry touches, once its rows are in the database."""
    db = entry.db
    claims = _together(db, {*_claims(entry), *_of_sources(db, {row["source_id"] for row in entry.of("source_origin")})})
    plans = _together(db, _column(db, "select plan_id from plan_link where claim_id in ({ids})", claims) - claims)
    about = _about(db, claims)
    lines = _lines(db, [*_places(db, about), *_moved(entry)])
    lines |= {row["row_id"] for row in entry.of("catalogue_revision") if row["table_name"] == "asset"}
    return Touched(frozenset(lines), frozenset({*claims, *plans, *_column(db, _SHARES, lines)}))


_SHARES = (
    "select id from status_change where modality in ('planned', 'possible', 'demanded', 'negotiating')"
    " and deployment_id in (select a.deployment_id from asset a where a.id in ({ids})) and asset_id in ({ids})"
    " and quantity_form = 'share'"
)
"""Plans about a part of what a line has: as its figure changes, so does what they are about."""


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
    """Return the deployments and lines of those claims that can move a figure: nothing but what is so, or denied."""
    rows = _rows(
        db,
        "select deployment_id, asset_id from status_change where id in ({ids}) and (modality = 'denied'"
        " or (modality = 'actual' and kind <> 'announcement'))",
        claims,
    )
    return {(row[0], row[1]) for row in rows}


def _places(db: Database, about: Iterable[tuple[int, int | None]]) -> Iterator[_Place]:
    """Yield where these claims are felt first: a deployment's, on every line that it holds or contains."""
    about = set(about)
    whole = {deployment for deployment, line in about if line is None}
    inside = _column(db, "select part_id from containment where container_id in ({ids})", whole)
    for deployment in {*whole, *inside}:
        yield _Place(deployment, None, None)
    one = "select deployment_id, asset_type_id, platform_id from asset where id in ({ids})"
    for row in _rows(db, one, {line for _, line in about if line is not None}):
        yield _Place._make(row)


def _moved(entry: Entry) -> Iterator[_Place]:
    """Yield the places whose parts or containers an edit of the catalogue changed, as they were and as they are."""
    for deployment in entry.moved:
        yield _Place(deployment, None, None)
    for revision in entry.of("catalogue_revision"):
        states = [json.loads(state) for state in (revision["before"], revision["after"]) if state is not None]
        if revision["table_name"] == "asset":
            for state in states:
                yield _Place(state["deployment_id"], state["asset_type_id"], state["platform_id"])
        elif revision["table_name"] == "asset_type" and len({state["parent_id"] for state in states}) > 1:
            types = {revision["row_id"], *lookup.descendants(entry.db, "asset_type", revision["row_id"])}
            sql = "select deployment_id from asset where asset_type_id in ({ids})"
            for deployment in _column(entry.db, sql, types):
                yield _Place(deployment, None, None)


def _lines(db: Database, places: Iterable[_Place]) -> set[int]:
    """Return the lines at these places and those whose figures rest on them."""
    places = set(places)
    machines = {place.platform for place in places if place.platform is not None}
    same = "select deployment_id, asset_type_id, platform_id from asset where platform_id in ({ids})"
    places |= {_Place._make(row) for row in _rows(db, same, machines)}
    if not places:
        return set()
    parents = dict(db.tuples("select id, parent_id from asset_type"))
    wanted: dict[int, set[int] | None] = {}
    near = _Near(db, {place.deployment for place in places})
    for place in places:
        types = None if place.asset_type is None else _in_line_with(place.asset_type, parents)
        for deployment in near.of(place.deployment):
            have = wanted.get(deployment, set())
            wanted[deployment] = None if types is None or have is None else have | types
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


def _in_line_with(asset_type: int, parents: Mapping[int, int | None]) -> set[int]:
    """Return an asset type with all above and all below it."""

    def above(kind: int | None) -> Iterator[int]:
        while kind is not None:
            yield kind
            kind = parents.get(kind)

    return {*above(asset_type), *(kind for kind in parents if asset_type in above(kind))}
