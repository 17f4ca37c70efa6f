"""The series says of each period's end what the oracle says, asked as of that day alone; on examples and random ledgers.

`RANDOM_LEDGERS=1000` asks for more of them than the ordinary few.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.domain.periods import Step
from posture.reports import as_of
from posture.reports.series import Asked, series
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_records import Question, Value
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import Oracle
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Ledger

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


def ends(first: date, last: date, step: Step) -> list[date]:
    """Return the days as of which the periods of a span are to be read, found by walking day by day."""

    def name(day: date) -> object:
        week = day.isocalendar()
        return {
            Step.DAY: day,
            Step.WEEK: (week.year, week.week),
            Step.MONTH: (day.year, day.month),
            Step.QUARTER: (day.year, (day.month - 1) // 3),
            Step.YEAR: day.year,
        }[step]

    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    return [day for day in days if day == last or name(day) != name(day + timedelta(days=1))]


def wrong(ledger: Ledger, driven: Driven, question: Question, first: date, step: Step) -> list[str]:
    """Return where the series says other than the oracle at each period's end."""
    days = ends(first, question.as_of, step)
    oracles = {str(day): Oracle(ledger, Question(day, question.known, question.basis)) for day in days}
    names = {(line.deployment, line.asset): line.name for line in driven.lines.values()}
    told: dict[str, dict[str, Any]] = {name: {} for name in names.values()}
    for row in rows(driven, question, Asked(step, first)):
        told[names[row["deployment"], row["asset"]]][row["as_of"]] = row
    found = []
    for name, by_day in told.items():
        speaks = {day: oracle.says_something(oracle.claims.lines[name]) for day, oracle in oracles.items()}
        if any(speaks.values()) and list(by_day) != list(oracles):
            found.append(f"{name} is told of {list(by_day)}, not of {list(oracles)}")
        for day, row in by_day.items():
            answer = oracles[day].line(name)
            figure = Value(row["low"], row["best"], row["high"])
            wanted = answer.value if row["low"] is not None or speaks[day] else Value(None, None, None)
            found += [f"{name} on {day} is {figure}, the oracle says {wanted}"] if figure != wanted else []
            flags = answer.flags if row["low"] is not None else frozenset()
            found += [f"{name} on {day} is {row['flags']}, not {flags}"] if set(row["flags"]) != flags else []
    return found + _totals(driven, question, Asked(step, first, total=True), oracles)


def _totals(driven: Driven, question: Question, asked: Asked, oracles: dict[str, Oracle]) -> list[str]:
    found = []
    for row in rows(driven, question, asked):
        if row["actor"] is None or row["location"] is None or row["low"] is None:
            continue
        total = oracles[row["as_of"]].total(row["actor"], row["location"], row["asset_type"])
        figure = Value(row["low"], row["best"], row["high"])
        if figure != total.value:
            found.append(f"the total of {row['asset_type']} on {row['as_of']} is {figure}, the oracle says {total}")
    return found


def rows(driven: Driven, question: Question, asked: Asked) -> list[dict[str, Any]]:
    """Return the rows of a series."""
    known = driven.seqs[len(driven.ledger.entries) if question.known is None else question.known]
    about = as_of.Question(as_of=question.as_of, known_seq=known, basis=question.basis)
    return series(driven.db, about, asked).rows


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_periods_end_of_an_example_is_as_the_oracle_has_it(db: Database, path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven, last = Driven(db, example.ledger), max(asked.question.as_of for asked in example.asked)
    claims = Oracle(example.ledger, Question(last)).claims.record.claims.values()
    first = max(min([claim.on for claim in claims], default=last), last - timedelta(days=200))
    first = min(first, last)
    for step in (Step.WEEK, Step.QUARTER):
        assert wrong(example.ledger, driven, Question(last), first, step) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and ask for a span of it, by some period."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        question = data.draw(questions(ledger))
        question = Question(question.as_of, question.known, question.basis)
        step = data.draw(st.sampled_from([Step.WEEK, Step.WEEK, Step.MONTH, Step.DAY]))
        first = question.as_of - timedelta(days=data.draw(st.integers(0, 9 if step is Step.DAY else 60)))
        note(f"{write_question(question)} since {first} by {step}")
        assert wrong(ledger, driven, question, first, step) == []


@settings(QUIET, max_examples=MANY or 25)
@given(data=st.data())
def test_each_periods_end_is_as_the_oracle_has_it_on_sqlite(make_url: Callable[..., str], data: st.DataObject) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=MANY // 10 or 4)
@given(data=st.data())
def test_each_periods_end_is_as_the_oracle_has_it_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "postgresql", data)
