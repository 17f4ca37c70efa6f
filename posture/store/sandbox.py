"""Answers one query on a SQLite file, in a process of its own that can only read, for so long and with so much memory.

It is run as a script (`python -I -S sandbox.py`) and imports nothing of posture: the request comes as JSON on standard
input, and the answer leaves as lines of JSON on standard output: the columns, the rows, and an end or an error. Whatever
a query does to this process, the one that started it goes on. Which layer stops what: docs/decisions/0014-sql-sandbox.md.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import sqlite3
import threading
from contextlib import suppress
from typing import Any

_FUNCTIONS = """
abs coalesce concat concat_ws format glob hex ifnull iif instr length like likelihood likely lower ltrim max min nullif
octet_length printf quote random replace round rtrim sign soundex substr substring trim typeof unhex unicode char unlikely
upper avg count group_concat string_agg sum total
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
date datetime julianday strftime time timediff unixepoch current_date current_time current_timestamp
acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power radians
sin sinh sqrt tan tanh trunc median percentile percentile_cont percentile_disc
json json_array json_array_length json_error_position json_extract json_group_array json_group_object json_object
json_patch json_quote json_type json_valid -> ->>
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""What reads nothing but its arguments. Not among them: load_extension, zeroblob, randomblob, sqlite_*, fts and rtree."""
TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 32_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 999,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
PUBLIC = "report_"
"""How the views begin that a query may name."""
PROJECTIONS = frozenset({"report_posture", "report_plan"})
"""The views whose figures were computed beforehand, as of the day in each row."""
AGE = "SELECT min(as_of), max(as_of), sum(1 - is_current) FROM {view}"
"""As of when a projection is, and how many of its rows no longer stand."""
HEAD = "SELECT seq, recorded_at FROM report_entry ORDER BY seq DESC LIMIT 1"
"""The last entry that is recorded."""
MARGIN = 2.0
"""Seconds after which a query that did not heed the interrupt is ended together with its process."""
_BATCH = 200


class Guard:
    """Decides for every table, column and function of a query whether it may be read.

    SQLite says through which view a table is read, but it gives a WITH's name just as it gives a view's: a query could
    call its own WITH like a view. So each view's text stands under a name made up for this run alone, and a table is
    read only through a name that does not occur in the query.
    """

    def __init__(self, views: dict[str, str], words: set[str], sources: set[str]) -> None:
        """`views` are the made-up names, by view; `words` all words of the query, `sources` those it reads from."""
        self.views, self.words, self.sources = views, words, sources
        self.inner = set(views.values())
        self.private: set[str] = set()
        """All names that the database itself knows: a name of the query's own making is none of them."""
        self.refused: dict[str, str] | None = None

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, through: str | None
    ) -> int:
        """Return SQLITE_OK or SQLITE_DENY, and remember what was refused first."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            if self._may_read(str(first), str(second), schema, through):
                return sqlite3.SQLITE_OK
            return self._refuse("table", str(first))
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_OK if str(second).lower() in FUNCTIONS else self._refuse("function", str(second))
        return self._refuse("action", str(first))

    def _may_read(self, table: str, column: str, schema: str | None, through: str | None) -> bool:
        name = table.lower()
        if (schema == "temp" and name in self.views) or table in self.inner or name in TABLE_FUNCTIONS:
            return True
        if name.startswith(("sqlite_", "pragma_")):
            return False
        if column == "":  # what is left of a view that SQLite has merged into the query, or a WITH of the query's own
            return not (name in self.sources and name in self.private)
        return through is not None and through.lower() not in self.words

    def _refuse(self, kind: str, name: str) -> int:
        self.refused = self.refused or {"kind": kind, "name": name}
        return sqlite3.SQLITE_DENY


def open_sealed(path: str, guard_facts: dict[str, Any]) -> tuple[sqlite3.Connection, Guard]:
    """Return a connection to the file that can only read its views, and the guard that sees to it."""
    connection = sqlite3.connect(path, uri=True, isolation_level=None, timeout=float(guard_facts["busy"]))
    connection.text_factory = lambda text: text.decode(errors="replace")
    if hasattr(connection, "enable_load_extension"):
        connection.enable_load_extension(False)
    for pragma in ("trusted_schema = OFF", "temp_store = MEMORY", f"hard_heap_limit = {guard_facts['memory']}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA cell_size_check = ON")
    views = _under_made_up_names(connection)
    private = {row[0].lower() for row in connection.execute("SELECT name FROM sqlite_master")}
    private |= {row[0].lower() for row in connection.execute("PRAGMA module_list")} - TABLE_FUNCTIONS
    connection.execute("SELECT * FROM json_each('[]'), json_tree('[]')").fetchall()  # they are set up by first use
    connection.execute("PRAGMA query_only = ON")
    if hasattr(connection, "setconfig"):  # Python 3.12
        connection.setconfig(getattr(sqlite3, "SQLITE_DBCONFIG_DEFENSIVE"), True)  # noqa: B009
    for limit, most in LIMITS.items():
        connection.setlimit(limit, most)
    guard = Guard(views, set(guard_facts["words"]), set(guard_facts["sources"]))
    guard.private = private
    connection.execute("BEGIN")
    connection.set_authorizer(guard)
    return connection, guard


def _under_made_up_names(connection: sqlite3.Connection) -> dict[str, str]:
    """Put each public view's text under a name that nobody can guess, and a view of its own name before it."""
    made_up = {}
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name LIKE 'report~_%' ESCAPE '~' ORDER BY name"
    ).fetchall()
    for name, text in rows:
        inner = f"view_{secrets.token_hex(16)}"
        rest = re.sub(r'\ACREATE\s+VIEW\s+(?:"[^"]+"|\w+)', "", text)
        connection.execute(f'CREATE TEMP VIEW "{inner}"{rest}')
        connection.execute(f'CREATE TEMP VIEW "{name}" AS SELECT * FROM temp."{inner}"')
        made_up[name.lower()] = inner
    return made_up


def columns_of(connection: sqlite3.Connection, views: dict[str, str]) -> dict[str, list[str]]:
    """Return the columns of each view."""
    connection.set_authorizer(None)
    return {
        view: [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (view,))] for view in views
    }


# --- what goes wrong ---------------------------------------------------------------------------------------------------


_NAMED = (
    ("column", r"no such column: (.+)"),
    ("table", r"no such table: (.+)"),
    ("function", r"no such (?:window )?function: (.+)"),
    ("usage", r"(ambiguous column name: .+)"),
)


def explain(error: Exception, query: str, connection: sqlite3.Connection, guard: Guard) -> dict[str, Any]:
    """Return what an error is about: its kind, and the facts from which the one who asked makes a message."""
    text, code = str(error), (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    for view, inner in guard.views.items():
        text = text.replace(inner, view)
    limited = _limited(error, text, code)
    if limited:
        return limited
    if guard.refused is not None or code == sqlite3.SQLITE_AUTH:
        return {"error": "refused", **(guard.refused or {"kind": "action", "name": ""})}
    if "did not supply a value" in text or "number of bindings" in text:
        return {"error": "parameter"}
    if isinstance(error, (sqlite3.ProgrammingError, OverflowError)):
        return {"error": "usage", "message": text}
    for kind, pattern in _NAMED:
        found = re.fullmatch(pattern, text)
        if found:
            known = columns_of(connection, guard.views) if kind in {"column", "table"} else {}
            return {"error": kind, "name": found[1], "message": text, "views": known}
    if code not in (0, sqlite3.SQLITE_ERROR):
        return {"error": "database", "message": text, "code": code}
    return {"error": "syntax", "message": text, "position": position(text, query, connection)}


def _limited(error: Exception, text: str, code: int) -> dict[str, Any] | None:
    """Return which limit a query came up against, if it did."""
    if isinstance(error, MemoryError) or code == sqlite3.SQLITE_NOMEM:
        return {"error": "memory"}
    if code == sqlite3.SQLITE_TOOBIG:
        return {"error": "too_big"}
    if code == sqlite3.SQLITE_INTERRUPT:
        return {"error": "time"}
    return {"error": "several"} if "one statement at a time" in text else None


def position(message: str, query: str, connection: sqlite3.Connection) -> int | None:
    """Return where in the query a syntax error is, from 0; None where the message names no place.

    The module does not say; but the query cut off after the word in question fails in the same way, and cut off after an
    earlier such word it does not.
    """
    if message == "incomplete input":
        return len(query.rstrip())
    found = re.fullmatch(r'near "(.*)": syntax error', message, re.DOTALL) or re.fullmatch(
        r'unrecognized token: "(.*)"', message, re.DOTALL
    )
    if found is None:
        return None
    start = -1
    while (start := query.find(found[1], start + 1)) >= 0:
        try:
            connection.execute("EXPLAIN " + query[: start + len(found[1])])
        except (sqlite3.Error, sqlite3.Warning) as error:
            if str(error) == message:
                return start
    return None


# --- the process -------------------------------------------------------------------------------------------------------


def seal_process(memory: int, seconds: float) -> None:
    """Hold this process to so much memory and processor time, and to writing no file, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: SQLite's own limit of memory holds there too
        return
    wanted = {
        "RLIMIT_AS": memory + 256 * 2**20,  # the program itself, its threads' stacks
        "RLIMIT_CPU": int(seconds + 2 * MARGIN) + 1,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 32,
    }
    for name, most in wanted.items():
        with suppress(ValueError, OSError):
            limit = getattr(resource, name)
            hard = resource.getrlimit(limit)[1]
            low = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (low, low))


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: a blob in hexadecimal, an infinite number in a word."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
        return str(value)
    return value


def answer(request: dict[str, Any], say: Any) -> None:
    """Run the query of a request and say its columns, its rows and its end; or what went wrong."""
    connection, guard = open_sealed(request["path"], request)
    clocks = [
        threading.Timer(float(request["seconds"]), connection.interrupt),
        threading.Timer(float(request["seconds"]) + MARGIN, os._exit, (1,)),
    ]
    for timer in clocks:
        timer.daemon = True
        timer.start()
    query = request["query"]
    try:
        cursor = connection.execute(query, request["params"])
        if cursor.description is None:
            say({"error": "empty"})
            return
        say({"columns": [column[0] for column in cursor.description]})
        cut = _send_rows(cursor, say, request)
        if cut is None:
            say({"error": "too_much"})
            return
        say({"end": True, "cut": cut, **_clocks(connection, guard)})
    except (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError) as error:
        say(explain(error, query, connection, guard))


def _send_rows(cursor: sqlite3.Cursor, say: Any, request: dict[str, Any]) -> bool | None:
    """Say the rows, and return whether there were more than may be; None where their texts are too long together."""
    left, room = int(request["most_rows"]), int(request["most_bytes"])
    while rows := cursor.fetchmany(min(_BATCH, left + 1)):
        cut = len(rows) > left
        rows = rows[:left]
        left -= len(rows)
        room -= say({"rows": [[plain(value) for value in row] for row in rows]})
        if cut:
            return True
        if room < 0:
            return None
    return False


def _clocks(connection: sqlite3.Connection, guard: Guard) -> dict[str, Any]:
    """Return the last entry that is recorded, and as of when the projections are that the query read."""
    asked = PROJECTIONS & guard.words
    guard.words, guard.sources = set(), set()  # what follows is ours
    found: dict[str, Any] = {}
    with suppress(sqlite3.Error):
        found["known"] = connection.execute(HEAD).fetchone()
        found["current"] = [connection.execute(AGE.format(view=view)).fetchone() for view in sorted(asked)]
    return found


def main() -> None:
    """Answer the request on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked is interrupted too, and ends this
    with open(0, "rb", closefd=False) as given, open(1, "wb", closefd=False) as told:
        request = json.loads(given.read())

        def say(fact: dict[str, Any]) -> int:
            line = json.dumps(fact, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
            told.write(line)
            told.flush()
            return len(line)

        seal_process(int(request["memory"]), float(request["seconds"]))
        try:
            answer(request, say)
        except MemoryError:
            say({"error": "memory"})
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) or 0
            say({"error": "database", "message": str(error), "code": code})
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
