"""`posture dump` and `posture load`, declared."""

from __future__ import annotations

from posture.cli.tree import Command, argument, flag

DUMP = Command(
    "dump",
    "Write the whole database, ledger and hashes, as lines of JSON.",
    "dumping:dump",
    (
        argument(
            "file",
            "The file to write, packed if it ends in .gz or .zst; - is standard output.",
            metavar="FILE",
            completes="file",
        ),
        flag("--force", "Even over a file that is there."),
    ),
    more='The same database gives the same bytes on SQLite and on PostgreSQL: "posture load" makes it anew on either.'
    " docs/dump.md says what is in the lines.",
    examples=("dump ledger.jsonl.gz", "dump -"),
)
LOAD = Command(
    "load",
    "Make a new or empty database from a dump, on either engine.",
    "dumping:load",
    (argument("file", "The dump, packed or not; - is standard input.", metavar="FILE", completes="file"),),
    more="All of it or nothing: a dump that was cut or altered, or whose hashes do not match, leaves nothing behind.",
    examples=("load ledger.jsonl.gz", "load - --db copy.db"),
)
