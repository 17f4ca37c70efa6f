"""`posture db reader-role`: a PostgreSQL role that may only select from the views."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from posture.cli.session import say, write
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Make the role, print what was run, and say what it may do."""
    from posture.store.address import read_address
    from posture.store.reader_role import DEFAULT_NAME, make_reader

    address = read_address(session.settings.database_url)
    login, dry_run = bool(given.get("login") or given.get("password_stdin")), bool(given.get("dry_run"))
    name = given.get("name") or DEFAULT_NAME
    password = _password() if given.get("password_stdin") else None
    made = make_reader(address, name, login=login, password=password, dry_run=dry_run)
    write(made.statements)
    if dry_run:
        say("nothing was run")
        return
    before = "was there, and now may" if made.existed else "is made, and may"
    say(f"the role {made.name} {before} read {made.views} views and nothing else")
    if not login and not made.existed:
        say("it cannot log in yet: run this again with --login or --password-stdin, or grant it to whoever asks")
    elif login:
        say(f"who asks as {made.name}: POSTURE_READER_URL=postgresql+psycopg://{made.name}@HOST/NAME")
    for note in made.notes:
        say(f"mind: {note}")


def _password() -> str:
    """Return the password that was handed in: the line on standard input, asked for where that is a terminal."""
    if sys.stdin is None:
        raise UsageMistake("--password-stdin needs a password on standard input")
    if sys.stdin.isatty():
        import getpass

        password = getpass.getpass("Password of the role: ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageMistake("--password-stdin needs a password on standard input: there was none")
    return password
