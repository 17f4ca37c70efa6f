"""An independent, naive reading of a ledger: plain lists, no SQL, written from the design page and from nothing else.

Clarity over speed. What counts and the base are in `oracle_claims`, folds and agreement in `oracle_fold`, totals and plans in
`oracle_totals` and `oracle_plans`; here are the flags, origins and statuses of rules 4 and 6, and the answers put together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from tests.ledger_records import Ref, Value
from tests.oracle_claims import Claims, has_lapsed, is_count
from tests.oracle_fold import Fold, Folds
from tests.oracle_plans import plan_states, projected
from tests.oracle_record import AXES
from tests.oracle_totals import Place, Standing, Total, Totals

if TYPE_CHECKING:
    from tests.ledger_records import Ledger, Line, Question
    from tests.oracle_record import Claim

MONTH = timedelta(days=30)
UNKNOWN = Value(0, None, None)
Statuses = frozenset[tuple[str, Value | None]]


@dataclass(frozen=True)
class LineAnswer:
    """All that is said of a line."""

    value: Value
    stated: Value
    flags: frozenset[str]
    origins: int
    base: Ref | None
    statuses: dict[str, Statuses]
    is_known: bool
    """Whether anything at all has been claimed of it by then."""


class Oracle:
    """The answers to one question about one ledger."""

    def __init__(self, ledger: Ledger, question: Question) -> None:
        self.question = question
        self.claims = Claims(ledger, question)
        self.folds = Folds(self.claims)
        self.horizon = question.as_of
        self.projected: Folds | None = None
        if question.projected:
            ahead = Claims(ledger, question)
            ahead.planned = projected(self.folds)
            self.horizon = question.as_of + timedelta(days=len(ahead.planned))
            self.projected = Folds(ahead)

    # One line

    def line(self, name: str) -> LineAnswer:
        """Return all that is said of a line."""
        line = self.claims.lines[name]
        stated, agreed = (self.folds.fold(line, self.question.as_of, stated=stated) for stated in (True, False))
        flags = stated.flags | agreed.flags | self._flags(line, stated)
        answer = LineAnswer(
            agreed.value,
            stated.value,
            frozenset(flags),
            len(self._origins(line, stated)),
            stated.base.ref if stated.base else None,
            {axis: self.statuses(line, axis, agreed.value) for axis in AXES},
            self._is_known(line),
        )
        return self._ahead(line, answer) if self.projected else answer

    def _ahead(self, line: Line, now: LineAnswer) -> LineAnswer:
        """Return the answer with the figures that the open plans would make of it."""
        assert self.projected is not None
        agreed = self.projected.fold(line, self.horizon, stated=False)
        return replace(now, value=agreed.value, flags=now.flags | {"projected"})

    def says_something(self, line: Line) -> bool:
        """True where something is claimed of the line itself: of its number, be it lapsed, or of its status."""
        said = self.claims.of_line(line) or self.claims.lapsed(line)
        return bool(said) or any(self.statuses(line, axis, UNKNOWN) for axis in AXES if axis != "phase")

    def _is_known(self, line: Line) -> bool:
        return any(claim.text.line == line.name for claim in self.claims.visible) or bool(self.claims.of_line(line))

    def _counts_near(self, line: Line, base: Claim) -> list[Claim]:
        """Return the line's other admissible counts that were within thirty days of the base; what a platform's status ends is no count."""
        if not is_count(base):
            return []
        return [
            claim
            for claim in self.claims.of_line(line)
            if is_count(claim)
            and claim.ref != base.ref
            and claim.admissible
            and claim.size.bounds
            and abs(claim.on - base.on) <= MONTH
        ]

    def _agrees(self, line: Line, count: Claim, base: Claim) -> bool:
        """True where a count, brought to the same day as the base, overlaps it."""
        if count.on == base.on:
            # flows of the day may lie between the two
            return any(self._overlaps(line, *pair) for pair in ((count, base), (base, count)))
        return self._overlaps(line, *sorted((count, base), key=lambda claim: claim.on))

    def _overlaps(self, line: Line, earlier: Claim, later: Claim) -> bool:
        value, other = self.folds.brought_to(line, earlier, later), later.size
        return (value.high is None or (other.low or 0) <= value.high) and (
            other.high is None or (value.low or 0) <= other.high
        )

    def _origins(self, line: Line, stated: Fold) -> set[str]:
        found = {self.claims.origin(claim) for claim in stated.joined}
        if stated.base is not None:
            near = self._counts_near(line, stated.base)
            found |= {self.claims.origin(count) for count in near if self._agrees(line, count, stated.base)}
        return found

    def _flags(self, line: Line, stated: Fold) -> set[str]:
        """Return the flags that the reading of the line itself gives (1, 6)."""
        flags, base = set(), stated.base
        own = self.claims.of_line(line)
        if base is not None:
            mine = self.claims.origin(base)
            others = [count for count in self._counts_near(line, base) if self.claims.origin(count) != mine]
            if any(not self._agrees(line, count, base) for count in others) or any(self._denials(line, base, mine)):
                flags.add("contested")
        newer = [
            claim
            for claim in own
            if claim.size.withheld and claim.kind == "count" and (base is None or claim.on > base.on)
        ]
        if any(claim.admissible or not stated.only_admissible for claim in newer):
            flags.add("withheld")
        if self._doubts(line, stated):
            flags.add("doubted")
        if (
            stated.folded
            and (self.question.as_of - max(claim.on for claim in stated.folded)).days > self.question.stale_after
        ):
            flags.add("stale")
        if not stated.folded and self.claims.lapsed(line):
            flags.add("lapsed")
        return flags

    def _denials(self, line: Line, base: Claim, mine: str) -> list[Claim]:
        """Return other origins' denials of a line or its deployment within thirty days of the base."""
        return [
            claim
            for claim in self.claims.visible
            if claim.text.modality == "denied"
            and claim.text.basis == self.question.basis
            and claim.text.deployment == line.deployment
            if claim.text.line in (None, line.name) and claim.on <= self.question.as_of
            if abs(claim.on - base.on) <= MONTH and self.claims.origin(claim) != mine
        ]

    def _doubts(self, line: Line, stated: Fold) -> bool:
        """True where a claim that is not admissible decides nothing, and is as new as the base."""
        used = {claim.ref for claim in stated.folded}
        own = self.claims.of_line(line)
        since = stated.base.on if stated.base else date.min
        rest = [claim for claim in own if claim.ref not in used] if any(claim.admissible for claim in own) else []
        for axis in AXES:
            found = self._status_claims(line, axis)
            rest = [*rest, *found] if any(claim.admissible for claim in found) else rest
        return any(not claim.admissible and claim.on >= since for claim in rest)

    # Statuses

    def _status_claims(self, line: Line, axis: str) -> list[Claim]:
        """Return the claims on an axis that apply: of the line, or for a phase of its deployment; the first in the order first."""
        day, about = self.question.as_of, None if axis == "phase" else line.name
        found = [
            claim
            for claim in self.claims.visible
            if claim.kind == "status"
            and claim.axis == axis
            and (claim.text.deployment, claim.text.line) == (line.deployment, about)
            and self.claims.counts(claim)
            if claim.on <= day and not has_lapsed(claim, day)
        ]
        return sorted(found, key=lambda claim: claim.order)

    def statuses(self, line: Line, axis: str, whole: Value) -> Statuses:
        """Return what is said on an axis (4): the first whole status in the order, and the partial ones before it, one each."""
        claims = self._status_claims(line, axis)
        if any(claim.admissible for claim in claims):
            claims = [claim for claim in claims if claim.admissible]
        found: dict[str, Value | None] = {}
        listed: list[tuple[str, Value | None]] = []
        for claim in claims:
            word = str(claim.text.status)
            if claim.text.quantity is None:
                listed.append((word, None))
                break
            if word not in found:
                found[word] = _part(claim, whole)
                listed.append((word, found[word]))
        return frozenset(listed)

    # Plans and totals

    def plans(self) -> dict[Ref, str]:
        """Return every plan that exists, with its state."""
        return plan_states(self.folds)

    def total(self, actor: str, location: str, asset_type: str) -> Total:
        """Return the figure of a node."""
        return Totals(self.claims, self._standing).total(Place(actor, location, asset_type))

    @cached_property
    def _standing(self) -> list[Standing]:
        """The lines of which something is known, with their agreed figures."""
        standing = []
        for line in self.claims.lines.values():
            folds = self.projected or self.folds
            agreed = folds.fold(line, self.horizon, stated=False)
            if self.says_something(line) or folds.claims.of_line(line):
                standing.append(Standing(line, agreed.value, agreed.base))
        return standing


def _said(count: Claim) -> Value:
    return Value(count.size.low, count.size.best, count.size.high)


def _part(claim: Claim, whole: Value) -> Value:
    """Return how many a partial status is about."""
    size = claim.size
    if not size.is_share:
        return _said(claim)
    low = size.least_of(whole.low or 0)
    high = None if whole.high is None else size.most_of(whole.high)
    best = (
        size.least_of(whole.best)
        if whole.best is not None and size.least_of(whole.best) == size.most_of(whole.best)
        else None
    )
    return Value(low, best, high)
