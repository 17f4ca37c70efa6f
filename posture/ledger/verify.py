"""Checks that what is stored is what was recorded: every hash, the chain, the numbering, and what is derived."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.domain.vocabulary import ASSET_TYPES, STATUSES
from posture.errors import Refused
from posture.ledger import containment, current, revisions
from posture.ledger.hashing import ENTRY, HASHED, hash_entry, hash_lines, lines_of, sha256
from posture.store import passages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.store.connection import Database

BATCH = 20_000
"""Rows fetched at a time: memory stays bounded whatever the length of the ledger."""
_REBUILT = 'rebuild it with "posture db verify --mend"'


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded."""

    seq: int | None
    """The entry it belongs to; None for what is derived from many."""
    what: str
    """What does not match, in a line."""


def verify(db: Database) -> list[Finding]:
    """Return all findings, those of the ledger in order of seq; an empty list means that everything matches."""
    with db.read():
        nested = list(_containment(db))
        # What the lines agree on rests on what contains what: while that is off, the projection cannot be checked.
        projected = [] if nested else _projected(db)
        recorded = [*chain(db), *_texts(db), *_catalogue(db), *_given(db), *_imported(db)]
        return [*recorded, *nested, *_searched(db), *projected]


def head_of(db: Database) -> tuple[int, str | None]:
    """Return number and hash of the newest entry: kept elsewhere, they tell later whether entries were lost; 0 if none."""
    row = db.one("select seq, entry_hash from ledger_entry order by seq desc limit 1")
    return (row["seq"], row["entry_hash"]) if row else (0, None)


def not_as_kept(db: Database, seq: int, digest: str) -> list[Finding]:
    """Return what is wrong with the entry of that number, whose hash, or the beginning of it, was kept elsewhere."""
    found = db.value("select entry_hash from ledger_entry where seq = :seq", {"seq": seq})
    if found is None:
        last, _ = head_of(db)
        return [Finding(seq, f"entry #{seq}, which was there, is missing: the ledger ends with entry #{last}")]
    if not str(found).startswith(digest):
        return [Finding(seq, f"entry #{seq} is not the one that was kept: its hash begins with {str(found)[:12]}")]
    return []


def mend(db: Database) -> list[str]:
    """Compute anew what is derived from what is recorded; return what of it had to be changed, in words.

    What was recorded is not touched: a broken record is mended by restoring a backup, not here.
    """
    with db.write():
        nested, searched = any(_containment(db)), any(_searched(db))
        if nested:
            containment.rebuild(db)
        if searched:
            passages.rebuild(db)
    words = ((nested, "the derived table containment"), (searched, "the index of the full-text search"))
    return [what for changed, what in words if changed]


def _searched(db: Database) -> Iterator[Finding]:
    """Compare the index of the full-text search with what it is about."""
    if different := passages.differences(db):
        yield Finding(None, f"the index of the full-text search is off in {different} passages; {_REBUILT}")


def _projected(db: Database) -> Iterator[Finding]:
    """Compute every line's posture and every plan's state anew, and compare."""
    for what in current.differences(db):
        yield Finding(None, f'{what}; run "posture db refresh"')


def chain(db: Database, after: int = 0) -> Iterator[Finding]:
    """Recompute every content hash and entry hash, and follow the chain; of the entries after one alone, if it is given."""
    contents = {table: _Reader(db, table, columns, after) for table, columns in HASHED.items()}
    expected = after + 1
    before, recorded_at = _link(db, after)
    for entry in _entries(db, after):
        seq = entry["seq"]
        if seq != expected:
            yield Finding(expected, f"entry #{expected} is missing: the next is #{seq}")
        expected = seq + 1
        strays = [table for table, reader in contents.items() if reader.skip_below(seq)]
        if strays:
            yield Finding(seq, f"rows before entry #{seq} belong to no entry ({', '.join(strays)})")
        content = hash_lines(text for reader in contents.values() for text in reader.of(seq))
        if content != entry["content_hash"]:
            yield Finding(seq, f"the content of entry #{seq} is not what was recorded")
        if hash_entry(entry) != entry["entry_hash"]:
            yield Finding(seq, f"entry #{seq} itself is not what was recorded")
        if entry["prev_hash"] != before:
            yield Finding(seq, f"entry #{seq} does not follow the entry before it")
        if entry["recorded_at"] < recorded_at:
            yield Finding(seq, f"entry #{seq} is recorded before the entry before it")
        before, recorded_at = entry["entry_hash"], entry["recorded_at"]
    for table, reader in contents.items():
        if reader.rest():
            yield Finding(expected, f"rows of {table} belong to no entry")


def _link(db: Database, seq: int) -> tuple[str | None, str]:
    """Return what the entry after this one follows: its hash, and when it was recorded."""
    row = db.one("select entry_hash, recorded_at from ledger_entry where seq = :seq", {"seq": seq}) if seq else None
    return (row["entry_hash"], row["recorded_at"]) if row else (None, "")


def _entries(db: Database, after: int) -> Iterator[Mapping[str, Any]]:
    last = after
    columns = ", ".join((*ENTRY, "entry_hash"))
    while True:
        batch = db.all(
            f"select {columns} from ledger_entry where seq > :last order by seq limit :batch",
            {"last": last, "batch": BATCH},
        )
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1]["seq"]


class _Reader:
    """Hands out one table's lines entry by entry, fetched in batches in the order of (seq, ordinal)."""

    def __init__(self, db: Database, table: str, columns: tuple[str, ...], after: int) -> None:
        self._table, self._columns = table, columns
        since = f" where seq > {int(after)}" if after else ""
        self._batches = db.batches(
            f"select {', '.join(columns)} from {table}{since} order by seq, ordinal", None, BATCH
        )
        self._seqs: Sequence[int] = ()
        self._lines: Sequence[str] = ()
        self._at = 0

    def _has_more(self) -> bool:
        """Whether a row is left; it is read, with those after it, where none is at hand."""
        if self._at < len(self._seqs):
            return True
        rows = next(self._batches, None)
        if rows is None:
            return False
        columns = dict(zip(self._columns, zip(*rows, strict=True), strict=True))
        self._seqs, self._lines, self._at = columns["seq"], lines_of(self._table, columns), 0
        return True

    def skip_below(self, seq: int) -> bool:
        """Leave out the rows of entries before this one; return whether there were any."""
        skipped = False
        while self._has_more() and self._seqs[self._at] < seq:
            self._at, skipped = bisect_left(self._seqs, seq, lo=self._at), True
        return skipped

    def of(self, seq: int) -> Iterator[str]:
        """Yield the lines of an entry, many at a time."""
        while self._has_more() and self._seqs[self._at] == seq:
            end = bisect_right(self._seqs, seq, lo=self._at)
            yield "".join(self._lines[self._at : end])
            self._at = end

    def rest(self) -> bool:
        """Whether rows are left after the last entry."""
        return self._has_more()


_TEXTS = (
    ("status_change", "excerpt", "excerpt_sha256", "seq"),
    ("status_change", "note", "note_sha256", "seq"),
    ("source", "text", "text_sha256", "id"),
    ("event", "excerpt", "excerpt_sha256", "id"),
)


def _texts(db: Database) -> Iterator[Finding]:
    """Compare long texts with the hashes that stand in for them; a text that was erased is no finding."""
    for table, column, digest, key in _TEXTS:
        last = 0
        while True:
            batch = db.all(
                f"select id, {key} as place, {column} as words, {digest} as digest from {table}"
                f" where {column} is not null and id > :last order by id limit :batch",
                {"last": last, "batch": BATCH},
            )
            for row in batch:
                if sha256(row["words"]) != row["digest"]:
                    yield Finding(
                        row["place"] if key == "seq" else None,
                        f"the {column} of {table.replace('_', ' ')} {row['id']} is not what was recorded",
                    )
            if len(batch) < BATCH:
                break
            last = batch[-1]["id"]


def _catalogue(db: Database) -> Iterator[Finding]:
    """Compare every catalogue row with the last revision of it."""
    newest: dict[tuple[str, int], tuple[int, str | None]] = {
        (row["table_name"], row["row_id"]): (row["seq"], row["after"])
        for row in db.all("select table_name, row_id, seq, after from catalogue_revision order by seq, ordinal")
    }
    for table in (
        "actor",
        "location",
        "asset_type",
        "source",
        "deployment",
        "platform",
        "asset",
        "alias",
        "event",
        "edition",
    ):
        there = {row["id"] for row in db.all(f"select id from {table}")}
        for (name, row_id), (seq, after) in newest.items():
            if name != table:
                continue
            if after is None and row_id in there:
                yield Finding(seq, f"{table.replace('_', ' ')} {row_id} was removed by entry #{seq} and is there")
            elif after is not None and row_id not in there:
                yield Finding(seq, f"{table.replace('_', ' ')} {row_id} of entry #{seq} is missing")
            elif after is not None and revisions.canonical(revisions.snapshot(db, table, row_id)) != after:
                yield Finding(seq, f"{table.replace('_', ' ')} {row_id} is not as entry #{seq} left it")
        unrecorded = {row_id for row_id in there if (table, row_id) not in newest}
        if table == "asset_type":
            unrecorded -= set(range(1, len(ASSET_TYPES) + 1))  # the top of the tree comes with the schema
        for row_id in sorted(unrecorded):
            yield Finding(None, f"{table.replace('_', ' ')} {row_id} was never recorded")


def _given(db: Database) -> Iterator[Finding]:
    """Compare what comes with the schema: the top of the asset types until it is edited, the statuses, one identity."""
    numbers = {code: number for number, (code, _, _) in enumerate(ASSET_TYPES, start=1)}
    for code, parent, name in ASSET_TYPES:
        ids = {"id": numbers[code], "parent_id": numbers[parent] if parent else None}
        empty = dict.fromkeys(("icao_designator", "sidc", "note"))
        edited = "select 1 from catalogue_revision where table_name = 'asset_type' and row_id = :id"
        if db.value(edited, {"id": ids["id"]}):
            continue
        if revisions.snapshot(db, "asset_type", numbers[code]) != {**ids, "code": code, "name": name, **empty}:
            yield Finding(None, f"asset type {ids['id']} ({code}) is not as every database begins with it")

    wanted = {number: (code, str(axis), name) for number, (code, axis, name) in enumerate(STATUSES, start=1)}
    there = {row["id"]: (row["code"], row["axis"], row["name"]) for row in db.all("select * from status")}
    for number in sorted(wanted.keys() | there.keys()):
        if wanted.get(number) != there.get(number):
            code = (wanted.get(number) or there[number])[0]
            yield Finding(None, f"status {number} ({code}) is not as every database has it")
    if db.value("select count(*) from database_identity") != 1:
        yield Finding(None, "the database does not say which one it is: database_identity has no row")


_ROWS_OF_IMPORT = """
select f.seq, f.name, f.claims,
    (select count(*) from import_row r where r.claim_id between f.first_claim_id and f.first_claim_id + f.claims - 1),
    (select count(*) from status_change c where c.seq = f.seq and c.id between f.first_claim_id and f.first_claim_id + f.claims - 1)
from import_file f order by f.seq
"""


def _imported(db: Database) -> Iterator[Finding]:
    """Compare what each import says of its file with the claims that came of it."""
    total = 0
    for seq, name, claims, rows, recorded in db.tuples(_ROWS_OF_IMPORT):
        total += rows
        if not claims == rows == recorded:
            yield Finding(seq, f"of the {claims:,} rows of {name} that entry #{seq} imported, {rows:,} are told apart")
    if db.value("select count(*) from import_row") != total:
        yield Finding(None, "there are imported rows of no file")


def _containment(db: Database) -> Iterator[Finding]:
    """Compare the derived table of containment with the rule."""
    kept = {(row["container_id"], row["part_id"]) for row in db.all("select container_id, part_id from containment")}
    try:
        wanted = containment.computed(db)
    except Refused as error:
        yield Finding(None, f"the catalogue runs in a circle: {error}")
        return
    if kept != wanted:
        yield Finding(
            None,
            f"the derived table containment is not what the catalogue gives; {_REBUILT}",
        )
