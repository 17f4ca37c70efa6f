"""What each flag of a report means, in one line for the foot of a table."""

from __future__ import annotations

MEANINGS = {
    "capped": "the whole had fewer: it limits this part",
    "conflict": "the parts add up to more than the whole, which stands",
    "contested": "another source says otherwise, or the change does not fit what was there",
    "doubted": "a claim of poor grade says otherwise",
    "lapsed": "the last figure was for a time that is over",
    "maybe_same": "two reports that may be of one happening",
    "overdrawn": "more is said to have left than was there",
    "parts_newer": "a part was counted later than the whole",
    "projected": "as if open plans had been carried out",
    "sides_differ": "as many as left cannot have arrived, by what is said of both",
    "stale": "the newest claim behind the figure is old",
    "uncertain": "a change may fall before or after the count",
    "unquantified": "some left, nobody says how many",
    "withheld": "a newer source refuses to give the number",
}


def meaning(flag: str) -> str:
    """Return what a flag means; the flag itself, in words, where no line was written for it."""
    return MEANINGS.get(flag, flag.replace("_", " "))
