"""The neutral records that a ledger's text means: catalogue rows, entries with their claims, questions and answers.

The oracle reads them, and `drive` applies them to a real ledger; neither meaning nor storage is in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Ref:
    """The n-th claim of an entry, both from 1."""

    entry: int
    ordinal: int = 1

    def __str__(self) -> str:
        return f"#{self.entry}" if self.ordinal == 1 else f"#{self.entry}.{self.ordinal}"


@dataclass(frozen=True)
class Node:
    """A code in one of the three trees (places, actors, asset types) and the code above it."""

    code: str
    parent: str | None


@dataclass(frozen=True)
class Deployment:
    """Forces of an actor at a place, under an operation or none."""

    code: str
    actor: str
    place: str
    operation: str | None = None
    part_of: str | None = None


@dataclass(frozen=True)
class Line:
    """What a deployment holds: a type, or one platform; `name` is how the text calls it."""

    name: str
    deployment: str
    asset: str
    asset_type: str
    platform: str | None = None


@dataclass(frozen=True)
class ClaimText:
    """One claim in the words of the text, every field explicit."""

    deployment: str
    line: str | None
    kind: str
    on: str
    source: str
    stated_on: date
    quantity: str | None = None
    status: str | None = None
    grade: str = "B2"
    modality: str = "actual"
    basis: str = "present"
    complete: bool = False
    reason: str | None = None
    transfer: str | None = None
    other: str | None = None
    same_as: Ref | None = None
    after: Ref | None = None
    own_words: bool | None = None
    links: tuple[tuple[str, Ref], ...] = ()


@dataclass(frozen=True)
class Log:
    """An entry that logs claims."""

    claims: tuple[ClaimText, ...]


@dataclass(frozen=True)
class Move:
    """An entry that logs a departure at one line and the arrival at another."""

    claim: ClaimText
    to_line: str


@dataclass(frozen=True)
class Correct:
    """An entry that replaces a claim by one with some fields in new words (`quantity`, `on`, `grade`)."""

    target: Ref
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Retract:
    """An entry that withdraws a claim, the claims of an entry, or those of a source's origin: exactly one is given."""

    claim: Ref | None = None
    entry: int | None = None
    source: str | None = None


@dataclass(frozen=True)
class Undo:
    """An entry that undoes another."""

    entry: int


@dataclass(frozen=True)
class Repeats:
    """An entry that declares a source's origin; None: it is its own."""

    source: str
    origin: str | None


Entry = Log | Move | Correct | Retract | Undo | Repeats


@dataclass(frozen=True)
class Ledger:
    """A catalogue and the entries in their order; entry n is `entries[n - 1]`."""

    places: tuple[Node, ...] = ()
    actors: tuple[Node, ...] = ()
    types: tuple[Node, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    lines: tuple[Line, ...] = ()
    sources: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is asked: the day, the last entry known (None: all of them), and the options of the report."""

    as_of: date
    known: int | None = None
    basis: str = "present"
    projected: bool = False
    stale_after: int = 90


@dataclass(frozen=True)
class Value:
    """Low, best and high; None is unknown."""

    low: int | None
    best: int | None
    high: int | None

    def __str__(self) -> str:
        return "..".join("?" if bound is None else str(bound) for bound in (self.low, self.best, self.high))


@dataclass(frozen=True)
class Figure:
    """An expected figure of a line; None in a field: the text does not say. `value` None: the line is absent."""

    line: str
    value: Value | None
    flags: frozenset[str] = frozenset()
    more_flags: bool = False
    stated: Value | None = None
    origins: int | None = None
    base: Ref | None = None


@dataclass(frozen=True)
class StatusAnswer:
    """What is expected of a line on one axis: status codes with the quantity of a part."""

    line: str
    axis: str
    statuses: frozenset[tuple[str, Value | None]]


@dataclass(frozen=True)
class PlansAnswer:
    """All plans that exist, with their states."""

    states: tuple[tuple[Ref, str], ...]


@dataclass(frozen=True)
class TotalAnswer:
    """What is expected of a node."""

    actor: str
    asset_type: str
    place: str
    value: Value
    flags: frozenset[str] = frozenset()
    more_flags: bool = False


Answer = Figure | StatusAnswer | PlansAnswer | TotalAnswer


@dataclass(frozen=True)
class Asked:
    """A question with the answers to it, the text line it stands on, and how many entries the file has before it."""

    question: Question
    answers: tuple[Answer, ...]
    text: str
    number: int


@dataclass(frozen=True)
class Example:
    """A ledger that grows, and what is asked on the way; each question sees the entries before it."""

    title: str
    ledger: Ledger
    asked: tuple[Asked, ...]
