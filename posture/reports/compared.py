"""Brings the counts and flows of lines that another origin's claims can be held against: most have nothing near them.

The dates of all counts are read from their index alone. Of the claims themselves come only the counts that have another
count or a denial within thirty days of them, what moved the line between the two, and flows that are told more than once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from posture.domain.agreement import NEAR
from posture.domain.claim import days_after
from posture.reports.as_of import APPLIES, BATCH, BEGINNING, COUNTS, FLOWS, LASTING, VISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.reports.as_of import Asking

FLOW = "c.kind in ('increase', 'decrease') and c.modality = 'actual'"
SAID = f"c.stated_on <= :as_of and {VISIBLE}"


class _Dated(NamedTuple):
    """A count, as far as its index tells."""

    id: int
    line: int
    basis: str
    on: str
    admissible: bool
    has_number: bool
    until: str | None


def comparable(asking: Asking, lines: Sequence[int], denials: Iterable[Claim]) -> list[Claim]:
    """Return the counts and flows of these lines that can be compared with others of their line, or with these denials."""
    spoken: dict[int | None, list[str]] = {}
    for denial in denials:
        spoken.setdefault(denial.line, []).append(denial.on)
    spoken = {line: sorted(days) for line, days in spoken.items()}
    wanted: list[int] = []
    windows: list[tuple[int, str, str]] = []
    for line, counts in _counts(asking, lines).items():
        near = _near(counts, sorted([*spoken.get(line, ()), *spoken.get(None, ())]))
        wanted += near
        # Flows that lie within a count which has lapsed lapse with it.
        wanted += (count.id for count in counts if count.until is not None and count.until < asking.as_of)
        kept = set(near)
        windows += ((line, *days) for days in _windows([count for count in counts if count.id in kept]))
    found = {claim.id: claim for claim in _claims(asking, COUNTS, wanted)}
    # Any flow may lie after a count whose start is open, and any may be another report of the same happening.
    opened = {claim.line for claim in found.values() if claim.start is None and claim.line is not None}
    windows += ((line, BEGINNING, asking.as_of) for line in opened | _told_twice(asking, lines))
    found.update((claim.id, claim) for claim in _flows(asking, windows))
    return list(found.values())


def _counts(asking: Asking, lines: Sequence[int]) -> Mapping[int, list[_Dated]]:
    """Return the counts of each line, whatever their basis, in the order of their dates; retracted ones may be among them."""
    found: dict[int, list[_Dated]] = {}
    for listed in _batches(lines):
        for row in asking.tuples(
            "select c.id, c.asset_id, c.counting_basis, c.effective_on, c.admissible,"
            " coalesce(c.quantity_low, c.quantity_high) is not null, c.effective_until from status_change c"
            f" where c.asset_id in ({listed}) and c.kind = 'count' and c.modality = 'actual' and {APPLIES}"
        ):
            count = _Dated._make(row)
            found.setdefault(count.line, []).append(count)
    for counts in found.values():
        counts.sort(key=lambda count: count.on)
    return found


def _near(counts: Sequence[_Dated], denials: Sequence[str]) -> list[int]:
    """Return the counts with a number near which another admissible one of their basis lies, or a denial; those as well."""
    near: set[int] = {count.id for count in counts if _any_near(count.on, denials)}
    bases: dict[str, list[_Dated]] = {}
    for count in counts:
        if count.has_number:
            bases.setdefault(count.basis, []).append(count)
    for told in bases.values():
        for place, count in enumerate(told):
            last = days_after(count.on, NEAR)
            for other in told[place + 1 :]:
                if other.on > last:
                    break
                if count.admissible or other.admissible:
                    near |= {count.id, other.id}
    return [count.id for count in counts if count.id in near]


def _any_near(day: str, days: Sequence[str]) -> bool:
    if not days:
        return False
    return bisect_right(days, days_after(day, NEAR)) > bisect_left(days, days_after(day, -NEAR))


def _windows(counts: Sequence[_Dated]) -> Iterator[tuple[str, str]]:
    """Yield the days from a first to a last count, where each lies near the one before it."""
    first = last = ""
    for count in counts:
        if last and count.on > days_after(last, NEAR):
            yield first, last
            last = ""
        first, last = first if last else count.on, count.on
    if last:
        yield first, last


def _claims(asking: Asking, shown: str, ids: Iterable[int]) -> Iterator[Claim]:
    """Yield those of the claims that were said by the day, and are visible."""
    for listed in _batches(sorted(set(ids))):
        yield from asking.claims(
            f"select {shown} from status_change c where c.id in ({listed}) and {APPLIES} and {SAID}"
        )


def _flows(asking: Asking, windows: Sequence[tuple[int, str, str]]) -> Iterator[Claim]:
    """Yield the flows of lines that may lie between two days: (line, first, last)."""
    ends = "coalesce(c.effective_until, c.effective_by)"
    for start in range(0, len(windows), BATCH):
        values = ", ".join(
            f"({line}, {asking.day(first)}, {asking.day(last)})" for line, first, last in windows[start : start + BATCH]
        )
        for between in (
            f"c.effective_on >= w.first and c.effective_on <= w.last and {APPLIES}",
            f"{LASTING} and {ends} >= w.first and c.effective_on < w.first and {APPLIES}",
            # Written with "not", lest SQLite walk all flows before the day rather than the few that have no end.
            f"{LASTING} and {ends} is null and not (c.effective_on >= w.first or c.effective_on > :horizon)",
        ):
            each = asking.each(f"c.asset_id = w.line and {FLOW} and {between} and {SAID}")
            yield from asking.claims(
                f"with wanted(line, first, last) as (values {values}) select {FLOWS} from wanted w {each}"
            )


def _told_twice(asking: Asking, lines: Sequence[int]) -> set[int]:
    """Return the lines of which a flow is said to be the same as another."""
    if asking.db.value("select id from status_change where same_as_id is not null limit 1") is None:
        return set()
    return {
        row[0]
        for listed in _batches(lines)
        for row in asking.tuples(
            f"select distinct c.asset_id from status_change c where c.asset_id in ({listed}) and {FLOW}"
            " and c.same_as_id is not null"
        )
    }


def _batches(ids: Sequence[int]) -> Iterator[str]:
    """Yield ids as they are listed in a statement, so many at a time."""
    for start in range(0, len(ids), BATCH):
        yield ", ".join(map(str, ids[start : start + BATCH]))
