"""How codes are written, how names are compared, and how text from outside is made safe to show."""

from __future__ import annotations

import re
import unicodedata

from posture.errors import UsageMistake

LONGEST_CODE = 80
"""Characters in the longest code; a code is typed by hand and printed in tables."""

_LETTERS_WITHOUT_ACCENT = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Latin letters (after casefold) that Unicode does not decompose into a letter and an accent."""

_ACCENTS = "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u0640\u064b-\u065f\u0670]"
"""Accents of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic ones; other scripts' marks are letters."""

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("'\u2018\u2019\u02bb\u02bc`\u00b4", ""),
        **dict.fromkeys("_-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00b7", " "),
    }
)
"""Apostrophes join, dashes and underscores part."""

_INVISIBLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
)
"""Characters that show nothing, though Unicode files them under letters and marks."""


def read_code(text: str) -> str:
    """Return the code that `text` writes, in lower case: letters a to z, digits, single hyphens (`fra-ner`).

    Anything else raises :class:`UsageMistake`, with the nearest code that could be written instead.
    """
    code = text.strip().lower()
    if code.isascii() and len(code) <= LONGEST_CODE and all(part.isalnum() for part in code.split("-")):
        return code
    if not code:
        raise UsageMistake("an empty code; a code is lower-case letters, digits and hyphens, such as fra-ner")
    if len(code) > LONGEST_CODE:
        raise UsageMistake(f'the code "{shortened(text)}" has {len(code)} characters; use at most {LONGEST_CODE}')
    near = make_code(code)
    mend = f'; write "{near}"' if near else ", such as fra-ner"
    raise UsageMistake(f'no code can be "{shortened(text)}": use lower-case letters, digits and single hyphens{mend}')


def refuse_broken(text: str) -> None:
    """Raise :class:`UsageMistake` for a text that a database cannot keep: with a NUL, or half of a character."""
    if "\0" in text:
        raise UsageMistake("a text holds a NUL character, which no database keeps: is it a file of another kind?")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UsageMistake("a text holds half a character, which no database keeps: is it of another encoding?")


def make_code(text: str) -> str:
    """Return a code for a name: `Côte d'Ivoire` gives `cote-divoire`; empty where no Latin letter or digit is left."""
    return re.sub("[^a-z0-9]+", "-", fold(text))[:LONGEST_CODE].strip("-")


def fold(text: str) -> str:
    """Return the form in which names are compared: no case, accents, apostrophes or hidden characters, single spaces.

    `N'Djaména`, `ndjamena` and `NDJAMENA` are one; so are `Mirage-2000D` and `mirage 2000d`. Folding twice changes
    nothing.
    """
    if text.isascii():
        plain = text.lower()
    else:
        shown = "".join(letter for letter in text if unicodedata.category(letter) not in {"Cf", "Cs"})
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", shown).casefold())
        plain = unicodedata.normalize("NFC", re.sub(_ACCENTS, "", apart).translate(_LETTERS_WITHOUT_ACCENT))
    if "." in plain:
        plain = re.sub("[.](?![0-9])", "", plain)
    return " ".join(plain.translate(_SIGNS).split())


class _Shown(dict[int, str]):
    """What is shown for a character, found when first asked for: itself, or its escape where it would not be seen."""

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        hidden = unicodedata.category(letter) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} or point in _INVISIBLE
        shown = _escape(point) if hidden else letter
        self[point] = shown
        return shown


def _escape(point: int) -> str:
    if point in {0x09, 0x0A, 0x0D}:
        return {0x09: r"\t", 0x0A: r"\n", 0x0D: r"\r"}[point]
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


_SHOWN = _Shown()


def visible(text: str, *, keep_lines: bool = False) -> str:
    r"""Return `text` with every character that acts on a terminal, or hides, written out: U+202E becomes `\u202e`.

    Control characters (line ends and tabs too, unless `keep_lines`), bidi controls, zero-width characters and
    surrogates are written out; letters, marks and signs of every script stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    if keep_lines:
        return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))
    return text.translate(_SHOWN)


def shortened(text: str, longest: int = 60) -> str:
    """Return `text` made visible and cut to `longest` characters, for an error line: a long text is no word."""
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return visible(cut)
