"""From the words of a catalogue command's fields to the values of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture import clock
from posture.errors import Refused, UnknownWord, UsageMistake
from posture.ledger.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from posture.ledger.entry import Entry

LIKE = 0.7
"""How alike two words are, of 1, to be taken for each other; of a word that is like none all are named."""


def read_word(what: str, word: str, vocabulary: type[StrEnum]) -> str:
    """Return the member of a closed vocabulary that a word means, without regard to case, hyphens or underscores."""
    import difflib

    wanted = word.strip().lower().replace("-", "_").replace(" ", "_")
    allowed = [str(member) for member in vocabulary]
    if wanted in allowed:
        return wanted
    raise UnknownWord(what, word, allowed, difflib.get_close_matches(wanted, allowed, 2, LIKE))


def read_source(values: dict[str, Any], before: Mapping[str, Any] | None) -> None:
    """Read the fields of a source in place: days, instants, reliability, and its text with the hash of it."""
    from posture.domain.dates import read_day
    from posture.domain.grade import read_reliability

    if values.get("published_on"):
        values["published_on"] = read_day(str(values["published_on"]), today=clock.today()).isoformat()
    for name in ("published_at", "retrieved_at"):
        if values.get(name):
            values[name] = _read_instant(name, str(values[name]))
    if values.get("published_at") and not values.get("published_on") and not (before or {}).get("published_on"):
        values["published_on"] = values["published_at"][:10]
    if values.get("reliability"):
        values["reliability"] = read_reliability(str(values["reliability"]))
    if values.get("text"):
        values["text_sha256"] = sha256(values["text"])
        if values.get("text_kind", "none") == "none":
            values["text_kind"] = "full"
    elif values.get("text_kind", "none") != "none" and not (before or {}).get("text_sha256"):
        raise UsageMistake(f"text kind {values['text_kind']} without a text; give the text, or text kind none")


def _read_instant(field: str, words: str) -> str:
    from posture.domain.dates import read_date

    at = read_date(words, today=clock.today()).at
    if at is None:
        raise UsageMistake(
            f'--{field.replace("_", "-")} "{words}" has no time of day; write for instance 2023-09-06T18:20Z'
        )
    return clock.to_text(at)


def read_place(values: dict[str, Any]) -> None:
    """Read the fields of a location in place: degrees north and east, ISO and ICAO codes in capitals."""
    for name, limit in (("latitude", 90.0), ("longitude", 180.0)):
        if values.get(name) is None:
            continue
        try:
            degrees = float(values[name])
        except ValueError:
            degrees = limit + 1
        if not -limit <= degrees <= limit:
            raise UsageMistake(f"{name} {values[name]} is not a number of degrees from {-limit:g} to {limit:g}")
        values[name] = degrees
    for name in ("iso_alpha3", "icao_code"):
        if values.get(name):
            values[name] = str(values[name]).upper()


def read_event(
    entry: Entry, values: dict[str, Any], given: Mapping[str, Any], before: Mapping[str, Any] | None
) -> None:
    """Read when an event was, its source's day by default, and check its excerpt; write both into the values."""
    from posture.domain.dates import read_date

    source_id = values.get("source_id") or (before or {}).get("source_id")
    source = entry.db.one("select * from source where id = :id", {"id": source_id}) if source_id else None
    if "on" in given or before is None:
        words = given.get("on") or (source["published_on"] if source else None) or "today"
        when = read_date(str(words), today=clock.today())
        values.update(
            effective_edtf=when.edtf,
            effective_from=when.start.isoformat() if when.start else None,
            effective_by=when.by.isoformat() if when.by else None,
            effective_until=when.until.isoformat() if when.until else None,
            effective_on=when.on.isoformat(),
        )
        entry.say(when.described())
    if values.get("excerpt"):
        from posture.domain.excerpts import find_excerpt

        if source and source["text"] and find_excerpt(source["text"], values["excerpt"]) is None:
            raise Refused(f"the excerpt does not occur in the stored text of {source['code']}; quote it exactly")
        values["excerpt_sha256"] = sha256(values["excerpt"])
