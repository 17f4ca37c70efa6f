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
    """Return `text` as lines of at most `width` columns, broken at spaces, and inside a word only where it must be."""
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
        while columns(word) > width:
            head = _head(word, width)
            lines.append(head)
            word = word[len(head) :]
        line = word
    lines.append(line)
    return lines


def _head(word: str, width: int) -> str:
    """Return the longest beginning of `word` that fits, ending after a hyphen or a slash if one is near the end."""
    taken, end = 0, 0
    for end, character in enumerate(word):
        taken += columns(character)
        if taken > width:
            break
    end = max(end, 1)
    cut = max(word.rfind("-", 0, end), word.rfind("/", 0, end)) + 1
    return word[:cut] if cut > end // 2 else word[:end]
