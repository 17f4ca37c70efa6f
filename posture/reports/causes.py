"""Why two answers about one line differ: the claims that came in between, that were withdrawn, or that no longer hold.

Only what decided either answer is looked at, so that the cost follows the number of lines that changed. What came in by
record time is told apart from what merely came to be so in the world:

- `new`, `corrected`, `retracted`, `restored`: recorded in between; `origin`: a source was said to repeat another;
- `dated`: it happened in between; `completed`: it was under way and is done; `ended`: its stated end has passed;
  `again`: it decides again, what had displaced it having gone;
- `stated`: a plan was made known; `outcome`: said to be what became of it; `overdue`: its day has passed;
- `catalogue`: a row of the catalogue was moved in its tree, which restates both answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.reports.claim_rows import address, claim_rows, grade
from posture.reports.restated import moves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posture.domain.plans import Plan
    from posture.reports.point import Point
    from posture.store.connection import Database

Cause = dict[str, Any]
"""mark, entry, claim, replaced_by, source, grade, effective, said."""
MOST_BESIDE = 20
"""Claims told of a line that changed though none of its own did: a claim of another line may have been joined with one."""
BATCH = 500


class Causes:
    """What lies between two points of both clocks."""

    def __init__(self, db: Database, before: Point, after: Point, claims: Iterable[int]) -> None:
        """`claims` are all that decided either answer of what has changed."""
        self.db = db
        self.days = (str(before.question.as_of), str(after.question.as_of))
        self.entries = (before.known.seq, after.known.seq)
        self.rows: dict[int, Mapping[str, Any]] = {}
        between = "select id from source_origin where seq > :after and seq <= :until limit 1"
        window = {"after": self.entries[0], "until": self.entries[1]}
        self.origins_declared = db.value(between, window) is not None
        self.moves = moves(db, *self.entries) if self.entries[0] < self.entries[1] else []
        self._bring(claims)

    def _bring(self, claims: Iterable[int]) -> None:
        """Read claims that were not read yet, and the corrections that took their places."""
        waiting = set(claims) - self.rows.keys()
        while waiting:
            ordered = sorted(waiting)
            found = []
            for start in range(0, len(ordered), BATCH):
                listed = ", ".join(map(str, ordered[start : start + BATCH]))
                found += claim_rows(self.db, f"c.id in ({listed})", {})
            self.rows.update((row["id"], row) for row in found)
            waiting = {
                row["replaced_by"] for row in found if self._withdrawn(row) and row["replaced_by"]
            } - self.rows.keys()

    def _recorded(self, seq: int | None) -> bool:
        """Return whether an entry was written in between."""
        return seq is not None and self.entries[0] < seq <= self.entries[1]

    def _withdrawn(self, row: Mapping[str, Any]) -> bool:
        return self._recorded(row["retracted_by_entry"])

    def of(self, before: frozenset[int], after: frozenset[int], about: str) -> list[Cause]:
        """Return why the answers that these claims decided differ; `about` is the line's address, not to be said again."""
        causes: list[Cause] = []
        mends: set[int] = set()
        for number in sorted(before):
            row = self.rows[number]
            if self._withdrawn(row):
                instead = self.rows.get(row["replaced_by"] or 0)
                mends.update([instead["id"]] if instead else [])
                causes.append(self._withdrawal(row, instead, about))
        for number in sorted(after - mends):
            mark = self._came(self.rows[number], number in before)
            causes += [self._cause(mark, self.rows[number], about)] if mark else []
        gone = [self.rows[number] for number in sorted(before - after)]
        causes += [
            self._cause("ended", row, about) for row in gone if not self._withdrawn(row) and self._has_ended(row)
        ]
        return causes + self._origins({self.rows[number]["source_id"] for number in before | after})

    def _came(self, row: Mapping[str, Any], decided: bool) -> str:
        """Return why a claim decides now; nothing where it did so already, and nothing about it has changed."""
        if self._recorded(row["seq"]):
            return "restored" if row["restates_id"] else "new"
        if decided:
            ends = row["effective_until"] or row["effective_by"]
            lasting = row["kind"] in ("increase", "decrease") and ends is not None
            return "completed" if lasting and self.days[0] < str(ends) <= self.days[1] else ""
        return "dated" if str(row["effective_on"]) > self.days[0] else "again"

    def _has_ended(self, row: Mapping[str, Any]) -> bool:
        """Return whether it was said to hold until a day that has passed; a happening that took long stays done."""
        until = row["effective_until"]
        return row["kind"] in ("count", "status") and until is not None and self.days[0] <= str(until) < self.days[1]

    def _cause(self, mark: str, row: Mapping[str, Any], about: str, **more: Any) -> Cause:
        return {
            "mark": mark,
            "entry": row["seq"],
            "claim": row["id"],
            "replaced_by": None,
            "source": row["source"],
            "grade": grade(row),
            "effective": row["effective_edtf"],
            "said": _said(row, about),
            **more,
        }

    def _withdrawal(self, row: Mapping[str, Any], instead: Mapping[str, Any] | None, about: str) -> Cause:
        entry = row["retracted_by_entry"]
        if instead is None:
            return self._cause("retracted", row, about, entry=entry)
        said = f"{_said(row, about)}, now {_said(instead, about)}"
        return self._cause(
            "corrected",
            instead,
            about,
            entry=entry,
            claim=row["id"],
            replaced_by=instead["id"],
            said=said,
        )

    def _origins(self, sources: set[int]) -> list[Cause]:
        """Return what was declared in between of the origins of sources, and of what they repeat."""
        if not self.origins_declared:
            return []
        found: dict[int, Mapping[str, Any]] = {}
        seen: set[int] = set()
        waiting = set(sources)
        while waiting:
            seen |= waiting
            listed = ", ".join(map(str, sorted(waiting)))
            rows = self.db.all(
                "select o.id, o.seq, o.source_id, o.origin_id, s.code as source, r.code as origin from source_origin o"
                " join source s on s.id = o.source_id left join source r on r.id = o.origin_id"
                f" where o.source_id in ({listed}) and o.seq <= :until order by o.seq, o.ordinal",
                {"until": self.entries[1]},
            )
            found.update((row["id"], row) for row in rows if self._recorded(row["seq"]))
            waiting = {row["origin_id"] for row in rows if row["origin_id"] is not None} - seen
        return [
            {
                **_NOTHING,
                "mark": "origin",
                "entry": row["seq"],
                "source": row["source"],
                "said": f"repeats {row['origin']}" if row["origin"] else "is its own origin",
            }
            for row in sorted(found.values(), key=lambda row: row["id"])
        ]

    def beside(self, lines: Iterable[int], about: str) -> list[Cause]:
        """Return the newest claims recorded or withdrawn in between about lines, where nothing that decided them was."""
        listed = ", ".join(map(str, sorted(lines)))
        if not listed or self.entries[0] == self.entries[1]:
            return []
        where = {"after": self.entries[0], "until": self.entries[1]}
        limit = f"limit {MOST_BESIDE}"
        found = self.db.tuples(
            "select c.id from status_change c where c.seq > :after and c.seq <= :until and"
            f" c.asset_id in ({listed}) order by c.seq desc, c.ordinal desc {limit}",
            where,
        ) + self.db.tuples(
            "select c.id from retraction r join status_change c on c.id = r.status_change_id where r.seq > :after"
            f" and r.seq <= :until and c.asset_id in ({listed}) order by r.seq desc, r.ordinal desc {limit}",
            where,
        )
        ids = {row[0] for row in found}
        self._bring(ids)
        withdrawn = frozenset(number for number in ids if self._withdrawn(self.rows[number]))
        return self.of(withdrawn, frozenset(ids - withdrawn), about)

    def moved(self, places: Mapping[str, Iterable[int]]) -> list[Cause]:
        """Return the rows of the catalogue, by table, that were moved in their trees in between."""
        return [
            {**_NOTHING, "mark": "catalogue", "entry": seq, "said": f"{table.replace('_', '-')} {code} was moved"}
            for seq, table, row, code in self.moves
            if row in places.get(table, ())
        ]

    def of_plan(self, before: Plan | None, after: Plan | None, about: str) -> list[Cause]:
        """Return why a plan is in another state."""
        told = {claim.id for claim in (before.claim, *before.told_too)} if before else set()
        tell = {claim.id for claim in (after.claim, *after.told_too)} if after else set()
        withdrawn = [self.rows[number] for number in sorted(told) if self._withdrawn(self.rows[number])]
        causes = [self._withdrawal(row, self.rows.get(row["replaced_by"] or 0), about) for row in withdrawn]
        for number in sorted(tell - told - {row["replaced_by"] for row in withdrawn}):
            row = self.rows[number]
            mark = ("restored" if row["restates_id"] else "new") if self._recorded(row["seq"]) else "stated"
            causes.append(self._cause(mark, row, about))
        had = {(relation, claim.id) for relation, claim in before.outcomes} if before else set()
        have = {(relation, claim.id) for relation, claim in after.outcomes} if after else set()
        for relation, number in sorted(have - had):
            causes.append(self._cause("outcome", self.rows[number], about, entry=self._linked(after, number)))
            causes[-1]["said"] = f"{relation.replace('_', ' ')}: {causes[-1]['said']}"
        gone = [number for _, number in sorted(had - have) if self._withdrawn(self.rows[number])]
        causes += [self._withdrawal(self.rows[number], None, about) for number in gone]
        if after is not None and after.overdue_days and (before is None or not before.overdue_days):
            causes.append({**_NOTHING, "mark": "overdue", "said": f"for {after.overdue_days} days"})
        return _once(causes)

    def _linked(self, plan: Plan | None, claim: int) -> int:
        """Return the entry that said so: the claim's own, or the later one that linked the two."""
        plans = ", ".join(str(one.id) for one in (plan.claim, *plan.told_too)) if plan else "0"
        seq = self.db.value(
            f"select min(l.seq) from plan_link l where l.plan_id in ({plans}) and l.claim_id = :claim", {"claim": claim}
        )
        return int(seq) if seq is not None else int(self.rows[claim]["seq"])


_NOTHING: Cause = dict.fromkeys(
    ("mark", "entry", "claim", "replaced_by", "source", "grade", "effective", "said"),
)


def _once(causes: list[Cause]) -> list[Cause]:
    """Return causes, each once."""
    return [cause for number, cause in enumerate(causes) if cause not in causes[:number]]


def _said(row: Mapping[str, Any], about: str) -> str:
    """Return what a claim says: `decrease 97`; of another line with that line's address."""
    kind = row["kind"] if row["kind"] != "status" else ""
    words = [
        row["modality"] if row["modality"] != "actual" else "",
        kind,
        (row["status"] or "").replace("_", " "),
        row["quantity_text"] or "",
    ]
    said = " ".join(word for word in words if word)
    return said if address(row) == about else f"{address(row)} {said}"
