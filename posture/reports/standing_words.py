"""What a claim is to a figure, in words: the sentence that stands beside it in the evidence for a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.domain.standing import Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from posture.domain.standing import Standing

_GRADE = "its grade lets it decide only where nothing better is said"
_WORDS = {
    Role.BASE: "the figure starts here",
    Role.TIGHTENED: "fits, and with one end left open can only narrow the range",
    Role.PART_MOVED: "moves it: what {moved} a part, {line}, {moved} the whole",
    Role.PART_COUNTED: "moves the range: a part, {line}, was counted later than the whole",
    Role.CAPPED: "limits it: this is part of {line}, which had no more",
    Role.STATE: "the state in force",
    Role.AGREES: "another origin, and it agrees with {by}",
    Role.REPEATS: "the origin of {by} again, and it agrees: no second voice",
    Role.ALSO_TOLD: "another origin tells of the same happening as {by}",
    Role.CONTESTS: "another origin, and it cannot be squared with {by}",
    Role.DENIES: "another origin denies it",
    Role.DOUBTED: f"as new as the figure, but {_GRADE}",
    Role.NOT_ADMISSIBLE: _GRADE,
    Role.WITHHELD: "refuses to give the number",
    Role.NO_NUMBER: "gives no number",
    Role.TOLD_TWICE: "the origin of {by} tells of the same happening again: it counts once",
    Role.OPEN_ENDED: "leaves one end open, which {by} does not",
    Role.WORSE_GRADE: "of the same day as {by}, but of a worse grade",
    Role.SECOND_HAND: "of the same day and grade as {by}, but second hand",
    Role.RECORDED_EARLIER: "of the same day and grade as {by}, which was recorded later",
    Role.OLDER: "older than {by}",
    Role.BEFORE_THE_COUNT: "happened before {by} was counted, which has it in it already",
    Role.OLDER_STATE: "gives way to {by}, the state in force",
    Role.FAR_DENIAL: "a denial, but not of another origin within 30 days of the count",
    Role.LAPSED: "was for a time that is over",
    Role.OTHER_BASIS: "counts what is {basis}, which is never mixed with what was asked for",
    Role.RETRACTED: "retracted",
}
_BESIDE = {
    "uncertain": "it may lie before the count, or not be over: anything from none to all of it",
    "maybe_same": "it may be one happening with another report",
    "unquantified": "nobody says how many at most",
    "overdrawn": "more than there was",
}
"""What the flags that a flow causes add to what is said of it."""


def why(standing: Standing, *, line: str = "", flags: Collection[str] = ()) -> str:
    """Return in a sentence what a claim is to a figure; `line` is the address of the other line that it is about."""
    claim, role = standing.claim, standing.role
    by = f"c{standing.by}" if standing.by is not None else "what is known"
    if role is Role.BASE:
        said = _base(standing, line)
    elif role is Role.MOVED:
        said = f"moves it: so many {'came' if claim.kind == 'increase' else 'left'} since"
    elif role is Role.PART_COUNTED and standing.by is None:
        said = f"moves the range: a part, {line}, was counted, and the whole never was"
    elif role is Role.BEFORE_THE_COUNT and standing.by is None:
        said = "does not move the figure"
    else:
        moved = "enters" if claim.kind == "increase" else "leaves"
        said = _WORDS[role].format(by=by, line=line, moved=moved, basis=claim.basis)
    beside = [_BESIDE[flag] for flag in flags if flag in _BESIDE] if role in (Role.MOVED, Role.PART_MOVED) else []
    return "; ".join((said, *beside))


def _base(standing: Standing, line: str) -> str:
    """Return what the base is: a count, a withdrawal, or where a machine was seen last."""
    claim = standing.claim
    if standing.by is not None:
        return f"the figure starts anew here: it cannot be squared with c{standing.by}"
    if claim.marker:
        return (
            f"the figure starts here: the machine was then at {line}" if line else "the figure starts here: it was seen"
        )
    if claim.status == "withdrawn":
        return "the figure starts here: all were withdrawn"
    return _WORDS[Role.BASE]
