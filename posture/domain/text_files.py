"""Where things stand in the TOML files that people write, for errors that name the line; and the examples that travel along."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from posture.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER = re.compile(r"^\s*\[\[?([A-Za-z0-9_.-]+)\]\]?\s*(?:#.*)?$")


def line_of(text: str, steps: Sequence[str | int]) -> int:
    """Return the number of the line on which a value stands, or on which its table begins."""
    lines = text.splitlines()
    headers = [(number, found[1]) for number, line in enumerate(lines, 1) if (found := _HEADER.match(line))]
    begin, end, name, rest = 1, len(lines) + 1, "", list(steps)
    while rest:
        word = str(rest.pop(0))
        nth = rest.pop(0) if rest and isinstance(rest[0], int) else 0
        wider = f"{name}.{word}" if name else word
        found_at = [number for number, header in headers if header == wider and begin <= number < end]
        if not isinstance(nth, int) or nth >= len(found_at):
            return _key_line(
                lines, word, begin, min([number for number, _ in headers if number > begin], default=len(lines) + 1)
            )
        begin, name = found_at[nth], wider
        end = next((number for number, header in headers if number > begin and not header.startswith(f"{wider}.")), end)
    return begin


def _key_line(lines: Sequence[str], key: str, begin: int, end: int) -> int:
    pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
    return next((number for number in range(begin, end) if pattern.match(lines[number - 1])), begin)


def fixtures_folder() -> Path:
    """Return the folder of what travels with the program: in the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_fixtures", package.parent / "fixtures"):
        if place.is_dir():
            return place
    raise NotFound("the examples did not travel with this installation; install force-posture anew")
