"""Publishes where folders cannot be exchanged: object stores and other places that fsspec reaches.

Data files go into a folder that is named by what is in them, so that nothing published is ever overwritten; the manifest
beside these folders is written last, in one step, and says which of them holds the export. Who reads the manifest first and
then the files it names gets one export whole. The folder of the export before stays, for those who are still reading it;
older ones are removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from posture.errors import IntegrityBroken, PostureError, Refused
from posture.exports.locks import locked
from posture.exports.manifest import LARGEST, MANIFEST, PACKAGE, SUMS, read_manifest, sums_of
from posture.settings import user_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posture.exports.folders import Template
    from posture.exports.manifest import Filed, Manifest

WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})
"""Object stores: to make a folder there would make the bucket, and nobody wants one by a slip of the pen."""
PIECE = 1 << 20
"""Bytes read at a time."""


class RemoteDestination:
    """A place elsewhere where a job publishes."""

    def __init__(self, template: Template, storage: dict[str, Any]) -> None:
        self.template = template
        self.files = Elsewhere(template.scheme, storage)
        self._beside = os.path.join(
            user_folder("data"), "locks", hashlib.sha256(template.shown.encode()).hexdigest()[:32]
        )
        self._placed: Sequence[Filed] = ()

    def path(self, parts: Sequence[str]) -> str:
        """Return the address of the folder that filled parts name."""
        return f"{self.template.scheme}://{self._base(parts)}"

    def _base(self, parts: Sequence[str]) -> str:
        return "/".join((self.template.root, *parts))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only run of this machine and user that publishes here within the block; raises `Locked`."""
        folder = os.path.dirname(self._beside)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise PostureError(f"cannot write {folder}: {error.strerror}; nothing was changed") from error
        with locked(f"{self._beside}.lock", self.template.shown):
            yield

    def previous(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest that stands there, or None; raises Refused for a place with files that are not of an export."""
        base = self._base(parts)
        with told_of(self.path(parts)):
            text = self.files.text(f"{base}/{MANIFEST}")
            if text is None and any(not _is_content(name) for name in self.files.names(base)):
                raise Refused(f"{self.path(parts)} holds other files and no export; name another folder")
        return read_manifest(text, f"{self.path(parts)}/{MANIFEST}") if text is not None else None

    def begin(self) -> str:
        """Make a folder on this machine into which everything is written first; what a stopped run left of it goes."""
        self.discard()
        os.mkdir(self._new)
        return self._new

    @property
    def _new(self) -> str:
        return f"{self._beside}.new"

    def discard(self) -> None:
        """Remove what was written on this machine."""
        shutil.rmtree(self._new, ignore_errors=True)

    def placed(self, files: Sequence[Filed]) -> list[Filed]:
        """Return the files in a folder that is named by what is in them."""
        digest = hashlib.sha256("".join(f"{each.sha256} {each.name}\n" for each in files).encode()).hexdigest()
        self._placed = [replace(each, path=f"{digest[:16]}/{each.name}") for each in files]
        return list(self._placed)

    def described(self, everything: Sequence[Filed], placed: Sequence[Filed]) -> Sequence[Filed]:
        """Return the files that lie beside the descriptor: those written now."""
        del everything
        return placed

    def carry(self, parts: Sequence[str], file: Filed) -> None:
        """See that a file of the export before is there; it stays where it is."""
        with told_of(self.path(parts)):
            if self.files.size(f"{self._base(parts)}/{file.path}") != file.bytes:
                raise IntegrityBroken(f"{self.path(parts)}/{file.path} is gone or cut, which an earlier run delivered")

    def publish(self, parts: Sequence[str], manifest: str, package: str, files: Sequence[Filed]) -> None:
        """Send what was written, see that it arrived, and then the manifest, which makes it the export."""
        base = self._base(parts)
        folder = self._placed[0].path.partition("/")[0]
        hashes = hashlib.sha256(package.encode()).hexdigest()
        before = self.previous(parts)
        with told_of(self.path(parts)):
            for each in self._placed:
                self.files.send(os.path.join(self._new, each.name), f"{base}/{each.path}")
                if self.files.size(f"{base}/{each.path}") != each.bytes:
                    raise PostureError(
                        f"{self.path(parts)}/{each.path} did not arrive whole; what was there before is untouched"
                    )
            self.files.put(f"{base}/{folder}/{PACKAGE}", package)
            self.files.put(f"{base}/{folder}/{SUMS}", sums_of(self._placed, hashes, None))
            self.files.put(f"{base}/{MANIFEST}", manifest)
        named = [each.path for each in (*files, *(before.files if before else ()))]
        with suppress(Exception):  # it is published; what is left over goes next time
            for name in set(filter(_is_content, self.files.names(base))) - {path.partition("/")[0] for path in named}:
                self.files.remove(f"{base}/{name}")

    def published(self) -> Iterator[tuple[str, ...]]:
        """Yield the parts of every folder here that this job could have made."""
        with told_of(self.template.shown):
            yield from self.template.iter_filled(self.files.names)

    def manifest(self, parts: Sequence[str]) -> Manifest | None:
        """Return the manifest in a folder; None where there is none that can be read."""
        with told_of(self.path(parts)):
            text = self.files.text(f"{self._base(parts)}/{MANIFEST}")
        try:
            return read_manifest(text, MANIFEST) if text is not None else None
        except IntegrityBroken:
            return None

    def is_sound(self, parts: Sequence[str]) -> bool:
        """Return whether every file of the export in a folder is there, as it was written."""
        manifest = self.manifest(parts)
        return manifest is not None and not self.files.findings(self._base(parts), manifest)

    def remove(self, parts: Sequence[str]) -> None:
        """Remove an export, its manifest first."""
        with told_of(self.path(parts)):
            self.files.remove(f"{self._base(parts)}/{MANIFEST}")
            self.files.remove(self._base(parts))


class Elsewhere:
    """Files that fsspec reaches, and no more of it than exports need."""

    def __init__(self, scheme: str, storage: dict[str, Any]) -> None:
        self.scheme = scheme
        self.system = _file_system(scheme, storage)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; none where there is no such folder."""
        try:
            found = self.system.ls(folder, detail=False)
        except FileNotFoundError:
            return []
        return [name for each in found if (name := str(each).rstrip("/").rpartition("/")[2])]

    def text(self, path: str) -> str | None:
        """Return what a file holds; None where there is none."""
        try:
            with self.system.open(path, "rb") as file:
                found: bytes = file.read(LARGEST)
        except FileNotFoundError:
            return None
        return found.decode(errors="replace")

    def size(self, path: str) -> int | None:
        """Return how large a file is; None where there is none."""
        try:
            return int(self.system.info(path)["size"])
        except FileNotFoundError:
            return None

    def send(self, source: str, path: str) -> None:
        """Put a file of this machine there."""
        if self.scheme not in WITHOUT_FOLDERS:
            self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self.system.put_file(source, path)

    def put(self, path: str, text: str) -> None:
        """Put a text there, in one step."""
        self.system.pipe_file(path, text.encode())

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it."""
        with suppress(FileNotFoundError):
            self.system.rm(path, recursive=True)

    def findings(self, base: str, manifest: Manifest) -> list[str]:
        """Return what is wrong with the files that a manifest names."""
        found = []
        for each in manifest.files:
            path, digest = f"{base}/{each.path}", hashlib.sha256()
            size = self.size(path)
            if size is None:
                found.append(f"{each.path}: missing")
                continue
            if size != each.bytes:
                found.append(f"{each.path}: {size:,} bytes, not {each.bytes:,}")
                continue
            with self.system.open(path, "rb") as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
            if digest.hexdigest() != each.sha256:
                found.append(f"{each.path}: altered: its SHA-256 is another")
        return found


def _is_content(name: str) -> bool:
    """Return whether a folder is named by what is in it."""
    return len(name) == 16 and set(name) <= set("0123456789abcdef")


def _file_system(scheme: str, storage: dict[str, Any]) -> Any:
    try:
        import fsspec
    except ImportError:
        raise PostureError(
            f'{scheme}:// needs one more part: pip install "force-posture[export]", and s3fs for S3'
        ) from None
    try:
        return fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=True, **storage)
    except ImportError as error:
        raise PostureError(f"{scheme}:// needs one more part: {' '.join(str(error).split())}") from None
    except (ValueError, TypeError) as error:
        raise PostureError(f"cannot reach {scheme}://: {' '.join(str(error).split())[:200]}") from None


@contextmanager
def told_of(place: str) -> Iterator[None]:
    """Turn what a file system elsewhere refuses within the block into one line."""
    try:
        yield
    except PostureError:
        raise
    except Exception as error:  # each file system has errors of its own
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise PostureError(f"cannot publish to {place}: {why}; what was there before is untouched") from error


def verify_elsewhere(address: str, storage: dict[str, Any] | None = None) -> tuple[Manifest | None, list[str]]:
    """Return the manifest at an address such as s3://BUCKET/FOLDER, and what is wrong with the files that it names."""
    scheme, _, base = address.partition("://")
    files = Elsewhere(scheme, storage or {})
    with told_of(address):
        text = files.text(f"{base.rstrip('/')}/{MANIFEST}")
        if text is None:
            return None, ["there is no manifest.json: this is no export, or one that was never finished"]
        manifest = read_manifest(text, MANIFEST)
        return manifest, files.findings(base.rstrip("/"), manifest)
