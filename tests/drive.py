"""Applies the neutral records of a ledger's text to a real database, and asks its reports, in the oracle's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.domain.draft import ClaimDraft
from posture.ledger import catalogue, claims
from posture.ledger.entry import Writing
from posture.store import lookup
from tests.ledger_records import Correct, Log, Move, Ref, Repeats, Retract, Undo, Value
from tests.oracle import LineAnswer
from tests.oracle_record import AXES
from tests.oracle_totals import Total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posture.reports import as_of
    from posture.reports.report import Report
    from posture.store.connection import Database
    from tests.ledger_records import ClaimText, Entry, Ledger, Line, Node, Question

FORCED = Writing(force=True)
"""The ledgers of tests grade as they like: nobody has to confirm what an example calls confirmed."""


class Driven:
    """A ledger's text, logged into a database."""

    def __init__(self, db: Database, ledger: Ledger) -> None:
        self.db, self.ledger = db, ledger
        self.lines: dict[str, Line] = {line.name: line for line in ledger.lines}
        self.ids: dict[Ref, int] = {}
        """The id of each claim of the text."""
        self.refs: dict[int, Ref] = {}
        """The claim of the text for each id."""
        self.seqs: dict[int, int] = {0: 0}
        """The number that the database gave to each entry of the text."""
        self._catalogue()
        self.seqs[0] = int(db.value("select max(seq) from ledger_entry") or 0)
        for number, entry in enumerate(ledger.entries, 1):
            self._record(number, entry)

    # The catalogue

    def _catalogue(self) -> None:
        for node in _parents_first(self.ledger.places):
            self._add("location", node.code, kind="region", parent=node.parent)
        for node in _parents_first(self.ledger.actors):
            self._add("actor", node.code, kind="state", parent=node.parent)
        for node in _parents_first(self.ledger.types):
            self._add("asset_type", node.code, parent=node.parent)
        for source in self.ledger.sources:
            self._add("source", source, title=source)
        for one in self.ledger.deployments:
            self._add(
                "deployment",
                one.code,
                actor=one.actor,
                location=one.place,
                operation=one.operation,
                part_of=one.part_of,
            )
        for line in self.ledger.lines:
            if line.platform:
                self._add("platform", line.platform, designation=line.platform, asset_type=line.asset_type)
            fields = {"deployment": line.deployment, "asset_type": line.asset_type, "platform": line.platform}
            catalogue.add(self.db, "asset", {"code": line.asset, **fields}, FORCED)

    def _add(self, noun: str, code: str, **fields: str | None) -> None:
        """Add a row of the catalogue, unless every database has it or an earlier line brought it."""
        if lookup.find_code(self.db, noun, code) is None:
            named = {"name": code} if noun in ("location", "actor", "asset_type") else {}
            catalogue.add(self.db, noun, {"code": code, **named, **fields}, FORCED)

    # The entries

    def _record(self, number: int, entry: Entry) -> None:
        if isinstance(entry, Log):
            written = claims.log(self.db, [self._draft(number, text) for text in entry.claims], FORCED)
        elif isinstance(entry, Move):
            draft = self._draft(number, entry.claim)
            written = claims.move(self.db, draft.line, self._address(entry.to_line), draft, FORCED)
        elif isinstance(entry, Correct):
            written = claims.correct(self.db, self.ids[entry.target], dict(entry.changes), FORCED)
        elif isinstance(entry, Retract):
            written = self._retract(entry)
        elif isinstance(entry, Undo):
            written = claims.undo(self.db, self.seqs[entry.entry], FORCED)
        else:
            assert isinstance(entry, Repeats)
            written = catalogue.repeats(self.db, entry.source, entry.origin, FORCED)
        assert written.seq is not None
        self.seqs[number] = written.seq
        for ordinal, row in enumerate(sorted(written.claims, key=lambda claim: int(claim["ordinal"])), 1):
            self.ids[Ref(number, ordinal)] = row["id"]
            self.refs[row["id"]] = Ref(number, ordinal)

    def _retract(self, entry: Retract) -> Any:
        if entry.claim is not None:
            return claims.retract(self.db, claim=self.ids[entry.claim], writing=FORCED)
        if entry.entry is not None:
            return claims.retract(self.db, entry=self.seqs[entry.entry], writing=FORCED)
        return claims.retract(self.db, source=entry.source, writing=FORCED)

    def _address(self, name: str) -> str:
        return f"{self.lines[name].deployment}/{self.lines[name].asset}"

    def _id(self, number: int, ref: Ref | None) -> int | None:
        if ref is None:
            return None
        return -ref.ordinal if ref.entry == number else self.ids[ref]

    def _draft(self, number: int, text: ClaimText) -> ClaimDraft:
        links: dict[str, tuple[int, ...]] = {}
        for relation, ref in text.links:
            links[relation] = (*links.get(relation, ()), int(self._id(number, ref) or 0))
        return ClaimDraft(
            line=text.deployment if text.line is None else self._address(text.line),
            kind=text.kind,
            source=text.source,
            on=text.on,
            quantity=text.quantity,
            status=text.status,
            grade=text.grade,
            stated_on=text.stated_on.isoformat(),
            modality=text.modality,
            basis=text.basis,
            complete=text.complete,
            reason=text.reason,
            transfer=text.transfer,
            other=text.other,
            same_as=self._id(number, text.same_as),
            after=self._id(number, text.after),
            own_words=text.own_words,
            **links,  # type: ignore[arg-type]
        )

    # The questions

    def node_of(self, line: Line) -> tuple[str, str, str]:
        """Return actor, place and type of a line."""
        one = next(one for one in self.ledger.deployments if one.code == line.deployment)
        return one.actor, one.place, line.asset_type

    def asked(self, question: Question, **more: Any) -> as_of.Question:
        """Return a question in the reports' own terms."""
        from posture.reports.as_of import Question as Asked

        known = None if question.known is None else self.seqs[question.known]
        return Asked(
            as_of=question.as_of,
            known_seq=known,
            basis=question.basis,
            projected=question.projected,
            stale_after=question.stale_after,
            **more,
        )

    def report(self, question: Question, **more: Any) -> Report:
        """Return the posture report."""
        from posture.reports.posture import posture

        return posture(self.db, self.asked(question, **more))

    @staticmethod
    def value(row: dict[str, Any]) -> Value:
        """Return the figure of a row."""
        return _value(row)

    def line(self, question: Question, name: str) -> LineAnswer:
        """Return what the report says of a line."""
        answers = self.lines_of(question)
        return answers.get(name, NOT_REPORTED)

    def lines_of(self, question: Question) -> dict[str, LineAnswer]:
        """Return what the report says of every line in it."""
        names = {(line.deployment, line.asset): line.name for line in self.lines.values()}
        rows = self.report(question).rows
        return {names[row["deployment"], row["asset"]]: self._answer(row) for row in rows if row["asset"] is not None}

    def _answer(self, row: dict[str, Any]) -> LineAnswer:
        statuses = {
            axis: frozenset(
                (one["code"], _value(one) if _has_number(one) else None) for one in row["status"].get(axis, ())
            )
            for axis in AXES
        }
        return LineAnswer(
            _value(row),
            Value(row["stated_low"], row["stated_best"], row["stated_high"]),
            frozenset(row["flags"]),
            row["origins"],
            self.refs.get(row["change_id"]),
            statuses,
            is_known=True,
        )

    def plans(self, question: Question) -> dict[str, str]:
        """Return the plans by how the text names them, with their states."""
        from posture.reports.plans import plans

        return {str(self.refs[row["plan_id"]]): row["state"] for row in plans(self.db, self.asked(question)).rows}

    def total(self, question: Question, actor: str, place: str, asset_type: str) -> Total:
        """Return the figure of a node; where the report has none, nothing is known of it."""
        return self.find_total(question, actor, place, asset_type) or Total(Value(0, None, None))

    def find_total(self, question: Question, actor: str, place: str, asset_type: str) -> Total | None:
        """Return the figure of a node, or None where the report has none: a single line is its own total."""
        rows = self.report(question, totals=True, actor=actor, location=place, asset_type=asset_type).rows
        here = [row for row in rows if (row["actor"], row["location"], row["asset_type"]) == (actor, place, asset_type)]
        totals = [row for row in here if row["deployment"] is None] or here
        return Total(_value(totals[0]), "conflict" in totals[0]["flags"]) if totals else None


NOT_REPORTED = LineAnswer(
    Value(0, None, None),
    Value(0, None, None),
    frozenset(),
    0,
    None,
    {axis: frozenset() for axis in AXES},
    is_known=False,
)
"""A line that a report leaves out: nothing is known of it."""


def _value(row: dict[str, Any]) -> Value:
    return Value(row["low"], row["best"], row["high"])


def _has_number(row: dict[str, Any]) -> bool:
    return any(row.get(name) is not None for name in ("low", "best", "high"))


def _parents_first(nodes: Sequence[Node]) -> Iterable[Node]:
    """Return nodes so that each comes after the one above it."""
    placed: set[str | None] = {None}
    waiting = list(nodes)
    while waiting:
        node = next(
            one for one in waiting if one.parent in placed or not any(other.code == one.parent for other in nodes)
        )
        waiting.remove(node)
        placed.add(node.code)
        yield node
