"""Random histories, the same ones every time: whatever is recorded, corrected, retracted, edited and undone, in any order, on both engines.

After every step: a refusal changed nothing, and only the project's own errors occur. After every undo of the last entry:
what was visible before that entry is visible again, with the same posture and plans; after the undo of that undo, what was
visible after it. At the end: every hash, every derived row, every reference.

Each claim has a day of its own, because among claims that are alike in all else the later recorded comes first, and an undo
records anew.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from posture.errors import PostureError
from posture.ledger import catalogue
from posture.ledger.claims import correct, log, move, retract, undo
from posture.ledger.entry import Writing
from posture.ledger.verify import verify
from posture.reports.as_of import Question
from posture.reports.plans import plans
from posture.reports.posture import posture
from posture.store.tables import CATALOGUE, RECORD

from .conftest import claim

if TYPE_CHECKING:
    from posture.ledger.entry import Written
    from posture.store.connection import Database

START = date(2022, 1, 1)
AS_OF = date(2023, 12, 31)
LINES = ("fra-ner/personnel", "fra-ner/drones", "fra-tcd/personnel", "fra-niamey/personnel")
SOURCES = ("rfi", "voa", "paper")
COUNTS = ("100", "~80", "50..90", ">60", "<40", "none", "unknown", "withheld")
SIZES = ("5", "10..20", "half", "some", "all", "unknown")
PLANS = ("planned", "possible", "demanded", "negotiating")
OWN_NUMBERS = frozenset({"id", "seq", "ordinal", "restates_id", "same_as_id", "after_id"})
"""Columns of a claim in which the record of it anew differs."""
GROWING = (*CATALOGUE, "containment", *RECORD)


class _Undone(Exception):
    """Takes an example's rows back."""


class History:
    """A ledger that random steps are taken upon."""

    def __init__(self, db: Database, seed: int) -> None:
        self.db, self.random = db, Random(seed)
        self.days = 0
        self.names = 0
        self.created = False
        self.undone: list[int] = []
        self.told: list[str] = []

    def one_of(self, *choices: Any) -> Any:
        """Return one of these."""
        return self.random.choice(choices)

    def number(self, statement: str) -> int:
        """Return one of the numbers that a statement gives, or one that nothing has."""
        return int(self.one_of(*[row[0] for row in self.db.tuples(statement)] or [404]))

    def standing(self, also: str = "") -> int:
        """Return a claim that stands; seldom any claim."""
        gone = "not exists (select 1 from retraction where status_change_id = status_change.id)"
        where = "1 = 1" if self.one_of(*range(12)) == 0 else gone
        return self.number(f"select id from status_change where {where} {also} order by id desc")

    def day(self) -> str:
        """Return a day that no claim has yet."""
        self.days += 1
        return (START + timedelta(days=self.days)).isoformat()

    def name(self) -> str:
        """Return a name that nothing has yet."""
        self.names += 1
        return f"n{self.names}"

    def code(self, noun: str) -> str:
        """Return the code of a row, an asset's with its deployment."""
        if noun == "asset":
            rows = self.db.tuples(
                "select d.code, a.code from asset a join deployment d on d.id = deployment_id order by 1, 2"
            )
            return "/".join(self.one_of(*rows))
        return str(
            self.one_of(*[row[0] for row in self.db.tuples(f"select code from {noun} order by id desc")] or ["none"])
        )

    # Steps

    def draft(self) -> Any:
        """Return a claim in words."""
        kind = self.one_of("count", "count", "decrease", "decrease", "increase", "status", "announcement")
        line, words = self.one_of(*LINES), {"source": self.one_of(*SOURCES), "on": self.day()}
        words["modality"] = self.one_of(*("actual",) * 7, *PLANS, "denied")
        if kind == "status":
            status = self.one_of("grounded", "operating", "withdrawn")
            line = line.partition("/")[0] if status == "withdrawn" else line
            return claim(line, kind, None, status=status, **words)
        if kind == "announcement":
            return claim(line, kind, None, note=self.one_of(None, "in so many words"), **words)
        if self.one_of(*range(4)) == 0:
            words["same_as"] = self.standing(f"and kind = '{kind}'")
        if words["modality"] == "actual" and self.one_of(*range(3)) == 0:
            words |= self.link()
        return claim(line, kind, self.one_of(*(COUNTS if kind == "count" else SIZES)), **words)

    def link(self) -> dict[str, Any]:
        """Return words that settle a plan."""
        listed = ", ".join(f"'{word}'" for word in PLANS)
        relation = self.one_of("fulfils", "partly_fulfils", "cancels", "supersedes")
        return {relation: (self.standing(f"and modality in ({listed})"),)}

    def log(self) -> Written:
        """Log one claim or two."""
        drafts = [self.draft() for _ in range(self.one_of(1, 1, 2))]
        return log(self.db, drafts)

    def create(self) -> Written:
        """Log a claim about a line that has to be made on the way."""
        self.created = True
        line = f"fra-{self.one_of('niamey', 'ner', 'tcd')}/{self.one_of('jet', 'drones', 'tank')}"
        return log(self.db, [claim(line, on=self.day())], Writing(create=True))

    def move(self) -> Written:
        """Log a move."""
        words = claim("", "decrease", self.one_of(*SIZES), on=self.day(), source=self.one_of(*SOURCES))
        return move(self.db, self.one_of(*LINES), self.one_of("fra-ner", "fra-tcd", "fra-niamey/personnel"), words)

    def correct(self) -> Written:
        """Correct a claim."""
        changes = self.one_of(
            {"quantity": self.one_of(*COUNTS, *SIZES)},
            {"grade": self.one_of("B2", "C3", "D4", "B1")},
            {"source": self.one_of(*SOURCES)},
            {"on": self.day()},
            {"line": self.one_of(*LINES)},
            {"modality": self.one_of("actual", "planned")},
            {"note": self.name()},
            {"same_as": self.standing()},
            self.link(),
            self.link(),
        )
        return correct(self.db, self.standing(), changes)

    def retract(self) -> Written:
        """Retract a claim, an entry, an event or a source."""
        what = self.one_of("claim", "claim", "claim", "entry", "event", "source")
        if what == "claim":
            return retract(self.db, claim=self.standing())
        if what == "entry":
            return retract(self.db, entry=self.number("select seq from ledger_entry order by seq desc"))
        if what == "event":
            return retract(self.db, event=self.code("event"))
        return retract(self.db, source=self.code("source"))

    def undo(self) -> Written:
        """Undo any entry, an undo too; often one that was undone before."""
        if self.undone and self.one_of(0, 1):
            return undo(self.db, self.one_of(*reversed(self.undone)))
        seq = self.number("select seq from ledger_entry order by seq desc limit 12")
        written = undo(self.db, seq)
        self.undone.append(seq)
        return written

    def add(self) -> Written:
        """Add a row of the catalogue."""
        noun, name = self.one_of("location", "actor", "source", "deployment", "asset", "event", "platform"), self.name()
        place = {"parent": self.one_of(None, self.code("location")), "kind": "city"}
        force = {"parent": self.one_of(None, self.code("actor")), "kind": "armed_force"}
        where = {"actor": self.code("actor"), "location": self.code("location")}
        where |= {
            "operation": self.one_of(None, "barkhane"),
            "part_of": self.one_of(None, None, self.code("deployment")),
        }
        happened = {"title": "Talks", "kind": "talks", "source": self.code("source"), "actors": [("fra", "host")]}
        fields: dict[str, Any] = {
            "location": {"name": name, **place},
            "actor": {"name": name, **force},
            "source": {"title": name, "text": self.one_of(None, "words")},
            "deployment": where,
            "asset": {
                "deployment": self.code("deployment"),
                "asset_type": self.one_of("jet", "mq-9", "aircraft", "tank"),
            },
            "event": happened,
            "platform": {"designation": name, "asset_type": "drone", "actor": self.one_of(None, self.code("actor"))},
        }[noun]
        return catalogue.add(self.db, noun, {"code": name, **fields})

    def edit(self) -> Written:
        """Edit a row of the catalogue."""
        noun = self.one_of(
            "location", "location", "actor", "deployment", "deployment", "asset_type", "event", "asset", "source"
        )
        note = {"note": self.name()}
        changes: dict[str, Any] = {
            "location": {"parent": self.one_of("", self.code("location"))},
            "actor": {"parent": self.one_of("", self.code("actor"))},
            "deployment": self.one_of(
                {"location": self.code("location")},
                {"actor": self.code("actor")},
                {"operation": self.one_of("", "barkhane")},
                {"part_of": self.one_of("", self.code("deployment"))},
            ),
            "asset_type": {"parent": self.one_of("", self.code("asset_type"))},
            "event": self.one_of({"actors": self.one_of("", [(self.code("actor"), "target")])}, {"on": self.day()}),
        }.get(noun, note)
        return catalogue.edit(
            self.db, noun, self.code(noun), self.one_of(changes, changes, note, {"code": self.name()})
        )

    def remove(self) -> Written:
        """Remove a row of the catalogue."""
        noun = self.one_of("location", "actor", "source", "deployment", "asset", "event", "platform", "asset_type")
        return catalogue.remove(self.db, noun, self.code(noun))

    def alias(self) -> Written:
        """Give a row another name."""
        noun = self.one_of(
            "location", "actor", "deployment", "asset_type", "source", "platform", "asset", "event", "event"
        )
        return catalogue.alias(self.db, noun, self.code(noun), self.name())

    def repeats(self) -> Written:
        """State or take back the origin of a source."""
        return catalogue.repeats(self.db, self.one_of(*SOURCES), self.one_of(None, *SOURCES))

    STEPS = (
        *("log",) * 7, *("correct",) * 4, *("retract",) * 3, *("undo",) * 5, "create", "move", "move",
        "add", "add", "edit", "edit", "remove", "alias", *("repeats",) * 4,
    )  # fmt: skip

    # What must hold

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table."""
        return {table: sorted(self.db.tuples(f"select * from {table}"), key=repr) for table in GROWING}

    def visible(self) -> dict[str, Any]:
        """Return what can be seen, without the numbers that recording anew changes."""
        claims = self.db.all(
            "select * from status_change where not exists (select 1 from retraction where status_change_id = status_change.id)"
        )
        seen: dict[str, Any] = {
            "claims": _sorted({name: row[name] for name in row if name not in OWN_NUMBERS} for row in claims),
            "posture": _sorted(
                {name: row[name] for name in row if name not in ("change_id", "claims")}
                for row in posture(self.db, Question(as_of=AS_OF)).rows
            ),
            "plans": _sorted(
                {
                    **row,
                    "plan_id": None,
                    "outcomes": sorted(one["relation"] for one in row["outcomes"]),
                    "also_reported_as": len(row["also_reported_as"]),
                    "claims": len(row["claims"]),
                }
                for row in plans(self.db, Question(as_of=AS_OF)).rows
            ),
            "events": _sorted(
                {name: row[name] for name in row if name not in ("id", "code")}
                for row in self.db.all("select * from event where not exists (select 1 from retraction where event_id = event.id)")
            ),
            "origins": [
                (source, self.db.value(
                    "select origin_id from source_origin where source_id = :id order by seq desc, ordinal desc limit 1", {"id": source}
                ))
                for (source,) in self.db.tuples("select id from source order by id")
            ],
        }  # fmt: skip
        for table in (*CATALOGUE, "containment"):
            if table == "alias":  # the name of an event that is recorded again moves to it
                seen[table] = self.db.tuples("select id, event_id is null, name, language from alias order by id")
            elif table not in ("event", "event_actor", "source"):
                seen[table] = self.db.tuples(f"select * from {table} order by 1, 2")
        return seen

    def step(self) -> None:
        """Take one step, and perhaps undo it, and perhaps undo that."""
        name = self.one_of(*self.STEPS)
        before_rows = self.rows()
        before = self.visible()
        self.created = False
        written = self.attempt(name)
        self.told.append(name if written else f"{name} (refused)")
        if written is None:
            assert self.rows() == before_rows, f"a refused {name} changed something"
            return
        assert written.seq is not None
        if self.one_of(0, 1, 2):
            return
        after = self.visible()
        undone = undo(self.db, written.seq)
        self.told.append(f"undo of #{written.seq}")
        self.undone.append(written.seq)
        if not self.created:  # a line that was made on the way stays
            _same(self.visible(), before, f"{name}, undone")
        if self.one_of(0, 1):
            again = undo(self.db, undone.seq or 0)
            if not self.created:
                _same(self.visible(), after, f"{name}, undone, undone")
            if self.one_of(0, 1):
                undo(self.db, again.seq or 0)
                if not self.created:
                    _same(self.visible(), before, f"{name}, undone three times")

    def attempt(self, name: str) -> Written | None:
        """Return what a step wrote, or None where it is refused, which is an error of the project's own."""
        try:
            return getattr(self, name)()  # type: ignore[no-any-return]
        except PostureError as error:
            if "could not do it" in str(error):
                raise  # a statement that the database cannot run is nobody's mistake but ours
            return None

    def check(self) -> None:
        """Check all that a database promises of itself."""
        assert verify(self.db) == []
        if self.db.engine == "sqlite":
            assert self.db.tuples("pragma foreign_key_check") == []
        else:
            self.db.execute("set constraints all immediate")
        assert self.db.value("select count(*) - max(seq) from ledger_entry") == 0
        for column, source in (
            ("same_as_id", "status_change"),
            ("after_id", "status_change"),
            ("plan_id", "plan_link"),
        ):
            for (number,) in self.db.tuples(f"select distinct {column} from {source} where {column} is not null"):
                self.ends(number)
        twice = "select restates_id from status_change where restates_id is not null group by restates_id having count(*) > 1"
        assert self.db.tuples(twice) == []

    def ends(self, number: int) -> None:
        """Follow a reference: through replacements and restatements to a claim that stands, or to nothing, never round."""
        seen = set()
        while number not in seen:
            seen.add(number)
            gone = self.db.one("select replacement_id from retraction where status_change_id = :id", {"id": number})
            if gone is None:
                return
            again = self.db.value("select id from status_change where restates_id = :id", {"id": number})
            heir = gone["replacement_id"] or again
            if heir is None:
                return
            number = heir
        raise AssertionError(f"claim {number} stands in its own place")


def _sorted(rows: Any) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)


def _same(now: dict[str, Any], then: dict[str, Any], what: str) -> None:
    for name, seen in then.items():
        assert now[name] == seen, f"{what}: {name}"


HISTORIES = {"sqlite": 25, "postgresql": 4}
"""How many there are; each is the same every time, by its number."""
STEPS = 24


def test_any_history_keeps_its_promises(niger: Database) -> None:
    for number in range(HISTORIES[niger.engine]):
        history = History(niger, number)
        try:
            with niger.write():  # every entry is a part of it that can fail alone; all is taken back at the end
                for _ in range(STEPS):
                    history.step()
                history.check()
                raise _Undone
        except _Undone:
            pass
        except BaseException as error:
            error.add_note(f"history {number}: {', '.join(history.told)}")
            raise
