"""Reading a scenario's file: what is wrong with it is said in one line that names file, line, entry and field."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields
from datetime import MAXYEAR, UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from posture import clock
from posture.domain.draft import ClaimDraft
from posture.domain.excerpts import find_excerpt
from posture.domain.stretch import FIRST_YEAR
from posture.domain.text_files import line_of
from posture.domain.vocabulary import ASSET_TYPES, Kind, Modality
from posture.errors import PostureError
from posture.imports.scenario import Asset, Claim, Entry, Scenario, ScenarioMistake, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

Steps = tuple[str | int, ...]
"""The way to a value in the file: `("entry", 2, "claim", 0, "quantity")`."""

REFERENCES = ("same_as", "after", "fulfils", "partly_fulfils", "cancels", "supersedes")
"""The fields of a claim that name other claims."""
OWN_TO_SCENARIOS = ("name", *REFERENCES)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a scenario."""

    steps: Steps
    """Where."""
    message: str
    """What, and how to mend it."""


def read_scenario(path: Path, load: Callable[[str], Scenario]) -> Scenario:
    """Return the scenario of a file; `load` brings the scenarios that it includes.

    Raises `ScenarioMistake` for the first thing that is wrong.
    """
    shown = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioMistake(shown, f"not UTF-8 text: byte {error.start} is no part of a character") from None
    try:
        raw = _as_text(tomllib.loads(text))
    except ValueError as error:  # also a number that Python refuses to read for its length
        raise ScenarioMistake(shown, f"not TOML: {error}") from None
    except RecursionError:
        raise ScenarioMistake(shown, "not TOML that anyone wrote: its brackets are too deep") from None
    finding = _misfit(raw)
    if finding is None:
        scenario: Scenario = _adapter().validate_python(raw)
        finding = next(validate_scenario(scenario, [load(name) for name in scenario.includes]), None)
        if finding is None:
            return scenario
    where = _place(raw, finding.steps)
    raise ScenarioMistake(
        f"{shown}:{line_of(text, finding.steps)}", f"{where}: {finding.message}" if where else finding.message
    )


def published_at(text: str) -> datetime:
    """Return the instant that an entry's `at` means; a day alone stands for its noon, UTC. Raises `ValueError`."""
    if "T" in text or " " in text:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError("an instant needs its offset: write 2023-09-06T18:20:59Z")
    else:
        instant = datetime.combine(date.fromisoformat(text), time(12), UTC)
    if not FIRST_YEAR <= instant.year < MAXYEAR:
        raise ValueError(f"nothing was published in the year {instant.year}")
    return instant.astimezone(UTC)


def draft_of(claim: Claim, entry: Entry, source: str, numbers: dict[str, int] | None = None) -> ClaimDraft:
    """Return a claim as the ledger takes it; `numbers` are the claims that its names mean (none: leave them out)."""
    given = {item.name: getattr(claim, item.name) for item in fields(Claim) if item.name not in OWN_TO_SCENARIOS}
    for name in REFERENCES if numbers is not None else ():
        meant = getattr(claim, name)
        if meant and numbers is not None:
            given[name] = numbers[meant] if isinstance(meant, str) else tuple(numbers[one] for one in meant)
    given["grade"] = claim.grade or entry.grade
    given["own_words"] = entry.own_words if claim.own_words is None else claim.own_words
    return ClaimDraft(source=source, **given)


def validate_scenario(scenario: Scenario, wider: Sequence[Scenario] = ()) -> Iterator[Finding]:
    """Yield what does not fit together: dates out of order, unknown codes and names, words that cannot be read."""
    yield from _validate_times(scenario)
    yield from _validate_catalogue(scenario, wider)
    claims: dict[str, Claim] = {}
    sources: dict[str, Source | None] = {}
    lines = _lines((*wider, scenario))
    included = {entry.name: entry for each in wider for entry in each.entry}
    for number, entry in enumerate(scenario.entry):
        here: Steps = ("entry", number)
        if entry.include is not None:
            if entry.include not in included:
                yield Finding(
                    (*here, "include"),
                    f'no entry "{entry.include}" in {", ".join(scenario.includes) or "any included scenario"}',
                )
                continue
            claims.update({claim.name: claim for claim in included[entry.include].claim if claim.name})
            for one, other in (entry.same or {}).items():
                for name in (one, other):
                    if name not in claims:
                        yield Finding((*here, "same"), _unknown_name("claim", name, claims))
            wider_source = included[entry.include].source
            sources[wider_source.code if wider_source else ""] = wider_source
        if entry.source is not None:
            sources[entry.source.code] = entry.source
        yield from _validate_sources(entry, here, sources)
        yield from _validate_told(entry, here, sources, claims, lines)


def _validate_times(scenario: Scenario) -> Iterator[Finding]:
    before: datetime | None = None
    names: set[str] = set()
    if not scenario.entry:
        yield Finding((), "a scenario needs at least one entry: what was published, and when")
    for number, entry in enumerate(scenario.entry):
        try:
            at = published_at(entry.at)
        except ValueError as error:
            yield Finding(("entry", number, "at"), f'cannot read "{entry.at}": {error}')
            continue
        if before is not None and at < before:
            yield Finding(
                ("entry", number, "at"),
                f"{entry.at} is before the entry above it; entries stand in the order of publication",
            )
        if at > clock.now():
            yield Finding(("entry", number, "at"), f"{entry.at} is in the future")
        if entry.name in names:
            yield Finding(("entry", number, "name"), f'a second entry "{entry.name}"')
        names.add(entry.name)
        before = at


_REFERS = (
    ("actor", "actor"),
    ("location", "location"),
    ("asset_type", "asset_type"),
    ("platform", "platform"),
    ("part_of", "deployment"),
    ("deployment", "deployment"),
)
"""Fields of a catalogue row that name another row, and of which noun; `parent` is of its own."""
_CODED = ("actor", "location", "asset_type", "deployment", "platform")


def _validate_catalogue(scenario: Scenario, wider: Sequence[Scenario]) -> Iterator[Finding]:
    known = {noun: {row.code for each in wider for row in getattr(each, noun)} for noun in _CODED}
    known["asset_type"] |= {code for code, _, _ in ASSET_TYPES}
    for noun in (*_CODED, "asset"):
        for number, row in enumerate(getattr(scenario, noun)):
            yield from _validate_references(noun, number, row, known)
            if noun in known:
                if row.code in known[noun]:
                    yield Finding((noun, number, "code"), f'a second {noun.replace("_", " ")} "{row.code}"')
                known[noun].add(row.code)
    for number, alias in enumerate(scenario.alias):
        if alias.of not in known or alias.of == "platform":
            yield Finding(
                ("alias", number, "of"), f'"{alias.of}" takes no alias; actor, location, asset_type and deployment do'
            )
        elif alias.code not in known[alias.of]:
            yield Finding(("alias", number, "code"), _unknown_name(alias.of, alias.code, known[alias.of]))


def _validate_references(noun: str, number: int, row: Any, known: dict[str, set[str]]) -> Iterator[Finding]:
    for name, target in (*_REFERS, ("parent", noun)):
        code = getattr(row, name, None)
        if code is not None and code not in known[target]:
            yield Finding((noun, number, name), _unknown_name(target, code, known[target]))


def _validate_sources(entry: Entry, here: Steps, sources: dict[str, Source | None]) -> Iterator[Finding]:
    said = [name for name in ("source", "known_source", "include") if getattr(entry, name) is not None]
    if len(said) > 1:
        yield Finding((*here, said[1]), f"{said[0]} and {said[1]} exclude each other")
    if not said and (entry.claim or entry.event):
        yield Finding(here, "claims and events need a source, or a known_source")
    if entry.include is not None and (entry.claim or entry.event):
        yield Finding(
            (*here, "include"),
            "an included entry brings its own claims and events; put others into an entry of their own",
        )
    if entry.same is not None and entry.include is None:
        yield Finding((*here, "same"), "`same` goes with `include`; within one scenario write same_as at the claim")
    if entry.known_source is not None and entry.known_source not in sources:
        yield Finding((*here, "known_source"), _unknown_name("source", entry.known_source, sources))
    for pair in (entry.repeats or {}).items():
        for code in pair:
            if code not in sources:
                yield Finding((*here, "repeats"), _unknown_name("source", code, sources))


def _validate_told(
    entry: Entry, here: Steps, sources: dict[str, Source | None], claims: dict[str, Claim], lines: set[str]
) -> Iterator[Finding]:
    """Yield what is wrong with the claims and events of an entry, and add its claims to those that have a name."""
    from posture.domain.dates import read_date

    source = entry.source or sources.get(entry.known_source or "")
    for number, event in enumerate(entry.event):
        try:
            read_date(event.on or entry.at[:10], today=clock.today())
        except PostureError as error:
            yield Finding((*here, "event", number, "on"), str(error))
        yield from _validate_excerpt(source, event.excerpt, (*here, "event", number, "excerpt"))
    for number, claim in enumerate(entry.claim):
        steps = (*here, "claim", number)
        if claim.line not in lines:
            yield Finding((*steps, "line"), _unknown_name("line", claim.line, lines))
        yield from _validate_words(claim, entry, steps, source.code if source else "")
        yield from _validate_excerpt(source, claim.excerpt, (*steps, "excerpt"))
        yield from _validate_names(claim, steps, claims)
        if claim.name:
            claims[claim.name] = claim


def _validate_words(claim: Claim, entry: Entry, steps: Steps, source: str) -> Iterator[Finding]:
    """Yield what the ledger's own readers cannot read; a count "since X" is refused, because it is recorded as two claims."""
    from posture.ledger import reading_words

    try:
        words = reading_words.read(draft_of(claim, entry, source))
    except PostureError as error:
        yield Finding(steps, str(error))
        return
    if (
        claim.kind == Kind.COUNT
        and claim.modality == Modality.ACTUAL
        and words.when
        and words.when.edtf.endswith("/..")
    ):
        yield Finding((*steps, "on"), f'a count "{claim.on}" is two claims: write one for each of the two days')


def _validate_names(claim: Claim, steps: Steps, claims: dict[str, Claim]) -> Iterator[Finding]:
    for name in REFERENCES:
        meant = getattr(claim, name)
        for one in (meant,) if isinstance(meant, str) else meant or ():
            if one not in claims:
                yield Finding((*steps, name), _unknown_name("earlier claim", one, claims))
    if claim.name in claims:
        yield Finding((*steps, "name"), f'a second claim "{claim.name}"')


def _validate_excerpt(source: Source | None, excerpt: str | None, steps: Steps) -> Iterator[Finding]:
    if excerpt and source and source.text and find_excerpt(source.text, excerpt) is None:
        yield Finding(steps, f"the excerpt does not occur in the text of {source.code}; quote it exactly")


def _lines(scenarios: Sequence[Scenario]) -> set[str]:
    """Return every address that a claim may be about."""
    assets: list[Asset] = [row for each in scenarios for row in each.asset]
    return {row.code for each in scenarios for row in each.deployment} | {
        f"{row.deployment}/{row.code}" for row in assets
    }


def _unknown_name(what: str, name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1)
    return f'no {what.replace("_", " ")} "{name}"' + (f'; did you mean "{near[0]}"?' if near else "")


def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Scenario)


def _misfit(raw: Any) -> Finding | None:
    """Return the first thing in which a file is not of the format."""
    from pydantic import ValidationError

    try:
        _adapter().validate_python(raw)
    except ValidationError as error:
        first: ErrorDetails = error.errors(include_url=False, include_input=True)[0]
        steps = tuple(first["loc"])
        if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            return Finding(steps, f'unknown field "{steps[-1]}"{_near_field(steps)}')
        if first["type"] in ("missing", "missing_keyword_only_argument"):
            return Finding(steps[:-1], f'"{steps[-1]}" is missing')
        return Finding(steps, f"{first['msg'][0].lower()}{first['msg'][1:]}, not {first['input']!r}")
    return None


def _near_field(steps: Steps) -> str:
    """Return a hint at the field that was meant, by the record that the way leads to."""
    from posture.imports import scenario as records

    tables = [step for step in steps[:-1] if isinstance(step, str)]
    name = (
        {"asset_type": "AssetType", "actors": "Participant"}.get(tables[-1], tables[-1].title())
        if tables
        else "Scenario"
    )
    record = getattr(records, name, None)
    known = [item.name for item in fields(record)] if record else []
    near = difflib.get_close_matches(str(steps[-1]), known, 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _as_text(value: Any) -> Any:
    """Return a TOML value with its dates as text, so that a person may quote them or not."""
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_as_text(item) for item in value)
    if isinstance(value, (date, datetime)):
        return value.isoformat().replace("+00:00", "Z")
    return value


def _place(raw: Any, steps: Steps) -> str:
    """Return where something is, for a person: `entry 3 (africanews), claim 2 (ouallam-150), quantity`."""
    said: list[str] = []
    here = raw
    for step in steps:
        if isinstance(step, int):
            here = here[step]
            name = (here.get("name") or here.get("code")) if isinstance(here, dict) else None
            said[-1] += f" {step + 1}" + (f" ({name})" if name else "")
        else:
            said.append(str(step).replace("_", " "))
            here = here.get(step, {}) if isinstance(here, dict) else {}
    return ", ".join(said)
