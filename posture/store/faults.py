"""What a driver's error means, in one line: never a bound value, never a password."""

from __future__ import annotations

import re
from typing import Any

from posture.errors import Busy, ConstraintBroken, IntegrityBroken, PostureError, UsageMistake

_PERMISSIONS = "check who owns the file and its folder, and that both may be written"
_CONSTRAINT_TRIGGER = 1811


def from_sqlite(error: Exception, place: str, timeout: float) -> PostureError:
    """Return what an error of the sqlite3 module means."""
    code = getattr(error, "sqlite_errorcode", 0)
    text = _one_line(str(error))
    match code & 0xFF:
        case 5 | 6:  # BUSY, LOCKED
            return Busy(timeout)
        case 8:  # READONLY
            return PostureError(f"cannot write to {place}: it is read-only; {_PERMISSIONS}")
        case 10:  # IOERR
            name = getattr(error, "sqlite_errorname", "SQLITE_IOERR")
            return PostureError(f"reading or writing {place} failed ({name}); check the disk")
        case 11:  # CORRUPT
            return IntegrityBroken(f'{place} is damaged ({text}); restore a backup with "posture db restore"')
        case 13:  # FULL
            return PostureError(f"the disk is full: nothing was written to {place}")
        case 14:  # CANTOPEN
            return PostureError(f"cannot open {place}; {_PERMISSIONS}")
        case 26:  # NOTADB
            return PostureError(f"{place} is not a posture database; point --db at yours")
        case 19:  # CONSTRAINT
            name = re.search(r"failed: (\S+)", text)
            return ConstraintBroken(text, name[1] if name and code != _CONSTRAINT_TRIGGER else None)
    return PostureError(f"the database could not do it: {text}")


def from_value(error: Exception) -> PostureError:
    """Return what the error means that Python itself raises for a value, before the engine has seen it."""
    if isinstance(error, OverflowError):
        return PostureError("the database could not do it: a number is larger than any that it keeps")
    return UsageMistake("a text holds half a character, which no database keeps: is it of another encoding?")


def from_psycopg(error: Any, place: str, timeout: float, secret: str = "") -> PostureError:
    """Return what an error of psycopg means; `secret` is struck out wherever it stands."""
    state: str = getattr(error, "sqlstate", None) or ""
    # The primary message names tables and constraints; DETAIL and CONTEXT hold values and are left out.
    text = _one_line(error.diag.message_primary or str(error).split("\n", 1)[0])
    if secret:
        text = text.replace(secret, "***")
    if not state and "NUL (0x00)" in text:
        return UsageMistake("a text holds a NUL character, which no database keeps: is it a file of another kind?")
    if state in {"55P03", "40P01", "40001"}:  # lock not available, deadlock, serialization failure
        return Busy(timeout)
    if state.startswith("23"):
        return ConstraintBroken(text, error.diag.constraint_name)
    if state.startswith("22"):  # the message would quote the value
        return ConstraintBroken(f"a value does not fit its column ({type(error).__name__})")
    if state in {"53100", "53200"}:
        return PostureError(f"the server of {place} is out of disk or memory: nothing was written")
    if state in {"25006", "42501"}:  # a read-only transaction, insufficient privilege
        return _not_allowed(state, text, place)
    if state in {"XX001", "XX002"}:
        return IntegrityBroken(f"{place} is damaged ({text}); restore a backup")
    if state[:2] in {"08", "28", "3D", "57"} or (not state and type(error).__name__ == "OperationalError"):
        return PostureError(f"cannot reach {place}: {text}")
    return PostureError(f"the database could not do it: {text}")


def _not_allowed(state: str, text: str, place: str) -> PostureError:
    if state == "25006":
        return PostureError(f"cannot write to {place}: {text}")
    mend = 'ask the owner of the tables, or only read, with "posture sql"'
    return PostureError(f"{place} does not let this user do that: {text}; {mend}")


def _one_line(text: str) -> str:
    return " ".join(text.split())
