"""A posture report with a row of every kind, for the tests of how it looks."""

from __future__ import annotations

from typing import Any

from posture.reports.report import Report


def row(
    deployment: str | None, asset: str | None, bounds: tuple[int | None, int | None, int | None], **more: Any
) -> dict[str, Any]:
    """Return a row of the posture report, by default an unremarkable one."""
    low, best, high = bounds
    return {
        "deployment": deployment,
        "actor": "fra",
        "location": "ner",
        "asset": asset,
        "asset_type": asset,
        "low": low,
        "best": best,
        "high": high,
        "stated_low": low,
        "stated_best": best,
        "stated_high": high,
        "quantity_text": None,
        "status": {},
        "since": "2023-10-10",
        "source": "africanews-2023-10-11",
        "grade": "B2",
        "origins": 1,
        "flags": [],
        "change_id": 1,
    } | more


def report(*rows: dict[str, Any], empty_because: str | None = None) -> Report:
    """Return a posture report of these rows, as of 2023-10-15 and as known at #31."""
    columns = tuple(row("x", "x", (0, 0, 0)))
    return Report(
        name="posture",
        as_of="2023-10-15",
        known_seq=31,
        known_at="2023-12-22T18:00:00.000000Z",
        rows=list(rows),
        columns=columns,
        empty_because=empty_because,
    )


PHASE = {"phase": [{"code": "drawing_down", "low": None, "best": None, "high": None}]}
GROUNDED = {"activity": [{"code": "grounded", "low": 3, "best": 3, "high": 3}]}
UNKNOWN = (None, None, None)
STATED = {"stated_low": 1400, "stated_best": 1400, "stated_high": 1400}
NOTHING: dict[str, Any] = {"source": None, "grade": None, "since": None, "origins": 0}
EVERY_KIND = (
    row("fra-ner", "personnel", (1303, 1303, 1303), origins=2, flags=["parts_newer"], status=PHASE, **STATED),
    row("fra-ner", "drones", (4, 4, 4), status=PHASE | GROUNDED, source="rfi-2023-09-05", flags=["stale", "contested"]),
    row("fra-ner", "reconnaissance-aircraft", UNKNOWN, status=PHASE, **NOTHING),
    row("fra-niamey", "personnel", (1350, 1500, 1650), source="france24-2023-09-06"),
    row("fra-niamey", "helicopters", (1, None, None), source="rfi-2023-09-05"),
    row("fra-niamey", "tanks", UNKNOWN, quantity_text="about 12", source="rfi-2023-09-05", flags=["lapsed"]),
    row("fra-tcd", None, UNKNOWN, status=PHASE, since="2023-10-05", source="fra-president-2023-09-24", grade="A2"),
    row(None, None, (1303, None, None), asset_type="personnel", flags=["conflict"], **NOTHING),
    row(None, None, (4, 4, 4), asset_type="aircraft", location="niamey-air-base", **NOTHING),
)
