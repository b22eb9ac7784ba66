-- The health of access tokens and channels, and the jobs of the schedule.

ALTER TABLE page ADD COLUMN token_ends_at INTEGER; -- as the platform told; NULL: it does not end, or nobody said
ALTER TABLE page ADD COLUMN token_permissions TEXT NOT NULL DEFAULT ''; -- as the platform told, parted by spaces
ALTER TABLE page ADD COLUMN token_checked_at INTEGER; -- the platform last said whether it accepts it
ALTER TABLE page ADD COLUMN token_check_error TEXT; -- why the last check got no answer: domain::delivery::Reason as JSON
ALTER TABLE page ADD COLUMN token_snoozed_until INTEGER; -- *Remind me in a week*
ALTER TABLE page ADD COLUMN last_sent_at INTEGER; -- the platform last accepted a message
ALTER TABLE page ADD COLUMN held_at INTEGER; -- an administrator paused it: nothing is sent. NULL: it runs
ALTER TABLE page ADD COLUMN held_by INTEGER REFERENCES user (user_id);

-- Whether the age of the account's tokens is flagged.
ALTER TABLE account ADD COLUMN flags_token_age INTEGER NOT NULL DEFAULT 1 CHECK (flags_token_age IN (0, 1));

-- Channels that an administrator switched off: nothing is sent, and no account is made.
CREATE TABLE disabled_channel (
    channel     TEXT    PRIMARY KEY,
    disabled_by INTEGER NOT NULL REFERENCES user (user_id),
    disabled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many calls of a page went wrong lately.
CREATE INDEX delivery_attempt_by_time ON delivery_attempt (started_at);

-- What is done by the clock. The program's list of jobs is the truth about `expression`.
CREATE TABLE job (
    job          TEXT    PRIMARY KEY,
    expression   TEXT    NOT NULL, -- of the cron crate, in the organization's time zone
    next_at      INTEGER, -- NULL until it was looked at
    started_at   INTEGER, -- the run that is under way
    ran_at       INTEGER, -- when the last run began
    duration_ms  INTEGER,
    outcome      TEXT    CHECK (outcome IN ('done', 'failed', 'interrupted')),
    done         INTEGER NOT NULL DEFAULT 0, -- how many things the last run did
    error        TEXT, -- of the last run that failed
    runs         INTEGER NOT NULL DEFAULT 0,
    requested_at INTEGER, -- *Run now*
    requested_by INTEGER REFERENCES user (user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO job (job, expression, ran_at, outcome)
SELECT replace(substr(name, 5), ' ', '-'), '', CAST(value AS INTEGER), 'done' FROM fact WHERE name LIKE 'ran %';
DELETE FROM fact WHERE name LIKE 'ran %';
