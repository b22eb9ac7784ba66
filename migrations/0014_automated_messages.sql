-- What the program says by itself, and what customers are told about privacy.

ALTER TABLE message ADD COLUMN automated TEXT; -- domain::automation::Trigger; NULL: a person wrote it

-- What an administrator chose for a channel (page_id is NULL), or for one page, in place of the channel's. Without
-- a row nothing was chosen.
CREATE TABLE automated_message (
    automated_message_id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel   TEXT    NOT NULL,
    page_id   INTEGER REFERENCES page (page_id) ON DELETE CASCADE,
    trigger   TEXT    NOT NULL, -- domain::automation::Trigger
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX automated_message_of_channel ON automated_message (channel, trigger) WHERE page_id IS NULL;
CREATE UNIQUE INDEX automated_message_of_page ON automated_message (page_id, trigger) WHERE page_id IS NOT NULL;

-- Its words; a language without a row has the next level's.
CREATE TABLE automated_text (
    automated_message_id INTEGER NOT NULL REFERENCES automated_message (automated_message_id) ON DELETE CASCADE,
    language TEXT NOT NULL, -- BCP 47
    text     TEXT NOT NULL,
    PRIMARY KEY (automated_message_id, language)
) STRICT, WITHOUT ROWID;

-- The organization's notice to its customers: every version that was ever saved, because it is kept who was told
-- which one. The newest counts.
CREATE TABLE privacy_notice (
    privacy_notice_id INTEGER PRIMARY KEY AUTOINCREMENT,
    text     TEXT    NOT NULL,
    url      TEXT    NOT NULL, -- empty: none
    is_told  INTEGER NOT NULL CHECK (is_told IN (0, 1)), -- to customers, at their first contact
    user_id  INTEGER REFERENCES user (user_id), -- who wrote it
    saved_at INTEGER NOT NULL
) STRICT;

-- Who was told, once.
CREATE TABLE privacy_notice_told (
    social_profile_id INTEGER PRIMARY KEY REFERENCES social_profile (social_profile_id),
    privacy_notice_id INTEGER NOT NULL REFERENCES privacy_notice (privacy_notice_id),
    message_id        INTEGER NOT NULL, -- kept when the message is gone
    told_at           INTEGER NOT NULL
) STRICT;
