"""`posture edition`: what a person sees, and the exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.cli.report_commands import REPORT
from posture.cli.tree import Command

if TYPE_CHECKING:
    from .conftest import Runs


def test_an_edition_is_made_listed_shown_and_asked_for(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1500", "--source", "rfi", "--on", "2023-09-05")
    made = told("edition", "create", "2023-Q3", "--as-of", "2023-09-30", "--title", "Third quarter")
    assert made.lines[0] == "edition 2023-q3"
    assert "edition 2023-q3: as of 2023-09-30, as known at #" in made.err
    told("log", "count", "fra-ner/personnel", "900", "--source", "rfi", "--on", "2023-09-20")
    assert told("edition", "list").lines[1].split() == ["2023-q3", "2023-09-30", made.err.split("#")[1].split()[0], "Third", "quarter"]  # fmt: skip
    assert any(line.startswith("head hash") for line in told("edition", "show", "2023-q3").lines)
    asked = ("report", "posture", "--format", "csv")
    assert ",1500," in told(*asked, "--edition", "2023-q3").out
    assert ",900," in told(*asked, "--as-of", "2023-09-30").out


def test_what_changed_between_two_editions_is_marked(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1500", "--source", "rfi", "--on", "2023-09-05")
    told("edition", "create", "a", "--as-of", "2023-09-10", "-q")
    told("correct", "1", "--quantity", "1400", "--reason", "misread")
    told("log", "decrease", "fra-ner/personnel", "100", "--source", "rfi", "--on", "2023-09-15")
    told("edition", "create", "b", "--as-of", "2023-09-20", "-q")
    out = told("report", "diff", "--edition", "a", "b").out
    assert "1,500 -> 1,300  (-200)  [corrected, new]" in out
    assert ",corrected;new" in told("report", "diff", "--edition", "a", "b", "-f", "csv").out
    assert '"marks": ["corrected", "new"]' in told("report", "diff", "--edition", "a", "b", "-f", "json").out


def test_what_changed_since_an_edition_is_marked_too(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1500", "--source", "rfi", "--on", "2023-09-05")
    told("edition", "create", "a", "--as-of", "2023-09-10", "-q")
    told("correct", "1", "--quantity", "1400", "--reason", "misread")
    told("edition", "create", "b", "--as-of", "2023-09-10", "-q")
    told("log", "decrease", "fra-ner/personnel", "100", "--source", "rfi", "--on", "2023-09-15")
    since = told("report", "diff", "--edition", "a", "--as-of", "2023-09-20").out
    assert "since edition a: what changed from 2023-09-10 as known at #" in since
    assert "1,500 -> 1,300  (-200)  [corrected, new]" in since
    last = told("report", "diff", "--edition", "@last", "--as-of", "2023-09-20").out
    assert "since edition b: " in last and "1,400 -> 1,300  (-100)  [new]" in last
    assert "edition b: posture as of 2023-09-10" in told("report", "posture", "--edition", "@last").out


def test_what_cannot_be_is_one_line_and_an_exit_code(told_on_sqlite: Runs) -> None:
    posture = told_on_sqlite
    assert "there is no edition yet" in posture("edition", "list").out
    posture("edition", "create", "a", "--as-of", "2023-09-10", "-q")
    for words, code, said in (
        (("edition", "create", "a"), 4, "is there already"),
        (("edition", "create", "A b"), 2, 'write "a-b"'),
        (("edition", "create", "c", "--known-at", "#0"), 4, "nothing was recorded by then"),
        (("edition", "create", "c", "--known-at", "#999"), 3, "no entry #999"),
        (("edition", "create", "c", "--as-of", "2023-13"), 2, "there is no month"),
        (("edition", "show", "b"), 3, 'no edition "b"'),
        (("report", "posture", "--edition", "b"), 3, "posture edition create"),
        (("report", "posture", "--edition", "a", "--as-of", "2023-01-01"), 2, "leave --as-of out"),
        (("report", "search", "radio", "--edition", "a", "--known-at", "#1"), 2, "leave --known-at out"),
        (("report", "series", "--edition", "a", "--as-then-known"), 2, "leave --edition out"),
        (("report", "diff", "a"), 2, "since which edition?"),
        (("report", "diff", "--edition", "a", "b"), 3, 'no edition "b"'),
    ):
        outcome = posture(*words, code=code)
        assert said in outcome.err
        assert len(outcome.err.splitlines()) == 1


def test_every_report_takes_an_edition(told: Runs) -> None:
    told("log", "count", "fra-ner/personnel", "1500", "--source", "rfi", "--on", "2023-09-05")
    told("edition", "create", "a", "--as-of", "2023-09-10", "-q")
    told("log", "count", "fra-ner/personnel", "900", "--source", "rfi", "--on", "2023-09-08")
    for command in REPORT.members:
        assert isinstance(command, Command)
        assert any("--edition" in each.flags for each in command.parameters), command.name
    for words in (("totals",), ("evidence", "fra-ner/personnel")):
        asked = told("report", *words, "--edition", "a").out
        assert "1,500" in asked
        assert "900" not in asked
        assert "edition a" in asked
