"""Full-text search: the sources, excerpts, events and notes in which words occur, the best first, with the passage.

The engine's own index finds and ranks (FTS5's bm25, PostgreSQL's cover density); which of it was known at a moment, and
belongs to what is asked about, is decided here. The passage shown is cut in one way for both engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.domain.search_words import Sought, for_fts5, for_tsquery, passage, read_search
from posture.reports.as_of import VISIBLE, Asking, Statements
from posture.reports.posture import known_at
from posture.reports.report import Column, Report
from posture.reports.scope import read_filter
from posture.store import passages
from posture.store.passages import KINDS, STRIDE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from posture.reports.as_of import Question
    from posture.reports.scope import Filter
    from posture.store.connection import Database

COLUMNS = ("rank", "kind", "what", "title", "date", "source", "grade", "passage", "retracted")
"""The keys of a row, in order."""
MOST_HITS = 10_000
"""Hits that are looked at; a word that is everywhere finds nothing in particular."""
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Searching:
    """What is sought, beside the question's clocks and filters."""

    words: str
    """As typed: words, "a phrase", beginnings*, OR, -without."""
    kinds: tuple[str, ...] = ()
    """source, claim, event...; all where empty."""
    limit: int = 20
    """Rows shown; 0 for all."""
    retracted: bool = False
    """Whether claims that were withdrawn are found too."""


SHOWN = (
    Column("", lambda row: str(row["rank"]), right=True),
    Column("What", lambda row: f"{row['kind']} {row['what']}" + (" (retracted)" if row["retracted"] else "")),
    Column("Date", lambda row: row["date"] or ""),
    Column("Source", lambda row: " ".join(filter(None, (row["grade"], row["source"])))),
    Column("Passage", lambda row: row["passage"], figure=True),
)


def search(db: Database, question: Question, wanted: Searching) -> Report:
    """Return what was found; raises `UsageMistake` for words that cannot be sought, UnknownCode for a filter's code."""
    sought = read_search(wanted.words)
    with db.read():
        known = known_at(db, question)
        asking = Asking(db, question, known)
        hits = _hits(asking, sought, [kind for kind in KINDS if not wanted.kinds or kind.name in wanted.kinds])
        fitting = list(_fitting(asking, read_filter(db, question), hits, wanted))
        limit = wanted.limit or len(fitting)
        rows = [row for hit in fitting[:limit] if (row := _row(hit, sought)) is not None]
    rows = [{"rank": number, **row} for number, row in enumerate(rows, 1)]
    return Report(
        name="search",
        as_of=asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        shown=SHOWN,
        empty_because=None if rows else _why_empty(asking, wanted, hits),
        sql=Statements(asking.statements),
        notes=_notes(len(fitting), limit, len(hits)),
    )


def _notes(found: int, limit: int, hits: int) -> list[str]:
    more = [f"{found - limit} more were found; --limit {found} shows all, or add a word"] if found > limit else []
    if hits >= MOST_HITS:
        more.append(f"only the first {MOST_HITS:,} hits were looked at; add a word")
    return more


def _why_empty(asking: Asking, wanted: Searching, hits: list[tuple[Kind, int]]) -> str:
    if asking.db.value("select id from source limit 1") is None:
        return 'nothing is recorded yet; log a claim with "posture log", or load a story with "posture seed"'
    if not asking.known.seq:
        return "nothing was known by then; leave --known-at out for what is known now"
    if hits:
        return f"{wanted.words} occurs, but not in what was known by #{asking.known.seq} and was asked about"
    return f"{wanted.words} occurs nowhere; a word is found whole, its beginning with a star (withdr*)"


def _hits(asking: Asking, sought: Sought, kinds: Iterable[Kind]) -> list[tuple[Kind, int]]:
    """Return the rows in which it occurs, the best first."""
    if asking.db.engine == "sqlite":
        numbers = {kind.number: kind for kind in kinds}
        listed = ", ".join(map(str, numbers))
        rows = asking.tuples(
            "select rowid from passage_index where passage_index match :sought"
            f" and rowid % {STRIDE} in ({listed}) order by bm25(passage_index, 4.0, 1.0), rowid limit {MOST_HITS}",
            sought=for_fts5(sought),
        )
        return [(numbers[row[0] % STRIDE], row[0] // STRIDE) for row in rows]
    found = {kind.number: kind for kind in kinds}
    query = "to_tsquery('simple', :sought)"
    parts = " union all ".join(
        f"select {kind.number} as kind, t.id as id, ts_rank_cd({passages.terms(kind, 't')}, {query}, 1) as score"
        f" from {kind.table} t where {passages.terms(kind, 't')} @@ {query}"
        + (f" and ({kind.exists('t')})" if kind.only_where else "")
        for kind in found.values()
    )
    rows = asking.tuples(
        f"select kind, id from ({parts}) as hit order by score desc, id * {STRIDE} + kind limit {MOST_HITS}",
        sought=for_tsquery(sought),
    )
    return [(found[row[0]], row[1]) for row in rows]


# --- what was known, and belongs to what is asked about -------------------------------------------------------------


@dataclass(frozen=True)
class _Hit:
    kind: Kind
    row: Mapping[str, Any]
    claims: tuple[int, ...] = ()
    retracted: bool = False


def _fitting(asking: Asking, only: Filter, hits: list[tuple[Kind, int]], wanted: Searching) -> Iterator[_Hit]:
    """Yield the hits that were known and are about what is asked about, in their order."""
    for start in range(0, len(hits), BATCH):
        some = hits[start : start + BATCH]
        rows: dict[tuple[str, int], _Hit] = {}
        for kind in {kind for kind, _ in some}:
            ids = [number for of, number in some if of is kind]
            rows |= {(kind.name, number): hit for number, hit in _known(asking, only, kind, ids, wanted).items()}
        yield from (rows[kind.name, number] for kind, number in some if (kind.name, number) in rows)


def _known(asking: Asking, only: Filter, kind: Kind, ids: list[int], wanted: Searching) -> dict[int, _Hit]:
    listed = ", ".join(map(str, ids))
    if kind.name == "claim":
        return _claims(asking, only, listed, wanted)
    params = {"known": asking.known.seq, "name": kind.table}
    since = "(select min(v.seq) from catalogue_revision v where v.table_name = :name and v.row_id = t.id)"
    where = f"t.id in ({listed}) and coalesce({since}, 0) <= :known{_about(only, kind)}"
    extra = ""
    if kind.name == "event":
        extra = ", (select s.code from source s where s.id = t.source_id) as source_code"
        where += " and not exists (select 1 from retraction r where r.event_id = t.id and r.seq <= :known)"
    if kind.name == "asset":
        extra = ", (select d.code from deployment d where d.id = t.deployment_id) || '/' || t.code as address"
    rows = asking.db.all(f"select t.*{extra} from {kind.table} t where {where}", params)
    return {row["id"]: _Hit(kind, row) for row in rows}


def _claims(asking: Asking, only: Filter, listed: str, wanted: Searching) -> dict[int, _Hit]:
    visible = "not c.seq > :known" if wanted.retracted else VISIBLE
    rows = asking.db.all(
        "select c.*, d.code as deployment_code, a.code as asset_code, s.code as source_code,"
        " (select min(r.seq) from retraction r where r.status_change_id = c.id and r.seq <= :known) as gone"
        " from status_change c join deployment d on d.id = c.deployment_id join source s on s.id = c.source_id"
        f" left join asset a on a.id = c.asset_id where c.id in ({listed}) and {visible}{_about_claim(only, 'c')}",
        {"known": asking.known.seq},
    )
    kind = next(kind for kind in KINDS if kind.name == "claim")
    return {row["id"]: _Hit(kind, row, (row["id"],), row["gone"] is not None) for row in rows}


def _about_claim(only: Filter, claim: str) -> str:
    """Return the conditions on a claim that a question's filters make."""
    found = ""
    for column, ids in (("actor_id", only.actor), ("location_id", only.location)):
        if ids is not None:
            found += (
                f" and (select f.{column} from deployment f where f.id = {claim}.deployment_id) in ({_listed(ids)})"
            )
    if only.asset_type is not None:
        found += (
            f" and (select f.asset_type_id from asset f where f.id = {claim}.asset_id) in ({_listed(only.asset_type)})"
        )
    if only.deployment is not None:
        found += f" and {claim}.deployment_id = {only.deployment}"
    return found


def _about(only: Filter, kind: Kind) -> str:
    """Return the conditions on a row of the catalogue: a source with a claim about it, an event there, a row of it."""
    if all(part is None for part in only):
        return ""
    claimed = f"exists (select 1 from status_change k where k.{{key}} = t.id{_about_claim(only, 'k')})"
    by_key = {"source": "source_id", "deployment": "deployment_id", "asset": "asset_id"}
    if kind.name in by_key:
        return f" and {claimed.format(key=by_key[kind.name])}"
    if kind.name == "event":
        parts = []
        if only.location is not None:
            parts.append(f"t.location_id in ({_listed(only.location)})")
        if only.actor is not None:
            parts.append(
                "exists (select 1 from event_actor w where w.event_id = t.id"
                f" and w.actor_id in ({_listed(only.actor)}))"
            )
        return f" and {' and '.join(parts)}" if parts else " and FALSE"
    ids = {"actor": only.actor, "location": only.location, "asset type": only.asset_type}.get(kind.name)
    return f" and t.id in ({_listed(ids)})" if ids is not None else " and FALSE"


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


# --- rows -----------------------------------------------------------------------------------------------------------


def _row(hit: _Hit, sought: Sought) -> dict[str, Any] | None:
    """Return a hit as a row with its passage; None where nothing of it can be shown."""
    row, kind = hit.row, hit.kind
    title = str(row[kind.title] or "") if kind.title else ""
    shown = None
    for text in (*(row[column] for column in reversed(kind.body) if row[column]), title):
        shown = passage(str(text), sought)
        if shown is not None:
            break
    if shown is None:
        return None
    return {
        "kind": kind.name,
        "what": _called(hit),
        "title": title,
        "date": _date(hit),
        "source": row["code"] if kind.name == "source" else row.get("source_code"),
        "grade": f"{row['reliability']}{row['credibility']}" if kind.name == "claim" else None,
        "passage": shown.text,
        "matches": [list(place) for place in shown.found],
        "retracted": hit.retracted,
        "claims": list(hit.claims),
    }


def _called(hit: _Hit) -> str:
    row = hit.row
    if hit.kind.name == "claim":
        line = row["deployment_code"] + (f"/{row['asset_code']}" if row["asset_code"] else "")
        return f"c{row['id']} {line}"
    return str(row["address"] if hit.kind.name == "asset" else row["code"])


def _date(hit: _Hit) -> str | None:
    if hit.kind.name == "source":
        return str(hit.row["published_on"]) if hit.row["published_on"] else None
    return str(hit.row["effective_edtf"]) if hit.kind.name in ("claim", "event") else None
