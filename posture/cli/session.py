"""What a command has at hand: the settings, the database, and the two streams."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError, UsageMistake
from posture.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from posture.ledger.entry import Writing
    from posture.store.connection import Database, Row


class ReaderGone(Exception):
    """Whoever read our output has had enough of it."""


class Session:
    """One run of the program."""

    def __init__(self) -> None:
        self.debug = False
        self.no_color = False
        self._flags: dict[str, str] = {}
        self._database: Database | None = None

    def take(self, given: Mapping[str, Any]) -> None:
        """Take in the options that stand before any command or after it; the later wins."""
        self.debug = self.debug or bool(given.get("debug"))
        self.no_color = self.no_color or bool(given.get("no_color"))
        for option, setting in (("db", "database_url"), ("by", "recorded_by"), ("stale_after", "stale_after")):
            if given.get(option) is not None:
                self._flags[setting] = given[option]

    @property
    def settings(self) -> Settings:
        """The settings, with what the command line said."""
        return Settings(flags=self._flags)

    @property
    def timeout(self) -> float:
        """Seconds to wait for another writer."""
        return float(self.settings.number("busy_timeout"))

    def database(self, *, readonly: bool = False, create: bool = False, timeout: float | None = None) -> Database:
        """Open the database that the settings name; it is closed when the command ends.

        `timeout` are the seconds to wait for another writer, where those of the settings are too many.
        """
        from posture.store.connection import open_database

        wait = self.timeout if timeout is None else min(timeout, self.timeout)
        self._database = open_database(self.settings.database_url, create=create, readonly=readonly, timeout=wait)
        self._database.keeper = _current_rows
        return self._database

    @property
    def opened(self) -> Database | None:
        """The database that the command opened; None where it opened none."""
        return self._database

    def close(self) -> None:
        """Close what was opened."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def writing(self, given: Mapping[str, Any], action: str) -> Writing:
        """Return how an entry is to be written, from the options that every writing command has."""
        from posture.ledger.entry import Writing

        return Writing(
            action=action,
            reason=given.get("entry_reason"),
            txid=given.get("txid"),
            recorded_by=self.settings.text("recorded_by"),
            force=bool(given.get("force")),
            create=bool(given.get("create")),
            dry_run=bool(given.get("dry_run")),
        )


def _current_rows(
    db: Database, as_of: date, lines: Collection[int] | None, plans: Collection[int] | None
) -> tuple[dict[int, Row], dict[int, Row]]:
    """Return what the rules give for lines and plans: what the ledger keeps for those who read by SQL."""
    from posture.reports.current import current_rows

    return current_rows(db, as_of, lines, plans)


def say(text: str) -> None:
    """Write a line of talk, to standard error."""
    if sys.stderr is not None:
        from posture.domain.codes import visible

        flush()  # so that talk and data come in their order where both go to one place
        sys.stderr.write(visible(text, keep_lines=True) + "\n")


@contextmanager
def telling_of(seq: int | None) -> Iterator[None]:
    """Make an error in telling of an entry say that it was recorded all the same: who retries would record it twice."""
    try:
        yield
        flush()
    except PostureError as error:
        if seq is None:
            raise
        raise PostureError(f"entry #{seq} was recorded, but {error}") from error


def flush() -> None:
    """Hand on what was written to standard output so far; raises `PostureError` where there is no room for it."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error
    except OSError as error:
        raise PostureError(f"cannot write the output: {error.strerror}") from error


def write(lines: Iterable[str], output: str | None = None) -> None:
    """Write lines of data to standard output, or to a file that is replaced only when all of them are there."""
    if output is not None and output != "-":
        _replace_file(output, lines)
        return
    if sys.stdout is None:
        raise PostureError("there is no standard output to write to")
    for line in lines:
        try:
            sys.stdout.write(line + "\n")
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            raise PostureError(f"cannot write the output: {error.strerror}") from error


def _replace_file(path: str, lines: Iterable[str]) -> None:
    """Write a file beside `path` and put it in its place; whatever fails leaves the old one as it was."""
    if os.path.isdir(path):
        raise UsageMistake(f"{path} is a folder; name a file")
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "w", encoding="utf-8", newline="") as device:  # a pipe or /dev/stdout cannot be replaced
            device.writelines(line + "\n" for line in lines)
        return
    target = os.path.realpath(path)  # through a link, to what it names
    beside = f"{target}.{os.getpid()}.part"
    try:
        with open(beside, "x", encoding="utf-8", newline="") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        os.replace(beside, target)
    except BaseException as error:
        if not isinstance(error, FileExistsError) and os.path.exists(beside):
            os.unlink(beside)
        if isinstance(error, OSError):
            raise PostureError(f"cannot write {path}: {error.strerror}; what was there before is untouched") from error
        raise
