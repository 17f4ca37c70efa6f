"""Where a job publishes: a folder of this machine, or one elsewhere that fsspec reaches (S3 and what is like it)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from posture.exports.publication import LocalDestination

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from posture.exports.folders import Template
    from posture.exports.jobs import Job, JobFile
    from posture.exports.manifest import Filed, Manifest


class Destination(Protocol):
    """A place where a job publishes."""

    @property
    def template(self) -> Template:
        """Its name, with placeholders."""

    def path(self, parts: Sequence[str]) -> str:
        """Return the folder that filled parts name."""

    def locked(self) -> AbstractContextManager[None]:
        """Be the only run that publishes here within the block, with what a stopped run left behind removed."""

    def previous(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest of the export that stands in a folder, or None; raises Refused where something else does."""

    def begin(self) -> str:
        """Return a folder of this machine, new and empty, into which everything is written first."""

    def discard(self) -> None:
        """Remove what was written and not published."""

    def placed(self, files: Sequence[Filed]) -> list[Filed]:
        """Return the files that were written with the paths that the manifest will give them."""

    def described(self, everything: Sequence[Filed], placed: Sequence[Filed]) -> Sequence[Filed]:
        """Return the files that the descriptor lists: those that lie beside it."""

    def carry(self, parts: Sequence[str], file: Filed) -> None:
        """Take over a file of the export that stands there."""

    def publish(self, parts: Sequence[str], manifest: str, package: str, files: Sequence[Filed]) -> None:
        """Put what was written into its place, the manifest last; `files` are all that the export holds."""

    def published(self) -> Iterator[tuple[str, ...]]:
        """Yield the parts of every folder here that this job could have made."""

    def manifest(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest in a folder; None where there is none that can be read."""

    def is_sound(self, parts: Sequence[str]) -> bool:
        """Return whether the export in a folder is whole."""

    def remove(self, parts: Sequence[str]) -> None:
        """Remove an export."""


def destination_of(jobs: JobFile, job: Job) -> Destination:
    """Return where a job publishes; raises PostureError where what reaches it is not installed."""
    template = jobs.template(job)
    if template.remote:
        from posture.exports.elsewhere import RemoteDestination

        return RemoteDestination(template, dict(job.storage))
    return LocalDestination(template, os.path.abspath(jobs.folder), job.mounted)
