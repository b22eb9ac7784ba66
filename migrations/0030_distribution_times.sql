-- Times of distribution that were fixed in the program before; the defaults are what held then.

-- Minutes without an answer until somebody is told; NULL: never.
ALTER TABLE settings ADD COLUMN unanswered_person_minutes INTEGER DEFAULT 60 CHECK (unanswered_person_minutes BETWEEN 1 AND 43200);
ALTER TABLE settings ADD COLUMN unanswered_queue_minutes INTEGER DEFAULT 240 CHECK (unanswered_queue_minutes BETWEEN 1 AND 43200);
ALTER TABLE settings ADD COLUMN unanswered_administrator_minutes INTEGER DEFAULT 1200 CHECK (unanswered_administrator_minutes BETWEEN 1 AND 43200);

-- How long a conversation stays Open, or Active, without a message.
ALTER TABLE workstream ADD COLUMN auto_close_open_ms INTEGER NOT NULL DEFAULT 2592000000 CHECK (auto_close_open_ms BETWEEN 60000 AND 31536000000);
ALTER TABLE workstream ADD COLUMN auto_close_active_ms INTEGER NOT NULL DEFAULT 2592000000 CHECK (auto_close_active_ms BETWEEN 60000 AND 31536000000);

-- The connection of an agent was lost, and his customers have not been told yet.
ALTER TABLE agent ADD COLUMN is_missed INTEGER NOT NULL DEFAULT 0 CHECK (is_missed IN (0, 1));
CREATE INDEX agent_missed ON agent (connected_at) WHERE is_missed = 1;
