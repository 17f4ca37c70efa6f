"""Editions: recorded like anything else, the same answer for ever, and what changed from one to the next, and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from posture.errors import IntegrityBroken, Refused, UnknownCode, UsageMistake
from posture.ledger import catalogue
from posture.ledger.claims import correct, log, retract, undo
from posture.ledger.editions import Draft, create
from posture.ledger.verify import head_of, verify
from posture.reports.asked import read_question
from posture.reports.editions import editions, get_edition
from posture.reports.named import ask
from posture.settings import Settings
from tests.feeds import bytes_of, dumped, feed, put
from tests.ledger.conftest import claim, niger

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.reports.report import Report
    from posture.store.connection import Database

__all__ = ["niger"]

FIRST, SECOND = date(2023, 9, 10), date(2023, 9, 20)


def report(db: Database, name: str, **given: Any) -> Report:
    """Return a report as the command line asks for it."""
    asked = ask(name, given, Settings())
    return asked.compute(db, read_question(db, asked.given, stale_after=90))


def marked(db: Database, **given: Any) -> dict[str, tuple[Any, ...]]:
    """Return what changed from edition a to edition b: by line, the figures before and after, and the marks."""
    found = report(db, "diff", edition="a", until_edition="b", **given)
    assert "marks" in found.columns
    return {
        "/".join(filter(None, (row["deployment"], row["asset"]))): (row["before_low"], row["after_low"], row["marks"])
        for row in found.rows
        if row["plan_id"] is None
    }


def first(db: Database) -> None:
    create(db, Draft(code="a", as_of=FIRST))


def second(db: Database, as_of: date = SECOND) -> None:
    create(db, Draft(code="b", as_of=as_of))


# --- what an edition is ---------------------------------------------------------------------------------------------------


def test_an_edition_is_recorded_with_its_clocks_and_the_hash_of_what_it_rests_on(niger: Database) -> None:
    log(niger, [claim()])
    seq, head = head_of(niger)
    written = create(niger, Draft(code="2023-Q3", as_of=FIRST, name="Third quarter", note="for the minister"))
    (row,) = editions(niger).rows
    assert (row["code"], row["name"], row["note"]) == ("2023-q3", "Third quarter", "for the minister")
    assert (row["as_of"], row["known_seq"], row["head_hash"], row["entry"]) == ("2023-09-10", seq, head, written.seq)
    assert verify(niger) == [] or all("db refresh" in finding.what for finding in verify(niger))
    found = get_edition(niger, "2023-Q3")
    assert (found.as_of, found.known.seq) == (FIRST, seq)


def test_an_edition_of_what_was_known_earlier(niger: Database) -> None:
    create(niger, Draft(code="early", as_of=FIRST, known_seq=3))
    assert get_edition(niger, "early").known.seq == 3


def test_an_edition_is_dumped_and_fed_like_any_row(
    niger: Database, url: str, engine: str, make_url: Callable[..., str]
) -> None:
    log(niger, [claim()])
    first(niger)
    copy = make_url(engine, migrated=False)
    put(feed(niger), copy)
    assert dumped(copy) == bytes_of(url)


def test_an_edition_is_undone_and_that_is_undone_too(niger: Database) -> None:
    written = create(niger, Draft(code="a", as_of=FIRST))
    gone = undo(niger, written.seq or 0)
    assert editions(niger).rows == []
    with pytest.raises(UnknownCode, match='no edition "a"'):
        get_edition(niger, "a")
    undo(niger, gone.seq or 0)
    assert [row["code"] for row in editions(niger).rows] == ["a"]
    assert verify(niger) == []


def test_a_name_is_taken_once(niger: Database) -> None:
    first(niger)
    before = head_of(niger)
    with pytest.raises(Refused, match="edition a is there already"):
        first(niger)
    with pytest.raises(UsageMistake, match="no code can be"):
        create(niger, Draft(code="two words", as_of=FIRST))
    assert head_of(niger) == before


def test_an_empty_ledger_has_nothing_to_rest_on(db: Database) -> None:
    with pytest.raises(Refused, match="nothing was recorded by then"):
        create(db, Draft(code="a", as_of=FIRST))
    assert editions(db).empty_because


def test_an_edition_whose_record_is_another_is_not_answered(niger: Database) -> None:
    first(niger)
    niger.execute(f"update edition set head_hash = '{'f' * 64}'")
    with pytest.raises(IntegrityBroken, match="rests on entry #13, which is not the one"):
        get_edition(niger, "a")
    assert any("edition 1 is not as entry #14 left it" in finding.what for finding in verify(niger))


# --- asked for by name ----------------------------------------------------------------------------------------------------

REPORTS = ("posture", "totals", "stale", "sources", "plans", "timeline", "series", "conflicts", "brief")


def test_every_report_answers_an_edition_as_its_clocks(niger: Database) -> None:
    log(niger, [claim(), claim("fra-ner/drones", quantity="4", modality="planned", on="2023-12-01")])
    first(niger)
    known = head_of(niger)[0] - 1
    log(niger, [claim(quantity="900", on="2023-09-08")])
    correct(niger, 1, {"quantity": "1600"})
    for name in REPORTS:
        by_name = report(niger, name, edition="a")
        by_clocks = report(niger, name, as_of="2023-09-10", known_at=f"#{known}")
        assert by_name.rows == by_clocks.rows, name
        assert (by_name.as_of, by_name.known_seq) == ("2023-09-10", known), name
        assert list(by_name.page)[1:] == list(by_clocks.page)[1:], name
    assert report(niger, "brief", edition="a").page[0].startswith("# All forces, edition a: posture as of 2023-09-10")
    assert report(niger, "posture", edition="a").rows != report(niger, "posture", as_of="2023-09-10").rows
    found = report(niger, "evidence", edition="a", line="fra-ner/personnel")
    assert (
        found.rows == report(niger, "evidence", as_of="2023-09-10", known_at=f"#{known}", line="fra-ner/personnel").rows
    )


@pytest.mark.parametrize("other", [{"as_of": "2023-09-10"}, {"known_at": "#3"}])
def test_an_edition_has_its_own_clocks(niger: Database, other: dict[str, str]) -> None:
    first(niger)
    with pytest.raises(UsageMistake, match="--edition a has its own clocks: leave --"):
        report(niger, "posture", edition="a", **other)


def test_an_unknown_edition_is_told_what_is_near(niger: Database) -> None:
    create(niger, Draft(code="2023-q3", as_of=FIRST))
    with pytest.raises(UnknownCode, match='did you mean "2023-q3"'):
        report(niger, "posture", edition="2023-q4")


# --- what changed from one to the next -------------------------------------------------------------------------------------


def test_a_later_count_is_new(niger: Database) -> None:
    log(niger, [claim()])
    first(niger)
    log(niger, [claim(quantity="1200", on="2023-09-15")])
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (1500, 1200, ["new"])}


def test_a_line_that_nobody_had_told_of_is_new(niger: Database) -> None:
    first(niger)
    log(niger, [claim(on="2023-09-01")])
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (None, 1500, ["new"])}


def test_what_was_known_and_came_to_be_so_is_new(niger: Database) -> None:
    log(niger, [claim(), claim("fra-ner/personnel", "decrease", "100", on="2023-09-15")])
    first(niger)
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (1500, 1400, ["new"])}


@pytest.mark.parametrize("how", ["correction", "retraction", "late claim"])
def test_what_was_said_of_the_day_and_is_no_longer_held_is_corrected(niger: Database, how: str) -> None:
    log(niger, [claim(on="2023-09-01", quantity="1300")])
    written = log(niger, [claim()])
    first(niger)
    if how == "correction":
        correct(niger, written.claims[0]["id"], {"quantity": "1400"})
    elif how == "retraction":
        retract(niger, claim=written.claims[0]["id"])
    else:
        log(niger, [claim(quantity="1450", on="2023-09-08")])
    second(niger)
    after = {"correction": 1400, "retraction": 1300, "late claim": 1450}[how]
    assert marked(niger) == {"fra-ner/personnel": (1500, after, ["corrected"])}


def test_a_figure_can_be_corrected_and_new(niger: Database) -> None:
    written = log(niger, [claim()])
    first(niger)
    correct(niger, written.claims[0]["id"], {"quantity": "1400"})
    log(niger, [claim("fra-ner/personnel", "decrease", "100", on="2023-09-15")])
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (1500, 1300, ["corrected", "new"])}


def test_one_report_more_is_new_and_corrects_nothing(niger: Database) -> None:
    log(niger, [claim()])
    first(niger)
    log(niger, [claim(source="voa", on="2023-09-06")])
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (1500, 1500, ["new"])}


def with_a_base(niger: Database) -> None:
    """A count for the country, and later fifty who left the base in its capital: the country has 1,450."""
    catalogue.add(niger, "asset", {"code": "personnel", "deployment": "fra-niamey", "asset_type": "personnel"})
    log(niger, [claim(on="2023-09-01"), claim("fra-niamey/personnel", quantity="400", on="2023-09-01")])
    log(niger, [claim("fra-niamey/personnel", "decrease", "50", on="2023-09-05")])


def test_a_place_that_was_moved_redefines_what_it_was_part_of(niger: Database) -> None:
    with_a_base(niger)
    first(niger)
    catalogue.edit(niger, "location", "niamey", {"parent": "tcd"})
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (1450, 1500, ["redefined"])}
    found = report(niger, "diff", edition="a", until_edition="b")
    assert any("location niamey was moved by entry" in note for note in found.notes)


def test_an_asset_of_another_type_redefines_what_contained_it(niger: Database) -> None:
    catalogue.add(niger, "asset_type", {"code": "mq-9", "name": "MQ-9", "parent": "drone"})
    catalogue.add(niger, "asset", {"code": "machines", "deployment": "fra-niamey", "asset_type": "mq-9"})
    log(niger, [claim("fra-ner/drones", quantity="6", on="2023-09-01")])
    log(niger, [claim("fra-niamey/machines", quantity="4", on="2023-09-01")])
    log(niger, [claim("fra-niamey/machines", "decrease", "1", on="2023-09-05")])
    first(niger)
    catalogue.edit(niger, "asset", "fra-niamey/machines", {"asset_type": "jet"})
    second(niger)
    assert marked(niger) == {"fra-ner/drones": (5, 6, ["redefined"])}


def test_a_contingent_that_was_joined_to_another_redefines_the_whole(niger: Database) -> None:
    log(niger, [claim(on="2023-09-01")])
    log(niger, [claim("fra-tcd/personnel", quantity="1000", on="2023-09-01")])
    log(niger, [claim("fra-tcd/personnel", "increase", "200", on="2023-09-05")])
    first(niger)
    catalogue.edit(niger, "deployment", "fra-tcd", {"part_of": "fra-ner"})
    second(niger)
    assert marked(niger)["fra-ner/personnel"] == (1500, 1700, ["redefined"])


def test_all_three_at_once(niger: Database) -> None:
    with_a_base(niger)
    first(niger)
    catalogue.edit(niger, "location", "niamey", {"parent": "tcd"})
    correct(niger, 1, {"quantity": "1600"})
    log(niger, [claim("fra-ner/personnel", "decrease", "100", on="2023-09-15")])
    second(niger)
    assert marked(niger) == {"fra-ner/personnel": (1450, 1500, ["redefined", "corrected", "new"])}


def test_a_renamed_row_redefines_nothing(niger: Database) -> None:
    with_a_base(niger)
    first(niger)
    catalogue.edit(niger, "location", "niamey", {"name": "City of Niamey", "code": "nim"})
    second(niger, FIRST)
    assert marked(niger) == {}


def test_a_plan_that_was_withdrawn_is_corrected_and_one_that_ended_is_new(niger: Database) -> None:
    plans = [
        claim("fra-ner/personnel", "decrease", size, modality="planned", on="2023-12-01") for size in ("100", "200")
    ]
    made = [log(niger, [plan]).claims[0]["id"] for plan in plans]
    first(niger)
    retract(niger, claim=made[0])
    log(niger, [claim("fra-ner/personnel", "decrease", "200", on="2023-09-15", fulfils=(made[1],))])
    log(niger, [claim("fra-ner/drones", "decrease", "1", modality="planned", on="2023-12-01")])
    second(niger)
    rows = report(niger, "diff", edition="a", until_edition="b").rows
    assert {row["plan_id"]: row["marks"] for row in rows if row["plan_id"] is not None} == {
        made[0]: ["corrected"],
        made[1]: ["new"],
        made[1] + 2: ["new"],
    }


def test_the_lines_that_did_not_change_have_no_mark(niger: Database) -> None:
    log(niger, [claim(), claim("fra-ner/drones", quantity="4")])
    first(niger)
    log(niger, [claim("fra-ner/drones", quantity="3", on="2023-09-15")])
    second(niger)
    assert marked(niger, all=True) == {"fra-ner/personnel": (1500, 1500, []), "fra-ner/drones": (4, 3, ["new"])}


def test_editions_are_compared_in_their_order(niger: Database) -> None:
    first(niger)
    second(niger)
    with pytest.raises(UsageMistake, match="before it begins"):
        report(niger, "diff", edition="b", until_edition="a")
    with pytest.raises(UsageMistake, match="since which edition"):
        report(niger, "diff", until_edition="a")
    with pytest.raises(UsageMistake, match="one, to compare with now, or two"):
        report(niger, "diff", editions=["a", "b", "a"])
    with pytest.raises(UsageMistake, match="leave --to-known out"):
        report(niger, "diff", edition="a", until_edition="b", to_known="#3")
    with pytest.raises(UsageMistake, match="leave --as-of out"):
        report(niger, "diff", edition="a", until_edition="b", as_of="2023-09-12")


def test_an_ordinary_diff_has_no_marks(niger: Database) -> None:
    log(niger, [claim()])
    found = report(niger, "diff", from_date="2023-09-01", as_of="2023-09-10")
    assert "marks" not in found.columns
    assert all("marks" not in row for row in found.rows)
