"""Little ledgers as text that an analyst can read, and the neutral records that the text means.

One file is one ledger with its questions, told in order. The lines are:

    # a comment
    place niamey in ner                         actor usa-army in usa            type mq-9 in drone
    line fra-ner: fra personnel in ner          line fra-ner/drones: fra drone in ner under barkhane
    line ner/m1: fra mq-9 in ner platform m1    line deu-ltu: deu personnel in ltu part of nato-ltu
    2023-09-05 n count 1000                     one entry; numbered #1, #2, ... in the order of the file
    2023-10-20 n count 600 (C3, from paper)     words in brackets: the clauses below
    2023-12-22 deployment fra-ner status withdrawn
    2023-10-01 n status grounded 3              a status of a part
    2023-10-19 move 400 fra-ner -> fra-tcd
    together (from paper):                      one entry of several claims, indented; #4.1, #4.2
      2023-10-10 n decrease 50
    correct #1: quantity 105, on 2023-10-02     retract #10     retract entry #2     retract source paper     undo #3
    paper2 repeats paper1                       paper2 is its own origin
    as of 2023-11-01: n 600 doubted             a question, asked of the entries above it, and its answers

A name that no `line` declares is a line of its own: personnel of an actor of its own, somewhere of its own. A line's name without a
slash is its deployment's personnel. A claim without `from` has a source of its own, so all claims differ in origin unless said.

Clauses: a grade (B2 if none), `from SOURCE`, `planned|possible|demanded|negotiating|denied`, `said DATE`, `basis WORD`, `complete`,
`same as #1`, `after #1`, `other DEPLOYMENT`, `transfer WORD`, `reason WORD`, `own words`, `repeat`, and
`fulfils|partly fulfils|cancels|supersedes #1`.

A question is `as of DATE[, known at #4][, basis authorised][, projected][, stale after 90]:` and answers parted by `;`:

    n 600                        low, best and high are 600; `157..?..1503`: `?` is unknown
    n 600 doubted stale          with exactly these flags; a last word `...` allows more
    n 800..?..1400 stated 1400 origins 2 base #1 ...
    n absent                     the line is not reported at all
    status n activity grounded 3..3..3, operating       all that is said on one axis, in any order
    status n activity nothing
    plans #2 superseded, #3 open                        all plans; `plans none`
    total usa personnel in jpn 20000..?..? conflict     one node; its flags as for a line
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.ledger_records import (
    Asked,
    ClaimText,
    Correct,
    Deployment,
    Entry,
    Example,
    Figure,
    Ledger,
    Line,
    Log,
    Move,
    Node,
    PlansAnswer,
    Question,
    Ref,
    Repeats,
    Retract,
    StatusAnswer,
    TotalAnswer,
    Undo,
    Value,
)
from tests.oracle_words import read_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ledger_records import Answer

KINDS = ("count", "increase", "decrease", "status", "announcement")
MODALITIES = ("planned", "possible", "demanded", "negotiating", "denied")
RELATIONS = ("partly fulfils", "fulfils", "cancels", "supersedes")
TOP_TYPES = {
    "personnel": None,
    "aircraft": None,
    "drone": "aircraft",
    "helicopter": "aircraft",
    "jet": "aircraft",
    "ground": None,
}
"""The part of the asset type tree that every ledger has, as far as the examples use it."""


class Unreadable(ValueError):
    """A line of the text is not in the language."""


@dataclass
class _Reader:
    """What was declared so far."""

    places: dict[str, str | None] = field(default_factory=dict)
    actors: dict[str, str | None] = field(default_factory=dict)
    types: dict[str, str | None] = field(default_factory=lambda: dict(TOP_TYPES))
    deployments: dict[str, Deployment] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def line(self, name: str) -> Line:
        """Return the line of that name, made on the way if no text declared it."""
        if name not in self.lines:
            deployment, _, asset = name.partition("/")
            self.declare(name, f"{deployment}-force", asset or "personnel", f"{deployment}-place")
        return self.lines[name]

    def declare(self, name: str, actor: str, asset_type: str, place: str, **more: str | None) -> None:
        """Add a line, and the deployment, actor, place and type that it needs and that are not there yet."""
        code, _, asset = name.partition("/")
        self.actors.setdefault(actor, None)
        self.places.setdefault(place, None)
        self.types.setdefault(asset_type, None)
        if more.get("part_of") and more["part_of"] not in self.deployments:
            raise Unreadable(f"part of {more['part_of']}: declare that first")
        made = Deployment(code, actor, place, more.get("operation"), more.get("part_of"))
        if self.deployments.setdefault(code, made) != made:
            raise Unreadable(f"{code} was declared otherwise")
        self.lines[name] = Line(name, code, asset or asset_type, asset_type, more.get("platform"))

    def ledger(self) -> Ledger:
        """Return all that was read."""
        return Ledger(
            places=_nodes(self.places),
            actors=_nodes(self.actors),
            types=_nodes(self.types),
            deployments=tuple(self.deployments.values()),
            lines=tuple(self.lines.values()),
            sources=tuple(self.sources),
            entries=tuple(self.entries),
        )


def _nodes(tree: dict[str, str | None]) -> tuple[Node, ...]:
    return tuple(Node(code, parent) for code, parent in tree.items())


def read_value(text: str) -> Value:
    """Return `600`, `157..?..1503` or `?` as a value."""
    parts = [None if part == "?" else int(part) for part in text.split("..")]
    if len(parts) not in (1, 3):
        raise Unreadable(f"a value is 600 or 157..?..1503, not {text}")
    return Value(parts[0], parts[0], parts[0]) if len(parts) == 1 else Value(*parts)


def _ref(text: str) -> Ref:
    found = re.fullmatch(r"#(\d+)(?:\.(\d+))?", text.strip())
    if not found:
        raise Unreadable(f"a claim is #3 or #3.2, not {text}")
    return Ref(int(found[1]), int(found[2] or 1))


def _clauses(reader: _Reader, text: str) -> dict[str, Any]:
    """Return the fields that the words in brackets set."""
    fields: dict[str, Any] = {}
    links: list[tuple[str, Ref]] = []
    for clause in filter(None, (part.strip() for part in text.split(","))):
        relation = next((word for word in RELATIONS if clause.startswith(word + " #")), None)
        if relation:
            links.append((relation.replace(" ", "_"), _ref(clause[len(relation) :])))
        else:
            fields.update(_clause(clause))
    if "source" in fields:
        reader.sources.setdefault(str(fields["source"]))
    return {**fields, "links": tuple(links)} if links else fields


def _clause(clause: str) -> dict[str, Any]:
    """Return the field that one clause sets."""
    head, _, rest = clause.partition(" ")
    if re.fullmatch(r"[A-F][1-6]", clause):
        return {"grade": clause}
    if clause in MODALITIES:
        return {"modality": clause}
    if clause in ("own words", "repeat"):
        return {"own_words": clause == "own words"}
    if clause == "complete":
        return {"complete": True}
    if clause.startswith("same as "):
        return {"same_as": _ref(clause[8:])}
    readers: dict[str, Callable[[str], object]] = {"after": _ref, "said": lambda day: read_span(day).on}
    readers.update(dict.fromkeys(("from", "basis", "other", "transfer", "reason"), str))
    if head not in readers:
        raise Unreadable(f"no clause {clause!r}")
    return {{"from": "source", "said": "stated_on"}.get(head, head): readers[head](rest)}


def _own_source(reader: _Reader, fields: dict[str, Any]) -> str:
    if "source" not in fields:
        fields["source"] = f"source-{len(reader.entries) + 1}"
        reader.sources.setdefault(str(fields["source"]))
    return str(fields["source"])


def _brackets(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*?)\s*(?:\(([^()]*)\))?", text.strip())
    assert found
    return found[1], found[2] or ""


def _claim(reader: _Reader, text: str, shared: dict[str, Any]) -> ClaimText:
    """Return the claim that one line of text makes."""
    body, brackets = _brackets(text)
    words = body.split()
    at = next((n for n, word in enumerate(words) if word in KINDS and n > 1), None)
    if at is None:
        raise Unreadable(f"no kind of claim in {text!r}")
    fields = {**shared, **_clauses(reader, brackets)}
    source = _own_source(reader, fields)
    kind, rest = words[at], words[at + 1 :]
    whole = words[at - 2] == "deployment"
    on = " ".join(words[: at - (2 if whole else 1)])
    line = None if whole else reader.line(words[at - 1])
    if kind == "status":
        fields["status"], rest = rest[0], rest[1:]
    fields["quantity"] = " ".join(rest) or None
    fields.setdefault("stated_on", read_span(on).on)
    return ClaimText(
        deployment=line.deployment if line else words[at - 1],
        line=line.name if line else None,
        kind=kind,
        on=on,
        **{**fields, "source": source},
    )


def _move(reader: _Reader, text: str) -> Move:
    body, brackets = _brackets(text)
    found = re.fullmatch(r"(.*) move (.+) (\S+) -> (\S+)", body)
    if not found:
        raise Unreadable(f"a move is DATE move 400 a -> b, not {text!r}")
    fields = _clauses(reader, brackets)
    source = _own_source(reader, fields)
    here, there = reader.line(found[3]), reader.line(found[4])
    fields.setdefault("stated_on", read_span(found[1]).on)
    claim = ClaimText(
        here.deployment, here.name, "decrease", found[1], quantity=found[2], **{**fields, "source": source}
    )
    return Move(claim, there.name)


def _entry(reader: _Reader, text: str) -> Entry:
    """Return the entry that a line of text makes."""
    if found := re.fullmatch(r"correct (#\S+): (.+)", text):
        pairs = [change.strip().partition(" ") for change in found[2].split(",")]
        return Correct(_ref(found[1]), tuple((name, words) for name, _, words in pairs))
    if found := re.fullmatch(r"retract entry #(\d+)", text):
        return Retract(entry=int(found[1]))
    if found := re.fullmatch(r"retract source (\S+)", text):
        return Retract(source=found[1])
    if found := re.fullmatch(r"retract (#\S+)", text):
        return Retract(claim=_ref(found[1]))
    if found := re.fullmatch(r"undo #(\d+)", text):
        return Undo(int(found[1]))
    if found := re.fullmatch(r"(\S+) repeats (\S+)", text):
        reader.sources.setdefault(found[2])
        reader.sources.setdefault(found[1])
        return Repeats(found[1], found[2])
    if found := re.fullmatch(r"(\S+) is its own origin", text):
        reader.sources.setdefault(found[1])
        return Repeats(found[1], None)
    if " move " in text:
        return _move(reader, text)
    return Log((_claim(reader, text, {}),))


def _declaration(reader: _Reader, text: str) -> bool:
    """Take in a line that declares part of the catalogue; false if it is not one."""
    trees = {"place": reader.places, "actor": reader.actors, "type": reader.types}
    if found := re.fullmatch(r"(place|actor|type) (\S+)(?: in (\S+))?", text):
        tree = trees[found[1]]
        if found[3]:
            tree.setdefault(found[3], None)
        tree[found[2]] = found[3]
        return True
    pattern = r"line (\S+): (\S+) (\S+) in (\S+)(?: under (\S+))?(?: part of (\S+))?(?: platform (\S+))?"
    if found := re.fullmatch(pattern, text):
        reader.declare(found[1], found[2], found[3], found[4], operation=found[5], part_of=found[6], platform=found[7])
        return True
    return False


def _flags(words: list[str]) -> tuple[frozenset[str], bool]:
    more = bool(words) and words[-1] == "..."
    return frozenset(words[:-1] if more else words), more


def _figure(reader: _Reader, words: list[str]) -> Figure:
    line, first, rest = reader.line(words[0]).name, words[1], words[2:]
    if first == "absent":
        return Figure(line, None)
    said: dict[str, str] = {}
    while rest and rest[0] in ("stated", "origins", "base"):
        said[rest[0]], rest = rest[1], rest[2:]
    flags, more = _flags(rest)
    return Figure(
        line,
        read_value(first),
        flags,
        more,
        stated=read_value(said["stated"]) if "stated" in said else None,
        origins=int(said["origins"]) if "origins" in said else None,
        base=_ref(said["base"]) if "base" in said else None,
    )


def _answer(reader: _Reader, text: str) -> Answer:
    words = text.split()
    if words[0] == "plans":
        stated = [] if words[1] == "none" else [part.split() for part in text[5:].split(",")]
        return PlansAnswer(tuple((_ref(ref), state) for ref, state in stated))
    if words[0] == "status":
        parts = [part.split() for part in " ".join(words[3:]).split(",")]
        listed = [] if words[3] == "nothing" else parts
        statuses = frozenset((part[0], read_value(part[1]) if len(part) > 1 else None) for part in listed)
        return StatusAnswer(reader.line(words[1]).name, words[2], statuses)
    if words[0] == "total":
        flags, more = _flags(words[6:])
        return TotalAnswer(words[1], words[2], words[4], read_value(words[5]), flags, more)
    return _figure(reader, words)


def _question(reader: _Reader, text: str) -> Asked:
    head, _, body = text.partition(":")
    day, *options = (part.strip() for part in head.removeprefix("as of ").split(","))
    question = Question(read_span(day).on)
    for option in options:
        if option.startswith("known at #"):
            question = replace(question, known=int(option[10:]))
        elif option == "projected":
            question = replace(question, projected=True)
        elif option.startswith("basis "):
            question = replace(question, basis=option[6:])
        elif option.startswith("stale after "):
            question = replace(question, stale_after=int(option[12:]))
        else:
            raise Unreadable(f"no option {option!r}")
    if question.known is None:
        question = replace(question, known=len(reader.entries))
    answers = tuple(_answer(reader, part.strip()) for part in body.split(";"))
    return Asked(question, answers, text, len(reader.entries))


def _logical_lines(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each line without its comment, with the indented lines under it."""
    head: str | None = None
    under: list[str] = []
    for raw in text.splitlines():
        line = re.sub(r"(^|\s)#(?!\d).*", "", raw).rstrip()
        if not line:
            continue
        if line[0].isspace():
            under.append(line.strip())
            continue
        if head is not None:
            yield head, under
        head, under = line, []
    if head is not None:
        yield head, under


def read_example(text: str) -> Example:
    """Return the ledger and the questions of an example's text; its first comment is the title."""
    reader = _Reader()
    for head, under in _logical_lines(text):
        line = head
        if numbered := re.fullmatch(r"#(\d+) +(.*)", head):
            line = numbered[2]
            if int(numbered[1]) != len(reader.entries) + 1:
                raise Unreadable(f"{head!r} is entry #{len(reader.entries) + 1}")
        if _declaration(reader, line):
            continue
        if line.startswith("as of "):
            reader.asked.append(_question(reader, " ".join([line, *under])))
        elif line.startswith("together"):
            shared = _clauses(reader, _brackets(line.removesuffix(":"))[1])
            _own_source(reader, shared)
            reader.entries.append(Log(tuple(_claim(reader, part, shared) for part in under)))
        else:
            reader.entries.append(_entry(reader, line))
    title = text.partition("\n")[0].lstrip("# ")
    return Example(title, reader.ledger(), tuple(reader.asked))
