"""Writers log while an exporter polls: the feed misses nothing and doubles nothing, on both engines."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

from posture.exports.feed import changes_content
from posture.imports.applying import apply
from posture.ledger.verify import verify
from posture.reports.current import current_rows
from posture.store.connection import open_database
from tests.feeds import text, whole_dump
from tests.ledger.conftest import niger
from tests.ledger.test_writers import EACH, WRITER, WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.store.connection import Database

__all__ = ["niger"]


def test_an_exporter_that_polls_while_eight_write_misses_and_doubles_nothing(
    niger: Database, url: str, engine: str, make_url: Callable[..., str]
) -> None:
    before = niger.value("select max(seq) from ledger_entry")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, f"writer-{number}", str(EACH)], stderr=subprocess.PIPE, text=True
        )
        for number in range(WRITERS)
    ]
    keys: list[tuple[str, int, int]] = []
    cursor, polls = None, 0
    with open_database(make_url(engine)) as copy:
        copy.keeper = current_rows
        while True:
            running = any(writer.poll() is None for writer in writers)  # asked first: one more poll after the last
            with open_database(url, readonly=True) as db, db.read():
                content, cursor = changes_content(db, cursor)
                found = list(content.mappings())
            keys += [(row["database_id"], row["seq"], row["ordinal"]) for row in found]
            polls += bool(found)
            apply(copy, [(io.BytesIO(text(found)), "the batch")])
            if not running:
                break
        for writer in writers:
            _, said = writer.communicate(timeout=60)
            assert writer.returncode == 0, said
        assert whole_dump(copy) == whole_dump(niger)
        assert verify(copy) == []
    assert cursor.seq == before + WRITERS * EACH
    assert polls > 2
    assert len(set(keys)) == len(keys)
    assert {seq for _, seq, _ in keys} == set(range(cursor.seq + 1))
    assert len(keys) == 1 + sum(
        niger.value(f"select count(*) from {table}")
        for table in ("ledger_entry", "status_change", "catalogue_revision")
    )
