"""What of a file is recorded already: the state of imports, as it lies in the database.

A row of a file is known once it was imported, for as long as that import was not undone and no later import replaced it. What
an analyst retracted or corrected since stays known: the file still says it, and it is not brought back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from posture.ledger.claims import newest_form, standing_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posture.store.connection import Database

_SEEDS = (11, 13)
"""Two hashes of 64 bits stand for a text within this process: no two of ten million texts have both alike."""


class Sorted(NamedTuple):
    """The rows of a frame, parted by what is recorded of them."""

    new: pl.DataFrame
    """Those of which nothing is recorded."""
    changed: pl.DataFrame
    """Those that say otherwise than before, with `__replaces`: the claim that stands for what was said; NULL: none does."""
    same: int
    """How many are recorded as they are."""


def imported(db: Database, name: str) -> Imported:
    """Return what is recorded of the file of this name; to be asked within the write section that adds to it."""
    pieces = [piece for first, count in _files(db, name) for piece in _known(db, first, count)]
    return Imported(db, pl.concat(pieces) if pieces else pl.DataFrame(schema=_KNOWN))


_KNOWN = {"claim_id": pl.Int64, "f0": pl.UInt64, "f1": pl.UInt64, "k0": pl.UInt64, "k1": pl.UInt64}


class Imported:
    """What is recorded of one file."""

    def __init__(self, db: Database, known: pl.DataFrame) -> None:
        self._db, self.count = db, known.height
        self._by_print = known.select("f0", "f1").sort("f0", "f1")
        self._by_key = known.select("k0", "k1", "claim_id").sort("k0", "k1", "claim_id")
        self._replaced: set[int] = set()

    def sort_out(self, frame: pl.DataFrame) -> Sorted:
        """Return the rows of a frame of claims, parted by `__fingerprint` and `__key`.

        A key is meant to name one row of the file. Where several rows have one, each change takes the place of another claim
        while there are any, and is new after that.
        """
        if not self.count:
            return Sorted(frame, frame.clear().with_columns(__replaces=pl.lit(None, pl.Int64)), 0)
        there = _found(self._by_print, ("f0", "f1"), _hashes(frame["__fingerprint"])).is_not_null()
        rest = frame.filter(~there)
        place = _found(self._by_key, ("k0", "k1"), _hashes(rest["__key"]))
        claims = [self._untaken(number) for number in place.to_list()]
        rest = rest.with_columns(pl.Series("__claim", claims, pl.Int64))
        changed = rest.filter(pl.col("__claim").is_not_null())
        stands = pl.Series("__replaces", [self._stands(number) for number in changed["__claim"].to_list()], pl.Int64)
        new = rest.filter(pl.col("__claim").is_null()).drop("__claim")
        return Sorted(new, changed.drop("__claim").with_columns(stands), frame.height - rest.height)

    def _untaken(self, place: int | None) -> int | None:
        """Return the claim at a place among the keys, or the next of the same key that no change has taken yet."""
        if place is None:
            return None
        keys = self._by_key
        here = keys.row(place)[:2]
        while place < keys.height and keys.row(place)[:2] == here:
            claim = int(keys.row(place)[2])
            if claim not in self._replaced:
                self._replaced.add(claim)
                return claim
            place += 1
        return None

    def _stands(self, claim: int) -> int | None:
        """Return the claim that stands for an imported one: itself, or what it was recorded or corrected as since."""
        while (standing := standing_form(self._db, claim)) is None:
            heir = self._db.value(
                "select replacement_id from retraction where status_change_id = :id",
                {"id": newest_form(self._db, claim)},
            )
            if heir is None:
                return None
            claim = int(heir)
        return standing


def _files(db: Database, name: str) -> list[tuple[int, int]]:
    """Return the first claim and the number of claims of every import of a file."""
    rows = db.tuples("select first_claim_id, claims from import_file where name = :name order by seq", {"name": name})
    return [(row[0], row[1]) for row in rows]


def _known(db: Database, first: int, count: int) -> Iterator[pl.DataFrame]:
    """Yield the rows of one import that are still known."""
    among = {"first": first, "last": first + count - 1}
    gone = _gone(db, among)
    for rows in db.batches(
        "select claim_id, fingerprint, row_key from import_row where claim_id between :first and :last", among
    ):
        frame = pl.DataFrame(rows, schema={"claim_id": pl.Int64, "f": pl.String, "k": pl.String}, orient="row")
        left = frame.join(gone, on="claim_id", how="anti")
        hashes = {f"{column}{n}": each for column in "fk" for n, each in enumerate(_hashes(left[column]))}
        yield left.select("claim_id").with_columns(**hashes)


def _gone(db: Database, among: dict[str, int]) -> pl.DataFrame:
    """Return the imported claims that count as never imported: undone, or replaced by a later import."""
    withdrawn = (
        "select r.status_change_id, e.action, r.replacement_id from retraction r join ledger_entry e on e.seq = r.seq"
    )
    numbers: list[int] = []
    for rows in db.batches(f"{withdrawn} where r.status_change_id between :first and :last", among):
        numbers += [number for number, action, heir in rows if _takes_back(action, heir)]
    gone = set(numbers)
    for (number,) in db.tuples(
        "select n.restates_id from status_change n where n.restates_id between :first and :last", among
    ):
        newest = newest_form(db, number)
        last = db.tuples(f"{withdrawn} where r.status_change_id = :id", {"id": newest})
        gone.discard(number)
        if last and _takes_back(*last[0][1:]):
            gone.add(number)
    return pl.DataFrame({"claim_id": pl.Series(sorted(gone), dtype=pl.Int64)})


def _takes_back(action: str, heir: int | None) -> bool:
    """Whether a retraction takes back what a file said, and is not an analyst's word on it."""
    return action == "undo" or (action == "import" and heir is not None)


def _hashes(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    one, other = (texts.hash(seed) for seed in _SEEDS)
    return one, other


def _found(known: pl.DataFrame, names: tuple[str, str], wanted: tuple[pl.Series, pl.Series]) -> pl.Series:
    """Return for each wanted pair the place of the first equal one in sorted `known`; NULL where there is none."""
    place = known[names[0]].search_sorted(wanted[0], side="left")
    inside = place.clip(upper_bound=known.height - 1)
    equal = (known[names[0]].gather(inside) == wanted[0]) & (known[names[1]].gather(inside) == wanted[1])
    return pl.select(pl.when(equal).then(inside)).to_series()
