"""A small ledger in memory: claims in a line of words each, read and reconciled by the pure functions alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from posture.domain.claim import Claim
from posture.domain.containment import Deployment, closure
from posture.domain.dates import read_date
from posture.domain.evidence import Line
from posture.domain.grade import read_grade
from posture.domain.plans import Link, changes, plans_as_of, project
from posture.domain.quantity import read_quantity
from posture.domain.reading import Reading, read_line
from posture.domain.reconcile import Agreed, Nesting, reconcile
from posture.domain.totals import Contribution, Node, Trees, totals
from posture.domain.vocabulary import STATUSES

AXIS = {code: str(axis) for code, axis, _ in STATUSES}
ACTORS = {"fra": None, "usa": None, "usa-army": "usa", "rus": None}
LOCATIONS = {"sahel": None, "ner": "sahel", "niamey": "ner", "tcd": "sahel", "jpn": None, "okinawa": "jpn", "syr": None}
TYPES = {"personnel": None, "aircraft": None, "drone": "aircraft", "jet": "aircraft", "su-35": "jet", "mq-9": "drone"}


def text_of(value: tuple[int | None, int | None, int | None]) -> str:
    """Return a figure as the worked examples write it: `1400`, `1203..?..1300`."""
    words = ["?" if number is None else str(number) for number in value]
    return words[0] if len(set(words)) == 1 else "..".join(words)


@dataclass
class SmallLedger:
    """Claims, lines and links, made one by one; every claim of another origin unless said otherwise."""

    claims: list[Claim] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    seq: int = 0
    _number: dict[str, int] = field(default_factory=dict)

    def _id(self, word: str) -> int:
        return self._number.setdefault(word, len(self._number) + 1)

    def line(self, address: str, *, part_of: str | None = None, platform: str | None = None) -> Line:
        """Return a line, made on first sight: `fra-niamey/personnel`, `fra-ner@barkhane/drone` (an operation)."""
        deployment, kind = address.split("/")
        if deployment not in self.deployments:
            place, _, operation = deployment.partition("@")
            actor, _, location = place.rpartition("-")
            part = self.deployments[part_of].id if part_of else None
            self.deployments[deployment] = Deployment(
                self._id(deployment), self._id(actor), self._id(location), operation or None, part
            )
        if address not in self.lines:
            machine = self._id(platform) if platform else None
            kind = kind.partition("#")[0]
            self.lines[address] = Line(self._id(address), self.deployments[deployment].id, self._id(kind), machine)
        return self.lines[address]

    def log(self, address: str, kind: str, quantity: str | None, on: str, **more: Any) -> int:
        """Add one claim in an entry of its own (or `seq=`) and return its id."""
        grade = read_grade(more.pop("grade", "B2"))
        time = read_date(on, today=date(2026, 11, 23))
        how_many = read_quantity(quantity) if quantity else None
        line = None
        if "/" in address:
            line = self.line(address)
        deployment = self.deployments[address.split("/", maxsplit=1)[0]].id
        if "seq" not in more:
            self.seq += 1
        seq = more.pop("seq", self.seq)
        number = len(self.claims) + 1
        other = more.pop("other", None)
        status = more.pop("status", None)
        basis = more.pop("basis", "present")
        claim = Claim(
            id=number,
            seq=seq,
            ordinal=1 + sum(claim.seq == seq for claim in self.claims),
            deployment=deployment,
            line=line.id if line else None,
            kind=kind,
            on=str(time.on),
            low=how_many.low if how_many else None,
            best=how_many.best if how_many else None,
            high=how_many.high if how_many else None,
            form=how_many.form if how_many else None,
            text=quantity,
            share_low=how_many.share_low if how_many else None,
            share_high=how_many.share_high if how_many else None,
            share_open=how_many.share_low_open if how_many else False,
            status=status,
            axis=AXIS[status] if status else None,
            basis=basis,
            start=str(time.start) if time.start else None,
            by=str(time.by) if time.by else None,
            until=str(time.until) if time.until else None,
            at=str(time.at) if time.at else None,
            stated_on=more.pop("stated_on", str(time.on)),
            other=self.deployments[other].id if other else None,
            source=number,
            origin=more.pop("origin", 1000 + number),
            grade=str(grade),
            admissible=grade.admissible,
            rank=grade.rank,
            **more,
        )
        self.claims.append(claim)
        return number

    def count(self, address: str, quantity: str, on: str, **more: Any) -> int:
        """Log a count."""
        return self.log(address, "count", quantity, on, **more)

    def increase(self, address: str, quantity: str, on: str, **more: Any) -> int:
        """Log an increase."""
        return self.log(address, "increase", quantity, on, **more)

    def decrease(self, address: str, quantity: str, on: str, **more: Any) -> int:
        """Log a decrease."""
        return self.log(address, "decrease", quantity, on, **more)

    def status(self, address: str, status: str, on: str, **more: Any) -> int:
        """Log a status."""
        return self.log(address, "status", more.pop("quantity", None), on, status=status, **more)

    def link(self, claim: int, relation: str, plan: int) -> None:
        """Say what a claim does to a plan."""
        self.links.append(Link(claim, plan, relation))

    def nesting(self) -> Nesting:
        """Return which lines contain which."""
        parent = {self._id(name): self._id(up) if up else None for name, up in (ACTORS | LOCATIONS | TYPES).items()}
        inside: dict[int, set[int]] = {}
        for whole, part in closure(self.deployments.values(), parent, parent):
            inside.setdefault(whole, set()).add(part)
        containers: dict[int, list[int]] = {}
        parts: dict[int, list[int]] = {}
        for outer in self.lines.values():
            for inner in self.lines.values():
                kinds = [inner.asset_type]
                while (above := parent.get(kinds[-1])) is not None:
                    kinds.append(above)
                held = outer.deployment == inner.deployment or inner.deployment in inside.get(outer.deployment, ())
                if outer != inner and held and outer.platform is None and outer.asset_type in kinds:
                    containers.setdefault(inner.id, []).append(outer.id)
                    parts.setdefault(outer.id, []).append(inner.id)
        return Nesting(containers, parts, {whole: frozenset(held) for whole, held in inside.items()})

    def readings(self, as_of: str, *, known: int | None = None, basis: str = "present") -> dict[int, Reading]:
        """Return what was stated about every line."""
        inside = self.nesting().inside
        visible = [claim for claim in self.claims if known is None or claim.seq <= known]
        found = {}
        for line in self.lines.values():
            own = [
                claim
                for claim in visible
                if claim.line == line.id
                or (
                    claim.line is None
                    and (
                        claim.deployment == line.deployment
                        or (claim.status == "withdrawn" and line.deployment in inside.get(claim.deployment, ()))
                    )
                )
            ]
            machines = {other.id for other in self.lines.values() if other.platform == line.platform} - {line.id}
            elsewhere = [claim for claim in visible if line.platform and claim.line in machines]
            found[line.id] = read_line(line, own, as_of, basis=basis, elsewhere=elsewhere)
        return found

    def agreed(self, as_of: str, *, known: int | None = None, basis: str = "present") -> dict[int, Agreed]:
        """Return every line's agreed figure."""
        return reconcile(self.readings(as_of, known=known, basis=basis), self.nesting(), as_of)

    def ask(self, address: str, as_of: str, *, known: int | None = None, basis: str = "present") -> str:
        """Return a line's agreed figure and flags: `600 doubted`."""
        number = self.lines[address].id
        agreed = self.agreed(as_of, known=known, basis=basis)[number]
        flags = set(agreed.flags) | set(self.readings(as_of, known=known, basis=basis)[number].flags)
        return " ".join([text_of(agreed.value), *sorted(flags)])

    def stated(self, address: str, as_of: str, *, known: int | None = None) -> str:
        """Return what was stated about a line."""
        return text_of(self.readings(as_of, known=known)[self.lines[address].id].stated)

    def projected(self, address: str, as_of: str) -> str:
        """Return a line's figure with all open planned changes applied."""
        nesting, readings = self.nesting(), self.readings(as_of)
        states = plans_as_of(self.claims, self.links, as_of)
        _, agreed = project(readings, changes(states.values(), as_of), nesting, as_of, list(readings))
        return text_of(agreed[self.lines[address].id].value)

    def total(self, actor: str, location: str, asset_type: str, as_of: str) -> str:
        """Return a node's figure, and `conflict` where its parts exceed it."""
        agreed, readings = self.agreed(as_of), self.readings(as_of)
        tree = [
            {self._id(k): self._id(up) if up else None for k, up in words.items()}
            for words in (ACTORS, LOCATIONS, TYPES)
        ]
        sites = {site.id: site for site in self.deployments.values()}
        lines = [
            Contribution(
                line.id,
                Node(sites[line.deployment].actor_id, sites[line.deployment].location_id, line.asset_type),
                agreed[line.id].value,
                base.on if (base := readings[line.id].base) else "",
                sites[line.deployment].operation,
                line.platform,
                base.seq if base and base.complete else None,
            )
            for line in self.lines.values()
        ]
        node = Node(self._id(actor), self._id(location), self._id(asset_type))
        found = totals(lines, Trees(*tree), node)
        return text_of(found.value) + (" conflict" if found.conflict else "")
