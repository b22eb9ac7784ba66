-- What platforms keep of conversations: read when a message of ours is in doubt, and when nothing reached us for a while.
ALTER TABLE outbox ADD COLUMN looked_at INTEGER; -- no echo came: the platform's own record is looked at, once
ALTER TABLE message ADD COLUMN imported INTEGER NOT NULL DEFAULT 0 CHECK (imported IN (0, 1)); -- from the platform's record, later
ALTER TABLE page ADD COLUMN import_since INTEGER; -- somebody wants what was said since then; NULL: nobody does
