"""A statement is written once; only `:name` changes on the way to a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posture.store.address import hide_password, read_address
from posture.store.statements import for_psycopg, spelled_out

if TYPE_CHECKING:
    from posture.store.connection import Database


@pytest.mark.parametrize(
    ("written", "rewritten"),
    [
        ("SELECT :a", "SELECT %(a)s"),
        ("a = :a AND b = :long_name2", "a = %(a)s AND b = %(long_name2)s"),
        ("SELECT x::date, :a::text", "SELECT x::date, %(a)s::text"),
        ("SELECT ':a', :a", "SELECT ':a', %(a)s"),
        ("SELECT 'it''s :a', :a", "SELECT 'it''s :a', %(a)s"),
        ('SELECT ":a" FROM t', 'SELECT ":a" FROM t'),
        ("x LIKE 'a%' AND y = 5 % 2", "x LIKE 'a%%' AND y = 5 %% 2"),
        ("SELECT 1 -- :a\n, :a", "SELECT 1 -- :a\n, %(a)s"),
        ("SELECT /* :a */ :a", "SELECT /* :a */ %(a)s"),
        ("SELECT $$:a %$$, $x$:b$x$, :a", "SELECT $$:a %%$$, $x$:b$x$, %(a)s"),
        ("VALUES (:a,:b)", "VALUES (%(a)s,%(b)s)"),
        ("array[1:2]", "array[1:2]"),
    ],
)
def test_only_names_are_rewritten(written: str, rewritten: str) -> None:
    assert for_psycopg(written) == rewritten


def test_values_reach_both_engines_whole(db: Database) -> None:
    nasty = 'it\'s 100 % :sure -- \\ "x" $$'
    assert (
        db.value("SELECT CAST(:a AS text) || ':b %' WHERE 'x' LIKE '%' AND 5 % 2 = 1", {"a": nasty}) == nasty + ":b %"
    )
    assert db.value("SELECT '100 %'") == "100 %"


def test_a_spelled_out_statement_gives_the_same_answer(db: Database) -> None:
    sql = "SELECT count(*) FROM status WHERE axis = :axis AND id > :low AND name NOT LIKE '%:axis%' AND (:none IS NULL)"
    params = {"axis": "phase", "low": 2, "none": None}
    shown = spelled_out(sql, params)
    assert (
        shown
        == "SELECT count(*) FROM status WHERE axis = 'phase' AND id > 2 AND name NOT LIKE '%:axis%' AND (NULL IS NULL)"
    )
    assert db.value(shown) == db.value(sql, params) == 4
    assert spelled_out("SELECT :a, :b, :c", {"a": "it's", "b": True, "c": 0.5}) == "SELECT 'it''s', TRUE, 0.5"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:pw@host/db", "postgresql://me:***@host/db"),
        ("postgresql+psycopg://me:p@w/x@host:5432/db", "postgresql+psycopg://me:***@host:5432/db"),
        ("postgresql://host/db?user=me&password=pw", "postgresql://host/db?user=me&password=***"),
        ("postgresql://me@host/db?sslmode=require", "postgresql://me@host/db?sslmode=require"),
        ("postgresql:///db", "postgresql:///db"),
        ("postgresql://me:p?w/x@host/db?sslmode=require", "postgresql://me:***@host/db?sslmode=require"),
        ("postgresql://me:a@host/db?password=p@w&x=1", "postgresql://me:***@host/db?password=***&x=1"),
        ("postgresql://host/db?sslPassword=p@w", "postgresql://host/db?sslPassword=***"),
        ("/a/path:with@signs.db", "/a/path:with@signs.db"),
    ],
)
def test_a_password_is_struck_out_of_a_url(url: str, shown: str) -> None:
    assert hide_password(url) == shown


def test_a_path_is_a_path_however_it_is_written(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert read_address("sqlite:////a/b.db").path == "/a/b.db"
    assert read_address("~/b.db").path == "/somewhere/b.db"
    assert read_address("b c%20?#.db").path.endswith("/b c%20?#.db")
    assert read_address("postgresql+psycopg://u:p@h/d").conninfo == "postgresql://u:p@h/d"


def test_a_file_name_may_hold_anything(tmp_path: object) -> None:
    from posture.store.connection import open_database

    path = f"{tmp_path}/a ?b#c%20d é.db"
    with open_database(path, create=True) as db:
        assert db.value("SELECT count(*) FROM actor") == 0


def test_a_raw_password_may_hold_what_ends_one() -> None:
    address = read_address("postgresql+psycopg://u:s3c@re/t@127.0.0.1:1/d")
    assert address.conninfo == "postgresql://u:s3c%40re%2Ft@127.0.0.1:1/d"
    assert "s3c" not in address.shown and "re/t" not in address.shown
    assert read_address("postgresql://u:a?b@h/d?x=1").conninfo == "postgresql://u:a%3Fb@h/d?x=1"
