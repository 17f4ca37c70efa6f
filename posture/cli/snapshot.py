"""`posture db snapshot`: the reports of one question as tables of a file of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.question import question
from posture.cli.session import say
from posture.errors import UsageMistake
from posture.reports.wording import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Write the snapshot, and with --datasette what Datasette is told about it."""
    from posture.exports.snapshot import snapshot

    path, force = given["file"], bool(given.get("force"))
    if path == "-" or "://" in path:
        raise UsageMistake("a snapshot is a file; name one, such as posture.db")
    if given.get("datasette"):
        _refuse_metadata(path, force=force)
    with session.database(readonly=True) as db, db.read():
        made = snapshot(db, question(session, db, given), path, force=force)
    known = f"#{made.known_seq}" + (f" ({instant(made.known_at)})" if made.known_at else "")
    lines, plans, claims, sources = (
        f"{made.rows[table]:,} {noun}{'' if made.rows[table] == 1 else 's'}"
        for table, noun in (("posture", "line"), ("plan", "plan"), ("claim", "claim"), ("source", "source"))
    )
    say(
        f"{made.path}: as of {made.as_of}, as known at {known}: the posture of {lines}, {plans}, {claims} of {sources};"
        f" {made.size:,} bytes"
    )
    if given.get("datasette"):
        from posture.exports.datasette import write_metadata

        described = write_metadata(made, force=force)
        say(f"{described}: open both with datasette {made.path} --metadata {described}")


def _refuse_metadata(path: str, *, force: bool) -> None:
    """Refuse before anything is written what could not be written in the end."""
    import os

    from posture.exports.datasette import metadata_path
    from posture.exports.snapshot_file import refuse_to_replace

    refuse_to_replace(metadata_path(os.path.realpath(os.path.expanduser(path))), force=force)
