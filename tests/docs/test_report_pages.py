"""What the page of each report shows is what the program prints, on the story of Niger.

With REWRITE_DOCS=1 the output on the pages is replaced by the real one instead of being compared.
"""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posture.cli.report_commands import REPORT
from posture.clock import held_at
from tests.cli.conftest import _runner
from tests.niger import told

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "docs" / "reports"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.stem != "README")
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
WIDTH = "100"
TODAY = datetime(2024, 1, 31, 12, tzinfo=UTC)
"""When the questions are asked: a report that names no day is about this one."""


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a database with the story of Niger."""
    with told(request, "sqlite", tmp_path_factory.mktemp("pages"), "niger-2023-ledger") as story:
        yield story.db.url


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_output_on_the_page_is_real(
    path: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("POSTURE_DATABASE_URL", database), ("COLUMNS", WIDTH), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    posture = _runner(capsys)

    def real(block: str) -> str:
        shown = []
        for line in block.splitlines():
            if line.startswith("$ "):
                words = shlex.split(line[2:])
                assert words[0] == "posture", line
                with held_at(TODAY):
                    shown.append(f"{line}\n{posture(*words[1:]).out}".rstrip())
        return "\n\n".join(shown) + "\n"

    text = path.read_text(encoding="utf-8")
    assert _BLOCK.search(text), "a page shows real output"
    rewritten = _BLOCK.sub(lambda match: real(match[0]), text)
    if os.environ.get("REWRITE_DOCS"):
        path.write_text(rewritten, encoding="utf-8")
        return
    assert text == rewritten


def test_every_report_has_its_page() -> None:
    assert {path.stem for path in PAGES} == {member.name for member in REPORT.members}
