-- SQL reporting, up, for sqlite: frozen text, statements parted by a blank line.

CREATE TABLE current_posture (
    asset_id INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    known_seq INTEGER NOT NULL,
    touched_seq INTEGER NOT NULL,
    is_known INTEGER NOT NULL,
    low INTEGER,
    best INTEGER,
    high INTEGER,
    stated_low INTEGER,
    stated_best INTEGER,
    stated_high INTEGER,
    quantity_text TEXT,
    phase TEXT,
    presence TEXT,
    activity TEXT,
    condition TEXT,
    lifecycle TEXT,
    status TEXT,
    since TEXT,
    base_id INTEGER,
    source_id INTEGER,
    grade TEXT,
    origins INTEGER,
    flags TEXT,
    CONSTRAINT pk_current_posture PRIMARY KEY (asset_id),
    CONSTRAINT fk_current_posture_asset_id FOREIGN KEY(asset_id) REFERENCES asset (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ck_current_posture_as_of_form CHECK (date(as_of, '+0 days') is as_of),
    CONSTRAINT ck_current_posture_is_known_form CHECK (is_known in (0, 1)),
    CONSTRAINT ck_current_posture_since_form CHECK (since is null or (date(since, '+0 days') is since))
) STRICT;

CREATE TABLE current_plan (
    plan_id INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    known_seq INTEGER NOT NULL,
    touched_seq INTEGER NOT NULL,
    speaker_id INTEGER,
    state TEXT,
    overdue_days INTEGER,
    low INTEGER,
    high INTEGER,
    outcomes TEXT,
    CONSTRAINT pk_current_plan PRIMARY KEY (plan_id),
    CONSTRAINT ck_current_plan_state CHECK (state is null or state in ('open', 'partly_fulfilled', 'fulfilled', 'cancelled', 'superseded', 'overdue')),
    CONSTRAINT fk_current_plan_plan_id FOREIGN KEY(plan_id) REFERENCES status_change (id),
    CONSTRAINT ck_current_plan_as_of_form CHECK (date(as_of, '+0 days') is as_of)
) STRICT;

INSERT INTO current_posture (asset_id, as_of, known_seq, touched_seq, is_known)
SELECT a.id, date('now'), 0, (SELECT coalesce(max(seq), 1) FROM ledger_entry), 0
FROM asset a;

INSERT INTO current_plan (plan_id, as_of, known_seq, touched_seq)
SELECT c.id, date('now'), 0, (SELECT coalesce(max(seq), 1) FROM ledger_entry)
FROM status_change c
WHERE c.modality IN ('planned', 'possible', 'demanded', 'negotiating')
    AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.status_change_id = c.id);

CREATE VIEW report_posture AS SELECT
    d.code || '/' || a.code AS line,
    d.code AS deployment_code,
    d.name AS deployment_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    a.code AS asset_code,
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    pl.code AS platform_code,
    pl.designation AS platform_designation,
    p.low AS low,
    p.best AS best,
    p.high AS high,
    p.stated_low AS stated_low,
    p.stated_best AS stated_best,
    p.stated_high AS stated_high,
    p.quantity_text AS quantity_text,
    p.phase AS phase,
    p.presence AS presence,
    p.activity AS activity,
    p.condition AS condition,
    p.lifecycle AS lifecycle,
    p.status AS status,
    p.since AS since,
    s.code AS source_code,
    s.title AS source_title,
    p.grade AS grade,
    p.origins AS origins,
    p.flags AS flags,
    p.base_id AS claim_id,
    p.as_of AS as_of,
    p.known_seq AS known_seq,
    case when p.known_seq >= p.touched_seq then 1 else 0 end AS is_current
FROM current_posture p
JOIN asset a ON a.id = p.asset_id
JOIN deployment d ON d.id = a.deployment_id
JOIN asset_type t ON t.id = a.asset_type_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
LEFT JOIN platform pl ON pl.id = a.platform_id
LEFT JOIN source s ON s.id = p.source_id
WHERE p.is_known OR p.known_seq < p.touched_seq;

CREATE VIEW report_plan AS SELECT
    c.id AS plan_id,
    d.code || coalesce('/' || a.code, '') AS line,
    d.code AS deployment_code,
    d.name AS deployment_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    a.code AS asset_code,
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    c.modality AS modality,
    c.kind AS kind,
    st.code AS status_code,
    c.quantity_text AS quantity_text,
    p.low AS low,
    p.high AS high,
    c.counting_basis AS counting_basis,
    c.stated_on AS stated_on,
    c.effective_edtf AS effective_edtf,
    c.effective_from AS effective_from,
    c.effective_by AS effective_by,
    c.effective_until AS effective_until,
    coalesce(c.effective_until, c.effective_by) AS due_on,
    p.state AS state,
    p.overdue_days AS overdue_days,
    p.outcomes AS outcomes,
    p.speaker_id AS told_by_id,
    s.code AS source_code,
    s.title AS source_title,
    c.reliability || c.credibility AS grade,
    c.excerpt AS excerpt,
    p.as_of AS as_of,
    p.known_seq AS known_seq,
    case when p.known_seq >= p.touched_seq then 1 else 0 end AS is_current
FROM current_plan p
JOIN status_change c ON c.id = p.plan_id
JOIN ledger_entry e ON e.seq = c.seq
JOIN deployment d ON d.id = c.deployment_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
JOIN source s ON s.id = c.source_id
LEFT JOIN asset a ON a.id = c.asset_id
LEFT JOIN asset_type t ON t.id = a.asset_type_id
LEFT JOIN status st ON st.id = c.status_id
LEFT JOIN retraction r ON r.status_change_id = c.id
WHERE c.modality IN ('planned', 'possible', 'demanded', 'negotiating');

CREATE VIEW report_claim AS SELECT
    c.id AS claim_id,
    c.seq AS seq,
    c.ordinal AS ordinal,
    e.recorded_at AS recorded_at,
    d.code || coalesce('/' || a.code, '') AS line,
    d.code AS deployment_code,
    d.name AS deployment_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    a.code AS asset_code,
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    c.kind AS kind,
    c.modality AS modality,
    st.code AS status_code,
    st.name AS status_name,
    st.axis AS status_axis,
    c.quantity_text AS quantity_text,
    c.quantity_form AS quantity_form,
    c.quantity_low AS low,
    c.quantity_best AS best,
    c.quantity_high AS high,
    c.share_low AS share_low,
    c.share_high AS share_high,
    c.counting_basis AS counting_basis,
    c.complete AS is_complete,
    c.reason AS reason,
    c.stated_on AS stated_on,
    c.effective_edtf AS effective_edtf,
    c.effective_from AS effective_from,
    c.effective_by AS effective_by,
    c.effective_until AS effective_until,
    c.effective_on AS effective_on,
    c.effective_at AS effective_at,
    s.code AS source_code,
    s.title AS source_title,
    c.reliability AS reliability,
    c.credibility AS credibility,
    c.reliability || c.credibility AS grade,
    c.admissible AS is_admissible,
    c.own_words AS is_own_words,
    c.transfer_id AS transfer_id,
    od.code AS other_deployment_code,
    c.same_as_id AS same_as_id,
    c.after_id AS after_id,
    c.restates_id AS restates_id,
    c.note AS note,
    case when r.id is null then 0 else 1 end AS is_retracted,
    r.seq AS retracted_seq,
    r.replacement_id AS replacement_id
FROM status_change c
JOIN ledger_entry e ON e.seq = c.seq
JOIN deployment d ON d.id = c.deployment_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
JOIN source s ON s.id = c.source_id
LEFT JOIN asset a ON a.id = c.asset_id
LEFT JOIN asset_type t ON t.id = a.asset_type_id
LEFT JOIN status st ON st.id = c.status_id
LEFT JOIN retraction r ON r.status_change_id = c.id
LEFT JOIN deployment od ON od.id = c.other_deployment_id;

CREATE VIEW report_evidence AS SELECT
    c.id AS claim_id,
    d.code || coalesce('/' || a.code, '') AS line,
    d.code AS deployment_code,
    d.name AS deployment_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    a.code AS asset_code,
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    c.kind AS kind,
    c.modality AS modality,
    c.quantity_text AS quantity_text,
    c.effective_on AS effective_on,
    s.code AS source_code,
    s.title AS source_title,
    s.publisher AS publisher,
    s.url AS url,
    s.published_on AS published_on,
    s.language AS language,
    s.attribution AS attribution,
    os.code AS repeats_code,
    os.title AS repeats_title,
    c.excerpt AS excerpt,
    c.excerpt_start AS excerpt_start,
    c.excerpt_end AS excerpt_end,
    c.locator AS locator,
    c.reliability || c.credibility AS grade,
    case when r.id is null then 0 else 1 end AS is_retracted,
    r.seq AS retracted_seq,
    re.recorded_at AS retracted_at,
    r.reason AS retraction_reason,
    r.replacement_id AS replacement_id
FROM status_change c
JOIN ledger_entry e ON e.seq = c.seq
JOIN deployment d ON d.id = c.deployment_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
JOIN source s ON s.id = c.source_id
LEFT JOIN asset a ON a.id = c.asset_id
LEFT JOIN asset_type t ON t.id = a.asset_type_id
LEFT JOIN status st ON st.id = c.status_id
LEFT JOIN retraction r ON r.status_change_id = c.id
LEFT JOIN ledger_entry re ON re.seq = r.seq
LEFT JOIN source os ON os.id = (SELECT o.origin_id FROM source_origin o WHERE o.source_id = s.id ORDER BY o.seq DESC, o.ordinal DESC LIMIT 1);

CREATE VIEW report_plan_link AS SELECT
    k.plan_id AS plan_id,
    k.claim_id AS claim_id,
    k.relation AS relation,
    k.seq AS seq,
    k.ordinal AS ordinal,
    e.recorded_at AS recorded_at,
    case when exists (select 1 from retraction r where r.status_change_id = k.plan_id) then 1 else 0 end AS is_plan_retracted,
    case when exists (select 1 from retraction r where r.status_change_id = k.claim_id) then 1 else 0 end AS is_claim_retracted
FROM plan_link k
JOIN ledger_entry e ON e.seq = k.seq;

CREATE VIEW report_retraction AS SELECT
    r.seq AS seq,
    r.ordinal AS ordinal,
    e.recorded_at AS recorded_at,
    e.recorded_by AS recorded_by,
    r.status_change_id AS claim_id,
    ev.code AS event_code,
    r.reason AS reason,
    r.replacement_id AS replacement_id,
    rv.code AS replacement_event_code
FROM retraction r
JOIN ledger_entry e ON e.seq = r.seq
LEFT JOIN event ev ON ev.id = r.event_id
LEFT JOIN event rv ON rv.id = r.replacement_event_id;

CREATE VIEW report_entry AS SELECT
    e.seq AS seq,
    e.recorded_at AS recorded_at,
    e.recorded_by AS recorded_by,
    e.action AS action,
    e.reason AS reason,
    (select count(*) from status_change c where c.seq = e.seq) AS claims,
    (select count(*) from retraction r where r.seq = e.seq) AS retractions,
    (select count(*) from catalogue_revision v where v.seq = e.seq) AS catalogue_changes,
    e.txid AS txid,
    e.tool_version AS tool_version,
    e.entry_hash AS entry_hash
FROM ledger_entry e;

CREATE VIEW report_event AS SELECT
    ev.code AS event_code,
    ev.kind AS kind,
    ev.title AS title,
    ev.effective_edtf AS effective_edtf,
    ev.effective_from AS effective_from,
    ev.effective_by AS effective_by,
    ev.effective_until AS effective_until,
    ev.effective_on AS effective_on,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    s.code AS source_code,
    s.title AS source_title,
    ev.excerpt AS excerpt,
    ev.locator AS locator,
    ev.note AS note,
    case when r.id is null then 0 else 1 end AS is_retracted,
    rv.code AS replacement_code
FROM event ev
JOIN source s ON s.id = ev.source_id
LEFT JOIN location lo ON lo.id = ev.location_id
LEFT JOIN retraction r ON r.event_id = ev.id
LEFT JOIN event rv ON rv.id = r.replacement_event_id;

CREATE VIEW report_event_actor AS SELECT
    ev.code AS event_code,
    ev.title AS event_title,
    ev.effective_on AS effective_on,
    ac.code AS actor_code,
    ac.name AS actor_name,
    x.role AS role
FROM event_actor x
JOIN event ev ON ev.id = x.event_id
JOIN actor ac ON ac.id = x.actor_id;

CREATE VIEW report_source AS SELECT
    s.code AS source_code,
    s.title AS source_title,
    s.publisher AS publisher,
    s.url AS url,
    s.published_on AS published_on,
    s.published_at AS published_at,
    s.retrieved_at AS retrieved_at,
    s.language AS language,
    s.attribution AS attribution,
    s.reliability AS reliability,
    s.text_kind AS text_kind,
    s.content_sha256 AS content_sha256,
    os.code AS repeats_code,
    os.title AS repeats_title,
    (select count(*) from status_change c where c.source_id = s.id) AS claims,
    (select count(*) from status_change c join retraction r on r.status_change_id = c.id where c.source_id = s.id) AS claims_retracted,
    s.note AS note
FROM source s
LEFT JOIN source os ON os.id = (SELECT o.origin_id FROM source_origin o WHERE o.source_id = s.id ORDER BY o.seq DESC, o.ordinal DESC LIMIT 1);

CREATE VIEW report_actor AS SELECT
    ac.code AS actor_code,
    ac.name AS actor_name,
    ac.kind AS kind,
    pa.code AS parent_code,
    pa.name AS parent_name,
    ac.iso_alpha3 AS iso_alpha3,
    ac.note AS note
FROM actor ac
LEFT JOIN actor pa ON pa.id = ac.parent_id;

CREATE VIEW report_location AS SELECT
    lo.code AS location_code,
    lo.name AS location_name,
    lo.kind AS kind,
    pa.code AS parent_code,
    pa.name AS parent_name,
    lo.iso_alpha3 AS iso_alpha3,
    lo.icao_code AS icao_code,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    lo.precision AS precision,
    lo.site_class AS site_class,
    lo.note AS note
FROM location lo
LEFT JOIN location pa ON pa.id = lo.parent_id;

CREATE VIEW report_asset_type AS SELECT
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    pa.code AS parent_code,
    pa.name AS parent_name,
    t.icao_designator AS icao_designator,
    t.sidc AS sidc,
    t.note AS note
FROM asset_type t
LEFT JOIN asset_type pa ON pa.id = t.parent_id;

CREATE VIEW report_deployment AS SELECT
    d.code AS deployment_code,
    d.name AS deployment_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    d.operation AS operation,
    d.mission AS mission,
    wh.code AS part_of_code,
    wh.name AS part_of_name,
    (select count(*) from asset a where a.deployment_id = d.id) AS lines,
    d.note AS note
FROM deployment d
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
LEFT JOIN deployment wh ON wh.id = d.part_of_id;

CREATE VIEW report_containment AS SELECT
    w.code AS container_code,
    w.name AS container_name,
    i.code AS part_code,
    i.name AS part_name
FROM containment n
JOIN deployment w ON w.id = n.container_id
JOIN deployment i ON i.id = n.part_id;

CREATE VIEW report_platform AS SELECT
    pl.code AS platform_code,
    pl.designation AS platform_designation,
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    pl.note AS note
FROM platform pl
JOIN asset_type t ON t.id = pl.asset_type_id
LEFT JOIN actor ac ON ac.id = pl.actor_id;

CREATE VIEW report_asset AS SELECT
    d.code || '/' || a.code AS line,
    d.code AS deployment_code,
    d.name AS deployment_name,
    ac.code AS actor_code,
    ac.name AS actor_name,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    a.code AS asset_code,
    t.code AS asset_type_code,
    t.name AS asset_type_name,
    d.operation AS operation,
    pl.code AS platform_code,
    pl.designation AS platform_designation,
    a.note AS note
FROM asset a
JOIN deployment d ON d.id = a.deployment_id
JOIN asset_type t ON t.id = a.asset_type_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
LEFT JOIN platform pl ON pl.id = a.platform_id;

CREATE VIEW report_alias AS SELECT
    case when n.actor_id is not null then 'actor' when n.location_id is not null then 'location' when n.asset_type_id is not null then 'asset_type' when n.source_id is not null then 'source' when n.deployment_id is not null then 'deployment' when n.platform_id is not null then 'platform' when n.event_id is not null then 'event' else 'asset' end AS noun,
    coalesce(ac.code, lo.code, t.code, s.code, d.code, pl.code, ev.code, ad.code || '/' || a.code) AS code,
    n.name AS name,
    n.language AS language
FROM alias n
LEFT JOIN actor ac ON ac.id = n.actor_id
LEFT JOIN location lo ON lo.id = n.location_id
LEFT JOIN asset_type t ON t.id = n.asset_type_id
LEFT JOIN source s ON s.id = n.source_id
LEFT JOIN deployment d ON d.id = n.deployment_id
LEFT JOIN platform pl ON pl.id = n.platform_id
LEFT JOIN event ev ON ev.id = n.event_id
LEFT JOIN asset a ON a.id = n.asset_id
LEFT JOIN deployment ad ON ad.id = a.deployment_id;
