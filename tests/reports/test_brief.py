"""The page says what the oracle says, gives each figure its footnote, and is Markdown that a reader of Markdown reads."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from posture.exports.formats import iter_markdown
from posture.reports.as_of import Question
from posture.reports.brief import Brief, brief
from tests.drive import Driven
from tests.ledger_text import read_example
from tests.niger import told
from tests.oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.store.connection import Database
    from tests.niger import Told

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))[::6]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told(request, request.param, tmp_path_factory.mktemp("brief"), "niger-2023-ledger") as one:
        yield one


def items(story: Told, as_of: str, known: str | None = None, **more: Any) -> list[dict[str, Any]]:
    wanted = Brief(**{name: more.pop(name) for name in ("days", "weekly", "about") if name in more})
    return brief(story.db, story.question(as_of, known, **more), wanted).rows


def page(story: Told, as_of: str, known: str | None = None, **more: Any) -> str:
    wanted = Brief(**{name: more.pop(name) for name in ("days", "weekly", "about") if name in more})
    return "\n".join(iter_markdown(brief(story.db, story.question(as_of, known, **more), wanted)))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_lines_of_the_page_are_the_oracles(db: Database, path: Path) -> None:
    example = read_example(path.read_text(encoding="utf-8"))
    driven = Driven(db, example.ledger)
    for asked in {each.question for each in example.asked if not each.question.projected}:
        oracle = Oracle(example.ledger, asked)
        seq = None if asked.known is None else driven.seqs[asked.known]
        question = Question(as_of=asked.as_of, known_seq=seq, basis=asked.basis, stale_after=asked.stale_after)
        rows = brief(db, question, Brief()).rows
        shown = {(row["group"], row["about"]): row for row in rows if row["section"] == "Posture" and row["about"]}
        for line in example.ledger.lines:
            row = shown.get((line.deployment, line.asset))
            said = oracle.line(line.name).value
            if row is None:
                assert (said.low, said.high) == (0, None), line.name
            else:
                assert (row["low"], row["best"], row["high"]) == (said.low, said.best, said.high), line.name


def test_every_figure_has_a_footnote_and_every_footnote_a_source(story: Told) -> None:
    text = page(story, "2023-10-15", location="ner")
    defined = set(re.findall(r"^\[\^(\d+)\]: ", text, re.MULTILINE))
    used = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    assert used == defined
    for row in items(story, "2023-10-15", location="ner"):
        if row["low"] is not None or row["high"] is not None:
            assert row["cite"], row


def test_a_source_cited_twice_has_one_footnote(story: Told) -> None:
    text = page(story, "2023-10-15", location="ner")
    titles = re.findall(r"^\[\^\d+\]: (.*)$", text, re.MULTILINE)
    assert len(titles) == len(set(titles))


def test_the_page_is_markdown_with_nested_lists(story: Told) -> None:
    tokens = MarkdownIt().parse(page(story, "2023-10-15", location="ner", about="Niger"))
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[:3] == ["Niger: posture as of 2023-10-15", "Posture", "Changed in the last 30 days"]
    assert max(token.level for token in tokens if token.type == "bullet_list_open") == 2


def test_what_changed_within_the_week_is_marked_and_a_correction_is_not_taken_for_it(story: Told) -> None:
    rows = items(story, "2023-10-15", weekly=True, location="ner")
    marks = {(row["group"], row["about"]): row["change"] for row in rows if row["section"] == "Posture"}
    assert marks["fra-niamey", "personnel"] == "new"
    assert marks["fra-ner", "mq-9"] == "redefined: last week it was 4"
    assert marks["fra-ner", "helicopters"] == ""


def test_nothing_is_redefined_where_nothing_was_learned_since(story: Told) -> None:
    rows = items(story, "2023-10-15", "2023-10-08", weekly=True, location="ner")
    assert not any("redefined" in row["change"] for row in rows)


def test_disagreements_and_open_plans_stand_on_the_page(story: Told) -> None:
    text = page(story, "2023-09-20", "2023-09-21", location="ner")
    assert "## Disagreements" in text
    assert "## Open plans" in text
    assert "fra-ner/personnel" in text.partition("## Disagreements")[2]


def test_a_page_about_nothing_says_why(story: Told) -> None:
    report = brief(story.db, Question(as_of=date(2013, 1, 1), location="ner"), Brief())
    assert report.rows == []
    assert "nothing" in (report.empty_because or "")
    assert report.empty_because in "\n".join(report.page).replace("\\", "")


def test_text_of_sources_cannot_write_on_the_page(story: Told) -> None:
    assert "\\[2023" not in page(story, "2023-10-15", location="ner")
    for line in page(story, "2023-10-15", location="ner").splitlines():
        assert not line.startswith("<")
