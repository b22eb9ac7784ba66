-- What an administrator sets of a queue: who is served first, who gets the conversation, what happens when there
-- are too many.

ALTER TABLE queue ADD COLUMN priority INTEGER NOT NULL DEFAULT 100 CHECK (priority BETWEEN 1 AND 1000); -- smaller first
ALTER TABLE queue ADD COLUMN assignment_method TEXT NOT NULL DEFAULT 'highest-capacity'
    CHECK (assignment_method IN ('highest-capacity', 'round-robin', 'least-active'));
ALTER TABLE queue ADD COLUMN removed_at INTEGER; -- kept for the conversations that were in it; NULL: it is there
CREATE UNIQUE INDEX queue_by_name ON queue (name COLLATE NOCASE) WHERE removed_at IS NULL;

-- At most one for each condition; they are looked at in the order of the words below.
CREATE TABLE queue_overflow (
    queue_id        INTEGER NOT NULL REFERENCES queue (queue_id) ON DELETE CASCADE,
    condition       TEXT    NOT NULL CHECK (condition IN ('out-of-hours', 'work-items', 'waiting-time')),
    threshold       INTEGER CHECK ((threshold IS NULL) = (condition = 'out-of-hours')), -- conversations, or milliseconds
    action          TEXT    NOT NULL CHECK (action IN ('assign-anyway', 'transfer', 'end-conversation')),
    target_queue_id INTEGER REFERENCES queue (queue_id) CHECK ((target_queue_id IS NULL) = (action <> 'transfer')),
    PRIMARY KEY (queue_id, condition)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_overflow_by_target ON queue_overflow (target_queue_id) WHERE target_queue_id IS NOT NULL;

-- What is not closed, for the previews of deletions.
CREATE INDEX conversation_going_on_by_queue ON conversation (queue_id) WHERE state <> 'closed';
