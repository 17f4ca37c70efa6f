"""With `--min-grade` worse claims are as if nobody had made them: for figures, flags, origins and statuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.domain.grade import grades_from
from posture.reports import as_of
from posture.reports.posture import posture
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_writing import write_ledger, write_question
from tests.niger import told
from tests.oracle import Oracle
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ledger_records import Ledger, Question
    from tests.niger import Told

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told(request, request.param, tmp_path_factory.mktemp("grades"), "niger-2023-ledger") as one:
        yield one


def test_a_grade_is_no_worse_in_both_parts_and_what_cannot_be_judged_comes_after_c_and_3() -> None:
    assert [str(grade) for grade in grades_from("B2")] == ["A1", "B1", "A2", "B2"]
    assert "F2" not in map(str, grades_from("C3"))
    assert "C6" in map(str, grades_from("F6"))
    assert "D2" not in map(str, grades_from("F6"))
    assert len(grades_from("E5")) == 36


def differences(ledger: Ledger, asked: Question, driven: Driven, worst: str) -> list[str]:
    """Return where the report of the better claims is not what the oracle makes of them alone."""
    letters, figures = "ABCFDE"[: "ABCFDE".index(worst[0]) + 1], "123645"[: "123645".index(worst[1]) + 1]
    oracle = Oracle(ledger, replace(asked, projected=False))
    oracle.claims.visible = [
        claim for claim in oracle.claims.visible if claim.text.grade[0] in letters and claim.text.grade[1] in figures
    ]
    question = as_of.Question(
        as_of=asked.as_of,
        known_seq=None if asked.known is None else driven.seqs[asked.known],
        basis=asked.basis,
        stale_after=asked.stale_after,
        min_grade=worst,
    )
    shown = {(row["deployment"], row["asset"]): row for row in posture(driven.db, question).rows}
    found = []
    for line in ledger.lines:
        wanted, row = oracle.line(line.name), shown.get((line.deployment, line.asset))
        if row is None:
            found += [f"{line.name} is not reported"] if oracle.says_something(line) else []
            continue
        told = ((row["low"], row["best"], row["high"]), sorted(row["flags"]), row["origins"])
        said = ((wanted.value.low or 0, wanted.value.best, wanted.value.high), sorted(wanted.flags), wanted.origins)
        found += [f"{line.name} is {told}, the oracle says {said}"] if told != said else []
    return found


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = data.draw(questions(ledger))
    note(write_question(asked))
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for worst in ("B2", "C3", "F6"):
            assert differences(ledger, asked, driven, worst) == []


@settings(QUIET, max_examples=40)
@given(data=st.data())
def test_worse_claims_are_as_if_nobody_had_made_them_on_sqlite(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=8)
@given(data=st.data())
def test_worse_claims_are_as_if_nobody_had_made_them_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "postgresql", data)


def test_the_answer_says_that_claims_were_left_out(story: Told) -> None:
    question = story.question("2023-11-10", location="ner")
    assert not any("graded" in line for line in posture(story.db, question).notes)
    answer = posture(story.db, replace(question, min_grade="B2"))
    assert answer.notes[0] == "only claims graded B2 or better were read"
    assert {row["grade"] for row in answer.rows} == {"B2"}


def test_an_answer_from_which_all_was_left_out_says_so(story: Told) -> None:
    answer = posture(story.db, replace(story.question("2023-11-10", location="ner"), min_grade="A1"))
    assert answer.empty_because == "nothing applies as of 2023-11-10 for --location ner --min-grade A1"
