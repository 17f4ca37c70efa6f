"""Jobs: what is published, where, in which forms and how often, as a file that a person writes.

The file is TOML, `exports.toml`, with a table `[[job]]` for each. `docs/schema/exports.json` is its format, made from the
records below; `docs/exports.md` walks through it. What is wrong with it is told by line and key.
"""

from __future__ import annotations

import difflib
import json
import os
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from posture.errors import NotFound
from posture.exports.folders import Template, read_template
from posture.exports.forms import FORMS
from posture.reports.named import FLAG, KNOWN_AS, MANY, QUESTION, REPORTS, TAKES

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
