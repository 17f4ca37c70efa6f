"""The descriptor beside an export, read by frictionless: the columns are what it says, and the rows have their types."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from posture import clock
from tests.cli.conftest import posture_on_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Runs

__all__ = ("posture_on_sqlite",)
ASKED = {
    "posture": "",
    "claims": "",
    "changes": "",
    "plans": "",
    "stale": "",
    "sources": "",
    "totals": "by = 'location'",
    "timeline": "",
    "conflicts": "as_of = 2023-09-15",
    "brief": "location = 'ner', as_of = 2023-10-15",
    "evidence": "line = 'fra-ner/personnel', as_of = 2023-10-15",
    "series": "from = 2023-08-01, to = 2023-12-31, by = 'month'",
    "movements": "from = 2023-10-01, to = 2023-12-31",
    "diff": "from-date = 2023-10-01, to-date = 2023-12-31",
    "search": "words = ['drones']",
}


@pytest.fixture(scope="module")
def frictionless() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless as library

        return library


@pytest.fixture
def told(tmp_path: Path, posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    monkeypatch.chdir(tmp_path)
    posture_on_sqlite("seed", "niger-2023-ledger", "--quiet")
    with clock.held_at(datetime(2023, 12, 24, 12, tzinfo=UTC)):
        yield posture_on_sqlite


def check(frictionless: Any, place: Path) -> list[Any]:
    """Return the tables of a package, once it is valid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(str(place / "datapackage.json"))
        assert report.valid, report.flatten(["title", "note"])
        package = frictionless.Package(str(place / "datapackage.json"))
        return [resource.read_rows() for resource in package.resources if resource.format == "csv"]


def test_every_report_is_a_valid_data_package(told: Runs, tmp_path: Path, frictionless: Any) -> None:
    text = 'licence = { name = "CC-BY-4.0", path = "https://creativecommons.org/licenses/by/4.0/" }\n'
    for name, parameters in ASKED.items():
        text += f'[[job]]\nname = "{name}"\nreport = "{name}"\ntitle = "{name.title()}"\nformats = ["csv"]\n'
        text += f'destination = "out/{name}"\nparameters = {{ {parameters} }}\n'
    (tmp_path / "exports.toml").write_text(text, encoding="utf-8")
    told("export", "run")
    for name in ASKED:
        place = tmp_path / "out" / name
        (rows,) = check(frictionless, place)
        said = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        assert len(rows) == said["files"][0]["rows"], name
        assert rows
        package = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))
        assert package["licenses"][0]["name"] == "CC-BY-4.0" and package["title"] == name.title()


def test_packed_files_and_other_forms_are_in_it_too(told: Runs, tmp_path: Path, frictionless: Any) -> None:
    (tmp_path / "exports.toml").write_text(
        '[[job]]\nname = "niger"\nreport = "posture"\nformats = ["csv", "md", "xlsx", "geojson", "kml", "sqlite"]\n'
        'destination = "out"\ncompression = "gz"\nparameters = { as_of = 2023-10-15 }\n',
        encoding="utf-8",
    )
    told("export", "run")
    package = json.loads((tmp_path / "out/datapackage.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in package["resources"]] == [
        "posture.csv.gz",
        "posture.geojson.gz",
        "posture.kml.gz",
        "posture.md.gz",
        "posture.sqlite.gz",
        "posture.xlsx",
    ]
    package["resources"] = [each for each in package["resources"] if each["format"] == "csv"]
    (tmp_path / "out/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (rows,) = check(frictionless, tmp_path / "out")
    assert rows[0]["low"] is None or isinstance(rows[0]["low"], int)
