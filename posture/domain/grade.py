"""The NATO Admiralty grade: how reliable the source is, and how credible what it says."""

from __future__ import annotations

from dataclasses import dataclass

from posture.domain.codes import shortened
from posture.errors import UnreadableGrade

RELIABILITIES = "ABCFDE"
"""Best first. F means that reliability cannot be judged: better than D and E, which were judged and found wanting."""

CREDIBILITIES = "123645"
"""Best first. 6 means that the truth cannot be judged: better than 4 (doubtful) and 5 (improbable)."""

RELIABILITY_WORDS = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY_WORDS = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
"""What each letter and figure of the Admiralty code says."""

ADMISSIBLE_RELIABILITIES = frozenset("ABCF")
ADMISSIBLE_CREDIBILITIES = frozenset("1236")


@dataclass(frozen=True, slots=True)
class Grade:
    """A reliability and a credibility, such as B2."""

    reliability: str
    """A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be judged."""
    credibility: str
    """1 confirmed by other sources, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged."""

    @property
    def admissible(self) -> bool:
        """Whether a claim of this grade may decide while others of its kind exist."""
        return self.reliability in ADMISSIBLE_RELIABILITIES and self.credibility in ADMISSIBLE_CREDIBILITIES

    @property
    def rank(self) -> int:
        """The place in the order of grades, 0 best: credibility decides, then reliability."""
        return 6 * CREDIBILITIES.index(self.credibility) + RELIABILITIES.index(self.reliability)

    def __str__(self) -> str:
        return self.reliability + self.credibility


def grades_from(worst: str) -> list[Grade]:
    """Return every grade that is no worse than one in either part; F and 6, which cannot be judged, come after C and 3.

    Raises :class:`UnreadableGrade`.
    """
    limit = read_grade(worst)
    return [
        Grade(reliability, credibility)
        for credibility in CREDIBILITIES[: CREDIBILITIES.index(limit.credibility) + 1]
        for reliability in RELIABILITIES[: RELIABILITIES.index(limit.reliability) + 1]
    ]


def read_grade(text: str) -> Grade:
    """Return the grade that `text` writes: `B2`, `b2`, `B-2`; raises :class:`UnreadableGrade`."""
    letters = text.strip().upper()
    if len(letters) == 3 and letters[1] in "-/ ":
        letters = letters[0] + letters[2]
    if len(letters) != 2 or letters[0] not in RELIABILITIES or letters[1] not in CREDIBILITIES:
        raise UnreadableGrade(shortened(text))
    return Grade(letters[0], letters[1])


def read_reliability(text: str) -> str:
    """Return a reliability A to F, for a source; raises :class:`UnreadableGrade`."""
    letter = text.strip().upper()
    if letter not in set(RELIABILITIES):
        raise UnreadableGrade(shortened(text))
    return letter


def grade_in_words(text: str) -> str:
    """Return a grade spelled out: `usually reliable, probably true`, of `B2`."""
    grade = read_grade(text)
    return f"{RELIABILITY_WORDS[grade.reliability]}, {CREDIBILITY_WORDS[grade.credibility]}"
