"""What the rows of reports say, key by key: the records from which their JSON Schemas are made.

Reports themselves hand out plain dictionaries with these keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from posture.domain.envelope import ReportEnvelope, StatusInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why an answer is another: a claim, a declaration of origin, or a change of the catalogue."""

    mark: str
    """What about it: new, corrected, retracted, restored, origin, dated, completed, ended, again, stated, outcome, overdue, catalogue."""
    entry: int | None
    """Number of the ledger entry that recorded it; null where nothing but time did."""
    claim: int | None
    """Number of the claim, if it is one."""
    replaced_by: int | None
    """Number of the claim that a correction put in its place."""
    source: str | None
    """Code of the source that says so."""
    grade: str | None
    """Reliability and credibility of the claim."""
    effective: str | None
    """When it was so, in EDTF."""
    said: str
    """What it says, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """What changed of one line, of a deployment as a whole, or of a plan, between two points of time."""

    deployment: str
    """Code of the deployment."""
    actor: str
    """Code of the actor whose forces these are."""
    location: str
    """Code of the location that they are at."""
    asset: str | None
    """Code of the asset within its deployment; null for the deployment as a whole."""
    asset_type: str | None
    """Code of the asset type."""
    plan_id: int | None
    """Number of the plan, in the row of a plan; null in the row of a line."""
    plan: str | None
    """What is planned, in a few words."""
    kinds: list[str]
    """What changed: appeared, vanished, figure, status, flags, evidence, plan; empty where nothing did."""
    before_low: int | None
    """The fewest, at the first point; null is not known, which is not zero."""
    before_best: int | None
    """The likeliest number, at the first point, where one is known."""
    before_high: int | None
    """The most, at the first point; null is not known."""
    before_status: dict[str, list[StatusInForce]]
    """The statuses in force by axis, at the first point; the phase stands in the row of the deployment."""
    before_flags: list[str]
    """What to beware of, at the first point, one word each."""
    before_source: str | None
    """Code of the source of the base, at the first point."""
    before_grade: str | None
    """Reliability and credibility of the base, at the first point."""
    before_since: str | None
    """The day of the base, at the first point; of a plan, the day it was stated."""
    before_origins: int | None
    """How many distinct origins stood behind the figure, at the first point."""
    before_reports: int | None
    """How many sources told it, at the first point."""
    before_state: str | None
    """The state of the plan, at the first point; null where there was none, or the row is of no plan."""
    after_low: int | None
    """The fewest, at the second point; null is not known, which is not zero."""
    after_best: int | None
    """The likeliest number, at the second point, where one is known."""
    after_high: int | None
    """The most, at the second point; null is not known."""
    after_status: dict[str, list[StatusInForce]]
    """The statuses in force by axis, at the second point; the phase stands in the row of the deployment."""
    after_flags: list[str]
    """What to beware of, at the second point, one word each."""
    after_source: str | None
    """Code of the source of the base, at the second point."""
    after_grade: str | None
    """Reliability and credibility of the base, at the second point."""
    after_since: str | None
    """The day of the base, at the second point; of a plan, the day it was stated."""
    after_origins: int | None
    """How many distinct origins stood behind the figure, at the second point."""
    after_reports: int | None
    """How many sources told it, at the second point."""
    after_state: str | None
    """The state of the plan, at the second point; null where there was none, or the row is of no plan."""
    change_low: int | None
    """The figure rose at least so much (a fall is negative); null is not known, or the figure is the same."""
    change_best: int | None
    """By how much the likeliest number rose, where both are known."""
    change_high: int | None
    """The figure rose at most so much; null is not known, or the figure is the same."""
    why: list[Cause]
    """The claims that made the difference; empty where time alone did."""
    claims: list[int]
    """Numbers of the claims behind the second figure, and behind the difference."""
    marks: list[str] = field(default_factory=list)
    """Between two editions alone: new, corrected, redefined, as many as are true; empty where nothing changed."""


DiffReport = ReportEnvelope[DiffRow]
"""What changed between two points of either clock, as JSON; `since` is the first point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """One passage in which what was sought occurs."""

    rank: int
    """Its place: 1 fits best."""
    kind: str
    """source, claim, event, or the kind of row of the catalogue that a note is on."""
    what: str
    """Code of the row; of a claim its number and its line: `c12 fra-ner/drones`."""
    title: str
    """Title of the source or event, name of a row of the catalogue; empty for a claim."""
    date: str | None
    """Day of publication of a source; when a claim or an event was so, in EDTF."""
    source: str | None
    """Code of the source, or of the one that the claim or event has."""
    grade: str | None
    """Reliability and credibility of a claim."""
    passage: str
    """The part of the text where most of it stands together; `…` where something was left out."""
    matches: list[list[int]]
    """First and last offset in `passage` of each place where it occurs."""
    retracted: bool
    """Whether the claim was withdrawn by then; such claims are found only if asked for."""
    claims: list[int]
    """Number of the claim, if it is one."""


SearchReport = ReportEnvelope[SearchRow]
"""The search report as JSON: a row for each passage, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalConflict:
    """Parts as new as the whole that add up to more than it."""

    parts_by: str
    """What they are parts by: actor, location, asset_type, platform, or operation (of which the largest counts)."""
    parts_low: int
    """What they add up to, at the fewest."""
    gap: int
    """By how much that exceeds the whole at its most."""
    whole: str
    """The line that is the whole: `fra-ner/personnel`."""
    whole_claims: list[int]
    """Number of the count that the whole rests on; empty where it rests on none."""
    parts: list[str]
    """The lines that make up the sum."""
    parts_claims: list[int]
    """Numbers of the counts that they rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRow:
    """How much there is at one node: an actor, a location and an asset type, each with all that lies below it."""

    actor: str | None
    """Code of the actor; null for all actors."""
    actor_name: str | None
    """Its name."""
    location: str | None
    """Code of the location; null for everywhere."""
    location_name: str | None
    """Its name."""
    asset_type: str
    """Code of the asset type."""
    asset_type_name: str
    """Its name."""
    level: int
    """How many nodes that are shown lie above it in the tree first asked by; 0 at the top."""
    across: int
    """Place of the node in the tree asked by second, in the order shown; 0 where one tree is asked by."""
    low: int
    """At least so many."""
    best: int | None
    """The likeliest number, where one is known."""
    high: int | None
    """At most so many; null where nobody said a high of the whole: then the low is an "at least"."""
    rests_on: str
    """own: a figure of the node itself; own_and_parts: one that its parts raise or complete; parts: their sum;
    complete_parts: their sum, where one source says that they are all there are."""
    own: str | None
    """The line that is the node's own: `fra-ner/personnel`."""
    own_claim: int | None
    """Number of the count that the own figure rests on."""
    own_on: str | None
    """The day of that count; of a plan the last day that was said, null where none was."""
    own_planned: bool
    """That count is a plan, taken as carried out."""
    parts_by: str | None
    """By what the parts were added that give the largest sum: actor, location, asset_type, platform or operation."""
    parts_low: int | None
    """That sum, at the fewest; null where there are no parts."""
    parts: list[str]
    """The lines that make up that sum."""
    older_parts: list[str]
    """Lines below the node whose counts are older than its own."""
    conflicts: list[TotalConflict]
    """Sums of parts as new as the whole that exceed it, one for each way to add; the whole's own figure stands."""
    lines: int
    """How many lines lie at or below the node."""
    flags: list[str]
    """capped (its low is of parts that are no more than what a newer whole leaves room for), conflict, projected."""
    claims: list[int]
    """Numbers of the claims that decided the figure."""


TotalsReport = ReportEnvelope[TotalsRow]
"""The totals report as JSON: the nodes of a tree from the top down, or each pair of two trees crossed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRow:
    """How old the newest evidence about one line is, against its limit."""

    deployment: str
    """Code of the deployment."""
    actor: str
    """Code of the actor whose forces these are."""
    location: str
    """Code of the location that they are at."""
    asset: str
    """Code of the asset within its deployment."""
    asset_type: str
    """Code of the asset type."""
    low: int | None
    """The fewest, after the lines were made to agree."""
    best: int | None
    """The likeliest number, where one is known."""
    high: int | None
    """The most; null is not known."""
    newest_used: int | None
    """Number of the newest claim that the figure comes from; null where there is none."""
    newest_used_on: str | None
    """The day that orders that claim: when it was so, not when it was said or recorded."""
    age_days: int | None
    """Days from then to the day of the report; null where no claim is used."""
    limit_days: int
    """After so many days the line's evidence is stale."""
    limit_by: str
    """Whose limit that is: code of an asset type or actor, default, or all for one that was asked for."""
    over: bool
    """The newest claim used is older than the limit, or none is used; never where the figure is 0: nothing is left."""
    over_days: int | None
    """By how many days, where it is older."""
    rests_on: str
    """admissible: claims that are graded well enough; doubted: none but such as are not; lapsed: a count that has ended;
    no_number: claims without a number; status: a status alone."""
    newest: int | None
    """Number of the newest claim of any kind about the line: a count, a flow or a status, used or not."""
    newest_on: str | None
    """The day that orders that claim."""
    newest_age_days: int | None
    """Days from then to the day of the report."""
    newest_is: str | None
    """What it is to the figure: used, status, repeat, lapsed, doubted, no_number, not_used."""
    source: str | None
    """Code of the source of the newest claim used, or, where none is, of the newest of any kind."""
    grade: str | None
    """Reliability and credibility of that claim."""
    flags: list[str]
    """What to beware of in the figure, one word each; age apart."""
    claims: list[int]
    """Numbers of these claims."""


StaleReport = ReportEnvelope[StaleRow]
"""The stale report as JSON: a row for each line, the one that waits longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """What one line, or a total, came to at the end of one period."""

    deployment: str | None
    """Code of the deployment; null for a total."""
    actor: str | None
    """Code of the actor whose forces these are; null for a total over all actors."""
    location: str | None
    """Code of the location that they are at; null for a total over all places."""
    asset: str | None
    """Code of the asset within its deployment; null for a total."""
    asset_type: str
    """Code of the asset type."""
    period: str
    """The period: `2023-10-05`, `2023-W40`, `2023-10`, `2023-Q4` or `2023`."""
    first: str
    """Its first day."""
    last: str
    """Its last day."""
    as_of: str
    """The day as of which it is read: its last, unless the series ends or today lies before that."""
    so_far: bool
    """Whether it was read before it was over."""
    known_seq: int
    """Number of the last ledger entry that the figure knows."""
    low: int | None
    """The fewest; null is nothing known, which is not zero."""
    best: int | None
    """The likeliest number, where one is known."""
    high: int | None
    """The most; null is not known."""
    flags: list[str]
    """What to beware of, one word each."""
    source: str | None
    """Code of the source of the base."""
    grade: str | None
    """Reliability and credibility of the base."""
    origins: int
    """How many distinct origins stand behind the figure; 0 for a total."""
    reports: int
    """How many sources tell it; 0 for a total."""
    claims: list[int]
    """Numbers of the claims that decided the figure."""


SeriesReport = ReportEnvelope[SeriesRow]
"""A figure period by period, as JSON: for each line its periods in order; `since` is the first point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesRow:
    """What one source, origin or publisher has said by the day, as known then, and how it turned out."""

    by: str
    """What the row is about: source, origin or publisher."""
    code: str | None
    """Code of the source, or of the origin; the publisher's name, null for sources that name none."""
    title: str | None
    """Title of the source or of the origin."""
    publisher: str | None
    """Its publisher."""
    sources: int
    """How many sources are counted in the row: of an origin, itself and those that repeat it."""
    made: int
    """Claims made, plans and denials among them: each once, in the form in which it stands, or last stood if taken back."""
    own_words: int
    """Of these, those in the source's own words."""
    repeated: int
    """Of these, those that repeat another source."""
    decides: int
    """Claims that a line's figure comes from now: its base, or what was folded after it."""
    compared: int
    """Claims that another origin's admissible ones can be held against: counts with another's count or denial of the line
    within 30 days, and flows that another reports too (`same_as`)."""
    confirmed: int
    """Of those compared, the ones with which another origin agrees: the counts overlap, once brought to the same day."""
    contradicted: int
    """Of those compared, the ones that cannot be squared with another origin's; a claim can be confirmed and contradicted."""
    share_confirmed: float | None
    """confirmed of compared, 0 to 1; null where none were compared."""
    share_contradicted: float | None
    """contradicted of compared, 0 to 1; null where none were compared."""
    corrected: int
    """Claims that stand in a corrected form."""
    retracted: int
    """Claims taken back, with nothing in their place."""
    share_retracted: float | None
    """retracted of made, 0 to 1."""
    plans: int
    """Plans that it told of, on the basis asked for; told by several, a plan is each one's."""
    plans_open: int
    """Plans that are still to come."""
    plans_partly_fulfilled: int
    """Plans carried out in part."""
    plans_fulfilled: int
    """Plans carried out."""
    plans_cancelled: int
    """Plans called off."""
    plans_superseded: int
    """Plans in whose place another came."""
    plans_overdue: int
    """Plans past their latest date, of which nothing was heard."""
    claims: list[int]
    """Numbers of the claims that decide a figure now or that were compared."""


SourcesReport = ReportEnvelope[SourcesRow]
"""The sources report as JSON: a row for each source, origin or publisher, the one with the most claims first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefItem:
    """One item of the page: a total, a line, a change, a plan, a disagreement."""

    section: str
    """Totals, By area, Posture, Changed, Known otherwise now, Open plans, Disagreements."""
    group: str
    """The deployment or area that it stands under; empty for none."""
    name: str
    """The name of that deployment."""
    about: str
    """What it is about: a kind of asset, a line, a plan."""
    said: str
    """What is said of it, in words."""
    change: str
    """What changed within the week, or what is in conflict."""
    low: int | None
    """The fewest, of an item that is a figure; null is not known."""
    best: int | None
    """The likeliest number, where one is known."""
    high: int | None
    """The most; null is not known."""
    claims: list[int]
    """The claims behind it."""
    cite: list[int]
    """The footnotes of the sources behind it."""
    cited: list[str]
    """Codes of these sources."""


BriefReport = ReportEnvelope[BriefItem]
"""The brief as JSON: a row for each item of the page, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementsRow:
    """One happening of a period, or what came to and left one line or one place in it."""

    kind: str
    """movement: one happening; balance: a line; place: a location and all in it. Keys of the other kinds are null."""
    actor: str | None
    """Code of the actor whose forces these are; null for a place."""
    from_deployment: str | None
    """Of a movement: code of the deployment that it left; null where nobody has said."""
    from_location: str | None
    """Of a movement: code of the location that it left."""
    to_deployment: str | None
    """Of a movement: code of the deployment that it came to; null where nobody has said."""
    to_location: str | None
    """Of a movement: code of the location that it came to."""
    deployment: str | None
    """Of a balance: code of the deployment."""
    location: str | None
    """Of a balance or a place: code of the location."""
    asset: str | None
    """Code of the asset within its deployment."""
    asset_type: str | None
    """Code of the asset type; of a place, the top one. Null for an asset that lies outside what was asked about."""
    low: int | None
    """Of a movement: at least so many."""
    best: int | None
    """Of a movement: the likeliest number, where one is known."""
    high: int | None
    """Of a movement: at most so many; null is not known."""
    quantity_text: str | None
    """Of a movement: the quantity in the source's words."""
    effective: str | None
    """Of a movement: when it happened, in EDTF."""
    first: str | None
    """Of a movement: the first day on which it can have begun."""
    last: str | None
    """Of a movement: the last day on which it can have ended."""
    certainty: str | None
    """Of a movement: certain, or possible where its dates only overlap the period."""
    reason: str | None
    """Of a movement: why, in a word."""
    source: str | None
    """Of a movement: code of the source that speaks for it."""
    grade: str | None
    """Of a movement: reliability and credibility of the claim that speaks for it."""
    origins: int | None
    """Of a movement: how many distinct origins tell it."""
    reports: int | None
    """Of a movement: how many sources tell it."""
    flags: list[str]
    """What to beware of: maybe_same, unquantified, doubted, sides_differ, overdrawn."""
    start_low: int | None
    """Of a balance: the figure on the eve of the period: at least so many; null is not known, or no matter of this kind of row."""
    start_best: int | None
    """Of a balance: the figure on the eve of the period: the likeliest number, where one is known."""
    start_high: int | None
    """Of a balance: the figure on the eve of the period: at most so many; null is not known."""
    start_flags: list[str] | None
    """Of a balance: what to beware of in the figure on the eve of the period."""
    in_low: int | None
    """Of a balance or a place: what came in the period: at least so many; null is not known, or no matter of this kind of row."""
    in_best: int | None
    """Of a balance or a place: what came in the period: the likeliest number, where one is known."""
    in_high: int | None
    """Of a balance or a place: what came in the period: at most so many; null is not known."""
    out_low: int | None
    """Of a balance or a place: what left in the period: at least so many; null is not known, or no matter of this kind of row."""
    out_best: int | None
    """Of a balance or a place: what left in the period: the likeliest number, where one is known."""
    out_high: int | None
    """Of a balance or a place: what left in the period: at most so many; null is not known."""
    end_low: int | None
    """Of a balance: the figure as of the last day: at least so many; null is not known, or no matter of this kind of row."""
    end_best: int | None
    """Of a balance: the figure as of the last day: the likeliest number, where one is known."""
    end_high: int | None
    """Of a balance: the figure as of the last day: at most so many; null is not known."""
    end_flags: list[str] | None
    """Of a balance: what to beware of in the figure as of the last day."""
    counted_before_on: str | None
    """Of a balance: the day of the count before the period."""
    counted_before_low: int | None
    """Of a balance: the count before the period: at least so many; null is not known, or no matter of this kind of row."""
    counted_before_best: int | None
    """Of a balance: the count before the period: the likeliest number, where one is known."""
    counted_before_high: int | None
    """Of a balance: the count before the period: at most so many; null is not known."""
    counted_on: str | None
    """Of a balance: the day of the last count in the period; null where there is none, or none before the period."""
    counted_low: int | None
    """Of a balance: the last count in the period: at least so many; null is not known, or no matter of this kind of row."""
    counted_best: int | None
    """Of a balance: the last count in the period: the likeliest number, where one is known."""
    counted_high: int | None
    """Of a balance: the last count in the period: at most so many; null is not known."""
    expected_low: int | None
    """Of a balance: the count before, moved by what is known to have moved until the last count: at least so many; null is not known, or no matter of this kind of row."""
    expected_best: int | None
    """Of a balance: the count before, moved by what is known to have moved until the last count: the likeliest number, where one is known."""
    expected_high: int | None
    """Of a balance: the count before, moved by what is known to have moved until the last count: at most so many; null is not known."""
    residual_low: int | None
    """Of a balance: the last count has at least so many more than expected (fewer, if negative); null is without bound."""
    residual_high: int | None
    """Of a balance: the last count has at most so many more than expected; null is without bound."""
    claims: list[int]
    """Numbers of the claims behind the row; of a movement the one that speaks comes first."""


MovementsReport = ReportEnvelope[MovementsRow]
"""What moved in a period, as JSON: movements, then balances, then places; `since` is the first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOutcome:
    """A claim that decided what became of a plan."""

    relation: str
    """What it did to the plan: fulfils, partly_fulfils, cancels or supersedes."""
    claim: int
    """Its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansRow:
    """One plan, what became of it, and how that compares with what was announced."""

    plan_id: int
    """Number of the claim; of several reports of one plan, the first in the order of claims."""
    deployment: str
    """Code of the deployment."""
    actor: str
    """Code of the actor whose forces these are."""
    location: str
    """Code of the location that they are at."""
    asset: str | None
    """Code of the asset within its deployment; null for a plan about the deployment as a whole."""
    asset_type: str | None
    """Code of the asset type."""
    kind: str
    """What is planned: count (a target), increase, decrease, status or announcement."""
    status: str | None
    """The status planned, for kind status."""
    quantity_text: str | None
    """How many, in the source's words."""
    low: int | None
    """At least so many; of a share, of what is there now."""
    high: int | None
    """At most so many."""
    modality: str
    """planned, possible, demanded or negotiating."""
    stated_on: str
    """The day it was said."""
    effective: str
    """When it was to happen, in EDTF."""
    due: str | None
    """Its latest date; null where none was said."""
    state: str
    """open, partly_fulfilled, fulfilled, cancelled, superseded or overdue."""
    outcomes: list[PlanOutcome]
    """The claims that decided that, in the order in which they were recorded."""
    overdue_days: int | None
    """Days past its latest date, where it is overdue."""
    done_from: str | None
    """The first day on which it may have been complete, where it was fulfilled."""
    done_by: str | None
    """The last such day."""
    slip_low: int | None
    """At least so many days late, below 0 early: from its latest date to the day on which it was complete; to the latest date
    of the plan that superseded it, or the day of what came instead; to the day of the report, where it is past its date and
    not complete. Null where it has no latest date, is not due, or was cancelled."""
    slip_high: int | None
    """At most so many days; null where that is open."""
    slip_claim: int | None
    """Number of the claim with that day: what fulfilled or superseded it."""
    actual_low: int | None
    """At least so many were moved, or are there, by the claims that fulfil it, whole or in part; null: none says a number."""
    actual_high: int | None
    """At most so many; null where a part of it has no number."""
    difference_low: int | None
    """At least so many more than announced, below 0 fewer; null where it is open, or a share or words were announced."""
    difference_high: int | None
    """At most so many more than announced."""
    announced_other: str | None
    """Code of the deployment announced as the other side: where they were to go, or come from."""
    actual_others: list[str]
    """Codes of the deployments on the other side of what was carried out."""
    other_side: str | None
    """as_announced: there, or inside of it; other: elsewhere; null where either is not said."""
    source: str
    """Code of the source."""
    grade: str
    """Reliability and credibility of the claim."""
    origins: int
    """How many distinct origins tell of the plan."""
    also_reported_as: list[int]
    """Numbers of the other claims that are this plan."""
    excerpt: str | None
    """The passage that says so."""
    note: str | None
    """The remark of who recorded it; of an announcement without a passage, its words."""
    claims: list[int]
    """Numbers of the plan, of the other reports of it, and of its outcomes."""


PlansReport = ReportEnvelope[PlansRow]
"""The plans report as JSON: a row for each plan, by its latest date."""
