-- What an administrator sets about the people who answer, and the links by which they choose a password.

-- What agents can be. The built-in ones are always there; an administrator adds others on top of a base status.
CREATE TABLE presence (
    presence_id INTEGER PRIMARY KEY AUTOINCREMENT,
    built_in    TEXT    UNIQUE, -- the word of a built-in one; NULL: made by an administrator
    name        TEXT    NOT NULL COLLATE NOCASE UNIQUE, -- of a built-in one: its word, shown by the catalog
    text        TEXT    NOT NULL, -- what colleagues see; empty: the name
    base        TEXT    NOT NULL
                CHECK (base IN ('available', 'busy', 'do-not-disturb', 'away', 'offline')),
    description TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
INSERT INTO presence (built_in, name, text, base, description, created_at) VALUES
    ('available',      'available',      '', 'available',      '', 0),
    ('busy',           'busy',           '', 'busy',           '', 0),
    ('do-not-disturb', 'do-not-disturb', '', 'do-not-disturb', '', 0),
    ('away',           'away',           '', 'away',           '', 0),
    ('offline',        'offline',        '', 'offline',        '', 0),
    ('inactive',       'inactive',       '', 'away',           '', 0); -- set by the program, chosen by nobody

ALTER TABLE user ADD COLUMN nickname TEXT NOT NULL DEFAULT '';
-- Units of work that the person takes at once; a workstream says how many units a conversation is.
ALTER TABLE user ADD COLUMN capacity INTEGER NOT NULL DEFAULT 100 CHECK (capacity BETWEEN 0 AND 10000);
-- Where the person begins after signing in; NULL: Available.
ALTER TABLE user ADD COLUMN default_presence_id INTEGER REFERENCES presence (presence_id);
-- When the person first had a password of their own; NULL: invited, and not come yet.
ALTER TABLE user ADD COLUMN joined_at INTEGER;
UPDATE user SET joined_at = created_at;
CREATE INDEX user_by_default_presence ON user (default_presence_id) WHERE default_presence_id IS NOT NULL;

-- What somebody is good at.
CREATE TABLE skill (
    skill_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    kind        TEXT    NOT NULL, -- e.g. Language; may be empty
    description TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE TABLE user_skill (
    user_id  INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skill (skill_id) ON DELETE CASCADE,
    rating   INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 10),
    PRIMARY KEY (user_id, skill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_skill_by_skill ON user_skill (skill_id, rating);

-- A link by which a person chooses a password: an invitation, or after a forgotten one. Only the SHA-256 of
-- its secret is kept; it works once, and a newer one ends it.
CREATE TABLE user_link (
    user_id    INTEGER PRIMARY KEY REFERENCES user (user_id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
