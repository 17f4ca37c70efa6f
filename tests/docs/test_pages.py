"""The pages are current, what they link to is there, and nothing in the project names a machine or an index."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from posture.cli import sql_reference
from posture.store import reference

TOP = Path(__file__).resolve().parents[2]
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("fixtures/**/*.md")])


def committed() -> list[Path]:
    """Return the project's own files: as git knows them, or, outside a repository, those of the known folders."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [TOP / name for name in done.stdout.split("\0") if name and (TOP / name).is_file()]
    folders = ("posture", "migrations", "tests", "fixtures", "docs", "benchmarks", ".ci")
    inside = [path for folder in folders for path in (TOP / folder).rglob("*") if path.is_file()]
    return [path for path in [*TOP.glob("*"), *inside] if path.is_file() and "__pycache__" not in path.parts]


def test_the_page_of_the_tables_is_current() -> None:
    assert (TOP / "docs" / "tables.md").read_text(encoding="utf-8") == reference.markdown(), "run: make docs"


def test_the_page_of_the_views_is_current() -> None:
    page = (TOP / "docs" / "sql.md").read_text(encoding="utf-8")
    assert page == sql_reference.markdown(), "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            name = target.split("#")[0]
            assert not name or (page.parent / name).exists(), target


def test_no_file_names_a_package_index_or_a_machine() -> None:
    hosts = (
        "python" + "hosted",
        "pypi" + r"\.org",
        "--index" + "-url",
        "index" + r"-url *=",
        "--find" + "-links",
        "file" + "://",
    )
    named = re.compile("|".join(hosts) + r"|(^|[^\w.])/(root|home)/\w")
    for path in committed():
        if path.suffix in {".png", ".db"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            assert not named.search(line), f"{path.relative_to(TOP)}:{number}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_locked_with_hashes(name: str) -> None:
    lines = (TOP / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    required = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(required) > 20
    assert all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in required)
