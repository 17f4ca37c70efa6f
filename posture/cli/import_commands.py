"""`posture import`: what it takes."""

from __future__ import annotations

from posture.cli import parameters as p
from posture.cli.tree import Command, argument, flag, option

IMPORT = Command(
    "import",
    "Record what a file says, by a mapping of its columns.",
    "importing:run",
    (
        argument(
            "file",
            "CSV, TSV, JSON, JSON Lines, Parquet or XLSX, compressed or not; - reads standard input.",
            metavar="FILE",
            completes="file",
        ),
        option("--map", "MAP.toml", "The mapping: what the columns mean.", panel=p.WHAT, completes="file"),
        flag(
            "--sketch", "Record nothing, and print a first mapping: what can be guessed, and what cannot.", panel=p.WHAT
        ),
        option("--format", "FORMAT", "What the file is, where that does not show.", panel=p.WHAT),
        option("--encoding", "NAME", "Encoding of a text file that is not UTF-8, such as cp1252.", panel=p.WHAT),
        option("--sheet", "NAME", "The sheet of an XLSX file; the first by default.", panel=p.WHAT),
        option(
            "--rejects",
            "FILE",
            "Take the rows that are good, and write the others there, with line, column and reason.",
            panel=p.WRITING,
            completes="file",
        ),
        flag("--update", "Rows that changed since an earlier import correct what it recorded.", panel=p.WRITING),
        p.WHY_IT_IS_WRITTEN,
        p.DRY_RUN,
        p.TXID,
        p.BY,
        p.FORCE,
        p.QUIET,
        p.AS_JSON,
    ),
    more="One import is one entry, all of it or nothing: posture undo takes it back. The same file again adds nothing; a"
    " longer one adds what is new. docs/import.md walks through a mapping.",
    examples=(
        "import --sketch troops.csv",
        "import troops.csv --map troops.toml --dry-run",
        "import troops.csv --map troops.toml --rejects rejected.csv",
    ),
)
