"""A content with every kind of value in it, some of them hostile, and a short way to write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.exports.content import Content, Place, Time
from posture.exports.fields import Field
from posture.exports.forms import FORMS
from posture.reports.report import Footnote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOSTILE = ("=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\n=1", "＝1+1", "＋1", "－1", "＠sum")
FIELDS = (
    Field("seq", "integer", "Number of the entry"),
    Field("recorded_at", "instant", "When it was recorded"),
    Field("line", "text", "Address of the line", closed=True),
    Field("said", "text", "The words"),
    Field("low", "integer", "At least so many"),
    Field("share", "real", "Part of what was there"),
    Field("whole", "flag", "Whether it is all"),
    Field("effective_from", "day", "Earliest start"),
    Field("effective_until", "day", "Latest end"),
    Field("flags", "list", "What to beware of", items="text"),
    Field("claims", "list", "Claims", items="integer"),
    Field("status", "object", "Statuses by axis"),
)
AT = "2023-12-22T18:00:00.123456Z"
STATUS = {"activity": [{"code": "grounded", "low": 3, "best": 3, "high": None}]}
PLAIN = (
    1,
    "2023-09-05T12:00:00.000002Z",
    "fra-ner/drones",
    "4 drones",
    4,
    0.1,
    1,
    "2023-09-05",
    None,
    ["stale"],
    [1, 2],
    STATUS,
)
NOTHING = (2, AT, "usa-ner/personnel", None, None, None, None, None, None, [], [], {})
AWKWARD = (
    3,
    AT,
    "fra-ner",
    'two "lines"\r\nand, a comma',
    -97,
    1 / 3,
    0,
    "2023-10-05",
    "2023-12-22",
    ["a", "b"],
    [3],
    {},
)
RUN = tuple(
    (4 + number, AT, "fra-ner", text, 0, 0.0, 0, "2023-10-05", None, [text], [], {})
    for number, text in enumerate(HOSTILE)
)
HIDDEN = (
    4 + len(HOSTILE),
    AT,
    "fra-ner",
    "a\x1b[2Jb\ufffe<&>'Tillabéri 尼日尔",
    2**53 + 1,
    -5.25,
    1,
    "0999-01-01",
    None,
    [],
    [],
    {},
)
ROWS = (PLAIN, NOTHING, AWKWARD, *RUN, HIDDEN)
PLACES = {"fra-ner/drones": Place("Niamey", 13.5127, 2.1126, "locality"), "fra-ner": Place("Niger", None, None, None)}


def place(row: Mapping[str, Any]) -> Place | None:
    """Return the place of a row: one found, one not found, or none."""
    return PLACES.get(row["line"])


def content(*rows: tuple[Any, ...], **more: Any) -> Content:
    """Return a content of these rows, in batches of three."""
    held = list(rows)
    given: dict[str, Any] = {
        "name": "changes",
        "fields": FIELDS,
        "key": ("seq",),
        "batches": lambda: iter([held[start : start + 3] for start in range(0, len(held), 3)]),
        "as_of": "2023-12-22",
        "known_seq": 31,
        "known_at": AT,
        "database_id": "6f1c3a52-70ff-4a67-8d43-3f3f3f1f9a10",
        "notes": ("the catalogue was changed since",),
        "sources": lambda: [Footnote(1, "rfi-2023-09-05", "=RFI, 2023-09-05")],
        "place": place,
        "time": lambda row: Time(row["effective_from"], row["effective_until"]),
    }
    return Content(**given | more)


def written(folder: Path, form: str, *rows: tuple[Any, ...], raw: bool = False, bom: bool = False, **more: Any) -> Path:
    """Write these rows in a form, see that all are counted, and return the file."""
    path = folder / f"file{FORMS[form].suffix}"
    assert FORMS[form].write(content(*rows, **more), str(path), raw=raw, bom=bom) == len(rows)
    return path
