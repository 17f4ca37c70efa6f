"""Queries in SQL: what they find, and what hostile ones cannot do, on both engines."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from posture.errors import (
    NotFound,
    OutOfMemory,
    OutOfTime,
    PostureError,
    QueryRefused,
    UnknownColumn,
    UnknownView,
    UsageMistake,
)
from posture.imports.scenario import seed
from posture.store.address import read_address
from posture.store.connection import connect, open_database
from posture.store.queries import read_query, read_value
from posture.store.reader import Answer, Bounds, ask
from posture.store.reader_role import make_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES = ("sqlite", "postgresql")
QUICK = Bounds(seconds=1.5, memory=96 * 2**20, rows=1000, size=64 * 2**20)
TOO_MUCH = (OutOfMemory, OutOfTime)
"""Which limit is come up against first depends on how busy the machine is."""


@dataclass
class Told:
    """A database with a story in it, for all tests of this file."""

    engine: str
    owner: str
    """The URL of whoever owns it."""
    reader: str
    """The URL of whoever asks."""
    folder: Path

    def ask(self, text: str, *params: str, bounds: Bounds = QUICK, unsafe: bool = False) -> Answer:
        """Ask a query."""
        return ask(read_address(self.reader), read_query(text, params), bounds, unsafe=unsafe)

    def state(self) -> str:
        """Return a digest of all that is recorded, and of what lies beside it."""
        if self.engine == "sqlite":
            files = sorted(path.name for path in self.folder.iterdir())
            return f"{files} {hashlib.sha256(Path(read_address(self.owner).path).read_bytes()).hexdigest()}"
        with connect(self.owner, readonly=True) as database:
            objects = database.tuples("SELECT relname, relkind FROM pg_class WHERE relnamespace > 15000 ORDER BY 1, 2")
            rows = database.tuples("SELECT * FROM ledger_entry ORDER BY seq")
            rows += database.tuples("SELECT * FROM actor ORDER BY id")
            large = database.value("SELECT count(*) FROM pg_largeobject_metadata")
        return repr((objects, rows, large))


@pytest.fixture(scope="module", params=ENGINES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    if request.param == "sqlite":
        path = folder / "told.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        _seed(f"sqlite:///{path}")
        yield Told("sqlite", f"sqlite:///{path}", f"sqlite:///{path}", folder)
        return
    databases: Any = request.getfixturevalue("_postgresql_databases")
    name, role = databases.make(databases.template), f"reader_{uuid4().hex}"
    url = databases.url(name)
    _seed(url)
    make_reader(read_address(url), role, login=True, password=None, dry_run=False)
    yield Told("postgresql", url, url.replace("//posture@", f"//{role}@"), folder)
    with connect(url) as database:
        database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    databases.drop(name)


def _seed(url: str) -> None:
    with open_database(url) as database:
        seed(database, "niger-2023-ledger")


# --- hostile queries ---------------------------------------------------------------------------------------------------

WRITES = {
    "delete": "DELETE FROM status_change",
    "insert": "INSERT INTO actor (code, name, kind) VALUES ('x', 'x', 'state')",
    "update": "UPDATE actor SET name = 'x'",
    "replace_into": "REPLACE INTO actor (code) VALUES ('x')",
    "drop_table": "DROP TABLE status_change",
    "create_table": "CREATE TABLE mine (x)",
    "create_temp_table": "CREATE TEMP TABLE mine AS SELECT 1 AS x",
    "create_trigger": "CREATE TEMP TRIGGER t AFTER INSERT ON actor BEGIN SELECT 1; END",
    "alter_table": "ALTER TABLE actor ADD COLUMN x",
    "attach": "ATTACH 'other.db' AS other",
    "attach_memory": "ATTACH ':memory:' AS other",
    "detach": "DETACH main",
    "vacuum": "VACUUM",
    "vacuum_into": "VACUUM INTO 'copy.db'",
    "pragma_query_only": "PRAGMA query_only = OFF",
    "pragma_writable_schema": "PRAGMA writable_schema = ON",
    "pragma_journal": "PRAGMA journal_mode = OFF",
    "pragma_reading": "PRAGMA table_info(status_change)",
    "reindex": "REINDEX",
    "analyze": "ANALYZE",
    "begin": "BEGIN",
    "commit": "COMMIT",
    "savepoint": "SAVEPOINT s",
    "copy_to_program": "COPY (SELECT 1) TO PROGRAM 'touch /tmp/touched'",
    "copy_from_file": "COPY actor FROM '/etc/passwd'",
    "set_role": "SET ROLE posture",
    "reset_role": "RESET ROLE",
    "set_authorization": "SET SESSION AUTHORIZATION DEFAULT",
    "do_block": "DO $$ BEGIN DELETE FROM status_change; END $$",
    "call": "CALL something()",
    "prepare": "PREPARE p AS SELECT 1",
    "truncate": "TRUNCATE status_change",
    "remark_before_a_delete": "/* SELECT 1 */ -- SELECT\nDELETE FROM status_change",
    "with_before_a_delete": "WITH x AS (SELECT 1) DELETE FROM status_change",
    "with_before_an_update": "WITH x AS (SELECT 1) UPDATE actor SET name = 'x'",
    "with_before_an_insert": "WITH x AS (SELECT 1) INSERT INTO actor (code, name, kind) SELECT 'x', 'x', 'state'",
    "delete_within_a_with": "WITH gone AS (DELETE FROM status_change RETURNING *) SELECT * FROM gone",
    "update_within_a_with_and_a_remark": "WITH x AS (/* */ UPDATE actor SET name = 'x' RETURNING *) SELECT * FROM x",
    "explain_delete": "EXPLAIN DELETE FROM status_change",
    "explain_query_plan_delete": "EXPLAIN QUERY PLAN DELETE FROM status_change",
    "explain_analyze_delete": "EXPLAIN ANALYZE DELETE FROM status_change",
    "explain_attach": "EXPLAIN ATTACH 'other.db' AS other",
}
"""What would change something. Each is refused, by the query's first word if by nothing else."""


@pytest.mark.parametrize("name", WRITES)
def test_a_query_that_writes_is_refused_and_changes_nothing(told: Told, name: str) -> None:
    before = told.state()
    with pytest.raises(QueryRefused) as caught:
        told.ask(WRITES[name])
    assert "\n" not in str(caught.value)
    assert told.state() == before


SEVERAL = {
    "two_selects": "SELECT 1; SELECT 2",
    "a_delete_behind": "SELECT 1; DELETE FROM status_change",
    "a_commit_behind": "SELECT 1; COMMIT; DELETE FROM status_change",
    "an_attach_behind": "SELECT 1; ATTACH 'other.db' AS other",
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_statements_are_refused_and_none_is_run(told: Told, name: str) -> None:
    before = told.state()
    with pytest.raises(UsageMistake, match="more than one statement"):
        told.ask(SEVERAL[name])
    assert told.state() == before


PRIVATE = {
    "a_table": "SELECT * FROM status_change",
    "a_table_counted": "SELECT count(*) FROM status_change",
    "a_table_with_its_schema": "SELECT * FROM {schema}.status_change",
    "a_table_quoted": 'SELECT * FROM "status_change"',
    "a_table_in_another_case": "SELECT * FROM Status_Change",
    "a_table_behind_a_remark": "SELECT count(*) FROM/**/status_change",
    "a_table_joined": "SELECT n.code FROM report_actor r JOIN actor n ON n.code = r.actor_code",
    "a_table_in_a_subquery": "SELECT (SELECT max(code) FROM actor) FROM report_actor",
    "a_table_in_exists": "SELECT 1 FROM report_actor WHERE EXISTS (SELECT 1 FROM status_change WHERE kind = 'count')",
    "a_with_named_like_a_view": "WITH report_claim AS (SELECT * FROM status_change) SELECT * FROM report_claim",
    "a_with_named_like_another_view": "WITH report_actor AS (SELECT * FROM actor) SELECT * FROM report_actor, report_claim",
    "a_subquery_named_like_a_view": "SELECT * FROM (SELECT * FROM actor) AS report_actor",
    "a_recursive_with_named_like_a_view": (
        "WITH RECURSIVE report_actor(x) AS (SELECT code FROM actor UNION SELECT x FROM report_actor) SELECT x FROM report_actor"
    ),
    "a_union": "SELECT actor_code FROM report_actor UNION ALL SELECT code FROM actor",
    "the_projection": "SELECT * FROM current_posture",
    "the_schemas_version": "SELECT version_num FROM alembic_version",
}


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_no_view_cannot_be_read(told: Told, name: str) -> None:
    schema = "main" if told.engine == "sqlite" else "public"
    with pytest.raises(QueryRefused, match="is private"):
        told.ask(PRIVATE[name].format(schema=schema))


SQLITE_ONLY = {
    "load_extension": ("SELECT load_extension('evil.so')", QueryRefused),
    "writefile": ("SELECT writefile('out.txt', 'x')", NotFound),
    "readfile": ("SELECT readfile('/etc/passwd')", NotFound),
    "edit": ("SELECT edit('x')", NotFound),
    "fts3_tokenizer": ("SELECT fts3_tokenizer('simple', x'00')", QueryRefused),
    "fts5_functions": ("SELECT fts5_source_id()", QueryRefused),
    "match": ("SELECT 1 WHERE 'x' MATCH 'y'", PostureError),
    "sqlite_log": ("SELECT sqlite_log(1, 'x')", PostureError),
    "sqlite_compile_options": ("SELECT sqlite_compileoption_get(1)", QueryRefused),
    "zeroblob": ("SELECT zeroblob(2000000000)", QueryRefused),
    "randomblob": ("SELECT hex(randomblob(1000000000))", QueryRefused),
    "the_schema": ("SELECT sql FROM sqlite_master", QueryRefused),
    "the_schema_counted": ("SELECT count(*) FROM sqlite_schema", QueryRefused),
    "the_temporary_schema": ("SELECT sql FROM sqlite_temp_master", QueryRefused),
    "a_pragma_as_a_table": ("SELECT * FROM pragma_table_info('status_change')", QueryRefused),
    "a_pragma_that_writes_as_a_table": ("SELECT * FROM pragma_journal_mode", PostureError),
    "the_list_of_files": ("SELECT * FROM pragma_database_list", QueryRefused),
    "the_pages": ("SELECT * FROM dbstat", QueryRefused),
    "the_bytes": ("SELECT * FROM sqlite_dbpage", PostureError),
    "the_statements": ("SELECT * FROM sqlite_stmt", QueryRefused),
    "a_tokenizer_as_a_table": ("SELECT * FROM fts3tokenize('simple', 'a b')", QueryRefused),
    "a_table_counted_in_brackets": ("SELECT count(*) FROM (status_change)", QueryRefused),
    "the_full_text_index": ("SELECT * FROM passage_index", QueryRefused),
    "a_shadow_table": ("SELECT * FROM passage_index_data", QueryRefused),
    "a_view_under_its_schema": ("SELECT * FROM main.report_claim", QueryRefused),
    "a_text_as_a_table": ("SELECT * FROM 'status_change'", QueryRefused),
    "brackets_as_quotes": ("SELECT * FROM [status_change]", QueryRefused),
    "an_index_hint": ("SELECT * FROM status_change NOT INDEXED", QueryRefused),
    "an_unknown_name_in_quotes": ('SELECT "kidn" FROM report_claim', UnknownColumn),
    "a_long_compound": (" UNION ALL ".join(["SELECT 1"] * 600), UsageMistake),
    "a_deep_expression": (f"SELECT {'(' * 900}1{')' * 900}", UsageMistake),
    "a_deep_sum": (f"SELECT {'+'.join('1' * 5000)}", UsageMistake),
    "very_many_columns": (f"SELECT {','.join('1' * 1000)}", UsageMistake),
    "a_long_pattern": (f"SELECT 'x' LIKE '{'%a' * 5000}'", UsageMistake),
    "a_numbered_parameter": ("SELECT ?1", UsageMistake),
    "a_dollar_parameter": ("SELECT $x", UsageMistake),
}


@pytest.mark.parametrize("name", SQLITE_ONLY)
@pytest.mark.parametrize("told", ["sqlite"], indirect=True)
def test_what_sqlite_could_be_talked_into_is_refused(told: Told, name: str) -> None:
    before = told.state()
    query, expected = SQLITE_ONLY[name]
    with pytest.raises(expected):
        told.ask(query)
    assert told.state() == before


POSTGRESQL_ONLY = {
    "read_a_file": ("SELECT pg_read_file('/etc/passwd')", QueryRefused),
    "read_a_binary_file": ("SELECT pg_read_binary_file('PG_VERSION')", QueryRefused),
    "list_a_folder": ("SELECT pg_ls_dir('.')", QueryRefused),
    "import_a_file": ("SELECT lo_import('/etc/passwd')", QueryRefused),
    "export_a_file": ("SELECT lo_export(1, '/tmp/out')", QueryRefused),
    "make_a_large_object": ("SELECT lo_create(0)", QueryRefused),
    "make_one_from_bytes": ("SELECT lo_from_bytea(0, 'x')", QueryRefused),
    "dblink": ("SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t(x int)", NotFound),
    "another_role": ("SELECT set_config('role', 'posture', false)", QueryRefused),
    "another_user": ("SELECT set_config('session_authorization', 'posture', false)", QueryRefused),
    "leave_read_only": ("SELECT set_config('transaction_read_only', 'off', true)", QueryRefused),
    "leave_read_only_then_write": (
        "SELECT set_config('transaction_read_only', 'off', true), query_to_xml('DELETE FROM status_change', true, true, '')",
        QueryRefused,
    ),
    "a_query_as_xml": ("SELECT query_to_xml('SELECT * FROM status_change', true, true, '')", QueryRefused),
    "a_query_within_a_function": ("SELECT * FROM ts_stat('SELECT to_tsvector(kind) FROM status_change')", QueryRefused),
    "a_write_within_a_function": ("SELECT * FROM ts_stat('DELETE FROM report_claim RETURNING NULL')", PostureError),
    "a_role_put_off_before_a_query_within_a_function": (
        (
            "SELECT set_config('role', 'none', true),"
            " ARRAY(SELECT word FROM ts_stat('SELECT to_tsvector(pg_read_file(''PG_VERSION''))'))"
        ),
        QueryRefused,
    ),
    "a_table_as_xml": ("SELECT table_to_xml('status_change', true, true, '')", PostureError),
    "a_write_as_xml": ("SELECT query_to_xml('DELETE FROM report_claim', true, true, '')", PostureError),
    "two_queries_as_xml": ("SELECT query_to_xml('SELECT 1; SELECT 2', true, true, '')", PostureError),
    "reload": ("SELECT pg_reload_conf()", QueryRefused),
    "stop_others": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'posture' AND pid <> pg_backend_pid()",
        QueryRefused,
    ),
    "switch_the_log": ("SELECT pg_switch_wal()", QueryRefused),
    "passwords": ("SELECT * FROM pg_authid", QueryRefused),
    "user_mappings": ("SELECT * FROM pg_shadow", QueryRefused),
    "select_into": ("SELECT * INTO mine FROM report_actor", QueryRefused),
    "for_update": ("SELECT * FROM report_actor FOR UPDATE", QueryRefused),
    "table_command": ("TABLE status_change", QueryRefused),
    "a_row_of_a_table": ("SELECT (x.r).* FROM (SELECT s AS r FROM status_change s) x", QueryRefused),
    "statistics": ("SELECT * FROM pg_statistic", QueryRefused),
    "an_endless_recursion": (
        "WITH RECURSIVE c(x) AS (SELECT 1::numeric UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
        OutOfTime,
    ),
    "sleep": ("SELECT pg_sleep(60)", OutOfTime),
    "sleep_without_a_limit": ("SELECT set_config('statement_timeout', '0', false), pg_sleep(60)", OutOfTime),
    "a_lock_kept": ("SELECT pg_advisory_lock(31651345285640037), pg_sleep(60)", OutOfTime),
    "a_long_text": ("SELECT repeat('x', 300000000)", TOO_MUCH),
    "many_long_texts": ("SELECT repeat('x', 10000000) FROM generate_series(1, 1000)", TOO_MUCH),
    "too_long_a_text": ("SELECT repeat('x', 2000000000)", TOO_MUCH),
}


@pytest.mark.parametrize("name", POSTGRESQL_ONLY)
@pytest.mark.parametrize("told", ["postgresql"], indirect=True)
def test_what_postgresql_could_be_talked_into_is_refused(told: Told, name: str) -> None:
    before = told.state()
    query, expected = POSTGRESQL_ONLY[name]
    with pytest.raises(expected) as caught:
        told.ask(query)
    assert "\n" not in str(caught.value)
    assert told.state() == before


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
RUNAWAY = {
    "counting_without_end": ENDLESS + "SELECT count(*) FROM c",
    "sorting_without_end": ENDLESS + "SELECT x FROM c ORDER BY x DESC",
    "telling_apart_without_end": "WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x + 1 FROM c) SELECT count(*) FROM c",
    "a_huge_cross_join": (
        "SELECT count(*) FROM report_claim a, report_claim b, report_claim c, report_claim d, report_claim e"
    ),
    "texts_that_double": (
        "WITH RECURSIVE c(n, t) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT n + 1, t || t FROM c WHERE n < 40)"
        " SELECT t FROM c"
    ),
    "one_text_of_all": (
        "SELECT {join}(a.excerpt, ',') FROM report_evidence a, report_evidence b, report_evidence c, report_evidence d"
    ),
    "a_list_of_all": "SELECT {list}(x.t) FROM (SELECT {long} AS t FROM report_claim a, report_claim b) x",
}
_SPELLED = {
    "sqlite": {"join": "group_concat", "list": "json_group_array", "long": "printf('%1000000d', a.claim_id)"},
    "postgresql": {"join": "string_agg", "list": "json_agg", "long": "repeat('x', 1000000)"},
}


@pytest.mark.parametrize("name", RUNAWAY)
def test_a_query_that_would_not_end_is_ended(told: Told, name: str) -> None:
    with pytest.raises(TOO_MUCH) as caught:
        told.ask(RUNAWAY[name].format(**_SPELLED[told.engine]))
    assert caught.value.exit_code == 1
    assert "--timeout" in str(caught.value) or "fewer rows" in str(caught.value)


@pytest.mark.parametrize("told", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT printf('%31000000d', 1) || printf('%31000000d', 1)",
        "SELECT replace(printf('%9000000d', 1), ' ', 'aaaaaaaaaaaaaaaa')",
        "SELECT group_concat(printf('%9000000d', claim_id)) FROM report_claim",
        (
            "SELECT printf('%30000000d', claim_id) AS a, printf('%30000000d', claim_id + 1) AS b,"
            " printf('%30000000d', claim_id + 2) AS c FROM report_claim"
        ),
    ],
)
def test_a_text_of_gigabytes_is_never_made(told: Told, query: str) -> None:
    with pytest.raises(OutOfMemory):
        told.ask(query, bounds=Bounds(seconds=60, memory=96 * 2**20))


# --- who may ask ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["postgresql"], indirect=True)
def test_a_superuser_does_not_ask_unless_he_says_so(told: Told) -> None:
    query = read_query("SELECT count(*) FROM report_actor")
    with pytest.raises(QueryRefused, match="is a superuser.*reader-role"):
        ask(read_address(told.owner), query, QUICK)
    assert ask(read_address(told.owner), query, QUICK, unsafe=True).rows[0][0] > 0


@pytest.mark.parametrize("told", ["postgresql"], indirect=True)
def test_a_role_that_a_superuser_put_on_protects_nothing(told: Told) -> None:
    # What it would let through: the query puts the role off, and a query within a function then runs without it.
    escape = (
        "SELECT set_config('role', 'none', true),"
        " ARRAY(SELECT word FROM ts_stat('SELECT to_tsvector(pg_read_file(''PG_VERSION''))'))"
    )
    role = told.reader.partition("//")[2].partition("@")[0]
    address = read_address(f"{told.owner}&options=-c%20role%3D{role}")
    with pytest.raises(QueryRefused, match="is a superuser"):
        ask(address, read_query(escape), QUICK)
    assert ask(address, read_query(escape), QUICK, unsafe=True).rows[0][1], "then this test is of no use any more"


@pytest.mark.parametrize("told", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("grants", "power"),
    [
        ("GRANT INSERT ON actor TO {role}", "may write to the tables"),
        ("GRANT pg_read_server_files TO {role}", "is a member of pg_read_server_files"),
        ("GRANT posture TO {role}", "is a superuser by membership"),
        ("ALTER TABLE alias OWNER TO {role}", "owns the tables"),
    ],
)
def test_who_could_write_does_not_ask(told: Told, grants: str, power: str) -> None:
    role = f"writer_{uuid4().hex}"
    with connect(told.owner) as database:
        database.execute(f"CREATE ROLE {role} LOGIN NOINHERIT; {grants.format(role=role)}")
        try:
            with pytest.raises(QueryRefused, match=power):
                ask(read_address(told.owner.replace("//posture@", f"//{role}@")), read_query("SELECT 1"), QUICK)
        finally:
            database.execute(f"REASSIGN OWNED BY {role} TO posture; DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize("told", ["postgresql"], indirect=True)
def test_a_query_cannot_hold_up_writers_for_longer_than_its_time(told: Told) -> None:
    with pytest.raises(OutOfTime):
        told.ask("SELECT pg_advisory_lock(31651345285640037), pg_sleep(60)")
    with connect(told.owner, timeout=5) as database, database.write():
        pass


# --- what is found --------------------------------------------------------------------------------------------------------


def test_a_query_finds_what_the_view_says(told: Told) -> None:
    found = told.ask(
        "SELECT line, kind, low FROM report_claim WHERE modality = :modality AND low >= :low ORDER BY claim_id",
        "modality=actual",
        "low=1000",
    )
    with connect(told.owner, readonly=True) as database:
        expected = database.tuples(
            "SELECT d.code || coalesce('/' || a.code, ''), c.kind, c.quantity_low FROM status_change c"
            " JOIN deployment d ON d.id = c.deployment_id LEFT JOIN asset a ON a.id = c.asset_id"
            " WHERE c.modality = 'actual' AND c.quantity_low >= 1000 ORDER BY c.id"
        )
    assert found.columns == ["line", "kind", "low"]
    assert expected and [tuple(row) for row in found.rows] == expected
    assert not found.cut and found.as_of is None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) AS n FROM report_claim",
        "SELECT count(*) AS n FROM report_claim c JOIN report_source s ON s.source_code = c.source_code",
        "WITH x AS (SELECT * FROM report_claim), y AS (SELECT count(*) AS n FROM x) SELECT n FROM y",
        "SELECT count(*) AS n FROM (SELECT DISTINCT claim_id FROM report_claim) AS x",
        'SELECT count(*) AS "n" FROM "report_claim" AS "r" WHERE "r"."claim_id" > 0',
        "SELECT sum(1) AS n FROM REPORT_CLAIM -- all; of them",
        "SELECT count(*) AS n FROM report_claim WHERE EXISTS (SELECT 1 FROM report_actor a WHERE a.actor_code = 'fra');",
        "/* every; one */ SELECT max(n) AS n FROM (SELECT row_number() OVER (ORDER BY claim_id) AS n FROM report_claim) AS x",
        "SELECT count(*) AS n FROM report_claim WHERE '; DELETE FROM actor; --' <> ''",
    ],
)
def test_honest_queries_are_answered_alike(told: Told, query: str) -> None:
    assert told.ask(query).rows == [[63]]


def test_every_view_can_be_asked(told: Told) -> None:
    from posture.store.views import VIEWS

    for view in VIEWS:
        found = told.ask(f"SELECT * FROM {view.name}")
        assert found.columns == [column.name for column in view.columns]
        assert told.ask(f"SELECT * FROM {view.name} WHERE 1 = 0").columns == found.columns
        assert told.ask(f"SELECT count(*) FROM {view.name}").rows == [[len(found.rows)]]
        told.ask(view.example.query)


def test_an_answer_says_where_it_was_cut(told: Told) -> None:
    found = told.ask("SELECT claim_id FROM report_claim ORDER BY claim_id", bounds=Bounds(rows=5, seconds=10))
    assert [row[0] for row in found.rows] == [1, 2, 3, 4, 5] and found.cut
    assert not told.ask("SELECT claim_id FROM report_claim", bounds=Bounds(rows=63, seconds=10)).cut


def test_an_endless_answer_is_cut_too(told: Told) -> None:
    found = told.ask(ENDLESS + "SELECT x FROM c", bounds=Bounds(rows=10, seconds=10))
    assert found.cut and len(found.rows) == 10


def test_columns_of_one_name_are_told_apart(told: Told) -> None:
    assert told.ask("SELECT 1 AS a, 2 AS a, 3 AS b").columns == ["a", "a_2", "b"]


def test_values_that_json_cannot_say_are_texts(told: Told) -> None:
    if told.engine == "sqlite":
        assert told.ask("SELECT 9e999 AS a, x'00ff' AS b, CAST(x'61ff' AS text) AS c").rows == [
            ["inf", "00ff", "a\ufffd"]
        ]
        return
    found = told.ask(
        "SELECT 'NaN'::float8 AS a, '\\x00ff'::bytea AS b, 10::numeric ^ 5000 AS c, ARRAY[1, 2] AS d, 1.5 AS e,"
        " date '2023-09-06' AS f, interval '1 day' AS g, true AS h, '{\"a\": [1]}'::json AS i"
    ).rows[0]
    assert found[:2] == ["nan", "00ff"] and len(found[2]) > 5000
    assert found[3:] == [[1, 2], 1.5, "2023-09-06", "1 day, 0:00:00", True, {"a": [1]}]


def test_the_age_of_a_projection_is_told(told: Told) -> None:
    found = told.ask("SELECT count(*) FROM report_posture")
    assert found.as_of is not None and found.as_of[0] <= found.as_of[1]
    assert found.known_seq == 16 and found.known_at is not None


# --- parameters ------------------------------------------------------------------------------------------------------------


def test_parameters_have_types(told: Told) -> None:
    found = told.ask("SELECT :a + 1 AS a, :b * 2 AS b, :c AS c, :d IS NULL AS d", "a=41", "b=1.25", "c='007'", "d=null")
    assert [float(found.rows[0][0]), float(found.rows[0][1]), found.rows[0][2]] == [42, 2.5, "007"]
    assert found.rows[0][3] in (1, True)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-20", -20), ("007", "007"), ("'1'", "1"), ("NULL", None), ("", ""), ("1e5", "1e5"), ("2023-09-06", "2023-09-06"),
     ("9" * 30, "9" * 30), ("it''s", "it''s"), ("'it''s'", "it's"), ("\u0661", "\u0661")],
)  # fmt: skip
def test_a_value_is_read_as_what_it_looks_like(text: str, value: object) -> None:
    assert read_value(text) == value


def test_a_parameter_is_never_sql(told: Told) -> None:
    evil = "x'; DELETE FROM actor; --"
    assert told.ask("SELECT :x AS x", f"x={evil}").rows == [[evil]]
    assert told.ask("SELECT ':x' AS x, '%s' AS y, 5 % 3 AS z").rows == [[":x", "%s", 2]]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ((), "asks for :a; give it with --param a=VALUE"),
        (("a=1", "b=2"), "has no :b; it asks for :a"),
        (("a=1", "a=2"), "given twice"),
        (("a",), "write --param name=value"),
    ],
)
def test_a_parameter_missing_or_too_many_is_said(params: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageMistake, match=message):
        read_query("SELECT :a", params)


# --- mistakes ---------------------------------------------------------------------------------------------------------------


def test_an_unknown_column_is_told_with_what_was_meant(told: Told) -> None:
    with pytest.raises(UnknownColumn, match='no column "lwo"; did you mean "low"') as caught:
        told.ask("SELECT lwo FROM report_posture")
    assert caught.value.exit_code == 3
    with pytest.raises(UnknownColumn, match='no column "p.actor".*"actor_code"'):
        told.ask("SELECT p.actor FROM report_posture p")


def test_an_unknown_view_is_told_with_what_was_meant(told: Told) -> None:
    with pytest.raises(UnknownView, match='no view "report_postur"; did you mean "report_posture"') as caught:
        told.ask("SELECT * FROM report_postur")
    assert caught.value.exit_code == 3
    with pytest.raises(UnknownView, match='no view "claim"; did you mean "report_claim"'):
        told.ask("SELECT * FROM claim")


def test_an_unknown_function_is_told(told: Told) -> None:
    with pytest.raises(NotFound, match='no function "nonsense"'):
        told.ask("SELECT nonsense(1)")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT * FORM report_claim", "character 10"),
        ("SELECT line\nFROM report_claim\nWHER kind = 'count'", "line 3, character 6"),
        ("SELECT :a, kind kind kind FROM report_claim", "character 22"),
        ("SELECT line FROM report_claim WHERE", "character 36"),
    ],
)
def test_a_mistake_in_the_language_is_told_with_its_place(told: Told, query: str, place: str) -> None:
    with pytest.raises(UsageMistake, match=f"cannot read the query at {place}:") as caught:
        told.ask(query, *(["a=1"] if ":a" in query else []))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "there is no query"),
        ("-- nothing", "there is no query"),
        ("SELCT 1", 'begins with SELECT, WITH or VALUES, not with "SELCT"'),
        ("SELECT 1\0", "NUL"),
        ("SELECT '" + "x" * 100_000 + "'", "100,000 is the most"),
    ],
)
def test_what_is_no_query_is_told_before_anything_is_asked(query: str, message: str) -> None:
    with pytest.raises(UsageMistake, match=message):
        read_query(query)


# --- the process -------------------------------------------------------------------------------------------------------------


def test_a_database_that_a_crash_left_half_done_can_be_asked(tmp_path: Path, make_url: Any) -> None:
    path = Path(read_address(make_url("sqlite")).path)
    crashed = sqlite3.connect(path, isolation_level=None)
    crashed.execute("PRAGMA cache_size = 1")
    crashed.execute("BEGIN IMMEDIATE")
    crashed.execute(
        "CREATE TABLE filler AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 9999) SELECT x FROM c"
    )
    half = tmp_path / "half.db"
    shutil.copy(path, half)
    shutil.copy(f"{path}-journal", f"{half}-journal")
    crashed.close()
    assert ask(read_address(str(half)), read_query("SELECT count(*) FROM report_claim"), QUICK).rows == [[0]]


def test_a_database_in_wal_mode_can_be_asked(make_url: Any) -> None:
    path = read_address(make_url("sqlite")).path
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    assert ask(read_address(path), read_query("SELECT count(*) FROM report_claim"), QUICK).rows == [[0]]
    writer.close()
    assert ask(read_address(path), read_query("SELECT count(*) FROM report_claim"), QUICK).rows == [[0]]


def test_passwords_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from posture.store import reader

    monkeypatch.setenv("PGPASSWORD", "secret")
    assert "secret" not in json.dumps(dict.fromkeys(reader._KEPT, True)) and "PGPASSWORD" not in reader._KEPT
