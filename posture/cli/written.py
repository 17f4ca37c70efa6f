"""Says what was written: the new ids as data, and how it was understood and can be undone as talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.nouns import NOUNS
from posture.cli.session import say, telling_of, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session
    from posture.ledger.entry import Written

_CODED = (*(noun.table for noun in NOUNS if noun.table != "asset"), "edition")
"""Tables whose rows are known by their code alone; an asset needs its deployment too."""


def print_written(session: Session, given: Mapping[str, Any], written: Written, *, told: tuple[str, ...] = ()) -> None:  # noqa: ARG001
    """Print the outcome of a command that writes: `claim 12`, `entry #7` on standard output, the rest beside it."""
    with telling_of(None if given.get("dry_run") else written.seq):
        _print(given, written, told)


def _print(given: Mapping[str, Any], written: Written, told: tuple[str, ...]) -> None:
    if given.get("as_json"):
        write([_as_json(written, dry_run=bool(given.get("dry_run")))])
        return
    if not given.get("quiet"):
        for line in (*told, *written.understood):
            say(line)
    if given.get("dry_run"):
        write(_rows(written))
        if not given.get("quiet"):
            say("dry run: these rows would be written; nothing was")
        return
    write([*_ids(written), f"entry #{written.seq}"])
    if not given.get("quiet") and not written.repeated:
        say(f"undo with: posture undo {written.seq}")


def _ids(written: Written) -> list[str]:
    """Return what is new, a line each: `claim 12`, `deployment fra-ner`."""
    added = [f"{table.replace('_', '-')} {row['code']}" for table, row in written.rows if table in _CODED]
    return [*added, *(f"claim {claim['id']}" for claim in written.claims)]


def _rows(written: Written) -> list[str]:
    """Return every row as JSON lines: `{"table": ..., "row": {...}}`, texts and all, as it would be stored."""
    from posture.exports.formats import json_text

    return [json_text({"table": table, "row": dict(row)}) for table, row in written.rows]


def _as_json(written: Written, *, dry_run: bool) -> str:
    from posture.exports.formats import json_text

    answer = {
        "entry": written.seq,
        "claims": [claim["id"] for claim in written.claims],
        "understood": written.understood,
        "repeated": written.repeated,
        "dry_run": dry_run,
        "rows": [{"table": table, "row": dict(row)} for table, row in written.rows],
    }
    return json_text(answer)
