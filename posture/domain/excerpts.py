"""Where a quoted passage stands in a source's stored text."""

from __future__ import annotations

import re


def find_excerpt(text: str, excerpt: str) -> tuple[int, int] | None:
    """Return the character offsets (start, end) of `excerpt` in `text`, or None where it does not occur.

    White space counts as equal however it is broken, because a passage that is pasted from a page changes its line
    ends; every other character must be the same.
    """
    start = text.find(excerpt)
    if start >= 0:
        return start, start + len(excerpt)
    words = excerpt.split()
    if not words:
        return None
    found = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return found.span() if found else None
