"""Where exports go: a folder, or one for each day or entry, named by a template that nothing in the data can lead astray."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.errors import Refused, UsageMistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PLACEHOLDERS = {
    "as_of": r"\d{4}-\d{2}-\d{2}",
    "year": r"\d{4}",
    "month": r"\d{2}",
    "day": r"\d{2}",
    "seq": r"\d+",
    "job": r"[a-z0-9][a-z0-9_-]*",
    "edition": r"[a-z0-9][a-z0-9._-]*",
}
"""What may stand in braces, and what it may become: nothing that could lead out of the folder."""
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_ELSEWHERE = re.compile(r"^([a-z][a-z0-9+.-]*)://(.+)$")
OURS = ".posture-"
"""How the names of what we keep beside a destination begin: the lock, what is being written, and what is being removed."""


def values_of(job: str, edition: str | None, as_of: str | None, known_seq: int | None) -> dict[str, str]:
    """Return what the placeholders stand for in a run of a job."""
    values = {"job": job, "seq": str(known_seq), "edition": (edition or "").lower()}
    if as_of:
        year, month, day = as_of.split("-")
        values |= {"as_of": as_of, "year": year, "month": month, "day": day}
    return values


@dataclass(frozen=True)
class Template:
    """A destination, its placeholders not yet filled."""

    root: str
    """The folder that must be there: all before the first part with a placeholder, or before the last part."""
    parts: tuple[str, ...]
    """What comes below it."""
    scheme: str = ""
    """Where it is, if not on this machine: s3..."""

    @property
    def remote(self) -> bool:
        """Whether it is not a folder of this machine."""
        return bool(self.scheme)

    @property
    def names(self) -> frozenset[str]:
        """The placeholders in it."""
        return frozenset(name for part in self.parts for name in _IN_BRACES.findall(part))

    @property
    def fixed(self) -> bool:
        """Whether every run goes into the same folder."""
        return not (self.names - {"job", "edition"})

    @property
    def shown(self) -> str:
        """The whole, for people."""
        below = "/".join(self.parts)
        return (
            f"{self.scheme}://{self.root}/{below}".replace(":///", "://")
            if self.remote
            else os.path.join(self.root, *self.parts)
        )

    @property
    def slug(self) -> str:
        """How what we keep beside it is called: one name for each template."""
        plain = _IN_BRACES.sub(lambda found: found[1], "_".join(self.parts))
        return OURS + re.sub(r"[^A-Za-z0-9._-]", "-", plain)[:100]

    def fill(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parts below the root with their placeholders filled; raises Refused for a value that is no plain word."""

        def put(found: re.Match[str]) -> str:
            name = found[1]
            value = values.get(name, "")
            if not re.fullmatch(PLACEHOLDERS[name], value):
                raise Refused(
                    f'{{{name}}} in the destination {self.shown} would become "{value[:40]}", which is no name of a folder'
                )
            return value

        return tuple(_IN_BRACES.sub(put, part) for part in self.parts)

    def patterns(self) -> list[re.Pattern[str]]:
        """Return what the name of each part looks like once filled."""
        return [
            re.compile(
                "".join(
                    PLACEHOLDERS[piece] if number % 2 else re.escape(piece)
                    for number, piece in enumerate(_IN_BRACES.split(part))
                )
            )
            for part in self.parts
        ]

    def iter_filled(self, folders_in: Callable[[str], list[str]]) -> Iterator[tuple[str, ...]]:
        """Yield the parts of every folder below the root that this template could have made, in order.

        `folders_in` gives the names of the folders in a folder, by its path; none where there is no such folder.
        """
        patterns = self.patterns()

        def below(folder: str, depth: int) -> Iterator[tuple[str, ...]]:
            for name in sorted(folders_in(folder)):
                if not patterns[depth].fullmatch(name):
                    continue
                if depth + 1 == len(patterns):
                    yield (name,)
                else:
                    yield from ((name, *rest) for rest in below(f"{folder}/{name}", depth + 1))

        yield from below(self.root, 0)


def read_template(text: str, folder: str) -> Template:
    """Return the destination that a text names, from `folder`; raises `UsageMistake` for one that cannot be a folder."""
    for name in _IN_BRACES.findall(text):
        if name not in PLACEHOLDERS:
            raise UsageMistake(
                f"{{{name}}} stands for nothing; there are {', '.join(f'{{{each}}}' for each in PLACEHOLDERS)}"
            )
    if re.search(r"[{}]", _IN_BRACES.sub("", text)) or "\0" in text:
        raise UsageMistake("a brace is left over")
    found = _ELSEWHERE.match(text)
    if found and found[1] != "file":
        return _elsewhere(found[1], found[2])
    plain = os.path.expanduser(found[2] if found else text)
    if ".." in plain.replace("\\", "/").split("/"):
        raise UsageMistake("a destination leads downwards; write no ..")
    whole = os.path.normpath(os.path.join(folder, plain))
    pieces = [piece for piece in whole.split(os.sep) if piece]
    if not pieces:
        raise UsageMistake("the root of the file system is no place for an export; name a folder")
    cut = next((number for number, piece in enumerate(pieces) if "{" in piece), len(pieces) - 1)
    root = os.sep + os.sep.join(pieces[:cut])
    return Template(root, tuple(pieces[cut:]))


def _elsewhere(scheme: str, rest: str) -> Template:
    pieces = [piece for piece in rest.split("/") if piece]
    if ".." in pieces or "." in pieces:
        raise UsageMistake("a destination leads downwards; write no ..")
    if "@" in pieces[0]:
        raise UsageMistake("no passwords in a destination; they belong in the environment")
    if len(pieces) < 2:
        raise UsageMistake(f"name a folder too: {scheme}://{pieces[0] if pieces else 'BUCKET'}/FOLDER")
    if "{" in pieces[0]:
        raise UsageMistake("placeholders stand below the bucket")
    cut = next((number for number, piece in enumerate(pieces) if "{" in piece), len(pieces) - 1)
    return Template("/".join(pieces[:cut]), tuple(pieces[cut:]), scheme)
