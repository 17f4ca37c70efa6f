"""Reports as JSON, JSON lines, CSV and Markdown: the forms that other programs and documents read.

Figures are raw here (an open bound is null, or an empty cell); only Markdown writes them as an analyst does, for it is
made to be pasted into a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.codes import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from posture.reports.report import Report

SCHEMA_VERSION = 1
"""Version of the JSON form; rises when a key changes its meaning or goes."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that begins so would be run by a spreadsheet; it gets an apostrophe in front."""


BECAME = {
    "fulfils": "fulfilled",
    "partly_fulfils": "fulfilled in part",
    "supersedes": "superseded",
    "cancels": "cancelled",
}
"""What becomes of a plan, by the relation of the claim that it becomes so by: on the plan's row it is the other way round."""

TOTAL = "total"
"""Flag of a total in the forms that programs read: whoever adds up a column leaves these rows out."""


def is_total(report: Report, row: Mapping[str, Any]) -> bool:
    """Return whether a row is a total: of actor, location and asset type, and of no deployment."""
    return report.name == "posture" and row["deployment"] is None


def _told_apart(report: Report) -> Iterator[Mapping[str, Any]]:
    """Yield the rows, the totals among them flagged as such."""
    for row in report.rows:
        yield {**row, "flags": [TOTAL, *row["flags"]]} if is_total(report, row) else row


class _Escaped(dict[int, str]):
    """What stands for a character in JSON, found when first asked for: itself, or its escape where it would not be seen."""

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        pair = letter.encode("utf-16-be", "surrogatepass").hex()
        hidden = visible(letter) != letter
        self[point] = "".join(f"\\u{pair[at : at + 4]}" for at in range(0, len(pair), 4)) if hidden else letter
        return self[point]


_ESCAPED = _Escaped()


def json_text(value: Any) -> str:
    r"""Return a value as JSON on one line: letters as they are, whatever acts on a terminal or hides as `\u202e`."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if text.isascii() and text.isprintable() else text.translate(_ESCAPED)


def iter_json(report: Report) -> Iterator[str]:
    """Yield the report as one JSON object, a line for each row, so that it can be read and compared by line."""
    head: dict[str, Any] = {
        "report": report.name,
        "schema_version": SCHEMA_VERSION,
        "as_of": report.as_of,
        "known_at": {"seq": report.known_seq, "at": report.known_at},
    }
    if report.notes:
        head["notes"] = list(report.notes)
    yield json_text(head)[:-1] + ', "rows": ['
    last = len(report.rows) - 1
    for number, row in enumerate(_told_apart(report)):
        yield "  " + json_text(row) + ("" if number == last else ",")
    yield "]}"


def iter_jsonl(report: Report) -> Iterator[str]:
    """Yield each row as a JSON object on a line of its own."""
    for row in _told_apart(report):
        yield json_text(row)


def iter_csv(report: Report) -> Iterator[str]:
    """Yield a header and the rows; lists joined by `;`, statuses as `activity=grounded:3..3`, text guarded against formulas."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")  # a cell with either of them is quoted; the end is ours to write
    for cells in (
        report.columns,
        *([_cell(row.get(column)) for column in report.columns] for row in _told_apart(report)),
    ):
        writer.writerow(cells)
        yield buffer.getvalue().removesuffix("\r\n")
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    text = flat(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def flat(value: Any) -> str:
    """Return a value as one text: a list joined by `;`, an object as `key=value` pairs."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dict):
        return ";".join(
            f"{key}={_member(item)}"
            for key, items in value.items()
            for item in (items if isinstance(items, list) else [items])
        )
    if isinstance(value, (list, tuple)):
        return ";".join(_member(item) for item in value)
    return str(value)


def _member(item: Any) -> str:
    """Return an item of a list: a partial status as `grounded:3..3`, an outcome as `fulfilled by 55`."""
    if isinstance(item, dict) and set(item) == {"relation", "claim"}:
        return f"{BECAME[item['relation']]} by {item['claim']}"
    if isinstance(item, dict) and "code" in item:
        bounds = [item.get("low"), item.get("high")]
        return (
            str(item["code"]) if bounds == [None, None] else f"{item['code']}:{_bound(bounds[0])}..{_bound(bounds[1])}"
        )
    if isinstance(item, dict):
        return ",".join(f"{key}:{flat(part)}" for key, part in item.items() if part is not None)
    return flat(item)


def _bound(number: int | None) -> str:
    return "?" if number is None else str(number)


def iter_markdown(report: Report) -> Iterator[str]:
    """Yield a heading and a table to paste, with figures as an analyst writes them and the sources in full."""
    projected = "projected " if any("projected" in row.get("flags", ()) for row in report.rows) else ""
    yield f"**{f'{projected}{report.name}'.replace('_', ' ').capitalize()} {clocks(report)}**"
    yield ""
    if not report.rows:
        yield _markdown_cell(report.empty_because or "Nothing to show.")
        yield from _markdown_notes(report)
        return
    columns = markdown_columns(report)
    yield "| " + " | ".join(title for title, _, _ in columns) + " |"
    yield "| " + " | ".join("---:" if right else "---" for _, right, _ in columns) + " |"
    for row in report.rows:
        yield "| " + " | ".join(_markdown_cell(show(row)) for _, _, show in columns) + " |"
    yield from _markdown_notes(report)


def _markdown_notes(report: Report) -> Iterator[str]:
    for note in report.notes:
        yield from ("", _markdown_cell(note))


def _markdown_cell(text: str) -> str:
    plain = visible(text)
    for sign in ("\\", "|", "<", "*", "_", "`", "[", "]"):
        plain = plain.replace(sign, "\\" + sign)
    return plain


Column = tuple[str, bool, "Callable[[Mapping[str, Any]], str]"]
"""Title, whether it stands on the right, and the text of a row."""


def markdown_columns(report: Report) -> Sequence[Column]:
    """Return the columns of the Markdown table of a report."""
    if report.name == "posture":
        return (
            ("Deployment", False, lambda row: _of_total(row) if row["deployment"] is None else flat(row["deployment"])),
            ("Asset", False, lambda row: flat(row["asset_type" if row["deployment"] is None else "asset"])),
            ("How many", True, agreed),
            ("Stated", True, stated),
            ("Status", False, status_text),
            ("Since", False, lambda row: flat(row["since"])),
            ("Grade", False, lambda row: flat(row["grade"])),
            ("Source", False, source_text),
            ("Flags", False, lambda row: ", ".join(row["flags"])),
        )
    if report.name == "plans":
        return (
            ("Plan", True, lambda row: f"c{row['plan_id']}"),
            ("Line", False, lambda row: "/".join(filter(None, (flat(row["deployment"]), flat(row["asset"]))))),
            ("What", False, plan_text),
            ("Stated", False, lambda row: flat(row["stated_on"])),
            ("Due", False, lambda row: flat(row["due"])),
            ("State", False, lambda row: flat(row["state"]).replace("_", " ")),
            ("Outcome", False, outcome_text),
            ("Grade", False, lambda row: flat(row["grade"])),
            ("Source", False, source_text),
        )
    shown = [
        column for column in report.columns if any(row.get(column) not in (None, "", [], {}) for row in report.rows)
    ]
    return tuple((column.replace("_", " ").capitalize(), False, _shower(column)) for column in shown)


def _of_total(row: Mapping[str, Any]) -> str:
    return f"total, {total_place(row)}"


def total_place(row: Mapping[str, Any]) -> str:
    """Return whose and where a total is: `fra in ner`."""
    return " in ".join(filter(None, (flat(row.get("actor")), flat(row.get("location"))))) or "everywhere"


def _shower(column: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: flat(row.get(column))


def figure(low: int | None, best: int | None, high: int | None) -> str:
    """Return bounds as an analyst writes them: `1,350..1,650 (best 1,500)`, `at least 1,001`, `0`, `unknown`."""
    if low is not None and low == high:
        return f"{low:,}"
    about = f" (best {best:,})" if best is not None else ""
    if high is None:
        return f"at least {low:,}{about}" if low else (f"about {best:,}" if best is not None else "unknown")
    return f"{low:,}..{high:,}{about}" if low else f"at most {high:,}{about}"


def plan_text(row: Mapping[str, Any], *, many: str = "") -> str:
    """Return what is planned in a few words, `decrease most, planned`; of an announcement, its passage.

    `many` is how many that is, if it is to be said.
    """
    if row["kind"] == "announcement" and row["excerpt"]:
        said = f'"{row["excerpt"]}"'
    else:
        kind = row["kind"] if row["kind"] != "status" else ""
        said = " ".join(filter(None, (kind, (row["status"] or "").replace("_", " "), row["quantity_text"] or "")))
    return f"{said}{f' ({many})' if many else ''}, {row['modality']}"


def outcome_text(row: Mapping[str, Any]) -> str:
    """Return what became of a plan: `fulfilled by c55; fulfilled in part by c22, c23`."""
    said = []
    for relation, became in BECAME.items():
        claims = [f"c{outcome['claim']}" for outcome in row["outcomes"] if outcome["relation"] == relation]
        if claims:
            said.append(f"{became} by {', '.join(claims)}")
    return "; ".join(said)


def agreed(row: Mapping[str, Any]) -> str:
    """Return how many a row says there are; where only the whole limits a part, that is a most: `at most 157`."""
    low, best, high = row["low"], row["best"], row["high"]
    if "capped" in row["flags"] and best is None and low == high and low:
        return f"at most {high:,}"
    return figure(low, best, high)


def stated(row: Mapping[str, Any]) -> str:
    """Return what was stated about a line where that differs from the agreed figure, else nothing.

    Of a capped figure, which the source of the row never gave, with that source: `400 by rfi-2023-10-01`.
    """
    said = figure(row["stated_low"], row["stated_best"], row["stated_high"])
    if said == agreed(row):
        return ""
    return f"{said} by {flat(row['source'])}" if "capped" in row["flags"] and row["source"] else said


def status_text(row: Mapping[str, Any], *, without: str = "") -> str:
    """Return the statuses of a row, `withdrawn, 3 grounded`, those of one axis left out if asked."""
    axes = row.get("status") or {}
    return ", ".join(_status(item) for axis, items in axes.items() if axis != without for item in items)


def _status(item: Mapping[str, Any]) -> str:
    code = str(item["code"]).replace("_", " ")
    bounds = (item.get("low"), item.get("best"), item.get("high"))
    return code if bounds == (None, None, None) else f"{figure(*bounds)} {code}"


def source_text(row: Mapping[str, Any]) -> str:
    """Return the source of a row, and how many origins stand behind the figure where it is more than one."""
    origins = row.get("origins") or 0
    return flat(row.get("source")) + (f" ({origins} origins)" if origins > 1 else "")


def instant(text: str | None) -> str:
    """Return a stored instant for a person: `2023-12-22 18:00Z`."""
    return f"{text[:10]} {text[11:16]}Z" if text else ""


def clocks(report: Report) -> str:
    """Return both clocks of a report: `as of 2023-12-23, as known at #31 (2023-12-22 18:00Z)`."""
    known = (
        f"#{report.known_seq}" + (f" ({instant(report.known_at)})" if report.known_at else "")
        if report.known_seq
        else "the start: nothing was recorded"
    )
    return f"as of {report.as_of}, as known at {known}"


FORMATS = {"json": iter_json, "jsonl": iter_jsonl, "csv": iter_csv, "md": iter_markdown}
"""Every form but the table, which is the terminal's own."""
