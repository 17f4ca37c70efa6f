"""The nouns of the catalogue and how each is written: the one table that commands and scenarios follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from posture.domain.vocabulary import ActorKind, Attribution, EventKind, LocationKind, Precision, SiteClass, TextKind


@dataclass(frozen=True, kw_only=True)
class Noun:
    """How one catalogue table is written."""

    table: str
    fields: tuple[str, ...]
    """What a person may give, references by their short name (`parent`, `actor`...)."""
    required: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    """Fields that are filled in where they are not given, and are never empty."""
    references: tuple[tuple[str, str, str], ...] = ()
    """Field, column and noun of each reference."""
    words: tuple[tuple[str, type[StrEnum]], ...] = ()
    """Fields that take one of a closed vocabulary."""
    used_by: tuple[tuple[str, str], ...] = ()
    """Table and column of everything that may refer to a row."""


NOUNS: dict[str, Noun] = {
    "actor": Noun(
        table="actor",
        fields=("name", "kind", "parent", "iso_alpha3", "note"),
        required=("name", "kind"),
        references=(("parent", "parent_id", "actor"),),
        words=(("kind", ActorKind),),
        used_by=(
            ("actor", "parent_id"),
            ("deployment", "actor_id"),
            ("platform", "actor_id"),
            ("event_actor", "actor_id"),
        ),
    ),
    "location": Noun(
        table="location",
        fields=(
            "name",
            "kind",
            "parent",
            "iso_alpha3",
            "icao_code",
            "latitude",
            "longitude",
            "precision",
            "site_class",
            "note",
        ),
        required=("name", "kind"),
        references=(("parent", "parent_id", "location"),),
        words=(("kind", LocationKind), ("precision", Precision), ("site_class", SiteClass)),
        used_by=(("location", "parent_id"), ("deployment", "location_id"), ("event", "location_id")),
    ),
    "asset_type": Noun(
        table="asset_type",
        fields=("name", "parent", "icao_designator", "sidc", "note"),
        required=("name",),
        references=(("parent", "parent_id", "asset_type"),),
        used_by=(("asset_type", "parent_id"), ("asset", "asset_type_id"), ("platform", "asset_type_id")),
    ),
    "source": Noun(
        table="source",
        fields=(
            "title",
            "publisher",
            "url",
            "published_on",
            "published_at",
            "retrieved_at",
            "language",
            "attribution",
            "reliability",
            "content_sha256",
            "text_kind",
            "text",
            "note",
        ),
        required=("title",),
        filled=("text_kind",),
        words=(("attribution", Attribution), ("text_kind", TextKind)),
        used_by=(
            ("status_change", "source_id"),
            ("event", "source_id"),
            ("source_origin", "source_id"),
            ("source_origin", "origin_id"),
        ),
    ),
    "deployment": Noun(
        table="deployment",
        fields=("name", "actor", "location", "operation", "mission", "part_of", "note"),
        required=("actor", "location"),
        filled=("name",),
        references=(
            ("actor", "actor_id", "actor"),
            ("location", "location_id", "location"),
            ("part_of", "part_of_id", "deployment"),
        ),
        used_by=(
            ("deployment", "part_of_id"),
            ("asset", "deployment_id"),
            ("status_change", "deployment_id"),
            ("status_change", "other_deployment_id"),
        ),
    ),
    "platform": Noun(
        table="platform",
        fields=("designation", "asset_type", "actor", "note"),
        required=("designation", "asset_type"),
        references=(("asset_type", "asset_type_id", "asset_type"), ("actor", "actor_id", "actor")),
        used_by=(("asset", "platform_id"),),
    ),
    "asset": Noun(
        table="asset",
        fields=("deployment", "asset_type", "platform", "note"),
        required=("deployment",),
        filled=("asset_type",),
        references=(
            ("deployment", "deployment_id", "deployment"),
            ("asset_type", "asset_type_id", "asset_type"),
            ("platform", "platform_id", "platform"),
        ),
        used_by=(("status_change", "asset_id"),),
    ),
    "event": Noun(
        table="event",
        fields=("kind", "title", "on", "location", "source", "excerpt", "locator", "note", "actors"),
        required=("kind", "title", "source"),
        references=(("location", "location_id", "location"), ("source", "source_id", "source")),
        words=(("kind", EventKind),),
        used_by=(("retraction", "event_id"), ("retraction", "replacement_event_id")),
    ),
}
"""Every noun of the catalogue."""

DEFAULTS: dict[str, dict[str, Any]] = {"source": {"attribution": "named", "reliability": "F", "text_kind": "none"}}
"""What a new row has where nothing is given."""

REACHES_CONTAINMENT = {
    "actor": ("parent_id",),
    "location": ("parent_id",),
    "deployment": ("actor_id", "location_id", "operation", "part_of_id"),
}
"""The columns whose change can change which deployment contains which."""
