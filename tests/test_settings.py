"""Where each setting comes from, and what a wrong one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posture.errors import UsageMistake
from posture.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a settings file, and a user's folder with another."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "posture").mkdir(parents=True)
    (tmp_path / "config" / "posture" / "config.toml").write_text('recorded_by = "user file"\nstale_after = 30\n')
    folder = tmp_path / "project" / "deeper"
    folder.mkdir(parents=True)
    (tmp_path / "project" / "posture.toml").write_text('database_url = "data/here.db"\nrecorded_by = "project file"\n')
    return folder


def test_the_first_that_says_something_wins(project: Path) -> None:
    name = "recorded_by"
    environment = {"POSTURE_RECORDED_BY": "variable"}
    flags = {name: "flag"}
    assert Settings(flags=flags, environment=environment, folder=str(project)).text(name) == "flag"
    assert Settings(environment=environment, folder=str(project)).text(name) == "variable"
    assert Settings(environment={}, folder=str(project)).text(name) == "project file"
    assert Settings(environment={}, folder=str(project)).number("stale_after") == 30
    assert Settings(environment={}, folder=str(project)).number("busy_timeout") == 30


def test_every_value_says_where_it_comes_from(project: Path) -> None:
    settings = Settings(flags={"database_url": "x.db"}, environment={"POSTURE_STALE_AFTER": "7"}, folder=str(project))
    assert settings.find("database_url").origin == "--db"
    assert settings.find("stale_after").origin == "POSTURE_STALE_AFTER"
    assert settings.find("recorded_by").origin == str(project.parent / "posture.toml")
    assert settings.find("busy_timeout").origin == "default"


def test_a_relative_database_lies_beside_the_file_that_names_it(project: Path) -> None:
    assert Settings(environment={}, folder=str(project)).database_url == str(project.parent / "data" / "here.db")


def test_a_server_in_a_file_stays_as_it_is(project: Path) -> None:
    (project / "posture.toml").write_text('database_url = "postgresql+psycopg://me@host/forces"\n')
    assert Settings(environment={}, folder=str(project)).database_url == "postgresql+psycopg://me@host/forces"


def test_the_default_database_is_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Settings(environment={}, folder=str(tmp_path)).database_url == str(
        tmp_path / "data" / "posture" / "posture.db"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('databse_url = "x"', 'no setting "databse_url"'),
        ("recorded_by = ", "cannot read the settings"),
        ("stale_after = -4", "stale_after must be a whole number, 0 or more"),
        ("stale_after = true", "stale_after must be a whole number"),
        ("busy_timeout = 1000001", "busy_timeout is at most 1,000,000"),
        ("stale_after = 99999999999999999999", "stale_after is at most 1,000,000"),
        ('stale_after = "soon"', "stale_after must be a whole number"),
        ("recorded_by = 3", "recorded_by must be a text"),
        ("\x00", "cannot read the settings"),
        ("stale = 3", "stale must be a table of codes and days"),
        ("[stale]\nfra = -1", "the limit of fra must be a whole number of days, 0 or more"),
        ("[stale]\nfra = true", "the limit of fra must be a whole number of days"),
        ("[stale]\ndefault = 3", "the default of \\[stale\\] is the setting stale_after"),
        ("[stale]\nstale_after = 3", "stale_after stands under \\[stale\\]; put it above the tables"),
    ],
)
def test_a_wrong_settings_file_is_one_clear_line(project: Path, text: str, said: str) -> None:
    path = project / "posture.toml"
    path.write_text(text)
    with pytest.raises(UsageMistake, match=said) as caught:
        Settings(environment={}, folder=str(project)).text("recorded_by")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_setting_is_told_the_right_one(project: Path) -> None:
    (project / "posture.toml").write_text('databse_url = "x"')
    with pytest.raises(UsageMistake, match='did you mean "database_url"'):
        Settings(environment={}, folder=str(project)).text("recorded_by")


def test_a_file_that_nothing_asks_for_is_not_read(project: Path) -> None:
    (project / "posture.toml").write_text("this is no settings file")
    assert Settings(flags={"database_url": "x.db"}, environment={}, folder=str(project)).database_url == "x.db"


def test_limits_of_both_files_are_joined_and_the_nearest_file_wins(project: Path, tmp_path: Path) -> None:
    with (tmp_path / "config" / "posture" / "config.toml").open("a") as file:
        file.write('[stale]\nfra = 60\n"mq-9" = 14\n')
    with (project.parent / "posture.toml").open("a") as file:
        file.write("[stale]\nfra = 30\n")
    settings = Settings(environment={}, folder=str(project))
    found = {code: (limit.value, limit.origin) for code, limit in settings.stale_limits().items()}
    assert found == {
        "fra": (30, str(project.parent / "posture.toml")),
        "mq-9": (14, str(tmp_path / "config" / "posture" / "config.toml")),
    }
    assert settings.number("stale_after") == 30
