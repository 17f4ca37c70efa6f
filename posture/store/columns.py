"""The parts that every table is made of: types that both engines read alike, column shapes, CHECK texts.

A CHECK that evaluates to NULL passes, so each one written here names its NULL cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
"""Every table of the ledger; the migrations say the same in frozen text, and a test compares the two."""

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key or a quantity: BIGINT, or SQLite's INTEGER (64 bits as well, and the row's own address)."""
Day = sa.Text().with_variant(postgresql.DATE(), "postgresql")
"""A day of the world: DATE, or the text `2023-09-06`."""
Instant = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
"""A UTC instant: TIMESTAMPTZ, or the text `2023-09-06T18:20:00.000000Z`, which sorts as it runs."""
Flag = sa.Boolean(create_constraint=False).with_variant(sa.Integer(), "sqlite")
"""Yes or no: BOOLEAN, or 0 and 1."""
Share: sa.types.TypeEngine[Any] = sa.Double().with_variant(sa.REAL(), "sqlite")
"""A part of what was there: 0.5 is half."""


def table(name: str, *parts: Any, comment: str) -> sa.Table:
    """Return a table of the ledger; on SQLite a strict one, so that a type means there what it means on PostgreSQL."""
    made = sa.Table(name, metadata, *parts, comment=comment, sqlite_strict=True)
    for column in made.columns:
        for check in _form_checks(column):
            made.append_constraint(check.ddl_if(dialect="sqlite"))
    return made


def _form_checks(column: sa.Column[Any]) -> list[sa.CheckConstraint]:
    """Return the CHECKs that hold a day, an instant or a flag to its form where the engine has no type for it.

    What is no day is NULL to `date`, and `is` takes NULL for a value like any other: nothing is worked out twice.
    """
    name = column.name
    if column.type is Day:
        # The modifier makes SQLite count the days, so that 30 February is not taken for one.
        form = f"date({name}, '+0 days') is {name}"
        if other := column.info.get(LIKE):
            form = f"{name} = {other} or {form}"
    elif column.type is Instant:
        to_the_second = f"substr({name}, 1, 19)"
        form = (
            f"strftime('%Y-%m-%dT%H:%M:%S', {to_the_second}, '+0 days') is {to_the_second} and "
            f"substr({name}, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'"
        )
    elif column.type is Flag:
        form = f"{name} in (0, 1)"
    else:
        return []
    return [check(f"{name}_form", form if not column.nullable else f"{name} is null or ({form})")]


LIKE = "like"


def column(
    name: str, kind: Any, comment: str, *references: sa.ForeignKey, null: bool = True, like: str | None = None
) -> sa.Column[Any]:
    """Return a commented column that may be NULL unless said otherwise.

    `like` names a day that is never NULL and mostly the same: only where it is another is the form looked at.
    """
    return sa.Column(name, kind, *references, nullable=null, comment=comment, info={} if like is None else {LIKE: like})


def key(comment: str = "Number of the row, given by the writer") -> sa.Column[Any]:
    """Return the `id` column."""
    return sa.Column("id", Key, primary_key=True, autoincrement=False, comment=comment)


def reference(name: str, target: str, comment: str, *, null: bool = True, deferred: bool = False) -> sa.Column[Any]:
    """Return a column that refers to `target`'s key; a deferred one is checked when the entry is committed."""
    late: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"} if deferred else {}
    keyed = f"{target}.seq" if target == "ledger_entry" else f"{target}.id"
    return column(name, Key, comment, sa.ForeignKey(keyed, **late), null=null)


def check(name: str, text: str) -> sa.CheckConstraint:
    """Return a CHECK; its full name gets the table's in front."""
    return sa.CheckConstraint(sa.text(text), name=name)


def check_word(name: str, words: type[StrEnum] | Iterable[str], *, null: bool = True) -> sa.CheckConstraint:
    """Return the CHECK that a column holds one of the vocabulary's words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return check(name, f"{name} is null or {name} in ({listed})" if null else f"{name} in ({listed})")


def one_of(name: str, words: Iterable[str], *, null: bool = False) -> str:
    """Return the condition that a column holds one of these words, for a table of very many rows.

    SQLite makes a table of a list of more than two, for each row that is inserted alone, and that costs more than all else about
    the row.
    """
    listed = " or ".join(f"{name} = '{word}'" for word in words)
    return f"{name} is null or {listed}" if null else listed


def check_digest(name: str, *, null: bool = True) -> sa.CheckConstraint:
    """Return the CHECK that a column holds a SHA-256 in lower-case hexadecimal."""
    form = f"length({name}) = 64 and {name} = lower({name})"
    return check(name, f"{name} is null or ({form})" if null else form)


def check_code(name: str = "code") -> sa.CheckConstraint:
    """Return the CHECK that a code is lower case and can stand in an address: no blank, no slash, not empty."""
    return check(
        name,
        f"length({name}) between 1 and 120 and {name} = lower({name}) "
        f"and replace(replace({name}, '/', ''), ' ', '') = {name}",
    )


def check_together(name: str, text: str, *names: str) -> sa.CheckConstraint:
    """Return the CHECK that `text` holds wherever none of `names` is NULL."""
    unknown = " or ".join(f"{each} is null" for each in names)
    return check(name, f"{unknown} or {text}")


def check_world_time() -> list[sa.CheckConstraint]:
    """Return the CHECKs of a world time: at least one end of its start is known, and its ends are in order."""
    return [
        check_together("effective_start", "effective_from <= effective_by", "effective_from", "effective_by"),
        check_together("effective_end", "effective_by <= effective_until", "effective_by", "effective_until"),
        check_together("effective_span", "effective_from <= effective_until", "effective_from", "effective_until"),
        check(
            "effective_on",
            "(effective_from is not null and effective_on = effective_from) or "
            "(effective_from is null and effective_by is not null and effective_on = effective_by)",
        ),
    ]
