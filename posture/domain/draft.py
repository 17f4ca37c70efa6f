"""A claim as a person or a file hands it in: words, not yet read, not yet resolved.

The ledger reads the words (quantity, dates, grade), finds the codes and refuses what a rule forbids; nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDraft:
    """One claim to be logged, in the words that were typed."""

    line: str
    """What it is about: `fra-ner/drones`, or `fra-ner` for the deployment itself."""
    kind: str
    """count, increase, decrease, status or announcement."""
    source: str
    """Code of the source that says so."""
    on: str | None = None
    """When it was so in the world, as typed; the source's date by default."""
    quantity: str | None = None
    """The quantity in the source's words."""
    status: str | None = None
    """Code of the status, for `kind` status."""
    grade: str | None = None
    """Reliability and credibility, such as B2; the source's reliability with credibility 6 by default."""
    excerpt: str | None = None
    """The passage that says so; must occur in the source's stored text, if there is one."""
    locator: str | None = None
    """Where in the source: page, paragraph, minute."""
    stated_on: str | None = None
    """The day it was said; the source's publication day by default."""
    modality: str = "actual"
    """actual, planned, possible, demanded, negotiating or denied."""
    basis: str = "present"
    """present, authorised or assigned."""
    complete: bool = False
    """The source says that the parts it lists are all there are."""
    reason: str | None = None
    """Why the quantity changed: arrival, departure, rotation..."""
    note: str | None = None
    """The analyst's own remark."""
    transfer: str | None = None
    """Identifier that joins the two sides of a move."""
    other: str | None = None
    """Code of the deployment on the other side of a move, even while nobody has reported that side."""
    same_as: int | None = None
    """Id of a claim that reports the same happening."""
    after: int | None = None
    """Id of a claim of the same day that this one happened after."""
    own_words: bool | None = None
    """False where the source repeats another's words; by default, whether the source is its own origin."""
    fulfils: tuple[int, ...] = ()
    """Ids of the plans that this claim fulfils."""
    partly_fulfils: tuple[int, ...] = ()
    """Ids of the plans that this claim fulfils in part."""
    cancels: tuple[int, ...] = ()
    """Ids of the plans that this claim cancels."""
    supersedes: tuple[int, ...] = ()
    """Ids of the plans that this claim takes the place of."""
