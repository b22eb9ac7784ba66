-- The own rules of queues: which conversation is served first, and who is asked for it.

ALTER TABLE queue ADD COLUMN assigns_by_rules INTEGER NOT NULL DEFAULT 0 CHECK (assigns_by_rules IN (0, 1)); -- 0: by its method

CREATE TABLE queue_order_rule (
    queue_order_rule_id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id   INTEGER NOT NULL REFERENCES queue (queue_id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    condition  TEXT    NOT NULL CHECK (json_valid(condition)), -- domain::condition::Condition
    serves     TEXT    NOT NULL CHECK (serves IN ('oldest', 'newest', 'urgent')), -- first, of those that it fits
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_order_rule_by_queue ON queue_order_rule (queue_id, position);

CREATE TABLE queue_agent_rule (
    queue_agent_rule_id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id   INTEGER NOT NULL REFERENCES queue (queue_id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    condition  TEXT    NOT NULL CHECK (json_valid(condition)), -- domain::condition::Condition
    way        TEXT    NOT NULL CHECK (json_valid(way)), -- domain::queue_rules::Way
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_agent_rule_by_queue ON queue_agent_rule (queue_id, position);
