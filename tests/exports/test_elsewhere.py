"""Exports to places that fsspec reaches: an S3 server of our own, and a store in memory."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from posture import clock
from posture.exports import elsewhere
from posture.exports.elsewhere import verify_elsewhere
from tests.cli.conftest import posture_on_sqlite, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Runs

__all__ = ("posture_on_sqlite",)
JOB = """
[[job]]
name = "niger"
report = "posture"
formats = ["csv", "json"]
destination = "s3://{bucket}/exports/niger"
storage = {{ endpoint_url = "{endpoint}" }}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket of the test's own: its endpoint, its name, and a client that shares no code with ours."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    client = boto3.client("s3", endpoint_url=server)
    bucket = f"b{uuid4().hex}"
    client.create_bucket(Bucket=bucket)
    return client, bucket, server


@pytest.fixture
def told(tmp_path: Path, posture_on_sqlite: Runs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    monkeypatch.chdir(tmp_path)
    with clock.held_at(datetime(2023, 11, 1, 12, tzinfo=UTC)):
        prepared(posture_on_sqlite)
        count(posture_on_sqlite)
        yield posture_on_sqlite


def count(posture: Runs, number: str = "1500") -> None:
    posture("log", "count", "fra-ner/personnel", number, "--on", "2023-09-05", "--source", "rfi", "--grade", "B2")


def jobs(tmp_path: Path, s3: Any, text: str = JOB) -> None:
    _, bucket, endpoint = s3
    (tmp_path / "exports.toml").write_text(text.format(bucket=bucket, endpoint=endpoint), encoding="utf-8")


def stored(s3: Any) -> dict[str, bytes]:
    client, bucket, _ = s3
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed}


def named(found: dict[str, bytes], base: str = "exports/niger") -> dict[str, bytes]:
    """Return the files that the manifest names, each as the manifest says it is."""
    said = json.loads(found[f"{base}/manifest.json"])
    files = {}
    for each in said["files"]:
        data = found[f"{base}/{each['path']}"]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (each["bytes"], each["sha256"])
        files[each["path"].rpartition("/")[2]] = data
    return files


def test_an_export_to_s3_is_what_its_manifest_says(told: Runs, tmp_path: Path, s3: Any) -> None:
    jobs(tmp_path, s3)
    told("export", "run")
    found = stored(s3)
    files = named(found)
    assert b"fra-ner,fra,ner,personnel" in files["posture.csv"]
    folders = {key.split("/")[2] for key in found} - {"manifest.json"}
    assert len(folders) == 1
    (folder,) = folders
    sums = found[f"exports/niger/{folder}/SHA256SUMS"].decode().splitlines()
    assert {line.split("  ")[1] for line in sums} == {"posture.csv", "posture.json", "datapackage.json"}
    for line in sums:
        digest, name = line.split("  ")
        assert hashlib.sha256(found[f"exports/niger/{folder}/{name}"]).hexdigest() == digest
    _, bucket, endpoint = s3
    manifest, findings = verify_elsewhere(f"s3://{bucket}/exports/niger", {"endpoint_url": endpoint})
    assert manifest is not None and findings == []
    assert told("export", "verify", f"s3://{bucket}/exports/niger").out.endswith("whole\n")


def test_the_export_before_stays_for_who_still_reads_it_and_older_ones_go(told: Runs, tmp_path: Path, s3: Any) -> None:
    jobs(tmp_path, s3)
    before: dict[str, bytes] = {}
    for number in ("1500", "1400", "1300", "1200"):
        count(told, number)
        told("export", "run")
        found = stored(s3)
        named(found)
        if before:
            said = json.loads(before["exports/niger/manifest.json"])
            assert all(f"exports/niger/{each['path']}" in found for each in said["files"])
        assert len({key.split("/")[2] for key in found}) <= 3
        before = found
    assert told("export", "run", "--if-changed").out.startswith("niger: unchanged")


def test_a_run_that_ends_before_the_manifest_changes_nothing(
    told: Runs, tmp_path: Path, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs(tmp_path, s3)
    told("export", "run")
    old = named(stored(s3))
    count(told, "700")
    for step in range(8):
        calls = 0

        def failing(self: Any, *words: Any, real: Any, step: int = step, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > step:
                raise OSError("the network is gone")
            return real(self, *words, **more)

        with monkeypatch.context() as broken:
            for name in ("send", "put", "size"):
                real = getattr(elsewhere.Elsewhere, name)

                def replaced(self: Any, *words: Any, real: Any = real, **more: Any) -> Any:
                    return failing(self, *words, real=real, **more)

                broken.setattr(elsewhere.Elsewhere, name, replaced)
            outcome = told("export", "run", code=1 if step < 7 else 0)
        if step < 7:
            assert "the network is gone" in outcome.err and outcome.err.count("\n") == 1
            assert named(stored(s3)) == old
    assert b",700," in named(stored(s3))["posture.csv"]


def test_a_feed_to_s3_adds_a_file_and_keeps_the_others(told: Runs, tmp_path: Path, s3: Any) -> None:
    jobs(tmp_path, s3, JOB.replace('"posture"', '"changes"').replace('["csv", "json"]', '["jsonl"]'))
    told("export", "run")
    first = named(stored(s3))
    assert told("export", "run").out.startswith("niger: unchanged")
    for number in ("1", "2", "3"):
        count(told, number)
        told("export", "run")
    files = named(stored(s3))
    assert len(files) == 4 and first.items() <= files.items()
    seqs = [json.loads(line)["seq"] for name in sorted(files) for line in files[name].decode().splitlines()]
    assert seqs == sorted(seqs) and set(seqs) == set(range(15))


def test_old_folders_on_s3_go(told: Runs, tmp_path: Path, s3: Any) -> None:
    jobs(tmp_path, s3, JOB.replace("exports/niger", "exports/{{seq}}") + "[job.keep]\nlast = 2\n")
    for number in ("1", "2", "3", "4"):
        count(told, number)
        told("export", "run")
    found = stored(s3)
    assert {key.split("/")[1] for key in found} == {"14", "15"}
    for seq in ("14", "15"):
        named(found, f"exports/{seq}")


def test_other_files_on_s3_are_never_touched(told: Runs, tmp_path: Path, s3: Any) -> None:
    client, bucket, _ = s3
    client.put_object(Bucket=bucket, Key="exports/niger/thesis.txt", Body=b"years of work")
    jobs(tmp_path, s3)
    assert "holds other files and no export" in told("export", "run", code=4).err
    assert stored(s3) == {"exports/niger/thesis.txt": b"years of work"}


def test_a_bucket_that_is_not_there_is_one_line(told: Runs, tmp_path: Path, s3: Any) -> None:
    client, bucket, endpoint = s3
    jobs(tmp_path, (client, "no-such-bucket-here", endpoint))
    failed = told("export", "run", code=1)
    assert failed.err.count("\n") == 1 and "cannot publish to s3://no-such-bucket-here/exports/niger" in failed.err
    del bucket


def test_a_scheme_that_nothing_reaches_is_one_line(told: Runs, tmp_path: Path, s3: Any) -> None:
    jobs(tmp_path, s3, JOB.replace("s3://", "nosuch://"))
    assert told("export", "run", code=1).err.count("\n") == 1
