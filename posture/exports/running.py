"""Runs a job: reads one snapshot, writes its files beside their destination, and publishes them whole.

A run is recorded in the database when it has ended, however it ended; it is told to the addresses of the job; and what it
asked and found goes back to whoever called it, who prints.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from posture import clock
from posture.errors import BUSY, REFUSED, RUNTIME, Busy, PostureError, Refused
from posture.exports.asking import Answer, answer, count_rows
from posture.exports.destinations import Destination, destination_of
from posture.exports.folders import values_of
from posture.exports.jobs import PACKED, Job, JobFile
from posture.exports.manifest import Facts, Filed, Manifest, hash_file, manifest_text, notes_of, package_text
from posture.exports.signals import HookFailed, ping, run_hooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from posture.settings import Settings
    from posture.store.connection import Database

    Opens: TypeAlias = "Callable[[], AbstractContextManager[Database]]"

PUBLISHED, UNCHANGED, FAILED, WAS_REFUSED, WAS_BUSY = "published", "unchanged", "failed", "refused", "busy"
DRY = "dry"
"""The outcome of a run that only said what it would do; it is not recorded."""


@dataclass
class Result:
    """What a run did."""

    job: Job
    outcome: str = FAILED
    place: str = ""
    """The folder, once it is known; before, the destination as the job names it."""
    files: Sequence[Filed] = ()
    as_of: str | None = None
    known_seq: int | None = None
    known_at: str | None = None
    head_seq: int | None = None
    head_hash: str | None = None
    rows: int | None = None
    manifest_sha256: str | None = None
    message: str | None = None
    """Why it was not published; or what went wrong after it was."""
    exit_code: int = 0
    fault: Exception | None = None
    """What nobody foresaw, if it was that."""
    removed: Sequence[str] = ()
    """Old exports that were removed."""
    warnings: list[str] = field(default_factory=list)
    """What a person should know, though the run went well."""

    @property
    def bytes(self) -> int | None:
        """How large the files are together."""
        return sum(each.bytes for each in self.files) if self.files or self.outcome == PUBLISHED else None


class Runner(NamedTuple):
    """What every run of a file of jobs needs."""

    jobs: JobFile
    settings: Settings
    reader: Opens
    """Opens the database to read."""
    writer: Opens
    """Opens it to record a run."""
    passing: Opens | None = None
    """Opens it to record a run that found another at it, and waits for nobody: the other one may be reading for an hour."""

    def run(self, job: Job, *, if_changed: bool = False, dry: bool = False) -> Result:
        """Run a job and return what came of it; nothing that goes wrong is raised, but an interrupt, which is recorded too."""
        result = Result(job, place=self.jobs.template(job).shown)
        started, ticks = clock.now(), time.perf_counter()
        try:
            self._perform(result, if_changed=if_changed or job.if_changed, dry=dry)
        except PostureError as error:
            result.outcome, result.exit_code = _outcome_of(error, result.outcome), error.exit_code
            result.message = str(error)
        except OSError as error:
            after = "" if result.outcome == PUBLISHED else "; what was there before is untouched"
            result.message = f"cannot write {error.filename or result.place}: {error.strerror or error}{after}"
            result.exit_code = RUNTIME
        except Exception as error:  # noqa: BLE001 - a fault of ours in one job keeps no other from running
            result.message, result.exit_code, result.fault = f"unexpected {type(error).__name__}", RUNTIME, error
        except BaseException as error:
            result.message = "interrupted" if isinstance(error, KeyboardInterrupt) else type(error).__name__
            if not dry:
                self._record(result, started, time.perf_counter() - ticks)
                self._tell(result, job.ping.failure)
            raise
        if not dry:
            self._record(result, started, time.perf_counter() - ticks)
            if result.outcome != WAS_BUSY:  # the run that is at it tells of itself
                self._tell(result, job.ping.failure if result.exit_code else job.ping.success)
        return result

    def _perform(self, result: Result, *, if_changed: bool, dry: bool) -> None:
        job = result.job
        destination = destination_of(self.jobs, job)
        if dry:
            self._look(result, destination)
            return
        self._hooks(result, job.hooks.before)
        with destination.locked():
            self._tell(result, job.ping.start)
            try:
                self._publish(result, destination, if_changed=if_changed)
            finally:
                with suppress(OSError):
                    destination.discard()
            if result.outcome == PUBLISHED:
                self._remove_old(result, destination)
        if result.outcome == PUBLISHED:
            self._hooks(result, job.hooks.after)

    def _look(self, result: Result, destination: Destination) -> None:
        """Find out what a run would publish, and where; write nothing."""
        with self.reader() as db, db.read():
            found, parts = self._read(db, result, destination, destination.previous)
            result.place = destination.path(parts)
            if found.nothing_new:
                result.outcome = UNCHANGED
                return
            result.rows = count_rows(found.content)
            found.check(db, result.rows)
        result.outcome = DRY

    def _publish(self, result: Result, destination: Destination, *, if_changed: bool) -> None:
        job = result.job
        with self.reader() as db, db.read():
            found, parts = self._read(db, result, destination, destination.previous)
            result.place = destination.path(parts)
            previous = found.previous
            if found.nothing_new:
                result.outcome = UNCHANGED
                return
            folder = destination.begin()
            files = _write_files(job, found, folder)
            result.rows = _rows_of(found, files)
            found.check(db, result.rows)
            facts = self._facts(db, job, found)
        if if_changed and not job.is_feed and previous is not None and _same(previous.files, files):
            result.files, result.outcome = previous.files, UNCHANGED
            result.manifest_sha256 = previous.sha256
            return
        placed = destination.placed(files)
        everything = [*(previous.files if job.is_feed and previous else ()), *placed]
        for each in everything[: -len(placed)]:
            destination.carry(parts, each)
        package = package_text(
            facts, destination.described(everything, placed), found.content.fields, found.content.key
        )
        manifest = manifest_text(facts, everything, package)
        destination.publish(parts, manifest, package, everything)
        result.files, result.outcome = placed, PUBLISHED
        result.manifest_sha256 = hashlib.sha256(manifest.encode()).hexdigest()

    def _read(
        self,
        db: Database,
        result: Result,
        destination: Destination,
        previous: Callable[[Sequence[str]], Manifest | None],
    ) -> tuple[Answer, tuple[str, ...]]:
        """Return the answer of a job and where it goes; put what is known of it into the result."""
        from posture.ledger.verify import head_of

        job, template = result.job, destination.template
        result.head_seq, result.head_hash = head_of(db)
        standing = previous(template.fill({"job": job.name})) if job.is_feed else None
        found = answer(db, job, self.settings, standing)
        content = found.content
        result.as_of, result.known_seq, result.known_at = content.as_of, content.known_seq, content.known_at
        parts = template.fill(values_of(job.name, job.edition, content.as_of, content.known_seq))
        if not job.is_feed:
            found = found._replace(previous=previous(parts))
        if found.previous is not None and not job.is_feed:
            _check_owner(found.previous, job, str(content.database_id), destination.path(parts))
        return found, parts

    def _facts(self, db: Database, job: Job, found: Answer) -> Facts:
        content = found.content
        head = db.value("select entry_hash from ledger_entry where seq = :seq", {"seq": content.known_seq})
        return Facts(
            job=job,
            licence=self.jobs.licence_of(job),
            as_of=content.as_of,
            known_seq=content.known_seq,
            known_at=content.known_at,
            head_hash=head,
            database_id=str(content.database_id),
            schema_revision=str(db.revision()),
            notes=notes_of(content),
            cursor=found.cursor,
        )

    def _remove_old(self, result: Result, destination: Destination) -> None:
        """Remove what no rule keeps; the export is published by now, so that a failure is told and no more."""
        from posture.exports.retention import remove_old

        if result.job.is_feed or destination.template.fixed:
            return
        try:
            with self.reader() as db:
                identity = str(db.value("select database_id from database_identity"))
            gone = remove_old(destination, result.job.name, identity, result.job.keep)
            result.removed = [destination.path(parts) for parts in gone]
        except OSError as error:
            result.warnings.append(f"old exports were not removed: {error.strerror}")

    def _hooks(self, result: Result, hooks: Sequence[Sequence[str]]) -> None:
        if not hooks:
            return
        if os.name == "posix" and os.stat(self.jobs.path).st_mode & 0o002:
            raise Refused(f"{self.jobs.path} can be written by everybody, so its hooks are not run; chmod o-w it")
        facts = {
            "POSTURE_EXPORT_JOB": result.job.name,
            "POSTURE_EXPORT_OUTCOME": result.outcome if result.outcome == PUBLISHED else "",
            "POSTURE_EXPORT_FOLDER": result.place,
            "POSTURE_EXPORT_FILES": "\n".join(each.path for each in result.files),
        }
        run_hooks(hooks, facts, self.jobs.folder, result.job.hooks.timeout)

    def _record(self, result: Result, started: datetime, seconds: float) -> None:
        from posture.ledger.export_runs import Run, record_run

        opens = self.passing if result.outcome == WAS_BUSY and self.passing else self.writer
        try:
            with opens() as db:
                record_run(
                    db,
                    Run(
                        job=result.job.name,
                        destination=self.jobs.template(result.job).shown,
                        started_at=started,
                        ended_at=max(clock.now(), started),
                        outcome=result.outcome,
                        duration=round(seconds, 3),
                        as_of=date.fromisoformat(result.as_of) if result.as_of else None,
                        known_seq=result.known_seq,
                        head_seq=result.head_seq,
                        head_hash=result.head_hash,
                        rows=result.rows,
                        bytes=result.bytes,
                        manifest_sha256=result.manifest_sha256,
                        message=result.message,
                    ),
                )
        except (PostureError, OSError) as error:
            if result.outcome == WAS_BUSY and isinstance(error, Busy):
                return  # the run that is at it records itself
            result.warnings.append(f"the run was not recorded: {error}")
            result.exit_code = result.exit_code or RUNTIME

    @staticmethod
    def _tell(result: Result, address: str | None) -> None:
        said = f"{result.job.name}: {result.outcome}{f': {result.message}' if result.message else ''}"
        if problem := ping(address, said):
            result.warnings.append(problem)


def _check_owner(previous: Manifest, job: Job, database_id: str, place: str) -> None:
    """Raise Refused where what stands at a destination is of another job or ledger: somebody would miss it."""
    if previous.job != job.name:
        raise Refused(f'{place} is an export of the job "{previous.job}"; each job has a folder of its own')
    standing = previous.told.get("database_id")
    if standing != database_id:
        raise Refused(
            f"{place} is an export of the ledger {standing}, and this is {database_id}; where that is meant, remove it first"
        )


def _outcome_of(error: PostureError, before: str) -> str:
    if isinstance(error, HookFailed) and before == PUBLISHED:
        return PUBLISHED
    return {BUSY: WAS_BUSY, REFUSED: WAS_REFUSED}.get(error.exit_code, FAILED)


def _rows_of(found: Answer, files: Sequence[Filed]) -> int:
    """Return how many rows an answer has; a snapshot has many tables, whose rows are not those of the answer."""
    told = [each.rows for each in files if each.format != "sqlite"]
    return max(told) if told else count_rows(found.content)


def _same(one: Sequence[Filed], other: Sequence[Filed]) -> bool:
    """Return whether two exports hold the same files."""
    return {(each.name, each.sha256) for each in one} == {(each.name, each.sha256) for each in other}


def _write_files(job: Job, found: Answer, folder: str) -> list[Filed]:
    """Write a file for each form into a folder, synced, and return what they are."""
    from posture.exports.forms import FORMS

    written = []
    for word in sorted(job.formats):
        form = FORMS[word]
        plain = os.path.join(folder, f"{found.stem}{form.suffix}")
        try:
            rows = form.write(found.content, plain, raw=job.raw, bom=job.bom)
            path = _pack(plain, job.compression) if job.compression and word in PACKED else plain
            _sync(path)
        except OSError as error:
            name = os.path.basename(plain)
            why = error.strerror or type(error).__name__
            raise PostureError(f"cannot write {name}: {why}; what was there before is untouched") from error
        size, sha256 = hash_file(path)
        compression = job.compression if path != plain else None
        written.append(Filed(os.path.basename(path), form.name, form.media_type, compression, rows, size, sha256))
    return written


def _pack(plain: str, compression: str) -> str:
    """Pack a file, the same bytes for the same file, and return the path of what became of it."""
    import shutil

    from posture.exports.dump import packed

    target = f"{plain}.{compression}"
    with open(plain, "rb") as source, open(target, "xb") as file, packed(file, target) as out:
        shutil.copyfileobj(source, out, 1 << 20)
    os.unlink(plain)
    return target


def _sync(path: str) -> None:
    from posture.exports.exchange import sync_file

    sync_file(path)


def exit_code_of(results: Sequence[Result]) -> int:
    """Return the exit code of several runs: that of those that went wrong, if it is one; else 1."""
    codes = {result.exit_code for result in results} - {0}
    return codes.pop() if len(codes) == 1 else RUNTIME if codes else 0
