"""A connection to PostgreSQL, through psycopg; imported only where PostgreSQL is used."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError, UsageMistake
from posture.store import faults
from posture.store.connection import BATCH, WRITE_LOCK, Database
from posture.store.statements import for_psycopg

try:
    import psycopg
    from psycopg.adapt import Loader
    from psycopg.conninfo import conninfo_to_dict
except ImportError:  # pragma: no cover - the extra is not installed
    raise PostureError('PostgreSQL needs one more part: pip install "force-posture[postgresql]"') from None

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from posture.store.address import Address

_SETTINGS = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1"


class _DayLoader(Loader):
    """A DATE as the text `2023-09-06`."""

    def load(self, data: Any) -> str:
        return bytes(data).decode()


class _InstantLoader(Loader):
    """A TIMESTAMPTZ as the text `2023-09-06T18:20:00.000000Z`; the session's time zone is UTC."""

    def load(self, data: Any) -> str:
        text = bytes(data).decode().removesuffix("+00")
        return f"{text[:10]}T{text[11:19]}.{text[20:].ljust(6, '0')}Z"


class _NumericLoader(Loader):
    """A NUMERIC, which is what sums of BIGINT are, as SQLite gives it: a whole number where it is one."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


def connect_psycopg(
    address: Address, *, readonly: bool = False, autocommit: bool = True, timeout: float = 30.0
) -> psycopg.Connection[Any]:
    """Return a connection on which days and instants come back as the ledger's text; it waits so long for a lock."""
    try:
        parts = conninfo_to_dict(address.conninfo)
    except psycopg.Error:  # its message quotes the URL, password and all
        raise UsageMistake("cannot read the database URL; write postgresql+psycopg://user@host:5432/name") from None
    settings = _SETTINGS + (" -c default_transaction_read_only=on" if readonly else "")
    settings += f" -c lock_timeout={_milliseconds(timeout)}"
    parts["options"] = f"{parts.get('options') or ''} {settings}".strip()
    parts.setdefault("application_name", "posture")
    parts.setdefault("connect_timeout", 10)
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(
            **parts,  # type: ignore[arg-type]
            client_encoding="utf8",
            autocommit=autocommit,
        )
    except psycopg.Error as error:
        raise faults.from_psycopg(error, address.shown, 0, str(parts.get("password") or "")) from None
    connection.adapters.register_loader("date", _DayLoader)
    connection.adapters.register_loader("timestamptz", _InstantLoader)
    connection.adapters.register_loader("numeric", _NumericLoader)
    return connection


def _milliseconds(seconds: float) -> int:
    """Return a time to wait as the server takes it: 0 would be for ever, and an hour or a month is as good as that."""
    return max(1, min(int(seconds * 1000), 2**31 - 1))


class PostgreSQLDatabase(Database):
    """A connection to a PostgreSQL database."""

    engine = "postgresql"

    def __init__(self, address: Address, *, readonly: bool, timeout: float) -> None:
        super().__init__(address, readonly=readonly, timeout=timeout)
        self.connection = connect_psycopg(address, readonly=readonly, timeout=timeout)
        # Values are written into the statement here, quoted, not bound by the server: a value needs no type then
        # (`:x IS NULL`), and the planner sees it.
        self.connection.cursor_factory = psycopg.ClientCursor
        self._cursors = count(1)
        self._alone = RLock()
        """Held for each statement, lest one of another thread come between the parts of a COPY."""

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self.connection.close()

    def _cursor(self, sql: str, params: Mapping[str, Any] | None) -> Any:
        try:
            with self._alone:
                if params:
                    return self.connection.execute(for_psycopg(sql), params)
                return self.connection.execute(sql)
        except psycopg.Error as error:
            raise self._meaning(error) from None
        except UnicodeEncodeError as error:
            raise faults.from_value(error) from None

    def _fetch(self, cursor: Any) -> list[tuple[Any, ...]]:
        try:
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except psycopg.Error as error:
            raise self._meaning(error) from None
        return rows

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of values."""
        try:
            with self._alone, psycopg.Cursor(self.connection) as cursor:
                cursor.executemany(for_psycopg(sql), rows)
        except psycopg.Error as error:
            raise self._meaning(error) from None

    def batches(self, sql: str, params: Mapping[str, Any] | None = None, size: int = BATCH) -> Iterator[list[Any]]:
        """Yield the rows of a statement as tuples, so many at a time, within a transaction: memory stays bounded."""
        name = f"posture_{next(self._cursors)}"
        self._cursor(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", params)
        try:
            while rows := self.tuples(f"FETCH {size} FROM {name}"):
                yield rows
        finally:
            with suppress(PostureError):  # after an error there is nothing to close
                self._cursor(f"CLOSE {name}", None)

    def copy(self, sql: str, parts: Iterable[bytes]) -> None:
        """Run a COPY ... FROM STDIN with this text, in parts."""
        try:
            with self._alone, psycopg.Cursor(self.connection) as cursor, cursor.copy(sql) as copying:
                for part in parts:
                    copying.write(part)
        except psycopg.Error as error:
            raise self._meaning(error) from None

    def revision(self) -> str | None:
        """Return the revision of the schema; None where there is none."""
        if self.value("SELECT to_regclass('alembic_version')") is None:
            return None
        found = self.value("SELECT version_num FROM alembic_version")
        return None if found is None else str(found)

    def _begin_read(self) -> None:
        self._cursor("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", None)

    def _begin_write(self) -> None:
        # One trip to the server. The lock is taken last: every statement after it sees all that was committed before.
        try:
            self._cursor(
                f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {_milliseconds(self.timeout)}; "
                f"SELECT pg_advisory_xact_lock({WRITE_LOCK})",
                None,
            )
        except BaseException:
            self._end("ROLLBACK")
            raise

    def _meaning(self, error: psycopg.Error) -> PostureError:
        return faults.from_psycopg(error, self.url, self.timeout)
