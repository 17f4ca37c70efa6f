"""No statement behind a report walks the history: each finds the claims of a line, or of a deployment, in an index."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchmarks.make_ledger import make_ledger
from posture.reports import as_of
from posture.reports.as_of import Asking, Question, base_seek, resolve_known_at
from posture.reports.plans import plans
from posture.reports.posture import posture
from posture.reports.sources import sources
from posture.reports.stale import stale
from posture.reports.totals import totals
from posture.store.connection import Database, open_database
from tests.conftest import ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from posture.reports.report import Report

LINES, CLAIMS = 120, 3_000
HISTORY = ("status_change", "retraction", "plan_link", "ledger_entry")


@pytest.fixture(scope="module", params=ENGINES)
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A ledger with a history, on each engine in turn; PostgreSQL shuns what it could read whole, as it does a long one."""
    folder: Path = tmp_path_factory.mktemp("plans")
    if request.param == "sqlite":
        url = str(folder / "ledger.db")
        make_ledger(url, folder / "ledger.duckdb", claims=CLAIMS, lines=LINES)
        with open_database(url) as db:
            yield db
        return
    databases = request.getfixturevalue("_postgresql_databases")
    name = databases.make()
    try:
        make_ledger(databases.url(name), folder / "ledger.duckdb", claims=CLAIMS, lines=LINES)
        with open_database(databases.url(name)) as db:
            for way in ("seqscan", "bitmapscan"):
                db.execute(f"set enable_{way} = off")
            yield db
    finally:
        databases.drop(name)


@contextmanager
def _statements(db: Database) -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Collect the statements that are run, with their values."""
    run: list[tuple[str, dict[str, object]]] = []
    before = db.tuples

    def noted(sql: str, params: dict[str, object] | None = None) -> list[tuple[object, ...]]:
        run.append((sql, params or {}))
        return before(sql, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "tuples", noted)
        yield run


def _plan(db: Database, sql: str, params: dict[str, object]) -> list[str]:
    explain = "explain query plan " if db.engine == "sqlite" else "explain (costs off) "
    return [str(row[-1]) for row in db.tuples(explain + sql, params)]


def _walks(db: Database, sql: str, params: dict[str, object]) -> list[str]:
    """Return the steps of a statement's plan that go through the history, or much of it."""
    aliases = {name for table in HISTORY for name in re.findall(rf"\b(?:from|join) {table} (\w+)\b", sql)}
    plan = _plan(db, sql, params)
    if db.engine == "postgresql":
        return [step for step in plan if re.search(rf"Seq Scan on ({'|'.join(HISTORY)})\b", step)]
    scans = [step for step in plan if (found := re.match(r"SCAN (\w+)", step)) and found[1] in {*aliases, *HISTORY}]
    return scans + [
        step for step in plan if "AUTOMATIC" in step or re.search(r"^SEARCH [cm] .*\((?:seq|effective_on)[<>]", step)
    ]


@pytest.mark.parametrize("filtered", [False, True])
def test_no_statement_of_a_posture_walks_the_history(
    ledger: Database, filtered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "READ_WHOLE", 0)  # that reads what is known whole, where it is little
    code = ledger.value(
        "select d.code from deployment d join asset a on a.deployment_id = d.id where a.platform_id is not null"
    )
    for day in (date(2023, 12, 31), date(2012, 6, 30)):
        with _statements(ledger) as run:
            posture(ledger, Question(as_of=day, deployment=code if filtered else None))
        assert len(run) > 10
        assert {sql: walked for sql, params in run if (walked := _walks(ledger, sql, params))} == {}


@pytest.mark.parametrize("compute", [totals, stale, sources, plans], ids=lambda compute: compute.__name__)
def test_no_statement_of_a_report_about_one_actor_walks_the_history(
    ledger: Database, compute: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "READ_WHOLE", 0)
    actor = ledger.value("select a.code from actor a join deployment d on d.actor_id = a.id order by a.id limit 1")
    with _statements(ledger) as run:
        compute(ledger, Question(as_of=date(2023, 12, 31), actor=actor))
    assert len(run) > 10
    assert {sql: walked for sql, params in run if (walked := _walks(ledger, sql, params))} == {}


def test_the_base_of_a_line_is_sought_in_its_own_index(ledger: Database) -> None:
    asking = Asking(ledger, Question(as_of=date(2023, 12, 31)), resolve_known_at(ledger, None))
    plan = _plan(ledger, f"select a.id, {base_seek('a.id', ':horizon')} from asset a", asking.params)
    seeks = [step for step in plan if "ix_status_change_base" in step]
    assert len(seeks) == 4
    if ledger.engine == "sqlite":
        assert all("(asset_id=? AND counting_basis=? AND admissible=? AND effective_on<?)" in step for step in seeks)
        assert not any("TEMP B-TREE" in step for step in plan)
    else:
        assert sum("(asset_id = a.id) AND (counting_basis = 'present'::text)" in step for step in plan) == 4
