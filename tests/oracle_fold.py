"""The folds of an oracle: what was stated about a line, and what the lines agree on (rules 2, 3, 7, 8, 9 of the page).

"As of then" is meant each time: what a line held just before a flow or a count is read as the posture of that day,
from the same claims. Nothing here is shared with the package under test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.ledger_records import Ref, Value
from tests.oracle_claims import FLOWS, Claims
from tests.oracle_happening import INFINITE, Happening, least_together, may_be_one, speaking
from tests.oracle_record import Claim

if TYPE_CHECKING:
    from tests.ledger_records import Line
    from tests.oracle_words import Size

DAY = timedelta(days=1)
WHOLE, MAYBE, NO = "whole", "maybe", "no"


@dataclass
class Fold:
    """What one fold of a line gives."""

    base: Claim | None
    value: Value
    flags: set[str] = field(default_factory=set)
    folded: list[Claim] = field(default_factory=list)
    """The base and every claim folded onto it."""
    joined: list[Claim] = field(default_factory=list)
    """The same, with the claims that are one with them."""
    only_admissible: bool = False
    """Whether the line had something admissible, so that the rest decides nothing."""
    just_before: dict[Ref, Value] = field(default_factory=dict)
    """The value just before each flow."""


@dataclass(frozen=True)
class Amounts:
    """The smallest, best and largest size of a flow, as numbers; the smallest is for the high, the largest for the low."""

    least: int
    best: int | None
    most: int | None


def start_value(line: Line, base: Claim | None) -> Value:
    """Return what a base says, or 0 to unknown; an open low is 0 as well, and a platform is 0 to 1 (5)."""
    top = 1 if line.platform else None
    if base is None:
        return Value(0, None, top)
    high = base.size.high if top is None else min(top, top if base.size.high is None else base.size.high)
    return Value(base.size.low or 0, base.size.best, high)


class Folds:
    """All folds of one question, each worked out once."""

    def __init__(self, claims: Claims) -> None:
        self.claims = claims
        self._done: dict[tuple[str, date, date, bool], Fold] = {}

    def fold(self, line: Line, day: date, *, stated: bool, counts_before: date | None = None) -> Fold:
        """Return the fold of a line as of a day: by its own claims alone (stated), or in agreement with all other lines.

        Counts of the line count only if dated before `counts_before`: so one asks what it held just before a count.
        """
        key = (line.name, day, counts_before or date.max, stated)
        if key not in self._done:
            own = [
                c
                for c in self.claims.of_line(line)
                if c.on <= day and (c.kind != "count" or counts_before is None or c.on < counts_before)
            ]
            base, flags = self.claims.base_from(own), set()
            while isinstance(result := Folding(self, line, base, own, day, stated=stated).run(), Restart):
                base = result.base
                flags.add("contested")
                own = [c for c in own if c.kind != "count" or c.on >= base.on]
            result.flags |= flags
            self._done[key] = result
        return self._done[key]

    def stated_from(self, line: Line, claims: list[Claim], day: date) -> Fold:
        """Return what these claims alone state about a line as of a day."""
        own, flags = claims, set()
        base = self.claims.base_from(own)
        while isinstance(result := Folding(self, line, base, own, day, stated=True).run(), Restart):
            base = result.base
            flags.add("contested")
            own = [c for c in own if c.kind != "count" or c.on >= base.on]
        result.flags |= flags
        return result

    def base_at(self, line: Line, day: date) -> Claim | None:
        """Return the base that a line had on a day."""
        return self.fold(line, day, stated=True).base

    def bases_between(self, line: Line, after: date, until: date) -> list[Claim]:
        """Return the bases that a line has had, dated after one day and until another."""
        days = sorted(
            {claim.on for claim in self.claims.of_line(line) if claim.kind == "count" and after < claim.on <= until}
        )
        return [base for day in days if (base := self.base_at(line, day)) is not None and base.on == day]

    def brought_to(self, line: Line, earlier: Claim, later: Claim) -> Value:
        """Return a count as of the day of a later one, by the flows of the line between them."""
        own = [claim for claim in self.claims.of_line(line) if claim.kind in FLOWS and claim.on <= later.on]
        result = Folding(self, line, earlier, [earlier, *own], later.on, stated=True, ends_at=later).run()
        assert isinstance(result, Fold)
        return result.value

    def place_of(self, flow: Claim, base: Claim | None, day: date) -> str:
        """Return how much of a flow lies after a base and was done by a day: the whole, maybe some, or nothing (2)."""
        after = self.after(flow, base)
        if after == NO:
            return NO
        until = day if flow.marker == "planned" else min(day, self.claims.question.as_of)
        return WHOLE if after == WHOLE and flow.span.end <= until else MAYBE

    def after(self, flow: Claim, base: Claim | None) -> str:
        """Return whether a flow lies after a count: certainly, maybe, or not."""
        if base is None or self.claims.comes_after(flow, base.ref):
            return WHOLE
        if self.claims.comes_after(base, flow.ref):
            return NO
        if flow.span.at and base.span.at and flow.span.at != base.span.at:
            return WHOLE if flow.span.at > base.span.at else NO
        if (flow.span.start or date.min) > base.span.by:
            return WHOLE
        return NO if flow.span.end < (base.span.start or date.min) else MAYBE


@dataclass(frozen=True)
class Restart:
    """A half-open count that cannot be squared with the line becomes its base, and the fold starts again."""

    base: Claim


class Folding:
    """One pass over a line's claims from a base on."""

    def __init__(
        self,
        folds: Folds,
        line: Line,
        base: Claim | None,
        own: list[Claim],
        day: date,
        *,
        stated: bool,
        ends_at: Claim | None = None,
    ) -> None:
        self.folds, self.claims, self.line, self.base, self.day = folds, folds.claims, line, base, day
        self.stated, self.ends_at = stated, ends_at
        self.result = Fold(base, start_value(line, base), folded=[base] if base else [], joined=[base] if base else [])
        self.since = base.on if base else date.min
        flows = [claim for claim in own if claim.kind in FLOWS]
        halves = [c for c in own if c.kind == "count" and c is not base and c.size.bounds == 1 and c.on >= self.since]
        folded = [flow for flow in flows if self.place_of(flow) != NO]
        self.only_admissible = bool(base and base.admissible) or any(claim.admissible for claim in folded + halves)
        self.halves = [claim for claim in halves if claim.admissible or not self.only_admissible]
        flows = [flow for flow in flows if flow.admissible or not self.only_admissible]
        flows += self._flows_of_parts()
        self.happenings, self.silent = speaking(self.claims, flows, lambda flow: self.place_of(flow) != NO)
        self.done: list[tuple[Happening, int]] = []

    # What is folded

    def place_of(self, flow: Claim) -> str:
        """Return how much of a flow lies between the base and the day, or the count that a bringing ends at."""
        place = self.folds.place_of(flow, self.base, self.day)
        if self.ends_at is None or place == NO:
            return place
        beyond = self.folds.after(flow, self.ends_at)
        return NO if beyond == WHOLE else MAYBE if beyond == MAYBE else place

    def _flows_of_parts(self) -> list[Claim]:
        """Return the flows of contained lines that leave or enter this line (7).

        Those that are not admissible only if neither this line nor the part has anything better.
        """
        if self.stated:
            return []
        gone = self.claims.lapsed(self.line)
        return [
            flow
            for part in self.claims.parts_of(self.line)
            for flow in self.claims.of_line(part)
            if flow.kind in FLOWS and flow.on <= self.day
            if flow.admissible
            or not (self.only_admissible or self.folds.fold(part, self.day, stated=True).only_admissible)
            if not (flow.marker != "planned" and self.claims.lapses_with(flow, gone))
            if not any(self.claims.inside(side, self.line.deployment) for side in self.claims.sides(flow))
        ]

    # The fold

    def run(self) -> Fold | Restart:
        """Fold by date; within a day: cap, half-open counts, flows (inflows first), implied changes."""
        caps = [] if self.stated else self._caps()
        implied = [] if self.stated else self._implied()
        days = {claim.on for claim in (*self.halves, *caps)} | {h.speaker.on for h in self.happenings}
        for day in sorted(days | {count.on for _, count in implied}):
            for cap in (cap for cap in caps if cap.on == day):
                self._cap(cap)
            if (restart := self._half_open_counts(day)) is not None:
                return restart
            for happening in sorted(self.happenings, key=lambda h: (h.speaker.kind != "increase", h.speaker.ref)):
                if happening.speaker.on == day:
                    self._flow(happening)
            for part, count in implied:
                if count.on == day:
                    self._imply(part, count)
        self._floor(self.day)
        self.result.only_admissible = self.only_admissible
        return self.result

    def _half_open_counts(self, day: date) -> Restart | None:
        """Tighten by the half-open counts of a day; one that cannot be squared restarts the fold, or flags on the base's day."""
        for half in sorted(self.halves, key=lambda claim: claim.ref):
            if half.on == day and not self._tighten(half):
                if half.on > self.since:
                    return Restart(half)
                self.result.flags.add("contested")
        return None

    def _set(self, low: int | None, best: int | None, high: int | None) -> None:
        if self.line.platform:
            low, best, high = (None if n is None else min(n, 1) for n in (low, best, 1 if high is None else high))
        self.result.value = Value(low, best, high)

    def _tighten(self, half: Claim) -> bool:
        """Tighten the line by a half-open count; false where it cannot be squared with it."""
        value = self.result.value
        low, high = value.low, value.high
        if half.size.low is not None:
            low = max(low or 0, half.size.low)
        if half.size.high is not None:
            high = half.size.high if high is None else min(high, half.size.high)
        if high is not None and (low or 0) > high:
            return False
        best = (
            value.best
            if value.best is not None and (low or 0) <= value.best <= (INFINITE if high is None else high)
            else None
        )
        self._set(low, best, high)
        self.result.folded.append(half)
        self.result.joined.append(half)
        return True

    def _amounts(self, flow: Claim, value: Value) -> Amounts:
        """Return the size of a flow: a share is of the value just before; a part's outflow is at most what the part held."""
        size = flow.size
        if flow.text.line == self.line.name:
            if not size.is_share:
                return Amounts(size.low or 0, size.best, size.high)
            if flow.kind == "increase":
                return Amounts(size.least_of(value.low or 0), exactly(size, value), _most_of(size, value.high))
            least = 0 if value.high is None else size.least_of(value.high)
            return Amounts(least, exactly(size, value), size.most_of(value.low or 0))
        part = self.claims.lines[str(flow.text.line)]
        before = self.folds.fold(part, flow.on, stated=False, counts_before=flow.on)
        held = before.just_before.get(flow.ref) or before.value
        if size.is_share:
            # as the part is read now, where it still folds the flow
            held = self.folds.fold(part, self.day, stated=False).just_before.get(flow.ref) or held
            return Amounts(size.least_of(held.low or 0), exactly(size, held), _most_of(size, held.high))
        if flow.kind == "increase" or held.high is None:
            return Amounts(size.low or 0, size.best, size.high)
        top = held.high
        best = None if size.best is None else min(size.best, top)
        return Amounts(min(size.low or 0, top), best, top if size.high is None else min(size.high, top))

    def _flow(self, happening: Happening) -> None:
        """Move the line by a flow (2), or by what it may add to other origins' flows (3)."""
        flow, value = happening.speaker, self.result.value
        self.result.just_before[flow.ref] = value
        others = [other for other, _ in self.done if may_be_one(self.claims, happening, other)]
        amounts = self._amounts(flow, value)
        if others:
            # a share may be of what was there before the flow that it is one with, or of what is left after it
            both = amounts, self._amounts(flow, self.result.just_before[others[0].speaker.ref])
            # the most leaves where they are two: then a share is of what the first one left
            amounts = Amounts(min(one.least for one in both), None, amounts.most)
        least, best = amounts.least, amounts.best
        if self.place_of(flow) == MAYBE:
            least, best = 0, None
            self.result.flags.add("uncertain")
        before = least_together(self.claims, self.done)
        self.done.append((happening, least))
        if others:
            least, best = least_together(self.claims, self.done) - before, None
            self.result.flags.add("maybe_same")
        self.result.folded.append(flow)
        self.result.joined += [*happening.members, *self.silent.get(flow.ref, [])]
        if flow.kind == "increase":
            self._set(
                None if value.low is None else value.low + least,
                None if value.best is None or best is None else value.best + best,
                None if value.high is None or amounts.most is None else value.high + amounts.most,
            )
            return
        if flow.size.high is None and not flow.size.is_share:
            self.result.flags.add("unquantified")
        top = None if value.high is None else max(0, value.high - least)
        if self._takes_all(flow):
            top = 0  # of however many there were, all have left
        in_it = any(self._takes_all(other.speaker) for other in others)
        if value.high is not None and least > value.high and not in_it:
            self.result.flags |= {"overdrawn", "contested"} if self.stated else {"overdrawn"}
        self._set(
            None if value.low is None else max(0, value.low - (INFINITE if amounts.most is None else amounts.most)),
            None if value.best is None or best is None else max(0, value.best - best),
            top,
        )

    def _takes_all(self, flow: Claim) -> bool:
        """True where everything that the line itself held has certainly left."""
        mine = flow.text.line == self.line.name and flow.kind == "decrease"
        return mine and flow.size.share_low == 1 and self.place_of(flow) == WHOLE

    # Agreement

    def _caps(self) -> list[Claim]:
        """Return the admissible bases that containers have had since this line's base (9)."""
        return [
            base
            for outer in self.claims.containers_of(self.line)
            for base in self.folds.bases_between(outer, self.since, self.day)
            if base.admissible and base.size.high is not None
        ]

    def _cap(self, cap: Claim) -> None:
        top, value = cap.size.high, self.result.value
        assert top is not None
        if value.high is not None and value.high <= top:
            return
        self.result.flags.add("capped")
        self._set(None if value.low is None else min(value.low, top), 0 if top == 0 else None, top)

    def _implied(self) -> list[tuple[Line, Claim]]:
        """Return the newer counts of parts that imply a change here: not a first count, and of the nearest parts only (8)."""
        found = []
        for part in self.claims.parts_of(self.line):
            between = [other for other in self.claims.parts_of(self.line) if part in self.claims.parts_of(other)]
            for count in self.folds.bases_between(part, self.since, self.day):
                as_late = [
                    base
                    for other in between
                    if (base := self.folds.base_at(other, self.day)) is not None and base.on >= count.on
                ]
                if not as_late and (count.admissible or not self.only_admissible):
                    found.append((part, count))
        return found

    def _imply(self, part: Line, count: Claim) -> None:
        before = self.folds.fold(part, count.on, stated=False, counts_before=count.on)
        if before.base is None:
            return
        then, now, value = before.value, count.size, self.result.value
        down = -INFINITE if then.high is None else (now.low or 0) - then.high
        up = INFINITE if now.high is None else now.high - (then.low or 0)
        low, best, high = value.low, value.best, value.high
        if down < 0:
            low, best = (None if low is None else max(0, low + down)), None
        if up > 0:
            high, best = (None if high is None or up >= INFINITE else high + up), None
        if down < 0 or (up > 0 and value.high is not None):
            self.result.flags.add("parts_newer")
        self._set(low, best, high)

    def _floor(self, day: date) -> None:
        """Keep the line at or above the low of every newer part (8)."""
        if self.stated:
            return
        for part in self.claims.parts_of(self.line):
            base = self.folds.base_at(part, day)
            if base is None or base.on <= self.since or (self.only_admissible and not base.admissible):
                continue
            floor, value = self.folds.fold(part, day, stated=False).value.low or 0, self.result.value
            if floor > (value.low or 0):
                self.result.flags.add("parts_newer")
                best = value.best if value.best is not None and value.best >= floor else None
                self._set(floor, best, None if value.high is None else max(value.high, floor))


def exactly(size: Size, whole: Value) -> int | None:
    """Return the number of things that a share of the best is, if it can be one number only."""
    if whole.best is None or size.least_of(whole.best) != size.most_of(whole.best):
        return None
    return size.least_of(whole.best)


def _most_of(size: Size, high: int | None) -> int | None:
    return None if high is None else size.most_of(high)
