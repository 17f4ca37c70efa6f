"""Whole-process time of what people type, beside `sqlite-utils` in the same run.

    python -m benchmarks.startup

All take turns, and the median of the runs counts. The reference is `sqlite-utils --help`, and `sqlite-utils insert` of one
row of the same content. The floor is Python itself doing nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Finding, Program, difference, medians, print_table, program, ratio

RUNS = 15
SETTING_UP = (
    "actor add fra --name France --kind state",
    "location add ner --name Niger --kind country",
    "source add afp --title Report",
    "log count fra-ner/personnel 1500 --on 2023-09-06 --source afp --grade B2 --create",
    "log count fra-ner/drones 4 --on 2023-09-06 --source afp --grade B2 --create",
)
ONE_CLAIM = "log count fra-ner/personnel 1500 --on 2023-09-06 --source afp --grade B2"
ONE_ROW = b'{"deployment": "fra-ner", "asset": "personnel", "quantity": 1500, "on": "2023-09-06", "source": "afp"}'
FEW_MILLISECONDS = 5
"""What one deployment's posture may take more than the same command with nothing to report."""


def measure(folder: Path, runs: int = RUNS) -> list[Finding]:
    """Return the findings; databases are made in `folder`."""
    # A wheel is compiled as it is installed; a source checkout has to be beforehand, to be timed as users have it.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "posture"], check=False, cwd=Path(__file__).parents[1])
    for database in ("posture", "empty"):
        _posture(folder, "db upgrade", database=database).run()
    for line in SETTING_UP:
        _posture(folder, line).run()
    taken = medians(
        {
            "python": Program((sys.executable, "-c", "pass"), _clean(folder)).run,
            "help": _posture(folder, "--help").run,
            "help of a command": _posture(folder, "log count --help").run,
            "completion": _posture(folder, "log count fra-", _POSTURE_COMPLETE="bash").run,
            "sqlite-utils help": Program(program("sqlite-utils", "--help"), _clean(folder)).run,
            "log": _posture(folder, ONE_CLAIM).run,
            "insert": Program(
                program("sqlite-utils", "insert", str(folder / "utils.db"), "claim", "-"), _clean(folder), ONE_ROW
            ).run,
            "report": _posture(folder, "report posture --deployment fra-ner").run,
            "empty report": _posture(folder, "report posture", database="empty").run,
        },
        runs,
    )
    reference = taken["sqlite-utils help"]
    return [
        ratio("python -c pass, the floor", taken["python"], reference, None, "sqlite-utils --help"),
        ratio("posture --help", taken["help"], reference, 0.5, "sqlite-utils --help"),
        ratio("posture log count --help", taken["help of a command"], reference, 0.5, "sqlite-utils --help"),
        ratio("posture log count fra-<TAB>", taken["completion"], reference, 0.5, "sqlite-utils --help"),
        ratio("posture log count ...", taken["log"], taken["insert"], 1.0, "sqlite-utils insert"),
        difference(
            "posture report posture --deployment fra-ner",
            taken["report"],
            taken["empty report"],
            FEW_MILLISECONDS,
            "on an empty database",
        ),
    ]


def _clean(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of whoever measures has a say."""
    return {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}


def _posture(folder: Path, line: str, *, database: str = "posture", **more: str) -> Program:
    url = {"POSTURE_DATABASE_URL": str(folder / f"{database}.db")}
    return Program(program("posture", *line.split()), {**_clean(folder), **url, **more})


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Whole-process time of what people type, beside sqlite-utils.")
    parser.add_argument("--runs", type=int, default=RUNS, help="turns of each command; the median counts")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="posture-startup-") as folder:
        print_table(f"Whole processes, median of {chosen.runs} runs each", measure(Path(folder), chosen.runs))


if __name__ == "__main__":
    main()
