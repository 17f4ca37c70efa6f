"""Rows of reports in words: figures, sources, statuses and plans as an analyst writes them, for every form of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.codes import visible
from posture.domain.fold import Value, is_only_limited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.reports.report import Report

BECAME = {
    "fulfils": "fulfilled",
    "partly_fulfils": "fulfilled in part",
    "supersedes": "superseded",
    "cancels": "cancelled",
}
"""What becomes of a plan, by the relation of the claim that it becomes so by: on the plan's row it is the other way round."""


def figure(low: int | None, best: int | None, high: int | None) -> str:
    """Return bounds as an analyst writes them: `1,350..1,650 (best 1,500)`, `at least 1,001`, `0`, `unknown`."""
    if low is not None and low == high:
        return f"{low:,}"
    about = f" (best {best:,})" if best is not None else ""
    if high is None:
        return f"at least {low:,}{about}" if low else (f"about {best:,}" if best is not None else "unknown")
    return f"{low:,}..{high:,}{about}" if low else f"at most {high:,}{about}"


def change(low: int | None, best: int | None, high: int | None) -> str:
    """Return how far a figure rose or fell: `-97`, `-100..-197`, `-250..+150 (best -97)`, `+6 or more`, `none`."""
    if low is not None and low == high:
        return f"{low:+,}" if low else "none"
    about = f" (best {best:+,})" if best is not None else ""
    if low is None or high is None:
        return _open_change(low, high) + about
    first, last = (high, low) if high <= 0 else (low, high)
    return f"{_signed(first)}..{_signed(last)}{about}"


def _open_change(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "unknown"
    if low is None:
        return f"{high:+,} or more" if high and high < 0 else f"at most {_signed(high or 0)}"
    return f"{low:+,} or more" if low > 0 else f"at least {_signed(low)}"


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def announced(row: Mapping[str, Any]) -> str:
    """Return the words of an announcement: the passage in quotation marks, or what was noted of it; nothing of other claims."""
    if row["kind"] != "announcement":
        return ""
    return f'"{row["excerpt"]}"' if row["excerpt"] else row.get("note") or ""


def plan_text(row: Mapping[str, Any], *, many: str = "") -> str:
    """Return what is planned in a few words, `decrease most, planned`; of an announcement, its words.

    `many` is how many that is, if it is to be said.
    """
    said = announced(row)
    if not said:
        kind = row["kind"] if row["kind"] != "status" else ""
        said = " ".join(filter(None, (kind, (row["status"] or "").replace("_", " "), row["quantity_text"] or "")))
    return f"{said}{f' ({many})' if many else ''}, {row['modality']}"


def outcome_text(row: Mapping[str, Any]) -> str:
    """Return what became of a plan, and who tells it too: `fulfilled in part by c22, c23; also reported as c9`."""
    said = []
    for relation, became in BECAME.items():
        claims = [f"c{outcome['claim']}" for outcome in row["outcomes"] if outcome["relation"] == relation]
        if claims:
            said.append(f"{became} by {', '.join(claims)}")
    if row.get("also_reported_as"):
        said.append(f"also reported as {', '.join(f'c{other}' for other in row['also_reported_as'])}")
    return "; ".join(said)


def agreed(row: Mapping[str, Any]) -> str:
    """Return how many a row says there are; where only the whole limits a part, that is a most: `at most 157`."""
    value = Value(row["low"], row["best"], row["high"])
    return f"at most {value.high:,}" if is_only_limited(value, row["flags"]) else figure(*value)


def stated(row: Mapping[str, Any]) -> str:
    """Return what was stated about a line where that differs from the agreed figure, else nothing.

    Of a capped figure, which the source of the row never gave, with that source: `400 by rfi-2023-10-01`.
    """
    said = figure(row["stated_low"], row["stated_best"], row["stated_high"])
    if said == agreed(row):
        return ""
    return f"{said} by {row['source']}" if "capped" in row["flags"] and row["source"] else said


def status_text(row: Mapping[str, Any], *, without: str = "") -> str:
    """Return the statuses of a row, `withdrawn, 3 grounded`, those of one axis left out if asked."""
    axes = row.get("status") or {}
    return ", ".join(_status(item) for axis, items in axes.items() if axis != without for item in items)


def _status(item: Mapping[str, Any]) -> str:
    code = str(item["code"]).replace("_", " ")
    bounds = (item.get("low"), item.get("best"), item.get("high"))
    return code if bounds == (None, None, None) else f"{figure(*bounds)} {code}"


def source_text(row: Mapping[str, Any]) -> str:
    """Return the source of a row, and how many reports of how many origins stand behind it where it is more than one."""
    said = support(row)
    return (row.get("source") or "") + (f" ({said})" if said else "")


def support(row: Mapping[str, Any]) -> str:
    """Return how many reports, of how many origins, stand behind a row: `7 reports, 2 origins`; nothing for just one."""
    origins = row.get("origins") or 0
    reports = row.get("reports") or origins
    if reports <= 1:
        return ""
    return f"{reports} reports, {origins} {'origin' if origins == 1 else 'origins'}"


def marks(row: Mapping[str, Any]) -> str:
    """Return the footnotes of a row, as they stand after its figure: `[1][4]`; nothing where none were asked for."""
    return "".join(f"[{number}]" for number in row.get("cite") or ())


def markdown(text: str) -> str:
    """Return a text for a place in Markdown: what acts on a terminal made visible, what Markdown would act on escaped."""
    plain = visible(text)
    for sign in ("\\", "|", "<", "*", "_", "`", "[", "]"):
        plain = plain.replace(sign, "\\" + sign)
    return plain


def total_place(row: Mapping[str, Any]) -> str:
    """Return whose and where a total is: `fra in ner`."""
    return " in ".join(filter(None, ((row.get("actor") or ""), (row.get("location") or "")))) or "everywhere"


def instant(text: str | None) -> str:
    """Return a stored instant for a person: `2023-12-22 18:00Z`."""
    return f"{text[:10]} {text[11:16]}Z" if text else ""


def clocks(report: Report) -> str:
    """Return both clocks of a report: `as of 2023-12-23, as known at #31 (2023-12-22 18:00Z)`; of two points, what differs."""
    now, first = _moment(report.known_seq, report.known_at), report.since
    if first is None:
        return moments(report.as_of, report.known_seq, report.known_at)
    then = _moment(first.known_seq, first.known_at) if first.known_seq else "the start (nothing was recorded)"
    if first.known_seq == report.known_seq:
        return f"from {first.as_of} to {report.as_of}, as known at {now}"
    if first.as_of == report.as_of:
        return f"as of {report.as_of}, from what was known at {then} to what was known at {now}"
    return f"from {first.as_of} as known at {then} to {report.as_of} as known at {now}"


def moments(as_of: str | None, seq: int, at: str | None) -> str:
    """Return both clocks in words; of what is about no day of the world, the record's alone."""
    known = f"as known at {_moment(seq, at)}"
    return f"as of {as_of}, {known}" if as_of else known


def titled(about: str, name: str, when: str) -> str:
    """Return the heading of a report: `Niger: posture as of ...`; of everything, `Posture as of ...`."""
    return f"{about}: {name} {when}" if about else f"{name[:1].upper()}{name[1:]} {when}"


def _moment(seq: int, at: str | None) -> str:
    if not seq:
        return "the start: nothing was recorded"
    return f"#{seq}" + (f" ({instant(at)})" if at else "")
