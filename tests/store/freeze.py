"""Write the tables as they are now into the first migration's frozen text: only while nothing is released.

Run it after a change of `posture/store/tables.py` or `indexes.py`: `python -m tests.store.freeze`. From the first
release on, a change of the schema is a new migration, and this file goes away.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment, SetTableComment

from posture.store import (
    indexes,  # noqa: F401 - adds the indexes to the tables
    reference,
)
from posture.store.tables import metadata

FOLDER = Path(__file__).parents[2] / "migrations" / "sql"


def statements(engine: str) -> list[str]:
    """Return the statements that make all tables, in order, for one engine."""
    dialect = sqlite.dialect() if engine == "sqlite" else postgresql.dialect()
    made: list[str] = []
    for table in metadata.sorted_tables:
        parts: list[object] = [CreateTable(table)]
        parts += [CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
        if engine == "postgresql":
            parts += [SetTableComment(table), *(SetColumnComment(column) for column in table.columns)]
        made += [str(part.compile(dialect=dialect)).strip() for part in parts]  # type: ignore[attr-defined]
    return [one.replace("\t", "    ").replace(", \n", ",\n").replace("\n)\n ", "\n) ") for one in made]


def main() -> None:
    """Write both files, and the page about them."""
    for engine in ("sqlite", "postgresql"):
        text = f"-- The tables of the first schema, for {engine}: frozen text, statements parted by a blank line.\n\n"
        (FOLDER / f"0001_tables.{engine}.sql").write_text(text + ";\n\n".join(statements(engine)) + ";\n")
    (FOLDER.parents[1] / "docs" / "tables.md").write_text(reference.markdown())


if __name__ == "__main__":
    main()
