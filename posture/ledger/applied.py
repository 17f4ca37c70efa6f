"""Puts entries that another database of the same ledger wrote into this one: the same rows under the same numbers and hashes.

It is no second writer of history: nothing is composed here. Entries go in whole and in order, within one write; before that is
kept, every content hash is computed from the rows as this database now holds them, and every entry hash and link of the
chain with it. What is derived follows, as after any write.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.errors import IntegrityBroken
from posture.ledger import containment, current
from posture.ledger.entry import Entry, Writing
from posture.ledger.hashing import sha256
from posture.ledger.revisions import canonical, snapshot
from posture.ledger.verify import chain, head_of
from posture.store import passages
from posture.store.feed_format import KINDS, TEXTS
from posture.store.statements import insert_text
from posture.store.tables import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.store.connection import Database

AT_ONCE = 5_000
"""Rows of a table that are held before they are inserted, and claims up to which each is looked at by itself."""
_CLAIM_TEXTS = (("excerpt", "excerpt_sha256"), ("note", "note_sha256"))
_SHAPES = ("actor", "location", "deployment")
"""Tables whose rows decide which deployment contains which."""


@dataclass(frozen=True)
class _Span:
    """Rows of one table with numbers that follow each other."""

    table: str
    first: int
    count: int


class Entries:
    """Entries that are being put in, within one write."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.seq, self.hash = head_of(db)
        """The last entry that is here, or is being put in."""
        self._before = self.seq
        self._waiting: dict[str, list[Mapping[str, Any]]] = {}
        self._touched: list[tuple[str, dict[str, Any]]] = []
        self._counts: dict[str, int] = {}
        self._files: list[Mapping[str, Any]] = []

    def put(self, table: str, row: dict[str, Any], texts: Mapping[str, str]) -> None:
        """Put a row in. `texts` are the long texts of a catalogue row. Raises IntegrityBroken for what cannot follow."""
        if table == "ledger_entry":
            self._follow(row)
            self._db.insert(table, row)
            return
        if table == "import_row":
            self._refuse_foreign_row(row)
        elif row["seq"] != self.seq:
            raise IntegrityBroken(f"a row of entry #{row['seq']} stands in entry #{self.seq}")
        if table == "catalogue_revision":
            self._revise(row, texts)
        elif table == "status_change":
            _check_texts(f"claim {row['id']}", row, _CLAIM_TEXTS)
        elif table == "import_file":
            self._files.append(row)
        self._counts[table] = self._counts.get(table, 0) + 1
        self._remember(table, row)
        waiting = self._waiting.setdefault(table, [])
        waiting.append(row)
        if len(waiting) >= AT_ONCE:
            self._insert()

    def close(self) -> None:
        """Check what was put in, and bring what is derived up to it; raises IntegrityBroken for what does not match."""
        self._insert()
        for finding in chain(self._db, self._before):
            raise IntegrityBroken(finding.what)
        for file in self._files:
            last = file["first_claim_id"] + file["claims"] - 1
            told = "select count(*) from import_row where claim_id between :first and :last"
            if self._db.value(told, {"first": file["first_claim_id"], "last": last}) != file["claims"]:
                raise IntegrityBroken(f"of what entry #{file['seq']} imported, not every row is told")
        self._derive()

    def _follow(self, row: Mapping[str, Any]) -> None:
        if row["seq"] != self.seq + 1 or row["prev_hash"] != self.hash:
            raise IntegrityBroken(f"entry #{row['seq']} does not follow entry #{self.seq} as it is here")
        self.seq, self.hash = row["seq"], row["entry_hash"]

    def _refuse_foreign_row(self, row: Mapping[str, Any]) -> None:
        file = self._files[-1] if self._files else None
        if (
            file is None
            or not 0 <= row["claim_id"] - file["first_claim_id"] < file["claims"]
            or file["seq"] != self.seq
        ):
            raise IntegrityBroken(f"claim {row['claim_id']} is not of the file that entry #{self.seq} imported")

    def _insert(self) -> None:
        """Insert what waits, in an order in which each row refers only to those before it."""
        for table in KINDS.values():
            rows = self._waiting.pop(table, None)
            if rows:
                self._db.executemany(insert_text(table, tuple(rows[0])), rows)

    # The catalogue: what a revision says, done again.

    def _revise(self, row: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        table, number = row["table_name"], row["row_id"]
        if table not in CATALOGUE:
            raise IntegrityBroken(f"entry #{row['seq']} changes {table}, which this program does not know")
        before, after = (None if row[name] is None else json.loads(row[name]) for name in ("before", "after"))
        if canonical(snapshot(self._db, table, number) or None) != row["before"]:
            raise IntegrityBroken(
                f"entry #{row['seq']} changes {table.replace('_', ' ')} {number}, which is not here as it was there"
            )
        if before is not None and after is None:
            self._remove(table, number)
        elif after is not None:
            self._set(table, number, before, dict(after), texts)

    def _remove(self, table: str, number: int) -> None:
        if table == "event":
            self._db.execute("delete from event_actor where event_id = :id", {"id": number})
        if table == "deployment":
            containment.forget(self._db, number)
        self._db.delete(table, number)

    def _set(
        self,
        table: str,
        number: int,
        before: Mapping[str, Any] | None,
        values: dict[str, Any],
        texts: Mapping[str, str],
    ) -> None:
        actors = values.pop("actors", None)
        self._refuse_other_columns(table, number, values)
        if table in TEXTS:
            text, digest = TEXTS[table]
            if before is None or before[digest] != values[digest]:
                values[text] = texts.get(text)
                _check_texts(f"{table} {number}", values, (TEXTS[table],))
        if before is None:
            self._db.insert(table, values)
        else:
            self._db.update(table, number, {name: value for name, value in values.items() if name != "id"})
        if table == "event":
            self._db.execute("delete from event_actor where event_id = :id", {"id": number})
            for actor, role in actors or ():
                self._db.insert("event_actor", {"event_id": number, "actor_id": actor, "role": role})

    def _refuse_other_columns(self, table: str, number: int, values: Mapping[str, Any]) -> None:
        from posture.store.dump_format import dump_tables

        columns = next(each.columns for each in dump_tables() if each.name == table)
        strange = sorted(values.keys() - set(columns))
        if strange or values.get("id") != number:
            raise IntegrityBroken(
                f"{table.replace('_', ' ')} {number} of entry #{self.seq} is no such row"
                + (f": this program does not know its {', '.join(strange)}" if strange else "")
            )

    # What is derived.

    def _remember(self, table: str, row: dict[str, Any]) -> None:
        """Keep what it takes to bring up to date what is derived; of very many claims, their numbers are enough."""
        if table not in ("status_change", "retraction") or self._counts[table] <= AT_ONCE:
            self._touched.append((table, row))

    def _derive(self) -> None:
        entry = Entry(self._db, Writing(action="apply"), self.seq, clock.now())
        spans = [span for span in map(self._span, ("status_change", "retraction")) if span is not None]
        entry.many = spans  # type: ignore[assignment]
        by_span = {span.table for span in spans}
        entry.rows = [(table, row) for table, row in self._touched if table not in by_span]
        revised = {(row["table_name"], row["row_id"]) for row in entry.of("catalogue_revision")}
        if any(table in _SHAPES for table, _ in revised):
            entry.moved |= containment.rebuild(self._db)
        claims = [("status_change", row["id"]) for row in entry.of("status_change") if row["excerpt"] or row["note"]]
        passages.keep(self._db, [*claims, *sorted(revised)])
        for span in spans:
            if span.table == "status_change":
                passages.keep_claims(self._db, span.first, span.first + span.count - 1)
        keeper, self._db.keeper = self._db.keeper, None  # computed once for all that is applied, by `current.catch_up`
        try:
            current.keep(entry)
        finally:
            self._db.keeper = keeper

    def _span(self, table: str) -> _Span | None:
        """Return the rows of a table by their numbers, where they are too many to keep each."""
        count = self._counts.get(table, 0)
        if count <= AT_ONCE:
            return None
        first = self._db.value(f"select min(id) from {table} where seq > :before", {"before": self._before})
        return _Span(table, first, count)


def _check_texts(what: str, row: Mapping[str, Any], pairs: tuple[tuple[str, str], ...]) -> None:
    """Raise IntegrityBroken where a long text is not the one that its digest is of; one that is gone is no fault."""
    for text, digest in pairs:
        if row[text] is not None and sha256(row[text]) != row[digest]:
            raise IntegrityBroken(f"the {text} of {what} is not what was recorded")
