"""The claims that stand at both clocks, as the content of a file: streamed, for there may be millions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.exports.content import AT_ONCE, Content, database_id, snapshot_of
from posture.exports.fields import Field
from posture.exports.places import of_claim, time_of_claim
from posture.exports.snapshot_tables import CLAIM
from posture.reports.as_of import APPLIES, Asking
from posture.reports.citing import described
from posture.reports.posture import known_at
from posture.reports.report import Footnote
from posture.reports.restated import restated_since
from posture.reports.scope import read_filter
from posture.store.views_of_record import REPORT_CLAIM, REPORT_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posture.exports.content import Row
    from posture.reports.as_of import KnownAt, Question
    from posture.reports.scope import Filter
    from posture.store.connection import Database

_PLAN = "c.modality in ('planned', 'possible', 'demanded', 'negotiating')"
_STANDS = f"(({APPLIES} and not {_PLAN}) or ({_PLAN} and c.stated_on <= :as_of))"
_VIEWED = {column.name: column for view in (REPORT_EVIDENCE, REPORT_CLAIM) for column in view.columns}
_COLUMNS = tuple(_VIEWED[column.name] for column in CLAIM.columns if column.name in _VIEWED)
"""The columns of a claim in a snapshot, but for what follows from its day: the same words everywhere."""
_FREE = ("quantity_text", "effective_edtf", "excerpt", "locator", "transfer_id", "note")
"""Columns that hold what people wrote; the others hold codes and fixed words, which the database itself checks."""
_WITHDRAWN = "\nLEFT JOIN retraction r ON r.status_change_id = c.id"
_TABLES = REPORT_CLAIM.source.replace(_WITHDRAWN, "")
"""The tables of a claim; whether it was withdrawn is a condition here."""


def claims(db: Database, question: Question, known: KnownAt | None = None) -> Content:
    """Return the claims that stand at both clocks, in the order in which they were recorded."""
    known = known or known_at(db, question)
    asking = Asking(db, question, known)
    where = " and ".join((f"{asking.visible}", _STANDS, *_asked(read_filter(db, question))))
    params = asking.params

    def batches() -> Iterator[list[Row]]:
        _unhurried(db)
        return db.batches(statement(db.engine, where), params, AT_ONCE)

    return Content(
        name="claims",
        fields=tuple(
            Field(column.name, column.kind, column.meaning, closed=column.name not in _FREE) for column in _COLUMNS
        ),
        key=CLAIM.key,
        batches=batches,
        as_of=asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        database_id=database_id(db),
        notes=tuple(restated_since(db, known.seq)),
        sources=lambda: _sources(db, where, params),
        place=of_claim,
        time=time_of_claim,
        snapshot=snapshot_of(db, question),
    )


def statement(engine: str, where: str) -> str:
    """Return the statement that brings the claims for which a condition holds, in the order of their numbers."""
    wanted = ", ".join(f"{column.expression(engine)} AS {column.name}" for column in _COLUMNS)
    return f"SELECT {wanted}\n{_TABLES}\nWHERE {where}\nORDER BY c.id"


def _asked(wanted: Filter) -> Iterator[str]:
    """Yield the conditions for a claim to be about what a question names."""
    for column, ids in (
        ("d.actor_id", wanted.actor),
        ("d.location_id", wanted.location),
        ("a.asset_type_id", wanted.asset_type),
    ):
        if ids is not None:
            yield f"{column} in ({', '.join(map(str, sorted(ids)))})"
    if wanted.deployment is not None:
        yield f"c.deployment_id = {wanted.deployment}"


def _unhurried(db: Database) -> None:
    """Let PostgreSQL read whole tables again, which a question about lines forbids it."""
    if db.engine == "postgresql":
        db.execute("set local enable_hashjoin = on; set local enable_mergejoin = on")


def _sources(db: Database, where: str, params: dict[str, Any]) -> Sequence[Footnote]:
    """Return the sources of the claims, numbered by their codes."""
    _unhurried(db)
    rows = db.all(
        "select s.code, s.title, s.publisher, s.published_on, s.url from source s where s.id in"
        f" (select c.source_id {_TABLES} where {where}) order by s.code",
        params,
    )
    return [Footnote(number, row["code"], described(row)) for number, row in enumerate(rows, start=1)]
