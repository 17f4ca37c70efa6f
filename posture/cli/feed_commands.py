"""`posture feed`, declared."""

from __future__ import annotations

from posture.cli.parameters import DATABASE, WHAT
from posture.cli.tree import MANY, Command, Group, argument, flag, option

FEED = Group(
    "feed",
    "Hand on what was recorded, row by row, and keep a copy by it.",
    (
        Command(
            "write",
            "Write what was recorded since a cursor, as rows.",
            "feeding:write_feed",
            (
                argument(
                    "file",
                    "The file to write, ending in .jsonl, .csv or .atom; - is standard output, as JSON Lines.",
                    metavar="FILE",
                    completes="file",
                ),
                option(
                    "--after",
                    "SEQ:HASH",
                    "The last entry that was delivered, as the last run printed it; all that ever was, if it is not given.",
                    panel=WHAT,
                ),
                flag("--force", "Even over a file that is there."),
            ),
            more="Every row has the number of its entry and one count within it: by (database_id, seq, ordinal) a row that comes"
            " twice is told. A ledger that no longer has the entry of the cursor, or has another in its place, was restored:"
            ' exit 5, and nothing is written. A job with report = "changes" does the same on a schedule: posture export.',
            examples=("feed write changes.jsonl", "feed write -"),
        ),
        Command(
            "apply",
            "Bring a copy up to a feed: an empty database, or one loaded from a dump.",
            "feeding:apply_feed",
            (
                argument(
                    "files",
                    "Files of the feed as JSON Lines, in their order, packed or not; a folder stands for all batches in it;"
                    " - is standard input.",
                    metavar="FILE...",
                    shape=MANY,
                    completes="file",
                ),
            ),
            more="Entries are kept whole, and only once every hash is that of the ledger that wrote them. What is here already is"
            " passed over, so a feed may come twice, or be cut off and come again. Where feed and copy tell of different"
            " histories: exit 5, and nothing more is kept.",
            examples=("feed apply changes.jsonl --db copy.db", "feed apply /srv/posture/feed --db copy.db"),
        ),
    ),
    panel=DATABASE,
)
