"""Appends an entry whose claims come by the thousand, as data frames: an import.

It is one entry like any other: numbered, hashed over every row, held to every check of the tables, all or nothing. The frames
pass once: while the database takes the rows of one, the next is read and hashed. The entry itself, whose hash covers all of them,
comes last, so that what refers to it is checked when all is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from posture.domain.codes import refuse_broken
from posture.ledger.entry import Entry, Writing, Written, append
from posture.ledger.hashing import HASHED, sha256, written
from posture.store.alongside import Alongside
from posture.store.frames import in_bulk, insert_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from posture.store.connection import Database

ROWS = 50_000
"""Rows that are worked on at a time."""
REPLACES = "__replaces"
"""Column of a frame: the claim that this one stands in the place of; NULL: of none."""
STATE = {"__line": "line", "__fingerprint": "fingerprint", "__key": "row_key"}
"""Columns of a frame by which its rows are known again, and those of `import_row`."""

_NUMBERED = ("id", "seq", "ordinal")
_TEXTS = {"excerpt": "excerpt_sha256", "note": "note_sha256"}
_TYPES: dict[str, type[pl.DataType]] = {
    **dict.fromkeys((*HASHED["status_change"], *_TEXTS), pl.String),
    **{name: pl.Int64 for name in HASHED["status_change"] if name.endswith("_id") and name != "transfer_id"},
    **dict.fromkeys(("quantity_low", "quantity_best", "quantity_high"), pl.Int64),
    **dict.fromkeys(("excerpt_start", "excerpt_end", "grade_rank"), pl.Int64),
    **dict.fromkeys(("share_low", "share_high"), pl.Float64),
    **dict.fromkeys(("share_low_open", "complete", "admissible", "own_words"), pl.Boolean),
}
CLAIM = {name: kind for name, kind in _TYPES.items() if name not in _NUMBERED}
"""The columns of a frame of claims, and their types."""


@dataclass(frozen=True, kw_only=True)
class ImportFile:
    """The file that an import read."""

    name: str
    """What it is known by, whatever folder it lay in: a longer one of the same name adds what is new in it."""
    mapping_sha256: str
    """Of the mapping that said what its columns mean."""
    sha256: Callable[[], str]
    """Returns that of the bytes; asked once all of them are read."""


class _NothingNew(Exception):
    """Takes an entry back that no claim came to."""


def append_bulk(
    db: Database,
    writing: Writing,
    compose: Callable[[Entry], None],
    claims: Iterable[pl.DataFrame],
    *,
    file: ImportFile | None = None,
) -> Written:
    """Append one entry: the rows that `compose` adds, then the claims of these frames in their order.

    A frame has the columns of `status_change` with final values (`CLAIM`; those that it lacks are NULL) and may have
    `__replaces`; with `file`, also `__line`, `__fingerprint`, `__key`, by which `imported` knows them again. The frames
    are read within the write section, and while they are, rows of the catalogue may be added to the entry, but no claims.
    Where no claim comes, nothing is written, and `seq` is None. Raises what `append` raises; then, or interrupted, it leaves the database
    as it was.
    """
    claimed = _Claims(claims, file)

    def composed(entry: Entry) -> None:
        compose(entry)
        claimed.of(entry)

    try:
        with db.roomy():
            return append(db, writing, composed, lambda _: _is_this(db, writing, file))
    except _NothingNew:
        return Written(understood=["nothing new: nothing was written"])


def _is_this(db: Database, writing: Writing, file: ImportFile | None) -> bool:
    """Whether the entry with this txid is an import of this file, as far as can be told before it is read."""
    there = db.tuples(
        "select f.name, f.mapping_sha256 from import_file f join ledger_entry e on e.seq = f.seq where e.txid = :txid",
        {"txid": writing.txid},
    )
    return there == ([] if file is None else [(file.name, file.mapping_sha256)])


@dataclass(frozen=True)
class _Part:
    """Some rows."""

    frame: pl.DataFrame
    """The columns in which they differ."""
    same: Mapping[str, Any]
    """The values that all of them have."""

    def without(self, names: Iterable[str]) -> _Part:
        gone = set(names)
        kept = {name: value for name, value in self.same.items() if name not in gone}
        return _Part(self.frame.drop(gone & set(self.frame.columns)), kept)

    def only(self, names: Mapping[str, str]) -> _Part:
        """Return the columns that are named, renamed."""
        frame = self.frame.select(pl.col(name).alias(new) for name, new in names.items() if name in self.frame.columns)
        return _Part(frame, {new: self.same[name] for name, new in names.items() if name in self.same})


class _Claims:
    """The claims of an entry that come as frames."""

    table = "status_change"

    def __init__(self, frames: Iterable[pl.DataFrame], file: ImportFile | None) -> None:
        self._frames, self._file = frames, file
        self._replaced: list[pl.DataFrame] = []
        self.first, self.ordinal, self.count = 0, 0, 0

    def of(self, entry: Entry) -> None:
        """Be part of an entry, once its own rows are composed."""
        self._entry, self._composed = entry, len(entry.of(self.table))
        self.first = entry.next_id(self.table, 0)
        self.ordinal = entry.next_ordinal(self.table, 0)
        entry.many.append(self)

    def lines(self) -> Iterator[str]:
        """Read the frames, insert them, and yield what the content hash covers."""
        with in_bulk(self._entry.db, self.table), Alongside(self._entry.db) as alongside:
            for frame in self._frames:
                for piece in frame.iter_slices(ROWS):
                    if piece.height:
                        yield self._taken(piece, alongside)
        entry = self._entry
        if len(entry.of(self.table)) != self._composed:
            raise RuntimeError("claims were added one by one while others came in bulk: their numbers clash")
        if not self.count:
            raise _NothingNew
        entry.next_id(self.table, self.count)
        entry.next_ordinal(self.table, self.count)
        if self._replaced:
            entry.many.append(_Retractions(entry, pl.concat(self._replaced)))

    def _taken(self, frame: pl.DataFrame, alongside: Alongside) -> str:
        """Have rows inserted and return their lines."""
        number, ordinal = self.first + self.count, self.ordinal + self.count
        self.count += frame.height
        if REPLACES in frame.columns:
            replaced = frame.select(
                pl.col(REPLACES).cast(pl.Int64).alias("status_change_id"),
                pl.int_range(number, number + pl.len(), dtype=pl.Int64).alias("replacement_id"),
            )
            self._replaced.append(replaced.drop_nulls("status_change_id"))
        part = _parted(_claim_columns(frame, {name for name in STATE if self._file is not None}))
        numbers = {
            "id": pl.int_range(number, number + frame.height, dtype=pl.Int64, eager=True),
            "ordinal": pl.int_range(ordinal, ordinal + frame.height, dtype=pl.Int64, eager=True),
        }
        told = _Part(part.frame.with_columns(**numbers), {**part.same, "seq": self._entry.seq})
        alongside.do(lambda: self._insert(told))
        return lines_of_frame(self.table, told.frame, told.same)

    def _insert(self, part: _Part) -> None:
        """Insert rows, and where they came from."""
        claim = part.without(STATE)
        insert_frame(self._entry.db, self.table, claim.frame, claim.same)
        if self._file is not None:
            state = part.only({"id": "claim_id", **STATE})
            insert_frame(self._entry.db, "import_row", state.frame, state.same)

    def write(self, db: Database) -> None:
        """Insert the file that they came from."""
        self._write_file(db)

    def _write_file(self, db: Database) -> None:
        file = self._file
        if file is None:
            return
        row = {
            "id": self._entry.next_id("import_file"),
            "seq": self._entry.seq,
            "name": file.name,
            "sha256": file.sha256(),
            "mapping_sha256": file.mapping_sha256,
            "first_claim_id": self.first,
            "claims": self.count,
        }
        db.insert("import_file", row)


class _Retractions:
    """The retractions of the claims that claims in bulk replace."""

    table = "retraction"

    def __init__(self, entry: Entry, pairs: pl.DataFrame) -> None:
        self._entry, self.count = entry, pairs.height
        self.first = entry.next_id(self.table, self.count)
        self.ordinal = entry.next_ordinal(self.table, self.count)
        self._frame = pairs.with_columns(
            pl.int_range(self.first, self.first + pl.len(), dtype=pl.Int64).alias("id"),
            pl.int_range(self.ordinal, self.ordinal + pl.len(), dtype=pl.Int64).alias("ordinal"),
        )
        blank = {"event_id": None, "replacement_event_id": None}
        self._same = {**blank, "seq": entry.seq, "reason": entry.writing.reason or entry.writing.action}

    def lines(self) -> Iterator[str]:
        """Yield what the content hash covers."""
        for piece in self._frame.iter_slices(ROWS):
            yield lines_of_frame(self.table, piece, self._same)

    def write(self, db: Database) -> None:
        """Insert them."""
        for piece in self._frame.iter_slices(ROWS):
            insert_frame(db, self.table, piece, self._same)


def lines_of_frame(table: str, frame: pl.DataFrame, same: Mapping[str, Any]) -> str:
    """Return what `hashing.line_of` gives for each row of a frame that also has the values of `same`, as one text."""
    pieces: list[pl.Expr] = []
    before = table
    for name in HASHED[table]:
        if name in frame.columns:
            pieces += [pl.lit(before + ","), _written(frame[name])]
            before = ""
        else:
            before += "," + written(name, same[name])
    lines = frame.select(pl.concat_str([*pieces, pl.lit(before + "\n")])).to_series()
    return "".join(lines.to_list())


def _written(column: pl.Series) -> pl.Expr:
    """Return the expression for the values of a column as the format writes them."""
    if column.dtype == pl.Float64:  # the shortest decimal text is Python's, to the letter
        text = pl.lit(pl.Series([None if value is None else str(value) for value in column], dtype=pl.String))
    elif column.dtype == pl.Boolean:
        text = pl.col(column.name).cast(pl.Int8).cast(pl.String)
    else:
        text = pl.col(column.name).cast(pl.String)
    return pl.format("{}:{}", text.str.len_bytes(), text).fill_null("-")


def _claim_columns(frame: pl.DataFrame, state: set[str]) -> pl.DataFrame:
    """Return the columns of a claim, of the right types, those that a frame lacks empty; and those of its state."""
    known = {*CLAIM, *STATE, REPLACES}
    if strange := [name for name in frame.columns if name not in known]:
        raise RuntimeError(f"no column of a claim: {', '.join(strange)}")
    digests = [
        _digests(frame[text]).alias(digest)
        for text, digest in _TEXTS.items()
        if text in frame.columns and digest not in frame.columns
    ]
    frame = frame.with_columns(digests)
    chosen = [
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in CLAIM.items()
    ]
    # 0 and -0 are one number and two texts; adding 0 would be optimised away.
    chosen = [
        pl.when(column == 0.0).then(0.0).otherwise(column).alias(name) if CLAIM[name] is pl.Float64 else column
        for name, column in zip(CLAIM, chosen, strict=True)
    ]
    return frame.select(*chosen, *(pl.col(name) for name in STATE if name in state))


def _digests(texts: pl.Series) -> pl.Series:
    """Return the SHA-256 of each text."""
    distinct = texts.drop_nulls().unique()
    return texts.replace_strict(distinct, [sha256(text) for text in distinct], return_dtype=pl.String)


def _parted(frame: pl.DataFrame) -> _Part:
    """Return rows with what all of them have told once; raises `UsageMistake` for a text that cannot be kept."""
    same: dict[str, Any] = {}
    differing = []
    for column in frame.get_columns():
        if column.dtype == pl.String and column.str.contains("\0", literal=True).any():
            refuse_broken("\0")
        if _is_one(column):
            same[column.name] = column[0]
        else:
            differing.append(column)
    if not differing:  # a frame without a column would not know how many rows it has
        differing.append(frame.get_column(name := frame.columns[0]))
        del same[name]
    return _Part(pl.DataFrame(differing), same)


def _is_one(column: pl.Series) -> bool:
    """Whether all values of a column are one."""
    if column.null_count():
        return column.null_count() == column.len()
    return column.dtype != pl.Float64 and bool((column == column[0]).all())
