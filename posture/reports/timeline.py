"""The story of a deployment or of a line in one line of time: claims and what they did to the figures, plans, events.

A row for each claim and event. What was so stands on the day on which it was so, a plan on the day on which it was said. A
claim that decided nothing is part of the story too, and says why it did not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.claim import NEVER, end
from posture.domain.fold import NOTHING_KNOWN
from posture.domain.outcomes import slippage
from posture.domain.plans import is_plan
from posture.domain.standing import Group, Role, group_of
from posture.domain.vocabulary import PlanState
from posture.errors import UsageMistake
from posture.reports.as_of import Statements
from posture.reports.claim_rows import what
from posture.reports.claim_words import ClaimWords
from posture.reports.date_words import date_words
from posture.reports.plan_wording import slip_text
from posture.reports.posture import known_at, why_empty
from posture.reports.projection import plans_alone
from posture.reports.report import Column, Report
from posture.reports.restated import restated_since
from posture.reports.scope import read_filter, read_scope
from posture.reports.standing_words import why
from posture.reports.story import Effect, Period, Told, claims_of, events_of
from posture.reports.wording import BECAME, announced
from posture.reports.wording import agreed as agreed_text
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from posture.domain.plans import Plan
    from posture.reports.as_of import Question
    from posture.reports.evaluation import Evaluation
    from posture.store.connection import Database

COLUMNS = (
    "on",
    "when",
    "what",
    "claim",
    "event",
    "deployment",
    "asset",
    "location",
    "actors",
    "kind",
    "status",
    "modality",
    "quantity_text",
    "says",
    "low",
    "best",
    "high",
    "line_flags",
    "role",
    "did",
    "also",
    "due",
    "state",
    "outcomes",
    "outcome_of",
    "slip_low",
    "slip_high",
    "slip_claim",
    "overdue_days",
    "effective",
    "stated_on",
    "source",
    "repeats",
    "grade",
    "grade_words",
    "excerpt",
    "locator",
    "retracted_by_entry",
    "replaced_by",
)
"""The keys of a row, in order."""
CLAIM, PLAN, EVENT = "claim", "plan", "event"
"""What a row is of."""


def timeline(
    db: Database,
    question: Question,
    line: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    retracted: bool = False,
) -> Report:
    """Return the story of a deployment (`fra-ner`), of a line of it (`fra-ner/drones`), or of all that the filters name.

    Raises UnknownCode or AmbiguousCode for words that name nothing, or several things, and UsageMistake for a period that ends
    before it begins.
    """
    last = min(until, question.as_of) if until is not None else question.as_of
    if since is not None and since > last:
        raise UsageMistake(f"the period ends ({last}) before it begins ({since}); give the earlier day first")
    with db.read(), without_collection():
        return _report(db, question, line, Period(str(since) if since else None, str(last)), retracted=retracted)


def _report(db: Database, question: Question, line: str | None, period: Period, *, retracted: bool) -> Report:
    known = known_at(db, question)
    one = None
    if line is not None:
        code, _, part = line.partition("/")
        one = lookup.get_line(db, line)["id"] if part else None
        question = replace(question, deployment=lookup.get_code(db, "deployment", code)["code"])
    found, plans = plans_alone(db, question, known, read_scope(db, read_filter(db, question)))
    chosen = set(found.scope.shown) if one is None else {one}
    whole = question.asset_type is None
    told = claims_of(found, period, chosen, whole=whole, retracted=retracted)
    rows = _Rows(db, found, told, plans).every()
    rows += [_event(row) for row in events_of(db, found, period, retracted=retracted)]
    rows.sort(key=lambda row: (row["on"], row["claim"] is not None))
    return Report(
        name="timeline",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else _why_empty(found, line, period),
        sql=Statements(found.asking.statements),
        notes=restated_since(db, known.seq),
        shown=SHOWN,
    )


def _why_empty(found: Evaluation, line: str | None, period: Period) -> str:
    said = why_empty(found.asking, "happened or was said until")
    when = f"from {period.since} to {period.until}" if period.since else f"until {period.until}"
    if line is not None and "--deployment" in said:
        return f"nothing happened at {line} or was said of it {when}"
    return f"{said}, and not before {period.since}" if period.since and "happened" in said else said


class _Rows:
    """Makes rows of the claims of a story."""

    def __init__(self, db: Database, found: Evaluation, told: list[Told], plans: Mapping[int, Plan]) -> None:
        self.found, self.told = found, told
        self.words = ClaimWords(db, [one.claim for one in told])
        self.plans = {claim.id: plan for plan in plans.values() for claim in (plan.claim, *plan.told_too)}
        self.outcomes: dict[int, list[tuple[str, int]]] = {}
        for plan in plans.values():
            for relation, claim in plan.outcomes:
                self.outcomes.setdefault(claim.id, []).append((relation, plan.claim.id))

    def every(self) -> list[dict[str, Any]]:
        """Return a row for each claim."""
        return [self._row(one) for one in self.told]

    def _row(self, one: Told) -> dict[str, Any]:
        claim = one.claim
        deployment, _, asset = self.words.about(claim).partition("/")
        said = self.words.row(claim)
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {name: value for name, value in said.items() if name in row}
        row |= {
            "on": one.day,
            "what": PLAN if is_plan(claim) else CLAIM,
            "deployment": deployment,
            "asset": asset or None,
            "actors": [],
            "line_flags": [],
            "also": [],
            "outcomes": [],
            "outcome_of": [
                {"relation": relation, "plan": plan}
                for relation, plan in sorted(self.outcomes.get(claim.id, ()), key=lambda pair: pair[::-1])
            ],
            "retracted_by_entry": one.gone.seq if one.gone else None,
            "replaced_by": one.gone.replaced_by if one.gone else None,
            "claims": [claim.id],
        }
        row["says"] = announced({**row, "note": self.words.note(claim)}) or _says(row)
        if one.gone is not None:
            row["role"] = str(Role.RETRACTED)
            row["did"] = f"retracted by #{one.gone.seq}" + (
                f"; now c{one.gone.replaced_by}" if one.gone.replaced_by else ""
            )
        elif is_plan(claim):
            self._plan(row, one)
        else:
            self._effects(row, one)
        return row

    def _effects(self, row: dict[str, Any], one: Told) -> None:
        """Put in what a claim did to its own line, and to others."""
        own = next((effect for effect in one.effects if effect.line == one.claim.line), None)
        if own is not None:
            row["low"], row["best"], row["high"] = own.value
            row["line_flags"] = list(own.flags)
            row["role"] = str(own.standing.role)
            row["did"] = why(own.standing, flags=())
        row["also"] = [self._also(effect) for effect in one.effects if effect is not own]

    def _also(self, effect: Effect) -> dict[str, Any]:
        scope = self.found.scope
        low, best, high = effect.value
        site = scope.sites[scope.lines[effect.line].deployment].code
        return {
            "line": f"{site}/{scope.codes[effect.line]}",
            "on": effect.on,
            "low": low,
            "best": best,
            "high": high,
            "flags": list(effect.flags),
            "role": str(effect.standing.role),
        }

    def _plan(self, row: dict[str, Any], one: Told) -> None:
        """Put in what became of a plan; of one that is told again, that it is."""
        claim = one.claim
        row["due"] = None if end(claim) == NEVER else end(claim)
        plan = self.plans.get(claim.id)
        if plan is None:
            return
        if plan.claim.id != claim.id:
            row["did"] = f"the same plan as c{plan.claim.id}"
            return
        row["state"] = str(plan.state)
        row["outcomes"] = [{"relation": relation, "claim": outcome.id} for relation, outcome in plan.outcomes]
        row["overdue_days"] = plan.overdue_days
        value = self.found.agreed[claim.line].value if claim.line in self.found.agreed else NOTHING_KNOWN
        slipped = slippage(plan, self.found.asking.as_of, value)
        if slipped is not None:
            row["slip_low"], row["slip_high"] = slipped.low, slipped.high
            row["slip_claim"] = slipped.claim.id if slipped.claim else None


def _says(row: Mapping[str, Any]) -> str:
    """Return what a claim says of its line, without the line: `count about 1000`."""
    place = f"{row['deployment']}/{row['asset']}" if row["asset"] else str(row["deployment"])
    return what(row).removesuffix(f" {place}")


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an event."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    gone = event["retracted_by_entry"]
    return row | {
        "on": event["on"],
        "when": date_words(event["effective"], event["from"], event["by"]),
        "what": EVENT,
        "event": event["event"],
        "location": event["location"],
        "actors": event["actors"],
        "kind": event["kind"],
        "says": event["title"],
        "line_flags": [],
        "did": f"retracted by #{gone}" if gone else None,
        "also": [],
        "outcomes": [],
        "outcome_of": [],
        "effective": event["effective"],
        "source": event["source"],
        "excerpt": event["excerpt"],
        "locator": event["locator"],
        "retracted_by_entry": gone,
        "claims": [],
    }


def place_of(row: Mapping[str, Any]) -> str:
    """Return what a row is about: a line, a deployment, or where an event was."""
    if row["what"] == EVENT:
        return str(row["location"] or "")
    return f"{row['deployment']}/{row['asset']}" if row["asset"] else str(row["deployment"])


def effect_text(row: Mapping[str, Any]) -> str:
    """Return what a claim did to the figures: `now 1,303`, `older than c19; 1,400 stands`, `fra-ner/personnel now 453..1,302`."""
    parts = []
    if row["retracted_by_entry"] is not None or (row["what"] == PLAN and row["did"]):
        return str(row["did"])
    if row["role"] is not None and row["kind"] != "status":
        figure = agreed_text({**row, "flags": row["line_flags"]})
        decided = group_of(Role(row["role"])) is Group.DECIDED
        parts.append(f"now {figure}" if decided else f"{row['did']}; {figure} stands")
    elif row["role"] in (Role.OLDER_STATE, Role.DOUBTED, Role.NOT_ADMISSIBLE):
        parts.append(str(row["did"]))
    parts += [
        f"{one['line']} now {agreed_text(one)}" + (f" (as of {one['on']})" if one["on"] != row["on"] else "")
        for one in row["also"]
    ]
    return "; ".join(parts)


def plan_became(row: Mapping[str, Any]) -> str:
    """Return what became of a plan, and when: `due 2023-12-31; fulfilled by c55, 9 days early`."""
    if row["what"] != PLAN:
        return ""
    parts = [f"due {row['due']}"] if row["due"] else []
    for relation, became in BECAME.items():
        claims = [f"c{outcome['claim']}" for outcome in row["outcomes"] if outcome["relation"] == relation]
        if claims:
            late = slip_text(row) if f"c{row['slip_claim']}" in claims else ""
            parts.append(f"{became} by {', '.join(claims)}" + (f", {late}" if late else ""))
    if row["overdue_days"]:
        parts.append(f"overdue by {_days(row['overdue_days'])}")
    elif row["state"] == PlanState.OPEN:
        parts.append("open")
    return "; ".join(parts)


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


def ends_text(row: Mapping[str, Any]) -> str:
    """Return which plans a claim is the outcome of: `fulfils the plan c33`."""
    words: dict[str, list[str]] = {}
    for outcome in row["outcome_of"]:
        words.setdefault(outcome["relation"].replace("_", " "), []).append(f"c{outcome['plan']}")
    return "; ".join(
        f"{relation} the plan{'s' if len(plans) > 1 else ''} {', '.join(plans)}" for relation, plans in words.items()
    )


def _remarks(row: Mapping[str, Any]) -> str:
    return "; ".join(filter(None, (effect_text(row), plan_became(row), ends_text(row))))


def named(row: Mapping[str, Any]) -> str:
    """Return by what a row is called: the number of its claim, or the word event."""
    return f"c{row['claim']}" if row["claim"] is not None else EVENT


SHOWN = (
    Column("Day", lambda row: str(row["on"])),
    Column("When", lambda row: str(row["when"])),
    Column("Claim", named, figure=True),
    Column("About", place_of),
    Column("Says", lambda row: str(row["says"])),
    Column("What it did", _remarks),
    Column("Source", lambda row: str(row["source"])),
    Column("Grade", lambda row: str(row["grade"] or "")),
)
"""The table that people read in Markdown; a terminal draws it day by day."""
