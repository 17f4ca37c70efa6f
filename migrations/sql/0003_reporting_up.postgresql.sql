-- SQL reporting, up, for postgresql: frozen text, statements parted by a blank line.

CREATE TABLE current_posture (
    asset_id BIGINT NOT NULL,
    as_of DATE NOT NULL,
    known_seq BIGINT NOT NULL,
    touched_seq BIGINT NOT NULL,
    is_known BOOLEAN NOT NULL,
    low BIGINT,
    best BIGINT,
    high BIGINT,
    stated_low BIGINT,
    stated_best BIGINT,
    stated_high BIGINT,
    quantity_text TEXT,
    phase TEXT,
    presence TEXT,
    activity TEXT,
    condition TEXT,
    lifecycle TEXT,
    status TEXT,
    since DATE,
    base_id BIGINT,
    source_id BIGINT,
    grade TEXT,
    origins BIGINT,
    flags TEXT,
    CONSTRAINT pk_current_posture PRIMARY KEY (asset_id),
    CONSTRAINT fk_current_posture_asset_id FOREIGN KEY(asset_id) REFERENCES asset (id) DEFERRABLE INITIALLY DEFERRED
);

COMMENT ON TABLE current_posture IS 'Every line''s posture as of now, counting basis present: derived by the reading rules, checked by db verify';

COMMENT ON COLUMN current_posture.asset_id IS 'The line';

COMMENT ON COLUMN current_posture.as_of IS 'The day of the world for which it was computed';

COMMENT ON COLUMN current_posture.known_seq IS 'The last entry known then; 0: not computed yet';

COMMENT ON COLUMN current_posture.touched_seq IS 'The last entry that touched it; later than known_seq: out of date';

COMMENT ON COLUMN current_posture.is_known IS 'Anything is known of the line';

COMMENT ON COLUMN current_posture.low IS 'At least so many, after all lines agree';

COMMENT ON COLUMN current_posture.best IS 'Most likely so many; NULL: not known';

COMMENT ON COLUMN current_posture.high IS 'At most so many; NULL: not known';

COMMENT ON COLUMN current_posture.stated_low IS 'At least so many, by what was stated about this line alone';

COMMENT ON COLUMN current_posture.stated_best IS 'Most likely so many, by what was stated; NULL: not known';

COMMENT ON COLUMN current_posture.stated_high IS 'At most so many, by what was stated; NULL: not known';

COMMENT ON COLUMN current_posture.quantity_text IS 'The quantity of the deciding count in the words used';

COMMENT ON COLUMN current_posture.phase IS 'Codes of the statuses on the axis phase, parted by blanks';

COMMENT ON COLUMN current_posture.presence IS 'Codes of the statuses on the axis presence, parted by blanks';

COMMENT ON COLUMN current_posture.activity IS 'Codes of the statuses on the axis activity, parted by blanks';

COMMENT ON COLUMN current_posture.condition IS 'Codes of the statuses on the axis condition, parted by blanks';

COMMENT ON COLUMN current_posture.lifecycle IS 'Codes of the statuses on the axis lifecycle, parted by blanks';

COMMENT ON COLUMN current_posture.status IS 'All statuses with how many they are of, canonical JSON';

COMMENT ON COLUMN current_posture.since IS 'The day that the claim which speaks is about';

COMMENT ON COLUMN current_posture.base_id IS 'The count that the figure starts from; NULL: there is none';

COMMENT ON COLUMN current_posture.source_id IS 'The source of the claim that speaks';

COMMENT ON COLUMN current_posture.grade IS 'Its Admiralty grade';

COMMENT ON COLUMN current_posture.origins IS 'Distinct origins that support the figure';

COMMENT ON COLUMN current_posture.flags IS 'What a reader must know, parted by blanks';

CREATE TABLE current_plan (
    plan_id BIGINT NOT NULL,
    as_of DATE NOT NULL,
    known_seq BIGINT NOT NULL,
    touched_seq BIGINT NOT NULL,
    speaker_id BIGINT,
    state TEXT,
    overdue_days BIGINT,
    low BIGINT,
    high BIGINT,
    outcomes TEXT,
    CONSTRAINT pk_current_plan PRIMARY KEY (plan_id),
    CONSTRAINT ck_current_plan_state CHECK (state is null or state in ('open', 'partly_fulfilled', 'fulfilled', 'cancelled', 'superseded', 'overdue')),
    CONSTRAINT fk_current_plan_plan_id FOREIGN KEY(plan_id) REFERENCES status_change (id)
);

COMMENT ON TABLE current_plan IS 'What has become of every plan that stands: derived by the reading rules, checked by db verify';

COMMENT ON COLUMN current_plan.plan_id IS 'The plan';

COMMENT ON COLUMN current_plan.as_of IS 'The day of the world for which it was computed';

COMMENT ON COLUMN current_plan.known_seq IS 'The last entry known then; 0: not computed yet';

COMMENT ON COLUMN current_plan.touched_seq IS 'The last entry that touched it; later than known_seq: out of date';

COMMENT ON COLUMN current_plan.speaker_id IS 'The claim that speaks for the plan, where several are one; else itself';

COMMENT ON COLUMN current_plan.state IS 'What has become of it; NULL: not computed yet';

COMMENT ON COLUMN current_plan.overdue_days IS 'Days past its latest date, where it is overdue';

COMMENT ON COLUMN current_plan.low IS 'At least so many; a share is of what is there';

COMMENT ON COLUMN current_plan.high IS 'At most so many; NULL: not known';

COMMENT ON COLUMN current_plan.outcomes IS 'Relation and claim of every outcome in force, canonical JSON';

INSERT INTO current_posture (asset_id, as_of, known_seq, touched_seq, is_known)
SELECT a.id, CAST(now() AT TIME ZONE 'UTC' AS DATE), 0, (SELECT coalesce(max(seq), 1) FROM ledger_entry), FALSE
FROM asset a;

INSERT INTO current_plan (plan_id, as_of, known_seq, touched_seq)
SELECT c.id, CAST(now() AT TIME ZONE 'UTC' AS DATE), 0, (SELECT coalesce(max(seq), 1) FROM ledger_entry)
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
    CAST(p.low AS BIGINT) AS low,
    CAST(p.best AS BIGINT) AS best,
    CAST(p.high AS BIGINT) AS high,
    CAST(p.stated_low AS BIGINT) AS stated_low,
    CAST(p.stated_best AS BIGINT) AS stated_best,
    CAST(p.stated_high AS BIGINT) AS stated_high,
    p.quantity_text AS quantity_text,
    p.phase AS phase,
    p.presence AS presence,
    p.activity AS activity,
    p.condition AS condition,
    p.lifecycle AS lifecycle,
    p.status AS status,
    to_char(p.since, 'YYYY-MM-DD') AS since,
    s.code AS source_code,
    s.title AS source_title,
    p.grade AS grade,
    CAST(p.origins AS BIGINT) AS origins,
    p.flags AS flags,
    CAST(p.base_id AS BIGINT) AS claim_id,
    to_char(p.as_of, 'YYYY-MM-DD') AS as_of,
    CAST(p.known_seq AS BIGINT) AS known_seq,
    CAST(case when p.known_seq >= p.touched_seq then 1 else 0 end AS INTEGER) AS is_current
FROM current_posture p
JOIN asset a ON a.id = p.asset_id
JOIN deployment d ON d.id = a.deployment_id
JOIN asset_type t ON t.id = a.asset_type_id
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
LEFT JOIN platform pl ON pl.id = a.platform_id
LEFT JOIN source s ON s.id = p.source_id
WHERE p.is_known OR p.known_seq < p.touched_seq;

COMMENT ON VIEW report_posture IS 'One row per line (asset of a deployment) of which anything is known: its current posture, counting basis present, by the reading rules, as of the day in as_of';

COMMENT ON COLUMN report_posture.line IS 'Address of the line: fra-ner/drones';

COMMENT ON COLUMN report_posture.deployment_code IS 'The deployment';

COMMENT ON COLUMN report_posture.deployment_name IS 'Its name';

COMMENT ON COLUMN report_posture.actor_code IS 'Whose forces';

COMMENT ON COLUMN report_posture.actor_name IS 'Their name';

COMMENT ON COLUMN report_posture.location_code IS 'Where they are';

COMMENT ON COLUMN report_posture.location_name IS 'Its name';

COMMENT ON COLUMN report_posture.latitude IS 'Degrees north of the location, WGS 84';

COMMENT ON COLUMN report_posture.longitude IS 'Degrees east of the location, WGS 84';

COMMENT ON COLUMN report_posture.asset_code IS 'The line within its deployment';

COMMENT ON COLUMN report_posture.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_posture.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_posture.platform_code IS 'The one machine that the line is, where it is one';

COMMENT ON COLUMN report_posture.platform_designation IS 'Its registration, tail or hull number';

COMMENT ON COLUMN report_posture.low IS 'At least so many, after all lines agree';

COMMENT ON COLUMN report_posture.best IS 'Most likely so many; NULL: not known';

COMMENT ON COLUMN report_posture.high IS 'At most so many; NULL: not known';

COMMENT ON COLUMN report_posture.stated_low IS 'At least so many, by what was stated about this line alone';

COMMENT ON COLUMN report_posture.stated_best IS 'Most likely so many, by what was stated; NULL: not known';

COMMENT ON COLUMN report_posture.stated_high IS 'At most so many, by what was stated; NULL: not known';

COMMENT ON COLUMN report_posture.quantity_text IS 'The quantity of the deciding count in the words used';

COMMENT ON COLUMN report_posture.phase IS 'Phase of the deployment: active, drawing_down, withdrawn...';

COMMENT ON COLUMN report_posture.presence IS 'present, in_transit or departed';

COMMENT ON COLUMN report_posture.activity IS 'operating, grounded or stored; several, parted by blanks, where each is of a part';

COMMENT ON COLUMN report_posture.condition IS 'fmc, pmc or nmc; several, parted by blanks, where each is of a part';

COMMENT ON COLUMN report_posture.lifecycle IS 'in_service, decommissioned, lost, captured or transferred';

COMMENT ON COLUMN report_posture.status IS 'All statuses with how many they are of, as JSON: axis to a list of code, low, best, high';

COMMENT ON COLUMN report_posture.since IS 'The day that the deciding claim is about';

COMMENT ON COLUMN report_posture.source_code IS 'The source that says so';

COMMENT ON COLUMN report_posture.source_title IS 'Its title';

COMMENT ON COLUMN report_posture.grade IS 'Admiralty grade of the deciding claim';

COMMENT ON COLUMN report_posture.origins IS 'Distinct origins that support the figure';

COMMENT ON COLUMN report_posture.flags IS 'What a reader must know: contested, stale, maybe_same..., parted by blanks';

COMMENT ON COLUMN report_posture.claim_id IS 'The count that the figure starts from; NULL: there is none';

COMMENT ON COLUMN report_posture.as_of IS 'The day of the world for which the rules were last applied to this row';

COMMENT ON COLUMN report_posture.known_seq IS 'The last ledger entry that was known then; 0: the rules were not applied yet';

COMMENT ON COLUMN report_posture.is_current IS 'No later entry has touched it; where 0, run "posture db refresh" before using the figures';

CREATE VIEW report_plan AS SELECT
    CAST(c.id AS BIGINT) AS plan_id,
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
    CAST(p.low AS BIGINT) AS low,
    CAST(p.high AS BIGINT) AS high,
    c.counting_basis AS counting_basis,
    to_char(c.stated_on, 'YYYY-MM-DD') AS stated_on,
    c.effective_edtf AS effective_edtf,
    to_char(c.effective_from, 'YYYY-MM-DD') AS effective_from,
    to_char(c.effective_by, 'YYYY-MM-DD') AS effective_by,
    to_char(c.effective_until, 'YYYY-MM-DD') AS effective_until,
    to_char(coalesce(c.effective_until, c.effective_by), 'YYYY-MM-DD') AS due_on,
    p.state AS state,
    CAST(p.overdue_days AS BIGINT) AS overdue_days,
    p.outcomes AS outcomes,
    CAST(p.speaker_id AS BIGINT) AS told_by_id,
    s.code AS source_code,
    s.title AS source_title,
    c.reliability || c.credibility AS grade,
    c.excerpt AS excerpt,
    to_char(p.as_of, 'YYYY-MM-DD') AS as_of,
    CAST(p.known_seq AS BIGINT) AS known_seq,
    CAST(case when p.known_seq >= p.touched_seq then 1 else 0 end AS INTEGER) AS is_current
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

COMMENT ON VIEW report_plan IS 'One row per plan that stands (a claim that is planned, possible, demanded or negotiating, and not retracted): its state by the reading rules, as of the day in as_of';

COMMENT ON COLUMN report_plan.plan_id IS 'Number of the claim';

COMMENT ON COLUMN report_plan.line IS 'What it is about: fra-ner/drones, or fra-ner as a whole';

COMMENT ON COLUMN report_plan.deployment_code IS 'The deployment';

COMMENT ON COLUMN report_plan.deployment_name IS 'Its name';

COMMENT ON COLUMN report_plan.actor_code IS 'Whose forces';

COMMENT ON COLUMN report_plan.actor_name IS 'Their name';

COMMENT ON COLUMN report_plan.location_code IS 'Where they are';

COMMENT ON COLUMN report_plan.location_name IS 'Its name';

COMMENT ON COLUMN report_plan.latitude IS 'Degrees north of the location, WGS 84';

COMMENT ON COLUMN report_plan.longitude IS 'Degrees east of the location, WGS 84';

COMMENT ON COLUMN report_plan.asset_code IS 'The line within its deployment; NULL: the deployment itself';

COMMENT ON COLUMN report_plan.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_plan.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_plan.modality IS 'planned, possible, demanded or negotiating';

COMMENT ON COLUMN report_plan.kind IS 'count, increase, decrease, status or announcement';

COMMENT ON COLUMN report_plan.status_code IS 'The status that is planned, for kind status';

COMMENT ON COLUMN report_plan.quantity_text IS 'How many, in the words used';

COMMENT ON COLUMN report_plan.low IS 'At least so many; a share is of what is there';

COMMENT ON COLUMN report_plan.high IS 'At most so many; NULL: not known';

COMMENT ON COLUMN report_plan.counting_basis IS 'What the figure counts: present, authorised or assigned';

COMMENT ON COLUMN report_plan.stated_on IS 'The day it was said';

COMMENT ON COLUMN report_plan.effective_edtf IS 'When it is to be, in EDTF';

COMMENT ON COLUMN report_plan.effective_from IS 'Earliest start; NULL: open';

COMMENT ON COLUMN report_plan.effective_by IS 'Latest start; NULL: open';

COMMENT ON COLUMN report_plan.effective_until IS 'Latest end; NULL: not said';

COMMENT ON COLUMN report_plan.due_on IS 'The day after which it is overdue; NULL: none';

COMMENT ON COLUMN report_plan.state IS 'open, partly_fulfilled, fulfilled, cancelled, superseded or overdue; NULL: not computed yet';

COMMENT ON COLUMN report_plan.overdue_days IS 'Days past its latest date, where it is overdue';

COMMENT ON COLUMN report_plan.outcomes IS 'The claims that settle it, as JSON: a list of relation and claim';

COMMENT ON COLUMN report_plan.told_by_id IS 'The claim that speaks for the plan, where several are one; else its own number';

COMMENT ON COLUMN report_plan.source_code IS 'The source that says so';

COMMENT ON COLUMN report_plan.source_title IS 'Its title';

COMMENT ON COLUMN report_plan.grade IS 'Admiralty grade of the claim';

COMMENT ON COLUMN report_plan.excerpt IS 'The passage that says so';

COMMENT ON COLUMN report_plan.as_of IS 'The day of the world for which the rules were last applied to this row';

COMMENT ON COLUMN report_plan.known_seq IS 'The last ledger entry that was known then; 0: the rules were not applied yet';

COMMENT ON COLUMN report_plan.is_current IS 'No later entry has touched it; where 0, run "posture db refresh" before using the figures';

CREATE VIEW report_claim AS SELECT
    CAST(c.id AS BIGINT) AS claim_id,
    CAST(c.seq AS BIGINT) AS seq,
    CAST(c.ordinal AS BIGINT) AS ordinal,
    to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at,
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
    CAST(c.quantity_low AS BIGINT) AS low,
    CAST(c.quantity_best AS BIGINT) AS best,
    CAST(c.quantity_high AS BIGINT) AS high,
    c.share_low AS share_low,
    c.share_high AS share_high,
    c.counting_basis AS counting_basis,
    CAST(c.complete AS INTEGER) AS is_complete,
    c.reason AS reason,
    to_char(c.stated_on, 'YYYY-MM-DD') AS stated_on,
    c.effective_edtf AS effective_edtf,
    to_char(c.effective_from, 'YYYY-MM-DD') AS effective_from,
    to_char(c.effective_by, 'YYYY-MM-DD') AS effective_by,
    to_char(c.effective_until, 'YYYY-MM-DD') AS effective_until,
    to_char(c.effective_on, 'YYYY-MM-DD') AS effective_on,
    to_char(c.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS effective_at,
    s.code AS source_code,
    s.title AS source_title,
    c.reliability AS reliability,
    c.credibility AS credibility,
    c.reliability || c.credibility AS grade,
    CAST(c.admissible AS INTEGER) AS is_admissible,
    CAST(c.own_words AS INTEGER) AS is_own_words,
    c.transfer_id AS transfer_id,
    od.code AS other_deployment_code,
    CAST(c.same_as_id AS BIGINT) AS same_as_id,
    CAST(c.after_id AS BIGINT) AS after_id,
    CAST(c.restates_id AS BIGINT) AS restates_id,
    c.note AS note,
    CAST(case when r.id is null then 0 else 1 end AS INTEGER) AS is_retracted,
    CAST(r.seq AS BIGINT) AS retracted_seq,
    CAST(r.replacement_id AS BIGINT) AS replacement_id
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

COMMENT ON VIEW report_claim IS 'One row per claim ever recorded, retracted ones too (is_retracted)';

COMMENT ON COLUMN report_claim.claim_id IS 'Number of the claim';

COMMENT ON COLUMN report_claim.seq IS 'The ledger entry that recorded it';

COMMENT ON COLUMN report_claim.ordinal IS 'Its place among the claims of the entry';

COMMENT ON COLUMN report_claim.recorded_at IS 'When this database learned it';

COMMENT ON COLUMN report_claim.line IS 'What it is about: fra-ner/drones, or fra-ner as a whole';

COMMENT ON COLUMN report_claim.deployment_code IS 'The deployment';

COMMENT ON COLUMN report_claim.deployment_name IS 'Its name';

COMMENT ON COLUMN report_claim.actor_code IS 'Whose forces';

COMMENT ON COLUMN report_claim.actor_name IS 'Their name';

COMMENT ON COLUMN report_claim.location_code IS 'Where they are';

COMMENT ON COLUMN report_claim.location_name IS 'Its name';

COMMENT ON COLUMN report_claim.latitude IS 'Degrees north of the location, WGS 84';

COMMENT ON COLUMN report_claim.longitude IS 'Degrees east of the location, WGS 84';

COMMENT ON COLUMN report_claim.asset_code IS 'The line within its deployment; NULL: the deployment itself';

COMMENT ON COLUMN report_claim.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_claim.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_claim.kind IS 'count, increase, decrease, status or announcement';

COMMENT ON COLUMN report_claim.modality IS 'actual, planned, possible, demanded, negotiating or denied';

COMMENT ON COLUMN report_claim.status_code IS 'The status it claims, for kind status';

COMMENT ON COLUMN report_claim.status_name IS 'The status in words';

COMMENT ON COLUMN report_claim.status_axis IS 'The dimension of the status';

COMMENT ON COLUMN report_claim.quantity_text IS 'The quantity in the words used';

COMMENT ON COLUMN report_claim.quantity_form IS 'number, share, unknown or withheld; NULL: there is none';

COMMENT ON COLUMN report_claim.low IS 'At least so many; NULL: not known';

COMMENT ON COLUMN report_claim.best IS 'Most likely so many; NULL: not known';

COMMENT ON COLUMN report_claim.high IS 'At most so many; NULL: not known';

COMMENT ON COLUMN report_claim.share_low IS 'At least this part of what was there';

COMMENT ON COLUMN report_claim.share_high IS 'At most this part of what was there';

COMMENT ON COLUMN report_claim.counting_basis IS 'What the figure counts: present, authorised or assigned';

COMMENT ON COLUMN report_claim.is_complete IS 'The source says that the parts it lists are all';

COMMENT ON COLUMN report_claim.reason IS 'Why the quantity changed';

COMMENT ON COLUMN report_claim.stated_on IS 'The day it was said';

COMMENT ON COLUMN report_claim.effective_edtf IS 'When it was so, in EDTF';

COMMENT ON COLUMN report_claim.effective_from IS 'Earliest start; NULL: open';

COMMENT ON COLUMN report_claim.effective_by IS 'Latest start; NULL: open';

COMMENT ON COLUMN report_claim.effective_until IS 'Latest end of a happening, or the stated end of a state';

COMMENT ON COLUMN report_claim.effective_on IS 'The day that orders claims';

COMMENT ON COLUMN report_claim.effective_at IS 'The instant, where the time of day is known';

COMMENT ON COLUMN report_claim.source_code IS 'The source that says so';

COMMENT ON COLUMN report_claim.source_title IS 'Its title';

COMMENT ON COLUMN report_claim.reliability IS 'Admiralty reliability of the source for this claim, A to F';

COMMENT ON COLUMN report_claim.credibility IS 'Admiralty credibility of the claim, 1 to 6';

COMMENT ON COLUMN report_claim.grade IS 'Both: B2';

COMMENT ON COLUMN report_claim.is_admissible IS 'Reliability A, B, C or F and credibility 1, 2, 3 or 6';

COMMENT ON COLUMN report_claim.is_own_words IS 'Not a repeat of another source';

COMMENT ON COLUMN report_claim.transfer_id IS 'Joins the two sides of a move';

COMMENT ON COLUMN report_claim.other_deployment_code IS 'The other side of a move';

COMMENT ON COLUMN report_claim.same_as_id IS 'The claim that reports the same happening';

COMMENT ON COLUMN report_claim.after_id IS 'The claim after which this happened, though on its day';

COMMENT ON COLUMN report_claim.restates_id IS 'The retracted claim that this one records again';

COMMENT ON COLUMN report_claim.note IS 'Remark of the analyst';

COMMENT ON COLUMN report_claim.is_retracted IS 'It was withdrawn from the record';

COMMENT ON COLUMN report_claim.retracted_seq IS 'The entry that withdrew it';

COMMENT ON COLUMN report_claim.replacement_id IS 'The claim that stands in its place';

CREATE VIEW report_evidence AS SELECT
    CAST(c.id AS BIGINT) AS claim_id,
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
    to_char(c.effective_on, 'YYYY-MM-DD') AS effective_on,
    s.code AS source_code,
    s.title AS source_title,
    s.publisher AS publisher,
    s.url AS url,
    to_char(s.published_on, 'YYYY-MM-DD') AS published_on,
    s.language AS language,
    s.attribution AS attribution,
    os.code AS repeats_code,
    os.title AS repeats_title,
    c.excerpt AS excerpt,
    CAST(c.excerpt_start AS BIGINT) AS excerpt_start,
    CAST(c.excerpt_end AS BIGINT) AS excerpt_end,
    c.locator AS locator,
    c.reliability || c.credibility AS grade,
    CAST(case when r.id is null then 0 else 1 end AS INTEGER) AS is_retracted,
    CAST(r.seq AS BIGINT) AS retracted_seq,
    to_char(re.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS retracted_at,
    r.reason AS retraction_reason,
    CAST(r.replacement_id AS BIGINT) AS replacement_id
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

COMMENT ON VIEW report_evidence IS 'One row per claim ever recorded: what it rests on, and whether it still stands';

COMMENT ON COLUMN report_evidence.claim_id IS 'Number of the claim';

COMMENT ON COLUMN report_evidence.line IS 'What it is about: fra-ner/drones, or fra-ner as a whole';

COMMENT ON COLUMN report_evidence.deployment_code IS 'The deployment';

COMMENT ON COLUMN report_evidence.deployment_name IS 'Its name';

COMMENT ON COLUMN report_evidence.actor_code IS 'Whose forces';

COMMENT ON COLUMN report_evidence.actor_name IS 'Their name';

COMMENT ON COLUMN report_evidence.location_code IS 'Where they are';

COMMENT ON COLUMN report_evidence.location_name IS 'Its name';

COMMENT ON COLUMN report_evidence.latitude IS 'Degrees north of the location, WGS 84';

COMMENT ON COLUMN report_evidence.longitude IS 'Degrees east of the location, WGS 84';

COMMENT ON COLUMN report_evidence.asset_code IS 'The line within its deployment; NULL: the deployment itself';

COMMENT ON COLUMN report_evidence.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_evidence.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_evidence.kind IS 'count, increase, decrease, status or announcement';

COMMENT ON COLUMN report_evidence.modality IS 'actual, planned, possible, demanded, negotiating or denied';

COMMENT ON COLUMN report_evidence.quantity_text IS 'The quantity in the words used';

COMMENT ON COLUMN report_evidence.effective_on IS 'The day that orders claims';

COMMENT ON COLUMN report_evidence.source_code IS 'The source that says so';

COMMENT ON COLUMN report_evidence.source_title IS 'Its title';

COMMENT ON COLUMN report_evidence.publisher IS 'Who published it';

COMMENT ON COLUMN report_evidence.url IS 'Where it was published';

COMMENT ON COLUMN report_evidence.published_on IS 'Day of publication';

COMMENT ON COLUMN report_evidence.language IS 'Language tag';

COMMENT ON COLUMN report_evidence.attribution IS 'Who or what stands behind it';

COMMENT ON COLUMN report_evidence.repeats_code IS 'The source whose words it repeats, as declared last';

COMMENT ON COLUMN report_evidence.repeats_title IS 'Its title';

COMMENT ON COLUMN report_evidence.excerpt IS 'The passage that says so';

COMMENT ON COLUMN report_evidence.excerpt_start IS 'Offset of the passage in the stored text, from 0';

COMMENT ON COLUMN report_evidence.excerpt_end IS 'Offset just after the passage';

COMMENT ON COLUMN report_evidence.locator IS 'Where in the source: page, paragraph, minute';

COMMENT ON COLUMN report_evidence.grade IS 'Admiralty grade of the claim';

COMMENT ON COLUMN report_evidence.is_retracted IS 'It was withdrawn from the record';

COMMENT ON COLUMN report_evidence.retracted_seq IS 'The entry that withdrew it';

COMMENT ON COLUMN report_evidence.retracted_at IS 'When it was withdrawn';

COMMENT ON COLUMN report_evidence.retraction_reason IS 'Why it was withdrawn';

COMMENT ON COLUMN report_evidence.replacement_id IS 'The claim that stands in its place';

CREATE VIEW report_plan_link AS SELECT
    CAST(k.plan_id AS BIGINT) AS plan_id,
    CAST(k.claim_id AS BIGINT) AS claim_id,
    k.relation AS relation,
    CAST(k.seq AS BIGINT) AS seq,
    CAST(k.ordinal AS BIGINT) AS ordinal,
    to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at,
    CAST(case when exists (select 1 from retraction r where r.status_change_id = k.plan_id) then 1 else 0 end AS INTEGER) AS is_plan_retracted,
    CAST(case when exists (select 1 from retraction r where r.status_change_id = k.claim_id) then 1 else 0 end AS INTEGER) AS is_claim_retracted
FROM plan_link k
JOIN ledger_entry e ON e.seq = k.seq;

COMMENT ON VIEW report_plan_link IS 'One row per statement of what a claim did to a plan, as recorded; report_plan has the state that follows';

COMMENT ON COLUMN report_plan_link.plan_id IS 'The plan';

COMMENT ON COLUMN report_plan_link.claim_id IS 'The claim that decides its outcome';

COMMENT ON COLUMN report_plan_link.relation IS 'fulfils, partly_fulfils, cancels or supersedes';

COMMENT ON COLUMN report_plan_link.seq IS 'The ledger entry that recorded it';

COMMENT ON COLUMN report_plan_link.ordinal IS 'Its place among the links of the entry';

COMMENT ON COLUMN report_plan_link.recorded_at IS 'When this database learned it';

COMMENT ON COLUMN report_plan_link.is_plan_retracted IS 'The plan was withdrawn from the record';

COMMENT ON COLUMN report_plan_link.is_claim_retracted IS 'The claim was withdrawn from the record';

CREATE VIEW report_retraction AS SELECT
    CAST(r.seq AS BIGINT) AS seq,
    CAST(r.ordinal AS BIGINT) AS ordinal,
    to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at,
    e.recorded_by AS recorded_by,
    CAST(r.status_change_id AS BIGINT) AS claim_id,
    ev.code AS event_code,
    r.reason AS reason,
    CAST(r.replacement_id AS BIGINT) AS replacement_id,
    rv.code AS replacement_event_code
FROM retraction r
JOIN ledger_entry e ON e.seq = r.seq
LEFT JOIN event ev ON ev.id = r.event_id
LEFT JOIN event rv ON rv.id = r.replacement_event_id;

COMMENT ON VIEW report_retraction IS 'One row per claim or event that was withdrawn from the record';

COMMENT ON COLUMN report_retraction.seq IS 'The ledger entry that withdrew it';

COMMENT ON COLUMN report_retraction.ordinal IS 'Its place among the retractions of the entry';

COMMENT ON COLUMN report_retraction.recorded_at IS 'When it was withdrawn';

COMMENT ON COLUMN report_retraction.recorded_by IS 'Who withdrew it';

COMMENT ON COLUMN report_retraction.claim_id IS 'The claim that was withdrawn';

COMMENT ON COLUMN report_retraction.event_code IS 'The event that was withdrawn';

COMMENT ON COLUMN report_retraction.reason IS 'Why';

COMMENT ON COLUMN report_retraction.replacement_id IS 'The claim that stands in its place';

COMMENT ON COLUMN report_retraction.replacement_event_code IS 'The event that stands in its place';

CREATE VIEW report_entry AS SELECT
    CAST(e.seq AS BIGINT) AS seq,
    to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at,
    e.recorded_by AS recorded_by,
    e.action AS action,
    e.reason AS reason,
    CAST((select count(*) from status_change c where c.seq = e.seq) AS BIGINT) AS claims,
    CAST((select count(*) from retraction r where r.seq = e.seq) AS BIGINT) AS retractions,
    CAST((select count(*) from catalogue_revision v where v.seq = e.seq) AS BIGINT) AS catalogue_changes,
    e.txid AS txid,
    e.tool_version AS tool_version,
    e.entry_hash AS entry_hash
FROM ledger_entry e;

COMMENT ON VIEW report_entry IS 'One row per ledger entry: one command that changed something';

COMMENT ON COLUMN report_entry.seq IS '1, 2, 3... without a gap, in order of commit';

COMMENT ON COLUMN report_entry.recorded_at IS 'When this database learned it';

COMMENT ON COLUMN report_entry.recorded_by IS 'Who recorded it';

COMMENT ON COLUMN report_entry.action IS 'The command: log, correct, retract, undo, replay...';

COMMENT ON COLUMN report_entry.reason IS 'Why, in the words of who recorded it';

COMMENT ON COLUMN report_entry.claims IS 'Claims that it recorded';

COMMENT ON COLUMN report_entry.retractions IS 'Claims and events that it withdrew';

COMMENT ON COLUMN report_entry.catalogue_changes IS 'Rows of the catalogue that it touched';

COMMENT ON COLUMN report_entry.txid IS 'Unique, from the client';

COMMENT ON COLUMN report_entry.tool_version IS 'Version of the program that wrote it';

COMMENT ON COLUMN report_entry.entry_hash IS 'SHA-256: the link of the chain';

CREATE VIEW report_event AS SELECT
    ev.code AS event_code,
    ev.kind AS kind,
    ev.title AS title,
    ev.effective_edtf AS effective_edtf,
    to_char(ev.effective_from, 'YYYY-MM-DD') AS effective_from,
    to_char(ev.effective_by, 'YYYY-MM-DD') AS effective_by,
    to_char(ev.effective_until, 'YYYY-MM-DD') AS effective_until,
    to_char(ev.effective_on, 'YYYY-MM-DD') AS effective_on,
    lo.code AS location_code,
    lo.name AS location_name,
    lo.latitude AS latitude,
    lo.longitude AS longitude,
    s.code AS source_code,
    s.title AS source_title,
    ev.excerpt AS excerpt,
    ev.locator AS locator,
    ev.note AS note,
    CAST(case when r.id is null then 0 else 1 end AS INTEGER) AS is_retracted,
    rv.code AS replacement_code
FROM event ev
JOIN source s ON s.id = ev.source_id
LEFT JOIN location lo ON lo.id = ev.location_id
LEFT JOIN retraction r ON r.event_id = ev.id
LEFT JOIN event rv ON rv.id = r.replacement_event_id;

COMMENT ON VIEW report_event IS 'One row per event: dated context such as a coup, a demand, talks, an agreement';

COMMENT ON COLUMN report_event.event_code IS 'Short name of the event';

COMMENT ON COLUMN report_event.kind IS 'What kind of happening it is';

COMMENT ON COLUMN report_event.title IS 'What happened, in a few words';

COMMENT ON COLUMN report_event.effective_edtf IS 'When it happened, in EDTF';

COMMENT ON COLUMN report_event.effective_from IS 'Earliest start; NULL: open';

COMMENT ON COLUMN report_event.effective_by IS 'Latest start; NULL: open';

COMMENT ON COLUMN report_event.effective_until IS 'Latest end; NULL: not said';

COMMENT ON COLUMN report_event.effective_on IS 'The day that orders it';

COMMENT ON COLUMN report_event.location_code IS 'Where it happened';

COMMENT ON COLUMN report_event.location_name IS 'Its name';

COMMENT ON COLUMN report_event.latitude IS 'Degrees north, WGS 84';

COMMENT ON COLUMN report_event.longitude IS 'Degrees east, WGS 84';

COMMENT ON COLUMN report_event.source_code IS 'The source that says so';

COMMENT ON COLUMN report_event.source_title IS 'Its title';

COMMENT ON COLUMN report_event.excerpt IS 'The passage that says so';

COMMENT ON COLUMN report_event.locator IS 'Where in the source: page, paragraph, minute';

COMMENT ON COLUMN report_event.note IS 'Remark of the analyst';

COMMENT ON COLUMN report_event.is_retracted IS 'It was withdrawn from the record';

COMMENT ON COLUMN report_event.replacement_code IS 'The event that stands in its place';

CREATE VIEW report_event_actor AS SELECT
    ev.code AS event_code,
    ev.title AS event_title,
    to_char(ev.effective_on, 'YYYY-MM-DD') AS effective_on,
    ac.code AS actor_code,
    ac.name AS actor_name,
    x.role AS role
FROM event_actor x
JOIN event ev ON ev.id = x.event_id
JOIN actor ac ON ac.id = x.actor_id;

COMMENT ON VIEW report_event_actor IS 'One row per part that an actor had in an event';

COMMENT ON COLUMN report_event_actor.event_code IS 'The event';

COMMENT ON COLUMN report_event_actor.event_title IS 'What happened, in a few words';

COMMENT ON COLUMN report_event_actor.effective_on IS 'The day that orders it';

COMMENT ON COLUMN report_event_actor.actor_code IS 'The actor';

COMMENT ON COLUMN report_event_actor.actor_name IS 'Its name';

COMMENT ON COLUMN report_event_actor.role IS 'The part that it had';

CREATE VIEW report_source AS SELECT
    s.code AS source_code,
    s.title AS source_title,
    s.publisher AS publisher,
    s.url AS url,
    to_char(s.published_on, 'YYYY-MM-DD') AS published_on,
    to_char(s.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS published_at,
    to_char(s.retrieved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS retrieved_at,
    s.language AS language,
    s.attribution AS attribution,
    s.reliability AS reliability,
    s.text_kind AS text_kind,
    s.content_sha256 AS content_sha256,
    os.code AS repeats_code,
    os.title AS repeats_title,
    CAST((select count(*) from status_change c where c.source_id = s.id) AS BIGINT) AS claims,
    CAST((select count(*) from status_change c join retraction r on r.status_change_id = c.id where c.source_id = s.id) AS BIGINT) AS claims_retracted,
    s.note AS note
FROM source s
LEFT JOIN source os ON os.id = (SELECT o.origin_id FROM source_origin o WHERE o.source_id = s.id ORDER BY o.seq DESC, o.ordinal DESC LIMIT 1);

COMMENT ON VIEW report_source IS 'One row per source: a document or statement that claims rest on';

COMMENT ON COLUMN report_source.source_code IS 'Short name of the source';

COMMENT ON COLUMN report_source.source_title IS 'Title of the document or statement';

COMMENT ON COLUMN report_source.publisher IS 'Who published it';

COMMENT ON COLUMN report_source.url IS 'Where it was published';

COMMENT ON COLUMN report_source.published_on IS 'Day of publication';

COMMENT ON COLUMN report_source.published_at IS 'Instant of publication, where known';

COMMENT ON COLUMN report_source.retrieved_at IS 'Instant at which it was read';

COMMENT ON COLUMN report_source.language IS 'Language tag';

COMMENT ON COLUMN report_source.attribution IS 'Who or what stands behind it';

COMMENT ON COLUMN report_source.reliability IS 'Admiralty reliability that its claims have by default';

COMMENT ON COLUMN report_source.text_kind IS 'What the stored text is: full, summary or none';

COMMENT ON COLUMN report_source.content_sha256 IS 'SHA-256 of the document itself';

COMMENT ON COLUMN report_source.repeats_code IS 'The source whose words it repeats, as declared last';

COMMENT ON COLUMN report_source.repeats_title IS 'Its title';

COMMENT ON COLUMN report_source.claims IS 'Claims ever recorded from it';

COMMENT ON COLUMN report_source.claims_retracted IS 'Of those, withdrawn';

COMMENT ON COLUMN report_source.note IS 'Remark of the analyst';

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

COMMENT ON VIEW report_actor IS 'One row per actor: who has forces or takes part in events';

COMMENT ON COLUMN report_actor.actor_code IS 'Short name of the actor';

COMMENT ON COLUMN report_actor.actor_name IS 'Name in English';

COMMENT ON COLUMN report_actor.kind IS 'state, armed_force, government, organisation, alliance or non_state';

COMMENT ON COLUMN report_actor.parent_code IS 'The actor that it is part of';

COMMENT ON COLUMN report_actor.parent_name IS 'Its name';

COMMENT ON COLUMN report_actor.iso_alpha3 IS 'ISO 3166-1 alpha-3 code of a state';

COMMENT ON COLUMN report_actor.note IS 'Remark of the analyst';

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

COMMENT ON VIEW report_location IS 'One row per location: where forces are';

COMMENT ON COLUMN report_location.location_code IS 'Short name of the location';

COMMENT ON COLUMN report_location.location_name IS 'Name in English';

COMMENT ON COLUMN report_location.kind IS 'country, region, city, base, airfield, port or sea_area';

COMMENT ON COLUMN report_location.parent_code IS 'The location that it lies in';

COMMENT ON COLUMN report_location.parent_name IS 'Its name';

COMMENT ON COLUMN report_location.iso_alpha3 IS 'ISO 3166-1 alpha-3 code of a country';

COMMENT ON COLUMN report_location.icao_code IS 'ICAO code of an airfield';

COMMENT ON COLUMN report_location.latitude IS 'Degrees north, WGS 84';

COMMENT ON COLUMN report_location.longitude IS 'Degrees east, WGS 84';

COMMENT ON COLUMN report_location.precision IS 'How exactly the coordinates are known: exact, vicinity, locality or area';

COMMENT ON COLUMN report_location.site_class IS 'Kind of foreign military site, where known';

COMMENT ON COLUMN report_location.note IS 'Remark of the analyst';

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

COMMENT ON VIEW report_asset_type IS 'One row per asset type: what a deployment can hold, one tree';

COMMENT ON COLUMN report_asset_type.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_asset_type.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_asset_type.parent_code IS 'The wider type that it is a kind of';

COMMENT ON COLUMN report_asset_type.parent_name IS 'Its name';

COMMENT ON COLUMN report_asset_type.icao_designator IS 'ICAO aircraft type designator';

COMMENT ON COLUMN report_asset_type.sidc IS 'Symbol identification code of MIL-STD-2525 or APP-6';

COMMENT ON COLUMN report_asset_type.note IS 'Remark of the analyst';

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
    CAST((select count(*) from asset a where a.deployment_id = d.id) AS BIGINT) AS lines,
    d.note AS note
FROM deployment d
JOIN actor ac ON ac.id = d.actor_id
JOIN location lo ON lo.id = d.location_id
LEFT JOIN deployment wh ON wh.id = d.part_of_id;

COMMENT ON VIEW report_deployment IS 'One row per deployment: forces of an actor at a location, under an optional operation';

COMMENT ON COLUMN report_deployment.deployment_code IS 'The deployment';

COMMENT ON COLUMN report_deployment.deployment_name IS 'Its name';

COMMENT ON COLUMN report_deployment.actor_code IS 'Whose forces';

COMMENT ON COLUMN report_deployment.actor_name IS 'Their name';

COMMENT ON COLUMN report_deployment.location_code IS 'Where they are';

COMMENT ON COLUMN report_deployment.location_name IS 'Its name';

COMMENT ON COLUMN report_deployment.latitude IS 'Degrees north of the location, WGS 84';

COMMENT ON COLUMN report_deployment.longitude IS 'Degrees east of the location, WGS 84';

COMMENT ON COLUMN report_deployment.operation IS 'Name of the operation that they serve';

COMMENT ON COLUMN report_deployment.mission IS 'What they are there for';

COMMENT ON COLUMN report_deployment.part_of_code IS 'The multinational deployment that it is part of';

COMMENT ON COLUMN report_deployment.part_of_name IS 'Its name';

COMMENT ON COLUMN report_deployment.lines IS 'Lines that it has';

COMMENT ON COLUMN report_deployment.note IS 'Remark of the analyst';

CREATE VIEW report_containment AS SELECT
    w.code AS container_code,
    w.name AS container_name,
    i.code AS part_code,
    i.name AS part_name
FROM containment n
JOIN deployment w ON w.id = n.container_id
JOIN deployment i ON i.id = n.part_id;

COMMENT ON VIEW report_containment IS 'One row per pair of deployments of which one contains the other; never add up the figures of both';

COMMENT ON COLUMN report_containment.container_code IS 'The wider deployment';

COMMENT ON COLUMN report_containment.container_name IS 'Its name';

COMMENT ON COLUMN report_containment.part_code IS 'The deployment that lies within it';

COMMENT ON COLUMN report_containment.part_name IS 'Its name';

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

COMMENT ON VIEW report_platform IS 'One row per platform: one machine, found again wherever it goes';

COMMENT ON COLUMN report_platform.platform_code IS 'Short name of the machine';

COMMENT ON COLUMN report_platform.platform_designation IS 'Registration, tail or hull number';

COMMENT ON COLUMN report_platform.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_platform.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_platform.actor_code IS 'Whose it is';

COMMENT ON COLUMN report_platform.actor_name IS 'Their name';

COMMENT ON COLUMN report_platform.note IS 'Remark of the analyst';

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

COMMENT ON VIEW report_asset IS 'One row per line: an asset of a deployment, whether or not anything is known of it';

COMMENT ON COLUMN report_asset.line IS 'Address of the line: fra-ner/drones';

COMMENT ON COLUMN report_asset.deployment_code IS 'The deployment';

COMMENT ON COLUMN report_asset.deployment_name IS 'Its name';

COMMENT ON COLUMN report_asset.actor_code IS 'Whose forces';

COMMENT ON COLUMN report_asset.actor_name IS 'Their name';

COMMENT ON COLUMN report_asset.location_code IS 'Where they are';

COMMENT ON COLUMN report_asset.location_name IS 'Its name';

COMMENT ON COLUMN report_asset.latitude IS 'Degrees north of the location, WGS 84';

COMMENT ON COLUMN report_asset.longitude IS 'Degrees east of the location, WGS 84';

COMMENT ON COLUMN report_asset.asset_code IS 'The line within its deployment';

COMMENT ON COLUMN report_asset.asset_type_code IS 'What it is: drone, mq-9, personnel...';

COMMENT ON COLUMN report_asset.asset_type_name IS 'Its name';

COMMENT ON COLUMN report_asset.operation IS 'Name of the operation that the deployment serves';

COMMENT ON COLUMN report_asset.platform_code IS 'The one machine that the line is, where it is one';

COMMENT ON COLUMN report_asset.platform_designation IS 'Its registration, tail or hull number';

COMMENT ON COLUMN report_asset.note IS 'Remark of the analyst';

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

COMMENT ON VIEW report_alias IS 'One row per other name of one row of the catalogue';

COMMENT ON COLUMN report_alias.noun IS 'What it names: actor, location, asset_type, source...';

COMMENT ON COLUMN report_alias.code IS 'The code of what it names; a line''s is deployment/asset';

COMMENT ON COLUMN report_alias.name IS 'The other name, as written';

COMMENT ON COLUMN report_alias.language IS 'Language tag of the name';
