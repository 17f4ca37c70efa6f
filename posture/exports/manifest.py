"""What stands beside the files of an export: the manifest, a Data Package descriptor, and the sums that `sha256sum -c` reads.

The manifest is written last and bears the size and the hash of every file: who reads it first knows whether the rest is
whole, what it is as of, and which entry of which ledger it goes up to. Nothing in these files is of the run that wrote
them, no time, no machine, no path: the same question on the same ledger gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from posture import __version__
from posture.errors import IntegrityBroken

if TYPE_CHECKING:
    from posture.exports.content import Content
    from posture.exports.fields import Field
    from posture.exports.jobs import Job, Licence

MANIFEST, PACKAGE, SUMS = "manifest.json", "datapackage.json", "SHA256SUMS"
BESIDE = (PACKAGE, SUMS, MANIFEST)
"""The files beside the data, in the order in which they are written: the manifest last."""
VERSION = 1
"""Version of the manifest; rises when a key changes its meaning or goes."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a manifest that is still read: a feed may have very many files."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TYPES = {
    "text": "string",
    "integer": "integer",
    "real": "number",
    "flag": "boolean",
    "day": "date",
    "instant": "datetime",
    "list": "string",
    "object": "string",
}
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Filed:
    """One data file of an export."""

    path: str
    """Its name; with the folder it lies in where the destination has no folders to exchange."""
    format: str
    media_type: str
    compression: str | None
    rows: int
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name without a folder."""
        return self.path.rpartition("/")[2]

    def told(self) -> dict[str, Any]:
        """Return it as the manifest says it."""
        return {
            "path": self.path,
            "format": self.format,
            "media_type": self.media_type,
            **({"compression": self.compression} if self.compression else {}),
            "rows": self.rows,
            "bytes": self.bytes,
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class Manifest:
    """A manifest as it was read."""

    text: str
    told: Mapping[str, Any]
    files: tuple[Filed, ...]

    @property
    def sha256(self) -> str:
        """The hash of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def job(self) -> str:
        """The job that published it."""
        return str(self.told["job"])

    @property
    def known_seq(self) -> int:
        """The last entry that it knows."""
        return int(self.told["known_at"]["seq"])

    @property
    def day(self) -> str:
        """The day that it counts for when old exports are removed: that of the world, or of the record where that is later."""
        return max(str(self.told.get("as_of") or ""), str(self.told["known_at"].get("at") or "")[:10])

    @property
    def package_sha256(self) -> str:
        """The hash of the descriptor beside it."""
        return str(self.told["package"]["sha256"])


class Facts(NamedTuple):
    """What a manifest says beside its files."""

    job: Job
    licence: Licence | None
    as_of: str | None
    known_seq: int
    known_at: str | None
    head_hash: str | None
    database_id: str
    schema_revision: str
    notes: Sequence[str] = ()
    cursor: Mapping[str, Any] | None = None


def manifest_text(facts: Facts, files: Sequence[Filed], package: str) -> str:
    """Return the text of a manifest."""
    job = facts.job
    data = package.encode()
    told: dict[str, Any] = {
        "manifest_version": VERSION,
        "job": job.name,
        **({"title": job.title} if job.title else {}),
        **({"description": job.description} if job.description else {}),
        "report": job.report,
        "parameters": dict(sorted(job.parameters.items())),
        **({"edition": job.edition} if job.edition else {}),
        "tool": {"name": "posture", "version": __version__, "schema": facts.schema_revision},
        "database_id": facts.database_id,
        "as_of": facts.as_of,
        "known_at": {"seq": facts.known_seq, "at": facts.known_at},
        "head": {"seq": facts.known_seq, "entry_hash": facts.head_hash},
        **({"cursor": dict(facts.cursor)} if facts.cursor is not None else {}),
        "licence": _licence(facts.licence),
        "notes": list(facts.notes),
        "files": [each.told() for each in files],
        "package": {"path": PACKAGE, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def package_text(facts: Facts, files: Sequence[Filed], fields: Sequence[Field], key: Sequence[str]) -> str:
    """Return the text of a Data Package descriptor: what each file is and, of a table, what its columns are."""
    job = facts.job
    licence = _licence(facts.licence)
    told: dict[str, Any] = {
        "profile": "data-package",
        "name": job.name,
        **({"title": job.title} if job.title else {}),
        **({"description": job.description} if job.description else {}),
        **({"licenses": [licence]} if licence else {}),
        "resources": [_resource(each, fields, key) for each in files],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _licence(licence: Licence | None) -> dict[str, str] | None:
    if licence is None:
        return None
    said = {"name": licence.name, "title": licence.title, "path": licence.path}
    return {key: value for key, value in said.items() if value is not None}


def _resource(file: Filed, fields: Sequence[Field], key: Sequence[str]) -> dict[str, Any]:
    name = re.sub(r"[^a-z0-9._-]", "-", file.name.lower())
    told: dict[str, Any] = {
        "name": name,
        "path": file.name,
        "format": file.format,
        "mediatype": file.media_type,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.compression:
        told["compression"] = file.compression
    if file.format != "csv":
        return told
    return {
        **told,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_column(each) for each in fields],
            "missingValues": [""],
            **({"primaryKey": list(key)} if key else {}),
        },
    }


def _column(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": _TYPES[field.kind],
        **({"format": _INSTANT} if field.kind == "instant" else {}),
        **({"trueValues": ["true", "1"], "falseValues": ["false", "0"]} if field.kind == "flag" else {}),
        **({"description": field.meaning} if field.meaning else {}),
    }


def sums_text(sums: Mapping[str, str]) -> str:
    """Return the lines that `sha256sum -c` reads, by the name of a file."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))


def sums_of(files: Sequence[Filed], package_sha256: str, manifest_sha256: str | None) -> str:
    """Return the sums of an export: of its data, of the descriptor, and of the manifest where that lies beside them."""
    sums = {each.name: each.sha256 for each in files} | {PACKAGE: package_sha256}
    return sums_text(sums | ({MANIFEST: manifest_sha256} if manifest_sha256 else {}))


def read_manifest(text: str, place: str) -> Manifest:
    """Return the manifest that a text is; raises `IntegrityBroken` for one that is cut or altered beyond reading."""
    try:
        told = json.loads(text)
        files = tuple(_filed(each) for each in told["files"])
        found = Manifest(text, told, files)
        sound = told["manifest_version"] <= VERSION and found.job and found.known_seq >= 0 and found.package_sha256
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise IntegrityBroken(
            f"{place} is no manifest that this program reads: it was cut, altered, or made by a later one"
        )
    return found


def _filed(told: Any) -> Filed:
    path = str(told["path"])
    if not all(_NAME.fullmatch(part) for part in path.split("/")):
        raise ValueError(path)
    return Filed(
        path=path,
        format=str(told["format"]),
        media_type=str(told["media_type"]),
        compression=told.get("compression"),
        rows=int(told["rows"]),
        bytes=int(told["bytes"]),
        sha256=str(told["sha256"]),
    )


def hash_file(path: str) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file."""
    with open(path, "rb") as file:
        return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()


def notes_of(content: Content) -> tuple[str, ...]:
    """Return what a reader of a content must know beside its rows."""
    empty = content.report.empty_because if content.report is not None and not content.report.rows else None
    return (*content.notes, *((empty,) if empty else ()))
