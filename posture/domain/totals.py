"""Totals never add up what overlaps (rule 10).

A node is an actor, a location and an asset type, each with all that lies below it. Its low is the best lower bound that adds
only disjoint parts; its high is known only where somebody said it, or said that the parts are all there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, product
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.containment import with_ancestors
from posture.domain.fold import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ALL = 0
"""The node above all roots of a tree, where the trees have one: every actor, or everywhere."""


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
    limited: bool = False
    """Its figure is no more than what a newer whole leaves room for."""
    containers: Sequence[int] = ()
    """The lines that contain it: a contingent lies in its multinational whole, wherever both stand in the trees."""


class PartsSum(NamedTuple):
    """What disjoint parts of a node add up to."""

    by: str
    """What they are parts by: actor, location, asset_type, platform; or operation, which are never added."""
    low: int
    """At least so many."""
    lines: tuple[int, ...]
    """The lines that make it up."""


NO_PARTS = PartsSum("", 0, ())


@dataclass(slots=True)
class Total:
    """A node's figure."""

    node: Node
    """The node."""
    value: Value
    """The figure; an unknown high makes it "at least"."""
    own: int | None = None
    """The line that is the node's own."""
    parts: PartsSum = NO_PARTS
    """The largest sum of disjoint parts."""
    conflicts: list[PartsSum] = field(default_factory=list)
    """The sums of parts as new as the whole that exceed it, one for each way to add; the whole's own figure stands."""
    complete: bool = False
    """The high is the sum of parts that one entry said are all there are."""
    older: list[int] = field(default_factory=list)
    """The parts that are older than the whole."""
    made_of: tuple[int, ...] = ()
    """The lines whose figures make its low."""
    limited: bool = False
    """Its low is made of lines that are no more than what a newer whole leaves room for."""
    lines: list[int] = field(default_factory=list)
    """Every line at or below the node."""

    @property
    def conflict(self) -> bool:
        """Whether parts as new as the whole exceed it."""
        return bool(self.conflicts)

    @property
    def flags(self) -> list[str]:
        """What is to be said beside the figure."""
        return [*(["capped"] if self.limited else []), *(["conflict"] if self.conflict else [])]


def rooted(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """Return a tree with one node above all its roots."""
    return {node: ALL if parent is None else parent for node, parent in parents.items()}


def totals(lines: Iterable[Contribution], trees: Trees, node: Node) -> Total:
    """Return the figure of any node, from the agreed figures of all lines."""
    return Adding(lines, trees).total(node)


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


class Adding:
    """Adds up subtrees of lines, each once; what was added is kept, so that asking for many nodes costs little more."""

    def __init__(self, lines: Iterable[Contribution], trees: Trees) -> None:
        self.trees = trees
        self._lines = list(lines)
        self._line = {line.line: line for line in self._lines}
        self._found: dict[tuple[Node, str, frozenset[int]], Total] = {}

    def below(self, node: Node) -> list[Contribution]:
        """Return the lines at or below a node."""
        return [line for line in self._lines if _step_down(line.node, self.trees, node) is not None]

    def total(self, node: Node) -> Total:
        """Return a node's figure; asked from the top down, the ones below have been found on the way."""
        return self._found.get((node, "", frozenset())) or self._total(node, self.below(node), "", frozenset())

    def _total(self, node: Node, below: Sequence[Contribution], since: str, without: frozenset[int]) -> Total:
        """Return a node's figure from the lines at or below it, those before a day and some others left out."""
        key = (node, since, without)
        if key not in self._found:
            found = self._added(node, below, since, without)
            found.limited = any(self._line[line].limited for line in found.made_of)
            self._found[key] = found
        return self._found[key]

    def _added(self, node: Node, below: Sequence[Contribution], since: str, without: frozenset[int]) -> Total:
        if len(below) == 1:
            return self._alone(node, below[0])
        own = next((x for x in below if x.node == node and x.operation is None and x.platform is None), None)
        parts = [line for line in below if line is not own]
        sums = self._sums(node, parts, since, without)
        largest = max(sums, key=lambda one: one.low, default=NO_PARTS)
        result = Total(node, Value(), own.line if own else None, largest, lines=[line.line for line in below])
        if own is not None:
            result.older = [part.line for part in parts if part.on < own.on]
        if own is None or own.value.high is None:
            self._open(result, own, parts)
            return result
        result.value, result.made_of = own.value, (own.line,)
        as_new = sums
        if own.on > since and result.older:
            as_new = self._sums(node, [part for part in parts if part.on >= own.on], own.on, without)
        result.conflicts = [one for one in as_new if one.low > (own.value.high or 0)]
        low = min(largest.low, own.value.high)
        if not result.conflicts and low > own.value.low:
            best = own.value.best if own.value.best is not None and own.value.best >= low else None
            result.value = Value(low, best, own.value.high)
            result.made_of = largest.lines if low == largest.low else (own.line, *largest.lines)
        return result

    def _alone(self, node: Node, line: Contribution) -> Total:
        """Return the figure of a node with one line, by the same rules in short: most nodes are such."""
        made_of = (line.line,)
        if line.platform is not None:
            by = "platform"
        elif line.node == node:
            if line.operation is None:
                return Total(node, line.value, line.line, made_of=made_of, lines=[line.line])
            by = "operation"
        else:
            by = next(way for way, here, top in zip(Node._fields, line.node, node, strict=True) if here != top)
        parts = PartsSum(by, line.value.low, made_of)
        return Total(node, Value(line.value.low), None, parts, made_of=made_of, lines=[line.line])

    def _open(self, result: Total, own: Contribution | None, parts: Sequence[Contribution]) -> None:
        """Set the figure of a node of which nobody said a high: it is that of its parts, if they are said to be all."""
        listed = self._complete(result.node, parts)
        low, high, best = max(own.value.low if own else 0, result.parts.low), None, None
        if listed:
            high = sum(line.value.high or 0 for line in listed)
            known = all(line.value.best is not None for line in listed)
            best = sum(line.value.best or 0 for line in listed) if known else None
        result.complete = bool(listed)
        result.value = Value(low, best if best is not None and low <= best else None, high)
        result.made_of = (own.line,) if own and own.value.low >= result.parts.low else result.parts.lines

    def _sums(self, node: Node, parts: Sequence[Contribution], since: str, without: frozenset[int]) -> list[PartsSum]:
        """Return the largest sum for each way to add disjoint parts: over one tree's subtrees, or over platforms."""
        here = [line for line in parts if line.node == node and line.platform is None]
        sums = [PartsSum("operation", line.value.low, (line.line,)) for line in here]
        machines: dict[int, Contribution] = {}
        subtrees: tuple[dict[int, list[Contribution]], ...] = ({}, {}, {})
        for line in parts:
            if line.platform is not None and (
                line.platform not in machines or line.value.low > machines[line.platform].value.low
            ):
                machines[line.platform] = line
            for tree, child in zip(subtrees, _step_down(line.node, self.trees, node) or (), strict=False):
                if child is not None:
                    tree.setdefault(child, []).append(line)
        if machines:
            there = [line for line in machines.values() if line.value.low]
            sums.append(PartsSum("platform", sum(x.value.low for x in there), tuple(line.line for line in there)))
        for dimension, tree in enumerate(subtrees):
            if tree:
                sums += self._over(node, dimension, tree, since, without)
        return [max(group, key=lambda one: one.low) for group in _by_way(sums)]

    def _over(
        self,
        node: Node,
        dimension: int,
        children: Mapping[int, Sequence[Contribution]],
        since: str,
        without: frozenset[int],
    ) -> Iterator[PartsSum]:
        """Yield what the subtrees of one tree add up to.

        A line that lies in one of another subtree, as a contingent in a multinational force, is in that one's figure already;
        so each subtree is also looked at alone.
        """
        way = Node._fields[dimension]
        at = {child: Node(*(*node[:dimension], child, *node[dimension + 1 :])) for child in children}
        held = _held_elsewhere(children) if len(children) > 1 else frozenset()
        left = without | held
        added = [
            self._total(at[child], [line for line in lines if line.line not in held], since, left)
            for child, lines in children.items()
        ]
        yield PartsSum(
            way, sum(one.value.low for one in added), tuple(chain.from_iterable(one.made_of for one in added))
        )
        if held:
            for child, lines in children.items():
                alone = self._total(at[child], lines, since, without)
                yield PartsSum(way, alone.value.low, alone.made_of)

    def _complete(self, node: Node, parts: Sequence[Contribution]) -> list[Contribution]:
        """Return the disjoint parts, meeting at this node, that one entry said are all there are; none if no entry did."""
        for entry in {line.complete_in for line in parts if line.complete_in is not None}:
            listed = [line for line in parts if line.complete_in == entry]
            if (
                len(listed) > 1
                and _meets(node, [line.node for line in listed], self.trees)
                and all(line in listed or any(_below(line, top, self.trees) for top in listed) for line in parts)
                and not any(_may_overlap(one, two, self.trees) for one in listed for two in listed if one is not two)
                and all(line.value.high is not None for line in listed)
            ):
                return listed
        return []


def _by_way(sums: Iterable[PartsSum]) -> Iterable[list[PartsSum]]:
    """Return sums by the way in which they were added."""
    ways: dict[str, list[PartsSum]] = {}
    for one in sums:
        ways.setdefault(one.by, []).append(one)
    return ways.values()


def _held_elsewhere(children: Mapping[int, Sequence[Contribution]]) -> frozenset[int]:
    """Return the lines that are contained by a line of another subtree."""
    subtree = {line.line: child for child, lines in children.items() for line in lines}
    return frozenset(
        line.line
        for child, lines in children.items()
        for line in lines
        if any(subtree.get(outer, child) != child for outer in line.containers)
    )


def _below(line: Contribution, top: Contribution, trees: Trees) -> bool:
    """Return whether a line lies at or below another's place, or within it."""
    return top.platform is None and (top.line in line.containers or _step_down(line.node, trees, top.node) is not None)


def _may_overlap(one: Contribution, two: Contribution, trees: Trees) -> bool:
    """Return whether two lines may hold the same things: in every tree one is the other's, or above it; or one holds the other."""
    if one.platform is not None and two.platform is not None:
        return one.platform == two.platform
    if one.line in two.containers or two.line in one.containers:
        return True
    return all(
        at in with_ancestors(other, tree) or other in with_ancestors(at, tree)
        for at, other, tree in zip(one.node, two.node, trees, strict=True)
    )
