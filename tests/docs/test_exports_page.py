"""What the page about exports shows is what the program prints, command after command, on one new database.

With REWRITE_DOCS=1 the output on the page is replaced by the real one instead of being compared.
"""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.cli import exporting
from posture.cli.running import run
from posture.clock import held_at

if TYPE_CHECKING:
    import pytest

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "exports.md"
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
_JOBS = re.compile(r"(?<=```toml\n)(licence.*?)(?=```)", re.DOTALL)
MORNING = datetime(2023, 12, 24, 6, 0, 4, tzinfo=UTC)


def test_the_output_on_the_page_is_real(
    make_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    place = tmp_path / "exports"
    place.mkdir()
    found = _JOBS.search(text)
    assert found is not None
    (place / "exports.toml").write_text(found[0], encoding="utf-8")
    monkeypatch.chdir(place)
    database = make_url("sqlite")
    for name, value in (("POSTURE_DATABASE_URL", database), ("COLUMNS", "100"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    run(["seed", "niger-2023-ledger", "--quiet"])
    capfd.readouterr()
    monkeypatch.setattr(exporting, "_program", lambda: ["/usr/bin/posture"])

    def real(block: str) -> str:
        shown = []
        for line in (each for each in block.splitlines() if each.startswith("$ posture ")):
            with held_at(MORNING):
                run(shlex.split(line)[2:])
            streams = capfd.readouterr()
            said = "\n".join(filter(None, (line, streams.err.rstrip(), streams.out.rstrip())))
            for path, plain in (
                (str(place), "/srv/posture"),
                (database.removeprefix("sqlite:///"), "/srv/posture/ledger.db"),
            ):
                said = said.replace(path, plain)
            shown.append(said)
        return "\n\n".join(shown) + "\n"

    rewritten = _BLOCK.sub(lambda match: real(match[0]), text)
    if os.environ.get("REWRITE_DOCS"):
        PAGE.write_text(rewritten, encoding="utf-8")
        return
    assert text == rewritten
