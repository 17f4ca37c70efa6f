"""Rows as features of a map: what each is called, where and when it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from posture.errors import UsageMistake
from posture.exports.content import Place, Time
from posture.reports.wording import agreed, figure, total_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.exports.content import Content


class Feature(NamedTuple):
    """A row on a map."""

    title: str
    """What it is in a few words: `fra-ner/personnel: 1,303`."""
    point: tuple[float, float] | None
    """Longitude and latitude; None where it is in no place that was found."""
    place: Place | None
    """Its place, if it has one."""
    time: Time
    """The time that it is about."""
    row: Mapping[str, Any]
    """All that it says, by the names of the fields."""


def check(content: Content) -> None:
    """Raise UsageMistake for a content that is about no places."""
    if content.place is None:
        raise UsageMistake(f"{content.name} is about no places, so no map can show it; choose csv, json or parquet")


def features(content: Content) -> Iterator[Feature]:
    """Yield the rows of a content as features; raises UsageMistake for one that is about no places."""
    check(content)
    assert content.place is not None  # noqa: S101 - it was just checked
    when = content.time or (lambda _: Time(None, content.as_of))
    flags = [field.name for field in content.fields if field.kind == "flag"]
    for row in content.mappings():
        for name in flags:
            row[name] = None if row[name] is None else bool(row[name])
        place = content.place(row)
        yield Feature(_title(row), _point(place), place, when(row), row)


def _point(place: Place | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return place.longitude, place.latitude


def _title(row: Mapping[str, Any]) -> str:
    about = row.get("line") or "/".join(filter(None, (row.get("deployment"), row.get("asset"))))
    if not about:
        about = " ".join(filter(None, (total_place(row), row.get("asset_type"))))
    if "kind" in row:
        return f"{about}: {_claimed(row)}"
    if not {"low", "best", "high"} <= row.keys():
        return str(about)
    if row["low"] is row["best"] is row["high"] is None and row.get("asset", "") is None and row.get("deployment"):
        return str(about)  # a deployment has a state, and no figure
    bounds = (row["low"], row["best"], row["high"])
    return f"{about}: {agreed(row) if 'flags' in row else figure(*bounds)}"


def _claimed(row: Mapping[str, Any]) -> str:
    """Return what a claim or a plan says in a few words: `planned decrease most`, `status grounded 3`."""
    status = row.get("status_code", row.get("status"))
    words = (row.get("modality"), row["kind"], status, row.get("quantity_text"))
    return " ".join(str(word).replace("_", " ") for word in words if word and word != "actual")
