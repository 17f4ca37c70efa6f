-- The record only grows: no update, no delete, for sqlite. INSERT OR REPLACE deletes without firing a delete
-- trigger, so an insert of any key that exists is refused as well. Frozen text, statements parted by a blank line.

CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN
    SELECT raise(ABORT, 'ledger_entry is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN
    SELECT raise(ABORT, 'ledger_entry is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM ledger_entry WHERE txid = NEW.txid)
    OR EXISTS (SELECT 1 FROM ledger_entry WHERE entry_hash = NEW.entry_hash)
BEGIN
    SELECT raise(ABORT, 'ledger_entry is append-only: this key is recorded already');
END;

CREATE TRIGGER status_change_no_update BEFORE UPDATE ON status_change
BEGIN
    SELECT raise(ABORT, 'status_change is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER status_change_no_delete BEFORE DELETE ON status_change
BEGIN
    SELECT raise(ABORT, 'status_change is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER status_change_no_replace BEFORE INSERT ON status_change
WHEN EXISTS (SELECT 1 FROM status_change WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM status_change WHERE seq = NEW.seq AND ordinal = NEW.ordinal)
BEGIN
    SELECT raise(ABORT, 'status_change is append-only: this key is recorded already');
END;

CREATE TRIGGER plan_link_no_update BEFORE UPDATE ON plan_link
BEGIN
    SELECT raise(ABORT, 'plan_link is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER plan_link_no_delete BEFORE DELETE ON plan_link
BEGIN
    SELECT raise(ABORT, 'plan_link is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER plan_link_no_replace BEFORE INSERT ON plan_link
WHEN EXISTS (SELECT 1 FROM plan_link WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM plan_link WHERE seq = NEW.seq AND ordinal = NEW.ordinal)
BEGIN
    SELECT raise(ABORT, 'plan_link is append-only: this key is recorded already');
END;

CREATE TRIGGER retraction_no_update BEFORE UPDATE ON retraction
BEGIN
    SELECT raise(ABORT, 'retraction is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER retraction_no_delete BEFORE DELETE ON retraction
BEGIN
    SELECT raise(ABORT, 'retraction is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER retraction_no_replace BEFORE INSERT ON retraction
WHEN EXISTS (SELECT 1 FROM retraction WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM retraction WHERE seq = NEW.seq AND ordinal = NEW.ordinal)
    OR EXISTS (SELECT 1 FROM retraction WHERE status_change_id = NEW.status_change_id)
    OR EXISTS (SELECT 1 FROM retraction WHERE event_id = NEW.event_id)
BEGIN
    SELECT raise(ABORT, 'retraction is append-only: this key is recorded already');
END;

CREATE TRIGGER source_origin_no_update BEFORE UPDATE ON source_origin
BEGIN
    SELECT raise(ABORT, 'source_origin is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER source_origin_no_delete BEFORE DELETE ON source_origin
BEGIN
    SELECT raise(ABORT, 'source_origin is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER source_origin_no_replace BEFORE INSERT ON source_origin
WHEN EXISTS (SELECT 1 FROM source_origin WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM source_origin WHERE seq = NEW.seq AND ordinal = NEW.ordinal)
BEGIN
    SELECT raise(ABORT, 'source_origin is append-only: this key is recorded already');
END;

CREATE TRIGGER catalogue_revision_no_update BEFORE UPDATE ON catalogue_revision
BEGIN
    SELECT raise(ABORT, 'catalogue_revision is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER catalogue_revision_no_delete BEFORE DELETE ON catalogue_revision
BEGIN
    SELECT raise(ABORT, 'catalogue_revision is append-only: nothing recorded is changed or removed');
END;

CREATE TRIGGER catalogue_revision_no_replace BEFORE INSERT ON catalogue_revision
WHEN EXISTS (SELECT 1 FROM catalogue_revision WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM catalogue_revision WHERE seq = NEW.seq AND ordinal = NEW.ordinal)
BEGIN
    SELECT raise(ABORT, 'catalogue_revision is append-only: this key is recorded already');
END;
