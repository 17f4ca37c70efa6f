"""The views that SQL users read: `report_*`, the same columns, values and texts on both engines.

The one place for their names, columns, meaning and examples: the migration's text is frozen from it, and `docs/sql.md` is
generated from it. A day is the text `2023-09-06`, an instant `2023-09-06T18:20:00.000000Z`, yes and no are 1 and 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.store import views_of_catalogue as catalogue
from posture.store import views_of_publishing as publishing
from posture.store import views_of_record as record
from posture.store.view_columns import Example, View, ViewColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PUBLISHING", "VIEWS", "Example", "View", "ViewColumn", "statements"]

PUBLISHING = (publishing.REPORT_EDITION, publishing.REPORT_EXPORT_RUN)
"""The views that came with editions and exports: their tables are made after the others."""
VIEWS = (
    record.REPORT_POSTURE,
    record.REPORT_PLAN,
    record.REPORT_CLAIM,
    record.REPORT_EVIDENCE,
    record.REPORT_PLAN_LINK,
    record.REPORT_RETRACTION,
    record.REPORT_ENTRY,
    catalogue.REPORT_EVENT,
    catalogue.REPORT_EVENT_ACTOR,
    catalogue.REPORT_SOURCE,
    catalogue.REPORT_ACTOR,
    catalogue.REPORT_LOCATION,
    catalogue.REPORT_ASSET_TYPE,
    catalogue.REPORT_DEPLOYMENT,
    catalogue.REPORT_CONTAINMENT,
    catalogue.REPORT_PLATFORM,
    catalogue.REPORT_ASSET,
    catalogue.REPORT_ALIAS,
    *PUBLISHING,
)
"""Every view, in the order of the page about them."""


def statements(engine: str, views: Sequence[View] = VIEWS) -> list[str]:
    """Return the statements that make views, all of them by default, for one engine; PostgreSQL's with their comments."""
    made = []
    for view in views:
        listed = ",\n".join(f"    {column.expression(engine)} AS {column.name}" for column in view.columns)
        made.append(f"CREATE VIEW {view.name} AS SELECT\n{listed}\n{view.source}")
        if engine == "postgresql":
            made.append(f"COMMENT ON VIEW {view.name} IS {_literal(view.grain)}")
            made += [
                f"COMMENT ON COLUMN {view.name}.{column.name} IS {_literal(column.meaning)}" for column in view.columns
            ]
    return made


def _literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
