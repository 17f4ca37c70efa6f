"""What changed between two points of either clock: in the world, in our knowledge, or in both.

Each point is asked for by itself and the two answers are set side by side, so that no figure here can differ from the posture
report's. Why they differ is told by the claims that decided them (`reports/causes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.change import difference
from posture.domain.fold import Value, is_only_limited
from posture.domain.plans import Plan
from posture.errors import UsageMistake
from posture.reports.as_of import Statements
from posture.reports.causes import Causes
from posture.reports.point import Point, Standing, point, points, shown_status, statements_of
from posture.reports.posture import Names, known_at, why_empty
from posture.reports.references import follow_replacements
from posture.reports.report import Column, Report, Since
from posture.reports.restated import restated_since
from posture.reports.wording import agreed, change, plan_text, source_text, status_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from posture.reports.as_of import KnownAt, Question
    from posture.reports.edition_marks import Marks
    from posture.store.connection import Database

_SIDE = ("low", "best", "high", "status", "flags", "source", "grade", "since", "origins", "reports", "state")
COLUMNS = (
    "deployment",
    "actor",
    "location",
    "asset",
    "asset_type",
    "plan_id",
    "plan",
    "kinds",
    *(f"before_{key}" for key in _SIDE),
    *(f"after_{key}" for key in _SIDE),
    "change_low",
    "change_best",
    "change_high",
    "why",
)
"""The keys of a row, in order."""
KINDS = {
    "appeared": "nothing was known of it before",
    "vanished": "nothing is known of it any more",
    "figure": "another figure",
    "status": "another status or phase",
    "flags": "other flags",
    "evidence": "the same figure, of another base or with more or fewer reports or origins behind it",
    "plan": "a plan in another state",
}
"""What can have changed about a line."""


@dataclass(frozen=True)
class _Compared:
    """One line, or deployment as a whole, at both points."""

    line: int | None
    site: int
    before: Standing | None
    after: Standing | None
    kinds: list[str]


def diff(
    db: Database,
    question: Question,
    *,
    since: date | None = None,
    known: KnownAt | None = None,
    every: bool = False,
    marking: bool = False,
) -> Report:
    """Return what changed from a day, a moment of knowledge, or both, up to those of the question; `every` keeps what did not.

    With `marking`, both points are editions: the first stands as it was told then, with the catalogue of its time, and each
    change is marked as new, corrected or redefined. Raises UsageMistake for a period that ends before it begins, UnknownCode
    or AmbiguousCode for a filter.
    """
    with db.read(), without_collection():
        return _report(db, question, since or question.as_of, known, every=every, marking=marking)


def _report(
    db: Database, question: Question, since: date, known: KnownAt | None, *, every: bool, marking: bool
) -> Report:
    now = known_at(db, question)
    first = now if known is None else known
    if since > question.as_of:
        raise UsageMistake(f"the period ends ({question.as_of}) before it begins ({since}); give the earlier day first")
    if first.seq > now.seq:
        raise UsageMistake(
            f"the period ends (#{now.seq}) before it begins (#{first.seq}); give the earlier moment first"
        )
    if first.seq == now.seq:
        before, after = points(db, question, (since, question.as_of))
    else:
        before, after = point(db, question, as_of=since, known_seq=first.seq), point(db, question)
    marks = None
    if marking:
        from posture.reports.edition_marks import Marks

        marks = Marks(db, before, after, kinds)
        before = marks.told
    rows = _rows(db, before, after, marks, every=every)
    return Report(
        name="diff",
        as_of=str(question.as_of),
        known_seq=after.known.seq,
        known_at=after.known.at,
        rows=rows,
        columns=(*COLUMNS, "marks") if marking else COLUMNS,
        empty_because=None if rows else _empty(before, after),
        sql=Statements(statements_of(before, after)),
        notes=restated_since(db, first.seq),
        shown=(*SHOWN, MARKED) if marking else SHOWN,
        since=Since(str(since), before.known.seq, before.known.at),
    )


def _empty(before: Point, after: Point) -> str:
    """Return why there is no difference: nothing is known at either point, or all is as it was."""
    if any((before.lines, before.sites, after.lines, after.sites)):
        return "nothing changed"
    return why_empty(after.found.asking, "applies as of")


def _rows(db: Database, before: Point, after: Point, marks: Marks | None, *, every: bool) -> list[dict[str, Any]]:
    compared = [one for one in _compare(before, after) if one.kinds or every]
    plans = [one for one in _compare_plans(before, after) if one.changed() or every]
    wanted = {claim for one in compared for side in (one.before, one.after) if side for claim in side.claims}
    for pair in plans:
        for plan in filter(None, (pair.before, pair.after)):
            wanted.update(claim.id for claim in (plan.claim, *plan.told_too, *(said for _, said in plan.outcomes)))
    causes = Causes(db, before, after, wanted)
    making = _Making(db, after, causes, marks)
    rows = [making.line(one) for one in compared] + [making.plan(one) for one in plans]
    return sorted(rows, key=lambda row: (row["deployment"], row["plan_id"] or 0, row["asset"] or ""))


def _compare(before: Point, after: Point) -> list[_Compared]:
    """Return every deployment and line of which something is known at either point."""
    scope = after.found.scope
    found = [
        _Compared(None, site, then, now, kinds(then, now))
        for site in scope.sites_shown
        if (then := before.sites.get(site)) or site in after.sites
        for now in [after.sites.get(site)]
    ]
    for line in scope.shown:
        then, now = before.lines.get(line), after.lines.get(line)
        if then or now:
            found.append(_Compared(line, scope.lines[line].deployment, then, now, kinds(then, now)))
    return found


@dataclass(frozen=True)
class _ComparedPlan:
    """One plan at both points."""

    speaking: Plan
    """The plan as it is now, or as it was where it is no more."""
    before: Plan | None
    after: Plan | None
    stands: Mapping[int, int]
    """The claim that stands for each of those that told it before."""

    def changed(self) -> bool:
        """Return whether it is in another state."""
        return _state(self.before) != _state(self.after)


def kinds(before: Standing | None, after: Standing | None) -> list[str]:
    """Return in what two answers about a line, or a deployment as a whole, differ."""
    if before is None or after is None:
        return ["appeared"] if before is None else ["vanished"]
    told = [
        ("figure", before.value != after.value),
        ("status", before.status != after.status),
        ("flags", before.flags != after.flags),
    ]
    found = [kind for kind, differs in told if differs]
    if before.value is not None and "figure" not in found and _backing(before) != _backing(after):
        found.append("evidence")
    return found


def _backing(standing: Standing) -> tuple[int, int, int]:
    return (standing.claim.id if standing.claim else 0, standing.origins, standing.reports)


def _compare_plans(before: Point, after: Point) -> list[_ComparedPlan]:
    """Return every plan at both points; the same one by any claim that tells it, or by a correction of one."""
    then, now = before.plans(), after.plans()
    told = {plan.claim.id: [claim.id for claim in (plan.claim, *plan.told_too)] for plan in then.values()}
    stands = follow_replacements(after.found.asking, {number for numbers in told.values() for number in numbers}, ())
    place = {claim.id: plan.claim.id for plan in now.values() for claim in (plan.claim, *plan.told_too)}
    found: list[_ComparedPlan] = []
    met: set[int] = set()
    for plan in then.values():
        same = next((place[stands[number]] for number in told[plan.claim.id] if stands[number] in place), None)
        later = now[same] if same is not None else None
        found.append(_ComparedPlan(later or plan, plan, later, stands))
        met.update([same] if same is not None else [])
    return found + [_ComparedPlan(plan, None, plan, stands) for number, plan in now.items() if number not in met]


def _state(plan: Plan | None) -> str | None:
    return str(plan.state) if plan else None


class _Making:
    """Makes rows of two points."""

    def __init__(self, db: Database, after: Point, causes: Causes, marks: Marks | None) -> None:
        self.after, self.causes, self.marks = after, causes, marks
        self.names = Names(db, after.found)

    def _place(self, site_id: int, line: int | None) -> dict[str, Any]:
        scope = self.after.found.scope
        site = scope.sites[site_id]
        return dict.fromkeys(COLUMNS) | {
            "deployment": site.code,
            "actor": self.names.actor[site.actor],
            "location": self.names.location[site.location],
            "asset": None if line is None else scope.codes[line],
            "asset_type": None if line is None else self.names.asset_type[scope.lines[line].asset_type],
        }

    def line(self, one: _Compared) -> dict[str, Any]:
        """Return the row of a line, or of a deployment as a whole."""
        row = self._place(one.site, one.line) | {"kinds": one.kinds}
        for side, standing in (("before", one.before), ("after", one.after)):
            row |= self._side(side, standing)
        had = one.before.claims if one.before else frozenset()
        has = one.after.claims if one.after else frozenset()
        if one.before and one.after and one.before.value and one.after.value and one.before.value != one.after.value:
            row |= _change(one.before.value, one.after.value)
        row["why"] = (
            self._why(one, had, has, "/".join(filter(None, (row["deployment"], row["asset"])))) if one.kinds else []
        )
        row["claims"] = sorted({*(has or had), *(cause["claim"] for cause in row["why"] if cause["claim"])})
        if self.marks is not None:
            found = self.marks.site(one.site) if one.line is None else self.marks.line(one.line)
            row["marks"] = found if one.kinds else []
        return row

    def _why(self, one: _Compared, had: frozenset[int], has: frozenset[int], about: str) -> list[dict[str, Any]]:
        why = self.causes.of(had, has, about)
        nesting = self.after.found.scope.nesting
        if not why and one.line is not None:
            near = {one.line, *nesting.parts.get(one.line, ()), *nesting.containers.get(one.line, ())}
            why = self.causes.beside(near, about)
        site = self.after.found.scope.sites[one.site]
        places = {"deployment": [site.id], "actor": [site.actor], "location": [site.location]}
        return why + self.causes.moved(places | {"asset": [one.line] if one.line else []})

    def _side(self, side: str, standing: Standing | None) -> dict[str, Any]:
        if standing is None:
            return {f"{side}_status": {}, f"{side}_flags": []}
        low, best, high = standing.value or (None, None, None)
        said = self.causes.rows.get(standing.claim.id) if standing.claim else None
        return {
            f"{side}_low": low,
            f"{side}_best": best,
            f"{side}_high": high,
            f"{side}_status": shown_status(standing.status),
            f"{side}_flags": list(standing.flags),
            f"{side}_source": said["source"] if said else None,
            f"{side}_grade": standing.claim.grade if standing.claim else None,
            f"{side}_since": standing.claim.on if standing.claim else None,
            f"{side}_origins": standing.origins,
            f"{side}_reports": standing.reports,
        }

    def plan(self, one: _ComparedPlan) -> dict[str, Any]:
        """Return the row of a plan."""
        plan = one.speaking
        before, after = one.before, one.after
        said = self.causes.rows[plan.claim.id]
        row = self._place(plan.claim.deployment, plan.claim.line)
        about = "/".join(filter(None, (row["deployment"], row["asset"])))
        row |= {
            "plan_id": plan.claim.id,
            "plan": plan_text(said),
            "kinds": ["plan"] if one.changed() else [],
            "before_status": {},
            "after_status": {},
            "before_flags": [],
            "after_flags": [],
            "before_state": _state(before),
            "after_state": _state(after),
            "after_source": said["source"],
            "after_grade": plan.claim.grade,
            "after_since": plan.claim.stated_on,
        }
        row["why"] = self.causes.of_plan(before, after, about) if row["kinds"] else []
        row["claims"] = sorted({plan.claim.id, *(cause["claim"] for cause in row["why"] if cause["claim"])})
        if self.marks is not None:
            row["marks"] = self.marks.plan(before, after, one.stands) if row["kinds"] else []
        return row


def _change(before: Value, after: Value) -> dict[str, Any]:
    low, best, high = difference(before, after)
    return {"change_low": low, "change_best": best, "change_high": high}


# In words


def address(row: Mapping[str, Any]) -> str:
    """Return what a row is about: `fra-ner/personnel`, `fra-ner`, `fra-ner: withdrawn, planned (plan c17)`."""
    line = "/".join(filter(None, (row["deployment"], row["asset"])))
    return line if row["plan_id"] is None else f"{line}: {row['plan']} (plan c{row['plan_id']})"


def side_text(row: Mapping[str, Any], side: str) -> str:
    """Return what could be said at one of the two points: a figure, the state of a plan, a phase."""
    if row["plan_id"] is not None:
        return (row[f"{side}_state"] or {"before": "not yet", "after": "no longer"}[side]).replace("_", " ")
    if row["asset"] is None:
        return status_words(row, side) or "no phase known"
    if {"appeared": "before", "vanished": "after"}.get("".join(row["kinds"])) == side:
        return "nothing known"
    low, best, high = (row[f"{side}_{key}"] for key in ("low", "best", "high"))
    return agreed({"low": low, "best": best, "high": high, "flags": row[f"{side}_flags"]})


def status_words(row: Mapping[str, Any], side: str) -> str:
    """Return the statuses at one of the two points, `withdrawn`, `3 grounded`."""
    return status_text({"status": row[f"{side}_status"]})


def change_words(row: Mapping[str, Any]) -> str:
    """Return how far a figure rose or fell; nothing where it did not, or was not there before."""
    if "figure" not in row["kinds"]:
        return ""
    if row["change_low"] is None and row["change_high"] is None:
        return change(None, row["change_best"], None)
    return change(*difference(_printed(row, "before"), _printed(row, "after")))


def _printed(row: Mapping[str, Any], side: str) -> Value:
    """Return a figure as it prints: one that only its whole limits is a most, and may be any number down to none."""
    value = Value(*(row[f"{side}_{key}"] for key in ("low", "best", "high")))
    return Value(0, None, value.high) if is_only_limited(value, row[f"{side}_flags"]) else value


def remarks(row: Mapping[str, Any]) -> list[str]:
    """Return what else changed than the figure: statuses, flags that came and went, what stands behind it."""
    said = []
    if row["asset"] is not None and row["before_status"] != row["after_status"]:
        then, now = status_words(row, "before"), status_words(row, "after")
        said.append(f"{then or 'no status'} -> {now or 'no status'}")
    came = [flag for flag in row["after_flags"] if flag not in row["before_flags"]]
    went = [flag for flag in row["before_flags"] if flag not in row["after_flags"]]
    if "vanished" not in row["kinds"]:
        said += [f"now {', '.join(came)}"] if came else []
        said += [f"no longer {', '.join(went)}"] if went else []
    if "evidence" in row["kinds"]:
        said.append(f"by {_backed(row, 'after')}, before by {_backed(row, 'before')}")
    return said


def _backed(row: Mapping[str, Any], side: str) -> str:
    return source_text({key: row[f"{side}_{key}"] for key in ("source", "origins", "reports")}) or "nobody"


def cause_text(cause: Mapping[str, Any]) -> str:
    """Return a reason in a line: `new c50 decrease 1346, 2023-10-05/2023-12-13, B2 la-plume-2023-12-13, entry #14`."""
    numbered = f" c{cause['claim']}" if cause["claim"] else ""
    now = f" as c{cause['replaced_by']}" if cause["replaced_by"] else ""
    by = " ".join(filter(None, (cause["grade"], cause["source"])))
    if cause["mark"] == "origin":
        return f"origin: {cause['source']} {cause['said']}, entry #{cause['entry']}"
    parts = (f"{cause['mark']}{numbered}{now} {cause['said']}", cause["effective"], by)
    entry = f", entry #{cause['entry']}" if cause["entry"] else ""
    return ", ".join(filter(None, parts)) + entry


def why_text(row: Mapping[str, Any]) -> str:
    """Return all reasons; where there are none, it is time alone that has passed."""
    return "; ".join(cause_text(cause) for cause in row["why"])


SHOWN: Sequence[Column] = (
    Column("Line", address),
    Column("Before", lambda row: side_text(row, "before"), right=True),
    Column("After", lambda row: side_text(row, "after"), right=True, figure=True),
    Column("Change", change_words, right=True),
    Column("Besides", lambda row: "; ".join(remarks(row))),
    Column("Why", why_text),
)
"""The table for people."""
MARKED = Column("Mark", lambda row: ", ".join(row["marks"]))
"""The column that it has beside, between two editions."""
