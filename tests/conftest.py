"""What every test may ask for: each engine, a database of its own on it, an open connection.

PostgreSQL is a real server, started once for the whole run; a test that needs it and cannot have it is an error.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from posture.store import migrate
from posture.store.connection import Database, open_database
from tests import postgresql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENGINES = ("sqlite", "postgresql")
_started: list[postgresql.Server] = []

# The same examples for everybody, whatever the machine's speed; RANDOM_LEDGERS=1000 looks for new ones.
settings.register_profile(
    "posture",
    deadline=None,
    derandomize="RANDOM_LEDGERS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("posture")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the workers of pytest-xdist are, so that all share it."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        return
    if not os.environ.get("POSTURE_TEST_POSTGRES_URL"):
        server = postgresql.start()
        _started.append(server)
        os.environ["POSTURE_TEST_POSTGRES_URL"] = server.url


def pytest_unconfigure() -> None:
    """Stop the server that was started for the workers."""
    while _started:
        os.environ.pop("POSTURE_TEST_POSTGRES_URL", None)
        _started.pop().stop()


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, _home: Path) -> None:
    """Keep the settings and the data of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("POSTURE_") and name != "POSTURE_TEST_POSTGRES_URL":
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(_home))


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL database in which others may be made."""
    server = postgresql.start()
    yield server.url
    server.stop()


class _PostgreSQLDatabases:
    """Databases on the server, each made for one test and dropped after it."""

    def __init__(self, server: str) -> None:
        import psycopg

        front, _, query = server.partition("?")
        self._front, self._query = front.rsplit("/", 1)[0], f"?{query}" if query else ""
        self._connection = psycopg.connect(server.replace("+psycopg", ""), autocommit=True)
        self._made: list[str] = []
        self.template = self.make()
        migrate.upgrade(self.url(self.template))

    def url(self, name: str) -> str:
        return f"{self._front}/{name}{self._query}"

    def make(self, template: str | None = None) -> str:
        name = f"posture_{uuid4().hex}"
        self._connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        self._made.append(name)
        return name

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._made.remove(name)

    def close(self) -> None:
        for name in list(self._made):
            self.drop(name)
        self._connection.close()


@pytest.fixture(scope="session")
def _postgresql_databases(postgresql_server: str) -> Iterator[_PostgreSQLDatabases]:
    databases = _PostgreSQLDatabases(postgresql_server)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate.upgrade(str(path))
    return path


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn: `sqlite`, then `postgresql`."""
    return str(request.param)


@pytest.fixture
def make_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Make databases: `make_url("sqlite")` a migrated one, `make_url("postgresql", migrated=False)` an empty one."""
    drops: list[tuple[_PostgreSQLDatabases, str]] = []

    def make(engine: str, *, migrated: bool = True) -> str:
        if engine == "postgresql":
            databases: _PostgreSQLDatabases = request.getfixturevalue("_postgresql_databases")
            name = databases.make(databases.template if migrated else None)
            drops.append((databases, name))
            return databases.url(name)
        path = tmp_path / f"{uuid4().hex}.db"
        if migrated:
            shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"

    yield make
    for databases, name in drops:
        databases.drop(name)


@pytest.fixture
def url(engine: str, make_url: Callable[..., str]) -> str:
    """The URL of a migrated database without entries."""
    return make_url(engine)


@pytest.fixture
def empty_url(engine: str, make_url: Callable[..., str]) -> str:
    """The URL of a database without a schema; on SQLite, of a file that is not there yet."""
    return make_url(engine, migrated=False)


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A migrated database without entries, open."""
    with open_database(url) as database:
        yield database
