-- The state of imports, up, for sqlite: frozen text, statements parted by a blank line.

CREATE TABLE import_file (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mapping_sha256 TEXT NOT NULL,
    first_claim_id INTEGER NOT NULL,
    claims INTEGER NOT NULL,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT uq_import_file_seq UNIQUE (seq),
    CONSTRAINT ck_import_file_name CHECK (name <> ''),
    CONSTRAINT ck_import_file_sha256 CHECK (length(sha256) = 64 and sha256 = lower(sha256)),
    CONSTRAINT ck_import_file_mapping_sha256 CHECK (length(mapping_sha256) = 64 and mapping_sha256 = lower(mapping_sha256)),
    CONSTRAINT ck_import_file_claims CHECK (claims >= 1),
    CONSTRAINT fk_import_file_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq)
) STRICT;

CREATE INDEX ix_import_file_name ON import_file (name);

CREATE TABLE import_row (
    claim_id INTEGER NOT NULL,
    line INTEGER,
    fingerprint TEXT NOT NULL,
    row_key TEXT NOT NULL,
    CONSTRAINT pk_import_row PRIMARY KEY (claim_id)
) STRICT;
