"""Which rows of a file are about the same, and which of them are left out, as the mapping says.

By what the words of a row mean and not by the words: two names of one country are one line, and so are two columns of a
wide table that stand for the same. Where the mapping says by which columns rows are told apart, these columns decide.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from posture.domain.vocabulary import Kind
from posture.imports.cells import FINGERPRINT, KEY
from posture.imports.refusals import ROW
from posture.imports.table import LINE
from posture.imports.translate import DERIVED, PLACE, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posture.imports.mapping import Mapping

_SEED = 7
_MEANT = (PLACE, SOURCE, "kind", "modality", "counting_basis", "effective_edtf", DERIVED)


def rule_of(mapping: Mapping) -> str:
    """Return what to do with rows that are about the same: refuse, first, last or keep."""
    if mapping.duplicates is not None:
        return mapping.duplicates
    quantity = mapping.claim.quantity
    counts = mapping.claim.kind.value == "count" and not (quantity and quantity.cumulative)
    return "refuse" if counts or mapping.key else "keep"


class Left(NamedTuple):
    """The rows that are not taken, each with its line and the reason."""

    refused: pl.DataFrame
    """Those that are refused."""
    out: pl.DataFrame
    """Those that are left out for another."""


class Duplicates:
    """Finds what is about the same among the claims of a file, of which only some are looked at."""

    def __init__(self, mapping: Mapping) -> None:
        self.rule = rule_of(mapping)
        # What is kept is numbered for being known again, which is by the words.
        self._by: Sequence[str] = (KEY,) if mapping.key or self.rule == "keep" else _MEANT

    def hashes(self, claims: pl.DataFrame) -> pl.Series:
        """Return a number for each claim that is the same for claims about the same."""
        return claims.select(self._by).hash_rows(_SEED)

    def among(self, claims: Iterable[pl.DataFrame], hashes: Sequence[pl.Series]) -> pl.DataFrame | None:
        """Return the claims that are about the same as another, given the hashes of all; None where there are none."""
        every = pl.concat(hashes) if hashes else pl.Series(dtype=pl.UInt64)
        twice = every.filter(every.is_duplicated()).unique()
        if twice.is_empty():
            return None
        wanted = list(dict.fromkeys((ROW, LINE, KEY, FINGERPRINT, *self._by)))
        return pl.concat(frame.filter(self.hashes(frame).is_in(twice.implode())).select(wanted) for frame in claims)

    def numbered(self, found: pl.DataFrame) -> pl.DataFrame:
        """Return the claims that come second or later of their key, with which they are, all in all and of those alike."""
        place = pl.int_range(pl.len())
        nth = found.with_columns(place.over(KEY).alias("nth"), place.over(KEY, FINGERPRINT).alias("alike"))
        return nth.filter(pl.col("nth") > 0).select(ROW, KEY, FINGERPRINT, "nth", "alike")

    def left(self, found: pl.DataFrame) -> Left:
        """Return the rows that are not taken: those that say two things of one line, and those that others stand for."""
        by = list(self._by)
        rows = found.group_by(ROW, LINE, *by, maintain_order=True).len("claims")
        counted = pl.col("kind") == Kind.COUNT if "kind" in by else pl.lit(value=False)
        double = rows.filter((pl.col("claims") > 1) & counted).select(ROW, LINE).unique(ROW, maintain_order=True)
        rows = rows.join(double, on=ROW, how="anti", maintain_order="left").with_columns(
            pl.int_range(pl.len()).over(by).alias("nth"),
            pl.len().over(by).alias("of"),
            pl.col(LINE).first().over(by).alias("first"),
            pl.col(LINE).last().over(by).alias("last"),
        )
        within = double.with_columns(pl.lit(_WITHIN).alias("reason"))
        if self.rule == "refuse":
            other = pl.when(pl.col("nth") == 0).then(pl.col("last")).otherwise(pl.col("first"))
            gone = rows.filter(pl.col("of") > 1).unique(ROW, keep="first", maintain_order=True)
            refused = gone.select(ROW, LINE, pl.format(_SAME, other).alias("reason"))
            return Left(pl.concat([within, refused]).sort(ROW), within.clear())
        about = rows.select(ROW, LINE, pl.struct(by).rank("dense").alias("about"))
        return Left(within, _left_out(about if self.rule == "first" else about.reverse(), self.rule).sort(ROW))


def _left_out(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Return the rows for which another is taken, given which comes before which; one that is left out stands for none."""
    taken: dict[int, int] = {}
    gone: list[tuple[int, int, str]] = []
    for (row, line), cells in itertools.groupby(rows.iter_rows(), key=lambda cell: cell[:2]):
        about = [cell[2] for cell in cells]
        other = next((taken[each] for each in about if each in taken), None)
        if other is None:
            taken.update(dict.fromkeys(about, line))
        else:
            gone.append((row, line, _LEFT_OUT.format(other, rule)))
    return pl.DataFrame(gone, schema={ROW: pl.Int64, LINE: pl.Int64, "reason": pl.String}, orient="row")


_WITHIN = "two of its columns say of the same; give each a line of its own, or leave one of them out of the mapping"
_SAME = 'says of the same as line {}; say duplicates = "first", "last" or "keep", or the key that tells them apart'
_LEFT_OUT = "left out, because line {} says of the same, and the mapping takes the {}"
