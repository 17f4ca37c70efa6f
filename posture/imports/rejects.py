"""The rows of a file that were not taken, kept to be written once the others are recorded."""

from __future__ import annotations

import csv
import re
import tempfile
from typing import TYPE_CHECKING

from posture.imports.aside import IN_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.imports.table import RefusedRow


class Rejects:
    """The rows that were not taken, as CSV: line, column, value, reason, and the row."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        # Kept aside until the entry is committed: a file of rejects without an entry would mislead.
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="\n")  # noqa: SIM115
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._columns = columns
        self._writer.writerow(["line", "column", "value", "reason", *columns])

    def add(self, row: RefusedRow) -> None:
        """Add a row, whose fields may be more or fewer than the columns."""
        self._writer.writerow([row.line, *map(_written, (row.column or "", row.value or "", row.reason, *row.row))])

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, without their ends."""
        self._file.seek(0)
        for line in self._file:
            yield line.removesuffix("\n")

    def close(self) -> None:
        """Let go of what was kept aside."""
        self._file.close()


def _written(field: str) -> str:
    r"""Return a field as it can be written: a byte that did not decode stands in it as `\xf4`, half a character as `\ud83d`, what is not seen as `\x1b`."""
    return _UNWRITTEN.sub(lambda half: _ESCAPES[half[0] in _BYTES].format(ord(half[0]) % 256, ord(half[0])), field)


_UNWRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BYTES = frozenset(map(chr, (*range(0xA0), *range(0xDC80, 0xDD00))))
"""What acts on a terminal, and how Python keeps bytes that did not decode in a text."""
_ESCAPES = {True: "\\x{0:02x}", False: "\\u{1:04x}"}
