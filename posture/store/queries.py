"""A query in SQL as a person typed it: its words, its parameters, and whether it only reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from posture.errors import QueryRefused, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TOKEN = re.compile(
    r"""
      (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`|\[[A-Za-z_][^\]]*\])
    | (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<cast>::)
    | (?P<parameter>(?<![\w:]):(?P<name>[A-Za-z_]\w*))
    | (?P<word>[^\W\d][\w$]*)
    | (?P<sign>[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[\w$]+")
READS = ("select", "with", "values", "explain", "table")
"""How a query begins that may only read."""
WRITES = frozenset(
    [
        "insert",
        "update",
        "delete",
        "replace",
        "merge",
        "create",
        "drop",
        "alter",
        "truncate",
        "attach",
        "detach",
        "vacuum",
        "pragma",
        "begin",
        "start",
        "commit",
        "end",
        "rollback",
        "savepoint",
        "release",
        "reindex",
        "analyze",
        "set",
        "reset",
        "copy",
        "do",
        "call",
        "execute",
        "prepare",
        "deallocate",
        "declare",
        "fetch",
        "grant",
        "revoke",
        "comment",
        "lock",
        "listen",
        "notify",
        "unlisten",
        "load",
        "refresh",
        "cluster",
        "discard",
        "reassign",
        "security",
        "import",
        "checkpoint",
        "show",
    ]
)
"""How a statement begins that does more than read, or other than read what the views say."""
CHANGES = frozenset({"insert", "update", "delete", "merge"})
"""What changes something also where it stands in brackets, within a WITH."""
LONGEST = 100_000
"""Characters that a query may have."""


@dataclass(frozen=True)
class Query:
    """A query, ready to be asked."""

    text: str
    """As typed."""
    values: dict[str, Any] = field(default_factory=dict)
    """What stands for each `:name` of it."""

    def tokens(self) -> Iterator[re.Match[str]]:
        """Yield its words, names, texts and signs, without comments."""
        return (found for found in _TOKEN.finditer(self.text) if found.lastgroup != "comment")

    def names(self) -> list[str]:
        """Return the names of its parameters, each once, in order."""
        return list(dict.fromkeys(found["name"] for found in self.tokens() if found["name"]))

    def words(self) -> set[str]:
        """Return every run of letters and digits in it, lower-case, whether it is a name, a text or a remark.

        A name is one of them however it is quoted; so what is not among them is named nowhere.
        """
        return {word.lower() for word in _WORD.findall(self.text)}

    def sources(self) -> set[str]:
        """Return the names that it may read from: what follows FROM, JOIN, a comma, a bracket or a dot."""
        found, before = set(), ""
        for token in self.tokens():
            said = token[0]
            if before in ("from", "join", ",", "(", "."):
                found.add(said.strip("\"'`[]").lower())
            before = said.lower()
        return found

    def for_sqlite(self) -> str:
        """Return it with "quoted names" written as [names]: SQLite takes a "name" that it does not know for a text."""

        def written(found: re.Match[str]) -> str:
            inside = found[0][1:-1]
            if found["quoted"] and found[0][0] == '"' and not set(inside) & set('"]['):
                return f"[{inside}]"
            return found[0]

        return _TOKEN.sub(written, self.text)

    def with_values(self, literal: Callable[[Any], str]) -> tuple[str, list[tuple[int, int]]]:
        """Return it with its values written in, and where each is: (the place behind it, what the place as typed is off by)."""
        parts: list[str] = []
        shifts: list[tuple[int, int]] = []
        end = length = 0
        for found in self.tokens():
            if found["name"]:
                parts += [self.text[end : found.start()], literal(self.values[found["name"]])]
                end = found.end()
                length += len(parts[-2]) + len(parts[-1])
                shifts.append((length, end - length))
        return "".join([*parts, self.text[end:]]), shifts


def read_query(text: str, values: Sequence[str] = ()) -> Query:
    """Return the query that was typed, with its parameters; raises UsageMistake, or QueryRefused for one that writes."""
    query = Query(text.strip().removeprefix("\ufeff"), _values(values))
    if len(query.text) > LONGEST:
        raise UsageMistake(f"the query has {len(query.text):,} characters; {LONGEST:,} is the most that is read")
    if "\0" in query.text:
        raise UsageMistake("the query holds a NUL character: is it a file of another kind?")
    _refuse_all_but_reading([token[0].lower() for token in query.tokens()])
    wanted = query.names()
    missing = [name for name in wanted if name not in query.values]
    if missing:
        raise UsageMistake(f"the query asks for :{missing[0]}; give it with --param {missing[0]}=VALUE")
    unused = [name for name in query.values if name not in wanted]
    if unused:
        known = f"; it asks for {', '.join(':' + name for name in wanted)}" if wanted else "; it has no parameters"
        raise UsageMistake(f"the query has no :{unused[0]}{known}")
    return query


def _refuse_all_but_reading(words: list[str]) -> None:
    """Raise QueryRefused or UsageMistake for what is not one query that reads, as far as its words tell."""
    while words and words[-1] == ";":
        words.pop()
    if not words:
        raise UsageMistake('there is no query; write posture sql "SELECT ...", or see "posture sql --list"')
    first = words[0] if words[0] != "explain" else _explained(words)
    if first in WRITES:
        raise QueryRefused(f"a query only reads: {first.upper()} is refused, and nothing was changed")
    if first not in READS and first != "(":
        raise UsageMistake(f'a query begins with SELECT, WITH or VALUES, not with "{first.upper()[:40]}"')
    if ";" in words:
        raise UsageMistake("that is more than one statement; ask one query at a time")
    for before, word in pairwise(words):
        if before == "(" and word in CHANGES:
            raise QueryRefused(f"a query only reads: {word.upper()} is refused, and nothing was changed")


def _explained(words: list[str]) -> str:
    """Return how the query begins that is to be explained."""
    depth = 0
    for word in words[1:]:
        depth += (word == "(") - (word == ")")
        if depth == 0 and word not in {"query", "plan", "analyze", "analyse", "verbose", ")"}:
            return word
    return words[0]


def _values(given: Sequence[str]) -> dict[str, Any]:
    """Return what each `name=value` says; raises UsageMistake where one says nothing, or two the same."""
    values: dict[str, Any] = {}
    for word in given:
        name, equals, text = word.partition("=")
        name = name.strip().removeprefix(":")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise UsageMistake(f'cannot read the parameter "{word[:80]}"; write --param name=value')
        if name in values:
            raise UsageMistake(f"--param {name} is given twice")
        values[name] = read_value(text)
    return values


def read_value(text: str) -> Any:
    """Return what a parameter's value means: a whole number, a decimal, nothing for null; else it is text.

    Within single quotes it is text whatever it looks like, for instance '007'.
    """
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text.lower() == "null":
        return None
    if re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[+-]?(0|[1-9]\d*)?\.\d+([eE][+-]?\d{1,3})?", text, re.ASCII) and len(text) < 40:
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    return text


def place_of(text: str, position: int) -> str:
    """Return where in a query a position is, for a person: its line, if there are several, and its character."""
    before = text[: max(position, 0)]
    line, character = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return f"line {line}, character {character}" if "\n" in text.strip() else f"character {character}"
