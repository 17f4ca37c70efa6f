"""Which lines wait for news: each by the age of its newest evidence, against a limit for its asset type or its actor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.cycles import without_collection
from posture.domain.claim import days_between, has_lapsed, order
from posture.domain.containment import with_ancestors
from posture.reports.as_of import APPLIES, VISIBLE, Statements, columns
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.report import Column, Report
from posture.reports.restated import restated_since
from posture.reports.wording import agreed as how_many
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posture.domain.claim import Claim
    from posture.domain.reading import Reading
    from posture.reports.as_of import Asking, Question
    from posture.store.connection import Database

COLUMNS = (
    "deployment",
    "actor",
    "location",
    "asset",
    "asset_type",
    "low",
    "best",
    "high",
    "newest_used",
    "newest_used_on",
    "age_days",
    "limit_days",
    "limit_by",
    "over",
    "over_days",
    "rests_on",
    "newest",
    "newest_on",
    "newest_age_days",
    "newest_is",
    "source",
    "grade",
    "flags",
)
"""The keys of a row, in order."""
BATCH = 2000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """After how many days evidence is stale."""

    default: int = 90
    """Where nothing nearer says otherwise."""
    by_code: Mapping[str, int] = field(default_factory=dict)
    """Days by the code, or another name, of an actor or asset type; a limit holds for all below it too."""
    all: int | None = None
    """One limit for every line, in place of all these."""


class Limit(NamedTuple):
    """The limit of a line."""

    days: int
    """After so many its evidence is stale."""
    by: str
    """Whose limit it is: the code of an asset type or actor, `default`, or `all`."""


def stale(db: Database, question: Question, limits: Limits | None = None, *, only_over: bool = False) -> Report:
    """Return the lines of which anything is known, those that wait longest first; with `only_over` those over their limit.

    Raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things.
    """
    with db.read(), without_collection():
        return _report(db, question, limits or Limits(default=question.stale_after), only_over=only_over)


def _report(db: Database, question: Question, limits: Limits, *, only_over: bool) -> Report:
    from posture.reports.posture import known_at, why_empty

    known = known_at(db, question)
    found = evaluate(db, question, known)
    limiting = _Limiting(db, limits)
    every = _rows(db, found, limiting)
    rows = [row for row in every if row["over"]] if only_over else every
    rows.sort(key=lambda row: (row["newest_used_on"] or "", row["deployment"], row["asset"]))
    empty = None
    if not rows:
        empty = "no line is over its limit" if every else why_empty(found.asking, "applies as of")
    return Report(
        name="stale",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=empty,
        sql=Statements(found.asking.statements),
        notes=(*limiting.notes, *restated_since(db, known.seq)),
        shown=SHOWN,
    )


class _Limiting:
    """Finds the limit of a line: that of its asset type or the nearest above it, else of its actor, else the default.

    A type goes before an actor because how fast news goes stale depends on what it is about: aircraft move in a day,
    garrisons in months, whoever they belong to.
    """

    def __init__(self, db: Database, limits: Limits) -> None:
        self.limits = limits
        self.notes: list[str] = []
        self.trees = {noun: dict(db.tuples(f"select id, parent_id from {noun}")) for noun in ("asset_type", "actor")}
        self.codes: dict[str, dict[int, Limit]] = {"asset_type": {}, "actor": {}}
        for code, days in limits.by_code.items() if limits.all is None else ():
            named = False
            for noun, kept in self.codes.items():
                row = lookup.find_code(db, noun, code)
                if row is not None:
                    named, kept[int(row["id"])] = True, Limit(days, str(row["code"]))
            if not named:
                self.notes.append(f'a limit is set for "{code}", which is no actor and no asset type')

    def limit(self, actor: int, asset_type: int) -> Limit:
        """Return the limit of a line of an actor and of a type."""
        if self.limits.all is not None:
            return Limit(self.limits.all, "all")
        for noun, here in (("asset_type", asset_type), ("actor", actor)):
            for node in with_ancestors(here, self.trees[noun]) if self.codes[noun] else ():
                if node in self.codes[noun]:
                    return self.codes[noun][node]
        return Limit(self.limits.default, "default")


def _rows(db: Database, found: Evaluation, limiting: _Limiting) -> list[dict[str, Any]]:
    """Return a row for each line of which anything is known."""
    from posture.reports.posture import Names

    scope, asking, names = found.scope, found.asking, Names(db, found)
    shown = [line for line in scope.shown if not found.readings[line].is_empty()]
    candidates = _newest_of_any_kind(asking, None if scope.everything else shown)
    rows, said = [], []
    for line in shown:
        reading, agreed = found.readings[line], found.agreed[line]
        site = scope.sites[reading.line.deployment]
        used = max(_used(reading), key=lambda claim: (claim.on, order(claim)), default=None)
        newest = _newest(used, [*candidates.get(line, ()), *_own_statuses(reading)])
        limit = limiting.limit(site.actor, reading.line.asset_type)
        age = days_between(used.on, asking.as_of) if used else None
        gone = agreed.value.high == 0
        low, best, high = agreed.value
        speaks = used or newest
        said.append(speaks.source if speaks else None)
        rows.append(
            {
                "deployment": site.code,
                "actor": names.actor[site.actor],
                "location": names.location[site.location],
                "asset": scope.codes[line],
                "asset_type": names.asset_type[reading.line.asset_type],
                "low": low,
                "best": best,
                "high": high,
                "newest_used": used.id if used else None,
                "newest_used_on": used.on if used else None,
                "age_days": age,
                "limit_days": limit.days,
                "limit_by": limit.by,
                "over": not gone and (age is None or age > limit.days),
                "over_days": age - limit.days if age is not None and age > limit.days and not gone else None,
                "rests_on": _rests_on(reading),
                "newest": newest.id if newest else None,
                "newest_on": newest.on if newest else None,
                "newest_age_days": days_between(newest.on, asking.as_of) if newest else None,
                "newest_is": _what_is(newest, used, reading, asking.as_of) if newest else None,
                "grade": speaks.grade if speaks else None,
                "flags": sorted({*reading.flags, *agreed.flags} - {"stale"}),
                "claims": list(dict.fromkeys(claim.id for claim in (used, newest) if claim is not None)),
            }
        )
    codes = _sources(db, {source for source in said if source is not None})
    for row, source in zip(rows, said, strict=True):
        row["source"] = codes.get(source or 0)
    return rows


def _used(reading: Reading) -> list[Claim]:
    """Return the claims that a line's figure comes from."""
    return ([reading.base] if reading.base else []) + reading.used


def _own_statuses(reading: Reading) -> list[Claim]:
    return [claim for claim in reading.evidence.statuses if claim.line is not None]


def _newest(used: Claim | None, others: Iterable[Claim]) -> Claim | None:
    """Return the newest claim about a line, the one that is used before others of its day."""
    newest = max(others, key=lambda claim: (claim.on, order(claim)), default=None)
    return newest if used is None or (newest is not None and newest.on > used.on) else used


def _newest_of_any_kind(asking: Asking, lines: Sequence[int] | None) -> dict[int, list[Claim]]:
    """Return for each line its newest admissible count, its newest other count and its newest flow, used or not.

    With the statuses that a reading has, these are the newest of all that is said to be so: a seek for each, however long
    the history.
    """
    about = f"c.asset_id = a.id and c.counting_basis = :basis and c.modality = 'actual' and {APPLIES} and {VISIBLE}"
    count = (
        f"(select c.id from status_change c where {about} and c.kind = 'count' and c.admissible = {{admissible}}"
        " order by c.effective_on desc, c.grade_rank, c.own_words desc, c.seq desc, c.ordinal desc limit 1)"
    )
    flow = (
        f"(select c.id from status_change c where {about} and c.kind in ('increase', 'decrease')"
        " order by c.effective_on desc, c.seq desc, c.ordinal desc limit 1)"
    )
    seeks = (count.format(admissible="TRUE"), count.format(admissible="FALSE"), flow)
    sql = f"select {columns('b')} from asset a join status_change b on b.id in ({', '.join(seeks)})"
    found: dict[int, list[Claim]] = {}
    for start in range(0, len(lines), BATCH) if lines is not None else (None,):
        where = ""
        if lines is not None and start is not None:
            where = f" where a.id in ({', '.join(map(str, lines[start : start + BATCH]))})"
        for claim in asking.claims(sql + where):
            found.setdefault(claim.line or 0, []).append(claim)
    return found


def _rests_on(reading: Reading) -> str:
    """Return what a line's figure rests on: admissible claims, doubted ones, or nothing that gives a number."""
    if reading.base is not None or reading.used:
        return "doubted" if reading.rest_decides else "admissible"
    if reading.lapsed is not None:
        return "lapsed"
    if reading.evidence.unbounded:
        return "no_number"
    return "status" if _own_statuses(reading) else "doubted"


def _what_is(newest: Claim, used: Claim | None, reading: Reading, as_of: str) -> str:
    """Return what the newest claim is to the figure, in a word."""
    if newest is used:
        return "used"
    if newest.kind == "status":
        return "status"
    if any(newest.id == claim.id for repeats in reading.silent.values() for claim in repeats):
        return "repeat"
    if newest.kind == "count" and has_lapsed(newest, as_of):
        return "lapsed"
    if not newest.admissible:
        return "doubted"
    if newest.kind == "count" and newest.low is None and newest.high is None:
        return "no_number"
    return "not_used"


def _sources(db: Database, ids: Iterable[int]) -> dict[int, str]:
    """Return the codes of sources."""
    ordered = sorted(ids)
    found: dict[int, str] = {}
    for start in range(0, len(ordered), BATCH):
        listed = ", ".join(map(str, ordered[start : start + BATCH]))
        found.update(db.tuples(f"select id, code from source where id in ({listed})"))
    return found


NOTHING_BUT = {
    "doubted": "only doubted claims",
    "lapsed": "only a count that has ended",
    "no_number": "only claims without a number",
    "status": "only a status",
}
"""What a line has in place of admissible claims with a number, in words."""

NEWER = {
    "status": "a status",
    "repeat": "a repeat",
    "lapsed": "a count that has ended",
    "doubted": "doubted",
    "no_number": "without a number",
    "not_used": "not used",
}
"""What a newer claim is that the figure does not use, in words."""


def claim_text(row: Mapping[str, Any]) -> str:
    """Return the number of a row's newest claim that is used: `c23`."""
    return f"c{row['newest_used']}" if row["newest_used"] else ""


def over_text(row: Mapping[str, Any]) -> str:
    """Return by how much a line is over its limit: `by 12 days`, `nothing to go by`."""
    if not row["over"]:
        return ""
    days = row["over_days"]
    return "nothing to go by" if days is None else f"by {days:,} {'day' if days == 1 else 'days'}"


def limit_text(row: Mapping[str, Any]) -> str:
    """Return a line's limit and whose it is: `14 (mq-9)`."""
    return f"{row['limit_days']}" + ("" if row["limit_by"] in ("default", "all") else f" ({row['limit_by']})")


def remark_text(row: Mapping[str, Any]) -> str:
    """Return what else is to be said of a line's evidence: `only doubted claims; c16 of 2023-09-07 is newer: a repeat`."""
    parts = [NOTHING_BUT.get(row["rests_on"], "")]
    if row["newest_is"] in NEWER:
        parts.append(f"c{row['newest']} of {row['newest_on']}: {NEWER[row['newest_is']]}")
    return "; ".join(filter(None, parts))


SHOWN = (
    Column("Line", lambda row: f"{row['deployment']}/{row['asset']}"),
    Column("How many", lambda row: how_many({**row, "best": None}), right=True, figure=True),
    Column("Newest", lambda row: row["newest_used_on"] or ""),
    Column("Days", lambda row: f"{row['age_days']:,}" if row["age_days"] is not None else "", right=True),
    Column("Limit", limit_text, right=True),
    Column("Over", over_text),
    Column("By", lambda row: " ".join(filter(None, (claim_text(row), row["grade"], row["source"])))),
    Column("Beside it", remark_text),
)
"""The table that people read."""
