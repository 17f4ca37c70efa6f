"""The views for SQL users, and the projection of the current posture and plans that two of them read.

Revision 0003, after 0002. Frozen text: this file and the .sql files that it reads never change once released. Nothing
recorded is touched, either way.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Make the tables and the views; what is recorded already is in them as not computed yet."""
    _run_file("up")


def downgrade() -> None:
    """Take both away: they hold nothing that is not recorded elsewhere."""
    _run_file("down")


def _run_file(direction: str) -> None:
    """Run the statements of a file, as they stand: the driver's own cursor replaces nothing in them."""
    path = SQL / f"0003_reporting_{direction}.{op.get_bind().dialect.name}.sql"
    cursor = op.get_bind().connection.cursor()
    for statement in path.read_text(encoding="utf-8").split("\n\n"):
        if not statement.lstrip().startswith("--"):
            cursor.execute(statement)
