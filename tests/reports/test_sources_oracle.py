"""Track records are those that a naive count over the oracle's record gives, source by source, on both engines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture.reports.sources import sources
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.ledger_writing import write_ledger, write_question
from tests.oracle import MONTH, Oracle
from tests.oracle_plans import PLANS, telling
from tests.random_ledgers import ledgers, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Ledger, Question, Ref
    from tests.oracle_record import Claim

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
FLOWS = ("increase", "decrease")
BASES = ("present", "authorised", "assigned")


def claims_made(oracle: Oracle) -> list[tuple[Claim, str]]:
    """Return each claim that was made, in the form in which it stands or last stood, and stands, corrected or retracted."""
    record, known = oracle.claims.record, oracle.claims.known
    corrects = {w.replacement: w.claim for w in record.withdrawals if w.replacement and w.entry <= known}
    restates = {again: old for old, again in record.restated if again.entry <= known}

    def path(ref: Ref) -> list[tuple[Ref, str]]:
        found, how = [(ref, "")], ""
        while ref in corrects or ref in restates:
            how = "restated" if ref in restates else "corrected"
            ref = restates.get(ref) or corrects[ref]
            found.append((ref, how))
        return found

    chains: dict[Ref, list[Ref]] = {}
    for ref in sorted(ref for ref in record.claims if ref.entry <= known):
        chains.setdefault(path(ref)[-1][0], []).append(ref)
    made = []
    for chain in chains.values():
        standing = [ref for ref in chain if record.is_visible(ref, known)]
        shown = max(standing or chain)
        fate = "retracted"
        if standing:
            fate = "corrected" if any(how == "corrected" for _, how in path(shown)) else "stands"
        made.append((record.claims[shown], fate))
    return [(claim, fate) for claim, fate in made if claim.text.stated_on <= oracle.question.as_of]


def comparisons(ledger: Ledger, question: Question) -> dict[str, Counter[str]]:
    """Return by source how many claims were compared, confirmed and contradicted: every pair looked at."""
    found: dict[str, Counter[str]] = {}
    for basis in BASES:
        oracle = Oracle(ledger, replace(question, basis=basis, projected=False))
        claims, day = oracle.claims, question.as_of
        said = [
            claim
            for claim in claims.visible
            if claim.text.basis == basis and claim.on <= day and claim.text.stated_on <= day and claim.kind != "status"
        ]
        claims.visible = [claim for claim in said if claim.kind == "count" or claim.admissible]
        for claim in said:
            if claim.text.modality == "actual" and claim.text.line is not None:
                answers = list(_answers(oracle, claim, said))
                if answers:
                    found.setdefault(claim.text.source, Counter()).update(
                        compared=1, confirmed=int(True in answers), contradicted=int(False in answers)
                    )
    return found


def _answers(oracle: Oracle, claim: Claim, said: list[Claim]) -> list[bool]:
    """Return whether each admissible claim of another origin that can be held against a claim agrees with it."""
    claims = oracle.claims
    others = [
        other
        for other in said
        if other.admissible
        and claims.origin(other) != claims.origin(claim)
        and other.text.deployment == claim.text.deployment
    ]
    line = claims.lines[str(claim.text.line)]
    if claim.kind == "count" and claim.size.bounds:
        near = [other for other in others if abs(other.on - claim.on) <= MONTH]
        counts = [
            other
            for other in near
            if (other.text.line, other.text.modality, other.kind) == (line.name, "actual", "count")
            and other.size.bounds
        ]
        denied = [False for other in near if other.text.modality == "denied" and other.text.line in (None, line.name)]
        return [oracle._agrees(line, other, claim) for other in counts] + denied
    if claim.kind in FLOWS and not claims.lapses_with(claim, claims.lapsed(line)):
        return [
            not (claim.size.bounds and other.size.bounds) or _overlap(claim, other)
            for other in others
            if other.text.line == line.name and other.text.modality == "actual" and other.kind in FLOWS
            if claims.joined(other) == claims.joined(claim) and not claims.lapses_with(other, claims.lapsed(line))
        ]
    return []


def _overlap(one: Claim, other: Claim) -> bool:
    return (one.size.high is None or (other.size.low or 0) <= one.size.high) and (
        other.size.high is None or (one.size.low or 0) <= other.size.high
    )


def expected(ledger: Ledger, question: Question) -> dict[str, Counter[str]]:
    """Return by source all that its row should count."""
    found: dict[str, Counter[str]] = {}
    oracle = Oracle(ledger, replace(question, projected=False))
    for claim, fate in claims_made(oracle):
        found.setdefault(claim.text.source, Counter()).update(
            [fate, "made", "own_words" if claim.own_words else "repeated"]
        )
    deciding = {
        claim.ref
        for line in ledger.lines
        for claim in oracle.folds.fold(line, question.as_of, stated=True).folded
        if oracle.says_something(line)
    }
    for ref in deciding:
        claim = oracle.claims.record.claims[ref]
        if claim.text.stated_on <= question.as_of:
            found[claim.text.source]["decides"] += 1
    for source, counted in comparisons(ledger, question).items():
        found[source] += counted
    states = oracle.plans()
    for claim in oracle.claims.visible:
        if (
            claim.text.modality in PLANS
            and claim.text.stated_on <= question.as_of
            and claim.text.basis == question.basis
        ):
            told = telling(oracle.claims, claim)
            if next(one for one in told if one.text.source == claim.text.source) == claim:
                found[claim.text.source][f"plans_{states[told[0].ref]}"] += 1
    return found


COUNTED = (
    "made",
    "own_words",
    "repeated",
    "decides",
    "compared",
    "confirmed",
    "contradicted",
    "corrected",
    "retracted",
)


def differences(ledger: Ledger, question: Question, driven: Driven) -> list[str]:
    """Return the sources of which the report and the naive count say different things."""
    wanted = expected(ledger, question)
    rows = {row["code"]: row for row in sources(driven.db, driven.asked(replace(question, projected=False))).rows}
    found = [f"{source} is not reported" for source in wanted.keys() - rows.keys()]
    for source, row in rows.items():
        keys = [*COUNTED, *(key for key in row if key.startswith("plans_"))]
        told = {key: row[key] for key in keys if row[key]}
        right = {key: wanted.get(source, Counter())[key] for key in keys if wanted.get(source, Counter())[key]}
        if told != right:
            found.append(f"{source} is {told}, counted {right}")
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_the_track_records_that_a_count_gives(path: Path, db: Database) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    for asked in example.asked:
        question = asked.question
        for day in (question.as_of, question.as_of + timedelta(days=60)):
            assert differences(example.ledger, replace(question, as_of=day), driven) == []


def check(make_url: Callable[..., str], engine: str, data: st.DataObject) -> None:
    """Log one random ledger and compare the track records for a few questions about it."""
    ledger = data.draw(ledgers())
    note(write_ledger(ledger))
    asked = [data.draw(questions(ledger)) for _ in range(3)]
    with open_database(make_url(engine)) as db:
        driven = Driven(db, ledger)
        for question in asked:
            note(write_question(question))
            assert differences(ledger, question, driven) == []


@settings(QUIET, max_examples=60)
@given(data=st.data())
def test_random_ledgers_have_the_track_records_that_a_count_gives_on_sqlite(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "sqlite", data)


@settings(QUIET, max_examples=8)
@given(data=st.data())
def test_random_ledgers_have_the_track_records_that_a_count_gives_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    check(make_url, "postgresql", data)
