"""Importing a file: read and judged first, with nothing locked; then written as one entry of the ledger, or not at all.

What was judged is put aside in a temporary file without a name, so that memory stays bounded whatever the file's size and
so that duplicates are known before anything is written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from posture import clock
from posture.domain.codes import make_code, visible
from posture.errors import Refused, UsageMistake
from posture.imports.aside import Aside
from posture.imports.catalogue_rows import CatalogueRows
from posture.imports.cells import FINGERPRINT, KEY
from posture.imports.duplicates import Duplicates
from posture.imports.finding import Finder
from posture.imports.refusals import ROW
from posture.imports.running_totals import IDLE
from posture.imports.table import LINE, RefusedRow
from posture.imports.translate import DERIVED, PLACE, SOURCE, Translator
from posture.ledger.bulk import ImportFile, append_bulk
from posture.ledger.entry import Written, append
from posture.ledger.imported import imported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posture.imports.mapping import Sheet
    from posture.imports.rejects import Rejects
    from posture.imports.table import Chunk, Table
    from posture.ledger.entry import Entry, Writing
    from posture.store.connection import Database

    Progress = Callable[[str, int, int | None], None]
    """Told what is being done, how far it is, and how far it goes (None: nobody knows)."""

SHOWN = 10
"""Claims that a dry run shows, and refused rows that are kept to be told."""


@dataclass
class Outcome:
    """What an import did, or in a dry run would do."""

    name: str
    """What the file is known by."""
    catalogue: bool = False
    """Whether the file tells of the catalogue; `same` and `changed` then count its rows."""
    read: int = 0
    """Rows of the file."""
    refused: int = 0
    """Rows that cannot be recorded."""
    left_out: int = 0
    """Rows about the same as another, which the mapping says to leave out."""
    silent: int = 0
    """Cells in which nothing is reported."""
    recorded: int = 0
    """Claims that were recorded."""
    corrected: int = 0
    """Of them, those that take the place of what an earlier import recorded."""
    same: int = 0
    """Claims that were recorded before, as they are."""
    changed: int = 0
    """Claims that were recorded before and say otherwise now; without `--update` they stay as they are."""
    made: list[tuple[str, str]] = field(default_factory=list)
    """Noun and code of each new row of the catalogue."""
    first: list[dict[str, Any]] = field(default_factory=list)
    """The first claims as they are recorded."""
    reasons: list[RefusedRow] = field(default_factory=list)
    """The first refused rows."""
    written: Written | None = None
    """The entry."""

    @property
    def accepted(self) -> int:
        """Rows that were taken: those that were read and not rejected."""
        return self.read - self.rejected

    @property
    def rejected(self) -> int:
        """Rows that were not taken, each of which is in the rejects."""
        return self.refused + self.left_out


def import_file(
    db: Database,
    writing: Writing,
    sheet: Sheet,
    table: Table,
    *,
    rejects: Rejects | None = None,
    update: bool = False,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Record what a table says as one entry, all of it or nothing; with `rejects`, all that can be.

    With `update`, rows that changed since an earlier import correct what it recorded. Raises `Refused` that names the first
    refused row, and whatever the mapping, the file or the ledger find wrong; then nothing was written.
    """
    with Aside() as claims, Aside() as rows, Aside() as flows:
        job = _Job(db, writing, sheet, table, (claims, rows, flows), rejects, progress, update=update)
        with db.read():
            job.read()
        if job.outcome.refused and rejects is None:
            if writing.dry_run:
                return job.outcome
            raise _refusal(table.name, job.outcome)
        return job.write()


def _refusal(name: str, outcome: Outcome) -> Refused:
    """Return the error about refused rows: the first of them, and how to go on."""
    first = outcome.reasons[0]
    at = f"{os.path.basename(name)}:{first.line}: "
    what = f'column "{visible(first.column)}": ' if first.column else ""
    more = f"{outcome.refused:,} of {outcome.read:,} rows are refused, nothing was written; --rejects FILE takes the others"
    return Refused(f"{at}{what}{first.reason} ({more}, and lists these)")


class _Job:
    """One import under way."""

    def __init__(self, db: Database, writing: Writing, sheet: Sheet, table: Table, aside: tuple[Aside, Aside, Aside], rejects: Rejects | None, progress: Progress, *, update: bool) -> None:  # fmt: skip
        self._db, self._writing, self._sheet, self._table = db, writing, sheet, table
        self._aside, self._rows, self._flows = aside
        self._rejects, self._progress, self._update = rejects, progress, update
        self.outcome = Outcome(_known_as(sheet, table), catalogue=sheet.mapping.row is not None)
        self._finder = Finder(db, sheet)
        self._duplicates = Duplicates(sheet.mapping)
        self._dropped = pl.Series(dtype=pl.Int64)
        self._again: pl.DataFrame | None = None
        quantity = sheet.mapping.claim.quantity
        self._differs = bool(quantity and (quantity.cumulative or quantity.signed))
        self._standing: set[int] | None = None
        self._count = 0
        self._places: set[int] = set()
        self._sources: set[int] = set()

    # --- reading -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read and judge the whole file; nothing is written."""
        statuses = {code: (number, axis) for number, code, axis in self._db.tuples("select id, code, axis from status")}
        translator = Translator(
            self._sheet, self._finder, statuses, clock.today(), file=os.path.basename(self._table.name), columns=self._table.columns, force=self._writing.force
        )  # fmt: skip
        if self._sheet.mapping.row is not None:
            self._read_catalogue(translator)
            return
        origin = self._origin()
        if origin is not None:
            translator.origin = self._finder.origin(*origin)
        hashes: list[pl.Series] = []
        for chunk in self._table.chunks():
            hashes.append(self._take(translator, chunk))
            self._progress("reading", self._table.bytes_read, self._table.total_bytes)
        if origin is not None and (planned := self._finder.planned["source"].get(origin[0])) is not None:
            planned["content_sha256"] = self._table.sha256
        keeping = self._duplicates.rule == "keep"
        if translator.totals is None or not keeping:
            self._settle_duplicates(hashes)
        if translator.totals is not None:
            hashes = self._take_differences(translator)
            if keeping:
                self._settle_duplicates(hashes)
        if self._differs:
            self._standing = {number for number in range(len(self._finder.lines)) if self._finder.stands(number)}
        if self.outcome.rejected or self._differs:
            self._finder.keep_only(*self._used())
        self.outcome.made = self._finder.made()

    def _read_catalogue(self, translator: Translator) -> None:
        """Judge a file of catalogue rows."""
        rows = CatalogueRows(self._db, self._sheet, self._finder)
        for chunk in self._table.chunks():
            self.outcome.read += chunk.frame.height + len(chunk.refused)
            for row in (*chunk.refused, *rows.judge(translator.words(chunk.frame), chunk.frame)):
                self.outcome.refused += 1
                self._reject(row)
            self._progress("reading", self._table.bytes_read, self._table.total_bytes)
        self.outcome.same, self.outcome.changed = rows.same, rows.changed
        self.outcome.made = self._finder.made()

    def _origin(self) -> tuple[str, dict[str, Any]] | None:
        """Return code and fields of the file itself as a source; None where each row names its own."""
        mapping = self._sheet.mapping
        if (mapping.claim.source or mapping.claim.url) and not mapping.origin:
            return None
        told = dict(mapping.origin)
        code = told.pop("code", None) or make_code(self.outcome.name.partition(".")[0])
        if not code:
            raise UsageMistake('the file needs a code as a source: say [origin] code = "..." in the mapping')
        return code, {"title": self.outcome.name, "retrieved_at": clock.to_text(clock.now()), **told}

    def _take(self, translator: Translator, chunk: Chunk) -> pl.Series:
        """Judge a chunk and put it aside; return the hashes of its keys."""
        translated = translator.translate(chunk)
        here = self.outcome.read
        self.outcome.read += chunk.frame.height + len(chunk.refused)
        self.outcome.silent += translated.silent
        for row in translated.refused:
            self._reject(row)
        self.outcome.refused += len(translated.refused)
        if self._rejects is not None:
            self._rows.put(chunk.frame.with_columns(pl.int_range(here, here + pl.len(), dtype=pl.Int64).alias(ROW)))
        return self._put(self._aside, translated.claims.with_columns(pl.col(ROW) + here))

    def _put(self, aside: Aside, claims: pl.DataFrame) -> pl.Series:
        """Put claims aside; return the hashes of their keys."""
        aside.put(claims)
        self._count += claims.height
        self._places.update(claims[PLACE].unique().to_list())
        self._sources.update(claims[SOURCE].unique().to_list())
        return self._duplicates.hashes(claims)

    def _take_differences(self, translator: Translator) -> list[pl.Series]:
        """Put in the place of running totals what was added from each to the next; return the hashes of their keys."""
        hashes: list[pl.Series] = []
        refused: list[pl.DataFrame] = []
        self._count = 0
        for frame in self._judged():
            claims, late = translator.flows(frame)
            hashes.append(self._put(self._flows, claims))
            refused.append(late)
        self._aside = self._flows
        for late in refused:
            self.outcome.refused += late.height
        if refused:
            self._reject_late(pl.concat(refused))
        return hashes

    def _reject_late(self, refused: pl.DataFrame) -> None:
        """Reject rows that were found to be wrong, or left out for others, when the whole file was read."""
        told = (LINE, "column", "value", "reason")
        if self._rejects is None:
            for line, column, value, reason in refused.select(told).head(SHOWN).iter_rows():
                self._reject(RefusedRow(line, column, value, reason))
            return
        for frame in self._rows:
            cells = frame.select(ROW, pl.concat_list(self._table.columns).alias("__cells"))
            for line, column, value, reason, row in refused.join(cells, on=ROW).select(*told, "__cells").iter_rows():
                self._reject(RefusedRow(line, column, value, reason, tuple(cell or "" for cell in row)))

    def _reject(self, row: RefusedRow) -> None:
        if len(self.outcome.reasons) < SHOWN:
            self.outcome.reasons.append(row)
        if self._rejects is not None:
            self._rejects.add(row)

    def _settle_duplicates(self, hashes: list[pl.Series]) -> None:
        """Decide about claims that are about the same, as the mapping says; `hashes` are those of all claims."""
        found = self._duplicates.among(self._aside, hashes)
        if found is None:
            return
        if self._duplicates.rule == "keep":
            self._again = self._duplicates.numbered(found)
            return
        left = self._duplicates.left(found)
        self.outcome.refused += left.refused.height
        self.outcome.left_out += left.out.height
        gone = pl.concat([left.refused, left.out])
        self._dropped = gone[ROW]
        none = pl.lit(None, pl.String)
        self._reject_late(gone.select(ROW, LINE, none.alias("column"), none.alias("value"), "reason"))

    def _judged(self) -> Iterator[pl.DataFrame]:
        """Yield the claims that were put aside, without those that were dropped, and those that move nothing on a new line."""
        for frame in self._aside:
            left = frame.filter(~pl.col(ROW).is_in(self._dropped.implode())) if self._dropped.len() else frame
            if self._again is not None:
                left = left.join(self._again, on=[ROW, KEY, FINGERPRINT], how="left", maintain_order="left")
                left = left.with_columns(_numbered(KEY, "nth"), _numbered(FINGERPRINT, "alike")).drop("nth", "alike")
            if self._standing is not None:
                left = left.filter(~IDLE | pl.col(PLACE).is_in(self._standing))
            yield left

    def _used(self) -> tuple[set[int], set[int]]:
        """Return the numbers of the lines and of the sources that the claims are about."""
        if self._dropped.is_empty() and not self._differs:
            return self._places, self._sources
        lines: set[int] = set()
        sources: set[int] = set()
        for frame in self._judged():
            lines.update(frame[PLACE].unique().to_list())
            sources.update(frame[SOURCE].unique().to_list())
        return lines, sources

    # --- writing -------------------------------------------------------------------------------------------------

    def write(self) -> Outcome:
        """Write what was judged as one entry."""
        if self._sheet.mapping.row is not None:
            if self.outcome.made:
                self.outcome.written = append(self._db, replace(self._writing, action="import"), self._finder.make)
            return self.outcome
        file = ImportFile(name=self.outcome.name, mapping_sha256=self._sheet.sha256, sha256=lambda: self._table.sha256)
        writing = replace(self._writing, action="import", create=False)
        made: list[Entry] = []

        def compose(entry: Entry) -> None:
            self._finder.make(entry)
            made.append(entry)

        def frames() -> Iterator[pl.DataFrame]:
            yield from self._resolved(made[0])

        self.outcome.written = append_bulk(self._db, writing, compose, frames(), file=file)
        if self.outcome.written.seq is None and not writing.dry_run:
            self.outcome.made = []
        return self.outcome

    def _resolved(self, entry: Entry) -> Iterator[pl.DataFrame]:
        """Yield the claims with the ids of their lines and sources, without those that are recorded already."""
        lines, sources = self._finder.line_ids(self._db), self._finder.source_ids(entry)
        deployments = pl.Series([line[0] for line in lines], dtype=pl.Int64)
        assets = pl.Series([line[1] for line in lines], dtype=pl.Int64)
        source_ids = pl.Series([source[0] for source in sources], dtype=pl.Int64)
        own = pl.Series([source[1] for source in sources], dtype=pl.Boolean)
        there = imported(self._db, self.outcome.name)
        done = 0
        for frame in self._judged():
            self._progress("recording", done, self._count)
            done += frame.height
            if frame.is_empty():
                continue
            whole = frame.with_columns(
                deployments.gather(frame[PLACE]).alias("deployment_id"),
                assets.gather(frame[PLACE]).alias("asset_id"),
                source_ids.gather(frame[SOURCE]).alias("source_id"),
                own.gather(frame[SOURCE]).alias("own_words"),
                pl.col("share_low_open").fill_null(value=False),
            ).drop(ROW, DERIVED)
            parted = there.sort_out(whole)
            self.outcome.same += parted.same
            self.outcome.changed += parted.changed.height
            taken = [parted.new.filter(~IDLE) if self._differs else parted.new]
            if self._update and parted.changed.height:
                self.outcome.corrected += parted.changed.height
                taken.append(parted.changed)
            for piece in taken:
                if piece.height:
                    self._show(piece)
                    self.outcome.recorded += piece.height
                    yield piece.drop(PLACE, SOURCE)
        self._progress("recording", done, self._count)

    def _show(self, frame: pl.DataFrame) -> None:
        """Keep the first claims, to be shown."""
        for row in frame.head(SHOWN - len(self.outcome.first)).iter_rows(named=True):
            deployment, asset = self._finder.lines[row[PLACE]]
            self.outcome.first.append(
                {
                    **row,
                    "line": deployment if asset is None else f"{deployment}/{asset}",
                    "source": self._finder.sources[row[SOURCE]],
                }
            )


def _numbered(column: str, nth: str) -> pl.Expr:
    """Return a column with the number of those that repeat, from the second on."""
    more = pl.concat_str(pl.col(column), pl.lit("#"), (pl.col(nth) + 1).cast(pl.String))
    return pl.when(pl.col(nth).fill_null(0) > 0).then(more).otherwise(pl.col(column)).alias(column)


def _known_as(sheet: Sheet, table: Table) -> str:
    """Return what the file is known by; raises `UsageMistake` where nothing says."""
    name = sheet.mapping.name or (os.path.basename(table.name) if table.total_bytes is not None else None)
    if name is None:
        raise sheet.mistake(
            (), 'standard input has no name by which a longer file is known again: say name = "..." here'
        )
    for suffix in (".gz", ".zst", ".zstd"):
        name = name.removesuffix(suffix)
    return name
