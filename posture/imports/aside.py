"""Frames put aside while a file is read, so that memory stays bounded whatever the file's size."""

from __future__ import annotations

import io
import tempfile
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

IN_MEMORY = 32 << 20
"""Bytes put aside in memory; what is more goes to a temporary file."""


class Aside:
    """Frames put aside, in memory while they are few; gone at the end of the block."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the block
        self._lengths: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, frame: pl.DataFrame) -> None:
        """Put a frame aside."""
        written = io.BytesIO()
        frame.write_ipc(written, compression="lz4")
        self._file.write(written.getbuffer())
        self._lengths.append(written.tell())

    def __iter__(self) -> Iterator[pl.DataFrame]:
        place = 0
        for length in self._lengths:
            self._file.seek(place)
            yield pl.read_ipc(io.BytesIO(self._file.read(length)))
            place += length
