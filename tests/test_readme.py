"""What the README shows is what the program prints: its tour is run, in order, against a fresh database.

With REWRITE_README=1 the output in the README is replaced by the real one instead of being compared.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from posture.domain.envelope import FLAGS

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
_NOT_OURS = ("$ . ", "$ export ")
"""Commands of the shell: shown, not run."""
_TODAY = re.compile(r"\b20(?:2[4-9]|[3-9]\d)-\d\d-\d\d \d\d:\d\dZ|(?<=Figures as of )\d{4}-\d\d-\d\d")
"""An instant at which the tour itself was run, and the day as of which it read the current posture."""


def blocks() -> list[str]:
    return _BLOCK.findall(README.read_text(encoding="utf-8"))


def normal(text: str) -> str:
    """Return output without what differs from run to run: the instant of the run."""
    return _TODAY.sub("<now>", text)


def run(block: str, folder: Path) -> str:
    """Return a block with the real output of its commands, both streams, as a terminal shows them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTURE_")}
    environment |= {
        "POSTURE_DATABASE_URL": "tour.db",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "USER": "you",
        "LOGNAME": "you",
    }
    shown = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        shown.append(line)
        if line.startswith(_NOT_OURS):
            continue
        words = shlex.split(line[2:])
        assert words[0] == "posture", f"the tour runs {words[0]}"
        done = subprocess.run(
            [sys.executable, "-m", "posture", *words[1:]],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        printed = done.stdout.replace(f"{folder}{os.sep}", "")
        shown += [one.rstrip() for one in printed.rstrip("\n").splitlines()]
    return "\n".join(shown) + "\n"


def test_the_output_in_the_readme_is_real(tmp_path: Path) -> None:
    real = [run(block, tmp_path) for block in blocks()]
    assert real, "the README has a tour"
    if os.environ.get("REWRITE_README"):
        outputs = iter(real)
        README.write_text(_BLOCK.sub(lambda _: next(outputs), README.read_text(encoding="utf-8")), encoding="utf-8")
        pytest.skip("the README was rewritten")
    for shown, printed in zip(blocks(), real, strict=True):
        assert normal(shown) == normal(printed)


def test_the_readme_names_the_two_commands_and_its_links_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    assert "make demo" in text and "make test" in text
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (README.parent / target).exists(), f"{target} is not there"


def test_the_model_explains_every_flag() -> None:
    page = (README.parent / "docs" / "model.md").read_text(encoding="utf-8")
    for flag in FLAGS:
        assert f"| `{flag}` |" in page, flag
