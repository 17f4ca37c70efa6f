"""Parses a command line, runs the command, and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from posture.cli import INTERRUPTED
from posture.cli.commands import ROOT
from posture.cli.session import ReaderGone, Session
from posture.cli.text_parameters import make_group
from posture.errors import PostureError, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posture.cli.tree import Command

UNEXPECTED = 1


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit code. Nothing but this prints errors."""
    session = Session()
    _write_what_cannot_be_encoded()
    try:
        session.debug = (
            "--debug" in arguments
        )  # before the parser has spoken, so that its own errors can be looked into
        _refuse_broken_text(arguments)
        return _parse(list(arguments), session)
    except KeyboardInterrupt as error:
        return _fail(session, error, "interrupted", INTERRUPTED)
    except ReaderGone:
        return 0
    except PostureError as error:
        return _fail(session, error, str(error), error.exit_code)
    except OSError as error:
        return _fail(session, error, _os_error(error), UNEXPECTED)
    except Exception as error:  # noqa: BLE001 - the last resort: a person gets a line, not a traceback
        return _fail(session, error, _unexpected(error), UNEXPECTED)
    finally:
        session.close()


def _parse(arguments: list[str], session: Session) -> int:
    def perform(command: Command, given: Mapping[str, Any]) -> None:
        session.take(given)
        module, _, function = command.runs.partition(":")
        getattr(import_module(f"posture.cli.{module}"), function)(session, {**given, **command.settings})

    def at_root(**given: Any) -> None:
        session.take(given)

    from typer import Exit, TyperException

    try:
        outcome = make_group(ROOT, perform, at_root=at_root).main(arguments, prog_name="posture", standalone_mode=False)
    except Exit as leaving:
        outcome = leaving.exit_code
    except TyperException as mistake:
        return _usage(session, mistake)
    if outcome == INTERRUPTED:  # Typer makes an exit of an interrupt
        raise KeyboardInterrupt
    return outcome if isinstance(outcome, int) else 0


def _usage(session: Session, mistake: Any) -> int:
    """Print what the parser found wrong as one line that says where help is; a bare group prints its help instead."""
    context = getattr(mistake, "ctx", None)
    if type(mistake).__name__ == "NoArgsIsHelpError" and context is not None:
        sys.stderr.write(context.get_help() + "\n")
        return UsageMistake.exit_code
    message = " ".join(mistake.format_message().split()).rstrip(".")
    message = message[:1].lower() + message[1:] + _shell_took(mistake)
    where = f' (see "{context.command_path} --help")' if context is not None else ""
    return _fail(session, mistake, message + where, UsageMistake.exit_code)


def _shell_took(mistake: Any) -> str:
    """Return what the shell may have taken away before we saw it: a `#12` or a `>1000` that nobody quoted."""
    kind, about = type(mistake).__name__, mistake.format_message()
    missing = getattr(getattr(mistake, "param", None), "name", "") if kind == "MissingParameter" else ""
    waiting = getattr(mistake, "option_name", "") if "requires" in about else ""
    if waiting in ("--known-at", "--entry") or missing in ("thing", "entry"):
        return ": quote an entry's number, '#12', for the shell takes an unquoted # for a remark"
    if missing == "quantity":
        return (
            ": how many? unknown where nobody says;"
            " quote a quantity such as '>1000' or '<50', for the shell takes an unquoted one for a file"
        )
    return ""


def _fail(session: Session, error: BaseException, message: str, code: int) -> int:
    from posture.domain.codes import visible

    if session.debug:
        import traceback

        traceback.print_exception(error)
    if sys.stderr is not None:
        sys.stderr.write(f"posture: {visible(' '.join(message.split()))}\n")
    return code


def _os_error(error: OSError) -> str:
    where = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{where}{error.strerror or type(error).__name__}"


def _unexpected(error: Exception) -> str:
    """Return a line about an error that nobody foresaw, without its message: that may hold what was recorded."""
    module = type(error).__module__.partition(".")[0]
    if module == "sqlite3":
        return f"the database says: {error}"  # SQLite names tables and columns, never values
    if module == "psycopg":
        state = getattr(error, "sqlstate", None)
        return f"the database server says: {type(error).__name__}{f' ({state})' if state else ''}; --debug shows more"
    return f"unexpected {type(error).__name__}{_place(error)}; --debug shows the whole traceback"


def _place(error: Exception) -> str:
    """Return the innermost place of ours that an error came through."""
    place, trace = "", error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("posture."):
            place = f" in {module} line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _refuse_broken_text(arguments: Sequence[str]) -> None:
    for number, text in enumerate(arguments, start=1):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise UsageMistake(f"argument {number} is not valid UTF-8 text") from error


def _write_what_cannot_be_encoded() -> None:
    """Let a terminal of a narrow encoding get an escape instead of an exception."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
