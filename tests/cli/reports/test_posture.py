"""The posture on a screen: readable at every width, nothing cut, nothing that is not known made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.cli.reports.posture import lines
from posture.cli.screen import columns
from posture.exports.formats import iter_markdown
from tests.cli.rows import EVERY_KIND, report, row

NAMES = {"fra-ner": "French forces in Niger", "fra-niamey": "French forces at Niamey air base"}


def _text(width: int, *, about: str = "") -> str:
    return "\n".join(lines(report(*EVERY_KIND), width, styled=False, names=NAMES, about=about)) + "\n"


AT_80 = """\
France, Niger: posture as of 2023-10-15, as known at #31 (2023-12-22 18:00Z)

                                            HOW MANY  SINCE       GRADE

fra-ner  French forces in Niger (drawing down)
  personnel                                    1,303  2023-10-10  B2
    africanews-2023-10-11 (2 reports, 2 origins); stated 1,400; parts_newer
  drones                                           4  2023-10-10  B2
    rfi-2023-09-05; 3 grounded; stale, contested
  reconnaissance-aircraft                    unknown

fra-niamey  French forces at Niamey air base
  personnel                1,350..1,650 (best 1,500)  2023-10-10  B2
    france24-2023-09-06
  helicopters                             at least 1  2023-10-10  B2
    rfi-2023-09-05
  tanks                                      unknown  2023-10-10  B2
    rfi-2023-09-05; lapsed; it was about 12

fra-tcd (drawing down)
  since 2023-10-05, A2 fra-president-2023-09-24

Totals, what overlaps counted once
  fra in ner, personnel             at least 1,303  conflict
  fra in niamey-air-base, aircraft  4

conflict     the parts add up to more than the whole, which stands
contested    another source says otherwise, or the change does not fit what was
             there
lapsed       the last figure was for a time that is over
parts_newer  a part was counted later than the whole
stale        the newest claim behind the figure is old
"""


def test_the_whole_screen_at_80_columns() -> None:
    assert _text(80, about="France, Niger") == AT_80


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 140, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(columns, _text(width).splitlines())) <= width


@pytest.mark.parametrize("width", [40, 80, 140])
def test_nothing_is_cut_off(width: int) -> None:
    text = " ".join(_text(width).split())
    for said in (
        "1,303",
        "1,350..1,650 (best 1,500)",
        "at least 1",
        "unknown",
        "3 grounded",
        "stated 1,400",
        "(2 reports, 2 origins)",
        "fra-president-2023-09-24",
    ):
        assert said in text


def test_totals_stand_all_in_columns_or_none_does() -> None:
    assert "  fra in ner, personnel: at least 1,303" in _text(45)
    assert "  fra in niamey-air-base, aircraft: 4" in _text(45)


def test_there_is_no_none_on_the_screen() -> None:
    assert "None" not in _text(80)
    assert "None" not in _text(40)


def test_with_room_the_sources_and_remarks_stand_beside_the_figures() -> None:
    line = next(line for line in _text(160).splitlines() if line.startswith("  personnel"))
    assert line.endswith(
        "1,303  2023-10-10  B2     africanews-2023-10-11 (2 reports, 2 origins)  stated 1,400; parts_newer"
    )


def test_a_capped_figure_is_a_most_and_never_in_the_mouth_of_its_source() -> None:
    limited = row("x", "personnel", (157, None, 157), flags=["capped"], source="rfi", stated_low=400)
    limited |= {"stated_best": 400, "stated_high": 400}
    narrow, wide = ("\n".join(lines(report(limited), width, styled=False, names={})) for width in (60, 140))
    assert "at most 157  2023-10-10  B2     rfi\n    stated 400 by rfi; capped\n" in narrow
    assert "at most 157  2023-10-10  B2     rfi  stated 400 by rfi; capped" in wide
    none_left = limited | {"low": 0, "best": 0, "high": 0}
    assert "stated 400 by rfi; capped" in "\n".join(lines(report(none_left), 80, styled=False, names={}))


def test_an_exact_figure_is_not_stated_twice() -> None:
    gone = row("x", "jets", (0, None, 0), flags=["uncertain"], stated_best=0)
    assert "stated" not in "\n".join(lines(report(gone), 80, styled=False, names={}))


def test_wide_and_combining_letters_stay_aligned() -> None:
    rows = [row("x", asset, (1, 1, 1), source="rfi") for asset in ("漢字部隊", "re\u0301serve", "قوات", "plain")]
    found = [line for line in lines(report(*rows), 80, styled=False, names={}) if line.endswith("rfi")]
    assert len({columns(line) for line in found}) == 1
    assert len(found) == 4


def test_what_acts_on_a_terminal_is_written_out() -> None:
    text = "\n".join(
        lines(
            report(row("x", "a\x1b[31m", (1, 1, 1), source="b\u202ec")),
            80,
            styled=False,
            names={"x": "\x07bell"},
        )
    )
    assert "\x1b" not in text and "\u202e" not in text and "\x07" not in text
    assert "\\x1b" in text


def test_an_empty_answer_says_why() -> None:
    text = "\n".join(lines(report(empty_because="no line is of this actor"), 80, styled=False, names={}))
    assert text.endswith("no line is of this actor")
    assert text.startswith("Posture as of 2023-10-15")


def test_what_must_be_known_beside_the_rows_stands_below_them() -> None:
    for answer in (report(row("x", "drones", (1, 1, 1))), report(empty_because="no line")):
        told = replace(answer, notes=("niamey was moved\x1b by #73",))
        assert list(lines(told, 80, styled=False, names={}))[-2:] == ["", "niamey was moved\\x1b by #73"]
        assert list(iter_markdown(told))[-2:] == ["", "niamey was moved\\\\x1b by #73"]


def test_only_flags_that_occur_are_explained() -> None:
    text = "\n".join(lines(report(row("x", "drones", (1, 1, 1), flags=["capped"])), 80, styled=False, names={}))
    assert "capped  the whole had fewer" in text


def test_style_changes_nothing_but_the_style() -> None:
    plain = _text(80)
    styled = "\n".join(lines(report(*EVERY_KIND), 80, styled=True, names=NAMES)) + "\n"
    assert styled.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "") == plain
    assert "\x1b[1mfra-ner\x1b[0m" in styled
