"""Running totals as flows: whatever is refused, left out or corrected, the flows of a line add up to its last total."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imports.test_importing import HEAD, SIGNED, Imports, claims, verified

if TYPE_CHECKING:
    from pathlib import Path

    from posture.store.connection import Database

TOTALS = """
create = true
duplicates = "{rule}"
[claim]
kind = "decrease"
reason = "loss"
actor = {{ value = "rus", new = {{ kind = "state" }} }}
location = "ukr"
date = {{ column = "date" }}
quantity = {{ cumulative = true, since = "2022-02-24" }}
[wide]
means = "asset_type"
[wide.columns]
tanks = "tank"
ships = "ship"
"""
ORDERED = TOTALS.format(rule="keep")
TITLES = "date,tanks,ships\n"


@pytest.fixture
def imports(db: Database, tmp_path: Path) -> Imports:
    return Imports(db, tmp_path)


def added_up(db: Database) -> dict[str, int]:
    """Return what the flows that stand add up to, by line."""
    found: dict[str, int] = {}
    for _, line, kind, many, _ in claims(db):
        found[line] = found.get(line, 0) + (many if kind == "decrease" else -many)
    return found


def test_a_refused_row_leaves_its_totals_to_the_next(db: Database, imports: Imports) -> None:
    text = TITLES + "2024-03-01,100,5\n2024-03-02,110,~6\n2024-03-03,120,7\n"
    outcome = imports(text, ORDERED, rejecting=True)
    assert [(row["line"], row["column"], row["value"], row["ships"]) for row in imports.rejected] == [
        ("3", "ships", "~6", "~6")
    ]
    assert (outcome.read, outcome.accepted) == (3, 2)
    assert added_up(db) == {"tank": 120, "ship": 7}
    assert claims(db)[-1] == ("rus-ukr", "ship", "decrease", 2, "[2024-03-02..2024-03-03]")


@pytest.mark.parametrize(("rule", "left"), [("first", ["4"]), ("last", ["3"]), ("refuse", ["3", "4"]), ("keep", [])])
def test_two_totals_of_one_day_lose_nothing_whichever_is_taken(
    db: Database, imports: Imports, rule: str, left: list[str]
) -> None:
    text = TITLES + "2024-03-01,100,\n2024-03-02,110,\n2024-03-02,120,\n2024-03-03,130,\n"
    imports(text, TOTALS.format(rule=rule), rejecting=True)
    assert [row["line"] for row in imports.rejected] == left
    assert added_up(db) == {"tank": 130}
    assert imports(text, TOTALS.format(rule=rule), rejecting=True).recorded == 0
    verified(db)


def test_a_difference_that_is_corrected_to_nothing_counts_no_longer(db: Database, imports: Imports) -> None:
    first = TITLES + "2024-03-01,100,\n2024-03-02,110,\n2024-03-03,120,\n"
    revised = TITLES + "2024-03-01,100,\n2024-03-02,120,\n2024-03-03,120,\n"
    imports(first, ORDERED)
    assert imports(revised, ORDERED).changed == 2
    assert imports(revised, ORDERED, update=True).corrected == 2
    assert added_up(db) == {"tank": 120}
    again = imports(revised, ORDERED, update=True)
    assert (again.recorded, again.changed) == (0, 0)
    verified(db)


def test_a_given_difference_that_is_corrected_to_zero_counts_no_longer(db: Database, imports: Imports) -> None:
    imports(HEAD + "fra,ner,2023-09-05,10\nfra,ner,2023-09-06,5\n", SIGNED)
    outcome = imports(HEAD + "fra,ner,2023-09-05,10\nfra,ner,2023-09-06,0\n", SIGNED, update=True)
    assert outcome.corrected == 1
    assert [claim[2:4] for claim in claims(db)] == [("decrease", 10), ("decrease", 0)]


def test_a_line_that_never_moved_is_not_made(db: Database, imports: Imports) -> None:
    outcome = imports(TITLES + "2024-03-01,100,0\n2024-03-02,110,0\n", ORDERED)
    assert [code for noun, code in outcome.made if noun == "asset"] == ["rus-ukr/tank"]
    assert [code for (code,) in db.tuples("select code from asset")] == ["tank"]


def test_a_total_before_the_day_from_which_the_file_counts_is_refused(db: Database, imports: Imports) -> None:
    imports(TITLES + "2022-02-23,1,\n2022-02-24,2,\n", ORDERED, rejecting=True)
    assert [(row["line"], row["column"], row["value"]) for row in imports.rejected] == [("2", "date", "2022-02-23")]
    assert claims(db) == [("rus-ukr", "tank", "decrease", 2, "[2022-02-24..2022-02-24]")]


FIGURE = st.sampled_from(("", "0", "3", "5", "5", "8", "12", "~7"))
ROWS = st.lists(st.tuples(st.integers(1, 6), FIGURE, FIGURE), max_size=10)
NUMBERS = itertools.count()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=ROWS, later=ROWS, rule=st.sampled_from(("refuse", "first", "last", "keep")))
def test_flows_add_up_to_the_last_total_of_the_rows_that_were_taken(
    db: Database, imports: Imports, found: list[tuple[int, str, str]], later: list[tuple[int, str, str]], rule: str
) -> None:
    place = f"base-{next(NUMBERS)}"
    mapping = TOTALS.format(rule=rule).replace('"ukr"', f'{{ value = "{place}", new = {{ kind = "base" }} }}')
    for rows in (found, found + [(day + 6, *rest) for day, *rest in later]):
        lines = [f"2024-03-{day:02d},{tanks},{ships}" for day, tanks, ships in rows]
        outcome = imports(TITLES + "\n".join(lines) + "\n", mapping, name=f"{place}.csv", rejecting=True)
        gone = {int(row["line"]) for row in imports.rejected}
        assert outcome.accepted + len(gone) == outcome.read == len(rows)
        taken = [row for number, row in enumerate(rows, 2) if number not in gone]
        for column, line in ((1, "tank"), (2, "ship")):
            told = [int(row[column]) for row in taken if row[column]]
            flows = [
                many if kind == "decrease" else -many
                for where, what, kind, many, _ in claims(db)
                if (where, what) == (f"rus-{place}", line)
            ]
            assert sum(flows) == (told[-1] if told else 0)
