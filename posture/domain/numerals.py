"""Single figures in words and digits: `1,500`, `1.5 thousand`, `fifteen hundred`, `two thirds`, `30%`.

Ways of writing that could mean two numbers (`1.500`) are refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LARGEST = 1_000_000_000
"""No count of people or things in this field comes near; beyond it, something was mistyped."""


class Figure(NamedTuple):
    """A number (`of` is 0), or the exact share `amount / of`."""

    amount: int
    of: int = 0
    scale: int = 1
    """What it was written in: 1000 for `50,000` and `50 thousand`, so that `40-50 thousand` is seen to be unclear."""


class Unreadable(Exception):
    """Why the words cannot be read."""


_GROUPED = r"[1-9][0-9]{0,2}(?:([,' _])[0-9]{3}(?:\1[0-9]{3})*|(?:\.[0-9]{3}){2,})"
_PERHAPS_GROUPED = r"[1-9][0-9]{0,2}\.[0-9]{3}"
_DECIMAL = r"[0-9]+[.,][0-9]+"
_PERCENT = r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s?%"
_SCALED = r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?\s?(k|hundred|thousand|million|billion|dozen)"
_OF_THEM = r"\s+of (?:them|those|these|it)$"

_SCALES = {"k": 1000, "dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

_SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_UNITS = {word: number for number, word in enumerate(_SMALL.split(), start=1)}
_TENS_IN_ORDER = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * number for number, word in enumerate(_TENS_IN_ORDER.split(), start=2)}
_IDIOMS = {
    "half a dozen": 6,
    "half dozen": 6,
    "a dozen": 12,
    "dozen": 12,
    "a single": 1,
    "single": 1,
    "a pair": 2,
    "pair": 2,
}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_WHOLE = frozenset({"all", "the whole", "everything", "every one"})


def read_figure(words: str) -> Figure | None:
    """Return the number or share that the words name exactly, or None; refuses what could be two numbers."""
    words = re.sub(_OF_THEM, "", words.strip())
    return _number(words) or _share(words) or _spelled(words)


def _number(words: str) -> Figure | None:
    if words.isascii() and words.isdigit():
        return _sized(words)
    if re.fullmatch(_GROUPED, words):
        return _sized(re.sub("[^0-9]", "", words), 1000)
    if re.fullmatch(_PERHAPS_GROUPED, words):
        meant = words.replace(".", "")
        raise Unreadable(f"it may be {meant} or a decimal; write {meant} if you mean that")
    if re.fullmatch(_DECIMAL, words):
        raise Unreadable("it is no whole number")
    scaled = re.fullmatch(_SCALED, words)
    if scaled is None:
        return None
    scale, after = _SCALES[scaled[3]], scaled[2] or ""
    amount, part = divmod(int(scaled[1] + after) * scale, 10 ** len(after))
    if part:
        raise Unreadable("it is no whole number")
    return _sized(str(amount), scale)


def _sized(digits: str, scale: int = 1) -> Figure:
    plain = digits.lstrip("0") or "0"
    if len(plain) > len(str(LARGEST)) or int(plain) > LARGEST:
        raise Unreadable(f"it is more than {LARGEST:,}")
    return Figure(int(plain), 0, scale)


def _share(words: str) -> Figure | None:
    if words in _WHOLE:
        return Figure(1, 1)
    percent = re.fullmatch(_PERCENT, words)
    if percent:
        after = (percent[2] or "").rstrip("0")
        amount, of = int(percent[1] + after), 100 * 10 ** len(after)
        if amount > of:
            raise Unreadable("a share is at most 100 %")
        if amount == 0:
            raise Unreadable("a share of nothing is none; write none")
        return Figure(amount, of)
    tokens = words.replace("-", " ").split()
    if not tokens or len(tokens) > 2:
        return None
    of = _PARTS.get(tokens[-1].removesuffix("s"), 0)
    amount = 1 if tokens[0] == "a" or len(tokens) == 1 else _UNITS.get(tokens[0], 0)
    return Figure(amount, of) if 0 < amount < of and (amount == 1) != tokens[-1].endswith("s") else None


def _spelled(words: str) -> Figure | None:
    """Return a number in words, up to 999,999: `fifteen hundred`, `two hundred and fifty`, `half a dozen`."""
    if words in _IDIOMS:
        return Figure(_IDIOMS[words])
    tokens = words.replace("-", " ").split()
    if tokens and tokens[-1] == "dozen":
        dozens = _below_hundred(tokens[:-1])
        return Figure(12 * dozens, 0, 12) if dozens else None
    if "thousand" not in tokens:
        amount = _below_thousand(tokens, hundreds_below=100)
        return Figure(amount, 0, 100 if "hundred" in tokens else 1) if amount else None
    at = tokens.index("thousand")
    thousands = 1 if tokens[:at] == ["a"] else _below_thousand(tokens[:at])
    rest = _without_and(tokens[at + 1 :])
    after = _below_thousand(rest) if rest else 0
    return Figure(1000 * thousands + after, 0, 1000) if thousands and after is not None else None


def _without_and(tokens: list[str]) -> list[str]:
    """Return the words after a `hundred` or `thousand`, without the `and` that may join them."""
    return tokens[1:] if len(tokens) > 1 and tokens[0] == "and" else tokens


def _below_thousand(tokens: list[str], hundreds_below: int = 10) -> int | None:
    """Return what `two hundred and fifty` is; `fifteen hundred` too, where `hundreds_below` lets it."""
    if "hundred" not in tokens:
        return _below_hundred(tokens)
    at = tokens.index("hundred")
    hundreds = 1 if tokens[:at] == ["a"] else _below_hundred(tokens[:at])
    rest = _without_and(tokens[at + 1 :])
    after = _below_hundred(rest) if rest else 0
    if hundreds is None or after is None or hundreds >= hundreds_below:
        return None
    return 100 * hundreds + after


def _below_hundred(tokens: list[str]) -> int | None:
    if len(tokens) == 1:
        return _UNITS.get(tokens[0]) or _TENS.get(tokens[0])
    if len(tokens) == 2 and tokens[0] in _TENS and 0 < _UNITS.get(tokens[1], 0) < 10:
        return _TENS[tokens[0]] + _UNITS[tokens[1]]
    return None


_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc", "'"),
    **dict.fromkeys("\u066a\uff05", "%"),
    "\u2026": "..",
}


def plain_words(text: str) -> str:
    """Return the words in lower case, with single plain spaces, plain dashes and the digits 0 to 9."""
    if not text.isascii():
        text = "".join(_plain_sign(sign) for sign in text)
    words = " ".join(text.lower().split())
    return re.sub(r"\s?\b(?:percent|per cent|pct)\b", "%", words) if "p" in words else words


def _plain_sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    return " " if category == "Zs" else sign
