"""What a file of an export holds: named, typed fields, rows in batches, both clocks, notes and sources.

A content knows nothing of files; a form (`posture.exports.forms`) writes it as one. Its rows are read once, as they are
written, so that a million of them need no more memory than a batch: whoever makes a content keeps the snapshot that it
reads from (`with db.read()`) open until it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.exports.coded import Coded, Row
from posture.exports.fields import Field, fields_of
from posture.reports.report import Footnote, Report

if TYPE_CHECKING:
    from posture.reports.as_of import KnownAt, Question
    from posture.store.connection import Database

AT_ONCE = 10_000
"""Rows of a batch."""


class Place(NamedTuple):
    """Where a row is, for a map."""

    name: str
    """What the place is called."""
    latitude: float | None
    """Degrees north, WGS 84; None where it was never found."""
    longitude: float | None
    """Degrees east, WGS 84."""
    precision: str | None
    """exact, vicinity, locality or area."""


class Time(NamedTuple):
    """The time that a row is about, as days; None where an end is open."""

    begin: str | None
    end: str | None


def _no_sources() -> Sequence[Footnote]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a file is to hold."""

    name: str
    """What it is, one word for a file name: posture, plans, claims, changes..."""
    fields: tuple[Field, ...]
    """The columns of a table of it, in order."""
    key: tuple[str, ...] = ()
    """The fields that tell one row from every other, where there are such."""
    batches: Callable[[], Iterator[list[Row]]]
    """Gives the rows, so many at a time, in an order that is always the same. Read once for each file."""
    coded: Callable[[], Coded] | None = None
    """Gives the same rows as a database hands them over quickest, where there may be very many."""
    as_of: str | None
    """The day of the world that it is about; None where it is about none, as a feed is."""
    known_seq: int
    """The last entry that it knows; 0 before the first."""
    known_at: str | None
    """The instant of that entry."""
    database_id: str | None = None
    """Which ledger it is of."""
    about: str = ""
    """What was asked about, in words: `Niger, Personnel`; empty: everything."""
    notes: tuple[str, ...] = ()
    """What a reader must know beside the rows, a line each."""
    sources: Callable[[], Sequence[Footnote]] = _no_sources
    """Gives the sources that its figures go back to: number, code and text. Asked for by forms that list them."""
    report: Report | None = None
    """The report that it is, if it is one: the forms that a terminal has too write it as they do there."""
    place: Callable[[Mapping[str, Any]], Place | None] | None = None
    """Gives the place of a row (by the names of the fields); None where the rows are about no places."""
    time: Callable[[Mapping[str, Any]], Time] | None = None
    """Gives the time of a row; None where the rows are about none."""
    snapshot: Callable[[str], int] | None = None
    """Writes a SQLite snapshot of the question behind it to a path and returns its rows; None where there is no question."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows one by one."""
        for batch in self.batches():
            yield from batch

    def mappings(self) -> Iterator[dict[str, Any]]:
        """Yield the rows by the names of the fields."""
        names = [each.name for each in self.fields]
        for row in self.rows():
            yield dict(zip(names, row, strict=True))


def content_of(db: Database, report: Report, question: Question | None = None) -> Content:
    """Return a report as the content of a file; with its question, a snapshot can be written of it too."""
    from posture.exports import places
    from posture.exports.formats import told_apart

    names = report.columns

    def batches() -> Iterator[list[Row]]:
        return batched(tuple(row.get(name) for name in names) for row in told_apart(report))

    return Content(
        name=report.name,
        fields=fields_of(report),
        batches=batches,
        as_of=report.as_of or None,
        known_seq=report.known_seq,
        known_at=report.known_at,
        database_id=database_id(db),
        about=report.about,
        notes=tuple(report.notes),
        sources=lambda: _cited(db, report),
        report=report,
        place=places.of_rows(db, report),
        time=places.times(report.columns, report.as_of),
        snapshot=snapshot_of(db, question),
    )


def batched(rows: Iterable[Row], size: int = AT_ONCE) -> Iterator[list[Row]]:
    """Yield rows so many at a time."""
    from itertools import islice

    waiting = iter(rows)
    while batch := list(islice(waiting, size)):
        yield batch


def database_id(db: Database) -> str | None:
    """Return which ledger a database holds."""
    found = db.value("select database_id from database_identity")
    return None if found is None else str(found)


def snapshot_of(db: Database, question: Question | None) -> Callable[[str], int] | None:
    """Return what writes the snapshot of a question; None where there is none."""
    if question is None:
        return None

    def write(path: str) -> int:
        from posture.exports.snapshot import snapshot

        # Totals are in a snapshot anyway, in a table of their own.
        return sum(snapshot(db, replace(question, totals=False), path).rows.values())

    return write


def _cited(db: Database, report: Report) -> Sequence[Footnote]:
    from posture.reports.citing import cite

    return report.footnotes or cite(db, report).footnotes


def claims_content(db: Database, question: Question, known: KnownAt | None = None) -> Content:
    """Return every claim that stands at both clocks, as few in memory at a time as a batch holds.

    A claim stands if it was recorded by then and not withdrawn by then, and is about that day or one before it; a plan from
    the day on which it was stated. The filters of the question hold; raises UnknownCode or AmbiguousCode for a word that
    names nothing, or several things.
    """
    from posture.exports.claims import claims

    return claims(db, question, known)
