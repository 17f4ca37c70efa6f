"""A figure period by period: what each line, or the total of what is asked about, came to at the end of each.

Each point is read as of the last day of its period: as known at one moment, for which the claims are brought once, or each as known
at the end of its own day, as somebody would have read it then. What may change a figure between two points (a claim, a lapse, a
departure that is complete, age) takes as long to rule out as to read, so no point is skipped; their number is bounded instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from posture import clock
from posture.cycles import without_collection
from posture.domain.containment import with_ancestors
from posture.domain.periods import Period, Step, back, how_many, periods
from posture.domain.totals import ALL, Adding, Contribution, Node, Trees, rooted
from posture.errors import UsageMistake
from posture.reports.as_of import Statements, resolve_known_at
from posture.reports.point import Point, Standing, point, points
from posture.reports.posture import Names, why_empty
from posture.reports.report import Column, Report, Since
from posture.reports.restated import restated_since
from posture.reports.scope import Scope, read_filter, read_scope
from posture.reports.totals import agreed_on, contributions, read_trees
from posture.reports.wording import agreed, source_text
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from posture.domain.fold import Value
    from posture.reports.as_of import Question
    from posture.store.connection import Database

COLUMNS = (
    "deployment",
    "actor",
    "location",
    "asset",
    "asset_type",
    "period",
    "first",
    "last",
    "as_of",
    "so_far",
    "known_seq",
    "low",
    "best",
    "high",
    "flags",
    "source",
    "grade",
    "origins",
    "reports",
)
"""The keys of a row, in order."""
MOST_POINTS = 400
"""Points of time in one series: each is a question of its own."""
MOST_FIGURES = 200_000
"""Points times lines in one series."""
USUAL = 12
"""Periods shown where no beginning is named."""


class Asked(NamedTuple):
    """What is asked beside the question."""

    by: Step = Step.MONTH
    """How long a period is."""
    since: date | None = None
    """A day of the first period; None: so far back that there are `USUAL` of them."""
    total: bool = False
    """The total of what is asked about, rather than each line."""
    as_then_known: bool = False
    """Each point as known at the end of its own day."""


class _At(NamedTuple):
    """One point of the series."""

    period: Period
    known_seq: int
    lines: dict[int, Standing]
    parts: list[Contribution]
    """The lines as totals see them, where totals are asked for."""


def series(db: Database, question: Question, asked: Asked) -> Report:
    """Return the figures of each period up to the question's day, which lies in the last; later than today there are none.

    Raises UsageMistake for a period that ends before it begins and for more points than there may be, UnknownCode or
    AmbiguousCode for a filter that names nothing, or several things.
    """
    with db.read(), without_collection():
        return _report(db, question, asked)


def _report(db: Database, question: Question, asked: Asked) -> Report:
    wanted = _periods(question, asked)
    statements: list[tuple[str, dict[str, Any]]] = []
    found: list[_At] = []
    here: Point | None = None
    scope = read_scope(db, read_filter(db, question))
    if len(scope.shown) * len(wanted) > MOST_FIGURES:
        raise UsageMistake(_too_many(len(wanted), len(scope.shown)))
    for period, here in zip(wanted, _points(db, question, wanted, asked, scope), strict=True):
        found.append(_at(here, period, asked))
        if asked.as_then_known:
            statements += here.found.asking.statements
    if here is None:
        raise UsageMistake("there is no period to show")
    making = _Making(db, here, found)
    rows = making.totals() if asked.total else making.lines()
    first = _known(found[0], db)
    return Report(
        name="series",
        as_of=str(wanted[-1].as_of),
        known_seq=here.known.seq,
        known_at=here.known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else why_empty(here.found.asking, "applies up to"),
        sql=Statements(statements or here.found.asking.statements),
        notes=(*_conventions(wanted, asked), *restated_since(db, found[0].known_seq)),
        shown=SHOWN,
        since=Since(str(wanted[0].as_of), found[0].known_seq, first),
    )


def _known(first: _At, db: Database) -> str | None:
    """Return the instant of the entry that the first point knows."""
    at = db.value("select recorded_at from ledger_entry where seq = :seq", {"seq": first.known_seq})
    return str(at) if at is not None else None


def _periods(question: Question, asked: Asked) -> list[Period]:
    """Return the periods asked for."""
    last = min(question.as_of, clock.today())
    first = asked.since or back(last, asked.by, USUAL)
    if asked.since is not None and asked.since > question.as_of:
        raise UsageMistake(f"the period ends ({question.as_of}) before it begins ({first}); give the earlier day first")
    if first > last:
        raise UsageMistake(f"the period begins ({first}) after today ({last}); nothing can be known of it yet")
    count = how_many(first, last, asked.by)
    if count > MOST_POINTS:
        raise UsageMistake(_too_many(count))
    return periods(first, last, asked.by)


def _too_many(points: int, lines: int | None = None) -> str:
    if lines is None:
        return f"that is {points:,} points of time, more than {MOST_POINTS}; take longer periods (--by month), or a shorter span"
    return (
        f"that is {points:,} points of time of {lines:,} lines, more than {MOST_FIGURES:,} figures; "
        "ask about less (--actor, --location), or take longer periods"
    )


def _points(db: Database, question: Question, wanted: Sequence[Period], asked: Asked, scope: Scope) -> Iterator[Point]:
    """Yield the points one after the other: all as known at one moment, or each as known at the end of its own day."""
    if not asked.as_then_known:
        yield from points(db, question, [period.as_of for period in wanted], scope)
        return
    for period in wanted:
        known = resolve_known_at(db, period.as_of.isoformat()).seq
        yield point(db, replace(question, known_seq=known), as_of=period.as_of)


def _at(here: Point, period: Period, asked: Asked) -> _At:
    found = here.found
    parts: list[Contribution] = []
    if asked.total:
        parts = contributions(found, found.readings, agreed_on(found.agreed, here.lines))
    return _At(period, here.known.seq, here.lines, parts)


def _conventions(wanted: Sequence[Period], asked: Asked) -> list[str]:
    """Return how the figures are to be read, in lines for a person."""
    of_weeks = " (weeks of ISO 8601, Monday to Sunday)" if asked.by is Step.WEEK else ""
    day = "that day" if asked.by is Step.DAY else "its last day"
    told = [f"each {asked.by} is read as of the end of {day}{of_weeks}"]
    if asked.as_then_known:
        told.append("each as known at the end of its own day, not as known since")
    if wanted[-1].so_far:
        told.append(f"{wanted[-1].name} is so far only: as of {wanted[-1].as_of}")
    return told


class _Making:
    """Makes rows of the points."""

    def __init__(self, db: Database, here: Point, found: Sequence[_At]) -> None:
        self.db, self.scope, self.found, self.question = db, here.found.scope, found, here.question
        self.names = Names(db, here.found)

    def lines(self) -> list[dict[str, Any]]:
        """Return a row for each line and period, of the lines of which anything is known in any of them."""
        known = {line for at in self.found for line in at.lines}
        spoken = {one.claim.source for at in self.found for one in at.lines.values() if one.claim is not None}
        sources = self._sources(spoken)
        ordered = sorted(known, key=lambda line: (self._site(line).code, self.scope.codes[line]))
        return [self._row(line, at, sources) for line in ordered for at in self.found]

    def _site(self, line: int) -> Any:
        return self.scope.sites[self.scope.lines[line].deployment]

    def _sources(self, ids: Iterable[int]) -> dict[int, str]:
        listed = ", ".join(map(str, sorted(ids)))
        return dict(self.db.tuples(f"select id, code from source where id in ({listed})")) if listed else {}

    def _row(self, line: int, at: _At, sources: Mapping[int, str]) -> dict[str, Any]:
        site, standing = self._site(line), at.lines.get(line)
        claim = standing.claim if standing else None
        return _row(at, standing.value if standing else None) | {
            "deployment": site.code,
            "actor": self.names.actor[site.actor],
            "location": self.names.location[site.location],
            "asset": self.scope.codes[line],
            "asset_type": self.names.asset_type[self.scope.lines[line].asset_type],
            "flags": list(standing.flags) if standing else [],
            "source": sources[claim.source] if claim else None,
            "grade": claim.grade if claim else None,
            "origins": standing.origins if standing else 0,
            "reports": standing.reports if standing else 0,
            "claims": sorted(standing.claims) if standing else [],
        }

    def totals(self) -> list[dict[str, Any]]:
        """Return a row for each period and each kind of thing asked about: people and machines are never one figure."""
        plain = read_trees(self.db)
        trees = Trees(rooted(plain.actor), rooted(plain.location), plain.asset_type)
        lines = {part.line: part for at in self.found for part in at.parts}
        named = self._named()
        kinds: dict[int, list[Contribution]] = {}
        for part in lines.values():
            kind = named[2] or with_ancestors(part.node.asset_type, trees.asset_type)[-1]
            kinds.setdefault(kind, []).append(part)
        rows = []
        for kind, parts in sorted(kinds.items(), key=lambda item: self.names.asset_type[item[0]]):
            actor, location = (
                named[place] or _shared([part.node[place] for part in parts], trees[place]) for place in (0, 1)
            )
            node = Node(actor, location, kind)
            of_kind = {part.line for part in parts}
            rows += [self._total(at, node, trees, of_kind) for at in self.found]
        return rows

    def _named(self) -> list[int | None]:
        question = self.question
        words = (("actor", question.actor), ("location", question.location), ("asset_type", question.asset_type))
        return [int(lookup.get_code(self.db, noun, word)["id"]) if word else None for noun, word in words]

    def _total(self, at: _At, node: Node, trees: Trees, lines: set[int]) -> dict[str, Any]:
        parts = [part for part in at.parts if part.line in lines]
        total = Adding(parts, trees).total(node) if parts else None
        return _row(at, total.value if total else None) | {
            "actor": self._code("actor", node.actor),
            "location": self._code("location", node.location),
            "asset_type": self.names.asset_type[node.asset_type],
            "flags": total.flags if total else [],
            "origins": 0,
            "reports": 0,
            "claims": sorted({claim for part in parts for claim in at.lines[part.line].claims}),
        }

    def _code(self, table: str, number: int) -> str | None:
        code = self.db.value(f"select code from {table} where id = :id", {"id": number}) if number != ALL else None
        return str(code) if code is not None else None


def _shared(places: Sequence[int], tree: Mapping[int, int | None]) -> int:
    """Return the lowest node above all these places."""
    paths = [with_ancestors(place, tree) for place in places]
    return next(node for node in paths[0] if all(node in path for path in paths))


def _row(at: _At, value: Value | None) -> dict[str, Any]:
    low, best, high = value or (None, None, None)
    return dict.fromkeys(COLUMNS) | {
        "period": at.period.name,
        "first": str(at.period.first),
        "last": str(at.period.last),
        "as_of": str(at.period.as_of),
        "so_far": at.period.so_far,
        "known_seq": at.known_seq,
        "low": low,
        "best": best,
        "high": high,
    }


# In words


def address(row: Mapping[str, Any]) -> str:
    """Return what a row is of: `fra-ner/personnel`, or `total, fra in ner, personnel`."""
    if row["deployment"] is not None:
        return f"{row['deployment']}/{row['asset']}"
    where = f" in {row['location']}" if row["location"] else ""
    return f"total, {row['actor'] or 'all actors'}{where}, {row['asset_type']}"


def figure_text(row: Mapping[str, Any]) -> str:
    """Return how many there are; where nothing is known of the line by then, that."""
    return "nothing known" if row["low"] is None else agreed(row)


SHOWN: Sequence[Column] = (
    Column("Line", address),
    Column("Period", lambda row: row["period"] + (" so far" if row["so_far"] else "")),
    Column("As of", lambda row: row["as_of"]),
    Column("How many", figure_text, right=True, figure=True),
    Column("Source", source_text),
    Column("Flags", lambda row: ", ".join(row["flags"])),
)
"""The table for people, in Markdown; the terminal draws each line with its course above it."""
