"""What a person types to find a passage, read once for both engines: words, phrases, beginnings, alternatives, exclusions.

`drones niamey` finds passages with both; `"more than 1,000"` the phrase; `withdr*` every word that begins so; `drones OR
helicopters` either; `-helicopters` passages without. Case, accents and punctuation make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from posture.errors import UsageMistake

_TERM = re.compile(r'(?P<out>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_WORDS = re.compile(r"[^\W_]+")
AROUND = 70
"""Characters that are shown on each side of what was found."""


class Term(NamedTuple):
    """One word, or several in a row."""

    words: tuple[str, ...]
    """Folded: lower case, without accents."""
    begins: bool = False
    """The last word is the beginning of one."""


class Sought(NamedTuple):
    """What is sought: one term of every group must occur, and none of those that are excluded."""

    groups: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...]


class Passage(NamedTuple):
    """What a reader sees of a text in which something was found."""

    text: str
    """A few words around, with an ellipsis where something was left out."""
    found: tuple[tuple[int, int], ...]
    """First and last offset of each place in `text` where a term occurs."""


def read_search(text: str) -> Sought:
    """Return what the words seek; raises `UsageMistake` where there is nothing to seek, or a quotation has no end."""
    if text.count('"') % 2:
        raise UsageMistake(f"a quotation mark has no other in {text}; put a phrase between two")
    groups: list[list[Term]] = []
    without: list[Term] = []
    joins = False
    for match in _TERM.finditer(text):
        if match["word"] == "OR":
            joins = bool(groups)
            continue
        words = tuple(folded_words(match["phrase"] if match["word"] is None else match["word"]))
        if not words:
            continue
        term = Term(words, begins=(match["word"] or "").endswith("*"))
        if match["out"]:
            without.append(term)
        elif joins:
            groups[-1].append(term)
        else:
            groups.append([term])
        joins = False
    if not groups:
        raise UsageMistake(
            "nothing to search for; give a word that must occur" + (", not only words that must not" if without else "")
        )
    return Sought(tuple(map(tuple, groups)), tuple(without))


def folded_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return _WORDS.findall(fold(text))


def fold(text: str) -> str:
    """Return a text in lower case and without accents, character for character as long as it was."""
    return "".join(_plain(letter) for letter in text)


def _plain(letter: str) -> str:
    lower = letter.lower()
    first = unicodedata.normalize("NFD", lower)[:1] if not lower.isascii() else lower
    return first if len(first) == 1 else letter


def for_fts5(sought: Sought) -> str:
    """Return the search in the language of SQLite's FTS5."""

    def one(term: Term) -> str:
        return '"' + " ".join(term.words) + '"' + (" *" if term.begins else "")

    wanted = " AND ".join(f"({' OR '.join(map(one, group))})" for group in sought.groups)
    return f"({wanted})" + "".join(f" NOT {one(term)}" for term in sought.without)


def for_tsquery(sought: Sought) -> str:
    """Return the search in the language of PostgreSQL's `to_tsquery`."""

    def one(term: Term) -> str:
        words = [f"'{word}'" for word in term.words]
        return "(" + " <-> ".join([*words[:-1], words[-1] + (":*" if term.begins else "")]) + ")"

    wanted = " & ".join(f"({' | '.join(map(one, group))})" for group in sought.groups)
    return wanted + "".join(f" & !{one(term)}" for term in sought.without)


def passage(text: str, sought: Sought) -> Passage | None:
    """Return the part of a text where most of what is sought stands together, or None where none of it occurs."""
    found = sorted(place for group in sought.groups for term in group for place in _places(text, term))
    if not found:
        return None
    best = max(range(len(found)), key=lambda first: (_within(found, first), -first))
    start = _word_start(text, max(0, found[best][0] - AROUND))
    end = _word_end(text, min(len(text), found[best][1] + AROUND))
    shown = text[start:end]
    left, right = "…" if start else "", "…" if end < len(text) else ""
    inside = tuple((a - start + len(left), b - start + len(left)) for a, b in found if start <= a and b <= end)
    return Passage(left + re.sub(r"\s", " ", shown) + right, inside)


def _within(found: list[tuple[int, int]], first: int) -> int:
    return sum(1 for start, _ in found[first:] if start <= found[first][1] + AROUND)


def _places(text: str, term: Term) -> list[tuple[int, int]]:
    between = r"[\W_]+"
    pattern = between.join(map(re.escape, term.words))
    ending = r"[^\W_]*" if term.begins else r"(?![^\W_])"
    return [match.span() for match in re.finditer(rf"(?<![^\W_]){pattern}{ending}", fold(text))]


def _word_start(text: str, at: int) -> int:
    while at > 0 and not text[at - 1].isspace():
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace():
        at += 1
    return at
