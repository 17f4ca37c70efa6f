"""Makes claims point where they point to as known at K: origins of sources, and references that follow a replacement.

A correction is a new claim and a retraction that names it; an undone retraction records the claim again. What referred to
the old claim means the new one, and a corrected claim stays part of the statement that it mends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.claim import of_origin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from posture.domain.claim import Claim
    from posture.reports.as_of import Asking

BATCH = 5000


def resolve(asking: Asking, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims with origin, references, other side and statement as they are known at K."""
    origins = origins_of(asking, {claim.source for claim in claims})
    resolved = [claim if claim.source not in origins else of_origin(claim, origins[claim.source]) for claim in claims]
    links = _links(asking, resolved)
    return (
        [claim._replace(**links[claim.id]) if claim.id in links else claim for claim in resolved] if links else resolved
    )


def _links(asking: Asking, claims: Sequence[Claim]) -> dict[int, dict[str, Any]]:
    """Return for each claim that points to another what it points to, as known at K, by the name of the field."""
    linked = [
        claim
        for claim in claims
        if claim.same_as is not None
        or claim.after is not None
        or claim.statement
        or (claim.transfer is not None and claim.other is None)
    ]
    if not linked:
        return {}
    brought = {claim.id for claim in claims}
    pointed = {number for claim in linked for number in (claim.same_as, claim.after) if number is not None}
    targets = follow_replacements(asking, pointed, brought) if pointed else {}
    ends = _ends_of_same(asking, linked, targets, brought)
    statements = _statements(asking, {claim.id: claim.statement for claim in linked if claim.statement})
    sides = _other_sides(asking, [claim for claim in linked if claim.transfer is not None and claim.other is None])
    found: dict[int, dict[str, Any]] = {}
    for claim in linked:
        changes = found[claim.id] = {}
        if claim.same_as is not None:
            changes["same_as"] = ends[claim.id]
        if claim.after is not None:
            changes["after"] = targets.get(claim.after, claim.after)
        if claim.statement:
            changes["statement"] = statements[claim.id]
        if claim.id in sides:
            changes["other"] = sides[claim.id]
    return found


def _rows(asking: Asking, sql: str, ids: Collection[int]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement about ids, named as `{ids}` in it, so many at a time."""
    ordered = sorted(ids)
    return [
        row
        for start in range(0, len(ordered), BATCH)
        for row in asking.db.tuples(
            sql.format(ids=", ".join(map(str, ordered[start : start + BATCH]))), {"known": asking.known.seq}
        )
    ]


def origins_of(asking: Asking, sources: Collection[int]) -> dict[int, int]:
    """Return for each source that repeats another the one that the story goes back to, chains followed to their end."""
    repeats: dict[int, int | None] = {}
    waiting = set(sources)
    while waiting:
        rows = _rows(
            asking,
            "select o.source_id, o.origin_id from source_origin o where o.source_id in ({ids}) and o.seq <= :known"
            " order by o.seq, o.ordinal",
            waiting,
        )
        found: dict[int, int | None] = {row[0]: row[1] for row in rows}
        repeats.update({source: found.get(source) for source in waiting})
        waiting = {origin for origin in found.values() if origin is not None} - repeats.keys()
    origins = {}
    for source in sources:
        seen, origin = {source}, source
        while (further := repeats.get(origin)) is not None and further not in seen:
            seen.add(further)
            origin = further
        if origin != source:
            origins[source] = origin
    return origins


def follow_replacements(asking: Asking, ids: Iterable[int], visible: Collection[int]) -> dict[int, int]:
    """Return for each claim the visible one that stands in its place; itself where nothing does.

    What refers to a claim means this one.
    """
    return _follow(asking, ids, visible, "")


def follow_corrections(asking: Asking, ids: Iterable[int], visible: Collection[int]) -> dict[int, int]:
    """Return for each claim the visible one that says what it said: a correction of it, or it recorded again; else itself.

    What a claim added, such as the plan that it fulfils, belongs to this one. The claim that an undone correction had
    replaced stands in the correction's place, and yet says nothing of what the correction had added.
    """
    correction = " and (select n.restates_id from status_change n where n.id = r.replacement_id) is null"
    return _follow(asking, ids, visible, correction)


def _follow(asking: Asking, ids: Iterable[int], visible: Collection[int], which: str) -> dict[int, int]:
    """Return for each claim the visible one that replacements of this kind, and restatements, lead to; else itself."""
    nexts: dict[int, list[int]] = {}
    gone: set[int] = set()
    waiting = set(ids) - set(visible)
    asked: set[int] = set()
    while waiting:
        asked |= waiting
        for old, new in _rows(
            asking,
            f"select r.status_change_id, case when 1 = 1{which} then r.replacement_id end from retraction r"
            " where r.status_change_id in ({ids}) and r.seq <= :known",
            waiting,
        ):
            gone.add(old)
            if new is not None:
                nexts.setdefault(old, []).append(new)
        for old, new in _rows(
            asking,
            "select c.restates_id, c.id from status_change c where c.restates_id in ({ids}) and c.seq <= :known",
            waiting,
        ):
            nexts.setdefault(old, []).append(new)
        waiting = {new for old in waiting for new in nexts.get(old, ())} - asked - set(visible)
    return {number: _newest(number, nexts, gone) or number for number in ids}


def _newest(number: int, nexts: dict[int, list[int]], gone: set[int]) -> int | None:
    """Return the newest visible claim in a claim's place, or None."""
    if number not in gone:
        return number
    for new in sorted(nexts.get(number, ()), reverse=True):
        found = _newest(new, nexts, gone)
        if found is not None:
            return found
    return None


def _ends_of_same(
    asking: Asking, claims: Sequence[Claim], targets: dict[int, int], brought: set[int]
) -> dict[int, int]:
    """Return for each claim with `same_as` the end of the chain of links that it begins, through claims not brought too."""
    links = {claim.id: targets.get(claim.same_as, claim.same_as) for claim in claims if claim.same_as is not None}
    asked = brought
    waiting = set(links.values()) - asked
    while waiting:
        asked = asked | waiting
        found = dict(
            _rows(
                asking,
                "select c.id, c.same_as_id from status_change c where c.id in ({ids}) and c.same_as_id is not null",
                waiting,
            )
        )
        stands = follow_replacements(asking, found.values(), ()) if found else {}
        links.update({claim: stands.get(target, target) for claim, target in found.items()})
        waiting = {links[claim] for claim in found} - asked
    ends = {}
    for claim in claims:
        if claim.same_as is not None:
            seen, last = {claim.id}, links[claim.id]
            while last in links and links[last] not in seen:
                seen.add(last)
                last = links[last]
            ends[claim.id] = last
    return ends


def _statements(asking: Asking, mends: dict[int, int]) -> dict[int, int]:
    """Return for each claim that corrects or restates another the entry of the first of that line of claims."""
    mended = dict(mends)
    entries: dict[int, int] = {}
    waiting = set(mends.values())
    while waiting:
        for claim, seq, restates, replaces in _rows(
            asking,
            "select c.id, c.seq, c.restates_id, (select max(m.status_change_id) from retraction m"
            " where m.replacement_id = c.id) from status_change c where c.id in ({ids})",
            waiting,
        ):
            entries[claim] = seq
            if restates is not None or replaces is not None:
                mended[claim] = restates if restates is not None else replaces
        waiting = {mended[claim] for claim in waiting if claim in mended} - entries.keys()
    statements = {}
    for claim in mends:
        first = claim
        seen = {first}
        while first in mended and mended[first] not in seen:
            first = mended[first]
            seen.add(first)
        statements[claim] = entries.get(first, 0)
    return statements


def _other_sides(asking: Asking, claims: Sequence[Claim]) -> dict[int, int]:
    """Return the deployment on the other side of moves that only a transfer identifier joins."""
    sides: dict[int, int] = {}
    for transfer in {claim.transfer for claim in claims}:
        found = asking.db.tuples(
            "select distinct c.deployment_id from status_change c where c.transfer_id = :transfer and c.seq <= :known"
            " and not exists (select 1 from retraction r where r.status_change_id = c.id and r.seq <= :known)",
            {"transfer": transfer, "known": asking.known.seq},
        )
        for claim in claims:
            others = sorted(row[0] for row in found if row[0] != claim.deployment)
            if claim.transfer == transfer and others:
                sides[claim.id] = others[0]
    return sides
