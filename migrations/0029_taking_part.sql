-- Taking part in a conversation beside its agent.

ALTER TABLE participant ADD COLUMN writes_since INTEGER; -- NULL: reads only; the primary writes in any case
-- What somebody did today.
CREATE INDEX agent_session_by_user ON agent_session (user_id, assigned_at);

-- How a person hears of offers and messages. Without a row: domain::sound's defaults.
CREATE TABLE user_sound (
    user_id INTEGER PRIMARY KEY REFERENCES user (user_id) ON DELETE CASCADE,
    volume  INTEGER NOT NULL CHECK (volume BETWEEN 0 AND 100),
    repeats INTEGER NOT NULL CHECK (repeats IN (0, 1)), -- an offer sounds until it is answered
    message TEXT    NOT NULL -- domain::sound::Sound of a new message in an open session
) STRICT;
CREATE TABLE user_channel_sound (
    user_id INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    channel TEXT    NOT NULL,
    sound   TEXT    NOT NULL, -- of an offer on this channel
    PRIMARY KEY (user_id, channel)
) STRICT, WITHOUT ROWID;
