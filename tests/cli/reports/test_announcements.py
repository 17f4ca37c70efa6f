"""What was announced, in the words that were recorded of it: a passage, or a note where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

NOTE = "A delegation is to settle the dates"
SOURCE = ("--source", "rfi", "--grade", "B2")


def test_an_announcement_without_a_passage_shows_its_note_wherever_plans_are_told(told: Runs) -> None:
    told("log", "announcement", "fra-ner", "--planned", "--note", NOTE, *SOURCE)
    plans = told("report", "plans", "--location", "ner", "--as-of", "2023-09-06").out
    assert f"fra-ner: {NOTE}, planned" in plans
    assert f": {NOTE}, planned" in told("report", "timeline", "--location", "ner", "--as-of", "2023-09-06").out
    assert (
        f"fra-ner: {NOTE}, planned; said" in told("report", "brief", "--location", "ner", "--as-of", "2023-09-06").out
    )
    days = ("--from-date", "2023-09-04", "--to-date", "2023-09-06")
    assert f"fra-ner: {NOTE}, planned" in told("report", "diff", *days).out


def test_a_denial_without_words_is_called_denied_once(told: Runs) -> None:
    told("log", "announcement", "fra-ner", "--denied", *SOURCE)
    story = told("report", "timeline", "--location", "ner", "--as-of", "2023-09-06").out
    assert "fra-ner: denied announcement\n" in story


def test_an_announcement_with_a_passage_quotes_it(told: Runs) -> None:
    passage = "Some 1,500 soldiers and 4 drones are there."
    told("log", "announcement", "fra-ner", "--planned", "--excerpt", passage, "--note", NOTE, *SOURCE)
    said = told("report", "plans", "--location", "ner", "--as-of", "2023-09-06").out
    assert f'"{passage}"' in said.replace("\n       ", " ")
    assert NOTE not in said


def test_a_denial_without_a_passage_shows_its_note_as_evidence(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "5", *SOURCE)
    told(
        "log",
        "announcement",
        "fra-ner",
        "--denied",
        "--note",
        "There were none.",
        "--source",
        "afp",
        "--on",
        "2023-09-06",
    )
    found = told("report", "evidence", "fra-ner/personnel", "--as-of", "2023-09-07").out
    assert "another origin denies it: There were none.\n" in found
