"""Where each claim about a line stands: it decided the figure, confirmed it, was set aside, and for what reason.

Pure: it explains a reading that is there already, by the same rules (1 to 9), and decides nothing itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import FLOWS, Claim, has_lapsed
from posture.domain.track import class_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.domain.reading import Reading
    from posture.domain.reconcile import Agreed, Nesting


class Group(StrEnum):
    """The groups in which claims are shown, in this order."""

    DECIDED = "decided"
    CONFIRMED = "confirmed"
    SET_ASIDE = "set_aside"
    RETRACTED = "retracted"


class Role(StrEnum):
    """What a claim is to the figure of a line."""

    BASE = "base"
    MOVED = "moved"
    TIGHTENED = "tightened"
    PART_MOVED = "part_moved"
    PART_COUNTED = "part_counted"
    CAPPED = "capped"
    STATE = "state"
    AGREES = "agrees"
    REPEATS = "repeats"
    ALSO_TOLD = "also_told"
    CONTESTS = "contests"
    DENIES = "denies"
    DOUBTED = "doubted"
    NOT_ADMISSIBLE = "not_admissible"
    WITHHELD = "withheld"
    NO_NUMBER = "no_number"
    TOLD_TWICE = "told_twice"
    OPEN_ENDED = "open_ended"
    WORSE_GRADE = "worse_grade"
    SECOND_HAND = "second_hand"
    RECORDED_EARLIER = "recorded_earlier"
    OLDER = "older"
    BEFORE_THE_COUNT = "before_the_count"
    OLDER_STATE = "older_state"
    FAR_DENIAL = "far_denial"
    LAPSED = "lapsed"
    OTHER_BASIS = "other_basis"
    RETRACTED = "retracted"


DECIDES_FIGURE = frozenset({Role.BASE, Role.MOVED, Role.TIGHTENED})
"""The roles of the line's own claims from which what was stated is made."""
FELT = frozenset({Role.PART_MOVED, Role.PART_COUNTED, Role.CAPPED})
"""The roles of other lines' claims that moved the agreed figure."""
_CONFIRMED = frozenset({Role.AGREES, Role.REPEATS, Role.ALSO_TOLD})


def group_of(role: Role) -> Group:
    """Return the group in which claims of a role are shown."""
    if role in DECIDES_FIGURE or role in FELT or role is Role.STATE:
        return Group.DECIDED
    if role in _CONFIRMED:
        return Group.CONFIRMED
    return Group.RETRACTED if role is Role.RETRACTED else Group.SET_ASIDE


class Standing(NamedTuple):
    """Where one claim stands."""

    claim: Claim
    """The claim, as it was read: a phase `withdrawn` and a machine's whereabouts are counts."""
    role: Role
    """What it is to the figure."""
    by: int | None = None
    """The claim that decided in its place, or that speaks for it; of a base, the one that it could not be squared with;
    of a part's count, the base of the whole, which is older: None where the whole was never counted."""
    line: int | None = None
    """The line that it is about, where that is another one."""


class Standings:
    """Says where the claims of one line stand."""

    def __init__(self, reading: Reading, as_of: str, basis: str = "present") -> None:
        """`reading` is what was stated about the line as of the day; `basis` what was asked for."""
        self.reading, self.as_of, self.basis = reading, as_of, basis
        evidence = reading.evidence
        self._counts = {claim.id: claim for claim in evidence.counts}
        self._lapsed = {claim.id for claim in evidence.lapsed}
        self._flows = {claim.id for claim in evidence.flows}
        self._used = {claim.id for claim in reading.used}
        self._speaks = {other.id: speaker for speaker, others in reading.silent.items() for other in others}
        self._supplied = {claim for claims in reading.origins.values() for claim in claims}
        self._flagged = {flag: frozenset(claims) for flag, claims in reading.flags.items()}
        self._in_force = {
            figure.claim for axis, figures in reading.status.items() if axis != "phase" for figure in figures
        }
        self._origin = {claim.id: claim.origin for claim in (*evidence.counts, *evidence.flows)}

    def every(self) -> list[Standing]:
        """Return where each claim stands that the reading knows: of the line, its deployment, and its machine elsewhere.

        The phase of a deployment says nothing of how many a line holds, unless it is `withdrawn`, or flagged.
        """
        found = self.reading.evidence
        flagged = frozenset[int]().union(*self._flagged.values())
        statuses = [
            claim
            for claim in found.statuses
            if claim.axis != "phase" or claim.id in flagged or claim.id in self._counts
        ]
        known = (*found.counts, *found.flows, *found.unbounded, *found.lapsed, *statuses, *found.denials)
        return [self.of(claim) for claim in {claim.id: claim for claim in known}.values()]

    def of(self, claim: Claim) -> Standing:
        """Return where a claim about the line stands, be it among those that the reading was given or an older one."""
        base = self.reading.base
        if base is not None and claim.id == base.id:
            return Standing(base, Role.BASE, self._squared_with(base))
        if claim.basis != self.basis:
            return Standing(claim, Role.OTHER_BASIS)
        if claim.modality == "denied":
            near = claim.id in self._flagged.get("contested", ())
            return Standing(claim, Role.DENIES if near else Role.FAR_DENIAL, base.id if base else None)
        if claim.kind in FLOWS:
            return self._flow(claim)
        if claim.kind == "status" or claim.id in self._in_force:
            if claim.id in self._in_force:
                return Standing(claim, Role.STATE)
            if claim.id not in self._counts:
                return self._status(claim)
        return self._count(self._counts.get(claim.id, claim))

    def _squared_with(self, base: Claim) -> int | None:
        """Return the base before one that could not be squared with it, if that is how it became the base."""
        if base.id not in self._flagged.get("contested", ()):
            return None
        return next((earlier.id for earlier in reversed(self.reading.bases) if earlier.on < base.on), None)

    def _poor(self, claim: Claim) -> Role:
        return Role.DOUBTED if claim.id in self._flagged.get("doubted", ()) else Role.NOT_ADMISSIBLE

    def _flow(self, claim: Claim) -> Standing:
        base = self.reading.base
        if claim.id in self._used:
            return Standing(claim, Role.MOVED)
        if claim.id in self._speaks:
            speaker = self._speaks[claim.id]
            same = self._origin.get(speaker) == claim.origin
            return Standing(claim, Role.TOLD_TWICE if same else Role.ALSO_TOLD, speaker)
        if not claim.admissible and not self.reading.rest_decides:
            return Standing(claim, self._poor(claim), base.id if base else None)
        if claim.id not in self._flows and self._lapsed:
            return Standing(claim, Role.LAPSED)
        return Standing(claim, Role.BEFORE_THE_COUNT, base.id if base else None)

    def _status(self, claim: Claim) -> Standing:
        if has_lapsed(claim, self.as_of):
            return Standing(claim, Role.LAPSED)
        figures = self.reading.status.get(claim.axis or "", [])
        by = figures[-1].claim if figures else None
        poor = not claim.admissible and claim.id in self._flagged.get("doubted", ())
        return Standing(claim, Role.DOUBTED if poor else Role.OLDER_STATE, by)

    def _count(self, count: Claim) -> Standing:
        base = self.reading.base
        if count.id in self._lapsed or has_lapsed(count, self.as_of):
            return Standing(count, Role.LAPSED)
        if count.low is None and count.high is None:
            refused = count.form == "withheld"
            return Standing(count, Role.WITHHELD if refused else Role.NO_NUMBER, base.id if base else None)
        if count.id in self._used:
            return Standing(count, Role.TIGHTENED)
        if base is None:
            return Standing(count, self._poor(count))
        if count.id in self._supplied:
            return Standing(count, Role.REPEATS if count.origin == base.origin else Role.AGREES, base.id)
        if count.id in self._flagged.get("contested", ()):
            return Standing(count, Role.CONTESTS, base.id)
        return Standing(count, self._outvoted(count, base), base.id)

    def _outvoted(self, count: Claim, base: Claim) -> Role:
        """Return by which step of the order of claims a count lost to the base."""
        if not count.admissible and (base.admissible or not self.reading.rest_decides):
            return self._poor(count)
        if count.on < base.on:
            return Role.OLDER
        if class_of(count) > class_of(base):
            return Role.OPEN_ENDED
        if count.rank > base.rank:
            return Role.WORSE_GRADE
        return Role.SECOND_HAND if base.own_words and not count.own_words else Role.RECORDED_EARLIER


def felt(line: int, agreed: Agreed, readings: Mapping[int, Reading], nesting: Nesting) -> list[Standing]:
    """Return the claims of other lines that moved a line's agreed figure: flows and counts of parts, bases of containers."""
    wanted = set(agreed.felt)
    found: dict[int, Standing] = {}
    limits = set(agreed.flags.get("capped", ()))
    base = readings[line].base if line in readings else None
    for outer in nesting.containers.get(line, ()):
        if outer in readings:
            _note(found, wanted & limits, readings[outer].bases, outer, Role.CAPPED)
    for inner in nesting.parts.get(line, ()):
        if inner in readings:
            evidence = readings[inner].evidence
            _note(found, wanted, evidence.flows, inner, Role.PART_MOVED)
            _note(found, wanted, evidence.counts, inner, Role.PART_COUNTED, base.id if base else None)
    return [found[number] for number in agreed.felt if number in found]


def _note(
    found: dict[int, Standing],
    wanted: Iterable[int],
    claims: Iterable[Claim],
    line: int,
    role: Role,
    by: int | None = None,
) -> None:
    """Add those of a line's claims that are wanted, each once."""
    for claim in claims:
        if claim.id in wanted and claim.id not in found:
            found[claim.id] = Standing(claim, role, by, line)


def flags_by_claim(*flags: Mapping[str, Iterable[int]]) -> dict[int, list[str]]:
    """Return for each claim the flags that it caused."""
    caused: dict[int, set[str]] = {}
    for one in flags:
        for flag, claims in one.items():
            for claim in claims:
                caused.setdefault(claim, set()).add(flag)
    return {claim: sorted(words) for claim, words in caused.items()}
