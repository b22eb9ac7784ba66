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
    expires_at         INTEGER NOT NULL
) STRICT;
CREATE INDEX browser_session_by_user ON browser_session (user_id);

-- Failed sign-ins (and failed set-up codes), counted per account and per address.
CREATE TABLE throttle (
    throttle_key   TEXT    PRIMARY KEY, -- 'account:<email>', 'address:<ip prefix>', 'setup'
    failures       INTEGER NOT NULL,
    last_failed_at INTEGER NOT NULL,
    blocked_until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts about this database itself, e.g. the check value of the key that seals secrets.
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
