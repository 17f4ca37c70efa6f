"""Quantities as people write them, read without inventing anything.

A quantity is a number (with bounds), a share of what is there, `unknown`, or `withheld` (the source refuses it).
An open bound is None, never a made-up number; `best` is there only where the words give one. What the words mean:

=================================================  =====================================================
`1500`, `1,500`, `1 500`, `1.5 thousand`, `twelve`  that number, exactly
`none`, `no`, `zero`, `0`                           none: low and high 0, which is not unknown
`~1500`, `about 1500`, `nearly`, `some 1500`        10 % each way, rounded outward; best is the number
`1400..1500`, `1400-1500`, `between ... and ...`    from the one to the other; no best
`>1000`, `more than`, `over`                        1001 or more
`1000+`, `>=1000`, `at least`, `1000 or more`       1000 or more
`<50`, `fewer than`, `under`                        49 or fewer, low open
`<=50`, `up to 50`, `at most`                       50 or fewer, low open
`some`; `several`; `dozens`, `hundreds`, ...        1 or more; 3 or more; 2 or more of them (24, 200, ...)
`a dozen`, `two dozen`, `half a dozen`              12, 24, 6: words for numbers
`half`, `a third`, `30%`, `all`                     that share of what was there
`most`, `a majority`, `>50%`                        a share over 1/2, up to 1
`about 80%`, `30-40%`, `at least half`              a share between bounds; about is 10 % of it each way
`unknown`, `?`; `withheld`, `undisclosed`           unknown; withheld
=================================================  =====================================================

Words without a declared size (`a few`, `a handful`, `many`, `3 of 4`) are refused, with what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from posture.domain.codes import shortened
from posture.domain.numerals import Figure, Unreadable, plain_words, read_figure
from posture.errors import UnreadableQuantity

Form = Literal["number", "share", "unknown", "withheld"]

LONGEST = 120
"""Characters in the longest quantity that is read."""

FINEST_SHARE = 1_000_000
"""The largest denominator of any share that the words can give; lets a stored share be taken back exactly."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many, as read from words: a number or a share with its bounds, or why there is none."""

    text: str
    """The words as typed."""
    form: Form
    """number, share (of what was there just before), unknown, or withheld (the source refuses the number)."""
    low: int | None = None
    """The fewest, of a number; None where the words leave it open."""
    best: int | None = None
    """The number that the words name, exactly or as about; None where they name none."""
    high: int | None = None
    """The most, of a number; None where the words leave it open."""
    share_low: float | None = None
    """The smallest share, 0 to 1; None where the words leave it open."""
    share_high: float | None = None
    """The largest share, 0 to 1."""
    share_low_open: bool = False
    """Whether the share is above `share_low`, not at it: `most` is over 1/2."""

    def described(self) -> str:
        """Return what was understood, in a few words: `1350..1650, best 1500`, `1001 or more`."""
        if self.form == "share":
            return f"{_share_described(self)} of what there was"
        if self.form != "number":
            return self.form
        if self.low == self.high:
            return "none" if self.low == 0 else str(self.low)
        if self.high is None:
            return f"{self.low} or more"
        if self.low is None:
            return f"{self.high} or fewer"
        return f"{self.low}..{self.high}" + ("" if self.best is None else f", best {self.best}")


def read_quantity(text: str) -> Quantity:
    """Return the quantity that `text` writes; raises :class:`UnreadableQuantity` with the reason."""
    try:
        return _read(text.strip(), plain_words(text))
    except Unreadable as refusal:
        raise UnreadableQuantity(shortened(text.strip()), str(refusal)) from None


def share_of(share_low: float | None, share_high: float | None, low_open: bool, n: int) -> tuple[int, int]:
    """Return the fewest and the most that a share of `n` things can be: the one rule, rounded outward.

    The low is rounded down and the high up, exactly (a stored 0.3 is three tenths, not the float beside it); above
    an open low comes the next whole number. So most of n = floor(n/2) + 1 to n; half of 7 = 3 to 4; half of 4 = 2;
    all of n = n to n; any share of none is none. An open bound (None) is none at the low end, n at the high end.
    """
    if n <= 0:
        return 0, 0
    low, high = 0, n
    if share_low is not None:
        count, of = _exact(share_low)
        low = n * count // of + (1 if low_open else 0)
    if share_high is not None:
        count, of = _exact(share_high)
        high = -(-n * count // of)
    return min(low, n), min(high, n)


def _share_described(quantity: Quantity) -> str:
    high = _percent(quantity.share_high)
    if quantity.share_low is None:
        return f"at most {high}"
    low = _percent(quantity.share_low)
    if quantity.share_low_open:
        return f"more than {low}"
    if quantity.share_low == quantity.share_high:
        return low
    return f"at least {low}" if quantity.share_high == 1 else f"{low}..{high}"


def _percent(share: float | None) -> str:
    return "open" if share is None else f"{round(100 * share, 4):g} %"


def _exact(share: float) -> tuple[int, int]:
    """Return the fraction that was stored as this float: the nearest with a denominator that words can give."""
    if share in (0.0, 0.5, 1.0):
        return int(share * 2), 2
    from fractions import Fraction  # only where shares are

    return Fraction(share).limit_denominator(FINEST_SHARE).as_integer_ratio()


# The words, in the order in which they are tried


_FIXED: dict[str, tuple[Form, int | None, int | None]] = {
    **dict.fromkeys(("none", "no", "zero", "nil", "0"), ("number", 0, 0)),
    "some": ("number", 1, None),
    "several": ("number", 3, None),
    **dict.fromkeys(("unknown", "?", "not known", "unspecified", "an unknown number"), ("unknown", None, None)),
    **dict.fromkeys(
        ("withheld", "undisclosed", "not disclosed", "classified", "redacted", "an undisclosed number"),
        ("withheld", None, None),
    ),
}

_PLURALS = {
    "tens": 20,
    "dozens": 24,
    "hundreds": 200,
    "thousands": 2000,
    "tens of thousands": 20_000,
    "hundreds of thousands": 200_000,
    "several dozen": 36,
    "several hundred": 300,
    "several thousand": 3000,
}
"""The fewest that a plural can be: two or more of them; three or more where it says several."""

_MOST = frozenset({"most", "majority", "a majority", "the majority"})

_NO_DECLARED_SIZE = {
    **dict.fromkeys(
        ("few", "a few", "handful", "a handful", "couple", "a couple", "many", "numerous", "a number", "a lot", "lots"),
        "it has no declared size; write several (3 or more), some (1 or more), or bounds such as 2..5",
    ),
    **dict.fromkeys(
        ("nearly all", "almost all", "about all", "the rest", "rest", "part", "a part", "a minority", "minority"),
        "it has no declared size; write all, most, some, or a share such as >90%",
    ),
    **dict.fromkeys(
        ("n/a", "na", "-", "not reported", "nothing reported", "tbd"),
        "what nobody reported is no claim; write unknown where a source says that it is not known",
    ),
}

_PREFIXES: tuple[tuple[str, str], ...] = (
    ("above", r"more than|greater than|over|above|exceeding|in excess of|upwards of|>"),
    ("least", r"at least|no fewer than|not fewer than|no less than|not less than|a minimum of|minimum|min\.?|>=|≥"),
    ("below", r"fewer than|less than|under|below|<"),
    ("most", r"up to|at most|no more than|not more than|a maximum of|maximum|max\.?|<=|≤"),
    (
        "about",
        r"about|approximately|approx\.?|around|roughly|circa|ca?\.|nearly|almost|close to|(?:an )?estimated|some|~|≈",
    ),
    ("just", r"exactly|precisely|only|just|a total of|="),
)
_PREFIX = "|".join(f"(?P<{name}>{words})" for name, words in reversed(_PREFIXES))
_SUFFIX = r"(?P<least>\s?\+| or more| and more)$|(?P<most> or fewer| or less)$|(?P<about> or so)$"
_BETWEEN = r"(?:between (?P<and>.+)|from (?P<to>.+))"
_JOINTS = r"\s*\.\.+\s*|\s*-\s*| to | or "


def _read(text: str, words: str) -> Quantity:
    if not words:
        raise Unreadable("it is empty")
    if len(words) > LONGEST:
        raise Unreadable("it is too long to be a quantity")
    if words in _NO_DECLARED_SIZE:
        raise Unreadable(_NO_DECLARED_SIZE[words])
    quantity = _fixed(text, words)
    if quantity is not None:
        return quantity
    figure = read_figure(words)
    if figure is not None:
        return _between(text, figure, figure)
    bound, rest = _bound(words)
    if bound == "about":
        return _about(text, rest)
    if bound == "just":
        only = _needed(rest)
        return _between(text, only, only)
    if bound:
        return _bounded(text, bound, _needed(rest))
    found = _range(words)
    if found is not None:
        return _between(text, *found)
    raise Unreadable(_why_not(words))


def _fixed(text: str, words: str) -> Quantity | None:
    """Return what single words of declared meaning say: none, some, several, dozens, most, unknown, withheld."""
    if words in _FIXED:
        form, low, high = _FIXED[words]
        return Quantity(text, form, low, low if low == high else None, high)
    if words in _PLURALS:
        return Quantity(text, "number", low=_PLURALS[words])
    return _bounded(text, "above", Figure(1, 2)) if words in _MOST else None


def _bound(words: str) -> tuple[str, str]:
    """Return which kind of bound the words set ("" for none), and the words of the figure that they set it at."""
    found = re.match(_PREFIX, words)
    if found:
        rest = words[found.end() :]
        if rest[:1] == " " or not found[0][-1].isalpha():
            return str(found.lastgroup), rest.strip()
    found = re.search(_SUFFIX, words)
    return (str(found.lastgroup), words[: found.start()]) if found else ("", words)


def _needed(words: str) -> Figure:
    figure = read_figure(words)
    if figure is None:
        raise Unreadable(_why_not(words))
    return figure


def _between(text: str, first: Figure, last: Figure) -> Quantity:
    """Return the quantity from the one figure to the other; one figure twice is that figure exactly."""
    if last.of:
        share_low, share_high = first.amount / first.of, last.amount / last.of
        return Quantity(text, "share", share_low=share_low, share_high=share_high)
    return Quantity(text, "number", first.amount, first.amount if first.amount == last.amount else None, last.amount)


def _about(text: str, words: str) -> Quantity:
    """Return what the words give, 10 % wider each way and rounded outward: the one declared rule for about."""
    figure = read_figure(words)
    first, last = (figure, figure) if figure is not None else _range(words) or (_needed(words),) * 2
    if first.of:
        if first.amount == first.of:
            raise Unreadable(_NO_DECLARED_SIZE["about all"])
        low = 9 * first.amount / (10 * first.of)
        high = min(1.0, 11 * last.amount / (10 * last.of))
        return Quantity(text, "share", share_low=low, share_high=high)
    if first.amount == 0:
        raise Unreadable("10 % of none is none; write none, or bounds such as <5")
    best = figure.amount if figure is not None else None
    return Quantity(text, "number", 9 * first.amount // 10, best, -(-11 * last.amount // 10))


def _bounded(text: str, bound: str, figure: Figure) -> Quantity:
    """Return the quantity on one side of a figure."""
    if figure.of:
        return _bounded_share(text, bound, figure)
    if bound in {"above", "least"}:
        return Quantity(text, "number", figure.amount + (bound == "above"), None, None)
    high = figure.amount - (bound == "below")
    if high <= 0:
        raise Unreadable("nothing is fewer than one; write none")
    return Quantity(text, "number", None, None, high)


def _bounded_share(text: str, bound: str, figure: Figure) -> Quantity:
    share = figure.amount / figure.of
    if bound == "above" and figure.amount == figure.of:
        raise Unreadable("nothing is more than all; write all")
    if bound in {"above", "least"}:
        return Quantity(text, "share", share_low=share, share_high=1.0, share_low_open=bound == "above")
    return Quantity(text, "share", share_low=None, share_high=share)


# Ranges


def _range(words: str) -> tuple[Figure, Figure] | None:
    """Return both ends of a range, or None if the words are none; refuses one that can be read in two ways."""
    found = re.fullmatch(_BETWEEN, words)
    if found:
        joint, inside = (" and ", found["and"]) if found["and"] else (" to ", found["to"])
        cuts = [(at.start(), at.end()) for at in re.finditer(joint, inside)]
    else:
        inside = words
        cuts = [(at.start(), at.end()) for at in re.finditer(_JOINTS, words)]
    read = [pair for start, end in cuts[:8] if (pair := _ends(inside[:start], inside[end:])) is not None]
    if not read:
        return None
    if len(read) > 1:
        raise Unreadable("it can be read in two ways; write it as 1400..1500")
    first, last = read[0]
    if first.amount * max(last.of, 1) > last.amount * max(first.of, 1):
        raise Unreadable("the range ends below where it begins")
    if last.scale > first.scale == 1 and 0 < first.amount * last.scale <= last.amount:
        either = f"{first.amount} or at {first.amount * last.scale}"
        raise Unreadable(f"it may begin at {either}; write both ends in full, such as {first.amount}..{last.amount}")
    return first, last


def _ends(left: str, right: str) -> tuple[Figure, Figure] | None:
    if not left or not right:
        return None
    last = read_figure(right)
    first = read_figure(left + "%" if right.endswith("%") and left[-1:].isdecimal() else left)
    if first is None or last is None or bool(first.of) != bool(last.of):
        return None
    return first, last


def _why_not(words: str) -> str:
    """Return the most useful reason why the words are not read; empty where there is none."""
    if words in _NO_DECLARED_SIZE:
        return _NO_DECLARED_SIZE[words]
    if re.fullmatch(r"-\s?[0-9].*", words):
        return "nothing is fewer than none; log a decrease instead"
    if re.fullmatch(r"(?:a |one |two |three )?halves", words):
        return "write half or all"
    parts = re.fullmatch(r"(.+?)(?: out of the | out of | of the | of | in |\s?/\s?)(.+)", words)
    if parts and _readable(parts[1]) and _readable(parts[2]):
        return "it holds two figures; give the first here, and log the second as a count of its own"
    for space in re.finditer(" ", words):
        before, after = words[: space.start()], words[space.end() :]
        if after.replace(" ", "").isalpha() and _readable(before):
            return f'write the quantity alone, without "{shortened(after, 30)}"'
    return ""


def _readable(words: str) -> bool:
    try:
        return words in _FIXED or read_figure(words) is not None
    except Unreadable:
        return False
