"""Bring a database's schema up or down, from a source checkout or from an installed wheel, in any folder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError, Refused, SchemaTooNew, UsageMistake
from posture.store import faults
from posture.store.address import read_address
from posture.store.connection import SCHEMA_REVISION, WRITE_LOCK, connect, create_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from alembic.config import Config

    from posture.store.address import Address

_PACKAGE = Path(__file__).resolve().parents[1]


def scripts() -> Path:
    """Return the folder of the migrations: inside the wheel, or beside the package in a checkout."""
    inside, beside = _PACKAGE / "_migrations", _PACKAGE.parent / "migrations"
    return inside if inside.is_dir() else beside


_KEPT = {
    "import_row": "imported rows (what is imported again would be recorded twice)",
    "edition": "editions",
    "export_run": "runs of exports",
}
"""Tables that a later schema brought, with what they hold that nothing else does: it cannot be computed anew."""
WAIT = 30.0
"""Seconds to wait for another writer, unless told otherwise."""


def current(url: str, *, timeout: float = WAIT) -> str | None:
    """Return the revision of the database's schema; None where there is none yet."""
    with connect(url, readonly=True, timeout=timeout) as database:
        return database.revision()


def upgrade(url: str, revision: str = "head", *, timeout: float = WAIT) -> tuple[str | None, str | None]:
    """Bring the schema up to `revision`, making a SQLite file that is missing; return the revisions before and after.

    `timeout` (seconds) is how long to wait for another writer.
    """
    address = read_address(url)
    made = address.engine == "sqlite" and not os.path.exists(address.path)
    if made:
        create_file(address.path)
    try:
        before = current(url, timeout=timeout)
        if before is not None and before > SCHEMA_REVISION:
            raise SchemaTooNew(before, SCHEMA_REVISION)
        if before is None:
            _refuse_foreign(url, timeout)
        if before != SCHEMA_REVISION or revision not in {"head", before}:
            _run("upgrade", url, revision, timeout)
    except BaseException:
        if made:  # an empty file would be taken for a database the next time
            with suppress(OSError):
                os.unlink(address.path)
        raise
    return before, current(url, timeout=timeout)


def _refuse_foreign(url: str, timeout: float) -> None:
    """Raise `Refused` where a SQLite file holds tables of another program's; a server's database may be shared."""
    with connect(url, readonly=True, timeout=timeout) as database:
        if database.engine != "sqlite":
            return
        theirs = database.value("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'")
    if theirs is not None:
        raise Refused(
            f"{read_address(url).shown} is another program's database (it holds {theirs}): nothing was changed; "
            "name a new file"
        )


def downgrade(url: str, revision: str, *, timeout: float = WAIT) -> tuple[str | None, str | None]:
    """Bring the schema down to `revision` ("base": nothing); return the revisions before and after.

    Refused while anything that would be lost is recorded.
    """
    before = current(url, timeout=timeout)
    _run("downgrade", url, revision, timeout)
    return before, current(url, timeout=timeout)


def _run(direction: str, url: str, revision: str, timeout: float) -> None:
    from alembic import command
    from alembic.util import CommandError

    with exclusive(url, timeout) as connection:
        config = _config()
        config.attributes["connection"] = connection
        kept = _kept(connection)
        try:
            getattr(command, direction)(config, revision)
        except CommandError as error:
            raise UsageMistake(f"cannot {direction} the schema to {revision}: {' '.join(str(error).split())}") from None
        for table, count in (kept.items() - _kept(connection).items()) if direction == "downgrade" else ():
            raise Refused(f"going down would lose {_KEPT[table]}, {count:,} in all; nothing was changed")


def _kept(connection: sa.Connection) -> dict[str, int]:
    """Return how many rows there are in each table that a migration down could take along; of those that have any."""
    import sqlalchemy as sa

    there = {*sa.inspect(connection).get_table_names()}
    counts = {
        table: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
        for table in _KEPT
        if table in there
    }
    return {table: count for table, count in counts.items() if count}


def _config() -> Config:
    """Return Alembic's settings, made here so that no file has to be found."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def exclusive(url: str, timeout: float = WAIT) -> Iterator[sa.Connection]:
    """Give a SQLAlchemy connection in a transaction that shuts other writers out; commit at the end of the block."""
    import sqlalchemy as sa

    address = read_address(url)
    raw: Any
    if address.engine == "sqlite":
        raw = connect(url, timeout=timeout).connection  # type: ignore[attr-defined]
        engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.NullPool, hide_parameters=True)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        raw, engine = _postgresql(address, timeout)
    try:
        with engine.connect() as connection, connection.begin():
            if address.engine == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
            yield connection
    except sa.exc.DBAPIError as error:
        raise _meaning(error.orig, address.shown, timeout) from None
    except Exception as error:
        if isinstance(error, sqlite3.Error) or type(error).__module__.startswith("psycopg"):
            raise _meaning(error, address.shown, timeout) from None
        raise
    finally:
        raw.close()


@contextmanager
def rehearsed(address: Address, schema: str, timeout: float = WAIT) -> Iterator[sa.Connection]:
    """Give a connection to a PostgreSQL schema that the migrations have just made; nothing of it is left afterwards.

    It shuts nobody out. Raises `PostureError` where the user may not make a schema.
    """
    from alembic import command

    raw, engine = _postgresql(address, timeout)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            connection.exec_driver_sql(f"SET LOCAL search_path TO {schema}")
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            yield connection
            transaction.rollback()
    except Exception as error:
        cause = getattr(error, "orig", error)
        if type(cause).__module__.startswith("psycopg"):
            raise _meaning(cause, address.shown, timeout) from None
        raise
    finally:
        raw.close()


def _postgresql(address: Address, timeout: float) -> tuple[Any, sa.Engine]:
    """Return a connection of the driver's own, and an engine that uses it."""
    import sqlalchemy as sa

    from posture.store.postgresql import connect_psycopg

    raw = connect_psycopg(address, autocommit=False, timeout=timeout)
    return raw, sa.create_engine(
        "postgresql+psycopg://", creator=lambda: raw, poolclass=sa.NullPool, hide_parameters=True
    )


def _meaning(error: BaseException | None, place: str, timeout: float) -> PostureError:
    if isinstance(error, sqlite3.Error):
        return faults.from_sqlite(error, place, timeout)
    return faults.from_psycopg(error, place, timeout)
