"""Totals that never add up what overlaps, as an oracle reads rule 10 of the page.

A node is an actor, a place and an asset type; its subtree are the lines at or below it in all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tests.ledger_records import Line, Value
from tests.oracle_record import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle_claims import Claims


@dataclass(frozen=True)
class Standing:
    """A line with its agreed value and its base."""

    line: Line
    value: Value
    base: Claim | None

    @property
    def on(self) -> date:
        """The date of the base; the earliest day where there is none."""
        return self.base.on if self.base else date.min


@dataclass(frozen=True)
class Total:
    """A node's figure, and whether its parts contradict it."""

    value: Value
    conflict: bool = False


@dataclass(frozen=True)
class Place:
    """A node: actor, location and type."""

    actor: str
    location: str
    asset_type: str


class Totals:
    """The totals over the lines that stand."""

    def __init__(self, claims: Claims, standing: list[Standing]) -> None:
        self.claims, self.standing = claims, standing
        self.children: dict[tuple[str, str], list[str]] = {}
        for (tree, code), parent in claims.parents.items():
            if parent is not None:
                self.children.setdefault((tree, parent), []).append(code)

    def _node_of(self, one: Standing) -> tuple[Place, str | None]:
        deployment = self.claims.deployments[one.line.deployment]
        return Place(deployment.actor, deployment.place, one.line.asset_type), deployment.operation

    def _below(self, node: Place, lines: list[Standing]) -> list[Standing]:
        """Return the lines at or below a node in all three trees."""
        found = []
        for one in lines:
            at, _ = self._node_of(one)
            under = self.claims.same_or_under
            if (
                under("actor", at.actor, node.actor)
                and under("place", at.location, node.location)
                and under("type", at.asset_type, node.asset_type)
            ):
                found.append(one)
        return found

    def _own(self, node: Place, lines: list[Standing]) -> Standing | None:
        own = (one for one in lines if self._node_of(one) == (node, None) and one.line.platform is None)
        return next(own, None)

    def _dimensions(self, node: Place) -> Iterator[list[Place]]:
        yield [Place(node.actor, child, node.asset_type) for child in self.children.get(("place", node.location), [])]
        yield [Place(child, node.location, node.asset_type) for child in self.children.get(("actor", node.actor), [])]
        yield [Place(node.actor, node.location, child) for child in self.children.get(("type", node.asset_type), [])]

    def _sums(self, node: Place, lines: list[Standing]) -> list[int]:
        """Return the lows that parts give a node: by place, by actor, by type, its platforms, and each operation alone."""
        below = self._below(node, lines)
        here = [one for one in below if self._node_of(one)[0] == node]
        sums = [added for children in self._dimensions(node) for added in self._added(children, below)]
        platforms = {
            one.line.platform: one.value.low or 0
            for one in sorted(here, key=lambda o: o.value.low or 0)
            if one.line.platform
        }
        sums.append(sum(platforms.values()))
        sums += [one.value.low or 0 for one in here if self._node_of(one)[1] is not None and one.line.platform is None]
        return sums

    def _added(self, children: list[Place], lines: list[Standing]) -> Iterator[int]:
        """Yield what children add up to, what lies in a line of another child being that one's already; and each child alone."""
        below = {child: self._below(child, lines) for child in children}
        held = [
            one
            for child, found in below.items()
            for one in found
            for other_child, others in below.items()
            if other_child != child and any(one.line in self.claims.parts_of(other.line) for other in others)
        ]
        yield sum(
            self.total(child, [one for one in found if one not in held]).value.low or 0
            for child, found in below.items()
        )
        for child, found in below.items():
            yield self.total(child, found).value.low or 0

    def total(self, node: Place, lines: list[Standing] | None = None) -> Total:
        """Return the figure of a node from the lines given, or from all."""
        lines = self.standing if lines is None else lines
        below = self._below(node, lines)
        if not below:
            return Total(Value(0, None, None))
        own = self._own(node, below)
        parts = max(self._sums(node, [one for one in below if one is not own]), default=0)
        if own is None:
            complete = self._complete(node, below)
            return Total(Value(parts, complete[0], complete[1]) if complete else Value(parts, None, None))
        low, best, high = own.value.low, own.value.best, own.value.high
        if high is None:
            complete = self._complete(node, [one for one in below if one is not own])
            return Total(_raised(Value(low, best, complete[1] if complete else None), parts))
        as_new = [one for one in below if one is not own and one.on >= own.on]
        if max(self._sums(node, as_new), default=0) > high:
            return Total(own.value, conflict=True)
        return Total(_raised(own.value, min(parts, high)))

    def _complete(self, node: Place, lines: list[Standing]) -> tuple[int | None, int | None] | None:
        """Return best and high of the lines below a node where one entry marked them all complete, else None.

        All: each is marked or lies below one that is. The marked ones are disjoint, more than one, and meet at this node.
        """
        outermost = [one for one in lines if not any(one.line in self.claims.parts_of(other.line) for other in lines)]
        marked = [one.base for one in outermost if one.base is not None and one.base.text.complete]
        if len(marked) < len(outermost) or len(marked) < 2 or len({base.statement for base in marked}) > 1:
            return None
        if any(one.value.high is None for one in outermost) or self._meeting(outermost) != node:
            return None
        if any(not self._disjoint(one, other) for one in outermost for other in outermost if one is not other):
            return None
        best = sum(one.value.best or 0 for one in outermost)
        return (
            best if all(one.value.best is not None for one in outermost) else None,
            sum(one.value.high or 0 for one in outermost),
        )

    def _meeting(self, lines: list[Standing]) -> Place:
        """Return the lowest node that all lines are at or below."""
        at = [self._node_of(one)[0] for one in lines]
        return Place(
            self._lowest("actor", [one.actor for one in at]),
            self._lowest("place", [one.location for one in at]),
            self._lowest("type", [one.asset_type for one in at]),
        )

    def _lowest(self, tree: str, codes: list[str]) -> str:
        here: str | None = codes[0]
        while here is not None and not all(self.claims.same_or_under(tree, code, here) for code in codes):
            here = self.claims.parents.get((tree, here))
        return here or "nowhere"

    def _disjoint(self, one: Standing, other: Standing) -> bool:
        """True where two lines cannot overlap: apart in some tree, or different platforms."""
        if one.line.platform and other.line.platform:
            return one.line.platform != other.line.platform
        first, second = self._node_of(one)[0], self._node_of(other)[0]
        under = self.claims.same_or_under
        pairs = (
            ("actor", first.actor, second.actor),
            ("place", first.location, second.location),
            ("type", first.asset_type, second.asset_type),
        )
        return any(not under(tree, a, b) and not under(tree, b, a) for tree, a, b in pairs)


def _raised(value: Value, low: int) -> Value:
    """Return a value whose low is at least a number; a best below it is unknown."""
    if low <= (value.low or 0):
        return value
    return Value(low, value.best if value.best is not None and value.best >= low else None, value.high)
