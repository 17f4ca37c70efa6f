"""One line's figure, moved through time: how a flow, a half-open count, a cap or a part's newer count changes it.

Everything is an interval with a best figure in it: `low` and `high` are what must and what can be there, `best` is known only
while nothing but plain, certain numbers has touched it. Rule numbers are those of the reading rules (2, 3, 7, 8, 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.claim import Claim

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Value(NamedTuple):
    """A figure: at least `low`, at most `high` (None: unknown), and the best single number (None: unknown).

    The low is never unknown: where nothing at all is known it is 0, and a count such as `<50` cannot make less known.
    """

    low: int = 0
    best: int | None = None
    high: int | None = None


NOTHING_KNOWN = Value()
"""A line about which nothing is known: 0 to unknown."""

CAP, HALF_OPEN, INFLOW, OUTFLOW, PART_COUNTED = range(5)
"""Kinds of step, in the order in which the steps of one day are taken."""
FLOWING = frozenset({INFLOW, OUTFLOW})


class Step(NamedTuple):
    """One thing that moves a line's figure on a day."""

    on: str
    """The day."""
    kind: int
    """CAP, HALF_OPEN, INFLOW, OUTFLOW or PART_COUNTED."""
    claim: Claim
    """The claim behind it."""
    sure: bool = True
    """The flow certainly lies after the base and was certainly complete."""
    cluster: int | None = None
    """Flows of different origins with the same number here could be one happening."""
    held: Value | None = None
    """What the part held just before, where the flow is a part's."""
    down: int | None = 0
    """How far a part's count may lower the whole (None: without bound)."""
    up: int | None = 0
    """How far a part's count may raise the whole (None: without bound)."""

    def key(self) -> tuple[str, int, int, int, int]:
        """Return the order of steps: by day, kind within the day, then as recorded."""
        return (self.on, self.kind, self.claim.seq, self.claim.ordinal, self.claim.id)


@dataclass(slots=True)
class Folded:
    """Where a fold ended, and what it met on the way."""

    value: Value
    """The figure at the end, or just before `conflict`."""
    flags: dict[str, list[int]]
    """Flag to the claims that caused it."""
    used: list[Claim]
    """The line's claims that moved the figure, in order."""
    held: dict[int, Value]
    """What the line held just before each flow that was folded."""
    days: list[tuple[str, int]]
    """The low at the end of each day on which it changed."""
    conflict: Claim | None = None
    """A later half-open count that cannot be squared with the figure: it has to become the base."""

    def flag(self, word: str, claim: Claim) -> None:
        """Note a flag and the claim that caused it."""
        self.flags.setdefault(word, []).append(claim.id)


def _share(claim: Claim, number: int) -> tuple[int, int]:
    """Return the least and the most that a claim's share of a number can be."""
    from posture.domain.quantity import share_of as share_of_number  # only where shares are

    return share_of_number(claim.share_low, claim.share_high, bool(claim.share_open), number)


def share_of(claim: Claim, value: Value) -> Value:
    """Return a share of a figure; best only where it comes out even."""
    high = None if value.high is None else _share(claim, value.high)[1]
    return Value(_share(claim, value.low)[0], _even_share(claim, value.best), high)


def _even_share(claim: Claim, number: int | None) -> int | None:
    """Return a share of a number where it comes out as one number."""
    if number is None:
        return None
    least, most = _share(claim, number)
    return most if least == most else None


def size(claim: Claim, held: Value | None) -> Value:
    """Return how much a flow moves; a share is of `held`, and no outflow takes more than was `held` (rules 2 and 7)."""
    if claim.form == "share":
        moved = share_of(claim, held or NOTHING_KNOWN)
    else:
        moved = Value(claim.low or 0, claim.best, claim.high)
    if held is None or held.high is None or claim.kind != "decrease":
        return moved
    most = held.high
    return Value(
        min(moved.low, most),
        None if moved.best is None else min(moved.best, most),
        most if moved.high is None else min(moved.high, most),
    )


MORE_THAN_ANY = 2**62
"""All of an unknown number: no other flow out is larger."""


def _is_all(claim: Claim) -> bool:
    return claim.share_low is not None and claim.share_low >= 1.0


def _flow_share(value: Value, step: Step, sure: bool) -> Value:
    """Return the figure after a share of it came or went: what stays is a share too, so the bounds move together."""
    claim, (low, best, high) = step.claim, value
    even = _even_share(claim, best) if sure else None
    if step.kind == INFLOW:
        return Value(
            low + (_share(claim, low)[0] if sure else 0),
            None if best is None or even is None else best + even,
            None if high is None else high + _share(claim, high)[1],
        )
    if step.sure and _is_all(claim):  # whatever else is the same happening, none is left
        return Value(0, None if best is None else 0, 0)
    return Value(
        low - _share(claim, low)[1],
        None if best is None or even is None else best - even,
        None if high is None else high - (_share(claim, high)[0] if sure else 0),
    )


def _flow_number(value: Value, step: Step, sure: bool, result: Folded) -> Value:
    """Return the figure after a number came or went."""
    (low, best, high), moved = value, size(step.claim, step.held)
    least = moved.low if sure else 0
    flowed = moved.best if sure else None
    if step.kind == INFLOW:
        return Value(
            low + least,
            None if best is None or flowed is None else best + flowed,
            None if high is None or moved.high is None else high + moved.high,
        )
    if step.claim.high is None and step.claim.form != "share":
        result.flag("unquantified", step.claim)
    if high is not None and least > high:
        result.flag("overdrawn", step.claim)
    return Value(
        0 if moved.high is None else max(0, low - moved.high),
        None if best is None or flowed is None else max(0, best - flowed),
        None if high is None else max(0, high - least),
    )


def _least(step: Step, value: Value) -> int:
    """Return how much a flow certainly moves the bound that it certainly moves, with `value` there just before."""
    if not step.sure:
        return 0
    if step.claim.form == "share" and step.held is None:
        if step.kind == OUTFLOW and _is_all(step.claim) and value.high is None:
            return MORE_THAN_ANY
        return _share(step.claim, value.high if step.kind == OUTFLOW and value.high is not None else value.low)[0]
    return size(step.claim, step.held or value).low


def _could_be_one(one: Step, other: Step, pairs: frozenset[tuple[int, int]]) -> bool:
    return (one.claim.id, other.claim.id) in pairs or (other.claim.id, one.claim.id) in pairs


def certain_of(steps: Sequence[Step], value: Value, pairs: frozenset[tuple[int, int]]) -> set[int]:
    """Return the claims whose least sizes add up, of flows that could be one (rule 3: the low takes the largest).

    Of two that could be one only the larger counts; flows that cannot be one both do. Of more than two, the set of flows
    that are certainly different happenings with the largest sum: the one bound that holds whichever of them are the same.
    """
    weight = {step.claim.id: _least(step, value) for step in steps}

    def best(left: tuple[Step, ...]) -> tuple[int, tuple[int, ...]]:
        for step in left:
            rivals = [other for other in left if other is not step and _could_be_one(step, other, pairs)]
            if not rivals:
                continue
            without = best(tuple(other for other in left if other is not step))
            with_it = best(tuple(other for other in left if other is not step and other not in rivals))
            taken = (weight[step.claim.id] + with_it[0], (step.claim.id, *with_it[1]))
            return max(taken, without, key=lambda pair: pair[0])
        return sum(weight[step.claim.id] for step in left), tuple(step.claim.id for step in left)

    ordered = sorted(steps, key=lambda step: (-weight[step.claim.id], step.key()))
    if len(ordered) <= 12:
        return set(best(tuple(ordered))[1])
    taken: list[Step] = []
    for step in ordered:
        if not any(_could_be_one(step, other, pairs) for other in taken):
            taken.append(step)
    return {step.claim.id for step in taken}


def _tightened(value: Value, claim: Claim) -> Value | None:
    """Return the figure within a half-open count, or None where the two cannot both be so."""
    low, best, high = value
    if claim.low is not None and high is not None and claim.low > high:
        return None
    if claim.high is not None and claim.high < low:
        return None
    if claim.low is not None:
        low = max(low, claim.low)
    if claim.high is not None:
        high = claim.high if high is None else min(high, claim.high)
    if best is not None and (best < low or (high is not None and best > high)):
        best = None
    return Value(low, best, high)


def _capped(value: Value, cap: int) -> Value:
    """Return a figure above the whole's high with both bounds at most that (rule 9)."""
    if cap == 0:
        return Value(0, 0, 0)
    return Value(min(value.low, cap), None, cap)


def is_only_limited(value: Value, flags: Collection[str]) -> bool:
    """Whether a figure is no more than what a newer whole leaves room for: a most, of which nobody said that it is there."""
    return "capped" in flags and value.best is None and value.low == value.high and bool(value.low)


def raised(value: Value, least: int) -> Value:
    """Return the figure, never below a newer part's low (rule 8)."""
    if value.low >= least:
        return value
    high = None if value.high is None else max(value.high, least)
    best = value.best if value.best is not None and value.best >= least else None
    return Value(least, best, high)


def _part_counted(value: Value, step: Step) -> Value:
    """Return the figure after a part was counted anew: its change is felt where it lowers or raises (rule 8)."""
    low, best, high = value
    if step.down is None or step.down > 0:
        low, best = (0 if step.down is None else max(0, low - step.down)), None
    if step.up is None or step.up > 0:
        high, best = (None if high is None or step.up is None else high + step.up), None
    return Value(low, best, high)


def fold(
    start: Value,
    steps: Sequence[Step],
    *,
    base_on: str,
    platform: bool = False,
    pairs: frozenset[tuple[int, int]] = frozenset(),
) -> Folded:
    """Return the figure after all steps, which are in order, from `start`; stops at a half-open count that becomes the base.

    `pairs` names the flows of one cluster that could be the same happening, two claim ids each.
    """
    result = Folded(_one_machine(start) if platform else start, {}, [], {}, [])
    if not steps:
        return result
    clusters = _clusters(steps) if pairs else {}
    certain: dict[int, set[int]] = {}
    low = start.low
    for step in steps:
        kind = step.kind
        if kind == CAP:
            value, cap = result.value, step.claim.high or 0
            if value.high is None or value.high > cap:
                value = _capped(value, cap)
                result.flag("capped", step.claim)
            elif not platform:
                continue
        elif kind in FLOWING:
            value = _flowed(result, step, clusters, certain, pairs)
        else:
            value = _stated(result, step, base_on)
            if result.conflict is not None:
                return result
        result.value = _one_machine(value) if platform else value
        if result.value.low != low:
            low = result.value.low
            if result.days and result.days[-1][0] == step.on:
                result.days.pop()
            result.days.append((step.on, low))
    return result


def _clusters(steps: Sequence[Step]) -> dict[int, list[Step]]:
    """Return the flows that could be one happening, by the number of their cluster."""
    clusters: dict[int, list[Step]] = {}
    for step in steps:
        if step.cluster is not None:
            clusters.setdefault(step.cluster, []).append(step)
    return clusters


def _stated(result: Folded, step: Step, base_on: str) -> Value:
    """Return the figure after a count, half-open or of a part, and note what it means."""
    value = result.value
    if step.kind == PART_COUNTED:
        if step.down != 0 or step.up != 0:
            result.flag("parts_newer", step.claim)
        return _part_counted(value, step)
    tight = _tightened(value, step.claim)
    if tight is not None:
        result.used.append(step.claim)
        return tight
    if step.on > base_on:
        result.conflict = step.claim
    else:
        result.flag("contested", step.claim)
    return value


def _flowed(
    result: Folded,
    step: Step,
    clusters: dict[int, list[Step]],
    certain: dict[int, set[int]],
    pairs: frozenset[tuple[int, int]],
) -> Value:
    """Return the figure after one flow, and note what it means."""
    value, sure = result.value, step.sure
    if step.held is None:
        result.held[step.claim.id] = value
        result.used.append(step.claim)
    if not sure:
        result.flag("uncertain", step.claim)
    plain = True
    if step.cluster is not None:
        if step.cluster not in certain:
            certain[step.cluster] = certain_of(clusters[step.cluster], value, pairs)
        sure = sure and step.claim.id in certain[step.cluster]
        plain = False
        result.flag("maybe_same", step.claim)
    if step.claim.form == "share" and step.held is None:
        value = _flow_share(value, step, sure)
    else:
        value = _flow_number(value, step, sure, result)
    return value if plain else value._replace(best=None)


def _one_machine(value: Value) -> Value:
    """Return a platform's figure: 0 to 1 (rule 5)."""
    high = 1 if value.high is None else min(1, value.high)
    return Value(min(1, value.low), None if value.best is None else min(1, value.best), high)
