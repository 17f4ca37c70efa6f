"""Makes a PostgreSQL role that may select from the views and do nothing else, and says what it did."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError, Refused, UsageMistake
from posture.store import faults

if TYPE_CHECKING:
    from posture.store.address import Address

DEFAULT_NAME = "posture_reader"
_PLAIN = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
_SETTINGS = ("default_transaction_read_only = on", "statement_timeout = '60s'")
"""What holds for the role's own sessions, by any program; `posture sql` brings its own, which the query cannot change."""
_TOO_MUCH = """
SELECT CASE WHEN r.rolsuper THEN 'is a superuser' WHEN r.rolcreaterole THEN 'may make roles'
  WHEN EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = current_schema()::regnamespace)
    THEN 'owns tables' WHEN r.rolname = session_user THEN 'is you' END
FROM pg_roles r WHERE r.rolname = %s
"""
_STRAY = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND (has_table_privilege(%(role)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       OR (c.relname NOT LIKE 'report\\_%%' AND has_any_column_privilege(%(role)s, c.oid, 'SELECT')))
ORDER BY c.relname
"""


@dataclass
class Made:
    """What was done."""

    name: str
    """The role."""
    existed: bool
    """Whether it was there before."""
    statements: list[str] = field(default_factory=list)
    """What was run, or would be; a password in it is struck out."""
    views: int = 0
    """How many views it may read."""
    notes: list[str] = field(default_factory=list)
    """What whoever runs the server should know."""


def make_reader(
    address: Address, name: str = DEFAULT_NAME, *, login: bool, password: str | None, dry_run: bool
) -> Made:
    """Make the role, or give one that is there what it lacks, in one transaction; raises Refused for one that can do more."""
    if address.engine != "postgresql":
        raise UsageMistake('SQLite has no roles, and needs none: "posture sql" opens the file to read it only')
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name) or name.startswith("pg_"):
        raise UsageMistake(f'cannot name a role "{name[:80]}"; use lower-case letters, digits and _')
    import psycopg

    from posture.store.postgresql import connect_psycopg

    connection = connect_psycopg(address, autocommit=False)
    try:
        made = _make(connection, name, login=login, password=password, dry_run=dry_run)
        connection.rollback() if dry_run else connection.commit()
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
        said = error.diag.message_primary or "no permission"
        raise Refused(
            f"this user may not make the role ({said}); nothing was changed; ask an administrator of the server to run"
            " it, or what --dry-run prints"
        ) from None
    except psycopg.Error as error:
        raise faults.from_psycopg(error, address.shown, 30) from None
    finally:
        connection.close()
    return made


def _make(connection: Any, name: str, *, login: bool, password: str | None, dry_run: bool) -> Made:
    too_much = connection.execute(_TOO_MUCH, [name]).fetchone()
    if too_much and too_much[0]:
        raise Refused(f'the role "{name}" {too_much[0]}: no role to only read by; choose another name')
    made = Made(name, existed=too_much is not None)
    (database, schema), views = (
        connection.execute("SELECT current_database(), current_schema()").fetchone(),
        _views(connection),
    )
    if not views:
        raise PostureError('the database has no views yet; run "posture db upgrade" first')
    made.views = len(views)
    role = _quoted(name)
    run = _Running(connection, made, dry_run=dry_run)
    can_log_in = " LOGIN" if login else ""
    run(
        f"{'ALTER' if made.existed else 'CREATE'} ROLE {role} {_PLAIN}{can_log_in or ('' if made.existed else ' NOLOGIN')}"
    )
    for setting in _SETTINGS:
        run(f"ALTER ROLE {role} SET {setting}")
    run(f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {role}")
    run(f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {role}")
    run(f"GRANT SELECT ON {', '.join(map(_quoted, views))} TO {role}")
    if password is not None:
        hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        run(f"ALTER ROLE {role} PASSWORD {{}}", hashed)
    if not dry_run or made.existed:
        made.notes += _notes(connection, name, schema)
    return made


class _Running:
    """Runs statements, or only notes them down."""

    def __init__(self, connection: Any, made: Made, *, dry_run: bool) -> None:
        self.connection, self.made, self.dry_run = connection, made, dry_run

    def __call__(self, statement: str, secret: str | None = None) -> None:
        """Run a statement; a secret takes the place of `{}` in what is run, and stars in what is told."""
        told = statement if secret is None else statement.format("'***'")
        self.made.statements.append(told + ";")
        if not self.dry_run:
            sent = statement if secret is None else statement.format("'" + secret.replace("'", "''") + "'")
            self.connection.execute(sent)


def _views(connection: Any) -> list[str]:
    return [
        row[0]
        for row in connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'"
            " AND relname LIKE 'report\\_%' ORDER BY relname"
        )
    ]


def _notes(connection: Any, name: str, schema: str) -> list[str]:
    """Return what the role can do beside reading the views, by what the server lets everybody do."""
    notes = []
    stray = [row[0] for row in connection.execute(_STRAY, {"role": name})]
    if stray:
        more = f" and {len(stray) - 3} more" if len(stray) > 3 else ""
        notes.append(f"it has more than the views: {', '.join(stray[:3])}{more}; REVOKE what it need not have")
    if connection.execute("SELECT has_schema_privilege(%s, %s, 'CREATE')", [name, schema]).fetchone()[0]:
        notes.append(f"everybody may make tables in the schema {schema}: REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    return notes


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
