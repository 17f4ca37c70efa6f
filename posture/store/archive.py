"""Copies of a PostgreSQL database, by PostgreSQL's own programs: pg_dump and pg_restore, from the PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from posture.errors import IntegrityBroken, PostureError, Refused
from posture.store.connection import connect

if TYPE_CHECKING:
    from posture.store.address import Address
    from posture.store.connection import Database

_LIBPQ = {
    "dbname": "PGDATABASE",
    "application_name": "PGAPPNAME",
    "client_encoding": "PGCLIENTENCODING",
    "channel_binding": "PGCHANNELBINDING",
    "require_auth": "PGREQUIREAUTH",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
}
"""Parts of a URL whose environment variable is not simply PG and their name."""


def dump(database: Database, path: str) -> int:
    """Write the database's archive to `path`, read its contents back, and return the last seq that it surely holds."""
    seq = _last_seq(database)
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"], database.address)
    _check(path)
    return seq


def load(address: Address, path: str, *, force: bool) -> int:
    """Restore an archive, all of it or nothing, and return its last seq."""
    _check(path)
    with connect(address.conninfo) as database:
        used = database.revision() is not None
    if used and not force:
        raise Refused(
            f"{address.shown} holds a posture database, and restoring would replace it; back it up first, then --force"
        )
    command = ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    command += ["--clean", "--if-exists"] if used else []
    # pg_restore reads the database's name from its arguments alone; the rest, and the password, from the environment.
    _run([*command, f"--dbname={_environment(address).get('PGDATABASE', 'postgres')}", path], address)
    with connect(address.conninfo) as database:
        return _last_seq(database)


def _check(path: str) -> None:
    """See to it that an archive can be read and is posture's."""
    contents = _run(["pg_restore", "--list", path])
    if "ledger_entry" not in contents or "alembic_version" not in contents:
        raise IntegrityBroken(f"{path} is a PostgreSQL archive, but not of posture")


def _last_seq(database: Database) -> int:
    return int(database.value("SELECT max(seq) FROM ledger_entry") or 0)


def _run(command: list[str], address: Address | None = None) -> str:
    """Run one of PostgreSQL's programs and return what it says."""
    program = shutil.which(command[0])
    if program is None:
        raise PostureError(
            f"a PostgreSQL database is copied by {command[0]}, which is not on the PATH; install PostgreSQL's client programs"
        )
    environment = {**os.environ, **(_environment(address) if address else {}), "LC_ALL": "C"}
    done = subprocess.run(
        [program, *command[1:]], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        said = (
            "; ".join(re.sub(r"^.*?(error|detail): +", "", line) for line in lines[:2])
            or f"exit code {done.returncode}"
        )
        secret = environment.get("PGPASSWORD")
        raise PostureError(f"{command[0]} failed: {said.replace(secret, '***') if secret else said}{_mend(said)}")
    return done.stdout


def _mend(said: str) -> str:
    """Return how to mend what a program said, where it is too old: for the server, or for the archive of a newer one."""
    if "version mismatch" not in said and "unsupported version" not in said:
        return ""
    return '; put PostgreSQL\'s client programs of the server\'s version first on the PATH, or use "posture dump" and "posture load"'


def _environment(address: Address) -> dict[str, str]:
    """Return the connection's parts as libpq's environment variables: other users cannot see those."""
    from psycopg.conninfo import conninfo_to_dict

    given = conninfo_to_dict(address.conninfo)
    return {_LIBPQ.get(name, f"PG{name.upper()}"): str(value) for name, value in given.items() if value is not None}
