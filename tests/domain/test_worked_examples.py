"""The thirty worked examples of the reading rules, on the pure functions alone."""

from __future__ import annotations

import pytest

from posture.domain.plans import plans_as_of
from tests.domain.small_ledger import SmallLedger

N = "fra-ner/personnel"
BASE = "fra-niamey/personnel"


@pytest.fixture
def ledger() -> SmallLedger:
    small = SmallLedger()
    small.line(N)
    return small


def figure(answer: str) -> str:
    """Return an answer without its flags."""
    return answer.split(maxsplit=1)[0]


def test_01_a_later_count_wins(ledger: SmallLedger) -> None:
    ledger.count(N, "1000", "2023-09-05")
    ledger.count(N, "600", "2023-10-20", grade="C3")
    assert ledger.ask(N, "2023-10-01") == "1000"
    assert ledger.ask(N, "2023-11-01") == "600"
    ledger.count(N, "50", "2023-11-01", grade="E5")
    assert ledger.ask(N, "2023-11-02") == "600 doubted"


def test_02_a_vague_repeat_does_not_displace(ledger: SmallLedger) -> None:
    ledger.count(N, "~1500", "2023-09-06", grade="F3", origin=7)
    ledger.count(N, ">1000", "2023-09-07", grade="F3", origin=7, own_words=False)
    assert ledger.ask(N, "2023-09-07") == "1350..1500..1650"
    assert len(ledger.readings("2023-09-07")[ledger.lines[N].id].origins) == 1
    ledger.count(N, ">2000", "2023-09-08")
    assert ledger.ask(N, "2023-09-08") == "2001..?..? contested"


def test_03_two_clocks(ledger: SmallLedger) -> None:
    ledger.count(N, "1400", "2023-10-01")
    ledger.decrease(N, "97", "2023-10-10")
    assert ledger.ask(N, "2023-10-11") == "1303"
    assert ledger.ask(N, "2023-10-11", known=1) == "1400"
    assert ledger.ask(N, "2023-10-05") == "1400"


def test_04_ten_papers_one_departure(ledger: SmallLedger) -> None:
    ledger.count(N, "1400", "2023-10-01")
    for paper in range(10):
        ledger.decrease(N, "97", "2023-10-10", origin=7, own_words=paper == 0)
    assert ledger.ask(N, "2023-10-11") == "1303"
    ledger.claims.pop()
    assert ledger.ask(N, "2023-10-11") == "1303"


def test_05_two_origins_perhaps_one_departure(ledger: SmallLedger) -> None:
    ledger.count(N, "1400", "2023-10-01")
    first = ledger.decrease(N, "97", "2023-10-10")
    ledger.decrease(N, "100", "2023-10-10")
    assert ledger.ask(N, "2023-10-11") == "1203..?..1300 maybe_same"
    ledger.claims.pop()
    ledger.decrease(N, "100", "2023-10-10", same_as=first)
    assert ledger.ask(N, "2023-10-11") == "1300"


def test_06_shares(ledger: SmallLedger) -> None:
    ledger.count(N, "12", "2023-10-01")
    ledger.decrease(N, "half", "2023-10-05")
    ledger.decrease(N, "half", "2023-10-09")
    assert ledger.ask(N, "2023-10-06") == "6"
    assert ledger.ask(N, "2023-10-10") == "3"
    ledger.count(N, "7", "2024-10-01")
    ledger.decrease(N, "half", "2024-10-02")
    assert ledger.ask(N, "2024-10-03") == "3..?..4"
    ledger.count(N, "4", "2025-10-01")
    ledger.decrease(N, "most", "2025-10-02")
    assert ledger.ask(N, "2025-10-03") == "0..?..1"


def test_07_same_day(ledger: SmallLedger) -> None:
    count = ledger.count(N, "5", "2023-10-01")
    ledger.decrease(N, "2", "2023-10-01")
    assert ledger.ask(N, "2023-10-02") == "3..?..5 uncertain"
    ledger.claims.pop()
    ledger.decrease(N, "2", "2023-10-01", after=count)
    assert ledger.ask(N, "2023-10-02") == "3"


def test_08_a_departure_that_takes_weeks(ledger: SmallLedger) -> None:
    ledger.count(N, "1503", "2023-10-01")
    ledger.decrease(N, "1346", "2023-10-05/2023-12-13", origin=7)
    assert ledger.ask(N, "2023-10-04") == "1503"
    assert ledger.ask(N, "2023-11-01") == "157..?..1503 uncertain"
    assert ledger.ask(N, "2023-12-13") == "157"
    assert ledger.ask(N, "2023-12-14") == "157"
    ledger.decrease(N, "97", "2023-10-10", origin=7)
    assert ledger.ask(N, "2023-12-14") == "157"


def test_08_one_statement_with_two_lines(ledger: SmallLedger) -> None:
    ledger.count(N, "1400", "2023-10-01")
    ledger.decrease(N, "50", "2023-10-10", origin=7, seq=9)
    ledger.decrease(N, "47", "2023-10-10", origin=7, seq=9)
    assert ledger.ask(N, "2023-10-11") == "1303"


def test_09_some_left(ledger: SmallLedger) -> None:
    ledger.count(N, "100000", "2023-09-01")
    ledger.count(BASE, "1000", "2023-10-01")
    ledger.decrease(BASE, "some", "2023-10-10")
    assert ledger.ask(BASE, "2023-10-11") == "0..?..999 unquantified"
    assert figure(ledger.ask(N, "2023-10-11")) == "99000..?..99999"


def test_10_whole_and_part_newer_part(ledger: SmallLedger) -> None:
    ledger.count(N, "1400", "2023-10-10")
    ledger.count(BASE, "1000", "2023-10-10")
    ledger.count(BASE, "400", "2023-11-14")
    assert ledger.ask(BASE, "2023-11-14") == "400"
    assert ledger.stated(N, "2023-11-14") == "1400"
    assert ledger.ask(N, "2023-11-14") == "800..?..1400 parts_newer"


def test_11_zero_above_is_zero_below(ledger: SmallLedger) -> None:
    ledger.count(N, "1400", "2023-10-10")
    ledger.count(BASE, "1000", "2023-10-10")
    ledger.count(BASE, "400", "2023-11-14")
    ledger.count(N, "none", "2023-12-22")
    assert ledger.ask(N, "2023-12-23") == "0"
    assert ledger.ask(BASE, "2023-12-23") == "0 capped"
    ledger.increase(BASE, "10", "2023-12-24")
    assert figure(ledger.ask(N, "2023-12-25")) == "10"
    assert figure(ledger.ask(BASE, "2023-12-25")) == "10"
    ledger.count(N, "100", "2023-12-30")
    assert figure(ledger.ask(BASE, "2023-12-31")) == "10"


@pytest.mark.parametrize("one_origin", [True, False])
def test_12_told_at_the_base_and_for_the_country(ledger: SmallLedger, *, one_origin: bool) -> None:
    ledger.count(N, "1400", "2023-10-09")
    ledger.count(BASE, "1000", "2023-10-09")
    ledger.decrease(N, "97", "2023-10-10", origin=7)
    ledger.decrease(BASE, "97", "2023-10-10", origin=7 if one_origin else 8)
    assert ledger.ask(N, "2023-10-11") == ("1303" if one_origin else "1206..?..1303 maybe_same")
    assert ledger.ask(BASE, "2023-10-11") == "903"


@pytest.mark.parametrize("reported", [True, False])
def test_13_a_move_inside_a_whole(ledger: SmallLedger, *, reported: bool) -> None:
    ledger.count("fra-sahel/personnel", "2400", "2023-10-01")
    ledger.count(N, "1400", "2023-10-01")
    ledger.count("fra-tcd/personnel", "1000", "2023-10-01")
    ledger.decrease(N, "400", "2023-10-19", other="fra-tcd", transfer="t", seq=9)
    if reported:
        ledger.increase("fra-tcd/personnel", "400", "2023-10-19", other="fra-ner", transfer="t", seq=9)
    assert ledger.ask(N, "2023-10-20") == "1000"
    assert ledger.ask("fra-tcd/personnel", "2023-10-20") == ("1400" if reported else "1000")
    assert ledger.ask("fra-sahel/personnel", "2023-10-20") == "2400"


def test_14_a_plan_changes_nothing_until_it_happens() -> None:
    ledger = SmallLedger()
    drones = "fra-ner/drone"
    ledger.count(drones, "4", "2023-09-05")
    most = ledger.decrease(drones, "most", "2023-10", stated_on="2023-09-06", modality="planned")
    assert ledger.ask(drones, "2023-09-07") == "4"
    assert [plan.state for plan in plans_as_of(ledger.claims, (), "2023-09-07").values()] == ["open"]
    assert ledger.projected(drones, "2023-09-07") == "0..?..1"
    order = ledger.decrease(drones, "all", "2023-12", stated_on="2023-09-24", modality="planned")
    ledger.link(order, "supersedes", most)
    assert ledger.projected(drones, "2023-09-25") == "0"
    states = plans_as_of(ledger.claims, ledger.links, "2023-09-25")
    assert [plan.state for plan in states.values()] == ["superseded", "open"]
    gone = ledger.decrease(drones, "all", "2023-11-14")
    ledger.link(gone, "fulfils", order)
    assert [plan.state for plan in plans_as_of(ledger.claims, ledger.links, "2023-11-14").values()] == [
        "superseded",
        "fulfilled",
    ]
    assert ledger.ask(drones, "2023-11-14") == "0"


def test_15_a_target() -> None:
    ledger = SmallLedger()
    europe = "usa-jpn/personnel"
    ledger.count(europe, "97000", "2023-01-01")
    ledger.increase(europe, "3000", "2023-12-31", stated_on="2023-02-01", modality="planned", seq=9)
    ledger.count(europe, "~100000", "2023-12-31", stated_on="2023-02-01", modality="planned", seq=9)
    assert ledger.ask(europe, "2023-02-02") == "97000"
    assert ledger.projected(europe, "2023-02-02") == "90000..100000..110000"


def test_16_a_surge_over_a_standing_force(ledger: SmallLedger) -> None:
    ledger.count(N, "500", "2022-01-01")
    ledger.count(N, "2000", "2022-03-01/2022-05-31")
    assert figure(ledger.ask(N, "2022-04-01")) == "2000"
    assert figure(ledger.ask(N, "2022-06-15")) == "500"


def test_17_three_of_four_grounded() -> None:
    ledger = SmallLedger()
    drones = "fra-ner/drone"
    ledger.count(drones, "4", "2023-09-05")
    ledger.status(drones, "grounded", "2023-09-05", quantity="3")
    number = ledger.lines[drones].id
    activity = ledger.readings("2023-09-06")[number].status["activity"]
    assert [figure[:4] for figure in activity] == [("grounded", 3, 3, 3)]
    ledger.status(drones, "operating", "2023-09-10")
    activity = ledger.readings("2023-09-11")[number].status["activity"]
    assert [figure[:4] for figure in activity] == [("operating", None, None, None)]


def test_18_a_tail_number() -> None:
    ledger = SmallLedger()
    ledger.line("fra-ner/mq-9", platform="tail")
    ledger.line("fra-tcd/mq-9", platform="tail")
    ledger.status("fra-ner/mq-9", "present", "2023-01-01")
    ledger.status("fra-tcd/mq-9", "present", "2023-02-01")
    ledger.status("fra-tcd/mq-9", "lost", "2023-03-01")
    assert ledger.ask("fra-ner/mq-9", "2023-01-15") == "1"
    assert ledger.ask("fra-ner/mq-9", "2023-02-15") == "0"
    assert ledger.ask("fra-tcd/mq-9", "2023-02-15") == "1"
    assert ledger.ask("fra-ner/mq-9", "2023-03-02") == ledger.ask("fra-tcd/mq-9", "2023-03-02") == "0"


@pytest.mark.parametrize(("whole", "answer"), [(None, "20000..?..?"), ("55000", "55000"), ("15000", "15000 conflict")])
def test_19_services_and_places_and_the_total(whole: str | None, answer: str) -> None:
    ledger = SmallLedger()
    ledger.count("usa-army-jpn/personnel", "20000", "2023-01-01")
    ledger.count("usa-okinawa/personnel", "18000", "2023-01-01")
    if whole:
        ledger.count("usa-jpn/personnel", whole, "2023-01-01")
    assert ledger.total("usa", "jpn", "personnel", "2023-01-02") == answer


def test_19_two_tail_numbers_are_at_least_two() -> None:
    ledger = SmallLedger()
    for tail in ("a", "b"):
        ledger.line(f"usa-jpn/mq-9#{tail}", platform=tail)
        ledger.status(f"usa-jpn/mq-9#{tail}", "present", "2023-01-01")
    assert ledger.total("usa", "jpn", "mq-9", "2023-01-02") == "2..?..?"


def test_20_correction_of_a_correction_is_plain_visibility(ledger: SmallLedger) -> None:
    ledger.count(N, "150", "2023-10-01")
    corrected = [ledger.claims[0], ledger.claims[0]._replace(id=2, seq=5, low=105, best=105, high=105)]
    ledger.claims = corrected[1:]
    assert ledger.ask(N, "2023-10-02") == "105"


def test_21_denied(ledger: SmallLedger) -> None:
    ledger.count(N, "~1000", "2023-09-05", grade="C3")
    ledger.log("fra-ner", "announcement", None, "2023-09-20", modality="denied")
    assert ledger.ask(N, "2023-09-21") == "900..1000..1100 contested"


def test_22_six_where_there_were_four(ledger: SmallLedger) -> None:
    ledger.count(N, "4", "2023-09-05")
    ledger.decrease(N, "6", "2023-12-22")
    assert ledger.ask(N, "2023-12-22") == "0 contested overdrawn"


def test_23_withheld_is_not_zero(ledger: SmallLedger) -> None:
    ledger.count(N, "1720", "2017-09-30")
    ledger.count(N, "withheld", "2017-12-31")
    assert ledger.ask(N, "2018-02-01") == "1720 stale withheld"
    ledger.count(N, "none", "2018-01-31")
    assert ledger.ask(N, "2018-02-01") == "0"


def test_24_withdrawn() -> None:
    ledger = SmallLedger()
    drones = "fra-ner/drone"
    ledger.count(drones, "4", "2023-09-05")
    ledger.status("fra-ner", "withdrawn", "2023-12-22")
    ledger.status("fra-ner", "active", "2024-03-01")
    assert figure(ledger.ask(drones, "2024-03-02")) == "0"


def test_25_forty_to_fifty_including_four_of_a_type() -> None:
    ledger = SmallLedger()
    ledger.count("rus-syr/aircraft", "40..50", "2023-09-05", seq=1)
    ledger.count("rus-syr/su-35", "4", "2023-09-05", seq=1)
    assert ledger.ask("rus-syr/aircraft", "2023-09-06") == "40..?..50"
    assert ledger.ask("rus-syr/su-35", "2023-09-06") == "4"
    assert ledger.total("rus", "syr", "aircraft", "2023-09-06") == "40..?..50"


def test_26_authorised_is_not_present(ledger: SmallLedger) -> None:
    ledger.count(N, "500", "2023-09-05", basis="authorised")
    ledger.count(N, "1720", "2023-09-05")
    assert ledger.ask(N, "2023-09-06") == "1720"
    assert ledger.ask(N, "2023-09-06", basis="authorised") == "500"


@pytest.mark.parametrize("first", ["increase", "decrease"])
def test_27_inflows_first(ledger: SmallLedger, first: str) -> None:
    ledger.count(N, "4", "2023-10-01")
    if first == "increase":
        ledger.increase(N, "5", "2023-10-05")
    ledger.decrease(N, "6", "2023-10-05")
    if first == "decrease":
        ledger.increase(N, "5", "2023-10-05")
    assert ledger.ask(N, "2023-10-06") == "3"


def test_28_a_surge_that_ends_with_its_departure(ledger: SmallLedger) -> None:
    ledger.count(N, "500", "2022-01-01")
    ledger.count(N, "2000", "2022-03-01/2022-05-31")
    ledger.decrease(N, "1500", "2022-05-31")
    assert figure(ledger.ask(N, "2022-06-15")) == "500"
    assert figure(ledger.ask(N, "2022-05-31")) == "500"


def test_29_a_part_larger_than_the_whole(ledger: SmallLedger) -> None:
    ledger.count(N, "1000", "2023-10-01")
    ledger.count(BASE, "1500", "2023-11-01")
    assert ledger.ask(N, "2023-11-02") == "1500..?..1500 parts_newer"


@pytest.mark.parametrize("joined", [True, False])
def test_30_the_whole_says_it_too(ledger: SmallLedger, *, joined: bool) -> None:
    # The page's example says 200..?..800 where nothing joins them; by its rule 8 the whole is never below the part's 400.
    ledger.count(N, "1400", "2023-10-10")
    ledger.count(BASE, "1000", "2023-10-10")
    country = ledger.decrease(N, "600", "2023-11-10")
    if joined:
        ledger.decrease(BASE, "600", "2023-11-10", same_as=country)
    else:
        ledger.count(BASE, "400", "2023-11-14")
    assert figure(ledger.ask(N, "2023-11-15")) == ("800" if joined else "400..?..800")
    assert figure(ledger.ask(BASE, "2023-11-15")) == "400"
