"""Publishes a folder of files on this machine: whole, in one step, over the one that was there.

Everything is written into a folder beside the destination and synced; then the two folders are exchanged in one step. A run
that is stopped at any moment leaves the old export or the new one, and what it left beside them the next run removes.
Where the system cannot exchange folders, the old one is moved aside and the new one in: the next run puts it back if the
second step never came.

Beside a destination lie, in the folder that holds it, only names that begin with `.posture-`: the lock, what is being
written (`.new`), what was moved aside (`.old`) and what is being removed (`.gone`).
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from posture.errors import IntegrityBroken, PostureError, Refused
from posture.exports.exchange import exchange, sync_file, sync_folder
from posture.exports.locks import locked
from posture.exports.manifest import BESIDE, LARGEST, MANIFEST, PACKAGE, SUMS, read_manifest, sums_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posture.exports.folders import Template
    from posture.exports.manifest import Filed, Manifest

LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that systems strew about; they are nobody's and may go."""


class LocalDestination:
    """A place on this machine where a job publishes."""

    def __init__(self, template: Template, base: str, mounted: str | None = None) -> None:
        """`base` is the folder from which the destination was named: folders below it are made where they are missing."""
        self.template, self.base, self.mounted = template, base, mounted
        self._new, self._old, self._gone = (self._beside(end) for end in ("new", "old", "gone"))

    def _beside(self, end: str) -> str:
        return os.path.join(self.template.root, f"{self.template.slug}.{end}")

    def path(self, parts: Sequence[str]) -> str:
        """Return the folder that filled parts name."""
        return os.path.join(self.template.root, *parts)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only run that publishes here within the block, with what a stopped run left behind removed.

        Raises `Locked` where another run is at it, Refused or PostureError where nothing can be published here.
        """
        self._check()
        with locked(self._beside("lock"), self.template.shown):
            with told_of(self.template.root):
                self._recover()
            yield

    def _check(self) -> None:
        root = self.template.root
        if self.mounted is not None and not os.path.ismount(os.path.join(self.base, os.path.expanduser(self.mounted))):
            raise PostureError(f"nothing is mounted at {self.mounted}; nothing was changed")
        if not self.template.fixed or "{" in "".join(self.template.parts):
            self._refuse_link(root)
        if not os.path.isdir(root):
            if os.path.lexists(root):
                raise PostureError(f"{root} is no folder; nothing was changed")
            if os.path.commonpath((root, self.base)) != self.base:
                raise PostureError(f"there is no folder {root}; make it, or mount what it lies on; nothing was changed")
            with told_of(root):
                os.makedirs(root)

    @staticmethod
    def _refuse_link(path: str) -> None:
        if os.path.islink(path):
            raise Refused(
                f"{path} is a symbolic link; an export goes only into a folder itself, so name the folder it leads to"
            )

    def _recover(self) -> None:
        """Put back what a stopped run had moved aside and not replaced, and remove what it left."""
        if os.path.isdir(self._old) and not os.path.islink(self._old):
            for folder, _, names in os.walk(self._old):
                if MANIFEST in names:
                    home = self.path(os.path.relpath(folder, self._old).split(os.sep))
                    if not os.path.lexists(home):
                        os.makedirs(os.path.dirname(home), exist_ok=True)
                        os.rename(folder, home)
                        sync_folder(os.path.dirname(home))
        for path in (self._new, self._old, self._gone):
            _remove(path)

    def previous(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest of the export that stands in a folder; None where there is no folder, or an empty one.

        Raises Refused for a link, or for a folder with files in it that are not of an export: they would be lost.
        """
        at = self.template.root
        for part in parts:
            at = os.path.join(at, part)
            self._refuse_link(at)
        path = self.path(parts)
        if not os.path.lexists(path):
            return None
        if not os.path.isdir(path):
            raise Refused(f"{path} is a file; an export is a folder")
        names = set(os.listdir(path)) - LITTER
        if not names:
            return None
        if MANIFEST not in names:
            raise Refused(f"{path} holds other files and no export; an export replaces its folder, so name another one")
        found = read_manifest(_text(os.path.join(path, MANIFEST)), os.path.join(path, MANIFEST))
        strangers = sorted(names - {each.path for each in found.files} - set(BESIDE))
        if strangers:
            raise Refused(
                f"{path} also holds {strangers[0]}, which is not of the export and would be lost; move it elsewhere"
            )
        return found

    def begin(self) -> str:
        """Make the folder into which everything is written first, and return its path."""
        os.mkdir(self._new)
        return self._new

    def discard(self) -> None:
        """Remove what was written and is not to be published."""
        _remove(self._new)

    def placed(self, files: Sequence[Filed]) -> list[Filed]:
        """Return the files that were written as the manifest names them: as they are."""
        return list(files)

    def described(self, everything: Sequence[Filed], placed: Sequence[Filed]) -> Sequence[Filed]:
        """Return the files that lie beside the descriptor: all of them."""
        del placed
        return everything

    def carry(self, parts: Sequence[str], file: Filed) -> None:
        """Take a file of the export that stands there over into the one that is being written."""
        source, target = os.path.join(self.path(parts), file.path), os.path.join(self._new, file.path)
        try:
            os.link(source, target, follow_symlinks=False)
        except FileNotFoundError:
            raise IntegrityBroken(
                f"{source} is gone, which an earlier run delivered; put it back, or begin a new folder"
            ) from None
        except OSError:  # file systems without links
            shutil.copyfile(source, target, follow_symlinks=False)
            sync_file(target)

    def publish(self, parts: Sequence[str], manifest: str, package: str, files: Sequence[Filed]) -> None:
        """Put what was written into its place; the manifest is written last. `files` are all that the export holds."""
        import hashlib

        hashes = (hashlib.sha256(text.encode()).hexdigest() for text in (package, manifest))
        for name, text in ((PACKAGE, package), (SUMS, sums_of(files, *hashes)), (MANIFEST, manifest)):
            with open(os.path.join(self._new, name), "x", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(self._new)
        self._put_in_place(parts)

    def _put_in_place(self, parts: Sequence[str]) -> None:
        path = self.path(parts)
        holder = os.path.dirname(path)
        os.makedirs(holder, exist_ok=True)
        if os.path.lexists(path):
            mode = stat.S_IMODE(os.stat(path, follow_symlinks=False).st_mode)
            _open_up(path, mode)  # a folder that nobody may write to cannot be moved either
            os.chmod(self._new, mode | stat.S_IRWXU)
            if not exchange(self._new, path):
                self._one_after_the_other(parts)
            if mode != mode | stat.S_IRWXU:
                os.chmod(path, mode)
        else:
            os.rename(self._new, path)
        while True:
            sync_folder(holder)
            if holder == self.template.root:
                break
            holder = os.path.dirname(holder)
        with suppress(OSError):  # it is published; what is left over goes next time
            for left in (self._new, self._old):
                _remove(left)

    def _one_after_the_other(self, parts: Sequence[str]) -> None:
        """Move the old export aside and the new one in, where the two cannot be exchanged."""
        aside = os.path.join(self._old, *parts)
        os.makedirs(os.path.dirname(aside))
        os.rename(self.path(parts), aside)
        sync_folder(os.path.dirname(aside))
        os.rename(self._new, self.path(parts))

    # What stands there

    def published(self) -> Iterator[tuple[str, ...]]:
        """Yield the parts of every folder here that this job could have made."""

        def folders_in(path: str) -> list[str]:
            try:
                return [entry.name for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False)]
            except (FileNotFoundError, NotADirectoryError):
                return []

        yield from self.template.iter_filled(folders_in)

    def manifest(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest in a folder; None where there is none that can be read."""
        path = os.path.join(self.path(parts), MANIFEST)
        try:
            return read_manifest(_text(path), path)
        except (IntegrityBroken, OSError):
            return None

    def is_sound(self, parts: Sequence[str]) -> bool:
        """Return whether the export in a folder is whole."""
        from posture.exports.checking import verify

        return not verify(self.path(parts)).findings

    def remove(self, parts: Sequence[str]) -> None:
        """Remove an export: it is gone in one step, and then its files."""
        path = self.path(parts)
        _open_up(path, stat.S_IMODE(os.stat(path, follow_symlinks=False).st_mode))
        os.rename(path, self._gone)
        _remove(self._gone)
        above = os.path.dirname(self.path(parts))
        while above != self.template.root and not os.listdir(above):
            os.rmdir(above)
            above = os.path.dirname(above)


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read(LARGEST)


def _remove(path: str) -> None:
    """Remove a folder of ours, or whatever else has its name."""
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.lexists(path):
        for folder, _, _ in os.walk(path):
            _open_up(folder, stat.S_IMODE(os.stat(folder, follow_symlinks=False).st_mode))
        shutil.rmtree(path)


def _open_up(folder: str, mode: int) -> None:
    """Let the owner write to a folder that was closed to all, as some do with what is published: it is ours to replace."""
    if mode != mode | stat.S_IRWXU:
        os.chmod(folder, mode | stat.S_IRWXU)


@contextmanager
def told_of(place: str) -> Iterator[None]:
    """Turn what the system refuses within the block into one line that says what stands as it was."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PostureError(f"cannot write {place}: {why}; what was there before is untouched") from error
