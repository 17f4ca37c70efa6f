"""The tables of the ledger: the catalogue, which describes and may be edited, and the record, which only grows.

This is what the schema is; `migrations/` says the same in frozen text, and a test compares the two on both engines.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from posture.domain import vocabulary as words
from posture.store.columns import (
    Day,
    Flag,
    Instant,
    Key,
    Share,
    check,
    check_code,
    check_digest,
    check_together,
    check_word,
    check_world_time,
    column,
    key,
    metadata,
    one_of,
    reference,
    table,
)

__all__ = ["CATALOGUE", "IMPORTED", "LOCAL", "PROJECTED", "RECORD", "RELIABILITIES", "metadata"]

RELIABILITIES = ("A", "B", "C", "D", "E", "F")
"""NATO Admiralty code, reliability of the source; F: cannot be judged."""
CREDIBILITIES = ("1", "2", "3", "4", "5", "6")
"""NATO Admiralty code, credibility of the information; 6: cannot be judged."""
CATALOGUE = (
    "actor",
    "location",
    "asset_type",
    "source",
    "deployment",
    "platform",
    "asset",
    "event",
    "alias",
    "event_actor",
    "edition",
)
"""The descriptive tables, in an order in which each refers only to those before it; an edition to the record as well."""
NAMED = ("actor", "location", "asset_type", "source", "deployment", "platform", "asset", "event")
"""The tables whose rows an alias can name."""
RECORD = ("ledger_entry", "status_change", "plan_link", "retraction", "source_origin", "catalogue_revision")
"""The append-only tables, in an order in which each refers only to those before it."""
PROJECTED = ("current_posture", "current_plan")
"""What the reading rules give as of now, kept for those who read by SQL: all of it can be computed anew."""
IMPORTED = ("import_file", "import_row")
"""Which rows of which files the imported claims came from: by it a longer file is told from a new one."""
LOCAL = ("export_run",)
"""What this database alone has done: in no dump, in no hash, in no feed."""
OUTCOMES = ("published", "unchanged", "failed", "refused", "busy")
"""How a run of an export ended."""

# --- the catalogue -----------------------------------------------------------------------------------------------

actor = table(
    "actor",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab, such as fra", null=False),
    column("name", sa.Text, "Name in English", null=False),
    column("kind", sa.Text, "What the actor is", null=False),
    reference("parent_id", "actor", "The actor that this one is part of"),
    column("iso_alpha3", sa.Text, "ISO 3166-1 alpha-3 code of a state"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check_word("kind", words.ActorKind, null=False),
    check("iso_alpha3", "iso_alpha3 is null or (length(iso_alpha3) = 3 and iso_alpha3 = upper(iso_alpha3))"),
    check("parent", "parent_id is null or parent_id <> id"),
    comment="Who has forces or takes part in events: states, armed forces, governments, organisations",
)

location = table(
    "location",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab, such as ner or niamey", null=False),
    column("name", sa.Text, "Name in English", null=False),
    column("kind", sa.Text, "What the location is", null=False),
    reference("parent_id", "location", "The location that this one lies in"),
    column("iso_alpha3", sa.Text, "ISO 3166-1 alpha-3 code of a country"),
    column("icao_code", sa.Text, "ICAO code of an airfield, such as DRRN"),
    column("latitude", Share, "Degrees north, WGS 84"),
    column("longitude", Share, "Degrees east, WGS 84"),
    column("precision", sa.Text, "How exactly the coordinates are known"),
    column("site_class", sa.Text, "Kind of foreign military site, where known"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check_word("kind", words.LocationKind, null=False),
    check_word("precision", words.Precision),
    check_word("site_class", words.SiteClass),
    check("iso_alpha3", "iso_alpha3 is null or (length(iso_alpha3) = 3 and iso_alpha3 = upper(iso_alpha3))"),
    check("icao_code", "icao_code is null or (length(icao_code) = 4 and icao_code = upper(icao_code))"),
    check("coordinates", "(latitude is null) = (longitude is null)"),
    check("latitude", "latitude is null or latitude between -90 and 90"),
    check("longitude", "longitude is null or longitude between -180 and 180"),
    check("parent", "parent_id is null or parent_id <> id"),
    comment="Where forces are: countries, regions, cities, bases, airfields, ports, sea areas",
)

asset_type = table(
    "asset_type",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab, such as drone or mq-9", null=False),
    column("name", sa.Text, "Name in English", null=False),
    reference("parent_id", "asset_type", "The wider type that this one is a kind of"),
    column("icao_designator", sa.Text, "ICAO aircraft type designator, such as Q9"),
    column("sidc", sa.Text, "Symbol identification code of MIL-STD-2525 or APP-6"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check("parent", "parent_id is null or parent_id <> id"),
    comment="What a deployment can hold: one tree from personnel, aircraft, ground and naval down to models",
)

source = table(
    "source",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab", null=False),
    column("title", sa.Text, "Title of the document or statement", null=False),
    column("publisher", sa.Text, "Who published it"),
    column("url", sa.Text, "Where it was published"),
    column("published_on", Day, "Day of publication; the day its claims were stated, by default"),
    column("published_at", Instant, "Instant of publication, where known"),
    column("retrieved_at", Instant, "Instant at which it was read"),
    column("language", sa.Text, "Language tag, such as fr"),
    column("attribution", sa.Text, "Who or what stands behind it"),
    column("reliability", sa.Text, "Admiralty reliability A to F that its claims have by default"),
    column("content_sha256", sa.Text, "SHA-256 of the document itself"),
    column("text_kind", sa.Text, "What the stored text is", null=False),
    column("text", sa.Text, "The stored text, in which excerpts must occur"),
    column("text_sha256", sa.Text, "SHA-256 of the stored text; stays if the text must be erased"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check_word("attribution", words.Attribution),
    check_word("reliability", RELIABILITIES),
    check_word("text_kind", words.TextKind, null=False),
    check_digest("content_sha256"),
    check_digest("text_sha256"),
    check("text", "text is null or (text_kind <> 'none' and text_sha256 is not null)"),
    comment="A document or statement that claims rest on",
)

deployment = table(
    "deployment",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab, such as fra-ner", null=False),
    column("name", sa.Text, "Name in English", null=False),
    reference("actor_id", "actor", "Whose forces", null=False),
    reference("location_id", "location", "Where they are", null=False),
    column("operation", sa.Text, "Name of the operation they serve, where there is one"),
    column("mission", sa.Text, "What they are there for"),
    reference("part_of_id", "deployment", "The multinational deployment that this contingent is part of"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check("operation", "operation is null or operation <> ''"),
    check("part_of", "part_of_id is null or part_of_id <> id"),
    comment="Forces of an actor at a location, under an optional operation",
)

platform = table(
    "platform",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab", null=False),
    column("designation", sa.Text, "Registration, tail or hull number", null=False),
    reference("asset_type_id", "asset_type", "What kind of machine it is", null=False),
    reference("actor_id", "actor", "Whose it is"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    comment="One machine (aircraft, ship, vehicle), found again wherever it goes",
)

asset = table(
    "asset",
    key(),
    reference("deployment_id", "deployment", "The deployment that holds it", null=False),
    column("code", sa.Text, "Second half of its address: drones in fra-ner/drones", null=False),
    reference("asset_type_id", "asset_type", "What it is", null=False),
    reference("platform_id", "platform", "The one machine that it is, where it is one"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("deployment_id", "code"),
    sa.UniqueConstraint("id", "deployment_id"),
    check_code(),
    comment="A line of a deployment: an asset type, or one platform",
)

event = table(
    "event",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab", null=False),
    column("kind", sa.Text, "What kind of happening it is", null=False),
    column("title", sa.Text, "What happened, in a few words", null=False),
    column("effective_edtf", sa.Text, "When it happened, in EDTF", null=False),
    column("effective_from", Day, "Earliest start; NULL: open"),
    column("effective_by", Day, "Latest start; NULL: open"),
    column("effective_until", Day, "Latest end; NULL: not said"),
    column("effective_on", Day, "The day that orders it: earliest start, or latest where that is open", null=False),
    reference("location_id", "location", "Where it happened"),
    reference("source_id", "source", "The source that says so", null=False),
    column("excerpt", sa.Text, "The passage that says so"),
    column("excerpt_sha256", sa.Text, "SHA-256 of the passage; stays if the passage must be erased"),
    column("locator", sa.Text, "Where in the source: page, paragraph, minute"),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check_word("kind", words.EventKind, null=False),
    *check_world_time(),
    check_digest("excerpt_sha256"),
    check("excerpt", "excerpt is null or excerpt_sha256 is not null"),
    comment="Dated context: a coup, a demand, talks, an agreement, an attack",
)

alias = table(
    "alias",
    key(),
    reference("actor_id", "actor", "The actor that is also called so"),
    reference("location_id", "location", "The location that is also called so"),
    reference("asset_type_id", "asset_type", "The asset type that is also called so"),
    reference("source_id", "source", "The source that is also called so"),
    reference("deployment_id", "deployment", "The deployment that is also called so"),
    reference("platform_id", "platform", "The machine that is also called so"),
    reference("asset_id", "asset", "The line that is also called so, within its deployment"),
    reference("event_id", "event", "The event that is also called so"),
    column("name", sa.Text, "The other name, as written", null=False),
    column("name_folded", sa.Text, "The name without case and accents, for matching", null=False),
    column("language", sa.Text, "Language tag of the name"),
    *(sa.UniqueConstraint(f"{noun}_id", "name_folded") for noun in NAMED),
    check("target", " + ".join(f"case when {noun}_id is null then 0 else 1 end" for noun in NAMED) + " = 1"),
    check("name", "name <> '' and name_folded <> ''"),
    comment="Another name of one row of the catalogue",
)

event_actor = table(
    "event_actor",
    column("event_id", Key, "The event", sa.ForeignKey("event.id"), null=False),
    column("actor_id", Key, "The actor that had a part in it", sa.ForeignKey("actor.id"), null=False),
    column("role", sa.Text, "The part it had", null=False),
    sa.PrimaryKeyConstraint("event_id", "actor_id", "role"),
    check_word("role", words.EventRole, null=False),
    comment="Who had which part in an event",
)

edition = table(
    "edition",
    key(),
    column("code", sa.Text, "Short name, lower-case kebab, such as 2023-10-15", null=False),
    column("name", sa.Text, "Title, as it is cited", null=False),
    column("as_of", Day, "The day of the world that it is about", null=False),
    reference("known_seq", "ledger_entry", "The last entry that it knows", null=False),
    column("head_hash", sa.Text, "entry_hash of that entry: the whole record that it rests on", null=False),
    column("note", sa.Text, "Remark of the analyst"),
    sa.UniqueConstraint("code"),
    check_code(),
    check("name", "name <> ''"),
    check_digest("head_hash", null=False),
    comment="A name for a pair of clocks, so that what a report said can be cited and asked for again",
)

status = table(
    "status",
    key(),
    column("code", sa.Text, "The status, lower_snake, such as under_review", null=False),
    column("axis", sa.Text, "The dimension it lies on; one axis never overwrites another", null=False),
    column("name", sa.Text, "Name in English", null=False),
    sa.UniqueConstraint("code"),
    check_code(),
    check_word("axis", words.Axis, null=False),
    comment="The states that a deployment or an asset can be in, each on one axis",
)

containment = table(
    "containment",
    column("container_id", Key, "The wider deployment", sa.ForeignKey("deployment.id"), null=False),
    column("part_id", Key, "The deployment that lies within it", sa.ForeignKey("deployment.id"), null=False),
    sa.PrimaryKeyConstraint("container_id", "part_id"),
    check("irreflexive", "container_id <> part_id"),
    comment="Which deployment contains which: derived from the catalogue, transitive, checked by db verify",
)

database_identity = table(
    "database_identity",
    key("Always 1: there is one row"),
    column("database_id", sa.Text, "UUID of this database", null=False),
    column("created_at", Instant, "When it was made", null=False),
    check("single", "id = 1"),
    check("database_id", "length(database_id) = 36"),
    comment="Which database this is",
)

# --- the record: append-only, held so by triggers ----------------------------------------------------------------

ledger_entry = table(
    "ledger_entry",
    sa.Column(
        "seq", Key, primary_key=True, autoincrement=False, comment="1, 2, 3... without a gap, in order of commit"
    ),
    column("txid", sa.Text, "Unique, from the client, so that a retry cannot record twice", null=False),
    column("recorded_at", Instant, "When this database learned it; never decreasing", null=False),
    column("clock_at", Instant, "What the clock said when it was written", null=False),
    column("recorded_by", sa.Text, "Who recorded it", null=False),
    column("action", sa.Text, "The command: log, correct, retract, undo, replay...", null=False),
    column("reason", sa.Text, "Why, in the words of who recorded it"),
    column("tool_version", sa.Text, "Version of the program that wrote it", null=False),
    column("content_hash", sa.Text, "SHA-256 of all rows of the entry, long texts by their own digest", null=False),
    column("prev_hash", sa.Text, "entry_hash of the entry before; NULL for the first"),
    column("entry_hash", sa.Text, "SHA-256 of this row's other columns: the link of the chain", null=False),
    sa.UniqueConstraint("txid"),
    sa.UniqueConstraint("entry_hash"),
    check("seq", "seq >= 1"),
    check("words", "txid <> '' and recorded_by <> '' and action <> '' and tool_version <> ''"),
    check("chain", "(seq = 1) = (prev_hash is null)"),
    check_digest("content_hash", null=False),
    check_digest("prev_hash"),
    check_digest("entry_hash", null=False),
    comment="One row per command that changed anything; append-only",
)

_ADMISSIBLE = f"({one_of('reliability', 'ABCF')}) and ({one_of('credibility', '1236')})"
_GRADE_RANK = (
    "6 * case credibility when '1' then 0 when '2' then 1 when '3' then 2 when '6' then 3 when '4' then 4 else 5 end + "
    "case reliability when 'A' then 0 when 'B' then 1 when 'C' then 2 when 'F' then 3 when 'D' then 4 else 5 end"
)

status_change = table(
    "status_change",
    key("Number of the claim"),
    # An entry comes after its claims where they are many, for its hash covers them.
    reference("seq", "ledger_entry", "The entry that recorded it", null=False, deferred=True),
    column("ordinal", Key, "1, 2... among the claims of the entry", null=False),
    reference("deployment_id", "deployment", "The deployment it is about", null=False),
    column("asset_id", Key, "The line of that deployment; NULL: the deployment itself"),
    column("kind", sa.Text, "What it claims", null=False),
    reference("status_id", "status", "The status it claims, for kind status"),
    column("quantity_low", Key, "At least so many; NULL: not known"),
    column("quantity_best", Key, "Most likely so many; NULL: not known"),
    column("quantity_high", Key, "At most so many; NULL: not known"),
    column("share_low", Share, "At least this part of what was there; NULL: not known"),
    column("share_high", Share, "At most this part of what was there; NULL: not known"),
    column("share_low_open", Flag, "More than share_low, not exactly it", null=False),
    column("quantity_form", sa.Text, "How the quantity is given; NULL: there is none"),
    column("quantity_text", sa.Text, "The quantity in the words used"),
    column("counting_basis", sa.Text, "What the figure counts; bases are never mixed", null=False),
    column("complete", Flag, "The source says that the parts it lists are all", null=False),
    column("reason", sa.Text, "Why the quantity changed"),
    column("transfer_id", sa.Text, "Joins the two sides of a move"),
    reference("other_deployment_id", "deployment", "The other side of a move, even while nobody has reported it"),
    reference("same_as_id", "status_change", "The claim that reports the same happening", deferred=True),
    reference("after_id", "status_change", "The claim after which this happened, though on its day", deferred=True),
    reference("restates_id", "status_change", "The retracted claim that this one records again", deferred=True),
    column("modality", sa.Text, "Whether it is so; all but actual changes no posture", null=False),
    column("stated_on", Day, "The day it was said", null=False, like="effective_on"),
    column("effective_text", sa.Text, "When it was so, as typed", null=False),
    column("effective_edtf", sa.Text, "When it was so, in EDTF", null=False),
    column("effective_from", Day, "Earliest start; NULL: open", like="effective_on"),
    column("effective_by", Day, "Latest start; NULL: open", like="effective_on"),
    column("effective_until", Day, "Latest end of a happening, or the stated end of a state; NULL: not said"),
    column("effective_on", Day, "The day that orders claims: earliest start, or latest where that is open", null=False),
    column("effective_at", Instant, "The instant, where the time of day is known"),
    reference("source_id", "source", "The source that says so", null=False),
    column("excerpt", sa.Text, "The passage that says so"),
    column("excerpt_sha256", sa.Text, "SHA-256 of the passage; stays if the passage must be erased"),
    column("excerpt_start", Key, "Offset of the passage in the stored text, in characters from 0"),
    column("excerpt_end", Key, "Offset just after the passage"),
    column("locator", sa.Text, "Where in the source: page, paragraph, minute"),
    column("reliability", sa.Text, "Admiralty reliability of the source for this claim, A to F", null=False),
    column("credibility", sa.Text, "Admiralty credibility of the claim, 1 to 6", null=False),
    column("admissible", Flag, "Reliability A, B, C or F and credibility 1, 2, 3 or 6", null=False),
    column("grade_rank", Key, "0 is best: credibility 1 2 3 6 4 5, then reliability A B C F D E", null=False),
    column("own_words", Flag, "Not a repeat of another source", null=False),
    column("note", sa.Text, "Remark of the analyst"),
    column("note_sha256", sa.Text, "SHA-256 of the remark; stays if the remark must be erased"),
    sa.UniqueConstraint("seq", "ordinal"),
    sa.ForeignKeyConstraint(["asset_id", "deployment_id"], ["asset.id", "asset.deployment_id"]),
    check("ordinal", "ordinal >= 1"),
    check("kind", one_of("kind", words.Kind)),
    check("modality", one_of("modality", words.Modality)),
    check("counting_basis", one_of("counting_basis", words.CountingBasis)),
    check("reason", one_of("reason", words.Reason, null=True)),
    check("line", "asset_id is not null or kind in ('status', 'announcement') or modality = 'denied'"),
    check("status", "(kind = 'status') = (status_id is not null)"),
    check("quantity_needed", "quantity_form is not null or kind in ('status', 'announcement')"),
    check("quantity_form", one_of("quantity_form", ("number", "share", "unknown", "withheld"), null=True)),
    check(
        "quantity",
        "(quantity_form is not null and quantity_form = 'number' and share_low is null and share_high is null"
        " and (quantity_low is not null or quantity_high is not null)) or "
        "(quantity_form is not null and quantity_form = 'share' and quantity_low is null and quantity_best is null"
        " and quantity_high is null and (share_low is not null or share_high is not null)) or "
        "((quantity_form is null or quantity_form in ('unknown', 'withheld')) and quantity_low is null"
        " and quantity_best is null and quantity_high is null and share_low is null and share_high is null)",
    ),
    check("quantity_text", "(quantity_form is null) = (quantity_text is null)"),
    check("quantity_not_negative", "quantity_low is null or quantity_low >= 0"),
    check_together("quantity_best_low", "quantity_low <= quantity_best", "quantity_low", "quantity_best"),
    check_together("quantity_best_high", "quantity_best <= quantity_high", "quantity_best", "quantity_high"),
    check_together("quantity_bounds", "quantity_low <= quantity_high", "quantity_low", "quantity_high"),
    check("quantity_high", "quantity_high is null or quantity_high >= 0"),
    check("quantity_best", "quantity_best is null or (quantity_low is not null and quantity_high is not null)"),
    check_together("share_bounds", "share_low <= share_high", "share_low", "share_high"),
    check("share_low", "share_low is null or share_low >= 0"),
    check("share_high", "share_high is null or (share_high >= 0 and (share_high <= 1 or kind = 'increase'))"),
    *check_world_time(),
    check(
        "effective_at",
        "effective_at is null or "
        "(effective_from is not null and effective_by is not null and effective_from = effective_by)",
    ),
    check("transfer", "transfer_id is null or kind in ('increase', 'decrease')"),
    check("same_as", "same_as_id is null or same_as_id <> id"),
    check("after", "after_id is null or after_id <> id"),
    check("restates", "restates_id is null or restates_id <> id"),
    check_digest("excerpt_sha256"),
    check("excerpt", "excerpt is null or excerpt_sha256 is not null"),
    check(
        "excerpt_offsets",
        "(excerpt_start is null and excerpt_end is null) or (excerpt_start is not null and excerpt_end is not null"
        " and excerpt_sha256 is not null and excerpt_start >= 0 and excerpt_end > excerpt_start)",
    ),
    check("reliability", one_of("reliability", RELIABILITIES)),
    check("credibility", one_of("credibility", CREDIBILITIES)),
    check("admissible", f"admissible = ({_ADMISSIBLE})"),
    check("grade_rank", f"grade_rank = {_GRADE_RANK}"),
    check_digest("note_sha256"),
    check("note", "note is null or note_sha256 is not null"),
    comment="The claim: what a source says of a line or a deployment, and when it was so; append-only",
)

plan_link = table(
    "plan_link",
    key(),
    reference("seq", "ledger_entry", "The entry that recorded it", null=False),
    column("ordinal", Key, "1, 2... among the links of the entry", null=False),
    reference("claim_id", "status_change", "The claim that decides the plan's outcome", null=False),
    reference("plan_id", "status_change", "The plan", null=False),
    column("relation", sa.Text, "What the claim does to the plan", null=False),
    sa.UniqueConstraint("seq", "ordinal"),
    check("ordinal", "ordinal >= 1"),
    check_word("relation", words.Relation, null=False),
    check("plan", "claim_id <> plan_id"),
    comment="Which claim fulfils, partly fulfils, cancels or supersedes which plan; append-only",
)

retraction = table(
    "retraction",
    key(),
    reference("seq", "ledger_entry", "The entry that recorded it", null=False),
    column("ordinal", Key, "1, 2... among the retractions of the entry", null=False),
    reference("status_change_id", "status_change", "The claim that is withdrawn"),
    reference("event_id", "event", "The event that is withdrawn"),
    reference("replacement_id", "status_change", "The claim that stands in its place, for a correction"),
    reference("replacement_event_id", "event", "The event that stands in its place, for a correction"),
    column("reason", sa.Text, "Why it is withdrawn", null=False),
    sa.UniqueConstraint("seq", "ordinal"),
    sa.UniqueConstraint("status_change_id"),
    sa.UniqueConstraint("event_id"),
    check("ordinal", "ordinal >= 1"),
    check("target", "(status_change_id is null) <> (event_id is null)"),
    check(
        "replacement",
        "replacement_id is null or (status_change_id is not null and replacement_id <> status_change_id)",
    ),
    check(
        "replacement_event",
        "replacement_event_id is null or (event_id is not null and replacement_event_id <> event_id)",
    ),
    comment="Withdraws a claim or an event from the record, from its seq on; append-only",
)

source_origin = table(
    "source_origin",
    key(),
    reference("seq", "ledger_entry", "The entry that recorded it", null=False),
    column("ordinal", Key, "1, 2... among the origins of the entry", null=False),
    reference("source_id", "source", "The source", null=False),
    reference("origin_id", "source", "The source it repeats; NULL: it is its own origin"),
    sa.UniqueConstraint("seq", "ordinal"),
    check("ordinal", "ordinal >= 1"),
    check("origin", "origin_id is null or origin_id <> source_id"),
    comment="Which source repeats which, from its seq on; the newest row decides; append-only",
)

catalogue_revision = table(
    "catalogue_revision",
    key(),
    reference("seq", "ledger_entry", "The entry that recorded it", null=False),
    column("ordinal", Key, "1, 2... among the revisions of the entry", null=False),
    column("table_name", sa.Text, "The table of the row that was touched", null=False),
    column("row_id", Key, "The key of the row that was touched", null=False),
    column("before", sa.Text, "The row before, canonical JSON; NULL: it was added"),
    column("after", sa.Text, "The row after, canonical JSON; NULL: it was removed"),
    sa.UniqueConstraint("seq", "ordinal"),
    check("ordinal", "ordinal >= 1"),
    check_word("table_name", CATALOGUE, null=False),
    check("change", "before is not null or after is not null"),
    comment="Before and after of every catalogue row that an entry touched; append-only",
)

# --- the projection: what the reading rules give, kept by each write for what it touches -------------------------


def _age() -> tuple[sa.Column[Any], ...]:
    """Return the columns that say as of when, and knowing what, a row was computed."""
    return (
        column("as_of", Day, "The day of the world for which it was computed", null=False),
        column("known_seq", Key, "The last entry known then; 0: not computed yet", null=False),
        column("touched_seq", Key, "The last entry that touched it; later than known_seq: out of date", null=False),
    )


current_posture = table(
    "current_posture",
    sa.Column(
        "asset_id",
        Key,
        sa.ForeignKey("asset.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
        comment="The line",
    ),
    *_age(),
    column("is_known", Flag, "Anything is known of the line", null=False),
    column("low", Key, "At least so many, after all lines agree"),
    column("best", Key, "Most likely so many; NULL: not known"),
    column("high", Key, "At most so many; NULL: not known"),
    column("stated_low", Key, "At least so many, by what was stated about this line alone"),
    column("stated_best", Key, "Most likely so many, by what was stated; NULL: not known"),
    column("stated_high", Key, "At most so many, by what was stated; NULL: not known"),
    column("quantity_text", sa.Text, "The quantity of the deciding count in the words used"),
    *(column(str(axis), sa.Text, f"Codes of the statuses on the axis {axis}, parted by blanks") for axis in words.Axis),
    column("status", sa.Text, "All statuses with how many they are of, canonical JSON"),
    column("since", Day, "The day that the claim which speaks is about"),
    column("base_id", Key, "The count that the figure starts from; NULL: there is none"),
    column("source_id", Key, "The source of the claim that speaks"),
    column("grade", sa.Text, "Its Admiralty grade"),
    column("origins", Key, "Distinct origins that support the figure"),
    column("flags", sa.Text, "What a reader must know, parted by blanks"),
    comment="Every line's posture as of now, counting basis present: derived by the reading rules, checked by db verify",
)

current_plan = table(
    "current_plan",
    sa.Column(
        "plan_id", Key, sa.ForeignKey("status_change.id"), primary_key=True, autoincrement=False, comment="The plan"
    ),
    *_age(),
    column("speaker_id", Key, "The claim that speaks for the plan, where several are one; else itself"),
    column("state", sa.Text, "What has become of it; NULL: not computed yet"),
    column("overdue_days", Key, "Days past its latest date, where it is overdue"),
    column("low", Key, "At least so many; a share is of what is there"),
    column("high", Key, "At most so many; NULL: not known"),
    column("outcomes", sa.Text, "Relation and claim of every outcome in force, canonical JSON"),
    check_word("state", words.PlanState),
    comment="What has become of every plan that stands: derived by the reading rules, checked by db verify",
)

# --- the state of imports: what of a file is here already -------------------------------------------------------------

import_file = table(
    "import_file",
    key(),
    reference("seq", "ledger_entry", "The entry that the import wrote", null=False),
    column("name", sa.Text, "What the file is known by, whatever folder it lay in", null=False),
    column("sha256", sa.Text, "SHA-256 of the bytes as they were read", null=False),
    column("mapping_sha256", sa.Text, "SHA-256 of the mapping that said what its columns mean", null=False),
    column("first_claim_id", Key, "The first claim that came of it; the others follow without a gap", null=False),
    column("claims", Key, "How many claims came of it", null=False),
    sa.UniqueConstraint("seq"),
    check("name", "name <> ''"),
    check_digest("sha256", null=False),
    check_digest("mapping_sha256", null=False),
    check("claims", "claims >= 1"),
    comment="One row per import: the file that it read; an import that was undone keeps its row",
)

# No foreign key to the claim: PostgreSQL would look each one up, a quarter of an import, and the file says already which claims
# these are. The two are written together, no claim goes away, and `db verify` counts both against the file.
import_row = table(
    "import_row",
    sa.Column("claim_id", Key, primary_key=True, autoincrement=False, comment="The claim that came of it"),
    column("line", Key, "Where the record begins in the file: its line, or its number there"),
    column(
        "fingerprint", sa.Text, "Of all that the file said: equal for the same record, in whatever file", null=False
    ),
    column("row_key", sa.Text, "Of what it is about: equal for a record that changed", null=False),
    comment="Where in its file each imported claim came from, and how the record is known again",
)

# --- what this database alone has done --------------------------------------------------------------------------------

export_run = table(
    "export_run",
    key(),
    column("job", sa.Text, "The job that was run", null=False),
    column("destination", sa.Text, "Where it publishes, as its job says", null=False),
    column("started_at", Instant, "When it began", null=False),
    column("ended_at", Instant, "When it ended", null=False),
    column("outcome", sa.Text, "How it ended", null=False),
    column("as_of", Day, "The day of the world that was asked for; NULL: the job has none, or it did not come so far"),
    column("known_seq", Key, "The last entry that was known; NULL: it did not come so far"),
    column("head_seq", Key, "The newest entry of the ledger then; NULL: it did not come so far"),
    column("head_hash", sa.Text, "entry_hash of the newest entry; NULL: there was none, or it did not come so far"),
    column("rows", Key, "How many rows were published in all files"),
    column("bytes", Key, "How many bytes were published in all files"),
    column("manifest_sha256", sa.Text, "SHA-256 of the manifest that stands at the destination"),
    column("duration", Share, "Seconds that it took", null=False),
    column("message", sa.Text, "What a person should know: why it failed, was refused or found nothing to do"),
    column("tool_version", sa.Text, "Version of the program that ran it", null=False),
    check("words", "job <> '' and destination <> '' and tool_version <> ''"),
    check_word("outcome", OUTCOMES, null=False),
    check_digest("head_hash"),
    check_digest("manifest_sha256"),
    check_together("rows", "rows >= 0", "rows"),
    check_together("bytes", "bytes >= 0", "bytes"),
    check("duration", "duration >= 0"),
    comment="One row per run of an export job, written when it ends; of this database alone",
)
