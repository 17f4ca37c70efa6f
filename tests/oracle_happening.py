"""One happening counts once: which flows are one, which may be, and the least that they come to (rule 3 of the page)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tests.oracle_record import Claim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.ledger_records import Ref
    from tests.oracle_claims import Claims
    from tests.oracle_words import Span

INFINITE = 10**12


@dataclass(frozen=True)
class Happening:
    """Flows that `same_as` makes one: who speaks, and all of them."""

    speaker: Claim
    members: tuple[Claim, ...]


def overlap(one: Span, other: Span) -> bool:
    """True where two happenings can share a day."""
    return (one.start or date.min) <= other.end and (other.start or date.min) <= one.end


def speaking(
    claims: Claims, flows: Sequence[Claim], counts: Callable[[Claim], bool] = lambda _: True
) -> tuple[list[Happening], dict[Ref, list[Claim]]]:
    """Return the happenings that speak, and for each speaker the claims that it silences.

    What `same_as` joins is one whenever it was; only happenings whose speaker `counts` (lies after a base) are compared
    further. Of one origin's the outermost go first, then the larger; one is silent if it is one with one that speaks.
    """
    joined: dict[object, list[Claim]] = {}
    for flow in flows:
        joined.setdefault((claims.joined(flow), flow.kind, flow.marker), []).append(flow)
    happenings = [Happening(min(members, key=lambda c: c.order), tuple(members)) for members in joined.values()]
    happenings = [happening for happening in happenings if counts(happening.speaker)]
    happenings.sort(key=lambda h: (_depth(claims, h.speaker), *larger_first(h.speaker), h.speaker.order))
    heard: list[Happening] = []
    silent: dict[Ref, list[Claim]] = {}
    for happening in happenings:
        louder = next((other for other in heard if are_one(claims, happening, other)), None)
        if louder is None:
            heard.append(happening)
        else:
            silent.setdefault(louder.speaker.ref, []).extend(happening.members)
    return heard, silent


def _depth(claims: Claims, flow: Claim) -> int:
    return len(claims.containers_of(claims.lines[str(flow.text.line)]))


def larger_first(flow: Claim) -> tuple[object, ...]:
    """Return a key that puts the larger of two flows first: by its best number, or its low where there is none; shares last."""
    size = flow.size
    if size.is_share:
        return (1, -(size.share_low or 0), -(size.share_high or 0))
    return (
        0,
        -(size.best if size.best is not None else size.low or 0),
        -(INFINITE if size.high is None else size.high),
    )


def are_one(claims: Claims, one: Happening, other: Happening) -> bool:
    """True where one origin tells both."""
    pairs = [(a, b) for a in one.members for b in other.members]
    return _comparable(claims, one, other) and any(
        claims.origin(a) == claims.origin(b) and _meet(claims, a, b) for a, b in pairs
    )


def may_be_one(claims: Claims, one: Happening, other: Happening) -> bool:
    """True where different origins may be telling the same."""
    pairs = [(a, b) for a in one.members for b in other.members]
    return _comparable(claims, one, other) and any(
        claims.origin(a) != claims.origin(b) and _meet(claims, a, b) for a, b in pairs
    )


def _comparable(claims: Claims, one: Happening, other: Happening) -> bool:
    """True unless they differ in direction, are of one entry, have different other sides, or only one is planned."""
    if one.speaker.kind != other.speaker.kind or one.speaker.marker != other.speaker.marker:
        return False
    for a in one.members:
        for b in other.members:
            sides = claims.sides(a), claims.sides(b)
            if a.statement == b.statement or (all(sides) and not sides[0] & sides[1]):
                return False
    return True


def _meet(claims: Claims, one: Claim, other: Claim) -> bool:
    return overlap(one.dates, other.dates) and claims.nested(one.text.line, other.text.line)


def least_together(claims: Claims, sized: Sequence[tuple[Happening, int]]) -> int:
    """Return the least that happenings come to, from the least that each does: the largest sum of such as cannot be one."""
    sums: list[tuple[list[Happening], int]] = [([], 0)]
    for happening, least in sized:
        sums += [
            ([*apart, happening], total + least)
            for apart, total in sums
            if not any(may_be_one(claims, happening, other) for other in apart)
        ]
    return max(total for _, total in sums)
