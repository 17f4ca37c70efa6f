"""The rows that the runs of export jobs leave behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from posture.errors import ConstraintBroken
from posture.ledger.export_runs import Run, record_run
from posture.reports.export_runs import last_runs, runs

if TYPE_CHECKING:
    from posture.store.connection import Database

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RUN = Run(
    job="morning",
    destination="out/morning",
    started_at=AT,
    ended_at=AT + timedelta(seconds=2),
    outcome="published",
    duration=2.25,
    as_of=date(2026, 11, 23),
    known_seq=12,
    head_seq=12,
    head_hash="a" * 64,
    rows=40,
    bytes=4_096,
    manifest_sha256="b" * 64,
)


def test_a_run_is_kept_as_it_was_told(db: Database) -> None:
    assert record_run(db, RUN) == 1
    (row,) = last_runs(db)
    assert (row["started_at"], row["ended_at"]) == ("2026-11-23T06:00:00.000000Z", "2026-11-23T06:00:02.000000Z")
    kept = ("job", "destination", "outcome", "duration", "known_seq", "head_seq", "head_hash", "rows", "bytes")
    assert {name: row[name] for name in kept} == {name: getattr(RUN, name) for name in kept}
    assert (row["as_of"], row["manifest_sha256"], row["message"]) == ("2026-11-23", "b" * 64, None)
    assert row["tool_version"]


def test_a_run_that_did_not_come_far_leaves_the_rest_open(db: Database) -> None:
    bare = Run(job="a", destination="b", started_at=AT, ended_at=AT, outcome="busy", duration=0.0, message="locked")
    record_run(db, bare)
    (row,) = runs(db)
    assert {name for name, value in row.items() if value is None} == {
        *("as_of", "known_seq", "head_seq", "head_hash", "rows", "bytes", "manifest_sha256")
    }


def test_the_last_run_of_each_job_and_the_last_that_went_well(db: Database) -> None:
    record_run(db, RUN)
    record_run(db, replace(RUN, outcome="failed", message="the disk is full"))
    record_run(db, replace(RUN, job="feed", outcome="unchanged"))
    assert [(row["job"], row["outcome"]) for row in last_runs(db)] == [("feed", "unchanged"), ("morning", "failed")]
    assert [(row["job"], row["id"]) for row in last_runs(db, sound=True)] == [("feed", 3), ("morning", 1)]
    assert [row["id"] for row in runs(db)] == [3, 2, 1]
    assert [row["id"] for row in runs(db, "morning", last=1)] == [2]


def test_an_outcome_that_is_none_is_refused(db: Database) -> None:
    with pytest.raises(ConstraintBroken, match="export_run_outcome"):
        record_run(db, replace(RUN, outcome="perhaps"))
    assert runs(db) == []


def test_runs_are_no_part_of_the_record(db: Database) -> None:
    record_run(db, RUN)
    assert db.value("select count(*) from ledger_entry") == 0
