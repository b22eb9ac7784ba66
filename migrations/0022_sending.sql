-- What sending costs, how it is done, and what a platform says about a page.

-- What the platform last said about the month's paid messages of a page.
CREATE TABLE allowance (
    page_id   INTEGER PRIMARY KEY REFERENCES page (page_id) ON DELETE CASCADE,
    most      INTEGER, -- paid messages a month; NULL: as many as one likes
    used      INTEGER NOT NULL,
    begins_at INTEGER NOT NULL, -- of the month that is counted
    renews_at INTEGER NOT NULL,
    told_at   INTEGER NOT NULL
) STRICT;

-- What went out in each month, free and paid.
CREATE TABLE sending_cost (
    page_id  INTEGER NOT NULL REFERENCES page (page_id) ON DELETE CASCADE,
    month    TEXT    NOT NULL, -- 2026-08, in UTC
    counted  INTEGER NOT NULL CHECK (counted IN (0, 1)), -- against the allowance
    calls    INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    PRIMARY KEY (page_id, month, counted)
) STRICT, WITHOUT ROWID;

ALTER TABLE message ADD COLUMN counted INTEGER CHECK (counted IN (0, 1)); -- NULL: nothing costs there, or it has not gone out
ALTER TABLE outbox ADD COLUMN unpaid_since INTEGER; -- the allowance was used up: it goes when an answer is free, or there is room

ALTER TABLE page ADD COLUMN hold_s INTEGER NOT NULL DEFAULT 4 CHECK (hold_s BETWEEN 0 AND 10); -- so long a message waits for the next, to go in one call
