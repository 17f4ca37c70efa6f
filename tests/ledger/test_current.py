"""The projection is what the reports say: after every write of any history, on both engines, for every line and plan."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from posture import clock
from posture.errors import Refused
from posture.ledger import catalogue, current
from posture.ledger.claims import log
from posture.ledger.entry import Writing
from posture.ledger.verify import verify
from posture.reports.as_of import Question
from posture.reports.current import current_rows
from posture.reports.plans import plans
from posture.reports.posture import posture
from posture.store.connection import open_database
from tests.drive import Driven
from tests.ledger.test_histories import History
from tests.ledger_writing import write_ledger
from tests.random_ledgers import ledgers

from .conftest import claim

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.ledger.entry import Written
    from posture.store.connection import Database
    from tests.ledger_records import Entry, Ledger

MANY = int(os.environ.get("RANDOM_LEDGERS", "0"))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
HISTORIES = {"sqlite": MANY or 12, "postgresql": MANY // 10 or 2}
STEPS = 40


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


NESTED = (
    ("location", {"code": "sahel", "name": "Sahel", "kind": "region"}),
    ("actor", {"code": "eu", "name": "European Union", "kind": "organisation"}),
    ("deployment", {"code": "fra-sahel", "actor": "fra", "location": "sahel"}),
    ("deployment", {"code": "eu-niamey", "actor": "eu", "location": "niamey"}),
    ("platform", {"code": "p1", "designation": "P-1", "asset_type": "drone"}),
)
"""What the small catalogue lacks for lines to lie within each other: a region above, an alliance beside, a machine."""
HELD = {
    "fra-sahel": ("personnel", "aircraft"),
    "fra-ner": ("aircraft", "p1"),
    "fra-tcd": ("drones", "p1"),
    "fra-niamey": ("personnel", "drones"),
    "eu-niamey": ("personnel", "drones"),
}
TYPES = {"personnel": "personnel", "drones": "drone", "aircraft": "aircraft", "p1": "drone"}


@pytest.fixture
def nested(niger: Database) -> Database:
    """A catalogue of lines that contain each other, in a database that keeps the projection."""
    niger.keeper = current_rows
    for noun, fields in NESTED:
        catalogue.add(niger, noun, fields)
    for code in ("ner", "tcd"):
        catalogue.edit(niger, "location", code, {"parent": "sahel"})
    catalogue.edit(niger, "deployment", "fra-niamey", {"part_of": "eu-niamey"})
    for deployment, lines in HELD.items():
        for line in lines:
            fields = {"code": line, "deployment": deployment, "asset_type": TYPES[line]}
            catalogue.add(niger, "asset", {**fields, "platform": line if line == "p1" else None})
    current.refresh(niger)
    return niger


class Dense(History):
    """A history of few days and many lines that contain each other, so that nearly every claim is felt elsewhere."""

    STEPS = (
        *("log",) * 12, *("correct",) * 3, *("retract",) * 3, *("undo",) * 4, "move", "move", "create",
        "edit", "edit", "moved", "moved", *("repeats",) * 3,
    )  # fmt: skip

    def day(self) -> str:
        return f"2023-0{self.one_of(*range(5, 10))}-{self.one_of('05', '12', '20')}"

    def draft(self) -> Any:
        lines = [
            f"{deployment}/{line}"
            for deployment, line in self.db.tuples(
                "select d.code, a.code from asset a join deployment d on d.id = deployment_id order by 1, 2"
            )
        ]
        line = self.one_of(*lines)
        words: dict[str, Any] = {"source": self.one_of("rfi", "voa", "paper"), "on": self.day()}
        words["modality"] = self.one_of(*("actual",) * 8, "planned", "denied")
        kind = self.one_of("count", "count", "decrease", "increase", "status")
        if kind == "status":
            status = self.one_of("grounded", "departed", "lost", "withdrawn", "active")
            line = line.partition("/")[0] if status in ("withdrawn", "active") else line
            return claim(line, kind, None, status=status, **words)
        if self.one_of(*range(3)) == 0:
            words["same_as"] = self.standing(f"and kind = '{kind}'")
        elif self.one_of(*range(4)) == 0:
            words["after"] = self.standing()
        if words["modality"] == "actual" and self.one_of(*range(3)) == 0:
            words |= self.link()
        sizes: tuple[str, ...] = ("100", "~80", "50..90", ">60", "<40", "5", "half", "some")
        if words["modality"] == "planned" and kind != "count":
            sizes = ("half", "all")
        return claim(line, kind, self.one_of(*sizes), **words)

    def moved(self) -> Written:
        """Move something in its tree."""
        noun, code, changes = self.one_of(
            ("location", "niamey", {"parent": self.one_of("ner", "tcd", "")}),
            ("location", "ner", {"parent": self.one_of("sahel", "")}),
            ("deployment", "fra-niamey", {"part_of": self.one_of("eu-niamey", "")}),
            ("deployment", "fra-ner", {"operation": self.one_of("barkhane", "")}),
            ("asset_type", "drone", {"parent": self.one_of("aircraft", "ground")}),
            ("asset", "fra-tcd/drones", {"asset_type": self.one_of("drone", "jet", "aircraft")}),
            ("asset", "fra-niamey/drones", {"deployment": self.one_of("fra-niamey", "fra-sahel", "eu-niamey")}),
        )
        return catalogue.edit(self.db, noun, code, changes)


def test_after_every_step_of_any_history_the_projection_is_what_the_reports_say(nested: Database) -> None:
    for number in range(HISTORIES[nested.engine]):
        history = Dense(nested, number)
        try:
            with nested.write():
                for _ in range(STEPS):
                    step = history.one_of(*history.STEPS)
                    history.told.append(step if history.attempt(step) else f"{step} (refused)")
                    check(nested)
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


@settings(QUIET, max_examples=MANY or 25)
@given(data=st.data())
def test_any_random_ledger_is_projected_as_reported_on_sqlite(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    keep(make_url, "sqlite", data.draw(ledgers()))


@settings(QUIET, max_examples=MANY // 10 or 3)
@given(data=st.data())
def test_any_random_ledger_is_projected_as_reported_on_postgresql(
    make_url: Callable[..., str], data: st.DataObject
) -> None:
    keep(make_url, "postgresql", data.draw(ledgers()))


@pytest.fixture
def kept(niger: Database) -> Database:
    """The small catalogue in a database that keeps the projection."""
    niger.keeper = current_rows
    current.refresh(niger)
    return niger


def ages(db: Database) -> dict[str, tuple[int, int]]:
    """Return for each line what its row knows, and whether it is current."""
    return {row["line"]: (row["known_seq"], row["is_current"]) for row in db.all("select * from report_posture")}


def test_a_line_that_a_write_does_not_touch_keeps_its_age(kept: Database) -> None:
    first = log(kept, [claim("fra-ner/personnel")]).seq
    second = log(kept, [claim("fra-tcd/personnel", quantity="900")]).seq
    assert ages(kept) == {"fra-ner/personnel": (first, 1), "fra-tcd/personnel": (second, 1)}


def test_a_writer_that_cannot_compute_marks_what_it_touches(kept: Database) -> None:
    known = log(kept, [claim("fra-ner/personnel")]).seq
    kept.keeper = None
    log(kept, [claim("fra-ner/personnel", quantity="1400", on="2023-09-20"), claim("fra-ner/drones", quantity="4")])
    assert ages(kept) == {"fra-ner/personnel": (known, 0), "fra-ner/drones": ((known or 0) - 1, 0)}
    assert verify(kept) == []  # nothing here can compute, so nothing is compared
    kept.keeper = current_rows
    found = [finding.what for finding in verify(kept)]
    assert [what.split(" is out of date")[0] for what in found] == [
        "the current posture of fra-ner/personnel",
        "the current posture of fra-ner/drones",
    ]
    assert all('run "posture db refresh"' in what for what in found)
    assert current.refresh(kept) == 2
    assert verify(kept) == []
    assert current.refresh(kept) == 0


def test_a_write_that_touches_very_many_lines_leaves_them_to_a_refresh(
    kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "AT_ONCE", 0)
    written = log(kept, [claim("fra-ner/personnel")])
    assert any('run "posture db refresh"' in line for line in written.understood)
    assert [current_ for _, current_ in ages(kept).values()] == [0]


def test_a_row_that_was_tampered_with_or_lost_is_found(kept: Database) -> None:
    plan = log(kept, [claim("fra-ner/personnel"), claim("fra-ner/drones", "decrease", "2", modality="planned")])
    assert verify(kept) == []
    with kept.write():
        kept.execute("update current_posture set high = 1 where high is not null")
        kept.execute("delete from current_posture where asset_id = (select max(id) from asset)")
        kept.execute("update current_plan set state = 'fulfilled'")
    assert [finding.what.split("; ")[0] for finding in verify(kept)] == [
        "the current posture of fra-tcd/personnel has no row",
        f"the current posture of fra-ner/personnel is not what the rules give as of {clock.today()}",
        f"the state of plan {plan.claims[1]['id']} is not what the rules give as of {clock.today()}",
    ]
    assert current.refresh(kept) == 3


def test_a_row_is_checked_as_of_its_own_day(kept: Database) -> None:
    """A count of which the end is stated lapses: the row was right on its day, and is not wrong because time went on."""
    with clock.held_at(datetime(2023, 9, 10, tzinfo=UTC)):
        log(kept, [claim("fra-ner/personnel", on="2023-09-05/2023-09-30")], Writing(force=True))
    assert kept_lines(kept)["fra-ner/personnel"]["as_of"] == "2023-09-10"
    assert verify(kept) == []
    assert kept_lines(kept)["fra-ner/personnel"]["low"] == 1500
    current.refresh(kept)
    assert kept_lines(kept)["fra-ner/personnel"]["best"] is None
    assert verify(kept) == []


def test_a_dry_run_and_a_refusal_touch_nothing(kept: Database) -> None:
    log(kept, [claim("fra-ner/personnel")])
    before = kept.all("select * from current_posture order by asset_id")
    log(kept, [claim("fra-ner/personnel", quantity="3")], Writing(dry_run=True))
    with pytest.raises(Refused):
        log(kept, [claim("fra-ner/personnel", quantity="3", grade="A1")])
    assert kept.all("select * from current_posture order by asset_id") == before


def test_a_line_that_is_removed_takes_its_row_along(kept: Database) -> None:
    catalogue.add(kept, "asset", {"code": "tanks", "deployment": "fra-ner", "asset_type": "tank"})
    count = "select count(*) from current_posture"
    assert kept.value(count) == 4
    catalogue.remove(kept, "asset", "fra-ner/tanks")
    assert kept.value(count) == 3
