"""KML 2.2: a placemark for each row, with the time that it is about; what is in no place that was found has no point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.exports.formats import flat
from posture.exports.forms.features import check, features
from posture.exports.forms.xml import element
from posture.reports.wording import moments, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.exports.content import Content, Time
    from posture.exports.forms.features import Feature

__all__ = ["check", "write_file"]


def write_file(content: Content, path: str, *, raw: bool, bom: bool) -> int:  # noqa: ARG001 - no spreadsheet reads it
    """Write a content as KML, and return how many rows it has; raises UsageMistake for a content about no places."""
    count = 0
    with open(path, "x", encoding="utf-8", newline="") as file:
        file.writelines(line + "\n" for line in _head(content))
        for feature in features(content):
            count += 1
            file.writelines(line + "\n" for line in _placemark(feature))
        file.write("</Document>\n</kml>\n")
    return count


def _head(content: Content) -> Iterator[str]:
    clocks = moments(content.as_of, content.known_seq, content.known_at)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2">'
    yield "<Document>"
    yield element("name", titled(content.about, content.name.replace("_", " "), clocks))
    if content.notes:
        yield element("description", "\n".join(content.notes))


def _placemark(feature: Feature) -> Iterator[str]:
    yield "<Placemark>"
    yield element("name", feature.title)
    yield from _span(feature.time)
    yield "<ExtendedData>"
    for name, value in feature.row.items():
        if value is not None:
            yield f'<Data name="{name}">{element("value", _words(value))}</Data>'
    yield "</ExtendedData>"
    if feature.point is not None:
        longitude, latitude = feature.point
        yield f"<Point>{element('coordinates', f'{longitude},{latitude}')}</Point>"
    yield "</Placemark>"


def _span(time: Time) -> Iterator[str]:
    ends = [element(name, day) for name, day in (("begin", time.begin), ("end", time.end)) if day]
    if ends:
        yield f"<TimeSpan>{''.join(ends)}</TimeSpan>"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return flat(value)
