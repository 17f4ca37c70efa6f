"""The manifest of an export, `manifest.json`, as its readers find it; its JSON Schema is made from these records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from posture.domain.envelope import KnownAt


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestTool:
    """What made an export."""

    name: str
    """`posture`."""
    version: str
    """Its version."""
    schema: str
    """The revision of the database's schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """An entry of the ledger, by which another program can tell that it is still the same ledger."""

    seq: int
    """Its number; 0 before the first."""
    entry_hash: str | None
    """Its hash, which covers all entries before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLicence:
    """Terms of use."""

    name: str
    """The short name: `CC-BY-4.0`."""
    title: str | None = None
    """The name for people."""
    path: str | None = None
    """The address of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """One data file."""

    path: str
    """Its name, from the folder of the manifest."""
    format: str
    """csv, json, jsonl, md, parquet, xlsx, geojson, kml, atom or sqlite."""
    media_type: str
    """What it is on the web, unpacked."""
    compression: str | None = None
    """`gz` or `zst`, if it is packed."""
    rows: int
    """How many rows it has; of a snapshot, of all its tables."""
    bytes: int
    """How large it is, as it lies there."""
    sha256: str
    """The hash of it, as it lies there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPackage:
    """The Data Package descriptor beside it."""

    path: str
    """`datapackage.json`."""
    bytes: int
    """How large it is."""
    sha256: str
    """The hash of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportManifest:
    """What an export is: of which ledger, as of when, as known at what, and every file of it. Written last."""

    manifest_version: int
    """1; rises when a key changes its meaning or goes."""
    job: str
    """The job that published it."""
    title: str | None = None
    """What it is, for people."""
    description: str | None = None
    """More of that."""
    report: str
    """A report, `claims`, or `changes`."""
    parameters: dict[str, Any]
    """What was asked."""
    edition: str | None = None
    """The edition that it is."""
    tool: ManifestTool
    """What made it."""
    database_id: str
    """The ledger that it is of."""
    as_of: str | None
    """World time: the day; null for a feed, which is about none."""
    known_at: KnownAt
    """Record time: what had been recorded by then."""
    head: ManifestEntry
    """The last entry that it knows."""
    cursor: ManifestEntry | None = None
    """Of a feed: the last entry delivered; the next batch begins behind it."""
    licence: ManifestLicence | None
    """Terms of use; null where none were named."""
    notes: list[str]
    """What a reader must know beside the rows."""
    files: list[ManifestFile]
    """Every data file."""
    package: ManifestPackage
    """The descriptor."""


MANIFEST_RECORDS = (ExportManifest, ManifestEntry, ManifestFile, ManifestLicence, ManifestPackage, ManifestTool)
"""All of them."""
