"""The JSON Schema of what files and programs exchange: documented, current, and true of real records."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from posture.domain.dates import read_date
from posture.domain.envelope import FLAGS
from posture.domain.grade import read_grade
from posture.domain.quantity import read_quantity
from posture.domain.schemas import RECORDS, schema_text, schemas, validated, write_schemas
from posture.domain.vocabulary import Axis, Kind, Modality

COMMITTED = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_the_schema_in_the_docs_is_current(name: str) -> None:
    written = (COMMITTED / f"{name}.json").read_text(encoding="utf-8")
    assert written == schema_text(schemas()[name]), "run: python -m posture.domain.schemas"


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    paths = write_schemas(tmp_path / "schema")
    assert sorted(path.stem for path in paths) == sorted(RECORDS)
    assert all(json.loads(path.read_text(encoding="utf-8"))["$schema"] for path in paths)


def test_every_field_says_what_it_is() -> None:
    for name, schema in schemas().items():
        for owner in (schema, *schema.get("$defs", {}).values()):
            assert owner["description"], name
            for field, of in owner["properties"].items():
                assert of.get("description"), f"{name}: {owner['title']}.{field}"


def test_the_vocabularies_are_in_the_schema() -> None:
    draft = schemas()["claim-draft"]["properties"]
    assert draft["kind"]["enum"] == [str(kind) for kind in Kind]
    assert draft["modality"]["enum"] == [str(modality) for modality in Modality]
    row = schemas()["posture-report"]["$defs"]["PostureRow"]["properties"]
    assert row["status"]["propertyNames"]["enum"] == [str(axis) for axis in Axis]
    assert row["flags"]["items"]["examples"] == list(FLAGS)


@pytest.mark.parametrize("text", ["~1500", "most", "a third", "withheld", "none", "<50"])
def test_a_quantity_goes_to_json_and_back(text: str) -> None:
    quantity = read_quantity(text)
    assert validated("quantity", json.loads(json.dumps(dataclasses.asdict(quantity)))) == quantity


@pytest.mark.parametrize("text", ["2023-09", "061820ZSEP23", "before 2023-07-26", "2023-10-05/2023-12-13"])
def test_a_date_goes_to_json_and_back(text: str) -> None:
    time = read_date(text, today=date(2026, 11, 23))
    kind = TypeAdapter(type(time))
    assert kind.validate_json(kind.dump_json(time)) == time


def test_a_grade_goes_to_json_and_back() -> None:
    assert validated("grade", {"reliability": "B", "credibility": "2"}) == read_grade("B2")


def test_a_claim_with_an_unknown_key_is_refused() -> None:
    good = {"line": "fra-ner/drones", "kind": "count", "source": "rfi-2023-09-05", "quantity": "4", "fulfils": [3]}
    assert validated("claim-draft", good).fulfils == (3,)
    with pytest.raises(ValidationError, match="quantitty"):
        validated("claim-draft", {**good, "quantitty": "4"})


def test_a_report_in_the_form_that_we_print_is_valid() -> None:
    row: dict[str, Any] = dict.fromkeys(
        ("deployment", "actor", "location", "asset", "asset_type", "quantity_text", "since", "source"), "x"
    )
    row |= dict.fromkeys(("low", "best", "high", "stated_low", "stated_best", "stated_high", "change_id"))
    row |= {"status": {"activity": [{"code": "grounded", "low": 3, "best": 3, "high": 3}]}}
    row |= {"reports": 1, "claims": [3]}
    row |= {"grade": "B2", "origins": 1, "flags": ["stale"], "a_key_of_a_later_version": 1}
    report = {
        "report": "posture",
        "schema_version": 1,
        "as_of": "2023-12-22",
        "known_at": {"seq": 3, "at": None},
        "rows": [row],
    }
    assert validated("posture-report", report).rows[0].status["activity"][0].low == 3
    assert validated("report", report).known_at.seq == 3
    with pytest.raises(ValidationError, match="origins"):
        validated("posture-report", {**report, "rows": [{key: row[key] for key in row if key != "origins"}]})


def test_the_words_of_the_domain_need_no_pydantic() -> None:
    words = "posture.domain.quantity, posture.domain.dates, posture.domain.grade, posture.domain.codes, posture.domain.envelope"
    heavy = "{'pydantic', 'edtf', 'pyparsing', 'sqlalchemy', 'fractions'}"
    code = f"import sys, {words}; from datetime import date\n"
    code += "posture.domain.dates.read_date('2023-09', today=date.today()); posture.domain.quantity.read_quantity('~1500')\n"
    code += f"sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
