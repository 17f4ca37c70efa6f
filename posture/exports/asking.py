"""The answer to a job: its content, and what must hold before that is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from posture.errors import IntegrityBroken, Refused
from posture.exports.due import length
from posture.exports.jobs import CLAIMS
from posture.reports.named import ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.exports.content import Content
    from posture.exports.jobs import Job
    from posture.exports.manifest import Manifest
    from posture.reports.as_of import Question
    from posture.settings import Settings
    from posture.store.connection import Database


class Answer(NamedTuple):
    """What a job publishes now."""

    job: Job
    content: Content
    stem: str
    """The name of its files, without the ending."""
    question: Question | None = None
    previous: Manifest | None = None
    """What stands at its destination."""
    cursor: Mapping[str, Any] | None = None
    """Of a feed: the last entry that it hands on now."""

    @property
    def nothing_new(self) -> bool:
        """Whether it is a feed that has handed on everything."""
        return self.cursor is not None and self.previous is not None and self.previous.told.get("cursor") == self.cursor

    def check(self, db: Database, rows: int) -> None:
        """Raise Refused where something that the job requires does not hold."""
        wanted = self.job.require
        if wanted.min_rows is not None and rows < wanted.min_rows:
            raise Refused(
                f"{_rows(rows)}, and the job requires at least {wanted.min_rows:,}; what was there before is untouched"
            )
        if wanted.max_rows is not None and rows > wanted.max_rows:
            raise Refused(
                f"{_rows(rows)}, and the job requires at most {wanted.max_rows:,}; what was there before is untouched"
            )
        if self.question is None:
            return
        if wanted.newest_evidence is not None:
            _check_age(db, self.question, wanted.newest_evidence)
        if wanted.no_conflicts:
            _check_conflicts(db, self.question)


def answer(db: Database, job: Job, settings: Settings, previous: Manifest | None) -> Answer:
    """Return the answer of a job, read within the snapshot that is open; `previous` is what a feed has handed on so far.

    Raises whatever the words of its question are refused with; IntegrityBroken for a feed of a ledger that is not the one
    that was delivered; and what a form refuses the content with, before any of it is written.
    """
    from posture.exports.forms import FORMS

    found = _feed(db, job, previous) if job.is_feed else _of_question(db, job, settings)
    for word in sorted(job.formats):
        FORMS[word].check(found.content)
    return found


def _of_question(db: Database, job: Job, settings: Settings) -> Answer:
    """Return the answer of a job that asks for a report or for claims."""
    from posture.reports.asked import about, read_question

    given = {name: value for name, value in job.given.items() if value is not None}
    stale_after = int(given.get("stale_after") or settings.number("stale_after"))
    if job.report == CLAIMS:
        from posture.exports.content import claims_content

        question = read_question(db, given, stale_after=stale_after)
        content = replace(claims_content(db, question), about=about(db, given))
        return Answer(job, content, job.stem, question)
    from posture.exports.content import content_of

    asked = ask(job.report, given, settings)
    question = read_question(db, asked.given, stale_after=stale_after)
    report = asked.compute(db, question)
    if job.cite:
        from posture.reports.citing import cite

        report = cite(db, report)
    report = replace(report, about=report.about or about(db, asked.given))
    return Answer(job, content_of(db, report, question), job.stem, question)


def _feed(db: Database, job: Job, previous: Manifest | None) -> Answer:
    from posture.exports.content import database_id
    from posture.exports.feed import changes_content
    from posture.store.feed_format import Cursor

    after = None
    if previous is not None and previous.told.get("cursor"):
        here = database_id(db)
        if previous.told.get("database_id") != here:
            raise IntegrityBroken(
                f"what was delivered is of the ledger {previous.told.get('database_id')}, and this is {here}; nothing was delivered"
            )
        told = previous.told["cursor"]
        after = Cursor(int(told["seq"]), str(told["entry_hash"]))
    content, end = changes_content(db, after)
    first = (after.seq if after else 0) + 1
    stem = f"{job.stem}-{first:010}-{end.seq:010}"
    return Answer(job, content, stem, None, previous, {"seq": end.seq, "entry_hash": end.hash})


def count_rows(content: Content) -> int:
    """Return how many rows a content has, by reading them."""
    return sum(len(batch) for batch in content.batches())


def _check_age(db: Database, question: Question, limit: str) -> None:
    from posture.reports.stale import stale

    ages = [row["newest_age_days"] for row in stale(db, question).rows if row["newest_age_days"] is not None]
    allowed = length(limit) or timedelta()
    if not ages:
        raise Refused("there is no evidence at all for what is asked; what was there before is untouched")
    if timedelta(days=min(ages)) > allowed:
        newest = question.as_of - timedelta(days=min(ages))
        raise Refused(
            f"the newest evidence is of {newest}, {min(ages)} days before {question.as_of}, and the job allows {limit};"
            " what was there before is untouched"
        )


def _check_conflicts(db: Database, question: Question) -> None:
    from posture.reports.conflicts import conflicts

    found = len(conflicts(db, question).rows)
    if found:
        many = "1 conflict is open" if found == 1 else f"{found} conflicts are open"
        raise Refused(
            f'{many}, and the job allows none (see "posture report conflicts"); what was there before is untouched'
        )


def _rows(number: int) -> str:
    return "there is 1 row" if number == 1 else f"there are {number:,} rows"
