-- The record only grows: no update, no delete, no truncate, for postgresql. Also under session_replication_role
-- = replica, hence ENABLE ALWAYS. Frozen text, statements parted by a blank line.

CREATE FUNCTION posture_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: nothing recorded is changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION posture_append_only();

ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;

CREATE TRIGGER status_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON status_change
    FOR EACH STATEMENT EXECUTE FUNCTION posture_append_only();

ALTER TABLE status_change ENABLE ALWAYS TRIGGER status_change_append_only;

CREATE TRIGGER plan_link_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_link
    FOR EACH STATEMENT EXECUTE FUNCTION posture_append_only();

ALTER TABLE plan_link ENABLE ALWAYS TRIGGER plan_link_append_only;

CREATE TRIGGER retraction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON retraction
    FOR EACH STATEMENT EXECUTE FUNCTION posture_append_only();

ALTER TABLE retraction ENABLE ALWAYS TRIGGER retraction_append_only;

CREATE TRIGGER source_origin_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON source_origin
    FOR EACH STATEMENT EXECUTE FUNCTION posture_append_only();

ALTER TABLE source_origin ENABLE ALWAYS TRIGGER source_origin_append_only;

CREATE TRIGGER catalogue_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_revision
    FOR EACH STATEMENT EXECUTE FUNCTION posture_append_only();

ALTER TABLE catalogue_revision ENABLE ALWAYS TRIGGER catalogue_revision_append_only;
