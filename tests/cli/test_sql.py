"""`posture sql`, `posture db reader-role` and `posture db snapshot` as commands: forms of the answer, exit codes, streams."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from posture.store.connection import connect
from tests.cli.conftest import run_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Runs


@pytest.fixture
def asked(told: Runs, url: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """Run commands as who records, and queries as who may only read."""
    told("log", "count", "fra-ner/personnel", "1500", "--on", "2023-09-05", "--source", "rfi")
    told("log", "count", "fra-ner/drones", "4", "--on", "2023-09-05", "--source", "rfi")
    if engine == "sqlite":
        yield told
        return
    role = f"reader_{uuid4().hex}"
    told("db", "reader-role", role, "--login")
    monkeypatch.setenv("POSTURE_READER_URL", url.replace("//posture@", f"//{role}@"))
    yield told
    with connect(url) as database:
        database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


QUERY = "SELECT line, low, NULL AS remark FROM report_claim WHERE kind = 'count' ORDER BY claim_id"


def test_every_form_has_the_same_rows(asked: Runs) -> None:
    expected = [
        {"line": "fra-ner/personnel", "low": 1500, "remark": None},
        {"line": "fra-ner/drones", "low": 4, "remark": None},
    ]
    answer = json.loads(asked("sql", QUERY, "--format", "json").out)
    assert answer["rows"] == expected
    assert (answer["report"], answer["as_of"]) == ("query", None)
    assert answer["known_at"]["seq"] > 0
    assert [json.loads(line) for line in asked("sql", QUERY, "--format", "jsonl").lines] == expected
    read = list(csv.DictReader(io.StringIO(asked("sql", QUERY, "--format", "csv").out)))
    assert read == [
        {"line": "fra-ner/personnel", "low": "1500", "remark": ""},
        {"line": "fra-ner/drones", "low": "4", "remark": ""},
    ]
    assert asked("sql", QUERY, "--format", "md").lines[0] == "| line | low | remark |"
    assert asked("sql", QUERY).lines == [
        "line                low  remark",
        "fra-ner/personnel  1500",
        "fra-ner/drones        4",
    ]


def test_a_short_form_behind_a_query_is_its_form(asked: Runs) -> None:
    assert asked("sql", "SELECT 1 AS x", "-f", "csv").out == "x\n1\n"
    assert "not both" in asked("sql", "SELECT 1 AS x", "-f", "other.sql", code=2).err


def test_a_query_comes_from_a_file_or_standard_input(
    asked: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "query.sql"
    path.write_text("-- how many?\nSELECT count(*) AS n FROM report_claim;\n", encoding="utf-8-sig")
    assert asked("sql", "-f", str(path), "--format", "csv").out == "n\n2\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 7 AS x"))
    assert asked("sql", "-f", "-", "--format", "csv").out == "x\n7\n"
    path.write_bytes(b"SELECT '\xff'")
    assert "is not UTF-8" in asked("sql", "-f", str(path), code=2).err
    assert "cannot read" in asked("sql", "-f", str(tmp_path / "none.sql"), code=2).err


def test_figures_that_were_computed_beforehand_say_as_of_when(asked: Runs) -> None:
    out = asked("sql", "SELECT line, low FROM report_posture ORDER BY line")
    assert out.lines[0].startswith("Figures as of 20") and "as known at #" in out.lines[0]
    assert json.loads(asked("sql", "SELECT line FROM report_posture", "--format", "json").out)["as_of"] is not None
    assert not asked("sql", "SELECT line FROM report_claim").out.startswith("Figures")


def test_rows_that_are_out_of_date_are_told(asked: Runs, url: str) -> None:
    with connect(url) as database, database.write():
        database.execute("update current_posture set touched_seq = known_seq + 1 where low = 1500")
    assert (
        '1 row that it could read is out of date; run "posture db refresh"'
        in asked("sql", "SELECT line FROM report_posture").err
    )


def test_an_empty_answer_says_so(asked: Runs) -> None:
    assert asked("sql", "SELECT line FROM report_claim WHERE 1 = 0").out == "the query found no rows\n"
    assert asked("sql", "SELECT line FROM report_claim WHERE 1 = 0", "-f", "csv").out == "line\n"


def test_an_empty_database_says_that_it_is(posture_on_sqlite: Runs) -> None:
    assert "nothing is recorded yet" in posture_on_sqlite("sql", "SELECT line FROM report_claim").out


def test_an_answer_that_is_cut_off_is_told(asked: Runs) -> None:
    cut = asked("sql", QUERY, "--max-rows", "1", "-f", "csv")
    assert cut.out == "line,low,remark\nfra-ner/personnel,1500,\n"
    assert cut.err == "mind: only the first 1 rows are shown; --max-rows gives more\n"
    assert asked("sql", QUERY, "--max-rows", "2").err == ""


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("DELETE FROM actor",), 4, "a query only reads: DELETE is refused, and nothing was changed"),
        (("SELECT * FROM status_change",), 4, "is private"),
        (("SELECT lin FROM report_claim",), 3, 'no column "lin"; did you mean "line"'),
        (("SELECT * FROM report_clam",), 3, 'no view "report_clam"; did you mean "report_claim"'),
        (("SELECT * FORM report_claim",), 2, "cannot read the query at character 10"),
        (("SELECT 1; SELECT 2",), 2, "more than one statement"),
        (("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c", "--timeout", "1"), 1,
         "longer than 1 s"),
        (("SELECT :a",), 2, "give it with --param a=VALUE"),
        (("SELECT $1 AS a",), 2, "a parameter is written :name"),
        ((), 2, "ask something"),
        (("--list", "SELECT 1"), 2, "--list takes no query"),
        (("--schema", "report_clam"), 3, 'did you mean "report_claim"'),
        (("SELECT 1", "--max-rows", "0"), 2, "--max-rows must be a whole number, 1 or more"),
        (("SELECT 1", "--timeout", "soon"), 2, "--timeout must be a whole number"),
        (("SELECT 1", "--timeout", "999999"), 2, "--timeout is at most"),
        (("SELECT 1", "--format", "xls"), 2, 'no format "xls"'),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_an_exit_code(asked: Runs, words: tuple[str, ...], code: int, message: str) -> None:
    found = asked("sql", *words, code=code)
    assert found.out == ""
    assert found.err.count("\n") == 1 and message in found.err


def test_the_views_and_their_columns_are_listed(posture_on_sqlite: Runs) -> None:
    listed = json.loads(posture_on_sqlite("sql", "--list", "--format", "json").out)["rows"]
    assert {"report_posture", "report_claim"} <= {row["view"] for row in listed}
    columns = json.loads(posture_on_sqlite("sql", "--schema", "claim", "-f", "json").out)["rows"]
    assert {
        "view": "report_claim",
        "column": "claim_id",
        "type": "integer",
        "meaning": "Number of the claim",
    } in columns
    assert {row["view"] for row in columns} == {"report_claim"}
    everything = json.loads(posture_on_sqlite("sql", "--schema", "-f", "json").out)["rows"]
    assert {row["view"] for row in everything} == {row["view"] for row in listed}


def test_no_database_is_said_as_everywhere(tmp_path: Path) -> None:
    done = run_process("sql", "SELECT 1", environment={"POSTURE_DATABASE_URL": str(tmp_path / "none.db")})
    assert done.returncode == 1 and 'make one with "posture db upgrade"' in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_query_on_sqlite_needs_no_driver_of_another_engine(
    told_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert told_on_sqlite("sql", "SELECT count(*) AS n FROM report_claim", "-f", "csv").out == "n\n0\n"


INTERRUPTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # however the tests themselves were started
from posture.__main__ import main
main()
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the process by /proc")
def test_an_interrupt_ends_the_query_at_once(told_on_sqlite: Runs) -> None:
    asking = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, "sql", "--timeout", "600", "-f", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert asking.stdin is not None and asking.stderr is not None
    asking.stdin.write("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c")
    asking.stdin.close()
    children = Path(f"/proc/{asking.pid}/task/{asking.pid}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.02)
    os.killpg(asking.pid, signal.SIGINT)
    assert asking.wait(60) == 130
    assert asking.stderr.read() == "posture: interrupted\n"
    asking.stderr.close()
    for _ in range(1500):  # one that was only just started ends by itself when nobody is there to ask it
        if not Path(f"/proc/{found[0]}").exists():
            return
        time.sleep(0.02)
    pytest.fail("the process that answers is still there")


# --- the role ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_postgresql(
    make_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Iterator[tuple[Runs, str]]:
    from tests.cli.conftest import _runner

    url = make_url("postgresql")
    monkeypatch.setenv("POSTURE_DATABASE_URL", url)
    yield _runner(capsys), url
    with connect(url) as database:
        for (role,) in database.tuples("SELECT rolname FROM pg_roles WHERE rolname LIKE 'r\\_test\\_%'"):
            database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def _name() -> str:
    return f"r_test_{uuid4().hex}"


def test_a_reader_reads_the_views_and_nothing_else(on_postgresql: tuple[Runs, str]) -> None:
    posture, url = on_postgresql
    role = _name()
    made = posture("db", "reader-role", role, "--login")
    assert f'CREATE ROLE "{role}" NOSUPERUSER' in made.lines[0]
    assert f"the role {role} is made, and may read 20 views and nothing else" in made.err
    assert "mind: " not in made.err
    reader = url.replace("//posture@", f"//{role}@")
    assert posture("--db", reader, "sql", "SELECT count(*) AS n FROM report_claim", "-f", "csv").out == "n\n0\n"
    assert "is private" in posture("--db", reader, "sql", "SELECT * FROM actor", code=4).err
    with connect(reader) as database:
        for statement in (
            "DELETE FROM actor",
            "SELECT * FROM actor",
            "CREATE TABLE mine (x int)",
            "SELECT * FROM alembic_version",
        ):
            with pytest.raises(Exception, match="permission denied|read-only"):
                database.execute(statement)
    for words in (("report", "posture"), ("history",), ("db", "stats"), ("db", "refresh")):
        told = posture("--db", reader, *words, code=1).err
        assert "does not let this user do that: permission denied" in told and '"posture sql"' in told
        assert told.count("\n") == 1 and "cannot write" not in told
    again = posture("db", "reader-role", role)
    assert f"the role {role} was there, and now may read 20 views" in again.err


def test_an_owner_is_refused_and_the_reader_is_used_where_it_is_set(
    on_postgresql: tuple[Runs, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    posture, url = on_postgresql
    role = _name()
    assert "posture db reader-role --login" in posture("sql", "SELECT 1 AS x", code=4).err
    assert posture("sql", "SELECT 1 AS x", "--unsafe", "-f", "csv").out == "x\n1\n"
    posture("db", "reader-role", role, "--login")
    monkeypatch.setenv("POSTURE_READER_URL", url.replace("//posture@", f"//{role}@"))
    assert posture("sql", "SELECT session_user AS x", "-f", "csv").out == f"x\n{role}\n"
    assert "is a superuser" in posture("--db", url, "sql", "SELECT 1", code=4).err
    monkeypatch.setenv("POSTURE_READER_URL", url.replace("//posture@", f"//{role}:secret@"))
    assert "secret" not in posture("config", "show").out


def test_a_password_is_neither_printed_nor_sent(
    on_postgresql: tuple[Runs, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    posture, url = on_postgresql
    role = _name()
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret of mine\n"))
    made = posture("db", "reader-role", role, "--password-stdin")
    assert f"""ALTER ROLE "{role}" PASSWORD '***';""" in made.lines
    assert "s3cret" not in made.out + made.err and "SCRAM" not in made.out
    with connect(url) as database:
        kept = database.value(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'")
    assert kept.startswith("SCRAM-SHA-256$")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "there was none" in posture("db", "reader-role", role, "--password-stdin", code=2).err


def test_what_would_be_run_is_printed_and_not_run(on_postgresql: tuple[Runs, str]) -> None:
    posture, url = on_postgresql
    role = _name()
    shown = posture("db", "reader-role", role, "--login", "--dry-run")
    assert shown.err == "nothing was run\n" and "GRANT SELECT ON" in shown.out
    with connect(url) as database:
        assert database.value(f"SELECT count(*) FROM pg_roles WHERE rolname = '{role}'") == 0
        database.execute(shown.out)
        assert database.value(f"SELECT count(*) FROM pg_roles WHERE rolname = '{role}'") == 1


def test_a_role_that_can_do_more_is_no_reader(on_postgresql: tuple[Runs, str]) -> None:
    posture, url = on_postgresql
    role = _name()
    assert "is a superuser" in posture("db", "reader-role", "posture", code=4).err
    assert "cannot name a role" in posture("db", "reader-role", 'x"; DROP ROLE posture; --', code=2).err
    with connect(url) as database:
        database.execute(f"CREATE ROLE {role}; GRANT INSERT ON actor TO {role}")
    assert "mind: it has more than the views: actor" in posture("db", "reader-role", role).err
    with connect(url) as database:
        database.execute(f"ALTER ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}")
    other = url.replace("//posture@", f"//{role}@")
    found = posture("--db", other, "db", "reader-role", _name(), code=4)
    assert "may not make the role" in found.err and "--dry-run" in found.err


def test_sqlite_needs_no_role(posture_on_sqlite: Runs) -> None:
    assert "SQLite has no roles, and needs none" in posture_on_sqlite("db", "reader-role", code=2).err


# --- the snapshot ------------------------------------------------------------------------------------------------------------


def test_a_snapshot_is_written_with_its_description(asked: Runs, tmp_path: Path) -> None:
    path = tmp_path / "niger.db"
    made = asked("db", "snapshot", str(path), "--as-of", "2023-10-15", "--location", "ner", "--datasette")
    assert made.out == "" and "as of 2023-10-15, as known at #" in made.err and "the posture of 2 lines" in made.err
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("niger")) == [
        "niger-metadata.json",
        "niger.db",
    ]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT line, low FROM posture ORDER BY line").fetchall() == [
            ("fra-ner/drones", 4),
            ("fra-ner/personnel", 1500),
        ]
    assert "exists" in asked("db", "snapshot", str(path), code=4).err
    asked("db", "snapshot", str(path), "--force", "--known-at", "#1")
    path.unlink()
    assert "niger-metadata.json exists" in asked("db", "snapshot", str(path), "--datasette", code=4).err
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("-",), 2, "a snapshot is a file"),
        (("postgresql://x/y",), 2, "a snapshot is a file"),
        (("s.db", "--actor", "frx"), 3, 'no actor "frx"'),
        (("s.db", "--known-at", "#999"), 3, "no entry #999"),
        (("s.db", "--as-of", "someday"), 2, "cannot read the date"),
    ],
)
def test_a_mistake_about_a_snapshot_is_one_line(
    told_on_sqlite: Runs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = told_on_sqlite("db", "snapshot", *words, code=code)
    assert message in found.err and found.err.count("\n") == 1
    assert not (tmp_path / "s.db").exists()
