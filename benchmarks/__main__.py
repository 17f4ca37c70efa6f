"""`make bench`: every benchmark, one after the other."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import as_of, exporting, importing, reports, startup
from benchmarks.timing import print_table


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed, each figure beside its reference.")
    as_of.add_arguments(parser)
    importing.add_arguments(parser)
    exporting.add_arguments(parser)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="posture-startup-") as folder:
        print_table(f"Whole processes, median of {startup.RUNS} runs each", startup.measure(Path(folder)))
    as_of.run(chosen)
    reports.run(chosen)
    importing.run(chosen)
    exporting.run(chosen)


if __name__ == "__main__":
    main()
