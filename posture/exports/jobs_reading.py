"""Reads the file of jobs, and says what is wrong with it in one line that names the line and the key."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from posture.domain.text_files import line_of
from posture.errors import UsageMistake
from posture.exports.finding import FILE
from posture.exports.jobs import FEED_FORMATS, Hooks, Job, JobFile, Jobs, Keep, Licence, Ping, Require, taken_by
from posture.reports.editions import LAST
from posture.reports.named import FLAG, MANY, NEEDS, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posture.exports.folders import Template


UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")
"""What pydantic calls a key that there is not."""


class JobsMistake(UsageMistake):
    """The file of jobs says something that cannot be read, or that does not fit together."""


def read_jobs(path: str) -> JobFile:
    """Return the jobs of a file; raises `JobsMistake` for the first thing that is wrong, by line and key."""
    name = os.path.basename(path)
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
        raw = _plain(tomllib.loads(text))
    except OSError as error:
        raise JobsMistake(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise JobsMistake(f"{name}: not UTF-8 text: byte {error.start} is no part of a character") from None
    except (ValueError, RecursionError) as error:
        raise JobsMistake(f"{name}: not TOML: {error}") from None
    try:
        jobs: Jobs = TypeAdapter(Jobs).validate_python(raw)
    except ValidationError as error:
        raise JobsMistake(_told(name, text, raw, error)) from None
    found = JobFile(path, text, jobs.job, jobs.licence)
    _fit_together(found, raw)
    return found


def _fit_together(found: JobFile, raw: Any) -> None:
    """Raise `JobsMistake` where what a job says does not fit to the rest."""
    names: set[str] = set()
    places: dict[str, str] = {}
    for number, job in enumerate(found.jobs):
        for steps, what in _misfits(found, job):
            raise _mistake(found, raw, ("job", number, *steps), what)
        if job.name in names:
            raise _mistake(found, raw, ("job", number, "name"), f'there are two jobs "{job.name}"')
        where = found.template(job).shown
        if where in places:
            what = f'"{places[where]}" publishes there already; each job has a folder of its own'
            raise _mistake(found, raw, ("job", number, "destination"), what)
        for other, name in places.items():
            if _lies_in(where, other) or _lies_in(other, where):
                what = f'it lies in the folder of "{name}", or that in its own; an export replaces its folder whole'
                raise _mistake(found, raw, ("job", number, "destination"), what)
        names.add(job.name)
        places[where] = job.name


def _lies_in(inner: str, outer: str) -> bool:
    """Return whether a destination lies in the folder of another; of one with placeholders, in what each of them makes."""
    return inner.startswith(outer.rstrip("/") + "/")


Misfit: TypeAlias = tuple[tuple[str, ...], str]
"""The way to a key of a job, and what is wrong with it."""


def _misfits(found: JobFile, job: Job) -> Iterator[Misfit]:
    """Yield what is wrong with one job."""
    try:
        template = found.template(job)
    except UsageMistake as error:
        yield (("destination",), str(error))
        return
    yield from _parameter_misfits(job)
    yield from _edition_misfits(job, template)
    if job.is_feed:
        yield from _feed_misfits(job, template)
    if len(set(job.formats)) < len(job.formats):
        yield (("formats",), "a format is there twice")
    if template.fixed and job.keep != Keep():
        what = "each run replaces the last one here; for a folder each, put {as_of} or {seq} into destination"
        yield (("keep",), what)
    if job.mounted is not None and template.remote:
        yield (("mounted",), "only a folder of this machine can be mounted")
    if job.storage and not template.remote:
        yield (("storage",), "a folder of this machine needs no storage")


def _parameter_misfits(job: Job) -> Iterator[Misfit]:
    takes = taken_by(job.report)
    for word, value in job.parameters.items():
        if problem := _parameter(word, value, job, takes):
            yield (("parameters", word), problem)
    for needed in NEEDS.get(job.report, ()):
        if needed not in job.parameters:
            yield (("parameters",), f'{job.report} needs to be told {needed} = "..."')


def _edition_misfits(job: Job, template: Template) -> Iterator[Misfit]:
    if job.edition is None:
        if "edition" in template.names:
            yield (("destination",), "{edition} stands for nothing here; say edition")
        return
    for clashing in sorted({"as_of", "as-of", "known_at", "known-at"} & set(job.parameters)):
        yield (("parameters", clashing), f"an edition has its own clocks; leave {clashing} or edition out")
    if job.report == "diff":
        yield (("edition",), 'say which to compare: parameters = { editions = ["a", "b"] }, or one of them with now')
    if job.edition == LAST:
        yield (("edition",), f"what is published keeps its name; name the edition, not {LAST}")
    if job.is_feed:
        yield (("edition",), "a feed has no edition")


def _feed_misfits(job: Job, template: Template) -> Iterator[Misfit]:
    if not template.fixed:
        yield (("destination",), "a feed goes on where it ended: one folder, without placeholders")
    for word in job.formats:
        if word not in FEED_FORMATS:
            yield (("formats",), f"a feed is written as {', '.join(FEED_FORMATS)}, not as {word}")
    if job.require != Require():
        yield (("require",), "a feed hands on whatever was recorded; it requires nothing")
    if job.cite:
        yield (("cite",), "a feed holds the claims themselves; it cites nothing")


def _parameter(word: str, value: Any, job: Job, takes: dict[str, str]) -> str | None:
    kind = takes.get(word.replace("-", "_"))
    if kind is None:
        if not takes:
            return f"{job.report} takes no parameters"
        return f'{job.report} has no parameter "{word}"; {_meant(word.replace("-", "_"), tuple(takes))}'
    if kind == FLAG and not isinstance(value, bool):
        return f"{word} is true or false"
    if kind == NUMBER and (isinstance(value, bool) or not str(value).isdecimal()):
        return f"{word} is a whole number"
    if kind not in (FLAG, MANY) and (isinstance(value, (bool, tuple))):
        return f"{word} is one text"
    return None


def _plain(value: Any) -> Any:
    """Return a TOML value with its dates as text and its lists as tuples."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    if isinstance(value, (date, datetime)):
        return value.isoformat().replace("+00:00", "Z")
    return value


def _mistake(found: JobFile, raw: Any, steps: tuple[str | int, ...], what: str) -> JobsMistake:
    return JobsMistake(f"{os.path.basename(found.path)}:{line_of(found.text, steps)}: {_place(raw, steps)}{what}")


def _place(raw: Any, steps: tuple[str | int, ...]) -> str:
    """Return which job a mistake is in: `job "niger": `."""
    if len(steps) < 2 or steps[0] != "job" or not isinstance(steps[1], int):
        return ""
    job = raw["job"][steps[1]]
    name = job.get("name") if isinstance(job, dict) else None
    return f'job "{name}": ' if isinstance(name, str) else f"job {steps[1] + 1}: "


def _told(name: str, text: str, raw: Any, error: ValidationError) -> str:
    """Return the first thing that the records refuse, by line and key."""
    found = error.errors()
    inner = [each for each in found if not any(_is_within(other["loc"], each["loc"]) for other in found)]
    first = min(inner, key=lambda each: (line_of(text, _steps(each["loc"])), each["type"] not in UNKNOWN_KEY))
    steps = _steps(first["loc"])
    where = f"{name}:{line_of(text, steps)}: {_place(raw, steps)}"
    key = str(steps[-1]) if steps else FILE
    if first["type"] in UNKNOWN_KEY:
        return f'{where}no key "{key}"; {_meant(key, _keys(steps))}'
    if first["type"] in ("missing", "missing_argument"):
        return f"{where}{key} is missing" + (": write [[job]], and what it publishes below it" if key == "job" else "")
    named = next((str(step) for step in reversed(steps) if isinstance(step, str)), FILE)
    if first["type"] == "literal_error" and isinstance(first["input"], str):
        allowed = re.findall(r"'([^']*)'", str(first["msg"]))
        what = {"formats": "no format", "report": "no report"}.get(named, f"{named}: no")
        return f'{where}{what} "{first["input"][:40]}"; {_meant(first["input"], allowed)}'
    given = first["input"]
    if named in Ping.__dataclass_fields__ and isinstance(written := _written(raw, steps[:-1]), str):
        named, given = "ping", written  # one address, of which we made three
    said = f", not {json.dumps(given)}" if isinstance(given, (str, int, bool)) else ""
    return f"{where}{named}: {_expected(first, named)}{said}"


def _meant(word: str, allowed: Sequence[str]) -> str:
    """Return what a word was probably meant to be, or all that it could be."""
    near = difflib.get_close_matches(word.lower(), allowed, 1)
    return f'did you mean "{near[0]}"?' if near else f"there are {', '.join(allowed)}"


def _written(raw: Any, steps: tuple[str | int, ...]) -> Any:
    """Return what stands in the file at the end of a way."""
    for step in steps:
        raw = raw[step]
    return raw


def _is_within(way: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    """Return whether one way leads further than another along it: the error at its end says more."""
    return len(way) > len(outer) and way[: len(outer)] == outer


def _expected(error: Any, key: str) -> str:
    """Return what was expected, in words."""
    if key == "job" and not isinstance(error["input"], (list, tuple)):
        return "write [[job]], in two pairs of brackets: there may be several"
    if error["type"] == "string_pattern_mismatch":
        told = {
            "name": "small letters, digits and dashes, such as niger-daily",
            "at": "a time of the day, such as 06:00",
            "newest_evidence": "a length of time, such as 30d",
            "max_age": "a length of time, such as 26h",
            "timeout": "a length of time, such as 10m",
            "file": "letters, digits, dots and dashes",
        }
        return told.get(key, "an address, such as https://hc-ping.com/1234")
    if error["type"] == "too_short":
        return "name at least one"
    message = str(error["msg"]).replace("Input should be", "must be").replace("a valid tuple", "a list, in brackets")
    return message[:1].lower() + message[1:]


def _steps(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return the way to a value without what pydantic adds of its own."""
    return tuple(
        step
        for step in location
        if not (isinstance(step, str) and re.search(r"[\[(]|^(bool|int|str|Licence|Ping)$", step))
    )


def _keys(steps: tuple[str | int, ...]) -> list[str]:
    """Return the keys that there are beside the last one."""
    records: dict[str, Any] = {
        "job": Job,
        "keep": Keep,
        "require": Require,
        "hooks": Hooks,
        "ping": Ping,
        "licence": Licence,
    }
    owner = next((records[step] for step in reversed(steps[:-1]) if isinstance(step, str) and step in records), Jobs)
    return [field.name for field in fields(owner)]
