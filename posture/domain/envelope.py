"""What a report hands to other programs: one JSON object that states both clocks, and its rows.

These records document that form, and their JSON Schema is made from them; reports themselves hand out plain dictionaries
with these keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")

FLAGS = {
    "capped": "a newer count of a containing line allows no more than this",
    "conflict": "parts as new as the whole add up to more than it",
    "contested": "another origin's figure or denial cannot be squared with this one",
    "doubted": "a newer claim exists that is not admissible",
    "lapsed": "the only count there is has ended",
    "maybe_same": "flows of different origins may be one happening",
    "overdrawn": "more was said to leave than there was",
    "parts_newer": "a part has been counted since, and moved this line",
    "projected": "open planned changes were applied, as was asked",
    "stale": "the newest claim used is older than the limit",
    "total": "not a line but a total of lines, in exports that hold both",
    "uncertain": "a flow may lie before the base, or be incomplete",
    "unquantified": "a flow without a bound was limited by what there was",
    "withheld": "a newer source refuses the number",
}
"""The words that a posture row may carry in `flags`, and what each says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAt:
    """The record time of a report: what this database had learned by then."""

    seq: int
    """Number of the last ledger entry that the report knows; 0 before the first."""
    at: str | None
    """Instant of that entry, in UTC: `2023-11-14T09:00:00.000000Z`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPoint:
    """The first of the two points of time that a report compares, or lies between; the second are its own clocks."""

    as_of: str
    """World time: the day."""
    known_at: KnownAt
    """Record time: what had been recorded by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInForce:
    """One status that holds on its axis, for the whole line or for part of it."""

    code: str
    """Code of the status: `grounded`, `drawing_down`."""
    low: int | None
    """The fewest that it holds for; null for the whole line, or where that is open."""
    best: int | None
    """How many it holds for, where one number was said."""
    high: int | None
    """The most that it holds for; null for the whole line, or where that is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureRow:
    """What one line holds, as of a day, as known then: figures, status, and the evidence for them."""

    deployment: str | None
    """Code of the deployment."""
    actor: str | None
    """Code of the actor whose forces these are."""
    location: str | None
    """Code of the location that they are at."""
    asset: str | None
    """Code of the asset within its deployment; null for a total or for the deployment itself."""
    asset_type: str | None
    """Code of the asset type."""
    low: int | None
    """The fewest, after the lines were made to agree; null is not known, which is not zero."""
    best: int | None
    """The likeliest number, where one is known."""
    high: int | None
    """The most; null is not known."""
    stated_low: int | None
    """The fewest by what was stated about this line alone."""
    stated_best: int | None
    """The likeliest number by what was stated about this line alone."""
    stated_high: int | None
    """The most by what was stated about this line alone."""
    quantity_text: str | None
    """The words of the base: the count that the figure starts from."""
    status: dict[str, list[StatusInForce]]
    """The statuses in force by axis: phase, presence, activity, condition, lifecycle."""
    since: str | None
    """The day of the base."""
    source: str | None
    """Code of the source of the base."""
    grade: str | None
    """Reliability and credibility of the base, such as B2."""
    origins: int
    """How many distinct origins stand behind the figure; ten papers that quote one official are one."""
    flags: list[str]
    """What to beware of, one word each."""
    change_id: int | None
    """Number of the claim that is the base; `posture show` tells all about it."""
    reports: int
    """How many sources stand behind the figure, repeats among them."""
    claims: list[int]
    """Every claim that decided the figure and its flags; `posture report evidence` tells what each did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEnvelope(Generic[Row]):
    """Any report as JSON."""

    report: str
    """Name of the report: posture, plans, history..."""
    schema_version: int
    """Version of this form; rises when a key changes its meaning or goes. New keys may come at any time."""
    as_of: str
    """World time: the day that the report is about, `2023-12-22`."""
    known_at: KnownAt
    """Record time: what had been recorded by then."""
    rows: list[Row]
    """The rows; their keys are those of the report."""
    notes: tuple[str, ...] = ()
    """What a reader must know beside the rows, such as that the catalogue was changed since; absent where nothing is."""
    since: FirstPoint | None = None
    """The first point, where the report is about two points of time or what lies between; else absent."""


AnyReport = ReportEnvelope[dict[str, Any]]
"""Any report as JSON, whatever its rows."""

PostureReport = ReportEnvelope[PostureRow]
"""The posture report as JSON: a row for each line, in the order of deployment and asset."""
