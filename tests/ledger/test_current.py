"""The projection is what the reports say: after every write of any history, on both engines, for every line and plan."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture import clock
from posture.ledger import current
from posture.reports.as_of import Question
from posture.reports.current import current_rows
from posture.reports.plans import plans
from posture.reports.posture import posture
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger.test_histories import History
from tests.ledger_writing import write_ledger
from tests.random_ledgers import ledgers

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database
    from tests.ledger_records import Entry, Ledger

MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
HISTORIES = {"sqlite": 20, "postgresql": 3}
STEPS = 24


def kept_lines(db: Database) -> dict[str, dict[str, Any]]:
    """Return what SQL users read of every line, by its address."""
    return {row["line"]: row for row in db.all("select * from report_posture")}


def reported_lines(db: Database) -> dict[str, dict[str, Any]]:
    """Return what the posture report says of every line, in the terms of the view."""
    rows = {}
    for row in posture(db, Question(as_of=clock.today())).rows:
        if row["asset"] is None:
            continue
        told = {name: row[name] for name in ("low", "best", "high", "stated_low", "stated_best", "stated_high")}
        told |= {name: row[name] for name in ("quantity_text", "since", "grade", "origins")}
        told |= {"flags": " ".join(row["flags"]), "claim_id": row["change_id"], "source_code": row["source"]}
        told |= {
            axis: " ".join(one["code"] for one in row["status"].get(axis, ())) or None
            for axis in ("phase", "presence", "activity", "condition", "lifecycle")
        }
        rows[f"{row['deployment']}/{row['asset']}"] = {**told, "status": row["status"], "is_current": 1}
    return rows


def reported_plans(db: Database) -> dict[int, dict[str, Any]]:
    """Return what the plans report says of every plan that speaks, by its number, on each basis."""
    return {
        row["plan_id"]: {
            **{name: row[name] for name in ("low", "high", "state", "overdue_days", "outcomes")},
            "also": row["also_reported_as"],
        }
        for basis in ("present", "authorised", "assigned")
        for row in plans(db, Question(as_of=clock.today(), basis=basis)).rows
    }


def check(db: Database) -> None:
    """Compare all that is kept with what the reports say now, and with what the ledger itself finds."""
    kept, told = kept_lines(db), reported_lines(db)
    assert kept.keys() == told.keys()
    for line, row in told.items():
        found = {name: kept[line][name] for name in row}
        assert {**found, "status": json.loads(found["status"])} == row, line
    of_plans = {row["plan_id"]: row for row in db.all("select * from report_plan")}
    speaking = {number: row for number, row in of_plans.items() if row["told_by_id"] == number}
    told_plans = reported_plans(db)
    assert speaking.keys() == told_plans.keys()
    for number, plan in told_plans.items():
        for also in plan.pop("also"):
            assert of_plans[also]["told_by_id"] == number
            assert of_plans[also]["state"] == plan["state"]
        found = {name: speaking[number][name] for name in plan}
        assert {**found, "outcomes": json.loads(found["outcomes"])} == plan, number
    assert list(current.differences(db)) == []


class _Undone(Exception):
    """Takes an example's rows back."""


def test_after_every_step_of_any_history_the_projection_is_what_the_reports_say(niger: Database) -> None:
    niger.keeper = current_rows
    current.refresh(niger)
    for number in range(HISTORIES[niger.engine]):
        history = History(niger, number)
        try:
            with niger.write():
                for _ in range(STEPS):
                    history.attempt(history.one_of(*history.STEPS))
                    check(niger)
                raise _Undone
        except _Undone:
            pass
        except BaseException as error:
            error.add_note(f"history {number}: {', '.join(history.told)}")
            raise


class Kept(Driven):
    """A ledger's text logged into a database that keeps the projection; compared after each entry."""

    def _record(self, number: int, entry: Entry) -> None:
        super()._record(number, entry)
        check(self.db)


def keep(make_url: Callable[..., str], engine: str, ledger: Ledger) -> None:
    note(write_ledger(ledger))
    with open_database(make_url(engine)) as db:
        db.keeper = current_rows
        Kept(db, ledger)


@settings(QUIET, max_examples=MANY or 40)
@given(data=st.data())
def test_any_random_ledger_is_projected_as_reported_on_sqlite(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    keep(make_url, "sqlite", data.draw(ledgers()))


@settings(QUIET, max_examples=MANY // 10 or 5)
@given(data=st.data())
def test_any_random_ledger_is_projected_as_reported_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    keep(make_url, "postgresql", data.draw(ledgers()))
