"""`posture config show`: every setting, its value, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posture.cli.session import write
from posture.settings import SETTINGS
from posture.store.address import hide_password

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posture.cli.session import Session


def show(session: Session, given: Mapping[str, Any]) -> None:
    """Print the settings; a password in an address is never among what is printed."""
    settings = session.settings
    found = {setting.name: settings.find(setting.name) for setting in SETTINGS}
    values = {
        name: hide_password(str(value.value)) if name in ("database_url", "reader_url") else value.value
        for name, value in found.items()
    }
    for code, limit in settings.stale_limits().items():
        found[f"stale.{code}"] = limit
        values[f"stale.{code}"] = limit.value
    if given.get("as_json"):
        import json

        write(
            [
                json.dumps(
                    {name: {"value": values[name], "origin": found[name].origin} for name in found}, ensure_ascii=False
                )
            ]
        )
        return
    widest = max(len(name) for name in found)
    for name, value in values.items():
        origin = f"   # {found[name].origin}" if given.get("origin") else ""
        write([f"{name:<{widest}} = {value}{origin}"])
