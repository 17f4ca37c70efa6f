"""Keeps the projection: every line's posture and every plan's state as of now, for those who read by SQL.

The rules are the reports', and this layer does not know them. Whoever opens the database hands in what computes rows, its
`keeper`: each write then computes what it touches, in its own transaction. A writer without one marks what it touches as
out of date, so that no figure is ever shown as current that is not.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from posture import clock
from posture.ledger.touching import touched

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from posture.ledger.entry import Entry
    from posture.store.connection import Database, Keeper

BATCH = 2000
AT_ONCE = 2_000
"""Lines that a write computes itself; of more it marks all and says so, lest every other writer wait for it."""
AGE = ("as_of", "known_seq", "touched_seq")
"""The columns that say how old a row is; the others are what the rules gave."""


class _Kept(NamedTuple):
    """One table of the projection."""

    table: str
    key: str
    columns: tuple[str, ...]
    """What the rules give."""
    everything: str
    """The statement of all ids that have a row."""
    unknown: Mapping[str, Any]
    """What a row is of which the rules say nothing."""


_PLAN = (
    "select c.id from status_change c where c.modality in ('planned', 'possible', 'demanded', 'negotiating')"
    " and not exists (select 1 from retraction r where r.status_change_id = c.id)"
)
LINES = _Kept(
    "current_posture",
    "asset_id",
    (
        *("is_known", "low", "best", "high", "stated_low", "stated_best", "stated_high", "quantity_text"),
        *("phase", "presence", "activity", "condition", "lifecycle", "status"),
        *("since", "base_id", "source_id", "grade", "origins", "flags"),
    ),
    "select c.id from asset c where TRUE",
    {"is_known": False},
)
PLANS = _Kept(
    "current_plan",
    "plan_id",
    ("speaker_id", "state", "overdue_days", "low", "high", "outcomes"),
    _PLAN,
    {},
)


def keep(entry: Entry) -> None:
    """Bring the projection up to what an entry that has just been written makes of it."""
    db, found = entry.db, touched(entry)
    if not found.lines and not found.plans:
        return
    if db.keeper is None or len(found.lines) > AT_ONCE:
        _mark(db, LINES, found.lines, entry.seq)
        _mark(db, PLANS, found.plans, entry.seq)
        if db.keeper is not None:
            entry.say(f'this touches {len(found.lines):,} lines: run "posture db refresh" before reading them by SQL')
        return
    _compute(db, db.keeper, found.lines, found.plans, entry.seq)


def catch_up(db: Database, most: int = AT_ONCE) -> bool:
    """Compute what is marked as out of date; return whether none is left. More lines than `most` are left as they are."""
    with db.write():
        late = "select {key} from {table} where known_seq < touched_seq"
        lines, plans = (
            {row[0] for row in db.tuples(late.format(key=kept.key, table=kept.table))} for kept in (LINES, PLANS)
        )
        if not lines and not plans:
            return True
        if db.keeper is None or len(lines) > most:
            return False
        _compute(db, db.keeper, lines, plans, int(db.value("select max(seq) from ledger_entry") or 0))
        return True


def _compute(db: Database, keeper: Keeper, lines: Collection[int], plans: Collection[int], seq: int) -> None:
    """Compute the rows of lines and plans as of now, and put them in the place of those that are there."""
    today = clock.today()
    there = _ids(db, LINES, lines), _ids(db, PLANS, plans)
    rows = keeper(db, today, *there)
    for kept, ids, wanted, computed in zip((LINES, PLANS), (lines, plans), there, rows, strict=True):
        _remove(db, kept, ids)
        _put(db, kept, wanted, computed, {"as_of": str(today), "known_seq": seq, "touched_seq": seq})


def refresh(db: Database, tell: Callable[[str], None] = lambda _: None) -> int:
    """Compute the whole projection anew as of now; return how many rows were not what the rules give as of now."""
    if db.keeper is None:
        raise RuntimeError("nothing here computes the current posture")
    with db.write():
        today, seq = clock.today(), int(db.value("select max(seq) from ledger_entry") or 0)
        age = {"as_of": str(today), "known_seq": seq, "touched_seq": seq}
        tell("reading the lines and plans")
        computed = db.keeper(db, today, None, None)
        changed = 0
        for kept, rows in zip((LINES, PLANS), computed, strict=True):
            wanted = _ids(db, kept, None)
            tell(f"writing {len(wanted):,} rows of {kept.table}")
            before = dict(_stored(db, kept))
            changed += len(before.keys() - wanted)
            changed += sum(before.get(each) != _row(kept, rows.get(each)) for each in wanted)
            db.execute(f"delete from {kept.table}")
            _put(db, kept, wanted, rows, age)
        return changed


def outdate(db: Database) -> None:
    """Mark every row as out of date, for what is too much to compute at once; `posture db refresh` computes it."""
    seq = int(db.value("select max(seq) from ledger_entry") or 0)
    for kept in (LINES, PLANS):
        _mark(db, kept, _ids(db, kept, None), seq)


def differences(db: Database) -> Iterator[str]:
    """Yield what is not as it should be, a line for each row: computed anew as of its own day, with what is known now."""
    if db.keeper is None:
        return
    for place, kept in enumerate((LINES, PLANS)):
        wanted, stored = _ids(db, kept, None), dict(_stored(db, kept))
        for number in sorted(wanted ^ stored.keys()):
            yield f"{_named(db, kept, number)} {'has no row' if number in wanted else 'should have no row'}"
        by_day: dict[str, set[int]] = {}
        for number, day, known, last in db.tuples(
            f"select {kept.key}, as_of, known_seq, touched_seq from {kept.table} order by as_of, {kept.key}"
        ):
            if known < last:
                yield f"{_named(db, kept, number)} is out of date: entry #{last} touched it after #{known}"
            elif number in wanted:
                by_day.setdefault(day, set()).add(number)
        for day, numbers in by_day.items():
            asked: tuple[Collection[int], Collection[int]] = (numbers, ()) if place == 0 else ((), numbers)
            rows = db.keeper(db, date.fromisoformat(day), *asked)[place]
            for number in sorted(numbers):
                if stored[number] != _row(kept, rows.get(number)):
                    yield f"{_named(db, kept, number)} is not what the rules give as of {day}"


def _named(db: Database, kept: _Kept, number: int) -> str:
    if kept is PLANS:
        return f"the state of plan {number}"
    line = db.value(
        "select d.code || '/' || a.code from asset a join deployment d on d.id = a.deployment_id where a.id = :id",
        {"id": number},
    )
    return f"the current posture of {line or f'line {number}'}"


def _ids(db: Database, kept: _Kept, among: Collection[int] | None) -> set[int]:
    """Return the ids that have a row, of these, or all."""
    if among is None:
        return {row[0] for row in db.tuples(kept.everything)}
    return {row[0] for listed in _listed(among) for row in db.tuples(f"{kept.everything} and c.id in ({listed})")}


def _stored(db: Database, kept: _Kept) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows that are kept, by id: what the rules gave."""
    for number, *values in db.tuples(f"select {kept.key}, {', '.join(kept.columns)} from {kept.table}"):
        yield number, tuple(values)


def _row(kept: _Kept, computed: Mapping[str, Any] | None) -> tuple[Any, ...]:
    """Return what the rules give, in the order of the columns; of what they say nothing, a row that says so."""
    values = kept.unknown if computed is None else computed
    return tuple(values.get(name) for name in kept.columns)


def _mark(db: Database, kept: _Kept, ids: Collection[int], seq: int) -> None:
    """Mark rows as touched, those that are not there yet as never computed."""
    there = _ids(db, kept, ids)
    missing = set(there)
    for listed in _listed(ids):
        db.execute(f"update {kept.table} set touched_seq = :seq where {kept.key} in ({listed})", {"seq": seq})
        missing -= {row[0] for row in db.tuples(f"select {kept.key} from {kept.table} where {kept.key} in ({listed})")}
    _remove(db, kept, set(ids) - there)
    _put(db, kept, missing, {}, {"as_of": str(clock.today()), "known_seq": 0, "touched_seq": seq})


def _remove(db: Database, kept: _Kept, ids: Collection[int]) -> None:
    for listed in _listed(ids):
        db.execute(f"delete from {kept.table} where {kept.key} in ({listed})")


def _put(
    db: Database, kept: _Kept, ids: Collection[int], rows: Mapping[int, Mapping[str, Any]], age: Mapping[str, Any]
) -> None:
    """Insert a row for each id."""
    names = (kept.key, *AGE, *kept.columns)
    statement = f"insert into {kept.table} ({', '.join(names)}) values ({', '.join(f':{name}' for name in names)})"
    db.executemany(
        statement,
        (
            {kept.key: number, **age, **dict(zip(kept.columns, _row(kept, rows.get(number)), strict=True))}
            for number in sorted(ids)
        ),
    )


def _listed(ids: Collection[int]) -> Iterator[str]:
    """Yield ids as SQL lists them, so many at a time."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ", ".join(map(str, ordered[start : start + BATCH]))
