"""A claim as the rules see it: one immutable record, its place in the order of claims, and when it applies.

Dates are ISO text (`2023-09-06`), which sorts as dates do; a missing bound is None and never a made-up number. The record
is a named tuple because a report reads hundreds of thousands of them.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

NEVER = "9999-12-31"
"""A day after all others: the latest day of what has no latest day."""

FLOWS = frozenset({"increase", "decrease"})
"""The kinds that move a line rather than state it."""


class Claim(NamedTuple):
    """One visible claim: recorded by then, not withdrawn by then."""

    id: int
    """Number of the claim."""
    seq: int
    """Entry that recorded it."""
    ordinal: int
    """Place within its entry."""
    deployment: int
    """Deployment that it is about."""
    line: int | None
    """Asset that it is about; None is the deployment itself."""
    kind: str
    """count, increase, decrease, status or announcement."""
    on: str
    """The date that orders claims: earliest start, or latest start where that is open."""
    low: int | None = None
    """Least quantity; None is an open bound."""
    best: int | None = None
    """The quantity said, where one number was said."""
    high: int | None = None
    """Greatest quantity; None is an open bound."""
    form: str | None = None
    """number, share, unknown, withheld, or None for no quantity at all."""
    text: str | None = None
    """The quantity in the source's words."""
    share_low: float | None = None
    """Least share of what was there."""
    share_high: float | None = None
    """Greatest share of what was there."""
    share_open: bool = False
    """The least share itself is excluded (`most` is more than half)."""
    status: str | None = None
    """Code of the status, for kind status."""
    axis: str | None = None
    """The status's axis."""
    basis: str | None = "present"
    """What the figure counts: present, authorised or assigned."""
    complete: bool = False
    """The source says that the parts its statement lists are all there are."""
    modality: str = "actual"
    """actual, planned, possible, demanded, negotiating or denied."""
    start: str | None = None
    """Earliest start; None is open."""
    by: str | None = None
    """Latest start."""
    until: str | None = None
    """Latest end of a happening, or stated end of a state."""
    at: str | None = None
    """The instant, where the time of day is known."""
    stated_on: str = ""
    """The day it was said."""
    transfer: str | None = None
    """Joins the two sides of a move."""
    other: int | None = None
    """Deployment on the other side of a move."""
    same_as: int | None = None
    """Claim that reports the same happening."""
    after: int | None = None
    """Claim of the same day that this one happened after."""
    source: int = 0
    """Source that says so."""
    origin: int = 0
    """Source that it goes back to, as known then."""
    grade: str = "B2"
    """Reliability and credibility."""
    admissible: bool = True
    """Reliability A, B, C or F and credibility 1, 2, 3 or 6."""
    rank: int = 0
    """Place of the grade in the order of grades; 0 is best."""
    own_words: bool = True
    """The origin's own words, not a repeat."""
    statement: int = 0
    """The entry that first recorded it: a correction or restatement stays part of the statement that it mends."""
    when: tuple[str, str] | None = None
    """First and last day that were said, where a projection has moved a plan to another day."""
    marker: bool = False
    """Not a count in itself but read as one: where a platform is, or is no longer."""


def order(claim: Claim) -> tuple[bool, str, int, bool, int, int]:
    """Return the key of the order of claims: the greatest key is the first claim, and no two claims share one."""
    return (claim.admissible, claim.on, -claim.rank, claim.own_words, claim.seq, claim.ordinal)


def latest_start(claim: Claim) -> str:
    """Return the last day on which it may have begun; an open one is after all days."""
    return claim.by or NEVER


def end(claim: Claim) -> str:
    """Return the last day on which a happening may have ended; an open one is after all days."""
    return claim.until or claim.by or NEVER


def has_lapsed(claim: Claim, as_of: str) -> bool:
    """Return whether a state's stated end lies before the day."""
    return claim.until is not None and claim.until < as_of


def span(claim: Claim) -> tuple[str, str]:
    """Return the first and last day of a happening; an open start reaches back without end."""
    return claim.when or (claim.start or "", end(claim))


def as_none(claim: Claim) -> Claim:
    """Return the phase `withdrawn` as the count of none that it is: its own grade, dated at its latest start."""
    day = latest_start(claim)
    return claim._replace(kind="count", on=day, start=day, low=0, best=0, high=0, form="number", basis="present")


def of_origin(claim: Claim, origin: int) -> Claim:
    """Return the claim with the source that it goes back to."""
    return Claim._make((*claim[:_ORIGIN], origin, *claim[_ORIGIN + 1 :]))  # a third of the time that _replace takes


_ORIGIN = Claim._fields.index("origin")


def statement(claim: Claim) -> int:
    """Return the entry whose statement the claim is part of."""
    return claim.statement or claim.seq


@lru_cache(maxsize=20_000)
def days_after(day: str, days: int) -> str:
    """Return the date a number of days later (or earlier), within the calendar that we keep.

    Remembered: a report asks it of the same few thousand days for each of its lines.
    """
    ordinal = date.fromisoformat(day).toordinal() + days
    if ordinal < 1:
        return "0001-01-01"
    return str(date.fromordinal(min(ordinal, date.max.toordinal())))


def days_between(earlier: str, later: str) -> int:
    """Return the number of days from one date to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
