"""Write the schema as it is now into the migrations' frozen text: only while nothing is released.

Run it after a change of `posture/store/tables.py`, `indexes.py`, `views.py` or `passages.py`: `python -m tests.store.freeze`. From the first
release on, a change of the schema is a new migration, and this file goes away.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment, SetTableComment

from posture.store import (
    indexes,  # noqa: F401 - adds the indexes to the tables
    passages,
    reference,
    views,
)
from posture.store.tables import IMPORTED, LOCAL, PROJECTED, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

EXPORTING = ("edition", *LOCAL)
"""The tables of the fifth migration."""
LATER = (*PROJECTED, *IMPORTED, *EXPORTING)
"""The tables that the first migration does not make."""
BEFORE_EXPORTING = tuple(view for view in views.VIEWS if view not in views.PUBLISHING)
"""The views of the third migration."""
FOLDER = Path(__file__).parents[2] / "migrations" / "sql"


def statements(engine: str) -> list[str]:
    """Return the statements that make the tables of the first migration, in order, for one engine."""
    return _making(engine, [table for table in metadata.sorted_tables if table.name not in LATER])


def _making(engine: str, tables: Iterable[sa.Table]) -> list[str]:
    """Return the statements that make these tables, for one engine."""
    dialect = sqlite.dialect() if engine == "sqlite" else postgresql.dialect()
    made: list[str] = []
    for table in tables:
        parts: list[object] = [CreateTable(table)]
        parts += [CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
        if engine == "postgresql":
            parts += [SetTableComment(table), *(SetColumnComment(column) for column in table.columns)]
        made += [str(part.compile(dialect=dialect)).strip() for part in parts]  # type: ignore[attr-defined]
    return [one.replace("\t", "    ").replace(", \n", ",\n").replace("\n)\n ", "\n) ") for one in made]


def search(engine: str, direction: str) -> str:
    """Return the text of the second migration for one engine: `up` or `down`."""
    made = passages.statements(engine) if direction == "up" else passages.removals(engine)
    return f"-- Full-text search, {direction}, for {engine}: frozen text, statements parted by a blank line.\n\n" + (
        ";\n\n".join(made) + ";\n"
    )


NOT_COMPUTED = (
    """INSERT INTO current_posture (asset_id, as_of, known_seq, touched_seq, is_known)
SELECT a.id, {day}, 0, (SELECT coalesce(max(seq), 1) FROM ledger_entry), {no}
FROM asset a""",
    """INSERT INTO current_plan (plan_id, as_of, known_seq, touched_seq)
SELECT c.id, {day}, 0, (SELECT coalesce(max(seq), 1) FROM ledger_entry)
FROM status_change c
WHERE c.modality IN ('planned', 'possible', 'demanded', 'negotiating')
    AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.status_change_id = c.id)""",
)
"""What is recorded already when the projection is made is not computed yet: the rules are not SQL's."""


def reporting(engine: str, direction: str) -> str:
    """Return the text of the third migration for one engine: `up` or `down`."""
    today = "date('now')" if engine == "sqlite" else "CAST(now() AT TIME ZONE 'UTC' AS DATE)"
    no = "0" if engine == "sqlite" else "FALSE"
    if direction == "up":
        made = _making(engine, [metadata.tables[name] for name in PROJECTED])
        made += [statement.format(day=today, no=no) for statement in NOT_COMPUTED]
        made += views.statements(engine, BEFORE_EXPORTING)
    else:
        made = [f"DROP VIEW {view.name}" for view in reversed(BEFORE_EXPORTING)]
        made += [f"DROP TABLE {name}" for name in reversed(PROJECTED)]
    return f"-- SQL reporting, {direction}, for {engine}: frozen text, statements parted by a blank line.\n\n" + (
        ";\n\n".join(made) + ";\n"
    )


def importing(engine: str, direction: str) -> str:
    """Return the text of the fourth migration for one engine: `up` or `down`."""
    if direction == "up":
        made = _making(engine, [metadata.tables[name] for name in IMPORTED])
    else:
        made = [f"DROP TABLE {name}" for name in reversed(IMPORTED)]
    return (
        f"-- The state of imports, {direction}, for {engine}: frozen text, statements parted by a blank line.\n\n"
        + (";\n\n".join(made) + ";\n")
    )


def exporting(engine: str, direction: str) -> str:
    """Return the text of the fifth migration for one engine: `up` or `down`."""
    if direction == "up":
        made = _making(engine, [metadata.tables[name] for name in EXPORTING])
        made += views.statements(engine, views.PUBLISHING)
    else:
        made = [f"DROP VIEW IF EXISTS {view.name}" for view in reversed(views.PUBLISHING)]
        made += [f"DROP TABLE {name}" for name in reversed(EXPORTING)]
    return (
        f"-- Editions and runs of exports, {direction}, for {engine}: frozen text, statements parted by a blank line.\n\n"
        + (";\n\n".join(made) + ";\n")
    )


def main() -> None:
    """Write the files, and the page about them."""
    for engine in ("sqlite", "postgresql"):
        for direction in ("up", "down"):
            (FOLDER / f"0002_search_{direction}.{engine}.sql").write_text(search(engine, direction), encoding="utf-8")
            (FOLDER / f"0003_reporting_{direction}.{engine}.sql").write_text(
                reporting(engine, direction), encoding="utf-8"
            )
            (FOLDER / f"0004_importing_{direction}.{engine}.sql").write_text(
                importing(engine, direction), encoding="utf-8"
            )
            (FOLDER / f"0005_exporting_{direction}.{engine}.sql").write_text(
                exporting(engine, direction), encoding="utf-8"
            )
    for engine in ("sqlite", "postgresql"):
        text = f"-- The tables of the first schema, for {engine}: frozen text, statements parted by a blank line.\n\n"
        (FOLDER / f"0001_tables.{engine}.sql").write_text(text + ";\n\n".join(statements(engine)) + ";\n")
    (FOLDER.parents[1] / "docs" / "tables.md").write_text(reference.markdown())


if __name__ == "__main__":
    main()
