"""Side-by-side measurement: what is compared runs in turn, in the same minute, and the median is taken."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
"""Where the programs of this environment are."""


@dataclass(frozen=True)
class Program:
    """A whole process to be timed."""

    words: Sequence[str]
    surroundings: Mapping[str, str]
    """Its whole environment."""
    typed: bytes = b""
    """What it reads on standard input."""

    def run(self) -> None:
        """Run it once; raises if it fails, for a failing program is quick."""
        done = subprocess.run(
            self.words, env=dict(self.surroundings), input=self.typed, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(self.words)} failed: {done.stderr.decode(errors='replace').strip()}")


def program(name: str, *words: str) -> tuple[str, ...]:
    """Return the command line of a program of this environment."""
    return (str(PROGRAMS / name), *words)


def medians(cases: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median seconds of each case; they take turns, and one turn before the first warms up."""
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(runs + 1):
        for name, case in cases.items():
            begin = time.perf_counter()
            case()
            if turn:
                taken[name].append(time.perf_counter() - begin)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


@dataclass(frozen=True)
class Finding:
    """One figure beside what it is measured against."""

    what: str
    ours: str
    against: str
    figure: float
    unit: str
    target: float | None
    """At most so much; None: reported without a target."""

    @property
    def verdict(self) -> str:
        """reached, missed, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "reached" if self.figure <= self.target else "MISSED"


def milliseconds(seconds: float) -> str:
    """Return a duration as it is printed: in milliseconds below a second."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.01 else f"{1000 * seconds:.1f} ms"


def ratio(what: str, ours: float, theirs: float, target: float | None, reference: str) -> Finding:
    """Return how many times the reference's time ours is."""
    return Finding(what, milliseconds(ours), f"{milliseconds(theirs)} {reference}", ours / theirs, "x", target)


def difference(what: str, ours: float, theirs: float, target: float | None, reference: str) -> Finding:
    """Return how many milliseconds more than the reference ours takes."""
    return Finding(
        what, milliseconds(ours), f"{milliseconds(theirs)} {reference}", 1000 * (ours - theirs), " ms more", target
    )


def print_table(title: str, findings: Sequence[Finding]) -> None:
    """Print the findings as a Markdown table, which can be read as it is."""
    rows = [("measured", "posture", "against", "result", "at most", "")]
    for each in findings:
        target = "" if each.target is None else f"{each.target:g}{each.unit}"
        rows.append((each.what, each.ours, each.against, f"{each.figure:.2f}{each.unit}", target, each.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{title}\n")
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()
