"""A scenario as the oracle's neutral records, so that the oracle can be asked what the reports are asked."""

from __future__ import annotations

from datetime import date

from posture.domain.vocabulary import ASSET_TYPES
from posture.imports.scenario import Scenario, load_scenario
from posture.imports.seeding import Step, plan_steps
from tests.ledger_records import ClaimText, Deployment, Entry, Ledger, Line, Log, Node, Ref, Repeats

PLAIN = {"more than 1,000": ">1000", "six": "6"}
"""Words of the scenario that the oracle does not read, in those that it does."""


def ledger_of(name: str) -> tuple[Ledger, list[int]]:
    """Return a scenario's ledger, and for each entry that seeding it writes the last of the oracle's entries that it makes."""
    scenario = load_scenario(name)
    steps = plan_steps(name, scenario, load_scenario)
    stories = [step.scenario for step in steps if step.entry is None]
    entries: list[Entry] = []
    known: list[int] = []
    refs: dict[str, Ref] = {}
    same = {one: other for entry in scenario.entry for one, other in (entry.same or {}).items()}
    for step in steps:
        if step.entry is not None:
            entries += [Repeats(source, origin) for source, origin in (step.entry.repeats or {}).items()]
            if step.entry.claim:
                entries.append(Log(_claims(step, len(entries) + 1, refs, same)))
        known.append(len(entries))
    return Ledger(
        places=tuple(Node(row.code, row.parent) for story in stories for row in story.location),
        actors=tuple(Node(row.code, row.parent) for story in stories for row in story.actor),
        types=(
            *(Node(code, parent) for code, parent, _ in ASSET_TYPES),
            *(Node(row.code, row.parent) for story in stories for row in story.asset_type),
        ),
        deployments=tuple(
            Deployment(row.code, row.actor, row.location) for story in stories for row in story.deployment
        ),
        lines=tuple(_line(story, number) for story in stories for number in range(len(story.asset))),
        sources=tuple(step.entry.source.code for step in steps if step.entry and step.entry.source),
        entries=tuple(entries),
    ), known


def _plain_date(words: str) -> str:
    """Return a date in words that the oracle reads: an open end is far away."""
    if words.startswith("until "):
        return f"[..{words[6:]}]"
    return words.replace("..]", "..2999-12-31]")


def _line(story: Scenario, number: int) -> Line:
    row = story.asset[number]
    return Line(f"{row.deployment}/{row.code}", row.deployment, row.code, str(row.asset_type))


def _claims(step: Step, number: int, refs: dict[str, Ref], same: dict[str, str]) -> tuple[ClaimText, ...]:
    told = step.entry
    assert told is not None
    published = (told.source.published_on or str(told.source.published_at or "")[:10]) if told.source else ""
    found = []
    for ordinal, claim in enumerate(told.claim, 1):
        if claim.name:
            refs[claim.name] = Ref(number, ordinal)
        stated_on = claim.stated_on or published or "2023-09-24"  # only the president's source is used a second time
        twin = claim.same_as or same.get(claim.name or "")
        found.append(
            ClaimText(
                deployment=claim.line.partition("/")[0],
                line=claim.line if "/" in claim.line else None,
                kind=str(claim.kind),
                on=_plain_date(claim.on or stated_on),
                source=told.source.code if told.source else str(told.known_source),
                stated_on=date.fromisoformat(stated_on),
                quantity=PLAIN.get(claim.quantity or "", claim.quantity),
                status=claim.status,
                grade=claim.grade or told.grade or "F6",
                modality=str(claim.modality),
                complete=claim.complete,
                reason=str(claim.reason) if claim.reason else None,
                transfer=claim.transfer,
                other=claim.other,
                same_as=refs[twin] if twin else None,
                after=refs[claim.after] if claim.after else None,
                own_words=told.own_words if claim.own_words is None else claim.own_words,
                links=tuple(
                    (relation, refs[one])
                    for relation in ("fulfils", "partly_fulfils", "cancels", "supersedes")
                    for one in getattr(claim, relation)
                ),
            )
        )
    return tuple(found)
