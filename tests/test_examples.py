"""The ledger and its reports give, on each engine, the answers that were worked by hand in every example."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.drive import Driven
from tests.example_answers import disagreements
from tests.ledger_text import read_example

if TYPE_CHECKING:
    from posture.store.connection import Database

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.txt"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_reports_agree_with_the_example(db: Database, path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    assert not disagreements(example, Driven(db, example.ledger))
