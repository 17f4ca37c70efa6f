"""No form holds more than a batch or two of the rows that it writes."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import pytest

from posture.exports.forms import FORMS
from tests.exports.forms.written import PLAIN, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCHES = 20


class Batch(list[tuple[object, ...]]):
    """A batch of rows of which it can be told whether anybody still holds it."""


@pytest.mark.parametrize("form", [form for form in FORMS if form != "sqlite"])
def test_a_form_lets_go_of_what_it_has_written(tmp_path: Path, form: str) -> None:
    alive: weakref.WeakSet[Batch] = weakref.WeakSet()
    most = 0

    class Hashed(Batch):
        __hash__ = object.__hash__  # type: ignore[assignment]

    def batches() -> Iterator[list[tuple[object, ...]]]:
        nonlocal most
        for number in range(BATCHES):
            batch = Hashed([(number, *PLAIN[1:])] * 100)
            alive.add(batch)
            most = max(most, len(alive))
            yield batch
            del batch

    found = content(batches=batches)
    assert FORMS[form].write(found, str(tmp_path / "file")) == BATCHES * 100
    assert most <= 3
