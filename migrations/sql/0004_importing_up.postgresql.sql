-- The state of imports, up, for postgresql: frozen text, statements parted by a blank line.

CREATE TABLE import_file (
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mapping_sha256 TEXT NOT NULL,
    first_claim_id BIGINT NOT NULL,
    claims BIGINT NOT NULL,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT uq_import_file_seq UNIQUE (seq),
    CONSTRAINT ck_import_file_name CHECK (name <> ''),
    CONSTRAINT ck_import_file_sha256 CHECK (length(sha256) = 64 and sha256 = lower(sha256)),
    CONSTRAINT ck_import_file_mapping_sha256 CHECK (length(mapping_sha256) = 64 and mapping_sha256 = lower(mapping_sha256)),
    CONSTRAINT ck_import_file_claims CHECK (claims >= 1),
    CONSTRAINT fk_import_file_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq)
);

CREATE INDEX ix_import_file_name ON import_file (name);

COMMENT ON TABLE import_file IS 'One row per import: the file that it read; an import that was undone keeps its row';

COMMENT ON COLUMN import_file.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN import_file.seq IS 'The entry that the import wrote';

COMMENT ON COLUMN import_file.name IS 'What the file is known by, whatever folder it lay in';

COMMENT ON COLUMN import_file.sha256 IS 'SHA-256 of the bytes as they were read';

COMMENT ON COLUMN import_file.mapping_sha256 IS 'SHA-256 of the mapping that said what its columns mean';

COMMENT ON COLUMN import_file.first_claim_id IS 'The first claim that came of it; the others follow without a gap';

COMMENT ON COLUMN import_file.claims IS 'How many claims came of it';

CREATE TABLE import_row (
    claim_id BIGINT NOT NULL,
    line BIGINT,
    fingerprint TEXT NOT NULL,
    row_key TEXT NOT NULL,
    CONSTRAINT pk_import_row PRIMARY KEY (claim_id)
);

COMMENT ON TABLE import_row IS 'Where in its file each imported claim came from, and how the record is known again';

COMMENT ON COLUMN import_row.claim_id IS 'The claim that came of it';

COMMENT ON COLUMN import_row.line IS 'Where the record begins in the file: its line, or its number there';

COMMENT ON COLUMN import_row.fingerprint IS 'Of all that the file said: equal for the same record, in whatever file';

COMMENT ON COLUMN import_row.row_key IS 'Of what it is about: equal for a record that changed';
