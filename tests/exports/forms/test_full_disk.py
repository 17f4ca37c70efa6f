"""A disk that fills up while a file is written is one error of the system, whatever the form, and nothing is said beside it."""

from __future__ import annotations

import gc
import resource
from typing import TYPE_CHECKING

import pytest

from posture.exports.forms import FORMS
from tests.exports.forms.written import ROWS, content

if TYPE_CHECKING:
    from pathlib import Path


# XlsxWriter leaves its own temporary files open when it fails; they go with the folder that they are in.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("room", [100, 3000])
@pytest.mark.parametrize("form", [form for form in FORMS if form != "sqlite"])
def test_a_form_that_finds_no_room_says_so_as_the_system_does(
    tmp_path: Path, form: str, room: int, capfd: pytest.CaptureFixture[str]
) -> None:
    FORMS[form].write(content(), str(tmp_path / "none"))  # so that what it needs is loaded
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            FORMS[form].write(content(*ROWS * 30), str(tmp_path / "full"))
        gc.collect()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert capfd.readouterr().err == ""
