"""`posture import`: reads the mapping and the file, shows how far it is, and tells what was taken and what was not."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.cli.session import say, telling_of, write
from posture.domain.codes import visible
from posture.errors import DatabaseMissing, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from posture.cli.session import Session
    from posture.imports.importing import Outcome, Progress
    from posture.imports.table import Table


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Import a file, or sketch a mapping of it."""
    if given.get("sketch"):
        _sketch(session, given)
        return
    if not given.get("map"):
        raise UsageMistake("say what the columns mean: --map MAP.toml; --sketch prints a first one")
    rejecting = given.get("rejects") is not None
    with _opened(given, rejecting=rejecting) as table:
        from posture.imports.importing import import_file
        from posture.imports.mapping import read_mapping
        from posture.imports.rejects import Rejects

        sheet = read_mapping(given["map"])
        if rejecting and not given.get("dry_run"):
            _refuse_target(given["rejects"], (given["file"], given["map"], *sheet.files))
        rejects = Rejects(table.columns) if rejecting else None
        try:
            with _progress(quiet=bool(given.get("quiet"))) as progress:
                outcome = import_file(
                    session.database(),
                    session.writing(given, "import"),
                    sheet,
                    table,
                    rejects=rejects,
                    update=bool(given.get("update")),
                    progress=progress,
                )
            notes = table.notes
            seq = outcome.written.seq if outcome.written else None
            with telling_of(seq):
                if rejects is not None and not given.get("dry_run"):
                    write(rejects.lines(), given["rejects"])
                _tell(given, outcome, notes)
        finally:
            if rejects is not None:
                rejects.close()


def _refuse_target(path: str, sources: Iterable[str | os.PathLike[str]]) -> None:
    """Raise `UsageMistake` for rejects that could not be written, or would take the place of what is read.

    Before anything is recorded: they are written after it, when it is too late to say so.
    """
    if path == "-":
        return
    place = os.path.realpath(path)
    if os.path.isdir(place):
        raise UsageMistake(f"--rejects {path} is a folder; name a file")
    if os.path.exists(path) and not os.path.isfile(path):
        return  # a pipe, /dev/null
    if any(place == os.path.realpath(source) for source in sources):
        raise UsageMistake(f"--rejects {path} is what is read, and would be lost; name another file")
    folder = os.path.dirname(place)
    if not os.path.isdir(folder):
        raise UsageMistake(
            f"--rejects {path}: there is no folder {os.path.dirname(path) or folder}; make it, or name another"
        )
    if not os.access(folder, os.W_OK):
        raise UsageMistake(f"--rejects {path}: nothing can be written in {folder}; name another folder")


def _opened(given: Mapping[str, Any], *, rejecting: bool = False) -> Table:
    """Return the file as a table."""
    from posture.imports.reading import open_table

    return open_table(
        given["file"],
        format=given.get("format"),
        encoding=given.get("encoding"),
        sheet=given.get("sheet"),
        rejecting=rejecting,
    )


def _sketch(session: Session, given: Mapping[str, Any]) -> None:
    """Print a first mapping of a file; the database, where there is one, says which words are known."""
    from posture.imports.sketch import sketch

    with _opened(given, rejecting=True) as table:
        try:
            db = session.database(readonly=True)
        except DatabaseMissing:
            db = None
        write(sketch(table, db, today=clock.today()).splitlines())


def _tell(given: Mapping[str, Any], outcome: Outcome, notes: tuple[str, ...]) -> None:
    dry = bool(given.get("dry_run"))
    if given.get("as_json"):
        write([_as_json(outcome, dry_run=dry)])
        return
    if not given.get("quiet"):
        for line in (*notes, *_lines(outcome, dry_run=dry)):
            say(line)
    if dry:
        write(_preview(outcome))
        return
    if outcome.written is not None and outcome.written.seq is not None:
        write([f"entry #{outcome.written.seq}"])
        if not given.get("quiet") and not outcome.written.repeated:
            say(f"undo with: posture undo {outcome.written.seq}")


def _lines(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """Yield what happened, for a person."""
    yield f"{outcome.read:,} rows read: {outcome.accepted:,} accepted, {outcome.rejected:,} rejected"
    if outcome.left_out:
        yield f"  of them {outcome.left_out:,} left out as the mapping says, for rows that are about the same"
    would = "would be " if dry_run else ""
    if outcome.written is not None and outcome.written.repeated:
        yield from outcome.written.understood
    elif outcome.catalogue:
        yield f"{outcome.same:,} were there before; {outcome.changed:,} are there and say otherwise: they stay as they are"
    else:
        corrections = f", {outcome.corrected:,} of them corrections" if outcome.corrected else ""
        yield f"{outcome.recorded:,} claims {would}recorded{corrections}; {outcome.same:,} were recorded before; {outcome.silent:,} cells report nothing"
    if outcome.changed > outcome.corrected and not outcome.catalogue:
        yield f"{outcome.changed - outcome.corrected:,} claims changed since they were recorded, and were left as they are: --update corrects them"
    nouns = {noun: [code for each, code in outcome.made if each == noun] for noun, _ in outcome.made}
    for noun, codes in nouns.items():
        more = f" and {len(codes) - 8:,} more" if len(codes) > 8 else ""
        yield f"{len(codes):,} new: {noun.replace('_', '-')} {', '.join(codes[:8])}{more}"
    for row in outcome.reasons:
        at = f', column "{visible(row.column)}"' if row.column else ""
        yield f"  line {row.line}{at}: {visible(row.reason)}"
    if outcome.rejected > len(outcome.reasons):
        yield f"  and {outcome.rejected - len(outcome.reasons):,} more"


def _preview(outcome: Outcome) -> Iterator[str]:
    """Yield the first claims as they would be recorded, a line each."""
    for row in outcome.first:
        words = [
            row["kind"] if row["modality"] == "actual" else f"{row['modality']} {row['kind']}",
            row["quantity_text"],
        ]
        said = " ".join(visible(word) for word in words if word)
        grade = f"{row['reliability']}{row['credibility']}"
        yield f"{row['line']}: {said}, effective {row['effective_edtf']}, source {row['source']}, graded {grade}"


def _as_json(outcome: Outcome, *, dry_run: bool) -> str:
    from posture.exports.formats import json_text

    names = ("read", "accepted", "rejected", "left_out", "recorded", "corrected", "same", "changed", "silent")
    return json_text(
        {
            "file": outcome.name,
            "entry": outcome.written.seq if outcome.written else None,
            **{name: getattr(outcome, name) for name in names},
            "made": [{"noun": noun, "code": code} for noun, code in outcome.made],
            "reasons": [
                {"line": row.line, "column": row.column, "value": row.value, "reason": row.reason}
                for row in outcome.reasons
            ],
            "dry_run": dry_run,
        }
    )


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    """Show how far an import is, on a terminal only."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Bytes of the file, or claims, in a second."""

        def render(self, task: Any) -> Text:
            speed = task.finished_speed or task.speed
            if not speed:
                return Text("")
            return Text(f"{speed / 1e6:.1f} MB/s" if task.description == "reading" else f"{speed:,.0f} claims/s")

    console = Console(stderr=True)
    shown = (TextColumn("{task.description}"), BarColumn(), Rate(), TimeRemainingColumn())
    with Progress(*shown, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, of: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        yield told
