"""Compares what a ledger answers with what an example's text says it must: one line of text for each disagreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.ledger_records import Figure, PlansAnswer, StatusAnswer, TotalAnswer, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ledger_records import Answer, Example, Question
    from tests.oracle import LineAnswer
    from tests.oracle_totals import Total


class Answers(Protocol):
    """What can be asked of a ledger."""

    def line(self, question: Question, name: str) -> LineAnswer:
        """Return what is said of a line."""

    def plans(self, question: Question) -> dict[str, str]:
        """Return the plans by how the text names them, with their states."""

    def total(self, question: Question, actor: str, place: str, asset_type: str) -> Total:
        """Return the figure of a node."""


def disagreements(example: Example, answers: Answers) -> list[str]:
    """Return what differs from the example, each with the question it answers."""
    return [
        f"{asked.text!r}: {difference}"
        for asked in example.asked
        for answer in asked.answers
        for difference in _differences(answer, asked.question, answers)
    ]


def _differences(answer: Answer, question: Question, answers: Answers) -> Iterator[str]:
    if isinstance(answer, Figure):
        yield from _of_line(answer, answers.line(question, answer.line))
    elif isinstance(answer, StatusAnswer):
        found = answers.line(question, answer.line).statuses.get(answer.axis, frozenset())
        if found != answer.statuses:
            yield f"{answer.line} {answer.axis} is {_listed(found)}, not {_listed(answer.statuses)}"
    elif isinstance(answer, PlansAnswer):
        plans = answers.plans(question)
        wanted = {str(ref): state for ref, state in answer.states}
        if plans != wanted:
            yield f"plans are {plans}, not {wanted}"
    elif isinstance(answer, TotalAnswer):
        total = answers.total(question, answer.actor, answer.place, answer.asset_type)
        flags = {"conflict"} if total.conflict else set()
        if total.value != answer.value or flags != answer.flags:
            yield f"the total is {total.value} {sorted(flags)}, not {answer.value} {sorted(answer.flags)}"


def _of_line(wanted: Figure, found: LineAnswer) -> Iterator[str]:
    if wanted.value is None:
        if found.is_known:
            yield f"{wanted.line} is reported"
        return
    if found.value != wanted.value:
        yield f"{wanted.line} is {found.value}, not {wanted.value}"
    if wanted.stated is not None and found.stated != wanted.stated:
        yield f"{wanted.line} is stated as {found.stated}, not {wanted.stated}"
    missing, more = wanted.flags - found.flags, found.flags - wanted.flags
    if missing or (more and not wanted.more_flags):
        yield f"{wanted.line} has the flags {sorted(found.flags)}, not {sorted(wanted.flags)}"
    if wanted.origins is not None and found.origins != wanted.origins:
        yield f"{wanted.line} has {found.origins} origins, not {wanted.origins}"
    if wanted.base is not None and found.base != wanted.base:
        yield f"{wanted.line} stands on {found.base}, not {wanted.base}"


def _listed(statuses: frozenset[tuple[str, Value | None]]) -> str:
    return ", ".join(sorted(f"{word} {value}" if value else word for word, value in statuses)) or "nothing"
