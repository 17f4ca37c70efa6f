"""Why we believe a figure: every claim about a line, and what it is to the figure.

A row for each claim: those that decided the figure, that confirmed it, that were set aside and for what reason, and that
were retracted. The figure itself, the flags, and how many reports of how many origins are behind it stand on every row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from posture.cycles import without_collection
from posture.domain.standing import Group, Role, Standing, Standings, felt, flags_by_claim, group_of
from posture.reports.as_of import STATUSES, Asking, Statements
from posture.reports.claim_rows import what
from posture.reports.claim_words import ClaimWords, address
from posture.reports.evaluation import Evaluation, evaluate
from posture.reports.posture import known_at, whole_statuses, why_empty
from posture.reports.references import follow_replacements, resolve
from posture.reports.report import Column, Report
from posture.reports.restated import restated_since
from posture.reports.standing_words import why
from posture.reports.wording import agreed as agreed_text
from posture.reports.wording import support
from posture.store import lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posture.domain.claim import Claim
    from posture.domain.reading import Reading
    from posture.reports.as_of import Question
    from posture.store.connection import Database

COLUMNS = (
    "deployment",
    "asset",
    "low",
    "best",
    "high",
    "stated_low",
    "stated_best",
    "stated_high",
    "line_flags",
    "reports",
    "origins",
    "claim",
    "group",
    "role",
    "why",
    "flags",
    "about",
    "kind",
    "status",
    "modality",
    "quantity_text",
    "effective",
    "when",
    "on",
    "stated_on",
    "source",
    "title",
    "source_text",
    "repeats",
    "grade",
    "grade_words",
    "excerpt",
    "locator",
    "by",
    "retracted_by_entry",
    "replaced_by",
)
"""The keys of a row, in order."""
OLDEST = 40
"""Claims of one line that are looked through, the newest first, unless all are asked for."""

_GROUPS = tuple(Group)
_ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class _Gone:
    """How a claim was withdrawn from the record."""

    seq: int
    reason: str
    replaced_by: int | None


@dataclass(slots=True)
class _Account:
    """A line, or a deployment as a whole, with all that is to be told of it."""

    deployment: str
    asset: str | None
    figure: dict[str, Any]
    standings: list[tuple[Standing, _Gone | None]]
    caused: dict[int, list[str]]


def evidence(db: Database, question: Question, line: str, *, every: bool = False) -> Report:
    """Return the evidence for a line (`fra-ner/drones`), or for each line of a deployment and the deployment as a whole.

    `every` takes in all older claims too. Raises UnknownCode or AmbiguousCode for an address that names nothing, or several things.
    """
    with db.read(), without_collection():
        return _report(db, question, line, None if every else OLDEST)


def _report(db: Database, question: Question, line: str, most: int | None) -> Report:
    known = known_at(db, question)
    code, _, part = line.partition("/")
    wanted = lookup.get_line(db, line)["id"] if part else None
    found = evaluate(db, replace(question, deployment=lookup.get_code(db, "deployment", code)["code"]), known)
    accounts, older = [], 0
    for number in [wanted] if wanted is not None else found.scope.shown:
        account, left_out = _of_line(found, number, most)
        accounts += [account] if account.standings else []
        older += left_out
    if wanted is None:
        accounts = [*(account for account in _of_sites(found) if account.standings), *accounts]
    rows = _rows(db, found, accounts)
    notes = [f"{older} older {'claim is' if older == 1 else 'claims are'} not shown; --all shows them"] if older else []
    return Report(
        name="evidence",
        as_of=found.asking.as_of,
        known_seq=known.seq,
        known_at=known.at,
        rows=rows,
        columns=COLUMNS,
        empty_because=None if rows else _why_empty(found, line),
        sql=Statements(found.asking.statements),
        notes=(*restated_since(db, known.seq), *notes),
        shown=SHOWN,
    )


def _why_empty(found: Evaluation, line: str) -> str:
    asking = found.asking
    said = why_empty(asking, "applies as of")
    return f"nothing is said of {line} as of {asking.as_of}" if "--deployment" in said else said


def _of_line(found: Evaluation, number: int, most: int | None) -> tuple[_Account, int]:
    """Return what is to be told of a line, and how many older claims are left out."""
    asking, reading, agreed = found.asking, found.readings[number], found.agreed[number]
    standings = Standings(reading, asking.as_of, asking.question.basis)
    told = {standing.claim.id: standing for standing in standings.every()}
    brought, left_out = _about_line(asking, reading, most)
    gone = _retractions(asking, brought)
    told.update((claim.id, standings.of(claim)) for claim in brought if claim.id not in told and claim.id not in gone)
    told.update((one.claim.id, one) for one in felt(number, agreed, found.readings, found.scope.nesting))
    retracted = [(Standing(claim, Role.RETRACTED), gone[claim.id]) for claim in brought if claim.id in gone]
    low, best, high = agreed.value
    stated_low, stated_best, stated_high = reading.stated
    supplied = {claim for claims in reading.origins.values() for claim in claims}
    figure = {
        "low": low,
        "best": best,
        "high": high,
        "stated_low": stated_low,
        "stated_best": stated_best,
        "stated_high": stated_high,
        "line_flags": sorted({*reading.flags, *agreed.flags}),
        "reports": len({told[claim].claim.source for claim in supplied}),
        "origins": len(reading.origins),
    }
    site = found.scope.sites[reading.line.deployment].code
    account = _Account(
        site,
        found.scope.codes[number],
        figure,
        _ordered([*((one, None) for one in told.values()), *retracted]),
        flags_by_claim(reading.flags, agreed.flags),
    )
    return account, left_out


def _of_sites(found: Evaluation) -> Iterator[_Account]:
    """Yield what is to be told of each deployment as a whole: its phases."""
    for number in found.scope.sites_shown:
        phases = found.phases.get(number, ())
        in_force = {figure.claim for figures in whole_statuses(phases).values() for figure in figures}
        newest = next(iter(in_force), None)
        decided = any(claim.admissible for claim in phases)
        standings = [
            Standing(
                claim,
                Role.STATE
                if claim.id in in_force
                else Role.NOT_ADMISSIBLE
                if decided and not claim.admissible
                else Role.OLDER_STATE,
                newest,
            )
            for claim in phases
        ]
        figure: dict[str, Any] = dict.fromkeys(COLUMNS[2:8])
        used = [claim for claim in phases if claim.id in in_force]
        figure |= {
            "line_flags": [],
            "reports": len({claim.source for claim in used}),
            "origins": len({claim.origin for claim in used}),
        }
        yield _Account(found.scope.sites[number].code, None, figure, _ordered([(one, None) for one in standings]), {})


def _ordered(standings: Iterable[tuple[Standing, _Gone | None]]) -> list[tuple[Standing, _Gone | None]]:
    """Return standings by group, within it by day as the claims apply; what decided in the order in which it did."""

    def key(told: tuple[Standing, _Gone | None]) -> tuple[Any, ...]:
        one = told[0]
        group = group_of(one.role)
        if group is Group.DECIDED:
            return (0, one.role is Role.STATE, one.role is not Role.BASE, one.claim.on, one.claim.seq, one.claim.id)
        return (_GROUPS.index(group), _ROLES.index(one.role), one.claim.on, one.claim.seq, one.claim.id)

    return sorted(standings, key=key)


def _about_line(asking: Asking, reading: Reading, most: int | None) -> tuple[list[Claim], int]:
    """Return the newest claims about a line and the denials of its deployment, retracted ones too, and how many are left out.

    Plans and announcements are no evidence for a figure.
    """
    line = reading.line
    about = f"c.deployment_id = {line.deployment} and c.asset_id = {line.id} and c.seq <= :known and c.effective_on <= :horizon"
    said = f"{about} and (c.modality = 'denied' or (c.modality = 'actual' and c.kind <> 'announcement'))"
    limit = f" limit {most}" if most is not None else ""
    claims = asking.claims(
        f"select {STATUSES} from status_change c where {said}"
        f" order by c.effective_on desc, c.seq desc, c.ordinal desc{limit}"
    )
    left_out = 0
    if most is not None and len(claims) == most:
        left_out = int(asking.tuples(f"select count(*) from status_change c where {said}")[0][0]) - most
    return resolve(asking, claims), left_out


def _retractions(asking: Asking, claims: Sequence[Claim]) -> dict[int, _Gone]:
    """Return how those of the claims that are withdrawn, as known then, were."""
    ids = [claim.id for claim in claims]
    gone: dict[int, tuple[int, str]] = {}
    for start in range(0, len(ids), 2000):
        listed = ", ".join(map(str, ids[start : start + 2000]))
        for claim, seq, reason in asking.tuples(
            "select r.status_change_id, r.seq, r.reason from retraction r"
            f" where r.status_change_id in ({listed}) and r.seq <= :known"
        ):
            gone[claim] = (seq, reason)
    stands = follow_replacements(asking, gone, ()) if gone else {}
    return {
        claim: _Gone(seq, reason, stands[claim] if stands[claim] != claim else None)
        for claim, (seq, reason) in gone.items()
    }


def _rows(db: Database, found: Evaluation, accounts: Sequence[_Account]) -> list[dict[str, Any]]:
    """Return a row for each claim of each line."""
    words = ClaimWords(db, [one.claim for account in accounts for one, _ in account.standings])
    rows = []
    for account in accounts:
        here = f"{account.deployment}/{account.asset}" if account.asset else account.deployment
        for standing, gone in account.standings:
            claim = standing.claim
            place = words.about(claim) if standing.line is None else address(found, standing.line)
            flags = account.caused.get(claim.id, [])
            said = why(standing, line=place if place != here else "", flags=flags)
            row = words.row(claim)
            if gone is None and row["kind"] == "announcement" and not row["excerpt"] and (note := words.note(claim)):
                said = f"{said}: {note}"
            if gone is not None:
                said = f"{said} by #{gone.seq}: {gone.reason}" + (
                    f"; now c{gone.replaced_by}" if gone.replaced_by else ""
                )
            rows.append(
                {
                    "deployment": account.deployment,
                    "asset": account.asset,
                    **account.figure,
                    "group": str(group_of(standing.role)),
                    "role": str(standing.role),
                    "why": said,
                    "flags": flags,
                    "about": place,
                    **row,
                    "by": standing.by,
                    "retracted_by_entry": gone.seq if gone else None,
                    "replaced_by": gone.replaced_by if gone else None,
                    "claims": [claim.id],
                }
            )
    return rows


def line_of(row: Mapping[str, Any]) -> str:
    """Return the address of a row's line."""
    return f"{row['deployment']}/{row['asset']}" if row["asset"] else str(row["deployment"])


def figure_of(row: Mapping[str, Any]) -> str:
    """Return the agreed figure of a row's line in words; nothing for a deployment as a whole."""
    return agreed_text({**row, "flags": row["line_flags"]}) if row["asset"] else ""


def says(row: Mapping[str, Any]) -> str:
    """Return what a claim says, in a few words: `decrease 97 fra-ner/personnel`."""
    deployment, _, asset = row["about"].partition("/")
    return what({**row, "deployment": deployment, "asset": asset or None})


def source_of(row: Mapping[str, Any]) -> str:
    """Return the source of a claim and the one that it repeats."""
    return str(row["source_text"]) + (f" (repeats {row['repeats']})" if row["repeats"] else "")


SHOWN = (
    Column("Line", line_of),
    Column("How many", figure_of, right=True),
    Column("Behind it", support),
    Column("Claim", lambda row: f"c{row['claim']}", figure=True),
    Column("Says", says),
    Column("When", lambda row: str(row["when"])),
    Column("What it is to the figure", lambda row: str(row["why"])),
    Column("Passage", lambda row: f'"{row["excerpt"]}"' if row["excerpt"] else ""),
    Column("Source", source_of),
    Column("Grade", lambda row: f"{row['grade']}: {row['grade_words']}"),
)
"""The table that people read in Markdown; a terminal draws it line by line."""
