"""A made-up catalogue, nested as real ones are: states and their services, regions, countries and bases, a type tree.

A tenth of the deployments are a state's in a whole country, a few in a whole region; the rest are at bases, most of
them inside one of the wider ones. Deterministic by seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from posture.domain.vocabulary import ASSET_TYPES

Row = dict[str, Any]

STATES, SERVICES = 40, ("army", "navy", "air")
REGIONS, COUNTRIES_OF_A_REGION, BASES_OF_A_COUNTRY = 12, 12, 10
OPERATIONS = ("anvil", "beacon", "cedar", "delta", "ember", "falcon", "granite", "harbour")
LINES_OF_A_DEPLOYMENT = 8
MODELS_OF_A_TYPE = 2
WIDE_TYPES = ("personnel", "aircraft", "drone", "helicopter", "jet", "ground", "tank", "naval")
"""What is counted for a whole country."""


@dataclass
class Catalogue:
    """The rows of the descriptive tables, by table."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Row:
        """Add a row with the next id of its table and return it."""
        rows = self.tables.setdefault(table, [])
        row: Row = {"id": len(rows) + 1, **values}
        rows.append(row)
        return row


def make_catalogue(*, lines: int, sources: int, seed: int) -> Catalogue:
    """Return a catalogue with exactly so many lines and sources."""
    made, chance = Catalogue(), random.Random(seed)
    states, actors = _actors(made)
    _types(made)
    countries = _locations(made)
    _sources(made, sources)
    _deployments(made, chance, states, actors, countries, -(-lines // LINES_OF_A_DEPLOYMENT))
    _assets(made, chance, lines)
    _containment(made)
    return made


def _actors(made: Catalogue) -> tuple[list[Row], dict[int, list[Row]]]:
    """Add the states and their services; return the states, and the actors of each: itself and its services."""
    states, actors = [], {}
    for number in range(STATES):
        state = made.add("actor", code=f"s{number}", name=f"State {number}", kind="state", parent_id=None)
        states.append(state)
        actors[state["id"]] = [state] + [
            made.add("actor", code=f"s{number}-{word}", name=f"State {number} {word}", kind="armed_force",
                     parent_id=state["id"]) for word in SERVICES
        ]  # fmt: skip
    return states, actors


def _types(made: Catalogue) -> None:
    """Add the types that every database has, with the ids they have there, and models below them."""
    numbers = {code: number for number, (code, _, _) in enumerate(ASSET_TYPES, start=1)}
    for code, parent, name in ASSET_TYPES:
        made.add("asset_type", code=code, name=name, parent_id=numbers[parent] if parent else None)
    for code, parent, name in ASSET_TYPES:
        for number in range(MODELS_OF_A_TYPE if parent else 0):
            made.add("asset_type", code=f"{code}-{number}", name=f"{name} {number}", parent_id=numbers[code])


def _locations(made: Catalogue) -> dict[int, list[Row]]:
    """Add regions, countries and bases; return the places of each country: its bases, keyed by the country's id."""
    bases: dict[int, list[Row]] = {}
    for region_number in range(REGIONS):
        region = made.add("location", code=f"r{region_number}", name=f"Region {region_number}", kind="region",
                          parent_id=None)  # fmt: skip
        for number in range(COUNTRIES_OF_A_REGION):
            code = f"c{region_number * COUNTRIES_OF_A_REGION + number}"
            country = made.add("location", code=code, name=f"Country {code}", kind="country", parent_id=region["id"])
            bases[country["id"]] = [
                made.add("location", code=f"{code}-b{n}", name=f"Base {n} in {code}", kind="base",
                         parent_id=country["id"]) for n in range(BASES_OF_A_COUNTRY)
            ]  # fmt: skip
    return bases


def _sources(made: Catalogue, count: int) -> None:
    """Add sources; three in ten repeat one of the other seven of their ten (see claims.sql: own_words)."""
    for number in range(1, count + 1):
        made.add("source", code=f"source-{number}", title=f"Report {number}", publisher=f"Publisher {number % 97}",
                 published_on="2000-01-01", language="en", text_kind="none")  # fmt: skip
        origin = number - number % 10 + 3 + number // 10 % 7
        if number % 10 < 3 and 3 <= origin <= count and origin != number:
            made.add("source_origin", seq=1, ordinal=len(made.tables.get("source_origin", ())) + 1, source_id=number,
                     origin_id=origin)  # fmt: skip


def _deployments(
    made: Catalogue,
    chance: random.Random,
    states: list[Row],
    actors: dict[int, list[Row]],
    bases: dict[int, list[Row]],
    wanted: int,
) -> None:
    """Add deployments, each of another actor, place and operation."""
    taken: set[tuple[int, int, str | None]] = set()
    wide: list[tuple[int, int]] = []
    countries, parents = list(bases), {row["id"]: row["parent_id"] for row in made.tables["location"]}

    def add(actor: Row, location_id: int, operation: str | None) -> bool:
        if (actor["id"], location_id, operation) in taken:
            return False
        taken.add((actor["id"], location_id, operation))
        code = f"{actor['code']}-at-{made.tables['location'][location_id - 1]['code']}"
        code = f"{code}-{operation}" if operation else code
        made.add("deployment", code=code, name=code, actor_id=actor["id"], location_id=location_id, operation=operation)
        return True

    while len(wide) < max(1, wanted // 10):
        state, country = chance.choice(states), chance.choice(countries)
        if add(state, country, None):
            wide.append((state["id"], country))
    for state_id, country in chance.sample(wide, len(wide) // 10):
        add(states[[row["id"] for row in states].index(state_id)], parents[country], None)
    while len(made.tables["deployment"]) < wanted:
        inside = chance.random() < 0.8
        state_id, country = chance.choice(wide) if inside else (chance.choice(states)["id"], chance.choice(countries))
        base = chance.choice(bases[country])
        add(chance.choice(actors[state_id]), base["id"], chance.choice(OPERATIONS) if chance.random() < 0.1 else None)


def _assets(made: Catalogue, chance: random.Random, lines: int) -> None:
    """Add exactly so many lines, personnel in each deployment; one in fifty is a single platform."""
    kinds = {row["code"]: row for row in made.tables["asset_type"]}
    models = [row for row in made.tables["asset_type"] if row["code"] != "personnel"]
    places = {row["id"]: row["kind"] for row in made.tables["location"]}
    for deployment in made.tables["deployment"]:
        wide = places[deployment["location_id"]] != "base"
        chosen = [kinds[word] for word in WIDE_TYPES] if wide else [kinds["personnel"], *chance.sample(models, 7)]
        for kind in chosen:
            if len(made.tables.get("asset", ())) == lines:
                return
            platform_id = None
            code = kind["code"]
            if not wide and kind["parent_id"] and chance.random() < 0.025:
                number = len(made.tables.get("platform", ())) + 1
                code = f"hull-{number}"
                platform_id = made.add("platform", code=code, designation=f"H{number}", asset_type_id=kind["id"],
                                       actor_id=deployment["actor_id"])["id"]  # fmt: skip
            made.add("asset", deployment_id=deployment["id"], code=code, asset_type_id=kind["id"],
                     platform_id=platform_id)  # fmt: skip


def _containment(made: Catalogue) -> None:
    """Add which deployment contains which: here the rule is its own closure, as there is no part_of."""
    parents = {name: {row["id"]: row["parent_id"] for row in made.tables[name]} for name in ("actor", "location")}
    found: dict[tuple[int, int], list[Row]] = {}
    for row in made.tables["deployment"]:
        found.setdefault((row["actor_id"], row["location_id"]), []).append(row)
    pairs = []
    for part in made.tables["deployment"]:
        for actor_id in _upwards(parents["actor"], part["actor_id"]):
            for location_id in _upwards(parents["location"], part["location_id"]):
                pairs += [
                    {"container_id": whole["id"], "part_id": part["id"]}
                    for whole in found.get((actor_id, location_id), ())
                    if whole is not part and whole["operation"] in (None, part["operation"])
                ]
    made.tables["containment"] = pairs


def _upwards(parents: dict[int, int | None], start: int) -> list[int]:
    """Return an id and its ancestors."""
    path, step = [], parents[start]
    path.append(start)
    while step is not None:
        path.append(step)
        step = parents[step]
    return path
