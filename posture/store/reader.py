"""Asks a query that somebody typed, on either engine, so that it can only read, for so long and so much.

On SQLite a process of its own answers (`sandbox`); on PostgreSQL a connection that may do nothing but read
(`reader_postgresql`). Which layer stops what: docs/decisions/0014-sql-sandbox.md.
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, cast

from posture.errors import (
    Busy,
    IntegrityBroken,
    NotFound,
    OutOfMemory,
    OutOfTime,
    PostureError,
    QueryRefused,
    UnknownColumn,
    UnknownView,
    UsageMistake,
)
from posture.store.connection import open_database, sqlite_uri
from posture.store.queries import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from posture.store.address import Address
    from posture.store.queries import Query

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sandbox.py")
"""What runs in the other process."""
GRACE = 5.0
"""Seconds after the time limit at which the other process is killed, if it has not ended by itself."""
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LANG", "LC_ALL", "TZ")
"""What of the environment the other process needs; passwords do not get there."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much a query may take."""

    rows: int = 10_000
    """Rows of the answer; what is beyond is cut off, and said."""
    seconds: float = 30.0
    """Time from start to end."""
    memory: int = 512 * 2**20
    """Bytes of working memory."""
    size: int = 256 * 2**20
    """Bytes of the answer's texts."""
    busy: float = 30.0
    """Seconds to wait for a writer."""


@dataclass(kw_only=True)
class Answer:
    """What a query found."""

    columns: list[str] = field(default_factory=list)
    """The names of its columns, each once."""
    rows: list[list[Any]] = field(default_factory=list)
    """Its rows."""
    cut: bool = False
    """Whether there were more rows than may be."""
    known_seq: int = 0
    """The last entry recorded."""
    known_at: str | None = None
    """When that was recorded."""
    as_of: tuple[str, str] | None = None
    """The first and the last day of the projections that it read; None if it read none."""
    outdated: int = 0
    """Rows of those projections that later entries have touched."""

    def settle(self, known: Any, current: Iterable[Any]) -> None:
        """Take in the last entry, and the age of each projection that was read."""
        if known:
            self.known_seq, self.known_at = int(known[0]), str(known[1])
        days = [(first, last, old or 0) for first, last, old in current if first is not None]
        if days:
            self.as_of = (min(day[0] for day in days), max(day[1] for day in days))
            self.outdated = sum(int(day[2]) for day in days)


def ask(address: Address, query: Query, bounds: Bounds, *, unsafe: bool = False) -> Answer:
    """Return what a query finds in the views of a database.

    Raises UsageMistake (not SQL, several statements), UnknownColumn or UnknownView, QueryRefused (it writes, or reads what
    is private), OutOfTime or OutOfMemory, and whatever keeps the database from being opened. `unsafe` lets a PostgreSQL
    user ask who could also write.
    """
    if address.engine == "postgresql":
        from posture.store.reader_postgresql import ask_postgresql

        return ask_postgresql(address, query, bounds, unsafe=unsafe)
    return _ask_sqlite(address, query, bounds)


def unique(names: Iterable[str]) -> list[str]:
    """Return the names of columns so that each is there once: `code`, `code_2`."""
    found: list[str] = []
    for name in names:
        plain, number = name, 1
        while plain in found:
            number += 1
            plain = f"{name}_{number}"
        found.append(plain)
    return found


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _ask_sqlite(address: Address, query: Query, bounds: Bounds) -> Answer:
    # Held open while the query runs: the one who may write has then mended what a crash left half done, and the files are
    # there that the other process could not make.
    with open_database(address.path, readonly=True, timeout=bounds.busy) as database, database.read():
        database.revision()
        return _from_process(_request(address, query, bounds), query, bounds)


def _request(address: Address, query: Query, bounds: Bounds) -> bytes:
    values = {name: float(value) if isinstance(value, Decimal) else value for name, value in query.values.items()}
    request = {
        "path": sqlite_uri(address.path, "ro"),
        "query": query.for_sqlite(),
        "params": values,
        "words": sorted(query.words()),
        "sources": sorted(query.sources()),
        "most_rows": bounds.rows,
        "most_bytes": bounds.size,
        "seconds": bounds.seconds,
        "memory": bounds.memory,
        "busy": bounds.busy,
    }
    return json.dumps(request).encode()


def _from_process(request: bytes, query: Query, bounds: Bounds) -> Answer:
    """Return the answer of a process of its own, which is gone when this returns."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", SCRIPT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    overdue = threading.Timer(bounds.seconds + GRACE, process.kill)
    overdue.daemon = True
    overdue.start()
    try:
        to, back = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        to.write(request)
        to.close()
        return _read_facts((json.loads(line) for line in back), query, bounds)
    except (BrokenPipeError, ValueError) as error:
        raise PostureError("the process that answers queries ended without an answer") from error
    finally:
        overdue.cancel()
        process.kill()
        process.wait()
        cast("IO[bytes]", process.stdout).close()


def _read_facts(facts: Iterable[Mapping[str, Any]], query: Query, bounds: Bounds) -> Answer:
    answer = Answer()
    for fact in facts:
        if "error" in fact:
            raise meaning(fact, query, bounds)
        if "end" in fact:
            answer.cut = fact["cut"]
            answer.settle(fact.get("known"), fact.get("current", ()))
            return answer
        answer.columns = unique(fact["columns"]) if "columns" in fact else answer.columns
        answer.rows += fact.get("rows", ())
    # It ended in the middle of an answer: its limit of time or of memory did that.
    raise OutOfTime(bounds.seconds)


# --- what goes wrong, the same on both engines --------------------------------------------------------------------------


def meaning(fact: Mapping[str, Any], query: Query, bounds: Bounds) -> PostureError:
    """Return the error that a fact about what went wrong means."""
    text, name = " ".join(str(fact.get("message") or "").split()), str(fact.get("name") or "")
    makes: dict[str, Callable[[], PostureError]] = {
        "syntax": lambda: syntax_error(text, query, fact.get("position")),
        "several": several,
        "empty": lambda: UsageMistake("the query asks for nothing"),
        "usage": lambda: UsageMistake(f"the query cannot be asked: {text}"),
        "parameter": lambda: UsageMistake("a parameter is written :name; the query has one of another form"),
        "column": lambda: unknown_column(name, query, fact.get("views") or {}),
        "table": lambda: unknown_view(name, fact.get("views") or {}),
        "function": lambda: NotFound(f'no function "{name[:80]}"; docs/querying.md lists those there are'),
        "refused": lambda: _refused(str(fact.get("kind")), name),
        "time": lambda: OutOfTime(bounds.seconds),
        "memory": OutOfMemory,
        "too_big": lambda: OutOfMemory("the query makes a text that is longer than one may be (32 MB)"),
        "too_much": lambda: too_much(bounds),
    }
    return makes.get(fact["error"], lambda: _failure(text, int(fact.get("code") or 0) & 0xFF, bounds))()


def _failure(text: str, code: int, bounds: Bounds) -> PostureError:
    """Return what SQLite's own code says went wrong with the file."""
    if code in (5, 6):
        return Busy(bounds.busy)
    if code == 11:
        return IntegrityBroken(f'the database is damaged ({text}); restore a backup with "posture db restore"')
    return PostureError(f"the database could not answer: {text}")


def _refused(kind: str, name: str) -> PostureError:
    if kind == "table":
        return private(name)
    if kind == "function":
        return QueryRefused(f'the function "{name[:80]}" is not for queries; docs/querying.md lists those that are')
    return QueryRefused("a query only reads: what this one would do is refused, and nothing was changed")


def private(name: str) -> PostureError:
    """Return the error of a query that reads a table which is not for queries."""
    return QueryRefused(
        f'"{name[:80]}" is private and may change; query the views, by their bare names: see "posture sql --list"'
    )


def several() -> PostureError:
    """Return the error of several statements at once."""
    return UsageMistake("that is more than one statement; ask one query at a time")


def too_much(bounds: Bounds) -> PostureError:
    """Return the error of an answer too large to hold."""
    return OutOfMemory(f"the answer is larger than {bounds.size // 2**20} MB")


def syntax_error(text: str, query: Query, position: int | None) -> PostureError:
    """Return the error of a query that is no SQL, with the place of what is wrong."""
    if text == "incomplete input":
        text = "something is missing at its end"
    where = "" if position is None else f" at {place_of(query.text, position)}"
    return UsageMistake(f"cannot read the query{where}: {text}")


def unknown_column(name: str, query: Query, views: Mapping[str, Iterable[str]]) -> PostureError:
    """Return the error of a column that is not there, with those like it in the views that the query reads."""
    last = name.rpartition(".")[2].strip('"`[]')
    words = query.words()
    read = {column for view, columns in views.items() if view in words for column in columns}
    return UnknownColumn(name, near_names(last, read or {column for columns in views.values() for column in columns}))


def unknown_view(name: str, views: Iterable[str]) -> PostureError:
    """Return the error of a view that is not there, with those like it."""
    if not views:
        return PostureError('the database has no views; run "posture db upgrade"')
    return UnknownView(name, near_names(name.rpartition(".")[2], views))


def near_names(word: str, known: Iterable[str]) -> list[str]:
    """Return what is spelled like a word, or holds it: `low` for `lwo`, `location_code` for `location`."""
    listed = sorted(known)
    lowered = word.lower()
    held = [name for name in listed if lowered in name.split("_") or f"report_{lowered}" == name]
    near = difflib.get_close_matches(lowered, listed, 3, 0.6)
    near += difflib.get_close_matches(f"report_{lowered}", listed, 3, 0.8)
    return list(dict.fromkeys([*held[:3], *near]))[:3]
