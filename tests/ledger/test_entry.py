"""One entry is one command: numbered without a gap, dated by a clock that cannot go back, chained by its hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from posture import clock
from posture.errors import Refused
from posture.ledger.claims import log
from posture.ledger.entry import Writing

from .conftest import claim

if TYPE_CHECKING:
    from posture.store.connection import Database


def newest(db: Database) -> dict[str, object]:
    """Return the last entry's row."""
    row = db.one("select * from ledger_entry order by seq desc limit 1")
    assert row is not None
    return dict(row)


def test_two_entries_of_one_instant_are_a_microsecond_apart(niger: Database) -> None:
    instant = clock.from_text(str(newest(niger)["recorded_at"])) + timedelta(seconds=1)
    with clock.held_at(instant):
        log(niger, [claim()])
        log(niger, [claim()])
    assert newest(niger)["recorded_at"] == clock.to_text(instant + timedelta(microseconds=1))
    assert newest(niger)["clock_at"] == clock.to_text(instant)


def test_a_clock_a_little_behind_is_kept_raw_and_recorded_later(niger: Database) -> None:
    before = clock.from_text(str(newest(niger)["recorded_at"]))
    with clock.held_at(before - timedelta(minutes=5)):
        log(niger, [claim()])
    assert newest(niger)["recorded_at"] == clock.to_text(before + timedelta(microseconds=1))
    assert newest(niger)["clock_at"] == clock.to_text(before - timedelta(minutes=5))


@pytest.mark.parametrize("leap", [timedelta(hours=-2), timedelta(days=800)])
def test_an_implausible_clock_is_refused_unless_forced(niger: Database, leap: timedelta) -> None:
    with clock.held_at(clock.now() + leap):
        with pytest.raises(Refused, match="set the clock right"):
            log(niger, [claim()])
        assert log(niger, [claim()], Writing(force=True)).seq == 14


def test_a_replay_is_recorded_when_it_was_published(niger: Database) -> None:
    with pytest.raises(Refused, match="cannot record in the future"):
        log(niger, [claim()], Writing(recorded_at=clock.now() + timedelta(days=1)))
    log(niger, [claim()], Writing(action="replay", recorded_at=datetime(2023, 9, 5, tzinfo=UTC)))
    row = newest(niger)
    assert row["recorded_at"] > "2023-09-05", "never before the entry before it"
    assert row["action"] == "replay"


def test_entries_are_numbered_and_chained(niger: Database) -> None:
    log(niger, [claim()])
    rows = niger.all("select seq, prev_hash, entry_hash from ledger_entry order by seq")
    assert [row["seq"] for row in rows] == list(range(1, 15))
    assert [row["prev_hash"] for row in rows] == [None, *[row["entry_hash"] for row in rows[:-1]]]
