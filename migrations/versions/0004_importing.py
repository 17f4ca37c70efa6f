"""The state of imports: which rows of which files are recorded already.

Revision 0004, after 0003. Frozen text: this file and the .sql files that it reads never change once released. Nothing
recorded is touched, either way.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Make the tables."""
    _run_file("up")


def downgrade() -> None:
    """Take them away: the imported claims stay, and a file that is imported again would be taken for a new one."""
    _run_file("down")


def _run_file(direction: str) -> None:
    """Run the statements of a file, as they stand: the driver's own cursor replaces nothing in them."""
    path = SQL / f"0004_importing_{direction}.{op.get_bind().dialect.name}.sql"
    cursor = op.get_bind().connection.cursor()
    for statement in path.read_text(encoding="utf-8").split("\n\n"):
        if not statement.lstrip().startswith("--"):
            cursor.execute(statement)
