"""The claims that stand at both clocks, as the content of a file: streamed, for there may be millions."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.exports.coded import Coded, Part, Row, Table
from posture.exports.content import AT_ONCE, Content, database_id, snapshot_of
from posture.exports.fields import Field
from posture.exports.places import of_claims, time_of_claim
from posture.exports.snapshot_tables import CLAIM
from posture.reports.as_of import APPLIES, Asking
from posture.reports.citing import described
from posture.reports.posture import known_at
from posture.reports.report import Footnote
from posture.reports.restated import restated_since
from posture.reports.scope import read_filter
from posture.store.view_columns import ViewColumn
from posture.store.views_of_record import REPORT_CLAIM, REPORT_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
_TABLES = "FROM status_change c\nJOIN ledger_entry e ON e.seq = c.seq"
_SITES = "FROM deployment d JOIN actor ac ON ac.id = d.actor_id JOIN location lo ON lo.id = d.location_id"
LINES_AT_ONCE = 25_000
"""Claims of a batch of lines: whoever reads them looks numbers up in the catalogue anew for each batch."""
PARTED = "\x1f"
"""Stands between the parts of a text; no number, day, code or fixed word holds it."""


class _Named(NamedTuple):
    """What a claim says by a number of the catalogue."""

    number: str
    """The number, of a claim `c`."""
    tables: tuple[str, ...]
    """Where what it stands for is read, and by which number of the catalogue."""


_LINE = _Named(
    "coalesce(c.asset_id, -c.deployment_id)",
    (
        f"a.id {_SITES} JOIN asset a ON a.deployment_id = d.id JOIN asset_type t ON t.id = a.asset_type_id",
        f"-d.id {_SITES} LEFT JOIN asset a ON a.id = 0 LEFT JOIN asset_type t ON t.id = a.asset_type_id",
    ),
)
_NAMED = {
    "d": _LINE,
    "ac": _LINE,
    "lo": _LINE,
    "a": _LINE,
    "t": _LINE,
    "st": _Named("c.status_id", ("st.id FROM status st",)),
    "s": _Named("c.source_id", ("s.id FROM source s",)),
    "od": _Named("c.other_deployment_id", ("od.id FROM deployment od",)),
}
"""The tables of the catalogue that a claim refers to, by what they are called in the expressions of columns."""


def claims(db: Database, question: Question, known: KnownAt | None = None) -> Content:
    """Return the claims that stand at both clocks, in the order in which they were recorded."""
    known = known or known_at(db, question)
    asking = Asking(db, question, known)
    where = " and ".join((f"{asking.visible}", _STANDS, *_asked(read_filter(db, question))))
    found = _Claims(db, where, asking.params)
    return Content(
        name="claims",
        fields=_fields(),
        key=CLAIM.key,
        batches=found.batches,
        coded=lambda: found.coded,
        as_of=asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        database_id=database_id(db),
        notes=tuple(restated_since(db, known.seq)),
        sources=found.sources,
        place=of_claims(db),
        time=time_of_claim,
        snapshot=snapshot_of(db, question),
    )


def _fields() -> tuple[Field, ...]:
    return tuple(
        Field(column.name, column.kind, column.meaning, closed=column.name not in _FREE) for column in _COLUMNS
    )


def _named(column: ViewColumn) -> _Named | None:
    """Return by which number of the catalogue a column is said; None for what stands in the claim itself."""
    return _NAMED.get(column.sql.partition(".")[0])


class _Claims:
    """The claims for which a condition holds."""

    def __init__(self, db: Database, where: str, params: dict[str, Any]) -> None:
        self.db, self.where, self.params = db, where, params

    @cached_property
    def coded(self) -> Coded:
        """The claims in parts: the catalogue is read when they are first written."""
        return Coded(tuple(self._parts()), self.values, self.columns, self.lines)

    def batches(self) -> Iterator[list[Row]]:
        """Yield the claims as they are when written out."""
        return self.coded.batches()

    def _parts(self) -> Iterator[Part]:
        """Yield the parts, in the order of the columns."""
        fields = dict(zip(_COLUMNS, _fields(), strict=True))
        for (named, free), columns in _runs():
            group = tuple(fields[column] for column in columns)
            if named is not None:
                yield Part(group, self._table(named, columns))
            elif free:
                yield from (Part((field,)) for field in group)
            else:
                yield Part(group)

    def _table(self, named: _Named, columns: Sequence[ViewColumn]) -> Table:
        """Return what the numbers of a part of the catalogue stand for."""
        wanted = ", ".join(column.expression(self.db.engine) for column in columns)
        rows: list[Row] = []
        for each in named.tables:
            number, _, tables = each.partition(" ")
            rows += self.db.tuples(f"select {number}, {wanted} {tables}")
        return Table(rows)

    def values(self) -> Iterator[list[Row]]:
        """Yield the claims as numbers and values."""
        engine = self.db.engine
        wanted: list[str] = []
        for (named, _), columns in _runs():
            wanted += [named.number] if named else [column.expression(engine) for column in columns]
        return self._read(wanted)

    def columns(self) -> Iterator[Sequence[Sequence[Any]]]:
        """Yield the claims as columns, runs of which the database joined to texts: all of them in one, which is parted here."""
        places: list[int] = []
        count = 0
        for (_, free), columns in _runs():
            places += [-1] * len(columns) if free else [count]
            count += not free
        for rows in self._read(self._joined(PARTED, _as_cell)):
            whole, *values = zip(*rows, strict=True)
            parts = PARTED.join(whole).split(PARTED)
            free_values = iter(values)
            yield [next(free_values) if place < 0 else parts[place::count] for place in places]

    def lines(self) -> Iterator[tuple[str, Sequence[Sequence[Any]]]]:
        """Yield the claims as lines of CSV, which the database wrote, and the columns that do not go into them."""
        for rows in self._read(self._joined(",", ViewColumn.expression), LINES_AT_ONCE):
            whole, *values = zip(*rows, strict=True)
            yield "\n".join(whole), values

    def _joined(self, parted: str, free_as: Callable[[ViewColumn, str], str]) -> list[str]:
        """Return what is selected: all runs and numbers in one text, then the free columns."""
        engine = self.db.engine
        words: list[str] = []
        joined: list[str] = []
        apart: list[str] = []
        for (named, free), columns in _runs():
            if free:
                apart += [free_as(column, engine) for column in columns]
            else:
                joined += [named.number] if named else [_as_cell(column, engine) for column in columns]
                words.append("%s" if named else ",".join(["%s"] * len(columns)))
        function = "printf" if engine == "sqlite" else "format"
        return [f"{function}('{parted.join(words)}', {', '.join(joined)})", *apart]

    def _read(self, wanted: Sequence[str], at_once: int = AT_ONCE) -> Iterator[list[Row]]:
        _unhurried(self.db)
        sql = f"SELECT {', '.join(wanted)}\n{_TABLES}\nWHERE {self.where}\nORDER BY c.id"
        return self.db.batches(sql, self.params, at_once)

    def sources(self) -> Sequence[Footnote]:
        """Return the sources of the claims, numbered by their codes."""
        _unhurried(self.db)
        rows = self.db.all(
            "select s.code, s.title, s.publisher, s.published_on, s.url from source s where s.id in"
            f" (select c.source_id {_TABLES} where {self.where}) order by s.code",
            self.params,
        )
        return [Footnote(number, row["code"], described(row)) for number, row in enumerate(rows, start=1)]


def _runs() -> Iterator[tuple[tuple[_Named | None, bool], tuple[ViewColumn, ...]]]:
    """Yield columns side by side that come alike: by one number, each by itself (free text, fractions), or joined."""

    def kind(column: ViewColumn) -> tuple[_Named | None, bool]:
        named = _named(column)
        return named, named is None and (column.name in _FREE or column.kind == "real")

    for alike, columns in groupby(_COLUMNS, kind):
        yield alike, tuple(columns)


def _as_cell(column: ViewColumn, engine: str) -> str:
    """Return the expression of a column for CSV; a database joins what is not known as nothing."""
    expression = column.expression(engine)
    if column.kind == "flag":
        return f"CASE {expression} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    return f"coalesce({expression}, '')" if column.name in _FREE else expression


def _asked(wanted: Filter) -> Iterator[str]:
    """Yield the conditions for a claim to be about what a question names."""
    for column, ids in (("actor_id", wanted.actor), ("location_id", wanted.location)):
        if ids is not None:
            yield f"c.deployment_id in (select id from deployment where {column} in ({_listed(ids)}))"
    if wanted.asset_type is not None:
        yield f"c.asset_id in (select id from asset where asset_type_id in ({_listed(wanted.asset_type)}))"
    if wanted.deployment is not None:
        yield f"c.deployment_id = {wanted.deployment}"


def _listed(ids: set[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


def _unhurried(db: Database) -> None:
    """Let PostgreSQL read whole tables again, which a question about lines forbids it."""
    if db.engine == "postgresql":
        db.execute("set local enable_hashjoin = on; set local enable_mergejoin = on")
