"""What the page about importing shows is what the program prints, command after command, on one new database.

With REWRITE_DOCS=1 the output on the page is replaced by the real one instead of being compared.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.cli.running import run
from posture.clock import held_at

if TYPE_CHECKING:
    import pytest

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "import.md"
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
TODAY = datetime(2024, 4, 30, 12, tzinfo=UTC)


def test_the_output_on_the_page_is_real(
    make_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(TOP / "fixtures" / "imports", tmp_path / "imports")
    monkeypatch.chdir(tmp_path / "imports")
    for name, value in (("POSTURE_DATABASE_URL", make_url("sqlite")), ("COLUMNS", "100"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)

    def real(block: str) -> str:
        shown = []
        for line in (each for each in block.splitlines() if each.startswith("$ posture ")):
            with held_at(TODAY):
                run(shlex.split(line)[2:])
            streams = capfd.readouterr()
            shown.append("\n".join(filter(None, (line, streams.err.rstrip(), streams.out.rstrip()))))
        return "\n\n".join(shown) + "\n"

    text = PAGE.read_text(encoding="utf-8")
    rewritten = _BLOCK.sub(lambda match: real(match[0]), text)
    if os.environ.get("REWRITE_DOCS"):
        PAGE.write_text(rewritten, encoding="utf-8")
        return
    assert text == rewritten
