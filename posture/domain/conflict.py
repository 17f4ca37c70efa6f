"""Claims that cannot both be true: what speaks against what about a line, and how far the two are apart.

Pure, from what was read and agreed: it names the claims behind the flags `contested`, `overdrawn`, `doubted` and `capped`, and
leaves out those that two claims raise that may well both be so.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.fold import Value, size
from posture.domain.reading import ordered_by_link
from posture.domain.standing import Role, felt
from posture.domain.track import bases_of, follow_until, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed, Nesting
    from posture.domain.standing import Standing


class ConflictKind(StrEnum):
    """In which way two claims speak against each other, in the order in which ties are shown."""

    COUNT = "count"
    DENIAL = "denial"
    OVERDRAWN = "overdrawn"
    PARTS_ABOVE_WHOLE = "parts_above_whole"
    DOUBTED = "doubted"
    CAPPED = "capped"


class Conflict(NamedTuple):
    """Two sides that cannot both be true."""

    line: int
    """The line that they are about."""
    kind: ConflictKind
    """In which way."""
    claim: Claim
    """The side that stands."""
    value: Value | None
    """What it says, brought to the day of the other where flows lie between; None: no number."""
    against: tuple[Claim, ...]
    """The other side: one claim, or those of several parts."""
    other: Value | None
    """What that says; None: no number."""
    gap: int | None
    """How far the two figures are apart at least; None where one of them is no figure."""

    @property
    def share(self) -> float | None:
        """The gap as a share of the larger of the two figures, at its nearer end: 0 to 1."""
        if self.gap is None or self.value is None or self.other is None:
            return None
        return self.gap / max(1, self.value.low, self.other.low)


def apart(one: Value, other: Value) -> int:
    """Return how far two figures are apart at least; 0 where they meet."""
    below = 0 if one.high is None else other.low - one.high
    above = 0 if other.high is None else one.low - other.high
    return max(0, below, above)


def conflicts_of(line: int, agreed: Agreed, readings: Mapping[int, Reading], nesting: Nesting) -> list[Conflict]:
    """Return what speaks against what about a line."""
    finder = _Finder(readings[line], agreed, felt(line, agreed, readings, nesting))
    return [*finder.contested(), *finder.doubted(), *finder.felt()]


class _Finder:
    """Finds the conflicts of one line."""

    def __init__(self, reading: Reading, agreed: Agreed, told: Sequence[Standing]) -> None:
        """`told` are the claims of other lines that moved the agreed figure."""
        self.reading, self.agreed, self.told = reading, agreed, told
        found = reading.evidence
        self.own = {claim.id: claim for claim in (*found.denials, *found.statuses, *found.flows, *found.counts)}
        self.known = ordered_by_link(found.counts, found.flows)
        self.material = replace(reading.material, halves=())
        counted = {base.id for base in bases_of(found.counts)}
        self.became = {base.id for base in reading.bases if base.id not in counted}

    def _conflict(
        self,
        kind: ConflictKind,
        claim: Claim,
        value: Value | None,
        against: Claim,
        other: Value | None,
        gap: int | None,
    ) -> Conflict:
        return Conflict(self.reading.line.id, kind, claim, value, (against,), other, gap)

    def _brought(self, earlier: Claim, later: Claim) -> Value:
        """Return an earlier count as of the day of a later claim."""
        if later.on <= earlier.on:
            return value_of(earlier)
        material = self.reading.material if later.id in self.became else self.material
        return follow_until(earlier, material, later, self.known).folded.value

    def _flagged(self, flag: str) -> list[Claim]:
        """Return the line's own claims that cause a flag, each once."""
        ids = dict.fromkeys((*self.reading.flags.get(flag, ()), *self.agreed.flags.get(flag, ())))
        return [self.own[number] for number in ids if number in self.own]

    def contested(self) -> Iterator[Conflict]:
        """Yield what other origins say against the base, and departures of more than there was."""
        base = self.reading.base
        overdrawn = self._flagged("overdrawn")
        for claim in dict.fromkeys((*self._flagged("contested"), *overdrawn)):
            if claim in overdrawn:
                yield self._overdrawn(claim)
            elif claim.modality == "denied":
                if base is not None:
                    yield self._denied(base, claim)
            elif claim.id in self.became or base is None or claim.id == base.id:
                earlier = self._before(claim)
                if earlier is not None:
                    yield self._counted(claim, earlier)
            else:
                yield self._counted(base, claim)

    def _before(self, count: Claim) -> Claim | None:
        """Return the base before the one that this count became."""
        bases = self.reading.bases
        place = next((number for number, one in enumerate(bases) if one.id == count.id), 0)
        return bases[place - 1] if place else None

    def _counted(self, stands: Claim, other: Claim) -> Conflict:
        """Return two counts that cannot be squared, the earlier brought to the day of the later."""
        value, said = self._brought(stands, other), self._brought(other, stands)
        gap = apart(value, said) or apart(value_of(stands), value_of(other))
        return self._conflict(ConflictKind.COUNT, stands, value, other, said, gap or None)

    def _denied(self, base: Claim, denial: Claim) -> Conflict:
        """Return a denial against the base; of any presence, where it denies no number of its own."""
        number = denial.kind != "announcement" and denial.form is not None
        value = value_of(base)
        return self._conflict(
            ConflictKind.DENIAL, base, value, denial, Value(0, 0, 0) if number else None, value.low if number else None
        )

    def _overdrawn(self, flow: Claim) -> Conflict:
        """Return a departure against what there was just before; where only a whole limits that, against the whole."""
        moved, base = size(flow, None), self.reading.base
        if flow.id in self.reading.flags.get("overdrawn", ()):
            held = self.reading.followed.folded.held.get(flow.id) or value_of(base)
        else:
            limits = [one.claim for one in self.told if one.role is Role.CAPPED and one.claim.on <= flow.on]
            base = limits[-1] if limits else base
            held = Value(0, None, base.high) if limits and base else value_of(base)
        gap = None if held.high is None else moved.low - held.high
        return self._conflict(
            ConflictKind.OVERDRAWN, base or flow, held, flow, moved, gap if gap is not None and gap > 0 else None
        )

    def doubted(self) -> Iterator[Conflict]:
        """Yield what claims of poor grade say against what stands, where the two cannot both be so."""
        base = self.reading.base
        for claim in self._flagged("doubted"):
            if claim.kind == "status":
                yield from self._other_state(claim)
            elif claim.kind == "count" and base is not None and (claim.low is not None or claim.high is not None):
                value, said = self._brought(base, claim), value_of(claim)
                if gap := apart(value, said):
                    yield self._conflict(ConflictKind.DOUBTED, base, value, claim, said, gap)

    def _other_state(self, claim: Claim) -> Iterator[Conflict]:
        """Yield the whole state in force where a poor claim gives another whole one."""
        for figure in self.reading.status.get(claim.axis or "", ()):
            stands = self.own.get(figure.claim)
            if stands is not None and stands.form is None and claim.form is None and stands.status != claim.status:
                yield self._conflict(ConflictKind.DOUBTED, stands, None, claim, None, None)

    def felt(self) -> Iterator[Conflict]:
        """Yield what other lines' claims say against this one's: departures of parts, and wholes that had fewer."""
        base = self.reading.base
        if base is None:
            return
        for told in self.told:
            claim = told.claim
            if claim.id in self.agreed.flags.get("overdrawn", ()):
                yield self._overdrawn(claim)
            elif told.role is Role.CAPPED:
                held, limit = self._brought(base, claim), Value(0, None, claim.high)
                if gap := apart(held, limit):
                    yield self._conflict(ConflictKind.CAPPED, claim, value_of(claim), base, held, gap)


def order_of(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """Return conflicts with the largest gap first, by its share; then those without numbers; last what a newer whole limits."""

    def key(one: Conflict) -> tuple[object, ...]:
        share = one.share
        return (
            one.kind is ConflictKind.CAPPED,
            share is None,
            -(share or 0.0),
            tuple(ConflictKind).index(one.kind),
            one.line,
            one.claim.id,
            [claim.id for claim in one.against],
        )

    return sorted(conflicts, key=key)
