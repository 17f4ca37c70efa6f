"""Editions, which name a pair of clocks, and the runs of exports; the rows of imports refer to their claims without a foreign key.

Revision 0005, after 0004. Frozen text: this file and the .sql files that it reads never change once released. Nothing
recorded is touched, either way.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import op

from posture.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
REFERENCE = re.compile(r",\s*CONSTRAINT fk_import_row_claim_id FOREIGN KEY\(claim_id\) REFERENCES status_change \(id\)")
NARROW = "'alias', 'event_actor')"
WIDE = "'alias', 'event_actor', 'edition')"
TABLES = (
    "'actor', 'location', 'asset_type', 'source', 'deployment', 'platform', 'asset', 'event', 'alias', 'event_actor',"
    " 'edition'"
)


def upgrade() -> None:
    """Make the tables, and change what an older schema has otherwise: a CHECK and a foreign key."""
    _run_file("up")
    if op.get_bind().dialect.name == "sqlite":
        _define_sqlite("catalogue_revision", lambda text: text if WIDE in text else text.replace(NARROW, WIDE))
        _define_sqlite("import_row", lambda text: REFERENCE.sub("", text))
    else:
        _widen_postgresql()
        op.get_bind().connection.cursor().execute(
            "ALTER TABLE import_row DROP CONSTRAINT IF EXISTS fk_import_row_claim_id"
        )


def downgrade() -> None:
    """Take the tables away; refused while an edition is recorded, which would leave revisions of nothing."""
    recorded = "SELECT count(*) FROM catalogue_revision WHERE table_name = 'edition'"
    if op.get_bind().exec_driver_sql(recorded).scalar_one():
        raise Refused("the ledger holds editions, and going down would lose them; nothing was changed")
    _run_file("down")


def _define_sqlite(table: str, change: Callable[[str], str]) -> None:
    """Change the definition of a table in place: one that is made anew would lose its triggers, and no row could break less.

    This is how SQLite's manual has it (ALTER TABLE, "making other kinds of table schema changes").
    """
    bind = op.get_bind()
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
    if change(text) == text:
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (change(text), table))
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")


def _widen_postgresql() -> None:
    """Widen the CHECK, whether or not the schema was made with the wider one."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute("ALTER TABLE catalogue_revision DROP CONSTRAINT ck_catalogue_revision_table_name")
    cursor.execute(
        "ALTER TABLE catalogue_revision ADD CONSTRAINT ck_catalogue_revision_table_name"
        f" CHECK (table_name in ({TABLES}))"
    )


def _run_file(direction: str) -> None:
    """Run the statements of a file, as they stand: the driver's own cursor replaces nothing in them."""
    path = SQL / f"0005_exporting_{direction}.{op.get_bind().dialect.name}.sql"
    cursor = op.get_bind().connection.cursor()
    for statement in path.read_text(encoding="utf-8").split("\n\n"):
        if not statement.lstrip().startswith("--"):
            cursor.execute(statement)
