"""${message}.

Revision ${up_revision}, after ${down_revision | comma,n}, of ${create_date.date()}.
"""

from __future__ import annotations

from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Go up. The ledger's tables are only ever added to: a batch rebuild would drop their triggers."""
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade() -> None:
    """Go down."""
    ${downgrades if downgrades else "raise NotImplementedError"}
