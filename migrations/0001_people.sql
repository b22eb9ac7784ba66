-- The organization, the people who work in it, and how they sign in.

-- Exactly one row once the set-up is done; none before.
CREATE TABLE organization (
    organization_id INTEGER PRIMARY KEY CHECK (organization_id = 1),
    name            TEXT    NOT NULL,
    time_zone       TEXT    NOT NULL, -- IANA name; every time on screen is told in it
    locale          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT;

-- `user` is a person who signs in: agent, supervisor or administrator.
CREATE TABLE user (
    user_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    email         TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('administrator', 'supervisor', 'agent')),
    password_hash TEXT    NOT NULL, -- Argon2id, PHC string
    locale        TEXT, -- NULL: the organization's
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER -- NULL: may sign in
) STRICT;

-- A signed-in browser. Only the SHA-256 of the cookie's value is kept.
CREATE TABLE browser_session (
    browser_session_id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id            INTEGER NOT NULL REFERENCES user (user_id) ON DELETE CASCADE,
    token_hash         BLOB    NOT NULL UNIQUE,
    csrf_token         TEXT    NOT NULL,
    user_agent         TEXT    NOT NULL,
    address            TEXT    NOT NULL,
    created_at         INTEGER NOT NULL,
    last_seen_at       INTEGER NOT NULL,
    idle_ms            INTEGER NOT NULL CHECK (idle_ms > 0), -- ends after this long without a request
    expires_at         INTEGER NOT NULL -- ends then in any case
) STRICT;
CREATE INDEX browser_session_by_user ON browser_session (user_id);

-- Tries to sign in (and set-up codes) that have not succeeded, counted per account and per address.
CREATE TABLE throttle (
    throttle_key  TEXT    PRIMARY KEY, -- 'account:<digest of the email>', 'address:<ip or prefix>', 'setup'
    failures      INTEGER NOT NULL,
    last_tried_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_by_time ON throttle (last_tried_at);

-- Facts about this database itself, e.g. the check value of the key that seals secrets.
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
