"""The two clocks of a question: what a moment of knowledge means, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from posture import clock
from posture.errors import UnknownClaim
from posture.ledger import catalogue
from posture.reports.as_of import resolve_known_at

if TYPE_CHECKING:
    from posture.store.connection import Database


@pytest.fixture
def two_days(db: Database) -> Database:
    """Three entries: two on 6 September, one on the 8th."""
    for day, hour, code in ((6, 9, "fra"), (6, 18, "usa"), (8, 9, "rus")):
        with clock.held_at(datetime(2023, 9, day, hour, tzinfo=UTC)):
            catalogue.add(db, "actor", {"code": code, "name": code, "kind": "state"})
    return db


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        (None, 3),
        ("#2", 2),
        ("#0", 0),
        ("2023-09-05", 0),
        ("2023-09-06", 2),
        ("2023-09-07", 2),
        ("2023-09-06T12:00:00Z", 1),
        ("2023-09-06T14:00:00+02:00", 1),
        ("2023-09-08T09:00:00Z", 3),
    ],
)
def test_a_moment_is_an_entry_the_end_of_a_day_or_an_instant(two_days: Database, words: str | None, entry: int) -> None:
    assert resolve_known_at(two_days, words).seq == entry


def test_an_entry_that_is_not_there_is_refused(two_days: Database) -> None:
    with pytest.raises(UnknownClaim):
        resolve_known_at(two_days, "#99")
