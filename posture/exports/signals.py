"""What a run tells others: programs that run before and after it, and addresses that are pinged."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from posture.errors import PostureError
from posture.exports.due import length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PING_SECONDS = 10
LONGEST_BODY = 10_000


class HookFailed(PostureError):
    """A program that a job runs did not end well."""

    def __init__(self, words: Sequence[str], what: str) -> None:
        super().__init__(f"the hook {words[0]} {what}")


def run_hooks(hooks: Sequence[Sequence[str]], facts: Mapping[str, str], folder: str, timeout: str) -> None:
    """Run programs one after the other, in a folder; raises HookFailed for the first that does not end well.

    What they print goes where ours goes on standard error; they read nothing.
    """
    allowed = length(timeout)
    for words in hooks:
        try:
            code, output = _run(words, {**os.environ, **facts}, folder, allowed.total_seconds() if allowed else None)
        except subprocess.TimeoutExpired:
            raise HookFailed(words, f"took longer than {timeout} and was ended") from None
        except (OSError, ValueError) as error:
            raise HookFailed(words, f"cannot be run: {getattr(error, 'strerror', None) or error}") from error
        if code:
            said = output.decode(errors="replace").strip().splitlines()
            last = f": {said[-1][:200]}" if said else ""
            raise HookFailed(words, (f"was ended by signal {-code}" if code < 0 else f"ended with {code}") + last)


def _run(words: Sequence[str], environment: Mapping[str, str], folder: str, seconds: float | None) -> tuple[int, bytes]:
    """Return the exit code of a program and what it said; where it takes too long, or we are interrupted, all it began ends too."""
    with subprocess.Popen(
        list(words),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as program:
        try:
            output, _ = program.communicate(timeout=seconds)
        except BaseException:
            _end(program)
            raise
        return program.returncode, output


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it began."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)  # it leads a group of its own
    else:
        program.kill()


def ping(address: str | None, body: str = "") -> str | None:
    """Tell an address, and return what went wrong, in a line that does not repeat the address: its path may be a secret."""
    if address is None:
        return None
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    host = urlsplit(address).hostname or "the address"
    try:
        request = Request(address, data=body.encode()[:LONGEST_BODY], headers={"User-Agent": "posture"})  # noqa: S310 - http(s) alone: the file of jobs allows nothing else
        with urlopen(request, timeout=PING_SECONDS):  # noqa: S310
            return None
    except HTTPError as error:
        error.close()
        return f"{host} answered the ping with {error.code}"
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return f"{host} could not be pinged: {getattr(reason, 'strerror', None) or type(reason).__name__}"
