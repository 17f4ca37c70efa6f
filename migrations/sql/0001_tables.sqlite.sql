-- The tables of the first schema, for sqlite: frozen text, statements parted by a blank line.

CREATE TABLE actor (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id INTEGER,
    iso_alpha3 TEXT,
    note TEXT,
    CONSTRAINT pk_actor PRIMARY KEY (id),
    CONSTRAINT uq_actor_code UNIQUE (code),
    CONSTRAINT ck_actor_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_actor_kind CHECK (kind in ('state', 'armed_force', 'government', 'organisation', 'alliance', 'non_state')),
    CONSTRAINT ck_actor_iso_alpha3 CHECK (iso_alpha3 is null or (length(iso_alpha3) = 3 and iso_alpha3 = upper(iso_alpha3))),
    CONSTRAINT ck_actor_parent CHECK (parent_id is null or parent_id <> id),
    CONSTRAINT fk_actor_parent_id FOREIGN KEY(parent_id) REFERENCES actor (id)
) STRICT;

CREATE INDEX ix_actor_parent_id ON actor (parent_id);

CREATE TABLE asset_type (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id INTEGER,
    icao_designator TEXT,
    sidc TEXT,
    note TEXT,
    CONSTRAINT pk_asset_type PRIMARY KEY (id),
    CONSTRAINT uq_asset_type_code UNIQUE (code),
    CONSTRAINT ck_asset_type_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_asset_type_parent CHECK (parent_id is null or parent_id <> id),
    CONSTRAINT fk_asset_type_parent_id FOREIGN KEY(parent_id) REFERENCES asset_type (id)
) STRICT;

CREATE INDEX ix_asset_type_parent_id ON asset_type (parent_id);

CREATE TABLE database_identity (
    id INTEGER NOT NULL,
    database_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_database_identity PRIMARY KEY (id),
    CONSTRAINT ck_database_identity_single CHECK (id = 1),
    CONSTRAINT ck_database_identity_database_id CHECK (length(database_id) = 36),
    CONSTRAINT ck_database_identity_created_at_form CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') is substr(created_at, 1, 19) and substr(created_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')
) STRICT;

CREATE TABLE ledger_entry (
    seq INTEGER NOT NULL,
    txid TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    clock_at TEXT NOT NULL,
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
    CONSTRAINT ck_ledger_entry_entry_hash CHECK (length(entry_hash) = 64 and entry_hash = lower(entry_hash)),
    CONSTRAINT ck_ledger_entry_recorded_at_form CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(recorded_at, 1, 19), '+0 days') is substr(recorded_at, 1, 19) and substr(recorded_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ck_ledger_entry_clock_at_form CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(clock_at, 1, 19), '+0 days') is substr(clock_at, 1, 19) and substr(clock_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')
) STRICT;

CREATE INDEX ix_ledger_entry_recorded_at ON ledger_entry (recorded_at);

CREATE TABLE location (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id INTEGER,
    iso_alpha3 TEXT,
    icao_code TEXT,
    latitude REAL,
    longitude REAL,
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
) STRICT;

CREATE INDEX ix_location_parent_id ON location (parent_id);

CREATE TABLE source (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    publisher TEXT,
    url TEXT,
    published_on TEXT,
    published_at TEXT,
    retrieved_at TEXT,
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
    CONSTRAINT ck_source_text CHECK (text is null or (text_kind <> 'none' and text_sha256 is not null)),
    CONSTRAINT ck_source_published_on_form CHECK (published_on is null or (date(published_on, '+0 days') is published_on)),
    CONSTRAINT ck_source_published_at_form CHECK (published_at is null or (strftime('%Y-%m-%dT%H:%M:%S', substr(published_at, 1, 19), '+0 days') is substr(published_at, 1, 19) and substr(published_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')),
    CONSTRAINT ck_source_retrieved_at_form CHECK (retrieved_at is null or (strftime('%Y-%m-%dT%H:%M:%S', substr(retrieved_at, 1, 19), '+0 days') is substr(retrieved_at, 1, 19) and substr(retrieved_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'))
) STRICT;

CREATE TABLE status (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    axis TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_status PRIMARY KEY (id),
    CONSTRAINT uq_status_code UNIQUE (code),
    CONSTRAINT ck_status_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_status_axis CHECK (axis in ('phase', 'presence', 'activity', 'condition', 'lifecycle'))
) STRICT;

CREATE TABLE catalogue_revision (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    "before" TEXT,
    "after" TEXT,
    CONSTRAINT pk_catalogue_revision PRIMARY KEY (id),
    CONSTRAINT uq_catalogue_revision_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT ck_catalogue_revision_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_catalogue_revision_table_name CHECK (table_name in ('actor', 'location', 'asset_type', 'source', 'deployment', 'platform', 'asset', 'event', 'alias', 'event_actor', 'edition')),
    CONSTRAINT ck_catalogue_revision_change CHECK (before is not null or after is not null),
    CONSTRAINT fk_catalogue_revision_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq)
) STRICT;

CREATE INDEX ix_catalogue_revision_row ON catalogue_revision (table_name, row_id);

CREATE TABLE deployment (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    actor_id INTEGER NOT NULL,
    location_id INTEGER NOT NULL,
    operation TEXT,
    mission TEXT,
    part_of_id INTEGER,
    note TEXT,
    CONSTRAINT pk_deployment PRIMARY KEY (id),
    CONSTRAINT uq_deployment_code UNIQUE (code),
    CONSTRAINT ck_deployment_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT ck_deployment_operation CHECK (operation is null or operation <> ''),
    CONSTRAINT ck_deployment_part_of CHECK (part_of_id is null or part_of_id <> id),
    CONSTRAINT fk_deployment_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id),
    CONSTRAINT fk_deployment_location_id FOREIGN KEY(location_id) REFERENCES location (id),
    CONSTRAINT fk_deployment_part_of_id FOREIGN KEY(part_of_id) REFERENCES deployment (id)
) STRICT;

CREATE INDEX ix_deployment_location_id ON deployment (location_id);

CREATE INDEX ix_deployment_part_of_id ON deployment (part_of_id);

CREATE UNIQUE INDEX uq_deployment_who_where_what ON deployment (actor_id, location_id, coalesce(operation, ''));

CREATE TABLE event (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    effective_edtf TEXT NOT NULL,
    effective_from TEXT,
    effective_by TEXT,
    effective_until TEXT,
    effective_on TEXT NOT NULL,
    location_id INTEGER,
    source_id INTEGER NOT NULL,
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
    CONSTRAINT fk_event_source_id FOREIGN KEY(source_id) REFERENCES source (id),
    CONSTRAINT ck_event_effective_from_form CHECK (effective_from is null or (date(effective_from, '+0 days') is effective_from)),
    CONSTRAINT ck_event_effective_by_form CHECK (effective_by is null or (date(effective_by, '+0 days') is effective_by)),
    CONSTRAINT ck_event_effective_until_form CHECK (effective_until is null or (date(effective_until, '+0 days') is effective_until)),
    CONSTRAINT ck_event_effective_on_form CHECK (date(effective_on, '+0 days') is effective_on)
) STRICT;

CREATE INDEX ix_event_location_id ON event (location_id);

CREATE INDEX ix_event_source_id ON event (source_id);

CREATE TABLE platform (
    id INTEGER NOT NULL,
    code TEXT NOT NULL,
    designation TEXT NOT NULL,
    asset_type_id INTEGER NOT NULL,
    actor_id INTEGER,
    note TEXT,
    CONSTRAINT pk_platform PRIMARY KEY (id),
    CONSTRAINT uq_platform_code UNIQUE (code),
    CONSTRAINT ck_platform_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT fk_platform_asset_type_id FOREIGN KEY(asset_type_id) REFERENCES asset_type (id),
    CONSTRAINT fk_platform_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id)
) STRICT;

CREATE INDEX ix_platform_actor_id ON platform (actor_id);

CREATE INDEX ix_platform_asset_type_id ON platform (asset_type_id);

CREATE TABLE source_origin (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    origin_id INTEGER,
    CONSTRAINT pk_source_origin PRIMARY KEY (id),
    CONSTRAINT uq_source_origin_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT ck_source_origin_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_source_origin_origin CHECK (origin_id is null or origin_id <> source_id),
    CONSTRAINT fk_source_origin_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq),
    CONSTRAINT fk_source_origin_source_id FOREIGN KEY(source_id) REFERENCES source (id),
    CONSTRAINT fk_source_origin_origin_id FOREIGN KEY(origin_id) REFERENCES source (id)
) STRICT;

CREATE INDEX ix_source_origin_origin_id ON source_origin (origin_id);

CREATE INDEX ix_source_origin_source ON source_origin (source_id, seq DESC);

CREATE TABLE asset (
    id INTEGER NOT NULL,
    deployment_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    asset_type_id INTEGER NOT NULL,
    platform_id INTEGER,
    note TEXT,
    CONSTRAINT pk_asset PRIMARY KEY (id),
    CONSTRAINT uq_asset_deployment_id_code UNIQUE (deployment_id, code),
    CONSTRAINT uq_asset_id_deployment_id UNIQUE (id, deployment_id),
    CONSTRAINT ck_asset_code CHECK (length(code) between 1 and 120 and code = lower(code) and replace(replace(code, '/', ''), ' ', '') = code),
    CONSTRAINT fk_asset_deployment_id FOREIGN KEY(deployment_id) REFERENCES deployment (id),
    CONSTRAINT fk_asset_asset_type_id FOREIGN KEY(asset_type_id) REFERENCES asset_type (id),
    CONSTRAINT fk_asset_platform_id FOREIGN KEY(platform_id) REFERENCES platform (id)
) STRICT;

CREATE INDEX ix_asset_asset_type_id ON asset (asset_type_id);

CREATE INDEX ix_asset_platform_id ON asset (platform_id);

CREATE UNIQUE INDEX uq_asset_deployment_platform ON asset (deployment_id, platform_id) WHERE platform_id is not null;

CREATE UNIQUE INDEX uq_asset_deployment_type ON asset (deployment_id, asset_type_id) WHERE platform_id is null;

CREATE TABLE containment (
    container_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    CONSTRAINT pk_containment PRIMARY KEY (container_id, part_id),
    CONSTRAINT ck_containment_irreflexive CHECK (container_id <> part_id),
    CONSTRAINT fk_containment_container_id FOREIGN KEY(container_id) REFERENCES deployment (id),
    CONSTRAINT fk_containment_part_id FOREIGN KEY(part_id) REFERENCES deployment (id)
) STRICT;

CREATE INDEX ix_containment_part_id ON containment (part_id);

CREATE TABLE event_actor (
    event_id INTEGER NOT NULL,
    actor_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT pk_event_actor PRIMARY KEY (event_id, actor_id, role),
    CONSTRAINT ck_event_actor_role CHECK (role in ('agent', 'target', 'participant', 'host', 'mediator')),
    CONSTRAINT fk_event_actor_event_id FOREIGN KEY(event_id) REFERENCES event (id),
    CONSTRAINT fk_event_actor_actor_id FOREIGN KEY(actor_id) REFERENCES actor (id)
) STRICT;

CREATE INDEX ix_event_actor_actor_id ON event_actor (actor_id);

CREATE TABLE alias (
    id INTEGER NOT NULL,
    actor_id INTEGER,
    location_id INTEGER,
    asset_type_id INTEGER,
    source_id INTEGER,
    deployment_id INTEGER,
    platform_id INTEGER,
    asset_id INTEGER,
    event_id INTEGER,
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
) STRICT;

CREATE INDEX ix_alias_name_folded ON alias (name_folded);

CREATE TABLE status_change (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    deployment_id INTEGER NOT NULL,
    asset_id INTEGER,
    kind TEXT NOT NULL,
    status_id INTEGER,
    quantity_low INTEGER,
    quantity_best INTEGER,
    quantity_high INTEGER,
    share_low REAL,
    share_high REAL,
    share_low_open INTEGER NOT NULL,
    quantity_form TEXT,
    quantity_text TEXT,
    counting_basis TEXT NOT NULL,
    complete INTEGER NOT NULL,
    reason TEXT,
    transfer_id TEXT,
    other_deployment_id INTEGER,
    same_as_id INTEGER,
    after_id INTEGER,
    restates_id INTEGER,
    modality TEXT NOT NULL,
    stated_on TEXT NOT NULL,
    effective_text TEXT NOT NULL,
    effective_edtf TEXT NOT NULL,
    effective_from TEXT,
    effective_by TEXT,
    effective_until TEXT,
    effective_on TEXT NOT NULL,
    effective_at TEXT,
    source_id INTEGER NOT NULL,
    excerpt TEXT,
    excerpt_sha256 TEXT,
    excerpt_start INTEGER,
    excerpt_end INTEGER,
    locator TEXT,
    reliability TEXT NOT NULL,
    credibility TEXT NOT NULL,
    admissible INTEGER NOT NULL,
    grade_rank INTEGER NOT NULL,
    own_words INTEGER NOT NULL,
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
    CONSTRAINT fk_status_change_source_id FOREIGN KEY(source_id) REFERENCES source (id),
    CONSTRAINT ck_status_change_share_low_open_form CHECK (share_low_open in (0, 1)),
    CONSTRAINT ck_status_change_complete_form CHECK (complete in (0, 1)),
    CONSTRAINT ck_status_change_stated_on_form CHECK (stated_on = effective_on or date(stated_on, '+0 days') is stated_on),
    CONSTRAINT ck_status_change_effective_from_form CHECK (effective_from is null or (effective_from = effective_on or date(effective_from, '+0 days') is effective_from)),
    CONSTRAINT ck_status_change_effective_by_form CHECK (effective_by is null or (effective_by = effective_on or date(effective_by, '+0 days') is effective_by)),
    CONSTRAINT ck_status_change_effective_until_form CHECK (effective_until is null or (date(effective_until, '+0 days') is effective_until)),
    CONSTRAINT ck_status_change_effective_on_form CHECK (date(effective_on, '+0 days') is effective_on),
    CONSTRAINT ck_status_change_effective_at_form CHECK (effective_at is null or (strftime('%Y-%m-%dT%H:%M:%S', substr(effective_at, 1, 19), '+0 days') is substr(effective_at, 1, 19) and substr(effective_at, 20) glob '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')),
    CONSTRAINT ck_status_change_admissible_form CHECK (admissible in (0, 1)),
    CONSTRAINT ck_status_change_own_words_form CHECK (own_words in (0, 1))
) STRICT;

CREATE INDEX ix_status_change_after ON status_change (after_id) WHERE after_id is not null;

CREATE INDEX ix_status_change_base ON status_change (asset_id, counting_basis, admissible DESC, effective_on DESC, grade_rank, own_words DESC, seq DESC, ordinal DESC, quantity_low, quantity_high, effective_until) WHERE kind = 'count' and modality = 'actual';

CREATE INDEX ix_status_change_denial ON status_change (deployment_id, asset_id, effective_on) WHERE modality = 'denied';

CREATE INDEX ix_status_change_deployment ON status_change (deployment_id, asset_id, seq);

CREATE INDEX ix_status_change_flow ON status_change (asset_id, effective_on, seq, ordinal) WHERE kind in ('increase', 'decrease') and modality = 'actual';

CREATE INDEX ix_status_change_lapsing ON status_change (asset_id, effective_until) WHERE kind = 'count' and modality = 'actual' and effective_until is not null;

CREATE INDEX ix_status_change_lasting ON status_change (asset_id, coalesce(effective_until, effective_by)) WHERE kind in ('increase', 'decrease') and modality = 'actual' and (effective_by is null or coalesce(effective_until, effective_by) > effective_on);

CREATE INDEX ix_status_change_other ON status_change (other_deployment_id) WHERE other_deployment_id is not null;

CREATE INDEX ix_status_change_phase ON status_change (deployment_id, status_id, admissible DESC, effective_on DESC, grade_rank, own_words DESC, seq DESC, ordinal DESC, counting_basis, quantity_form, effective_until) WHERE kind = 'status' and modality = 'actual' and asset_id is null;

CREATE INDEX ix_status_change_plan ON status_change (deployment_id, asset_id, stated_on) WHERE modality in ('planned', 'possible', 'demanded', 'negotiating');

CREATE INDEX ix_status_change_restates ON status_change (restates_id) WHERE restates_id is not null;

CREATE INDEX ix_status_change_same_as ON status_change (same_as_id) WHERE same_as_id is not null;

CREATE INDEX ix_status_change_source ON status_change (source_id);

CREATE INDEX ix_status_change_status ON status_change (asset_id, status_id, admissible DESC, effective_on DESC, grade_rank, own_words DESC, seq DESC, ordinal DESC, counting_basis, quantity_form, effective_until) WHERE kind = 'status' and modality = 'actual' and asset_id is not null;

CREATE INDEX ix_status_change_transfer ON status_change (transfer_id) WHERE transfer_id is not null;

CREATE TABLE plan_link (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    claim_id INTEGER NOT NULL,
    plan_id INTEGER NOT NULL,
    relation TEXT NOT NULL,
    CONSTRAINT pk_plan_link PRIMARY KEY (id),
    CONSTRAINT uq_plan_link_seq_ordinal UNIQUE (seq, ordinal),
    CONSTRAINT ck_plan_link_ordinal CHECK (ordinal >= 1),
    CONSTRAINT ck_plan_link_relation CHECK (relation in ('fulfils', 'partly_fulfils', 'cancels', 'supersedes')),
    CONSTRAINT ck_plan_link_plan CHECK (claim_id <> plan_id),
    CONSTRAINT fk_plan_link_seq FOREIGN KEY(seq) REFERENCES ledger_entry (seq),
    CONSTRAINT fk_plan_link_claim_id FOREIGN KEY(claim_id) REFERENCES status_change (id),
    CONSTRAINT fk_plan_link_plan_id FOREIGN KEY(plan_id) REFERENCES status_change (id)
) STRICT;

CREATE INDEX ix_plan_link_claim_id ON plan_link (claim_id);

CREATE INDEX ix_plan_link_plan_id ON plan_link (plan_id);

CREATE TABLE retraction (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    status_change_id INTEGER,
    event_id INTEGER,
    replacement_id INTEGER,
    replacement_event_id INTEGER,
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
) STRICT;

CREATE INDEX ix_retraction_replacement ON retraction (replacement_id) WHERE replacement_id is not null;

CREATE INDEX ix_retraction_replacement_event ON retraction (replacement_event_id) WHERE replacement_event_id is not null;
