"""Rows as a database hands them over quickest: numbers in place of the codes of the catalogue, and texts ready made.

A million claims name a few thousand lines. To join each claim with what its line is called, where it is and whose it is costs
more than all the rest, and so does making a value of each column; so the catalogue is read once, into memory, and a claim
comes with the number of its line. For CSV the database also joins runs of columns by commas, such as never need a quote:
numbers, days, codes and fixed words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from posture.exports.fields import Field

Row = tuple[Any, ...]
"""The values of a row, in the order of the fields."""


class Part(NamedTuple):
    """Fields that stand side by side, and how they come."""

    fields: tuple[Field, ...]
    """The fields, in their order."""
    table: Mapping[Any, Row] | None = None
    """What each number stands for, where they come as one number; None where each comes as its value."""

    @property
    def is_run(self) -> bool:
        """Whether the database can join them: none needs a quote, and each is written as the database would."""
        return self.table is None and all(_never_quoted(field) for field in self.fields)

    @property
    def is_joined(self) -> bool:
        """Whether it stands in the lines that the database writes: as a run, or as a number."""
        return self.is_run or self.table is not None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(field.name for field in self.fields)


class Coded(NamedTuple):
    """Rows in parts."""

    parts: tuple[Part, ...]
    """All fields of a content, in their order."""
    values: Callable[[], Iterator[list[Row]]]
    """Gives batches of rows: for a part with a table its number, for any other the values of its fields."""
    columns: Callable[[], Iterator[Sequence[Sequence[Any]]]]
    """Gives batches of columns, one for each part: of a run its text, of a part with a table its number as text, else the value.
    Nothing where it is not known: an empty text, or None for a number with a fraction."""

    lines: Callable[[], Iterator[tuple[str, Sequence[Sequence[Any]]]]]
    """Gives batches as lines of CSV that hold the runs and the numbers, and the columns of all other parts."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in their order."""
        return tuple(field for part in self.parts for field in part.fields)

    def batches(self) -> Iterator[list[Row]]:
        """Yield the rows as they are when written out, so many at a time."""
        for rows in self.values():
            yield list(zip(*self.of_fields(rows), strict=True))

    def of_fields(self, rows: Sequence[Row]) -> list[Sequence[Any]]:
        """Return a batch of rows as columns, one for each field."""
        given = iter(list(zip(*rows, strict=True)))
        found: list[Sequence[Any]] = []
        for part in self.parts:
            if part.table is None:
                found += [next(given) for _ in part.fields]
            else:
                found += zip(*map(part.table.__getitem__, next(given)), strict=True)
        return found


class Table(dict[Any, Row]):
    """What numbers stand for; that of no number is unknown."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Take rows of a number and what it stands for."""
        super().__init__((row[0], row[1:]) for row in rows)
        self[None] = (None,) * (len(rows[0]) - 1 if rows else 0)


def _never_quoted(field: Field) -> bool:
    return field.closed if field.kind == "text" else field.kind in ("integer", "flag", "day", "instant")
