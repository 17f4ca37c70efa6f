"""Random little ledgers: a few nested lines, a few origins, dates so close that days and periods meet, every kind of entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.ledger_records import (
    ClaimText,
    Correct,
    Deployment,
    Ledger,
    Line,
    Log,
    Move,
    Node,
    Question,
    Repeats,
    Retract,
    Undo,
)
from tests.oracle_plans import PLANS
from tests.oracle_record import Record, entries_of, record_of
from tests.oracle_words import read_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracle_record import Claim

START = date(2023, 9, 1)
SOURCES = ("afp", "rfi", "army", "paper", "blog")
PLACES = (
    Node("sahel", None),
    Node("ner", "sahel"),
    Node("niamey", "ner"),
    Node("ouallam", "ner"),
    Node("tcd", "sahel"),
)
ACTORS = (Node("fra", None), Node("fra-army", "fra"), Node("eu", None), Node("deu", None))
TYPES = (
    Node("personnel", None),
    Node("aircraft", None),
    Node("drone", "aircraft"),
    Node("jet", "aircraft"),
    Node("mq-9", "drone"),
)
DEPLOYMENTS = (
    Deployment("fra-sahel", "fra", "sahel"),
    Deployment("fra-ner", "fra", "ner"),
    Deployment("fra-niamey", "fra", "niamey"),
    Deployment("fra-ouallam", "fra", "ouallam"),
    Deployment("fra-tcd", "fra", "tcd"),
    Deployment("army-ner", "fra-army", "ner"),
    Deployment("army-niamey", "fra-army", "niamey"),
    Deployment("op-ner", "fra", "ner", "barkhane"),
    Deployment("eu-ner", "eu", "ner"),
    Deployment("deu-ner", "deu", "ner", None, "eu-ner"),
)
PERSONNEL = tuple(Line(one.code, one.code, "personnel", "personnel") for one in DEPLOYMENTS)
AIRCRAFT = tuple(
    Line(f"{code}/{asset}", code, asset, asset)
    for code in ("fra-ner", "fra-niamey", "fra-tcd")
    for asset in ("aircraft", "drone", "jet", "mq-9")
)
PLATFORMS = tuple(Line(f"{code}/m1", code, "m1", "mq-9", "m1") for code in ("fra-niamey", "fra-tcd"))

OFFSETS = (0, 0, 1, 2, 5, 5, 9, 10, 14, 20, 20, 31, 40)
GRADES = ("B2", "B2", "B2", "B2", "C3", "F3", "A2", "F6", "D4", "E5", "B4")
COUNTS = (
    "10",
    "8",
    "12",
    "10",
    "~20",
    "5..15",
    "0..3",
    "none",
    ">9",
    "8+",
    "<8",
    "some",
    "several",
    "unknown",
    "withheld",
    "100",
)
SIZES = ("1", "2", "3", "5", "8", "2..4", "~10", "some", "several", "half", "most", "all", "30%", "unknown", "15", "<4")


def _day(offset: int) -> date:
    return START + timedelta(days=offset)


@dataclass
class Growing:
    """A ledger that is being made up, and what has been recorded so far."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    lines: tuple[Line, ...]
    entries: list[Any] = field(default_factory=list)

    def ledger(self) -> Ledger:
        """Return the ledger as it is now."""
        used = {line.deployment for line in self.lines}
        used |= {one.part_of for one in DEPLOYMENTS if one.code in used and one.part_of}
        deployments = tuple(one for one in DEPLOYMENTS if one.code in used)
        return Ledger(PLACES, ACTORS, TYPES, deployments, self.lines, SOURCES, tuple(self.entries))

    def record(self) -> Record:
        """Return what the entries amount to so far."""
        return record_of(self.ledger())

    def visible(self) -> list[Claim]:
        """Return the claims that stand."""
        return self.record().visible(len(self.entries))

    def one_of(self, choices: Sequence[Any]) -> Any:
        """Return one of these, or None where there is none."""
        return self.draw(st.sampled_from(list(choices))) if choices else None

    def chance(self, one_in: int) -> bool:
        """Return True once in so many times."""
        return bool(self.draw(st.integers(1, one_in)) == one_in)

    # Words

    def on(self) -> str:
        """Return a date in words: most often a day."""
        offsets = sorted(self.draw(st.tuples(st.sampled_from(OFFSETS), st.sampled_from(OFFSETS))))
        first, last = _day(offsets[0]), _day(offsets[1])
        form = self.draw(
            st.sampled_from(("day",) * 9 + ("period", "period", "between", "month", "before", "since", "time"))
        )
        words = {
            "day": f"{first}",
            "period": f"{first}/{last}",
            "between": f"[{first}..{last}]",
            "month": f"{first:%Y-%m}",
            "before": f"before {first}",
            "since": f"since {first}",
            "time": f"{first:%d}{self.draw(st.sampled_from(('06', '18')))}00Z{first:%b%y}".upper(),
        }
        return words[form]

    # Claims

    def claim(self) -> ClaimText:
        """Return a claim about one of the lines, or a phase of a deployment."""
        kind = self.one_of(("count",) * 4 + ("increase",) * 2 + ("decrease",) * 4 + ("status", "phase"))
        line, on = self.one_of(self.lines), self.on()
        source, grade = self.one_of(SOURCES), self.one_of(GRADES)
        modality = self.one_of(("actual",) * 14 + ("planned",) * 4 + ("possible", "denied"))
        claim = ClaimText(
            line.deployment, line.name, kind, on, source, read_span(on).on, grade=grade, modality=modality
        )
        if modality == "planned":
            claim = replace(claim, stated_on=_day(self.one_of(OFFSETS)))
        if self.chance(14):
            claim = replace(claim, basis="authorised")
        if kind == "phase":
            return replace(claim, kind="status", line=None, status=self.one_of(("withdrawn", "withdrawn", "active")))
        if line.platform or kind == "status":
            word = self.one_of(
                ("present", "present", "departed", "lost") if line.platform else ("operating", "grounded", "stored")
            )
            part = None if line.platform or self.chance(2) else self.one_of(("1", "2", "1..3"))
            return replace(claim, kind="status", status=word, quantity=part)
        if kind == "count":
            claim = replace(claim, quantity=self.one_of(COUNTS))
            return self._told_before(claim) if modality in PLANS and self.chance(3) else claim
        return self._flow(replace(claim, quantity=self.one_of(SIZES)))

    def _flow(self, claim: ClaimText) -> ClaimText:
        """Return a flow, perhaps told before, perhaps with an order within its day, another side, or a plan that it settles."""
        others = self.visible()
        if self.chance(4):
            claim = self._told_before(claim)
        if self.chance(4):
            on_its_day = [
                one
                for one in others
                if one.span == read_span(claim.on) and one.text.line == claim.line and not one.span.at
            ]
            earlier = self.one_of(
                [one for one in on_its_day if one.span.start == one.span.by and one.span.until is None]
            )
            claim = replace(claim, after=earlier.ref if earlier else None)
        if self.chance(8):
            other = self.one_of([line.deployment for line in self.lines if line.deployment != claim.deployment])
            claim = replace(claim, other=other)
        if claim.modality == "actual" and self.chance(3):
            plan = self.one_of([one for one in others if one.text.modality in ("planned", "possible")])
            if plan is not None:
                claim = replace(
                    claim, links=((self.one_of(("fulfils", "partly_fulfils", "cancels", "supersedes")), plan.ref),)
                )
        return claim

    def _told_before(self, claim: ClaimText) -> ClaimText:
        """Return a claim that reports what another reports, if there is one: plans, be they planned or possible, are alike."""
        alike = PLANS if claim.modality in PLANS else (claim.modality,)
        twins = [one for one in self.visible() if one.kind == claim.kind and one.text.modality in alike]
        twin = self.one_of(twins)
        return replace(claim, same_as=twin.ref if twin else None)

    # Entries

    def entry(self) -> object | None:
        """Return an entry that the ledger would take, or None."""
        kind = self.one_of(
            ("log",) * 12 + ("together", "move", "correct", "retract", "source", "undo", "repeats", "repeats")
        )
        made = {
            "log": lambda: Log((self.claim(),)),
            "together": self._together,
            "move": self._move,
            "correct": self._correct,
            "retract": self._retract,
            "source": self._source,
            "undo": self._undo,
            "repeats": self._repeats,
        }
        return made[kind]()

    def _together(self) -> Log:
        first = self.claim()
        second = replace(self.claim(), source=first.source, same_as=None, after=None)
        marked = self.chance(2)
        return Log(tuple(replace(claim, complete=marked and claim.kind == "count") for claim in (first, second)))

    def _move(self) -> Move | None:
        here = self.one_of([line for line in self.lines if not line.platform])
        if here is None:
            return None
        there = self.one_of(
            [line for line in self.lines if line.asset == here.asset and line.deployment != here.deployment]
        )
        if there is None:
            return None
        on = self.on()
        quantity, source = self.one_of(SIZES), self.one_of(SOURCES)
        return Move(
            ClaimText(here.deployment, here.name, "decrease", on, source, read_span(on).on, quantity=quantity),
            there.name,
        )

    def _correct(self) -> Correct | None:
        claim = self.one_of([one for one in self.visible() if one.text.quantity and one.kind != "status"])
        if claim is None:
            return None
        words = self.one_of(
            [words for words in (COUNTS if claim.kind == "count" else SIZES) if words != claim.text.quantity]
        )
        return Correct(claim.ref, (("quantity", words),))

    def _retract(self) -> Retract | None:
        claim = self.one_of(self.visible())
        if claim is None:
            return None
        if not self.chance(3):
            return Retract(claim=claim.ref)
        return Retract(entry=self.one_of(entries_of(self.record(), claim)))

    def _source(self) -> Retract | None:
        claim = self.one_of(self.visible())
        if claim is None or not self.chance(3):
            return None
        return Retract(source=self.record().origin(claim.text.source, len(self.entries)))

    def _undo(self) -> Undo | None:
        """Undo an entry that nothing later has touched, or that logged claims of which some stand, be they recorded again."""
        record, standing = self.record(), []
        mended = {w.claim for w in record.withdrawals}
        undone = {entry.entry for entry in self.entries if isinstance(entry, Undo)}
        for number, entry in enumerate(self.entries, 1):
            refs = [ref for ref in record.claims if ref.entry == number]
            if isinstance(entry, Log | Move):
                known = record.visible(len(self.entries))
                standing += [number] * any(number in entries_of(record, claim) for claim in known)
                continue
            if number in undone or isinstance(entry, Repeats) or any(ref in mended for ref in refs):
                continue
            gone = [w.claim for w in record.withdrawals if w.entry == number]
            if (refs or gone) and not any(old in gone for old, _ in record.restated):
                standing.append(number)
        number = self.one_of(standing)
        return Undo(number) if number else None

    def _repeats(self) -> Repeats | None:
        source = self.one_of(SOURCES)
        origin = self.one_of([None, *(one for one in SOURCES if one != source)])
        record, known = self.record(), len(self.entries)
        now = record.voices(source, known)
        if origin is not None and source in record.voices(origin, known):
            return None
        return None if (now[1] if len(now) > 1 else None) == origin else Repeats(source, origin)


@st.composite
def ledgers(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Ledger:
    """Return a ledger of some lines that contain one another, and up to a dozen entries."""
    pool = PERSONNEL if draw(st.integers(1, 3)) < 3 else AIRCRAFT + PLATFORMS
    names = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4, unique=True))
    chosen = {line.name for line in names}
    if "deu-ner" in chosen and "eu-ner" not in chosen:
        chosen.add("eu-ner")
    growing = Growing(draw, tuple(line for line in pool if line.name in chosen))
    for _ in range(draw(st.integers(1, 12))):
        entry = growing.entry()
        if entry is not None:
            growing.entries.append(entry)
    return growing.ledger()


@st.composite
def questions(draw: Callable[[st.SearchStrategy[Any]], Any], ledger: Ledger) -> Question:
    """Return a question about a ledger: mostly as known now, on the present basis."""
    known = draw(st.integers(0, len(ledger.entries))) if draw(st.integers(1, 3)) == 1 else len(ledger.entries)
    return Question(
        _day(draw(st.sampled_from((*OFFSETS, 50, 130)))),
        known,
        "authorised" if draw(st.integers(1, 15)) == 1 else "present",
        projected=draw(st.integers(1, 5)) == 1,
        stale_after=draw(st.sampled_from((90, 90, 20))),
    )
