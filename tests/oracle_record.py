"""What a ledger's entries amount to: claims, retractions and origins, as an oracle keeps them in plain lists.

Written from the page alone; shares nothing with the package under test.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.ledger_records import ClaimText, Correct, Log, Move, Ref, Repeats, Retract, Undo
from tests.oracle_words import Size, Span, grade_place, is_admissible, read_size, read_span

if TYPE_CHECKING:
    from datetime import date

    from tests.ledger_records import Entry, Ledger

AXES = {
    "phase": ("planned", "building_up", "active", "under_review", "drawing_down", "withdrawn"),
    "presence": ("present", "in_transit", "departed"),
    "activity": ("operating", "grounded", "stored"),
    "condition": ("fmc", "pmc", "nmc"),
    "lifecycle": ("in_service", "decommissioned", "lost", "captured", "transferred"),
}
NOTHING = Size("nothing")


@dataclass(frozen=True)
class Claim:
    """One claim with its words read."""

    ref: Ref
    statement: int
    """The entry that first made it: a correction and a restatement stay part of the statement they mend."""
    text: ClaimText
    size: Size
    span: Span
    own_words: bool
    marker: str = ""
    """Empty, or why this stands in for another claim: `withdrawn`, `platform`, `planned`."""
    when: Span | None = None
    """The dates as they were claimed, where a projection has moved `span`."""

    @property
    def seq(self) -> int:
        """The entry that recorded it."""
        return self.ref.entry

    @property
    def kind(self) -> str:
        """What it claims."""
        return self.text.kind

    @property
    def on(self) -> date:
        """The date that orders it."""
        return self.span.on

    @property
    def dates(self) -> Span:
        """The dates as claimed."""
        return self.when or self.span

    @property
    def admissible(self) -> bool:
        """Whether its grade lets it decide."""
        return is_admissible(self.text.grade)

    @property
    def axis(self) -> str | None:
        """The axis of its status."""
        return next((axis for axis, words in AXES.items() if self.text.status in words), None)

    @property
    def order(self) -> tuple[object, ...]:
        """The order of claims: the smallest is the first."""
        return (
            not self.admissible,
            -self.on.toordinal(),
            grade_place(self.text.grade),
            not self.own_words,
            -self.ref.entry,
            -self.ref.ordinal,
        )


@dataclass(frozen=True)
class Withdrawal:
    """One claim taken off the record by an entry, and what replaces it."""

    entry: int
    claim: Ref
    replacement: Ref | None = None


@dataclass
class Record:
    """All that the entries of a ledger amount to."""

    claims: dict[Ref, Claim] = field(default_factory=dict)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    restated: list[tuple[Ref, Ref]] = field(default_factory=list)
    """Pairs of a withdrawn claim and the claim that records it again."""
    origins: list[tuple[int, str, str | None]] = field(default_factory=list)
    """Entry, source, and the source that it repeats (None: itself)."""

    def is_visible(self, ref: Ref, known: int) -> bool:
        """True where a claim is recorded and not withdrawn by that entry."""
        return (
            ref in self.claims
            and ref.entry <= known
            and not any(w.claim == ref and w.entry <= known for w in self.withdrawals)
        )

    def visible(self, known: int) -> list[Claim]:
        """Return the claims visible at an entry."""
        return [claim for ref, claim in sorted(self.claims.items()) if self.is_visible(ref, known)]

    def now(self, ref: Ref | None, known: int) -> Ref | None:
        """Return the claim that a reference means at an entry: itself, or what replaces or restates it; else None."""
        if ref is None or self.is_visible(ref, known):
            return ref
        later = [w.replacement for w in self.withdrawals if w.claim == ref and w.entry <= known and w.replacement]
        later += [again for old, again in self.restated if old == ref and again.entry <= known]
        meant = [found for found in (self.now(one, known) for one in later) if found]
        return max(meant, default=None)

    def voices(self, source: str, known: int) -> list[str]:
        """Return a source, what it repeats, what that repeats, and so on to the origin, as declared by that entry."""
        found = [source]
        while True:
            declared = [origin for entry, name, origin in self.origins if name == found[-1] and entry <= known]
            if not declared or declared[-1] is None or declared[-1] in found:
                return found
            found.append(declared[-1])

    def origin(self, source: str, known: int) -> str:
        """Return the source at the end of the chain of repeats, as declared by that entry."""
        return self.voices(source, known)[-1]


def record_of(ledger: Ledger) -> Record:
    """Return what the entries amount to, applying them one by one."""
    record = Record()
    for number, entry in enumerate(ledger.entries, 1):
        _apply(record, ledger, number, entry)
    return record


def _add(record: Record, number: int, text: ClaimText, statement: int | None = None) -> Ref:
    ordinal = 1 + sum(1 for ref in record.claims if ref.entry == number)
    ref = Ref(number, ordinal)
    repeats = record.origin(text.source, number) != text.source
    own = not repeats if text.own_words is None else text.own_words
    size = read_size(text.quantity) if text.quantity else NOTHING
    record.claims[ref] = Claim(ref, statement or number, replace(text, own_words=own), size, read_span(text.on), own)
    return ref


def _apply(record: Record, ledger: Ledger, number: int, entry: Entry) -> None:
    if isinstance(entry, Log):
        for text in entry.claims:
            _add(record, number, text)
    elif isinstance(entry, Move):
        _move(record, ledger, number, entry)
    elif isinstance(entry, Correct):
        old = record.claims[entry.target]
        changed = replace(old.text, **dict(entry.changes))  # type: ignore[arg-type]
        new = _add(record, number, changed, old.statement)
        record.withdrawals.append(Withdrawal(number, entry.target, new))
    elif isinstance(entry, Retract):
        _retract(record, number, entry)
    elif isinstance(entry, Repeats):
        record.origins.append((number, entry.source, entry.origin))
    elif isinstance(entry, Undo):
        _undo(record, number, entry.entry)


def _move(record: Record, ledger: Ledger, number: int, entry: Move) -> None:
    there = next(line for line in ledger.lines if line.name == entry.to_line)
    here, name = entry.claim.deployment, f"move-{number}"
    _add(record, number, replace(entry.claim, other=there.deployment, transfer=name))
    arrival = replace(
        entry.claim, deployment=there.deployment, line=there.name, kind="increase", links=(), same_as=None, after=None
    )
    _add(record, number, replace(arrival, other=here, transfer=name))


def entries_of(record: Record, claim: Claim) -> list[int]:
    """Return the entries that recorded a claim: the one that records it as it stands, and those of which it is the claim again."""
    found, ref = [claim.seq], claim.ref
    again = {new: old for old, new in record.restated}
    while ref in again:
        ref = again[ref]
        found.append(ref.entry)
    return found


def _retract(record: Record, number: int, entry: Retract) -> None:
    """Withdraw a claim, the claims of an entry in whatever form they stand, or those of a source and all that repeat it."""
    for claim in record.visible(number - 1):
        asked = entry.claim == claim.ref or entry.entry in entries_of(record, claim)
        if asked or (entry.source is not None and entry.source in record.voices(claim.text.source, number - 1)):
            record.withdrawals.append(Withdrawal(number, claim.ref))


def _undo(record: Record, number: int, undone: int) -> None:
    """Withdraw what an entry claimed, record again what it withdrew, and set origins back."""
    for claim in record.visible(number - 1):
        if undone in entries_of(record, claim):
            record.withdrawals.append(Withdrawal(number, claim.ref))
    for withdrawal in [w for w in record.withdrawals if w.entry == undone]:
        old = record.claims[withdrawal.claim]
        again = _add(record, number, old.text, old.statement)
        record.restated.append((withdrawal.claim, again))
    for _, source, _ in [stated for stated in record.origins if stated[0] == undone]:
        before = [origin for entry, name, origin in record.origins if name == source and entry < undone]
        record.origins.append((number, source, before[-1] if before else None))
