"""Where the file of jobs is, and how its jobs are called: as little as a shell that completes a line needs."""

from __future__ import annotations

import os

from posture.errors import NotFound

FILE = "exports.toml"


def find_file(given: str | None, folder: str) -> str:
    """Return the path of the file of jobs: the one given, or the nearest `exports.toml` upwards. Raises NotFound."""
    if given:
        path = os.path.abspath(os.path.expanduser(given))
        if not os.path.isfile(path):
            raise NotFound(f'no file {given}; "posture export init" writes one to begin with')
        return path
    here = os.path.abspath(folder)
    while True:
        path = os.path.join(here, FILE)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(here)
        if above == here:
            raise NotFound(
                f'no {FILE} in this folder or above it; name one with --file, or begin with "posture export init"'
            )
        here = above


def jobs_in(path: str) -> list[tuple[str, str]]:
    """Return the names of the jobs in a file and what each publishes, unchecked; raises what a file is not read with."""
    import tomllib

    with open(path, "rb") as file:
        said = tomllib.load(file)
    return [(str(job["name"]), str(job.get("title") or job.get("report") or "")) for job in said.get("job", ())]
