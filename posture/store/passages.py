"""What full-text search looks through: sources, excerpts, events and notes, as one list of passages on both engines.

SQLite has an FTS5 index of the view `passage`, kept by the writer; PostgreSQL an index over the terms of each table. The
statements are frozen into the migration that makes them; searching itself is `posture.reports.search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posture.store.connection import Database

STRIDE = 16
"""Passage number = number of the row times this, plus the number of the kind."""
LONGEST = 500_000
"""Characters of a text that PostgreSQL indexes; it allows no more terms than a megabyte holds."""
PLAIN = {
    "a": "àáâãäåāăą",
    "c": "çćĉċč",
    "d": "ď",
    "e": "èéêëēĕėęě",
    "g": "ĝğġģ",
    "h": "ĥ",
    "i": "ìíîïĩīĭį",
    "j": "ĵ",
    "k": "ķ",
    "l": "ĺļľ",
    "n": "ñńņň",
    "o": "òóôõöōŏő",
    "r": "ŕŗř",
    "s": "śŝşšș",
    "t": "ţťț",
    "u": "ùúûüũūŭůűų",
    "w": "ŵ",
    "y": "ýÿŷ",
    "z": "źżž",
}
"""Letters that are found by the plain one as well; SQLite's own tokenizer knows them."""


class Kind(NamedTuple):
    """One kind of passage: a table, and which of its columns are searched."""

    number: int
    """Its place in the numbers of passages; never changes."""
    name: str
    """What a reader calls it."""
    table: str
    title: str
    """The column that weighs more; empty for none."""
    body: tuple[str, ...]
    """The columns of the text."""
    only_where: tuple[str, ...] = ()
    """Columns of which one must hold something; a row without any is no passage."""

    def number_of(self, row: str) -> str:
        """Return the expression for the number of a row's passage."""
        return f"{row}.id * {STRIDE} + {self.number}"

    def title_of(self, row: str) -> str:
        """Return the expression for the title of a row."""
        return f"{row}.{self.title}" if self.title else "''"

    def body_of(self, row: str) -> str:
        """Return the expression for the text of a row."""
        return " || ' ' || ".join(f"coalesce({row}.{column}, '')" for column in self.body)

    def exists(self, row: str) -> str:
        """Return the condition for a row to be a passage; empty where every row is one."""
        return " OR ".join(f"{row}.{column} IS NOT NULL" for column in self.only_where)


KINDS = (
    Kind(1, "source", "source", "title", ("publisher", "text", "note")),
    Kind(2, "claim", "status_change", "", ("excerpt", "note"), only_where=("excerpt", "note")),
    Kind(3, "event", "event", "title", ("excerpt", "note")),
    Kind(4, "actor", "actor", "name", ("note",), only_where=("note",)),
    Kind(5, "location", "location", "name", ("note",), only_where=("note",)),
    Kind(6, "asset type", "asset_type", "name", ("note",), only_where=("note",)),
    Kind(7, "deployment", "deployment", "name", ("mission", "note"), only_where=("mission", "note")),
    Kind(8, "platform", "platform", "designation", ("note",), only_where=("note",)),
    Kind(9, "asset", "asset", "", ("note",), only_where=("note",)),
)
"""Everything that is searched."""

_OF_TABLE = {kind.table: kind for kind in KINDS}

GROWS_ONLY = ("status_change",)
"""Tables whose rows are never changed or removed."""


def statements(engine: str) -> list[str]:
    """Return the statements that make the index, in order, for one engine."""
    return _for_sqlite() if engine == "sqlite" else _for_postgresql()


def _for_sqlite() -> list[str]:
    selects = "\n    UNION ALL ".join(_select(kind) for kind in KINDS)
    return [
        f"CREATE VIEW passage AS\n    {selects}",
        "CREATE VIRTUAL TABLE passage_index USING fts5(title, body, tokenize='unicode61 remove_diacritics 2')",
        "INSERT INTO passage_index (rowid, title, body) SELECT id, title, body FROM passage",
    ]


def _select(kind: Kind) -> str:
    condition = f" WHERE {kind.exists('t')}" if kind.only_where else ""
    return (
        f"SELECT {kind.number_of('t')} AS id, {kind.title_of('t')} AS title, {kind.body_of('t')} AS body\n"
        f"    FROM {kind.table} t{condition}"
    )


def keep(db: Database, rows: Iterable[tuple[str, int]]) -> None:
    """Put rows that an entry touched, each a table and a number, into the index as they are now.

    SQLite alone needs it (PostgreSQL keeps its own indexes): before version 3.44 no trigger may write to a full-text index
    while the schema of a file is not trusted, and ours never is.
    """
    if db.engine != "sqlite":
        return
    for table, number in rows:
        kind = _OF_TABLE.get(table)
        if kind is None:
            continue
        if table not in GROWS_ONLY:
            db.execute("delete from passage_index where rowid = :id", {"id": number * STRIDE + kind.number})
        condition = f" and ({kind.exists('t')})" if kind.only_where else ""
        db.execute(
            f"insert into passage_index (rowid, title, body) select {kind.number_of('t')}, {kind.title_of('t')},"
            f" {kind.body_of('t')} from {table} t where t.id = :id{condition}",
            {"id": number},
        )


def keep_claims(db: Database, first: int, last: int) -> None:
    """Put the claims with these numbers, new ones, into the index."""
    if db.engine != "sqlite":
        return
    kind = _OF_TABLE["status_change"]
    db.execute(
        f"insert into passage_index (rowid, title, body) select {kind.number_of('t')}, {kind.title_of('t')},"
        f" {kind.body_of('t')} from status_change t where t.id between :first and :last and ({kind.exists('t')})",
        {"first": first, "last": last},
    )


def differences(db: Database) -> int:
    """Return how many passages the index lacks, holds in vain, or holds otherwise than they are; 0 if it is sound."""
    if db.engine != "sqlite":
        return 0
    kept, there = "select rowid, title, body from passage_index", "select id, title, body from passage"
    return sum(
        int(db.value(f"select count(*) from ({one} except {other})") or 0)
        for one, other in ((kept, there), (there, kept))
    )


def rebuild(db: Database) -> None:
    """Make the index anew from what is recorded."""
    if db.engine == "sqlite":
        db.execute("delete from passage_index")
        db.execute("insert into passage_index (rowid, title, body) select id, title, body from passage")


def _for_postgresql() -> list[str]:
    letters = "".join(PLAIN.values())
    plain = "".join(plain * len(letters) for plain, letters in PLAIN.items())
    made = _TERMS.format(longest=LONGEST, letters=letters, plain=plain)
    indexes = [
        f"CREATE INDEX ix_{kind.table}_search ON {kind.table} USING gin ({terms(kind, kind.table)})"
        + (f" WHERE {kind.exists(kind.table)}" if kind.only_where else "")
        for kind in KINDS
    ]
    return [made, *indexes]


_TERMS = """\
CREATE FUNCTION posture_terms(title text, body text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    letters CONSTANT text := '{letters}';
    plain CONSTANT text := '{plain}';
    words text[] := ARRAY(SELECT regexp_replace(translate(lower(left(coalesce(part, ''), {longest})), letters, plain),
        '[^[:alnum:]]+', ' ', 'g') FROM unnest(ARRAY[title, body]) WITH ORDINALITY AS parts(part, place) ORDER BY place);
BEGIN
    RETURN setweight(to_tsvector('simple', words[1]), 'A') || setweight(to_tsvector('simple', words[2]), 'D');
END
$$"""
"""It names nothing outside the system's own schema: a restore makes the indexes where nothing else is found."""


def terms(kind: Kind, row: str) -> str:
    """Return the expression that PostgreSQL indexes for a row."""
    return f"posture_terms({kind.title_of(row)}, {kind.body_of(row)})"


def removals(engine: str) -> list[str]:
    """Return the statements that take the index away again."""
    if engine == "sqlite":
        return ["DROP TABLE passage_index", "DROP VIEW passage"]
    return [
        *(f"DROP INDEX ix_{kind.table}_search" for kind in KINDS),
        "DROP FUNCTION posture_terms(text, text)",
    ]
