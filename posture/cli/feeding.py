"""`posture feed`: what was recorded since a cursor, and a copy that is kept by it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from posture.cli.session import say, write
from posture.errors import UnknownWord, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posture.cli.session import Session
    from posture.exports.content import Content
    from posture.imports.applying import Applied

FORMS_OF_FEED = (".jsonl", ".csv", ".atom")
"""The ends of names by which a file of a feed says what form it has."""


def write_feed(session: Session, given: Mapping[str, Any]) -> None:
    """Write the feed after a cursor to a file or to standard output, and say where the next one goes on."""
    from posture.exports.feed import changes_content
    from posture.store.feed_format import read_cursor

    path = given["file"]
    form = _form(path)
    after = read_cursor(given["after"]) if given.get("after") else None
    with session.database(readonly=True) as db, db.read():
        content, end = changes_content(db, after)
        first = (after.seq if after else 0) + 1
        if first > end.seq and after is not None:
            say(f"nothing was recorded since entry #{end.seq}: nothing was written")
            return
        if path == "-":
            from posture.exports.formats import json_text

            write(json_text(row) for row in content.mappings())
        else:
            rows = _to_file(content, path, form, force=bool(given.get("force")))
            told = (
                f"entries #{first} to #{end.seq}" if first < end.seq else f"entry #{end.seq}" if end.seq else "no entry"
            )
            say(f"{path}: {told}, {rows:,} rows")
    say(f"the next one goes on with --after {end}")


def _form(path: str) -> str:
    """Return the form that a name asks for; raises `UnknownWord` for another."""
    if path == "-":
        return "jsonl"
    end = os.path.splitext(path)[1].lower()
    if end not in FORMS_OF_FEED:
        raise UnknownWord("form of a feed", end or path, FORMS_OF_FEED, ())
    return end.removeprefix(".")


def _to_file(content: Content, path: str, form: str, *, force: bool) -> int:
    from posture.exports.forms import FORMS
    from posture.exports.snapshot_file import put_in_place, refuse_to_replace

    target = os.path.realpath(os.path.expanduser(path))
    refuse_to_replace(target, force=force)
    with put_in_place(target) as beside:
        return FORMS[form].write(content, beside)


def apply_feed(session: Session, given: Mapping[str, Any]) -> None:
    """Apply the files of a feed to the database that the settings name, made where it is missing."""
    from posture.imports.applying import apply, files_of
    from posture.imports.load import destination

    names = list(given["files"])
    if names.count("-") and sys.stdin is None:
        raise UsageMistake("there is no standard input to read")
    if names.count("-") > 1:
        raise UsageMistake("standard input can be read once")
    files = [(sys.stdin.buffer, "standard input") if name == "-" else name for name in files_of(names)]
    with destination(session.settings.database_url, timeout=session.timeout) as db:
        applied = apply(db, files, _telling())
        _tell(applied, db.url)


def _tell(applied: Applied, place: str) -> None:
    here = f"; {applied.known:,} {'was' if applied.known == 1 else 'were'} here already" if applied.known else ""
    entries = f"{applied.entries:,} {'entry' if applied.entries == 1 else 'entries'}"
    say(f"{place}: {entries} applied, {applied.rows:,} rows{here}")
    write([f"head {applied.head}"])
    if not applied.computed:
        say('run "posture db refresh" before reading the current posture by SQL')


def _telling() -> Callable[[str], None]:
    """Return what shows how far a long command is: a line on a terminal, and nothing anywhere else."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _: None
    return lambda line: say(f"{line}...")
