"""The reference in the documentation is the one that the commands write."""

from __future__ import annotations

from pathlib import Path

from posture.cli.commands import walk
from posture.cli.reference import markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def test_the_reference_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m posture.cli.reference docs/cli.md"


def test_every_command_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    missing = [" ".join(path) for path, _ in walk() if f"### `posture {' '.join(path)}`" not in text]
    assert not missing
