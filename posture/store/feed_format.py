"""What the feed of a ledger's changes is: every row that entries brought, in order, each told by what it is and given whole.

A row is known by the ledger it is of, by the number of its entry, and by one count within the entry over all tables. The
first of an entry is the entry itself, then come its rows in an order in which they can be put into another database. Before
entry 1, as number 0, stands which database it is. As JSON Lines the feed can be applied; other forms tell it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from posture.errors import UsageMistake
from posture.store.dump_format import DumpTable, dump_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "posture-feed-1"
KEY = ("database_id", "seq", "ordinal")
"""What tells a row of the feed from every other, wherever and however often it is delivered."""
DATABASE = "database"
"""The kind of the row before all entries: which database it is, in which form and schema."""
ENTRY = "entry"
CLAIM, CORRECTION = "claim", "correction"
KINDS = {
    ENTRY: "ledger_entry",
    "catalogue": "catalogue_revision",
    CLAIM: "status_change",
    "plan-link": "plan_link",
    "retraction": "retraction",
    "origin": "source_origin",
    "import-file": "import_file",
    "import-row": "import_row",
}
"""What a row of the feed is, and the table it is of, in the order within an entry: each refers only to those before it."""
TABLE_OF = {**KINDS, CORRECTION: "status_change"}
"""The table of every kind; a correction is a claim that stands in the place of another."""
TEXTS = {"source": ("text", "text_sha256"), "event": ("excerpt", "excerpt_sha256")}
"""Long texts that a revision holds only the digest of: the column of each, and that of its digest."""


class Said(NamedTuple):
    """A column of the feed."""

    name: str
    kind: str
    meaning: str
    closed: bool = False


COLUMNS = (
    Said("database_id", "text", "Which ledger it is of", closed=True),
    Said("seq", "integer", "The entry that brought it; 0 before the first"),
    Said("ordinal", "integer", "1, 2... within the entry, over all tables"),
    Said("of", "integer", "How many rows the entry has in all"),
    Said("recorded_at", "instant", "When this database learned it"),
    Said("action", "text", "The command that recorded it"),
    Said("kind", "text", "What it is: entry, catalogue, claim, correction, retraction...", closed=True),
    Said("about", "text", "The code or number of what it is about"),
    Said("what", "text", "What it says, in a few words"),
    Said("row", "object", "The row whole, as the database keeps it"),
)
"""The columns of the feed, in order."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed was delivered: the last entry, and its hash, by which a ledger knows that it is still the same one."""

    seq: int
    """The last entry that was delivered; 0 for none."""
    hash: str | None
    """Its hash; None where there is none."""

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}" if self.hash else "0"


BEGINNING = Cursor(0, None)
_HASH = re.compile("[0-9a-f]{64}")


def read_cursor(word: str) -> Cursor:
    """Return the cursor that is written as `SEQ:HASH`, or as 0; raises `UsageMistake` for anything else."""
    seq, _, digest = word.strip().removeprefix("#").lower().partition(":")
    if seq == "0" and not digest:
        return BEGINNING
    if not (seq.isascii() and seq.isdecimal() and len(seq) < 19 and int(seq) and _HASH.fullmatch(digest)):
        raise UsageMistake(
            f'cannot read the cursor "{word[:80]}"; write SEQ:HASH with all 64 digits of the hash, as "posture db verify" '
            "prints its head, or 0 for the beginning"
        )
    return Cursor(int(seq), digest)


@cache
def tables() -> Mapping[str, DumpTable]:
    """Return the tables of the feed by name, with the form of their rows."""
    wanted = set(KINDS.values())
    return {table.name: table for table in dump_tables() if table.name in wanted}
