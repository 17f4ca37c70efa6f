"""Which lines a question is about, and which others it needs: their parts, and the containers of both.

A filtered answer equals the same rows of the unfiltered one, because lines outside the filter are brought in for agreement
and not shown. The catalogue has one clock: it is read as it is now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.containment import with_ancestors
from posture.domain.evidence import Line
from posture.domain.reconcile import Nesting
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from posture.reports.as_of import Question
    from posture.store.connection import Database


class Site(NamedTuple):
    """A deployment, as reports need it."""

    id: int
    """Its number."""
    code: str
    """Its code."""
    actor: int
    """Whose."""
    location: int
    """Where."""
    operation: str | None
    """Under which operation."""


@dataclass(slots=True)
class Scope:
    """The lines of a question."""

    lines: dict[int, Line] = field(default_factory=dict)
    """Every line needed."""
    codes: dict[int, str] = field(default_factory=dict)
    """Line to its code within its deployment."""
    shown: list[int] = field(default_factory=list)
    """The lines that are asked about."""
    agreed: set[int] = field(default_factory=set)
    """The lines asked about and their parts; the rest is needed for its bases alone."""
    sites: dict[int, Site] = field(default_factory=dict)
    """Every deployment needed."""
    sites_shown: list[int] = field(default_factory=list)
    """The deployments that are asked about."""
    nesting: Nesting = field(default_factory=lambda: Nesting({}, {}, {}))
    """Which lines and deployments contain which."""
    machines: dict[int, list[int]] = field(default_factory=dict)
    """Platform to all its lines, wherever they are."""
    everything: bool = False
    """Nothing was filtered: all lines of the catalogue are asked about."""


class Filter(NamedTuple):
    """What a question names, as ids; None where it names nothing."""

    actor: set[int] | None
    """The actor and all below it."""
    location: set[int] | None
    """The location and all below it."""
    asset_type: set[int] | None
    """The asset type and all below it."""
    deployment: int | None = None
    """The one deployment."""
    lines: frozenset[int] | None = None
    """The lines themselves."""


def read_filter(db: Database, question: Question) -> Filter:
    """Return what a question names; raises UnknownCode or AmbiguousCode for a word that names nothing, or several things."""

    def below(noun: str, word: str | None) -> set[int] | None:
        if word is None:
            return None
        top = int(lookup.get_code(db, noun, word)["id"])
        return {top, *lookup.descendants(db, noun, top)}

    deployment = None
    if question.deployment is not None:
        deployment = int(lookup.get_code(db, "deployment", question.deployment)["id"])
    return Filter(
        below("actor", question.actor),
        below("location", question.location),
        below("asset_type", question.asset_type),
        deployment,
    )


def read_scope(db: Database, wanted: Filter) -> Scope:
    """Return the lines that a filter shows and all others that their figures depend on."""
    scope = Scope(everything=wanted == Filter(None, None, None))
    conditions = [
        f"d.{column} in ({_listed(ids)})"
        for column, ids in (("actor_id", wanted.actor), ("location_id", wanted.location))
        if ids is not None
    ]
    if wanted.deployment is not None:
        conditions.append(f"d.id = {wanted.deployment}")
    if wanted.lines is not None:
        conditions.append(
            f"d.id in (select a.deployment_id from asset a where a.id in ({_listed(wanted.lines) or 'null'}))"
        )
    where = f" where {' and '.join(conditions)}" if conditions else ""
    shown = _sites(db, where)
    if not shown:
        return scope
    scope.sites_shown = list(shown)
    inside: dict[int, set[int]] = {}
    if not conditions:
        scope.sites = shown
        pairs = db.tuples("select container_id, part_id from containment")
    else:
        parts = _pairs(db, "container_id", shown)
        needed = {*shown, *(part for _, part in parts)}
        pairs = parts + _pairs(db, "part_id", needed)
        missing = {whole for whole, _ in pairs} | needed
        scope.sites = _sites(db, f" where d.id in ({_listed(missing)})") if missing else {}
        pairs += _pairs(db, "container_id", missing - set(shown))
    for whole, part in pairs:
        inside.setdefault(whole, set()).add(part)
    _read_lines(db, scope, {whole: frozenset(held) for whole, held in inside.items()}, wanted)
    return scope


def _sites(db: Database, where: str) -> dict[int, Site]:
    rows = db.tuples(
        f"select d.id, d.code, d.actor_id, d.location_id, d.operation from deployment d{where} order by d.code"
    )
    return {row[0]: Site._make(row) for row in rows}


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


def _pairs(db: Database, column: str, ids: Iterable[int]) -> list[tuple[int, int]]:
    listed = _listed(ids)
    if not listed:
        return []
    rows = db.tuples(f"select container_id, part_id from containment where {column} in ({listed})")
    return [(row[0], row[1]) for row in rows]


def _read_lines(db: Database, scope: Scope, inside: Mapping[int, frozenset[int]], wanted: Filter) -> None:
    """Read the assets of the deployments, nest them, and keep those that are needed."""
    where = "" if scope.everything or not scope.sites else f" where deployment_id in ({_listed(scope.sites)})"
    rows = db.tuples(
        f"select id, deployment_id, asset_type_id, platform_id, code from asset{where} order by deployment_id, code"
    )
    lines = {row[0]: Line(row[0], row[1], row[2], row[3]) for row in rows if row[1] in scope.sites}
    scope.codes = {row[0]: row[4] for row in rows}
    shown_sites = set(scope.sites_shown)
    scope.shown = [
        line.id
        for line in lines.values()
        if line.deployment in shown_sites
        and (wanted.asset_type is None or line.asset_type in wanted.asset_type)
        and (wanted.lines is None or line.id in wanted.lines)
    ]
    parents = dict(db.tuples("select id, parent_id from asset_type"))
    scope.nesting = nest(lines.values(), inside, parents)
    containers, parts = scope.nesting.containers, scope.nesting.parts
    scope.agreed = set(scope.shown)
    for line in scope.shown:
        scope.agreed.update(parts.get(line, ()))
    needed = set(scope.agreed)
    for line in scope.agreed:
        needed.update(containers.get(line, ()))
    scope.lines = (
        lines if len(needed) == len(lines) else {number: lines[number] for number in lines if number in needed}
    )
    _read_machines(db, scope)


def nest(lines: Iterable[Line], inside: Mapping[int, frozenset[int]], parents: Mapping[int, int | None]) -> Nesting:
    """Return which lines contain which: one for each kind of asset that is the same or above, here or in a container."""
    lines = list(lines)
    whole = {(line.deployment, line.asset_type): line.id for line in lines if line.platform is None}
    above: dict[int, list[int]] = {}
    for outer, held in inside.items():
        for inner in held:
            above.setdefault(inner, []).append(outer)
    kinds: dict[int, list[int]] = {}
    containers: dict[int, list[int]] = {}
    parts: dict[int, list[int]] = {}
    for line in lines:
        if line.asset_type not in kinds:
            kinds[line.asset_type] = with_ancestors(line.asset_type, parents)
        for deployment in (line.deployment, *above.get(line.deployment, ())):
            for kind in kinds[line.asset_type]:
                outer_line = whole.get((deployment, kind))
                if outer_line is not None and outer_line != line.id:
                    containers.setdefault(line.id, []).append(outer_line)
                    parts.setdefault(outer_line, []).append(line.id)
    return Nesting(containers, parts, inside)


def _read_machines(db: Database, scope: Scope) -> None:
    """Find every line of the platforms that are needed, wherever it is."""
    machines = {line.platform for line in scope.lines.values() if line.platform is not None}
    if machines:
        for platform, line in db.tuples(
            f"select platform_id, id from asset where platform_id in ({_listed(machines)}) order by id"
        ):
            scope.machines.setdefault(platform, []).append(line)


def narrowed(scope: Scope, lines: Collection[int]) -> Scope:
    """Return the scope of some of the lines that a scope shows, with their parts and the containers of both."""
    nesting = scope.nesting
    agreed = set(lines)
    for line in lines:
        agreed.update(part for part in nesting.parts.get(line, ()) if part in scope.lines)
    needed = set(agreed)
    for line in agreed:
        needed.update(whole for whole in nesting.containers.get(line, ()) if whole in scope.lines)
    narrow = replace(scope, shown=sorted(lines), agreed=agreed, everything=False)
    narrow.lines = {number: line for number, line in scope.lines.items() if number in needed}
    held = {line.deployment for line in narrow.lines.values()}
    narrow.sites = {
        number: site
        for number, site in scope.sites.items()
        if number in held or not held.isdisjoint(nesting.inside.get(number, ()))
    }
    narrow.sites_shown = [number for number in scope.sites_shown if number in narrow.sites]
    machines = {line.platform for line in narrow.lines.values()}
    narrow.machines = {machine: every for machine, every in scope.machines.items() if machine in machines}
    return narrow
