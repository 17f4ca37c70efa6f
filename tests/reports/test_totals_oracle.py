"""The totals report gives the oracle's figure for every node, along one tree and along two, on both engines.

The oracle is asked about the same ledger under one more place and one more actor, above all others: everywhere, everybody.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.reports.totals import DIMENSIONS, totals
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_records import Ledger, Node, Question
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.oracle_totals import Total
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
WAYS = [(way,) for way in DIMENSIONS] + list(combinations(DIMENSIONS, 2))
EVERYBODY, EVERYWHERE = "everybody", "everywhere"
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def rooted(ledger: Ledger) -> Ledger:
    """Return the ledger with a node above all places and one above all actors."""
    return replace(
        ledger,
        places=(Node(EVERYWHERE, None), *(Node(one.code, one.parent or EVERYWHERE) for one in ledger.places)),
        actors=(Node(EVERYBODY, None), *(Node(one.code, one.parent or EVERYBODY) for one in ledger.actors)),
    )


def differences(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return the nodes of which the report and the oracle say different things, and the lines that have no node."""
    oracle = Oracle(rooted(ledger), question)
    said = driven.lines_of(question)
    found = []
    for by in WAYS:
        rows = totals(driven.db, driven.asked(question), by).rows
        for row in rows:
            node = (row["actor"] or EVERYBODY, row["location"] or EVERYWHERE, row["asset_type"])
            wanted, told = oracle.total(*node), Total(driven.value(row), "conflict" in row["flags"])
            if told != wanted:
                found.append(f"{' '.join(by)}: {' '.join(node)} is {told}, the oracle says {wanted}")
        nodes = {tuple(row[way] for way in by) for row in rows}
        for name in said:
            place = dict(zip(DIMENSIONS, driven.node_of(driven.lines[name]), strict=True))
            if tuple(place[way] for way in by) not in nodes:
                found.append(f"{' '.join(by)}: no row for {name}")
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_the_oracles_totals(path: Path, db: Database) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    for asked in example.asked:
        assert differences(example.ledger, asked.question, driven) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare the totals for two questions about it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [data.draw(questions(ledger)) for _ in range(2)]
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for question in asked:
            note(write_question(question))
            assert differences(ledger, question, driven) == []


@settings(QUIET, max_examples=30)
@given(data=st.data())
def test_random_ledgers_have_the_oracles_totals_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=8)
@given(data=st.data())
def test_random_ledgers_have_the_oracles_totals_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "postgresql", data)
