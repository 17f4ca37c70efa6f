"""What counts, for one question about one ledger: containment, lapses, the claims about each line, and the base among them.

Naive on purpose, and written from the design page alone. Numbers in brackets are the page's reading rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.oracle_record import Claim, Record, record_of
from tests.oracle_words import Span, read_size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tests.ledger_records import Deployment, Ledger, Line, Question, Ref

ENDS = ("lost", "captured", "transferred", "decommissioned")
FLOWS = ("increase", "decrease")


def as_count(claim: Claim, line: Line, words: str, span: Span) -> Claim:
    """Return a status as the count that it amounts to on a line."""
    return replace(
        claim,
        text=replace(claim.text, kind="count", line=line.name, quantity=words),
        size=read_size(words),
        span=span,
        marker=claim.text.status or "",
    )


def has_lapsed(claim: Claim, day: date) -> bool:
    """True where a state ended before a day."""
    return claim.span.until is not None and claim.span.until < day


def is_count(claim: Claim) -> bool:
    """True of a count, and of a phase `withdrawn`, which is one (1); not of what rule 5 reads out of a platform's statuses."""
    return claim.kind == "count" and claim.marker in ("", "withdrawn")


class Claims:
    """The claims of a ledger as one question sees them."""

    def __init__(self, ledger: Ledger, question: Question) -> None:
        self.ledger, self.question = ledger, question
        self.record: Record = record_of(ledger)
        self.known = len(ledger.entries) if question.known is None else question.known
        self.visible = self.record.visible(self.known)
        self.lines = {line.name: line for line in ledger.lines}
        self.deployments = {deployment.code: deployment for deployment in ledger.deployments}
        self.parents = {
            **{("place", node.code): node.parent for node in ledger.places},
            **{("actor", node.code): node.parent for node in ledger.actors},
            **{("type", node.code): node.parent for node in ledger.types},
        }
        self.planned: list[Claim] = []
        """Plans that a projection takes as done, on days after the one asked for."""
        self._inner: dict[str, list[Line]] = {}
        self._of_line: dict[str, list[Claim]] = {}
        self._joined: dict[Ref, Ref] | None = None

    # Trees and containment

    def same_or_under(self, tree: str, code: str, top: str) -> bool:
        """True where `code` is `top` or below it."""
        here: str | None = code
        while here is not None:
            if here == top:
                return True
            here = self.parents.get((tree, here))
        return False

    def inside(self, deployment: str, outer: str) -> bool:
        """True where a deployment is another or is contained in it, through any number of steps."""
        reached, todo = {outer}, [outer]
        while todo:
            here = self.deployments[todo.pop()]
            for other in self.ledger.deployments:
                if other.code not in reached and self._holds_directly(here, other):
                    reached.add(other.code)
                    todo.append(other.code)
        return deployment in reached

    def _holds_directly(self, outer: Deployment, inner: Deployment) -> bool:
        above = self.same_or_under("actor", inner.actor, outer.actor) and self.same_or_under(
            "place", inner.place, outer.place
        )
        return (above or inner.part_of == outer.code) and outer.operation in (None, inner.operation)

    def contains(self, outer: Line, inner: Line) -> bool:
        """True where a line contains another."""
        return (
            outer.name != inner.name
            and outer.platform is None
            and self.inside(inner.deployment, outer.deployment)
            and self.same_or_under("type", inner.asset_type, outer.asset_type)
        )

    def parts_of(self, line: Line) -> list[Line]:
        """Return the lines that a line contains."""
        if line.name not in self._inner:
            self._inner[line.name] = [other for other in self.lines.values() if self.contains(line, other)]
        return self._inner[line.name]

    def containers_of(self, line: Line) -> list[Line]:
        """Return the lines that contain a line."""
        return [other for other in self.lines.values() if line in self.parts_of(other)]

    def nested(self, one: str | None, other: str | None) -> bool:
        """True where two names are one line, or a line and its container."""
        first, second = self.lines[str(one)], self.lines[str(other)]
        return first == second or first in self.parts_of(second) or second in self.parts_of(first)

    # What counts

    def origin(self, claim: Claim) -> str:
        """Return the origin of a claim's source, as known."""
        return self.record.origin(claim.text.source, self.known)

    def counts(self, claim: Claim) -> bool:
        """True where a claim can change posture: actual, and on the basis asked for."""
        return claim.text.modality == "actual" and claim.text.basis == self.question.basis

    def said_of(self, line: Line, claims: Iterable[Claim]) -> list[Claim]:
        """Return those claims, as counts and flows, that say something about a line's number."""
        found = []
        for claim in claims:
            about = self.lines[claim.text.line] if claim.text.line else None
            if about == line and claim.kind in ("count", *FLOWS):
                found.append(claim)
            elif claim.kind == "status" and claim.text.quantity is None and self.question.basis == "present":
                if (
                    about is None
                    and claim.text.status == "withdrawn"
                    and self.inside(line.deployment, claim.text.deployment)
                ):
                    by = claim.span.by
                    found.append(as_count(claim, line, "none", replace(claim.span, start=by, by=by)))
                elif about and line.platform and about.platform == line.platform:
                    found += self._of_platform(line, about, claim)
            elif (
                claim.kind == "count" and claim.size.low and about and line.platform and about.platform == line.platform
            ):
                found.append(as_count(claim, line, "none", claim.span))
        return found

    def _of_platform(self, line: Line, about: Line, claim: Claim) -> list[Claim]:
        """Return what a status of a platform, claimed on this line or another, says of its number on this line (5)."""
        if claim.text.status == "present":
            return [as_count(claim, line, "1" if about == line else "none", claim.span)]
        if claim.text.status in ENDS or (claim.text.status == "departed" and about == line):
            return [as_count(claim, line, "none", claim.span)]
        return []

    def lapsed(self, line: Line) -> list[Claim]:
        """Return a line's counts that ended before the day asked for."""
        said = self.said_of(line, filter(self.counts, self.visible))
        return [c for c in said if is_count(c) and has_lapsed(c, self.question.as_of)]

    def lapses_with(self, flow: Claim, counts: list[Claim]) -> bool:
        """True where a flow certainly lies within the period of one of these lapsed counts.

        A lapsed count that is not admissible takes no admissible flow along: the rest decides only where nothing admissible exists.
        """
        return any(
            flow.span.start is not None
            and count.span.by <= flow.span.start
            and count.span.until is not None
            and flow.span.end <= count.span.until
            for count in counts
            if count.admissible or not flow.admissible
        )

    def of_line(self, line: Line) -> list[Claim]:
        """Return the counts and flows of a line that apply on the day asked for, and the plans that a projection adds."""
        if line.name not in self._of_line:
            day, gone = self.question.as_of, self.lapsed(line)
            said = [claim for claim in self.said_of(line, filter(self.counts, self.visible)) if claim.on <= day]
            kept = [c for c in said if (not has_lapsed(c, day) if c.kind == "count" else not self.lapses_with(c, gone))]
            self._of_line[line.name] = kept + self.said_of(line, self.planned)
        return self._of_line[line.name]

    def forget(self) -> None:
        """Forget what was worked out, after `planned` has changed."""
        self._of_line.clear()

    # One happening (3): who is joined to whom, and which sides a move has

    def joined(self, claim: Claim) -> Ref:
        """Return one name for all claims that `same_as` joins.

        A claim that was withdrawn, and that nothing replaces, still joins the others: withdrawing it takes nothing along.
        """
        if self._joined is None:
            self._joined = {}
            for one in self.record.claims.values():
                stands = self.record.now(one.ref, self.known) in (one.ref, None)
                if one.text.same_as is not None and one.seq <= self.known and stands:
                    target = self.record.now(one.text.same_as, self.known) or one.text.same_as
                    here, there = self._root(one.ref), self._root(target)
                    if here != there:
                        self._joined[here] = there
        return self._root(claim.ref)

    def _root(self, ref: Ref) -> Ref:
        assert self._joined is not None
        while ref in self._joined:
            ref = self._joined[ref]
        return ref

    def sides(self, claim: Claim) -> frozenset[str]:
        """Return the deployments on the other side of a move, as far as anyone has said."""
        found = {claim.text.other} if claim.text.other else set()
        if claim.text.transfer:
            found |= {
                other.text.deployment
                for other in self.visible
                if other.text.transfer == claim.text.transfer and other.kind in FLOWS and other.kind != claim.kind
            }
        return frozenset(found) - {claim.text.deployment}

    def comes_after(self, claim: Claim, other: Ref) -> bool:
        """True where `after` says, through any number of steps, that a claim happened after another."""
        earlier, seen = self.record.now(claim.text.after, self.known), set()
        while earlier is not None and earlier not in seen:
            if earlier == other:
                return True
            seen.add(earlier)
            earlier = self.record.now(self.record.claims[earlier].text.after, self.known)
        return False

    # The base (1)

    @staticmethod
    def base_from(claims: Iterable[Claim]) -> Claim | None:
        """Return the base among counts: with both bounds, else with one, among the admissible, else among the rest."""
        counts = sorted((claim for claim in claims if claim.kind == "count"), key=lambda claim: claim.order)
        for admissible in (True, False):
            for bounds in (2, 1):
                for count in counts:
                    if count.admissible == admissible and count.size.bounds == bounds:
                        return count
        return None
