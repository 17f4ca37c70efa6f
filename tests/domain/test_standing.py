"""Where each claim about a line stands, and why, in ledgers of a few claims."""

from __future__ import annotations

import pytest

from posture.domain.standing import Group, Role, Standings, felt, flags_by_claim, group_of
from tests.domain.small_ledger import SmallLedger

N, PART = "fra-ner/personnel", "fra-niamey/personnel"


def roles(
    ledger: SmallLedger, as_of: str, address: str = N, basis: str = "present"
) -> dict[int, tuple[Role, int | None]]:
    """Return the role of each claim that a line's reading knows, and the claim that decided in its place."""
    reading = ledger.readings(as_of, basis=basis)[ledger.line(address).id]
    standings = Standings(reading, as_of, basis)
    own = [claim for claim in ledger.claims if claim.line == reading.line.id and claim.on <= as_of]
    every = {one.claim.id: one for one in (*standings.every(), *(standings.of(claim) for claim in own))}
    return {number: (one.role, one.by) for number, one in sorted(every.items())}


def test_what_follows_the_base_moves_it_and_what_went_before_is_in_it() -> None:
    ledger = SmallLedger()
    ledger.decrease(N, "50", "2023-09-20")
    ledger.count(N, "1400", "2023-10-01")
    ledger.decrease(N, "97", "2023-10-10")
    assert roles(ledger, "2023-10-11") == {1: (Role.BEFORE_THE_COUNT, 2), 2: (Role.BASE, None), 3: (Role.MOVED, None)}


def test_an_older_count_agrees_repeats_contests_or_is_just_older() -> None:
    ledger = SmallLedger()
    ledger.count(N, "800", "2023-08-01", origin=1)
    ledger.count(N, "900", "2023-09-25", origin=2)
    ledger.count(N, "1000", "2023-09-26", origin=3)
    ledger.count(N, "1000", "2023-09-27", origin=4)
    ledger.count(N, "1000", "2023-10-01", origin=3)
    ledger.count(N, "700", "2023-09-26", origin=3)
    found = roles(ledger, "2023-10-02")
    assert {number: role for number, (role, _) in found.items()} == {
        1: Role.OLDER,
        2: Role.CONTESTS,
        3: Role.REPEATS,
        4: Role.AGREES,
        5: Role.BASE,
        6: Role.OLDER,
    }
    assert {by for number, (_, by) in found.items() if number != 5} == {5}


@pytest.mark.parametrize(
    ("quantity", "more", "role"),
    [
        (">1200", {"origin": 2}, Role.CONTESTS),
        (">100", {"origin": 2}, Role.TIGHTENED),
        ("700", {"grade": "C3", "origin": 1}, Role.WORSE_GRADE),
        ("700", {"own_words": False, "origin": 1}, Role.SECOND_HAND),
        ("700", {"origin": 1}, Role.RECORDED_EARLIER),
        ("700", {"grade": "E5"}, Role.DOUBTED),
        ("700", {"basis": "authorised"}, Role.OTHER_BASIS),
        ("unknown", {}, Role.NO_NUMBER),
        ("withheld", {}, Role.WITHHELD),
    ],
)
def test_a_count_of_the_same_day_loses_for_the_first_reason_in_the_order(
    quantity: str, more: dict[str, object], role: Role
) -> None:
    ledger = SmallLedger()
    ledger.count(N, quantity, "2023-10-01", **more)
    ledger.count(N, "1000", "2023-10-01", origin=1)
    assert roles(ledger, "2023-10-02")[1][0] is role


def test_an_older_claim_of_poor_grade_is_not_admissible_and_casts_no_doubt() -> None:
    ledger = SmallLedger()
    ledger.count(N, "50", "2023-09-01", grade="E5")
    ledger.count(N, "1000", "2023-10-01")
    assert roles(ledger, "2023-10-02")[1][0] is Role.NOT_ADMISSIBLE


def test_one_happening_told_twice_counts_once() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1400", "2023-10-01")
    ledger.decrease(N, "97", "2023-10-10", origin=7)
    ledger.decrease(N, "97", "2023-10-10", origin=7)
    ledger.decrease(N, "90", "2023-10-10", origin=8, same_as=3)
    found = roles(ledger, "2023-10-11")
    spoken = {number for number, (role, _) in found.items() if role is Role.MOVED}
    assert len(spoken) == 1
    (speaker,) = spoken
    others = {number: found[number] for number in {2, 3, 4} - spoken}
    assert {by for _, by in others.values()} == {speaker}
    assert {role for role, _ in others.values()} == {Role.TOLD_TWICE, Role.ALSO_TOLD}


def test_a_surge_that_is_over_has_lapsed_and_its_flows_with_it() -> None:
    ledger = SmallLedger()
    ledger.count(N, "500", "2022-01-01")
    ledger.count(N, "2000", "2022-03-01/2022-05-31")
    ledger.decrease(N, "1500", "2022-05-31")
    found = roles(ledger, "2022-06-15")
    assert [role for role, _ in found.values()] == [Role.BASE, Role.LAPSED, Role.LAPSED]


def test_a_half_open_count_that_cannot_be_squared_starts_the_figure_anew() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1500", "2023-09-06")
    ledger.count(N, ">2000", "2023-09-08")
    assert roles(ledger, "2023-09-09") == {1: (Role.CONTESTS, 2), 2: (Role.BASE, 1)}


def test_a_denial_counts_against_a_figure_only_near_it_and_of_another_origin() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1000", "2023-09-05", origin=1)
    ledger.count(N, "some", "2023-09-20", modality="denied", origin=2)
    ledger.count(N, "some", "2023-09-20", modality="denied", origin=1)
    ledger.count(N, "some", "2023-12-20", modality="denied", origin=2)
    found = roles(ledger, "2023-12-21")
    assert [role for role, _ in found.values()] == [Role.BASE, Role.DENIES, Role.FAR_DENIAL, Role.FAR_DENIAL]


def test_a_state_is_in_force_until_a_newer_one_of_its_axis() -> None:
    ledger = SmallLedger()
    ledger.count(N, "4", "2023-09-01")
    ledger.status(N, "grounded", "2023-09-05")
    ledger.status(N, "operating", "2023-09-20")
    ledger.status(N, "stored", "2023-09-25", grade="E5")
    assert [role for role, _ in roles(ledger, "2023-10-01").values()] == [
        Role.BASE,
        Role.OLDER_STATE,
        Role.STATE,
        Role.DOUBTED,
    ]


def test_what_other_lines_do_to_a_figure_is_told_with_the_line_it_comes_from() -> None:
    ledger = SmallLedger()
    ledger.count(N, "1400", "2023-10-01")
    ledger.count(PART, "1000", "2023-10-01")
    ledger.decrease(PART, "97", "2023-10-10")
    ledger.count(PART, "400", "2023-11-14")
    nesting, readings = ledger.nesting(), ledger.readings("2023-11-14")
    agreed = ledger.agreed("2023-11-14")
    whole, part = ledger.line(N).id, ledger.line(PART).id
    told = [(one.claim.id, one.role, one.line) for one in felt(whole, agreed[whole], readings, nesting)]
    assert told == [(3, Role.PART_MOVED, part), (4, Role.PART_COUNTED, part)]
    assert [one.by for one in felt(whole, agreed[whole], readings, nesting)] == [None, 1], (
        "newer than the whole's count"
    )
    ledger.count(N, "none", "2023-12-22")
    readings, agreed = ledger.readings("2023-12-23"), ledger.agreed("2023-12-23")
    told = [(one.claim.id, one.role, one.line) for one in felt(part, agreed[part], readings, nesting)]
    assert told == [(5, Role.CAPPED, whole)]


def test_a_machine_seen_elsewhere_is_no_longer_here() -> None:
    ledger = SmallLedger()
    here = ledger.line("usa-ner/mq-9#m1", platform="m1")
    ledger.line("usa-tcd/mq-9#m1", platform="m1")
    ledger.status("usa-ner/mq-9#m1", "present", "2023-01-01")
    ledger.status("usa-tcd/mq-9#m1", "present", "2023-02-01")
    reading = ledger.readings("2023-02-15")[here.id]
    found = {one.claim.id: one.role for one in Standings(reading, "2023-02-15").every()}
    assert found == {1: Role.STATE, 2: Role.BASE}


def test_every_role_has_its_group() -> None:
    assert {group_of(role) for role in Role} == set(Group)
    assert group_of(Role.RETRACTED) is Group.RETRACTED


def test_flags_are_told_by_the_claims_that_cause_them() -> None:
    assert flags_by_claim({"contested": [2, 3], "stale": [1]}, {"overdrawn": [3, 3]}) == {
        1: ["stale"],
        2: ["contested"],
        3: ["contested", "overdrawn"],
    }
