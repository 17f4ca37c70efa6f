"""Keeps the derived table of which deployment contains which.

The rule is `posture.domain.containment`; this keeps its closure in `containment`, a new deployment's part of it without
reading the rest. `posture db verify` computes it anew and compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.errors import Refused
from posture.store import lookup

if TYPE_CHECKING:
    from posture.store.connection import Database


def extend(db: Database, deployment_id: int) -> set[int]:
    """Add what a new deployment contains and is contained in; return the deployments that now contain, or lie within, others.

    Raises `Refused` for a circle.
    """
    own = lookup.get_row(db, "deployment", deployment_id)
    above = _at(
        db,
        deployment_id,
        lookup.ancestors(db, "actor", own["actor_id"]) | {own["actor_id"]},
        lookup.ancestors(db, "location", own["location_id"]) | {own["location_id"]},
    )
    containers = {row["id"] for row in above if row["operation"] in (None, own["operation"])}
    if own["part_of_id"] is not None:
        whole = db.one("select id, operation from deployment where id = :id", {"id": own["part_of_id"]})
        if whole is not None and whole["operation"] in (None, own["operation"]):
            containers.add(whole["id"])
    below = _at(
        db,
        deployment_id,
        lookup.descendants(db, "actor", own["actor_id"]) | {own["actor_id"]},
        lookup.descendants(db, "location", own["location_id"]) | {own["location_id"]},
    )
    parts = {row["id"] for row in below if own["operation"] is None or row["operation"] == own["operation"]}
    for container in tuple(containers):
        containers.update(
            row["container_id"]
            for row in db.all("select container_id from containment where part_id = :id", {"id": container})
        )
    for part in tuple(parts):
        parts.update(
            row["part_id"] for row in db.all("select part_id from containment where container_id = :id", {"id": part})
        )
    if containers & parts:
        raise Refused("the deployment would contain the one that contains it; mend its parents or --part-of")
    there = {
        (row["container_id"], row["part_id"])
        for container in containers
        for row in db.all("select container_id, part_id from containment where container_id = :id", {"id": container})
    }
    new = {(container, part) for container in containers for part in {deployment_id, *parts}} | {
        (deployment_id, part) for part in parts
    }
    db.executemany(
        "insert into containment (container_id, part_id) values (:container_id, :part_id)",
        [{"container_id": container, "part_id": part} for container, part in sorted(new - there)],
    )
    return {deployment for pair in new - there for deployment in pair}


def _at(db: Database, but: int, actors: set[int], locations: set[int]) -> list[dict[str, Any]]:
    """Return the other deployments of any of these actors at any of these locations."""
    who, where = ", ".join(map(str, sorted(actors))), ", ".join(map(str, sorted(locations)))
    return [
        dict(row)
        for row in db.all(
            f"select id, operation from deployment where actor_id in ({who}) and location_id in ({where}) and id <> :id",
            {"id": but},
        )
    ]


def rebuild(db: Database) -> set[int]:
    """Compute the whole table anew, after a parent or a deployment's place in the trees has changed.

    Return the deployments that contain, or lie within, others than before.
    """
    wanted = computed(db)
    before = set(db.tuples("select container_id, part_id from containment"))
    db.execute("delete from containment")
    db.executemany(
        "insert into containment (container_id, part_id) values (:container_id, :part_id)",
        [{"container_id": container, "part_id": part} for container, part in sorted(wanted)],
    )
    return {deployment for pair in wanted ^ before for deployment in pair}


def forget(db: Database, deployment_id: int) -> None:
    """Drop a deployment that is being removed."""
    db.execute("delete from containment where container_id = :id or part_id = :id", {"id": deployment_id})


def computed(db: Database) -> set[tuple[int, int]]:
    """Return every (container, part) pair that the rule gives for the catalogue as it is."""
    from posture.domain.containment import Deployment, closure

    return closure(
        [
            Deployment(row["id"], row["actor_id"], row["location_id"], row["operation"], row["part_of_id"])
            for row in db.all("select id, actor_id, location_id, operation, part_of_id from deployment")
        ],
        {row["id"]: row["parent_id"] for row in db.all("select id, parent_id from actor")},
        {row["id"]: row["parent_id"] for row in db.all("select id, parent_id from location")},
    )
