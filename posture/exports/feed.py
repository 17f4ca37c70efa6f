"""The feed: what entries brought since a cursor, row by row, for whoever keeps a copy or wants to be told.

A cursor is number and hash of the last entry delivered. It is checked before anything is read: a ledger that no longer has
that entry was restored from an older backup, or is another one, and a feed that went on would skip or double without a
word. Rows are read table by table as they are written out, so that memory stays bounded.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture.errors import IntegrityBroken
from posture.exports.content import Content, database_id
from posture.exports.fields import Field
from posture.ledger.verify import head_of
from posture.reports.claim_rows import grade, what
from posture.store.feed_format import (
    BEGINNING,
    CLAIM,
    COLUMNS,
    CORRECTION,
    DATABASE,
    ENTRY,
    FORMAT,
    KEY,
    KINDS,
    TEXTS,
    Cursor,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from posture.exports.coded import Row
    from posture.store.connection import Database
    from posture.store.dump_format import DumpTable

AT_ONCE = 2_000
"""Rows of a table read at a time; those that may hold a whole document, fewer."""
BYTES_AT_ONCE = 8 << 20
"""Characters of documents that are held in memory at a time."""


def changes_content(db: Database, after: Cursor | None = None) -> tuple[Content, Cursor]:
    """Return what entries brought after a cursor (None: all that ever was), and the cursor behind it.

    Called within `with db.read()`, which has to last until the content is written: the feed ends with the last entry that is
    there now. Raises IntegrityBroken where the ledger does not have the entry of the cursor, or has another in its place.
    """
    start = after or BEGINNING
    check_cursor(db, start)
    seq, head = head_of(db)
    end = Cursor(seq, head)
    return (
        Content(
            name="changes",
            fields=tuple(Field(*said) for said in COLUMNS),
            key=KEY,
            batches=lambda: _batches(_rows(db, start.seq, end.seq)),
            as_of=None,
            known_seq=seq,
            known_at=db.value("select recorded_at from ledger_entry where seq = :seq", {"seq": seq}),
            database_id=database_id(db),
        ),
        end,
    )


def check_cursor(db: Database, cursor: Cursor) -> None:
    """Raise IntegrityBroken where the ledger is not, up to the cursor, the one that was delivered."""
    if not cursor.seq:
        return
    found = db.value("select entry_hash from ledger_entry where seq = :seq", {"seq": cursor.seq})
    if found is None:
        last, _ = head_of(db)
        raise IntegrityBroken(
            f"entry #{cursor.seq} was delivered, and the ledger ends with #{last}: was an older backup restored? "
            "Nothing was delivered; restore a newer one, or start consumers anew from a dump"
        )
    if found != cursor.hash:
        raise IntegrityBroken(
            f"entry #{cursor.seq} is not the one that was delivered: its hash begins with {str(found)[:12]}, not"
            f" {str(cursor.hash)[:12]}; is it another ledger, or one that was restored and written on? "
            "Nothing was delivered; consumers have to start anew from a dump"
        )


# --- the rows ----------------------------------------------------------------------------------------------------------

_BETWEEN = "between :first and :last"
_ROWS_OF_IMPORT = (
    "(select 1 + (select count(*) from import_row r where r.claim_id between f.first_claim_id"
    " and f.first_claim_id + f.claims - 1) from import_file f where f.seq = t.seq)"
)
_COUNTED = " + ".join(
    f"(select count(*) from {table} x where x.seq = t.seq)"
    for table in KINDS.values()
    if table not in ("ledger_entry", "import_file", "import_row")
)
_ADDED = {
    "ledger_entry": f", 1 + {_COUNTED} + coalesce({_ROWS_OF_IMPORT}, 0) from ledger_entry t",
    "catalogue_revision": " from catalogue_revision t",
    "status_change": (
        ", d.code, a.code, s.code, src.code,"
        " (select max(r.status_change_id) from retraction r where r.replacement_id = t.id and r.seq = t.seq)"
        " from status_change t join deployment d on d.id = t.deployment_id left join asset a on a.id = t.asset_id"
        " left join status s on s.id = t.status_id join source src on src.id = t.source_id"
    ),
    "plan_link": " from plan_link t",
    "retraction": ", ev.code from retraction t left join event ev on ev.id = t.event_id",
    "source_origin": (
        ", s.code, o.code from source_origin t join source s on s.id = t.source_id left join source o on o.id = t.origin_id"
    ),
    "import_file": " from import_file t",
    "import_row": (
        ", f.seq, f.name from import_file f join import_row t on t.claim_id between f.first_claim_id"
        " and f.first_claim_id + f.claims - 1"
    ),
}
"""What is selected beside the columns of each table, `t`, and from where."""
_ORDER = {"ledger_entry": "t.seq", "import_file": "t.seq", "import_row": "f.seq, t.claim_id"}
_ENTRY_OF = {"import_row": "f.seq"}


class _Reader:
    """Hands out one table's rows entry by entry, read so many at a time."""

    def __init__(self, db: Database, table: DumpTable, first: int, last: int) -> None:
        self.columns, self.flags = table.columns, [n for n, kind in enumerate(table.types) if kind is bool]
        self._entry_at = table.columns.index("seq") if "seq" in table.columns else len(table.columns)
        seq = _ENTRY_OF.get(table.name, "t.seq")
        named = ", ".join(f't."{name}"' for name in table.columns)
        statement = (
            f"select {named}{_ADDED[table.name]} where {seq} {_BETWEEN}"
            f" order by {_ORDER.get(table.name, 't.seq, t.ordinal')}"
        )
        size = min(table.at_once, AT_ONCE)
        batches = db.batches(statement, {"first": first, "last": last}, size)
        self._rows = (row for batch in batches for row in batch)
        self._next = next(self._rows, None)

    def of(self, seq: int) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
        """Yield the rows of an entry by their columns, each with what was selected beside them."""
        width = len(self.columns)
        while self._next is not None and self._next[self._entry_at] == seq:
            row, self._next = self._next, next(self._rows, None)
            values = list(row[:width])
            for place in self.flags:
                if values[place] is not None:
                    values[place] = bool(values[place])
            yield dict(zip(self.columns, values, strict=True)), tuple(row[width:])


def _rows(db: Database, after: int, last: int) -> Iterator[Row]:
    """Yield the rows of the feed of the entries after one, up to another."""
    ledger, created_at = db.tuples("select database_id, created_at from database_identity")[0]
    if after == 0:
        told = {"format": FORMAT, "schema": db.revision(), "database_id": ledger, "created_at": created_at}
        yield (ledger, 0, 1, 1, created_at, "create", DATABASE, ledger, FORMAT, told)
    if after >= last:
        return
    made = {kind: _Reader(db, tables()[table], after + 1, last) for kind, table in KINDS.items()}
    telling = _Telling(db)
    entries = made.pop(ENTRY)
    for seq in range(after + 1, last + 1):
        entry, beside = next(entries.of(seq), (None, ()))
        if entry is None:
            raise IntegrityBroken(f'entry #{seq} is missing; run "posture db verify"')
        ordinal, of, at, action = 1, beside[0], entry["recorded_at"], entry["action"]
        yield (ledger, seq, ordinal, of, at, action, *telling.of(ENTRY, entry, beside), entry)
        for kind, reader in made.items():
            for row, beside in reader.of(seq):
                ordinal += 1
                yield (ledger, seq, ordinal, of, at, action, *telling.of(kind, row, beside), row)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield rows so many at a time; fewer where documents are among them."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(row[-1].get(text) or "") for text, _ in TEXTS.values())
        if len(batch) >= AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Telling:
    """Says of each row what it is about, and what it says."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._deployments: dict[int, str] | None = None
        self._of: Mapping[str, Callable[[dict[str, Any], tuple[Any, ...]], tuple[str, str, str]]] = {
            ENTRY: self._entry,
            "catalogue": self._catalogue,
            CLAIM: self._claim,
            "plan-link": self._plan_link,
            "retraction": self._retraction,
            "origin": self._origin,
            "import-file": self._import_file,
            "import-row": self._import_row,
        }

    def of(self, kind: str, row: dict[str, Any], beside: tuple[Any, ...]) -> tuple[str, str, str]:
        """Return what a row is, what it is about, and what it says."""
        return self._of[kind](row, beside)

    def _entry(self, row: dict[str, Any], _: tuple[Any, ...]) -> tuple[str, str, str]:
        return ENTRY, f"#{row['seq']}", row["reason"] or f"by {row['recorded_by']}"

    def _claim(self, row: dict[str, Any], beside: tuple[Any, ...]) -> tuple[str, str, str]:
        deployment, asset, status, source, mended = beside
        said = what({**row, "deployment": deployment, "asset": asset, "status": status})
        words = f"c{row['id']} {said}, {row['effective_edtf']}, {grade(row)} {source}"
        about = f"{deployment}/{asset}" if asset else str(deployment)
        return (CLAIM, about, words) if mended is None else (CORRECTION, about, f"{words}, in place of c{mended}")

    def _plan_link(self, row: dict[str, Any], _: tuple[Any, ...]) -> tuple[str, str, str]:
        return "plan-link", f"c{row['plan_id']}", f"c{row['claim_id']} {row['relation'].replace('_', ' ')} it"

    def _retraction(self, row: dict[str, Any], beside: tuple[Any, ...]) -> tuple[str, str, str]:
        claim = row["status_change_id"]
        about = f"c{claim}" if claim is not None else f"event {beside[0]}"
        instead = f", now c{row['replacement_id']}" if row["replacement_id"] is not None else ""
        return "retraction", about, f"withdrawn{instead}: {row['reason']}"

    def _origin(self, row: dict[str, Any], beside: tuple[Any, ...]) -> tuple[str, str, str]:
        return "origin", beside[0], f"repeats {beside[1]}" if row["origin_id"] is not None else "is its own origin"

    def _import_file(self, row: dict[str, Any], _: tuple[Any, ...]) -> tuple[str, str, str]:
        return "import-file", row["name"], f"{row['claims']:,} claims, c{row['first_claim_id']} and on"

    def _import_row(self, row: dict[str, Any], beside: tuple[Any, ...]) -> tuple[str, str, str]:
        line = f"line {row['line']} of " if row["line"] is not None else "of "
        return "import-row", f"c{row['claim_id']}", f"{line}{beside[1]}"

    def _catalogue(self, row: dict[str, Any], _: tuple[Any, ...]) -> tuple[str, str, str]:
        before, after = (None if row[name] is None else json.loads(row[name]) for name in ("before", "after"))
        state = after or before or {}
        called = str(state.get("code") or state.get("name") or row["row_id"])
        noun = row["table_name"].replace("_", " ")
        if row["table_name"] == "asset":
            called = f"{self._deployment(state['deployment_id'])}{called}"
        self._add_texts(row, before, after)
        if before is None or after is None:
            return "catalogue", called, f"{noun} {'added' if before is None else 'removed'}"
        changed = [name.removesuffix("_id").replace("_", " ") for name in after if after[name] != before.get(name)]
        return "catalogue", called, f"{noun} changed: {', '.join(changed) or 'nothing'}"

    def _add_texts(self, row: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Add the long text that a revision brought, where it is still there: the revision itself has its digest only."""
        column, digest = TEXTS.get(row["table_name"], (None, ""))
        if column is None or after is None or after[digest] is None or (before and before[digest] == after[digest]):
            return
        found = self._db.value(
            f"select {column} from {row['table_name']} where id = :id and {digest} = :digest",
            {"id": row["row_id"], "digest": after[digest]},
        )
        if found is not None:
            row[column] = found

    def _deployment(self, number: int) -> str:
        """Return the first half of the address of an asset; nothing where its deployment is gone."""
        if self._deployments is None:
            self._deployments = dict(self._db.tuples("select id, code from deployment"))
        code = self._deployments.get(number)
        return f"{code}/" if code else ""
