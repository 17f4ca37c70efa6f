"""JSON Schema of the records that files and programs exchange with posture, made from the records themselves.

pydantic is imported here, and this module only where a schema or a validation is asked for: it costs more than a whole
command does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config

from posture.domain.conflict import ConflictKind
from posture.domain.dates import WorldTime
from posture.domain.draft import ClaimDraft
from posture.domain.envelope import (
    FLAGS,
    AnyReport,
    FirstPoint,
    KnownAt,
    PostureReport,
    PostureRow,
    ReportEnvelope,
    StatusInForce,
)
from posture.domain.grade import CREDIBILITIES, RELIABILITIES, Grade
from posture.domain.manifest_record import MANIFEST_RECORDS, ExportManifest
from posture.domain.quantity import Quantity
from posture.domain.report_rows import (
    BriefItem,
    BriefReport,
    Cause,
    DiffReport,
    DiffRow,
    MovementsReport,
    MovementsRow,
    PlanOutcome,
    PlansReport,
    PlansRow,
    SearchReport,
    SearchRow,
    SeriesReport,
    SeriesRow,
    SourcesReport,
    SourcesRow,
    StaleReport,
    StaleRow,
    TotalConflict,
    TotalsReport,
    TotalsRow,
)
from posture.domain.standing import Group, Role
from posture.domain.story_rows import (
    AlsoMoved,
    ConflictsReport,
    ConflictsRow,
    EvidenceReport,
    EvidenceRow,
    OutcomeOf,
    TimelineReport,
    TimelineRow,
)
from posture.domain.vocabulary import STATUSES, Axis, CountingBasis, Kind, Modality, Reason

DIALECT = "https://json-schema.org/draft/2020-12/schema"

HANDED_IN = ConfigDict(use_attribute_docstrings=True, extra="forbid")
"""A key that we do not know in what a person hands in is a mistake, never ignored."""

HANDED_OUT = ConfigDict(use_attribute_docstrings=True, extra="ignore")
"""Keys may be added to what we hand out; readers of older schemas stay right."""

RECORDS: dict[str, Any] = {
    "brief-report": BriefReport,
    "claim-draft": ClaimDraft,
    "conflicts-report": ConflictsReport,
    "diff-report": DiffReport,
    "movements-report": MovementsReport,
    "evidence-report": EvidenceReport,
    "export-manifest": ExportManifest,
    "grade": Grade,
    "plans-report": PlansReport,
    "posture-report": PostureReport,
    "quantity": Quantity,
    "search-report": SearchReport,
    "series-report": SeriesReport,
    "report": AnyReport,
    "sources-report": SourcesReport,
    "stale-report": StaleReport,
    "timeline-report": TimelineReport,
    "totals-report": TotalsReport,
    "world-time": WorldTime,
}
"""Name of each schema, and the record that it describes."""

for _record in (
    *MANIFEST_RECORDS,
    AlsoMoved,
    BriefItem,
    Cause,
    ConflictsRow,
    DiffRow,
    EvidenceRow,
    FirstPoint,
    Grade,
    KnownAt,
    MovementsRow,
    OutcomeOf,
    PlanOutcome,
    PlansRow,
    PostureRow,
    Quantity,
    ReportEnvelope,
    SearchRow,
    SeriesRow,
    SourcesRow,
    StaleRow,
    StatusInForce,
    TimelineRow,
    TotalConflict,
    TotalsRow,
    WorldTime,
):
    with_config(HANDED_OUT)(_record)
with_config(HANDED_IN)(ClaimDraft)

STATUS_CODES = tuple(code for code, _, _ in STATUSES)

WORDS: dict[tuple[str, str], dict[str, Any]] = {
    ("ClaimDraft", "kind"): {"enum": [*Kind]},
    ("ClaimDraft", "modality"): {"enum": [*Modality]},
    ("ClaimDraft", "basis"): {"enum": [*CountingBasis]},
    ("ClaimDraft", "reason"): {"enum": [*Reason, None]},
    ("ClaimDraft", "status"): {"examples": list(STATUS_CODES)},
    ("ClaimDraft", "grade"): {"pattern": "^[A-Fa-f][1-6]$"},
    ("Grade", "reliability"): {"enum": sorted(RELIABILITIES)},
    ("Grade", "credibility"): {"enum": sorted(CREDIBILITIES)},
    ("PostureRow", "flags"): {"items": {"type": "string", "examples": list(FLAGS)}},
    ("PostureRow", "status"): {"propertyNames": {"enum": [*Axis]}},
    ("EvidenceRow", "group"): {"enum": [*Group]},
    ("EvidenceRow", "role"): {"enum": [*Role]},
    ("ConflictsRow", "kind"): {"enum": [*ConflictKind]},
}
"""What the vocabularies allow, by record and field; open vocabularies are given as examples."""


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every record, by name."""
    return {name: _schema(record) for name, record in RECORDS.items()}


def validated(name: str, value: Any) -> Any:
    """Return `value` (as from JSON) as the record of that name; raises pydantic's ValidationError."""
    return TypeAdapter(RECORDS[name]).validate_python(value)


def write_schemas(folder: str | Path) -> list[Path]:
    """Write `<name>.json` for every record into `folder`, and return the paths."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        paths.append(place / f"{name}.json")
        paths[-1].write_text(schema_text(schema), encoding="utf-8")
    return paths


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(record: Any) -> dict[str, Any]:
    schema = TypeAdapter(record).json_schema(mode="validation")
    for owner in (schema, *schema.get("$defs", {}).values()):
        owner["description"] = owner["description"].split("\n\n")[0]
        for field, of in owner.get("properties", {}).items():
            of.pop("title", None)
            _join_types(of)
            of.update(WORDS.get((owner["title"], field), {}))
    return {"$schema": DIALECT, **schema}


def _join_types(field: dict[str, Any]) -> None:
    """Say `["integer", "null"]` where pydantic says anyOf of the two."""
    kinds = field.get("anyOf", [])
    if kinds and all(set(kind) == {"type"} for kind in kinds):
        del field["anyOf"]
        field["type"] = [kind["type"] for kind in kinds]


if __name__ == "__main__":
    write_schemas("docs/schema")
