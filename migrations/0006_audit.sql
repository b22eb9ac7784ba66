-- Every change of the configuration and every act that needs a right: who, when, from where, what, to what,
-- and what it looked like before and after, without secrets. Written in the transaction of the change.
CREATE TABLE audit_entry (
    audit_entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at             INTEGER NOT NULL,
    actor          TEXT    NOT NULL CHECK (actor IN ('person', 'link', 'command-line', 'program')),
    user_id        INTEGER REFERENCES user (user_id), -- of a person
    name           TEXT    NOT NULL, -- the person's, as it was; else empty
    address        TEXT    NOT NULL, -- of the browser; else empty
    act            TEXT    NOT NULL,
    kind           TEXT    NOT NULL, -- of the thing that was changed
    subject_id     INTEGER, -- its row; NULL for what there is only one of
    subject        TEXT    NOT NULL, -- its name, as it was
    before         TEXT    NOT NULL, -- JSON: the fields that differ
    after          TEXT    NOT NULL,
    CHECK ((actor = 'person') = (user_id IS NOT NULL))
) STRICT;
CREATE INDEX audit_entry_by_user ON audit_entry (user_id, audit_entry_id);
CREATE INDEX audit_entry_by_act ON audit_entry (act, audit_entry_id);
CREATE INDEX audit_entry_by_subject ON audit_entry (kind, subject_id, audit_entry_id);

-- Nobody rewrites what happened, not even this program by mistake.
CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
BEGIN
    SELECT raise(ABORT, 'the audit log is never rewritten');
END;
