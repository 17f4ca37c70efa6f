"""Claims that cannot both be true, side by side, and how far they are apart.

A row for each pair: counts of different origins, denials, departures of more than there was, parts above their whole, claims of
poor grade against what stands, and parts above a newer count of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.conflict import Conflict, ConflictKind, apart, conflicts_of, order_of
from posture.domain.fold import Value
from posture.domain.totals import Adding, Node
from posture.reports.as_of import Statements
from posture.reports.claim_rows import what
from posture.reports.claim_words import ClaimWords, address
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.posture import known_at, why_empty
from posture.reports.report import Column, Report
from posture.reports.restated import restated_since
from posture.reports.totals import agreed_on, contributions, read_trees
from posture.reports.wording import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.domain.totals import Contribution, Trees
    from posture.reports.as_of import Question
    from posture.store.connection import Database

_SIDE = (
    "about",
    "says",
    "when",
    "low",
    "best",
    "high",
    "source",
    "origin",
    "grade",
    "grade_words",
    "excerpt",
)
"""The keys of one side; those of the other begin with `other_`."""
COLUMNS = (
    "deployment",
    "asset",
    "kind",
    "gap",
    "gap_share",
    "claim",
    *_SIDE,
    "other_claims",
    *(f"other_{name}" for name in _SIDE),
)
"""The keys of a row, in order."""
KINDS = {
    "count": "two counts",
    "denial": "a count and a denial",
    "overdrawn": "more left than there was",
    "parts_above_whole": "parts above their whole",
    "doubted": "a claim of poor grade says otherwise",
    "capped": "a newer count of the whole leaves less room",
}
"""What each kind of conflict is, in words."""


def conflicts(db: Database, question: Question) -> Report:
    """Return the conflicts report; raises UnknownCode or AmbiguousCode for a filter that names nothing, or several things."""
    with db.read(), without_collection():
        return _report(db, question)


def _report(db: Database, question: Question) -> Report:
    known = known_at(db, question)
    found = evaluate(db, question, known)
    shown = [line for line in found.scope.shown if not found.readings[line].is_empty()]
    every = [
        one for line in shown for one in conflicts_of(line, found.agreed[line], found.readings, found.scope.nesting)
    ]
    every += _parts_above(db, found, shown)
    rows = _rows(db, found, order_of(every))
    return Report(
        name="conflicts",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else _why_empty(found, shown),
        sql=Statements(found.asking.statements),
        notes=restated_since(db, known.seq),
        shown=SHOWN,
    )


def _why_empty(found: Evaluation, shown: Sequence[int]) -> str:
    """Return what was looked at in vain; where there was nothing to look at, why."""
    if not shown:
        return why_empty(found.asking, "applies as of")
    claims = {
        claim.id
        for line in shown
        for evidence in [found.readings[line].evidence]
        for claim in (*evidence.counts, *evidence.flows, *evidence.statuses, *evidence.denials)
    }
    lines = f"{len(shown)} {'line' if len(shown) == 1 else 'lines'}"
    return (
        f"no two claims speak against each other: {len(claims)} {'claim' if len(claims) == 1 else 'claims'} about {lines}"
        f" that can matter as of {found.asking.as_of} were looked at"
    )


def _parts_above(db: Database, found: Evaluation, shown: Iterable[int]) -> Iterator[Conflict]:
    """Yield where parts as new as their whole exceed it (rule 10)."""
    trees: Trees | None = None
    for line in shown:
        parts = [part for part in found.scope.nesting.parts.get(line, ()) if not found.readings[part].is_empty()]
        high, base = found.agreed[line].value.high, found.readings[line].base
        if base is None or high is None or sum(found.agreed[part].value.low for part in parts) <= high:
            continue
        trees = trees or read_trees(db)
        values = agreed_on(found.agreed, (line, *parts))
        lines = {one.line: one for one in contributions(found, found.readings, values)}
        yield from _exceeding(found, lines[line], list(lines.values()), trees)


def _exceeding(
    found: Evaluation, whole: Contribution, lines: Sequence[Contribution], trees: Trees
) -> Iterator[Conflict]:
    """Yield the conflict of a whole with each sum of its parts."""
    if whole.operation is not None or whole.platform is not None:
        return
    node = Node(*whole.node)
    base = found.readings[whole.line].base
    for exceeding in Adding(lines, trees).total(node).conflicts:
        bases = [base_of for part in exceeding.lines if (base_of := found.readings[part].base) is not None]
        if base is not None and bases:
            other = Value(exceeding.low, None, None)
            against = tuple(dict.fromkeys(bases))
            gap = apart(whole.value, other)
            yield Conflict(whole.line, ConflictKind.PARTS_ABOVE_WHOLE, base, whole.value, against, other, gap)


def _rows(db: Database, found: Evaluation, every: Sequence[Conflict]) -> list[dict[str, Any]]:
    """Return a row for each conflict."""
    words = ClaimWords(db, [claim for one in every for claim in (one.claim, *one.against)])
    rows = []
    for one in every:
        deployment, _, asset = address(found, one.line).partition("/")
        share = one.share
        row: dict[str, Any] = {
            "deployment": deployment,
            "asset": asset,
            "kind": str(one.kind),
            "gap": one.gap,
            "gap_share": None if share is None else round(share, 4),
            "claim": one.claim.id,
            **_side(words, (one.claim,), one.value),
            "other_claims": [claim.id for claim in one.against],
        }
        row |= {f"other_{name}": said for name, said in _side(words, one.against, one.other).items()}
        row["claims"] = [one.claim.id, *row["other_claims"]]
        rows.append(row)
    return rows


def _side(words: ClaimWords, claims: Sequence[Claim], value: Value | None) -> dict[str, Any]:
    """Return one side of a conflict: what is said, by whom; of several parts, of each in turn."""
    told = []
    for claim in claims:
        place = words.about(claim)
        deployment, _, asset = place.partition("/")
        row = words.row(claim)
        said = what({**row, "deployment": deployment, "asset": asset or None}).removesuffix(f" {place}")
        told.append({**row, "about": place, "says": said, "origin": words.origin(claim)})
    low, best, high = value if value is not None else (None, None, None)
    joined = {
        name: "; ".join(dict.fromkeys(str(row[name]) for row in told if row[name] is not None)) or None
        for name in _SIDE
        if name not in ("low", "best", "high")
    }
    return {**joined, "low": low, "best": best, "high": high}


def line_of(row: Mapping[str, Any]) -> str:
    """Return the address of a row's line."""
    return f"{row['deployment']}/{row['asset']}"


def gap_text(row: Mapping[str, Any]) -> str:
    """Return how far the two sides are apart: `250 apart (19%)`."""
    if row["gap"] is None:
        return "no number"
    share = f" ({row['gap_share']:.0%})" if row["gap_share"] is not None else ""
    return f"{row['gap']:,} apart{share}"


def side_text(row: Mapping[str, Any], other: str = "") -> str:
    """Return what one side says: `c13 count about 1500, 2023-09-06: 1,350..1,650`; the other's with `other` its prefix."""
    numbers = row["other_claims"] if other else [row["claim"]]
    claims = ", ".join(f"c{number}" for number in numbers)
    about = "" if row[f"{other}about"] == line_of(row) else f" {row[f'{other}about']}"
    return f"{claims} {row[f'{other}says']}{about}, {row[f'{other}when']}"


def side_figure(row: Mapping[str, Any], other: str = "") -> str:
    """Return the figure of one side in words, nothing where it gives none."""
    bounds = (row[f"{other}low"], row[f"{other}best"], row[f"{other}high"])
    return figure(*bounds) if bounds != (None, None, None) else ""


def side_source(row: Mapping[str, Any], other: str = "") -> str:
    """Return who says so: `B2 rfi-2023-09-05`, and the origin where that is another."""
    source, origin = row[f"{other}source"], row[f"{other}origin"]
    return f"{row[f'{other}grade']} {source}" + (f" (goes back to {origin})" if origin != source else "")


def _whole_side(row: Mapping[str, Any], other: str = "") -> str:
    return "; ".join(filter(None, (side_text(row, other), side_figure(row, other), side_source(row, other))))


SHOWN = (
    Column("Line", line_of),
    Column("Kind", lambda row: KINDS[row["kind"]]),
    Column("Gap", gap_text, figure=True),
    Column("What stands", _whole_side),
    Column("What speaks against it", lambda row: _whole_side(row, "other_")),
)
"""The table that people read in Markdown; a terminal sets the two sides beside each other."""
