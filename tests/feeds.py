"""Ledgers with a bit of everything in them, and their feeds as text: for the tests of whoever hands them on."""

from __future__ import annotations

import io
from random import Random
from typing import TYPE_CHECKING, Any

from posture.exports.dump import dump
from posture.exports.feed import changes_content
from posture.exports.formats import json_text
from posture.imports.applying import Applied, apply
from posture.imports.load import destination
from posture.ledger import catalogue
from posture.ledger.verify import verify
from posture.reports.current import current_rows
from posture.store.connection import open_database
from tests.ledger.test_histories import History

if TYPE_CHECKING:
    from posture.store.connection import Database
    from posture.store.feed_format import Cursor


def grow(db: Database, seed: int, steps: int) -> None:
    """Let random things happen to a ledger: claims, corrections, retractions, undone entries, edits of the catalogue."""
    history = History(db, seed)
    for _ in range(steps):
        history.attempt(history.one_of(*history.STEPS))


def rewrite_texts(db: Database) -> None:
    """Change the stored text of a source twice, so that nobody knows any more what stood there in between."""
    catalogue.add(db, "source", {"code": "page", "title": "Page", "text": "What it said at first."})
    catalogue.edit(db, "source", "page", {"title": "Page one"})
    catalogue.edit(db, "source", "page", {"text": "What it said in between."})
    catalogue.edit(db, "source", "page", {"text": "What it says: naïve\nand \u202e more."})


def rows(db: Database, after: Cursor | None = None) -> tuple[list[dict[str, Any]], Cursor]:
    """Return the rows of the feed after a cursor, and the cursor behind them."""
    with db.read():
        content, end = changes_content(db, after)
        return list(content.mappings()), end


def text(found: list[dict[str, Any]]) -> bytes:
    """Return rows of the feed as JSON Lines."""
    return "".join(json_text(row) + "\n" for row in found).encode()


def feed(db: Database, after: Cursor | None = None) -> bytes:
    """Return the feed after a cursor as JSON Lines."""
    return text(rows(db, after)[0])


def put(data: bytes, url: str) -> Applied:
    """Apply a feed to the database at a URL."""
    with destination(url) as db:
        return apply(db, [(io.BytesIO(data), "the feed")])


def dumped(url: str) -> bytes:
    """Return the dump of the database at a URL, which verifies with all that is derived."""
    with open_database(url) as db:
        db.keeper = current_rows
        assert verify(db) == []
        return whole_dump(db)


def bytes_of(url: str) -> bytes:
    """Return the dump of the database at a URL, as it is."""
    with open_database(url) as db:
        return whole_dump(db)


def whole_dump(db: Database) -> bytes:
    """Return the dump of an open database."""
    out = io.BytesIO()
    dump(db, out)
    return out.getvalue()


def pieces(db: Database, seed: int) -> list[bytes]:
    """Return a ledger's feed in random batches, as one that is asked now and then would have got it."""
    found, _ = rows(db)
    random, cuts, batches = Random(seed), [], []
    last = found[-1]["seq"]
    cuts = sorted({*random.sample(range(1, last), min(6, last - 1)), last})
    before = -1
    for cut in cuts:
        batches.append(text([row for row in found if before < row["seq"] <= cut]))
        before = cut
    return batches
