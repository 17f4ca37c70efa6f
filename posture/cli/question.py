"""The question of a report as typed: both clocks, what to show, and the words for what is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture import clock
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from posture.cli.output import Draws
    from posture.cli.session import Session
    from posture.reports.as_of import Question
    from posture.reports.report import Report
    from posture.store.connection import Database


def answer(
    session: Session,
    given: Mapping[str, Any],
    compute: Callable[[Database, Question], Report],
    draw: Callable[..., Iterable[str]] | None = None,
) -> Report:
    """Compute a report for the question that was typed, print it in the form that was asked for, and return it.

    `draw` gets the report, the width, `styled` and `about`; without it the report's own table is printed.
    """
    from posture.cli.output import print_report
    from posture.cli.tables import sheet

    with session.database(readonly=True) as db, db.read():
        report = cited(db, given, compute(db, question(session, db, given)))
        whom = about(db, given)

        def drawn(report: Report, width: int, *, styled: bool) -> Iterable[str]:
            return (draw or sheet)(report, width, styled=styled, about=whom)

        drawing: Draws = drawn
        print_report(session, given, report, drawing)
        return report


def cited(db: Database, given: Mapping[str, Any], report: Report) -> Report:
    """Return the report with its sources beside its figures, where `--cite` asks for them."""
    if not given.get("cite"):
        return report
    from posture.reports.citing import cite

    return cite(db, report)


def about(db: Database, given: Mapping[str, Any]) -> str:
    """Return the names of what the question is about, for the header: `France, Niger`."""
    from posture.store import lookup

    asked = [
        lookup.get_code(db, noun, given[noun])
        for noun in ("actor", "location", "asset_type", "deployment")
        if given.get(noun)
    ]
    return ", ".join(row["name"] or row["code"] for row in asked)


def question(session: Session, db: Database, given: Mapping[str, Any]) -> Question:
    """Return the question that the words mean; raises the readers' own errors for words that cannot be read."""
    from posture.domain.dates import read_day
    from posture.domain.grade import read_grade
    from posture.reports.as_of import Question, resolve_known_at

    today = clock.today()
    known = resolve_known_at(db, known_at(given["known_at"])) if given.get("known_at") else None
    return Question(
        as_of=read_day(given["as_of"], today=today) if given.get("as_of") else today,
        known_seq=known.seq if known else None,
        actor=given.get("actor"),
        location=given.get("location"),
        asset_type=given.get("asset_type"),
        deployment=given.get("deployment"),
        basis=_basis(given.get("basis")),
        min_grade=str(read_grade(given["min_grade"])) if given.get("min_grade") else None,
        projected=bool(given.get("projected")),
        totals=bool(given.get("totals")),
        stale_after=session.settings.number("stale_after"),
    )


def one_end(given: Mapping[str, Any], end: str, other: str) -> str | None:
    """Return the word for one end of a period, of two options that mean it; raises `UsageMistake` where both are given."""
    if given.get(end) and given.get(other):
        named = "to" if end == "until" else end
        names = (f"--{name.replace('_', '-')}" for name in (named, other))
        raise UsageMistake(f"{' and '.join(names)} name the same end; give one of them")
    word: str | None = given.get(end) or given.get(other)
    return word


def known_at(word: str) -> str:
    """Return the moment that was typed; raises `UsageMistake` for a bare number, which is neither a date nor an entry."""
    if word.strip().isdecimal() and len(word.strip()) not in (4, 8):
        raise UsageMistake(
            f"--known-at {word} is no date; for entry #{word.strip()} write '#{word.strip()}', in quotes"
        )
    return word


def whole_number(flag: str, word: str | None, *, least: int = 0) -> int | None:
    """Return the number that was typed after a flag, None where it was not; raises `UsageMistake` for anything else."""
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
