"""What the terminal can show: its width, its colours, and how many columns a text takes."""

from __future__ import annotations

import os
import sys

WIDTH_OFF_A_TERMINAL = 80
NARROWEST = 30


def terminal_width() -> int:
    """Return the columns to write in: `COLUMNS` if set, else the terminal's, else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return max(int(given), NARROWEST)
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            return max(os.get_terminal_size(stream.fileno()).columns, NARROWEST) if stream else WIDTH_OFF_A_TERMINAL
        except (OSError, ValueError, AttributeError):
            continue
    return WIDTH_OFF_A_TERMINAL


def may_style(*, no_color: bool) -> bool:
    """Return whether bold and dim may be used on standard output."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in ("", "dumb"):
        return False
    return sys.stdout is not None and sys.stdout.isatty()


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes: two for wide characters, none for combining ones."""
    if text.isascii() or max(text) < "\u0300":
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fill(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` with spaces up to `width` columns."""
    gap = " " * max(width - columns(text), 0)
    return gap + text if right else text + gap


def wrap(text: str, width: int) -> list[str]:
    """Return `text` as lines of at most `width` columns: broken at spaces, else in codes, else wherever it must be."""
    width = max(width, 4)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if columns(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = [word] if columns(word) <= width else _broken(word, width)
        lines += whole
    lines.append(line)
    return lines


def pieces(word: str) -> list[str]:
    """Return the parts between which a word may be broken: after a slash, or a hyphen that follows a letter."""
    parts, start = [], 0
    for place in range(1, len(word)):
        if word[place - 1] in "/;" or (word[place - 1] == "-" and place > 1 and word[place - 2].isalpha()):
            parts.append(word[start:place])
            start = place
    parts.append(word[start:])
    return parts


def _broken(word: str, width: int) -> list[str]:
    lines, line = [], ""
    for piece in pieces(word):
        if columns(line + piece) <= width:
            line += piece
            continue
        if line:
            lines.append(line)
        line = piece
        while columns(line) > width:
            end = _fits(line, width)
            lines.append(line[:end])
            line = line[end:]
    lines.append(line)
    return lines


def _fits(word: str, width: int) -> int:
    """Return how many characters of `word` fit into `width` columns; at least one, and its combining marks with it."""
    end = 1
    while end < len(word) and columns(word[: end + 1]) <= width:
        end += 1
    return end
