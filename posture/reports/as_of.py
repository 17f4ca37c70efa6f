"""Brings the claims that decide an answer, as of a day and as known at a moment, by index seeks.

This is the one module that owns the two time predicates. *Visible*: recorded with seq up to K, not withdrawn by then.
*Applies at V*: effective on or before V. The cost follows the number of lines asked about, not the length of history:
the base of each line is a seek that stops at the first row, and after it come only claims since the base.

No actual claim starts more than a day after it was recorded (the ledger refuses that: it is a plan), so nothing known at K
applies later than the day after K. With an early K and a late V that keeps a seek from walking over all that was not
known yet; where so little was known that reading it whole is cheaper, it is read whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, overload

from posture import clock
from posture.domain.claim import Claim
from posture.domain.vocabulary import ENDS_A_PLATFORM
from posture.store.connection import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEGINNING = "0001-01-01"
"""A day before all others."""
BATCH = 2000
"""Lines asked about in one statement."""
READ_WHOLE = 4
"""Claims known per line asked about, up to which all that was known is read rather than sought."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: both clocks, what to show, and how to read it."""

    as_of: date
    """The day of the world (V)."""
    known_seq: int | None = None
    """The last entry that is known (K); None: all of them."""
    actor: str | None = None
    """Code or other name of an actor, its children taken in."""
    location: str | None = None
    """Code or other name of a location, its children taken in."""
    asset_type: str | None = None
    """Code or other name of an asset type, its children taken in."""
    deployment: str | None = None
    """Code or other name of one deployment."""
    basis: str = "present"
    """The counting basis: present, authorised or assigned."""
    min_grade: str | None = None
    """The worst grade of which a claim is taken into account, such as B2; None: all of them."""
    projected: bool = False
    """Whether open planned changes are applied."""
    totals: bool = False
    """Whether totals are added."""
    stale_after: int = 90
    """Days after which the newest claim used is flagged as stale."""


@dataclass(frozen=True)
class KnownAt:
    """A moment of record time."""

    seq: int
    """The last entry known then; 0 before the first."""
    at: str | None
    """When that entry was recorded."""


def resolve_known_at(db: Database, text: str | None) -> KnownAt:
    """Return the moment that words mean: `#12`, a date (the end of that UTC day), an instant; None is now."""
    if text is None:
        return _known(db, "select seq, recorded_at from ledger_entry order by seq desc limit 1", {})
    word = text.strip()
    if word.startswith("#"):
        from posture.errors import UnknownClaim

        seq = int(word[1:]) if word[1:].isdecimal() and len(word) < 18 else -1
        row = db.one("select seq, recorded_at from ledger_entry where seq = :seq", {"seq": seq})
        if row is None and seq != 0:
            raise UnknownClaim("entry", word)
        return KnownAt(row["seq"], row["recorded_at"]) if row else KnownAt(0, None)
    return _known(
        db,
        "select seq, recorded_at from ledger_entry where recorded_at <= :at order by recorded_at desc, seq desc limit 1",
        {"at": clock.to_text(_instant(word))},
    )


def _instant(word: str) -> Any:
    """Return the instant that a word names; a day is its end."""
    from datetime import UTC, datetime

    from posture.domain.dates import read_date, read_day

    if "T" in word.upper() and word[:4].isdecimal():
        try:
            at = datetime.fromisoformat(word)
        except ValueError:
            pass
        else:
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    time = read_date(word, today=clock.today())
    return time.at or clock.end_of_day(read_day(word, today=clock.today()))


def _known(db: Database, sql: str, params: Mapping[str, Any]) -> KnownAt:
    row = db.one(sql, params)
    return KnownAt(row["seq"], row["recorded_at"]) if row else KnownAt(0, None)


VISIBLE = (
    "+c.seq <= :known and not exists (select 1 from retraction r where r.status_change_id = c.id and r.seq <= :known)"
)
"""Recorded by then, and not withdrawn by then. The plus keeps seq out of the search: SQLite would walk the whole history in
its order, and PostgreSQL would try it on every row of a page rather than on the first few."""
APPLIES = "c.effective_on <= :horizon"
"""It was so by then; `:horizon` is V, or the last day that anything known at K can be about."""
HOLDS = "(c.effective_until is null or c.effective_until >= :as_of)"
"""A state whose stated end has not passed."""


def columns(alias: str, kind: str | None = None, *, statuses: bool = False) -> str:
    """Return the columns of a claim, in the order of `Claim`; the last but two is the claim that it mends, 0 for none.

    With `kind`, what claims of that kind never have, or are never asked for, is not read: each column costs a row some of its time.
    """
    lacks = _LACKS.get(kind, ())
    status = "null, null"
    if statuses:
        one = f"(select s.{{column}} from status s where s.id = {alias}.status_id)"
        status = f"{one.format(column='code')}, {one.format(column='axis')}"
    names = (
        "id seq ordinal deployment_id asset_id kind effective_on quantity_low quantity_best quantity_high quantity_form"
        " quantity_text share_low share_high share_low_open"
    )
    more = (
        "counting_basis complete modality effective_from effective_by effective_until effective_at stated_on transfer_id"
        " other_deployment_id same_as_id after_id source_id source_id"
    )
    parts = [
        ", ".join(_BLANK.get(name, "null") if name in lacks else f"{alias}.{name}" for name in words.split())
        for words in (names, more, "admissible grade_rank own_words")
    ]
    mends = (
        f"coalesce({alias}.restates_id,"
        f" (select max(m.status_change_id) from retraction m where m.replacement_id = {alias}.id), 0)"
    )
    if kind == "count":  # whose statement it is part of matters to the parts that a statement lists
        mends = f"case when {alias}.complete then {mends} else 0 end"
    elif kind == "status":
        mends = "0"
    return f"{parts[0]}, {status}, {parts[1]}, {alias}.reliability || {alias}.credibility, {parts[2]}, {mends}, null, FALSE"


_LACKS: dict[str | None, tuple[str, ...]] = {
    "count": ("share_low", "share_high", "share_low_open", "transfer_id", "other_deployment_id"),
    "flow": ("complete",),
    "status": ("complete", "transfer_id", "other_deployment_id"),
}
_BLANK = {"share_low_open": "FALSE", "complete": "FALSE"}
FIGURES, STATUSES = columns("c"), columns("c", statuses=True)
"""The columns of a claim that is no status, and of any claim."""
COUNTS, FLOWS = columns("c", "count"), columns("c", "flow")
"""Those of a count and of a flow."""

_BASE_SEEK = (
    "(select c.id from status_change c where c.asset_id = {line} and c.counting_basis = :basis"
    " and c.kind = 'count' and c.modality = 'actual' and c.admissible = {admissible} and {bounds}"
    " and c.effective_on <= {day} and {holds} and {visible}"
    " order by c.effective_on desc, c.grade_rank, c.own_words desc, c.seq desc, c.ordinal desc limit 1)"
)
_BOTH = "case when c.quantity_low is null then FALSE else c.quantity_high is not null end"
"""Said so that PostgreSQL does not make it a condition of the search, as with seq."""
_ONE = "(c.quantity_low is null) <> (c.quantity_high is null)"


def base_seek(line: str, day: str, visible: str = VISIBLE) -> str:
    """Return the expression for a line's base as of a day: the first row of each seek, admissible before the rest."""
    seeks = [
        _BASE_SEEK.format(line=line, admissible=admissible, bounds=bounds, day=day, holds=HOLDS, visible=visible)
        for admissible in ("TRUE", "FALSE")
        for bounds in (_BOTH, _ONE)
    ]
    return f"coalesce({', '.join(seeks)})"


class Statements(Sequence[str]):
    """The statements that were run, with their values written in when they are looked at: most are not."""

    def __init__(self, run: list[tuple[str, dict[str, Any]]]) -> None:
        self._run = run

    def __len__(self) -> int:
        return len(self._run)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return a statement, runnable as it stands, or several."""
        from posture.store.statements import spelled_out

        if isinstance(place, slice):
            return [spelled_out(sql, params) for sql, params in self._run[place]]
        return spelled_out(*self._run[place])


@dataclass
class Asking:
    """One question put to one database: the clocks as parameters, and the statements that were run."""

    db: Database
    question: Question
    known: KnownAt
    statements: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Settle how far the effective dates of anything known reach."""
        if self.db.engine == "postgresql":
            # Left to itself, PostgreSQL reads the whole history into a hash rather than seek once for each line; and it
            # compiles a statement that costs much, which takes longer than so many short seeks.
            self.db.execute("set local enable_hashjoin = off; set local enable_mergejoin = off; set local jit = off")
        self.visible = VISIBLE + self._graded()
        self.as_of = str(self.question.as_of)
        horizon = self.as_of
        if self.known.at is not None:
            recorded = date.fromisoformat(self.known.at[:10])
            horizon = min(horizon, str(recorded + timedelta(days=1)))
        self.params = {
            "as_of": self.as_of,
            "horizon": horizon,
            "known": self.known.seq,
            "basis": self.question.basis,
        }

    def _graded(self) -> str:
        """Return the condition for a claim to be graded well enough, where the question asks for that."""
        if self.question.min_grade is None:
            return ""
        from posture.domain.grade import grades_from

        listed = ", ".join(str(grade.rank) for grade in grades_from(self.question.min_grade))
        return f" and c.grade_rank in ({listed})"

    def tuples(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, and keep it for `--sql`."""
        wanted = {**self.params, **more}
        self.statements.append((sql, wanted))
        return self.db.tuples(sql, wanted)

    def claims(self, sql: str, **more: Any) -> list[Claim]:
        """Return the claims that a statement selects."""
        return list(map(_claim, self.tuples(sql, **more)))

    def day(self, text: str) -> str:
        """Return a day as a literal of the engine in use."""
        day = max(BEGINNING, text)
        return f"date '{day}'" if self.db.engine == "postgresql" else f"'{day}'"

    def recorded_since(self, day: str) -> int:
        """Return the first entry that can say that something was so, or was said, on a day or later: the others are too old."""
        eve = date.fromisoformat(max(BEGINNING, day)).toordinal() - 1
        first = self.db.value(
            "select seq from ledger_entry where recorded_at >= :at order by recorded_at, seq limit 1",
            {"at": f"{date.fromordinal(max(1, eve))}T00:00:00.000000Z"},
        )
        return int(first) if first is not None else self.known.seq + 1

    # All that is known, where that is little

    def few_known(self, lines: int) -> bool:
        """Return whether so little was known at K, of all that is recorded, that it is read whole."""
        newest = "select id from status_change where seq <= :known order by seq desc, ordinal desc limit 1"
        count = int(self.db.value(newest, {"known": self.known.seq}) or 0)
        total = int(self.db.value(newest, {"known": 2**62}) or 0)
        return count <= READ_WHOLE * lines and count * 4 <= total

    def all_known(self) -> list[Claim]:
        """Return every claim that is visible and applies, denials among them."""
        return self.claims(
            f"select {STATUSES} from status_change c where c.seq <= :known and {APPLIES} and {self.visible}"
            " and (c.modality = 'denied' or (c.modality = 'actual' and c.kind <> 'announcement'))"
        )

    # The seeks

    def bases(self, lines: Sequence[int] | None) -> list[Claim]:
        """Return the base of each line, by its counts alone; of all lines where None."""
        sql = f"select {columns('b', 'count')} from asset a join status_change b on b.id = {base_seek('a.id', ':horizon', self.visible)}"
        return [claim for where in _batches("a.id", lines) for claim in self.claims(sql + where)]

    def bases_as_of(self, days: Mapping[int, str]) -> list[Claim]:
        """Return the base that each line had on a day of its own."""
        return [
            claim
            for wanted in self.wanted(days)
            for claim in self.claims(
                f"with {wanted} select {columns('b', 'count')} from wanted w join status_change b on b.id = {base_seek('w.line', 'w.day', self.visible)}"
            )
        ]

    def wanted(self, days: Mapping[int, str]) -> Iterable[str]:
        """Yield the beginnings of statements about lines, each since or as of a day of its own: `wanted(line, day)`."""
        pairs = sorted(days.items())
        for start in range(0, len(pairs), BATCH):
            values = ", ".join(f"({line}, {self.day(day)})" for line, day in pairs[start : start + BATCH])
            yield f"wanted(line, day) as (values {values})"

    def each(self, condition: str) -> str:
        """Return what joins to each row of `wanted` the claims for which a condition holds, sought for that row alone."""
        if self.db.engine == "postgresql":
            # Left to choose, it may read all lapsed counts, or all denials, and compare each with every row.
            return f"cross join lateral (select c.* from status_change c where {condition} offset 0) c"
        return f"join status_change c on {condition}"

    def _since(self, days: Mapping[int, str], condition: str, shown: str = COUNTS) -> list[Claim]:
        each = self.each(f"c.asset_id = w.line and {condition} and {self.visible}")
        return [
            claim
            for wanted in self.wanted(days)
            for claim in self.claims(f"with {wanted} select {shown} from wanted w {each}")
        ]

    def counts_since(self, days: Mapping[int, str]) -> list[Claim]:
        """Return the counts of each line from a day of its own on."""
        return self._since(
            days,
            "c.counting_basis = :basis and c.kind = 'count' and c.modality = 'actual' and c.admissible in (TRUE, FALSE)"
            f" and c.effective_on >= w.day and {APPLIES} and {HOLDS}",
        )

    def flows_since(self, days: Mapping[int, str]) -> list[Claim]:
        """Return the flows of each line that may lie after a day of its own, those that began before it among them."""
        flow = "c.kind in ('increase', 'decrease') and c.modality = 'actual'"
        basis = "c.counting_basis = :basis"
        found = self._since(days, f"{flow} and {basis} and c.effective_on >= w.day and {APPLIES}", FLOWS)
        later = {line: day for line, day in days.items() if day > BEGINNING}
        found += self._since(
            later,
            f"{flow} and {LASTING} and {basis} and coalesce(c.effective_until, c.effective_by) >= w.day"
            f" and c.effective_on < w.day and {APPLIES}",
            FLOWS,
        )
        found += self._since(
            later,
            # Written with "not", lest SQLite walk all flows before the day rather than the few that have no end.
            f"{flow} and {LASTING} and {basis} and coalesce(c.effective_until, c.effective_by) is null"
            " and not (c.effective_on >= w.day or c.effective_on > :horizon)",
            FLOWS,
        )
        return found

    def joined(self, targets: Sequence[int], claims: Sequence[int]) -> list[Claim]:
        """Return the flows among these targets of `same_as`, and those that name one of these claims by it."""
        flow = (
            f"c.kind in ('increase', 'decrease') and c.modality = 'actual' and c.counting_basis = :basis and {APPLIES}"
            f" and {self.visible}"
        )
        found = [
            claim
            for where in _batches("c.id", targets)
            for claim in self.claims(f"select {FLOWS} from status_change c{where} and {flow}")
        ]
        if self.db.value("select id from status_change where same_as_id is not null limit 1") is None:
            return found
        return found + [
            claim
            for where in _batches("c.same_as_id", claims)
            for claim in self.claims(
                f"select {FLOWS} from status_change c{where} and c.same_as_id is not null and {flow}"
            )
        ]

    def lapsed_since(self, days: Mapping[int, str]) -> list[Claim]:
        """Return the counts whose stated end lies between a day of each line's own and V."""
        return self._since(
            days,
            "c.counting_basis = :basis and c.kind = 'count' and c.modality = 'actual'"
            f" and c.effective_until is not null and c.effective_until >= w.day and c.effective_until < :as_of and {APPLIES}",
        )

    def whereabouts(self, days: Mapping[int, str]) -> list[Claim]:
        """Return what says where single machines are, from a day of each line's own on: counts, presence, lifecycle."""
        since = f"c.admissible in (TRUE, FALSE) and c.effective_on >= w.day and {APPLIES} and {HOLDS}"
        claim = "c.counting_basis = :basis and c.modality = 'actual'"
        placing = "c.status_id in (select s.id from status s where s.axis in ('presence', 'lifecycle'))"
        found = self._since(days, f"{claim} and c.kind = 'count' and {since}")
        return found + self._since(
            days, f"{claim} and c.kind = 'status' and c.asset_id is not null and {placing} and {since}", STATUSES
        )

    def last_placed(self, days: Mapping[int, str]) -> dict[int, str]:
        """Return, for machines that a status places, the last day up to one of their own on which an admissible one did."""
        if self.question.basis != "present":
            return {}
        codes = ", ".join(f"'{code}'" for code in sorted({"present", "departed", *ENDS_A_PLATFORM}))
        seek = (
            "(select c.effective_on from status_change c where c.asset_id = w.line and c.status_id = s.id"
            " and c.kind = 'status' and c.modality = 'actual' and c.asset_id is not null and c.admissible = TRUE"
            f" and c.quantity_form is null and c.counting_basis = :basis and c.effective_on <= w.day and {APPLIES}"
            f" and {HOLDS} and {self.visible} order by c.effective_on desc limit 1)"
        )
        last: dict[int, str] = {}
        for wanted in self.wanted(days):
            for line, day in self.tuples(
                f"with {wanted} select w.line, {seek} from wanted w cross join status s where s.code in ({codes})"
            ):
                if day is not None:
                    last[line] = max(last.get(line, ""), day)
        return last

    def withdrawals(self, deployments: Sequence[int] | None) -> list[Claim]:
        """Return every `withdrawn` phase of these deployments or of all; one that has lapsed takes flows along."""
        return [
            claim
            for where in _batches("d.id", deployments)
            for claim in self.claims(
                # A cross join: SQLite keeps the order, and seeks once for each deployment.
                f"select {STATUSES} from deployment d cross join status_change c{where or ' where TRUE'}"
                " and c.deployment_id = d.id and c.asset_id is null and c.kind = 'status' and c.modality = 'actual'"
                " and c.status_id = (select s.id from status s where s.code = 'withdrawn')"
                f" and c.counting_basis = :basis and {APPLIES} and {self.visible}"
            )
        ]

    def announced(self, deployments: Sequence[int]) -> dict[int, Claim]:
        """Return the newest actual announcement about each deployment as a whole."""
        return {
            claim.deployment: claim
            for where in _batches("d.id", deployments)
            for claim in self.claims(
                f"select {columns('b')} from deployment d join status_change b on b.id = (select c.id from status_change c"
                " where c.deployment_id = d.id and c.asset_id is null and c.kind = 'announcement' and c.modality = 'actual'"
                f" and {APPLIES} and {self.visible} order by c.seq desc, c.ordinal desc limit 1){where}"
            )
        }

    def denials(self, lines: Mapping[int, tuple[int, str, str]]) -> list[Claim]:
        """Return the denials of lines and of their deployments, within days: line to (deployment, first, last)."""
        deployments: dict[int, tuple[str, str]] = {}
        for deployment, first, last in lines.values():
            known = deployments.get(deployment, (first, last))
            deployments[deployment] = (min(first, known[0]), max(last, known[1]))
        of_lines = [(deployment, str(line), first, last) for line, (deployment, first, last) in lines.items()]
        of_deployments = [(deployment, "null", first, last) for deployment, (first, last) in deployments.items()]
        found = self._denials(of_lines, "c.asset_id = w.line")
        return found + self._denials(of_deployments, "c.asset_id is null")

    def _denials(self, wanted: Sequence[tuple[int, str, str, str]], about: str) -> list[Claim]:
        each = self.each(
            f"c.deployment_id = w.deployment and {about} and c.modality = 'denied' and c.counting_basis = :basis"
            f" and c.effective_on >= w.first and c.effective_on <= w.last and c.effective_on <= :as_of and {self.visible}"
        )
        found = []
        for start in range(0, len(wanted), BATCH):
            values = ", ".join(
                f"({deployment}, {line}, {self.day(first)}, {self.day(last)})"
                for deployment, line, first, last in wanted[start : start + BATCH]
            )
            found += self.claims(
                f"with wanted(deployment, line, first, last) as (values {values}) select {STATUSES} from wanted w {each}"
            )
        return found


_claim = partial(tuple.__new__, Claim)
"""What `Claim._make` does, in a fifth of its time: a report makes hundreds of thousands."""

LASTING = "(c.effective_by is null or coalesce(c.effective_until, c.effective_by) > c.effective_on)"
"""A happening that may have ended on a later day than the one that orders it."""


def _batches(column: str, ids: Sequence[int] | None) -> Iterable[str]:
    """Yield the conditions that name all of these ids, so many in one statement; nothing to name where None."""
    if ids is None:
        yield ""
        return
    for start in range(0, len(ids), BATCH):
        yield f" where {column} in ({', '.join(map(str, ids[start : start + BATCH]))})"
