"""Asks a query of PostgreSQL on a connection of its own, by a user who can do nothing but read.

What keeps the query to reading is what its user may do: a read-only transaction alone lets a superuser run programs, and
a role put on with SET ROLE can be put off by the query (`set_config`). So the user who logged in is looked at, not the role
he has just now. One statement goes to the server, by the protocol that takes no more than one.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg.sql
from psycopg.adapt import Loader

from posture.errors import OutOfMemory, OutOfTime, PostureError, QueryRefused
from posture.store import faults
from posture.store.postgresql import connect_psycopg
from posture.store.reader import Answer, Bounds, meaning, several, too_much, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.store.address import Address
    from posture.store.queries import Query

PROJECTIONS = ("report_posture", "report_plan")
"""The views whose figures were computed beforehand, as of the day in each row."""
LONGEST_NUMBER = 300
"""Digits beyond which a number is shown as text; Python refuses to read some thousands."""
_POWERS = """
SELECT CASE
  WHEN r.rolsuper THEN 'is a superuser' || CASE WHEN r.rolname = session_user THEN '' ELSE ' by membership' END
  WHEN EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = :schema AND c.relowner = r.oid)
    THEN CASE WHEN r.rolname = session_user THEN 'owns' ELSE 'may act as ' || r.rolname || ', who owns' END || ' the tables'
  WHEN r.rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files', 'pg_write_all_data')
    THEN 'is a member of ' || r.rolname
  WHEN EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = :schema AND c.relkind IN ('r', 'p', 'v')
               AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
    THEN 'may write to the tables' END AS power
FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')
""".replace(":schema", "current_schema()::regnamespace")
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v' AND c.relname LIKE 'report\\_%'
"""


class _NumericLoader(Loader):
    """A NUMERIC as a number if one can hold it, else as the text it is."""

    def load(self, data: Any) -> int | float | str:
        text = bytes(data).decode()
        if len(text) > LONGEST_NUMBER:
            return text
        return int(text) if text.lstrip("-").isdigit() else float(text)


def ask_postgresql(address: Address, query: Query, bounds: Bounds, *, unsafe: bool) -> Answer:
    """Return what a query finds; raises QueryRefused where its user could also write, unless `unsafe`."""
    connection = connect_psycopg(address, readonly=True, timeout=bounds.busy)
    try:
        connection.adapters.register_loader("numeric", _NumericLoader)
        connection.execute(f"SET statement_timeout = {max(1, int(bounds.seconds * 1000))}")
        powers = powers_of(connection)
        if powers and not unsafe:
            raise QueryRefused(
                f"this database user {powers[0]}, and a query could use that; make a user who only reads with"
                ' "posture db reader-role --login", name it in POSTURE_READER_URL, or say --unsafe'
            )
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _asked(connection, query, bounds)
    except psycopg.Error as error:
        raise faults.from_psycopg(error, address.shown, bounds.busy) from None
    finally:
        connection.close()


def powers_of(connection: psycopg.Connection[Any]) -> list[str]:
    """Return what the user who logged in can do beside reading, himself or as any role that he may put on."""
    return [row[0] for row in connection.execute(_POWERS) if row[0]]


def _asked(connection: psycopg.Connection[Any], query: Query, bounds: Bounds) -> Answer:
    text, shifts = query.with_values(lambda value: psycopg.sql.Literal(value).as_string(connection))
    answer = Answer()
    try:
        with _memory_held(bounds.size * 2 + bounds.memory), psycopg.RawCursor(connection) as cursor:
            _take_rows(cursor, text, answer, bounds)
        if answer.cut:  # the rest of it was called off, and the transaction with it
            connection.rollback()
        _settle(connection, query, answer)
    except psycopg.Error as error:
        with suppress(psycopg.Error):
            connection.rollback()
        raise _meaning(connection, error, query, shifts, bounds) from None
    except (MemoryError, OverflowError):
        raise OutOfMemory from None
    return answer


def _take_rows(cursor: Any, text: str, answer: Answer, bounds: Bounds) -> None:
    """Take in the rows one by one, up to as many and as large as they may be."""
    room = bounds.size
    rows = cursor.stream(text)
    for row in rows:
        if len(answer.rows) == bounds.rows:
            answer.cut = True
            break
        answer.rows.append([plain(value) for value in row])
        room -= sum(len(value) if isinstance(value, str) else 8 for value in answer.rows[-1])
        if room < 0:
            raise too_much(bounds)
    rows.close()
    names = [column.name for column in cursor.description or ()]
    answer.columns = unique(names if names or answer.rows else _described(cursor.connection, text))


def _described(connection: psycopg.Connection[Any], text: str) -> list[str]:
    """Return the columns of a query without rows, of which the rows that came say nothing."""
    server = connection.pgconn
    server.prepare(b"", text.encode())
    described = server.describe_prepared(b"")
    return [(described.fname(number) or b"").decode() for number in range(described.nfields)]


def _settle(connection: psycopg.Connection[Any], query: Query, answer: Answer) -> None:
    """Take in the last entry, and the age of the projections that the query reads, where they may be read."""
    with suppress(psycopg.Error):
        known = connection.execute("SELECT seq, recorded_at FROM report_entry ORDER BY seq DESC LIMIT 1").fetchone()
        words = query.words()
        current = [
            connection.execute(f"SELECT min(as_of), max(as_of), sum(1 - is_current) FROM {view}").fetchone()
            for view in PROJECTIONS
            if view in words
        ]
        answer.settle(known, current)


def plain(value: Any) -> Any:
    """Return a value as every form of an answer can say it: text, a number, yes or no, or a list of them."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


@contextmanager
def _memory_held(more: int) -> Iterator[None]:
    """Let this process grow by so much within the block, where the system can hold it to that."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        before = resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, OSError, ValueError):
        yield
        return
    most = taken + more if before[0] == resource.RLIM_INFINITY else min(before[0], taken + more)
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


# --- what goes wrong ---------------------------------------------------------------------------------------------------


def _meaning(
    connection: psycopg.Connection[Any],
    error: psycopg.Error,
    query: Query,
    shifts: list[tuple[int, int]],
    bounds: Bounds,
) -> PostureError:
    """Return what an error of the server means: the message never holds more than the query did."""
    state, said = error.sqlstate or "", error.diag.message_primary or ""
    name = said.partition('"')[2].rpartition('"')[0]
    place = error.diag.statement_position
    position = _typed(int(place) - 1, shifts) if place else None
    fact: dict[str, Any] = {"error": "syntax", "message": said, "position": position}
    if state == "57014":
        return OutOfTime(bounds.seconds)
    if state == "08P01" and "bind message" in said:  # $1: its own parameters, for which nothing is sent
        return meaning({"error": "parameter"}, query, bounds)
    if state == "42601" and "multiple commands" in said:
        return several()
    if state in {"42703", "42P01"}:
        kind = "column" if state == "42703" else "table"
        bare = name or said.partition("column ")[2].partition(" does not")[0]
        return meaning({"error": kind, "name": bare, "views": _views(connection)}, query, bounds)
    if state == "42883":
        bare = said.partition("function ")[2].partition("(")[0] or said
        return meaning({"error": "function", "name": bare}, query, bounds)
    if state in {"25006", "25001"}:
        return meaning({"error": "refused", "kind": "action"}, query, bounds)
    if state == "42501":
        return _not_allowed(said)
    if state[:2] in {"53", "54"} or (not state and "memory" in str(error)):
        return OutOfMemory()
    if state[:2] in {"42", "22", "26", "0A", "21", "2F"}:
        return meaning(fact, query, bounds)
    return faults.from_psycopg(error, "the server", bounds.busy)


def _not_allowed(said: str) -> PostureError:
    from posture.store.reader import private

    name = said.rpartition(" ")[2].strip('"')
    if said.startswith("permission denied for view report_") or name.startswith("report_"):
        return QueryRefused(f'this user may not read "{name}"; run "posture db reader-role" again as the owner')
    if "function" in said:
        return QueryRefused(f'the function "{name}" is not for queries')
    return private(name)


def _typed(place: int, shifts: list[tuple[int, int]]) -> int:
    """Return where a place in the text that was sent is in the text that was typed."""
    return place + next((shift for end, shift in reversed(shifts) if place >= end), 0)


def _views(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Return the columns of the views, to find what was meant."""
    found: dict[str, list[str]] = {}
    with suppress(psycopg.Error):
        for view, column in connection.execute(_COLUMNS):
            found.setdefault(view, []).append(column)
    return found
