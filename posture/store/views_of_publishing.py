"""The views of what is published: editions, and the runs of exports."""

from __future__ import annotations

from posture.store.view_columns import Example, View, day, instant, integer, real, text

REPORT_EDITION = View(
    "report_edition",
    "One row per edition: a name for a pair of clocks, so that what a report said can be cited",
    (
        text("edition_code", "n.code", "Short name of the edition"),
        text("edition_name", "n.name", "Its title, as it is cited"),
        day("as_of", "n.as_of", "The day of the world that it is about"),
        integer("known_seq", "n.known_seq", "The last ledger entry that it knows"),
        instant("known_at", "k.recorded_at", "When that entry was recorded"),
        text("head_hash", "n.head_hash", "entry_hash of that entry: the whole record that it rests on"),
        integer("seq", "e.seq", "The ledger entry that made it"),
        instant("recorded_at", "e.recorded_at", "When it was made"),
        text("recorded_by", "e.recorded_by", "Who made it"),
        text("note", "n.note", "Remark of the analyst"),
    ),
    "FROM edition n\nJOIN ledger_entry k ON k.seq = n.known_seq\n"
    "JOIN ledger_entry e ON e.seq = (SELECT max(v.seq) FROM catalogue_revision v\n"
    "    WHERE v.table_name = 'edition' AND v.row_id = n.id AND v.before IS NULL)",
    Example(
        "Which editions are there, and what do they rest on?",
        "SELECT edition_code, edition_name, as_of, known_seq, known_at\n"
        "FROM report_edition ORDER BY as_of, edition_code",
    ),
    ("edition_code",),
)

REPORT_EXPORT_RUN = View(
    "report_export_run",
    "One row per run of an export job by this database, written when it ended; a copy has runs of its own",
    (
        integer("run_id", "x.id", "Number of the run"),
        text("job", "x.job", "The job that was run"),
        text("destination", "x.destination", "Where it publishes, as its job says"),
        instant("started_at", "x.started_at", "When it began"),
        instant("ended_at", "x.ended_at", "When it ended"),
        text("outcome", "x.outcome", "published, unchanged, failed, refused or busy"),
        day("as_of", "x.as_of", "The day of the world that was asked for; NULL: none, or it did not come so far"),
        integer("known_seq", "x.known_seq", "The last ledger entry that was known; NULL: it did not come so far"),
        integer("row_count", "x.rows", "Rows that were published"),
        integer("byte_count", "x.bytes", "Bytes that were published, in all files"),
        real("seconds", "x.duration", "How long it took"),
        text("manifest_sha256", "x.manifest_sha256", "SHA-256 of the manifest that stands at the destination"),
        text("message", "x.message", "Why it failed or was refused, or what went wrong after it had published"),
        text("tool_version", "x.tool_version", "Version of the program that ran it"),
    ),
    "FROM export_run x",
    Example(
        "When was each job last published, and how much?",
        "SELECT job, max(ended_at) AS published_at, max(row_count) AS most_rows\n"
        "FROM report_export_run WHERE outcome IN ('published', 'unchanged') GROUP BY job ORDER BY job",
    ),
    ("run_id",),
)
