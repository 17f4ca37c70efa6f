"""What the user has set, and where each value comes from.

First that says something wins: the command line, the environment (`POSTURE_*`), `posture.toml` in this folder or the
nearest one above, `config.toml` in the user's configuration folder, and then the default. Files are read only when a
value is asked for that nothing before them settles, so that the ordinary command reads none it does not need.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_FILE = "posture.toml"
USER_FILE = "config.toml"
DATABASE_FILE = "posture.db"
LARGEST_NUMBER = 1_000_000
"""The largest number of a setting: eleven days in seconds, more than all of history in days."""
STALE_TABLE = "stale"
"""The table of a settings file that keeps a limit of its own for an actor or an asset type: `[stale]`, `mq-9 = 14`."""


class Setting:
    """One thing that can be set."""

    __slots__ = ("about", "kind", "name")

    def __init__(self, name: str, kind: type, about: str) -> None:
        self.name = name
        """Key in a settings file."""
        self.kind = kind
        """`str` or `int`."""
        self.about = about

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "POSTURE_" + self.name.upper()


SETTINGS = (
    Setting("database_url", str, "the database: a file, sqlite:///FILE, or postgresql+psycopg://USER@HOST/NAME"),
    Setting("recorded_by", str, "who records: the name that the ledger keeps"),
    Setting("stale_after", int, "days after which a figure is stale, where [stale] says nothing else"),
    Setting("busy_timeout", int, "seconds to wait for another writer"),
    Setting("reader_url", str, "the PostgreSQL database as a user who only reads it, for posture sql"),
)
"""Everything that can be set."""

_BY_NAME = {setting.name: setting for setting in SETTINGS}


class Found:
    """A value and where it was found."""

    __slots__ = ("origin", "value")

    def __init__(self, value: str | int, origin: str) -> None:
        self.value = value
        self.origin = origin
        """`--db`, `POSTURE_DATABASE_URL`, a file's path, or `default`."""


class _File:
    """What a settings file says."""

    __slots__ = ("stale", "values")

    def __init__(self, values: dict[str, str | int], stale: dict[str, int]) -> None:
        self.values = values
        self.stale = stale


class Settings:
    """The settings of one run."""

    def __init__(
        self,
        *,
        flags: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        folder: str | None = None,
    ) -> None:
        self._flags = {name: value for name, value in (flags or {}).items() if value is not None}
        self._environment = os.environ if environment is None else environment
        self._folder = folder
        self._files: dict[str, _File] = {}

    def find(self, name: str) -> Found:
        """Return the value of a setting with its origin."""
        setting = _BY_NAME[name]
        if name in self._flags:
            return Found(_read(setting, self._flags[name], _flag(name)), _flag(name))
        text = self._environment.get(setting.variable, "")
        if text:
            return Found(_read(setting, text, setting.variable), setting.variable)
        for path in (self.project_file(), self.user_file()):
            values = self._load(path).values if path else {}
            if name in values:
                return Found(values[name], path or "")
        return Found(self._default(name), "default")

    def text(self, name: str) -> str:
        """Return a setting that is text."""
        return str(self.find(name).value)

    def number(self, name: str) -> int:
        """Return a setting that is a number."""
        return int(self.find(name).value)

    def stale_limits(self) -> dict[str, Found]:
        """Return the days after which evidence is stale, by the code of an actor or asset type; the nearest file wins."""
        found: dict[str, Found] = {}
        for path in (self.user_file(), self.project_file()):
            if path:
                found |= {code: Found(days, path) for code, days in self._load(path).stale.items()}
        return dict(sorted(found.items()))

    @property
    def database_url(self) -> str:
        """The database to work with."""
        return self.text("database_url")

    def project_file(self) -> str | None:
        """Return the path of the nearest `posture.toml` upwards, or None."""
        try:
            folder = os.path.abspath(self._folder or os.getcwd())
        except OSError:  # the folder we stand in was removed
            return None
        while True:
            path = os.path.join(folder, PROJECT_FILE)
            if os.path.isfile(path):
                return path
            above = os.path.dirname(folder)
            if above == folder:
                return None
            folder = above

    def user_file(self) -> str | None:
        """Return the path of the user's own settings file if there is one."""
        path = os.path.join(user_folder("config"), USER_FILE)
        return path if os.path.isfile(path) else None

    def _load(self, path: str) -> _File:
        if path not in self._files:
            self._files[path] = _read_file(path)
        return self._files[path]

    def _default(self, name: str) -> str | int:
        if name == "database_url":
            return os.path.join(user_folder("data"), DATABASE_FILE)
        if name == "recorded_by":
            return _login_name(self._environment)
        defaults: dict[str, str | int] = {"stale_after": 90, "busy_timeout": 30, "reader_url": ""}
        return defaults[name]


def user_folder(kind: str) -> str:
    """Return the user's `config` or `data` folder for posture, by the custom of the system."""
    import platformdirs

    return (
        platformdirs.user_config_dir("posture", appauthor=False)
        if kind == "config"
        else platformdirs.user_data_dir("posture", appauthor=False)
    )


def _login_name(environment: Mapping[str, str]) -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if environment.get(variable):
            return environment[variable]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):
        return "unknown"


def _flag(name: str) -> str:
    return {"database_url": "--db", "recorded_by": "--by"}.get(name, "--" + name.replace("_", "-"))


def _read(setting: Setting, value: Any, where: str) -> str | int:
    if setting.kind is int:
        if not (_is_count(value) or (isinstance(value, str) and value.strip().isdecimal())):
            raise UsageMistake(f'{setting.name} must be a whole number, 0 or more ({where}), not "{value}"')
        if len(str(value).strip()) > len(str(LARGEST_NUMBER)) or int(value) > LARGEST_NUMBER:
            raise UsageMistake(f"{setting.name} is at most {LARGEST_NUMBER:,} ({where})")
        return int(value)
    if not isinstance(value, str) or not value.strip():
        raise UsageMistake(f"{setting.name} must be a text ({where})")
    return value


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _read_file(path: str) -> _File:
    import tomllib

    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageMistake(f"cannot read the settings in {path}: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise UsageMistake(f"cannot read the settings in {path}: {error.strerror}") from error
    values: dict[str, str | int] = {}
    stale = _read_stale(table.pop(STALE_TABLE, {}), path)
    for key, value in table.items():
        if key not in _BY_NAME:
            raise UsageMistake(f'no setting "{key}" ({path}); {_mend(key)}')
        values[key] = _read(_BY_NAME[key], value, path)
    if "database_url" in values:
        values["database_url"] = _beside(path, str(values["database_url"]))
    return _File(values, stale)


def _read_stale(table: Any, path: str) -> dict[str, int]:
    """Return the limits of a file; raises `UsageMistake` for what is no number of days."""
    if not isinstance(table, dict):
        raise UsageMistake(f"stale must be a table of codes and days, such as [stale] and below it mq-9 = 14 ({path})")
    if "default" in table:
        raise UsageMistake(f"the default of [stale] is the setting stale_after, above the tables ({path})")
    for code, days in table.items():
        if code in _BY_NAME:
            raise UsageMistake(f"{code} stands under [stale]; put it above the tables ({path})")
        if not _is_count(days) or days > LARGEST_NUMBER:
            raise UsageMistake(f"the limit of {code} must be a whole number of days, 0 or more ([stale] in {path})")
    return table


def _mend(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, _BY_NAME, n=1)
    return f'did you mean "{near[0]}"?' if near else "there are " + ", ".join(_BY_NAME)


def _beside(path: str, url: str) -> str:
    """Return `url` with a relative file taken from the folder of the settings file that names it."""
    prefix = "sqlite:///"
    plain = url.removeprefix(prefix)
    if "://" in plain or plain == ":memory:":
        return url
    plain = os.path.expanduser(plain)
    return os.path.join(os.path.dirname(path), plain)
