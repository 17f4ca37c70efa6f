"""What is answered at the door, and what the process as a whole does: streams, exit codes, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from posture import __version__
from tests.cli.conftest import run_process

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

_MODULES = """
import sys
sys.argv = {argv!r}
try:
    import posture.__main__
    posture.__main__.main()
except SystemExit as leaving:
    print(leaving.code, *sorted(sys.modules), file=sys.stderr)
"""


def _modules(*words: str, environment: dict[str, str] | None = None) -> set[str]:
    """Return the modules that are imported when the program has run with these words."""
    program = _MODULES.format(argv=["posture", *words])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(modules)


@pytest.mark.parametrize(
    "words", [(), ("--help",), ("-h",), ("log", "--help"), ("log", "count", "--help"), ("--version",)]
)
def test_help_needs_neither_the_parser_nor_the_database(words: tuple[str, ...]) -> None:
    assert not _modules(*words) & {"typer", "sqlite3", "inspect", "dataclasses", "rich", "pydantic", "sqlalchemy"}


def test_completion_needs_no_parser(tmp_path: Path) -> None:
    environment = {"_POSTURE_COMPLETE": "bash", "POSTURE_DATABASE_URL": str(tmp_path / "none.db")}
    assert not _modules("log", "count", "f", environment=environment) & {
        "typer",
        "rich",
        "pydantic",
        "sqlalchemy",
        "inspect",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--on", "2023-09"),
        ("report", "posture", "--as-of", "2023-10-01"),
        ("history",),
        ("source", "list"),
    ],
)
def test_ordinary_commands_import_nothing_heavy(words: tuple[str, ...], told_on_sqlite: Runs) -> None:
    told_on_sqlite("log", "count", "fra-ner/personnel", "~1500", "--source", "rfi")
    heavy = {
        "pydantic",
        "pydantic_core",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "pycountry",
        "airportsdata",
        "rich",
        "tomllib",
    }
    assert not _modules(*words) & heavy


def test_help_can_be_asked_for_in_every_way() -> None:
    wanted = run_process("log", "count", "--help").stdout
    for words in (("help", "log", "count"), ("log", "count", "-h"), ("log", "count", "fra-ner", "-h")):
        assert run_process(*words).stdout.strip() == wanted.strip()
    assert run_process("help").stdout == run_process("--help").stdout
    assert "Did you mean 'log'?" in run_process("help", "lgo").stderr


def test_without_its_place_in_typer_the_pass_through_is_done_without(
    told_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posture.cli.text_parameters.keep_as_typed", lambda _: None)
    words = ("log", "count", "fra-ner/drones", "4", "--source", "rfi", "--complete", "--note", "x")
    assert told_on_sqlite(*words).lines == ["claim 1", "entry #11"]
    assert "no option" not in told_on_sqlite("history", "--limit", "3").err


def test_the_version_is_told() -> None:
    assert run_process("--version").stdout == f"posture {__version__}\n"


def test_no_command_is_answered_with_the_help() -> None:
    done = run_process()
    assert (done.returncode, done.stderr) == (0, "")
    assert "Begin with:" in done.stdout


def test_half_a_command_is_told_the_other_half() -> None:
    done = run_process("log")
    assert (done.returncode, done.stdout) == (2, "")
    assert "announcement" in done.stderr


def test_the_parser_gives_the_same_help_as_the_door() -> None:
    at_the_door = run_process("log", "count", "--help").stdout
    assert run_process("log", "count", "fra-ner", "5", "--help").stdout.strip() == at_the_door.strip()
    assert run_process("--db", "x.db", "log", "--help").stdout.strip() == run_process("log", "--help").stdout.strip()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.usefixtures("told_on_sqlite")
def test_a_closed_pipe_is_no_error(unbuffered: str) -> None:
    program = f"{sys.executable} -m posture source list -f jsonl | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", program],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_was_never_there_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "posture", "--help"], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [("--help",), ("source", "list", "-f", "csv")])
@pytest.mark.usefixtures("told_on_sqlite")
def test_a_full_disk_is_one_line(words: tuple[str, ...], unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "posture", *words],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "posture: cannot write the output: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("into", "said"),
    [
        (">/dev/full", "cannot write the output: No space left on device"),
        (">&-", "there is no standard output to write to"),
    ],
)
@pytest.mark.usefixtures("told_on_sqlite")
def test_what_was_recorded_but_could_not_be_told_says_so(into: str, said: str) -> None:
    command = f"{sys.executable} -m posture log count fra-ner/drones 4 --source rfi -q {into}"
    done = subprocess.run(["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"posture: entry #11 was recorded, but {said}\n"


@pytest.mark.usefixtures("told_on_sqlite")
def test_no_standard_output_is_one_line() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m posture source list >&-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "posture: there is no standard output to write to\n"


@pytest.mark.usefixtures("told_on_sqlite")
def test_an_interrupt_ends_with_a_line(tmp_path: Path) -> None:
    fifo = tmp_path / "never-written"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [sys.executable, "-m", "posture", "source", "add", "slow", str(fifo)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(1.5)  # it waits for the document
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=10)
    assert (running.returncode, out, err) == (130, "", "posture: interrupted\n")


@pytest.mark.usefixtures("told_on_sqlite")
def test_nothing_waits_for_an_answer_off_a_terminal() -> None:
    for words in (("source", "remove", "rfi"), ("undo", "3"), ("db", "downgrade", "base"), ("seed",)):
        assert run_process(*words).returncode in (0, 1, 2, 3, 4)


@pytest.mark.usefixtures("told_on_sqlite")
def test_no_colour_leaves_a_pipe_plain() -> None:
    done = run_process("source", "list", environment={"TERM": "xterm"})
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("environment", "styled"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
@pytest.mark.usefixtures("told_on_sqlite")
def test_a_terminal_is_styled_unless_it_says_no(environment: dict[str, str], styled: bool) -> None:
    assert ("\x1b[1m" in _on_a_terminal("source", "list", environment=environment)) is styled


@pytest.mark.usefixtures("told_on_sqlite")
def test_no_color_is_an_option_too() -> None:
    assert "\x1b" not in _on_a_terminal("source", "list", "--no-color")
    assert "\x1b" not in _on_a_terminal("--no-color", "source", "list")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "md"])
def test_nothing_recorded_acts_on_a_terminal(form: str, told_on_sqlite: Runs) -> None:
    title = "a\x1b[2J\u202eb"
    told_on_sqlite("source", "edit", "rfi", "--title", title)
    shown = _on_a_terminal("source", "list", "-f", form, "--no-color")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    if form == "csv":
        assert title in told_on_sqlite("source", "list", "-f", form).out


def _on_a_terminal(*words: str, environment: dict[str, str] | None = None) -> str:
    """Return what the program writes to a terminal."""
    ours, theirs = os.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    surroundings = {**inherited, "TERM": "xterm", **(environment or {})}
    done = subprocess.Popen(
        [sys.executable, "-m", "posture", *words], stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    assert done.wait(10) == 0
    return written.decode()


def test_a_narrow_encoding_gets_an_escape(told_on_sqlite: Runs) -> None:
    told_on_sqlite("source", "edit", "rfi", "--title", "Tillabéri 尼日尔")
    done = run_process("source", "list", environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "Tillab\\xe9ri" in done.stdout


def test_words_that_are_no_text_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "posture", "show", b"\xff"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "posture: argument 2 is not valid UTF-8 text\n"


def test_a_folder_that_is_gone_is_no_crash(tmp_path: Path) -> None:
    program = f"mkdir gone; cd gone; rmdir ../gone; {sys.executable} -m posture config show"
    done = subprocess.run(
        ["bash", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
