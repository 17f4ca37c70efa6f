"""The lines in the conflicts report are those that the oracle flags, and the gaps are there in the oracle's figures too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from posture.reports.conflicts import conflicts
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.oracle_record import AXES
from tests.random_ledgers import ledgers, questions
from tests.test_oracle_random import MANY, QUIET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posture.store.connection import Database
    from tests.ledger_records import Ledger, Line, Question, Value
    from tests.oracle_words import Size

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
CONTESTS = frozenset({"count", "denial", "overdrawn"})


def apart(value: Value, size: Size | Value) -> bool:
    """True where two figures do not meet."""
    return (value.high is not None and (size.low or 0) > value.high) or (
        size.high is not None and (value.low or 0) > size.high
    )


def doubted(oracle: Oracle, line: Line) -> bool:
    """True where a claim of poor grade, as new as the base, gives a figure or a state that cannot be so beside what stands."""
    stated = oracle.folds.fold(line, oracle.question.as_of, stated=True)
    base = stated.base
    if base is None or "doubted" not in oracle.line(line.name).flags:
        return False
    folded = {claim.ref for claim in stated.folded}
    poor = [
        claim
        for claim in oracle.claims.of_line(line)
        if claim.kind == "count" and claim.size.bounds and not claim.admissible and claim.ref not in folded
    ]
    # What is contested as well is two counts already.
    return any(
        base.admissible and claim.on >= base.on and apart(oracle.folds.brought_to(line, base, claim), claim.size)
        for claim in poor
    )


def doubted_state(oracle: Oracle, line: Line) -> bool:
    """True where a whole state of poor grade is another than the whole one in force."""
    base = oracle.folds.fold(line, oracle.question.as_of, stated=True).base
    for axis in AXES:
        found = oracle._status_claims(line, axis)
        in_force = next((claim for claim in found if claim.admissible and claim.text.quantity is None), None)
        if in_force is not None and any(
            not claim.admissible
            and claim.text.quantity is None
            and claim.text.status != in_force.text.status
            and (base is None or claim.on >= base.on)
            for claim in found
        ):
            return True
    return False


def capped(oracle: Oracle, line: Line) -> bool:
    """True where a base of a container leaves less than what this line's own claims say there was then."""
    day = oracle.question.as_of
    base = oracle.folds.base_at(line, day)
    if base is None or "capped" not in oracle.line(line.name).flags:
        return False
    for outer in oracle.claims.containers_of(line):
        for cap in oracle.folds.bases_between(outer, base.on, day):
            if (
                cap.admissible
                and cap.size.high is not None
                and apart(oracle.folds.brought_to(line, base, cap), cap.size)
            ):
                return True
    return False


def _pairs(oracle: Oracle, driven: Driven, line: Line, kinds: set[str]) -> Iterator[tuple[str, Any, Any]]:
    flags = oracle.line(line.name).flags
    yield "contested or overdrawn", bool(kinds & CONTESTS), bool(flags & {"contested", "overdrawn"})
    yield "overdrawn", "overdrawn" in kinds, "overdrawn" in flags
    yield "doubted", "doubted" in kinds, doubted(oracle, line) or doubted_state(oracle, line)
    operation = next(one for one in driven.ledger.deployments if one.code == line.deployment).operation
    own = operation is None and line.platform is None
    conflict = own and oracle.total(*driven.node_of(line)).conflict
    yield "parts above the whole", "parts_above_whole" in kinds, conflict
    yield "capped", "capped" in kinds, capped(oracle, line)


def differences(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return all in which the conflicts and the oracle differ, each as a line to read."""
    oracle, names = Oracle(ledger, question), {f"{one.deployment}/{one.asset}": one.name for one in ledger.lines}
    kinds: dict[str, set[str]] = {one.name: set() for one in ledger.lines}
    visible = {claim.ref for claim in oracle.claims.visible}
    found = []
    for row in conflicts(driven.db, driven.asked(question)).rows:
        kinds[names[f"{row['deployment']}/{row['asset']}"]].add(row["kind"])
        if not {driven.refs[claim] for claim in row["claims"]} <= visible:
            found.append(f"{row['claims']} are not all visible")
        if row["claim"] in row["other_claims"]:
            found.append(f"{row['claims']} speaks against itself")
        if row["gap"] is not None and row["gap"] <= 0:
            found.append(f"{row['claims']} are {row['gap']} apart")
    for line in ledger.lines:
        for name, told, wanted in _pairs(oracle, driven, line, kinds[line.name]):
            if told != wanted:
                found.append(f"{line.name}: {name} is {told}, the oracle says {wanted}")
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_conflicts_of_an_example_are_the_oracle_s(path: Path, db: Database) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    for asked in example.asked:
        assert differences(example.ledger, replace(asked.question, projected=False), driven) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare its conflicts."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [replace(data.draw(questions(ledger)), projected=False) for _ in range(3)]
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for question in asked:
            note(write_question(question))
            assert differences(ledger, question, driven) == []


@settings(QUIET, max_examples=MANY or 40)
@given(data=st.data())
def test_the_conflicts_agree_with_the_oracle_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 6)
@given(data=st.data())
def test_the_conflicts_agree_with_the_oracle_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
