-- Editions and runs of exports, up, for sqlite: frozen text, statements parted by a blank line.

CREATE TABLE edition (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    as_of TEXT NOT NULL,
    known_seq INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    note TEXT,
    CONSTRAINT pk_edition PRIMARY KEY (id),
    CONSTRAINT uq_edition_code UNIQUE (code),
    CONSTRAINT ck_edition_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_edition_name CHECK (name <> ''),
    CONSTRAINT ck_edition_head_hash CHECK (length(head_hash) = 64 and head_hash = lower(head_hash)),
    CONSTRAINT fk_edition_known_seq FOREIGN KEY(known_seq) REFERENCES ledger_entry (seq),
    CONSTRAINT ck_edition_as_of_form CHECK (date(as_of, '+0 days') is as_of)
) STRICT;

CREATE INDEX ix_edition_known_seq ON edition (known_seq);

CREATE TABLE export_run (
    id INTEGER NOT NULL,
    job TEXT NOT NULL,
    destination TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    as_of TEXT,
    known_seq INTEGER,
    head_seq INTEGER,
    head_hash TEXT,
    rows INTEGER,
    bytes INTEGER,
    manifest_sha256 TEXT,
    duration REAL NOT NULL,
    message TEXT,
    tool_version TEXT NOT NULL,
    CONSTRAINT pk_export_run PRIMARY KEY (id),
    CONSTRAINT ck_export_run_words CHECK (job <> '' and destination <> '' and tool_version <> ''),
    CONSTRAINT ck_export_run_outcome CHECK (outcome in ('published', 'unchanged', 'failed', 'refused', 'busy')),
    CONSTRAINT ck_export_run_head_hash CHECK (head_hash is null or (length(head_hash) = 64 and head_hash = lower(head_hash))),
    CONSTRAINT ck_export_run_manifest_sha256 CHECK (manifest_sha256 is null or (length(manifest_sha256) = 64 and manifest_sha256 = lower(manifest_sha256))),
    CONSTRAINT ck_export_run_rows CHECK (rows is null or rows >= 0),
    CONSTRAINT ck_export_run_bytes CHECK (bytes is null or bytes >= 0),
    CONSTRAINT ck_export_run_duration CHECK (duration >= 0),
    CONSTRAINT ck_export_run_started_at_form CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(started_at, 1, 19), '+0 days') is substr(started_at, 1, 19) and substr(started_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ck_export_run_ended_at_form CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(ended_at, 1, 19), '+0 days') is substr(ended_at, 1, 19) and substr(ended_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ck_export_run_as_of_form CHECK (as_of is null or (date(as_of, '+0 days') is as_of))
) STRICT;

CREATE INDEX ix_export_run_job_id ON export_run (job, id);

CREATE VIEW report_edition AS SELECT
    n.code AS edition_code,
    n.name AS edition_name,
    n.as_of AS as_of,
    n.known_seq AS known_seq,
    k.recorded_at AS known_at,
    n.head_hash AS head_hash,
    e.seq AS seq,
    e.recorded_at AS recorded_at,
    e.recorded_by AS recorded_by,
    n.note AS note
FROM edition n
JOIN ledger_entry k ON k.seq = n.known_seq
JOIN ledger_entry e ON e.seq = (SELECT max(v.seq) FROM catalogue_revision v
    WHERE v.table_name = 'edition' AND v.row_id = n.id AND v.before IS NULL);

CREATE VIEW report_export_run AS SELECT
    x.id AS run_id,
    x.job AS job,
    x.destination AS destination,
    x.started_at AS started_at,
    x.ended_at AS ended_at,
    x.outcome AS outcome,
    x.as_of AS as_of,
    x.known_seq AS known_seq,
    x.rows AS row_count,
    x.bytes AS byte_count,
    x.duration AS seconds,
    x.manifest_sha256 AS manifest_sha256,
    x.message AS message,
    x.tool_version AS tool_version
FROM export_run x;
