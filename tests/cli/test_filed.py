"""Reports as spreadsheets, columns and maps: a file, or bytes in a pipe, never on a terminal."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from typing import TYPE_CHECKING

import openpyxl
import pyarrow.parquet as pq
import pytest

from posture.exports.forms import libraries

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

ASKED = ("report", "posture", "--as-of", "2023-10-15")


def test_each_form_is_written_to_a_file(posture: Runs, tmp_path: Path) -> None:
    posture("seed", "niger-2023-ledger")
    told = json.loads(posture(*ASKED, "-f", "json").out)["rows"]
    for form in ("xlsx", "parquet", "geojson", "kml"):
        assert posture(*ASKED, "-f", form, "-o", str(tmp_path / f"a.{form}")).out == ""
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["posture"]
    assert [row[3:6] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        (row["asset"], row["asset_type"], row["low"]) for row in told
    ]
    assert pq.read_table(tmp_path / "a.parquet").column("low").to_pylist() == [row["low"] for row in told]
    features = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["low"] for feature in features] == [row["low"] for row in told]
    assert (tmp_path / "a.kml").read_text(encoding="utf-8").count("<Placemark>") == len(told)
    left = sorted(name for name in os.listdir(tmp_path) if not name.endswith(".db"))
    assert left == ["a.geojson", "a.kml", "a.parquet", "a.xlsx"]


JOBS = """\
[[job]]
name = "niger"
report = "posture"
formats = ["md", "xlsx", "kml"]
destination = "niger"
parameters = { location = "ner", as_of = "2023-10-15" }

[[job]]
name = "claims"
report = "claims"
formats = ["md", "xlsx", "kml", "atom"]
destination = "claims"
parameters = { location = "ner", as_of = "2023-10-15" }
"""


def test_a_file_says_itself_what_was_asked_about(posture: Runs, tmp_path: Path) -> None:
    """It is mailed and pasted without the manifest, and a country's figures must not be taken for the world's."""
    posture("seed", "niger-2023-ledger")
    (tmp_path / "exports.toml").write_text(JOBS)
    posture("export", "run", "--file", str(tmp_path / "exports.toml"))
    asked = ("report", "posture", "--location", "ner", "--as-of", "2023-10-15")
    for form in ("md", "xlsx", "kml"):
        posture(*asked, "-f", form, "-o", str(tmp_path / f"posture.{form}"))
    for folder, name in ((tmp_path, "posture"), (tmp_path / "niger", "posture"), (tmp_path / "claims", "claims")):
        assert (folder / f"{name}.md").read_text().startswith(f"**Niger: {name} as of 2023-10-15, as known at #16")
        assert f"<name>Niger: {name} as of 2023-10-15, as known at #16" in (folder / f"{name}.kml").read_text()
        book = openpyxl.load_workbook(folder / f"{name}.xlsx")
        assert ("About", "Niger", None) in set(book["notes"].iter_rows(values_only=True))
        assert book.properties.title.startswith(f"Niger: {name} as of 2023-10-15")
    assert "<title>Niger: claims</title>" in (tmp_path / "claims" / "claims.atom").read_text()
    story = posture("report", "timeline", "fra-ner/personnel", "--as-of", "2023-10-15", "-f", "md").out
    assert story.startswith("**fra-ner/personnel: timeline as of 2023-10-15, as known at #16")
    assert posture(*ASKED, "-f", "md").out.startswith("**Posture as of 2023-10-15, as known at #16")


def test_the_sources_cited_are_on_the_sheet_of_notes(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    posture_on_sqlite("seed", "niger-2023-ledger")
    posture_on_sqlite(*ASKED, "-f", "xlsx", "--cite", "-o", str(tmp_path / "a.xlsx"))
    notes = openpyxl.load_workbook(tmp_path / "a.xlsx")["notes"]
    assert "africanews-2023-10-11" in {row[1] for row in notes.iter_rows(values_only=True)}


def test_what_was_there_keeps_its_rights_and_is_replaced_whole(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_text("old")
    path.chmod(0o640)
    posture_on_sqlite(*ASKED, "-f", "parquet", "-o", str(path))
    assert path.stat().st_mode & 0o7777 == 0o640
    assert pq.read_table(path).num_rows == 0


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_folder_that_is_not_there_is_not_made(posture_on_sqlite: Runs, tmp_path: Path, form: str) -> None:
    path = tmp_path / "nowhere" / "a"
    failed = posture_on_sqlite(*ASKED, "-f", form, "-o", str(path), code=1)
    assert (
        failed.err == f"posture: cannot write {path}: No such file or directory; what was there before is untouched\n"
    )
    assert not path.parent.exists()


def test_a_report_about_no_places_is_no_map_and_the_old_file_stays(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text("old")
    found = posture_on_sqlite("report", "sources", "-f", "kml", "-o", str(tmp_path / "a.kml"), code=2)
    assert "sources is about no places" in found.err
    assert (tmp_path / "a.kml").read_text() == "old"


def test_a_terminal_gets_no_bytes(posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    assert "name a file: -o posture.xlsx" in posture_on_sqlite(*ASKED, "-f", "xlsx", code=2).err


@pytest.mark.parametrize(("form", "library"), [("parquet", "pyarrow"), ("xlsx", "xlsxwriter")])
def test_a_library_that_is_missing_is_named_with_its_extra(
    posture_on_sqlite: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, library: str
) -> None:
    libraries.needed.cache_clear()
    for name in (library, f"{library}.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    found = posture_on_sqlite(*ASKED, "-f", form, "-o", str(tmp_path / "some.file"), code=1)
    assert 'pip install "force-posture[export]"' in found.err and len(found.err.splitlines()) == 1
    assert not list(tmp_path.glob("some*"))
    libraries.needed.cache_clear()


# XlsxWriter leaves its own temporary files open when it fails; they go with the folder that they are in.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("form", ["xlsx", "geojson"])
def test_a_full_disk_is_one_line_and_the_old_file_stays(posture_on_sqlite: Runs, tmp_path: Path, form: str) -> None:
    import resource

    posture_on_sqlite("seed", "niger-2023-ledger")
    path = tmp_path / f"a.{form}"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    posture_on_sqlite(*ASKED, "-f", form, "-o", str(tmp_path / "first"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, hard))
    try:
        found = posture_on_sqlite(*ASKED, "-f", form, "-o", str(path), code=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    gc.collect()
    assert "File too large; what was there before is untouched" in found.err and len(found.err.splitlines()) == 1
    assert path.read_text() == "old"


def test_text_that_a_spreadsheet_would_run_is_guarded_unless_raw(posture_on_sqlite: Runs, tmp_path: Path) -> None:
    posture_on_sqlite("seed", "niger-2023-ledger")
    posture_on_sqlite("source", "add", "odd", "--title", "Odd", "--published-on", "2023-10-01")
    posture_on_sqlite("log", "announcement", "fra-ner", "--source", "odd", "--excerpt", "=1+1")
    asked = ("report", "timeline", "--location", "ner", "--as-of", "2023-12-01", "-f")
    for words, expected in (((), "'=1+1"), (("--raw",), "=1+1")):
        assert f",{expected}," in posture_on_sqlite(*asked, "csv", *words).out
        posture_on_sqlite(*asked, "xlsx", "-o", str(tmp_path / "a.xlsx"), *words)
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["timeline"]
        assert expected in {cell.value for row in sheet.iter_rows() for cell in row}
