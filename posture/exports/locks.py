"""A lock for each destination: who comes second does not wait, and changes nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from posture.errors import BUSY, PostureError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Locked(PostureError):
    """Another run publishes to this destination right now."""

    exit_code = BUSY

    def __init__(self, place: str) -> None:
        super().__init__(f"another run publishes to {place} right now; nothing was changed; try again later")


@contextmanager
def locked(path: str, place: str) -> Iterator[None]:
    """Hold the lock in a file for the length of the block; raises `Locked` at once where somebody holds it.

    The system lets go of it when the process ends, however that ends.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(place) from None
    except OSError as error:
        raise PostureError(f"cannot write {os.path.dirname(path)}: {error.strerror}; nothing was changed") from error
    try:
        yield
    finally:
        lock.release()
