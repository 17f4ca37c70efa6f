"""GeoJSON (RFC 7946): a feature for each row; what is in no place that was found has a null geometry, and is not left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.exports.formats import json_object
from posture.exports.forms.features import check, features
from posture.exports.forms.objects import head_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.exports.content import Content

__all__ = ["check", "write_file"]


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no program runs JSON
    """Write a content as a FeatureCollection, and return how many rows it has; raises UsageMistake for no places."""
    head = {"type": "FeatureCollection", **head_of(content)}
    count = 0

    def members() -> Iterator[dict[str, Any]]:
        nonlocal count
        for feature in features(content):
            count += 1
            point = feature.point
            yield {
                "type": "Feature",
                "geometry": None if point is None else {"type": "Point", "coordinates": list(point)},
                "properties": {
                    "title": feature.title,
                    "place": feature.place.name if feature.place else None,
                    "precision": feature.place.precision if feature.place else None,
                    **feature.row,
                },
            }

    with open(path, "x", encoding="utf-8", newline="") as file:
        file.writelines(line + "\n" for line in json_object(head, members(), "features"))
    return count
