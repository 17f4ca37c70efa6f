"""Totals never add up what overlaps (rule 10).

A node is an actor, a location and an asset type, each with all that lies below it. Its low is the best lower bound that adds
only disjoint parts; its high is known only where somebody said it, or said that the parts are all there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.containment import with_ancestors
from posture.domain.fold import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Node(NamedTuple):
    """A place in the three trees at once."""

    actor: int
    """Whose forces."""
    location: int
    """Where."""
    asset_type: int
    """Of what kind."""


class Trees(NamedTuple):
    """The three trees: each id to its parent's, or None at a root."""

    actor: Mapping[int, int | None]
    """Actors."""
    location: Mapping[int, int | None]
    """Locations."""
    asset_type: Mapping[int, int | None]
    """Asset types."""


class Contribution(NamedTuple):
    """A line as totals see it."""

    line: int
    """The line."""
    node: Node
    """Where it stands in the trees."""
    value: Value
    """Its agreed figure."""
    on: str = ""
    """The date of its base; empty where it has none."""
    operation: str | None = None
    """The operation of its deployment: only the line without one is a node's own."""
    platform: int | None = None
    """The one machine that it is."""
    complete_in: int | None = None
    """The entry that recorded its base, if that says the parts it lists are all."""


@dataclass(slots=True)
class Total:
    """A node's figure."""

    node: Node
    """The node."""
    value: Value
    """The figure; an unknown high makes it "at least"."""
    conflict: bool = False
    """Parts as new as the whole exceed it; the whole's own figure stands."""
    own: int | None = None
    """The line that is the node's own."""
    lines: list[int] = field(default_factory=list)
    """Every line at or below the node."""


def totals(lines: Iterable[Contribution], trees: Trees, node: Node) -> Total:
    """Return the figure of any node, from the agreed figures of all lines."""
    below = [line for line in lines if _step_down(line.node, trees, node) is not None]
    return _Adder(trees).total(node, below)


def nodes(lines: Iterable[Contribution], trees: Trees) -> list[Node]:
    """Return the nodes to which more than one line contributes and that no lower node already shows."""
    below: dict[Node, list[Node]] = {}
    for line in lines:
        paths = (with_ancestors(place, tree) for place, tree in zip(line.node, trees, strict=True))
        for actor, location, asset_type in product(*paths):
            below.setdefault(Node(actor, location, asset_type), []).append(line.node)
    return sorted(node for node, held in below.items() if len(held) > 1 and _meets(node, held, trees))


def _step_down(place: Node, trees: Trees, node: Node) -> tuple[int | None, int | None, int | None] | None:
    """Return, for each tree, the child of the node on the way to a place (None: the place is there); None if not below."""
    steps: list[int | None] = []
    for at, tree, top in zip(place, trees, node, strict=True):
        child = None
        current: int | None = at
        while current != top:
            if current is None:
                return None
            child, current = current, tree.get(current)
        steps.append(child)
    return steps[0], steps[1], steps[2]


def _meets(node: Node, places: Sequence[Node], trees: Trees) -> bool:
    """Return whether the node is the lowest one above all places, in each tree."""
    steps = [step for place in places if (step := _step_down(place, trees, node)) is not None]
    return all(None in children or len(children) > 1 for children in (set(tree) for tree in zip(*steps, strict=True)))


class _Adder:
    """Adds up subtrees, each once."""

    def __init__(self, trees: Trees) -> None:
        self.trees = trees

    def total(self, node: Node, below: Sequence[Contribution]) -> Total:
        """Return a node's figure from the lines at or below it."""
        own = next((x for x in below if x.node == node and x.operation is None and x.platform is None), None)
        parts = [line for line in below if line is not own]
        result = Total(node, Value(), own=own.line if own else None, lines=[line.line for line in below])
        if own is None or own.value.high is None:
            high, best = self._complete(node, parts)
            low = max(own.value.low if own else 0, self._sum(node, parts))
            result.value = Value(low, best if high is not None and best is not None and low <= best else None, high)
            return result
        newer = self._sum(node, [part for part in parts if part.on >= own.on])
        result.value, result.conflict = own.value, newer > own.value.high
        if not result.conflict:
            low = max(own.value.low, min(self._sum(node, parts), own.value.high))
            best = own.value.best if own.value.best is not None and own.value.best >= low else None
            result.value = Value(low, best, own.value.high)
        return result

    def _sum(self, node: Node, parts: Sequence[Contribution]) -> int:
        """Return the largest sum of disjoint parts: over one tree's subtrees, or over platforms."""
        found = [line.value.low for line in parts if line.node == node]
        machines: dict[int, int] = {}
        subtrees: tuple[dict[int, list[Contribution]], ...] = ({}, {}, {})
        for line in parts:
            if line.platform is not None:
                machines[line.platform] = max(machines.get(line.platform, 0), line.value.low)
            for tree, child in zip(subtrees, _step_down(line.node, self.trees, node) or (), strict=False):
                if child is not None:
                    tree.setdefault(child, []).append(line)
        found.append(sum(machines.values()))
        for dimension, tree in enumerate(subtrees):
            found.append(
                sum(
                    self.total(Node(*(*node[:dimension], child, *node[dimension + 1 :])), lines).value.low
                    for child, lines in tree.items()
                )
            )
        return max(found, default=0)

    def _complete(self, node: Node, parts: Sequence[Contribution]) -> tuple[int | None, int | None]:
        """Return the sums of high and best where one entry marked disjoint parts, meeting at this node, as all there are."""
        entries = {line.complete_in for line in parts if line.complete_in is not None}
        for entry in entries:
            listed = [line for line in parts if line.complete_in == entry]
            if (
                len(listed) > 1
                and _meets(node, [line.node for line in listed], self.trees)
                and all(line in listed or any(_below(line, top, self.trees) for top in listed) for line in parts)
                and not any(_may_overlap(one, two, self.trees) for one in listed for two in listed if one is not two)
            ):
                highs = [line.value.high for line in listed]
                bests = [line.value.best for line in listed]
                if None not in highs:
                    best = None if None in bests else sum(number or 0 for number in bests)
                    return sum(number or 0 for number in highs), best
        return None, None


def _below(line: Contribution, top: Contribution, trees: Trees) -> bool:
    """Return whether a line lies at or below another's place."""
    return top.platform is None and _step_down(line.node, trees, top.node) is not None


def _may_overlap(one: Contribution, two: Contribution, trees: Trees) -> bool:
    """Return whether two lines may hold the same things: in every tree one is the other's, or above it."""
    if one.platform is not None and two.platform is not None:
        return one.platform == two.platform
    return all(
        at in with_ancestors(other, tree) or other in with_ancestors(at, tree)
        for at, other, tree in zip(one.node, two.node, trees, strict=True)
    )
