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


def measure(folder: Path, runs: int = RUNS) -> list[Finding]:
    """Return the findings; databases are made in `folder`."""
    clean = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "POSTURE_DATABASE_URL": str(folder / "posture.db"),
    }
    # A wheel is compiled as it is installed; a source checkout has to be beforehand, to be timed as users have it.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "posture"], check=False, cwd=Path(__file__).parents[1])
    posture = lambda *words, **more: Program(program("posture", *words), {**clean, **more})  # noqa: E731
    posture("db", "upgrade").run()
    for line in SETTING_UP:
        posture(*line.split()).run()
    utils = lambda *words, typed=b"": Program(program("sqlite-utils", *words), clean, typed)  # noqa: E731
    row = b'{"deployment": "fra-ner", "asset": "personnel", "quantity": 1500, "on": "2023-09-06", "source": "afp"}'
    insertion = utils("insert", str(folder / "utils.db"), "claim", "-", typed=row)
    one_claim = posture(*"log count fra-ner/personnel 1500 --on 2023-09-06 --source afp --grade B2".split())
    empty = posture("report", "posture", POSTURE_DATABASE_URL=str(folder / "empty.db"))
    posture("db", "upgrade", POSTURE_DATABASE_URL=str(folder / "empty.db")).run()
    taken = medians(
        {
            "python": Program((sys.executable, "-c", "pass"), clean).run,
            "posture help": posture("--help").run,
            "command help": posture("log", "count", "--help").run,
            "completion": posture("log", "count", "fra-", _POSTURE_COMPLETE="bash").run,
            "utils help": utils("--help").run,
            "log": one_claim.run,
            "utils insert": insertion.run,
            "report": posture("report", "posture", "--deployment", "fra-ner").run,
            "empty report": empty.run,
        },
        runs,
    )
    help_of_utils, insert = taken["utils help"], taken["utils insert"]
    return [
        ratio("python -c pass, the floor", taken["python"], help_of_utils, None, "sqlite-utils --help"),
        ratio("posture --help", taken["posture help"], help_of_utils, 0.5, "sqlite-utils --help"),
        ratio("posture log count --help", taken["command help"], help_of_utils, 0.5, "sqlite-utils --help"),
        ratio("posture log count fra-<TAB>", taken["completion"], help_of_utils, 0.5, "sqlite-utils --help"),
        ratio("posture log count ...", taken["log"], insert, 1.0, "sqlite-utils insert"),
        difference("posture report posture", taken["report"], taken["empty report"], 10, "on an empty database"),
    ]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Whole-process time of what people type, beside sqlite-utils.")
    parser.add_argument("--runs", type=int, default=RUNS, help="turns of each command; the median counts")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="posture-startup-") as folder:
        print_table(f"Whole processes, median of {chosen.runs} runs each", measure(Path(folder), chosen.runs))


if __name__ == "__main__":
    main()
