"""One page on an actor or a place: what is there, what changed, what is planned, what is disputed, and who says so.

The page is composed of the other reports' rows, so that no figure on it can differ from theirs. Every figure has its
footnote. As a weekly tracker it leads with the totals and marks what changed within the week: in the world, or because
the past is known otherwise now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.reports import conflicts as disputes
from posture.reports import diff as compared
from posture.reports.as_of import KnownAt, resolve_known_at
from posture.reports.asked import EVERYTHING
from posture.reports.citing import cite
from posture.reports.date_words import date_words
from posture.reports.evaluation import remembering
from posture.reports.plans import plans
from posture.reports.posture import known_at, posture
from posture.reports.report import Report
from posture.reports.totals import totals
from posture.reports.wording import agreed, clocks, markdown, plan_text, status_text, support

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.reports.as_of import Question
    from posture.store.connection import Database

COLUMNS = ("section", "group", "about", "said", "change", "cited")
"""The keys of an item, in order."""
WEEK = 7
"""Days that a weekly tracker compares with."""
MOST_REASONS = 3
"""Reasons that the page gives for one change; the diff report has all."""
DISPUTED = ("contested", "doubted", "maybe_same", "overdrawn", "stale", "withheld", "parts_newer", "capped", "conflict")
"""Flags that a reader of the page has to know of."""
BATCH = 500
BY = {"supersedes": "by", "cancels": "by", "fulfils": "by", "partly fulfils": "in part by"}
"""What a plan became so by: its state says the rest."""
OPEN = ("open", "overdue", "partly_fulfilled")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What kind of page is wanted, beside the question's clocks and filters."""

    days: int = 30
    """How far back changes are told."""
    weekly: bool = False
    """The form of a weekly tracker: totals, by area, line by line, with what changed within the week marked."""
    about: str = ""
    """Whom or what the page is about, in words: `France`."""


@dataclass(frozen=True)
class _Answers:
    """The answers that the page is composed of."""

    posture: Report
    by_type: Report
    by_area: Report
    changed: Report
    restated: Report | None
    """What was said of the first day at its end, against what is said of it now; None where nothing was known then."""
    plans: Report
    conflicts: Report


def brief(db: Database, question: Question, wanted: Brief) -> Report:
    """Return the page; raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things."""
    with db.read(), remembering(), without_collection():
        known = known_at(db, question)
        since = question.as_of - timedelta(days=WEEK if wanted.weekly else wanted.days)
        found = _answers(db, question, known, since)
        items = _named(db, list(_items(found, wanted)))
        report = Report(
            name="brief",
            as_of=str(question.as_of),
            known_seq=known.seq,
            known_at=known.at,
            rows=items,
            columns=COLUMNS[:-1],
            empty_because=None if items else found.posture.empty_because,
            sql=[statement for part in (found.posture, found.changed, found.plans) for statement in part.sql],
            notes=found.posture.notes,
        )
        report = cite(db, report)
    return replace(report, page=list(_page(report, wanted, since)))


def _answers(db: Database, question: Question, known: KnownAt, since: date) -> _Answers:
    then = resolve_known_at(db, str(since))
    earlier = replace(question, as_of=since)
    restated = None
    if 0 < then.seq < known.seq:
        restated = compared.diff(db, earlier, since=since, known=then)
    by = ("location", "asset_type")
    return _Answers(
        posture=posture(db, question),
        by_type=totals(db, question, ("asset_type",), 1),
        by_area=totals(db, question, by, 1),
        changed=compared.diff(db, question, since=since),
        restated=restated,
        plans=plans(db, question),
        conflicts=disputes.conflicts(db, question),
    )


# --- items ------------------------------------------------------------------------------------------------------------


def _items(found: _Answers, wanted: Brief) -> Iterator[dict[str, Any]]:
    """Yield what stands on the page, in its order; each item with the claims behind it."""
    marked = _marks(found) if wanted.weekly else {}
    yield from _totals(found, wanted)
    for row in found.posture.rows:
        yield _line(row, marked.get((row["deployment"], row["asset"]), ""))
    if not wanted.weekly:
        yield from _changes("Changed", found.changed)
    if found.restated is not None:
        yield from _changes("Known otherwise now", found.restated)
    yield from (_plan(row) for row in found.plans.rows if row["state"] in OPEN)
    yield from map(_conflicting, found.conflicts.rows)


def _totals(found: _Answers, wanted: Brief) -> Iterator[dict[str, Any]]:
    """Yield the totals of each top kind of asset; in a weekly tracker those by area too."""
    for row in found.by_type.rows:
        yield _item("Totals", "", _kind(row), agreed(row), row, change=_conflict(row))
    for row in found.by_area.rows if wanted.weekly else ():
        if row["level"] == 0 and row["location"] is not None:
            place = row["location_name"] or row["location"]
            yield _item("By area", place, _kind(row), agreed(row), row, change=_conflict(row))


def _item(
    section: str, group: str, about: str, said: str, row: Mapping[str, Any], *, change: str = ""
) -> dict[str, Any]:
    return {
        "section": section,
        "group": group,
        "about": about,
        "said": said,
        "change": change,
        "low": row.get("low"),
        "best": row.get("best"),
        "high": row.get("high"),
        "claims": list(row.get("claims") or ()),
    }


def _kind(row: Mapping[str, Any]) -> str:
    return str(row["asset_type_name"] or row["asset_type"] or "everything").lower()


def _conflict(row: Mapping[str, Any]) -> str:
    return "; ".join(f"its parts add up to {one['parts_low']:,}" for one in row["conflicts"])


def _line(row: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """Return a line of the posture: how many, in which state, on how many reports, and what is disputed."""
    said = agreed(row) if row["asset"] else status_text(row) or "no figure"
    state = status_text(row, without="phase") if row["asset"] else ""
    disputed = ", ".join(flag.replace("_", " ") for flag in row["flags"] if flag in DISPUTED)
    rest = "; ".join(filter(None, (state, support(row), disputed)))
    item = _item(
        "Posture", row["deployment"], row["asset"] or "", said + (f"; {rest}" if rest else ""), row, change=mark
    )
    phase = ", ".join(str(one["code"]).replace("_", " ") for one in (row.get("status") or {}).get("phase", ()))
    return {**item, "phase": phase if row["asset"] else ""}


def _changes(section: str, report: Report) -> Iterator[dict[str, Any]]:
    """Yield what changed: figures and statuses first, then what became of plans."""
    for row in sorted(report.rows, key=lambda row: row["plan_id"] is not None):
        if set(row["kinds"]) <= {"flags", "evidence"}:
            continue
        said = f"{compared.side_text(row, 'before')} → {compared.side_text(row, 'after')}"
        change = f"({words})" if (words := compared.change_words(row).strip("()")) else ""
        status = "; ".join(_statuses(row)) if row["asset"] else ""
        why = "; ".join(_reason(cause) for cause in row["why"][:MOST_REASONS])
        text = "; ".join(filter(None, (f"{said} {change}".strip(), status.replace("->", "→"), why)))
        line = "/".join(filter(None, (row["deployment"], row["asset"])))
        about = f"plan for {line}, {row['plan']}" if row["plan_id"] is not None else line
        yield _item(section, "", about, text, row)


def _statuses(row: Mapping[str, Any]) -> list[str]:
    return [one for one in compared.remarks(row) if "->" in one] if "status" in row["kinds"] else []


def _reason(cause: Mapping[str, Any]) -> str:
    """Return a reason as the page says it, without numbers of claims: the footnotes stand for them."""
    mark = (
        f"{cause['mark']}: " if cause["mark"] in ("corrected", "retracted", "restored", "origin", "catalogue") else ""
    )
    said = cause["said"]
    for relation, became in BY.items():
        said = said.replace(f"{relation}: ", f"{became} ", 1) if said.startswith(f"{relation}: ") else said
    return mark + ", ".join(filter(None, (said, _when(cause["effective"] or ""))))


def _when(edtf: str) -> str:
    """Return a date as claimed, in words."""
    first, dots, by = edtf.strip("[]").partition("..")
    return date_words(edtf, first or None, (by if dots else first) or None) if edtf else ""


def _plan(row: Mapping[str, Any]) -> dict[str, Any]:
    line = "/".join(filter(None, (row["deployment"], row["asset"])))
    due = f", due {row['due']}" if row["due"] else ""
    late = f" ({row['overdue_days']} days ago)" if row["overdue_days"] else ""
    state = row["state"].replace("_", " ")
    item = _item("Open plans", "", line, f"{plan_text(row)}{due}{late}; said {row['stated_on']}; {state}", row)
    return {**item, "claims": list(dict.fromkeys([row["plan_id"], *item["claims"]]))}


def _conflicting(row: Mapping[str, Any]) -> dict[str, Any]:
    one, other = (_side(row, prefix) for prefix in ("", "other_"))
    apart = disputes.gap_text(row)
    said = f"{one}, but {other}" + (f"; {apart}" if apart else "")
    return _item("Disagreements", "", f"{disputes.line_of(row)} ({str(row['kind']).replace('_', ' ')})", said, row)


def _side(row: Mapping[str, Any], prefix: str) -> str:
    """Return what one side says and by whom, the footnotes standing for the rest."""
    figure = disputes.side_figure(row, prefix)
    return " by ".join(filter(None, (figure or disputes.side_text(row, prefix), disputes.side_source(row, prefix))))


def _marks(found: _Answers) -> dict[tuple[str, str | None], str]:
    """Return what changed of each line within the week: its figure, its status, or that the past is known otherwise."""
    marks: dict[tuple[str, str | None], list[str]] = {}
    for row in found.changed.rows:
        if row["plan_id"] is not None or set(row["kinds"]) <= {"flags", "evidence"}:
            continue
        said = "new" if "appeared" in row["kinds"] else compared.change_words(row).strip("()")
        status = "".join(_statuses(row))
        marks.setdefault((row["deployment"], row["asset"]), []).append(", ".join(filter(None, (said, status))))
    for row in found.restated.rows if found.restated else ():
        if row["plan_id"] is None and "figure" in row["kinds"]:
            before = compared.side_text(row, "before")
            marks.setdefault((row["deployment"], row["asset"]), []).append(f"redefined: last week it was {before}")
    return {line: "; ".join(filter(None, said)) for line, said in marks.items()}


def _named(db: Database, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items, each group of the posture with the name of its deployment."""
    codes = sorted({item["group"] for item in items if item["section"] == "Posture"})
    names: dict[str, str] = {}
    for start in range(0, len(codes), BATCH):
        values = {f"code{number}": code for number, code in enumerate(codes[start : start + BATCH])}
        listed = ", ".join(f":{name}" for name in values)
        names |= dict(db.tuples(f"select code, name from deployment where code in ({listed})", values))
    return [{**item, "name": names.get(item["group"]) or ""} for item in items]


# --- the page ---------------------------------------------------------------------------------------------------------


def _page(report: Report, wanted: Brief, since: date) -> Iterator[str]:
    """Yield the page in Markdown, a paragraph or an item a line."""
    about = wanted.about or EVERYTHING
    kind = "week to" if wanted.weekly else "posture as of"
    yield f"# {markdown(about)}: {kind} {report.as_of}"
    yield ""
    yield f"*{markdown(clocks(report)[:1].upper() + clocks(report)[1:])}. A range is lowest to highest; what nobody reports is not zero.*"
    if not report.rows:
        yield from ("", markdown(report.empty_because or "Nothing to show."))
    for section, items in _sections(report.rows):
        if section == "Totals":
            yield ""
            yield f"**Totals**, what overlaps counted once: {'; '.join(_total(item) for item in items)}."
            continue
        yield ""
        yield f"## {_title(section, wanted, since)}"
        yield ""
        yield from _listed(items)
    for note in report.notes:
        yield from ("", markdown(note))
    if report.footnotes:
        yield from ("", "## Sources", "")
        yield from (f"[^{note.number}]: {markdown(note.text)}" for note in report.footnotes)


def _title(section: str, wanted: Brief, since: date) -> str:
    if section == "Changed":
        return f"Changed in the last {wanted.days} days"
    if section == "Known otherwise now":
        return f"Known otherwise now than on {since}"
    if section == "Posture" and wanted.weekly:
        return f"Line by line, since {since}"
    return section


def _sections(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        sections.setdefault(row["section"], []).append(row)
    yield from sections.items()


def _listed(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a list, what belongs to one deployment or area below its name."""
    group = ""
    for item in items:
        if item["group"] and item["group"] != group:
            group = item["group"]
            name = f" {markdown(item['name'])}" if item["name"] and item["name"] != group else ""
            phase = f" ({markdown(item['phase'])})" if item.get("phase") else ""
            yield f"- **{markdown(group)}**{name}{phase}"
        indent = "  " if item["group"] else ""
        about = f"{markdown(item['about'])}: " if item["about"] else ""
        change = f" — **{markdown(item['change'])}**" if item["change"] else ""
        yield f"{indent}- {about}{markdown(item['said'])}{_footnotes(item)}{change}"


def _total(item: Mapping[str, Any]) -> str:
    change = f" ({markdown(item['change'])})" if item["change"] else ""
    return f"{markdown(item['said'])} {markdown(item['about'])}{_footnotes(item)}{change}"


def _footnotes(item: Mapping[str, Any]) -> str:
    return "".join(f"[^{number}]" for number in item.get("cite") or ())
