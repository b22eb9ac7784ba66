-- Letters to administrators about access tokens: one for each person and trouble, as long as it lasts.
CREATE TABLE alarm_mail (
    alarm_mail_id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id       INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    page_id       INTEGER NOT NULL REFERENCES page (page_id) ON DELETE CASCADE,
    concern       TEXT    NOT NULL, -- a word of domain::token_health::Concern
    raised_at     INTEGER NOT NULL,
    over_at       INTEGER, -- the trouble ended; the next one is another row
    due_at        INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    sent_at       INTEGER,
    error         TEXT -- why the last try failed
) STRICT;
CREATE UNIQUE INDEX alarm_mail_current ON alarm_mail (user_id, page_id, concern) WHERE over_at IS NULL;
CREATE INDEX alarm_mail_due ON alarm_mail (due_at) WHERE sent_at IS NULL AND over_at IS NULL;
