"""The indexes, each for the question that it answers.

While there is no release, an index may be changed here and frozen anew into the first migration: `python -m
tests.store.freeze`. After a release, an index changes by a new migration.
"""

from __future__ import annotations

import sqlalchemy as sa

from posture.store import tables as t


def _index(
    name: str | None, *parts: object, unique: bool = False, where: str | None = None, finds: str | None = None
) -> None:
    """Make an index on the table of its first column; `where` makes it partial on both engines.

    `finds` names the column that is looked for and not looked by: SQLite has the key of the table in every index anyway, and
    PostgreSQL includes it, so that it need not read the table.
    """
    condition = None if where is None else sa.text(where)
    included = [] if finds is None else [finds]
    sa.Index(
        name,
        *parts,  # type: ignore[arg-type]
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
        postgresql_include=included,
    )


_claim = t.status_change.c

# The base of a line: one seek among the admissible counts, one among the rest; the first row found decides. The bounds and
# the stated end are in it as well, so that the seek never reads the table: twice as fast, and the more so on a long history.
# On PostgreSQL that holds for what has been vacuumed, which it does by itself after many insertions.
_index(
    "ix_status_change_base",
    _claim.asset_id,
    _claim.counting_basis,
    _claim.admissible.desc(),
    _claim.effective_on.desc(),
    _claim.grade_rank,
    _claim.own_words.desc(),
    _claim.seq.desc(),
    _claim.ordinal.desc(),
    _claim.quantity_low,
    _claim.quantity_high,
    _claim.effective_until,
    where="kind = 'count' and modality = 'actual'",
    finds="id",
)
# What moved a line after its base, by date.
_index(
    "ix_status_change_flow",
    _claim.asset_id,
    _claim.effective_on,
    _claim.seq,
    _claim.ordinal,
    where="kind in ('increase', 'decrease') and modality = 'actual'",
)
# Flows that may have ended on a later day than the one that orders them, by that day: a base between the two is seldom.
_index(
    "ix_status_change_lasting",
    _claim.asset_id,
    sa.text("coalesce(effective_until, effective_by)"),
    where="kind in ('increase', 'decrease') and modality = 'actual'"
    " and (effective_by is null or coalesce(effective_until, effective_by) > effective_on)",
)
# Counts with a stated end, by that day.
_index(
    "ix_status_change_lapsing",
    _claim.asset_id,
    _claim.effective_until,
    where="kind = 'count' and modality = 'actual' and effective_until is not null",
)
# The first claim of each status of a line, in the order of claims: a seek for each, and one to the next status. As above,
# all that is asked of a row is in it.
_index(
    "ix_status_change_status",
    _claim.asset_id,
    _claim.status_id,
    _claim.admissible.desc(),
    _claim.effective_on.desc(),
    _claim.grade_rank,
    _claim.own_words.desc(),
    _claim.seq.desc(),
    _claim.ordinal.desc(),
    _claim.counting_basis,
    _claim.quantity_form,
    _claim.effective_until,
    where="kind = 'status' and modality = 'actual' and asset_id is not null",
    finds="id",
)
# The same for the phases of a deployment: "withdrawn" reaches every line it holds or contains.
_index(
    "ix_status_change_phase",
    _claim.deployment_id,
    _claim.status_id,
    _claim.admissible.desc(),
    _claim.effective_on.desc(),
    _claim.grade_rank,
    _claim.own_words.desc(),
    _claim.seq.desc(),
    _claim.ordinal.desc(),
    _claim.counting_basis,
    _claim.quantity_form,
    _claim.effective_until,
    where="kind = 'status' and modality = 'actual' and asset_id is null",
    finds="id",
)
# Denials of a line or of its deployment.
_index(
    "ix_status_change_denial",
    _claim.deployment_id,
    _claim.asset_id,
    _claim.effective_on,
    where="modality = 'denied'",
)
# Plans, by deployment and line, from the day they were stated.
_index(
    "ix_status_change_plan",
    _claim.deployment_id,
    _claim.asset_id,
    _claim.stated_on,
    where="modality in ('planned', 'possible', 'demanded', 'negotiating')",
)
_index("ix_status_change_deployment", _claim.deployment_id, _claim.asset_id, _claim.seq)
_index("ix_status_change_source", _claim.source_id)
_index("ix_status_change_same_as", _claim.same_as_id, where="same_as_id is not null")
_index("ix_status_change_after", _claim.after_id, where="after_id is not null")
_index("ix_status_change_restates", _claim.restates_id, where="restates_id is not null")
_index("ix_status_change_transfer", _claim.transfer_id, where="transfer_id is not null")
_index("ix_status_change_other", _claim.other_deployment_id, where="other_deployment_id is not null")

_index(None, t.plan_link.c.plan_id)
_index(None, t.plan_link.c.claim_id)
_index("ix_retraction_replacement", t.retraction.c.replacement_id, where="replacement_id is not null")
_index("ix_retraction_replacement_event", t.retraction.c.replacement_event_id, where="replacement_event_id is not null")
_index("ix_source_origin_source", t.source_origin.c.source_id, t.source_origin.c.seq.desc())
_index(None, t.source_origin.c.origin_id)
_index("ix_catalogue_revision_row", t.catalogue_revision.c.table_name, t.catalogue_revision.c.row_id)
_index("ix_ledger_entry_recorded_at", t.ledger_entry.c.recorded_at)

_index(
    "uq_deployment_who_where_what",
    t.deployment.c.actor_id,
    t.deployment.c.location_id,
    sa.text("coalesce(operation, '')"),
    unique=True,
)
_index(
    "uq_asset_deployment_type",
    t.asset.c.deployment_id,
    t.asset.c.asset_type_id,
    unique=True,
    where="platform_id is null",
)
_index(
    "uq_asset_deployment_platform",
    t.asset.c.deployment_id,
    t.asset.c.platform_id,
    unique=True,
    where="platform_id is not null",
)
_index(None, t.actor.c.parent_id)
_index(None, t.location.c.parent_id)
_index(None, t.asset_type.c.parent_id)
_index(None, t.deployment.c.location_id)
_index(None, t.deployment.c.part_of_id)
_index(None, t.platform.c.asset_type_id)
_index(None, t.platform.c.actor_id)
_index(None, t.asset.c.asset_type_id)
_index(None, t.asset.c.platform_id)
_index(None, t.alias.c.name_folded)
_index(None, t.event.c.source_id)
_index(None, t.event.c.location_id)
_index(None, t.event_actor.c.actor_id)
_index(None, t.containment.c.part_id)
_index(None, t.import_file.c.name)
_index(None, t.edition.c.known_seq)
_index(None, t.export_run.c.job, t.export_run.c.id)
