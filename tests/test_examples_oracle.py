"""The oracle gives the answers that were worked by hand in every example."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.example_answers import disagreements
from tests.ledger_text import read_example
from tests.oracle import LineAnswer, Oracle

if TYPE_CHECKING:
    from tests.ledger_records import Ledger, Question
    from tests.oracle_totals import Total

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.txt"))


class OracleAnswers:
    """Answers an example's questions by the oracle."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def line(self, question: Question, name: str) -> LineAnswer:
        """Return what is said of a line."""
        return Oracle(self.ledger, question).line(name)

    def plans(self, question: Question) -> dict[str, str]:
        """Return the plans by how the text names them, with their states."""
        return {str(ref): state for ref, state in Oracle(self.ledger, question).plans().items()}

    def total(self, question: Question, actor: str, place: str, asset_type: str) -> Total:
        """Return the figure of a node."""
        return Oracle(self.ledger, question).total(actor, place, asset_type)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_oracle_agrees_with_the_example(path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    assert example.asked, "an example asks something"
    assert not disagreements(example, OracleAnswers(example.ledger))
