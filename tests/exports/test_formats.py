"""The forms that other programs read: exact, guarded, and with both clocks."""

from __future__ import annotations

import csv
import io
import json

import pytest

from posture.exports.formats import flat, iter_csv, iter_json, iter_jsonl, iter_markdown
from tests.cli.rows import EVERY_KIND, GROUNDED, report, row

TOLD_APART = [
    {**row, "flags": ["total", *row["flags"]]} if row["deployment"] is None else row for row in map(dict, EVERY_KIND)
]
"""The rows as programs read them: totals are flagged."""


def test_json_is_one_object_with_both_clocks() -> None:
    answer = json.loads("\n".join(iter_json(report(*EVERY_KIND))))
    assert answer["report"] == "posture"
    assert answer["schema_version"] == 1
    assert answer["as_of"] == "2023-10-15"
    assert answer["known_at"] == {"seq": 31, "at": "2023-12-22T18:00:00.000000Z"}
    assert answer["rows"] == TOLD_APART


def test_json_escapes_what_acts_on_a_terminal_and_loses_nothing() -> None:
    told = "a\x1b[2J\x7f\u202eb\u200d\U000e0001 Tillabéri 尼日尔"
    answer = report(row("x", "y", (0, 0, 0), quantity_text=told))
    for text in ("\n".join(iter_json(answer)), "\n".join(iter_jsonl(answer))):
        assert not set("\x1b\x7f\u202e\u200d\U000e0001") & set(text)
        assert "Tillabéri 尼日尔" in text
    assert json.loads("".join(iter_json(answer)))["rows"][0]["quantity_text"] == told
    assert json.loads("".join(iter_jsonl(answer)))["quantity_text"] == told


def test_json_without_rows_is_still_one_object() -> None:
    assert json.loads("\n".join(iter_json(report())))["rows"] == []


def test_json_lines_are_the_rows() -> None:
    assert [json.loads(line) for line in iter_jsonl(report(*EVERY_KIND))] == TOLD_APART


def test_csv_has_raw_numbers_and_empty_cells_for_what_is_open() -> None:
    rows = list(csv.DictReader(io.StringIO("\n".join(iter_csv(report(*EVERY_KIND))))))
    assert (rows[0]["low"], rows[0]["stated_low"], rows[0]["flags"]) == ("1303", "1400", "parts_newer")
    assert rows[1]["status"] == "phase=drawing_down;activity=grounded:3..3"
    assert rows[1]["flags"] == "stale;contested"
    assert [row["flags"] for row in rows if not row["deployment"]] == ["total;conflict", "total"]
    assert (rows[-1]["actor"], rows[-1]["location"], rows[-1]["asset_type"]) == ("fra", "niamey-air-base", "aircraft")
    assert (rows[4]["low"], rows[4]["best"], rows[4]["high"]) == ("1", "", "")


def test_csv_keeps_line_ends_and_quotes_within_their_cell() -> None:
    told = "some\nor none"
    (read,) = csv.DictReader(
        io.StringIO("\n".join(iter_csv(report(row("x", "y", (0, 0, 0), quantity_text=told)))), newline="")
    )
    assert read["quantity_text"] == told


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx", "＝1+1"])
def test_csv_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    (read,) = csv.DictReader(
        io.StringIO("\n".join(iter_csv(report(row("x", "y", (0, 0, 0), quantity_text=text)))), newline="")
    )
    assert read["quantity_text"] == "'" + text


def test_a_negative_number_is_a_number() -> None:
    (read,) = csv.DictReader(io.StringIO("\n".join(iter_csv(report(row("x", "y", (0, 0, 0), change_id=-3))))))
    assert read["change_id"] == "-3"


def test_markdown_is_a_table_with_sources() -> None:
    lines = list(iter_markdown(report(*EVERY_KIND)))
    assert lines[0] == "**Posture as of 2023-10-15, as known at #31 (2023-12-22 18:00Z)**"
    assert lines[2].startswith("| Deployment | Asset | How many |")
    assert (
        "| fra-ner | personnel | 1,303 | 1,400 | drawing down | 2023-10-10 | B2 | africanews-2023-10-11 (2 reports, 2 origins) | parts\\_newer |"
        in lines
    )
    assert len({line.count("|") for line in lines[2:]}) == 1
    assert lines[-1].startswith("| total, fra in niamey-air-base | aircraft | 4 |")


def test_markdown_says_who_stated_what_a_whole_has_capped() -> None:
    limited = row("x", "personnel", (157, None, 157), flags=["capped"], source="rfi", stated_low=400)
    *_, line = iter_markdown(report(limited | {"stated_best": 400, "stated_high": 400}))
    assert "| at most 157 | 400 by rfi |" in line


def test_markdown_is_not_broken_by_what_was_recorded() -> None:
    *_, line = iter_markdown(report(row("x", "a|b", (0, 0, 0), source="<b>*x*\x1b\n")))
    assert "a\\|b" in line
    assert "\\<b>\\*x\\*" in line
    assert "\x1b" not in line
    assert "\n" not in line


def test_markdown_of_nothing_says_why() -> None:
    assert list(iter_markdown(report(empty_because="no such line")))[-1] == "no such line"


def test_any_value_becomes_one_text() -> None:
    assert flat(["a", "b"]) == "a;b"
    assert flat(GROUNDED) == "activity=grounded:3..3"
    assert flat({"activity": [{"code": "grounded", "low": 3, "best": None, "high": None}]}) == "activity=grounded:3..?"
    assert flat(None) == ""
    assert flat([{"plan": 3, "state": "open", "none": None}]) == "plan:3,state:open"
    assert flat([{"relation": "fulfils", "claim": 55}]) == "fulfilled by 55"
    assert flat([{"relation": "supersedes", "claim": 19}]) == "superseded by 19"
