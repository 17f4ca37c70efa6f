"""Where and when a row of a report is: what maps draw, and a slider of time goes along."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from posture.exports.content import Place, Time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from posture.reports.report import Report
    from posture.store.connection import Database

_LOCATED = ("location", "to_location", "from_location")
"""Columns that name a location, the first that does so in a row counting."""
_UNTIL_THEN = ""
"""Stands for the day of the report: what held since a day held until then, and of later days nothing is said."""
_SPANS = (
    ("since", _UNTIL_THEN),
    ("first", "last"),
    ("on", "on"),
    ("newest_used_on", _UNTIL_THEN),
    ("own_on", _UNTIL_THEN),
    ("after_since", _UNTIL_THEN),
    ("stated_on", "due"),
)
"""Columns in which the time of a row begins and ends; the first of which a report has the beginning counts."""
_PLACES = "select l.name, l.latitude, l.longitude, l.precision, {code} from location l"


def of_rows(db: Database, report: Report) -> Callable[[Mapping[str, Any]], Place | None] | None:
    """Return what tells the place of a row: of its deployment, else of its location; None for a report about no places."""
    located = [name for name in _LOCATED if name in report.columns]
    if not located and "deployment" not in report.columns:
        return None

    @cache
    def known() -> tuple[dict[str, Place], dict[str, Place]]:
        return (
            _read(db, _PLACES.format(code="d.code") + " join deployment d on d.location_id = l.id"),
            _read(db, _PLACES.format(code="l.code")),
        )

    def place(row: Mapping[str, Any]) -> Place | None:
        deployments, locations = known()
        if row.get("deployment") is not None:
            return deployments.get(row["deployment"])
        return next((locations[row[name]] for name in located if row.get(name) in locations), None)

    return place


def _read(db: Database, sql: str) -> dict[str, Place]:
    return {row[4]: Place(*row[:4]) for row in db.tuples(sql)}


def times(columns: Sequence[str], as_of: str) -> Callable[[Mapping[str, Any]], Time] | None:
    """Return what tells the time of a row of a report; None for one about no time."""
    for begin, end in _SPANS:
        if begin in columns:
            return lambda row: _time(row.get(begin), as_of if end == _UNTIL_THEN else row.get(end))
    return None


def _time(begin: str | None, end: str | None) -> Time:
    """Return a time; an end before its beginning, as of a plan that is stated late, is none."""
    return Time(begin or None, end if end and (not begin or end >= begin) else None)


def of_claims(db: Database) -> Callable[[Mapping[str, Any]], Place | None]:
    """Return what tells the place of a claim: the location of its deployment, called as a report's map calls it."""

    @cache
    def known() -> dict[str, Place]:
        return _read(db, _PLACES.format(code="l.code"))

    return lambda row: known().get(row["location_code"])


def time_of_claim(row: Mapping[str, Any]) -> Time:
    """Return when a claim says that it was: from its earliest start to its latest end, or latest start where no end is said."""
    return _time(row["effective_from"], row["effective_until"] or row["effective_by"])
