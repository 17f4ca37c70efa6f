"""A report in a form that is a file rather than lines: a spreadsheet, columns, a map."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from posture.cli.session import ReaderGone, flush, write
from posture.errors import PostureError, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.reports.report import Report
    from posture.store.connection import Database

FILED = ("xlsx", "parquet", "geojson", "kml")
"""The forms of a report beside those that are lines; the others are for exports, and `posture snapshot` is one of them."""
AT_ONCE = 1 << 20


def write_filed(db: Database | None, report: Report, word: str, output: str | None, *, raw: bool = False) -> None:
    """Write a report in a form to a file, which is replaced only when all is there, or to a pipe.

    Raises UsageMistake for a form that a terminal cannot show, and for a report that has no such form.
    """
    import tempfile

    from posture.exports.content import content_of
    from posture.exports.forms import FORMS

    form = FORMS[word]
    to_file = output not in (None, "-")
    if form.binary and not to_file and (sys.stdout is None or sys.stdout.isatty()):
        raise UsageMistake(f"{word} is not for a terminal; name a file: -o {report.name}{form.suffix}")
    if db is None or not _is_open(db):
        raise UsageMistake(f"this answer has no {word} form; choose json, jsonl, csv or md")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, report.name)
        try:
            form.write(content_of(db, report), path, raw=raw)
        except OSError as error:
            raise PostureError(f"cannot write {word}: {error.strerror}; what was there before is untouched") from error
        if to_file and (os.path.isfile(str(output)) or not os.path.exists(str(output))):
            _put(path, str(output))
        elif form.binary or to_file:
            _pour(path, output)
        else:
            write(_lines(path))


def _is_open(db: Database) -> bool:
    with suppress(PostureError):
        return bool(db.value("select 1"))
    return False


def _put(path: str, output: str) -> None:
    """Put a file where it was asked for, with the rights of the one that it replaces."""
    import shutil

    from posture.exports.snapshot_file import put_in_place

    target = os.path.realpath(output)
    if not os.path.isdir(os.path.dirname(target)):  # a slip of the pen makes no folders, in this form as in any other
        raise PostureError(f"cannot write {output}: {os.strerror(errno.ENOENT)}; what was there before is untouched")
    rights = os.stat(target).st_mode & 0o7777 if os.path.exists(target) else None
    with put_in_place(target) as beside:
        shutil.copyfile(path, beside)
        if rights is not None:
            os.chmod(beside, rights)


def _pour(path: str, output: str | None) -> None:
    """Write the bytes of a file to standard output, or to a pipe that has a name."""
    import shutil

    if output not in (None, "-") and os.path.isdir(str(output)):
        raise UsageMistake(f"{output} is a folder; name a file")
    try:
        with open(path, "rb") as file:
            if output in (None, "-"):
                flush()
                shutil.copyfileobj(file, sys.stdout.buffer, AT_ONCE)
                flush()
            else:
                with open(str(output), "wb") as device:
                    shutil.copyfileobj(file, device, AT_ONCE)
    except BrokenPipeError as error:
        raise ReaderGone from error
    except OSError as error:
        raise PostureError(f"cannot write the output: {error.strerror}") from error


def _lines(path: str) -> Iterator[str]:
    """Yield the lines of a file, harmless on a terminal: what could act on it was written out by the form."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")
