"""Jobs: what is published, where, in which forms and how often, as a file that a person writes.

The file is TOML, `exports.toml`, with a table `[[job]]` for each. `docs/schema/exports.json` is its format, made from the
records below; `docs/exports.md` walks through it. What is wrong with it is told by line and key.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from posture.domain.text_files import line_of
from posture.errors import NotFound, UsageMistake
from posture.exports.folders import Template, read_template
from posture.exports.forms import FORMS
from posture.reports.named import FLAG, KNOWN_AS, MANY, NEEDS, NUMBER, QUESTION, REPORTS, TAKES

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "exports.toml"
CHANGES, CLAIMS = "changes", "claims"
"""What a job can publish beside a report: the feed of the ledger, and every claim that stands."""
WHAT = (*REPORTS, CLAIMS, CHANGES)
PACKED = ("csv", "json", "jsonl", "md", "geojson", "kml", "atom", "sqlite")
"""The forms that compression packs; the others are packed by themselves."""
FEED_FORMATS = ("jsonl", "csv", "json", "atom")

_STRICT: dict[str, Any] = {"extra": "forbid", "use_attribute_docstrings": True}
_CODE = r"^[a-z0-9][a-z0-9_-]{0,63}$"
_WORD = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_LENGTH = r"^[0-9]{1,5} ?[smhdw]$"
_ADDRESS = r"^https?://[^\s]+$"


class JobsMistake(UsageMistake):
    """The file of jobs says something that cannot be read, or that does not fit together."""


def _spelled_out(given: Any) -> Any:
    return {"name": given} if isinstance(given, str) else given


@dataclass(frozen=True, kw_only=True)
class Licence:
    """Under which terms what is published may be used."""

    __pydantic_config__: ClassVar = _STRICT

    name: Annotated[str, Field(pattern=r"^[-A-Za-z0-9._]+$")]
    """Its short name, such as `CC-BY-4.0`."""
    title: str | None = None
    """Its name for people."""
    path: Annotated[str, Field(pattern=_ADDRESS)] | None = None
    """The address of its text."""


GivenLicence = Annotated[Licence, BeforeValidator(_spelled_out, json_schema_input_type=str | Licence)]


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Which exports are kept, where each run makes a folder of its own: all of them, if nothing is said."""

    __pydantic_config__: ClassVar = _STRICT

    last: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """The newest so many."""
    daily: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """The newest of each of so many days."""
    weekly: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """The newest of each of so many weeks, from Monday."""
    monthly: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """The newest of each of so many months."""


@dataclass(frozen=True, kw_only=True)
class Require:
    """What must hold, or nothing is published and what stands there stays."""

    __pydantic_config__: ClassVar = _STRICT

    min_rows: Annotated[int, Field(ge=0)] | None = None
    """At least so many rows."""
    max_rows: Annotated[int, Field(ge=0)] | None = None
    """At most so many rows."""
    newest_evidence: Annotated[str, Field(pattern=_LENGTH)] | None = None
    """The newest evidence for any line asked about is at most so old, such as `30d`, counted back from as_of."""
    no_conflicts: bool = False
    """No two claims about what is asked contradict each other."""


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """Programs that run before and after, each a list of words: no shell reads them."""

    __pydantic_config__: ClassVar = _STRICT

    before: tuple[tuple[str, ...], ...] = ()
    """Run before anything is read; where one fails, nothing is published."""
    after: tuple[tuple[str, ...], ...] = ()
    """Run once the export is in its place, with its folder in POSTURE_EXPORT_FOLDER."""
    timeout: Annotated[str, Field(pattern=_LENGTH)] = "10m"
    """How long one may take."""


@dataclass(frozen=True, kw_only=True)
class Ping:
    """Addresses that are told how a run goes, as healthchecks.io and others take it; they never make a run fail."""

    __pydantic_config__: ClassVar = _STRICT

    start: Annotated[str, Field(pattern=_ADDRESS)] | None = None
    success: Annotated[str, Field(pattern=_ADDRESS)] | None = None
    failure: Annotated[str, Field(pattern=_ADDRESS)] | None = None


def _three_pings(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    base = given.rstrip("/")
    return {"start": f"{base}/start", "success": base, "failure": f"{base}/fail"}


GivenPing = Annotated[Ping, BeforeValidator(_three_pings, json_schema_input_type=str | Ping)]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One thing that is published."""

    __pydantic_config__: ClassVar = _STRICT

    name: Annotated[str, Field(pattern=_CODE)]
    """Its name: small letters, digits and dashes."""
    report: Literal[*WHAT]  # type: ignore[valid-type]
    """A report by its name; `claims`: every claim that stands; `changes`: the feed of the ledger."""
    formats: Annotated[tuple[Literal[*FORMS], ...], Field(min_length=1)]  # type: ignore[valid-type]
    """The forms: a file for each."""
    destination: Annotated[str, Field(min_length=1)]
    """The folder, from that of this file; or s3://BUCKET/FOLDER and what else fsspec knows. {as_of}, {year}, {month}, {day},
    {seq}, {job} and {edition} make a folder for each."""
    parameters: dict[str, bool | int | str | tuple[str, ...]] = field(default_factory=dict)
    """What the report is asked, as on the command line: as_of = "today", location = "ner"."""
    edition: str | None = None
    """Publish this edition: its day of the world, as known at its moment."""
    file: Annotated[str, Field(pattern=_WORD)] | None = None
    """The name of the files, without its ending; that of the report by default."""
    cite: bool = False
    """Put the sources of each figure beside it."""
    title: str | None = None
    """What it is, for people; it stands in the manifest and the data package."""
    description: str | None = None
    """More of that."""
    licence: GivenLicence | None = None
    """Its terms of use; those of the whole file by default."""
    compression: Literal["gz", "zst"] | None = None
    """How files are packed that are not packed by themselves."""
    raw: bool = False
    """Leave text as it is that a spreadsheet would run as a formula: for files that only programs read."""
    bom: bool = False
    """Begin CSV files with the mark by which some spreadsheets know UTF-8."""
    every: Literal["hour", "day", "week", "month"] = "day"
    """How often `--due` publishes it: once in each hour, day, week (from Monday) or month, UTC."""
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"
    """From which time of the day on, UTC; of an hour, the minutes count."""
    max_age: Annotated[str, Field(pattern=_LENGTH)] | None = None
    """How old it may become before `posture export status` tells, such as `32d`; that of --max-age by default."""
    if_changed: bool = False
    """Publish only where a data file differs from the one that stands there."""
    mounted: str | None = None
    """A folder that must be a mount point, lest an export lands beside a disk that has gone."""
    keep: Keep = field(default_factory=Keep)
    """Which exports are kept."""
    require: Require = field(default_factory=Require)
    """What must hold."""
    hooks: Hooks = field(default_factory=Hooks)
    """Programs that run before and after."""
    ping: GivenPing = field(default_factory=Ping)
    """Addresses that are told; of one address, itself, and it with /start and /fail."""
    storage: dict[str, Any] = field(default_factory=dict)
    """What fsspec is told of a destination elsewhere, such as endpoint_url. No keys and passwords: they belong in the environment."""

    @property
    def stem(self) -> str:
        """The name of its files."""
        return self.file or self.report

    @property
    def is_feed(self) -> bool:
        """Whether it publishes what is new, and not an answer."""
        return bool(self.report == CHANGES)

    @property
    def given(self) -> dict[str, Any]:
        """Its parameters as a report takes them."""
        found: dict[str, Any] = {}
        for word, value in self.parameters.items():
            key = word.replace("-", "_")
            kind = taken_by(self.report).get(key)
            name = KNOWN_AS.get((self.report, key), key)
            found[name] = _as_given(value, kind)
        if self.edition is not None:
            found["edition"] = self.edition
        return {**found, "cite": self.cite}


def _as_given(value: Any, kind: str | None) -> Any:
    if kind == FLAG:
        return bool(value)
    if kind == MANY:
        return [value] if isinstance(value, str) else list(value)
    return str(value)


def taken_by(report: str) -> dict[str, str]:
    """Return what a job of this report takes as parameters: its word, and what its value is."""
    if report == CHANGES:
        return {}
    return dict(QUESTION if report == CLAIMS else TAKES[report])


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """All that is published."""

    __pydantic_config__: ClassVar = _STRICT

    licence: GivenLicence | None = None
    """Under which terms, where a job does not say."""
    job: Annotated[tuple[Job, ...], Field(min_length=1)]
    """Each thing that is published."""


@dataclass(frozen=True)
class JobFile:
    """A file of jobs as it was read."""

    path: str
    text: str
    jobs: tuple[Job, ...]
    licence: Licence | None

    @property
    def folder(self) -> str:
        """The folder from which destinations are named."""
        return os.path.dirname(self.path)

    def licence_of(self, job: Job) -> Licence | None:
        """Return the terms of a job."""
        return job.licence or self.licence

    def template(self, job: Job) -> Template:
        """Return the destination of a job."""
        return read_template(job.destination, self.folder)

    def chosen(self, names: tuple[str, ...] | list[str]) -> tuple[Job, ...]:
        """Return the jobs of these names, in the order of the file; all of them for none. Raises `UnknownJob`."""
        known = [job.name for job in self.jobs]
        for name in names:
            if name not in known:
                raise UnknownJob(name, known, self.path)
        return tuple(job for job in self.jobs if not names or job.name in names)


class UnknownJob(NotFound):
    """No job has this name."""

    def __init__(self, name: str, known: list[str], path: str) -> None:
        near = difflib.get_close_matches(name, known, 1)
        mend = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
        super().__init__(f'no job "{name[:80]}" in {path}; {mend}')


def find_file(given: str | None, folder: str) -> str:
    """Return the path of the file of jobs: the one given, or the nearest `exports.toml` upwards. Raises NotFound."""
    if given:
        path = os.path.abspath(os.path.expanduser(given))
        if not os.path.isfile(path):
            raise NotFound(f'no file {given}; "posture export init" writes one to begin with')
        return path
    here = os.path.abspath(folder)
    while True:
        path = os.path.join(here, FILE)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(here)
        if above == here:
            raise NotFound(
                f'no {FILE} in this folder or above it; name one with --file, or begin with "posture export init"'
            )
        here = above


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
        near = difflib.get_close_matches(word.replace("-", "_"), takes, 1)
        mend = f'did you mean "{near[0]}"?' if near else f"it takes {', '.join(takes)}"
        return f'{job.report} has no parameter "{word}"; {mend}'
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
    first = min(inner, key=lambda each: (line_of(text, _steps(each["loc"])), each["type"] != "extra_forbidden"))
    steps = _steps(first["loc"])
    where = f"{name}:{line_of(text, steps)}: {_place(raw, steps)}"
    key = str(steps[-1]) if steps else FILE
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        near = difflib.get_close_matches(key, _keys(steps), 1)
        return f'{where}no key "{key}"' + (
            f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(_keys(steps))}"
        )
    if first["type"] in ("missing", "missing_argument"):
        return f"{where}{key} is missing" + (": write [[job]], and what it publishes below it" if key == "job" else "")
    given = f", not {json.dumps(first['input'])}" if isinstance(first["input"], (str, int, bool)) else ""
    named = next((str(step) for step in reversed(steps) if isinstance(step, str)), FILE)
    return f"{where}{named}: {_expected(first, named)}{given}"


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
    return list(owner.__dataclass_fields__)


def schema_text() -> str:
    """Return the JSON Schema of a file of jobs."""
    schema = TypeAdapter(Jobs).json_schema()
    parameters = schema["$defs"]["Job"]["properties"]["parameters"]
    parameters["propertyNames"] = {"examples": sorted({word for takes in TAKES.values() for word in takes})}
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    with open("docs/schema/exports.json", "w", encoding="utf-8") as kept:
        kept.write(schema_text())
