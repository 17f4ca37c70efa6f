"""Files of good, bad and hostile rows: accepted + rejected = read, nothing half-done, nothing that no row said."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture.errors import PostureError
from posture.imports.importing import Outcome, import_file
from posture.imports.mapping import read_mapping
from posture.imports.reading import open_table
from posture.imports.rejects import Rejects
from posture.ledger.entry import Writing
from posture.ledger.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from posture.store.connection import Database

COLUMNS = ("who", "where", "when", "many", "grade", "note")
MAPPING = """
create = true
[claim]
actor = {{ column = "who", new = {{ kind = "state" }} }}
location = {{ column = "where", new = {{ kind = "country" }} }}
asset_type = "personnel"
date = {{ column = "when" }}
quantity = {{ column = "many" }}
grade = {{ column = "grade" }}
note = {{ column = "note" }}
"""
HOSTILE = (
    "=1+1",
    "\x1b[31m",
    "a,b",
    'say "no"',
    "x\ny",
    "\u202e",
    "'; drop table actor --",
    "NA",
    "",
    "\x00",
    "é",
    "-1",
    "1e99",
    "9" * 40,
)
"""Words that a file may hold, and that are neither names, dates nor figures."""
GOOD = {
    "who": ("fra", "France", "usa"),
    "where": ("ner", "Niger", "tcd", "mli"),
    "when": ("2023-09-05", "2023-09", "June 2017", "before 2020"),
    "many": ("0", "5", "1,500", "~1500", ">1000", "unknown"),
    "grade": ("B2", "c3", ""),
    "note": ("", "seen"),
}
BAD = {
    "who": ("Atlantis",),
    "where": ("Congo",),
    "when": ("03/04/2023", "2023-02-30", "2150-01-01", "soon"),
    "many": ("a few", "3 of 4", "30%"),
    "grade": ("A1", "Z9"),
    "note": (),
}


def cell(column: str) -> st.SearchStrategy[str]:
    """Return what may stand in a cell: mostly good."""
    good, bad = st.sampled_from(GOOD[column]), st.sampled_from((*BAD[column], *HOSTILE))
    return st.integers(0, 11).flatmap(lambda luck: bad if luck == 0 else good)


rows = st.lists(st.tuples(*map(cell, COLUMNS)), max_size=12)
rules = st.sampled_from(("refuse", "first", "last", "keep"))


def told(
    db: Database, folder: Path, name: str, found: list[tuple[str, ...]], rule: str, *, rejecting: bool
) -> tuple[Outcome, list[Any]]:
    """Import rows under a name; return what came of it and the rejects."""
    (folder / "map.toml").write_text(f'name = "{name}"\nduplicates = "{rule}"\n{MAPPING.format()}', encoding="utf-8")
    with (folder / "file.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *found])
    with open_table(folder / "file.csv", rejecting=rejecting) as table, closing(Rejects(table.columns)) as rejects:
        sheet = read_mapping(folder / "map.toml")
        outcome = import_file(db, Writing(), sheet, table, rejects=rejects if rejecting else None)
        return outcome, list(csv.reader(io.StringIO("\n".join(rejects.lines()))))[1:]


def state(db: Database) -> list[Any]:
    """Return how many rows each table has that an import writes."""
    names = ("ledger_entry", "status_change", "actor", "location", "deployment", "asset", "source", "alias", "import_file", "import_row", "containment", "catalogue_revision")  # fmt: skip
    return [db.value(f"select count(*) from {name}") for name in names]


SHARED = [HealthCheck.function_scoped_fixture]
"""The files of all examples go into one database, each under a name of its own."""


@settings(max_examples=30, suppress_health_check=SHARED)
@given(found=rows, rule=rules)
def test_each_row_is_taken_or_told_and_a_second_time_adds_nothing(db: Database, tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, ...]], rule: str) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("random")
    before = db.value("select count(*) from status_change")
    outcome, rejected = told(db, folder, folder.name, found, rule, rejecting=True)
    assert outcome.read == len(found)
    assert outcome.accepted + len(rejected) == outcome.read
    assert db.value("select count(*) from status_change") - before == outcome.recorded
    assert outcome.recorded + outcome.silent >= outcome.accepted
    again, rejected_again = told(db, folder, folder.name, found, rule, rejecting=True)
    assert (again.recorded, again.changed, again.same) == (0, 0, outcome.recorded)
    assert rejected_again == rejected
    assert verify(db) == []


@settings(max_examples=30, suppress_health_check=SHARED)
@given(found=rows, rule=rules)
def test_without_rejects_it_is_all_of_the_file_or_nothing(db: Database, tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, ...]], rule: str) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("random")
    before = state(db)
    try:
        outcome, _ = told(db, folder, folder.name, found, rule, rejecting=False)
    except PostureError:
        assert state(db) == before
        checked, rejected = told(db, folder, folder.name, found, rule, rejecting=True)
        assert checked.refused
        assert len(rejected) == checked.rejected
    else:
        assert outcome.refused == 0
        assert outcome.accepted + outcome.left_out == len(found)
