"""What the schema of a database is, as text, and what the migrations make of an empty one: the two should not differ.

A trigger, an index or a CHECK that somebody has altered keeps its name, so the texts are compared, not the names.
"""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from posture.store import migrate
from posture.store.connection import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posture.store.connection import Database

Part = tuple[str, str]
"""Kind and name of a part of the schema: `("trigger", "retraction_no_update")`."""

_SQLITE = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    " AND name NOT LIKE 'passage_index_%' AND name <> 'alembic_version'"
)
# What PostgreSQL says of its own parts: as text that it has put in its own form, without comments, which bind nobody.
_POSTGRESQL = """
WITH ours AS (
    SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v') AND c.relname <> 'alembic_version'
)
SELECT 'column', relname || '.' || attname,
    format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
    || ' default ' || coalesce(pg_get_expr(adbin, adrelid), 'none')
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum
UNION ALL
SELECT 'constraint', relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT 'index', i.relname, pg_get_indexdef(indexrelid)
FROM ours JOIN pg_index ON indrelid = ours.oid JOIN pg_class i ON i.oid = indexrelid
UNION ALL
SELECT 'trigger', tgname, tgenabled::text || ' ' || pg_get_triggerdef(pg_trigger.oid)
FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT 'view', relname, pg_get_viewdef(oid) FROM ours WHERE relkind = 'v'
UNION ALL
SELECT 'function', proname, pg_get_functiondef(pg_proc.oid)
FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
WHERE n.nspname = current_schema() AND prokind = 'f' AND NOT EXISTS
    (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def described(database: Database) -> dict[Part, str]:
    """Return the text of every part of a database's schema."""
    if database.engine == "sqlite":
        return _texts(database.tuples(_SQLITE))
    schema = str(database.value("SELECT current_schema()"))
    return _texts(database.tuples(_POSTGRESQL), schema)


def expected(database: Database) -> dict[Part, str]:
    """Return what :func:`described` says of a database that the migrations have just made.

    On SQLite they make one in a folder that is removed again; on PostgreSQL in a schema of its own, in a transaction that is
    rolled back. Raises `PostureError` where that cannot be done.
    """
    if database.engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="posture-") as folder:
            path = os.path.join(folder, "expected.db")
            migrate.upgrade(path)
            with connect(path, readonly=True) as made:
                return described(made)
    schema = f"posture_expected_{uuid4().hex}"
    with migrate.rehearsed(database.address, schema, database.timeout) as connection:
        return _texts([tuple(row) for row in connection.exec_driver_sql(_POSTGRESQL)], schema)


def differences(found: dict[Part, str], wanted: dict[Part, str]) -> list[str]:
    """Return what is missing, what is not as the migrations make it, and triggers that they do not make."""
    missing = [f"{kind} {name} is missing" for kind, name in sorted(wanted.keys() - found.keys())]
    changed = [
        f"{kind} {name} was altered"
        for kind, name in sorted(wanted.keys() & found.keys())
        if found[kind, name] != wanted[kind, name]
    ]
    foreign = [
        f"trigger {name} is not ours" for kind, name in sorted(found.keys() - wanted.keys()) if kind == "trigger"
    ]
    return missing + changed + foreign


def _texts(rows: Iterable[Sequence[Any]], schema: str = "") -> dict[Part, str]:
    """Return texts without what differs from one database to the next: blanks, and the name of the schema."""
    found = {}
    for kind, name, text in rows:
        plain = text.replace(f"{schema}.", "") if schema else text
        found[str(kind), str(name)] = " ".join(re.sub(r"([(),])", r" \1 ", plain).split())
    return found
