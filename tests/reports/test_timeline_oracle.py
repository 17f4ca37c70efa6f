"""The figures in a timeline are what the oracle, asked anew as of each day, says; and nothing that was said is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from posture.reports.timeline import timeline
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_records import Value
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.oracle_plans import PLANS
from tests.random_ledgers import ledgers, questions
from tests.test_oracle_random import MANY, QUIET

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Ledger, Question

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
DECIDES = ("base", "moved", "tightened")


class Asked:
    """The oracle, asked as of many days."""

    def __init__(self, ledger: Ledger, question: Question) -> None:
        self.ledger, self.question = ledger, question
        self.days: dict[date, Oracle] = {}

    def on(self, day: str) -> Oracle:
        """Return the oracle for a day."""
        when = date.fromisoformat(day)
        if when not in self.days:
            self.days[when] = Oracle(self.ledger, replace(self.question, as_of=when))
        return self.days[when]

    def value(self, name: str, day: str) -> Value:
        """Return the agreed figure of a line as of a day."""
        return self.on(day).line(name).value


def _value(row: dict[str, Any]) -> Value:
    return Value(row["low"], row["best"], row["high"])


def differences(ledger: Ledger, question: Question, driven: Driven, line: str | None = None) -> list[str]:
    """Return all in which a timeline and the oracle differ, each as a line to read; of one line, or of everything."""
    asked, names = Asked(ledger, question), {f"{one.deployment}/{one.asset}": one for one in ledger.lines}
    rows = timeline(driven.db, driven.asked(question), line).rows
    found = []
    for row in rows:
        ref, name = driven.refs[row["claim"]], names.get(f"{row['deployment']}/{row['asset']}")
        if name is not None and row["role"] is not None:
            if _value(row) != asked.value(name.name, row["on"]):
                found.append(f"{ref}: {_value(row)}, the oracle says {asked.value(name.name, row['on'])}")
            if row["kind"] in ("count", "increase", "decrease"):
                folded = asked.on(row["on"]).folds.fold(name, date.fromisoformat(row["on"]), stated=True).folded
                if (row["role"] in DECIDES) != (ref in {claim.ref for claim in folded}):
                    found.append(f"{ref}: {row['role']}, the oracle folds {[str(claim.ref) for claim in folded]}")
        for also in row["also"]:
            wanted = asked.value(names[also["line"]].name, also["on"])
            if _value(also) != wanted:
                found.append(f"{ref} on {also['line']}: {_value(also)}, the oracle says {wanted}")
    return found + [f"{ref} is left out" for ref in _missing(ledger, question, driven, rows, line)]


def _missing(
    ledger: Ledger, question: Question, driven: Driven, rows: list[dict[str, Any]], line: str | None
) -> list[str]:
    """Return the visible claims of the story that it leaves out."""
    told = {driven.refs[row["claim"]] for row in rows}
    names = {one.name: f"{one.deployment}/{one.asset}" for one in ledger.lines}
    wanted = [
        claim
        for claim in Oracle(ledger, question).claims.visible
        if (claim.text.stated_on if claim.text.modality in PLANS else claim.on) <= question.as_of
        and (line is None or claim.text.line is None or names[claim.text.line] == line)
        and (line is None or claim.text.deployment == line.partition("/")[0])
    ]
    return [str(claim.ref) for claim in wanted if claim.ref not in told]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_timeline_of_an_example_is_the_oracle_s(path: Path, db: Database) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    question = replace(example.asked[-1].question, projected=False)
    assert differences(example.ledger, question, driven) == []
    for line in example.ledger.lines[:2]:
        assert differences(example.ledger, question, driven, f"{line.deployment}/{line.asset}") == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare its timeline, and that of one of its lines."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    question = replace(data.draw(questions(ledger)), projected=False)
    note(write_question(question))
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        assert differences(ledger, question, driven) == []
        line = data.draw(st.sampled_from(ledger.lines))
        assert differences(ledger, question, driven, f"{line.deployment}/{line.asset}") == []


@settings(QUIET, max_examples=MANY or 30)
@given(data=st.data())
def test_the_timeline_agrees_with_the_oracle_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 6)
@given(data=st.data())
def test_the_timeline_agrees_with_the_oracle_on_postgresql(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "postgresql", data)
