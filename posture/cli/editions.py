"""`posture edition`: a name for a pair of clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.written import print_written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session


def create(session: Session, given: Mapping[str, Any]) -> None:
    """Record an edition; without clocks, of today and of all that is recorded."""
    from posture import clock
    from posture.domain.dates import read_day
    from posture.ledger.editions import Draft
    from posture.ledger.editions import create as record
    from posture.reports.as_of import resolve_known_at
    from posture.reports.asked import known_at

    today = clock.today()
    db = session.database()
    known = resolve_known_at(db, known_at(given["known_at"])) if given.get("known_at") else None
    draft = Draft(
        code=given["name"],
        as_of=read_day(given["as_of"], today=today) if given.get("as_of") else today,
        known_seq=known.seq if known else None,
        name=given.get("title"),
        note=given.get("note"),
    )
    print_written(session, given, record(db, draft, session.writing(given, "edition")))


def list_them(session: Session, given: Mapping[str, Any]) -> None:
    """List the editions in the order in which they were made."""
    from functools import partial

    from posture.cli import tables
    from posture.cli.output import print_report
    from posture.reports.editions import editions

    draw = partial(tables.lines, shown=("code", "as_of", "known_seq", "name"))
    with session.database(readonly=True) as db:
        print_report(session, given, editions(db), draw)


def show(session: Session, given: Mapping[str, Any]) -> None:
    """Show one edition."""
    from posture.cli import tables
    from posture.cli.output import print_report
    from posture.reports.editions import editions, get_edition

    with session.database(readonly=True) as db:
        get_edition(db, given["name"])  # and that it rests on what it was made of
        print_report(session, given, editions(db, given["name"]), tables.record)
