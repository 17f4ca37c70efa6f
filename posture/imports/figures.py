"""Figures as files write them, where the marks in them are a matter of the file and not of the figure."""

from __future__ import annotations

import re

GROUPED = re.compile(r"(?<![0-9,])(?<![0-9][.])[1-9][0-9]{0,2}(?:[.][0-9]{3})+(?![0-9]|[.][0-9])")
"""A figure whose thousands could be parted by dots."""


def ungrouped(word: str) -> str:
    """Return a word with the dots between the thousands of its figures taken out, and the decimals of whole numbers: 1.500,00 is 1500."""
    return GROUPED.sub(lambda found: found[0].replace(".", ""), re.sub(r"(?<=[0-9]),0+$", "", word))
