"""What the pages about the feed and about editions show is what the program prints, command after command, on one database.

With REWRITE_DOCS=1 the output on the pages is replaced by the real one instead of being compared.
"""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from posture.cli.running import run
from posture.clock import held_at

TOP = Path(__file__).parents[2]
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
_CURSOR = re.compile(r"--after \d+:[0-9a-f]+")
MORNING = datetime(2023, 12, 24, 6, 0, 4, tzinfo=UTC)


@pytest.mark.parametrize("name", ["feed", "editions"])
def test_the_output_on_the_page_is_real(
    name: str, make_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    page = TOP / "docs" / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    place = tmp_path / "feed"
    place.mkdir()
    monkeypatch.chdir(place)
    database = make_url("sqlite")
    for variable, value in (
        ("POSTURE_DATABASE_URL", database), ("COLUMNS", "100"), ("NO_COLOR", "1"), ("USER", "analyst")
    ):  # fmt: skip
        monkeypatch.setenv(variable, value)
    numbers, minutes = count(1), count(1)
    monkeypatch.setattr("posture.ledger.entry.os.urandom", lambda size: next(numbers).to_bytes(size, "big"))
    with held_at(MORNING):
        run(["seed", "niger-2023-ledger", "--quiet"])
    capfd.readouterr()
    cursor = ""

    def real(block: str) -> str:
        nonlocal cursor
        shown = []
        for given in (each for each in block.splitlines() if each.startswith("$ posture ")):
            line = _CURSOR.sub(cursor, given) if cursor else given
            with held_at(MORNING + timedelta(minutes=next(minutes))):
                run(shlex.split(line)[2:])
            streams = capfd.readouterr()
            said = "\n".join(filter(None, (line, streams.err.rstrip(), streams.out.rstrip())))
            found = _CURSOR.findall(streams.err)
            cursor = found[-1] if found else cursor
            said = said.replace(str(place), "/srv/posture")
            shown.append(said.replace(database.removeprefix("sqlite:///"), "/srv/posture/ledger.db"))
        return "\n\n".join(shown) + "\n"

    made = _BLOCK.sub(lambda match: real(match[0]), text)
    if os.environ.get("REWRITE_DOCS"):
        page.write_text(made, encoding="utf-8")
    assert made == text or os.environ.get("REWRITE_DOCS")
