-- What platforms say about pages, and what is shown to customers beside messages.

-- The newest word of a platform about a page itself, until somebody has seen it or it is over.
CREATE TABLE page_notice (
    page_id INTEGER PRIMARY KEY REFERENCES page (page_id) ON DELETE CASCADE,
    word    TEXT    NOT NULL, -- the locale key page-notice-<word>
    detail  TEXT    NOT NULL, -- the platform's words; may be empty
    told_at INTEGER NOT NULL
) STRICT;

ALTER TABLE page ADD COLUMN shows_writing INTEGER NOT NULL DEFAULT 1 CHECK (shows_writing IN (0, 1)); -- customers see that somebody writes
ALTER TABLE page ADD COLUMN marks_seen INTEGER NOT NULL DEFAULT 1 CHECK (marks_seen IN (0, 1)); -- customers see that their message was read
ALTER TABLE page ADD COLUMN shows_sender INTEGER NOT NULL DEFAULT 0 CHECK (shows_sender IN (0, 1)); -- customers see who writes

ALTER TABLE social_profile ADD COLUMN read_token TEXT; -- marks the customer's newest message as read; usable by the account alone

-- What is to be shown to a customer now. Lost without harm.
CREATE TABLE courtesy (
    social_profile_id INTEGER NOT NULL REFERENCES social_profile (social_profile_id) ON DELETE CASCADE,
    kind     TEXT    NOT NULL CHECK (kind IN ('writing', 'seen')),
    asked_at INTEGER NOT NULL,
    done_at  INTEGER, -- NULL: not yet
    PRIMARY KEY (social_profile_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX courtesy_due ON courtesy (asked_at) WHERE done_at IS NULL;
