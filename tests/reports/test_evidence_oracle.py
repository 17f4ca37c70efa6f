"""What the evidence says decided, joined and disputed a figure is what the oracle folds, joins and flags.

The oracle keeps its own base, the claims folded onto it, those that are one with them, and the flows of parts that an
agreed figure feels; none of it comes from the package under test.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from posture.reports.evidence import evidence
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.random_ledgers import ledgers, questions
from tests.test_oracle_random import MANY, QUIET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from posture.store.connection import Database
    from tests.ledger_records import Ledger, Line, Question, Ref

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
DECIDES = ("base", "moved", "tightened")
FELT = ("part_moved", "part_counted", "capped")
SPOKEN_FOR = ("told_twice", "also_told")


def rows_of(driven: Driven, question: Question, line: Line) -> list[dict[str, Any]]:
    """Return the evidence for a line."""
    asked = driven.asked(question)
    return evidence(driven.db, asked, f"{line.deployment}/{line.asset}", every=True).rows


def refs(driven: Driven, rows: Iterable[dict[str, Any]], *roles: str) -> set[Ref]:
    """Return the claims of these roles, as the text names them."""
    return {driven.refs[row["claim"]] for row in rows if row["role"] in roles}


def differences(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return all in which the evidence and the oracle differ, each as a line to read."""
    oracle = Oracle(ledger, question)
    found: list[str] = []
    for line in ledger.lines:
        rows = rows_of(driven, question, line)
        for name, told, wanted in _pairs(oracle, question, driven, line, rows):
            if told != wanted:
                found.append(f"{line.name}: {name} is {told}, the oracle says {wanted}")
    return found


def _pairs(
    oracle: Oracle, question: Question, driven: Driven, line: Line, rows: list[dict[str, Any]]
) -> Iterable[tuple[str, Any, Any]]:
    answer = oracle.line(line.name)
    stated, agreed = (oracle.folds.fold(line, question.as_of, stated=stated) for stated in (True, False))
    own = {claim.ref for claim in oracle.claims.of_line(line)}
    folded = {claim.ref for claim in stated.folded}
    yield "base", refs(driven, rows, "base"), {answer.base} - {None}
    yield "decided", refs(driven, rows, *DECIDES), folded
    yield "spoken for", refs(driven, rows, *SPOKEN_FOR), {claim.ref for claim in stated.joined} - folded
    # A claim that reaches both lines, such as a withdrawal, is its own.
    yield "felt", refs(driven, rows, "part_moved"), {claim.ref for claim in agreed.folded} - own
    felt_flags = {flag for row in rows if row["role"] in FELT for flag in row["flags"]}
    yield "capped", "capped" in felt_flags, "capped" in answer.flags
    yield "parts newer", "parts_newer" in felt_flags, "parts_newer" in answer.flags
    flags = {flag for row in rows for flag in row["flags"]}
    yield "flags", flags, set(answer.flags)
    gone = {w.claim for w in oracle.claims.record.withdrawals if w.entry <= oracle.claims.known}
    yield "retracted among them", refs(driven, rows, "retracted") - gone, set()
    yield (
        "standing though retracted",
        {driven.refs[row["claim"]] for row in rows if row["role"] != "retracted"} & gone,
        set(),
    )
    if rows:
        assert {row["origins"] for row in rows} == {answer.origins}


def figures(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return the figures that stand above the evidence and are not the oracle's; of random ledgers the posture is asked for them."""
    oracle, found = Oracle(ledger, question), []
    for line in ledger.lines:
        answer = oracle.line(line.name).value
        told = {(row["low"], row["best"], row["high"]) for row in rows_of(driven, question, line)}
        if told - {(answer.low, answer.best, answer.high)}:
            found.append(f"{line.name}: {told}, the oracle says {answer}")
    return found


def retracted_in_full(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return the retracted claims about a line that the evidence leaves out."""
    oracle = Oracle(ledger, question)
    missing = []
    for line in ledger.lines:
        told = refs(driven, rows_of(driven, question, line), "retracted")
        for withdrawal in oracle.claims.record.withdrawals:
            claim = oracle.claims.record.claims[withdrawal.claim]
            if (
                withdrawal.entry <= oracle.claims.known
                and claim.text.line == line.name
                and claim.text.modality == "actual"
                and claim.on <= question.as_of
                and claim.ref not in told
            ):
                missing.append(f"{line.name}: {claim.ref}")
    return missing


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_evidence_of_an_example_is_the_oracle_s(path: Path, db: Database) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    for asked in example.asked:
        question = _plain(asked.question)
        assert differences(example.ledger, question, driven) == []
        assert figures(example.ledger, question, driven) == []
        assert retracted_in_full(example.ledger, question, driven) == []


def _plain(question: Question) -> Question:
    """Return a question without projection: evidence is of what is, and plans are none."""
    from dataclasses import replace

    return replace(question, projected=False)


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare the evidence for its lines."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [_plain(data.draw(questions(ledger))) for _ in range(2)]
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for question in asked:
            note(write_question(question))
            assert differences(ledger, question, driven) == []
            assert retracted_in_full(ledger, question, driven) == []


@settings(QUIET, max_examples=MANY or 30)
@given(data=st.data())
def test_the_evidence_agrees_with_the_oracle_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 6)
@given(data=st.data())
def test_the_evidence_agrees_with_the_oracle_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
