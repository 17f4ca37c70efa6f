"""The rows of evidence, timeline and conflicts are what their JSON Schemas say: key by key, and type by type."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from posture.domain.schemas import validated
from posture.domain.story_rows import ConflictsRow, EvidenceRow, TimelineRow
from posture.exports.formats import iter_csv, iter_json, iter_markdown
from posture.reports.as_of import Question
from posture.reports.conflicts import conflicts
from posture.reports.evidence import evidence
from posture.reports.timeline import timeline
from tests.niger import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.reports.report import Report
    from posture.store.connection import Database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def niger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The story of Niger, on each engine."""
    with told(request, request.param, tmp_path_factory.mktemp("rows"), "niger-2023-ledger") as story:
        yield story.db


def asked(db: Database, name: str) -> Report:
    question = Question(as_of=date(2023, 12, 20))
    if name == "evidence":
        return evidence(db, question, "fra-ner")
    return timeline(db, question, "fra-ner", retracted=True) if name == "timeline" else conflicts(db, question)


@pytest.mark.parametrize(
    ("name", "record"), [("evidence", EvidenceRow), ("timeline", TimelineRow), ("conflicts", ConflictsRow)]
)
def test_the_report_as_json_is_what_its_schema_says(niger: Database, name: str, record: type) -> None:
    report = asked(niger, name)
    assert report.rows
    fields = {field.name for field in dataclasses.fields(record)}
    assert all(set(row) == fields for row in report.rows)
    envelope = validated(f"{name}-report", json.loads("\n".join(iter_json(report))))
    assert len(envelope.rows) == len(report.rows)


@pytest.mark.parametrize("name", ["evidence", "timeline", "conflicts"])
def test_every_row_is_in_the_other_forms_too(niger: Database, name: str) -> None:
    report = asked(niger, name)
    assert len(list(iter_csv(report))) == len(report.rows) + 1
    lines = list(iter_markdown(report))
    assert sum(line.startswith("| ") for line in lines) == len(report.rows) + 2
    assert "None" not in "\n".join(lines)
