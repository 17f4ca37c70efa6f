"""`posture report posture | plans`: the question as typed, and the answer in the form that was asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.cli.session import Session
    from posture.reports.as_of import Question
    from posture.reports.report import Report
    from posture.store.connection import Database


def posture(session: Session, given: Mapping[str, Any]) -> None:
    """Print the posture as of a day and as known at a moment."""
    from posture.cli import posture_table
    from posture.cli.output import print_report
    from posture.reports.posture import posture as compute

    with session.database(readonly=True) as db, db.read():
        question = _question(session, db, given)
        found = compute(db, question)
        altered = (
            _altered(found, compute(db, replace(question, projected=False))) if question.projected else frozenset()
        )
        if question.projected and found.rows and not altered:
            found = replace(found, notes=(*found.notes, "no open planned change alters these figures"))

        def draw(report: Report, width: int, *, styled: bool) -> Iterable[str]:
            names = posture_table.names(db, report)
            about = _about(db, given)
            if question.projected:
                report = _flagged_where(report, altered)
            return posture_table.lines(
                report, width, styled=styled, names=names, about=about, projected=question.projected
            )

        print_report(session, given, found, draw)


def _altered(ahead: Report, now: Report) -> frozenset[tuple[Any, Any]]:
    """Return the lines whose figures are others in a projected posture than in that of the day."""
    figures = {_line(row): _figures(row) for row in now.rows}
    return frozenset(_line(row) for row in ahead.rows if row["deployment"] and _figures(row) != figures.get(_line(row)))


def _flagged_where(report: Report, altered: frozenset[tuple[Any, Any]]) -> Report:
    """Return a projected posture as a screen shows it: the heading says what it is, the flag where it makes a difference."""
    return replace(
        report,
        rows=[
            row if _line(row) in altered else {**row, "flags": [flag for flag in row["flags"] if flag != "projected"]}
            for row in report.rows
        ],
    )


def _line(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["deployment"], row["asset"]


def _figures(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return row["low"], row["best"], row["high"]


def plans(session: Session, given: Mapping[str, Any]) -> None:
    """Print the plans and what became of them."""
    from posture.cli import plans_table
    from posture.cli.output import print_report
    from posture.reports.plans import plans as compute

    with session.database(readonly=True) as db, db.read():

        def draw(report: Report, width: int, *, styled: bool) -> Iterable[str]:
            return plans_table.lines(report, width, styled=styled, about=_about(db, given))

        print_report(session, given, compute(db, _question(session, db, given)), draw)


def _about(db: Database, given: Mapping[str, Any]) -> str:
    """Return the names of what the question is about, for the header: `France, Niger`."""
    from posture.store import lookup

    asked = [
        lookup.get_code(db, noun, given[noun])
        for noun in ("actor", "location", "asset_type", "deployment")
        if given.get(noun)
    ]
    return ", ".join(row["name"] or row["code"] for row in asked)


def _question(session: Session, db: Database, given: Mapping[str, Any]) -> Question:
    """Return the question that the words mean; raises the readers' own errors for words that cannot be read."""
    from posture.domain.dates import read_day
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
        projected=bool(given.get("projected")),
        totals=bool(given.get("totals")),
        stale_after=session.settings.number("stale_after"),
    )


def known_at(word: str) -> str:
    """Return the moment that was typed; raises `UsageMistake` for a bare number, which is neither a date nor an entry."""
    if word.strip().isdecimal() and len(word.strip()) not in (4, 8):
        raise UsageMistake(
            f"--known-at {word} is no date; for entry #{word.strip()} write '#{word.strip()}', in quotes"
        )
    return word


def _basis(word: str | None) -> str:
    from posture.domain.vocabulary import CountingBasis

    wanted = (word or "present").strip().lower()
    allowed = [str(basis) for basis in CountingBasis]
    if wanted not in allowed:
        raise UsageMistake(f'no counting basis "{word}"; use one of {", ".join(allowed)}')
    return wanted
