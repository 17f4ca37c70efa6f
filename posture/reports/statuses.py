"""Brings the statuses that can decide, of lines and of deployments as a whole, by index seeks (rule 4).

On each axis the first whole one in the order decides, and the partial ones before it; so nothing older than the day of the newest
whole one. What is not admissible decides only where no admissible one exists; from a line's day on it can be doubted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from posture.reports.as_of import APPLIES, BEGINNING, HOLDS, columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.domain.claim import Claim
    from posture.reports.as_of import Asking


class About(NamedTuple):
    """What statuses are about."""

    key: str
    """The column that names it."""
    whole: str
    """Whether its claims are about a deployment as a whole."""

    def of(self, row: str) -> str:
        """Return the condition for a status to be about what a row names."""
        return f"c.{self.key} = {row}.about and c.asset_id {self.whole} and c.kind = 'status' and c.modality = 'actual'"


LINES, SITES = About("asset_id", "is not null"), About("deployment_id", "is null")
_ORDER = "order by c.effective_on desc, c.grade_rank, c.own_words desc, c.seq desc, c.ordinal desc limit 1"
_WHOLE = "c.quantity_form is null"


def deciding(asking: Asking, about: About, days: Mapping[int, str]) -> list[Claim]:
    """Return the first claim of each status, and the first whole one, that can decide; all that can be doubted since a day."""
    held = f"c.counting_basis = :basis and {APPLIES} and {HOLDS} and {asking.visible}"

    def first(admissible: str, condition: str) -> str:
        same = f"{about.of('n')} and c.status_id = n.status_id and c.admissible = {admissible}"
        return f"(select c.id from status_change c where {same} and {condition} and {held} {_ORDER})"

    since = f"c.effective_on >= coalesce(n.since, {asking.day(BEGINNING)})"
    firsts = (
        first("TRUE", since),
        f"case when n.whole = n.since then {first('TRUE', f'{_WHOLE} and {since}')} end",
        f"case when n.since is null then {first('FALSE', 'TRUE')} end",
        f"case when n.since is null then {first('FALSE', _WHOLE)} end",
    )
    poor = (
        f"{about.of('n')} and c.status_id = n.status_id and c.admissible = FALSE and c.effective_on >= n.day and {held}"
    )
    return [
        claim
        for wanted in asking.wanted(days)
        for claim in asking.claims(
            f"{_newest(about, wanted, held)}"
            f" select {columns('b', 'status', statuses=True)} from newest n join status_change b on b.id in"
            f" ({', '.join(firsts)})"
            f" union all select {columns('c', 'status', statuses=True)} from newest n {asking.each(poor)}"
        )
    ]


def deciding_between(within: Asking, through: Asking, about: About, days: Mapping[int, str]) -> list[Claim]:
    """Return the statuses that can decide or be doubted on any of many days.

    `within` asks for all that holds on the first day or later and has begun by the last one, `through` as of the first day for
    what holds through the last: on no day in between does anything older than the newest whole one of these decide.
    """
    lasting = f"c.counting_basis = :basis and c.effective_on <= :began and {HOLDS.replace(':as_of', ':ended')} and {within.visible}"
    ever = within.day(BEGINNING)
    began = (
        f"case when x.admissible = TRUE then coalesce(n.since, {ever}) when n.since is null then {ever} else n.day end"
    )
    held = f"c.counting_basis = :basis and {APPLIES} and {HOLDS} and {within.visible}"
    status = f"{about.of('n')} and c.status_id = n.status_id and c.admissible = x.admissible"
    each = within.each(f"{status} and c.effective_on >= {began} and {held}")
    return [
        claim
        for wanted in within.wanted(days)
        for claim in within.claims(
            f"{_newest(about, wanted, lasting)}"
            f" select {columns('c', 'status', statuses=True)} from newest n"
            f" cross join (select TRUE as admissible union all select FALSE) x {each}",
            began=through.params["horizon"],
            ended=through.as_of,
        )
    ]


def _newest(about: About, wanted: str, held: str) -> str:
    """Return the beginning of a statement: each status that a line has, with the day of the newest whole one of its axis."""
    return (
        f"with recursive {wanted}, asked(about, day) as (select line, day from wanted),"
        " found(about, status_id, day) as"
        f" (select a.about, (select min(c.status_id) from status_change c where {about.of('a')}), a.day from asked a union all"
        f" select f.about, (select min(c.status_id) from status_change c where {about.of('f')} and c.status_id > f.status_id),"
        " f.day from found f where f.status_id is not null),"
        # Materialized, lest it be sought again wherever it is named.
        " dated(about, status_id, day, whole) as materialized (select f.about, f.status_id, f.day,"
        f" (select c.effective_on from status_change c where {about.of('f')} and c.status_id = f.status_id"
        f" and c.admissible = TRUE and {_WHOLE} and {held} {_ORDER}) from found f where f.status_id is not null),"
        " newest(about, status_id, day, whole, since) as (select d.about, d.status_id, d.day, d.whole,"
        " max(d.whole) over (partition by d.about, s.axis) from dated d join status s on s.id = d.status_id)"
    )
