"""Every error a person can cause, built from facts: what, where, how to mend; with the exit code it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUNTIME, USAGE, NOT_FOUND, REFUSED, INTEGRITY, BUSY = 1, 2, 3, 4, 5, 75


class PostureError(Exception):
    """The base of all errors: one line for a person and an exit code for a script."""

    exit_code: ClassVar[int] = RUNTIME


class UsageMistake(PostureError):
    """The words of a command or a file are off; nothing was looked up yet."""

    exit_code = USAGE


class Refused(PostureError):
    """A rule of the ledger refuses the change."""

    exit_code = REFUSED


class IntegrityBroken(PostureError):
    """What is stored is not what was recorded."""

    exit_code = INTEGRITY


class Busy(PostureError):
    """Another writer held the database for longer than we wait."""

    exit_code = BUSY

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the database is busy: another writer held it for {seconds:g} s; nothing was written; try again"
        )


class NotFound(PostureError):
    """Something named does not exist, or names more than one thing."""

    exit_code = NOT_FOUND


LONGEST_ECHO = 80
"""Characters of a mistyped word that an error repeats."""


def _brief(word: str) -> str:
    """Return a word as an error repeats it: the beginning of one that is too long for a line."""
    return word if len(word) <= LONGEST_ECHO else word[:LONGEST_ECHO] + "..."


def _one_of(words: Sequence[str], names: Mapping[str, str] | None = None) -> str:
    """Return `"ner" (Niger) or "nga" (Nigeria)`; the name only where it says more than the code."""
    called = names or {}
    quoted = [
        f'"{word}"' + (f" ({called[word]})" if called.get(word, word).casefold() != word.casefold() else "")
        for word in words
    ]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


class UnknownCode(NotFound):
    """No row of the catalogue has this code or alias."""

    def __init__(
        self,
        noun: str,
        word: str,
        near: Sequence[str] = (),
        *,
        names: Mapping[str, str] | None = None,
        where: str | None = None,
    ) -> None:
        self.noun, self.word, self.near = noun, word, tuple(near)
        place = f" ({where})" if where else ""
        shown = noun.replace("_", "-")
        if self.near:
            mend = f"did you mean {_one_of(self.near, names or {})}?"
        else:
            verb = "create" if noun == "edition" else "add"
            mend = f'see "posture {shown} list", or add it with "posture {shown} {verb}"'
        super().__init__(f'no {shown.replace("-", " ")} "{_brief(word)}"{place}; {mend}')


class AmbiguousCode(NotFound):
    """A name fits several rows of the catalogue."""

    def __init__(self, noun: str, word: str, candidates: Sequence[str]) -> None:
        self.noun, self.word, self.candidates = noun, word, tuple(candidates)
        super().__init__(
            f'"{_brief(word)}" fits more than one {noun.replace("_", " ")}: say {_one_of(self.candidates)}'
        )


class UnknownClaim(NotFound):
    """No claim, entry or plan has this number."""

    def __init__(self, what: str, number: object) -> None:
        super().__init__(f'no {what} {number}; see "posture history"')


class UnreadableQuantity(UsageMistake):
    """A quantity is not written in any way that we read."""

    def __init__(self, text: str, why: str = "") -> None:
        self.text, self.why = text, why
        super().__init__(
            f'cannot read the quantity "{text}"{": " + why if why else ""}; '
            'write for instance 1500, ~1500, 1400..1500, ">1000", "<50", none, several, most, 30%, unknown or withheld'
        )


class UnreadableDate(UsageMistake):
    """A date is not written in any way that we read, or does not exist."""

    def __init__(self, text: str, why: str = "") -> None:
        self.text, self.why = text, why
        super().__init__(
            f'cannot read the date "{text}"{": " + why if why else ""}; '
            'write for instance 2023-09-06, 2023-09, 2023-Q3, "before 2023-07-26", 2023-10-05/2023-12-22 or "since 2020"'
        )


class NotOneDay(UnreadableDate):
    """A date is a month, a span or uncertain where one day is needed."""

    def __init__(self, text: str) -> None:
        UsageMistake.__init__(self, f'"{text}" is not one day; write the day itself, such as 2023-09-06')
        self.text, self.why = text, ""


class UnreadableGrade(UsageMistake):
    """A grade is not one of the Admiralty code's."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f'cannot read the grade "{text}"; write a reliability A to F and a credibility 1 to 6, such as B2 (F and 6: cannot be judged)'
        )


class UnknownWord(UsageMistake):
    """A word is not in the vocabulary that is expected here."""

    def __init__(self, what: str, word: str, allowed: Sequence[str], near: Sequence[str] = ()) -> None:
        self.word, self.allowed = word, tuple(allowed)
        mend = f"did you mean {_one_of(near)}?" if near else "use one of " + ", ".join(self.allowed)
        super().__init__(f'no {what} "{_brief(word)}"; {mend}')


class DatabaseMissing(PostureError):
    """There is no database at the place named."""

    def __init__(self, place: str) -> None:
        super().__init__(f'no database at {place}; make one with "posture db upgrade", or point --db at yours')


class SchemaTooOld(PostureError):
    """The database's schema is not the one that this program works with."""

    def __init__(self, found: str | None, wanted: str) -> None:
        super().__init__(
            f"the database {f'has schema {found}' if found else 'has no schema yet'}, this program works with {wanted};"
            ' run "posture db upgrade"'
        )


class SchemaTooNew(PostureError):
    """The database was made by a later program than this one."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"the database schema is at {found}, this program knows only {wanted}; install a newer posture"
        )


class ConstraintBroken(Refused):
    """The database itself refuses a row: a CHECK, a key, a reference, or the append-only triggers."""

    def __init__(self, what: str, constraint: str | None = None) -> None:
        self.constraint = constraint
        super().__init__(f"the database refuses the change: {what}; nothing was written")


class QueryRefused(Refused):
    """A query would do more than read what may be read."""


class UnknownColumn(NotFound):
    """A query names a column that no view has which it reads."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        self.name, self.near = name, tuple(near)
        mend = f"did you mean {_one_of(self.near)}?" if near else 'see "posture sql --schema"'
        super().__init__(f'no column "{_brief(name)}"; {mend}')


class UnknownView(NotFound):
    """A query names a view that there is not."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        self.name, self.near = name, tuple(near)
        mend = f"did you mean {_one_of(self.near)}?" if near else 'see "posture sql --list"'
        super().__init__(f'no view "{_brief(name)}"; {mend}')


class OutOfTime(PostureError):
    """A query took longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the query took longer than {seconds:g} s and was ended; narrow it down, or give it more with --timeout"
        )


class OutOfMemory(PostureError):
    """A query took more memory than it may."""

    def __init__(self, what: str = "the query took more memory than it may have") -> None:
        super().__init__(f"{what}; ask for fewer rows or columns at a time")
