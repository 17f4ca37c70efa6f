"""Kills runs of an export job, again and again, and looks each time at what stands: a program of its own, for it forks.

    python -m tests.exports.killing steps|aside|moments|feed FOLDER DATABASE NUMBER SEED

`steps` ends a run before each of its calls to the system in turn, `aside` the same where folders cannot be exchanged, and
`moments` kills it from outside at moments of chance; `feed` does what `steps` does to a job that hands on the feed, of a ledger that
grows meanwhile. Prints one JSON object; what it finds torn it prints, and exits 1.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.exports import exchange, publication
from posture.exports.checking import verify
from posture.exports.jobs_reading import read_jobs
from posture.exports.publication import LocalDestination
from posture.exports.running import Runner
from posture.ledger.catalogue import add
from posture.settings import Settings
from posture.store.connection import open_database

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.exports.jobs import JobFile

JOBS = """
[[job]]
name = "posture"
report = "posture"
formats = ["csv", "json"]
destination = "out/posture"
parameters = { as_of = "2023-10-01" }
"""
FEED = """
[[job]]
name = "posture"
report = "changes"
formats = ["jsonl", "csv"]
destination = "out/posture"
"""
FIRST = date(2023, 9, 1)
CALLS = ("rename", "link", "mkdir", "fsync", "unlink", "rmdir", "chmod", "open", "makedirs")
KILLED = 9


class Torn(Exception):
    """What stands is neither the old export nor the new one."""


class Trial:
    """A destination, and runs that do not live to see their end."""

    def __init__(self, folder: Path, database: str, jobs: str = JOBS) -> None:
        self.path = folder / "exports.toml"
        self.path.write_text(jobs, encoding="utf-8")
        self.jobs = read_jobs(str(self.path))
        self.database = database
        self.root = folder / "out"
        self.place = self.root / "posture"
        self.number = 0
        self.standing: str | None = None
        self.seen = {"old": 0, "new": 0}

    def destination(self) -> LocalDestination:
        return LocalDestination(self.jobs.template(self.jobs.jobs[0]), self.jobs.folder)

    def fork(self, before: Callable[[], None] = lambda: None) -> tuple[int, str]:
        """Begin a run in a process of its own; return its number, and the day that it publishes."""
        self.number += 1
        day = str(FIRST + timedelta(days=self.number % 120))
        process = os.fork()
        if process:
            return process, day
        code = 1
        try:
            before()
            code = self.run(day)
        finally:
            os._exit(code)

    def run(self, day: str) -> int:
        job = replace(self.jobs.jobs[0], parameters={"as_of": day})
        return self._run(replace(self.jobs, jobs=(job,)))

    def _run(self, jobs: JobFile) -> int:
        def opened() -> Any:
            return open_database(self.database)

        return Runner(jobs, Settings(environment={}, folder="/"), opened, opened).run(jobs.jobs[0]).exit_code

    def again(self) -> None:
        """Begin the next trial, with what the last one left."""

    def look(self, day: str, *, may_be_aside: bool = False) -> None:
        """Raise Torn unless what stands is whole, and is the old export or the new one."""
        if may_be_aside and self.standing is not None and not self.place.exists():
            with self.destination().locked():  # what the next run does first
                pass
        if self.standing is None and not self.place.exists():
            return
        checked = verify(str(self.place))
        if checked.findings or checked.manifest is None:
            raise Torn(f"{day}: {list(checked.findings)}")
        found = str(checked.manifest.told["as_of"])
        if found not in (self.standing, day):
            raise Torn(f"{found} stands, which is neither {self.standing} nor {day}")
        self.seen["new" if found == day else "old"] += 1
        self.standing = found
        strange = [name for name in os.listdir(self.root) if name != "posture" and not name.startswith(".posture-")]
        if strange:
            raise Torn(f"left behind: {strange}")

    def finish(self) -> None:
        """Run once to the end, and raise Torn unless everything is cleaned up."""
        process, day = self.fork()
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        left = sorted(os.listdir(self.root))
        if code or left != [".posture-posture.lock", "posture"]:
            raise Torn(f"the run after it ended with {code} and left {left}")
        self.look(day)
        if self.standing != day:
            raise Torn(f"the run after it published nothing: {self.standing}")


class FeedTrial(Trial):
    """The same for a feed: what stands has every entry up to its cursor once, and the cursor does not go back."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database, FEED)
        self.cursor = self.began = 0
        self.kept = folder / "kept"

    def again(self) -> None:
        """Begin with two batches, lest each trial has more files to take along than the last."""
        if not self.kept.exists():
            self.finish()
            shutil.copytree(self.root, self.kept)
            self.began = self.cursor
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)
        self.cursor = self.began

    def fork(self, before: Callable[[], None] = lambda: None) -> tuple[int, str]:
        """Record something, and begin a run in a process of its own."""
        with open_database(self.database) as db:
            add(db, "source", {"code": f"s-{self.number}", "title": "A source"})
        return super().fork(before)

    def run(self, day: str) -> int:
        del day
        return self._run(self.jobs)

    def look(self, day: str, *, may_be_aside: bool = False) -> None:
        """Raise Torn unless what stands is whole, and has all entries up to its cursor, each once."""
        del day, may_be_aside
        checked = verify(str(self.place))
        if checked.findings or checked.manifest is None:
            raise Torn(str(list(checked.findings)))
        cursor = int(checked.manifest.told["cursor"]["seq"])
        told = [
            json.loads(line)
            for path in sorted(self.place.glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        entries = [(row["seq"], row["ordinal"]) for row in told]
        if sorted(set(entries)) != entries or {seq for seq, _ in entries} != set(range(cursor + 1)):
            raise Torn(f"the cursor is at {cursor}, and the batches do not have all entries up to it once")
        if cursor < self.cursor:
            raise Torn(f"the cursor went back from {self.cursor} to {cursor}")
        self.seen["new" if cursor > self.cursor else "old"] += 1
        self.cursor = cursor

    def finish(self) -> None:
        """Run once to the end, and raise Torn unless everything was handed on and is cleaned up."""
        process, day = self.fork()
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        self.look(day)
        with open_database(self.database, readonly=True) as db:
            head = db.value("select max(seq) from ledger_entry")
        if code or self.cursor != head or sorted(os.listdir(self.root)) != [".posture-posture.lock", "posture"]:
            raise Torn(f"the run after it ended with {code} at {self.cursor} of {head}")


def _ending_at(step: int, told: int, *, exchanging: bool) -> Callable[[], None]:
    """Return what makes this process end before its call number `step` to the system, and say how many there were."""

    def prepare() -> None:
        count = 0

        def counted(call: Any) -> Any:
            def ending(*args: Any, **more: Any) -> Any:
                nonlocal count
                if count == step:
                    os.write(told, b"!")
                    os._exit(KILLED)
                count += 1
                return call(*args, **more)

            return ending

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        swap = exchange.exchange if exchanging else lambda *_: False
        publication.exchange = counted(swap)
        shutil.rmtree = counted(shutil.rmtree)

    return prepare


def steps(trial: Trial, *, exchanging: bool) -> int:
    """End a run before each of its calls in turn; return how many there were."""
    step = 0
    while True:
        trial.again()
        reading, writing = os.pipe()
        process, day = trial.fork(_ending_at(step, writing, exchanging=exchanging))
        os.close(writing)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        ended = os.read(reading, 1) == b"!"
        os.close(reading)
        if not ended:
            if code:
                raise Torn(f"a run that was left alone ended with {code}")
            return step
        trial.look(day, may_be_aside=not exchanging)
        if step % 5 == 0:
            trial.finish()
        step += 1


def moments(trial: Trial, number: int, chance: random.Random) -> int:
    """Kill so many runs from outside before their end, each at a moment of chance; return how many that were."""
    began = time.perf_counter()
    trial.finish()
    takes = time.perf_counter() - began
    killed = attempt = 0
    while killed < number and attempt < 4 * number:
        attempt += 1
        process, day = trial.fork()
        time.sleep(chance.uniform(0, takes * 1.1))
        os.kill(process, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
        trial.look(day)
        if attempt % 50 == 0:
            trial.finish()
    return killed


def main(way: str, folder: str, database: str, number: str, seed: str) -> int:
    """Do one of the three, and say what came of it."""
    trial = FeedTrial(Path(folder), database) if way == "feed" else Trial(Path(folder), database)
    trial.standing = str(trial.jobs.jobs[0].parameters.get("as_of"))
    trial.run(trial.standing)  # here, so that every fork has at hand what is read once
    try:
        if way == "moments":
            many = moments(trial, int(number), random.Random(int(seed)))
        else:
            many = steps(trial, exchanging=way != "aside")
        trial.finish()
    except Torn as torn:
        print(json.dumps({"torn": str(torn)}))  # noqa: T201
        return 1
    print(json.dumps({"killed": many, **trial.seen}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
