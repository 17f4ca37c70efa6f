"""Several writers at once: every claim is kept once, entries have no gap and no tear, on both engines."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from posture.ledger.verify import verify

if TYPE_CHECKING:
    from posture.store.connection import Database

WRITERS, EACH = 8, 5

WRITER = """
import sys
from posture.domain.draft import ClaimDraft
from posture.ledger.claims import log
from posture.ledger.entry import Writing
from posture.store.connection import open_database

url, name, each = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(each):
    for retry in range(2):  # the second time as after a lost answer: it must not log twice
        with open_database(url) as db:
            log(
                db,
                [ClaimDraft(line="fra-ner/personnel", kind="count", quantity=str(number), source="rfi", on="2023-09-05")],
                Writing(txid=f"{name}-{number}", recorded_by=name),
            )
"""


def test_eight_writers_lose_and_double_nothing(niger: Database, url: str) -> None:
    before = niger.value("select max(seq) from ledger_entry")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, f"writer-{number}", str(EACH)], stderr=subprocess.PIPE, text=True
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=240)
        assert writer.returncode == 0, said
    seqs = [row["seq"] for row in niger.all("select seq from ledger_entry order by seq")]
    assert seqs == list(range(1, before + WRITERS * EACH + 1))
    assert niger.value("select count(*) from status_change") == WRITERS * EACH
    assert (
        niger.value("select count(distinct recorded_by) from ledger_entry where seq > :before", {"before": before})
        == WRITERS
    )
    assert verify(niger) == []
