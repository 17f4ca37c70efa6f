"""Rows by the thousand within an entry: hashed and inserted like the others, and never all in memory.

Here are those that follow from what is recorded already, as the retractions of an undo do: one statement selects them,
first for the hash and then to insert them. Those that come from elsewhere are in `posture.ledger.bulk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from posture.ledger.hashing import HASHED, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posture.ledger.entry import Entry
    from posture.store.connection import Database


class Many(Protocol):
    """Rows of one ledger table, many of them."""

    table: str
    first: int
    """The number of the first of them; the others follow without a gap."""
    ordinal: int
    """The first one's number within the entry; the others follow without a gap."""
    count: int
    """How many they are, once `lines` has been read to its end."""

    def lines(self) -> Iterator[str]:
        """Yield what the content hash covers."""

    def write(self, db: Database) -> None:
        """Insert them, after the entry itself."""


def claims_of(many: Many) -> tuple[str, dict[str, int]]:
    """Return the condition for the claims `c` that rows in bulk record or withdraw, and its values, once they are written."""
    among = {"first": many.first, "last": many.first + many.count - 1}
    if many.table == "retraction":
        return "c.id in (select status_change_id from retraction where id between :first and :last)", among
    return "c.id between :first and :last", among


class Selected:
    """Rows of a ledger table that a statement selects from the record."""

    def __init__(
        self,
        entry: Entry,
        table: str,
        values: Mapping[str, str | None],
        source: str,
        order: str,
        params: Mapping[str, Any],
    ) -> None:
        """Make `values`, an expression or None for each column but id, seq and ordinal, of `source` (FROM and WHERE).

        `params` are the values of its `:names`. What it selects may not depend on the rows of the entry itself.
        """
        self.table, self._entry = table, entry
        self.count = int(entry.db.value(f"select count(*) {source}", params) or 0)
        self.first = entry.next_id(table, self.count)
        self.ordinal = entry.next_ordinal(table, self.count)
        numbers = {"id": self.first, "ordinal": self.ordinal, "seq": entry.seq}
        self._columns = tuple(name for name, text in values.items() if text is not None)
        self._empty = dict.fromkeys(name for name, text in values.items() if text is None)
        self._rows = (
            f"select {{shown}} from (select row_number() over (order by {order}) - 1 as place, "
            + ", ".join(f"{text} as {name}" for name, text in values.items() if text is not None)
            + f" {source}) made"
        )
        # Names of its own: the source may ask about an entry, or a row, as well.
        self._params = {**params, **{f"new_{name}": number for name, number in numbers.items()}}

    def lines(self) -> Iterator[str]:
        """Yield what the content hash covers."""
        shown = [name for name in HASHED[self.table] if name not in self._empty]
        for rows in self._entry.db.batches(self._showing(shown) + " order by place", self._params):
            columns = zip(*rows, strict=True)
            yield "".join(lines_of(self.table, dict(zip(shown, columns, strict=True)), self._empty))

    def write(self, db: Database) -> None:
        """Insert them, after the entry itself."""
        names = ["id", "seq", "ordinal", *self._columns]
        db.execute(f"insert into {self.table} ({', '.join(names)}) {self._showing(names)}", self._params)

    def _showing(self, names: list[str]) -> str:
        new = {"id": ":new_id + place", "seq": ":new_seq", "ordinal": ":new_ordinal + place"}
        return self._rows.format(shown=", ".join(f"{new.get(name, name)} as {name}" for name in names))
