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
