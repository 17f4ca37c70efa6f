-- Editions and runs of exports, up, for postgresql: frozen text, statements parted by a blank line.

CREATE TABLE edition (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    as_of DATE NOT NULL,
    known_seq BIGINT NOT NULL,
    head_hash TEXT NOT NULL,
    note TEXT,
    CONSTRAINT pk_edition PRIMARY KEY (id),
    CONSTRAINT uq_edition_code UNIQUE (code),
    CONSTRAINT ck_edition_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_edition_name CHECK (name <> ''),
    CONSTRAINT ck_edition_head_hash CHECK (length(head_hash) = 64 and head_hash = lower(head_hash)),
    CONSTRAINT fk_edition_known_seq FOREIGN KEY(known_seq) REFERENCES ledger_entry (seq)
);

CREATE INDEX ix_edition_known_seq ON edition (known_seq);

COMMENT ON TABLE edition IS 'A name for a pair of clocks, so that what a report said can be cited and asked for again';

COMMENT ON COLUMN edition.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN edition.code IS 'Short name, lower-case kebab, such as 2023-10-15';

COMMENT ON COLUMN edition.name IS 'Title, as it is cited';

COMMENT ON COLUMN edition.as_of IS 'The day of the world that it is about';

COMMENT ON COLUMN edition.known_seq IS 'The last entry that it knows';

COMMENT ON COLUMN edition.head_hash IS 'entry_hash of that entry: the whole record that it rests on';

COMMENT ON COLUMN edition.note IS 'Remark of the analyst';

CREATE TABLE export_run (
    id BIGINT NOT NULL,
    job TEXT NOT NULL,
    destination TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    as_of DATE,
    known_seq BIGINT,
    head_seq BIGINT,
    head_hash TEXT,
    rows BIGINT,
    bytes BIGINT,
    manifest_sha256 TEXT,
    duration DOUBLE PRECISION NOT NULL,
    message TEXT,
    tool_version TEXT NOT NULL,
    CONSTRAINT pk_export_run PRIMARY KEY (id),
    CONSTRAINT ck_export_run_words CHECK (job <> '' and destination <> '' and tool_version <> ''),
    CONSTRAINT ck_export_run_outcome CHECK (outcome in ('published', 'unchanged', 'failed', 'refused', 'busy')),
    CONSTRAINT ck_export_run_head_hash CHECK (head_hash is null or (length(head_hash) = 64 and head_hash = lower(head_hash))),
    CONSTRAINT ck_export_run_manifest_sha256 CHECK (manifest_sha256 is null or (length(manifest_sha256) = 64 and manifest_sha256 = lower(manifest_sha256))),
    CONSTRAINT ck_export_run_rows CHECK (rows is null or rows >= 0),
    CONSTRAINT ck_export_run_bytes CHECK (bytes is null or bytes >= 0),
    CONSTRAINT ck_export_run_duration CHECK (duration >= 0)
);

CREATE INDEX ix_export_run_job_id ON export_run (job, id);

COMMENT ON TABLE export_run IS 'One row per run of an export job, written when it ends; of this database alone';

COMMENT ON COLUMN export_run.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN export_run.job IS 'The job that was run';

COMMENT ON COLUMN export_run.destination IS 'Where it publishes, as its job says';

COMMENT ON COLUMN export_run.started_at IS 'When it began';

COMMENT ON COLUMN export_run.ended_at IS 'When it ended';

COMMENT ON COLUMN export_run.outcome IS 'How it ended';

COMMENT ON COLUMN export_run.as_of IS 'The day of the world that was asked for; NULL: the job has none, or it did not come so far';

COMMENT ON COLUMN export_run.known_seq IS 'The last entry that was known; NULL: it did not come so far';

COMMENT ON COLUMN export_run.head_seq IS 'The newest entry of the ledger then; NULL: it did not come so far';

COMMENT ON COLUMN export_run.head_hash IS 'entry_hash of the newest entry; NULL: there was none, or it did not come so far';

COMMENT ON COLUMN export_run.rows IS 'How many rows were published in all files';

COMMENT ON COLUMN export_run.bytes IS 'How many bytes were published in all files';

COMMENT ON COLUMN export_run.manifest_sha256 IS 'SHA-256 of the manifest that stands at the destination';

COMMENT ON COLUMN export_run.duration IS 'Seconds that it took';

COMMENT ON COLUMN export_run.message IS 'What a person should know: why it failed, was refused or found nothing to do';

COMMENT ON COLUMN export_run.tool_version IS 'Version of the program that ran it';

CREATE VIEW report_edition AS SELECT
    n.code AS edition_code,
    n.name AS edition_name,
    to_char(n.as_of, 'YYYY-MM-DD') AS as_of,
    CAST(n.known_seq AS BIGINT) AS known_seq,
    to_char(k.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS known_at,
    n.head_hash AS head_hash,
    CAST(e.seq AS BIGINT) AS seq,
    to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at,
    e.recorded_by AS recorded_by,
    n.note AS note
FROM edition n
JOIN ledger_entry k ON k.seq = n.known_seq
JOIN ledger_entry e ON e.seq = (SELECT max(v.seq) FROM catalogue_revision v
    WHERE v.table_name = 'edition' AND v.row_id = n.id AND v.before IS NULL);

COMMENT ON VIEW report_edition IS 'One row per edition: a name for a pair of clocks, so that what a report said can be cited';

COMMENT ON COLUMN report_edition.edition_code IS 'Short name of the edition';

COMMENT ON COLUMN report_edition.edition_name IS 'Its title, as it is cited';

COMMENT ON COLUMN report_edition.as_of IS 'The day of the world that it is about';

COMMENT ON COLUMN report_edition.known_seq IS 'The last ledger entry that it knows';

COMMENT ON COLUMN report_edition.known_at IS 'When that entry was recorded';

COMMENT ON COLUMN report_edition.head_hash IS 'entry_hash of that entry: the whole record that it rests on';

COMMENT ON COLUMN report_edition.seq IS 'The ledger entry that made it';

COMMENT ON COLUMN report_edition.recorded_at IS 'When it was made';

COMMENT ON COLUMN report_edition.recorded_by IS 'Who made it';

COMMENT ON COLUMN report_edition.note IS 'Remark of the analyst';

CREATE VIEW report_export_run AS SELECT
    CAST(x.id AS BIGINT) AS run_id,
    x.job AS job,
    x.destination AS destination,
    to_char(x.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started_at,
    to_char(x.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ended_at,
    x.outcome AS outcome,
    to_char(x.as_of, 'YYYY-MM-DD') AS as_of,
    CAST(x.known_seq AS BIGINT) AS known_seq,
    CAST(x.rows AS BIGINT) AS row_count,
    CAST(x.bytes AS BIGINT) AS byte_count,
    x.duration AS seconds,
    x.manifest_sha256 AS manifest_sha256,
    x.message AS message,
    x.tool_version AS tool_version
FROM export_run x;

COMMENT ON VIEW report_export_run IS 'One row per run of an export job by this database, written when it ended; a copy has runs of its own';

COMMENT ON COLUMN report_export_run.run_id IS 'Number of the run';

COMMENT ON COLUMN report_export_run.job IS 'The job that was run';

COMMENT ON COLUMN report_export_run.destination IS 'Where it publishes, as its job says';

COMMENT ON COLUMN report_export_run.started_at IS 'When it began';

COMMENT ON COLUMN report_export_run.ended_at IS 'When it ended';

COMMENT ON COLUMN report_export_run.outcome IS 'published, unchanged, failed, refused or busy';

COMMENT ON COLUMN report_export_run.as_of IS 'The day of the world that was asked for; NULL: none, or it did not come so far';

COMMENT ON COLUMN report_export_run.known_seq IS 'The last ledger entry that was known; NULL: it did not come so far';

COMMENT ON COLUMN report_export_run.row_count IS 'Rows that were published';

COMMENT ON COLUMN report_export_run.byte_count IS 'Bytes that were published, in all files';

COMMENT ON COLUMN report_export_run.seconds IS 'How long it took';

COMMENT ON COLUMN report_export_run.manifest_sha256 IS 'SHA-256 of the manifest that stands at the destination';

COMMENT ON COLUMN report_export_run.message IS 'Why it failed or was refused, or what went wrong after it had published';

COMMENT ON COLUMN report_export_run.tool_version IS 'Version of the program that ran it';
