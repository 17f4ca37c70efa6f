"""`posture dump` and `posture load`: the whole database as lines of JSON, and back, on either engine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from posture.cli.session import ReaderGone, flush, say
from posture.errors import PostureError, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posture.cli.session import Session
    from posture.store.dump_format import Header


def dump(session: Session, given: Mapping[str, Any]) -> None:
    """Write the dump to a file, or to standard output."""
    from posture.exports.dump import dump as write_dump
    from posture.exports.dump import dump_file

    path = given["file"]
    with session.database(readonly=True) as db:
        if path == "-":
            if sys.stdout is None:
                raise PostureError("there is no standard output to write to")
            try:
                made = write_dump(db, sys.stdout.buffer)
            except BrokenPipeError as error:
                raise ReaderGone from error
            except OSError as error:
                raise PostureError(f"cannot write the output: {error.strerror}") from error
            flush()
        else:
            made = dump_file(db, path, force=bool(given.get("force")), tell=_telling())
        place = db.url
    name = "standard output" if path == "-" else path
    say(f"{name}: all of {place}, {_told(made.header, made.rows)}")


def load(session: Session, given: Mapping[str, Any]) -> None:
    """Make the database from a dump in a file, or on standard input."""
    from posture.imports.load import DumpFile, destination, dump_file
    from posture.imports.load import load as read_dump

    def read(file: DumpFile) -> None:
        with destination(session.settings.database_url, timeout=session.timeout) as db:
            loaded = read_dump(db, file, _telling())
            place = db.url
        say(f"{place} is the database that was dumped, {_told(loaded.header, loaded.rows)}")
        if not loaded.computed:
            say('run "posture db refresh" before reading the current posture by SQL')

    if given["file"] != "-":
        with dump_file(given["file"]) as file:
            read(file)
        return
    if sys.stdin is None:
        raise UsageMistake("there is no standard input to read")
    read(DumpFile(sys.stdin.buffer, "standard input"))


def _told(header: Header, rows: Mapping[str, int]) -> str:
    """Return how far a dump goes, in words."""
    head = f"; head {header.seq}:{header.head}" if header.head else ""
    return f"up to entry #{header.seq}: {rows['status_change']:,} claims, {sum(rows.values()):,} rows in all{head}"


def _telling() -> Callable[[str], None]:
    """Return what shows how far a long command is: a line on a terminal, and nothing anywhere else."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _: None
    return lambda line: say(f"{line}...")
