"""GeoJSON as the validator of the geojson library sees it, and KML as fastkml reads it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import geojson
import pytest
from fastkml import kml
from fastkml.utils import find_all

from posture.errors import UsageMistake
from posture.exports.forms import FORMS
from tests.exports.forms.written import AWKWARD, HIDDEN, HOSTILE, NOTHING, PLAIN, ROWS, RUN, STATUS, content, written

if TYPE_CHECKING:
    from pathlib import Path


def collection(path: Path) -> Any:
    found = geojson.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, geojson.FeatureCollection)
    assert found.is_valid, found.errors()
    return found


def test_there_is_a_valid_feature_for_each_row(tmp_path: Path) -> None:
    found = collection(written(tmp_path, "geojson", *ROWS))
    assert [feature["properties"]["seq"] for feature in found["features"]] == [row[0] for row in ROWS]
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [2.1126, 13.5127]}
    told = found["features"][0]["properties"]
    assert (told["place"], told["precision"], told["whole"], told["status"]) == ("Niamey", "locality", True, STATUS)


def test_what_is_in_no_place_that_was_found_has_a_null_geometry(tmp_path: Path) -> None:
    text = written(tmp_path, "geojson", NOTHING, AWKWARD).read_text(encoding="utf-8")
    assert [feature["geometry"] for feature in json.loads(text)["features"]] == [None, None]
    assert [feature["properties"]["place"] for feature in json.loads(text)["features"]] == [None, "Niger"]


def test_a_collection_states_both_clocks(tmp_path: Path) -> None:
    found = json.loads(written(tmp_path, "geojson").read_text())
    assert (found["type"], found["as_of"], found["known_at"]["seq"], found["features"]) == (
        "FeatureCollection",
        "2023-12-22",
        31,
        [],
    )


def placemarks(path: Path) -> list[Any]:
    document = kml.KML.parse(path, validate=False)
    return list(find_all(document, of_type=kml.Placemark))


def test_fastkml_reads_a_placemark_for_each_row(tmp_path: Path) -> None:
    first, nothing, until, *_ = found = placemarks(written(tmp_path, "kml", *ROWS))
    assert len(found) == len(ROWS)
    assert first.name == "fra-ner/drones"
    assert first.geometry.coords == ((2.1126, 13.5127),)
    assert (first.time_stamp, first.begin.dt, first.end) == (None, date(2023, 9, 5), None)
    assert (nothing.geometry, nothing.times) == (None, None)
    assert (until.begin.dt, until.end.dt, until.geometry) == (date(2023, 10, 5), date(2023, 12, 22), None)


def test_fastkml_reads_what_a_placemark_says(tmp_path: Path) -> None:
    first, *_, last = placemarks(written(tmp_path, "kml", PLAIN, *RUN, HIDDEN))
    said = {data.name: data.value for data in first.extended_data.elements}
    assert (said["low"], said["whole"], said["status"]) == ("4", "true", "activity=grounded:3..?")
    assert "effective_until" not in said
    said = {data.name: data.value for data in last.extended_data.elements}
    assert said["said"] == "a\ufffd[2Jb\ufffd<&>'Tillabéri 尼日尔"
    assert len(HOSTILE) == len(RUN)


@pytest.mark.parametrize("form", ["geojson", "kml"])
def test_what_is_about_no_places_is_no_map(tmp_path: Path, form: str) -> None:
    with pytest.raises(UsageMistake, match="changes is about no places"):
        written(tmp_path, form, PLAIN, place=None)
    with pytest.raises(UsageMistake, match="changes is about no places"):
        FORMS[form].check(content(place=None))
    FORMS[form].check(content())
