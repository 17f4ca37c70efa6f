"""The wheel is all that is needed: installed alone, in any folder, it makes a database and loads a scenario."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posture.store.connection import SCHEMA_REVISION

if TYPE_CHECKING:
    from collections.abc import Callable

TOP = Path(__file__).resolve().parents[2]


def run(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": os.environ["PATH"], "HOME": str(cwd), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **environment}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=plain, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    for kind in ("wheel", "sdist"):
        run(sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", folder, cwd=TOP)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment that has the wheel, and the dependencies of this environment, but not posture."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    wheel = next(built.glob("*.whl"))
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        wheel,
        cwd=home,
    )
    packages = next(home.glob("lib/python*/site-packages"))
    # A folder named in a .pth file is looked into, but its own .pth files, such as an editable install's, are not.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def test_posture_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import posture; print(posture.__file__)", cwd=tmp_path).stdout
    assert where.startswith(str(installed.parent))


def test_the_wheel_makes_a_database_and_loads_a_scenario_in_any_folder(installed: Path, tmp_path: Path) -> None:
    run(installed / "posture", "db", "upgrade", "--db", "here.db", cwd=tmp_path)
    run(installed / "posture", "seed", "niger-2023", "--db", "here.db", cwd=tmp_path)
    told = run(
        installed / "posture", "report", "posture", "--as-of", "2023-11-09", "--db", "here.db", cwd=tmp_path
    ).stdout
    assert "fra-ner" in told
    assert (tmp_path / "here.db").stat().st_mode & 0o777 == 0o600


def test_the_wheel_upgrades_a_postgresql_database(
    installed: Path, tmp_path: Path, make_url: Callable[..., str]
) -> None:
    url = make_url("postgresql", migrated=False)
    run(installed / "posture", "db", "upgrade", cwd=tmp_path, POSTURE_DATABASE_URL=url)
    assert (
        run(installed / "posture", "db", "current", cwd=tmp_path, POSTURE_DATABASE_URL=url).stdout.strip()
        == SCHEMA_REVISION
    )


def test_the_wheel_holds_what_a_command_needs_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert "posture/_migrations/sql/0001_tables.sqlite.sql" in names
    assert "posture/_migrations/versions/0001_ledger.py" in names
    assert any(name.startswith("posture/_fixtures/niger-2023-ledger/") for name in names)
    assert "posture/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"posture"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db"))]


def test_the_source_archive_builds_and_tests_itself(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    wanted = {"pyproject.toml", "Makefile", "alembic.ini", "LICENSE", "CHANGELOG.md", "requirements.lock", "requirements-dev.lock",
              "migrations/env.py", "fixtures/niger-2023/README.md", "tests/conftest.py", "docs/model.md"}  # fmt: skip
    assert wanted <= names
    assert not [name for name in names if name.startswith((".venv", "demo", "dist")) or name.endswith(".db")]
