-- Texts that are kept because they are written often.

CREATE TABLE quick_reply (
    quick_reply_id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id        INTEGER REFERENCES user (user_id) ON DELETE CASCADE, -- whose it is; NULL: everybody's
    title          TEXT    NOT NULL COLLATE NOCASE,
    text           TEXT    NOT NULL, -- with variables
    language       TEXT    NOT NULL, -- BCP 47; empty: for every language
    tags           TEXT    NOT NULL, -- small words without '#', parted by spaces
    changed_at     INTEGER NOT NULL
) STRICT;
-- A title tells the replies of one language apart.
CREATE UNIQUE INDEX quick_reply_shared ON quick_reply (title, language) WHERE user_id IS NULL;
CREATE UNIQUE INDEX quick_reply_personal ON quick_reply (user_id, title, language) WHERE user_id IS NOT NULL;

-- Where a reply is offered; without a row: everywhere.
CREATE TABLE quick_reply_workstream (
    quick_reply_id INTEGER NOT NULL REFERENCES quick_reply (quick_reply_id) ON DELETE CASCADE,
    workstream_id  INTEGER NOT NULL REFERENCES workstream (workstream_id) ON DELETE CASCADE,
    PRIMARY KEY (quick_reply_id, workstream_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX quick_reply_workstream_by_workstream ON quick_reply_workstream (workstream_id);
