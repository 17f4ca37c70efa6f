"""`posture export`: publishes what the jobs say, and says what came of it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.cli.screen import terminal_width
from posture.cli.session import ReaderGone, flush, say, write
from posture.domain.codes import visible
from posture.errors import INTEGRITY, PostureError, Refused, UnknownWord, UsageMistake
from posture.settings import user_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posture.cli.session import Session
    from posture.exports.jobs import Job, JobFile
    from posture.exports.running import Result, Runner


IN_PASSING = 1.0
"""Seconds that a run which found another at it waits for the database, to record that."""


def run(session: Session, given: Mapping[str, Any]) -> None:
    """Run the jobs that were named, or all of them, or those that are due."""
    from posture.exports.running import exit_code_of

    jobs, chosen = chosen_jobs(given)
    session.database(readonly=True).close()  # where there is none, that is said once and not for every job
    runner = _runner(session, jobs)
    if given.get("due"):
        chosen = _due(session, jobs, chosen)
        if not chosen and not given.get("quiet"):
            say("nothing is due")
    results = []
    unheard: Exception | None = None
    with _ended_as_interrupted():
        for job in chosen:
            result = runner.run(job, if_changed=bool(given.get("if_changed")), dry=bool(given.get("dry_run")))
            results.append(result)
            try:
                _tell(given, result)
                _trace(session, result)
            except (ReaderGone, PostureError, OSError) as error:
                unheard = unheard or error  # who no longer listens keeps no job from running
    code = exit_code_of(results)
    if unheard is not None and not (code and isinstance(unheard, ReaderGone)):
        raise unheard
    leave(code)


@contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """Take what ends a service (SIGTERM) for an interrupt within the block: the run is recorded, and told as failed."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def chosen_jobs(given: Mapping[str, Any]) -> tuple[JobFile, tuple[Job, ...]]:
    """Return the file of jobs, and those of them that were named, or all; raises what the file or a name is refused with."""
    jobs = _read(given)
    return jobs, jobs.chosen(given.get("job") or ())


def _read(given: Mapping[str, Any]) -> JobFile:
    from posture.exports.finding import find_file
    from posture.exports.jobs_reading import read_jobs

    return read_jobs(find_file(given.get("file"), os.getcwd()))


def _runner(session: Session, jobs: JobFile) -> Runner:
    from posture.exports.running import Runner

    return Runner(
        jobs,
        session.settings,
        lambda: session.database(readonly=True),
        session.database,
        lambda: session.database(timeout=IN_PASSING),
    )


def _due(session: Session, jobs: JobFile, chosen: Sequence[Job]) -> tuple[Job, ...]:
    from posture.exports.due import is_due

    last = {name: row["started_at"] for name, row in last_run_of_each(session, jobs, sound=True).items()}
    now = clock.now()
    return tuple(
        job for job in chosen if is_due(job, clock.from_text(last[job.name]) if job.name in last else None, now)
    )


def last_run_of_each(session: Session, jobs: JobFile, *, sound: bool) -> dict[str, dict[str, Any]]:
    """Return the last run of each job to where it publishes now, by the job's name."""
    from posture.reports.export_runs import last_runs

    here = {(job.name, jobs.template(job).shown) for job in jobs.jobs}
    with session.database(readonly=True) as db:
        return {row["job"]: row for row in last_runs(db, sound=sound) if (row["job"], row["destination"]) in here}


def _tell(given: Mapping[str, Any], result: Result) -> None:
    """Print what a run did, and say what went wrong."""
    if given.get("as_json"):
        from posture.exports.formats import json_text

        write([json_text(_as_object(result))])
    elif (not result.exit_code or result.outcome == "published") and not given.get("quiet"):
        write(_lines(result))
    if result.exit_code:
        after = "published, but " if result.outcome == "published" else ""
        what = result.message or "; ".join(result.warnings)
        say(f"posture: job {result.job.name}: {after}{' '.join(what.split())}")
    for warning in result.warnings:
        if warning != result.message and not (result.exit_code and result.message is None):
            say(f"mind: job {result.job.name}: {warning}")
    flush()


def _trace(session: Session, result: Result) -> None:
    """Show where a fault came from, with --debug."""
    if result.fault is None:
        return
    if session.debug:
        import traceback

        traceback.print_exception(result.fault)
    else:
        say("--debug shows the whole traceback")


def _lines(result: Result) -> Iterator[str]:
    what = {"published": "published", "unchanged": "unchanged", "dry": "would be published"}[result.outcome]
    parts = [what]
    if result.rows is not None:
        parts.append(_many(result.rows, "row"))
    if result.files:
        parts += [_many(len(result.files), "file"), f"{result.bytes or 0:,} bytes"]
    yield f"{result.job.name}: {', '.join(parts)}, {_clocks(result)}"
    yield f"  {visible(result.place)}"
    for place in result.removed:
        yield f"  removed {visible(place)}"


def _clocks(result: Result) -> str:
    known = f"as known at #{result.known_seq}" + (
        f" ({result.known_at[:16].replace('T', ' ')}Z)" if result.known_at else ""
    )
    return f"as of {result.as_of}, {known}" if result.as_of else known


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _as_object(result: Result) -> dict[str, Any]:
    return {
        "job": result.job.name,
        "outcome": result.outcome,
        "folder": result.place,
        "as_of": result.as_of,
        "known_at": {"seq": result.known_seq, "at": result.known_at},
        "rows": result.rows,
        "files": [each.told() for each in result.files],
        "manifest_sha256": result.manifest_sha256,
        "removed": list(result.removed),
        "message": result.message,
        "warnings": result.warnings,
        "exit_code": result.exit_code,
    }


def leave(code: int) -> None:
    """End with this exit code; all is said."""
    if code:
        from typer import Exit

        raise Exit(code)


def list_jobs(session: Session, given: Mapping[str, Any]) -> None:
    """Print the jobs that were named, or all."""
    del session
    jobs, chosen = chosen_jobs(given)
    rows = [
        {
            "job": job.name,
            "report": job.report,
            "formats": list(job.formats),
            "every": job.every,
            "at": job.at,
            "destination": jobs.template(job).shown,
        }
        for job in chosen
    ]
    cells = [
        [job.name, job.report, " ".join(job.formats), _when(job), _short(jobs.template(job).shown, jobs.folder)]
        for job in chosen
    ]
    show(given, rows, ["JOB", "PUBLISHES", "AS", "WHEN (UTC)", "WHERE"], cells)


def _when(job: Job) -> str:
    if job.every == "hour":
        return f"every hour at :{job.at[3:]}"
    return f"every {job.every} at {job.at}"


def _short(path: str, folder: str) -> str:
    """Return a path from the folder of the jobs, where it lies below it."""
    return os.path.relpath(path, folder) if path.startswith(folder.rstrip(os.sep) + os.sep) else path


def show(
    given: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    titles: Sequence[str],
    cells: Sequence[Sequence[str]],
    right: Sequence[bool] = (),
) -> None:
    """Print rows as a table, or as JSON; raises `UnknownWord` for another format."""
    from posture.cli.tables import table

    wanted = (given.get("format") or "table").strip().lower()
    if wanted == "json":
        from posture.exports.formats import json_text

        write([json_text(list(rows))])
    elif wanted == "table":
        shown = [[visible(cell) for cell in row] for row in cells]
        write(table(list(titles), shown, terminal_width(), right=tuple(right) or (False,) * len(titles)))
    else:
        raise UnknownWord("format", wanted, ("table", "json"))


def verify(session: Session, given: Mapping[str, Any]) -> None:
    """Print whether exports are whole, and of this ledger."""
    broken = False
    for folder in given["folder"]:
        manifest, findings = _found(folder)
        if given.get("ledger") and manifest is not None:
            from posture.exports.checking import verify_ledger

            with session.database(readonly=True) as db:
                findings = [*findings, *verify_ledger(db, manifest)]
        for finding in findings:
            say(f"posture: {folder}: {finding}")
        broken = broken or bool(findings)
        if manifest is not None and not findings and not given.get("quiet"):
            told = manifest.told
            days = f"as of {told['as_of']}, " if told.get("as_of") else ""
            head = f"#{manifest.known_seq}"
            files = _many(len(manifest.files), "file")
            write([f"{visible(folder)}: {visible(manifest.job)}, {files}, {days}as known at {head}: whole"])
    leave(INTEGRITY if broken else 0)


def _found(folder: str) -> tuple[Any, Sequence[str]]:
    if "://" in folder:
        from posture.exports.elsewhere import verify_elsewhere

        return verify_elsewhere(folder)
    from posture.exports.checking import verify as verify_folder

    checked = verify_folder(folder)
    return checked.manifest, checked.findings


def print_schedule(session: Session, given: Mapping[str, Any]) -> None:
    """Print, or write into a folder, what makes something else run the exports."""
    from posture.exports.schedule import CRON, GITHUB, SYSTEMD, Surroundings, schedule

    kinds = [kind for kind in (CRON, SYSTEMD, GITHUB) if given.get(kind.replace("-", "_"))]
    if len(kinds) != 1:
        raise UsageMistake("say one of --cron, --systemd and --github-actions")
    jobs = _read(given)
    database, writes = _database(session)
    locks = user_folder("data")
    around = Surroundings(_program(), database, session.settings.text("recorded_by"), writes, locks)
    made = schedule(kinds[0], jobs, around)
    folder = given.get("output")
    for each in made:
        if folder:
            path = os.path.join(folder, each.name)
            write(each.text.splitlines(), path)
            say(f"wrote {path}")
        else:
            write(([""] if each is not made[0] else []) + each.text.splitlines())


def _program() -> list[str]:
    """Return the words that start this program."""
    here = os.path.abspath(sys.argv[0]) if sys.argv else ""
    if os.path.basename(here) == "posture" and os.access(here, os.X_OK):
        return [here]
    beside = os.path.join(os.path.dirname(sys.executable), "posture")
    if os.access(beside, os.X_OK):
        return [beside]
    found = shutil.which("posture")
    return [os.path.abspath(found)] if found else [sys.executable, "-m", "posture"]


def _database(session: Session) -> tuple[str | None, list[str]]:
    """Return the database by its whole name, if that may be written down, and the folder that it writes to."""
    from posture.store.address import read_address

    url = session.settings.database_url
    address = read_address(url)
    if address.engine == "sqlite":
        path = os.path.abspath(address.path)
        return path, [os.path.dirname(path)]
    return (url if address.shown == url else None), []


def check(session: Session, given: Mapping[str, Any]) -> None:
    """Read the file of jobs and ask each question; say what is wrong, and exit with the code of the first thing that is."""
    jobs = _read(given)
    session.database(readonly=True).close()
    runner = _runner(session, jobs)
    worst = 0
    for job in jobs.jobs:
        result = runner.run(job, dry=True)
        if result.exit_code:
            say(f"posture: job {job.name}: {result.message}")
            worst = worst or result.exit_code
        else:
            write(_lines(result))
    if not worst:
        say(f"{jobs.path}: {_many(len(jobs.jobs), 'job')}, all well")
    leave(worst)


def init(session: Session, given: Mapping[str, Any]) -> None:
    """Write a file of jobs to begin with."""
    from posture.domain.text_files import fixtures_folder
    from posture.exports.finding import FILE

    del session
    path = given.get("path") or FILE
    if os.path.lexists(path):
        raise Refused(f"{path} is there already; name another file")
    try:
        text = (fixtures_folder() / "export" / FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise PostureError(f"cannot read the example: {error.strerror}") from error
    write(text.splitlines(), path)
    say(f'wrote {path}; change what it publishes, then "posture export check" and "posture export run"')
