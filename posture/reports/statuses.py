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


def deciding(within: Asking, about: About, days: Mapping[int, str], through: Asking | None = None) -> list[Claim]:
    """Return the statuses that can decide as of a day, or be doubted from a day of each line's own on.

    For any of many days, `within` asks for all that holds on the first one or later and has begun by the last one, and
    `through` as of the first one for what holds through the last: nothing older than the newest whole one of these decides on
    a day in between.
    """
    through = through or within
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
            f"{_newest(about, wanted, within.visible)} select {columns('c', 'status', statuses=True)} from newest n"
            f" cross join (select TRUE as admissible union all select FALSE) x {each}",
            began=through.params["horizon"],
            through=through.as_of,
        )
    ]


def _newest(about: About, wanted: str, visible: str) -> str:
    """Return the beginning of a statement: each status that a line has, with the day of the newest whole one of its axis."""
    whole = (
        f"(select c.effective_on from status_change c where {about.of('f')} and c.status_id = f.status_id and c.admissible = TRUE"
        " and c.quantity_form is null and c.counting_basis = :basis and c.effective_on <= :began"
        f" and (c.effective_until is null or c.effective_until >= :through) and {visible}"
        " order by c.effective_on desc limit 1)"
    )
    return (
        f"with recursive {wanted}, asked(about, day) as (select line, day from wanted),"
        " found(about, status_id, day) as"
        f" (select a.about, (select min(c.status_id) from status_change c where {about.of('a')}), a.day from asked a union all"
        f" select f.about, (select min(c.status_id) from status_change c where {about.of('f')} and c.status_id > f.status_id),"
        " f.day from found f where f.status_id is not null),"
        " newest(about, status_id, day, since) as (select f.about, f.status_id, f.day,"
        f" max({whole}) over (partition by f.about, s.axis) from found f join status s on s.id = f.status_id)"
    )
