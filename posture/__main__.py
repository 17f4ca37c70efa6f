"""The front door: answers what needs no parser at once, and hands everything else to it.

`posture --help`, the help of a command and shell completion come from plain declarations and take about twice as long
as Python itself to start; importing the parser alone takes five times as long.
"""

from __future__ import annotations

import os
import sys

from posture import __version__
from posture.cli import INTERRUPTED

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing `typing` would take longer than the answer
    from typing import NoReturn

_HELP = ("--help", "-h")


def main() -> None:
    """Run `posture` with the arguments of the process, and exit."""
    try:
        _answer(sys.argv[1:])
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("posture: interrupted\n")
        leave(INTERRUPTED)


def _answer(arguments: list[str]) -> NoReturn:
    """Answer one command line; always ends by leaving."""
    shell = os.environ.get("_POSTURE_COMPLETE")
    if shell:
        from posture.cli.completion import answer

        leave(0, answer(shell, arguments))
    if not arguments or arguments[0] == "--version":
        leave(0, f"posture {__version__}\n" if arguments else _help([]))
    if arguments[0] == "help":
        arguments = [*arguments[1:], "--help"]
    if arguments[-1] in _HELP and (text := _help(arguments[:-1])):
        leave(0, text)
    from posture.cli.running import run

    leave(run(arguments))


def _help(words: list[str]) -> str:
    """Return the help of the program or of the command that `words` lead to; nothing where they lead nowhere."""
    from posture.cli.help_text import help_of
    from posture.cli.screen import terminal_width

    return help_of(words, min(terminal_width(), 100))


def leave(code: int, text: str = "") -> NoReturn:
    """Write `text`, if any, and exit; quietly where the reader has gone, with one line where there is no room."""
    try:
        if sys.stdout is not None:
            sys.stdout.write(text)
            sys.stdout.flush()
        if sys.stderr is not None:
            sys.stderr.flush()
    except BrokenPipeError:
        _give_up_output()
    except OSError as error:
        _give_up_output()
        if not code and sys.stderr is not None:
            sys.stderr.write(f"posture: cannot write the output: {error.strerror}\n")
        code = code or 1
    raise SystemExit(code)


def _give_up_output() -> None:
    """Point standard output at nothing, so that Python's own last flush finds nobody to complain to."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)


if __name__ == "__main__":
    main()
