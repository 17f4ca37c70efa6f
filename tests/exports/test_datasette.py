"""A snapshot in the real Datasette: its tables, what is said of them, and its queries over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from posture.errors import Refused
from posture.exports.datasette import QUERIES, metadata, write_metadata
from posture.exports.snapshot import Snapshot, snapshot
from posture.exports.snapshot_tables import TABLES
from posture.imports.scenario import seed
from posture.reports.as_of import Question
from posture.store.connection import open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERVE = """
import json, signal, socket, sys
import uvicorn
from datasette.app import Datasette
signal.alarm(120)  # whatever becomes of the tests, it ends by itself
path, described = sys.argv[1:]
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
served = Datasette([path], metadata=json.load(open(described)))
uvicorn.Server(uvicorn.Config(served.app(), log_level="error")).run(sockets=[listening])
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Snapshot:
    folder = tmp_path_factory.mktemp("datasette")
    ledger = folder / "ledger.db"
    ledger.write_bytes(_sqlite_template.read_bytes())
    with open_database(str(ledger)) as db:
        seed(db, "niger-2023-ledger")
        return snapshot(db, Question(as_of=date(2023, 10, 15)), str(folder / "niger.db"))


@pytest.fixture(scope="module")
def get(made: Snapshot) -> Iterator[Callable[..., Any]]:
    """Ask the server, which runs in a process of its own, for a page."""
    described = write_metadata(made)
    server = subprocess.Popen([sys.executable, "-c", SERVE, made.path, described], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())

    def get(page: str, **params: str) -> Any:
        with urlopen(f"http://127.0.0.1:{port}/{page}?{urlencode(params)}", timeout=60) as answer:
            text = answer.read().decode()
        return json.loads(text) if page.endswith(".json") else text

    yield get
    server.terminate()
    server.wait(30)
    server.stdout.close()


def ask(get: Callable[..., Any], name: str, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(f"niger/{name}.json", _shape="array", **params)
    return found


def test_every_query_answers_as_it_stands(get: Callable[..., Any]) -> None:
    for query in QUERIES:
        assert ask(get, query.name, as_of="", known_at="", about="ner"), query.name
        page = get(f"niger/{query.name}")
        assert query.title in page


def test_both_clocks_can_be_asked_for(get: Callable[..., Any]) -> None:
    everything = ask(get, "claims_as_of", as_of="", known_at="")
    assert everything and max(row["effective_on"] for row in everything) <= "2023-10-15"
    earlier = ask(get, "claims_as_of", as_of="2023-09-05", known_at="")
    assert 0 < len(earlier) < len(everything)
    assert {row["claim_id"] for row in earlier} == {
        row["claim_id"] for row in everything if row["effective_on"] <= "2023-09-05"
    }
    known = ask(get, "claims_as_of", as_of="", known_at="2023-09-24")
    assert {row["claim_id"] for row in known} == {
        row["claim_id"] for row in everything if row["recorded_at"][:10] <= "2023-09-24"
    }
    assert 0 < len(known) < len(everything)
    exactly = ask(get, "claims_as_of", as_of="", known_at=min(row["recorded_at"] for row in everything))
    assert 0 < len(exactly) <= len(known)


def test_the_last_counts_are_one_per_line(get: Callable[..., Any]) -> None:
    counts = ask(get, "counts_as_of", as_of="", known_at="")
    assert len({row["line"] for row in counts}) == len(counts) > 0
    before = {row["line"]: row for row in ask(get, "counts_as_of", as_of="2023-09-06", known_at="")}
    assert all(row["effective_on"] <= "2023-09-06" for row in before.values())


def test_a_later_clock_than_its_own_adds_nothing(get: Callable[..., Any]) -> None:
    assert ask(get, "claims_as_of", as_of="", known_at="2999-01-01") == ask(get, "claims_as_of", as_of="", known_at="")


def test_the_meaning_of_columns_is_shown(get: Callable[..., Any]) -> None:
    page = get("niger/posture")
    assert "At least so many, after all lines agree" in page and "One row per line" in page
    assert "15." in get("niger/location") or "13." in get("niger/location")
    for table in TABLES:
        assert get(f"niger/{table.name}.json", _size="max")["rows"] is not None


def test_everything_named_in_the_description_is_in_the_file(made: Snapshot) -> None:
    described = metadata(made)["databases"]["niger"]["tables"]
    for table in TABLES:
        about = described[table.name]
        assert set(about["columns"]) == set(table.names) >= set(about["units"])
        assert set(about.get("facets", ())) <= set(table.names)
        assert {about.get("sort"), about.get("sort_desc"), about.get("label_column")} <= {None, *table.names}


def test_a_description_that_is_there_is_not_replaced_unasked(made: Snapshot, tmp_path: Path) -> None:
    from dataclasses import replace

    elsewhere = replace(made, path=str(tmp_path / "niger.db"))
    write_metadata(elsewhere)
    with pytest.raises(Refused, match="exists"):
        write_metadata(elsewhere)
    write_metadata(elsewhere, force=True)
