"""How a word finds a row of the catalogue: by its code, else by another name; never by a likeness.

A word that is nearly a code finds nothing: the error names what is near, and the person decides. Niger is not Nigeria.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.domain.codes import fold, make_code
from posture.errors import AmbiguousCode, IntegrityBroken, UnknownCode
from posture.store.statements import quoted

if TYPE_CHECKING:
    from posture.store.connection import Database, Row

NAMES = {
    "actor": "name",
    "location": "name",
    "asset_type": "name",
    "source": None,
    "deployment": "name",
    "platform": "designation",
    "event": None,
}
"""The column, if any, by which a row of each noun is found when neither its code nor an alias is."""
TREES = frozenset({"actor", "location", "asset_type"})
"""The nouns whose rows have a parent."""


def find_code(db: Database, noun: str, word: str) -> Row | None:
    """Return the row that a word names, or None.

    The code comes first, without regard to case; then an alias, then the row's own name, without regard to case and
    accents. Raises AmbiguousCode where the word names several.
    """
    table = _table(noun)
    for code in dict.fromkeys((word.strip().lower(), make_code(word))):
        row = db.one(f"SELECT * FROM {table} WHERE code = :code", {"code": code}) if code else None
        if row is not None:
            return row
    folded = fold(word)
    if not folded:
        return None
    ids = _called(db, table, folded)
    if len(ids) > 1:
        codes = [row[0] for row in db.tuples(f"SELECT code FROM {table} WHERE id IN ({_listed(ids)}) ORDER BY code")]
        raise AmbiguousCode(table, word, codes)
    return db.one(f"SELECT * FROM {table} WHERE id = :id", {"id": ids[0]}) if ids else None


def get_code(db: Database, noun: str, word: str) -> Row:
    """Return the row that a word names; raises UnknownCode with what is near, or AmbiguousCode."""
    row = find_code(db, noun, word)
    if row is None:
        table = _table(noun)
        near = _near(word, _names(db, table))
        raise UnknownCode(table, word, near, names=_own_names(db, table, near))
    return row


def _own_names(db: Database, table: str, codes: list[str]) -> dict[str, str]:
    """Return the names of the rows with these codes: Niger is not Nigeria, and the codes alone would not tell."""
    if table not in TREES:
        return {}
    return {
        code: str(db.value(f"SELECT {NAMES[table]} FROM {table} WHERE code = :code", {"code": code})) for code in codes
    }


def get_row(db: Database, table: str, id: int) -> Row:
    """Return the row with this id; raises IntegrityBroken where a reference leads nowhere."""
    row = db.one(f"SELECT * FROM {quoted(table)} WHERE id = :id", {"id": id})
    if row is None:
        raise IntegrityBroken(f'{table} {id} is referred to and is not there; run "posture db verify"')
    return row


def find_line(db: Database, address: str) -> Row | None:
    """Return the asset at an address such as `fra-ner/drones`, or None.

    Within the deployment the second half is the asset's code, else another name of it, else its asset type (by code or
    another name, also in the plural), else its platform (by code, another name or designation). Raises AmbiguousCode
    where two assets of the deployment are called so.
    """
    word, slash, part = address.partition("/")
    deployment = find_code(db, "deployment", word) if slash and part.strip() else None
    return None if deployment is None else _find_asset(db, deployment["id"], part)


def get_line(db: Database, address: str) -> Row:
    """Return the asset at an address; raises UnknownCode with the addresses that are near, or AmbiguousCode."""
    row = find_line(db, address)
    if row is not None:
        return row
    word, _, part = address.partition("/")
    deployment = get_code(db, "deployment", word)
    codes = [
        code
        for (code,) in db.tuples(
            "SELECT code FROM asset WHERE deployment_id = :id ORDER BY code", {"id": deployment["id"]}
        )
    ]
    names = [(fold(code), code) for code in codes] + db.tuples(
        "SELECT a.name_folded, t.code FROM alias a JOIN asset t ON t.id = a.asset_id WHERE t.deployment_id = :id"
        " ORDER BY a.name_folded, t.code",
        {"id": deployment["id"]},
    )
    near = _near(part, names) or codes[:3]
    raise UnknownCode("asset", address, [f"{deployment['code']}/{code}" for code in near])


def descendants(db: Database, noun: str, id: int) -> set[int]:
    """Return the ids of all rows below one in its tree; the row itself is not among them."""
    return _walk(db, noun, id, "t.parent_id = w.id", "t.id")


def ancestors(db: Database, noun: str, id: int) -> set[int]:
    """Return the ids of all rows above one in its tree; the row itself is not among them."""
    return _walk(db, noun, id, "t.id = w.id AND t.parent_id IS NOT NULL", "t.parent_id")


def _walk(db: Database, noun: str, id: int, step: str, column: str) -> set[int]:
    """Follow the parents up or down; a loop, should there be one, ends the walk."""
    table = _table(noun)
    if table not in TREES:
        raise ValueError(f"{table} is no tree")
    found = db.tuples(
        f"WITH RECURSIVE walk(id) AS (SELECT CAST(:id AS bigint) UNION SELECT {column} FROM {table} t JOIN walk w ON {step})"
        " SELECT id FROM walk",
        {"id": id},
    )
    return {number for (number,) in found} - {id}


def _find_asset(db: Database, deployment_id: int, word: str) -> Row | None:
    for code in dict.fromkeys((word.strip().lower(), make_code(word))):
        row = db.one(
            "SELECT * FROM asset WHERE deployment_id = :deployment_id AND code = :code",
            {"deployment_id": deployment_id, "code": code},
        )
        if row is not None:
            return row
    called = db.all(
        "SELECT t.* FROM asset t JOIN alias a ON a.asset_id = t.id"
        " WHERE t.deployment_id = :deployment_id AND a.name_folded = :folded ORDER BY t.code",
        {"deployment_id": deployment_id, "folded": fold(word)},
    )
    if len(called) > 1:
        raise AmbiguousCode("asset", word, [str(row["code"]) for row in called])
    if called:
        return called[0]
    kind = find_code(db, "asset_type", word)
    if kind is None and word.lower().endswith("s"):
        kind = find_code(db, "asset_type", word[:-1])
    if kind is not None:
        return db.one(
            "SELECT * FROM asset WHERE deployment_id = :deployment_id AND asset_type_id = :kind_id AND platform_id IS NULL",
            {"deployment_id": deployment_id, "kind_id": kind["id"]},
        )
    platform = find_code(db, "platform", word)
    if platform is None:
        return None
    return db.one(
        "SELECT * FROM asset WHERE deployment_id = :deployment_id AND platform_id = :platform_id",
        {"deployment_id": deployment_id, "platform_id": platform["id"]},
    )


def _table(noun: str) -> str:
    """Return the table of a noun, which is written with a hyphen on the command line."""
    table = noun.replace("-", "_")
    if table not in NAMES:
        raise ValueError(f'"{noun}" is not found by a code')
    return table


def _called(db: Database, table: str, folded: str) -> list[int]:
    """Return the ids of the rows that have this alias, or, where none has, this name."""
    column = f"{table}_id"
    found = db.tuples(
        f"SELECT DISTINCT {column} FROM alias WHERE name_folded = :folded AND {column} IS NOT NULL",
        {"folded": folded},
    )
    if found:
        return [number for (number,) in found]
    name = NAMES[table]
    if name is None:
        return []
    return [number for number, text in db.tuples(f"SELECT id, {name} FROM {table}") if fold(text) == folded]


def _names(db: Database, table: str) -> list[tuple[str, str]]:
    """Return every name of every row, folded, each with the row's code."""
    name = NAMES[table] or "code"
    rows = db.tuples(f"SELECT code, {name} FROM {table} ORDER BY code")
    names = [(fold(text), code) for code, own in rows for text in (code, own)]
    return names + db.tuples(
        f"SELECT a.name_folded, t.code FROM alias a JOIN {table} t ON t.id = a.{table}_id ORDER BY a.name_folded, t.code"
    )


def _near(word: str, names: list[tuple[str, str]], most: int = 3) -> list[str]:
    """Return the codes of the rows whose names are nearest to a word: alike, or beginning with it."""
    import difflib

    folded = fold(word)
    if not folded:
        return []
    cutoff = 0.6 if len(folded) <= 4 else 0.7  # one letter of a short code is a large part of it
    alike = difflib.get_close_matches(folded, {name for name, _ in names}, n=12, cutoff=cutoff)
    begin = sorted(
        {name for name, _ in names if len(folded) > 1 and name.startswith(folded)}, key=lambda n: (len(n), n)
    )
    near = [code for wanted in (*alike, *begin) for name, code in names if name == wanted]
    return list(dict.fromkeys(near))[:most]


def _listed(ids: list[int]) -> str:
    return ", ".join(str(int(number)) for number in ids)
