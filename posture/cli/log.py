"""`posture log ...`: from what was typed to a draft, and to one entry of the ledger."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.cli.written import print_written
from posture.domain.draft import ClaimDraft
from posture.errors import NotFound, UnknownCode, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session

MODALITIES = ("planned", "possible", "demanded", "negotiating", "denied")
_AS_TYPED = (
    "on",
    "quantity",
    "status",
    "grade",
    "excerpt",
    "locator",
    "stated_on",
    "reason",
    "note",
    "transfer",
    "other",
    "own_words",
)
_LINKS = ("fulfils", "partly_fulfils", "cancels", "supersedes")


def claim(session: Session, given: Mapping[str, Any]) -> None:
    """Record a claim, and those that the same statement makes beside it, as one entry."""
    from posture.ledger.claims import log

    drafts = _drafts(given)
    writing = session.writing(given, "log")
    with _mending(given):
        written = log(session.database(), drafts, writing)
    print_written(session, given, written)


def move(session: Session, given: Mapping[str, Any]) -> None:
    """Record that some left one line and arrived in another."""
    from posture.ledger.claims import move as record_move

    draft = _draft(given["from_line"], "decrease", given)
    writing = session.writing(given, "move")
    with _mending(given):
        written = record_move(session.database(), given["from_line"], given["to_line"], draft, writing)
    print_written(session, given, written)


@contextmanager
def _mending(given: Mapping[str, Any]) -> Iterator[None]:
    """Add to the error about a missing line that `--create` makes it."""
    try:
        yield
    except UnknownCode as unknown:
        if given.get("create") or unknown.noun not in ("deployment", "asset"):
            raise
        raise NotFound(f"{unknown} (--create makes it on the way)") from unknown


def _drafts(given: Mapping[str, Any]) -> list[ClaimDraft]:
    """Return the claims of one statement: the one that was typed first, and one for each `--also`."""
    first = _draft(given["line"], given["kind"], given)
    also = [_line_and_quantity(word) for word in given.get("also") or ()]
    if also and first.same_as is not None:
        raise UsageMistake("--same-as joins one claim with one other: log what is said --also in an entry of its own")
    return [first, *(replace(first, line=line, quantity=quantity) for line, quantity in also)]


def _line_and_quantity(word: str) -> tuple[str, str]:
    line, sign, quantity = word.partition("=")
    if not (line.strip() and sign and quantity.strip()):
        raise UsageMistake(f'cannot read --also "{word}"; write LINE=QUANTITY, such as fra-ner/personnel=47')
    return line.strip(), quantity.strip()


def _draft(line: str, kind: str, given: Mapping[str, Any]) -> ClaimDraft:
    fields: dict[str, Any] = {name: given.get(name) for name in _AS_TYPED}
    fields |= {name: tuple(claim_number(word) for word in given.get(name) or ()) for name in _LINKS}
    fields |= {name: claim_number(given[name]) for name in ("same_as", "after") if given.get(name)}
    return ClaimDraft(
        line=line,
        kind=kind,
        source=given.get("source") or "",
        modality=modality(given) or "actual",
        basis=given.get("basis") or "present",
        complete=bool(given.get("complete")),
        **fields,
    )


def modality(given: Mapping[str, Any]) -> str | None:
    """Return the one modality that was typed, or None; raises `UsageMistake` for two."""
    said = [word for word in (*MODALITIES, "actual") if given.get(word)]
    if len(said) > 1:
        raise UsageMistake(f"a claim is one of --{' and --'.join(said)}, not both")
    return said[0] if said else None


def claim_number(word: str) -> int:
    """Return the number of a claim, written 12 or c12; raises `UsageMistake` for anything else."""
    digits = word.strip().lower().removeprefix("c")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise UsageMistake(f'"{word}" is no claim; write its number, such as 12 (see "posture history")')
    return int(digits)


def entry_number(word: str) -> int:
    """Return the number of an entry, written 7 or #7; raises `UsageMistake` for anything else."""
    digits = word.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise UsageMistake(f'"{word}" is no entry; write its number, such as 7 or "#7" (see "posture history")')
    return int(digits)
