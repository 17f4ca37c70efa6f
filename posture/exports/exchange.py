"""Puts one folder in the place of another in a single step, where the system can: there is no moment without either."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS."""
_HERE = -100
"""AT_FDCWD of Linux: paths are read as everywhere."""
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOTTY, errno.EPERM)
"""What a system or file system answers that knows no exchange."""


@cache
def _call() -> Callable[[bytes, bytes], int] | None:
    """Return the system's own exchange of two paths; None where it has none."""
    if os.name != "posix":
        return None
    library: Any = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda one, other: int(library.renamex_np(one, other, ctypes.c_uint(_EXCHANGE)))
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        return lambda one, other: int(library.renameat2(_HERE, one, _HERE, other, ctypes.c_uint(_EXCHANGE)))
    return None


def exchange(one: str, other: str) -> bool:
    """Exchange what two paths name, in one step, and return True; False where this system or file system cannot.

    Raises OSError where it could and failed.
    """
    call = _call()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), other)


def sync_folder(path: str) -> None:
    """Make the names in a folder last through a loss of power."""
    if os.name != "posix":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that sync no folders
            raise
    finally:
        os.close(handle)


def sync_file(path: str) -> None:
    """Make a file's content last through a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
