"""A copy whose making is interrupted, over and over, wherever it happens to be: in the end it is the same, byte for byte.

Every other copy begins with a dump of an earlier day, the others empty.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

from posture.errors import IntegrityBroken
from posture.imports import applying
from posture.imports.applying import apply
from posture.imports.load import DumpFile, destination, load
from posture.ledger.verify import verify
from posture.reports.current import current_rows
from posture.store.connection import Database, open_database
from tests.feeds import feed, grow, rewrite_texts, whole_dump
from tests.ledger.conftest import niger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

__all__ = ["niger"]

INTERRUPTIONS = {"sqlite": 1000, "postgresql": 100}
KILLED = int(os.environ.get("FEED_KILLS", "8"))
"""How often a process that applies a feed is killed for good; more by FEED_KILLS=200."""


class Interrupted(BaseException):
    """As a person's Ctrl-C: no error that anything catches."""


class Fuse:
    """Lets so many statements of a database pass, and then interrupts."""

    def __init__(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        for name in ("_cursor", "executemany"):
            monkeypatch.setattr(type(db), name, self._burning(getattr(type(db), name)))

    def _burning(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def passed(db: Database, sql: str, *rest: Any, **named: Any) -> Any:
            if sql != "ROLLBACK" and self.left is not None:
                self.left -= 1
                if self.left < 0:
                    self.left = None  # once: what is closed on the way out is closed
                    raise Interrupted
            return method(db, sql, *rest, **named)

        return passed


def test_a_thousand_interruptions_leave_the_same_bytes(
    niger: Database, engine: str, make_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file breaks off at any byte, or the program is interrupted before any statement; then it is tried again."""
    earlier = whole_dump(niger)
    grow(niger, 11, 14)
    rewrite_texts(niger)
    whole, wanted = feed(niger), whole_dump(niger)
    monkeypatch.setattr(applying, "AT_ONCE", 12)
    random, ended = Random(5), Counter[str]()
    made = 0
    while ended.total() - ended["done"] < INTERRUPTIONS[engine]:
        url = make_url(engine) if made % 2 else _loaded(earlier, make_url(engine, migrated=False))
        with open_database(url) as db:
            db.keeper = current_rows
            with monkeypatch.context() as patched:
                fuse = Fuse(db, patched)
                while (how := _one_try(db, fuse, whole, random)) != "done":
                    ended[how] += 1
            ended["done"] += 1
            assert whole_dump(db) == wanted
            made += 1
            if made % 10 == 1:
                assert verify(db) == []
    assert ended["cut"] > 10
    assert ended["interrupted"] > 10


def _loaded(data: bytes, url: str) -> str:
    """Make a copy that begins with a dump, and return its URL."""
    with destination(url) as db:
        load(db, DumpFile(io.BytesIO(data), "the dump"))
    return url


def _one_try(db: Database, fuse: Fuse, whole: bytes, random: Random) -> str:
    """Apply the feed once more and say how that ended."""
    data = whole
    if random.random() < 0.4:
        data = whole[: random.randrange(len(whole))]
    else:
        fuse.left = random.randrange(random.choice((20, 100, 600)))
    try:
        apply(db, [(io.BytesIO(data), "the feed")])
    except IntegrityBroken:
        return "cut"
    except Interrupted:
        return "interrupted"
    finally:
        fuse.left = None
    return "done" if data == whole else "cut"


APPLIER = """
import sys
from posture.imports import applying
from posture.imports.load import destination

applying.AT_ONCE = 4
with destination(sys.argv[1]) as db:
    applying.apply(db, [sys.argv[2]])
"""


def test_a_killed_process_leaves_whole_entries(
    niger: Database, engine: str, make_url: Callable[..., str], tmp_path: Path
) -> None:
    grow(niger, 12, 40)
    whole, wanted = feed(niger), whole_dump(niger)
    (tmp_path / "changes.jsonl").write_bytes(whole)
    url = make_url(engine)
    random, killed = Random(6), 0
    needed = _seconds(url, tmp_path)
    for _ in range(KILLED * 4):
        if killed >= KILLED:
            break
        url = make_url(engine) if random.random() < 0.3 else url
        process = _start(url, tmp_path)
        with suppress(subprocess.TimeoutExpired):
            process.wait(random.uniform(0.3, 1.0) * needed)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            killed += 1
        else:  # it came to its end: the machine is faster now than when it was measured
            needed, url = 0.8 * needed, make_url(engine)
            continue
        with open_database(url) as db:
            seq = db.value("select coalesce(max(seq), 0) from ledger_entry")
            assert [finding for finding in verify(db) if finding.seq is not None] == []
            assert (
                feed(db) == b"".join(line for line in whole.splitlines(keepends=True) if _seq(line) <= seq) or not seq
            )
    assert killed > KILLED / 3
    assert _start(url, tmp_path).wait() == 0
    with open_database(url) as db:
        db.keeper = current_rows
        assert whole_dump(db) == wanted
        assert verify(db) == []


def test_two_that_apply_at_once_take_turns(
    niger: Database, engine: str, make_url: Callable[..., str], tmp_path: Path
) -> None:
    grow(niger, 13, 20)
    (tmp_path / "changes.jsonl").write_bytes(feed(niger))
    url = make_url(engine)
    assert [process.wait() for process in [_start(url, tmp_path) for _ in range(2)]] == [0, 0]
    with open_database(url) as db:
        db.keeper = current_rows
        assert whole_dump(db) == whole_dump(niger)
        assert verify(db) == []


def _start(url: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", APPLIER, url, str(folder / "changes.jsonl")])


def _seconds(url: str, folder: Path) -> float:
    """Return how long an undisturbed process takes here."""
    began = time.monotonic()
    assert _start(url, folder).wait() == 0
    return time.monotonic() - began


def _seq(line: bytes) -> int:
    import json

    return int(json.loads(line)["seq"])
