"""A question in the words that people write: on the command line, and in the file of scheduled exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from posture import clock
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from datetime import date

    from posture.reports.as_of import KnownAt, Question
    from posture.store.connection import Database

EVERYTHING = "All forces"
"""What a question is about that names nothing."""
Given: TypeAlias = Mapping[str, Any]
"""What was given, by the name of the option: texts, lists of texts, True for a flag; None or nothing where it was not."""


def read_question(db: Database, given: Given, *, stale_after: int) -> Question:
    """Return the question that the words mean; raises the readers' own errors for words that cannot be read."""
    from posture.domain.dates import read_day
    from posture.domain.grade import read_grade
    from posture.reports.as_of import Question, resolve_known_at

    today = clock.today()
    as_of = read_day(given["as_of"], today=today) if given.get("as_of") else today
    known = resolve_known_at(db, known_at(given["known_at"])) if given.get("known_at") else None
    if given.get("edition"):
        as_of, known = _clocks(db, given)
    return Question(
        as_of=as_of,
        known_seq=known.seq if known else None,
        actor=given.get("actor"),
        location=given.get("location"),
        asset_type=given.get("asset_type"),
        deployment=given.get("deployment"),
        basis=_basis(given.get("basis")),
        min_grade=str(read_grade(given["min_grade"])) if given.get("min_grade") else None,
        projected=bool(given.get("projected")),
        totals=bool(given.get("totals")),
        stale_after=stale_after,
    )


def _clocks(db: Database, given: Given) -> tuple[date, KnownAt]:
    """Return both clocks of the edition that was named; raises `UsageMistake` where a clock is given beside it."""
    from posture.reports.editions import get_edition

    for name in ("as_of", "known_at"):
        if given.get(name):
            raise UsageMistake(
                f"--edition {given['edition']} has its own clocks: leave --{name.replace('_', '-')} out, or --edition"
            )
    found = get_edition(db, given["edition"])
    return found.as_of, found.known


def about(db: Database, given: Given) -> str:
    """Return the names of what the question is about, for the header: `France, Niger`; with the edition, if one is asked for."""
    from posture.reports.editions import get_edition
    from posture.store import lookup

    asked = [
        lookup.get_code(db, noun, given[noun])
        for noun in ("actor", "location", "asset_type", "deployment")
        if given.get(noun)
    ]
    names = [str(row["name"] or row["code"]) for row in asked]
    editions = [get_edition(db, given[name]).code for name in ("since_edition", "edition") if given.get(name)]
    if editions:
        since = "since " if not given.get("edition") else ""
        names = [*(names or [EVERYTHING]), f"{since}edition {' to '.join(editions)}"]
    return ", ".join(names)


def one_end(given: Given, end: str, other: str) -> str | None:
    """Return the word for one end of a period, of two options that mean it; raises `UsageMistake` where both are given."""
    if given.get(end) and given.get(other):
        named = "to" if end == "until" else end
        names = (f"--{name.replace('_', '-')}" for name in (named, other))
        raise UsageMistake(f"{' and '.join(names)} name the same end; give one of them")
    word: str | None = given.get(end) or given.get(other)
    return word


def known_at(word: str) -> str:
    """Return the moment that was given; raises `UsageMistake` for a bare number, which is neither a date nor an entry."""
    if word.strip().isdecimal() and len(word.strip()) not in (4, 8):
        raise UsageMistake(
            f"--known-at {word} is no date; for entry #{word.strip()} write '#{word.strip()}', in quotes"
        )
    return word


def whole_number(flag: str, word: str | None, *, least: int = 0) -> int | None:
    """Return the number that was given after a flag, None where it was not; raises `UsageMistake` for anything else."""
    if word is None:
        return None
    text = word.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise UsageMistake(f'{flag} must be a whole number, {least} or more, not "{word[:40]}"')
    return int(text)


def _basis(word: str | None) -> str:
    from posture.domain.vocabulary import CountingBasis

    wanted = (word or "present").strip().lower()
    allowed = [str(basis) for basis in CountingBasis]
    if wanted not in allowed:
        raise UsageMistake(f'no counting basis "{word}"; use one of {", ".join(allowed)}')
    return wanted
