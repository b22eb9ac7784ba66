-- Accounts and pages that an administrator took away. Their conversations stay readable; what spoke for them is gone.

ALTER TABLE account ADD COLUMN removed_at INTEGER; -- NULL: it is there
ALTER TABLE page ADD COLUMN removed_at INTEGER; -- NULL: it is there

-- A page that was taken away may be added again, to the same account or another: it goes on as the same row.
DROP INDEX page_by_platform_id;
CREATE UNIQUE INDEX page_by_platform_id ON page (channel, platform_id) WHERE platform_id <> '' AND removed_at IS NULL;

-- What the platform says about its own chat: 1, people can answer there too, and we do not see it; 0, they cannot;
-- NULL, it does not say.
ALTER TABLE page ADD COLUMN answered_elsewhere INTEGER CHECK (answered_elsewhere IN (0, 1));

-- What an administrator says is prepared at the platform, where no call can tell.
CREATE TABLE account_preparation (
    account_id  INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    point       TEXT    NOT NULL, -- a word of channels::Preparation
    prepared_by INTEGER NOT NULL REFERENCES user (user_id),
    prepared_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, point)
) STRICT, WITHOUT ROWID;

-- What did not arrive, for the administrators' first page.
CREATE INDEX message_undelivered ON message (status, message_id) WHERE status IN ('failed', 'unknown');
