"""What the rows of the reports that show single claims say, key by key: evidence, timeline and conflicts.

The records from which their JSON Schemas are made; the reports themselves hand out plain dictionaries with these keys.
"""

from __future__ import annotations

from dataclasses import dataclass

from posture.domain.envelope import ReportEnvelope
from posture.domain.report_rows import PlanOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One claim about a line, and what it is to the line's figure; the figure stands on every row."""

    deployment: str
    """Code of the deployment."""
    asset: str | None
    """Code of the asset within its deployment; null for the deployment as a whole, which has a state and no figure."""
    low: int | None
    """The line's figure, after the lines were made to agree: the fewest; null is not known, which is not zero."""
    best: int | None
    """The line's figure: the likeliest number, where one is known."""
    high: int | None
    """The line's figure: the most; null is not known."""
    stated_low: int | None
    """What was stated about this line alone: the fewest."""
    stated_best: int | None
    """What was stated about this line alone: the likeliest number."""
    stated_high: int | None
    """What was stated about this line alone: the most."""
    line_flags: list[str]
    """What to beware of in the line's figure, one word each."""
    reports: int
    """How many sources tell what was stated about the line."""
    origins: int
    """To how many distinct origins they go back."""
    claim: int
    """Number of the claim."""
    group: str
    """decided, confirmed, set_aside or retracted."""
    role: str
    """What the claim is to the figure, in a fixed word."""
    why: str
    """What the claim is to the figure, in a sentence."""
    flags: list[str]
    """The flags of the line that this claim caused."""
    about: str
    """What the claim is about: this line, its deployment, or another line that moved this one."""
    kind: str
    """What it claims: count, increase, decrease, status or announcement."""
    status: str | None
    """Code of the status, for kind status."""
    modality: str
    """actual, or denied."""
    quantity_text: str | None
    """The quantity in the source's words."""
    effective: str
    """When it was so, in EDTF."""
    when: str
    """When it was so, in words: a vague date is shown as vague."""
    on: str
    """The day that orders it."""
    stated_on: str
    """The day it was said."""
    source: str
    """Code of the source."""
    title: str
    """Title of the source."""
    source_text: str
    """The source for a person: title, publisher, date, address."""
    repeats: str | None
    """Code of the source that the story goes back to, if it is another."""
    grade: str
    """Reliability and credibility, such as B2."""
    grade_words: str
    """The grade spelled out."""
    excerpt: str | None
    """The passage that says so."""
    locator: str | None
    """Where in the source it is."""
    by: int | None
    """Number of the claim that decided in its place, or that speaks for it."""
    retracted_by_entry: int | None
    """The entry that retracted it."""
    replaced_by: int | None
    """Number of the claim that stands in the place of a retracted one."""
    claims: list[int]
    """Number of the claim, once more: from it come the sources of `--cite`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoMoved:
    """What a claim did to another line than its own."""

    line: str
    """Address of the line."""
    on: str
    """The day as of which the figure is told."""
    low: int | None
    """The fewest."""
    best: int | None
    """The likeliest number, where one is known."""
    high: int | None
    """The most; null is not known."""
    flags: list[str]
    """What to beware of in the line's figure, one word each."""
    role: str
    """What the claim is to that line's figure, in a fixed word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeOf:
    """A plan whose fate a claim decides."""

    relation: str
    """fulfils, partly_fulfils, cancels or supersedes."""
    plan: int
    """Number of the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One claim, plan or event in the line of time."""

    on: str
    """The day on which it stands: when it was so; of a plan, when it was said."""
    when: str
    """When it was so, in words: a vague date is shown as vague."""
    what: str
    """claim, plan or event."""
    claim: int | None
    """Number of the claim; null of an event."""
    event: str | None
    """Code of the event."""
    deployment: str | None
    """Code of the deployment that a claim is about."""
    asset: str | None
    """Code of the asset that a claim is about; null for the deployment as a whole."""
    location: str | None
    """Code of the place of an event."""
    actors: list[str]
    """Who had which part in an event: `fra: agent`."""
    kind: str
    """What a claim claims, or what kind of happening an event is."""
    status: str | None
    """Code of the status, for kind status."""
    modality: str | None
    """actual, planned, possible, demanded, negotiating or denied; null of an event."""
    quantity_text: str | None
    """The quantity in the source's words."""
    says: str
    """What it says, in a few words."""
    low: int | None
    """The agreed figure of the claim's own line as of this day: the fewest; null is not known, or there is none to tell."""
    best: int | None
    """The agreed figure as of this day: the likeliest number, where one is known."""
    high: int | None
    """The agreed figure as of this day: the most; null is not known."""
    line_flags: list[str]
    """What to beware of in that figure, one word each."""
    role: str | None
    """What the claim is to that figure, in a fixed word; null of plans, words and events."""
    did: str | None
    """What the claim is to that figure, in a sentence."""
    also: list[AlsoMoved]
    """What it did to other lines."""
    due: str | None
    """The latest date of a plan."""
    state: str | None
    """What has become of a plan as of the day asked for: open, partly_fulfilled, fulfilled, cancelled, superseded or overdue."""
    outcomes: list[PlanOutcome]
    """The claims that decide the fate of a plan."""
    outcome_of: list[OutcomeOf]
    """The plans whose fate this claim decides."""
    slip_low: int | None
    """By how many days at least a plan's latest date was missed; negative is early, null not known."""
    slip_high: int | None
    """By how many days at most its latest date was missed; null is not known, or not over yet."""
    slip_claim: int | None
    """Number of the claim whose date that is: what fulfilled the plan, or took its place."""
    overdue_days: int | None
    """Days past its latest date, where a plan is overdue."""
    effective: str
    """When it was so, in EDTF."""
    stated_on: str | None
    """The day it was said; null of an event."""
    source: str
    """Code of the source."""
    repeats: str | None
    """Code of the source that the story goes back to, if it is another."""
    grade: str | None
    """Reliability and credibility, such as B2; null of an event."""
    grade_words: str | None
    """The grade spelled out."""
    excerpt: str | None
    """The passage that says so."""
    locator: str | None
    """Where in the source it is."""
    retracted_by_entry: int | None
    """The entry that retracted it."""
    replaced_by: int | None
    """Number of the claim that stands in the place of a retracted one."""
    claims: list[int]
    """Number of the claim, once more; empty of an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictsRow:
    """Two claims about one line that cannot both be true: the one that stands, and what speaks against it."""

    deployment: str
    """Code of the deployment."""
    asset: str
    """Code of the asset within its deployment."""
    kind: str
    """count, denial, overdrawn, parts_above_whole, doubted or capped."""
    gap: int | None
    """How far the two figures are apart at least; null where one of them is none."""
    gap_share: float | None
    """The gap as a share of the larger of the two, 0 to 1."""
    claim: int
    """Number of the claim that stands."""
    about: str
    """What that claim is about: this line, or of kind capped the whole."""
    says: str
    """What it says, in a few words."""
    when: str
    """When it was so, in words."""
    low: int | None
    """What it says, brought to the day of the other: the fewest."""
    best: int | None
    """What it says: the likeliest number, where one is known."""
    high: int | None
    """What it says: the most; null is not known."""
    source: str
    """Code of its source."""
    origin: str
    """Code of the source that it goes back to."""
    grade: str
    """Its reliability and credibility, such as B2."""
    grade_words: str
    """Its grade spelled out."""
    excerpt: str | None
    """The passage that says so."""
    other_claims: list[int]
    """Numbers of the claims that speak against it: one, or those of parts that exceed it together."""
    other_about: str
    """What those are about; of several, separated by `; `, as all that follows."""
    other_says: str
    """What they say."""
    other_when: str
    """When it was so."""
    other_low: int | None
    """What they say, brought to the day of the first: the fewest; of several parts, their sum."""
    other_best: int | None
    """What they say: the likeliest number, where one is known."""
    other_high: int | None
    """What they say: the most; null is not known."""
    other_source: str
    """Codes of their sources."""
    other_origin: str
    """Codes of the sources that they go back to."""
    other_grade: str
    """Their grades."""
    other_grade_words: str
    """Their grades spelled out."""
    other_excerpt: str | None
    """The passages."""
    claims: list[int]
    """Numbers of all claims of the row."""


EvidenceReport = ReportEnvelope[EvidenceRow]
"""The evidence report as JSON: line by line, within it by group."""

TimelineReport = ReportEnvelope[TimelineRow]
"""The timeline as JSON: in the order of the days."""

ConflictsReport = ReportEnvelope[ConflictsRow]
"""The conflicts report as JSON: the largest gap first."""
