"""Which deployment contains which.

A deployment contains another when its actor and its location are each the same as the other's or an ancestor of it, or
when the other is declared part of it; and it has no operation, or the same one. This closes transitively: what a part
contains, the whole contains. Of two deployments that would contain each other neither could be the whole: refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Deployment:
    """What decides where a deployment stands among the others."""

    id: int
    actor_id: int
    location_id: int
    operation: str | None
    part_of_id: int | None


def with_ancestors(node: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return a node of a tree and its ancestors, the nearest first; raises `Refused` where it lies below itself."""
    path = [node]
    while (parent := parents.get(path[-1])) is not None:
        if parent in path:
            raise Refused("a parent lies below its own child; mend the parents")
        path.append(parent)
    return path


def closure(
    deployments: Iterable[Deployment],
    actor_parents: Mapping[int, int | None],
    location_parents: Mapping[int, int | None],
) -> set[tuple[int, int]]:
    """Return every pair (container, part), given each actor's and each location's parent; raises `Refused` for a circle."""
    deployments = list(deployments)
    by_id = {deployment.id: deployment for deployment in deployments}
    placed: dict[tuple[int, int], list[Deployment]] = {}
    for deployment in deployments:
        placed.setdefault((deployment.actor_id, deployment.location_id), []).append(deployment)
    direct: dict[int, set[int]] = {}
    for part in deployments:
        wholes = [
            whole
            for actor in with_ancestors(part.actor_id, actor_parents)
            for location in with_ancestors(part.location_id, location_parents)
            for whole in placed.get((actor, location), ())
        ]
        if part.part_of_id in by_id:
            wholes.append(by_id[part.part_of_id])
        direct[part.id] = {
            whole.id for whole in wholes if whole.id != part.id and whole.operation in (None, part.operation)
        }
    pairs = {(above, below) for below in direct for above in _reached(below, direct)}
    for container_id, part_id in pairs:
        if container_id == part_id or (part_id, container_id) in pairs:
            raise Refused(
                "a deployment would contain the one that contains it; mend the parents, or what it is part of"
            )
    return pairs


def _reached(part: int, direct: Mapping[int, set[int]]) -> set[int]:
    """Return everything that contains a part, through any number of steps."""
    reached: set[int] = set()
    waiting = list(direct[part])
    while waiting:
        whole = waiting.pop()
        if whole not in reached:
            reached.add(whole)
            waiting.extend(direct[whole])
    return reached
