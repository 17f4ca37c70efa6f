"""Every report by its name: what it takes, and how the words given become its answer.

The command line and the scheduled exports both ask here, so that a word means the same in both.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from posture import clock
from posture.domain.codes import visible
from posture.domain.dates import read_day
from posture.errors import UnknownWord, UsageMistake
from posture.reports.asked import about, known_at, one_end, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from posture.domain.periods import Step
    from posture.reports.as_of import Question
    from posture.reports.asked import Given
    from posture.reports.report import Report
    from posture.settings import Settings
    from posture.store.connection import Database

    Compute: TypeAlias = Callable[[Database, Question], Report]

DAYS_OF_BRIEF = 30
"""How far back a brief tells of changes unless told otherwise."""
HITS = 20
"""Hits of a search unless told otherwise."""
TOTALS_BY = ("actor", "location", "asset-type")
"""What totals can be asked by."""


class Asked(NamedTuple):
    """A report that was asked for."""

    given: Given
    """The words of its question."""
    compute: Compute
    """Returns the report for the question that these words mean."""


def ask(name: str, given: Given, settings: Settings) -> Asked:
    """Return the report of that name as it was asked for; raises `UnknownWord`, and what its words are refused with."""
    if name not in REPORTS:
        raise UnknownWord("report", name, tuple(REPORTS), difflib.get_close_matches(name, REPORTS, 1))
    return REPORTS[name](given, settings)


def _posture(given: Given, _: Settings) -> Asked:
    from posture.reports.posture import posture

    return Asked(given, posture)


def _plans(given: Given, _: Settings) -> Asked:
    from posture.reports.plans import plans

    return Asked(given, plans)


def _conflicts(given: Given, _: Settings) -> Asked:
    from posture.reports.conflicts import conflicts

    return Asked(given, conflicts)


def _totals(given: Given, _: Settings) -> Asked:
    by = totals_by(given.get("by") or ())
    depth = whole_number("--depth", given.get("depth"), least=1)

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.totals import totals

        return totals(db, question, by, depth)

    return Asked(given, compute)


def totals_by(words: Sequence[str]) -> tuple[str, ...]:
    """Return what totals are asked by, as keys of a row; raises `UnknownWord`, or `UsageMistake` for three of them."""
    found = []
    for word in (part.strip().lower().replace("_", "-") for text in words for part in text.split(",")):
        if word not in TOTALS_BY:
            raise UnknownWord("way to total by", word, TOTALS_BY, difflib.get_close_matches(word, TOTALS_BY, 1))
        found.append(word.replace("-", "_"))
    if len(found) > 2 or len(set(found)) < len(found):
        raise UsageMistake("--by takes one of actor, location and asset-type, or two different ones to cross")
    return tuple(found) or ("actor",)


def _stale(given: Given, settings: Settings) -> Asked:
    limit = whole_number("--limit", given.get("limit"))

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.stale import Limits, stale

        kept = {code: int(found.value) for code, found in settings.stale_limits().items()} if limit is None else {}
        limits = Limits(default=question.stale_after, by_code=kept, all=limit)
        return stale(db, question, limits, only_over=bool(given.get("over")))

    return Asked(given, compute)


def sources_by(word: str | None) -> str:
    """Return by what sources are told apart; raises `UnknownWord`."""
    from posture.reports.sources import WAYS

    by = (word or "source").strip().lower()
    if by not in WAYS:
        raise UnknownWord("way to group sources by", by, WAYS, difflib.get_close_matches(by, WAYS, 1))
    return by


def _sources(given: Given, _: Settings) -> Asked:
    by = sources_by(given.get("by"))

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.sources import sources

        return sources(db, question, by)

    return Asked(given, compute)


def _timeline(given: Given, _: Settings) -> Asked:
    since, until = (_day(given.get(name)) for name in ("since", "until"))
    if given.get("line") and given.get("deployment"):
        raise UsageMistake(f"say {given['line']} or --deployment {given['deployment']}, not both")

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.timeline import timeline

        retracted = bool(given.get("retracted"))
        found = timeline(db, question, given.get("line"), since=since, until=until, retracted=retracted)
        return replace(found, about=str(given.get("line") or ""))

    return Asked(given, compute)


def _evidence(given: Given, _: Settings) -> Asked:
    def compute(db: Database, question: Question) -> Report:
        from posture.reports.evidence import evidence

        return evidence(db, question, given["line"], every=bool(given.get("all")))

    return Asked(given, compute)


def _series(given: Given, _: Settings) -> Asked:
    from posture.reports.series import Asked as Series

    for clock_given in ("known_at", "edition"):
        if given.get("as_then_known") and given.get(clock_given):
            flag = clock_given.replace("_", "-")
            raise UsageMistake(f"--as-then-known reads each day as known then; leave --{flag} out, or --as-then-known")
    wanted = Series(
        by=_step(given.get("by_period") or "month"),
        since=_day(given.get("since")),
        total=bool(given.get("total")),
        as_then_known=bool(given.get("as_then_known")),
    )

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.series import series

        return series(db, question, wanted)

    return Asked({**given, "as_of": one_end(given, "until", "as_of")}, compute)


def _step(word: str) -> Step:
    from posture.domain.periods import Step

    wanted = word.strip().lower()
    if wanted not in list(Step):
        raise UnknownWord("period", word, [*Step], difflib.get_close_matches(wanted, [*Step], 1))
    return Step(wanted)


def _movements(given: Given, _: Settings) -> Asked:
    since = _day(given.get("since"))
    if since is None:
        raise UsageMistake("moved since when? give --from 2023-10-01, and --to for a last day other than today")

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.movements import movements

        return movements(db, question, since)

    return Asked({**given, "as_of": one_end(given, "until", "as_of")}, compute)


def _diff(given: Given, _: Settings) -> Asked:
    if given.get("editions"):
        first, *rest = given["editions"]
        given = {**given, "edition": first, "until_edition": rest[0] if rest else None}
        if len(rest) > 1:
            raise UsageMistake("editions names one, to compare with now, or two to compare with each other")
    if given.get("until_edition") or given.get("edition"):
        return _diff_of_editions(given)
    ends = {"as_of": one_end(given, "to_date", "as_of"), "known_at": one_end(given, "to_known", "known_at")}
    for start, end in (("from_date", "to_date"), ("from_known", "to_known")):
        if given.get(end) and not given.get(start):
            name = start.replace("_", "-")
            raise UsageMistake(f"--{end.replace('_', '-')} needs --{name}: what is it to be compared with?")
    if not given.get("from_date") and not given.get("from_known"):
        raise UsageMistake(
            "changed since when? give --from-date 2023-10-01 (in the world) or --from-known 2023-10-01 (in what was known)"
        )
    since, first = _day(given.get("from_date")), given.get("from_known")

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.as_of import resolve_known_at
        from posture.reports.diff import diff

        known = resolve_known_at(db, known_at(first)) if first else None
        return diff(db, question, since=since, known=known, every=bool(given.get("all")))

    return Asked({**given, **ends}, compute)


def _diff_of_editions(given: Given) -> Asked:
    """Return what changed from one edition to another, or to now."""
    first, second = given.get("edition"), given.get("until_edition")
    if not first:
        raise UsageMistake(
            f'changed since which edition? "{visible(str(second))}" alone is the later of two, as in --edition 2023-q3 2023-q4;'
            " of some forces or places only, ask with --actor, --location or --asset-type"
        )
    for name in ("from_date", "to_date", "from_known", "to_known"):
        if given.get(name):
            raise UsageMistake(f"an edition has its own clocks: leave --{name.replace('_', '-')} out, or --edition")

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.diff import diff
        from posture.reports.editions import get_edition

        since = get_edition(db, first)
        return diff(db, question, since=since.as_of, known=since.known, every=bool(given.get("all")), marking=True)

    return Asked({**given, "edition": second, "since_edition": first}, compute)


def _search(given: Given, _: Settings) -> Asked:
    limit = whole_number("--limit", given.get("limit"))
    kinds = tuple(map(_kind, given.get("kind") or ()))

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.search import Searching, search

        wanted = Searching(
            words=" ".join(given["words"]),
            kinds=kinds,
            limit=HITS if limit is None else limit,
            retracted=bool(given.get("retracted")),
        )
        return search(db, question, wanted)

    return Asked(given, compute)


def _kind(word: str) -> str:
    from posture.store.passages import KINDS

    allowed = [kind.name.replace(" ", "-") for kind in KINDS]
    wanted = word.strip().lower()
    if wanted not in allowed:
        raise UnknownWord("kind", word, allowed, difflib.get_close_matches(wanted, allowed, 1))
    return wanted.replace("-", " ")


def _brief(given: Given, _: Settings) -> Asked:
    days = whole_number("--days", given.get("days"), least=1)

    def compute(db: Database, question: Question) -> Report:
        from posture.reports.brief import Brief, brief

        wanted = Brief(
            days=DAYS_OF_BRIEF if days is None else days, weekly=bool(given.get("week")), about=about(db, given)
        )
        return brief(db, question, wanted)

    return Asked(given, compute)


def _day(word: Any) -> date | None:
    return read_day(word, today=clock.today()) if word else None


REPORTS: Mapping[str, Callable[[Given, Settings], Asked]] = {
    "posture": _posture,
    "totals": _totals,
    "stale": _stale,
    "sources": _sources,
    "plans": _plans,
    "timeline": _timeline,
    "evidence": _evidence,
    "series": _series,
    "conflicts": _conflicts,
    "movements": _movements,
    "diff": _diff,
    "search": _search,
    "brief": _brief,
}
"""Each report, in the order of the help."""

TEXT, NUMBER, FLAG, MANY = "text", "number", "flag", "many"
"""What a value is: a text; a whole number; true or false; one text or a list of them."""
QUESTION = {
    "as_of": TEXT,
    "known_at": TEXT,
    "actor": TEXT,
    "location": TEXT,
    "asset_type": TEXT,
    "deployment": TEXT,
}
"""What every report can be asked about."""
_PERIOD = {"from": TEXT, "to": TEXT}
TAKES: Mapping[str, Mapping[str, str]] = {
    "posture": {
        **QUESTION,
        "basis": TEXT,
        "min_grade": TEXT,
        "projected": FLAG,
        "totals": FLAG,
        "stale_after": NUMBER,
    },
    "totals": {
        **{name: kind for name, kind in QUESTION.items() if name != "deployment"},
        "basis": TEXT,
        "by": MANY,
        "depth": NUMBER,
        "projected": FLAG,
    },
    "stale": {**QUESTION, "basis": TEXT, "limit": NUMBER, "over": FLAG},
    "sources": {**QUESTION, "basis": TEXT, "by": TEXT},
    "plans": QUESTION,
    "timeline": {**QUESTION, "line": TEXT, "basis": TEXT, "since": TEXT, "until": TEXT, "retracted": FLAG},
    "evidence": {"line": TEXT, "as_of": TEXT, "known_at": TEXT, "basis": TEXT, "all": FLAG},
    "series": {**QUESTION, **_PERIOD, "by": TEXT, "as_then_known": FLAG, "basis": TEXT, "total": FLAG},
    "conflicts": {**QUESTION, "basis": TEXT},
    "movements": {**QUESTION, **_PERIOD, "basis": TEXT},
    "diff": {
        **QUESTION,
        "from_date": TEXT,
        "to_date": TEXT,
        "from_known": TEXT,
        "to_known": TEXT,
        "editions": MANY,
        "basis": TEXT,
        "all": FLAG,
    },
    "search": {
        "words": MANY,
        **{name: kind for name, kind in QUESTION.items() if name != "as_of"},
        "kind": MANY,
        "retracted": FLAG,
        "limit": NUMBER,
    },
    "brief": {**QUESTION, "basis": TEXT, "days": NUMBER, "week": FLAG},
}
"""What each report takes, by the words of its options: those of the command line, as a test sees to."""
NEEDS: Mapping[str, tuple[str, ...]] = {"evidence": ("line",), "search": ("words",)}
"""What a report cannot be asked without."""
KNOWN_AS: Mapping[tuple[str, str], str] = {
    ("series", "from"): "since",
    ("series", "to"): "until",
    ("series", "by"): "by_period",
    ("movements", "from"): "since",
    ("movements", "to"): "until",
}
"""The name under which a report gets a value, where it is not the option's word."""
