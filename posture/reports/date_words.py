"""When something was so, in words: as claimed, with a vague date shown as vague."""

from __future__ import annotations

import re

_MONTH_OR_YEAR = re.compile(r"\d{4}(-(0\d|1[0-2]))?[~?%]?")


def date_words(edtf: str, first: str | None, by: str | None) -> str:
    """Return a date as it was claimed, for a person: `2023-10-09`, `2023-09 (some day)`, `2023-10-05 to 2023-12-13`.

    `first` and `by` are the earliest and the latest day on which it may have begun; None is open.
    """
    if edtf.endswith("/.."):
        return f"since {edtf[:-3]}"
    if first is None:
        return f"until {edtf.removeprefix('../')}" if edtf.startswith("../") else f"{by} or before"
    if by is None:
        return f"some day from {first} on"
    if "/" in edtf:
        return edtf.replace("/", " to ")
    if first == by:
        return first
    if edtf.startswith("[") and "," in edtf:
        return " or ".join(edtf.strip("[]").split(","))
    return f"{edtf} (some day)" if _MONTH_OR_YEAR.fullmatch(edtf) else f"some day from {first} to {by}"
