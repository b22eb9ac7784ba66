-- The rules of a workstream: what a conversation needs, which queue it goes to, what happens in a long silence.
-- Conditions, outputs, overflow and actions are JSON of the domain's types: they are always read and written
-- whole, and no query looks into them.

CREATE TABLE classification_ruleset (
    classification_ruleset_id INTEGER PRIMARY KEY AUTOINCREMENT,
    workstream_id INTEGER NOT NULL REFERENCES workstream (workstream_id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX classification_ruleset_by_workstream ON classification_ruleset (workstream_id, position);

CREATE TABLE classification_rule (
    classification_rule_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    classification_ruleset_id INTEGER NOT NULL REFERENCES classification_ruleset (classification_ruleset_id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    condition  TEXT    NOT NULL CHECK (json_valid(condition)), -- domain::condition::Condition
    outputs    TEXT    NOT NULL CHECK (json_valid(outputs)), -- of domain::classification::Output
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX classification_rule_by_ruleset ON classification_rule (classification_ruleset_id, position);

CREATE TABLE route_rule (
    route_rule_id INTEGER PRIMARY KEY AUTOINCREMENT,
    workstream_id INTEGER NOT NULL REFERENCES workstream (workstream_id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    is_active     INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    condition     TEXT    NOT NULL CHECK (json_valid(condition)), -- domain::condition::Condition
    overflow      TEXT    CHECK (json_valid(overflow)), -- domain::overflow::Overflow; NULL: the queue's holds
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX route_rule_by_workstream ON route_rule (workstream_id, position);

-- Which part of a rule's conversations a queue gets: one to five rows, 100 percent together.
CREATE TABLE route_share (
    route_rule_id INTEGER NOT NULL REFERENCES route_rule (route_rule_id) ON DELETE CASCADE,
    queue_id      INTEGER NOT NULL REFERENCES queue (queue_id),
    position      INTEGER NOT NULL,
    percent       INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 100),
    given         INTEGER NOT NULL DEFAULT 0, -- conversations dealt to it since the shares were last changed
    PRIMARY KEY (route_rule_id, queue_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX route_share_by_queue ON route_share (queue_id);

CREATE TABLE timeout_rule (
    timeout_rule_id INTEGER PRIMARY KEY AUTOINCREMENT,
    workstream_id   INTEGER NOT NULL REFERENCES workstream (workstream_id) ON DELETE CASCADE,
    position        INTEGER NOT NULL, -- also its priority: of two that are due at once the smaller acts first
    name            TEXT    NOT NULL,
    is_active       INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    silent          TEXT    NOT NULL CHECK (silent IN ('customer', 'agent')),
    after_ms        INTEGER NOT NULL CHECK (after_ms BETWEEN 60000 AND 7776000000),
    action          TEXT    NOT NULL CHECK (json_valid(action)), -- domain::timeouts::Action
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX timeout_rule_by_workstream ON timeout_rule (workstream_id, position);

-- What the platform tells of a customer beside name and language, for rules that ask for it.
ALTER TABLE social_profile ADD COLUMN locale TEXT; -- e.g. fi_FI
ALTER TABLE social_profile ADD COLUMN time_zone REAL; -- hours from GMT, e.g. 5.5
