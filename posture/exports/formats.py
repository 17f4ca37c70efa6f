"""Reports as JSON, JSON lines, CSV and Markdown: the forms that other programs and documents read.

Figures are raw here (an open bound is null, or an empty cell); only Markdown writes them as an analyst does, for it is
made to be pasted into a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.codes import visible
from posture.reports.report import Column
from posture.reports.wording import (
    BECAME,
    agreed,
    clocks,
    markdown,
    source_text,
    stated,
    status_text,
    titled,
    total_place,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from posture.reports.report import Report

SCHEMA_VERSION = 1
"""Version of the JSON form; rises when a key changes its meaning or goes."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide signs of East Asia, which some run too
"""A text cell that begins so would be run by a spreadsheet; it gets an apostrophe in front."""


TOTAL = "total"
"""Flag of a total in the forms that programs read: whoever adds up a column leaves these rows out."""


def is_total(report: Report, row: Mapping[str, Any]) -> bool:
    """Return whether a row is a total: of actor, location and asset type, and of no deployment."""
    return report.name == "posture" and row["deployment"] is None


def told_apart(report: Report) -> Iterator[Mapping[str, Any]]:
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
    head = json_head(report.name, report.as_of, report.known_seq, report.known_at)
    if report.since is not None:
        first = report.since
        head["since"] = {"as_of": first.as_of, "known_at": {"seq": first.known_seq, "at": first.known_at}}
    if report.notes:
        head["notes"] = list(report.notes)
    if report.footnotes:
        head["sources"] = {note.source: note.text for note in report.footnotes}
    yield from json_object(head, told_apart(report))


def json_head(name: str, as_of: str | None, known_seq: int, known_at: str | None) -> dict[str, Any]:
    """Return what stands before the rows in every JSON form: what it is, and both clocks."""
    return {
        "report": name,
        "schema_version": SCHEMA_VERSION,
        "as_of": as_of or None,
        "known_at": {"seq": known_seq, "at": known_at},
    }


def json_object(head: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], key: str = "rows") -> Iterator[str]:
    """Yield an object of a head and then its rows, a line for each, as the rows come."""
    line = json_text(head)[:-1] + f', "{key}": ['
    end = ""
    for row in rows:
        yield line + end
        line, end = "  " + json_text(row), ","
    yield line
    yield "]}"


def iter_jsonl(report: Report) -> Iterator[str]:
    """Yield each row as a JSON object on a line of its own."""
    for row in told_apart(report):
        yield json_text(row)


def iter_csv(report: Report, *, raw: bool = False) -> Iterator[str]:
    """Yield a header and the rows; lists joined by `;`, statuses as `activity=grounded:3..3`, text guarded against formulas.

    With `raw` text is left as it is: for machines, which run none.
    """
    yield from csv_lines([report.columns])
    yield from csv_lines([cell(row.get(column), raw=raw) for column in report.columns] for row in told_apart(report))


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield rows of cells as lines of CSV, without their ends; a cell that has an end of line in it is quoted."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")  # a cell with either of them is quoted; the end is ours to write
    for cells in rows:
        writer.writerow(cells)
        yield buffer.getvalue().removesuffix("\r\n")
        buffer.seek(0)
        buffer.truncate()


def quoted(text: str) -> str:
    """Return a text as a cell within a line of CSV, as `csv_lines` writes it: in quotes only where it has to be."""
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def cell(value: Any, *, raw: bool = False) -> Any:
    """Return a value as a cell of CSV: a number as it is, all else as text; guarded unless `raw`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    return flat(value) if raw else guarded(flat(value))


def guarded(text: str) -> str:
    """Return a text as a spreadsheet shows it and does not run it."""
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
    """Yield a heading and a table to paste, with figures as an analyst writes them and the sources in full; or the page."""
    if report.page:
        yield from report.page
        return
    projected = "projected " if any("projected" in row.get("flags", ()) for row in report.rows) else ""
    if report.as_of:  # what no clock is about has no heading
        name = f"{projected}{report.name}".replace("_", " ")
        yield f"**{titled(markdown(report.about), name, clocks(report))}**"
        yield ""
    if not report.rows:
        yield markdown(report.empty_because or "Nothing to show.")
        yield from _markdown_notes(report)
        return
    columns = markdown_columns(report)
    yield "| " + " | ".join(column.title for column in columns) + " |"
    yield "| " + " | ".join("---:" if column.right else "---" for column in columns) + " |"
    for row in report.rows:
        yield (
            "| " + " | ".join(markdown(column.text(row)) + _markdown_marks(column, row) for column in columns) + " |"
        )
    yield from _markdown_notes(report)


def _markdown_notes(report: Report) -> Iterator[str]:
    for note in report.notes:
        yield from ("", markdown(note))
    if report.footnotes:
        yield ""
        yield from (f"[^{note.number}]: {markdown(note.text)}" for note in report.footnotes)


def _markdown_marks(column: Column, row: Mapping[str, Any]) -> str:
    return "".join(f"[^{number}]" for number in row.get("cite") or ()) if column.figure else ""


def markdown_columns(report: Report) -> Sequence[Column]:
    """Return the columns of the Markdown table of a report."""
    if report.shown:
        return report.shown
    if report.name == "posture":
        return (
            Column("Deployment", lambda row: _of_total(row) if row["deployment"] is None else flat(row["deployment"])),
            Column("Asset", lambda row: flat(row["asset_type" if row["deployment"] is None else "asset"])),
            Column("How many", agreed, right=True, figure=True),
            Column("Stated", stated, right=True),
            Column("Status", status_text),
            Column("Since", lambda row: flat(row["since"])),
            Column("Grade", lambda row: flat(row["grade"])),
            Column("Source", source_text),
            Column("Flags", lambda row: ", ".join(row["flags"])),
        )
    shown = [
        column for column in report.columns if any(row.get(column) not in (None, "", [], {}) for row in report.rows)
    ]
    return tuple(Column(column.replace("_", " ").capitalize(), _shower(column)) for column in shown)


def _of_total(row: Mapping[str, Any]) -> str:
    return f"total, {total_place(row)}"


def _shower(column: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: flat(row.get(column))


FORMATS = {"json": iter_json, "jsonl": iter_jsonl, "csv": iter_csv, "md": iter_markdown}
"""Every form but the table, which is the terminal's own."""
