"""The answer to a question: rows, both clocks, and the statements behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Column(NamedTuple):
    """One column of the table that people read, on a screen or in Markdown."""

    title: str
    """What stands above it: `How many`."""
    text: Callable[[Mapping[str, Any]], str]
    """The cell of a row, in words; empty where there is nothing to say."""
    right: bool = False
    """Whether it stands on the right, as numbers do."""
    figure: bool = False
    """Whether it is what the row's sources say: there stand the numbers of the footnotes."""


class Footnote(NamedTuple):
    """A source that figures of a report go back to."""

    number: int
    """By which rows refer to it."""
    source: str
    """Its code."""
    text: str
    """What it is, for a person: title, publisher, date, address."""


class Since(NamedTuple):
    """The first of the two points of time that a report lies between, or compares."""

    as_of: str
    """Its day of the world."""
    known_seq: int
    """The last entry that it knows."""
    known_at: str | None
    """Instant of that entry."""


@dataclass(frozen=True)
class Report:
    """A report, ready to be printed in any form."""

    name: str
    """posture, plans, history..."""
    as_of: str
    """The day of the world that it is about; empty where it is about none, as a query can be."""
    known_seq: int
    """Number of the last entry that it knows; 0 before the first."""
    known_at: str | None
    """Instant of that entry."""
    rows: list[dict[str, Any]]
    columns: tuple[str, ...]
    """The keys of a row that a table shows, in order."""
    empty_because: str | None = None
    """Why there are no rows, in a line for a person."""
    sql: Sequence[str] = ()
    """The statements behind it, runnable as they stand."""
    notes: Sequence[str] = ()
    """What a reader must know beside the rows, a line each: such as that the catalogue has been changed since."""
    shown: Sequence[Column] = ()
    """The table that people read; where empty, `columns` as they are."""
    footnotes: Sequence[Footnote] = ()
    """The sources cited, if they were asked for; rows refer to them by `cite`."""
    since: Since | None = None
    """Where a report is about two points of time or what lies between them: the first one; its own clocks are the second."""
    page: Sequence[str] = ()
    """The whole as lines of Markdown, of a report that is a page rather than a table."""
    about: str = ""
    """What was asked about, in words: `Niger, Personnel`; empty: everything."""
