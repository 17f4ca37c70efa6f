"""Figures in words, as every form of an answer writes them."""

from __future__ import annotations

import pytest

from posture.reports.wording import agreed, clocks, figure, outcome_text, stated
from tests.cli.rows import report, row


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((1350, 1500, 1650), "1,350..1,650 (best 1,500)"),
        ((1001, None, None), "at least 1,001"),
        ((1001, 1200, None), "at least 1,001 (best 1,200)"),
        ((0, 0, 0), "0"),
        ((4, 4, 4), "4"),
        ((None, None, None), "unknown"),
        ((0, None, None), "unknown"),
        ((None, None, 49), "at most 49"),
        ((0, None, 49), "at most 49"),
        ((None, 5, None), "about 5"),
        ((800, None, 1400), "800..1,400"),
    ],
)
def test_figures_are_written_as_an_analyst_writes_them(
    bounds: tuple[int | None, int | None, int | None], text: str
) -> None:
    assert figure(*bounds) == text


def test_what_a_whole_allows_is_a_most() -> None:
    limited = row("x", "personnel", (157, None, 157), flags=["capped"], source="rfi", stated_low=400)
    assert agreed(limited) == "at most 157"
    assert agreed(limited | {"flags": []}) == "157"
    assert stated(limited | {"stated_best": 400, "stated_high": 400}) == "400 by rfi"


def test_what_became_of_a_plan_is_told_from_its_side() -> None:
    links = [("partly_fulfils", 22), ("supersedes", 19), ("partly_fulfils", 23), ("cancels", 30)]
    outcomes = [{"relation": relation, "claim": claim} for relation, claim in links]
    assert outcome_text({"outcomes": outcomes}) == "fulfilled in part by c22, c23; superseded by c19; cancelled by c30"
    told_too = {"outcomes": outcomes[1:2], "also_reported_as": [9, 12]}
    assert outcome_text(told_too) == "superseded by c19; also reported as c9, c12"


def test_both_clocks_are_told() -> None:
    assert clocks(report()) == "as of 2023-10-15, as known at #31 (2023-12-22 18:00Z)"
