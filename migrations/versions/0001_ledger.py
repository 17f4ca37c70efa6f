"""The first schema: the catalogue, the append-only record, and the words that every database starts with.

Revision 0001, after nothing. All of it is frozen text: this file and the .sql files that it reads never change once
released, and import nothing that describes the schema as it is today.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from alembic import op

from posture.clock import now, to_text
from posture.errors import Refused

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

STATUSES = (
    ("planned", "phase", "Planned"),
    ("building_up", "phase", "Building up"),
    ("active", "phase", "Active"),
    ("under_review", "phase", "Under review"),
    ("drawing_down", "phase", "Drawing down"),
    ("withdrawn", "phase", "Withdrawn"),
    ("present", "presence", "Present"),
    ("in_transit", "presence", "In transit"),
    ("departed", "presence", "Departed"),
    ("operating", "activity", "Operating"),
    ("grounded", "activity", "Grounded"),
    ("stored", "activity", "Stored"),
    ("fmc", "condition", "Fully mission capable"),
    ("pmc", "condition", "Partially mission capable"),
    ("nmc", "condition", "Not mission capable"),
    ("in_service", "lifecycle", "In service"),
    ("decommissioned", "lifecycle", "Decommissioned"),
    ("lost", "lifecycle", "Lost"),
    ("captured", "lifecycle", "Captured"),
    ("transferred", "lifecycle", "Transferred"),
)

ASSET_TYPES = (
    ("personnel", None, "Personnel"),
    ("aircraft", None, "Aircraft"),
    ("drone", "aircraft", "Drone"),
    ("helicopter", "aircraft", "Helicopter"),
    ("jet", "aircraft", "Jet (fighter)"),
    ("reconnaissance-aircraft", "aircraft", "Reconnaissance aircraft"),
    ("transport-aircraft", "aircraft", "Transport aircraft"),
    ("tanker-aircraft", "aircraft", "Tanker aircraft"),
    ("bomber", "aircraft", "Bomber"),
    ("ground", None, "Ground equipment"),
    ("tank", "ground", "Tank"),
    ("armoured-vehicle", "ground", "Armoured vehicle"),
    ("artillery", "ground", "Artillery"),
    ("air-defence", "ground", "Air defence"),
    ("vehicle", "ground", "Vehicle"),
    ("naval", None, "Naval"),
    ("aircraft-carrier", "naval", "Aircraft carrier"),
    ("surface-combatant", "naval", "Surface combatant"),
    ("amphibious-ship", "naval", "Amphibious ship"),
    ("submarine", "naval", "Submarine"),
    ("auxiliary", "naval", "Auxiliary"),
)

TABLES = (
    "catalogue_revision",
    "source_origin",
    "retraction",
    "plan_link",
    "status_change",
    "ledger_entry",
    "database_identity",
    "containment",
    "event_actor",
    "alias",
    "event",
    "asset",
    "platform",
    "deployment",
    "source",
    "asset_type",
    "location",
    "actor",
    "status",
)


def upgrade() -> None:
    """Make the tables, the triggers that keep the record append-only, and the first rows."""
    for part in ("tables", "triggers"):
        _run_file(SQL / f"0001_{part}.{op.get_bind().dialect.name}.sql")
    numbers = {code: number for number, (code, _, _) in enumerate(ASSET_TYPES, start=1)}
    _insert("status", [{"id": n, "code": c, "axis": a, "name": t} for n, (c, a, t) in enumerate(STATUSES, start=1)])
    _insert(
        "asset_type",
        [
            {"id": numbers[code], "code": code, "name": name, "parent_id": numbers[parent] if parent else None}
            for code, parent, name in ASSET_TYPES
        ],
    )
    _insert("database_identity", [{"id": 1, "database_id": str(uuid.uuid4()), "created_at": to_text(now())}])


def downgrade() -> None:
    """Drop everything; refused while anything is recorded, which would be lost."""
    entries = op.get_bind().exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar_one()
    if entries:
        claims = op.get_bind().exec_driver_sql("SELECT count(*) FROM status_change").scalar_one()
        raise Refused(
            f"the ledger holds {entries} entries with {claims} claims, and going down would lose them; nothing was changed"
        )
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION posture_append_only()")


def _run_file(path: Path) -> None:
    """Run the statements of a file, as they stand: the driver's own cursor replaces nothing in them."""
    cursor = op.get_bind().connection.cursor()
    for statement in path.read_text(encoding="utf-8").split("\n\n"):
        if not statement.lstrip().startswith("--"):
            cursor.execute(statement)


def _insert(table: str, rows: list[dict[str, object]]) -> None:
    """Insert rows of plain words and numbers."""
    names = ", ".join(rows[0])
    values = ", ".join(f"%({name})s" if op.get_bind().dialect.name == "postgresql" else f":{name}" for name in rows[0])
    op.get_bind().connection.cursor().executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)
