"""Compressed files, cut files, bombs, streams, hashes and progress."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from posture.errors import PostureError, UnknownWord, UsageMistake
from posture.imports.reading import DEFAULT_LIMITS, UnreadableFile, open_table

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"place,count\nner,1\ntcd,2\n"
ROWS = [("ner", "1", 2), ("tcd", "2", 3)]


def rows_of(data: bytes, **options: object) -> list[tuple[object, ...]]:
    with open_table(io.BytesIO(data), **options) as table:
        found = [row for chunk in table.chunks() for row in chunk.frame.rows()]
        assert table.sha256 == hashlib.sha256(data).hexdigest(), "the hash is that of the file as it lies on the disk"
    return found


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(TEXT, mtime=0),
        gzip.compress(TEXT[:9], mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(TEXT[9:], mtime=0),
        gzip.compress(TEXT, mtime=0) + b"\0" * 100,
        zstd(TEXT),
        zstd(TEXT[:9]) + zstd(b"") + zstd(TEXT[9:]),
        b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + zstd(TEXT),
    ],
    ids=["gzip", "gzip members", "gzip padded", "zstd", "zstd frames", "zstd skippable"],
)
def test_compressed_files_are_known_by_their_first_bytes(packed: bytes) -> None:
    assert rows_of(packed) == ROWS


@given(st.binary(max_size=300), st.sampled_from([gzip.compress, zstd]), st.integers(0, 3))
def test_whatever_is_compressed_comes_out_again(data: bytes, pack: object, parts: int) -> None:
    body = b"a\n" + data.hex().encode() + b"\n"
    size = len(body) // (parts + 1) + 1
    packed = b"".join(pack(body[start : start + size]) for start in range(0, len(body), size))
    assert rows_of(packed, format="csv") == rows_of(body, format="csv")


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_compressed_file_that_is_cut_short_is_an_error_wherever_it_is_cut(pack: object) -> None:
    packed = pack(TEXT * 50)
    for end in range(4, len(packed)):
        with pytest.raises(UnreadableFile, match=r"damaged|cut short"):
            rows_of(packed[:end])


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_what_follows_a_compressed_file_is_an_error(pack: object) -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        rows_of(pack(TEXT) + b"something else")


def test_a_damaged_gzip_member_is_an_error() -> None:
    packed = bytearray(gzip.compress(TEXT, mtime=0))
    packed[-6] ^= 1  # its checksum
    with pytest.raises(UnreadableFile, match="damaged"):
        rows_of(bytes(packed))


def test_a_bomb_ends_the_reading_before_it_has_grown() -> None:
    tight = replace(DEFAULT_LIMITS, ratio_from_bytes=1 << 20)
    bomb = zstandard.ZstdCompressor(level=19).compress(b"a\n" + b"1\n" * (1 << 26))
    assert len(bomb) < 20_000
    with pytest.raises(UnreadableFile, match=r"more than 250 times its size"):
        rows_of(bomb, limits=tight)
    with pytest.raises(UnreadableFile, match=r"more than 250 times its size"):
        rows_of(gzip.compress(b"a\n" + b"1\n" * (1 << 21), mtime=0), limits=tight)
    with pytest.raises(UnreadableFile, match=r"more than 1,000 bytes"):
        rows_of(gzip.compress(b"a\n" + b"1\n" * 1000, mtime=0), limits=replace(DEFAULT_LIMITS, bytes=1000))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0), "an archive within an archive"),
        (zstd(gzip.compress(TEXT, mtime=0)), "an archive within an archive"),
        (gzip.compress(bz2.compress(TEXT), mtime=0), "a bzip2 archive"),
        (bz2.compress(TEXT), "a bzip2 archive"),
        (lzma.compress(TEXT), "an xz archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as XLSX"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
)
def test_what_is_no_table_says_what_it_is_and_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        rows_of(data)


def test_a_file_is_read_by_path_with_its_size_for_progress(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT, mtime=0))
    with open_table(path) as table:
        assert table.total_bytes == path.stat().st_size and table.name == str(path)
        assert [row for chunk in table.chunks() for row in chunk.frame.rows()] == ROWS
        assert table.bytes_read == table.total_bytes


def test_standard_input_is_read_and_has_no_known_size() -> None:
    program = (
        "from posture.imports.reading import open_table\n"
        "with open_table('-') as table:\n"
        "    print(table.name, table.total_bytes, table.format, [row for chunk in table.chunks() for row in chunk.frame.rows()])"
    )
    data = b'{"a": 1}\n{"a": 2}\n'
    done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "standard input None jsonl [('1', 1), ('2', 2)]"


def test_nothing_is_left_behind_of_a_stream_that_was_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_table(io.BytesIO(b'[{"a": 1}]')) as table:
        (copy,) = tmp_path.iterdir()
        assert copy.stat().st_mode & 0o777 == 0o600
        assert sum(chunk.frame.height for chunk in table.chunks()) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UnreadableFile):
        open_table(io.BytesIO(b'[{"a": }]'))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_or_is_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(PostureError, match="cannot read .*none.csv: No such file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(UsageMistake, match="is a folder; name a file"):
        open_table(tmp_path)


def test_the_format_is_told_by_bytes_then_as_said_then_by_name(tmp_path: Path) -> None:
    forms = {
        ("a.tsv", b"a,b\tc\n"): "tsv",
        ("a.ndjson", b'{"a":1}'): "jsonl",
        ("a.json.gz", gzip.compress(b'[{"a":1}]', mtime=0)): "json",
        ("a.txt", b"a\tb\n"): "tsv",
        ("a.txt", b'{"rows": [{"a":1}]}'): "json",
        ("b.txt", b'{"a": 1}\n{"a": 2}\n'): "jsonl",
        ("a", b"a,b\n"): "csv",
    }
    for (name, data), form in forms.items():
        path = tmp_path / name
        path.write_bytes(data)
        with open_table(path) as table:
            assert table.format == form, name
    os.replace(tmp_path / "a", tmp_path / "a.parquet")
    with pytest.raises(UnreadableFile, match="called PARQUET but does not begin as one"):
        open_table(tmp_path / "a.parquet")
    with pytest.raises(UnreadableFile, match="is no XLSX"):
        open_table(tmp_path / "a.tsv", format="xlsx")
    with pytest.raises(UnknownWord, match='no format "ods"'):
        open_table(tmp_path / "a.tsv", format="ods")
    with pytest.raises(UsageMistake, match="has no sheets"):
        open_table(tmp_path / "a.tsv", sheet="1")
