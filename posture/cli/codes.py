"""The codes in the database that begin with what was typed, for shell completion: quickly, and without locking."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # not `from typing import TYPE_CHECKING`: that import alone takes 5 ms of a completion

_CODED = {
    "actor": "name",
    "location": "name",
    "asset_type": "name",
    "source": "title",
    "deployment": "name",
    "platform": "designation",
    "event": "title",
    "status": "name",
    "edition": "name",
}
"""Tables with codes, and the column that says what a code means."""

_OWN_CODE_ALONE = ("status", "edition")
"""Tables whose rows have no other names, and are not shown as things."""
_MOST = 300

_ADDRESSES = (
    "select code, name from deployment where {code} union all "
    "select deployment.code || '/' || asset.code, asset_type.name from asset join deployment on deployment.id = asset.deployment_id "
    "join asset_type on asset_type.id = asset.asset_type_id where {address}"
)

_OTHER_NAMES = (
    " union all select code, about from (select replace(alias.name_folded, ' ', '-') as code, "
    "'another name of ' || t.code as about from alias join {noun} t on t.id = alias.{noun}_id) named where {code}"
)
"""Aliases of a noun as they can be typed without quotes; they are found so as well."""
_OTHER_ADDRESSES = (
    " union all select code, about from (select deployment.code || '/' || replace(alias.name_folded, ' ', '-') as code, "
    "'another name of ' || deployment.code || '/' || asset.code as about from alias join asset on asset.id = alias.asset_id "
    "join deployment on deployment.id = asset.deployment_id) named where {code}"
)

_NUMBERED = {
    "claim": "select cast(status_change.id as text) as code, {said} as about from {claims} order by status_change.id desc limit 300",
    "plan": "select cast(status_change.id as text) as code, {said} as about from {claims}"
    " where modality not in ('actual', 'denied') order by status_change.id desc limit 300",
    "entry": "select cast(seq as text) as code, action || coalesce(': ' || reason, '') as about from ledger_entry order by seq desc limit 300",
}
"""The newest of what is known by its number, and what it is."""
_CLAIMS = "status_change join deployment on deployment.id = status_change.deployment_id left join asset on asset.id = status_change.asset_id"
_SAID = "status_change.kind || coalesce(' ' || quantity_text, '') || ' ' || deployment.code || coalesce('/' || asset.code, '')"


def codes_beginning(kind: str, typed: str, db: str) -> list[tuple[str, str]]:
    """Return codes of a kind (a noun, `line`, `status`, `anything`, `scenario`, `claim`, `plan`, `entry`) and what each means."""
    if kind == "scenario":
        from posture.imports.scenario import list_scenarios

        return [(name, "") for name in list_scenarios() if name.startswith(typed)]
    if kind == "deployment/":
        return [
            (code + "/", about) for code, about in _ask(db, "select code, name from deployment where {code}", typed)
        ]
    if kind in _NUMBERED:
        newest = _NUMBERED[kind].replace("{said}", _SAID).replace("{claims}", _CLAIMS)
        return _ask(db, f"select code, about from ({newest}) newest where {{code}}", typed.removeprefix("c"))
    if kind == "line":
        return _ask(db, _ADDRESSES + _others(typed, "deployment", "asset"), typed)
    if kind == "anything":
        every = " union ".join(
            f"select code, {about} from {table} where {{code}}"
            for table, about in _CODED.items()
            if table not in _OWN_CODE_ALONE
        )
        others = _others(typed, *(noun for noun in _CODED if noun not in _OWN_CODE_ALONE), "asset")
        return _ask(db, f"{every} union {_ADDRESSES.partition(' union all ')[2]}{others}", typed)
    others = _others(typed, kind) if kind not in _OWN_CODE_ALONE else ""
    return _ask(db, f"select code, {_CODED[kind]} from {kind} where {{code}}{others}", typed)


def _others(typed: str, *nouns: str) -> str:
    """Return what adds the other names of these nouns, once something is typed: without, the codes alone are enough."""
    if not typed:
        return ""
    return "".join(_OTHER_ADDRESSES if noun == "asset" else _OTHER_NAMES.replace("{noun}", noun) for noun in nouns)


def _ask(url: str, sql: str, typed: str) -> list[tuple[str, str]]:
    if not url:
        from posture.settings import Settings

        url = Settings().database_url
    path = url.removeprefix("sqlite:///")
    ask = _ask_server if "://" in path else _ask_file
    end = typed + "\U0010ffff"
    return [
        (code, about or "")
        for code, about in ask(path, f"{sql} order by 1 limit {_MOST}", {"typed": typed, "end": end})
        if code.replace("-", "").replace("/", "").replace(".", "").isalnum()  # no shell needs quotes for it
    ]


def _ask_file(path: str, sql: str, values: dict[str, str]) -> list[Any]:
    import os
    import sqlite3

    escaped = os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{escaped}?mode=ro", uri=True, timeout=0.2)
    try:
        asked = sql.replace("{code}", "code >= :typed and code < :end").replace(
            "{address}",
            "deployment.code || '/' || asset.code >= :typed and deployment.code || '/' || asset.code < :end",
        )
        return connection.execute(asked, values).fetchall()
    finally:
        connection.close()


def _ask_server(url: str, sql: str, values: dict[str, str]) -> list[Any]:
    """Ask PostgreSQL, whose driver takes longer to import than all the rest; a shell waits two seconds at most."""
    import psycopg

    asked = sql.replace("{code}", "starts_with(code, %(typed)s)").replace(
        "{address}", "starts_with(deployment.code || '/' || asset.code, %(typed)s)"
    )
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=2) as connection:
        return connection.execute(asked, {"typed": values["typed"]}).fetchall()
