"""What the page about SQL shows is what the program prints, command after command, on the story of Niger.

With REWRITE_DOCS=1 the output on the page is replaced by the real one instead of being compared. Blocks marked as `sh` are for a
server, and are not run.
"""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.cli.running import run
from posture.clock import held_at

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "querying.md"
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
TODAY = datetime(2023, 12, 24, 6, tzinfo=UTC)


def test_the_output_on_the_page_is_real(
    make_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    for name, value in (("POSTURE_DATABASE_URL", make_url("sqlite")), ("COLUMNS", "100"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    with held_at(TODAY):
        assert run(["seed", "niger-2023-ledger", "--quiet"]) == 0
        assert run(["db", "refresh"]) == 0

    def real(block: str) -> str:
        shown = []
        for line in (each for each in block.splitlines() if each.startswith("$ posture ")):
            capsys.readouterr()
            with held_at(TODAY):
                assert run(shlex.split(line)[2:]) == 0
            streams = capsys.readouterr()
            said = "\n".join(filter(None, (line, streams.err.rstrip(), streams.out.rstrip())))
            said = re.sub(r"; [0-9,]+ bytes", "", said)  # the file names the version that made it
            shown.append(said.replace(str(place), "/srv/posture"))
        return "\n\n".join(shown) + "\n"

    text = PAGE.read_text(encoding="utf-8")
    assert _BLOCK.search(text), "the page shows real output"
    rewritten = _BLOCK.sub(lambda match: real(match[0]), text)
    if os.environ.get("REWRITE_DOCS"):
        PAGE.write_text(rewritten, encoding="utf-8")
        return
    assert text == rewritten
