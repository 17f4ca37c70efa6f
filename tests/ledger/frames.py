"""Frames of claims as an import hands them over, about the catalogue that `conftest.niger` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from posture.ledger.bulk import CLAIM, ImportFile, append_bulk
from posture.ledger.entry import Writing
from posture.ledger.imported import imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from posture.ledger.entry import Written
    from posture.store.connection import Database

IMPORT = Writing(action="import", recorded_by="analyst")


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a count of `number` soldiers on one of three lines, on its own day."""
    day = f"2023-{1 + number % 12:02d}-{1 + number % 28:02d}"
    return {
        "deployment_id": 1,
        "asset_id": 1 + number % 2,
        "kind": "count",
        "quantity_low": number,
        "quantity_best": number,
        "quantity_high": number,
        "share_low_open": False,
        "quantity_form": "number",
        "quantity_text": str(number),
        "counting_basis": "present",
        "complete": False,
        "modality": "actual",
        "stated_on": day,
        "effective_text": day,
        "effective_edtf": day,
        "effective_from": day,
        "effective_by": day,
        "effective_on": day,
        "source_id": 1,
        "reliability": "B",
        "credibility": "2",
        "admissible": True,
        "grade_rank": 7,
        "own_words": True,
        "__line": number + 1,
        "__fingerprint": f"print of {number}",
        "__key": f"key of {number}",
        **changes,
    }


def frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return the rows as a frame."""
    state: dict[str, Any] = {"__line": pl.Int64, "__fingerprint": pl.String, "__key": pl.String, "__replaces": pl.Int64}
    schema = {name: kind for name, kind in {**CLAIM, **state}.items() if any(name in each for each in rows)}
    return pl.DataFrame(rows, schema=schema)


def frames(rows: Iterable[dict[str, Any]], each: int = 3) -> Iterator[pl.DataFrame]:
    """Yield the rows, so many in a frame."""
    listed = list(rows)
    for start in range(0, len(listed), each):
        yield frame(listed[start : start + each])


def file_named(name: str = "counts.csv", digest: str = "a") -> ImportFile:
    """Return what an import says of the file that it reads."""
    return ImportFile(name=name, mapping_sha256="b" * 64, sha256=lambda: digest * 64)


def bring_in(
    db: Database,
    rows: Iterable[dict[str, Any]],
    name: str = "counts.csv",
    *,
    update: bool = False,
    writing: Writing = IMPORT,
) -> Written:
    """Import what is new in a file, and with `update` what changed."""

    def wanted() -> Iterator[pl.DataFrame]:
        known = imported(db, name)
        for each in frames(rows):
            found = known.sort_out(each)
            yield found.new
            if update:
                yield found.changed

    return append_bulk(db, writing, lambda _: None, wanted(), file=file_named(name))
