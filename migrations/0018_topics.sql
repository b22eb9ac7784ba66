-- What conversations are about, as their agents say at the end.

CREATE TABLE topic (
    topic_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL COLLATE NOCASE,
    description   TEXT    NOT NULL,
    workstream_id INTEGER REFERENCES workstream (workstream_id) ON DELETE CASCADE, -- where it is offered; NULL: everywhere
    removed_at    INTEGER -- kept for the conversations that have it; NULL: it is offered
) STRICT;
CREATE UNIQUE INDEX topic_by_name ON topic (name, coalesce(workstream_id, 0)) WHERE removed_at IS NULL;
CREATE INDEX topic_by_workstream ON topic (workstream_id) WHERE workstream_id IS NOT NULL;

CREATE TABLE conversation_topic (
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id) ON DELETE CASCADE,
    topic_id        INTEGER NOT NULL REFERENCES topic (topic_id),
    user_id         INTEGER NOT NULL REFERENCES user (user_id), -- who said so
    chosen_at       INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, topic_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_topic_by_topic ON conversation_topic (topic_id);
CREATE INDEX conversation_topic_by_user ON conversation_topic (user_id);
