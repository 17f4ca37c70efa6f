"""`posture sql`: a query over the views, its answer in any form; or what views and columns there are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from posture.cli import tables
from posture.cli.output import TABLE, print_report
from posture.cli.screen import wrap
from posture.domain.codes import visible
from posture.errors import UnknownView, UsageMistake
from posture.exports.formats import FORMATS, json_text
from posture.reports.asked import whole_number
from posture.reports.report import Column, Report
from posture.reports.wording import clocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.cli.session import Session
    from posture.store.address import Address
    from posture.store.queries import Query
    from posture.store.reader import Answer, Bounds

MOST_ROWS = 10_000
SECONDS = 30
LONGEST = 86_400
"""Seconds that a query may be given."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Answer a query, or say what can be asked."""
    given = _with_form(given)
    if given.get("list_them"):
        _show_views(session, given)
    elif given.get("schema"):
        _show_columns(session, given)
    else:
        _answer(session, given)


def _with_form(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was typed, where `-f json` behind a query means the form, as it does everywhere else."""
    word = (given.get("file") or "").strip().lower()
    asked = given.get("query") or given.get("list_them") or given.get("schema")
    if asked and word in (TABLE, *FORMATS) and not given.get("format"):
        return {**given, "format": word, "file": None}
    return given


# --- what can be asked ----------------------------------------------------------------------------------------------


def _show_views(session: Session, given: Mapping[str, Any]) -> None:
    from posture.store.views import VIEWS

    _refuse(given, "query", "file", beside="--list")
    rows = [{"view": view.name, "one_row": view.grain} for view in VIEWS]
    print_report(session, given, _listing("views", rows, ("view", "one_row")))


def _show_columns(session: Session, given: Mapping[str, Any]) -> None:
    """Print the columns of the view that was named, or of all; raises UnknownView."""
    from posture.store.reader import near_names
    from posture.store.views import VIEWS

    _refuse(given, "file", beside="--schema")
    word = (given.get("query") or "").strip().lower()
    names = [view.name for view in VIEWS]
    if word and word not in names and f"report_{word}" not in names:
        raise UnknownView(word, near_names(word, names))
    rows = [
        {"view": view.name, "column": column.name, "type": column.kind, "meaning": column.meaning}
        for view in VIEWS
        if word in ("", view.name, view.name.removeprefix("report_"))
        for column in view.columns
    ]
    columns = ("column", "type", "meaning") if word else ("view", "column", "type", "meaning")
    print_report(session, given, _listing("columns", rows, columns))


def _refuse(given: Mapping[str, Any], *names: str, beside: str) -> None:
    for name in names:
        if given.get(name):
            raise UsageMistake(f"{beside} takes no {'query' if name == 'query' else '--' + name}")


def _listing(name: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Report:
    """Return a list of what the program has, which no clock is about."""
    return Report(name=name, as_of="", known_seq=0, known_at=None, rows=rows, columns=columns)


# --- an answer ------------------------------------------------------------------------------------------------------


def _answer(session: Session, given: Mapping[str, Any]) -> None:
    from posture.store.queries import read_query
    from posture.store.reader import Bounds, ask

    rows = whole_number("--max-rows", given.get("max_rows"), least=1) or MOST_ROWS
    seconds = whole_number("--timeout", given.get("timeout"), least=1) or SECONDS
    if seconds > LONGEST:
        raise UsageMistake(f"--timeout is at most {LONGEST} (a day)")
    bounds = Bounds(rows=rows, seconds=float(seconds), busy=float(session.settings.number("busy_timeout")))
    query = read_query(_text(given), given.get("param") or ())
    found = ask(_address(session), query, bounds, unsafe=bool(given.get("unsafe")))
    print_report(session, given, _report(found, query, bounds), lines, noted=False)


def _text(given: Mapping[str, Any]) -> str:
    """Return the query, from the command line, a file or standard input."""
    query, path = given.get("query"), given.get("file")
    if query and path:
        raise UsageMistake("give either a query or a file with one, not both")
    if query and query != "-":
        return str(query)
    if not path and not query:
        raise UsageMistake('ask something: posture sql "SELECT ...", or see "posture sql --list"')
    try:
        if path in (None, "-"):
            return sys.stdin.read() if sys.stdin is not None else ""
        with open(str(path), encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        raise UsageMistake(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageMistake(f"{path or 'standard input'} is not UTF-8 text") from error


def _address(session: Session) -> Address:
    """Return where to ask: where --db says; else, of a PostgreSQL database, as the reader if there is one."""
    from posture.store.address import read_address

    found = session.settings.find("database_url")
    address = read_address(str(found.value))
    reader = session.settings.text("reader_url")
    if not reader or address.engine != "postgresql" or found.origin == "--db":
        return address
    asked = read_address(reader)
    if asked.engine != "postgresql":
        raise UsageMistake("reader_url must be a PostgreSQL address: SQLite needs none")
    return asked


def _report(found: Answer, query: Query, bounds: Bounds) -> Report:
    notes = []
    if found.cut:
        notes.append(f"only the first {bounds.rows:,} rows are shown; --max-rows gives more")
    if found.as_of and found.as_of[0] != found.as_of[1]:
        notes.append(f"its figures are as of days from {found.as_of[0]} to {found.as_of[1]}: each row says which")
    if found.outdated:
        their = "row that it could read is" if found.outdated == 1 else "rows that it could read are"
        notes.append(f'{found.outdated:,} {their} out of date; run "posture db refresh"')
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return Report(
        name="query",
        as_of=found.as_of[0] if found.as_of else "",
        known_seq=found.known_seq,
        known_at=found.known_at,
        rows=rows,
        columns=tuple(found.columns),
        shown=tuple(_column(name, rows) for name in found.columns),
        empty_because=None if found.rows else _why_empty(found),
        sql=[query.text],
        notes=notes,
    )


def _why_empty(found: Answer) -> str:
    if not found.known_seq:
        return 'the query found no rows: nothing is recorded yet; log a claim with "posture log"'
    return "the query found no rows"


def lines(report: Report, width: int, *, styled: bool = False) -> Iterator[str]:
    """Yield an answer as a table under its columns' own names, with as of when it is where it was computed beforehand."""
    if report.as_of:
        yield from (tables.bold(line, styled=styled) for line in wrap(f"Figures {clocks(report)}", width))
        yield ""
    if not report.rows:
        yield from wrap(visible(report.empty_because or ""), width)
        return
    yield from tables.table(
        [visible(column.title) for column in report.shown],
        [[column.text(row) for column in report.shown] for row in report.rows],
        width,
        right=[column.right for column in report.shown],
        styled=styled,
    )


def _column(name: str, rows: list[dict[str, Any]]) -> Column:
    """Return a column of the answer as people read it: under its own name, numbers on the right."""
    numbers = all(isinstance(row[name], (int, float)) for row in rows if row[name] is not None)
    return Column(name, lambda row: _cell(row[name]), right=numbers)


def _cell(value: Any) -> str:
    """Return a value as it is: numbers without separators, for a year is a number too."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return visible(value if isinstance(value, str) else json_text(value))
