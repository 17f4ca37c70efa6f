"""`posture correct | retract | undo | show | history`: what happens to a claim once it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.log import claim_number, entry_number, modality
from posture.cli.written import print_written
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session

_CHANGES = (
    *("line", "quantity", "status", "on", "stated_on", "source", "grade", "excerpt", "locator", "own_words"),
    *("basis", "complete", "reason", "note", "transfer", "other"),
)
_LINKS = ("fulfils", "partly_fulfils", "cancels", "supersedes")


def correct(session: Session, given: Mapping[str, Any]) -> None:
    """Record a claim anew, corrected."""
    from posture.ledger import claims

    changes: dict[str, Any] = {name: given[name] for name in _CHANGES if given.get(name) is not None}
    changes |= {name: tuple(map(claim_number, given[name])) for name in _LINKS if given.get(name)}
    changes |= {name: claim_number(given[name]) for name in ("same_as", "after") if given.get(name)}
    if (said := modality(given)) is not None:
        changes["modality"] = said
    number = claim_number(given["claim"])
    if not changes:
        raise UsageMistake(
            f'nothing to correct: say what claim {number} should say, such as --quantity 105 (see "posture correct --help")'
        )
    print_written(
        session, given, claims.correct(session.database(), number, changes, session.writing(given, "correct"))
    )


def retract(session: Session, given: Mapping[str, Any]) -> None:
    """Withdraw one claim, an entry, an event, or all that rests on a source."""
    from posture.ledger import claims

    what: dict[str, Any] = {name: given[name] for name in ("source", "event") if given.get(name)}
    if given.get("claim"):
        what["claim"] = claim_number(given["claim"])
    if given.get("entry"):
        what["entry"] = entry_number(given["entry"])
    if len(what) != 1:
        raise UsageMistake("say one thing to retract: a claim's number, or --entry, --source or --event")
    print_written(session, given, claims.retract(session.database(), **what, writing=session.writing(given, "retract")))


def undo(session: Session, given: Mapping[str, Any]) -> None:
    """Undo an entry by a new one."""
    from posture.ledger import claims

    print_written(
        session, given, claims.undo(session.database(), entry_number(given["entry"]), session.writing(given, "undo"))
    )


def show(session: Session, given: Mapping[str, Any]) -> None:
    """Show one thing, whatever it is."""
    from posture.cli import tables
    from posture.cli.output import print_report
    from posture.reports.show import show as find

    with session.database(readonly=True) as db:
        print_report(session, given, find(db, given["thing"]), tables.record)


def history(session: Session, given: Mapping[str, Any]) -> None:
    """List the entries of the ledger, newest first."""
    from posture.cli import history_table
    from posture.cli.output import print_report
    from posture.reports.asked import known_at, whole_number
    from posture.reports.history import Asked
    from posture.reports.history import history as find

    limit = whole_number("--limit", given.get("limit"))
    asked = Asked(
        line=given.get("line"),
        source=given.get("source"),
        action=given.get("action"),
        recorded_by=given.get("by"),
        since=given.get("since"),
        known_at=known_at(given["known_at"]) if given.get("known_at") else None,
        limit=20 if limit is None else limit,
    )
    with session.database(readonly=True) as db:
        print_report(session, given, find(db, asked), history_table.lines)
