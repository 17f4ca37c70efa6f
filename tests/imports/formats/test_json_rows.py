"""JSON and JSON Lines: what the standard library reads of them, and what breaks a rule."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posture.imports.formats import decoding, source
from posture.imports.formats.json_rows import decimal_text
from posture.imports.reading import DEFAULT_LIMITS, LINE, RefusedRow, UnreadableFile, open_table

Read = tuple[list[tuple[int, dict[str, str]]], list[RefusedRow]]


def read(data: bytes | str, form: str = "json", *, block: int | None = None, **options: object) -> Read:
    """Return the rows (line or number, and the cells that say something) and the refused items of a file."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    with pytest.MonkeyPatch.context() as patch:
        if block is not None:
            patch.setattr(decoding, "BLOCK", block)
            patch.setattr(source, "BLOCK", block)
        with open_table(io.BytesIO(raw), **{"format": form, **options}) as table:
            good, refused = [], []
            for chunk in table.chunks(3):
                good += [
                    (row.pop(LINE), {key: value for key, value in row.items() if value is not None})
                    for row in chunk.frame.iter_rows(named=True)
                ]
                refused += chunk.refused
            assert table.records == len(good) + len(refused)
    return good, refused


VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5)
)
NESTED = st.recursive(VALUE, lambda inner: st.lists(inner, max_size=2), max_leaves=4)
ITEMS = st.lists(st.dictionaries(st.text("abc", min_size=1, max_size=2), NESTED, max_size=3), max_size=6)


def cells(item: dict[str, object]) -> dict[str, object]:
    """What an item says, by the standard library's reading of it."""
    return {key: value for key, value in item.items() if value not in (None, "", [])}


def same(text: str, value: object) -> bool:
    """True where the text of a cell says the value."""
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, int):
        return text == str(value)
    if isinstance(value, float):
        return float(text) == value
    return text == value or (isinstance(value, list) and exactly(text) == exactly(json.dumps(value)))


def exactly(text: str) -> object:
    """The value of a JSON text with its numbers to the last digit."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


@given(ITEMS, st.integers(1, 30), st.sampled_from([None, 1]), st.booleans())
@example([{"a": "\u2028\x85"}, {"b": 1}], 3, None, False)
def test_what_the_standard_library_writes_is_read_as_it_is(
    items: list[dict[str, object]], block: int, indent: int | None, ascii_only: bool
) -> None:
    broken = any("\0" in str(item) or "\\x00" in repr(item) for item in items)
    if broken or not any(items):
        return
    for form in ("json", "jsonl"):
        if form == "json":
            text = json.dumps(items, indent=indent, ensure_ascii=ascii_only)
        else:
            text = "".join(json.dumps(item, ensure_ascii=ascii_only) + "\n" for item in items)
        good, refused = read(text, form, block=block)
        assert refused == [] and [line for line, _ in good] == list(range(1, len(items) + 1))
        for (_, row), item in zip(good, items, strict=True):
            assert row.keys() == cells(item).keys()
            assert all(same(row[key], value) for key, value in cells(item).items())


@given(
    st.lists(st.sampled_from(['{"a":1}', '{"a":', "}", ",", "[", "]", " ", "\n", "1", '"', "NaN", "null"]), max_size=12)
)
def test_of_any_lines_every_one_is_a_row_or_refused(parts: list[str]) -> None:
    text = '{"a": 0}\n' + "".join(parts)
    good, refused = read(text, "jsonl", block=5)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    assert sorted([line for line, _ in good] + [row.line for row in refused]) == lines
    for line, _ in good:
        assert isinstance(json.loads(text.split("\n")[line - 1]), dict)


def test_objects_within_objects_give_columns_of_both_names_and_lists_stay_json() -> None:
    good, _ = read('[{"id": 1, "place": {"code": "ner", "at": {"lat": 13.5}}, "tags": ["a", 2.50, {"b": null}]}]')
    assert good == [
        (1, {"id": "1", "place.code": "ner", "place.at.lat": "13.5", "tags": '["a",2.5,{"b":null}]'}),
    ]


def test_numbers_keep_their_digits() -> None:
    long = "123456789012345678901234567890"
    good, _ = read(f'[{{"a": {long}, "b": 1.50, "c": 1e3, "d": -0.0012, "e": 1e999999999999, "f": [{long}]}}]')
    assert good[0][1] == {
        "a": long, "b": "1.5", "c": "1000", "d": "-0.0012", "e": "1e999999999999", "f": f"[{long}]",
    }  # fmt: skip
    assert decimal_text("1E-7") == "0.0000001"


def test_items_that_break_a_rule_are_refused_and_the_others_read() -> None:
    text = '[{"a": 1}, {"a": 1, "a": 2}, {"a": NaN}, {"a.b": 1, "a": {"b": 2}}, 5, {"a": "\\ud800"}, {"a": "\\u0000"}, {"a": 7}]'
    for block in (None, 3):
        good, refused = read(text, block=block)
        assert good == [(1, {"a": "1"}), (8, {"a": "7"})]
        assert [(row.line, row.column) for row in refused] == [
            (2, "a"), (3, None), (4, "a.b"), (5, None), (6, "a"), (7, "a"),
        ]  # fmt: skip
        for row, said in zip(
            refused, ("stands twice", "NaN is no number", "stands twice", "no object", "half a", "NUL"), strict=True
        ):
            assert said in row.reason
        assert [row.value for row in refused[:2]] == ['{"a": 1, "a": 2}', '{"a": NaN}']


@pytest.mark.parametrize("block", [None, 3])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}]\n[{"a": 2}]', "after the end of the table there is more"),
        ('{"rows": [{"a": 1}], "n": [1, {"b": 2}]} {"rows": []}', "after the end of the table there is more"),
        ('{"rows": [{"a": 1}], "rows": [{"a": 2}]}', '"rows" stands twice'),
        ('{"rows": [{"a": 1}], "n": 1', "it ends in the middle"),
    ],
)
def test_rows_behind_the_table_are_not_lost_in_silence(text: str, said: str, block: int | None) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(text, block=block)


@pytest.mark.parametrize("block", [None, 3])
def test_what_an_object_says_after_its_rows_is_passed_by(block: int | None) -> None:
    assert read('{"n": 1, "rows": [{"a": 1}], "next": {"b": ["]", 2]}, "c": null}\n \n', block=block) == (
        [(1, {"a": "1"})], [],
    )  # fmt: skip


def test_lines_that_are_no_json_are_refused_by_their_line() -> None:
    good, refused = read('{"a": 1}\n\n{"a": \n{"a": 2}\n[1]\n', "jsonl")
    assert good == [(1, {"a": "1"}), (4, {"a": "2"})] and [row.line for row in refused] == [3, 5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}\n,{"a": 2}', r":2: no JSON: it ends in the middle"),
        ('[{"a": 1},\n]', r":2: no JSON: a comma without an item"),
        ('[{"a": 1}\n{"a": 2}]', r":2: no JSON: , or \] should stand where '\{' does"),
        ('[{"a": 1},\n\n{"a" 2}' + "," * 100, r":3: no JSON: Expecting ':'"),
        ('{"data": [{"a": 1}], "n": 1}', r'without the key "rows" \(its keys: "data", "n"\)'),
        ("[]", "holds no objects"),
        ("[1, 2]", "holds no objects"),
        ('"text"', r"should stand where"),
        ("", "ends in the middle"),
        ('[{"a": "' + "x" * 300 + '"}]', "an item of more than 64 bytes"),
        ("[" + '{"a":' * 100_000, "nested too deep"),
    ],
)
def test_a_file_that_is_no_array_of_objects_is_refused_whole(text: str, said: str) -> None:
    limits = replace(DEFAULT_LIMITS, record_bytes=64) if "64 bytes" in said else DEFAULT_LIMITS
    with pytest.raises(UnreadableFile, match=said):
        read(text, block=16 if "64 bytes" in said else None, limits=limits)


def test_rows_stand_under_their_key_whatever_else_the_object_says() -> None:
    text = '{"about": {"rows": 3, "x": [1]}, "n": 12, "rows": [{"a": 1}, {"b": 2}], "end": true}'
    for block in (None, 1, 7):
        assert read(text, block=block)[0] == [(1, {"a": "1"}), (2, {"b": "2"})]


def test_utf_16_and_bytes_that_do_not_decode() -> None:
    assert read('[{"a": "é"}]'.encode("utf-16"))[0] == [(1, {"a": "é"})]
    with pytest.raises(UnreadableFile, match=r":2: byte 0xe9 at offset 16 is not UTF-8"):
        read(b'{"a": 1}\n{"a": "\xe9"}\n', "jsonl")
    good, refused = read(b'{"a": 1}\n{"a": "\xe9"}\n', "jsonl", rejecting=True)
    assert good == [(1, {"a": "1"})] and "byte 0xe9 is not UTF-8" in refused[0].reason
