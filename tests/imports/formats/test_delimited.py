"""CSV and TSV against Python's own csv module, which shares no code with the reader, and against hand-worked files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posture.errors import UsageMistake
from posture.imports.formats import decoding, delimited, source
from posture.imports.reading import DEFAULT_LIMITS, LINE, RefusedRow, UnreadableFile, open_table

Read = tuple[list[tuple[int, tuple[str, ...]]], list[RefusedRow]]


def read(data: bytes | str, *, block: int | None = None, rows: int = 65_536, **options: object) -> Read:
    """Return the rows (line and fields, empty for null) and the refused records of a CSV file."""
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    with pytest.MonkeyPatch.context() as patch:
        if block is not None:
            patch.setattr(decoding, "BLOCK", block)
            patch.setattr(source, "BLOCK", block)
        with open_table(io.BytesIO(raw), **{"format": "csv", **options}) as table:
            good, refused = [], []
            for chunk in table.chunks(rows):
                assert chunk.frame.columns == [*table.columns, LINE]
                assert chunk.frame.height <= rows
                good += [(row[-1], tuple(cell or "" for cell in row[:-1])) for row in chunk.frame.rows()]
                refused += chunk.refused
            assert (table.accepted, table.refused) == (len(good), len(refused))
            assert table.bytes_read == len(raw)
    return good, refused


def by_the_csv_module(text: str, delimiter: str = ",") -> list[tuple[int, tuple[str, ...]]]:
    """Return the records after the header that Python's csv module reads, each with the line that it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, tuple[str, ...]]] = []
    start = 1
    for fields in reader:
        if fields:
            found.append((start, tuple(fields)))
        start = reader.line_num + 1
    return found[1:]


def stray(text: str) -> bool:
    """True where text follows a closing quote, or a quote is never closed: found letter by letter."""
    state = "start"
    for letter in text:
        if state == "inside":
            state = "maybe closed" if letter == '"' else "inside"
        elif letter in ",\r\n":
            state = "start"
        elif state == "maybe closed":
            if letter != '"':
                return True
            state = "inside"
        elif state == "start":
            state = "inside" if letter == '"' else "plain"
    return state == "inside"


LETTERS = ["a", "7", " ", ",", '"', "\n", "\r", "\r\n", ";", "é", "\x01", "x", "\u0680", "=", "\ufeff"]
FIELD = st.lists(st.sampled_from(LETTERS), max_size=6).map("".join)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, int]:
    """A table of any fields, as a program writes it."""
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(FIELD, min_size=width, max_size=width), max_size=12))
    out = io.StringIO(newline="")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    returns = any("\r" in cell for row in rows for cell in row)  # which the module's writer does not quote by itself
    quoting = csv.QUOTE_ALL if returns else draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    out.write(",".join(f"c{place}" for place in range(width)) + end)
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)
    text = out.getvalue()
    return (text[: -len(end)] if draw(st.booleans()) and rows else text), width


@given(tables(), st.integers(1, 40), st.integers(1, 5))
@example(("c0,c1\nx\x01,b\nx\u0680,c\n", 2), 6, 5)
@example(("c0\n\ufeffa\n", 1), 3, 5)
@example(('c0,c1\r\n"a\r\nb",""""\r\nc,d', 2), 9, 5)
def test_whatever_a_program_writes_is_read_as_the_csv_module_reads_it(
    table: tuple[str, int], block: int, rows: int
) -> None:
    text, _ = table
    assert read(text, block=block, rows=rows) == (by_the_csv_module(text), [])
    assert read(text) == (by_the_csv_module(text), [])


HOSTILE = st.lists(st.sampled_from(["a", ",", ",", '"', "\n", "\n", "\r", "\r\n", "\0", "é", ' "']), max_size=40).map(
    "".join
)


@given(HOSTILE, st.integers(1, 20))
@example('a,"b\nc,d\n', 3)
@example('"a"b,c\n', 3)
@example('a"b,c\n"d""e,"\n', 4)
@example("a\rb,c\r\rd,e", 2)
@example("\n\n\n,\n", 1)
def test_of_any_text_every_record_is_a_row_or_refused_with_a_reason(text: str, block: int) -> None:
    whole = "c0,c1\n" + text
    for size in (block, None):
        good, refused = read(whole, block=size)
        expected = by_the_csv_module(whole)
        assert sorted([line for line, _ in good] + [row.line for row in refused]) == [line for line, _ in expected]
        assert set(good) <= set(expected)
        fields = dict(expected)
        for row in refused:
            if not stray(text):
                assert len(fields[row.line]) != 2 or any("\0" in cell for cell in fields[row.line])
        for _, cells in good:
            assert len(cells) == 2 and not any("\0" in cell for cell in cells)


@given(tables())
def test_the_vectorised_reader_and_the_one_that_goes_record_by_record_agree(table: tuple[str, int]) -> None:
    text, _ = table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited._Whole, "frame", lambda *_: None)
        one_by_one = read(text)
    assert read(text) == one_by_one


def test_what_programs_write_takes_the_vectorised_reader() -> None:
    text = 'c0,c1\r\n"a, b","c\r\nd"\r\n"say ""x""",5" gun\r\n'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited._Reading, "_record_by_record", lambda *_, **__: pytest.fail("went record by record"))
        good, refused = read('c0,c1\r\n"a, b","c\r\nd"\r\n"say ""x""",e\r\n')
    assert good == [(2, ("a, b", "c\r\nd")), (4, ('say "x"', "e"))] and refused == []
    assert read(text)[0][1] == (4, ('say "x"', '5" gun'))


def test_a_record_that_is_too_short_or_too_long_is_refused_with_its_line_and_fields() -> None:
    good, refused = read('place,count\nner,1\n"Niamey,\nNiger",2\ntcd\nmli,3,4\nbfa,5\n')
    assert good == [(2, ("ner", "1")), (3, ("Niamey,\nNiger", "2")), (7, ("bfa", "5"))]
    assert [(row.line, row.row) for row in refused] == [(5, ("tcd",)), (6, ("mli", "3", "4"))]
    assert "1 fields, fewer than the 2 of the header" in refused[0].reason
    assert "3 fields, more than the 2" in refused[1].reason


def test_a_file_cut_within_a_quote_refuses_the_record_and_says_where_the_quote_opens() -> None:
    good, refused = read('a,b\n1,2\n3,"four\nfive')
    assert good == [(2, ("1", "2"))]
    assert [(row.line, row.column) for row in refused] == [(3, "b")]
    assert "the quote that opens on line 3 is never closed" in refused[0].reason


def test_a_quote_that_swallows_the_rest_of_a_long_file_ends_the_reading() -> None:
    limits = replace(DEFAULT_LIMITS, record_bytes=100)
    with pytest.raises(UnreadableFile, match="stream:3: a quote that opens in the record"):
        read('a,b\n1,2\n3,"' + "four\n" * 50, limits=limits, block=20)


def test_a_byte_that_does_not_decode_is_named_with_offset_line_and_how_to_mend() -> None:
    data = "name,count\nNiamey,1\nBéchar,2\n".encode("cp1252")
    with pytest.raises(UnreadableFile, match=r":3: byte 0xe9 at offset 21 is not UTF-8; .*Béchar.*--encoding cp1252"):
        read(data)
    with pytest.raises(UnreadableFile, match=r":3: byte 0xe9 at offset 21 "):
        read(data, block=4)
    assert read(data, encoding="cp1252")[0][1] == (3, ("Béchar", "2"))


def test_where_rows_may_be_refused_only_the_record_with_the_byte_is() -> None:
    good, refused = read(b'a,b\n1,2\n"x\n\xe9",3\n4,\xff\n5,6\n', rejecting=True)
    assert good == [(2, ("1", "2")), (6, ("5", "6"))]
    assert [(row.line, row.column) for row in refused] == [(3, "a"), (5, "b")]
    assert "byte 0xe9 is not UTF-8" in refused[0].reason


@pytest.mark.parametrize("rejecting", [False, True])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_an_encoding_of_two_orders_is_told_by_its_first_letter_where_no_mark_says(
    encoding: str, rejecting: bool
) -> None:
    data = "a,b\nBéchar,2\n".encode(encoding)
    rows = read(data, encoding=encoding[:6], rejecting=rejecting)
    assert rows == ([(2, ("Béchar", "2"))], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis", "gb18030"])
@pytest.mark.parametrize("block", [3, None])
def test_encodings_are_read_by_mark_or_by_name(encoding: str, block: int | None) -> None:
    text = "a,b\r\n1,x\r\n"
    rows = [(2, ("1", "x"))]
    if encoding == "cp1252":
        text, rows = text + "é,€\r\n", [*rows, (3, ("é", "€"))]
    elif encoding != "shift_jis":
        text, rows = text + "東,😀\r\n", [*rows, (3, ("東", "😀"))]
    else:
        text, rows = text + "東,京\r\n", [*rows, (3, ("東", "京"))]
    data = text.encode(encoding)
    marked = encoding in {"utf-8-sig", "utf-16", "utf-32"}
    assert read(data, block=block, encoding=None if marked else encoding) == (rows, [])


def test_an_undecodable_unit_of_another_encoding_is_named_too() -> None:
    data = "a,b\n1,2\n".encode("utf-16") + b"\x00\xdc" + "3,4\n".encode("utf-16-le")
    with pytest.raises(UnreadableFile, match=r":3: byte 0x00 at offset 18 is not UTF-16-LE"):
        read(data)
    good, refused = read(data, rejecting=True)
    assert good == [(2, ("1", "2"))] and [row.line for row in refused] == [3]


@pytest.mark.parametrize("name", ["rot13", "hex", "nonsense", "unicode_escape", ""])
def test_an_encoding_that_no_file_has_is_refused(name: str) -> None:
    if name:
        with pytest.raises(UsageMistake, match="no encoding"):
            read("a\n1\n", encoding=name)


def test_nul_bytes_refuse_their_record_and_in_the_header_the_file() -> None:
    good, refused = read("a,b\n1,\0\n2,3\n")
    assert good == [(3, ("2", "3"))] and [(row.line, row.column) for row in refused] == [(2, "b")]
    with pytest.raises(UnreadableFile, match="NUL character.*--encoding utf-16"):
        read("a,b\n1,2\n".encode("utf-16-le"))


def test_a_header_that_repeats_a_name_or_leaves_one_empty_takes_the_place_into_the_name() -> None:
    with open_table(io.BytesIO(b"date,,count,date,__line\n1,2,3,4,5\n")) as table:
        assert table.columns == ("date (column 1)", "(column 2)", "count", "date (column 4)", "__line (column 5)")
        assert 'column 4 shares the name "date" with another; it is called "date (column 4)"' in table.notes
        assert [chunk.frame.row(0) for chunk in table.chunks()] == [("1", "2", "3", "4", "5", 2)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n", ("a", "b")),
        ("a;b,c;d\n1;2;3\n", ("a", "b,c", "d")),
        ("a\tb\n1\t2\n", ("a", "b")),
        ("a|b|c\n1|2|3\n", ("a", "b", "c")),
        ("sep=;\r\na;b\r\n", ("a", "b")),
        ("place, of course;count\nNiamey;1\nParis;2\n", ("place, of course", "count")),
    ],
)
def test_the_delimiter_is_guessed_from_what_gives_equal_records(text: str, names: tuple[str, ...]) -> None:
    with open_table(io.BytesIO(text.encode()), format="csv") as table:
        assert table.columns == names


def test_a_file_of_only_a_header_has_no_rows_and_an_empty_one_is_refused() -> None:
    assert read("a,b\n") == ([], [])
    assert read("a,b") == ([], [])
    for empty in ("", "\n\r\n\n"):
        with pytest.raises(UnreadableFile, match=r"the first line must name the columns"):
            read(empty)


def test_formulas_stay_text() -> None:
    assert read("a,b\n=1+1,\"=cmd|' /C calc'!A0\"\n")[0] == [(2, ("=1+1", "=cmd|' /C calc'!A0"))]


def test_limits_end_the_reading_or_refuse_the_record() -> None:
    small = replace(DEFAULT_LIMITS, field_characters=5, columns=2, rows=2)
    good, refused = read("a,b\n123456,1\n12345,2\n", limits=small)
    assert good == [(3, ("12345", "2"))] and refused[0].column == "a" and "at most 5" in refused[0].reason
    with pytest.raises(UnreadableFile, match="3 columns; at most 2"):
        read("a,b,c\n", limits=small)
    with pytest.raises(UnreadableFile, match="more than 2 records"):
        read("a\n1\n2\n3\n", limits=small)
    with pytest.raises(UnreadableFile, match="a line of more than 32 bytes"):
        read("a\n" + "1" * 100, limits=replace(DEFAULT_LIMITS, record_bytes=32))
    with pytest.raises(UnreadableFile, match="more than 10 bytes"):
        read("a,b\n1,2\n3,4\n", limits=replace(DEFAULT_LIMITS, bytes=10))
