"""Says whether an export is whole: every file that the manifest names, as it was written, and nothing else.

It needs no database: a consumer checks what was handed on with this, or with `sha256sum -c SHA256SUMS`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posture.errors import IntegrityBroken, NotFound, PostureError
from posture.exports.manifest import (
    BESIDE,
    LARGEST,
    MANIFEST,
    PACKAGE,
    SUMS,
    Manifest,
    hash_file,
    read_manifest,
    sums_of,
)

if TYPE_CHECKING:
    from posture.store.connection import Database


@dataclass(frozen=True)
class Checked:
    """What was found."""

    place: str
    manifest: Manifest | None
    findings: Sequence[str]
    """What is wrong, a line each; nothing where all is well."""


def verify(folder: str) -> Checked:
    """Return what is wrong with the export in a folder; raises NotFound where there is no such folder."""
    if not os.path.isdir(folder):
        raise NotFound(f"no folder {folder}")
    path = os.path.join(folder, MANIFEST)
    names = set(os.listdir(folder))
    if MANIFEST not in names:
        return Checked(folder, None, ["there is no manifest.json: this is no export, or one that was never finished"])
    try:
        with open(path, encoding="utf-8") as file:
            manifest = read_manifest(file.read(LARGEST), MANIFEST)
    except (IntegrityBroken, UnicodeDecodeError) as error:
        return Checked(folder, None, [str(error)])
    except OSError as error:
        raise PostureError(f"cannot read {path}: {error.strerror}") from error
    findings = [problem for each in manifest.files if (problem := _file(folder, each.path, each.bytes, each.sha256))]
    package = manifest.told["package"]
    problem = _file(folder, PACKAGE, int(package["bytes"]), str(package["sha256"]))
    findings += [problem] if problem else []
    findings += _sums(folder, manifest)
    expected = {each.path for each in manifest.files} | set(BESIDE)
    findings += [f"{name}: not of this export" for name in sorted(names - expected)]
    return Checked(folder, manifest, findings)


def _file(folder: str, name: str, size: int, sha256: str) -> str | None:
    """Return what is wrong with a file, or None."""
    path = os.path.join(folder, name)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return f"{name}: not a file"
        found, digest = hash_file(path)
    except FileNotFoundError:
        return f"{name}: missing"
    except OSError as error:
        return f"{name}: cannot be read: {error.strerror}"
    if found != size:
        return f"{name}: {found:,} bytes, not {size:,}"
    return None if digest == sha256 else f"{name}: altered: its SHA-256 is another"


def _sums(folder: str, manifest: Manifest) -> list[str]:
    try:
        with open(os.path.join(folder, SUMS), encoding="utf-8", newline="") as file:
            text = file.read(LARGEST)
    except FileNotFoundError:
        return [f"{SUMS}: missing"]
    except (OSError, UnicodeDecodeError):
        return [f"{SUMS}: cannot be read"]
    wanted = sums_of(manifest.files, manifest.package_sha256, manifest.sha256)
    return [] if text == wanted else [f"{SUMS}: does not say what the manifest says"]


def verify_ledger(db: Database, manifest: Manifest) -> list[str]:
    """Return what speaks against an export being of this ledger as it is now: nothing where all is well."""
    with db.read():
        here = str(db.value("select database_id from database_identity"))
        said: Any = manifest.told
        if said.get("database_id") != here:
            return [f"it is of the ledger {said.get('database_id')}, and this is {here}"]
        seq = manifest.known_seq
        if seq == 0:
            return []
        entry = db.value("select entry_hash from ledger_entry where seq = :seq", {"seq": seq})
    if entry is None:
        return [f"it goes up to entry #{seq}, which this ledger does not have: it was restored from an older copy"]
    if entry != said["head"]["entry_hash"]:
        return [f"entry #{seq} of this ledger is another one: it was restored and then written on"]
    return []
