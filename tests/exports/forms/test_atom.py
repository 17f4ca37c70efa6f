"""Atom as feedparser reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser
import pytest

from posture.errors import UsageMistake
from posture.exports.fields import Field
from tests.exports.forms.written import AT, FIELDS, PLAIN, ROWS, written

if TYPE_CHECKING:
    from pathlib import Path


def test_a_feed_parser_finds_an_entry_for_each_row(tmp_path: Path) -> None:
    found = feedparser.parse(written(tmp_path, "atom", *ROWS).read_bytes())
    assert not found.bozo
    assert (found.version, found.feed.title, found.feed.updated) == ("atom10", "Changes", AT)
    assert [entry.title.split()[0] for entry in found.entries] == [f"#{row[0]}" for row in ROWS]
    assert [entry.updated for entry in found.entries] == [row[1] for row in ROWS]
    assert len({found.feed.id, *(entry.id for entry in found.entries)}) == len(ROWS) + 1
    assert all(entry.id.startswith("urn:uuid:") for entry in found.entries)
    assert "said: 4 drones" in found.entries[0].content[0].value
    assert "Tillabéri 尼日尔" in found.entries[-1].content[0].value


def test_an_entry_is_called_the_same_in_every_feed_of_the_ledger_and_otherwise_in_another(tmp_path: Path) -> None:
    names = []
    for number, more in enumerate(({}, {"known_seq": 99}, {"database_id": "0b0d5a5e-0000-4000-8000-000000000000"})):
        folder = tmp_path / str(number)
        folder.mkdir()
        names.append(feedparser.parse(written(folder, "atom", PLAIN, **more).read_bytes()).entries[0].id)
    assert names[0] == names[1] != names[2]


def test_an_entry_keeps_its_name_when_one_before_it_is_gone(tmp_path: Path) -> None:
    fields = (*FIELDS, Field("claim_id", "integer"))
    first, second = ((*PLAIN, 7), (*PLAIN, 8))
    names = []
    for number, rows in enumerate(((first, second), (second,))):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = written(folder, "atom", *rows, fields=fields, key=("claim_id",))
        names.append(feedparser.parse(path.read_bytes()).entries[-1].id)
    assert names[0] == names[1]


def test_a_feed_of_nothing_is_a_feed(tmp_path: Path) -> None:
    found = feedparser.parse(written(tmp_path, "atom", known_at=None, known_seq=0).read_bytes())
    assert not found.bozo and not found.entries and found.feed.updated == "1970-01-01T00:00:00Z"


def test_what_no_entry_recorded_is_no_feed(tmp_path: Path) -> None:
    with pytest.raises(UsageMistake, match="is no feed"):
        written(tmp_path, "atom", PLAIN[1:], fields=FIELDS[1:])


def test_an_entry_is_headed_by_what_it_is_about_once(tmp_path: Path) -> None:
    fields = (*FIELDS[:2], Field("about", "text"), Field("what", "text"), Field("row", "json"))
    rows = (
        (1, AT, "fra", "actor added", {"id": 7, "note": "France"}),
        (2, AT, "fra-ner/mq-9", "c3 count 4 fra-ner/mq-9", {"excerpt": "four Reapers", "note": None}),
        (3, AT, "#3", "the first report", {}),
    )
    found = feedparser.parse(written(tmp_path, "atom", *rows, fields=fields).read_bytes())
    assert [entry.title for entry in found.entries] == [
        "#1 fra: actor added",
        "#2 c3 count 4 fra-ner/mq-9",
        "#3 the first report",
    ]
    assert [entry.content[0].value.splitlines()[-1] for entry in found.entries] == [
        "note: France",
        "excerpt: four Reapers",
        "what: the first report",
    ]
