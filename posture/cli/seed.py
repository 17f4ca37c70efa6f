"""`posture seed`: scenarios that travel with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.session import say, telling_of, write
from posture.errors import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session


def seed(session: Session, given: Mapping[str, Any]) -> None:
    """List the scenarios, or load one."""
    from posture.imports import scenario

    if given.get("list_them"):
        write(f"{name:<20}{scenario.load_scenario(name).title}" for name in scenario.list_scenarios())
        return
    if not given.get("name"):
        raise UsageMistake("which scenario? There are " + ", ".join(scenario.list_scenarios()))
    with session.database() as db:
        result = scenario.seed(db, given["name"], recorded_by=session.settings.text("recorded_by"))
    with telling_of(result.last_seq or None):
        if not given.get("quiet"):
            say(result.told())
        write([f"entry #{result.last_seq}"] if result.last_seq else [])
