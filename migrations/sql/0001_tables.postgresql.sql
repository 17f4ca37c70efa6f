-- The tables of the first schema, for postgresql: frozen text, statements parted by a blank line.

CREATE TABLE actor (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id BIGINT,
    iso_alpha3 TEXT,
    note TEXT,
    CONSTRAINT pk_actor PRIMARY KEY (id),
    CONSTRAINT uq_actor_code UNIQUE (code),
    CONSTRAINT ck_actor_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_actor_kind CHECK (kind in ('state', 'armed_force', 'government', 'organisation', 'alliance', 'non_state')),
    CONSTRAINT ck_actor_iso_alpha3 CHECK (iso_alpha3 is null or (length(iso_alpha3) = 3 and iso_alpha3 = upper(iso_alpha3))),
    CONSTRAINT ck_actor_parent CHECK (parent_id is null or parent_id <> id),
    CONSTRAINT fk_actor_parent_id FOREIGN KEY(parent_id) REFERENCES actor (id)
);

CREATE INDEX ix_actor_parent_id ON actor (parent_id);

COMMENT ON TABLE actor IS 'Who has forces or takes part in events: states, armed forces, governments, organisations';

COMMENT ON COLUMN actor.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN actor.code IS 'Short name, lower-case kebab, such as fra';

COMMENT ON COLUMN actor.name IS 'Name in English';

COMMENT ON COLUMN actor.kind IS 'What the actor is';

COMMENT ON COLUMN actor.parent_id IS 'The actor that this one is part of';

COMMENT ON COLUMN actor.iso_alpha3 IS 'ISO 3166-1 alpha-3 code of a state';

COMMENT ON COLUMN actor.note IS 'Remark of the analyst';

CREATE TABLE asset_type (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id BIGINT,
    icao_designator TEXT,
    sidc TEXT,
    note TEXT,
    CONSTRAINT pk_asset_type PRIMARY KEY (id),
    CONSTRAINT uq_asset_type_code UNIQUE (code),
    CONSTRAINT ck_asset_type_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_asset_type_parent CHECK (parent_id is null or parent_id <> id),
    CONSTRAINT fk_asset_type_parent_id FOREIGN KEY(parent_id) REFERENCES asset_type (id)
);

CREATE INDEX ix_asset_type_parent_id ON asset_type (parent_id);

COMMENT ON TABLE asset_type IS 'What a deployment can hold: one tree from personnel, aircraft, ground and naval down to models';

COMMENT ON COLUMN asset_type.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN asset_type.code IS 'Short name, lower-case kebab, such as drone or mq-9';

COMMENT ON COLUMN asset_type.name IS 'Name in English';

COMMENT ON COLUMN asset_type.parent_id IS 'The wider type that this one is a kind of';

COMMENT ON COLUMN asset_type.icao_designator IS 'ICAO aircraft type designator, such as Q9';

COMMENT ON COLUMN asset_type.sidc IS 'Symbol identification code of MIL-STD-2525 or APP-6';

COMMENT ON COLUMN asset_type.note IS 'Remark of the analyst';

CREATE TABLE database_identity (
    id BIGINT NOT NULL,
    database_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_database_identity PRIMARY KEY (id),
    CONSTRAINT ck_database_identity_single CHECK (id = 1),
    CONSTRAINT ck_database_identity_database_id CHECK (length(database_id) = 36)
);

COMMENT ON TABLE database_identity IS 'Which database this is';

COMMENT ON COLUMN database_identity.id IS 'Always 1: there is one row';

COMMENT ON COLUMN database_identity.database_id IS 'UUID of this database';

COMMENT ON COLUMN database_identity.created_at IS 'When it was made';

CREATE TABLE ledger_entry (
    seq BIGINT NOT NULL,
    txid TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT,
    tool_version TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    prev_hash TEXT,
    entry_hash TEXT NOT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY (seq),
    CONSTRAINT uq_ledger_entry_txid UNIQUE (txid),
    CONSTRAINT uq_ledger_entry_entry_hash UNIQUE (entry_hash),
    CONSTRAINT ck_ledger_entry_seq CHECK (seq >= 1),
    CONSTRAINT ck_ledger_entry_words CHECK (txid <> '' and recorded_by <> '' and action <> '' and tool_version <> ''),
    CONSTRAINT ck_ledger_entry_chain CHECK ((seq = 1) = (prev_hash is null)),
    CONSTRAINT ck_ledger_entry_content_hash CHECK (length(content_hash) = 64 and content_hash = lower(content_hash)),
    CONSTRAINT ck_ledger_entry_prev_hash CHECK (prev_hash is null or (length(prev_hash) = 64 and prev_hash = lower(prev_hash))),
    CONSTRAINT ck_ledger_entry_entry_hash CHECK (length(entry_hash) = 64 and entry_hash = lower(entry_hash))
);

CREATE INDEX ix_ledger_entry_recorded_at ON ledger_entry (recorded_at);

COMMENT ON TABLE ledger_entry IS 'One row per command that changed anything; append-only';

COMMENT ON COLUMN ledger_entry.seq IS '1, 2, 3... without a gap, in order of commit';

COMMENT ON COLUMN ledger_entry.txid IS 'Unique, from the client, so that a retry cannot record twice';

COMMENT ON COLUMN ledger_entry.recorded_at IS 'When this database learned it; never decreasing';

COMMENT ON COLUMN ledger_entry.clock_at IS 'What the clock said when it was written';

COMMENT ON COLUMN ledger_entry.recorded_by IS 'Who recorded it';

COMMENT ON COLUMN ledger_entry.action IS 'The command: log, correct, retract, undo, replay...';

COMMENT ON COLUMN ledger_entry.reason IS 'Why, in the words of who recorded it';

COMMENT ON COLUMN ledger_entry.tool_version IS 'Version of the program that wrote it';

COMMENT ON COLUMN ledger_entry.content_hash IS 'SHA-256 of all rows of the entry, long texts by their own digest';

COMMENT ON COLUMN ledger_entry.prev_hash IS 'entry_hash of the entry before; NULL for the first';

COMMENT ON COLUMN ledger_entry.entry_hash IS 'SHA-256 of this row''s other columns: the link of the chain';

CREATE TABLE location (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id BIGINT,
    iso_alpha3 TEXT,
    icao_code TEXT,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    precision TEXT,
    site_class TEXT,
    note TEXT,
    CONSTRAINT pk_location PRIMARY KEY (id),
    CONSTRAINT uq_location_code UNIQUE (code),
    CONSTRAINT ck_location_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_location_kind CHECK (kind in ('country', 'region', 'city', 'base', 'airfield', 'port', 'sea_area')),
    CONSTRAINT ck_location_precision CHECK (precision is null or precision in ('exact', 'vicinity', 'locality', 'area')),
    CONSTRAINT ck_location_site_class CHECK (site_class is null or site_class in ('main_operating_base', 'forward_operating_site', 'cooperative_security_location')),
    CONSTRAINT ck_location_iso_alpha3 CHECK (iso_alpha3 is null or (length(iso_alpha3) = 3 and iso_alpha3 = upper(iso_alpha3))),
    CONSTRAINT ck_location_icao_code CHECK (icao_code is null or (length(icao_code) = 4 and icao_code = upper(icao_code))),
    CONSTRAINT ck_location_coordinates CHECK ((latitude is null) = (longitude is null)),
    CONSTRAINT ck_location_latitude CHECK (latitude is null or latitude between -90 and 90),
    CONSTRAINT ck_location_longitude CHECK (longitude is null or longitude between -180 and 180),
    CONSTRAINT ck_location_parent CHECK (parent_id is null or parent_id <> id),
    CONSTRAINT fk_location_parent_id FOREIGN KEY(parent_id) REFERENCES location (id)
);

CREATE INDEX ix_location_parent_id ON location (parent_id);

COMMENT ON TABLE location IS 'Where forces are: countries, regions, cities, bases, airfields, ports, sea areas';

COMMENT ON COLUMN location.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN location.code IS 'Short name, lower-case kebab, such as ner or niamey';

COMMENT ON COLUMN location.name IS 'Name in English';

COMMENT ON COLUMN location.kind IS 'What the location is';

COMMENT ON COLUMN location.parent_id IS 'The location that this one lies in';

COMMENT ON COLUMN location.iso_alpha3 IS 'ISO 3166-1 alpha-3 code of a country';

COMMENT ON COLUMN location.icao_code IS 'ICAO code of an airfield, such as DRRN';

COMMENT ON COLUMN location.latitude IS 'Degrees north, WGS 84';

COMMENT ON COLUMN location.longitude IS 'Degrees east, WGS 84';

COMMENT ON COLUMN location.precision IS 'How exactly the coordinates are known';

COMMENT ON COLUMN location.site_class IS 'Kind of foreign military site, where known';

COMMENT ON COLUMN location.note IS 'Remark of the analyst';

CREATE TABLE source (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    publisher TEXT,
    url TEXT,
    published_on DATE,
    published_at TIMESTAMP WITH TIME ZONE,
    retrieved_at TIMESTAMP WITH TIME ZONE,
    language TEXT,
    attribution TEXT,
    reliability TEXT,
    content_sha256 TEXT,
    text_kind TEXT NOT NULL,
    text TEXT,
    text_sha256 TEXT,
    note TEXT,
    CONSTRAINT pk_source PRIMARY KEY (id),
    CONSTRAINT uq_source_code UNIQUE (code),
    CONSTRAINT ck_source_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_source_attribution CHECK (attribution is null or attribution in ('named', 'anonymous', 'official', 'imagery', 'document')),
    CONSTRAINT ck_source_reliability CHECK (reliability is null or reliability in ('A', 'B', 'C', 'D', 'E', 'F')),
    CONSTRAINT ck_source_text_kind CHECK (text_kind in ('full', 'summary', 'none')),
    CONSTRAINT ck_source_content_sha256 CHECK (content_sha256 is null or (length(content_sha256) = 64 and content_sha256 = lower(content_sha256))),
    CONSTRAINT ck_source_text_sha256 CHECK (text_sha256 is null or (length(text_sha256) = 64 and text_sha256 = lower(text_sha256))),
    CONSTRAINT ck_source_text CHECK (text is null or (text_kind <> 'none' and text_sha256 is not null))
);

COMMENT ON TABLE source IS 'A document or statement that claims rest on';

COMMENT ON COLUMN source.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN source.code IS 'Short name, lower-case kebab';

COMMENT ON COLUMN source.title IS 'Title of the document or statement';

COMMENT ON COLUMN source.publisher IS 'Who published it';

COMMENT ON COLUMN source.url IS 'Where it was published';

COMMENT ON COLUMN source.published_on IS 'Day of publication; the day its claims were stated, by default';

COMMENT ON COLUMN source.published_at IS 'Instant of publication, where known';

COMMENT ON COLUMN source.retrieved_at IS 'Instant at which it was read';

COMMENT ON COLUMN source.language IS 'Language tag, such as fr';

COMMENT ON COLUMN source.attribution IS 'Who or what stands behind it';

COMMENT ON COLUMN source.reliability IS 'Admiralty reliability A to F that its claims have by default';

COMMENT ON COLUMN source.content_sha256 IS 'SHA-256 of the document itself';

COMMENT ON COLUMN source.text_kind IS 'What the stored text is';

COMMENT ON COLUMN source.text IS 'The stored text, in which excerpts must occur';

COMMENT ON COLUMN source.text_sha256 IS 'SHA-256 of the stored text; stays if the text must be erased';

COMMENT ON COLUMN source.note IS 'Remark of the analyst';

CREATE TABLE status (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    axis TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_status PRIMARY KEY (id),
    CONSTRAINT uq_status_code UNIQUE (code),
    CONSTRAINT ck_status_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_status_axis CHECK (axis in ('phase', 'presence', 'activity', 'condition', 'lifecycle'))
);

COMMENT ON TABLE status IS 'The states that a deployment or an asset can be in, each on one axis';

COMMENT ON COLUMN status.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN status.code IS 'The status, lower_snake, such as under_review';

COMMENT ON COLUMN status.axis IS 'The dimension it lies on; one axis never overwrites another';

COMMENT ON COLUMN status.name IS 'Name in English';

CREATE TABLE catalogue_revision (
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    before TEXT,
    after TEXT,
    CONSTRAINT pk_catalogue_revision PRIMARY KEY (id),
    CONSTRAINT uq_catalogue_revision_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT ck_catalogue_revision_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_catalogue_revision_table_name CHECK (table_name in ('actor', 'location', 'asset_type', 'source', 'deployment', 'platform', 'asset', 'event', 'alias', 'event_actor', 'edition')),
    CONSTRAINT ck_catalogue_revision_change CHECK (before is not null or after is not null),
    CONSTRAINT fk_catalogue_revision_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq)
);

CREATE INDEX ix_catalogue_revision_row ON catalogue_revision (table_name, row_id);

COMMENT ON TABLE catalogue_revision IS 'Before and after of every catalogue row that an entry touched; append-only';

COMMENT ON COLUMN catalogue_revision.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN catalogue_revision.seq IS 'The entry that recorded it';

COMMENT ON COLUMN catalogue_revision.ordinal IS '1, 2... among the revisions of the entry';

COMMENT ON COLUMN catalogue_revision.table_name IS 'The table of the row that was touched';

COMMENT ON COLUMN catalogue_revision.row_id IS 'The key of the row that was touched';

COMMENT ON COLUMN catalogue_revision.before IS 'The row before, canonical JSON; NULL: it was added';

COMMENT ON COLUMN catalogue_revision.after IS 'The row after, canonical JSON; NULL: it was removed';

CREATE TABLE deployment (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    operation TEXT,
    mission TEXT,
    part_of_id BIGINT,
    note TEXT,
    CONSTRAINT pk_deployment PRIMARY KEY (id),
    CONSTRAINT uq_deployment_code UNIQUE (code),
    CONSTRAINT ck_deployment_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_deployment_operation CHECK (operation is null or operation <> ''),
    CONSTRAINT ck_deployment_part_of CHECK (part_of_id is null or part_of_id <> id),
    CONSTRAINT fk_deployment_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id),
    CONSTRAINT fk_deployment_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_deployment_part_of_id FOREIGN KEY(part_of_id) REFERENCES deployment (id)
);

CREATE INDEX ix_deployment_location_id ON deployment (location_id);

CREATE INDEX ix_deployment_part_of_id ON deployment (part_of_id);

CREATE UNIQUE INDEX uq_deployment_who_where_what ON deployment (actor_id, location_id, coalesce(operation, ''));

COMMENT ON TABLE deployment IS 'Forces of an actor at a location, under an optional operation';

COMMENT ON COLUMN deployment.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN deployment.code IS 'Short name, lower-case kebab, such as fra-ner';

COMMENT ON COLUMN deployment.name IS 'Name in English';

COMMENT ON COLUMN deployment.actor_id IS 'Whose forces';

COMMENT ON COLUMN deployment.location_id IS 'Where they are';

COMMENT ON COLUMN deployment.operation IS 'Name of the operation they serve, where there is one';

COMMENT ON COLUMN deployment.mission IS 'What they are there for';

COMMENT ON COLUMN deployment.part_of_id IS 'The multinational deployment that this contingent is part of';

COMMENT ON COLUMN deployment.note IS 'Remark of the analyst';

CREATE TABLE event (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    effective_edtf TEXT NOT NULL,
    effective_from DATE,
    effective_by DATE,
    effective_until DATE,
    effective_on DATE NOT NULL,
    location_id BIGINT,
    source_id BIGINT NOT NULL,
    excerpt TEXT,
    excerpt_sha256 TEXT,
    locator TEXT,
    note TEXT,
    CONSTRAINT pk_event PRIMARY KEY (id),
    CONSTRAINT uq_event_code UNIQUE (code),
    CONSTRAINT ck_event_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_event_kind CHECK (kind in ('coup', 'statement', 'demand', 'refusal', 'talks', 'agreement', 'cooperation', 'attack', 'exercise', 'order', 'handover', 'election', 'sanction', 'other')),
    CONSTRAINT ck_event_effective_start CHECK (effective_from is null or effective_by is null or effective_from <= effective_by),
    CONSTRAINT ck_event_effective_end CHECK (effective_by is null or effective_until is null or effective_by <= effective_until),
    CONSTRAINT ck_event_effective_span CHECK (effective_from is null or effective_until is null or effective_from <= effective_until),
    CONSTRAINT ck_event_effective_on CHECK ((effective_from is not null and effective_on = effective_from) or (effective_from is null and effective_by is not null and effective_on = effective_by)),
    CONSTRAINT ck_event_excerpt_sha256 CHECK (excerpt_sha256 is null or (length(excerpt_sha256) = 64 and excerpt_sha256 = lower(excerpt_sha256))),
    CONSTRAINT ck_event_excerpt CHECK (excerpt is null or excerpt_sha256 is not null),
    CONSTRAINT fk_event_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_event_source_id FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX ix_event_location_id ON event (location_id);

CREATE INDEX ix_event_source_id ON event (source_id);

COMMENT ON TABLE event IS 'Dated context: a coup, a demand, talks, an agreement, an attack';

COMMENT ON COLUMN event.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN event.code IS 'Short name, lower-case kebab';

COMMENT ON COLUMN event.kind IS 'What kind of happening it is';

COMMENT ON COLUMN event.title IS 'What happened, in a few words';

COMMENT ON COLUMN event.effective_edtf IS 'When it happened, in EDTF';

COMMENT ON COLUMN event.effective_from IS 'Earliest start; NULL: open';

COMMENT ON COLUMN event.effective_by IS 'Latest start; NULL: open';

COMMENT ON COLUMN event.effective_until IS 'Latest end; NULL: not said';

COMMENT ON COLUMN event.effective_on IS 'The day that orders it: earliest start, or latest where that is open';

COMMENT ON COLUMN event.location_id IS 'Where it happened';

COMMENT ON COLUMN event.source_id IS 'The source that says so';

COMMENT ON COLUMN event.excerpt IS 'The passage that says so';

COMMENT ON COLUMN event.excerpt_sha256 IS 'SHA-256 of the passage; stays if the passage must be erased';

COMMENT ON COLUMN event.locator IS 'Where in the source: page, paragraph, minute';

COMMENT ON COLUMN event.note IS 'Remark of the analyst';

CREATE TABLE platform (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    designation TEXT NOT NULL,
    asset_type_id BIGINT NOT NULL,
    actor_id BIGINT,
    note TEXT,
    CONSTRAINT pk_platform PRIMARY KEY (id),
    CONSTRAINT uq_platform_code UNIQUE (code),
    CONSTRAINT ck_platform_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT fk_platform_asset_type_id FOREIGN KEY(asset_type_id) REFERENCES asset_type (id),
    CONSTRAINT fk_platform_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id)
);

CREATE INDEX ix_platform_actor_id ON platform (actor_id);

CREATE INDEX ix_platform_asset_type_id ON platform (asset_type_id);

COMMENT ON TABLE platform IS 'One machine (aircraft, ship, vehicle), found again wherever it goes';

COMMENT ON COLUMN platform.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN platform.code IS 'Short name, lower-case kebab';

COMMENT ON COLUMN platform.designation IS 'Registration, tail or hull number';

COMMENT ON COLUMN platform.asset_type_id IS 'What kind of machine it is';

COMMENT ON COLUMN platform.actor_id IS 'Whose it is';

COMMENT ON COLUMN platform.note IS 'Remark of the analyst';

CREATE TABLE source_origin (
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    origin_id BIGINT,
    CONSTRAINT pk_source_origin PRIMARY KEY (id),
    CONSTRAINT uq_source_origin_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT ck_source_origin_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_source_origin_origin CHECK (origin_id is null or origin_id <> source_id),
    CONSTRAINT fk_source_origin_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq),
    CONSTRAINT fk_source_origin_source_id FOREIGN KEY(source_id) REFERENCES source (id),
    CONSTRAINT fk_source_origin_origin_id FOREIGN KEY(origin_id) REFERENCES source (id)
);

CREATE INDEX ix_source_origin_origin_id ON source_origin (origin_id);

CREATE INDEX ix_source_origin_source ON source_origin (source_id, seq DESC);

COMMENT ON TABLE source_origin IS 'Which source repeats which, from its seq on; the newest row decides; append-only';

COMMENT ON COLUMN source_origin.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN source_origin.seq IS 'The entry that recorded it';

COMMENT ON COLUMN source_origin.ordinal IS '1, 2... among the origins of the entry';

COMMENT ON COLUMN source_origin.source_id IS 'The source';

COMMENT ON COLUMN source_origin.origin_id IS 'The source it repeats; NULL: it is its own origin';

CREATE TABLE asset (
    id BIGINT NOT NULL,
    deployment_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    asset_type_id BIGINT NOT NULL,
    platform_id BIGINT,
    note TEXT,
    CONSTRAINT pk_asset PRIMARY KEY (id),
    CONSTRAINT uq_asset_deployment_id_code UNIQUE (deployment_id, code),
    CONSTRAINT uq_asset_id_deployment_id UNIQUE (id, deployment_id),
    CONSTRAINT ck_asset_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT fk_asset_deployment_id FOREIGN KEY(deployment_id) REFERENCES deployment (id),
    CONSTRAINT fk_asset_asset_type_id FOREIGN KEY(asset_type_id) REFERENCES asset_type (id),
    CONSTRAINT fk_asset_platform_id FOREIGN KEY(platform_id) REFERENCES platform (id)
);

CREATE INDEX ix_asset_asset_type_id ON asset (asset_type_id);

CREATE INDEX ix_asset_platform_id ON asset (platform_id);

CREATE UNIQUE INDEX uq_asset_deployment_platform ON asset (deployment_id, platform_id) WHERE platform_id is not null;

CREATE UNIQUE INDEX uq_asset_deployment_type ON asset (deployment_id, asset_type_id) WHERE platform_id is null;

COMMENT ON TABLE asset IS 'A line of a deployment: an asset type, or one platform';

COMMENT ON COLUMN asset.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN asset.deployment_id IS 'The deployment that holds it';

COMMENT ON COLUMN asset.code IS 'Second half of its address: drones in fra-ner/drones';

COMMENT ON COLUMN asset.asset_type_id IS 'What it is';

COMMENT ON COLUMN asset.platform_id IS 'The one machine that it is, where it is one';

COMMENT ON COLUMN asset.note IS 'Remark of the analyst';

CREATE TABLE containment (
    container_id BIGINT NOT NULL,
    part_id BIGINT NOT NULL,
    CONSTRAINT pk_containment PRIMARY KEY (container_id, part_id),
    CONSTRAINT ck_containment_irreflexive CHECK (container_id <> part_id),
    CONSTRAINT fk_containment_container_id FOREIGN KEY(container_id) REFERENCES deployment (id),
    CONSTRAINT fk_containment_part_id FOREIGN KEY(part_id) REFERENCES deployment (id)
);

CREATE INDEX ix_containment_part_id ON containment (part_id);

COMMENT ON TABLE containment IS 'Which deployment contains which: derived from the catalogue, transitive, checked by db verify';

COMMENT ON COLUMN containment.container_id IS 'The wider deployment';

COMMENT ON COLUMN containment.part_id IS 'The deployment that lies within it';

CREATE TABLE event_actor (
    event_id BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT pk_event_actor PRIMARY KEY (event_id, actor_id, role),
    CONSTRAINT ck_event_actor_role CHECK (role in ('agent', 'target', 'participant', 'host', 'mediator')),
    CONSTRAINT fk_event_actor_event_id FOREIGN KEY(event_id) REFERENCES event (id),
    CONSTRAINT fk_event_actor_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id)
);

CREATE INDEX ix_event_actor_actor_id ON event_actor (actor_id);

COMMENT ON TABLE event_actor IS 'Who had which part in an event';

COMMENT ON COLUMN event_actor.event_id IS 'The event';

COMMENT ON COLUMN event_actor.actor_id IS 'The actor that had a part in it';

COMMENT ON COLUMN event_actor.role IS 'The part it had';

CREATE TABLE alias (
    id BIGINT NOT NULL,
    actor_id BIGINT,
    location_id BIGINT,
    asset_type_id BIGINT,
    source_id BIGINT,
    deployment_id BIGINT,
    platform_id BIGINT,
    asset_id BIGINT,
    event_id BIGINT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    language TEXT,
    CONSTRAINT pk_alias PRIMARY KEY (id),
    CONSTRAINT uq_alias_actor_id_name_folded UNIQUE (actor_id, name_folded),
    CONSTRAINT uq_alias_location_id_name_folded UNIQUE (location_id, name_folded),
    CONSTRAINT uq_alias_asset_type_id_name_folded UNIQUE (asset_type_id, name_folded),
    CONSTRAINT uq_alias_source_id_name_folded UNIQUE (source_id, name_folded),
    CONSTRAINT uq_alias_deployment_id_name_folded UNIQUE (deployment_id, name_folded),
    CONSTRAINT uq_alias_platform_id_name_folded UNIQUE (platform_id, name_folded),
    CONSTRAINT uq_alias_asset_id_name_folded UNIQUE (asset_id, name_folded),
    CONSTRAINT uq_alias_event_id_name_folded UNIQUE (event_id, name_folded),
    CONSTRAINT ck_alias_target CHECK (case when actor_id is null then 0 else 1 end + case when location_id is null then 0 else 1 end + case when asset_type_id is null then 0 else 1 end + case when source_id is null then 0 else 1 end + case when deployment_id is null then 0 else 1 end + case when platform_id is null then 0 else 1 end + case when asset_id is null then 0 else 1 end + case when event_id is null then 0 else 1 end = 1),
    CONSTRAINT ck_alias_name CHECK (name <> '' and name_folded <> ''),
    CONSTRAINT fk_alias_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id),
    CONSTRAINT fk_alias_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_alias_asset_type_id FOREIGN KEY(asset_type_id) REFERENCES asset_type (id),
    CONSTRAINT fk_alias_source_id FOREIGN KEY(source_id) REFERENCES source (id),
    CONSTRAINT fk_alias_deployment_id FOREIGN KEY(deployment_id) REFERENCES deployment (id),
    CONSTRAINT fk_alias_platform_id FOREIGN KEY(platform_id) REFERENCES platform (id),
    CONSTRAINT fk_alias_asset_id FOREIGN KEY(asset_id) REFERENCES asset (id),
    CONSTRAINT fk_alias_event_id FOREIGN KEY(event_id) REFERENCES event (id)
);

CREATE INDEX ix_alias_name_folded ON alias (name_folded);

COMMENT ON TABLE alias IS 'Another name of one row of the catalogue';

COMMENT ON COLUMN alias.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN alias.actor_id IS 'The actor that is also called so';

COMMENT ON COLUMN alias.location_id IS 'The location that is also called so';

COMMENT ON COLUMN alias.asset_type_id IS 'The asset type that is also called so';

COMMENT ON COLUMN alias.source_id IS 'The source that is also called so';

COMMENT ON COLUMN alias.deployment_id IS 'The deployment that is also called so';

COMMENT ON COLUMN alias.platform_id IS 'The machine that is also called so';

COMMENT ON COLUMN alias.asset_id IS 'The line that is also called so, within its deployment';

COMMENT ON COLUMN alias.event_id IS 'The event that is also called so';

COMMENT ON COLUMN alias.name IS 'The other name, as written';

COMMENT ON COLUMN alias.name_folded IS 'The name without case and accents, for matching';

COMMENT ON COLUMN alias.language IS 'Language tag of the name';

CREATE TABLE status_change (
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    deployment_id BIGINT NOT NULL,
    asset_id BIGINT,
    kind TEXT NOT NULL,
    status_id BIGINT,
    quantity_low BIGINT,
    quantity_best BIGINT,
    quantity_high BIGINT,
    share_low DOUBLE PRECISION,
    share_high DOUBLE PRECISION,
    share_low_open BOOLEAN NOT NULL,
    quantity_form TEXT,
    quantity_text TEXT,
    counting_basis TEXT NOT NULL,
    complete BOOLEAN NOT NULL,
    reason TEXT,
    transfer_id TEXT,
    other_deployment_id BIGINT,
    same_as_id BIGINT,
    after_id BIGINT,
    restates_id BIGINT,
    modality TEXT NOT NULL,
    stated_on DATE NOT NULL,
    effective_text TEXT NOT NULL,
    effective_edtf TEXT NOT NULL,
    effective_from DATE,
    effective_by DATE,
    effective_until DATE,
    effective_on DATE NOT NULL,
    effective_at TIMESTAMP WITH TIME ZONE,
    source_id BIGINT NOT NULL,
    excerpt TEXT,
    excerpt_sha256 TEXT,
    excerpt_start BIGINT,
    excerpt_end BIGINT,
    locator TEXT,
    reliability TEXT NOT NULL,
    credibility TEXT NOT NULL,
    admissible BOOLEAN NOT NULL,
    grade_rank BIGINT NOT NULL,
    own_words BOOLEAN NOT NULL,
    note TEXT,
    note_sha256 TEXT,
    CONSTRAINT pk_status_change PRIMARY KEY (id),
    CONSTRAINT uq_status_change_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT fk_status_change_asset_id_deployment_id FOREIGN KEY(asset_id, deployment_id) REFERENCES asset (id, deployment_id),
    CONSTRAINT ck_status_change_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_status_change_kind CHECK (kind = 'count' or kind = 'increase' or kind = 'decrease' or kind = 'status' or kind = 'announcement'),
    CONSTRAINT ck_status_change_modality CHECK (modality = 'actual' or modality = 'planned' or modality = 'possible' or modality = 'demanded' or modality = 'negotiating' or modality = 'denied'),
    CONSTRAINT ck_status_change_counting_basis CHECK (counting_basis = 'present' or counting_basis = 'authorised' or counting_basis = 'assigned'),
    CONSTRAINT ck_status_change_reason CHECK (reason is null or reason = 'arrival' or reason = 'departure' or reason = 'redeployment' or reason = 'rotation' or reason = 'delivery' or reason = 'return' or reason = 'reinforcement' or reason = 'withdrawal' or reason = 'loss' or reason = 'capture' or reason = 'transfer' or reason = 'retirement' or reason = 'other'),
    CONSTRAINT ck_status_change_line CHECK (asset_id is not null or kind in ('status', 'announcement') or modality = 'denied'),
    CONSTRAINT ck_status_change_status CHECK ((kind = 'status') = (status_id is not null)),
    CONSTRAINT ck_status_change_quantity_needed CHECK (quantity_form is not null or kind in ('status', 'announcement')),
    CONSTRAINT ck_status_change_quantity_form CHECK (quantity_form is null or quantity_form = 'number' or quantity_form = 'share' or quantity_form = 'unknown' or quantity_form = 'withheld'),
    CONSTRAINT ck_status_change_quantity CHECK ((quantity_form is not null and quantity_form = 'number' and share_low is null and share_high is null and (quantity_low is not null or quantity_high is not null)) or (quantity_form is not null and quantity_form = 'share' and quantity_low is null and quantity_best is null and quantity_high is null and (share_low is not null or share_high is not null)) or ((quantity_form is null or quantity_form in ('unknown', 'withheld')) and quantity_low is null and quantity_best is null and quantity_high is null and share_low is null and share_high is null)),
    CONSTRAINT ck_status_change_quantity_text CHECK ((quantity_form is null) = (quantity_text is null)),
    CONSTRAINT ck_status_change_quantity_not_negative CHECK (quantity_low is null or quantity_low >= 0),
    CONSTRAINT ck_status_change_quantity_best_low CHECK (quantity_low is null or quantity_best is null or quantity_low <= quantity_best),
    CONSTRAINT ck_status_change_quantity_best_high CHECK (quantity_best is null or quantity_high is null or quantity_best <= quantity_high),
    CONSTRAINT ck_status_change_quantity_bounds CHECK (quantity_low is null or quantity_high is null or quantity_low <= quantity_high),
    CONSTRAINT ck_status_change_quantity_high CHECK (quantity_high is null or quantity_high >= 0),
    CONSTRAINT ck_status_change_quantity_best CHECK (quantity_best is null or (quantity_low is not null and quantity_high is not null)),
    CONSTRAINT ck_status_change_share_bounds CHECK (share_low is null or share_high is null or share_low <= share_high),
    CONSTRAINT ck_status_change_share_low CHECK (share_low is null or share_low >= 0),
    CONSTRAINT ck_status_change_share_high CHECK (share_high is null or (share_high >= 0 and (share_high <= 1 or kind = 'increase'))),
    CONSTRAINT ck_status_change_effective_start CHECK (effective_from is null or effective_by is null or effective_from <= effective_by),
    CONSTRAINT ck_status_change_effective_end CHECK (effective_by is null or effective_until is null or effective_by <= effective_until),
    CONSTRAINT ck_status_change_effective_span CHECK (effective_from is null or effective_until is null or effective_from <= effective_until),
    CONSTRAINT ck_status_change_effective_on CHECK ((effective_from is not null and effective_on = effective_from) or (effective_from is null and effective_by is not null and effective_on = effective_by)),
    CONSTRAINT ck_status_change_effective_at CHECK (effective_at is null or (effective_from is not null and effective_by is not null and effective_from = effective_by)),
    CONSTRAINT ck_status_change_transfer CHECK (transfer_id is null or kind in ('increase', 'decrease')),
    CONSTRAINT ck_status_change_same_as CHECK (same_as_id is null or same_as_id <> id),
    CONSTRAINT ck_status_change_after CHECK (after_id is null or after_id <> id),
    CONSTRAINT ck_status_change_restates CHECK (restates_id is null or restates_id <> id),
    CONSTRAINT ck_status_change_excerpt_sha256 CHECK (excerpt_sha256 is null or (length(excerpt_sha256) = 64 and excerpt_sha256 = lower(excerpt_sha256))),
    CONSTRAINT ck_status_change_excerpt CHECK (excerpt is null or excerpt_sha256 is not null),
    CONSTRAINT ck_status_change_excerpt_offsets CHECK ((excerpt_start is null and excerpt_end is null) or (excerpt_start is not null and excerpt_end is not null and excerpt_sha256 is not null and excerpt_start >= 0 and excerpt_end > excerpt_start)),
    CONSTRAINT ck_status_change_reliability CHECK (reliability = 'A' or reliability = 'B' or reliability = 'C' or reliability = 'D' or reliability = 'E' or reliability = 'F'),
    CONSTRAINT ck_status_change_credibility CHECK (credibility = '1' or credibility = '2' or credibility = '3' or credibility = '4' or credibility = '5' or credibility = '6'),
    CONSTRAINT ck_status_change_admissible CHECK (admissible = ((reliability = 'A' or reliability = 'B' or reliability = 'C' or reliability = 'F') and (credibility = '1' or credibility = '2' or credibility = '3' or credibility = '6'))),
    CONSTRAINT ck_status_change_grade_rank CHECK (grade_rank = 6 * case credibility when '1' then 0 when '2' then 1 when '3' then 2 when '6' then 3 when '4' then 4 else 5 end + case reliability when 'A' then 0 when 'B' then 1 when 'C' then 2 when 'F' then 3 when 'D' then 4 else 5 end),
    CONSTRAINT ck_status_change_note_sha256 CHECK (note_sha256 is null or (length(note_sha256) = 64 and note_sha256 = lower(note_sha256))),
    CONSTRAINT ck_status_change_note CHECK (note is null or note_sha256 is not null),
    CONSTRAINT fk_status_change_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_status_change_deployment_id FOREIGN KEY(deployment_id) REFERENCES deployment (id),
    CONSTRAINT fk_status_change_status_id FOREIGN KEY(status_id) REFERENCES status (id),
    CONSTRAINT fk_status_change_other_deployment_id FOREIGN KEY(other_deployment_id) REFERENCES deployment (id),
    CONSTRAINT fk_status_change_same_as_id FOREIGN KEY(same_as_id) REFERENCES status_change (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_status_change_after_id FOREIGN KEY(after_id) REFERENCES status_change (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_status_change_restates_id FOREIGN KEY(restates_id) REFERENCES status_change (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_status_change_source_id FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX ix_status_change_after ON status_change (after_id) WHERE after_id is not null;

CREATE INDEX ix_status_change_base ON status_change (asset_id, counting_basis, admissible DESC, effective_on DESC, grade_rank, own_words DESC, seq DESC, ordinal DESC, quantity_low, quantity_high, effective_until) INCLUDE (id) WHERE kind = 'count' and modality = 'actual';

CREATE INDEX ix_status_change_denial ON status_change (deployment_id, asset_id, effective_on) WHERE modality = 'denied';

CREATE INDEX ix_status_change_deployment ON status_change (deployment_id, asset_id, seq);

CREATE INDEX ix_status_change_flow ON status_change (asset_id, effective_on, seq, ordinal) WHERE kind in ('increase', 'decrease') and modality = 'actual';

CREATE INDEX ix_status_change_lapsing ON status_change (asset_id, effective_until) WHERE kind = 'count' and modality = 'actual' and effective_until is not null;

CREATE INDEX ix_status_change_lasting ON status_change (asset_id, coalesce(effective_until, effective_by)) WHERE kind in ('increase', 'decrease') and modality = 'actual' and (effective_by is null or coalesce(effective_until, effective_by) > effective_on);

CREATE INDEX ix_status_change_other ON status_change (other_deployment_id) WHERE other_deployment_id is not null;

CREATE INDEX ix_status_change_phase ON status_change (deployment_id, status_id, admissible DESC, effective_on DESC, grade_rank, own_words DESC, seq DESC, ordinal DESC, counting_basis, quantity_form, effective_until) INCLUDE (id) WHERE kind = 'status' and modality = 'actual' and asset_id is null;

CREATE INDEX ix_status_change_plan ON status_change (deployment_id, asset_id, stated_on) WHERE modality in ('planned', 'possible', 'demanded', 'negotiating');

CREATE INDEX ix_status_change_restates ON status_change (restates_id) WHERE restates_id is not null;

CREATE INDEX ix_status_change_same_as ON status_change (same_as_id) WHERE same_as_id is not null;

CREATE INDEX ix_status_change_source ON status_change (source_id);

CREATE INDEX ix_status_change_status ON status_change (asset_id, status_id, admissible DESC, effective_on DESC, grade_rank, own_words DESC, seq DESC, ordinal DESC, counting_basis, quantity_form, effective_until) INCLUDE (id) WHERE kind = 'status' and modality = 'actual' and asset_id is not null;

CREATE INDEX ix_status_change_transfer ON status_change (transfer_id) WHERE transfer_id is not null;

COMMENT ON TABLE status_change IS 'The claim: what a source says of a line or a deployment, and when it was so; append-only';

COMMENT ON COLUMN status_change.id IS 'Number of the claim';

COMMENT ON COLUMN status_change.seq IS 'The entry that recorded it';

COMMENT ON COLUMN status_change.ordinal IS '1, 2... among the claims of the entry';

COMMENT ON COLUMN status_change.deployment_id IS 'The deployment it is about';

COMMENT ON COLUMN status_change.asset_id IS 'The line of that deployment; NULL: the deployment itself';

COMMENT ON COLUMN status_change.kind IS 'What it claims';

COMMENT ON COLUMN status_change.status_id IS 'The status it claims, for kind status';

COMMENT ON COLUMN status_change.quantity_low IS 'At least so many; NULL: not known';

COMMENT ON COLUMN status_change.quantity_best IS 'Most likely so many; NULL: not known';

COMMENT ON COLUMN status_change.quantity_high IS 'At most so many; NULL: not known';

COMMENT ON COLUMN status_change.share_low IS 'At least this part of what was there; NULL: not known';

COMMENT ON COLUMN status_change.share_high IS 'At most this part of what was there; NULL: not known';

COMMENT ON COLUMN status_change.share_low_open IS 'More than share_low, not exactly it';

COMMENT ON COLUMN status_change.quantity_form IS 'How the quantity is given; NULL: there is none';

COMMENT ON COLUMN status_change.quantity_text IS 'The quantity in the words used';

COMMENT ON COLUMN status_change.counting_basis IS 'What the figure counts; bases are never mixed';

COMMENT ON COLUMN status_change.complete IS 'The source says that the parts it lists are all';

COMMENT ON COLUMN status_change.reason IS 'Why the quantity changed';

COMMENT ON COLUMN status_change.transfer_id IS 'Joins the two sides of a move';

COMMENT ON COLUMN status_change.other_deployment_id IS 'The other side of a move, even while nobody has reported it';

COMMENT ON COLUMN status_change.same_as_id IS 'The claim that reports the same happening';

COMMENT ON COLUMN status_change.after_id IS 'The claim after which this happened, though on its day';

COMMENT ON COLUMN status_change.restates_id IS 'The retracted claim that this one records again';

COMMENT ON COLUMN status_change.modality IS 'Whether it is so; all but actual changes no posture';

COMMENT ON COLUMN status_change.stated_on IS 'The day it was said';

COMMENT ON COLUMN status_change.effective_text IS 'When it was so, as typed';

COMMENT ON COLUMN status_change.effective_edtf IS 'When it was so, in EDTF';

COMMENT ON COLUMN status_change.effective_from IS 'Earliest start; NULL: open';

COMMENT ON COLUMN status_change.effective_by IS 'Latest start; NULL: open';

COMMENT ON COLUMN status_change.effective_until IS 'Latest end of a happening, or the stated end of a state; NULL: not said';

COMMENT ON COLUMN status_change.effective_on IS 'The day that orders claims: earliest start, or latest where that is open';

COMMENT ON COLUMN status_change.effective_at IS 'The instant, where the time of day is known';

COMMENT ON COLUMN status_change.source_id IS 'The source that says so';

COMMENT ON COLUMN status_change.excerpt IS 'The passage that says so';

COMMENT ON COLUMN status_change.excerpt_sha256 IS 'SHA-256 of the passage; stays if the passage must be erased';

COMMENT ON COLUMN status_change.excerpt_start IS 'Offset of the passage in the stored text, in characters from 0';

COMMENT ON COLUMN status_change.excerpt_end IS 'Offset just after the passage';

COMMENT ON COLUMN status_change.locator IS 'Where in the source: page, paragraph, minute';

COMMENT ON COLUMN status_change.reliability IS 'Admiralty reliability of the source for this claim, A to F';

COMMENT ON COLUMN status_change.credibility IS 'Admiralty credibility of the claim, 1 to 6';

COMMENT ON COLUMN status_change.admissible IS 'Reliability A, B, C or F and credibility 1, 2, 3 or 6';

COMMENT ON COLUMN status_change.grade_rank IS '0 is best: credibility 1 2 3 6 4 5, then reliability A B C F D E';

COMMENT ON COLUMN status_change.own_words IS 'Not a repeat of another source';

COMMENT ON COLUMN status_change.note IS 'Remark of the analyst';

COMMENT ON COLUMN status_change.note_sha256 IS 'SHA-256 of the remark; stays if the remark must be erased';

CREATE TABLE plan_link (
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    claim_id BIGINT NOT NULL,
    plan_id BIGINT NOT NULL,
    relation TEXT NOT NULL,
    CONSTRAINT pk_plan_link PRIMARY KEY (id),
    CONSTRAINT uq_plan_link_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT ck_plan_link_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_plan_link_relation CHECK (relation in ('fulfils', 'partly_fulfils', 'cancels', 'supersedes')),
    CONSTRAINT ck_plan_link_plan CHECK (claim_id <> plan_id),
    CONSTRAINT fk_plan_link_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq),
    CONSTRAINT fk_plan_link_claim_id FOREIGN KEY(claim_id) REFERENCES status_change (id),
    CONSTRAINT fk_plan_link_plan_id FOREIGN KEY(plan_id) REFERENCES status_change (id)
);

CREATE INDEX ix_plan_link_claim_id ON plan_link (claim_id);

CREATE INDEX ix_plan_link_plan_id ON plan_link (plan_id);

COMMENT ON TABLE plan_link IS 'Which claim fulfils, partly fulfils, cancels or supersedes which plan; append-only';

COMMENT ON COLUMN plan_link.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN plan_link.seq IS 'The entry that recorded it';

COMMENT ON COLUMN plan_link.ordinal IS '1, 2... among the links of the entry';

COMMENT ON COLUMN plan_link.claim_id IS 'The claim that decides the plan''s outcome';

COMMENT ON COLUMN plan_link.plan_id IS 'The plan';

COMMENT ON COLUMN plan_link.relation IS 'What the claim does to the plan';

CREATE TABLE retraction (
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    status_change_id BIGINT,
    event_id BIGINT,
    replacement_id BIGINT,
    replacement_event_id BIGINT,
    reason TEXT NOT NULL,
    CONSTRAINT pk_retraction PRIMARY KEY (id),
    CONSTRAINT uq_retraction_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT uq_retraction_status_change_id UNIQUE (status_change_id),
    CONSTRAINT uq_retraction_event_id UNIQUE (event_id),
    CONSTRAINT ck_retraction_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_retraction_target CHECK ((status_change_id is null) <> (event_id is null)),
    CONSTRAINT ck_retraction_replacement CHECK (replacement_id is null or (status_change_id is not null and replacement_id <> status_change_id)),
    CONSTRAINT ck_retraction_replacement_event CHECK (replacement_event_id is null or (event_id is not null and replacement_event_id <> event_id)),
    CONSTRAINT fk_retraction_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq),
    CONSTRAINT fk_retraction_status_change_id FOREIGN KEY(status_change_id) REFERENCES status_change (id),
    CONSTRAINT fk_retraction_event_id FOREIGN KEY(event_id) REFERENCES event (id),
    CONSTRAINT fk_retraction_replacement_id FOREIGN KEY(replacement_id) REFERENCES status_change (id),
    CONSTRAINT fk_retraction_replacement_event_id FOREIGN KEY(replacement_event_id) REFERENCES event (id)
);

CREATE INDEX ix_retraction_replacement ON retraction (replacement_id) WHERE replacement_id is not null;

CREATE INDEX ix_retraction_replacement_event ON retraction (replacement_event_id) WHERE replacement_event_id is not null;

COMMENT ON TABLE retraction IS 'Withdraws a claim or an event from the record, from its seq on; append-only';

COMMENT ON COLUMN retraction.id IS 'Number of the row, given by the writer';

COMMENT ON COLUMN retraction.seq IS 'The entry that recorded it';

COMMENT ON COLUMN retraction.ordinal IS '1, 2... among the retractions of the entry';

COMMENT ON COLUMN retraction.status_change_id IS 'The claim that is withdrawn';

COMMENT ON COLUMN retraction.event_id IS 'The event that is withdrawn';

COMMENT ON COLUMN retraction.replacement_id IS 'The claim that stands in its place, for a correction';

COMMENT ON COLUMN retraction.replacement_event_id IS 'The event that stands in its place, for a correction';

COMMENT ON COLUMN retraction.reason IS 'Why it is withdrawn';
