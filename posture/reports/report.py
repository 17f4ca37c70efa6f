"""The answer to a question: rows, both clocks, and the statements behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """A report, ready to be printed in any form."""

    name: str
    """posture, plans, history..."""
    as_of: str
    """The day of the world that it is about."""
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
