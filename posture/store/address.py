"""Where a database is: a file, or a PostgreSQL server's URL; never shown with its password."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from posture.errors import UsageMistake

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql+psycopg://", "postgresql://", "postgres://")


class Address(NamedTuple):
    """A database's place, read from what was typed."""

    engine: str
    """sqlite or postgresql."""
    path: str
    """The absolute path of the file; empty for PostgreSQL."""
    conninfo: str
    """What libpq is given, with the password; empty for SQLite."""
    shown: str
    """The place as it may be shown to anyone: without the password."""

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"


def read_address(url: str) -> Address:
    """Return the place that a URL or a bare path names."""
    if "\0" in url:
        raise UsageMistake("no database can have a NUL character in its name")
    if url.startswith(_POSTGRESQL):
        rest = url.split("://", 1)[1]
        return Address("postgresql", "", "postgresql://" + _unambiguous(rest), hide_password(url))
    if url.startswith("sqlite:"):
        name = url.removeprefix(_SQLITE)
        if name == url or name in {"", ":memory:"}:
            raise UsageMistake("a SQLite database is a file: write a path, or sqlite:///path")
    elif "://" in url:
        scheme = url.split("://", 1)[0]
        raise UsageMistake(
            f'cannot use a "{scheme}" database; write a path, sqlite:///path or postgresql+psycopg://...'
        )
    elif not url:
        raise UsageMistake("the database has no name; write a path, sqlite:///path or postgresql+psycopg://...")
    else:
        name = url
    path = os.path.abspath(os.path.expanduser(name))
    return Address("sqlite", path, "", path)


def _unambiguous(rest: str) -> str:
    """Return what follows the scheme with every @, / and ? of the user and password escaped.

    A raw password may hold them; the server's library would end it at the first @ and take the rest for a host.
    """
    front, question, query = rest.partition("?")
    who, at, where = front.rpartition("@")
    inside, more, after = query.rpartition("@")
    if more and "=" not in inside:  # no setting stands before that @: the ? is the password's
        who, at = f"{front}?{inside}", more
        where, question, query = after.partition("?")
    return who.replace("@", "%40").replace("/", "%2F").replace("?", "%3F") + at + where + question + query


def hide_password(url: str) -> str:
    """Return the URL with every password in it replaced by `***`."""
    if "://" not in url:
        return url
    scheme, rest = url.split("://", 1)
    rest = re.sub(r"([?&][^=&?]*password[^=&?]*=)[^&]*", r"\1***", rest, flags=re.IGNORECASE)
    # The last @ ends the user and password: a raw password may hold one, or a slash, or a question mark.
    who, at, where = rest.rpartition("@")
    if at and ":" in who:
        who = who.split(":", 1)[0] + ":***"
    return f"{scheme}://{who}{at}{where}"
